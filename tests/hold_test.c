/*
 * Legal holds as people set them: what is under one is destroyed by nobody until its day is over, two end it earlier, and who set it is told
 * before it ends. In the house of the access matrix; everybody in it is invented.
 */
#include "jobs_house.h"
#include "staff/hold/hold.h"

enum { DAY = 86400 };
#define PASS "an+invented+passphrase+of+the+matrix"

static struct jobs_house h;

static int open_house(void **state)
{
    jobs_house_open(&h);
    *state = &h;
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    jobs_house_close(&h);
    return 0;
}

static str ask(const char *role, enum standing s, enum method method, str path, const char *body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = path, .type = lit("application/x-www-form-urlencoded"),
                                .body = str_of(body), .caller = matrix_open_keys(h.m, role, s) };
    return matrix_ask(h.m, &h.a, &q);
}

static str under(const char *area, id i, const char *end)
{
    return str_join(&h.a, str_join(&h.a, str_of(area), id_text(&h.a, i)), str_of(end));
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static const char *set_until(int days)
{
    char *body = arena_new(&h.a, char, 200);
    str day = day_text(&h.a, jobs_house_today(&h) + days);
    snprintf(body, 200, "do=set&asked=Counsel+of+the+county&reason=an+invented+motion&until=%.*s", (int)day.len, day.at);
    return body;
}

static str first_hold(id root)
{
    struct holds list;
    must(hold_list(h.m->app->content, &h.a, root, 5, &list) == OK && list.len > 0);
    return id_text(&h.a, list.at[0].id);
}

static str lift_with(const char *role, str path, str hold, const char *second_role, enum standing second, const char *name)
{
    struct world *x = h.m->app->keys;
    const struct matrix_caller *who = matrix_find(h.m, second_role, second);
    char *body = arena_new(&h.a, char, 300);
    world_pass(x, 31);
    snprintf(body, 300, "do=lift&hold=%.*s&name=%s&pass=" PASS "&otp=%06u", (int)hold.len, hold.at, name,
             (unsigned)totp_code(x->made.people[who - h.m->callers].otp_secret, x->now));
    struct matrix_request q = { .side = STAFF_SIDE, .method = POST, .path = path, .type = lit("application/x-www-form-urlencoded"),
                                .body = str_of(body), .caller = matrix_find(h.m, role, MEMBER) };
    return matrix_ask(h.m, &h.a, &q);
}

static bool stands(enum compartment c, id root)
{
    struct ring_key key;
    return keeper_ring_key(h.m->app->keys->pub, SCOPE_CASE, root, c, &key) == OK;
}

static void a_held_case_outlives_its_time_and_is_let_go_by_two(void **state)
{
    (void)state;
    id root = h.m->casefile[0];
    str path = under("/cases/", root, "/hold");
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, set_until(0)), lit("422")));
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, set_until(HOLD_DAYS_MOST + 1)), lit("422")));
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, "do=set&asked=&reason=&until="), lit("422")));
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM hold"), 0);
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, set_until(200)), lit("303")));
    str page = ask("supervisor", MEMBER, GET, path, "");
    assert_true(says(page, "Counsel of the county") && says(page, "an invented motion") && says(page, "in force"));
    assert_true(says(ask("investigator", MEMBER, GET, under("/cases/", root, ""), ""), "Under a legal hold until"));
    assert_int_equal(world_count(h.m->app->keys, "SELECT count(*) FROM ring_hold"), 3); /* CASE, EVIDENCE, TIP */
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM clock WHERE code = 'LEGAL_HOLD' AND stopped_day IS NULL"), 1);
    app_break(h.m->app, "UPDATE casefile SET status = 'closed', closed_day = 1");
    jobs_house_sweep(&h);
    world_pass(h.m->app->keys, 40 * (int64_t)DAY);
    jobs_house_sweep(&h);
    assert_true(stands(CASE, root));
    assert_false(stands(CASE, h.m->casefile[1])); /* the control: the neighbour was not held */
    matrix_open_keys(h.m, "supervisor", MEMBER);
    str hold = first_hold(root);
    assert_true(str_starts(lift_with("supervisor", path, hold, "supervisor", MEMBER, "supervisor.member"), lit("422"))); /* oneself */
    assert_true(str_starts(lift_with("supervisor", path, hold, "analyst", MEMBER, "analyst.member"), lit("422")));       /* may not approve */
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM hold WHERE lifted_day IS NULL"), 1);
    assert_true(str_starts(lift_with("supervisor", path, hold, "supervisor", ELSEWHERE, "supervisor.elsewhere"), lit("303")));
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM hold WHERE lifted_day IS NULL"), 0);
    assert_int_equal(world_count(h.m->app->keys, "SELECT count(*) FROM ring_hold"), 0);
    jobs_house_sweep(&h);
    world_pass(h.m->app->keys, NOTICE_DAYS * (int64_t)DAY);
    jobs_house_sweep(&h);
    jobs_house_sweep(&h);
    assert_false(stands(CASE, root));
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM hold"), 0); /* what was sealed to it went with it */
}

