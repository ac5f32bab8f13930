/* The frame of every staff page: who is signed in, the areas their job opens, what waits for them. */
#ifndef STAFF_PAGE_PAGE_H
#define STAFF_PAGE_PAGE_H
#include "staff/role/role.h"

struct area {
    str href, label;
    bool current;
};
struct area_list {
    struct area *at;
    ptrdiff_t len;
};
struct staff_page {
    str title;          /* translated */
    bool problem;       /* the title begins "Problem:" */
    bool signed_in, demo, locked;
    str code, direction; /* of the language: "en", "ltr" */
    str name, role, office; /* office: its name, of who works in the one that receives tips */
    struct area_list areas;
    str sign_out_token;
    int64_t notices;    /* unseen */
    str envelope;       /* the day the sealed envelope was used, when that is not long ago */
};
/* title: English source text, translated here. */
struct staff_page staff_page(struct request *r, const char *title);
str staff_time(struct arena *a, int64_t unix_seconds); /* "2026-11-24 14:05 UTC" */
struct staff_problem_page {
    struct staff_page page;
    str message, link, link_label;
};
/* For struct web: what could not be served, with the look of the staff side. */
void staff_draw_problem(struct request *r, int http_status, struct response *w);
#endif
