/* Search in the house of the access matrix: an engine of its own answers, and what a person may not see changes nothing. All invented. */
#include "engine_desk.h"
#include "in_memory.h"

/* The page of a question, without the token that each form bears. */
static str search_from(const struct matrix_caller *who, const char *typed, int skip)
{
    char body[400];
    snprintf(body, sizeof body, "words=%s&skip=%d", typed, skip);
    return ask(who, POST, "/search", body);
}

static str search(const struct matrix_caller *who, const char *typed)
{
    return search_from(who, typed, 0);
}

static bool links_to(str page, const char *tip_path)
{
    return says(page, page_of(tip_path, "\""));
}

/* Where the link stands on the page; -1: nowhere. */
static ptrdiff_t place_of(str page, const char *tip_path)
{
    const char *link = page_of(tip_path, "\""), *at = memmem(page.at, (size_t)page.len, link, strlen(link));
    return at ? at - page.at : -1;
}

static void a_tip_is_found_by_what_it_says(void **state)
{
    (void)state;
    const char *one = tip("narrative=The+quilted+lantern+hangs+over+a+door.+Ask+for+Mohammed+at+(202)+555-0143."), *other = tip("narrative=A+lantern+again");
    walk();
    str page = search(desk.here, "quilted+LANTERN");
    assert_true(str_starts(page, lit("200")) && says(page, "1 tip says all of it.") && says(page, "1 more says a part."));
    assert_true(says(page, "The <mark>quilted</mark> <mark>lantern</mark> hangs over a door"));
    assert_true(place_of(page, one) > 0 && place_of(page, one) < place_of(page, other)); /* with all words first */
    assert_true(says(page, "1 of 2 words"));
    assert_true(links_to(search(desk.here, "202.555.0143"), one) && links_to(search(desk.here, "%2B12025550143"), one)); /* however it is written */
    assert_true(links_to(search(desk.here, "muhamad"), one));
    assert_false(links_to(search(desk.here, "2025550144"), one));
    page = search(desk.here, "wychavonless");
    assert_true(says(page, "0 tips say all of it.") && says(page, "Nothing that you may see says this."));
    assert_true(str_starts(search(desk.here, ""), lit("422")) && str_starts(search(desk.here, "+%21+"), lit("422")));
    assert_true(says(search(desk.here, "+%21+"), "Write at least one word"));
    page = ask(desk.here, GET, "/search", "");
    assert_true(str_starts(page, lit("200")) && !says(page, "waits for a supervisor"));
}

/* What was typed comes back on the page alone: not in an address, a link or a header. */
static void what_was_typed_stands_in_no_address(void **state)
{
    (void)state;
    tip("narrative=quilted+lantern");
    walk();
    str page = search(desk.here, "quilted");
    assert_true(says(page, "value=\"quilted\"") && !says(page, "=quilted") && !says(page, "/quilted"));
    assert_true(says(page, "no-store"));
}

static void many_hits_are_turned_page_by_page(void **state)
{
    (void)state;
    enum { MANY = 23 };
    const char *made[MANY];
    char words[64];
    for (int i = 0; i < MANY; i++) {
        snprintf(words, sizeof words, "narrative=umbrella+number+%d", i);
        made[i] = tip(words);
    }
    walk();
    int met[MANY] = { 0 };
    int64_t opened = world_count(desk.m->app->keys, "SELECT sum(day_rows) FROM opened"), records = world_count(desk.m->app->keys, "SELECT count(*) FROM leaf");
    for (int skip = 0; skip <= 20; skip += 10) {
        str page = search_from(desk.here, "umbrella", skip);
        assert_true(says(page, "23 tips say all of it."));
        assert_int_equal(says(page, "Next 10"), skip < 20);
        assert_int_equal(says(page, "Those before"), skip > 0);
        for (int i = 0; i < MANY; i++)
            met[i] += links_to(page, made[i]);
    }
    for (int i = 0; i < MANY; i++)
        assert_int_equal(met[i], 1);
    /* A unit of the budget for each tip whose words are shown, and one record a page. */
    assert_int_equal(world_count(desk.m->app->keys, "SELECT sum(day_rows) FROM opened") - opened, MANY);
    assert_int_equal(world_count(desk.m->app->keys, "SELECT count(*) FROM leaf") - records, 3);
    assert_false(says(search_from(desk.here, "umbrella", 30), "<mark>")); /* behind the last one */
    assert_true(says(search_from(desk.here, "umbrella", 7), "1 to 10"));  /* of no page: the first */
}

