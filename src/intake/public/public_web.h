/* The pages that stand without a tip, and how a public worker begins. */
#ifndef INTAKE_PUBLIC_PUBLIC_WEB_H
#define INTAKE_PUBLIC_PUBLIC_WEB_H
#include "intake/public/public.h"

/* A way to reach somebody, from the pack, confirmed. */
struct help_line {
    str label, number, link, note;
};
struct help_lines {
    struct help_line *at;
    ptrdiff_t len;
};
struct line_group {
    str name, title; /* name: an anchor */
    struct help_lines lines;
};
struct line_groups {
    struct line_group *at;
    ptrdiff_t len;
};
struct home_page {
    struct public_page page;
    str tip, come_back, who;
};
struct report_page {
    struct public_page page;
    str tip, come_back, who;
    struct line_groups groups;
    bool none;
};
struct help_page {
    struct public_page page;
    str tip;
    struct line_groups groups;
    bool none;
};
struct closed_page {
    struct public_page page;
    str heading, message;
};
extern const struct routes public_routes;

/* A public worker's beginnings: opens its post on the acceptor's channel and watches it. Fills services->post. */
void public_open(struct services *services, struct http_server *server, int acceptor, struct chance *chance);
#endif
