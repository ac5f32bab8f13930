/* The tip's page and the queue, asked as the browser asks: the house of the access matrix, invented throughout. */
#include "desk.h"
#include "intake/tip/tip.h"
#include "triage/review/review.h"

enum { NOTES = 100, REASON_TOO_LONG = 2100 };

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

/* Leaves that clock alone to run, due so many minutes from now. */
static void run_only(const char *code, int minutes)
{
    app_break(desk.m->app, "DELETE FROM clock");
    struct clock_start start = { str_of(code), (desk.m->app->keys->now / 60) + minutes };
    assert_int_equal(clock_start(desk.m->app->content, desk.m->tip[0], start, day_of(desk.m->app->keys->now)), OK);
}

static int64_t running(void)
{
    return count("SELECT count(*) FROM clock WHERE stopped_day IS NULL");
}

static void what_is_due_stands_on_the_page_and_nothing_when_nothing_runs(void **state)
{
    (void)state;
    run_only("MINOR_REPORT", -30);
    str page = ask(desk.taker, GET, desk.page, "");
    assert_true(says(page, "What is due") && says(page, "Report to child protection<br><small class=\"late\">30 min over"));
    assert_true(says(page, "name=\"clock\" value=\"MINOR_REPORT\""));
    run_only("P1_ACT", 60);
    page = ask(desk.taker, GET, desk.page, "");
    assert_true(says(page, "Answer to a serious tip<br><small class=\"soon\">"));
    assert_false(says(page, "name=\"clock\"")); /* an answer ends it, no word */
    assert_false(says(page, "Not done yet"));
    app_break(desk.m->app, "DELETE FROM clock");
    assert_false(says(ask(desk.taker, GET, desk.page, ""), "What is due"));
}

static void a_report_that_was_made_is_said_once_and_stands_in_the_history_sealed(void **state)
{
    (void)state;
    run_only("MINOR_REPORT", 600);
    int64_t leaves = world_count(desk.m->app->keys, "SELECT count(*) FROM leaf");
    str page = ask(desk.taker, POST, under("/clock"), "clock=MINOR_REPORT&reference=Harbour+desk+%3C7%3E");
    assert_true(says(page, "303") && says(page, "?done=clock"));
    assert_int_equal(running(), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE kind = 'clock'"), 1);
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE instr(sealed, CAST('Harbour' AS BLOB)) > 0"), 0);
    assert_int_equal(world_count(desk.m->app->keys, "SELECT count(*) FROM leaf"), leaves + 2); /* one opening, one write */
    page = ask(desk.here, GET, under("?done=clock"), "");
    assert_true(says(page, "Done: Report to child protection") && says(page, "Harbour desk &lt;7&gt;") && says(page, "call_taker.member"));
    assert_true(says(page, "Saved: it is done."));
    assert_false(says(page, "What is due"));
    page = ask(desk.here, POST, under("/clock"), "clock=MINOR_REPORT&reference=again");
    assert_true(says(page, "303") && says(page, "?done=same"));
    assert_int_equal(count("SELECT count(*) FROM tip_act WHERE kind = 'clock'"), 1);
}

static void a_clock_that_an_act_ends_is_not_ended_by_a_word(void **state)
{
    (void)state;
    static const char *const ended[] = { "P0_ACT", "P4_CLOSE", "LEAD_ACCEPT", "MAILBOX_REPLY", "SUP_ACK_P1" };
    char body[64];
    for (ptrdiff_t i = 0; i < countof(ended); i++) {
        run_only(ended[i], 60);
        snprintf(body, sizeof body, "clock=%s&reference=x", ended[i]);
        assert_true(str_starts(ask(desk.taker, POST, under("/clock"), body), lit("404")));
        assert_int_equal(running(), 1);
    }
    run_only("NO_MORE_IN_THE_PACK", 60); /* nothing else could end this one */
    assert_true(says(ask(desk.taker, POST, under("/clock"), "clock=NO_MORE_IN_THE_PACK"), "?done=clock"));
    assert_int_equal(running(), 0);
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 1);
}

static void words_too_long_come_back_and_the_duty_stays(void **state)
{
    (void)state;
    static char body[REASON_TOO_LONG + 64] = "clock=MINOR_REPORT&reference=";
    memset(body + strlen(body), 'w', REASON_TOO_LONG);
    run_only("MINOR_REPORT", 600);
    str page = ask(desk.taker, POST, under("/clock"), body);
    assert_true(says(page, "422") && says(page, "href=\"#reference\"") && says(page, "id=\"reference\"") && says(page, "wwww"));
    assert_int_equal(running(), 1);
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 0);
}

static void closing_says_what_is_not_done_and_does_not_hide_it(void **state)
{
    (void)state;
    static const char *const not_yet = "Not done yet: Report to child protection.";
    run_only("MINOR_REPORT", 600);
    assert_true(says(ask(desk.taker, GET, desk.page, ""), not_yet));
    assert_true(says(ask(desk.taker, POST, under("/dispose"), "code=tip_thin"), "?done=dispose"));
    str page = ask(desk.taker, GET, desk.page, "");
    assert_true(says(page, "Closed: ") && says(page, "What is due") && says(page, "value=\"MINOR_REPORT\""));
    assert_true(says(ask(desk.taker, POST, under("/clock"), "clock=MINOR_REPORT"), "?done=clock"));
    assert_int_equal(running(), 0);
    assert_true(says(ask(desk.taker, POST, under("/reopen"), "reopen_reason=more+came"), "303"));
    page = ask(desk.taker, GET, desk.page, "");
    assert_true(says(page, "Done: Report to child protection"));
    assert_false(says(page, not_yet));
}

/* Sealing needs no secret: who has lost the key, or was never there, must not be able to end a duty. */
static void without_the_key_nobody_ends_a_duty(void **state)
{
    (void)state;
    const struct matrix_caller *who[] = { matrix_find(desk.m, "call_taker", ELSEWHERE), matrix_find(desk.m, "call_taker", REMOVED) };
    run_only("MINOR_REPORT", 600);
    for (ptrdiff_t i = 0; i < countof(who); i++)
        assert_true(str_starts(ask(who[i], POST, under("/clock"), "clock=MINOR_REPORT&reference=x"), lit("404")));
    assert_int_equal(running(), 1);
    assert_int_equal(count("SELECT count(*) FROM tip_act"), 0);
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
        test(what_is_due_stands_on_the_page_and_nothing_when_nothing_runs),
        test(a_report_that_was_made_is_said_once_and_stands_in_the_history_sealed),
        test(a_clock_that_an_act_ends_is_not_ended_by_a_word),
        test(words_too_long_come_back_and_the_duty_stays),
        test(closing_says_what_is_not_done_and_does_not_hide_it),
        test(without_the_key_nobody_ends_a_duty),
        test(pages_of_the_queue_lose_and_repeat_nothing),
    };
    return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
