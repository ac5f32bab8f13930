#include "world.h"
#include <stdio.h>
#include "intake/mailbox/mailbox.h"
#include "intake/tip/tip.h"

static int make_world(void **state)
{
    *state = app_make(true);
    return 0;
}

static int end_world(void **state)
{
    app_end(*state);
    return 0;
}

#define SENT "the grey house behind the mill"

/* A tip of its own words; digits of its receipt. */
static id send_tip(struct app *x, const char *body, char digits[25])
{
    app_post(x, "/tip?lang=en", body);
    app_settle(x);
    assert_http(x, 201);
    app_receipt(x, digits);
    return app_last_tip(x);
}

static void write_reply(struct app *x, id tip, const char *words)
{
    struct mailbox box;
    id reply = chance_id(&x->chance, x->keys->now * 1000, false);
    assert_int_equal(mailbox_of_tip(x->content, tip, day_of(x->keys->now), &box), OK);
    str sealed = reply_seal(x->services.sealer, 0, &x->process, &box, reply, str_of(words), x->keys->now);
    assert_int_equal(reply_add(x->content, &box, reply, day_of(x->keys->now), sealed), OK);
}

static void come_back(struct app *x, const char *digits, const char *more)
{
    char body[1024];
    snprintf(body, sizeof body, "receipt=%s%s", digits, more);
    app_post(x, "/tip/return?lang=en", body);
}

static void a_receipt_opens_exactly_its_own_answers(void **state)
{
    struct app *x = *state;
    char one[25], two[25];
    id first = send_tip(x, "narrative=the+grey+house+behind+the+mill", one);
    id second = send_tip(x, "narrative=second", two);
    write_reply(x, first, "answer to the first\nin two lines");
    write_reply(x, second, "answer to the second");
    come_back(x, one, "");
    assert_http(x, 200);
    assert_says(x, "<p dir=\"auto\">answer to the first</p>\n<p dir=\"auto\">in two lines</p>");
    assert_silent(x, "answer to the second");
    come_back(x, two, "");
    assert_says(x, "answer to the second");
    assert_silent(x, "answer to the first");
}

static void what_was_sent_shows_nowhere(void **state)
{
    struct app *x = *state;
    char digits[25];
    id tip = send_tip(x, "narrative=the+grey+house+behind+the+mill&place=Invented+Lane+7&contact=555-0101&consent=share", digits);
    assert_silent(x, SENT);
    write_reply(x, tip, "thank you");
    come_back(x, digits, "");
    assert_says(x, "thank you");
    assert_silent(x, SENT);
    assert_silent(x, "Invented Lane");
    assert_silent(x, "555-0101");
    come_back(x, digits, "&do=add&message=one+word+more&key=00112233445566778899aabbccddeeff");
    app_settle(x);
    assert_http(x, 200);
    assert_silent(x, "one word more");
    come_back(x, digits, "");
    assert_silent(x, "one word more");
}

static void the_number_may_be_typed_with_spaces_and_other_digits(void **state)
{
    struct app *x = *state;
    char digits[25], spaced[512];
    int n = 0;
    send_tip(x, "narrative=x", digits);
    for (int i = 0; i < 24; i++)
        n += snprintf(spaced + n, sizeof spaced - (size_t)n, "%%D9%%%02X%s", 0xA0 + digits[i] - '0', i % 4 == 3 ? "+" : "");
    come_back(x, spaced, "");
    assert_http(x, 200);
    assert_says(x, "There is no answer yet");
}

static void a_missing_digit_is_said_kindly_and_the_number_stays(void **state)
{
    struct app *x = *state;
    come_back(x, "4821+0937+6650+1284+7719+304", "");
    assert_http(x, 422);
    assert_says(x, "This number has 23 digits. One is missing: please look again.");
    assert_says(x, "value=\"4821 0937 6650 1284 7719 304\"");
    come_back(x, "48210937665012847719304644", "");
    assert_says(x, "This number has 26 digits. That is 2 too many: please look again.");
    come_back(x, "48210937665012847719304A", "");
    assert_says(x, "Your number has digits only.");
}

static void unknown_and_expired_numbers_get_the_same_bytes(void **state)
{
    struct app *x = *state;
    char digits[25], other[25];
    send_tip(x, "narrative=x", digits);
    memcpy(other, digits, 25);
    other[3] = (char)('0' + (other[3] - '0' + 1) % 10);
    come_back(x, other, "");
    assert_http(x, 200);
    assert_says(x, "We find no answers under this number.");
    str unknown = str_copy(&x->process, app_body(x));
    world_pass(x->keys, 181 * 86400);
    come_back(x, digits, "");
    assert_http(x, 200);
    assert_true(str_equal(unknown, app_body(x)));
    assert_silent(x, digits);
}

