/*
 * Work that one process does at a time, whatever machine it is on, and that is no row of the outbox: it is somebody's until a second, and again as
 * long as they ask. Who dies loses it by time. Two machines' clocks may differ by less than the lease: what must not be done twice has its own guard too.
 */
#ifndef LIB_STORE_LEASE_H
#define LIB_STORE_LEASE_H
#include "lib/store/db.h"

/* OK: it is the holder's for so many seconds from now. BUSY: somebody else has it. In its own transaction. */
status lease_take(struct db *db, str name, int64_t holder, int64_t now, int64_t seconds) MUST_CHECK;
#endif
