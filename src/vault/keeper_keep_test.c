/* Rings that end because their time is over, and holds that stop it; in process, with a clock that stands still. */
#include "keeper_world.h"

enum { DAY = 86400 };

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

/* A case of the supervisor with one row in it. */
struct kept_case {
    id scope, ring;
    struct row row;
};

static struct kept_case open_case(struct world *x, uint8_t n)
{
    struct kept_case c = { .scope = { { 0xca, 0x5e, n } } };
    assert_int_equal(world_make_ring(x, world_in(x, SAM).token, SCOPE_CASE, c.scope, CASE, &c.ring), OK);
    c.row = world_seal(x, SCOPE_CASE, c.scope, CASE, "an invented case");
    return c;
}

static struct keep_answer expire(struct world *x, const struct kept_case *c)
{
    struct keep_answer a;
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &(struct expire_ask){ SCOPE_CASE, c->scope, CASE, 0 }, &a), OK);
    return a;
}

static struct expire_ask pages(struct world *x, uint32_t epoch)
{
    return (struct expire_ask){ SCOPE_OFFICE, x->office, TIP, epoch };
}

static enum keep_state expire_pages(struct world *x, uint32_t epoch)
{
    struct expire_ask ask = pages(x, epoch);
    struct keep_answer a;
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &ask, &a), OK);
    return a.state;
}

static status set_hold(struct world *x, enum someone who, id ring, uint8_t n, uint32_t epoch, int days)
{
    struct hold_act act = { .token = world_in(x, who).token, .ring = ring, .hold = { { 0x40, n } }, .about = { { 0xab } }, .epoch = epoch,
                            .until_day = (uint32_t)(day_of(x->now) + days), .reason = "court order" };
    return keeper_hold(x->staff, &act);
}

static status lift(struct world *x, enum someone who, enum someone second, uint8_t n)
{
    struct hold_act act = { .token = world_in(x, who).token, .hold = { { 0x40, n } }, .about = { { 0xab } }, .reason = "order ended" };
    if (second != PEOPLE)
        act.second = world_in(x, second).token;
    return keeper_lift(x->staff, &act);
}

static int64_t records(struct world *x, int action)
{
    char text[96];
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'%02x'", action);
    return world_count(x, text);
}

/* Nobody signs in meanwhile: sessions of the world live a day, and this lasts longer. */
static void a_ring_is_destroyed_after_it_was_told_and_not_before(void **state)
{
    struct world *x = *state;
    struct kept_case c = open_case(x, 1), other = open_case(x, 2);
    struct keep_answer a = expire(x, &c);
    assert_int_equal(a.state, KEEP_TOLD);
    assert_int_equal(a.day, day_of(x->now) + NOTICE_DAYS);
    for (int i = 1; i < NOTICE_DAYS; i++) {
        world_pass(x, DAY);
        assert_int_equal(expire(x, &c).state, KEEP_TOLD);
    }
    assert_int_equal(world_open(x, world_in(x, SAM).token, &c.row), CODE_OK);
    assert_int_equal(records(x, ACT_TELL), 1); /* once, however often it was asked */
    world_pass(x, DAY);
    assert_int_equal(expire(x, &c).state, KEEP_GONE);
    assert_int_equal(records(x, ACT_SHRED), 1);
    token sam = world_in(x, SAM).token;
    assert_int_equal(world_open(x, sam, &c.row), CODE_NONE);
    assert_int_equal(world_open(x, sam, &other.row), CODE_OK); /* the control */
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_expiry"), 0);
}

static void what_was_taken_back_is_told_anew(void **state)
{
    struct world *x = *state;
    struct kept_case c = open_case(x, 1);
    struct keep_answer a;
    expire(x, &c);
    world_pass(x, 2 * NOTICE_DAYS * DAY);
    assert_int_equal(keeper_expire(x->jobs, EXPIRE_NOT, &(struct expire_ask){ SCOPE_CASE, c.scope, CASE, 0 }, &a), OK);
    assert_int_equal(expire(x, &c).state, KEEP_TOLD);
    assert_int_equal(records(x, ACT_TELL), 3);
    assert_int_equal(world_open(x, world_in(x, SAM).token, &c.row), CODE_OK);
}

/* Of an office only months that are over; the house's own rings never; and nobody but the jobs role asks. */
static void only_what_may_end_ends(void **state)
{
    struct world *x = *state;
    struct keep_answer a;
    id tips = world_ring_of(x, TIP);
    struct row old = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct expire_ask whole = pages(x, 0), now = pages(x, 1), log = { SCOPE_INSTALLATION, x->core->anchor.install, AUDIT, 0 };
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &whole, &a), NOT_FOUND);
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &now, &a), NOT_FOUND); /* the page that is written on */
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &log, &a), NOT_FOUND);
    assert_int_equal(keeper_expire(x->staff, EXPIRE, &now, &a), INVALID);
    assert_int_equal(keeper_expire(x->acceptor, EXPIRE, &now, &a), INVALID);
    assert_int_equal(expire(x, &(struct kept_case){ .scope = { { 9 } } }).state, KEEP_GONE); /* there is none */
    assert_int_equal(world_ring(x, RING_ROTATE, world_in(x, SAM).token, tips, PEOPLE, NULL), OK);
    struct row fresh = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented newer tip");
    assert_int_equal(expire_pages(x, 1), KEEP_TOLD);
    world_pass(x, NOTICE_DAYS * DAY);
    assert_int_equal(expire_pages(x, 1), KEEP_GONE);
    token lin = world_in(x, LIN).token;
    assert_int_equal(world_open(x, lin, &old), CODE_NONE);
    assert_int_equal(world_open(x, lin, &fresh), CODE_OK);
}

