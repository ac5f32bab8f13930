#ifndef TRIAGE_MATCH_MATCH_WEB_H
#define TRIAGE_MATCH_MATCH_WEB_H
#include "staff/page/page.h"

struct match_bar {      /* of the chart: one reason */
    str label, bits, color; /* color: of the figure's palette */
    str x, y, width;
    str label_y, bits_x, anchor;
    str link_x, link_from, link_to; /* the line to the next bar */
    bool strong;
};
struct match_bars {
    struct match_bar *at;
    ptrdiff_t len;
};
struct match_line {     /* a line of the grid */
    str x, words;
    bool axis;
};
struct match_lines {
    struct match_line *at;
    ptrdiff_t len;
};
struct match_why {
    str words, bits;
};
struct match_whys {
    struct match_why *at;
    ptrdiff_t len;
};
struct match_copy {
    str href, name, day, adds; /* adds: what it names that this tip does not, or empty */
    str read_first;            /* why a person is to read it before it is closed, or empty */
    str closable;              /* its id, when it may be closed with the others; else empty */
    bool closed;
};
struct match_code {
    str value, label;
    bool chosen;
};
struct match_codes {
    struct match_code *at;
    ptrdiff_t len;
};
struct match_copy_list {
    struct match_copy *at;
    ptrdiff_t len;
};
struct match_decided {
    str href, name, words, when, author, other; /* other: of the form that takes it back */
};
struct match_decided_list {
    struct match_decided *at;
    ptrdiff_t len;
};
struct match_told {
    str *at;
    ptrdiff_t len;
};
struct match_file_row { /* a case of the reader's own that names the same; same: in words */
    str href, name, same;
};
struct match_file_rows {
    struct match_file_row *at;
    ptrdiff_t len;
};
struct match_page {
    struct staff_page page;
    str tip, name, path, token, done;
    str told;           /* somebody else has this, or empty */
    str group;          /* the page of all that hang together with it */
    str waits;          /* why there is no answer now, or empty */
    bool partial;       /* not all tips are read yet */
    bool proposed, other_shut;
    str other, other_id, other_name, other_day, other_words, other_language, own_words, own_language;
    str place, next;    /* "1 of 3"; link to the next one, or empty */
    str likely, likely_class, summary;
    str chart_title, chart_height, chart_bottom;
    struct match_lines grid;
    struct match_bars bars;
    struct match_whys reasons;
    str sum_words, sum_bits;
    str copies;         /* "400 near copies, from 2026-11-01 to 2026-11-20", or empty */
    struct match_copy_list copy_list;
    str more_copies, fewer_copies; /* links to other pages of them, or empty */
    bool may_close;     /* some of those that are shown may be closed together */
    str path_copies, token_copies, close_button, reason, code_problem, reason_problem;
    struct match_codes codes;
    struct problems problems;
    struct match_told crowded; /* facts that too many tips name */
    struct match_decided_list decided;
    struct match_file_rows files;
    bool may_decide;
};
extern const struct routes match_routes;
#endif
