/* What waits stands at the head of the first page of each job, with its reason, its deadline and one link; and of nobody else's. */
#include "matrix.h"
#include "common/clock/clock.h"

static struct matrix *m;
static struct arena a;

static int start(void **state)
{
    *state = m = matrix_make();
    a = arena_reserve(128 << 20);
    app_break(m->app, "DELETE FROM clock");
    app_break(m->app, "UPDATE tip SET assignee = NULL, priority = 3");
    return 0;
}

static int stop(void **state)
{
    matrix_end(*state);
    return 0;
}

static str get(const char *role, const char *path)
{
    return matrix_ask(m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = GET, .path = str_of(path), .caller = matrix_find(m, role, MEMBER) });
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

/* The item that says what, up to its end; empty: it is not there. */
static str item(str page, const char *what)
{
    const char *at = memmem(page.at, (size_t)page.len, "aria-labelledby=\"next\"", 22);
    const char *end = at ? memmem(at, (size_t)(page.at + page.len - at), "</section>", 10) : NULL;
    if (!end)
        return (str){ 0 };
    str box = { at, end - at };
    for (str line; str_split(&box, '\n', &line);)
        for (const char *li = line.at; li && li < line.at + line.len;) {
            const char *next = memmem(li + 1, (size_t)(line.at + line.len - li - 1), "<li>", 4);
            str one = { li, (next ? next : line.at + line.len) - li };
            if (says(one, what))
                return one;
            li = next;
        }
    return (str){ 0 };
}

static void set_tip(int office, int priority, int64_t due, const char *code, const struct matrix_caller *owner)
{
    struct clock_start s = { str_of(code), m->app->keys->now / 60 + due };
    must(clock_start(m->app->content, m->tip[office], s, day_of(m->app->keys->now)) == OK);
    char sql[256], tip[33] = "", who[33] = "";
    hex_write(tip, m->tip[office].at, 16);
    hex_write(who, owner ? owner->account.at : m->tip[office].at, 16);
    snprintf(sql, sizeof sql, "UPDATE tip SET priority = %d, assignee = CASE WHEN %d = 1 THEN x'%s' END WHERE id = x'%s'", priority, owner != NULL, who, tip);
    app_break(m->app, sql);
}

static void an_urgent_tip_of_nobody_stands_first_for_who_can_take_it(void **state)
{
    (void)state;
    static const char *const readers[] = { "call_taker", "supervisor" };
    assert_int_equal(item(get("supervisor", "/queue"), "Take ").len, 0);
    set_tip(0, 0, 10, "P0_ACT", NULL);
    for (ptrdiff_t i = 0; i < countof(readers); i++) {
        str one = item(get(readers[i], "/queue"), "Take ");
        assert_true(says(one, "P0") && says(one, "nobody works on it") && says(one, "min left") && says(one, m->planted[0][TIP_ID]));
    }
    assert_true(says(item(get("analyst", "/cases"), "Take "), m->planted[0][TIP_ID]));
    assert_int_equal(item(get("investigator", "/cases"), "Take ").len, 0); /* gives nobody a tip */
    str spanish = get("supervisor", "/queue?lang=es");
    assert_true(item(spanish, "Tome ").len > 0 && !item(spanish, "nobody").len);
    assert_int_equal(item(get("supervisor", "/queue?p=0"), "Take ").len, 0); /* a filtered page is not where the day begins */
}

static void another_offices_tip_is_nobodys_next_thing_here(void **state)
{
    (void)state;
    str before = item(get("supervisor", "/queue"), "P0");
    set_tip(1, 0, -10, "P0_ACT", NULL);
    assert_int_equal(before.len, 0);
    assert_int_equal(item(get("supervisor", "/queue"), "P0").len, 0);
    assert_int_equal(item(get("analyst", "/cases"), "P0").len, 0);
}

static void what_is_over_its_time_and_who_came_back_are_named(void **state)
{
    (void)state;
    const struct matrix_caller *taker = matrix_find(m, "call_taker", MEMBER);
    set_tip(0, 1, -30, "MAILBOX_REPLY", taker);
    str late = item(get("supervisor", "/queue"), "Look at "), back = item(get("call_taker", "/queue"), "Answer who wrote ");
    assert_true(says(late, "late") && says(late, "30 min over") && says(late, m->planted[0][TIP_ID]));
    assert_true(says(back, "wait for an answer") && says(back, m->planted[0][TIP_ID]));
    assert_int_equal(item(get("analyst", "/cases"), "Answer who wrote ").len, 0); /* not a tip of hers */
}

