#include "intake/acceptor/sweep.h"

enum { DAY = 86400 };

/* How far the wall clock is off a time that was on it when the monotonic clock said ms_then. */
static int64_t off(int64_t wall_then, int64_t ms_then, int64_t now, int64_t ms)
{
    return now - wall_then - (ms - ms_then) / 1000;
}

static bool goes_with(int64_t wall_then, int64_t ms_then, int64_t now, int64_t ms)
{
    int64_t seconds = off(wall_then, ms_then, now, ms);
    return seconds >= -DAY && seconds <= DAY;
}

static bool same_or_next_day(int64_t day, int64_t today)
{
    return today == day || today == day + 1;
}

/* No clock tells how long we were away: a day at most is believed. A house that never looked has nothing to compare with. */
static void start(struct sweep_clock *c, struct sweep_kept *kept, int64_t now, int64_t ms)
{
    int64_t today = day_of(now);
    c->started = true;
    c->believed = !kept->day || same_or_next_day(kept->day, today);
    c->wall = c->believed ? now : kept->day * DAY + DAY / 2;
    c->ms = c->odd_ms = ms;
    c->odd_wall = now;
    if (!same_or_next_day(kept->odd_day, today))
        kept->odd_seconds = 0;
}

bool sweep_believed(const struct sweep_kept *kept, int64_t today)
{
    return kept->day && !kept->odd_day && same_or_next_day(kept->day, today);
}

int64_t sweep_days_off(const struct sweep_clock *c, int64_t now, int64_t ms)
{
    return off(c->wall, c->ms, now, ms) / DAY;
}

bool sweep_look(struct sweep_clock *c, struct sweep_kept *kept, int64_t now, int64_t ms)
{
    if (!c->started)
        start(c, kept, now, ms);
    bool doubted = !c->believed;
    c->believed = goes_with(c->wall, c->ms, now, ms);
    if (!c->believed) {
        bool evenly = doubted && goes_with(c->odd_wall, c->odd_ms, now, ms);
        kept->odd_seconds = evenly ? kept->odd_seconds + (ms - c->odd_ms) / 1000 : 0;
        c->believed = kept->odd_seconds >= SWEEP_DOUBT_SECONDS;
    }
    if (c->believed) {
        c->wall = now;
        c->ms = ms;
        *kept = (struct sweep_kept){ .day = day_of(now) };
    } else {
        c->odd_wall = now;
        c->odd_ms = ms;
        kept->odd_day = day_of(now);
    }
    return c->believed;
}
