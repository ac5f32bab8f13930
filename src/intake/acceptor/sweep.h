/*
 * When what has outlived its days may be forgotten for good: only by a wall clock that is to be believed (docs/keys.md 9,
 * "clock jumps"). It is believed as long as it goes with the monotonic clock; after a jump of more than a day only when it
 * came back, or has gone evenly for a day, in which people can see the alarm. No input or output here.
 */
#ifndef INTAKE_ACCEPTOR_SWEEP_H
#define INTAKE_ACCEPTOR_SWEEP_H
#include "lib/base/base.h"

/* What outlives a restart, in whole days: the last day that was believed (0: none yet), and the doubted time since. */
struct sweep_kept {
    int64_t day;
    int64_t odd_day, odd_seconds; /* last seen in doubt, and for how long it had gone evenly; zero when there is no doubt */
};
/* Of one process; starts all zero. Unix seconds and milliseconds of the monotonic clock. */
struct sweep_clock {
    bool started, believed;
    int64_t wall, ms;         /* the last look that was believed */
    int64_t odd_wall, odd_ms; /* the last look that was not */
};
enum { SWEEP_DOUBT_SECONDS = 86400 };

/* A look at both clocks: may things be forgotten by this one? kept is changed and is to be stored, whatever the answer. */
bool sweep_look(struct sweep_clock *c, struct sweep_kept *kept, int64_t now, int64_t ms);
/* What the last look that was kept says of today: it was believed, and this is its day or the next. For who has no clock of their own. */
bool sweep_believed(const struct sweep_kept *kept, int64_t today);
/* By how many days the wall clock is off what was to be expected: for the alarm. */
int64_t sweep_days_off(const struct sweep_clock *c, int64_t now, int64_t ms);
#endif