/* The same pages, to the byte, whether another office has a tip that says the same or not; and for who is on no ring, as if there were none. */
static void a_tip_of_another_office_changes_nothing(void **state)
{
    (void)state;
    const char *one = tip("narrative=parsnip+and+gravel"), *other = tip("narrative=a+parsnip,+a+parsnip"), *third = tip("narrative=parsnip+gravel+parsnip");
    char sent[200];
    walk();
    str all = search(desk.here, "parsnip+gravel");
    assert_true(links_to(all, one) && links_to(all, other) && links_to(all, third) && says(all, "2 tips say all of it."));
    str nothing = search(desk.there, "parsnip+gravel");
    snprintf(sent, sizeof sent, "%s", page_of(third, "/route"));
    assert_true(says(ask(desk.here, POST, sent, "do=send&state=Georgia&office=HSI-ATL"), "303"));
    walk();
    str before = search(desk.here, "parsnip+gravel");
    assert_true(links_to(before, one) && links_to(before, other) && !links_to(before, third));
    assert_true(links_to(search(desk.there, "parsnip+gravel"), third) && !links_to(search(desk.there, "parsnip+gravel"), one)); /* theirs now, and nothing of ours */
    assert_true(str_starts(nothing, lit("200")) && says(nothing, "0 tips say"));
    id ours, their;
    assert_true(id_read(str_of(other + 6), &ours) && match_service_forget(&engine.tips, ours)); /* the control: one of ours that is gone */
    assert_false(str_equal(search(desk.here, "parsnip+gravel"), before));
    walk();
    assert_true(str_equal(search(desk.here, "parsnip+gravel"), before)); /* and it comes back */
    assert_true(id_read(str_of(third + 6), &their) && match_service_forget(&engine.tips, their));
    assert_true(str_equal(search(desk.here, "parsnip+gravel"), before)); /* what is theirs, gone or there, does not */
    walk();
    assert_true(str_equal(search(desk.here, "parsnip+gravel"), before));
    str off = search(desk.removed, "parsnip+gravel"), none = search(desk.removed, "neverwritten+gravel");
    assert_true(str_starts(off, lit("200")) && says(off, "0 tips say") && says(none, "0 tips say"));
}

static void what_is_added_is_found_and_what_is_struck_is_not(void **state)
{
    (void)state;
    str page = search(desk.here, desk.m->planted[0][IN_ADDITION]); /* its sender came back */
    assert_true(links_to(page, desk.page) && says(page, "It stands in what was added to the tip later"));
    assert_true(says(search(desk.here, desk.m->planted[1][IN_ADDITION]), "0 tips say"));
    const char *one = tip("narrative=Call+(202)+555-0143+of+a+turnip");
    walk();
    assert_true(links_to(search(desk.here, "2025550143"), one));
    assert_true(says(ask(desk.here, POST, page_of(one, "/names"), "turn=0&n5=wrong"), "?done=names")); /* no telephone, says a person */
    walk();
    assert_false(links_to(search(desk.here, "2025550143"), one));
    assert_true(links_to(search(desk.here, "turnip"), one) && links_to(search(desk.here, "555"), one)); /* what it says stands there still */
}

