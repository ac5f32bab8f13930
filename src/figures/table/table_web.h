#ifndef FIGURES_TABLE_TABLE_WEB_H
#define FIGURES_TABLE_TABLE_WEB_H
#include "figures/release/release.h"
#include "staff/page/page.h"

struct measure_cell {
    str text, href;          /* href: the entries behind it; empty where there are none to open */
};
struct measure_cells {
    struct measure_cell *at;
    ptrdiff_t len;
};
struct measure_line {
    str label, definition;
    struct measure_cells cells;
};
struct measure_lines {
    struct measure_line *at;
    ptrdiff_t len;
};
struct measure_option {
    str value, label;
    bool chosen;
};
struct measure_options {
    struct measure_option *at;
    ptrdiff_t len;
};
struct measures_page {
    struct staff_page page;
    struct measure_options offices;
    struct measure_cells years;
    struct measure_lines acts, victims;
    bool one_office, may_publish;
    str csv, released_day, released_by, token, done;
};
struct entry_line {
    str day, kind, office, what, name, href; /* name: the case's short one; href: for who is on it */
};
struct entry_lines {
    struct entry_line *at;
    ptrdiff_t len;
};
struct entries_page {
    struct staff_page page;
    str label, definition, year, office, value;
    int64_t n;
    struct entry_lines rows;
    str next;
};
next_finder table_next_release; /* for the first page of a statistician */
extern const struct routes measure_routes;
#endif