static void a_duty_of_a_closed_tip_is_named_to_the_office_until_it_is_done(void **state)
{
    (void)state;
    static const char *const first[][2] = { { "call_taker", "/queue" }, { "supervisor", "/queue" }, { "analyst", "/cases" } };
    set_tip(0, 3, -30, "MINOR_REPORT", NULL);
    set_tip(1, 3, -30, "MINOR_REPORT", NULL);
    assert_int_equal(item(get("call_taker", "/queue"), "See to ").len, 0); /* open, it stands in the list below */
    app_break(m->app, "UPDATE tip SET state = 'closed', disposition = 'tip_thin'");
    for (ptrdiff_t i = 0; i < countof(first); i++) {
        str one = item(get(first[i][0], first[i][1]), "See to ");
        assert_true(says(one, "this is not done yet: Report to child protection") && says(one, "30 min over"));
        assert_true(says(one, m->planted[0][TIP_ID]) && !says(one, m->planted[1][TIP_ID]));
    }
    assert_int_equal(item(get("investigator", "/cases"), "See to ").len, 0); /* closes no tip */
    must(clock_stop(m->app->content, m->tip[0], lit("MINOR_REPORT"), day_of(m->app->keys->now)) == OK);
    assert_int_equal(item(get("call_taker", "/queue"), "See to ").len, 0);
}

static void an_administrator_sees_who_was_invited_and_that_no_backup_was_made(void **state)
{
    (void)state;
    int64_t today = day_of(m->app->keys->now);
    char sql[256];
    snprintf(sql, sizeof sql, "INSERT INTO account (id, name, role, state, office, made_day) SELECT x'09090000000000000000000000000000', 'new.invented',"
                              " 'analyst', 'invited', office, %d FROM account WHERE name = 'administrator.member'", (int)today - 9);
    app_break(m->app, sql);
    str page = get("administrator", "/people"), invited = item(page, "new.invented");
    assert_true(says(invited, "has run out") && says(invited, "late") && says(invited, "/people/0909"));
    assert_true(says(item(page, "No backup was ever made"), "plainsight backup"));
    uint8_t digest[32] = { 1 };
    uint64_t seq;
    must(keeper_note(m->app->keys->control, NULL, ACT_BACKUP, 1, (id){ { 0 } }, digest, &seq) == OK);
    page = get("administrator", "/people");
    assert_int_equal(item(page, "backup").len, 0);
    assert_true(item(page, "Telephone lines").len > 0);
}

static void who_alone_can_read_the_tips_of_an_office_is_told_to_the_administrator(void **state)
{
    (void)state;
    assert_int_equal(item(get("administrator", "/people"), "Only one active person").len, 0);
    app_break(m->app, "UPDATE account SET state = 'left', left_day = 1 WHERE role IN ('call_taker', 'analyst', 'investigator')");
    app_break(m->app, "UPDATE account SET state = 'left', left_day = 1 WHERE role = 'supervisor' AND name <> 'supervisor.member'");
    assert_true(says(item(get("administrator", "/people"), "Only one active person"), "nobody there can let others in"));
}

static void an_auditor_and_a_statistician_have_a_next_step_and_a_day(void **state)
{
    (void)state;
    (void)get("auditor", "/audit");
    (void)get("supervisor", "/queue");
    str page = get("auditor", "/audit");
    assert_true(item(page, "Prove the log of this month").len > 0);
    assert_int_equal(item(page, "Entries since you last looked").len, 0); /* the queue opens nothing */
    str tip = str_join(&a, lit("/tips/"), str_of(m->planted[0][TIP_ID]));
    assert_true(says(get("supervisor", str_c(&a, tip)), "200"));
    assert_true(item(get("auditor", "/audit"), "Entries since you last looked: 1").len > 0);
    assert_true(item(get("statistician", "/measures"), "Publish the first figures").len > 0);
    app_break(m->app, "INSERT INTO figure_release (id, day, author) VALUES (x'00000000000000000000000000000001', 20000, x'00000000000000000000000000000001')");
    assert_true(says(item(get("statistician", "/measures"), "Publish the figures again"), "late"));
    assert_int_equal(item(get("auditor", "/measures"), "Publish").len, 0);
}

int main(void)
{
#define HOUSE(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        HOUSE(an_urgent_tip_of_nobody_stands_first_for_who_can_take_it),
        HOUSE(another_offices_tip_is_nobodys_next_thing_here),
        HOUSE(what_is_over_its_time_and_who_came_back_are_named),
        HOUSE(a_duty_of_a_closed_tip_is_named_to_the_office_until_it_is_done),
        HOUSE(an_administrator_sees_who_was_invited_and_that_no_backup_was_made),
        HOUSE(who_alone_can_read_the_tips_of_an_office_is_told_to_the_administrator),
        HOUSE(an_auditor_and_a_statistician_have_a_next_step_and_a_day),
    };
    return cmocka_run_group_tests_name("next", tests, NULL, NULL);
}
