/* The types of schema.csv that a cell can miss. Of pack_read.c alone. */
#ifndef COMMON_PACK_PACK_TYPE_H
#define COMMON_PACK_PACK_TYPE_H
#include "lib/base/base.h"

struct pack_type {
    str type;
    bool (*fits)(str cell);
    const char *what, *mend; /* of a cell that does not fit */
};
const struct pack_type *pack_type_find(str type); /* NULL: every text fits */
#endif
