/* What a tip names: marked in its words, confirmed or struck by a person, and known from then on. The house of the access matrix, invented throughout. */
#include "desk.h"
#include "triage/mark/mark.h"

static const char narrative[] = "call seven0two 555 0123 or 404-555-0188, the van has plate 7ABC123. She is 16 yo.";

/* ---- the list ---- */

static void what_was_decided_reads_again_and_stays(void **state)
{
    (void)state;
    struct marks m = marks_of(&desk.a, str_of(narrative), lit("US"), (str){ 0 });
    assert_int_equal(m.len, 4);
    assert_true(m.at[0].kind == FOUND_PHONE && m.at[3].kind == FOUND_AGE);
    assert_int_equal(marks_write(&desk.a, &m).len, 0); /* nobody decided anything */
    m.at[0].state = MARK_CONFIRMED;
    m.at[2].state = MARK_STRUCK;
    str written = marks_write(&desk.a, &m);
    assert_true(str_equal(written, lit("confirmed phone 5 23 +17025550123\nstruck plate 59 66 7ABC123\n")));
    struct marks again = marks_of(&desk.a, str_of(narrative), lit("US"), written);
    assert_int_equal(again.len, 4);
    for (int i = 0; i < 4; i++)
        assert_true(again.at[i].state == m.at[i].state && again.at[i].begin == m.at[i].begin && str_equal(again.at[i].normal, m.at[i].normal));
    /* A decision on words that the machine would not propose, over two that it would. */
    again = marks_of(&desk.a, str_of(narrative), lit("US"), lit("confirmed address 0 45 somewhere\n"));
    assert_int_equal(again.len, 3);
    assert_true(again.at[0].kind == FOUND_ADDRESS && again.at[0].state == MARK_CONFIRMED && again.at[1].kind == FOUND_PLATE);
}

static void a_spoilt_line_is_left_out(void **state)
{
    (void)state;
    static const char *const spoilt[] = { "confirmed phone 5 900 +1\n", "confirmed phone 23 5 +1\n", "confirmed spoon 5 23 +1\n", "wished phone 5 23 +1\n",
                                          "confirmed phone -3 23 +1\n", "confirmed phone\n", "\n", "confirmed phone 5 23x +1\n" };
    for (ptrdiff_t i = 0; i < countof(spoilt); i++) {
        struct marks m = marks_of(&desk.a, str_of(narrative), lit("US"), str_of(spoilt[i]));
        assert_int_equal(m.len, 4);
        assert_int_equal(m.at[0].state, MARK_OPEN);
    }
}

/* ---- the page ---- */

