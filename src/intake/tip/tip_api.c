#include "intake/tip/tip_api.h"
#include "common/house/house.h"
#include "common/pack/pack.h"
#include "common/services.h"
#include "intake/public/public.h"
#include "intake/tip/idem.h"
#include "intake/tip/submit.h"
#include "lib/web/html.h"
#include "lib/web/json_in.h"
#include <stddef.h>

enum { API_DEPTH = 4, API_LIST_MOST = 100, BODY_MOST = 262144 };

/* One submission while it is read. The first fault stops the reading; it names the member. */
struct reading {
    struct request *r;
    struct tip tip;
    struct source source;
    str fault_at;      /* "contact.method" */
    const char *fault; /* NULL: none */
};

static bool refuse(struct reading *g, str at, const char *why)
{
    if (!g->fault) {
        g->fault_at = at;
        g->fault = why;
    }
    return false;
}

/* --- what a member may be -------------------------------------------------------------------------- */

struct member;
typedef bool reader(struct reading *g, str at, const struct member *m, const struct json_value *v);
struct member {
    const char *name;
    reader *read;
    ptrdiff_t place, most;      /* offset into struct reading; bytes at most */
    const char *const *choices; /* of read_choice; NULL ends */
    const char *file, *list;    /* of read_code: a code list of the pack, and the list inside it */
    const struct member *inside; /* of read_object */
};

static str *place_of(struct reading *g, const struct member *m)
{
    return (str *)(void *)((char *)g + m->place);
}

static bool read_text(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    if (v->kind != JSON_IS_TEXT)
        return refuse(g, at, "must be text");
    if (v->text.len > m->most)
        return refuse(g, at, "is too long");
    *place_of(g, m) = str_trim(v->text);
    return true;
}

static bool read_choice(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    if (v->kind == JSON_IS_TEXT)
        for (ptrdiff_t i = 0; m->choices[i]; i++)
            if (str_equal(v->text, str_of(m->choices[i]))) {
                *place_of(g, m) = v->text;
                return true;
            }
    return refuse(g, at, "is not one of its choices");
}

/* Keys of contact_types.csv bear their list in front: "proximity.observed". */
static bool code_known(struct reading *g, const struct member *m, str code)
{
    str key = m->list ? str_join(g->r->arena, str_of(m->list), code) : code;
    return code.len && pack_find(g->r->services->pack, str_of(m->file), key, day_of(g->r->now)) != NULL;
}

static bool read_code(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    if (v->kind != JSON_IS_TEXT || !code_known(g, m, v->text))
        return refuse(g, at, "is not a code of its list");
    *place_of(g, m) = v->text;
    return true;
}

/* A list becomes lines; with a code list, each must stand in it. */
static bool read_lines(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    struct out lines = { .arena = g->r->arena };
    if (v->kind != JSON_IS_LIST || v->count > API_LIST_MOST)
        return refuse(g, at, "must be a list of at most 100 texts");
    for (const struct json_value *one = v->first; one; one = one->next) {
        if (one->kind != JSON_IS_TEXT || one->text.len > TIP_LINE_MOST || str_find(one->text, '\n') >= 0)
            return refuse(g, at, "must be a list of texts, each one line of at most 300 bytes");
        if (m->file && !code_known(g, m, one->text))
            return refuse(g, at, "has a code that is not of its list");
        out_str(&lines, one->text);
        out_char(&lines, '\n');
    }
    *place_of(g, m) = str_trim(out_view(&lines));
    return true;
}

static bool read_how_many(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    (void)m;
    if (v->kind != JSON_IS_INT || v->number < 0 || v->number > TIP_PEOPLE_MOST)
        return refuse(g, at, "must be a whole number from 0 to 100000");
    g->tip.how_many = v->number;
    return true;
}

static bool read_message(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    (void)m;
    if (v->kind != JSON_IS_BOOL)
        return refuse(g, at, "must be true or false");
    g->source.message = v->number ? lit("yes") : lit("no");
    return true;
}

static bool read_none(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    (void)m;
    if (v->kind != JSON_IS_BOOL)
        return refuse(g, at, "must be true or false");
    g->tip.do_not_contact = v->number != 0;
    return true;
}

static bool read_members(struct reading *g, str at, const struct member *members, const struct json_value *v)
{
    if (v->kind != JSON_IS_OBJECT)
        return refuse(g, at, "must be an object");
    for (const struct json_value *one = v->first; one; one = one->next) {
        const struct member *m = members;
        str path = at.len ? str_join(g->r->arena, str_join(g->r->arena, at, lit(".")), one->name) : one->name;
        while (m->name && !str_equal(one->name, str_of(m->name)))
            m++;
        if (!m->name)
            return refuse(g, path, "is not a field of a tip");
        if (one->kind != JSON_IS_NULL && !m->read(g, path, m, one))
            return false;
    }
    return true;
}

static bool read_object(struct reading *g, str at, const struct member *m, const struct json_value *v)
{
    return read_members(g, at, m->inside, v);
}


/* --- the table ------------------------------------------------------------------------------------- */

static const char *const answers[] = { "yes", "no", "not_sure", NULL };
static const char *const consents[] = { "share", "confidential", "anonymous", NULL };
static const char *const methods[] = { "phone", "text", "mail", "other", NULL };
#define of_tip(member) .place = offsetof(struct reading, tip.member)
#define of_source(member) .place = offsetof(struct reading, source.member)

