/* The page of tips that hang together, in the house of the access matrix: what people decided counts, and what they may not see does not. All invented. */
#include "engine_desk.h"
#include "triage/match/match_cluster.h"

static str group(const struct matrix_caller *who, const char *tip_path)
{
    return ask(who, GET, page_of(tip_path, "/group"), "");
}

static void decide(const char *one, const char *other, const char *verdict)
{
    struct out o = { .arena = &desk.a };
    out_str(&o, lit("other="));
    out_str(&o, str_of(other + 6));
    out_str(&o, lit("&verdict="));
    out_str(&o, str_of(verdict));
    assert_true(str_starts(ask(desk.here, POST, page_of(one, "/alike"), str_c(&desk.a, out_view(&o))), lit("303")));
}

/* Whether a page has a link to that tip. */
static bool shows(str page, const char *tip_path)
{
    return says(page, page_of(tip_path, "\""));
}

static void a_group_goes_further_than_one_tip(void **state)
{
    (void)state;
    const char *one = tip("narrative=Call+202-555-0143+for+a+room"), *two = tip("narrative=202-555-0143,+or+write+to+hotel.nine@example.org"),
               *three = tip("narrative=Her+mail+is+hotel.nine@example.org"), *alone = tip("narrative=Call+202-555-0199");
    assert_true(says(group(desk.here, one), "has not been read for look-alikes yet"));
    walk();
    str page = group(desk.here, one);
    assert_true(says(page, "3 tips hang together, all of ") && shows(page, two) && shows(page, three) && !shows(page, alone));
    assert_true(says(page, "Telephone +12025550143") && says(page, "E-mail hotel.nine@example.org") && says(page, "very likely"));
    assert_true(says(group(desk.here, three), "3 tips hang together") && shows(group(desk.here, three), one));
    assert_true(says(group(desk.here, alone), "No other tip hangs together with this one"));
    assert_true(says(ask(desk.here, GET, page_of(one, "/alike"), ""), page_of(one, "/group\"")));
    /* decided the same: it joins, whatever the weight; taken back, all is as before to the byte */
    str before = group(desk.here, one);
    decide(alone, three, "same");
    page = group(desk.here, one);
    assert_true(says(page, "4 tips hang together") && shows(page, alone) && says(page, "A person decided: the same situation"));
    decide(three, alone, "undone");
    assert_true(str_equal(group(desk.here, one), before));
    /* decided different: the weakest link between them goes */
    decide(one, three, "different");
    page = group(desk.here, one);
    assert_true(says(page, "They are shown apart (") && says(page, "because somebody decided"));
    assert_true(says(group(desk.here, one), "2 tips hang together") != says(group(desk.here, three), "2 tips hang together"));
    /* and where not all can hold, it is told */
    decide(one, alone, "same");
    decide(alone, three, "same");
    page = group(desk.here, one);
    assert_true(says(page, "were called the same, and by other decisions they are not"));
    decide(one, three, "undone");
    assert_false(says(group(desk.here, one), "were called the same"));
    assert_true(says(group(desk.here, one), "4 tips hang together"));
}

/* Tips that are no copies of each other: words of the same letters would fold. */
static const char *in_own_words(int number, const char *phones)
{
    uint64_t state = (uint64_t)number + 1;
    struct out o = { .arena = &desk.a };
    out_str(&o, lit("narrative="));
    for (int i = 0; i < 60; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        out_char(&o, i % 6 == 5 ? '+' : (char)('a' + (state >> 33) % 26));
    }
    out_str(&o, str_of(phones));
    return tip(str_c(&desk.a, out_view(&o)));
}

static void a_flood_is_one_row_with_its_count(void **state)
{
    enum { COPIES = 14 };
    const char *copy[COPIES];
    int lead = 0;
    (void)state;
    for (int i = 0; i < COPIES; i++) {
        copy[i] = tip(i == 6 ? "narrative=Forwarded:+a+white+van+takes+children+at+the+old+market,+call+202-555-0143+or+202-555-0177"
                             : "narrative=Forwarded:+a+white+van+takes+children+at+the+old+market,+call+202-555-0143");
        lead = strcmp(copy[i], copy[lead]) < 0 ? i : lead; /* of a day, ids are in no order */
    }
    const char *seen = in_own_words(1, "202-555-0143"), *further = in_own_words(2, "202-555-0177");
    walk();
    int folded = lead == 6 ? 13 : 12, plain = lead == 0 ? 1 : 0;
    str page = group(desk.here, seen);
    assert_true(says(page, "16 tips hang together, all of ") && says(page, "14 near copies, all of ") && shows(page, page_of(copy[lead], "/alike#copies")));
    assert_true(says(page, folded == 12 ? "12 of them say nearly the same" : "13 of them say nearly the same"));
    assert_true(shows(page, copy[lead]) && shows(page, copy[6]) && shows(page, further) && !shows(page, copy[plain == lead ? 2 : plain]));
    int hidden = plain == lead ? 2 : plain;
    page = group(desk.here, copy[hidden]);
    assert_true(says(page, "16 tips hang together") && says(page, "This tip is one of its copies"));
    /* a decision about a copy is not lost in the row: it stands for itself */
    decide(copy[hidden], further, "different");
    page = group(desk.here, copy[hidden]);
    assert_true(shows(page, copy[hidden]) && says(page, "because somebody decided") && !says(page, "This tip is one of its copies"));
    page = group(desk.here, further);
    assert_true(says(page, "because somebody decided"));
    decide(copy[hidden], further, "undone");
    assert_true(says(group(desk.here, further), "16 tips hang together"));
}

