/* Retention as the jobs role does it. */
#ifndef APP_JOBS_KEEP_H
#define APP_JOBS_KEEP_H
#include "common/keep/keep.h"

struct jobs_keep {             /* starts all zero but for engine */
    struct engine_client *engine;
    int64_t forget_ms, forget_told_ms; /* the engine is not asked before the one, and a failure not told again before the other */
    int64_t next_ms;           /* not before, of the monotonic clock */
    int64_t months_day;        /* on which the months of the offices were looked at last: each day once, for it may read every tip */
};
/*
 * When it is due, a part of the sweep; the rest at the next call. Nothing by a clock that is not believed, nor in a locked house: tried
 * again in a minute. What could not be done is an event of the log; FAULT: the database is broken, and the role must end.
 */
status jobs_keep(struct jobs_keep *state, struct db *db, struct keeper *keeper, struct arena a, int64_t now, int64_t ms) MUST_CHECK;
/* What was erased and is to be forgotten by the index: at each turn, or after some seconds when that could not be done. FAULT: as above. */
status jobs_forget(struct jobs_keep *state, struct db *db, struct keeper *keeper, int64_t ms) MUST_CHECK;
#endif
