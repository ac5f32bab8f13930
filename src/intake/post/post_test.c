/* The post alone: its two rings, its pauses, what it says again. No server, no acceptor, a clock that stands still. */
#include "intake/post/post.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

enum { RING = 4 * ACCEPTOR_MESSAGE_MAX, FLIGHT = 64, SMALL = 64 };

static struct {
    struct post *post;
    int channel[2];
    struct chance chance;
    int64_t ms;
    bool paused, stopped;
    int pauses, fills;
    uint16_t last_code; /* of the verdict that was filled in last */
    uint32_t filled[1 << 16]; /* how often each place was answered */
} x;

static void answer(void *server, struct http_place place, http_filler *fill, void *app, void *detail)
{
    (void)server;
    x.filled[place.slot]++;
    fill(app, NULL, NULL, detail);
}

static void pause_reading(void *server, bool paused)
{
    (void)server;
    assert_true(paused != x.paused);
    x.paused = paused;
    x.pauses++;
}

static void stop(void *server)
{
    (void)server;
    x.stopped = true;
}

static int64_t test_ms(void)
{
    return x.ms;
}

static const struct post_line line = { NULL, answer, pause_reading, stop, test_ms };

static int make(void **state)
{
    (void)state;
    memset(&x, 0, sizeof x);
    x.ms = 1000;
    x.chance = chance_seeded(11);
    must(channel_pair(x.channel) == OK);
    x.post = post_open(x.channel[0], RING, line, &x.chance);
    return 0;
}

static int end(void **state)
{
    (void)state;
    close(x.channel[0]);
    close(x.channel[1]);
    return 0;
}

/* A message that bears its number in every place, so that one that was written over shows. */
static str message_of(uint32_t number, ptrdiff_t n)
{
    static uint8_t at[ACCEPTOR_MESSAGE_MAX];
    message_head_write(at, (struct message_head){ .type = SUBMIT_VISIT, .length = (uint32_t)n });
    for (ptrdiff_t i = CHANNEL_HEADER; i < n; i++)
        at[i] = (uint8_t)(number >> 8 * (i % 4));
    return (str){ (const char *)at, n };
}

static uint32_t number_of(str m)
{
    const uint8_t *at = (const uint8_t *)m.at;
    uint32_t number = 0;
    for (ptrdiff_t i = CHANNEL_HEADER; i < CHANNEL_HEADER + 4; i++)
        number |= (uint32_t)at[i] << 8 * (i % 4);
    for (ptrdiff_t i = CHANNEL_HEADER; i < m.len; i++)
        assert_int_equal(at[i], (uint8_t)(number >> 8 * (i % 4)));
    return number;
}

static void filler(const struct parked *p, const struct verdict *v, struct arena *a, struct http_response *w)
{
    (void)p, (void)a, (void)w;
    x.fills++;
    x.last_code = v->code;
}

static status send_one(uint32_t number, ptrdiff_t n)
{
    return post_send(x.post, (struct http_place){ number, 1 }, message_of(number, n), &(struct parked){ .now = number }, filler);
}

struct taken {
    uint32_t number;
    uint64_t serial;
};

/* What the acceptor would take off its end. False: nothing waits. */
static bool take(struct taken *out)
{
    static uint8_t at[ACCEPTOR_MESSAGE_MAX];
    struct message_head head;
    ptrdiff_t n;
    if (channel_receive(x.channel[1], at, sizeof at, 0, &n) != OK)
        return false;
    str m = { (const char *)at, n };
    assert_true(message_head_read(m, &head));
    *out = (struct taken){ number_of(m), head.serial };
    return true;
}

static void give(uint64_t serial)
{
    uint8_t at[CHANNEL_HEADER];
    message_head_write(at, (struct message_head){ .type = SUBMIT_VISIT, .length = sizeof at, .serial = serial });
    assert_int_equal(channel_send(x.channel[1], (str){ (const char *)at, sizeof at }, 0), OK);
}

static void say_hello(void)
{
    uint8_t at[CHANNEL_HEADER];
    message_head_write(at, (struct message_head){ .type = SUBMIT_HELLO, .length = sizeof at });
    assert_int_equal(channel_send(x.channel[1], (str){ (const char *)at, sizeof at }, 0), OK);
}

