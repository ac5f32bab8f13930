#ifndef TRIAGE_QUEUE_QUEUE_WEB_H
#define TRIAGE_QUEUE_QUEUE_WEB_H
#include "staff/page/page.h"

struct queue_row {
    str href, name;             /* /tips/ID, "7K3M-9QXP" */
    str urgency_class, urgency; /* "u p0", "P0 Danger now" */
    str due_class, due;         /* "late", "12 min over"; empty without a clock */
    str language, channel, day;
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
struct queue_page {
    struct staff_page page;
    struct queue_rows rows;
    struct queue_options urgencies, languages;
    str next, as_of;
    bool filtered;
};
extern const struct routes queue_routes;
#endif
