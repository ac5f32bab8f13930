/*
 * Two nodes on the databases of one house (docs/keys.md 4.5): each with a keeper, an engine and a jobs role of its own, in the house of the access
 * matrix. What one is asked the other answers with the same bytes; an erasure waits for both; and one sweeps at a time. All invented.
 */
#include "desk.h"
#include "app/jobs_keep.h"
#include "app/role.h"
#include "common/keep/keep_rows.h"
#include "lib/store/lease.h"
#include "packs.h"
#include "triage/match/match_cluster.h"
#include "triage/search/search_engine.h"
#include <pthread.h>

enum { FAR = 20000 };

/* One engine and its channel to the jobs role of its node. */
struct engine_here {
    struct match_service tips;
    struct engine_service service;
    struct engine_rule rules[8];
    struct engine_keys keys;
    struct arena steps;
    int fds[2];
    pthread_t thread;
    bool deaf; /* nobody answers: the machine is off */
};
static struct {
    struct world *one, *two;
    struct node_made node;
    struct engine_here of_one, of_two;
    struct db *jobs;
} house;

static status forget(void *ctx, const id *tips, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        (void)match_service_forget(ctx, tips[i]);
    return OK;
}

/* The jobs role that asks waits meanwhile: the house is one thread's at a time. */
static void *serve(void *context)
{
    struct engine_here *e = context;
    struct arena a = arena_reserve(2 * ENGINE_MESSAGE_MAX + 4096);
    uint8_t *in = arena_new(&a, uint8_t, ENGINE_MESSAGE_MAX), *out = arena_new(&a, uint8_t, ENGINE_MESSAGE_MAX);
    ptrdiff_t n, answered;
    for (;;) {
        status got = channel_receive(e->fds[1], in, ENGINE_MESSAGE_MAX, 60000, &n);
        if (got == BUSY || (got == OK && e->deaf))
            continue;
        if (got != OK)
            return NULL;
        (void)!engine_serve(&e->service, &e->keys, ENGINE_OF_JOBS, (str){ (char *)in, n }, out, &answered);
        must(channel_send(e->fds[1], (str){ (char *)out, answered }, 1000) == OK);
    }
}

static void open_engine(struct engine_here *e, struct world *x, token t)
{
    *e = (struct engine_here){ .steps = arena_reserve(32 << 20), .keys = { .keeper = x->engine, .begun = true, .open = true, .token = t } };
    must(match_service_open(&e->tips, desk.m->staff_db, x->engine, lit("US")));
    must(match_rule_count + search_rule_count <= countof(e->rules));
    memcpy(e->rules, match_rules, (size_t)match_rule_count * sizeof *match_rules);
    memcpy(e->rules + match_rule_count, search_rules, (size_t)search_rule_count * sizeof *search_rules);
    e->service = (struct engine_service){ .ctx = &e->tips, .rules = e->rules, .rule_count = match_rule_count + search_rule_count, .forget = forget };
    must(channel_pair(e->fds) == OK && !pthread_create(&e->thread, NULL, serve, e));
}

static void close_engine(struct engine_here *e)
{
    close(e->fds[0]);
    pthread_join(e->thread, NULL);
    close(e->fds[1]);
    match_service_close(&e->tips);
}

static void walk(struct engine_here *e)
{
    status s;
    match_service_walk(&e->tips, (id){ { 0 } });
    while ((s = match_service_step(&e->tips, e->keys.token, e->steps)) == OK)
        ;
    assert_int_equal(s, NOT_FOUND);
}

/* The seed goes from the first to the second, as their keepers pass it on. */
static token seed_of_two(token first)
{
    static uint8_t hello[KEEPER_MESSAGE_MAX];
    struct wire w = { hello, CHANNEL_HEADER + 24, sizeof hello, false };
    token none = { { 0 } }, got = none;
    bool others;
    must(keeper_engine_seed(house.two->engine, none, &others) == OK && keeper_engine_seed(house.one->engine, first, &others) == OK);
    must(keeper_engine_seed(house.two->engine, none, &others) == OK && core_engine_hello(house.two->core, hello) > 0);
    memcpy(got.at, wire_get_bytes(&w, KEY), KEY);
    return got;
}