static uint32_t draw(uint32_t below)
{
    uint32_t n;
    x.chance.fill(&x.chance, &n, sizeof n);
    return n % below;
}

/* Many turns of the ring, sizes and order of answers by chance: every message whole, every person answered once. */
static void a_ring_that_goes_round_keeps_every_message_whole(void **state)
{
    (void)state;
    struct taken flight[FLIGHT];
    int in_flight = 0;
    uint32_t sent = 0, answered = 0, refused = 0, turns = 0;
    while (answered < 2000) {
        if (sent < 2000 && draw(2)) {
            /* Mostly a tip's few KiB, now and then the largest there is. */
            ptrdiff_t n = draw(20) ? 1000 + draw(60000) : 200000 - draw(2000);
            status s = send_one(sent, n);
            assert_true(s == WAIT || s == BUSY);
            refused += s == BUSY;
            sent += s == WAIT;
        }
        while (in_flight < FLIGHT && take(&flight[in_flight]))
            in_flight++;
        if (in_flight && draw(2)) {
            int k = (int)draw((uint32_t)in_flight);
            give(flight[k].serial);
            flight[k] = flight[--in_flight];
            answered++;
        }
        post_ready(x.post, x.channel[0]);
        assert_true(++turns < 1000000);
    }
    for (uint32_t i = 0; i < sent; i++)
        assert_int_equal(x.filled[i], 1);
    assert_int_equal(x.fills, 2000);
    assert_int_equal(post_waiting(x.post), 0);
    assert_true(x.pauses > 0 && refused > 0); /* it was full, and came back */
    assert_false(x.paused);
}

static void a_full_ring_stops_the_reading_until_there_is_room(void **state)
{
    (void)state;
    uint32_t n = 0;
    struct taken t;
    while (send_one(n, 100000) == WAIT)
        n++;
    assert_int_equal(n, RING / 100000); /* what was read before the pause still fits */
    assert_true(x.paused && !post_has_room(x.post));
    for (uint32_t done = 0; done < n; post_ready(x.post, x.channel[0]))
        for (; take(&t); done++)
            give(t.serial);
    assert_false(x.paused);
    assert_true(post_has_room(x.post));
    assert_int_equal(x.fills, n);
    assert_int_equal(send_one(n, 100000), WAIT);
}

static void a_full_table_stops_the_reading_before_anybody_is_refused(void **state)
{
    (void)state;
    uint32_t n = 0;
    while (!x.paused) {
        assert_int_equal(send_one(n, SMALL), WAIT);
        n++;
    }
    assert_true(n < POST_PARKED_MOST); /* some places are left for what was read already */
    while (send_one(n, SMALL) == WAIT)
        n++;
    assert_int_equal(n, POST_PARKED_MOST);
}

static void what_nobody_answered_for_ten_seconds_is_said_again_and_answered_once(void **state)
{
    (void)state;
    struct taken first, again;
    assert_int_equal(send_one(7, 1000), WAIT);
    assert_true(take(&first));
    x.ms += POST_AGAIN_MS;
    post_ready(x.post, -1);
    assert_false(take(&again)); /* ten seconds are not over */
    x.ms += 1;
    post_ready(x.post, x.channel[0]);
    assert_false(take(&again)); /* a verdict's wake is no tick */
    post_ready(x.post, -1);
    assert_true(take(&again));
    assert_int_equal(again.number, 7);
    assert_true(again.serial == first.serial);
    post_ready(x.post, -1);
    assert_false(take(&again)); /* another ten seconds from here */
    give(first.serial);
    give(first.serial);
    post_ready(x.post, x.channel[0]);
    assert_int_equal(x.filled[7], 1);
    x.ms += 2 * POST_AGAIN_MS;
    post_ready(x.post, -1);
    assert_false(take(&again));
}

