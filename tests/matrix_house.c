/* The house of the matrix: two offices, every role in every standing, a tip of each office with all that may hang on it. */
#include "matrix.h"
#include "care/file/file.h"
#include "intake/tip/tip.h"
#include "lib/crypt/crypt.h"
#include "staff/account/account.h"
#include "staff/page/page.h"
#include "staff/roster/roster.h"
#include "staff/key/key.h"
#include "staff/session/session.h"

static struct plan_person people[PLAN_PEOPLE]; /* the world keeps a view of it */
static char names[PLAN_PEOPLE][48];
static struct {
    const struct role *role;
    enum standing standing;
} who[PLAN_PEOPLE];

static uint32_t rings_of(const struct role *r)
{
    return r->rings | (wall_allows(r->class, r->powers, SERVICE) ? 1u << SERVICE : 0);
}

static ptrdiff_t plan_one(ptrdiff_t n, const struct role *r, enum standing s)
{
    static const char *const words[STANDINGS] = { "member", "elsewhere", "removed", "departed", "shut" };
    must(n < PLAN_PEOPLE);
    snprintf(names[n], sizeof names[n], "%s.%s", r->code, words[s]);
    people[n] = (struct plan_person){ str_of(names[n]), lit("an invented passphrase of the matrix"), r->class, r->powers,
                                      s == ELSEWHERE ? 0 : rings_of(r) };
    who[n].role = r;
    who[n].standing = s;
    return n + 1;
}

/* The two first certifiers come first; then every role that people are invited to, in every standing. */
static ptrdiff_t plan_people(void)
{
    const struct role *administrator = role_find(lit("administrator")), *supervisor = role_find(lit("supervisor"));
    must(administrator && supervisor);
    ptrdiff_t n = plan_one(plan_one(0, administrator, MEMBER), supervisor, MEMBER);
    for (ptrdiff_t i = 0; i < role_count; i++)
        for (int s = 0; roles[i].invited && s < STANDINGS; s++)
            if (s != MEMBER || (&roles[i] != administrator && &roles[i] != supervisor))
                n = plan_one(n, &roles[i], (enum standing)s);
    return n;
}

static struct matrix_caller *add_caller(struct matrix *m, const struct role *r, enum standing s, id account)
{
    must(m->caller_count < MATRIX_CALLERS);
    struct matrix_caller *c = &m->callers[m->caller_count++];
    *c = (struct matrix_caller){ .role = r, .standing = s, .signed_in = r && s != DEPARTED, .office = s == ELSEWHERE,
                                 .account = account };
    return c;
}

/* Offices of the pack, so that places find them; a third, where nobody works and no ring is. */
static void add_offices(struct matrix *m)
{
    static const char *const codes[][2] = { { "HSI-BAL", "Invented Baltimore" }, { "HSI-ATL", "Invented Atlanta" }, { "HSI-DEN", "Invented Denver" } };
    const id offices[] = { m->office[0], m->office[1], { { 0x0f, 3 } } };
    for (ptrdiff_t i = 0; i < countof(offices); i++) {
        char sql[300];
        struct arena a = m->scratch;
        str office = id_text(&a, offices[i]);
        snprintf(sql, sizeof sql, "INSERT INTO office (id, code, name, city, state, kind, made_day) VALUES (x'%.*s', '%s', '%s', '', '', 'field', 20000)",
                 (int)office.len, office.at, codes[i][0], codes[i][1]);
        app_break(m->app, sql);
    }
}

static void add_account(struct matrix *m, const struct matrix_caller *c, str name)
{
    struct account a = { .id = c->account, .office = m->office[c->office], .name = name, .role = str_of(c->role->code),
                         .state = lit("active"), .made_day = day_of(m->app->keys->now) };
    must(account_add(m->app->content, &a) == OK);
}

static void add_callers(struct matrix *m, ptrdiff_t planned)
{
    struct world *x = m->app->keys;
    for (ptrdiff_t i = 0; i < planned; i++)
        add_account(m, add_caller(m, who[i].role, who[i].standing, x->made.people[i].principal), people[i].name);
    const struct role *envelope = role_find(lit("envelope"));
    must(envelope);
    add_account(m, add_caller(m, envelope, MEMBER, x->made.envelope_principal), lit("envelope"));
    add_caller(m, NULL, MEMBER, (id){ 0 });
}

