#include "two_worlds.h"

enum { SEED = 20261124, ROUNDS = 2, HIDDEN_TIPS = 30, HIDDEN_CASES = 4, HIDDEN_FILES = 4, OWN_TIPS = 55, OWN_CASES = 52, OWN_FILES = 62 };

/* A minute later, chance is the same again in every house, whatever it was asked for before. */
static void begin_anew(struct matrix *m, uint64_t seed)
{
    world_pass(m->app->keys, 60);
    m->app->chance = chance_seeded(seed);
    m->app->keys->core->chance = chance_seeded(seed + 1);
    m->errand = (int)seed * 10000;
    post_supply(m->app->services.post)->receipt_count = 0; /* numbers that were drawn before */
}

/* ---- work ---- */

/* What was asked back before an entry out of its usual order is taken: then it is sent again, and meant. */
static const char *and_sure(struct arena *a, str answer, const char *body)
{
    static const char sure[] = "name=\"_sure\" value=\"";
    const char *at = memmem(answer.at, (size_t)answer.len, sure, sizeof sure - 1);
    if (!at)
        return NULL;
    at += sizeof sure - 1;
    const char *end = memchr(at, '"', (size_t)(answer.at + answer.len - at));
    must(end);
    return str_c(a, str_join(a, str_join(a, str_of(body), lit("&_sure=")), (str){ at, end - at }));
}

static str work(struct matrix *m, struct arena *a, const struct matrix_caller *c, const char *path, const char *body)
{
    struct matrix_request q = { .side = c->role ? STAFF_SIDE : PUBLIC_SIDE, .method = POST, .path = str_of(path),
                                .type = lit("application/x-www-form-urlencoded"), .body = str_of(body), .caller = c };
    str answer = matrix_ask(m, a, &q);
    const char *again = and_sure(a, answer, body);
    if (again) {
        q.body = str_of(again);
        answer = matrix_ask(m, a, &q);
    }
    bool done = str_starts(answer, lit("303\n")) || str_starts(answer, lit("201\n")) || (!c->role && str_starts(answer, lit("200\n")));
    if (!done)
        print_error("%s %s: %.*s\n", path, body, (int)answer.len, answer.at);
    must(done);
    return answer;
}

static const struct matrix_caller *stranger(const struct matrix *m)
{
    const struct matrix_caller *c = &m->callers[m->caller_count - 1];
    must(!c->role);
    return c;
}

/* A tip of an office, with all that hangs on it. word: stands in its texts. */
static void send_tip(struct matrix *m, int office, const char *word, int i)
{
    struct arena a = m->scratch;
    char body[512], path[80];
    const struct matrix_caller *taker = matrix_find(m, "call_taker", office ? ELSEWHERE : MEMBER);
    m->app->house.values[HOUSE_OFFICE_ID] = id_text(&m->keep, m->office[office]);
    snprintf(body, sizeof body, "narrative=the+house+by+%s+%d&danger=%s&consent=share&method=text&contact=%s+555-0142", word, i,
             i % 3 ? "no" : "yes", word);
    work(m, &a, stranger(m), "/tip", body);
    if (i % 5 == 0) {
        char receipt[25];
        app_receipt(m->app, receipt);
        snprintf(body, sizeof body, "receipt=%s&do=add&message=more+about+%s", receipt, word);
        work(m, &a, stranger(m), "/tip/return", body);
    }
    m->app->house.values[HOUSE_OFFICE_ID] = id_text(&m->keep, m->office[0]);
    if (i % 5)
        return;
    str tip = id_text(&a, app_last_tip(m->app));
    snprintf(path, sizeof path, "/tips/%.*s/note", (int)tip.len, tip.at);
    snprintf(body, sizeof body, "note=look+at+%s", word);
    work(m, &a, taker, path, body);
    snprintf(path, sizeof path, "/tips/%.*s/answer", (int)tip.len, tip.at);
    snprintf(body, sizeof body, "answer=go+to+%s", word);
    work(m, &a, taker, path, body);
    snprintf(path, sizeof path, "/tips/%.*s/assign", (int)tip.len, tip.at);
    work(m, &a, taker, path, "who=me");
}

static void keep_filter(struct matrix *m, const struct matrix_caller *c, const char *word, int i)
{
    struct arena a = m->scratch;
    char body[128];
    snprintf(body, sizeof body, "name=%s+%d&p=%d", word, i, i % 5);
    work(m, &a, c, "/queue/filters", body);
}

