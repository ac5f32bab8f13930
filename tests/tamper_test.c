/* Somebody writes into the database behind the program's back. What was changed is not shown, and the log says so. */
#include "matrix.h"

static int make_world(void **state)
{
    *state = matrix_make();
    return 0;
}

static int end_world(void **state)
{
    matrix_end(*state);
    return 0;
}

static const char *hex(struct matrix *m, id i)
{
    return str_c(&m->keep, id_text(&m->keep, i));
}

/* Another tip of the first office, with a source too. */
static id second_tip(struct matrix *m)
{
    str body = lit("narrative=the+mill+at+otterburn&consent=share&method=text&contact=otterburn+555-0143");
    struct arena a = m->scratch;
    str answer = matrix_ask(m, &a, &(struct matrix_request){ PUBLIC_SIDE, POST, lit("/tip"), lit("application/x-www-form-urlencoded"),
                            body, SOUND, matrix_find(m, "call_taker", DEPARTED) });
    must(str_starts(answer, lit("201\n")));
    return app_last_tip(m->app);
}

static str ask(struct matrix *m, struct arena *a, enum method method, id tip, const char *act, const char *body)
{
    str path = tip.at[0] || tip.at[1] ? str_join(a, lit("/tips/"), id_text(a, tip)) : lit("/nowhere");
    return matrix_ask(m, a, &(struct matrix_request){ STAFF_SIDE, method, str_join(a, path, str_of(act)),
                      lit("application/x-www-form-urlencoded"), str_of(body), SOUND, matrix_find(m, "call_taker", MEMBER) });
}

static bool shows(str answer, const char *word)
{
    return memmem(answer.at, (size_t)answer.len, word, strlen(word)) != NULL;
}

static void assert_absent(struct matrix *m, enum method method, id tip, const char *act)
{
    struct arena a = m->scratch;
    str answer = ask(m, &a, method, tip, act, ""), nowhere = ask(m, &a, method, (id){ { 0 } }, "", "");
    assert_true(str_starts(nowhere, lit("404\n")));
    assert_int_equal(answer.len, nowhere.len);
    assert_memory_equal(answer.at, nowhere.at, (size_t)nowhere.len);
}

static void assert_shown(struct matrix *m, enum method method, id tip, const char *act, const char *word)
{
    struct arena a = m->scratch;
    str answer = ask(m, &a, method, tip, act, "");
    assert_true(str_starts(answer, lit("200\n")));
    assert_true(shows(answer, word));
}

/* How many of the newest records say that rows of this tip did not open. */
static int alarms(struct matrix *m, id tip)
{
    static struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    int found = 0;
    must(keeper_log(m->app->keys->staff, matrix_find(m, "auditor", MEMBER)->token, false, 0, lines, &n) == OK);
    for (ptrdiff_t i = 0; i < n; i++)
        found += lines[i].action == ACT_REFUSED && lines[i].result && lines[i].opened && id_equal(lines[i].about, tip);
    return found;
}

static void swap(struct matrix *m, const char *table, const char *key, const char *column, id one, id two)
{
    char text[1024];
    const char *a = hex(m, one), *b = hex(m, two);
    snprintf(text, sizeof text,
             "CREATE TEMP TABLE was AS SELECT %s AS k, sealed AS v FROM %s WHERE %s IN (x'%s', x'%s');"
             "UPDATE %s SET sealed = (SELECT %s FROM was o, was w WHERE w.k = %s AND o.k <> w.k) WHERE %s IN (x'%s', x'%s')",
             key, table, key, a, b, table, column, key, key, a, b);
    app_break(m->app, text);
}

