#include "matrix.h"

/* What stands behind a path's :id or :word. A new kind must be taught here, or the matrix fails. */
enum named { NAMES_NOTHING, NAMES_TIP, NAMES_PERSON, NAMES_SETTING, NAMES_MEASURE, NAMES_RECEIPT, NAMES_CASE, NAMES_VICTIM, NAMES_DUTY, NAMES_KEY, NAMES_UNKNOWN };
static const struct {
    const char *prefix;
    enum named named;
} kinds[] = { { "/tips/:id", NAMES_TIP }, { "/people/:id", NAMES_PERSON }, { "/settings/:word", NAMES_SETTING },
            { "/measures/:word", NAMES_MEASURE }, { "/cases/:id", NAMES_CASE }, { "/roster/:id", NAMES_DUTY },
            { "/victims/:id", NAMES_VICTIM },   { "/keys/:id", NAMES_KEY },          { "/api/v1/cases/:id", NAMES_CASE } };

#define BIT(c) (1u << (c))
/* Answers nobody here: the request names nothing that is there. */
#define NEVER BIT(COMPARTMENTS + 2)
/* Who was put on the case of an office holds its keys: in this house all whose job has cases. */
#define OF_THE_CASE BIT(COMPARTMENTS + 1)
#define CASES_WORDS (PLANT(IN_CASE) | PLANT(IN_ENTRY) | PLANT(IN_SUBJECT) | OFFICES_TIP)
/* Who was put on the file of an office holds its keys: in this house all whose job has files. */
#define OF_THE_FILE BIT(COMPARTMENTS + 3)
#define FILES_WORDS (PLANT(IN_ALIAS) | PLANT(IN_CARE))
#define OFFICES_TIP (PLANT(IN_TIP) | PLANT(IN_ADDITION) | PLANT(IN_NOTE) | PLANT(IN_REPLY))
/*
 * What the matrix knows of a route beyond its table row: which rings the page must open, what it then shows, a form that
 * is taken. A route without a row here is asked with an empty form, must show nothing planted, and may say so with 422.
 */