static struct signed_in sign_in(struct matrix *m, const struct matrix_caller *c)
{
    struct world *x = m->app->keys;
    struct signed_in in;
    if (c->role->invited)
        return world_in(x, (enum someone)(c - m->callers));
    struct ticket t;
    uint8_t code[32] = { 0 };
    memcpy(code, x->made.envelope, sizeof x->made.envelope);
    must(keeper_begin(x->staff, lit("envelope"), x->device, &t) == OK);
    must(keeper_finish(x->staff, t.number, code, 0, NULL, &in) == OK);
    return in;
}

static void open_session(struct matrix *m, struct matrix_caller *c)
{
    struct signed_in in = sign_in(m, c);
    c->token = in.token;
    memcpy(c->cookie, "s=", 2);
    hex_write(c->cookie + 2, in.token.at, sizeof in.token.at);
    keyed_hash(in.token.at, "form key", (str){ 0 }, c->form_key, sizeof c->form_key);
    must(session_open(m->app->content, in.token, (token){ { 0 } }, c->account, m->app->keys->now) == OK);
}

/* Who is to find the keys shut signs in first and then lets half an hour pass. */
static void open_sessions(struct matrix *m)
{
    for (ptrdiff_t i = 0; i < m->caller_count; i++)
        if (m->callers[i].role && m->callers[i].standing == SHUT)
            open_session(m, &m->callers[i]);
    world_pass(m->app->keys, 31 * 60);
    for (ptrdiff_t i = 0; i < m->caller_count; i++)
        if (m->callers[i].role && m->callers[i].standing != SHUT)
            open_session(m, &m->callers[i]);
    m->administrator = sign_in(m, matrix_find(m, "administrator", MEMBER));
    m->supervisor = sign_in(m, matrix_find(m, "supervisor", MEMBER));
}

const struct matrix_caller *matrix_find(const struct matrix *m, const char *role, enum standing s)
{
    for (ptrdiff_t i = 0; i < m->caller_count; i++)
        if (m->callers[i].role && !strcmp(m->callers[i].role->code, role) && m->callers[i].standing == s)
            return &m->callers[i];
    must(!"no such caller");
    return NULL;
}

const struct matrix_caller *matrix_open_keys(struct matrix *m, const char *role, enum standing s)
{
    const struct matrix_caller *c = matrix_find(m, role, s);
    open_session(m, &m->callers[c - m->callers]);
    return c;
}

/* Carers are no supervisor's: the first of them makes the ring of their office. */
static void make_tray(struct matrix *m)
{
    struct world *x = m->app->keys;
    const struct matrix_caller *first = matrix_find(m, "coordinator", ELSEWHERE);
    struct signed_in in = sign_in(m, first);
    id ring;
    must(world_make_ring(x, in.token, SCOPE_OFFICE, m->office[1], VICTIM, &ring) == OK);
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        const struct matrix_caller *c = &m->callers[i];
        if (c != first && c->role && c->standing == ELSEWHERE && role_on_ring(c->role, VICTIM))
            must(world_ring(x, RING_ADD, in.token, ring, (enum someone)i, NULL) == OK);
    }
}

/* The second office: its supervisor makes the rings and lets in who works there. */
static void make_second_office(struct matrix *m)
{
    static const enum compartment made[] = { TIP, SOURCE };
    struct world *x = m->app->keys;
    struct signed_in in = sign_in(m, matrix_find(m, "supervisor", ELSEWHERE));
    for (ptrdiff_t k = 0; k < countof(made); k++) {
        id ring;
        must(world_make_ring(x, in.token, SCOPE_OFFICE, m->office[1], made[k], &ring) == OK);
        for (ptrdiff_t i = 0; i < m->caller_count; i++) {
            const struct matrix_caller *c = &m->callers[i];
            bool belongs = c->role && c->standing == ELSEWHERE && !id_equal(c->account, in.principal)
                        && (rings_of(c->role) & 1u << made[k]);
            if (belongs)
                must(world_ring(x, RING_ADD, in.token, ring, (enum someone)i, NULL) == OK);
        }
    }
}