static int open_house(void **state)
{
    token first;
    open_desk(state);
    house.one = desk.m->app->keys;
    house.node = world_node(house.one, "north");
    world_admit(house.one, &house.node);
    house.two = world_beside(house.one, &house.node, "north");
    must(keep_node_put(desk.m->app->content, 2, lit("north")) == OK);
    must(world_engine(house.one, world_in(house.one, SAM).token, &first) == OK);
    world_pass(house.two, house.one->now - house.two->now);
    open_engine(&house.of_one, house.one, first);
    open_engine(&house.of_two, house.two, seed_of_two(first));
    must(db_open(desk.m->app->path, (struct db_options){ .rights = role_rights(PROCESS_JOBS), .busy_ms = 2000 }, &house.jobs) == OK);
    return 0;
}

static int close_house(void **state)
{
    db_close(house.jobs);
    close_engine(&house.of_one);
    close_engine(&house.of_two);
    world_part(house.two);
    return close_desk(state);
}

/* ---- one question, two engines ---- */

/* A tip of the first office, by the public form. */
static id tip(const char *fields)
{
    enum { MOST = 64 };
    id before[MOST], after[MOST];
    struct header type = { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") };
    struct http_request r = { .method = POST, .path = lit("/tip"), .headers = &type, .header_count = 1, .body = str_of(fields) };
    ptrdiff_t n = app_ids(desk.m->app, "SELECT id FROM tip ORDER BY id", before, MOST);
    app_request(desk.m->app, &desk.m->public, &r);
    app_settle(desk.m->app);
    assert_int_equal(desk.m->app->w.status, 201);
    assert_int_equal(app_ids(desk.m->app, "SELECT id FROM tip ORDER BY id", after, MOST), n + 1);
    ptrdiff_t i = 0;
    while (i < n && id_equal(before[i], after[i]))
        i++;
    return after[i];
}

/* The engine's whole answer to a person who signed in on its node, from the head's code on. rest: of the question, behind the office. */
static str answer(struct world *x, struct engine_here *e, token who, id office, uint16_t type, str rest)
{
    uint8_t *out = arena_new(&desk.a, uint8_t, ENGINE_MESSAGE_MAX), in[CHANNEL_HEADER + SEARCH_TICKET + sizeof(id) + 64];
    struct wire w = { in, CHANNEL_HEADER, sizeof in, false };
    struct search_ticket ticket;
    ptrdiff_t n;
    must(keeper_search_ticket(x->staff, who, &ticket) == OK);
    wire_bytes(&w, ticket.at, SEARCH_TICKET);
    wire_bytes(&w, office.at, sizeof office);
    wire_bytes(&w, rest.at, rest.len);
    must(!w.bad);
    message_head_write(in, (struct message_head){ type, 0, (uint32_t)w.len, 7 });
    assert_int_equal(engine_serve(&e->service, &e->keys, ENGINE_OF_STAFF, (str){ (char *)in, w.len }, out, &n), OK);
    return (str){ (char *)out, n };
}

struct both {
    token at_one, at_two;
    id office;
};

/* What both say, which is the same; to be read from behind the head on. */
static struct wire same(const struct both *who, uint16_t type, str rest)
{
    str a = answer(house.one, &house.of_one, who->at_one, who->office, type, rest), b = answer(house.two, &house.of_two, who->at_two, who->office, type, rest);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.at, b.at, (size_t)a.len);
    return (struct wire){ (uint8_t *)(uintptr_t)a.at, CHANNEL_HEADER, a.len, false };
}

struct told {
    int kin, together, hits;
};

static void ask_about(const struct both *who, id t, struct told *to)
{
    char rest[sizeof(id) + 4] = { 0 };
    struct match_answer kin;
    memcpy(rest, t.at, sizeof t);
    struct wire w = same(who, MATCH_KIN, (str){ rest, sizeof rest });
    assert_true(match_answer_read(&w, &kin));
    to->kin += kin.kin_count + (int)kin.copies;
    w = same(who, MATCH_CLUSTER, (str){ rest, sizeof t });
    wire_get_u8(&w);
    to->together += wire_get_u16(&w);
}