static const struct taught {
    enum side side;
    enum method method;
    const char *path;
    unsigned rings;      /* of the object's office; AUDIT of the installation */
    unsigned shows, may; /* planted words of the object's office: must be there, can be there */
    const char *body;    /* %d: a number never used before */
    int status;          /* of success; 0: 200, 201, 303, 409 or 422 */
    bool last;           /* ends the session */
    const char *fresh;   /* uses its object up: a person in this state each time */
} lessons[] = {
    { STAFF_SIDE, GET, "/queue", 0, PLANT(TIP_ID), 0, "", 200, false, NULL },
    { STAFF_SIDE, GET, "/tips/:id", BIT(TIP), OFFICES_TIP, PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/source", BIT(TIP) | BIT(SOURCE), OFFICES_TIP | PLANT(IN_SOURCE), PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/answer", BIT(TIP), 0, PLANT(TIP_ID), "answer=an+invented+answer", 303, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/note", BIT(TIP), 0, PLANT(TIP_ID), "note=an+invented+note", 303, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/assign", BIT(TIP), 0, PLANT(TIP_ID), "who=me", 303, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/urgency", BIT(TIP), 0, PLANT(TIP_ID), "level=1&urgency_reason=invented", 303, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/dispose", BIT(TIP), OFFICES_TIP, PLANT(TIP_ID), "code=no_such", 422, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/reopen", BIT(TIP), 0, PLANT(TIP_ID), "reopen_reason=invented", 303, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/clock", BIT(TIP), 0, PLANT(TIP_ID), "clock=MINOR_REPORT&reference=invented", 303, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/names", BIT(TIP), 0, PLANT(TIP_ID), "turn=0", 303, false, NULL },
    { STAFF_SIDE, GET, "/tips/:id/route", BIT(TIP), 0, PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/route", BIT(TIP), 0, PLANT(TIP_ID), "do=find&state=GA", 200, false, NULL },
    { STAFF_SIDE, GET, "/tips/:id/alike", BIT(TIP), 0, PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, GET, "/tips/:id/group", BIT(TIP), 0, PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, GET, "/look-alikes", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/alike", BIT(TIP) | NEVER, 0, 0, "other=&verdict=same", 404, false, NULL }, /* of no other tip */
    { STAFF_SIDE, POST, "/tips/:id/copies", BIT(TIP), 0, PLANT(TIP_ID), "code=no_such", 422, false, NULL },
    { STAFF_SIDE, GET, "/search", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/search", 0, 0, 0, "words=an+invented+word", 200, false, NULL },
    { STAFF_SIDE, POST, "/queue/chosen", 0, PLANT(TIP_ID), 0, "do=assign", 422, false, NULL },
    { STAFF_SIDE, POST, "/queue/filters", 0, 0, 0, "name=invented+%d&p=0", 303, false, NULL },
    { STAFF_SIDE, POST, "/queue/filters/delete", 0, 0, 0, "name=no+such", 303, false, NULL },
    { STAFF_SIDE, GET, "/cases", 0, 0, PLANT(IN_CASE), "", 200, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id", OF_THE_CASE, CASES_WORDS, PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/alike", OF_THE_CASE, PLANT(IN_CASE), 0, "", 200, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/add", OF_THE_CASE, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/add", OF_THE_CASE, 0, 0, "_kind=note&_day=2026-09-01&text=an+invented+note", 303, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/correct", OF_THE_CASE | NEVER, 0, 0, "", 404, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/correct", OF_THE_CASE | NEVER, 0, 0, "_why=invented", 404, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/csv", OF_THE_CASE, PLANT(IN_ENTRY), PLANT(IN_SUBJECT), "", 200, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/json", OF_THE_CASE, PLANT(IN_CASE) | PLANT(IN_ENTRY), 0, "", 200, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/subject", OF_THE_CASE, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/subject", OF_THE_CASE, 0, 0, "name=&number=1&version=1", 422, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/people", OF_THE_CASE, CASES_WORDS, PLANT(TIP_ID), "person=", 422, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/offices", OF_THE_CASE, CASES_WORDS, PLANT(TIP_ID), "office=", 422, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/reseal", OF_THE_CASE, PLANT(IN_CASE), 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/reseal", OF_THE_CASE, PLANT(IN_CASE), 0, "do=begin&reason=", 422, false, NULL },
    { STAFF_SIDE, GET, "/tips/:id/hold", BIT(TIP), 0, PLANT(TIP_ID), "", 200, false, NULL },
    { STAFF_SIDE, POST, "/tips/:id/hold", BIT(TIP), 0, PLANT(TIP_ID), "do=set&asked=counsel&reason=invented&until=2027-03-01", 303, false, NULL },
    { STAFF_SIDE, GET, "/cases/:id/hold", OF_THE_CASE, PLANT(IN_CASE), 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/hold", OF_THE_CASE, 0, 0, "do=set&asked=counsel&reason=invented&until=2027-03-01", 303, false, NULL },
    { STAFF_SIDE, GET, "/victims/:id/reseal", OF_THE_FILE, PLANT(IN_ALIAS), 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/reseal", OF_THE_FILE, PLANT(IN_ALIAS), 0, "do=begin&reason=", 422, false, NULL },
    { STAFF_SIDE, GET, "/victims/:id/hold", OF_THE_FILE, PLANT(IN_ALIAS), 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/hold", OF_THE_FILE, 0, 0, "do=set&asked=counsel&reason=invented&until=2027-03-01", 303, false, NULL },
    { STAFF_SIDE, POST, "/cases/:id/clock", OF_THE_CASE, 0, 0, "clock=NONE_SUCH", 303, false, NULL },
    { STAFF_SIDE, GET, "/victims", 0, 0, PLANT(IN_ALIAS) | PLANT(IN_REQUEST), "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/tray", NEVER, 0, 0, "request=", 404, false, NULL },
    { STAFF_SIDE, GET, "/victims/new", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/new", 0, 0, 0, "alias=Tree+%d", 303, false, NULL },
    { STAFF_SIDE, GET, "/victims/:id", OF_THE_FILE, FILES_WORDS, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/name", OF_THE_FILE, FILES_WORDS | PLANT(IN_NAME), 0, "why=a+form", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/place", OF_THE_FILE | NEVER, 0, 0, "why=a+visit", 404, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/done", OF_THE_FILE, 0, 0, "code=NONE_SUCH&entry=00000000000070008000000000000001&before=0", 303, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/colleague", OF_THE_FILE | NEVER, 0, 0, "colleague=", 404, false, NULL },
    { STAFF_SIDE, GET, "/victims/:id/entry", OF_THE_FILE, PLANT(IN_ALIAS), 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/entry", OF_THE_FILE, 0, 0, "_kind=need&happened=2026-09-01&service=safety_planning&urgent=no", 303, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/withdraw", OF_THE_FILE | NEVER, 0, 0, "entry=", 404, false, NULL },
    { STAFF_SIDE, GET, "/victims/:id/packet", OF_THE_FILE, FILES_WORDS, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/packet", OF_THE_FILE, FILES_WORDS, 0, "officer=", 422, false, NULL },
    { STAFF_SIDE, POST, "/victims/:id/packet-end", OF_THE_FILE | NEVER, 0, 0, "packet=", 404, false, NULL },
    { STAFF_SIDE, GET, "/packets", 0, 0, PLANT(IN_PACKET), "", 200, false, NULL },
    { STAFF_SIDE, GET, "/deconfliction", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/deconfliction", NEVER, 0, 0, "verdict=", 404, false, NULL },
    { STAFF_SIDE, GET, "/audit", BIT(AUDIT), 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/people", 0, 0, 0, "name=guest%d&role=call_taker", 200, false, NULL },
    { STAFF_SIDE, GET, "/people/:id", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/people/:id/certify", 0, 0, 0, "fingerprint=000000000000000000000000", 422, false, "pending" },
    { STAFF_SIDE, POST, "/people/:id/renew", 0, 0, 0, "", 422, false, NULL }, /* nobody's certificate ends in this house yet */
    { STAFF_SIDE, POST, "/people/:id/admit", BIT(TIP) | BIT(SOURCE), 0, 0, "", 303, false, NULL },
    { STAFF_SIDE, POST, "/people/:id/cases", 0, 0, 0, "former=no.such", 422, false, NULL },
    { STAFF_SIDE, POST, "/people/:id/depart", 0, 0, 0, "reason=an+invented+reason", 303, false, "invited" },
    { STAFF_SIDE, GET, "/retention", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, GET, "/sheet", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/sheet/read", 0, 0, 0, "", 303, false, NULL },
    { STAFF_SIDE, GET, "/keys", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/keys", 0, 0, 0, "name=system%d&scope=tips&days=9&per_minute=9", 200, false, NULL },
    { STAFF_SIDE, POST, "/keys/:id/renew", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/keys/:id/end", 0, 0, 0, "", 303, false, NULL },
    { STAFF_SIDE, POST, "/settings/:word", 0, 0, 0, "value=Invented+Line", 303, false, NULL },
    { STAFF_SIDE, GET, "/measures", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, GET, "/measures/:word", 0, 0, 0, "", 200, false, NULL },
    { STAFF_SIDE, POST, "/measures/publish", 0, 0, 0, "", 303, false, NULL },
    { STAFF_SIDE, POST, "/roster/:id/end", 0, 0, 0, "", 303, false, NULL },
    { STAFF_SIDE, POST, "/sign-out", 0, 0, 0, "", 303, true, NULL },
    { PUBLIC_SIDE, POST, "/tip", 0, 0, 0, "narrative=an+invented+story+%d", 201, false, NULL },
    { PUBLIC_SIDE, POST, "/api/v1/tips", 0, 0, 0, "{\"narrative\":\"an invented story %d\"}", 201, false, NULL },
    { PUBLIC_SIDE, GET, "/api/v1/openapi.json", 0, 0, 0, "", 200, false, NULL },
    { PUBLIC_SIDE, GET, "/api/v1/figures", 0, 0, 0, "", 200, false, NULL },
    { PUBLIC_SIDE, GET, "/api/v1/offices", 0, 0, 0, "", 200, false, NULL },
    { PUBLIC_SIDE, POST, "/tip/return", 0, PLANT(IN_REPLY), 0, "receipt=%s", 200, false, NULL },
};

static const struct taught *lesson_of(const struct route *t)
{
    static const struct taught none = { .body = "" };
    for (ptrdiff_t i = 0; i < countof(lessons); i++)
        if (t->path && lessons[i].side == t->side && lessons[i].method == t->method && !strcmp(lessons[i].path, t->path))
            return &lessons[i];
    return &none;
}

static enum named named_by(const struct route *t)
{
    if (t->side == PUBLIC_SIDE && t->method == POST && !strcmp(t->path, "/tip/return"))
        return NAMES_RECEIPT;
    if (!strchr(t->path, ':'))
        return NAMES_NOTHING;
    for (ptrdiff_t i = 0; i < countof(kinds); i++)
        if (str_starts(str_of(t->path), str_of(kinds[i].prefix)) && !strchr(strchr(t->path, ':') + 1, ':'))
            return kinds[i].named;
    return NAMES_UNKNOWN;
}

/* ---- asking ---- */

static void add_header(struct header *headers, ptrdiff_t *n, str name, str value)
{
    headers[(*n)++] = (struct header){ name, value };
}

/* The token of this form, or somebody else's of the same form. */
static str token_for(struct matrix *m, struct arena *a, const struct matrix_request *q)
{
    struct request r = { .arena = a };
    const struct matrix_caller *c = q->caller;
    if (q->fault == FOREIGN_TOKEN)
        c = matrix_find(m, "auditor", c == matrix_find(m, "auditor", MEMBER) ? SHUT : MEMBER);
    memcpy(r.caller.form_key, c->form_key, sizeof r.caller.form_key);
    return form_token(&r, q->path);
}

static str with_token(struct matrix *m, struct arena *a, const struct matrix_request *q)
{
    bool form = str_equal(q->type, lit("application/x-www-form-urlencoded"));
    if (q->side != STAFF_SIDE || !form || !q->caller->role || q->fault == NO_TOKEN)
        return q->body;
    str field = str_join(a, lit("_token="), token_for(m, a, q));
    return q->body.len ? str_join(a, str_join(a, q->body, lit("&")), field) : field;
}

static str flatten(const struct matrix *m, struct arena *a)
{
    const struct http_response *w = &m->app->w;
    struct out o = { .arena = a };
    out_int(&o, w->status);
    out_char(&o, '\n');
    out_str(&o, w->type);
    for (str lines = w->lines, line; str_split(&lines, '\n', &line) && line.len;) {
        out_char(&o, '\n');
        out_str(&o, str_trim(line));
    }
    for (ptrdiff_t i = 0; i < w->header_count; i++) {
        out_char(&o, '\n');
        out_str(&o, w->headers[i].name);
        out_str(&o, lit(": "));
        out_str(&o, w->headers[i].value);
    }
    out_str(&o, lit("\n\n"));
    out_str(&o, app_body(m->app));
    return out_view(&o);
}

str matrix_ask(struct matrix *m, struct arena *a, const struct matrix_request *q)
{
    struct header headers[8];
    ptrdiff_t n = 0;
    char key[40];
    add_header(headers, &n, lit("Host"), lit("staff.invalid"));
    if (*q->caller->cookie)
        add_header(headers, &n, lit("Cookie"), str_of(q->caller->cookie));
    if (q->method == POST) {
        add_header(headers, &n, lit("Content-Type"), q->type);
        if (q->fault != NO_ORIGIN)
            add_header(headers, &n, lit("Sec-Fetch-Site"), q->fault == CROSS_SITE ? lit("cross-site") : lit("same-origin"));
        snprintf(key, sizeof key, "c56a4180-65aa-42ec-a945-%012d", ++m->errand);
        add_header(headers, &n, lit("Idempotency-Key"), str_of(key));
    }
    struct http_request r = { .method = q->method, .path = q->path, .headers = headers, .header_count = n };
    if (q->method == POST)
        r.body = with_token(m, a, q);
    if (m->over_http)
        return matrix_ask_served(m, a, q->side, &r);
    app_request(m->app, q->side == STAFF_SIDE ? &m->staff : &m->public, &r);
    if (m->app->parked)
        app_settle(m->app);
    return flatten(m, a);
}

/* ---- what must come out ---- */

struct cell {
    const struct route *route; /* NULL: no such method, or the other side */
    const struct taught *lesson;
    enum named named;
    enum place place;
    struct matrix_request q;
    const char *pattern; /* of the path, as in the table */
};
struct expected {
    enum outcome outcome;
    int status;     /* 0: any of success; of TURNED_AWAY the status itself */
    unsigned shows[OFFICES], may[OFFICES];
};

static bool holds(const struct matrix_caller *c, permission p)
{
    if (p == NOBODY)
        return false;
    if (p == ANYONE || p == SIGNED_IN)
        return p == ANYONE || c->signed_in;
    return c->signed_in && role_holds(c->role, p);
}

/* By the wall and by who was put on which ring: the handlers are not asked. */
static bool reaches(const struct matrix_caller *c, unsigned rings, int office)
{
    if (rings & NEVER)
        return false;
    if (rings & OF_THE_CASE)
        return c->role && role_holds(c->role, CASE_READ) && wall_allows(c->role->class, c->role->powers, CASE) && c->office == office
            && (c->standing == MEMBER || c->standing == ELSEWHERE);
    if (rings & OF_THE_FILE)
        return c->role && role_holds(c->role, VICTIM_READ) && wall_allows(c->role->class, c->role->powers, VICTIM) && c->office == office
            && (c->standing == MEMBER || c->standing == ELSEWHERE);
    for (int k = TIP; k <= COMPARTMENTS; k++) {
        bool on = c->role && role_on_ring(c->role, (enum compartment)k);
        if (!(rings & BIT(k)))
            continue;
        if (!on || c->office != office || (c->standing != MEMBER && c->standing != ELSEWHERE))
            return false;
        if (!wall_allows(c->role->class, c->role->powers, (enum compartment)k))
            return false;
        if (k == AUDIT && c->standing != MEMBER) /* the installation's one ring, whatever the office */
            return false;
    }
    return true;
}

/* The office of what a cell names; -1: nothing is there. A person belongs to the whole house, and so does a setting. */
static int office_of(const struct cell *x)
{
    if (x->named == NAMES_NOTHING)
        return x->q.caller->office;
    if (x->named == NAMES_SETTING || x->named == NAMES_MEASURE)
        return x->place == HERE ? x->q.caller->office : -1; /* THERE: one that is set once; one that counts victims */
    return x->place == HERE ? 0 : x->place == THERE ? 1 : -1;
}

static int refusal_of(const struct cell *x)
{
    bool staff = x->q.side == STAFF_SIDE, knows = x->q.caller->signed_in;
    switch (x->q.fault) {
    case OTHER_BODY:    return 415;
    case CROSS_SITE:
    case NO_ORIGIN:     return staff ? 403 : 0;
    case NO_TOKEN:
    case FOREIGN_TOKEN: return staff && knows ? 403 : 0;
    case SOUND:
    case FAULTS:        break;
    }
    return 0;
}

static const struct route *row_of(const struct matrix *m, enum side side, enum method method, const char *path)
{
    for (ptrdiff_t i = 0; i < m->set_count; i++)
        for (ptrdiff_t k = 0; k < m->table[i].len; k++) {
            const struct route *t = &m->table[i].at[k];
            if (t->side == side && t->method == method && !strcmp(t->path, path))
                return t;
        }
    return NULL;
}

/* Under /api/ nobody is known by a cookie: a person of any job is a stranger there (tests/api_test.c has those who show a key). */
static bool is_api(const struct cell *x)
{
    return str_starts(x->q.path, lit("/api/"));
}

static struct expected expect_api(const struct matrix *m, const struct cell *x)
{
    struct expected e = { .outcome = ABSENT, .status = 404 };
    if (x->q.side == STAFF_SIDE || (x->route && x->route->needs != ANYONE))
        e.status = 401;
    else if (!x->route && (row_of(m, x->q.side, GET, x->pattern) || row_of(m, x->q.side, POST, x->pattern)))
        e.status = row_of(m, x->q.side, GET, x->pattern) || row_of(m, x->q.side, POST, x->pattern)->needs == ANYONE ? 405 : 404;
    else if (x->route)
        e = (struct expected){ .outcome = SERVED, .status = x->q.fault == OTHER_BODY ? 415 : x->lesson->status };
    return e;
}

static struct expected expect(const struct matrix *m, const struct cell *x)
{
    struct expected e = { .outcome = ABSENT, .status = 404 };
    const struct matrix_caller *c = x->q.caller;
    if (is_api(x))
        return expect_api(m, x);
    if (!x->route || !holds(c, x->route->needs) || (x->place == GARBLED && x->named != NAMES_RECEIPT))
        return e;
    if (c->standing == SHUT && c->role && x->route->needs >= FIRST_FEATURE_PERMISSION)
        return (struct expected){ .outcome = KEYS_SHUT };
    if (refusal_of(x))
        return (struct expected){ .outcome = TURNED_AWAY, .status = refusal_of(x) };
    int office = office_of(x);
    if (x->named == NAMES_RECEIPT) {
        e = (struct expected){ .outcome = SERVED, .status = x->place == GARBLED ? 422 : 200 };
        if (office >= 0)
            e.shows[office] = x->lesson->shows;
        return e;
    }
    if (office < 0 || !reaches(c, x->lesson->rings, office))
        return e;
    if ((x->named == NAMES_TIP || x->named == NAMES_DUTY) && c->office != office)
        return e;
    e.outcome = SERVED;
    e.status = x->lesson->status;
    e.shows[office] = x->lesson->shows;
    e.may[office] = x->lesson->may;
    if (c->standing == REMOVED)
        e.may[office] &= PLANT(TIP_ID); /* the one word of these that is not sealed */
    return e;
}

/* ---- judging ---- */

static bool has(str text, const char *word)
{
    return memmem(text.at, (size_t)text.len, word, strlen(word)) != NULL;
}

/* Every planted word of both offices: there when it must be, nowhere else. */
static bool words_fit(const struct matrix *m, const struct expected *e, str answer)
{
    for (int office = 0; office < OFFICES; office++)
        for (int p = 0; p < PLANTED; p++) {
            bool there = has(answer, m->planted[office][p]);
            if (there ? !((e->shows[office] | e->may[office]) & PLANT(p)) : (e->shows[office] & PLANT(p)) != 0)
                return false;
        }
    return true;
}

static bool is_success(int code)
{
    return code == 200 || code == 201 || code == 303 || code == 409 || code == 422;
}

/* The same caller in the same manner, at an address that is nowhere (or, for what is turned away, at everybody's). */
static str reference(struct matrix *m, struct arena *a, const struct cell *x, const char *path)
{
    struct matrix_request q = x->q;
    q.path = str_of(path);
    return matrix_ask(m, a, &q);
}

/*
 * The one page of shut keys, out of one that bears a form along; false when what was sent stands anywhere but in that form,
 * or when the form tells more than was asked: in *told, what stands in it beside the path.
 */
static bool take_kept(struct arena *a, const struct cell *x, str *answer, str *told)
{
    static const char from[] = "<form class=\"stack\" method=\"post\" action=\"/sign-in\">", to[] = "</form>";
    static const char link[] = "<p><a class=\"button main\" href=\"/sign-in\">Open my keys</a></p>";
    bool sent = x->q.method == POST && x->q.fault == SOUND && x->q.body.len > 0; /* words on their way, soundly */
    const char *start = memmem(answer->at, (size_t)answer->len, from, sizeof from - 1), *end = answer->at + answer->len;
    if (!start)
        return !sent;
    const char *stop = memmem(start, (size_t)(end - start), to, sizeof to - 1);
    const char *path = memmem(start, (size_t)(end - start), x->q.path.at, (size_t)x->q.path.len);
    if (!sent || !stop || !path || path > stop)
        return false;
    *told = str_join(a, (str){ start, path - start }, (str){ path + x->q.path.len, stop - path - x->q.path.len });
    stop += sizeof to - 1;
    *answer = str_join(a, str_join(a, (str){ answer->at, start - answer->at }, str_of(link)), (str){ stop, end - stop });
    return true;
}

static bool judge(struct matrix *m, struct arena *a, const struct cell *x, const struct expected *e, str answer, int code)
{
    struct matrix_caller *c = &m->callers[x->q.caller - m->callers];
    str told = { 0 };
    if (e->outcome == KEYS_SHUT && !take_kept(a, x, &answer, &told))
        return false;
    if (!words_fit(m, e, answer) || (told.len && !words_fit(m, e, told)))
        return false;
    switch (e->outcome) {
    case ABSENT:
        if (e->status == 405)
            return code == 405 && has(answer, "Allow: ");
        return code == e->status && (str_equal(answer, reference(m, a, x, is_api(x) ? "/api/nowhere" : "/nowhere")) || (is_api(x) && x->route));
    case TURNED_AWAY:
        if (code != e->status)
            return false;
        return x->q.side == PUBLIC_SIDE || str_equal(answer, reference(m, a, x, "/sign-in"));
    case KEYS_SHUT:
        if (!c->shut_page.len && code == 423)
            c->shut_page = str_copy(&m->keep, answer);
        return code == 423 && str_equal(answer, c->shut_page);
    case SERVED:
        /* One's own account of a session whose keys are shut may ask for the passphrase first. */
        if (c->role && c->standing == SHUT && code == 423)
            return true;
        return e->status ? code == e->status : is_success(code);
    }
    return false;
}

static const char *const standing_words[STANDINGS] = { "member", "elsewhere", "removed", "departed", "shut" };
static const char *const place_words[PLACES] = { "here", "there", "nowhere", "garbled" };
static const char *const fault_words[FAULTS] = { "sound", "no_token", "foreign_token", "cross_site", "no_origin", "other_body" };
static const char *const outcome_words[] = { "absent", "shut", "turned_away", "served" };
static const char *const method_words[] = { "GET", "POST", "HEAD", "BREW" };

static void write_cell(FILE *to, const struct cell *x, const struct expected *e, const char *pattern)
{
    fprintf(to, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%x\n", x->q.caller->role ? x->q.caller->role->code : "stranger",
            standing_words[x->q.caller->standing], x->q.side == STAFF_SIDE ? "staff" : "public", method_words[x->q.method], pattern,
            place_words[x->place], fault_words[x->q.fault], outcome_words[e->outcome], e->status, e->shows[0]);
}

static bool draw_for_http(struct matrix *m)
{
    uint8_t drawn[2];
    m->sample.fill(&m->sample, drawn, sizeof drawn);
    return m->http == HTTP_ALWAYS || (m->http == HTTP_SAMPLE && (drawn[0] << 8 | drawn[1]) < 65536 * 5 / 100);
}

static void run_cell(struct matrix *m, struct arena *a, const struct cell *x, const char *pattern)
{
    enum { SHOWN_MOST = 12 };
    struct expected e = expect(m, x);
    m->over_http = draw_for_http(m);
    str answer = matrix_ask(m, a, &x->q);
    int64_t code = 0;
    must(answer.len > 3 && str_to_int(str_part(answer, 0, 3), &code));
    m->cells++;
    m->http_cells += m->over_http;
    if (m->list)
        write_cell(m->list, x, &e, pattern);
    bool right = judge(m, a, x, &e, answer, (int)code);
    m->over_http = false;
    if (right)
        return;
    m->wrong++;
    if (!m->quiet && m->shown++ < SHOWN_MOST) {
        fprintf(stderr, "wrong (answered %d): ", (int)code);
        write_cell(stderr, x, &e, pattern);
    }
}

/* ---- the cells ---- */

static str id_words(struct matrix *m, struct arena *a, const struct cell *x, bool used_up)
{
    int office = x->place == THERE;
    if (x->named == NAMES_SETTING)
        return x->place == HERE ? lit("line_name") : x->place == THERE ? lit("office_id") : x->place == NOWHERE ? lit("no_such") : lit("No%20Such");
    if (x->named == NAMES_MEASURE)
        return x->place == HERE ? lit("arrests") : x->place == THERE ? lit("victims_located") : x->place == NOWHERE ? lit("no_such") : lit("No%20Such");
    if (x->place == GARBLED)
        return lit("0123456789abcdef0123456789abcdeX");
    if (x->place == NOWHERE)
        return lit("00000000000070008000000000000001");
    if (x->named == NAMES_TIP)
        return id_text(a, m->tip[office]);
    if (x->named == NAMES_CASE)
        return id_text(a, m->casefile[office]);
    if (x->named == NAMES_VICTIM)
        return id_text(a, m->victim[office]);
    if (x->named == NAMES_DUTY)
        return id_text(a, m->duty[office]);
    if (x->named == NAMES_KEY)
        return id_text(a, matrix_fresh_key(m, office));
    return id_text(a, used_up ? matrix_fresh_person(m, office, x->lesson->fresh) : matrix_person(m, office));
}

static str path_of(struct matrix *m, struct arena *a, const struct cell *x, const char *pattern, bool used_up)
{
    str whole = str_of(pattern);
    ptrdiff_t colon = str_find(whole, ':');
    if (colon < 0)
        return whole;
    ptrdiff_t end = colon;
    while (end < whole.len && whole.at[end] != '/')
        end++;
    str head = str_join(a, str_part(whole, 0, colon), id_words(m, a, x, used_up));
    return str_join(a, head, str_part(whole, end, whole.len));
}

static str body_of(struct matrix *m, struct arena *a, const struct cell *x)
{
    char text[256];
    static const char *const digits[] = { [NOWHERE] = "100020003000400050006000", [GARBLED] = "123" };
    if (x->named == NAMES_RECEIPT && x->place == NOWHERE)
        world_pass(m->app->keys, 1); /* so many wrong numbers a second and no more, says the keeper */
    if (x->named == NAMES_RECEIPT)
        snprintf(text, sizeof text, "receipt=%s", x->place >= NOWHERE ? digits[x->place] : m->receipt[x->place]);
    else if (strstr(x->lesson->body, "%d")) {
        const char *mark = strstr(x->lesson->body, "%d");
        snprintf(text, sizeof text, "%.*s%d%s", (int)(mark - x->lesson->body), x->lesson->body, ++m->errand, mark + 2);
    } else
        snprintf(text, sizeof text, "%s", x->lesson->body);
    return str_copy(a, str_of(text));
}

static str type_of(const struct cell *x)
{
    bool json = x->route && x->route->accepts == JSON;
    if (x->q.fault == OTHER_BODY)
        json = !json;
    return json ? lit("application/json") : lit("application/x-www-form-urlencoded");
}

static void fill_and_run(struct matrix *m, struct cell x, const char *pattern)
{
    struct arena a = m->scratch;
    bool used_up = x.lesson->fresh && x.place <= THERE && expect(m, &x).outcome == SERVED;
    x.pattern = pattern;
    x.q.path = path_of(m, &a, &x, pattern, used_up);
    x.q.type = type_of(&x);
    if (x.q.method == POST)
        x.q.body = body_of(m, &a, &x);
    run_cell(m, &a, &x, pattern);
}

/* "/measures/publish" is also a word of "/measures/:word", whose own row asks it with words of its own. */
static bool is_word_of_another(const struct matrix *m, enum side side, enum method method, const char *path)
{
    const char *last = strrchr(path, '/');
    for (ptrdiff_t i = 0; last && *path && i < m->set_count; i++)
        for (ptrdiff_t k = 0; k < m->table[i].len; k++) {
            const struct route *t = &m->table[i].at[k];
            const char *colon = strstr(t->path, ":word");
            if (t->side == side && t->method == method && colon && !colon[strlen(":word")] && colon - t->path == last + 1 - path
                && !strncmp(t->path, path, (size_t)(colon - t->path)))
                return true;
        }
    return false;
}

static void run_route(struct matrix *m, const struct route *t, const struct matrix_caller *c)
{
    struct cell x = { .route = t, .lesson = lesson_of(t), .named = named_by(t), .q = { .side = t->side, .method = t->method, .caller = c } };
    int places = x.named == NAMES_NOTHING ? 1 : PLACES, faults = t->method == POST ? FAULTS : 1;
    if (x.named == NAMES_UNKNOWN || (t->method != GET && t->method != POST)) {
        m->untaught++;
        return;
    }
    for (int place = 0; place < places; place++)
        for (int fault = faults - 1; fault >= 0; fault--) { /* the sound one last: it may use things up */
            x.place = (enum place)place;
            x.q.fault = (enum fault)fault;
            fill_and_run(m, x, t->path);
        }
    /* What the table does not have: other methods of this path, and this path on the other side. */
    static const enum method methods[] = { GET, POST, OTHER_METHOD };
    for (int k = 0; k < 2 * countof(methods); k++) {
        struct cell y = { .lesson = lesson_of(&(struct route){ 0 }), .named = x.named,
                          .q = { .side = k < countof(methods) ? t->side : !t->side, .method = methods[k % countof(methods)], .caller = c } };
        if (!row_of(m, y.q.side, y.q.method, t->path) && !is_word_of_another(m, y.q.side, y.q.method, t->path))
            fill_and_run(m, y, t->path);
    }
}

static void run_caller(struct matrix *m, const char *path, const struct matrix_caller *c)
{
    for (int last = 0; last < 2; last++)
        for (ptrdiff_t i = 0; i < m->set_count; i++)
            for (ptrdiff_t k = 0; k < m->table[i].len; k++) {
                const struct route *t = &m->table[i].at[k];
                if (lesson_of(t)->last == last && (!path || !strcmp(t->path, path)))
                    run_route(m, t, c);
            }
}

void matrix_run(struct matrix *m, const char *path, const struct matrix_caller *only)
{
    m->cells = m->wrong = m->untaught = m->http_cells = 0;
    m->shown = 0;
    m->sample = chance_seeded(1789);
    for (ptrdiff_t i = 0; i < m->caller_count; i++)
        if (!only || only == &m->callers[i])
            run_caller(m, path, &m->callers[i]);
}