/* Taken off every ring of the first office and of the installation, after the session has read. */
static void remove_people(struct matrix *m)
{
    static const struct { enum scope_kind kind; enum compartment c; } all[] = {
        { SCOPE_OFFICE, TIP }, { SCOPE_OFFICE, SOURCE }, { SCOPE_OFFICE, VICTIM }, { SCOPE_INSTALLATION, AUDIT }, { SCOPE_INSTALLATION, SERVICE },
        { SCOPE_INSTALLATION, SHARED },
    };
    struct world *x = m->app->keys;
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        const struct matrix_caller *c = &m->callers[i];
        for (ptrdiff_t k = 0; k < countof(all); k++) {
            struct ring_key ring;
            id scope = all[k].kind == SCOPE_OFFICE ? m->office[0] : x->made.install;
            if (!c->role || c->standing != REMOVED || !(rings_of(c->role) & 1u << all[k].c))
                continue;
            must(keeper_ring_key(x->staff, all[k].kind, scope, all[k].c, &ring) == OK);
            must(world_ring(x, RING_REMOVE, m->supervisor.token, ring.ring, (enum someone)i, NULL) == OK);
        }
        static const enum compartment of_the_case[] = { TIP, CASE, EVIDENCE };
        for (ptrdiff_t k = 0; k < countof(of_the_case); k++) {
            struct ring_key ring;
            if (!c->role || c->standing != REMOVED || !role_holds(c->role, CASE_READ))
                continue;
            must(keeper_ring_key(x->staff, SCOPE_CASE, m->casefile[0], of_the_case[k], &ring) == OK);
            must(world_ring(x, RING_REMOVE, m->supervisor.token, ring.ring, (enum someone)i, NULL) == OK);
        }
        for (int k = VICTIM; k <= LOCATION; k++) {
            struct ring_key ring;
            if (!c->role || c->standing != REMOVED || !role_holds(c->role, VICTIM_READ))
                continue;
            must(keeper_ring_key(x->staff, SCOPE_CASE, m->victim[0], (enum compartment)k, &ring) == OK);
            must(world_ring(x, RING_REMOVE, m->supervisor.token, ring.ring, (enum someone)i, NULL) == OK);
        }
    }
}

static void let_depart(struct matrix *m)
{
    uint64_t gen;
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        const struct matrix_caller *c = &m->callers[i];
        if (!c->role || c->standing != DEPARTED)
            continue;
        must(keeper_revoke(m->app->keys->staff, m->supervisor.token, c->account, lit("has left"), &gen) == OK);
        must(account_depart(m->app->content, c->account, day_of(m->app->keys->now)) == OK);
    }
}

/* ---- what is planted ---- */

