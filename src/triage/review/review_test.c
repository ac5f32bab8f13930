/* The tip's page and the queue, asked as the browser asks: the house of the access matrix, invented throughout. */
#include "desk.h"
#include "intake/tip/tip.h"
#include "triage/review/review.h"

enum { NOTES = 100 };

static void an_answer_stands_in_the_mailbox_and_in_the_history(void **state)
{
    (void)state;
    int64_t replies = count("SELECT count(*) FROM reply"), entries = count("SELECT count(*) FROM tip_entry WHERE kind = 'answer'");
    str page = ask(desk.taker, POST, under("/answer"), "answer=An+invented+answer+%3Cb%3E");
    assert_true(says(page, "303"));
    assert_int_equal(count("SELECT count(*) FROM reply"), replies + 1);
    assert_int_equal(count("SELECT count(*) FROM tip_entry WHERE kind = 'answer'"), entries + 1);
    page = ask(desk.here, GET, desk.page, "");
    assert_true(says(page, "An invented answer &lt;b&gt;"));
}

static void an_empty_answer_is_a_field_to_mend_and_nothing_is_written(void **state)
{
    (void)state;
    int64_t replies = count("SELECT count(*) FROM reply");
    str page = ask(desk.taker, POST, under("/answer"), "answer=+%0A+");
    assert_true(says(page, "422"));
    assert_true(says(page, "href=\"#answer\""));
    assert_int_equal(count("SELECT count(*) FROM reply"), replies);
}

static void every_note_can_be_reached_however_many_there_are(void **state)
{
    (void)state;
    char body[64];
    bool found[NOTES] = { false };
    for (int i = 0; i < NOTES; i++) {
        snprintf(body, sizeof body, "note=invented+note+number+%d.", i);
        assert_true(says(ask(desk.taker, POST, under("/note"), body), "303"));
    }
    for (int older = 0; older < 10; older++) {
        char path[128], words[64];
        snprintf(path, sizeof path, "%s?older=%d", desk.page, older);
        str page = ask(desk.taker, GET, path, "");
        for (int i = 0; i < NOTES; i++) {
            snprintf(words, sizeof words, "invented note number %d.", i);
            found[i] = found[i] || says(page, words);
        }
        if (!says(page, "?older="))
            break;
    }
    for (int i = 0; i < NOTES; i++)
        assert_true(found[i]);
}

static void a_note_that_was_changed_is_said_and_hides_nothing_else(void **state)
{
    (void)state;
    assert_true(says(ask(desk.taker, POST, under("/note"), "note=a+note+that+will+be+spoilt"), "303"));
    assert_true(says(ask(desk.taker, GET, desk.page, ""), "a note that will be spoilt"));
    app_break(desk.m->app, "UPDATE tip_entry SET sealed = (SELECT sealed FROM tip_entry LIMIT 1)");
    str page = ask(desk.taker, GET, desk.page, "");
    assert_true(says(page, desk.m->planted[0][IN_TIP]));
    assert_true(says(page, "This cannot be opened"));
    assert_false(says(page, "a note that will be spoilt"));
}

static void an_answer_stops_the_clocks_that_wait_for_action(void **state)
{
    (void)state;
    app_break(desk.m->app, "DELETE FROM clock");
    struct clock_start start = { lit("P1_ACT"), (desk.m->app->keys->now / 60) + 60 };
    assert_int_equal(clock_start(desk.m->app->content, desk.m->tip[0], start, day_of(desk.m->app->keys->now)), OK);
    assert_true(says(ask(desk.taker, GET, "/queue", ""), " min left"));
    assert_true(says(ask(desk.taker, POST, under("/note"), "note=only+a+note"), "303"));
    assert_int_equal(count("SELECT count(*) FROM clock WHERE stopped_day IS NULL"), 1);
    assert_true(says(ask(desk.taker, POST, under("/answer"), "answer=now+we+act"), "303"));
    assert_int_equal(count("SELECT count(*) FROM clock WHERE stopped_day IS NULL"), 0);
}

static void a_supervisor_acknowledges_by_opening_a_call_taker_does_not(void **state)
{
    (void)state;
    app_break(desk.m->app, "DELETE FROM clock");
    struct clock_start start = { lit("SUP_ACK_P0"), (desk.m->app->keys->now / 60) + 10 };
    assert_int_equal(clock_start(desk.m->app->content, desk.m->tip[0], start, day_of(desk.m->app->keys->now)), OK);
    ask(desk.taker, GET, desk.page, "");
    assert_int_equal(count("SELECT count(*) FROM clock WHERE stopped_day IS NULL"), 1);
    ask(desk.here, GET, desk.page, "");
    assert_int_equal(count("SELECT count(*) FROM clock WHERE stopped_day IS NULL"), 0);
}

static void pages_of_the_queue_lose_and_repeat_nothing(void **state)
{
    (void)state;
    enum { TIPS = 173 };
    app_break(desk.m->app, "DELETE FROM tip_source; DELETE FROM tip_addition; DELETE FROM mailbox; DELETE FROM tip_entry; DELETE FROM clock;"
                           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 173)"
                           " INSERT INTO tip (id, office, priority, day, language, channel, sealed)"
                           " SELECT randomblob(16), (SELECT office FROM tip LIMIT 1), i % 5, 20700 + i % 7, 'en', 'web', x'00' FROM n");
    char path[256] = "/queue?p=&l=";
    int seen = 0, pages = 0;
    for (; *path && pages < 20; pages++) {
        str page = ask(desk.taker, GET, path, "");
        for (ptrdiff_t i = 0; i + 7 < page.len; i++)
            seen += i >= 6 && !memcmp(page.at + i - 6, "href=\"/tips/", 12);
        const char *next = memmem(page.at, (size_t)page.len, "/queue?p=&amp;l=&amp;after=", 27);
        int n = 0;
        for (; next && *next != '"'; next++)
            if (strncmp(next, "amp;", 4))
                path[n++] = *next;
            else
                next += 3;
        path[n] = 0;
    }
    int64_t mine = count("SELECT count(*) FROM tip WHERE office = (SELECT office FROM tip LIMIT 1)");
    assert_true(mine >= TIPS);
    assert_int_equal(seen, mine);
    assert_int_equal(pages, (mine + 49) / 50);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        test(an_answer_stands_in_the_mailbox_and_in_the_history),
        test(an_empty_answer_is_a_field_to_mend_and_nothing_is_written),
        test(every_note_can_be_reached_however_many_there_are),
        test(a_note_that_was_changed_is_said_and_hides_nothing_else),
        test(an_answer_stops_the_clocks_that_wait_for_action),
        test(a_supervisor_acknowledges_by_opening_a_call_taker_does_not),
        test(pages_of_the_queue_lose_and_repeat_nothing),
    };
    return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