static void a_large_group_is_shown_apart_at_one_telephone(void **state)
{
    enum { SMALL = 12, LARGE = 31 };
    const char *small[SMALL], *large[LARGE];
    (void)state;
    for (int i = 0; i < SMALL; i++)
        small[i] = in_own_words(i, i == 3 ? "202-555-0143+or+202-555-0177" : "202-555-0143");
    for (int i = 0; i < LARGE; i++)
        large[i] = in_own_words(20 + i, i == 7 || i == 9 ? "310-555-0188+or+202-555-0177" : "310-555-0188");
    walk();
    str page = group(desk.here, small[0]);
    assert_true(says(page, "12 tips hang together"));
    assert_true(says(page, "Two groups of 12 tips and 31 tips hang together by one fact alone: Telephone +12025550177. They are shown apart."));
    assert_false(says(page, " to 12 of 12"));
    page = group(desk.here, large[0]);
    assert_true(says(page, "Two groups of 31 tips and 12 tips hang together by one fact alone: Telephone +12025550177."));
    assert_true(says(page, "1 to 20 of 31") && shows(page, page_of(large[0], "/group?from=20")));
    str rest = ask(desk.here, GET, page_of(large[0], "/group?from=20"), "");
    assert_true(says(rest, "21 to 31 of 31") && says(rest, "First ones"));
    int on_first = 0, on_rest = 0;
    for (int i = 1; i < LARGE; i++) {
        on_first += says(page, page_of(large[i], "\">"));
        on_rest += says(rest, page_of(large[i], "\">"));
    }
    assert_true(on_first >= 19 && on_rest >= 11);
    decide(small[0], large[0], "same"); /* one decision joins what one telephone did not */
    page = group(desk.here, small[0]);
    assert_true(says(page, "43 tips hang together") && says(page, "This is a large group") && !says(page, "Shown apart"));
    decide(small[0], large[0], "undone");
    assert_true(says(group(desk.here, small[0]), "12 tips hang together"));
}

/* The same pages, to the byte, whether another office has a tip that would join two of ours or not; and none of it for who is not of the office. */
static void a_tip_of_another_office_in_the_middle_changes_nothing(void **state)
{
    (void)state;
    const char *one = tip("narrative=Call+202-555-0143+for+a+room"), *two = tip("narrative=Call+202-555-0143,+ask+for+Lou"),
               *middle = tip("narrative=202-555-0143+and+310-555-0188"), *far = tip("narrative=Call+310-555-0188");
    char sent[200];
    walk();
    assert_true(says(group(desk.here, one), "4 tips hang together")); /* the control */
    snprintf(sent, sizeof sent, "%s", page_of(middle, "/route"));
    assert_true(says(ask(desk.here, POST, sent, "do=send&state=Georgia&office=HSI-ATL"), "303"));
    str before = group(desk.here, one);
    assert_true(says(before, "2 tips hang together") || says(before, "4 tips")); /* the index has not heard of it yet, the page has */
    assert_false(shows(before, middle));
    walk();
    before = group(desk.here, one);
    assert_true(says(before, "2 tips hang together") && shows(before, two) && !shows(before, far) && !shows(before, middle));
    id gone;
    assert_true(id_read(str_of(middle + 6), &gone) && match_service_forget(&engine.tips, gone));
    assert_true(str_equal(group(desk.here, one), before));
    walk();
    assert_true(str_equal(group(desk.here, one), before));
    assert_true(says(group(desk.there, middle), "No other tip hangs together"));
    assert_true(str_starts(group(desk.elsewhere, one), lit("404")) && str_starts(group(desk.removed, one), lit("404")));
    assert_true(str_equal(group(desk.elsewhere, one), ask(desk.elsewhere, GET, "/tips/0123456789abcdef0123456789abcdef/group", "")));
}

static void a_wrong_question_is_answered_as_such(void **state)
{
    (void)state;
    uint8_t body[MATCH_CLUSTER_HEAD + 2 * sizeof(id)] = { 0 }, out[ENGINE_MESSAGE_MAX];
    ptrdiff_t n;
    const ptrdiff_t wrong[] = { 0, MATCH_CLUSTER_HEAD, MATCH_CLUSTER_HEAD + 15, MATCH_CLUSTER_HEAD + 31 };
    for (ptrdiff_t i = 0; i < countof(wrong); i++)
        assert_int_not_equal(engine_ask(desk.m->staff_services.engine, MATCH_CLUSTER, (str){ (char *)body, wrong[i] }, out, sizeof out, &n), OK);
    assert_int_not_equal(engine_ask(desk.m->staff_services.engine, MATCH_CLUSTER, (str){ (char *)body, sizeof body }, out, sizeof out, &n), OK); /* no ticket */
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(a_group_goes_further_than_one_tip),
        HOUSE(a_flood_is_one_row_with_its_count),
        HOUSE(a_large_group_is_shown_apart_at_one_telephone),
        HOUSE(a_tip_of_another_office_in_the_middle_changes_nothing),
        HOUSE(a_wrong_question_is_answered_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