static void post_public(struct matrix *m, const char *path, const char *format, const char *a, const char *b)
{
    char body[512];
    int n = snprintf(body, sizeof body, format, a, b);
    struct header type = { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") };
    struct http_request r = { .method = POST, .path = str_of(path), .headers = &type, .header_count = 1, .body = { body, n } };
    app_request(m->app, &m->public, &r);
    app_settle(m->app);
    must(m->app->w.status == 200 || m->app->w.status == 201);
}

static void post_staff(struct matrix *m, const struct matrix_caller *c, int office, const char *act, const char *field)
{
    struct arena a = m->scratch;
    struct out path = { .arena = &a };
    out_str(&path, lit("/tips/"));
    out_str(&path, id_text(&a, m->tip[office]));
    out_str(&path, str_of(act));
    str answer = matrix_ask(m, &a, &(struct matrix_request){ STAFF_SIDE, POST, out_view(&path),
                            lit("application/x-www-form-urlencoded"), str_of(field), SOUND, c });
    must(str_starts(answer, lit("303\n")));
}

static void plant(struct matrix *m, int office)
{
    static const char *const words[PLANTED] = { "whitmoor", "sallowgate", "farthingfield", "quillhaven", "brackenlea", "", "thornwick", "mossgate", "aldersey",
                                                "rowanholt", "cinderford", "maplestead", "hollowbrook", "larkspurton", "fernacre" };
    struct arena a = m->scratch;
    char field[128];
    for (int p = 0; p < PLANTED; p++)
        snprintf(m->planted[office][p], sizeof m->planted[office][p], "%s%d", words[p], office);
    m->app->house.values[HOUSE_OFFICE_ID] = id_text(&m->keep, m->office[office]);
    post_public(m, "/tip", "narrative=the+house+at+%s+since+2024-03-05&danger=yes&consent=share&method=text&contact=%s+555-0142",
                m->planted[office][IN_TIP], m->planted[office][IN_SOURCE]);
    app_receipt(m->app, m->receipt[office]);
    m->tip[office] = app_last_tip(m->app);
    str text = id_text(&a, m->tip[office]);
    snprintf(m->planted[office][TIP_ID], sizeof m->planted[office][TIP_ID], "%.*s", (int)text.len, text.at);
    post_public(m, "/tip/return", "receipt=%s&do=add&message=more+about+%s", m->receipt[office], m->planted[office][IN_ADDITION]);
    m->app->house.values[HOUSE_OFFICE_ID] = id_text(&m->keep, m->office[0]);
    const struct matrix_caller *taker = matrix_find(m, "call_taker", office ? ELSEWHERE : MEMBER);
    snprintf(field, sizeof field, "note=look+at+%s", m->planted[office][IN_NOTE]);
    post_staff(m, taker, office, "/note", field);
    snprintf(field, sizeof field, "answer=go+to+%s", m->planted[office][IN_REPLY]);
    post_staff(m, taker, office, "/answer", field);
}

static str case_path(struct arena *a, str root, const char *act)
{
    return str_join(a, str_join(a, lit("/cases/"), root), str_of(act));
}

static void post_case(struct matrix *m, const struct matrix_caller *c, str path, const char *field)
{
    struct arena a = m->scratch;
    str answer = matrix_ask(m, &a, &(struct matrix_request){ STAFF_SIDE, POST, path, lit("application/x-www-form-urlencoded"), str_of(field), SOUND, c });
    must(str_starts(answer, lit("303\n")));
}
static void post_care(struct matrix *m, const struct matrix_caller *c, str path, const char *format, const char *word)
{
    struct arena a = m->scratch;
    char field[512];
    snprintf(field, sizeof field, format, word);
    str answer = matrix_ask(m, &a, &(struct matrix_request){ STAFF_SIDE, POST, path, lit("application/x-www-form-urlencoded"), str_of(field), SOUND, c });
    must(str_starts(answer, lit("303\n")));
}

/* The case of an office: opened from its tip as people open one, with an entry and a subject; then all whose job has cases are put on it. */
static void plant_case(struct matrix *m, int office)
{
    struct arena *a = &m->keep; /* what is asked with uses the scratch memory */
    const struct matrix_caller *lead = matrix_find(m, "investigator", office ? ELSEWHERE : MEMBER);
    struct request r = { .arena = a };
    char field[512];
    m->casefile[office] = (id){ { 0x0c, (uint8_t)(office + 1) } };
    str root = id_text(a, m->casefile[office]);
    memcpy(r.caller.form_key, lead->form_key, sizeof r.caller.form_key);
    str proof = form_token(&r, str_join(a, lit("/cases/new/"), root));
    snprintf(field, sizeof field, "title=the+case+of+%s&case=%.*s&made=%.*s&tip=%s", m->planted[office][IN_CASE], (int)root.len, root.at,
             (int)proof.len, proof.at, m->planted[office][TIP_ID]);
    post_case(m, lead, lit("/cases/new"), field);
    snprintf(field, sizeof field, "name=%s", m->planted[office][IN_SUBJECT]);
    post_case(m, lead, case_path(a, root, "/subject"), field);
    snprintf(field, sizeof field, "_kind=note&_day=2026-09-20&text=seen+at+%s", m->planted[office][IN_ENTRY]);
    post_case(m, lead, case_path(a, root, "/add"), field);
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        const struct matrix_caller *c = &m->callers[i];
        if (!c->role || c == lead || c->office != office || !role_holds(c->role, CASE_READ))
            continue;
        str person = id_text(a, c->account);
        snprintf(field, sizeof field, "do=add&person=%.*s", (int)person.len, person.at);
        post_case(m, lead, case_path(a, root, "/people"), field);
    }
}
static id first_file(struct matrix *m, id holder)
{
    struct arena a = m->scratch;
    struct care_rows found;
    must(care_file_list(m->app->content, &a, holder, NULL, 1, &found) == OK && found.len == 1);
    return found.at[0].id;
}

