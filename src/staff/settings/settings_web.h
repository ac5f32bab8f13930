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
struct settings_page {
    struct staff_page page;
    struct setting_rows rows;
    str done;
    bool form_shut; /* the public form waits for the three sentences */
};
extern const struct routes settings_routes;
#endif
