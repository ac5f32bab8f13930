/*
 * Sending a tip to the office whose area it is. The keys go with it: the key of every row is boxed again to the rings of the other
 * office, and from then on the tip is not at this office. What this office read stays read; what it holds keys for it no longer finds.
 */
#ifndef TRIAGE_ROUTE_ROUTE_H
#define TRIAGE_ROUTE_ROUTE_H
#include "directory/office/office.h"
#include "lib/web/web.h"

enum { ROUTE_ROWS_MOST = 2000 };

/* Where a tip should go by what a person typed of its place. */
struct route_place {
    str state, county, postal;
};
struct route_advice {
    bool found, disputed;
    str code, area;        /* of the office; the area's name: "Georgia" */
    struct office office;  /* of that code in this house; its id is zero when the house does not have it */
};
/* state: a code or a name; county: FIPS or a name; postal: its first three digits count. */
status route_advise(struct request *r, const struct route_place *place, struct route_advice *out) MUST_CHECK;

struct route_order {
    const struct office *to;
    str reason;            /* sealed; may be empty when the advice is followed */
    const struct route_advice *advice;
};
/*
 * Moves the tip of r->id from the caller's office, with all that hangs on it. NOT_FOUND: it is not here, or the caller lacks its
 * key or that of who told us. INVALID: the other office has no ring that is needed. LIMIT: it has more than ROUTE_ROWS_MOST rows.
 * CONFLICT: it was being written to all the while.
 */
status route_tip(struct request *r, const struct route_order *order) MUST_CHECK;
#endif