/* A file of an office with all that may hang on it, and everybody whose job has files put on its two rings. */
static void plant_care(struct matrix *m, int office)
{
    struct arena *a = &m->keep; /* what is asked with uses the scratch memory */
    struct world *x = m->app->keys;
    const struct matrix_caller *lead = matrix_find(m, "specialist", office ? ELSEWHERE : MEMBER);
    char format[256];
    int n = snprintf(format, sizeof format, "alias=%s&name=%%s", m->planted[office][IN_ALIAS]);
    must(n > 0 && n < (int)sizeof format);
    post_care(m, lead, lit("/victims/new"), format, m->planted[office][IN_NAME]);
    m->victim[office] = first_file(m, lead->account);
    str path = str_join(a, lit("/victims/"), id_text(a, m->victim[office]));
    post_care(m, lead, str_join(a, path, lit("/entry")), "_kind=safety_plan&happened=2026-09-20&level=high&plan=near+%s", m->planted[office][IN_CARE]);
    post_care(m, lead, str_join(a, path, lit("/entry")),
              "_kind=safe_contact&happened=2026-09-20&method=channel.phone&voicemail=no&never_call_back=yes&language=es&value=%s", m->planted[office][IN_PLACE]);
    snprintf(format, sizeof format, "officer=investigator.%s&purpose=safety&until=2026-12-20&basis=law&law=18+U.S.C.+3771&words=about+%%s",
             office ? "elsewhere" : "member");
    post_care(m, lead, str_join(a, path, lit("/packet")), format, m->planted[office][IN_PACKET]);
    str text = id_text(a, m->office[office]);
    snprintf(format, sizeof format, "office=%.*s&about=assist&words=meet+%%s", (int)text.len, text.at);
    post_care(m, matrix_find(m, "investigator", office ? ELSEWHERE : MEMBER), lit("/ask-help"), format, m->planted[office][IN_REQUEST]);
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        const struct matrix_caller *c = &m->callers[i];
        if (!c->role || c == lead || c->office != office || !role_holds(c->role, VICTIM_READ))
            continue;
        for (int k = VICTIM; k <= LOCATION; k++) {
            struct ring_key ring;
            must(keeper_ring_key(x->staff, SCOPE_CASE, m->victim[office], (enum compartment)k, &ring) == OK);
            must(world_ring(x, RING_ADD, lead->token, ring.ring, (enum someone)i, NULL) == OK);
        }
        must(caseload_add(m->app->content, c->account, m->victim[office]) == OK);
    }
}

static void warm_up(struct matrix *m)
{
    for (ptrdiff_t i = 0; i < m->caller_count; i++) {
        struct arena a = m->scratch;
        const struct matrix_caller *c = &m->callers[i];
        if (!c->role || (c->standing != REMOVED && c->standing != DEPARTED) || !(role_holds(c->role, TIP_READ) || role_holds(c->role, VICTIM_READ)))
            continue;
        bool tips = role_holds(c->role, TIP_READ);
        str path = str_join(&a, tips ? lit("/tips/") : lit("/victims/"), id_text(&a, tips ? m->tip[0] : m->victim[0]));
        str answer = matrix_ask(m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .path = path, .caller = c });
        must(str_starts(answer, lit("200\n")));
    }
}

id matrix_fresh_person(struct matrix *m, int office, const char *state)
{
    char name[32];
    uint8_t code[20];
    const struct role *r = role_find(lit("call_taker"));
    struct world *x = m->app->keys;
    struct account a = { .office = m->office[office], .role = str_of(r->code), .state = str_of(state), .made_day = day_of(x->now) };
    snprintf(name, sizeof name, "fresh%d", ++m->errand);
    a.name = str_of(name);
    must(keeper_principal(x->staff, m->administrator.token, a.name, r->class, r->powers, (uint32_t)day_of(x->now) + 300, &a.id, code) == OK);
    must(account_add(m->app->content, &a) == OK);
    return a.id;
}