static void sealed_columns_of_two_tips_that_are_swapped_make_both_absent(void **state)
{
    struct matrix *m = *state;
    id one = m->tip[0], two = second_tip(m);
    assert_shown(m, GET, one, "", m->planted[0][IN_TIP]);
    assert_shown(m, GET, two, "", "otterburn");
    swap(m, "tip", "id", "o.v", one, two);
    int before = alarms(m, one), before_two = alarms(m, two);
    assert_absent(m, GET, one, "");
    assert_absent(m, GET, two, "");
    assert_absent(m, POST, one, "/source");
    assert_int_equal(alarms(m, one), before + 2);
    assert_int_equal(alarms(m, two), before_two + 1);
    swap(m, "tip", "id", "o.v", one, two); /* put back, they are what they were */
    assert_shown(m, GET, one, "", m->planted[0][IN_TIP]);
    assert_shown(m, GET, two, "", "otterburn");
}

static void a_body_under_another_rows_key_is_absent_and_on_record_too(void **state)
{
    struct matrix *m = *state;
    id one = m->tip[0], two = second_tip(m);
    swap(m, "tip", "id", "CAST(substr(w.v, 1, 128) || substr(o.v, 129) AS BLOB)", one, two);
    int before = alarms(m, one);
    assert_absent(m, GET, one, "");
    assert_absent(m, GET, two, "");
    assert_int_equal(alarms(m, one), before + 1);
    assert_int_equal(alarms(m, two), 1);
}

static void a_source_under_another_tip_is_not_shown_there(void **state)
{
    struct matrix *m = *state;
    id one = m->tip[0], two = second_tip(m);
    assert_shown(m, POST, one, "/source", m->planted[0][IN_SOURCE]);
    swap(m, "tip_source", "tip", "o.v", one, two);
    assert_absent(m, POST, one, "/source");
    assert_absent(m, POST, two, "/source");
    assert_true(alarms(m, one) > 0);
    assert_shown(m, GET, one, "", m->planted[0][IN_TIP]);
}

static void a_tip_given_to_another_office_by_sql_opens_for_neither(void **state)
{
    struct matrix *m = *state;
    char text[160];
    snprintf(text, sizeof text, "UPDATE tip SET office = x'%s' WHERE id = x'%s'", hex(m, m->office[1]), hex(m, m->tip[0]));
    app_break(m->app, text);
    assert_absent(m, GET, m->tip[0], "");
    struct arena a = m->scratch;
    str path = str_join(&a, lit("/tips/"), id_text(&a, m->tip[0]));
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .path = path, .caller = matrix_find(m, "call_taker", ELSEWHERE) };
    str answer = matrix_ask(m, &a, &q);
    q.path = lit("/nowhere");
    assert_true(str_equal(answer, matrix_ask(m, &a, &q)));
}

static void a_changed_mailbox_raises_the_alarm_and_takes_no_answer(void **state)
{
    struct matrix *m = *state;
    char text[160];
    struct arena a = m->scratch;
    assert_false(shows(ask(m, &a, GET, m->tip[0], "", ""), "Do not answer."));
    snprintf(text, sizeof text, "UPDATE mailbox SET open = randomblob(32) WHERE tip = x'%s'", hex(m, m->tip[0]));
    app_break(m->app, text);
    int64_t replies = app_count(m->app, "SELECT count(*) FROM reply"), entries = app_count(m->app, "SELECT count(*) FROM tip_entry");
    str page = ask(m, &a, GET, m->tip[0], "", "");
    assert_true(str_starts(page, lit("200\n")));
    assert_true(shows(page, "Do not answer."));
    assert_false(shows(page, "name=\"answer\""));
    assert_true(str_starts(ask(m, &a, POST, m->tip[0], "/answer", "answer=an+invented+answer"), lit("404\n")));
    assert_int_equal(app_count(m->app, "SELECT count(*) FROM reply"), replies);
    assert_int_equal(app_count(m->app, "SELECT count(*) FROM tip_entry"), entries);
    assert_true(str_starts(ask(m, &a, POST, m->tip[0], "/note", "note=seen"), lit("303\n")));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(sealed_columns_of_two_tips_that_are_swapped_make_both_absent),
        HOUSE(a_body_under_another_rows_key_is_absent_and_on_record_too),
        HOUSE(a_source_under_another_tip_is_not_shown_there),
        HOUSE(a_tip_given_to_another_office_by_sql_opens_for_neither),
        HOUSE(a_changed_mailbox_raises_the_alarm_and_takes_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
