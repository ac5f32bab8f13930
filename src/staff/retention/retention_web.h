/* The page of what is kept how long, as the packs say it: for everybody who works here, to read. */
#ifndef STAFF_RETENTION_RETENTION_WEB_H
#define STAFF_RETENTION_RETENTION_WEB_H
#include "lib/web/api.h"
#include "staff/page/page.h"

struct retention_row {
    str label, reasons, starts;  /* reasons: in words, of the closings that it is for; empty: all others */
    int64_t years, days;         /* one of them; both 0: not ended, or with what it belongs to */
    bool with_owner, law, fixed, confirmed;
    str rule, basis;             /* rule: the pack's own words, which are not translated */
    bool counted;                /* what the reader has anyhow of this, and how much of it ends next month */
    int64_t ending;
};
struct retention_rows {
    struct retention_row *at;
    ptrdiff_t len;
};
struct retention_page {
    struct staff_page page;
    struct retention_rows rows;
    bool counted;                /* of one row at least */
    str from, until, next;       /* the month that is counted; the next rows, or empty */
    str nodes;                   /* which machines are waited for, in a house with several */
    str waits;                   /* since which day something erased waits for the index to forget it; empty: nothing */
};
extern const struct routes retention_routes;
#endif
