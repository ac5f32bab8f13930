/* The view of places.html: a page with a hole in every kind of place, for the tests of the escaping. */
#ifndef LIB_WEB_PLACES_H
#define LIB_WEB_PLACES_H
#include "lib/base/base.h"

struct place_row {
    str name;
    id id;
    bool chosen;
};
struct places {
    str text;
    int count;
    struct {
        const struct place_row *at;
        ptrdiff_t len;
    } rows;
};
#endif
