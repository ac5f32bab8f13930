/* The only list of all features: their routes, and which tables each role may touch. */
#ifndef APP_FEATURE_LIST_H
#define APP_FEATURE_LIST_H
#include "app/role.h"
#include "lib/web/web.h"

extern const struct routes *const feature_routes[]; /* every feature's table */
extern const ptrdiff_t feature_count;
/* The tables in one array, as struct web wants them. */
ptrdiff_t features_collect(struct routes *to, ptrdiff_t most);
const struct db_right *role_rights(enum process_kind role); /* of the content database */
#endif