/* A case; busy: with a subject, an entry that counts, one that does not, and its correction. */
static void open_case(struct matrix *m, const struct matrix_caller *lead, const char *word, bool busy)
{
    struct arena a = m->scratch;
    struct request r = { .arena = &a };
    char body[512], path[80];
    str root = id_text(&a, chance_id(&m->app->chance, m->app->keys->now * 1000, true));
    memcpy(r.caller.form_key, lead->form_key, sizeof r.caller.form_key);
    str proof = form_token(&r, str_join(&a, lit("/cases/new/"), root));
    snprintf(body, sizeof body, "title=the+case+of+%s&case=%.*s&made=%.*s", word, (int)root.len, root.at, (int)proof.len, proof.at);
    work(m, &a, lead, "/cases/new", body);
    if (!busy)
        return;
    snprintf(path, sizeof path, "/cases/%.*s/subject", (int)root.len, root.at);
    snprintf(body, sizeof body, "name=%s", word);
    work(m, &a, lead, path, body);
    snprintf(path, sizeof path, "/cases/%.*s/add", (int)root.len, root.at);
    work(m, &a, lead, path, "_kind=indictment&_day=2026-09-01&subject=1&statutes=US-18-1589&counts=2&level=federal&kind=indictment");
    snprintf(body, sizeof body, "_entry=%.24s00000abd&_kind=note&_day=2026-09-01&text=%s", root.at, word);
    work(m, &a, lead, path, body);
    snprintf(path, sizeof path, "/cases/%.*s/correct", (int)root.len, root.at);
    snprintf(body, sizeof body, "_kind=note&_corrects=%.24s00000abd&_day=2026-09-02&_why=%s&text=%s", root.at, word, word);
    work(m, &a, lead, path, body);
}

/* A file of care. busy: with entries, a safe place and a packet for that officer. */
static void open_file(struct matrix *m, const struct matrix_caller *carer, const char *word, const char *officer)
{
    struct arena a = m->scratch;
    char body[512], path[80];
    snprintf(body, sizeof body, "alias=%s&name=%s&foreign=yes&language=es", word, word);
    str answer = work(m, &a, carer, "/victims/new", body);
    const char *at = memmem(answer.at, (size_t)answer.len, "/victims/", 9);
    must(at);
    if (!officer)
        return;
    snprintf(path, sizeof path, "/victims/%.32s/entry", at + 9);
    static const char *const entries[] = {
        "_kind=safety_plan&happened=2026-09-20&level=high&plan=near+%s",
        "_kind=service&happened=2026-09-20&service=safety_planning&mode=direct&units=1&outcome=completed",
        "_kind=safe_contact&happened=2026-09-20&method=channel.phone&voicemail=no&never_call_back=yes&language=es&value=%s",
        "_kind=placement&happened=2026-09-20&kind=safety_planning&address=%s&from_on=2026-09-01",
    };
    for (int i = 0; i < countof(entries); i++) {
        const char *hole = strstr(entries[i], "%s");
        snprintf(body, sizeof body, "%.*s%s", hole ? (int)(hole - entries[i]) : 400, entries[i], hole ? word : "");
        if (hole)
            snprintf(body + strlen(body), sizeof body - strlen(body), "%s", hole + 2);
        work(m, &a, carer, path, body);
    }
    snprintf(path, sizeof path, "/victims/%.32s/packet", at + 9);
    snprintf(body, sizeof body, "officer=%s&purpose=safety&until=2026-12-20&basis=law&law=18+U.S.C.+3771&words=about+%s", officer, word);
    work(m, &a, carer, path, body);
}

static void ask_for_help(struct matrix *m, const struct matrix_caller *c, int office, const char *word)
{
    struct arena a = m->scratch;
    char body[256];
    str text = id_text(&a, m->office[office]);
    snprintf(body, sizeof body, "office=%.*s&about=assist&words=meet+%s", (int)text.len, text.at, word);
    work(m, &a, c, "/ask-help", body);
}

/* ---- the house ---- */

