/* A tip goes to the office whose area it is, with its keys: the house of the access matrix, invented throughout. */
#include "desk.h"

static bool sees(const struct matrix_caller *who)
{
    str page = ask(who, GET, desk.page, ""), queue = ask(who, GET, "/queue", "");
    bool there = str_starts(page, lit("200"));
    assert_int_equal(there, says(queue, desk.page));
    return there;
}

/* The person comes back with the receipt and adds words. */
static void add_words(const char *words)
{
    char body[200];
    struct header type = { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") };
    snprintf(body, sizeof body, "receipt=%s&do=add&message=%s", desk.m->receipt[0], words);
    struct http_request r = { .method = POST, .path = lit("/tip/return"), .headers = &type, .header_count = 1, .body = str_of(body) };
    app_request(desk.m->app, &desk.m->public, &r);
    app_settle(desk.m->app);
    assert_int_equal(desk.m->app->w.status, 200);
}

static void assert_all_readable(const struct matrix_caller *who)
{
    str page = ask(who, GET, desk.page, "");
    const enum planted all[] = { IN_TIP, IN_ADDITION, IN_NOTE, IN_REPLY };
    for (ptrdiff_t i = 0; i < countof(all); i++)
        assert_true(says(page, desk.m->planted[0][all[i]]));
    assert_false(says(page, "This cannot be opened"));
    assert_true(says(act(who, "/source", ""), desk.m->planted[0][IN_SOURCE]));
}

static void the_whole_tip_goes_with_its_keys_and_this_office_sees_it_no_more(void **state)
{
    (void)state;
    assert_true(says(act(desk.here, "/assign", "who=me"), "303"));
    assert_true(sees(desk.here));
    assert_false(sees(desk.there));
    str page = act(desk.here, "/route", "do=find&state=Georgia");
    assert_true(says(page, "Georgia is the area of Invented Atlanta."));
    assert_true(says(page, "value=\"HSI-ATL\" selected"));
    assert_true(sees(desk.here)); /* looking moves nothing */
    page = act(desk.here, "/route", "do=send&state=Georgia&office=HSI-ATL");
    assert_true(says(page, "/queue?sent=HSI-ATL"));
    assert_false(sees(desk.here));
    assert_true(sees(desk.there));
    assert_all_readable(desk.there);
    page = ask(desk.there, GET, desk.page, "");
    assert_true(says(page, "Sent from Invented Baltimore to Invented Atlanta"));
    assert_true(says(page, "By place: Georgia is the area of HSI-ATL."));
    assert_true(says(page, "Given to supervisor.member"));
    assert_true(says(page, "Nobody yet."));
    assert_true(says(ask(desk.here, GET, "/queue?sent=HSI-ATL", ""), "The tip is at Invented Atlanta now."));
}

static void words_added_later_reach_the_office_that_has_it(void **state)
{
    (void)state;
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-ATL"), "303"));
    add_words("the+gate+at+thistlewick");
    str page = ask(desk.there, GET, desk.page, "");
    assert_true(says(page, "the gate at thistlewick"));
    assert_true(says(act(desk.there, "/note", "note=seen+by+atlanta"), "303"));
    assert_true(says(act(desk.there, "/answer", "answer=we+read+it"), "303"));
    page = ask(desk.there, GET, desk.page, "");
    assert_true(says(page, "seen by atlanta"));
    assert_false(says(page, "This cannot be opened"));
}

static void it_can_come_back_with_what_was_written_there(void **state)
{
    (void)state;
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-ATL"), "303"));
    assert_true(says(act(desk.there, "/note", "note=a+word+from+atlanta"), "303"));
    assert_true(says(act(desk.there, "/route", "do=send&state=MD&office=HSI-BAL&reason="), "303"));
    assert_true(sees(desk.here));
    assert_false(sees(desk.there));
    assert_all_readable(desk.here);
    assert_true(says(ask(desk.here, GET, desk.page, ""), "a word from atlanta"));
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-ATL"), "303")); /* and once more */
    assert_all_readable(desk.there);
}

static void a_case_is_opened_from_it_by_the_office_that_has_it(void **state)
{
    (void)state;
    char body[200];
    const struct matrix_caller *analyst = matrix_find(desk.m, "analyst", ELSEWHERE);
    const char *tip = desk.m->planted[0][TIP_ID];
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-ATL"), "303"));
    str form = ask(analyst, GET, str_c(&desk.a, str_join(&desk.a, lit("/cases/new?tip="), str_of(tip))), "");
    assert_true(says(form, desk.m->planted[0][IN_TIP]));
    struct request r = { .arena = &desk.a };
    str root = lit("71000000000000000000000000000001");
    memcpy(r.caller.form_key, analyst->form_key, sizeof r.caller.form_key);
    str proof = form_token(&r, str_join(&desk.a, lit("/cases/new/"), root));
    snprintf(body, sizeof body, "title=sent+on&case=%s&made=%.*s&tip=%s", root.at, (int)proof.len, proof.at, tip);
    assert_true(str_starts(ask(analyst, POST, "/cases/new", body), lit("303")));
    assert_true(says(ask(analyst, GET, str_c(&desk.a, str_join(&desk.a, lit("/cases/"), root)), ""), desk.m->planted[0][IN_TIP]));
}

static void another_office_than_the_map_says_needs_a_reason(void **state)
{
    (void)state;
    assert_true(says(act(desk.here, "/route", "do=send&state=TX&county=Anderson&office=HSI-ATL"), "href=\"#reason\""));
    assert_true(says(act(desk.here, "/route", "do=send&office=HSI-ATL"), "href=\"#reason\""));
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-BAL&reason=x"), "href=\"#office\""));
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=NO-SUCH&reason=x"), "href=\"#office\""));
    assert_true(sees(desk.here));
    assert_true(says(act(desk.here, "/route", "do=send&state=TX&county=Anderson&office=HSI-ATL&reason=they+have+the+case"), "303"));
    assert_true(says(ask(desk.there, GET, desk.page, ""), "they have the case"));
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE instr(sealed, CAST('they have' AS BLOB)) > 0 OR instr(sealed, CAST('TX' AS BLOB)) > 128"), 0);
}

