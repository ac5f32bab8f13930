#include "world.h"
#include <stdio.h>

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

/* What a worker would send: the bytes of one real tip, taken off the channel. */
static str caught(struct app *x, const char *body)
{
    uint8_t *to = arena_new(&x->process, uint8_t, 65536);
    ptrdiff_t n;
    app_post(x, "/tip", body);
    assert_int_equal(channel_receive(x->channel[1], to, 65536, 0, &n), OK);
    return (str){ (const char *)to, n };
}

static int64_t still(void)
{
    return 0;
}

static status take(struct app *x, const str *messages, ptrdiff_t n, struct verdict *verdicts, struct accepted *done)
{
    struct acceptor_limits limits = { x->keys->now, still, ACCEPTOR_HOLD_MS };
    return acceptor_take(x->acceptor, &x->process, limits, messages, n, verdicts, done);
}

static void many_tips_are_one_transaction(void **state)
{
    struct app *x = *state;
    for (int i = 0; i < 40; i++) {
        char body[64];
        snprintf(body, sizeof body, "narrative=tip+%d", i);
        app_post(x, "/tip", body);
        assert_true(x->parked);
    }
    assert_int_equal(post_waiting(x->services.post), 40);
    while (post_waiting(x->services.post))
        app_settle(x);
    assert_int_equal(x->taken, 40);
    assert_true(x->commits <= 2); /* one, or two where the channel is full before all are in it */
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 40);
}

static void the_same_tip_twice_in_one_batch_is_stored_once_and_both_hear_the_same(void **state)
{
    struct app *x = *state;
    struct verdict v[2];
    struct accepted done;
    str m = caught(x, "narrative=twice"), messages[] = { m, m };
    assert_int_equal(take(x, messages, 2, v, &done), OK);
    struct submission s;
    assert_true(submission_read(m, &s));
    assert_false(v[0].already);
    assert_true(v[1].already);
    assert_true(str_equal(v[1].answer, s.answer));
    assert_int_equal(done.rows, 1);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
}

