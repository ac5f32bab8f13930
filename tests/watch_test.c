/* /healthz and /metrics: what they say of a house that is well, of one that is not, and that they say nothing else. */
#include "world.h"
#include "app/watch.h"
#include "lib/log/board.h"

static struct app *x;
static struct watch watch;
static struct http_response said;
static int64_t mono;

static int64_t now(void)
{
    return x->keys->now;
}

static int64_t monotonic(void)
{
    return mono;
}

static int make(void **state)
{
    (void)state;
    x = app_make(false);
    mono = 100000;
    watch = (struct watch){ x->content, keeper_in_process(x->keys->core, ROLE_WATCH), now, monotonic };
    return 0;
}

static int end(void **state)
{
    (void)state;
    app_end(x);
    return 0;
}

static str ask(const char *path, str name, str value)
{
    static char text[65536];
    struct header h = { name, value };
    struct arena a = x->later_whole;
    struct http_request r = { .method = GET, .path = str_of(path), .headers = &h, .header_count = 1, .arena = &a };
    said = (struct http_response){ 0 };
    assert_int_equal(watch_answer(&watch, (struct http_place){ 0 }, &r, &said), OK);
    assert_true(said.body.len < (ptrdiff_t)sizeof text);
    memcpy(text, said.body.at, (size_t)said.body.len);
    return (str){ text, said.body.len };
}

static bool has(str s, const char *word)
{
    return memmem(s.at, (size_t)s.len, word, strlen(word)) != NULL;
}

static void a_house_is_well_while_its_database_reads_and_its_acceptor_goes_round(void **state)
{
    (void)state;
    board_set(BOARD_ACCEPTOR_MS, 0);
    assert_true(str_equal(ask("/healthz", lit("Host"), lit("x")), lit("acceptor\n")));
    assert_int_equal(said.status, 503);
    board_set(BOARD_ACCEPTOR_MS, mono - 4000);
    assert_true(str_equal(ask("/healthz", lit("Host"), lit("x")), lit("ok\n")));
    assert_int_equal(said.status, 200);
    mono += 2000;
    ask("/healthz", lit("Host"), lit("x"));
    assert_int_equal(said.status, 503);
    board_set(BOARD_ACCEPTOR_MS, mono);
    app_break(x, "ALTER TABLE outbox RENAME TO gone");
    assert_true(str_equal(ask("/healthz", lit("Host"), lit("x")), lit("database\n")));
    assert_int_equal(said.status, 503);
}

static void the_counts_say_what_happened_and_whether_the_house_is_open(void **state)
{
    (void)state;
    board_set(BOARD_ACCEPTOR_MS, mono);
    board_set(BOARD_PARKED, 0);
    str text = ask("/metrics", lit("Host"), lit("x"));
    assert_int_equal(said.status, 200);
    assert_true(has(text, "plainsight_keeper_locked 1\n") && has(text, "plainsight_keeper_answers 1\n") && has(text, "plainsight_healthy 1\n"));
    assert_true(has(text, "plainsight_clocks_overdue 0\n") && has(text, "plainsight_parked_total 0\n") && !has(text, "backup_age"));
    app_post_json(x, "/api/v1/tips", "c56a4180-65aa-42ec-a945-5fd21dec0538", "{\"narrative\":\"an invented kestrel\",\"danger\":\"yes\"}");
    app_settle(x);
    assert_http(x, 201);
    assert_int_equal(world_unlock(x->keys, WORLD_HOUSE), OK);
    app_break(x, "UPDATE clock SET due_minute = 0");
    text = ask("/metrics", lit("Host"), lit("x"));
    assert_true(has(text, "plainsight_keeper_locked 0\n") && has(text, "plainsight_parked_total 1\n"));
    assert_false(has(text, "plainsight_clocks_overdue 0\n"));
    assert_false(has(text, "kestrel"));
}

static void what_was_sent_on_by_a_proxy_finds_nothing(void **state)
{
    (void)state;
    board_set(BOARD_ACCEPTOR_MS, mono);
    static const char *const marks[] = { "Forwarded", "X-Forwarded-For", "Via", "x-forwarded-for" };
    for (ptrdiff_t i = 0; i < countof(marks); i++) {
        ask("/metrics", str_of(marks[i]), lit("192.0.2.1"));
        assert_int_equal(said.status, 404);
        ask("/healthz", str_of(marks[i]), lit("192.0.2.1"));
        assert_int_equal(said.status, 404);
    }
    ask("/", lit("Host"), lit("x"));
    assert_int_equal(said.status, 404);
    app_get(x, "/metrics"); /* nor has the public address any such page */
    assert_http(x, 404);
    app_get(x, "/healthz");
    assert_http(x, 404);
}

#define WATCH_TEST(f) cmocka_unit_test_setup_teardown(f, make, end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCH_TEST(a_house_is_well_while_its_database_reads_and_its_acceptor_goes_round),
        WATCH_TEST(the_counts_say_what_happened_and_whether_the_house_is_open),
        WATCH_TEST(what_was_sent_on_by_a_proxy_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
