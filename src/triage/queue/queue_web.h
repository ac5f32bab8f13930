#ifndef TRIAGE_QUEUE_QUEUE_WEB_H
#define TRIAGE_QUEUE_QUEUE_WEB_H
#include "staff/page/page.h"

struct queue_row {
    str href, urgency_href, id, name; /* /tips/ID, the form for its urgency, ID, "7K3M-9QXP" */
    str choose;                 /* "Choose 7K3M-9QXP" */
    bool chosen;
    str urgency_class, urgency; /* "u p0", "P0 Danger now" */
    str due_class, due;         /* "late", "12 min over"; empty without a clock */
    str language, channel, day, owner;
};
struct queue_rows {
    struct queue_row *at;
    ptrdiff_t len;
};
struct queue_option {
    str value, label;
    bool chosen;
};
struct queue_options {
    struct queue_option *at;
    ptrdiff_t len;
};
struct queue_link {
    str href, label, name, delete_label; /* name: of a filter that can be deleted, else empty */
    bool current;
};
struct queue_links {
    struct queue_link *at;
    ptrdiff_t len;
};
struct queue_page {
    struct staff_page page;
    struct queue_rows rows;
    struct queue_options urgencies, languages, states, owners, codes;
    struct queue_links views, kept;
    str next, as_of, done, left;
    bool filtered, closed, may_assign, may_close;
    str p, l, s, w;             /* the wish, for the forms */
    str name, reason;
    struct problems problems;
    str chosen_problem, code_problem, reason_problem, name_problem;
    str token_chosen, token_filter, token_delete;
};
next_finder queue_next_unowned, queue_next_returned, queue_next_late;
extern const struct routes queue_routes;
#endif