static void a_hold_is_prolonged_ends_by_itself_and_says_so_before(void **state)
{
    (void)state;
    id tip = h.m->tip[0];
    str path = under("/tips/", tip, "/hold");
    char body[200];
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, set_until(20)), lit("303")));
    assert_true(world_count(h.m->app->keys, "SELECT count(*) FROM ring_hold WHERE epoch > 0") > 0);
    assert_false(says(ask("supervisor", MEMBER, GET, lit("/queue"), ""), "A legal hold of yours ends"));
    str hold = first_hold(tip), sooner = day_text(&h.a, jobs_house_today(&h) + 19), later = day_text(&h.a, jobs_house_today(&h) + 30);
    snprintf(body, sizeof body, "do=longer&hold=%.*s&until=%.*s", (int)hold.len, hold.at, (int)sooner.len, sooner.at);
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, body), lit("422")));
    snprintf(body, sizeof body, "do=longer&hold=%.*s&until=%.*s", (int)hold.len, hold.at, (int)later.len, later.at);
    assert_true(str_starts(ask("supervisor", MEMBER, POST, path, body), lit("303")));
    assert_int_equal(world_count(h.m->app->keys, "SELECT count(DISTINCT until_day) FROM ring_hold"), 1);
    world_pass(h.m->app->keys, 17 * (int64_t)DAY);
    assert_true(says(ask("supervisor", MEMBER, GET, lit("/queue"), ""), "A legal hold of yours ends"));
    assert_false(says(ask("supervisor", ELSEWHERE, GET, lit("/queue"), ""), "A legal hold of yours ends"));
    app_break(h.m->app, "DELETE FROM case_tip; DELETE FROM reply; DELETE FROM mailbox; UPDATE tip SET state = 'closed', disposition = 'tip_thin', closed_day = 1");
    jobs_house_sweep(&h);
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM tip"), 1); /* the other one went */
    world_pass(h.m->app->keys, 13 * (int64_t)DAY);
    jobs_house_sweep(&h);
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM tip"), 1); /* its last day is today */
    world_pass(h.m->app->keys, DAY);
    jobs_house_sweep(&h);
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM tip"), 0);
}

static void a_file_of_care_is_held_by_its_carers_behind_the_wall(void **state)
{
    (void)state;
    id file = h.m->victim[0];
    str path = under("/victims/", file, "/hold");
    assert_true(str_starts(ask("supervisor", MEMBER, GET, path, ""), lit("404")));
    assert_true(str_starts(ask("investigator", MEMBER, GET, path, ""), lit("404")));
    assert_true(str_starts(ask("coordinator", ELSEWHERE, GET, path, ""), lit("404")));
    assert_true(str_starts(ask("coordinator", MEMBER, POST, path, set_until(100)), lit("303")));
    assert_true(says(ask("specialist", MEMBER, GET, under("/victims/", file, ""), ""), "Under a legal hold until"));
    assert_int_equal(app_count(h.m->app, "SELECT count(*) FROM clock WHERE code = 'LEGAL_HOLD'"), 0); /* it says nothing in clear */
    app_break(h.m->app, "UPDATE care_file SET end_day = 1");
    jobs_house_sweep(&h);
    world_pass(h.m->app->keys, 40 * (int64_t)DAY);
    jobs_house_sweep(&h);
    assert_true(stands(VICTIM, file) && stands(LOCATION, file));
    assert_false(stands(VICTIM, h.m->victim[1])); /* the control */
    matrix_open_keys(h.m, "coordinator", MEMBER);
    str hold = first_hold(file);
    assert_true(str_starts(lift_with("coordinator", path, hold, "supervisor", ELSEWHERE, "supervisor.elsewhere"), lit("303"))); /* approves, reads nothing */
    assert_int_equal(world_count(h.m->app->keys, "SELECT count(*) FROM ring_hold"), 0);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(a_held_case_outlives_its_time_and_is_let_go_by_two),
        HOUSE(a_hold_is_prolonged_ends_by_itself_and_says_so_before),
        HOUSE(a_file_of_care_is_held_by_its_carers_behind_the_wall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
