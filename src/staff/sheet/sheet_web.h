#ifndef STAFF_SHEET_SHEET_WEB_H
#define STAFF_SHEET_SHEET_WEB_H
#include "staff/page/page.h"
#include "staff/sheet/sheet.h"

struct sheet_cell {
    str label;
    int64_t value, usual;
    bool has_usual, marked;
};
struct sheet_cells {
    struct sheet_cell *at;
    ptrdiff_t len;
};
struct sheet_row {
    str name, role, href;
    bool left, new_here; /* new_here: no weeks before */
    struct sheet_cells cells;
};
struct sheet_rows {
    struct sheet_row *at;
    ptrdiff_t len;
};
struct sheet_head {
    str label, meaning;
};
struct sheet_heads {
    struct sheet_head *at;
    ptrdiff_t len;
};
struct sheet_page {
    struct staff_page page;
    struct sheet_heads heads;
    struct sheet_rows rows;
    str from, to, next, token, done;
    str read_day, read_by;   /* the last time; empty: never */
    bool closed;             /* the caller is not on the office's ring */
};
extern const struct routes sheet_routes;
next_finder sheet_next;
#endif
