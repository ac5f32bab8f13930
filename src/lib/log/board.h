/*
 * Counts that the processes of one house share: a page of memory the supervisor makes and every role maps. Counts only: no id of
 * anybody, no office, no hour. In it also stands how often each key of the API asked in this minute, so that a limit is one limit
 * however many workers answer. Lost with the house, and meant to be.
 */
#ifndef LIB_LOG_BOARD_H
#define LIB_LOG_BOARD_H
#include "lib/base/base.h"

enum board_count {
    BOARD_PUBLIC_2XX, BOARD_PUBLIC_3XX, BOARD_PUBLIC_4XX, BOARD_PUBLIC_5XX, /* answers; one that was parked counts as parked alone */
    BOARD_STAFF_2XX, BOARD_STAFF_3XX, BOARD_STAFF_4XX, BOARD_STAFF_5XX,
    BOARD_PARKED,      /* submissions that were parked since the start */
    BOARD_TIPS,        /* submissions on which the acceptor gave its verdict, after the commit */
    BOARD_ROLE_STARTS, /* roles started, the first time included */
    BOARD_ACCEPTOR_MS, /* monotonic milliseconds when the acceptor last went round; set, not added to */
    BOARD_ENGINE_OPEN, /* 1 while the engine has its keys; set, not added to */
    BOARD_ENGINE_ASKED, /* questions the engine answered since the start */
    BOARD_COUNTS
};

/* A descriptor of a fresh page, for board_open here and in every role; -1: the system gave none. */
int board_make(void);
/* Maps it for the life of the process. -1, or never called: counts go to a page of this process alone. */
void board_open(int fd);
void board_add(enum board_count c, int64_t n);
void board_set(enum board_count c, int64_t n);
int64_t board_read(enum board_count c);

/* One more in this minute of what key may do most times; false when it has done so already. key: bits of its id, any but zero. */
bool board_take(uint64_t key, int64_t minute, int64_t most);
#endif