static void search_for(const struct both *who, const char *words, struct told *to)
{
    char rest[64] = { 0 };
    struct search_answer found;
    must(strlen(words) < sizeof rest - 4);
    memcpy(rest + 4, words, strlen(words));
    struct wire w = same(who, SEARCH_WORDS, (str){ rest, 4 + (ptrdiff_t)strlen(words) });
    assert_true(search_answer_read(&w, &found));
    to->hits += (int)found.total;
}

static struct told same_to(enum someone who, const id *tips, ptrdiff_t n)
{
    static const char *const words[] = { "van motel", "202 555 0143", "river", "people", "said kitchen plate 7klm214" };
    struct told told = { 0 };
    struct both both = { .office = desk.m->office[desk.m->callers[who].office] };
    both.at_one = world_in(house.one, who).token;
    world_pass(house.two, house.one->now - house.two->now);
    both.at_two = world_in(house.two, who).token;
    world_pass(house.one, house.two->now - house.one->now);
    for (ptrdiff_t i = 0; i < n; i++)
        ask_about(&both, tips[i], &told);
    for (ptrdiff_t i = 0; i < countof(words); i++)
        search_for(&both, words[i], &told);
    assert_int_equal(keeper_end(house.one->staff, both.at_one), OK);
    assert_int_equal(keeper_end(house.two->staff, both.at_two), OK);
    return told;
}

/* One reads tips as they come, by twos, the other all of them at the end: their documents stand in another order. */
static void the_same_question_gets_the_same_bytes_from_both_engines(void **state)
{
    static const char *const texts[] = {
        "narrative=Call+202-555-0143+for+a+room.+The+car+is+plate+7KLM214.", "narrative=A+girl+said+his+number+is+(202)+555+0143",
        "narrative=The+van+with+plate+7KLM214+was+at+the+motel+on+Fifth", "narrative=He+answers+at+202-555-0143+and+at+202-555-0199",
        "narrative=They+said+the+camp+north+of+the+river+holds+forty+people+and+nobody+may+leave+before+the+debt+is+paid",
        "narrative=They+said+the+camp+north+of+the+river+holds+forty+people+and+nobody+may+leave+before+the+debt+is+paid",
        "narrative=202-555-0199+again,+plate+7KLM214", "narrative=write+to+rose@example.org+or+202-555-0199",
        "narrative=rose@example.org+offered+work+in+a+kitchen", "narrative=nothing+that+another+tip+names",
    };
    (void)state;
    id tips[countof(texts)];
    for (ptrdiff_t i = 0; i < countof(texts); i++) {
        tips[i] = tip(texts[i]);
        if (i % 2)
            walk(&house.of_one);
    }
    walk(&house.of_one);
    walk(&house.of_two);
    struct told own = same_to(SAM, tips, countof(tips)), others = same_to((enum someone)(desk.elsewhere - desk.m->callers), tips, countof(tips));
    assert_true(own.kin >= 10 && own.together >= 10 && own.hits >= 10); /* kin, groups and hits there are */
    assert_true(!others.kin && !others.together && !others.hits);       /* of another office: nothing, from both */
    id late = tip("narrative=once+more+202-555-0143");
    walk(&house.of_two); /* what came through the first is found by the second at its next walk */
    assert_true(index_find(&house.of_two.tips.index, late) != NO_DOCUMENT && index_find(&house.of_one.tips.index, late) == NO_DOCUMENT);
    walk(&house.of_one);
    assert_true(same_to(SAM, &late, 1).kin >= 2);
}

/* ---- an erasure ---- */

static bool knows(const struct engine_here *e, id t)
{
    return index_find(&e->tips.index, t) != NO_DOCUMENT;
}

static int64_t today(void)
{
    return day_of(house.one->now);
}

static void change(const char *sql, id i)
{
    char text[300], hex[33] = "";
    hex_write(hex, i.at, 16);
    snprintf(text, sizeof text, sql, hex);
    app_break(desk.m->app, text);
}

static struct keep sweep_of(struct world *x, struct keep_rules *rules)
{
    *rules = keep_rules_of(&desk.m->app->pack, &desk.a, today());
    return (struct keep){ .db = house.jobs, .keeper = x->jobs, .rules = rules, .today = today() };
}

