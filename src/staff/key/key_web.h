#ifndef STAFF_KEY_KEY_WEB_H
#define STAFF_KEY_KEY_WEB_H
#include "staff/key/key.h"
#include "staff/page/page.h"

struct scope_choice {
    str value, label;
    bool chosen;
};
struct scope_choices {
    struct scope_choice *at;
    ptrdiff_t len;
};
struct key_row {
    str name, scopes, until, state, href; /* href: the account of a key that reads cases */
    str end, end_token;                   /* empty once it has ended */
    str renew, renew_token;               /* empty once it has ended, or another follows it */
    int64_t per_minute;
};
struct key_rows {
    struct key_row *at;
    ptrdiff_t len;
};
struct keys_page {
    struct staff_page page;
    struct key_rows rows;
    struct scope_choices scopes;
    struct problems problems;
    str name, days, per_minute, name_problem, scope_problem, days_problem, per_minute_problem, token, done;
};
struct key_made_page {
    struct staff_page page;
    str name, key, fingerprint, href; /* the last two of a key that reads cases */
    str before, before_until;         /* the key that it follows, and how long that one lasts */
};
extern const struct routes key_routes;
#endif
