/* Views of the pages that write entries, for their templates. */
#ifndef CASEWORK_TIMELINE_TIMELINE_WEB_H
#define CASEWORK_TIMELINE_TIMELINE_WEB_H
#include "casework/timeline/timeline.h"
#include "staff/page/page.h"

struct kind_link {
    str href, label;
    bool early;          /* what usually stands before it is not there */
};
struct kind_links {
    struct kind_link *at;
    ptrdiff_t len;
};
struct kinds_page {
    struct staff_page page;
    str back, name;
    struct kind_links links;
};
struct timeline_page {
    struct staff_page page;
    str back, name, action, token, kind, entry, corrects;
    str kind_label, warning; /* warning: what usually comes before, or empty */
    str day, day_problem, why, why_problem;
    bool correcting;
    struct entry_form fields;
    struct problems problems;
};
extern const struct routes timeline_routes;

handler timeline_csv, timeline_json; /* the whole timeline as a file; the log says so */
#endif