/* Of the first office two colleagues who work alone; of the second everybody. */
static void hide(struct matrix *m, enum hiding h, int round)
{
    const struct matrix_caller *carers[] = { matrix_find(m, "specialist", SHUT), matrix_find(m, "specialist", ELSEWHERE) };
    const struct matrix_caller *officers[] = { matrix_find(m, "investigator", SHUT), matrix_find(m, "investigator", ELSEWHERE) };
    for (int k = 0; k < countof(carers); k++) {
        for (int i = 0; h != HIDES_NOTHING && i < HIDDEN_FILES; i++)
            open_file(m, carers[k], HIDDEN_WORD, k ? "investigator.elsewhere" : "investigator.shut");
        if (h != HIDES_NOTHING)
            ask_for_help(m, officers[k], 1, HIDDEN_WORD);
        for (int i = 0; h == HIDES_ALL && i < HIDDEN_CASES; i++)
            open_case(m, officers[k], HIDDEN_WORD, true);
    }
    for (int i = 0; h == HIDES_ALL && i < HIDDEN_TIPS; i++)
        send_tip(m, 1, HIDDEN_WORD, i);
    if (h == HIDES_ALL)
        keep_filter(m, matrix_find(m, "supervisor", ELSEWHERE), HIDDEN_WORD, round);
}

/* What every house has: more than one page of each list. */
static void furnish(struct matrix *m)
{
    static const char *const keep[] = { "call_taker", "supervisor", "analyst", "investigator" };
    const struct matrix_caller *officer = matrix_find(m, "investigator", MEMBER), *carer = matrix_find(m, "specialist", MEMBER);
    for (int i = 0; i < OWN_TIPS; i++)
        send_tip(m, 0, "the+mill", i);
    for (int i = 0; i < OWN_CASES; i++)
        open_case(m, officer, "the+mill", i < 2);
    for (int i = 0; i < OWN_FILES; i++)
        open_file(m, carer, "Linden", i < 2 ? "investigator.member" : NULL);
    open_file(m, matrix_find(m, "coordinator", MEMBER), "Elm", "supervisor.member");
    open_case(m, matrix_find(m, "analyst", MEMBER), "the+mill", true);
    ask_for_help(m, officer, 0, "the+mill");
    for (int i = 0; i < countof(keep); i++)
        keep_filter(m, matrix_find(m, keep[i], MEMBER), "mine", i);
}

struct matrix *world_that(enum hiding h)
{
    if (!access("/dev/shm", W_OK))
        world_parent = "/dev/shm"; /* what is asked is what we do, not what the disk does */
    world_seed = SEED;
    struct matrix *m = matrix_make();
    world_seed = 0;
    (void)matrix_open_keys(m, "specialist", SHUT);
    (void)matrix_open_keys(m, "investigator", SHUT);
    world_sql(m->app->keys, "UPDATE budget SET hour_rows = 1000000, day_rows = 1000000");
    for (int round = 0; round < ROUNDS; round++) {
        begin_anew(m, (uint64_t)round * 4 + 1);
        hide(m, h, round);
        begin_anew(m, (uint64_t)round * 4 + 3);
        if (!round)
            furnish(m);
    }
    return m;
}

void world_things(struct matrix *m, struct things *out)
{
    static const char *const lists[THINGS] = {
        [A_TIP] = "SELECT id FROM tip", [A_CASE] = "SELECT id FROM casefile", [A_FILE] = "SELECT id FROM care_file",
        [AN_ADDITION] = "SELECT id FROM tip_addition", [A_NOTE] = "SELECT id FROM tip_entry", [AN_ENTRY] = "SELECT id FROM entry",
        [A_SUBJECT] = "SELECT id FROM subject", [A_CARE_ENTRY] = "SELECT id FROM care_entry", [A_PLACE] = "SELECT id FROM care_place",
        [A_PACKET] = "SELECT id FROM packet", [A_REQUEST] = "SELECT id FROM care_request",
    };
    for (int k = 0; k < THINGS; k++)
        out->len[k] = app_ids(m->app, lists[k], out->at[k], THINGS_MOST);
}

static bool is_among(const struct things *list, int k, id one)
{
    for (ptrdiff_t i = 0; i < list->len[k]; i++)
        if (id_equal(list->at[k][i], one))
            return true;
    return false;
}

bool world_difference(const struct things *many, const struct things *few, struct things *out)
{
    ptrdiff_t both = 0, all = 0;
    for (int k = 0; k < THINGS; k++) {
        out->len[k] = 0;
        all += few->len[k];
        for (ptrdiff_t i = 0; i < many->len[k]; i++)
            if (is_among(few, k, many->at[k][i]))
                both++;
            else
                out->at[k][out->len[k]++] = many->at[k][i];
    }
    return both == all;
}
