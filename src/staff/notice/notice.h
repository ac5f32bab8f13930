/*
 * Notices: what a person should look at next, whatever tab is open. Made by the jobs role from the
 * outbox, one row a person, carrying no content. Seen when the person opens what it is about.
 */
#ifndef STAFF_NOTICE_NOTICE_H
#define STAFF_NOTICE_NOTICE_H
#include "lib/store/db.h"

/* One for every active account of the office whose role may read tips; doing it twice changes nothing. */
status notice_urgent_tip(struct db *db, struct arena *a, id cause, id office, id tip, int64_t day) MUST_CHECK;
status notice_count(struct db *db, id account, int64_t *unseen) MUST_CHECK;
status notice_seen(struct db *db, id account, id about) MUST_CHECK;
status notice_seen_by_all(struct db *db, id about) MUST_CHECK; /* it is closed, or elsewhere: nobody need look */
#endif
