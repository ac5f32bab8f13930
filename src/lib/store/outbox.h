/*
 * Effects leave the program only through here: put in the transaction of their cause, so that both happen or
 * neither, and done later by the jobs role. A claim is a lease: a worker that dies loses it by time. Work is
 * done at least once, so what a job does must bear being done twice.
 */
#ifndef LIB_STORE_OUTBOX_H
#define LIB_STORE_OUTBOX_H
#include "lib/store/db.h"

enum {
    OUTBOX_TRIES = 12,           /* then it is parked for a person to look at, and logged */
    OUTBOX_FIRST_WAIT = 60,      /* seconds before the second try; doubles each time */
    OUTBOX_LONGEST_WAIT = 21600, /* seconds */
};
/* tries is also the proof of the lease: who claims anew raises it. */
struct outbox_item {
    id id, about;
    int64_t kind, tries;
};

/* Inside the caller's transaction. row is fresh (chance_id); kind is the caller's own code; about names the row
 * the work is about; due in Unix seconds. */
status outbox_put(struct db *db, id row, int64_t kind, id about, int64_t due) MUST_CHECK;
/* The same, put off until db_settle (lib/store/db.h). */
void outbox_put_later(struct db *db, id row, int64_t kind, id about, int64_t due, int64_t *changed);
/* Takes the longest due item for lease seconds, of any kind but one (0: of any); NOT_FOUND when nothing is due. In its own transaction. */
status outbox_claim(struct db *db, int64_t now, int64_t lease, int64_t but, struct outbox_item *out) MUST_CHECK;
/* The work is done. CONFLICT: the lease was lost meanwhile, somebody else has it. */
status outbox_done(struct db *db, const struct outbox_item *item) MUST_CHECK;
/* It did not work: again later, or never more after OUTBOX_TRIES. CONFLICT as above. */
status outbox_retry(struct db *db, const struct outbox_item *item, int64_t now) MUST_CHECK;
/* Of one kind: the item of it that is due first (NOT_FOUND: none waits), and how many were given up. */
status outbox_find(struct db *db, int64_t kind, struct outbox_item *out, int64_t *due, int64_t *dead) MUST_CHECK;
status outbox_hurry(struct db *db, int64_t kind, int64_t now) MUST_CHECK; /* what waits of a kind is due at once */
status outbox_forget_dead(struct db *db, int64_t kind) MUST_CHECK;        /* those of a kind that were given up: it works again */
status outbox_waiting(struct db *db, int64_t *count) MUST_CHECK; /* all that is not dead, due or not */
status outbox_dead(struct db *db, int64_t *count) MUST_CHECK;
#endif
