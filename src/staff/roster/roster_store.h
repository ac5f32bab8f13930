#ifndef STAFF_ROSTER_ROSTER_STORE_H
#define STAFF_ROSTER_ROSTER_STORE_H
#include "staff/roster/roster.h"

/* As duty_list, but for the names, and of people who have left too. */
status duty_rows(struct db *db, struct arena *a, id office, str duty, int64_t day, int64_t limit, struct duties *out) MUST_CHECK;
#endif