/* A tip that names something, at the first office; the desk's page is that of it. */
static int open_named(void **state)
{
    int failed = open_desk(state);
    char body[300];
    snprintf(body, sizeof body, "narrative=%s", narrative);
    for (char *c = body + 10; *c; c++)
        *c = *c == ' ' ? '+' : *c;
    struct header type = { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") };
    struct http_request r = { .method = POST, .path = lit("/tip"), .headers = &type, .header_count = 1, .body = str_of(body) };
    app_request(desk.m->app, &desk.m->public, &r);
    app_settle(desk.m->app);
    str tip = id_text(&desk.a, app_last_tip(desk.m->app));
    snprintf(desk.page, sizeof desk.page, "/tips/%.*s", (int)tip.len, tip.at);
    return failed;
}

static str see(const struct matrix_caller *who)
{
    return ask(who, GET, desk.page, "");
}

static void what_is_named_is_marked_in_the_words_and_listed(void **state)
{
    (void)state;
    str page = see(desk.taker);
    assert_true(says(page, "call <mark class=\"found f-reach\" title=\"Telephone\"><a href=\"#n5\" data-n=\"1\">seven0two 555 0123</a></mark> or "));
    assert_true(says(page, "plate <mark class=\"found f-vehicle\" title=\"Plate\"><a href=\"#n59\" data-n=\"3\">7ABC123</a></mark>. She is "));
    assert_true(says(page, "<bdi>+17025550123</bdi>") && says(page, "id=\"n59\" name=\"n59\""));
    assert_false(says(page, "Looked at what it names"));
}

static void what_is_decided_is_sealed_shown_and_known(void **state)
{
    (void)state;
    int64_t leaves = world_count(desk.m->app->keys, "SELECT count(*) FROM leaf");
    str page = act(desk.taker, "/names", "turn=0&n5=right&n27=&n59=wrong&n75=right");
    assert_true(says(page, "303") && says(page, "?done=names"));
    assert_int_equal(world_count(desk.m->app->keys, "SELECT count(*) FROM leaf"), leaves + 2); /* one opening, one write */
    assert_int_equal(count("SELECT count(*) FROM tip_mark WHERE turn = 1"), 1);
    assert_int_equal(count("SELECT count(*) FROM tip_mark WHERE instr(sealed, CAST('7025550123' AS BLOB)) > 0 OR instr(sealed, CAST('7ABC' AS BLOB)) > 0"), 0);
    page = ask(desk.here, GET, under("?done=names"), "");
    assert_true(says(page, "found f-reach confirmed") && says(page, "found f-vehicle struck") && says(page, "Saved: what is right"));
    assert_true(says(page, "Looked at what it names: 2 right, 1 wrong") && says(page, "call_taker.member"));
    assert_true(str_starts(see(desk.elsewhere), lit("404")));
    assert_true(str_starts(see(desk.removed), lit("404")));
    assert_true(str_starts(act(desk.removed, "/names", "turn=1&n27=right"), lit("404")));
}

static void the_newest_saving_stands_and_an_old_one_is_told(void **state)
{
    (void)state;
    assert_true(says(act(desk.taker, "/names", "turn=0&n5=right"), "?done=names"));
    assert_true(says(act(desk.here, "/names", "turn=1&n5=wrong&n59=right"), "?done=names"));
    assert_int_equal(count("SELECT count(*) FROM tip_mark"), 2);
    assert_true(says(see(desk.taker), "found f-vehicle confirmed") && says(see(desk.taker), "found f-reach struck"));
    str page = act(desk.taker, "/names", "turn=1&n5=right&n75=right"); /* drawn before the other saved */
    assert_true(says(page, "422") && says(page, "href=\"#names\"") && says(page, "Somebody else decided meanwhile"));
    assert_true(says(page, "name=\"turn\" value=\"2\"") && says(page, "found f-time confirmed"));
    assert_int_equal(count("SELECT count(*) FROM tip_mark"), 2);
    assert_true(says(act(desk.taker, "/names", "turn=2&n5=wrong&n59=right"), "?done=same")); /* as it stands */
    assert_true(says(act(desk.taker, "/names", "turn=2&n5=perhaps"), "422"));
    assert_true(says(act(desk.taker, "/names", "turn=x"), "422"));
    assert_int_equal(count("SELECT count(*) FROM tip_mark"), 2);
}

static void it_goes_with_the_tip_to_another_office(void **state)
{
    (void)state;
    assert_true(says(act(desk.taker, "/names", "turn=0&n5=right"), "?done=names"));
    assert_true(says(act(desk.here, "/route", "do=send&state=GA&office=HSI-ATL"), "303"));
    str page = see(desk.there);
    assert_true(says(page, "found f-reach confirmed") && says(page, "Looked at what it names: 1 right, 0 wrong"));
    assert_true(str_starts(see(desk.taker), lit("404")));
    assert_true(says(act(desk.there, "/names", "turn=1&n5=right&n59=right"), "?done=names"));
    assert_true(says(see(desk.there), "found f-reach confirmed") && says(see(desk.there), "found f-vehicle confirmed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_decided_reads_again_and_stays, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_spoilt_line_is_left_out, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(what_is_named_is_marked_in_the_words_and_listed, open_named, close_desk),
        cmocka_unit_test_setup_teardown(what_is_decided_is_sealed_shown_and_known, open_named, close_desk),
        cmocka_unit_test_setup_teardown(the_newest_saving_stands_and_an_old_one_is_told, open_named, close_desk),
        cmocka_unit_test_setup_teardown(it_goes_with_the_tip_to_another_office, open_named, close_desk),
    };
    return cmocka_run_group_tests_name("mark", tests, NULL, NULL);
}