static void pages_have_few_sizes(void **state)
{
    struct app *x = *state;
    char digits[25];
    id tip = send_tip(x, "narrative=x", digits);
    ptrdiff_t receipt = app_body(x).len;
    come_back(x, digits, "");
    assert_int_equal(app_body(x).len, receipt);
    write_reply(x, tip, "thank you");
    come_back(x, digits, "");
    assert_int_equal(app_body(x).len, receipt);
    come_back(x, "482109376650128477193046", "");
    assert_int_equal(app_body(x).len, receipt);
    app_get(x, "/tip/return?lang=es");
    assert_int_equal(app_body(x).len, receipt);
}

static void an_answer_goes_thirty_days_after_it_was_first_shown(void **state)
{
    struct app *x = *state;
    char digits[25];
    id tip = send_tip(x, "narrative=x", digits);
    write_reply(x, tip, "thank you");
    world_pass(x->keys, 40 * 86400);
    come_back(x, digits, "");
    assert_says(x, "thank you");
    app_settle(x);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM reply WHERE read_day IS NOT NULL"), 1);
    world_pass(x->keys, 30 * 86400);
    come_back(x, digits, "");
    assert_says(x, "thank you");
    app_settle(x);
    world_pass(x->keys, 2 * 86400);
    come_back(x, digits, "");
    assert_says(x, "There is no answer yet");
    assert_int_equal(acceptor_sweep(x->acceptor, day_of(x->keys->now)), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM reply"), 0);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM mailbox"), 1);
}

static void an_addition_is_sealed_once_however_often_the_page_is_sent(void **state)
{
    struct app *x = *state;
    char digits[25];
    struct tip_additions additions;
    struct sealed_fields f;
    id tip = send_tip(x, "narrative=x", digits);
    for (int i = 0; i < 2; i++) {
        come_back(x, digits, "&do=add&message=more+words&key=00112233445566778899aabbccddeeff");
        assert_true(x->parked);
        app_settle(x);
        assert_http(x, 200);
        assert_says(x, "Received. Thank you.");
    }
    assert_int_equal(tip_list_additions(x->content, &x->process, tip, 0, 10, &additions), OK);
    assert_int_equal(additions.len, 1);
    struct open_row row = { .row = additions.at[0].id, .keybox = (const uint8_t *)additions.at[0].sealed.at };
    struct signed_in in = world_in(x->keys, LIN);
    assert_int_equal(keeper_open(x->keys->staff, in.token, PURPOSE_READ, tip, &row, 1), OK);
    assert_true(envelope_open(&x->process, row.key, TABLE_TIP_ADDITION, row.row, additions.at[0].sealed, &f));
    assert_true(str_equal(sealed_field(&f, ADDITION_TEXT), lit("more words")));
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM clock WHERE code = 'MAILBOX_REPLY'"), 1);
}

static void sharing_less_deletes_who_told_us_at_once(void **state)
{
    struct app *x = *state;
    char digits[25];
    send_tip(x, "narrative=x&consent=share&contact=555-0101", digits);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 1);
    come_back(x, digits, "&do=less&key=00112233445566778899aabbccddeeff");
    app_settle(x);
    assert_http(x, 200);
    assert_says(x, "We erased the way to reach you.");
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_source"), 0);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_addition WHERE kind = 'share_less'"), 1);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
}

static void an_empty_addition_is_a_field_to_mend(void **state)
{
    struct app *x = *state;
    char digits[25];
    send_tip(x, "narrative=x", digits);
    come_back(x, digits, "&do=add&message=+");
    assert_http(x, 422);
    assert_says(x, "<title>Problem:");
    assert_says(x, "Please fill this in.");
}

/* A locked house knows the receipts of its own start; older ones wait for the passphrase. */
static void a_locked_house_says_when_to_come_back(void **state)
{
    struct app *x = *state;
    char digits[25];
    (void)state;
    send_tip(x, "narrative=x", digits);
    world_restart(x->keys);
    x->services.keeper = x->keys->pub;
    come_back(x, digits, "");
    assert_http(x, 200);
    assert_says(x, "Our answers are locked at this hour. Please come back later today.");
    assert_int_equal(world_unlock(x->keys, WORLD_HOUSE), OK);
    come_back(x, digits, "");
    assert_says(x, "There is no answer yet");
}

/* More starts of a locked house than any fixed table a page might keep: each that gives a receipt draws a pepper of its own. */
static void a_number_is_found_however_often_the_house_was_started(void **state)
{
    struct app *x = *state;
    char digits[25];
    send_tip(x, "narrative=x", digits);
    for (int i = 0; i < 66; i++) {
        struct receipt other;
        world_restart(x->keys);
        assert_int_equal(keeper_receipts(x->keys->pub, 1, &other), OK);
    }
    x->services.keeper = x->keys->pub;
    assert_int_equal(world_unlock(x->keys, WORLD_HOUSE), OK);
    come_back(x, digits, "");
    assert_http(x, 200);
    assert_says(x, "There is no answer yet");
}

#define WORDS "&do=add&key=00112233445566778899aabbccddeeff&message=they+moved+to+the+mill"
static void assert_words_kept(struct app *x, const char *digits)
{
    assert_says(x, "they moved to the mill</textarea>");
    assert_says(x, "name=\"key\" value=\"00112233445566778899aabbccddeeff\"");
    assert_says(x, "name=\"do\" value=\"add\"");
    assert_says(x, digits);
}