static const struct member place_members[] = {
    { "text", read_text, of_tip(place), .most = TIP_PLACE_MOST },
    { "kind", read_code, of_tip(venue), .file = "venues" },
    { "industry", read_code, of_tip(industry), .file = "industries" },
    { 0 },
};
static const struct member contact_members[] = {
    { "method", read_choice, of_source(method), .choices = methods },
    { "address", read_text, of_source(address), .most = TIP_LINE_MOST },
    { "when", read_text, of_source(safe_when), .most = TIP_LINE_MOST },
    { "code_word", read_text, of_source(code_word), .most = TIP_LINE_MOST },
    { "message", read_message },
    { "none", read_none },
    { 0 },
};
static const struct member tip_members[] = {
    { "narrative", read_text, of_tip(narrative), .most = TIP_NARRATIVE_MOST },
    { "language", read_code, of_tip(language), .file = "languages" },
    { "danger", read_choice, of_tip(danger), .choices = answers },
    { "happening_now", read_choice, of_tip(happening), .choices = answers },
    { "minor", read_choice, of_tip(minor), .choices = answers },
    { "place", read_object, .inside = place_members },
    { "when", read_text, of_tip(when), .most = TIP_LINE_MOST },
    { "how_many", read_how_many },
    { "people", read_lines, of_tip(people) },
    { "identifiers", read_lines, of_tip(identifiers) },
    { "indicators", read_lines, of_tip(signs), .file = "indicators" },
    { "proximity", read_code, of_tip(proximity), .file = "contact_types", .list = "proximity." },
    { "reporter", read_code, of_tip(reporter), .file = "contact_types", .list = "reporter." },
    { "contact", read_object, .inside = contact_members },
    { "consent", read_choice, of_tip(consent), .choices = consents },
    { 0 },
};

static bool read_tip(struct reading *g, const struct json_value *v)
{
    g->tip = (struct tip){ .language = lit("en"), .channel = lit("api"), .consent = lit("anonymous") };
    if (!read_members(g, (str){ 0 }, tip_members, v))
        return false;
    if (!g->tip.narrative.len)
        return refuse(g, lit("narrative"), "is required");
    if (str_equal(g->tip.proximity, lit("is_victim")) && !g->tip.reporter.len)
        g->tip.reporter = lit("victim");
    return true;
}

/* --- answers --------------------------------------------------------------------------------------- */

/* RFC 9457. */
static void problem(struct out *o, int http_status, str title, str detail)
{
    struct json j = { .o = o };
    json_open(&j, '{');
    json_key(&j, lit("type"));
    json_str(&j, lit("about:blank"));
    json_key(&j, lit("title"));
    json_str(&j, title);
    json_key(&j, lit("status"));
    json_int(&j, http_status);
    json_key(&j, lit("detail"));
    json_str(&j, detail);
    json_close(&j, '}');
}

static status answer_problem(struct response *w, int http_status, str title, str detail)
{
    w->status = http_status;
    w->type = lit("application/problem+json");
    problem(&w->body, http_status, title, detail);
    return OK;
}

static void later_problem(struct http_response *w, int http_status, str title, str detail)
{
    w->status = http_status;
    w->type = lit("application/problem+json");
    problem(&w->body, http_status, title, detail);
}

static void receipt_json(const char digits[ANSWER], struct out *o)
{
    struct json j = { .o = o };
    json_open(&j, '{');
    json_key(&j, lit("receipt"));
    json_str(&j, (str){ digits, ANSWER });
    json_key(&j, lit("status_url"));
    json_str(&j, lit("/tip/return"));
    json_close(&j, '}');
}

static void write_answer(const struct parked *p, const struct verdict *v, struct arena *a, struct http_response *w)
{
    char digits[ANSWER];
    w->body.arena = a;
    if (v->code != CODE_OK) {
        later_problem(w, 503, lit("Not now"), lit("It is not known whether the tip was stored. Send it again with the same key."));
    } else if (!idem_answer_open(p->answer_key, p->idem, v->answer, digits)) {
        later_problem(w, 422, lit("Key used before"),
                      lit("This Idempotency-Key was used with another body. Nothing was stored; use a new key."));
    } else {
        w->status = 201;
        w->type = lit("application/json");
        receipt_json(digits, &w->body);
    }
    wipe(digits, sizeof digits);
    public_finish(p, w);
}

static str joined(struct arena *a, str at, const char *why)
{
    return str_join(a, str_join(a, at, lit(" ")), str_of(why));
}

status tip_api_submit(struct request *r, struct response *w)
{
    struct reading g = { .r = r };
    uint8_t key[16];
    const struct json_value *v;
    if (!house_may_serve_form(r->services->house))
        return answer_problem(w, 503, lit("Not open"), lit("This line has not yet said who reads its reports."));
    if (!idem_uuid_read(http_header(r->http, lit("Idempotency-Key")), key))
        return answer_problem(w, 400, lit("Key missing"), lit("The header Idempotency-Key must hold a UUID."));
    if (json_in_read(r->arena, r->http->body, (struct json_limits){ BODY_MOST, API_DEPTH }, &v) != OK)
        return answer_problem(w, 400, lit("Not JSON"), lit("The body is not one JSON object in UTF-8."));
    if (!read_tip(&g, v))
        return answer_problem(w, 400, lit("Not a tip"), joined(r->arena, g.fault_at, g.fault));
    status done = tip_submit(r, &g.tip, &g.source, key, public_parked(r), write_answer);
    if (done == WAIT)
        return WAIT;
    return answer_problem(w, 503, lit("Not now"), lit("Nothing was stored. Send it again with the same key."));
}
