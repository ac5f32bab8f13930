#ifndef TRIAGE_SEARCH_SEARCH_WEB_H
#define TRIAGE_SEARCH_SEARCH_WEB_H
#include "staff/page/page.h"

struct search_piece {
    str text;
    bool hit;
};
struct search_line {        /* some words around what was found */
    struct search_piece *at;
    ptrdiff_t len;
};
struct search_lines {
    struct search_line *at;
    ptrdiff_t len;
};
struct search_row {
    str href, name;         /* /tips/ID, "7K3M-9QXP" */
    str urgency_class, urgency;
    str state_class, state, day, language;
    str part;               /* "2 of 3 words", or empty: it has all */
    struct search_lines lines; /* none: what was found stands in what was added later */
};
struct search_rows {
    struct search_row *at;
    ptrdiff_t len;
};
struct search_page {
    struct staff_page page;
    str token, typed, problem;
    str waits;              /* why there is no answer now, or empty */
    bool asked, partial;    /* partial: not all tips are read yet */
    bool cut;               /* more words were typed than are looked for */
    str found, some, place; /* "3 tips say all of it", "5 more say a part", "11 to 20" */
    struct search_rows rows;
    str fewer, more;        /* hits before the page before, and before the next one; empty: there is none */
    struct problems problems;
};
extern const struct routes search_routes;
#endif
