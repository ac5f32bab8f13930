#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "intake/acceptor/sweep.h"

enum { HOUR = 3600, DAY = 86400, NOON = 1790000000 / DAY * DAY + DAY / 2 };

/* A machine: its two clocks, the process on it, and what lies on its disk. */
struct machine {
    int64_t now, ms;
    struct sweep_clock clock;
    struct sweep_kept kept;
};

static struct machine machine(void)
{
    return (struct machine){ .now = NOON, .ms = 5000 };
}

static bool look(struct machine *m)
{
    return sweep_look(&m->clock, &m->kept, m->now, m->ms);
}

static bool hour_later(struct machine *m)
{
    m->now += HOUR;
    m->ms += HOUR * 1000;
    return look(m);
}

static void restart(struct machine *m, int64_t away)
{
    m->now += away;
    m->ms = 7000;
    m->clock = (struct sweep_clock){ 0 };
}

static void a_clock_that_goes_evenly_is_believed_for_ever(void **state)
{
    (void)state;
    struct machine m = machine();
    assert_true(look(&m));
    for (int i = 0; i < 400 * 24; i++)
        assert_true(hour_later(&m));
    m.now -= 20 * HOUR; /* set right by less than a day */
    assert_true(hour_later(&m));
    assert_int_equal(m.kept.day, m.now / DAY);
}

static void a_jump_of_more_than_a_day_either_way_is_not_believed(void **state)
{
    (void)state;
    static const int64_t jumps[] = { 25 * HOUR, 400 * (int64_t)DAY, -25 * HOUR, -400 * (int64_t)DAY };
    for (int i = 0; i < (int)(sizeof jumps / sizeof *jumps); i++) {
        struct machine m = machine();
        assert_true(look(&m));
        int64_t believed = m.kept.day;
        m.now += jumps[i];
        assert_int_equal(sweep_believed(&m.kept, m.now / DAY), jumps[i] == 25 * HOUR); /* nobody has looked yet: the next day is no jump */
        for (int k = 0; k < 20; k++) {
            assert_false(hour_later(&m));
            assert_false(sweep_believed(&m.kept, m.now / DAY));
        }
        assert_int_equal(m.kept.day, believed);
        m.now -= jumps[i]; /* put right again: nothing had happened */
        assert_true(hour_later(&m));
        assert_true(sweep_believed(&m.kept, m.now / DAY));
        assert_true(sweep_believed(&m.kept, m.now / DAY + 1));
        assert_false(sweep_believed(&m.kept, m.now / DAY + 2)); /* the acceptor looks each hour: it is not there */
    }
    assert_false(sweep_believed(&(struct sweep_kept){ 0 }, NOON / DAY));
}

static void a_jump_says_by_how_many_days(void **state)
{
    (void)state;
    struct machine m = machine();
    assert_true(look(&m));
    m.now += 400 * (int64_t)DAY;
    assert_int_equal(sweep_days_off(&m.clock, m.now, m.ms), 400);
    assert_false(look(&m));
    assert_int_equal(sweep_days_off(&m.clock, m.now, m.ms), 400);
}

static void a_new_time_that_goes_evenly_for_a_day_is_believed(void **state)
{
    (void)state;
    struct machine m = machine();
    assert_true(look(&m));
    m.now += 40 * DAY;
    assert_false(look(&m));
    for (int i = 0; i < 23; i++)
        assert_false(hour_later(&m));
    m.now += 40 * DAY; /* and once more: the day begins anew */
    for (int i = 0; i < 24; i++)
        assert_false(hour_later(&m));
    assert_true(hour_later(&m));
    assert_int_equal(m.kept.odd_seconds, 0);
}

static void a_restart_within_a_day_is_believed_and_a_longer_absence_is_not(void **state)
{
    (void)state;
    struct machine m = machine();
    assert_true(look(&m));
    restart(&m, 0);
    assert_true(look(&m));
    restart(&m, DAY);
    assert_true(look(&m));
    restart(&m, 3 * DAY);
    assert_false(look(&m));
    assert_false(hour_later(&m));
    restart(&m, -3 * DAY);
    assert_true(look(&m)); /* the clock of the battery was wrong, and is right now */
    restart(&m, -40 * (int64_t)DAY);
    assert_false(look(&m));
}

/* Starting again and again wears no doubt out, and the hours that were awake count together. */
static void doubt_survives_restarts(void **state)
{
    (void)state;
    struct machine m = machine();
    assert_true(look(&m));
    m.now += 400 * (int64_t)DAY;
    for (int i = 0; i < 100; i++) {
        restart(&m, 60);
        assert_false(look(&m));
    }
    for (int i = 0; i < 2; i++) { /* eight hours a day */
        for (int k = 0; k < 8; k++)
            assert_false(hour_later(&m));
        restart(&m, 16 * HOUR);
        assert_false(look(&m));
    }
    for (int k = 0; k < 7; k++)
        assert_false(hour_later(&m));
    assert_true(hour_later(&m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_that_goes_evenly_is_believed_for_ever),
        cmocka_unit_test(a_jump_of_more_than_a_day_either_way_is_not_believed),
        cmocka_unit_test(a_jump_says_by_how_many_days),
        cmocka_unit_test(a_new_time_that_goes_evenly_for_a_day_is_believed),
        cmocka_unit_test(a_restart_within_a_day_is_believed_and_a_longer_absence_is_not),
        cmocka_unit_test(doubt_survives_restarts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