static void a_place_in_dispute_waits_for_somebody_who_asked(void **state)
{
    (void)state;
    str page = act(desk.here, "/route", "do=find&state=AL");
    assert_true(says(page, "Two offices may claim this place."));
    assert_true(says(act(desk.here, "/route", "do=send&state=AL&office=HSI-ATL"), "href=\"#confirmed\""));
    assert_true(sees(desk.here));
    assert_true(says(act(desk.here, "/route", "do=send&state=AL&office=HSI-ATL&confirmed=yes"), "303"));
    assert_true(sees(desk.there));
}

static void an_office_without_keys_gets_nothing(void **state)
{
    (void)state;
    int64_t acts = count("SELECT count(*) FROM tip_act"), shares = count("SELECT count(*) FROM share");
    str page = act(desk.here, "/route", "do=send&state=CO&office=HSI-DEN");
    assert_true(says(page, "422"));
    assert_true(says(page, "That office has no keys for tips yet"));
    assert_true(sees(desk.here));
    assert_int_equal(count("SELECT count(*) FROM share"), shares);
    assert_int_equal(count("SELECT count(*) FROM tip_act"), acts);
}

static void who_lacks_the_key_sends_nothing(void **state)
{
    (void)state;
    int64_t shares = count("SELECT count(*) FROM share");
    const struct matrix_caller *who[] = { desk.there, matrix_find(desk.m, "supervisor", REMOVED), matrix_find(desk.m, "call_taker", MEMBER) };
    for (ptrdiff_t i = 0; i < countof(who); i++) {
        assert_true(str_starts(act(who[i], "/route", "do=send&state=GA&office=HSI-ATL"), lit("404")));
        assert_true(str_starts(act(who[i], "/route", "do=find&state=GA"), lit("404")));
    }
    assert_int_equal(count("SELECT count(*) FROM share"), shares);
    assert_true(sees(desk.here));
}

/* More rows than one message holds; and a person of the other office is told when it is urgent. */
static void a_long_history_goes_whole_and_the_other_office_is_told(void **state)
{
    (void)state;
    enum { NOTES = 90 };
    char body[64];
    for (int i = 0; i < NOTES; i++) {
        snprintf(body, sizeof body, "note=invented+note+%d.", i);
        assert_true(says(act(desk.here, "/note", body), "303"));
    }
    int64_t told = count("SELECT count(*) FROM outbox");
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-ATL"), "303"));
    assert_int_equal(count("SELECT count(*) FROM outbox"), told + 1);
    assert_int_equal(count("SELECT count(*) FROM clock WHERE code = 'LEAD_ACCEPT' AND stopped_day IS NULL"), 1);
    bool found[NOTES] = { false };
    for (int older = 0; older < 10; older++) {
        char path[128], words[40];
        snprintf(path, sizeof path, "%s?older=%d", desk.page, older);
        str page = ask(desk.there, GET, path, "");
        assert_false(says(page, "This cannot be opened"));
        for (int i = 0; i < NOTES; i++) {
            snprintf(words, sizeof words, "invented note %d.", i);
            found[i] = found[i] || says(page, words);
        }
    }
    for (int i = 0; i < NOTES; i++)
        assert_true(found[i]);
    assert_true(says(act(desk.there, "/assign", "who=me"), "303"));
    assert_int_equal(count("SELECT count(*) FROM clock WHERE code = 'LEAD_ACCEPT' AND stopped_day IS NULL"), 0);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        test(the_whole_tip_goes_with_its_keys_and_this_office_sees_it_no_more),
        test(words_added_later_reach_the_office_that_has_it),
        test(it_can_come_back_with_what_was_written_there),
        test(a_case_is_opened_from_it_by_the_office_that_has_it),
        test(another_office_than_the_map_says_needs_a_reason),
        test(a_place_in_dispute_waits_for_somebody_who_asked),
        test(an_office_without_keys_gets_nothing),
        test(who_lacks_the_key_sends_nothing),
        test(a_long_history_goes_whole_and_the_other_office_is_told),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
