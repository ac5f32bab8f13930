#ifndef STAFF_DIRECTORY_DIRECTORY_WEB_H
#define STAFF_DIRECTORY_DIRECTORY_WEB_H
#include "lib/web/api.h"
#include "directory/office/office.h"
#include "staff/page/page.h"
#include "staff/roster/roster.h"

struct directory_row {
    str code, name, city, state;
    bool mine;
};
struct directory_rows {
    struct directory_row *at;
    ptrdiff_t len;
};
struct roster_row {
    str name, duty, language, from, to, end_path, end_token; /* end_path: empty for who may not end it */
};
struct roster_rows {
    struct roster_row *at;
    ptrdiff_t len;
};
struct directory_choice {
    str value, label;
    bool chosen;
};
struct directory_choices {
    struct directory_choice *at;
    ptrdiff_t len;
};
struct directory_page {
    struct staff_page page;
    struct directory_rows offices;
    str next;                       /* link to the next page, empty on the last */
    struct roster_rows duties;      /* of the caller's own office, from today on */
    bool may_add, may_set;
    struct directory_choices known; /* offices of the pack that are not in the house yet */
    struct directory_choices people, kinds, languages;
    struct problems problems;
    str code, name, city, state, token, roster_token, from, to;
    str code_problem, name_problem, account_problem, duty_problem, from_problem, to_problem;
};
extern const struct routes directory_routes;
/*
 * GET /api/v1/offices. On the public address: the offices the country's data names. On that of the staff, for a key: those of this house,
 * which may get a tip.
 */
extern const struct routes directory_api_routes;
extern const struct api_operations directory_operations;
#endif