static void a_message_of_any_other_shape_is_refused_and_changes_nothing(void **state)
{
    struct app *x = *state;
    struct verdict v;
    struct accepted done;
    struct submission s;
    str good = caught(x, "narrative=cut&consent=share&contact=555-0101");
    char *copy = arena_new(&x->process, char, good.len + 8);
    for (ptrdiff_t n = 0; n < good.len; n++) {
        memcpy(copy, good.at, (size_t)good.len);
        assert_false(submission_read((str){ copy, n }, &s)); /* the head says more */
        if (n < CHANNEL_HEADER)
            continue;
        struct message_head head;
        assert_true(message_head_read(good, &head));
        head.length = (uint32_t)n;
        message_head_write((uint8_t *)copy, head);
        assert_false(submission_read((str){ copy, n }, &s)); /* the head agrees, the body does not */
    }
    memcpy(copy, good.at, (size_t)good.len);
    message_head_write((uint8_t *)copy, (struct message_head){ .type = SUBMIT_TIP, .length = (uint32_t)good.len + 1 });
    str longer = { copy, good.len + 1 };
    assert_int_equal(take(x, &longer, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_BAD);
    memcpy(copy, good.at, (size_t)good.len);
    message_head_write((uint8_t *)copy, (struct message_head){ .type = 77, .length = (uint32_t)good.len });
    str unknown = { copy, good.len };
    assert_int_equal(take(x, &unknown, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_BAD);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip") + app_count(x, "SELECT COUNT(*) FROM idem"), 0);
    assert_int_equal(take(x, &good, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_OK);
}

static void a_day_that_is_not_about_today_is_refused(void **state)
{
    struct app *x = *state;
    struct verdict v;
    struct accepted done;
    str m = caught(x, "narrative=late");
    world_pass(x->keys, 3 * 86400);
    assert_int_equal(take(x, &m, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_BAD);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
}

static void a_taken_name_is_refused_and_leaves_nothing_behind(void **state)
{
    struct app *x = *state;
    struct verdict v;
    struct accepted done;
    struct submission s;
    uint8_t other[16] = { 1 };
    str m = caught(x, "narrative=first");
    assert_int_equal(take(x, &m, 1, &v, &done), OK);
    assert_true(submission_read(m, &s));
    s.idem = other; /* another submission that bears the same tip id */
    str again = submission_write(&x->process, &s);
    assert_int_equal(take(x, &again, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_BAD);
    s.tip = chance_id(&x->chance, x->keys->now * 1000, true); /* and one that bears the same mailbox */
    again = submission_write(&x->process, &s);
    assert_int_equal(take(x, &again, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_BAD);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 1);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM mailbox"), 1);
}

static void an_addition_needs_the_mailbox_of_its_tip(void **state)
{
    struct app *x = *state;
    struct verdict v;
    struct accepted done;
    struct submission s, add;
    uint8_t stranger[16] = { 9 };
    str m = caught(x, "narrative=x");
    assert_int_equal(take(x, &m, 1, &v, &done), OK);
    assert_true(submission_read(m, &s));
    add = (struct submission){ .type = SUBMIT_LESS, .locator = stranger, .tip = s.tip, .day = s.day,
                               .addition = chance_id(&x->chance, x->keys->now * 1000, true) };
    struct ring_key ring;
    assert_int_equal(keeper_ring_key(x->keys->pub, SCOPE_OFFICE, x->keys->office, TIP, &ring), OK);
    add.sealed = envelope_seal(x->services.sealer, 0, &x->process, &ring, TABLE_TIP_ADDITION, add.addition, NULL, 0);
    str message = submission_write(&x->process, &add);
    assert_int_equal(take(x, &message, 1, &v, &done), OK);
    assert_int_equal(v.code, CODE_NONE);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip_addition"), 0);
}

static int64_t hurry_ms;
static int64_t hurry(void)
{
    return hurry_ms += 8;
}

static void the_lock_is_let_go_after_its_time_and_the_rest_waits(void **state)
{
    struct app *x = *state;
    struct verdict v[8];
    struct accepted done;
    str messages[8];
    for (int i = 0; i < 8; i++)
        messages[i] = caught(x, i % 2 ? "narrative=a" : "narrative=b");
    struct acceptor_limits limits = { x->keys->now, hurry, ACCEPTOR_HOLD_MS };
    assert_int_equal(acceptor_take(x->acceptor, &x->process, limits, messages, 8, v, &done), OK);
    assert_in_range(done.taken, 1, 4);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), done.taken);
}

static void a_fault_in_the_middle_keeps_nothing_of_the_batch(void **state)
{
    struct app *x = *state;
    struct verdict v[2];
    struct accepted done;
    str messages[2] = { caught(x, "narrative=a"), caught(x, "narrative=b&consent=share&contact=555-0101") };
    app_break(x, "DROP TABLE tip_source");
    assert_int_equal(take(x, messages, 2, v, &done), FAULT);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 0);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 0);
}

static void the_digest_of_a_commit_is_over_its_rows_in_order(void **state)
{
    struct app *x = *state;
    struct verdict v;
    struct accepted done;
    struct submission s;
    uint8_t rows[64], expected[32];
    str m = caught(x, "narrative=x&consent=share&contact=555-0101");
    assert_int_equal(take(x, &m, 1, &v, &done), OK);
    assert_true(submission_read(m, &s));
    sha256(s.sealed, rows);
    sha256(s.source, rows + 32);
    sha256((str){ (const char *)rows, 64 }, expected);
    assert_int_equal(done.rows, 2);
    assert_memory_equal(done.digest, expected, 32);
}

static void the_sweep_takes_what_has_outlived_its_days_and_no_more(void **state)
{
    struct app *x = *state;
    app_post(x, "/tip", "narrative=x");
    app_settle(x);
    int64_t today = day_of(x->keys->now);
    assert_int_equal(acceptor_sweep(x->acceptor, today + 3), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 1);
    assert_int_equal(acceptor_sweep(x->acceptor, today + 4), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM idem"), 0);
    assert_int_equal(acceptor_sweep(x->acceptor, today + 180), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM mailbox"), 1);
    assert_int_equal(acceptor_sweep(x->acceptor, today + 181), OK);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM mailbox"), 0);
    assert_int_equal(app_count(x, "SELECT COUNT(*) FROM tip"), 1);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)
    const struct CMUnitTest tests[] = {
        test(many_tips_are_one_transaction),
        test(the_same_tip_twice_in_one_batch_is_stored_once_and_both_hear_the_same),
        test(a_message_of_any_other_shape_is_refused_and_changes_nothing),
        test(a_day_that_is_not_about_today_is_refused),
        test(a_taken_name_is_refused_and_leaves_nothing_behind),
        test(an_addition_needs_the_mailbox_of_its_tip),
        test(the_lock_is_let_go_after_its_time_and_the_rest_waits),
        test(a_fault_in_the_middle_keeps_nothing_of_the_batch),
        test(the_digest_of_a_commit_is_over_its_rows_in_order),
        test(the_sweep_takes_what_has_outlived_its_days_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
