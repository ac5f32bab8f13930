/* What staff do with a tip, asked as the browser asks: the house of the access matrix, invented throughout. */
#include "desk.h"
#include "triage/act/act.h"

static str page_of(const struct matrix_caller *who)
{
    return ask(who, GET, desk.page, "");
}

static bool in_queue(const char *query)
{
    str page = ask(desk.taker, GET, str_c(&desk.a, str_join(&desk.a, lit("/queue"), str_of(query))), "");
    assert_true(says(page, "200"));
    return says(page, desk.page);
}

static int64_t running(const char *code)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM clock WHERE code = '%s' AND stopped_day IS NULL AND root = (SELECT tip FROM tip_act LIMIT 1)",
             code);
    return count(sql);
}

static void a_closed_tip_leaves_the_queue_with_its_reason_and_comes_back_when_it_opens_again(void **state)
{
    (void)state;
    id office;
    assert_true(in_queue(""));
    assert_false(in_queue("?s=closed"));
    assert_int_equal(tip_office_waiting(desk.m->app->content, desk.m->tip[0], &office), OK);
    assert_true(id_equal(office, desk.m->office[0]));
    assert_true(says(act(desk.taker, "/dispose", "code=tip_smuggling&close_reason=they+paid+the+driver"), "303"));
    assert_false(in_queue(""));
    assert_true(in_queue("?s=closed"));
    assert_int_equal(tip_office_waiting(desk.m->app->content, desk.m->tip[0], &office), NOT_FOUND); /* nobody is to be told of it any more */
    assert_int_equal(tip_office(desk.m->app->content, desk.m->tip[0], &office), OK);
    str page = page_of(desk.here);
    assert_true(says(page, "Closed: Smuggling, not trafficking"));
    assert_true(says(page, "they paid the driver"));
    assert_true(says(page, "call_taker.member"));
    assert_true(says(act(desk.taker, "/reopen", "reopen_reason=more+came"), "303"));
    assert_true(in_queue(""));
    assert_true(says(page_of(desk.taker), "more came"));
    assert_int_equal(count("SELECT count(*) FROM tip WHERE state = 'closed' OR disposition <> ''"), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 2);
}

static void words_of_an_act_stand_nowhere_in_clear(void **state)
{
    (void)state;
    assert_true(says(act(desk.taker, "/dispose", "code=tip_acted&close_reason=plumbago+lane"), "303"));
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE instr(sealed, CAST('plumbago' AS BLOB)) > 0"), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE length(sealed) >= 128 + 40 + 256"), 1);
    assert_true(says(page_of(desk.taker), "plumbago lane"));
}

static void closing_stops_what_waits_for_us_and_not_what_the_law_wants(void **state)
{
    (void)state;
    int64_t now = desk.m->app->keys->now;
    struct clock_start minor = { lit("MINOR_REPORT"), now / 60 + 1000 };
    assert_int_equal(clock_start(desk.m->app->content, desk.m->tip[0], minor, day_of(now)), OK);
    assert_true(says(act(desk.taker, "/dispose", "code=tip_thin"), "303"));
    assert_int_equal(running("P0_ACT"), 0);
    assert_int_equal(running("MINOR_REPORT"), 1);
    assert_true(says(act(desk.taker, "/reopen", "reopen_reason=looked+again"), "303"));
    assert_int_equal(running("P0_ACT"), 1);
}