static void nothing_ends_by_a_clock_that_jumped(void **state)
{
    struct world *x = *state;
    struct kept_case c = open_case(x, 1);
    struct keep_answer a;
    expire(x, &c);
    core_set_time(x->core, x->now + 400 * (int64_t)DAY, x->now);
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &(struct expire_ask){ SCOPE_CASE, c.scope, CASE, 0 }, &a), BUSY);
    core_set_time(x->core, x->now - 400 * (int64_t)DAY, x->now);
    assert_int_equal(keeper_expire(x->jobs, EXPIRE, &(struct expire_ask){ SCOPE_CASE, c.scope, CASE, 0 }, &a), BUSY);
    core_set_time(x->core, x->now, x->now);
    assert_int_equal(world_open(x, world_in(x, SAM).token, &c.row), CODE_OK);
    world_pass(x, 400 * (int64_t)DAY); /* the control: the same day, reached evenly */
    assert_int_equal(expire(x, &c).state, KEEP_GONE);
}

static void a_held_ring_is_destroyed_by_nobody_until_its_day(void **state)
{
    struct world *x = *state;
    struct kept_case c = open_case(x, 1);
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 0, 100), OK);
    assert_int_equal(records(x, ACT_HOLD), 1);
    int64_t last = day_of(x->now) + 100;
    assert_int_equal(expire(x, &c).state, KEEP_HELD);
    struct ring_act act = { .token = world_in(x, SAM).token, .second = world_in(x, CAM).token, .ring = c.ring };
    struct ring_done done;
    assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), NOT_FOUND); /* nor by two persons */
    world_pass(x, 100 * (int64_t)DAY);
    struct keep_answer a = expire(x, &c);
    assert_int_equal(a.state, KEEP_HELD); /* that day included */
    assert_int_equal(a.day, last);
    world_pass(x, DAY);
    assert_int_equal(expire(x, &c).state, KEEP_TOLD); /* it ended by itself; what follows is told first */
    act.token = world_in(x, SAM).token;
    act.second = world_in(x, CAM).token;
    assert_int_equal(keeper_ring(x->staff, RING_SHRED, &act, &done), OK);
    assert_int_equal(world_count(x, "SELECT count(*) FROM ring_hold"), 0);
}

static void a_hold_is_set_by_a_member_for_longer_only_and_lifted_by_two(void **state)
{
    struct world *x = *state;
    struct kept_case c = open_case(x, 1);
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 0, 0), INVALID);
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 0, HOLD_DAYS_MOST + 1), INVALID);
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 2, 50), INVALID); /* no such epoch */
    assert_int_equal(set_hold(x, IVY, c.ring, 1, 0, 50), NOT_FOUND); /* not on the case */
    assert_int_equal(set_hold(x, LIN, world_ring_of(x, TIP), 1, 1, 50), NOT_FOUND); /* no power */
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 0, 50), OK);
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 0, 60), OK);
    assert_int_equal(set_hold(x, SAM, c.ring, 1, 0, 40), INVALID);
    assert_int_equal(lift(x, SAM, PEOPLE, 1), NOT_FOUND);
    assert_int_equal(lift(x, SAM, SAM, 1), NOT_FOUND);
    assert_int_equal(lift(x, SAM, LIN, 1), NOT_FOUND);
    assert_int_equal(lift(x, IVY, CAM, 1), NOT_FOUND);
    assert_int_equal(lift(x, SAM, CAM, 2), NOT_FOUND);
    assert_int_equal(expire(x, &c).state, KEEP_HELD);
    assert_int_equal(lift(x, SAM, CAM, 1), OK);
    assert_int_equal(records(x, ACT_LIFT), 1);
    assert_int_equal(expire(x, &c).state, KEEP_TOLD);
}

/* A tip under hold keeps its month and all later ones; the months before it may go. */
static void a_hold_on_an_epoch_keeps_it_and_what_came_later(void **state)
{
    struct world *x = *state;
    id tips = world_ring_of(x, TIP);
    for (int i = 0; i < 3; i++)
        assert_int_equal(world_ring(x, RING_ROTATE, world_in(x, SAM).token, tips, PEOPLE, NULL), OK);
    assert_int_equal(set_hold(x, SAM, tips, 1, 2, 50), OK);
    assert_int_equal(expire_pages(x, 1), KEEP_TOLD);
    assert_int_equal(expire_pages(x, 2), KEEP_HELD);
    assert_int_equal(expire_pages(x, 3), KEEP_HELD);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(a_ring_is_destroyed_after_it_was_told_and_not_before),
        HOUSE(what_was_taken_back_is_told_anew),
        HOUSE(only_what_may_end_ends),
        HOUSE(nothing_ends_by_a_clock_that_jumped),
        HOUSE(a_held_ring_is_destroyed_by_nobody_until_its_day),
        HOUSE(a_hold_is_set_by_a_member_for_longer_only_and_lifted_by_two),
        HOUSE(a_hold_on_an_epoch_keeps_it_and_what_came_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
