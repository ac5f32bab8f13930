#ifndef TRIAGE_MATCH_MATCH_ACROSS_WEB_H
#define TRIAGE_MATCH_MATCH_ACROSS_WEB_H
#include "staff/page/page.h"

struct match_across_row {
    str own, other;               /* ids, for the form */
    str own_name, other_name;     /* as tips and cases are named everywhere */
    bool own_file, other_file;    /* it is a case */
    str own_office, other_office;
    str same, near;               /* kinds of facts; may be empty */
    str band, band_class;
    str verdict, when, who;       /* of a pair that was decided */
    bool may_tell;                /* it was put aside */
};
struct match_across_rows {
    struct match_across_row *at;
    ptrdiff_t len;
};
struct match_across_page {
    struct staff_page page;
    str path, token, done;
    str waits;                    /* why there is no answer now, or empty */
    bool no_ring, no_keys;        /* nobody holds the keys yet; others do */
    bool partial;                 /* not all tips are read yet */
    bool decided;                 /* the list of what was decided */
    struct match_across_rows rows;
    str from, skip;               /* where this page begins, for the way back after an act */
    str more, first;              /* links, or empty */
};
extern const struct routes match_across_routes;
#endif