id matrix_person(const struct matrix *m, int office)
{
    return matrix_find(m, "call_taker", office ? ELSEWHERE : MEMBER)->account;
}

id matrix_fresh_key(struct matrix *m, int office)
{
    struct world *x = m->app->keys;
    char name[32];
    snprintf(name, sizeof name, "spare%d.system", ++m->errand);
    struct api_key k = { .id = chance_id(&x->chance, 0, false), .office = m->office[office], .maker = m->administrator.principal, .name = str_of(name),
                         .scopes = KEY_TIPS, .per_minute = 1, .made_day = day_of(x->now), .until_day = day_of(x->now) };
    must(key_add(m->app->content, &k) == OK);
    return k.id;
}

static void open_stores(struct matrix *m)
{
    const char *path = m->app->path;
    must(db_open(path, (struct db_options){ .rights = role_rights(PROCESS_WEB_STAFF), .busy_ms = 1000 }, &m->staff_db) == OK);
    must(db_open(path, (struct db_options){ .rights = role_rights(PROCESS_WEB_PUBLIC), .busy_ms = 1000 }, &m->public_db) == OK);
}

static void open_sides(struct matrix *m)
{
    struct app *x = m->app;
    open_stores(m);
    m->set_count = features_collect(m->table, MATRIX_SETS);
    memcpy(m->served, m->table, sizeof m->served);
    m->public = x->web;
    m->public.sets = m->served;
    m->public.set_count = m->set_count;
    m->public.db = m->public_db;
    m->staff = m->public;
    m->staff_services = x->services;
    m->staff_services.keeper = x->keys->staff;
    m->staff_services.post = NULL;
    m->staff.side = STAFF_SIDE;
    m->staff.db = m->staff_db;
    m->staff.services = &m->staff_services;
    m->staff.find_caller = key_find_caller;
    m->public.find_caller = key_find_caller;
    m->staff.draw_problem = staff_draw_problem;
}

static void plant_duty(struct matrix *m, int office)
{
    int64_t today = day_of(m->app->keys->now);
    struct duty d = { .office = m->office[office], .id = { { 0xdd, (uint8_t)office } }, .duty = lit("intake"), .from_day = today,
                      .to_day = today + 100, .account = matrix_find(m, "supervisor", office ? ELSEWHERE : MEMBER)->account };
    must(duty_add(m->app->content, &d) == OK);
    m->duty[office] = d.id;
}

struct matrix *matrix_make(void)
{
    struct arena keep = arena_reserve(64 << 20);
    struct matrix *m = arena_new(&keep, struct matrix, 1);
    ptrdiff_t planned = plan_people();
    m->keep = keep;
    m->scratch = arena_reserve(32 << 20);
    m->app = app_make_of(true, people, planned);
    m->office[0] = m->app->keys->office;
    m->office[1] = (id){ { 0x0f, 2 } };
    open_sides(m);
    add_offices(m);
    add_callers(m, planned);
    make_second_office(m);
    make_tray(m);
    open_sessions(m);
    plant(m, 0);
    plant(m, 1);
    plant_case(m, 0);
    plant_case(m, 1);
    plant_care(m, 0);
    plant_care(m, 1);
    plant_duty(m, 0);
    plant_duty(m, 1);
    warm_up(m);
    remove_people(m);
    let_depart(m);
    return m;
}

void matrix_shut(struct matrix *m)
{
    db_close(m->staff_db);
    db_close(m->public_db);
    app_shut(m->app);
}

void matrix_reopen(struct matrix *m, const char *folder, bool fresh)
{
    app_reopen(m->app, folder, fresh);
    open_stores(m);
    m->public.db = m->public_db;
    m->staff.db = m->staff_db;
    m->staff_services.keeper = m->app->keys->staff;
}

void matrix_end(struct matrix *m)
{
    db_close(m->staff_db);
    db_close(m->public_db);
    app_end(m->app);
}
