/* Tips and other cases that name what a case names, for whoever is on it: nothing is put on a case by a machine. */
#ifndef CASEWORK_ALIKE_ALIKE_WEB_H
#define CASEWORK_ALIKE_ALIKE_WEB_H
#include "staff/page/page.h"

struct alike_row {
    str href, name, title, day, state; /* title: of a case */
    str id;                            /* of a tip that may be put on this case; else empty */
    str band, band_class, same;        /* same: what both name, in words */
};
struct alike_rows {
    struct alike_row *at;
    ptrdiff_t len;
};
struct alike_page {
    struct staff_page page;
    str path, name, root, token;       /* token: of the form that puts a tip on it */
    str waits;                         /* why there is no answer now, or empty */
    bool partial, more;                /* not all is read yet; there may be more than these */
    struct alike_rows tips, cases;
};
extern const struct routes alike_routes;
#endif
