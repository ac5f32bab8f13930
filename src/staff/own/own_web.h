#ifndef STAFF_OWN_OWN_WEB_H
#define STAFF_OWN_OWN_WEB_H
#include "staff/log/log.h"
#include "staff/page/page.h"

/* A key of a partner's system that one made and that reads cases. */
struct own_key {
    str name, href;
};
struct own_keys {
    struct own_key *at;
    ptrdiff_t len;
};
struct own_page {
    struct staff_page page;
    struct log_rows rows, others, partner; /* one's own; by others on one's account; of a system whose key one made */
    struct own_keys keys;
    str next, others_next, partner_next, partner_name, token;
    struct problems problems;
    str old_problem, pass_problem, done;
};
extern const struct routes own_routes;
#endif