static void words_to_be_added_stay_on_the_page_while_the_house_is_locked(void **state)
{
    struct app *x = *state;
    char digits[25];
    send_tip(x, "narrative=x", digits);
    world_restart(x->keys);
    x->services.keeper = x->keys->pub;
    come_back(x, digits, WORDS);
    assert_says(x, "Our answers are locked at this hour. Please come back later today.");
    assert_words_kept(x, digits);
    assert_int_equal(world_unlock(x->keys, WORLD_HOUSE), OK);
    come_back(x, digits, WORDS);
    app_settle(x);
    assert_http(x, 200);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_addition"), 1);
}

static void guesses_of_others_cost_nobody_a_word(void **state)
{
    struct app *x = *state;
    char digits[25];
    send_tip(x, "narrative=x", digits);
    for (int i = 0; i < 20; i++)
        come_back(x, "482109376650128477193046", "");
    come_back(x, digits, WORDS);
    assert_http(x, 503);
    assert_says(x, "Your words are still here: please press Send again in a minute.");
    assert_words_kept(x, digits);
    come_back(x, digits, "");
    assert_http(x, 503);
    assert_says(x, digits); /* nobody types them twice */
    world_pass(x->keys, 60);
    come_back(x, digits, WORDS);
    app_settle(x);
    assert_http(x, 200);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_addition"), 1);
}

static void words_for_a_number_that_is_gone_stay_on_the_page(void **state)
{
    struct app *x = *state;
    char digits[25];
    send_tip(x, "narrative=x", digits);
    world_pass(x->keys, 181 * 86400);
    come_back(x, digits, WORDS);
    assert_says(x, "We find no answers under this number.");
    assert_words_kept(x, digits);
}

/* --- the same work for every number ---------------------------------------------------------------- */

struct work {
    int64_t asked, statements, posted;
};

static struct work work_of(struct app *x, const char *digits)
{
    int64_t posted = post_waiting(x->services.post);
    world_pass(x->keys, 60); /* lookups are counted by the second */
    struct app_work before = app_work(x);
    come_back(x, digits, "");
    struct app_work after = app_work(x);
    assert_http(x, 200);
    return (struct work){ after.asked - before.asked, after.statements - before.statements,
                          post_waiting(x->services.post) - posted };
}

static void a_hit_a_miss_and_an_expired_number_cost_the_same_calls(void **state)
{
    struct app *x = *state;
    char hit[25], answered[25], expired[25];
    send_tip(x, "narrative=x", expired);
    world_pass(x->keys, 181 * 86400);
    send_tip(x, "narrative=y", hit);
    id tip = send_tip(x, "narrative=z", answered);
    write_reply(x, tip, "thank you");
    (void)work_of(x, hit); /* statements are prepared once */
    struct work found = work_of(x, hit), one = work_of(x, answered), miss = work_of(x, "482109376650128477193046"),
                over = work_of(x, expired);
    assert_int_equal(found.asked, 2); /* locators, then rows: a decoy where there are none */
    assert_int_equal(found.asked, miss.asked);
    assert_int_equal(one.asked, miss.asked);
    assert_int_equal(over.asked, miss.asked);
    assert_true(miss.statements > 0);
    assert_int_equal(found.statements, miss.statements);
    assert_true(one.statements <= miss.statements); /* an opening that failed is one more record */
    assert_int_equal(over.statements, miss.statements);
    assert_int_equal(found.posted, 1); /* a visit lengthens a mailbox that is there; the page already says that it is */
    assert_int_equal(miss.posted + over.posted, 0);
}

static int make_locked_world(void **state)
{
    *state = app_make(false);
    return 0;
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)
    const struct CMUnitTest tests[] = {
        test(a_receipt_opens_exactly_its_own_answers),
        test(what_was_sent_shows_nowhere),
        test(the_number_may_be_typed_with_spaces_and_other_digits),
        test(a_missing_digit_is_said_kindly_and_the_number_stays),
        test(unknown_and_expired_numbers_get_the_same_bytes),
        test(pages_have_few_sizes),
        test(an_answer_goes_thirty_days_after_it_was_first_shown),
        test(an_addition_is_sealed_once_however_often_the_page_is_sent),
        test(sharing_less_deletes_who_told_us_at_once),
        test(an_empty_addition_is_a_field_to_mend),
        test(guesses_of_others_cost_nobody_a_word),
        test(words_for_a_number_that_is_gone_stay_on_the_page),
        test(a_hit_a_miss_and_an_expired_number_cost_the_same_calls),
        cmocka_unit_test_setup_teardown(a_number_is_found_however_often_the_house_was_started, make_locked_world, end_world),
        cmocka_unit_test_setup_teardown(words_to_be_added_stay_on_the_page_while_the_house_is_locked, make_locked_world, end_world),
        cmocka_unit_test_setup_teardown(a_locked_house_says_when_to_come_back, make_locked_world, end_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