static void past_its_time(id t)
{
    char sql[200];
    snprintf(sql, sizeof sql, "UPDATE tip SET state = 'closed', disposition = 'tip_thin', closed_day = %lld WHERE id = x'%%s'", (long long)today() - FAR);
    change("DELETE FROM mailbox WHERE tip = x'%s'", t);
    change(sql, t);
}

static void erase(id t)
{
    struct keep_rules rules;
    struct keep k = sweep_of(house.one, &rules);
    past_its_time(t);
    while (keep_step(&k, desk.a) == OK)
        ;
}

static status forget_by(struct world *x, struct engine_here *e)
{
    return keep_end_in_index(&(struct keep_forgetting){ house.jobs, x->jobs, engine_on_channel(e->fds[0]) });
}

static bool page_says(const char *words)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .path = lit("/retention"), .caller = matrix_open_keys(desk.m, "auditor", MEMBER) };
    return says(matrix_ask(desk.m, &desk.a, &q), words);
}

static int64_t records(int log, int action)
{
    char text[128];
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE log = %d AND substr(record, 2, 1) = x'%02x'", log, action);
    return world_count(house.one, text);
}

static void an_erasure_is_done_when_both_engines_have_forgotten(void **state)
{
    (void)state;
    id t = tip("narrative=Call+202-555-0143+for+a+room.");
    walk(&house.of_one);
    walk(&house.of_two);
    assert_true(knows(&house.of_one, t) && knows(&house.of_two, t));
    erase(t);
    assert_int_equal(count("SELECT count(*) FROM forget"), 2);
    assert_true(page_says("is not done yet") && page_says("first, north"));
    assert_int_equal(forget_by(house.one, &house.of_one), OK);
    assert_false(knows(&house.of_one, t));
    assert_true(knows(&house.of_two, t));
    assert_int_equal(forget_by(house.one, &house.of_one), NOT_FOUND); /* its own part is done, and the other's is not its affair */
    assert_int_equal(count("SELECT count(*) FROM forget"), 1);
    assert_true(page_says("is not done yet") && page_says("north") && !page_says("first, north"));
    assert_int_equal(records(1, ACT_FORGET), 1);
    assert_int_equal(records(2, ACT_FORGET), 0);
    assert_int_equal(forget_by(house.two, &house.of_two), OK);
    assert_false(knows(&house.of_two, t));
    assert_int_equal(records(2, ACT_FORGET), 1);
    assert_true(page_says("Nothing waits for it now."));
}

/* A machine that is off is waited for, and named; when it was taken out, nobody waits any more. */
static void a_machine_that_is_gone_is_waited_for_until_it_is_taken_out(void **state)
{
    (void)state;
    uint64_t gen;
    id t = tip("narrative=Call+202-555-0143+for+a+room.");
    walk(&house.of_one);
    walk(&house.of_two);
    house.of_two.deaf = true;
    erase(t);
    assert_int_equal(forget_by(house.two, &house.of_two), BUSY);
    assert_int_equal(forget_by(house.one, &house.of_one), OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(forget_by(house.one, &house.of_one), NOT_FOUND);
    assert_true(page_says("is not done yet") && page_says("north"));
    assert_int_equal(keeper_revoke(house.one->staff, desk.m->administrator.token, house.node.principal, lit("a test"), &gen), OK);
    assert_int_equal(forget_by(house.one, &house.of_one), NOT_FOUND);
    assert_int_equal(count("SELECT count(*) FROM forget"), 0);
    assert_int_equal(count("SELECT count(*) FROM index_node"), 1);
    assert_true(page_says("Nothing waits for it now."));
    assert_int_equal(world_count(house.one, "SELECT count(*) FROM engine_snapshot WHERE node = (SELECT principal FROM node WHERE number = 2)"), 0);
}

/* ---- the sweep ---- */

static void look(void)
{
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO sweep_look (one, day, odd_day, odd_seconds) VALUES (1, %lld, 0, 0) ON CONFLICT (one) DO UPDATE SET day = excluded.day, odd_day = 0",
             (long long)today());
    app_break(desk.m->app, sql);
}

static int64_t counted(void)
{
    return count("SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM tally WHERE measure LIKE 'ended.tips%'");
}