static void what_is_erased_is_not_found(void **state)
{
    (void)state;
    const char *one = tip("narrative=turnip+cellar");
    walk();
    assert_true(links_to(search(desk.here, "turnip"), one));
    engine.tips.dropped = false;
    id tip_id;
    assert_true(id_read(str_of(one + 6), &tip_id));
    assert_true(match_service_forget(&engine.tips, tip_id));
    struct bytes b = { arena_new(&desk.a, char, 8 << 20), 0, 8 << 20 };
    assert_true(match_service_write(&engine.tips, take_bytes, &b));
    assert_null(memmem(b.at, b.len, "turnip", 6)); /* nor in what is written from now on */
    assert_false(links_to(search(desk.here, "turnip"), one));
    walk(); /* its rows are there still: it is read again */
    b.len = 0;
    assert_true(match_service_write(&engine.tips, take_bytes, &b));
    assert_non_null(memmem(b.at, b.len, "turnip", 6)); /* the control */
    app_break(desk.m->app, str_c(&desk.a, str_join(&desk.a, str_join(&desk.a, lit("DELETE FROM tip WHERE id = x'"), str_of(one + 6)), lit("'"))));
    walk();
    assert_false(links_to(search(desk.here, "turnip"), one));
    b.len = 0;
    assert_true(match_service_write(&engine.tips, take_bytes, &b));
    assert_null(memmem(b.at, b.len, "turnip", 6));
}

static void without_keys_it_waits_and_says_so(void **state)
{
    (void)state;
    tip("narrative=turnip");
    walk();
    engine.keys.open = false;
    str page = search(desk.here, "turnip");
    assert_true(str_starts(page, lit("200")) && says(page, "Search waits for a supervisor") && !says(page, "<mark>") && says(page, "value=\"turnip\""));
    engine.keys.begun = true;
    assert_true(says(ask(desk.here, GET, "/search", ""), "Search waits for a supervisor"));
    engine.keys.open = true;
    assert_true(says(search(desk.here, "turnip"), "<mark>turnip</mark>"));
    const struct matrix_caller *shut = matrix_find(desk.m, "supervisor", SHUT); /* whose own keys are shut: what was typed goes along to the sign-in */
    page = search(shut, "turnip");
    assert_true(str_starts(page, lit("423")) && says(page, "kept.words"));
    struct engine_client *was = desk.m->staff_services.engine;
    desk.m->staff_services.engine = NULL;
    assert_true(says(search(desk.here, "turnip"), "Search cannot be asked just now"));
    desk.m->staff_services.engine = was;
}

static void a_wrong_question_is_answered_as_such(void **state)
{
    (void)state;
    static uint8_t body[SEARCH_HEAD + SEARCH_MOST + 1], out[ENGINE_MESSAGE_MAX];
    struct engine_client *asked = desk.m->staff_services.engine;
    ptrdiff_t n;
    assert_int_equal(engine_ask(asked, SEARCH_WORDS, (str){ (char *)body, SEARCH_HEAD }, out, sizeof out, &n), INVALID);
    assert_int_equal(engine_ask(asked, SEARCH_WORDS, (str){ (char *)body, sizeof body }, out, sizeof out, &n), INVALID);
    assert_int_not_equal(engine_ask(asked, SEARCH_WORDS, (str){ (char *)body, SEARCH_HEAD + 4 }, out, sizeof out, &n), OK); /* no ticket */
    struct search_ticket ticket;
    struct search_answer answer;
    assert_int_equal(keeper_search_ticket(desk.m->app->keys->staff, desk.m->supervisor.token, &ticket), OK);
    struct search_question q = { desk.m->office[0], lit("turnip"), 0 };
    assert_int_equal(search_engine_ask(asked, &ticket, &q, &answer), OK);
    q.typed = lit("turnip\xff");
    assert_int_equal(search_engine_ask(asked, &ticket, &q, &answer), INVALID);
    ticket.at[40] ^= 1; /* a ticket that no keeper gave */
    q.typed = lit("turnip");
    assert_int_not_equal(search_engine_ask(asked, &ticket, &q, &answer), OK);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(a_tip_is_found_by_what_it_says),
        HOUSE(what_was_typed_stands_in_no_address),
        HOUSE(many_hits_are_turned_page_by_page),
        HOUSE(a_tip_of_another_office_changes_nothing),
        HOUSE(what_is_added_is_found_and_what_is_struck_is_not),
        HOUSE(what_is_erased_is_not_found),
        HOUSE(without_keys_it_waits_and_says_so),
        HOUSE(a_wrong_question_is_answered_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
