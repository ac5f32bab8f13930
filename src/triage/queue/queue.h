/* Filters of the queue that a person keeps under a name. The name stands in clear: no names of people belong in it. */
#ifndef TRIAGE_QUEUE_QUEUE_H
#define TRIAGE_QUEUE_QUEUE_H
#include "lib/store/db.h"

enum { QUEUE_FILTERS_MOST = 20, QUEUE_FILTER_NAME_MOST = 40 };
struct queue_filter {
    str name, query; /* what stands behind /queue? */
};
struct queue_filters {
    struct queue_filter *at;
    ptrdiff_t len;
};
/* A name that is there already gets the new query. */
status queue_filter_put(struct db *db, id account, const struct queue_filter *f) MUST_CHECK;
status queue_filter_delete(struct db *db, id account, str name) MUST_CHECK; /* OK also when it was not there */
/* By name, QUEUE_FILTERS_MOST at most. */
status queue_filter_list(struct db *db, struct arena *a, id account, struct queue_filters *out) MUST_CHECK;
/* A tip that waits, and until which minute; INT64_MAX: it has no deadline. */
struct queue_due {
    id tip;
    int priority;
    int64_t due_minute;
};
/* Of the open tips that nobody works on, up to that urgency: the most urgent, of those what is due first. NOT_FOUND: there is none. */
status queue_first_unowned(struct db *db, id office, int priority, struct queue_due *out) MUST_CHECK;
/* Of the tips given to assignee, open or closed, on which that clock runs. */
status queue_first_of_clock(struct db *db, id office, id assignee, str code, struct queue_due *out) MUST_CHECK;
/* Of the open tips with a deadline before that minute. */
status queue_first_late(struct db *db, id office, int64_t minute, struct queue_due *out) MUST_CHECK;
#endif
