/* The queue as a person works it: many tips at once, filters that are kept, and how its rows are found. Invented throughout. */
#include "engine.h"
#include "matrix.h"
#include "triage/act/act.h"
#include "triage/queue/queue.h"

enum { TIPS = 60 };

struct desk {
    struct matrix *m;
    const struct matrix_caller *taker, *elsewhere, *removed;
    struct arena a;
    id tips[TIPS]; /* of the first office, real ones: they open */
};
static struct desk desk;

static void send_tip(int i)
{
    char body[100];
    struct header type = { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") };
    snprintf(body, sizeof body, "narrative=an+invented+story+%d", i);
    struct http_request r = { .method = POST, .path = lit("/tip"), .headers = &type, .header_count = 1, .body = str_of(body) };
    app_request(desk.m->app, &desk.m->public, &r);
    app_settle(desk.m->app);
    must(desk.m->app->w.status == 201);
    desk.tips[i] = app_last_tip(desk.m->app);
}

static int open_desk(void **state)
{
    desk.m = matrix_make();
    desk.taker = matrix_find(desk.m, "call_taker", MEMBER);
    desk.elsewhere = matrix_find(desk.m, "call_taker", ELSEWHERE);
    desk.removed = matrix_find(desk.m, "call_taker", REMOVED);
    desk.a = arena_reserve(64 << 20);
    for (int i = 0; i < TIPS; i++)
        send_tip(i);
    *state = &desk;
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    matrix_end(desk.m);
    return 0;
}

static str ask(const struct matrix_caller *who, enum method method, const char *path, str body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = str_of(path),
                                .type = lit("application/x-www-form-urlencoded"), .body = body, .caller = who };
    return matrix_ask(desk.m, &desk.a, &q);
}

/* The form as the browser sends it: n boxes ticked from the first on, then the rest of the fields. */
static str chosen(int from, int n, const char *rest)
{
    struct out o = { .arena = &desk.a };
    for (int i = from; i < from + n; i++) {
        out_str(&o, lit("id="));
        out_str(&o, id_text(&desk.a, desk.tips[i]));
        out_char(&o, '&');
    }
    out_str(&o, str_of(rest));
    return out_view(&o);
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static int64_t count(const char *sql)
{
    return app_count(desk.m->app, sql);
}

static void fifty_tips_are_taken_at_once(void **state)
{
    (void)state;
    int64_t leaves = world_count(desk.m->app->keys, "SELECT count(*) FROM leaf");
    str page = ask(desk.taker, POST, "/queue/chosen", chosen(0, 50, "do=assign&p=&l=&s=&w="));
    assert_true(says(page, "/queue?p=&l=&done=50&left=0"));
    assert_int_equal(count("SELECT count(*) FROM tip WHERE assignee IS NOT NULL"), 50);
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE kind = 'assign'"), 50);
    assert_int_equal(world_count(desk.m->app->keys, "SELECT count(*) FROM leaf"), leaves + 2); /* one opening, one write */
    assert_true(says(ask(desk.taker, GET, "/queue?p=&l=&done=50&left=0", lit("")), "50 tips are changed."));
    page = ask(desk.taker, POST, "/queue/chosen", chosen(40, 20, "do=assign")); /* ten of them were mine already */
    assert_true(says(page, "done=10&left=10"));
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE kind = 'assign'"), 60);
}

static void many_are_closed_with_one_code_and_stay_closed(void **state)
{
    (void)state;
    str page = ask(desk.taker, POST, "/queue/chosen", chosen(0, 30, "do=dispose&code=&reason=kept+words&p=3"));
    assert_true(says(page, "422"));
    assert_true(says(page, "href=\"#code\""));
    assert_true(says(page, "value=\"kept words\""));
    assert_int_equal(count("SELECT count(*) FROM tip WHERE state = 'closed'"), 0);
    page = ask(desk.taker, POST, "/queue/chosen", chosen(0, 30, "do=dispose&code=tip_viral&reason=the+cabinet+story&p=3"));
    assert_true(says(page, "/queue?p=3&l=&done=30&left=0"));
    assert_int_equal(count("SELECT count(*) FROM tip WHERE state = 'closed' AND disposition = 'tip_viral'"), 30);
    page = ask(desk.taker, POST, "/queue/chosen", chosen(0, 30, "do=dispose&code=tip_acted"));
    assert_true(says(page, "done=0&left=30"));
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 30);
}

static void nothing_chosen_is_said_and_the_choice_comes_back(void **state)
{
    (void)state;
    assert_true(says(ask(desk.taker, POST, "/queue/chosen", lit("do=assign")), "Choose one tip or more first."));
    str page = ask(desk.taker, POST, "/queue/chosen", chosen(0, 40, "do=dispose&code="));
    int ticked = 0, there = 0;
    for (ptrdiff_t i = 0; i + 9 < page.len; i++)
        ticked += !memcmp(page.at + i, "\" checked", 9);
    for (int i = 0; i < 40; i++) /* the page shows 50 of all */
        there += says(page, str_c(&desk.a, str_join(&desk.a, lit("href=\"/tips/"), id_text(&desk.a, desk.tips[i]))));
    assert_int_equal(ticked, there);
    assert_true(ticked >= 20);
}

