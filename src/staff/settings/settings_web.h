#ifndef STAFF_SETTINGS_SETTINGS_WEB_H
#define STAFF_SETTINGS_SETTINGS_WEB_H
#include "staff/page/page.h"

struct setting_row {
    str name, label, help, value, action, token, problem;
    bool yes_no, yes, no, fixed;
};
struct setting_rows {
    struct setting_row *at;
    ptrdiff_t len;
};
/* How many rows one person may open: one row a compartment. */
struct budget_row {
    str code, label, hour, day;
    bool chosen;
};
struct budget_rows {
    struct budget_row *at;
    ptrdiff_t len;
};
struct budget_form {
    struct budget_rows rows; /* none: the caller may not see them */
    struct problems problems;
    str token, hour, day, name; /* as typed */
    str kind_problem, hour_problem, day_problem, name_problem;
};
struct settings_page {
    struct staff_page page;
    struct setting_rows rows;
    struct budget_form budget;
    str done;
    str engine;     /* how search and look-alikes stand */
    bool form_shut; /* the public form waits for the three sentences */
};
next_finder settings_next_backup, settings_next_lines; /* for the first page of an administrator */
extern const struct routes settings_routes;
#endif
