/*
 * Deadlines that start by themselves: which clocks an event starts, when each is due, whom it reminds on the way. The pack says all
 * of it; here is the arithmetic. Time is UTC, so no clock jumps when a country changes its hour.
 *
 * A clock in minutes or hours is due that long after the event, to the minute. A clock in days is due at the end of its last day
 * (23:59 UTC): the minute in clear then tells nothing of when somebody wrote. Business days leave out Saturdays, Sundays and
 * the holidays and closures of the pack's calendar.
 */
#ifndef COMMON_CLOCK_CLOCK_H
#define COMMON_CLOCK_CLOCK_H
#include "common/condition/condition.h"
#include "common/pack/pack.h"

enum { CLOCK_MOST_STARTED = 16, CLOCK_NEVER = -1 };

struct clock_rule {
    struct condition condition; /* no steps: always */
    str code, label, trigger, stop_event;
    int64_t amount;             /* minutes, or days when in_days */
    bool in_days, business_days;
};
struct clock_step_rule {
    str clock, to_role, action;
    int64_t seq, amount;
    bool in_days;
};
/* Compiled once when a worker starts; text points into the pack. */
struct pack_clocks {
    struct clock_rule *clocks;
    struct clock_step_rule *steps;
    int64_t *holidays; /* days, ascending */
    ptrdiff_t clock_count, step_count, holiday_count;
};
/* INVALID: a condition of the pack does not read. */
status clocks_compile(struct arena *a, const struct pack *p, int64_t day, struct pack_clocks *out) MUST_CHECK;
const struct clock_rule *clock_find(const struct pack_clocks *c, str code); /* NULL when unknown */

/* Minute (since 1970, UTC) when a clock started at now (Unix seconds) is due; CLOCK_NEVER: no such clock. */
int64_t clock_due(const struct pack_clocks *c, str code, int64_t now);

/* What an event starts. Data, so that the public worker can compute it and the acceptor keep it. */
struct clock_start {
    str code;
    int64_t due_minute;
};
struct clock_starts {
    struct clock_start at[CLOCK_MOST_STARTED];
    ptrdiff_t len;
};
/* Adds the clocks that trigger starts under these facts; one that stands in the list already is not added again. */
void clocks_started(const struct pack_clocks *c, str trigger, const struct facts *f, int64_t now, struct clock_starts *out);
/* All that a new tip starts: by its priority (facts of urgency_of), by who is in it, and by the alert to a supervisor. */
void clocks_of_tip(const struct pack_clocks *c, const struct facts *f, bool alert, int64_t now, struct clock_starts *out);

struct clock {
    id root;
    str code;
    int64_t run;         /* which time it runs on this root, from 1 */
    int64_t started_day;
    int64_t due_minute;  /* CLOCK_NEVER once stopped */
    int64_t stopped_day; /* PACK_NO_DAY while it runs */
};
struct clocks {
    struct clock *at;
    ptrdiff_t len;
};
struct clock_step {
    int64_t seq, minute; /* when to act */
    str to_role, action; /* remind, alert, page, ...: none sends data outside by itself */
};
struct clock_steps {
    struct clock_step *at;
    ptrdiff_t len;
};
/* The steps of a running clock in order of time; none for a stopped or unknown one. */
struct clock_steps clock_steps_of(const struct pack_clocks *c, struct arena *a, const struct clock *clock);

/* Starts a clock. One that runs already keeps its deadline: OK, nothing changes. Inside the caller's transaction. */
status clock_start(struct db *db, id root, struct clock_start start, int64_t started_day) MUST_CHECK;
/* The first of a root that is new in this transaction, put off until db_settle (lib/store/db.h). */
void clock_start_first(struct db *db, id root, struct clock_start start, int64_t started_day, int64_t *changed);
/* The event happened: every running clock of root with that code stops. NOT_FOUND: none ran. */
status clock_stop(struct db *db, id root, str code, int64_t day) MUST_CHECK;
/* The same for all clocks that wait for event. OK also when none ran. */
status clock_event(struct db *db, const struct pack_clocks *c, id root, str event, int64_t day) MUST_CHECK;
/* Clocks of one root, the running ones first. */
status clock_list_of(struct db *db, struct arena *a, id root, int64_t limit, struct clocks *out) MUST_CHECK;
/* Running clocks due up to that minute, earliest first, after the last of the page before (NULL: from the start). */
status clock_list_due(struct db *db, struct arena *a, int64_t until_minute, const struct clock *after, int64_t limit,
                      struct clocks *out) MUST_CHECK;
/* How many run that were due by that minute, of the whole house. */
status clock_count_due(struct db *db, int64_t until_minute, int64_t *count) MUST_CHECK;
#endif