/* What is another office's is like what is not there; and without the key nothing is written, though sealing needs none. */
static void what_is_not_mine_is_left_alone(void **state)
{
    (void)state;
    str foreign = str_join(&desk.a, lit("id="), id_text(&desk.a, desk.m->tip[1]));
    str nowhere = lit("id=00000000000070008000000000000001");
    const str both[] = { foreign, nowhere };
    for (ptrdiff_t i = 0; i < countof(both); i++) {
        str body = str_join(&desk.a, both[i], lit("&do=dispose&code=tip_acted"));
        assert_true(says(ask(desk.taker, POST, "/queue/chosen", body), "done=0&left=1"));
    }
    assert_true(says(ask(desk.elsewhere, POST, "/queue/chosen", chosen(0, 5, "do=assign")), "done=0&left=5"));
    assert_true(says(ask(desk.removed, POST, "/queue/chosen", chosen(0, 5, "do=assign")), "done=0&left=5"));
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 0);
    assert_int_equal(count("SELECT count(*) FROM tip WHERE state = 'closed' OR assignee IS NOT NULL"), 0);
}

static void a_kept_filter_is_a_link_of_ones_own(void **state)
{
    (void)state;
    assert_true(says(ask(desk.taker, POST, "/queue/filters", lit("name=Mine+%3Cb%3E&p=0&l=es&s=closed&w=me")), "/queue?p=0&l=es&s=closed&w=me"));
    str page = ask(desk.taker, GET, "/queue", lit(""));
    assert_true(says(page, "href=\"/queue?p=0&amp;l=es&amp;s=closed&amp;w=me\""));
    assert_true(says(page, "Mine &lt;b&gt;"));
    assert_false(says(ask(desk.elsewhere, GET, "/queue", lit("")), "Mine &lt;b&gt;"));
    assert_true(says(ask(desk.taker, POST, "/queue/filters", lit("name=+&p=0")), "href=\"#name\""));
    for (int i = 1; i < QUEUE_FILTERS_MOST; i++) {
        char body[40];
        snprintf(body, sizeof body, "name=filter+%d", i);
        assert_true(says(ask(desk.taker, POST, "/queue/filters", str_of(body)), "303"));
    }
    assert_true(says(ask(desk.taker, POST, "/queue/filters", lit("name=one+too+many")), "There are 20 filters already."));
    assert_true(says(ask(desk.taker, POST, "/queue/filters", lit("name=filter+1&p=2")), "303")); /* a known name is changed */
    assert_true(says(ask(desk.taker, POST, "/queue/filters/delete", lit("name=Mine+%3Cb%3E")), "303"));
    assert_int_equal(count("SELECT count(*) FROM queue_filter"), QUEUE_FILTERS_MOST - 1);
    assert_false(says(ask(desk.taker, GET, "/queue", lit("")), "Mine &lt;b&gt;"));
}

/* Neither a scan nor a sort, and the sealed rows are not touched: that is why the page stays quick at a million tips. */
static void a_page_is_read_from_its_index_alone(void **state)
{
    (void)state;
    static const char *const wanted[][2] = { { "tip_list_level", "USING COVERING INDEX tip_queue (office=? AND state=? AND priority=?" },
                                             { "tip_list_assigned", "USING COVERING INDEX tip_mine (office=? AND assignee=? AND state=? AND priority=?" } };
    for (ptrdiff_t i = 0; i < countof(wanted); i++) {
        str plan = app_plan(desk.m->app, wanted[i][0]);
        assert_true(says(plan, engine_is_postgres() ? "Index Only Scan" : wanted[i][1]));
        assert_false(says(plan, "Sort"));
        assert_false(says(plan, "TEMP B-TREE"));
        assert_false(says(plan, "SCAN"));
    }
    app_break(desk.m->app, "DROP INDEX tip_queue; DROP INDEX tip_mine");
    str plan = app_plan(desk.m->app, "tip_list_level"); /* the control */
    assert_false(says(plan, "COVERING") || says(plan, "Index Only Scan"));
    assert_true(says(plan, engine_is_postgres() ? "Sort" : "TEMP B-TREE"));
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        test(fifty_tips_are_taken_at_once),
        test(many_are_closed_with_one_code_and_stay_closed),
        test(nothing_chosen_is_said_and_the_choice_comes_back),
        test(what_is_not_mine_is_left_alone),
        test(a_kept_filter_is_a_link_of_ones_own),
        test(a_page_is_read_from_its_index_alone),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