static void one_node_sweeps_at_a_time_and_the_other_when_that_one_is_gone(void **state)
{
    (void)state;
    struct jobs_keep of_one = { .months_day = today() }, of_two = { .months_day = today() };
    int64_t now = house.one->now, ms = 1000;
    id first = tip("narrative=one"), second = tip("narrative=two");
    struct pack_problems problems;
    assert_int_equal(pack_load(desk.m->app->content, &desk.a, packs_folder(&desk.a, "int"), today(), &problems), OK);
    look();
    past_its_time(first);
    assert_int_equal(lease_take(house.jobs, lit("keep"), 1, now, 600), OK);
    assert_int_equal(jobs_keep(&of_two, house.jobs, house.two->jobs, desk.a, now, ms), OK);
    assert_int_equal(records(2, ACT_ERASE), 0); /* the other has it */
    assert_true(of_two.next_ms > ms);
    for (int i = 0; i < 5; i++)
        assert_int_equal(jobs_keep(&of_one, house.jobs, house.one->jobs, desk.a, now + i, ms + i), OK);
    assert_int_equal(records(1, ACT_ERASE), 1);
    assert_int_equal(counted(), 1);
    past_its_time(second);
    assert_int_equal(jobs_keep(&of_two, house.jobs, house.two->jobs, desk.a, now + 60, of_two.next_ms + 1), OK);
    assert_int_equal(records(2, ACT_ERASE), 0);
    assert_int_equal(jobs_keep(&of_two, house.jobs, house.two->jobs, desk.a, now + 1000, of_two.next_ms + 1), OK); /* the first is gone: its time is over */
    assert_int_equal(records(2, ACT_ERASE), 1);
    assert_int_equal(records(1, ACT_ERASE), 1);
    assert_int_equal(counted(), 2);
    assert_int_equal(count("SELECT count(*) FROM tip WHERE closed_day IS NOT NULL AND state = 'closed'"), 0);
}

/* Whoever stalled for longer than the lease finds what the other did: a row goes once, and is counted with its going. */
static void what_went_already_is_not_counted_again(void **state)
{
    (void)state;
    id t = tip("narrative=one");
    past_its_time(t);
    struct keep_row row = { .id = t, .office = desk.m->office[0], .day = today() - FAR, .reason = lit("tip_thin") };
    assert_int_equal(db_begin(house.jobs), OK);
    assert_int_equal(keep_count_tip(house.jobs, desk.a, &row), OK);
    assert_int_equal(db_end(house.jobs, keep_drop_root(house.jobs, KEEP_TIPS, t)), OK);
    assert_int_equal(counted(), 1);
    assert_int_equal(db_begin(house.jobs), OK);
    assert_int_equal(keep_count_tip(house.jobs, desk.a, &row), OK);
    assert_int_equal(db_end(house.jobs, keep_drop_root(house.jobs, KEEP_TIPS, t)), CONFLICT);
    assert_int_equal(counted(), 1);
}

static void a_lease_is_one_holders_until_its_time(void **state)
{
    (void)state;
    assert_int_equal(lease_take(house.jobs, lit("a"), 1, 1000, 60), OK);
    assert_int_equal(lease_take(house.jobs, lit("a"), 2, 1000, 60), BUSY);
    assert_int_equal(lease_take(house.jobs, lit("b"), 2, 1000, 60), OK); /* another work */
    assert_int_equal(lease_take(house.jobs, lit("a"), 1, 1030, 60), OK);
    assert_int_equal(lease_take(house.jobs, lit("a"), 2, 1089, 60), BUSY);
    assert_int_equal(lease_take(house.jobs, lit("a"), 2, 1090, 60), OK);
    assert_int_equal(lease_take(house.jobs, lit("a"), 1, 1091, 60), BUSY);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(the_same_question_gets_the_same_bytes_from_both_engines),
        HOUSE(an_erasure_is_done_when_both_engines_have_forgotten),
        HOUSE(a_machine_that_is_gone_is_waited_for_until_it_is_taken_out),
        HOUSE(one_node_sweeps_at_a_time_and_the_other_when_that_one_is_gone),
        HOUSE(what_went_already_is_not_counted_again),
        HOUSE(a_lease_is_one_holders_until_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