static void another_urgency_needs_a_reason_and_moves_the_deadline(void **state)
{
    (void)state;
    assert_true(says(act(desk.taker, "/urgency", "level=2&urgency_reason="), "422"));
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 0);
    assert_true(says(act(desk.taker, "/urgency", "level=2&urgency_reason=nobody+is+held"), "303"));
    assert_int_equal(running("P0_ACT"), 0);
    assert_int_equal(running("P2_ACT"), 1);
    str page = page_of(desk.taker);
    assert_true(says(page, "Urgency P0 to P2"));
    assert_true(says(page, "nobody is held"));
    assert_true(says(page, "Somebody has changed it since"));
    int64_t told = count("SELECT count(*) FROM outbox");
    assert_true(says(act(desk.taker, "/urgency", "level=0&urgency_reason=a+second+call"), "303"));
    assert_int_equal(count("SELECT count(*) FROM outbox"), told + 1);
    assert_int_equal(running("P2_ACT"), 0);
    assert_int_equal(running("P0_ACT"), 1);
    assert_int_equal(running("SUP_ACK_P0"), 1);
    assert_true(says(act(desk.taker, "/urgency", "level=0&urgency_reason=once+more"), "?done=same"));
    assert_true(says(act(desk.taker, "/urgency", "level=5&urgency_reason=x"), "422"));
}

static void who_works_on_it_is_oneself_or_a_colleague_of_the_office_who_reads_tips(void **state)
{
    (void)state;
    char body[80];
    assert_false(in_queue("?w=me"));
    assert_true(in_queue("?w=none"));
    assert_true(says(act(desk.taker, "/assign", "who=me"), "303"));
    assert_true(in_queue("?w=me"));
    assert_false(in_queue("?w=none"));
    assert_true(says(page_of(desk.here), "Given to call_taker.member"));
    str id_of_supervisor = id_text(&desk.a, desk.here->account);
    snprintf(body, sizeof body, "who=%.*s", (int)id_of_supervisor.len, id_of_supervisor.at);
    assert_true(says(act(desk.taker, "/assign", body), "303"));
    assert_false(in_queue("?w=me"));
    const struct matrix_caller *wrong[] = { desk.elsewhere, matrix_find(desk.m, "auditor", MEMBER), matrix_find(desk.m, "call_taker", DEPARTED) };
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        str account = id_text(&desk.a, wrong[i]->account);
        snprintf(body, sizeof body, "who=%.*s", (int)account.len, account.at);
        assert_true(says(act(desk.taker, "/assign", body), "422"));
    }
    assert_true(says(act(desk.taker, "/assign", "who="), "303"));
    assert_true(in_queue("?w=none"));
}

/* Sealing needs no secret, so whoever has lost the key must not be able to write either. */
static void without_the_key_there_is_nothing_to_decide(void **state)
{
    (void)state;
    static const char *const acts[][2] = { { "/assign", "who=me" }, { "/urgency", "level=4&urgency_reason=x" },
                                           { "/dispose", "code=tip_acted" }, { "/reopen", "reopen_reason=x" } };
    const struct matrix_caller *who[] = { desk.elsewhere, desk.removed };
    for (ptrdiff_t k = 0; k < countof(who); k++)
        for (ptrdiff_t i = 0; i < countof(acts); i++)
            assert_true(str_starts(act(who[k], acts[i][0], acts[i][1]), lit("404")));
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 0);
    assert_int_equal(count("SELECT count(*) FROM tip WHERE state = 'closed' OR assignee IS NOT NULL"), 0);
}

static void a_code_that_is_not_for_tips_closes_nothing(void **state)
{
    (void)state;
    assert_true(says(act(desk.taker, "/dispose", "code=case_convicted"), "422"));
    assert_true(says(act(desk.taker, "/dispose", "code="), "href=\"#code\""));
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 0);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        test(a_closed_tip_leaves_the_queue_with_its_reason_and_comes_back_when_it_opens_again),
        test(words_of_an_act_stand_nowhere_in_clear),
        test(closing_stops_what_waits_for_us_and_not_what_the_law_wants),
        test(another_urgency_needs_a_reason_and_moves_the_deadline),
        test(who_works_on_it_is_oneself_or_a_colleague_of_the_office_who_reads_tips),
        test(without_the_key_there_is_nothing_to_decide),
        test(a_code_that_is_not_for_tips_closes_nothing),
    };
    return cmocka_run_group_tests_name("act", tests, NULL, NULL);
}
