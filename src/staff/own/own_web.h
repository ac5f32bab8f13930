#ifndef STAFF_OWN_OWN_WEB_H
#define STAFF_OWN_OWN_WEB_H
#include "staff/log/log.h"
#include "staff/page/page.h"

struct own_page {
    struct staff_page page;
    struct log_rows rows;
    str next, token;
    struct problems problems;
    str old_problem, pass_problem, done;
};
extern const struct routes own_routes;
#endif
