/* Who is on duty for what in an office. Suggestions come from here, with their reason; nobody is assigned by it. */
#ifndef STAFF_ROSTER_ROSTER_H
#define STAFF_ROSTER_ROSTER_H
#include "lib/store/db.h"

struct duty {
    id office, id, account;
    str duty;                  /* supervisor, intake, investigation, victim_assistance */
    str language;              /* a further language spoken on duty, or empty */
    int64_t from_day, to_day;  /* both inclusive */
    str name, role;            /* of the account; filled by reading */
};
struct duties {
    struct duty *at;
    ptrdiff_t len;
};
enum { DUTIES_MOST = 200 };
/* What one can be on duty for; label is translated. */
struct duty_kind {
    const char *code, *label;
};
extern const struct duty_kind duty_kinds[];
extern const ptrdiff_t duty_kind_count;

status duty_add(struct db *db, const struct duty *d) MUST_CHECK;
status duty_end(struct db *db, id office, id duty, int64_t last_day) MUST_CHECK; /* NOT_FOUND: no such duty here */
/* Duties that hold on that day or later, of people who still work here, by day. duty empty: all. */
status duty_list(struct db *db, struct arena *a, id office, str duty, int64_t day, int64_t limit, struct duties *out) MUST_CHECK;
/* Who of the office is on that duty on that day: one who speaks language first, then who came longest ago. NOT_FOUND: nobody. */
status duty_suggest(struct db *db, struct arena *a, id office, str duty, str language, int64_t day, struct duty *out) MUST_CHECK;
#endif