static void whoever_hears_nothing_for_half_a_minute_is_told_so_and_the_next_is_served(void **state)
{
    (void)state;
    struct taken first, next;
    assert_int_equal(send_one(7, 1000), WAIT);
    assert_true(take(&first));
    x.ms += POST_GIVE_UP_MS;
    assert_int_equal(send_one(8, 1000), WAIT);
    post_ready(x.post, -1);
    assert_int_equal(x.filled[7], 0); /* half a minute is not over */
    x.ms += 1;
    post_ready(x.post, -1);
    assert_int_equal(x.filled[7], 1);
    assert_int_equal(x.last_code, CODE_STORE);
    assert_int_equal(x.filled[8], 0);
    assert_int_equal(post_waiting(x.post), 1);
    while (take(&next) && next.number != 8)
        continue;
    give(first.serial); /* too late: it answers nobody */
    give(next.serial);
    post_ready(x.post, x.channel[0]);
    assert_int_equal(x.filled[7], 1);
    assert_int_equal(x.filled[8], 1);
    assert_int_equal(x.last_code, CODE_OK);
}

static void a_new_acceptor_hears_in_order_all_that_is_open_and_nothing_else(void **state)
{
    (void)state;
    struct taken t[5], again;
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(send_one(i, 1000), WAIT);
        assert_true(take(&t[i]));
    }
    give(t[1].serial);
    give(t[3].serial);
    say_hello();
    post_ready(x.post, x.channel[0]);
    for (uint32_t i = 0; i < 5; i += 2) {
        assert_true(take(&again));
        assert_int_equal(again.number, i);
        assert_true(again.serial == t[i].serial);
    }
    assert_false(take(&again));
    assert_int_equal(x.fills, 2);
    assert_int_equal(post_waiting(x.post), 5); /* the first is open: its bytes hold the place */
    give(t[0].serial);
    post_ready(x.post, x.channel[0]);
    assert_int_equal(post_waiting(x.post), 3);
}

static void a_verdict_meant_for_a_predecessor_answers_nobody(void **state)
{
    (void)state;
    struct taken t;
    give(5); /* lies in the channel before the successor opens its post */
    x.post = post_open(x.channel[0], RING, line, &x.chance);
    assert_int_equal(send_one(1, 1000), WAIT);
    assert_true(take(&t));
    give(t.serial + 1);
    give(t.serial - 1);
    give(5);
    post_ready(x.post, x.channel[0]);
    assert_int_equal(x.fills, 0);
    give(t.serial);
    post_ready(x.post, x.channel[0]);
    assert_int_equal(x.fills, 1);
}

static void what_nobody_waits_for_is_sent_without_an_answer(void **state)
{
    (void)state;
    struct taken t;
    post_tell(x.post, message_of(3, 1000));
    assert_true(take(&t));
    give(t.serial);
    post_ready(x.post, x.channel[0]);
    assert_int_equal(x.fills, 0);
    assert_int_equal(post_waiting(x.post), 0);
}

static void a_closed_channel_ends_the_worker(void **state)
{
    (void)state;
    close(x.channel[1]);
    post_ready(x.post, x.channel[0]);
    assert_true(x.stopped);
    x.channel[1] = dup(x.channel[0]);
}

/* Anything that is neither a verdict nor silence ends it as well: a wake that never ends would be worse. */
static void a_broken_channel_ends_the_worker(void **state)
{
    (void)state;
    int other[2];
    must(pipe(other) == 0);
    x.post = post_open(other[0], RING, line, &x.chance);
    post_ready(x.post, other[0]);
    assert_true(x.stopped);
    close(other[0]);
    close(other[1]);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, make, end)
    const struct CMUnitTest tests[] = {
        test(a_ring_that_goes_round_keeps_every_message_whole),
        test(a_full_ring_stops_the_reading_until_there_is_room),
        test(a_full_table_stops_the_reading_before_anybody_is_refused),
        test(what_nobody_answered_for_ten_seconds_is_said_again_and_answered_once),
        test(whoever_hears_nothing_for_half_a_minute_is_told_so_and_the_next_is_served),
        test(a_new_acceptor_hears_in_order_all_that_is_open_and_nothing_else),
        test(a_verdict_meant_for_a_predecessor_answers_nobody),
        test(what_nobody_waits_for_is_sent_without_an_answer),
        test(a_closed_channel_ends_the_worker),
        test(a_broken_channel_ends_the_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
