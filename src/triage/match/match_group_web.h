#ifndef TRIAGE_MATCH_MATCH_GROUP_WEB_H
#define TRIAGE_MATCH_MATCH_GROUP_WEB_H
#include "staff/page/page.h"

struct group_row {
    str href, name, day, state;
    str urgency_class, urgency; /* "u p0", "P0 Danger now" */
    str why;                    /* "Telephone +12025550143"; of the first one empty */
    str from, from_name;        /* "as tip 7K3M-9QXP": with whom it has that in common; of the first one empty */
    str likely_class, likely;   /* of its strongest link by that */
    str copies, copies_href;    /* "400 near copies, from 2026-05-01 to 2026-05-09" of a flood that it stands for; or empty */
};
struct group_rows {
    struct group_row *at;
    ptrdiff_t len;
};
struct group_told {
    str words, href, label;
};
struct group_told_list {
    struct group_told *at;
    ptrdiff_t len;
};
struct match_group_page {
    struct staff_page page;
    str tip, name, alike;
    str waits;                  /* why there is no answer now, or empty */
    bool several;               /* there are others in the group */
    bool partial, more, unread; /* not all tips are read yet; not all that hang together; not all decisions */
    str summary, large;         /* large: why so many are shown together, or empty */
    str folded;                 /* how many stand in the row of another, or empty */
    struct group_rows rows;
    str shown, next, before;    /* "21 to 40 of 63"; links to other pages, or empty */
    struct group_told_list near, torn;
};
#endif
