/*
 * For the tests of the engine SQLite alone: calls of the system and of SQLite itself that fail when told. They stand in the program in the place
 * of the real ones, so they are linked with that program and no other.
 */
#ifndef LIB_STORE_FAULTY_CALLS_H
#define LIB_STORE_FAULTY_CALLS_H
#include "lib/base/base.h"

/* The count-th call of a kind (1 = the next one; 0 = never) fails. */
struct faulty_calls {
    int open_fails, fsync_fails; /* EIO */
    int memory_fails;  /* SQLite finds none */
    int refused, mute; /* a setting (SQLITE_DBCONFIG_*) that SQLite does not know; that it knows and does not take */
};
extern struct faulty_calls faulty_calls;
/* Before anything of SQLite is used: its memory comes through us from now on. */
void faulty_calls_use(void);
#endif
