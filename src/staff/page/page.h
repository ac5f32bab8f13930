/* The frame of every staff page: who is signed in, the areas their job opens, what waits for them. */
#ifndef STAFF_PAGE_PAGE_H
#define STAFF_PAGE_PAGE_H
#include "staff/next/next.h"
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
    bool may_search, searching; /* the way to the search of tips; that page says itself that it is it */
    str sign_out_token;
    struct next_box next; /* of the first page of a job; its template says where it stands */
    int64_t notices;    /* unseen */
    str envelope, root_key; /* the day the sealed envelope was used, and the root key, when that is not long ago */
};
/* title: English source text, translated here. */
struct staff_page staff_page(struct request *r, const char *title);
str staff_time(struct arena *a, int64_t unix_seconds); /* "2026-11-24 14:05 UTC" */

/*
 * A form that met shut keys, on its way through the sign-in as hidden fields: "kept.path", "kept.token" (the token it came
 * with) and each field with "kept." before its name.
 */
struct kept_field {
    str name, value;
};
struct kept_fields {
    struct kept_field *at;
    ptrdiff_t len; /* 0: nothing is kept */
};
struct kept {
    str path, token;
    struct kept_fields fields; /* as they were, without "kept." and without the token */
};
/* Of a request that is answered with 423: what web_dispatch kept. */
struct kept kept_of(const struct request *r);
/*
 * Out of the form of a sign-in. Nothing, unless the token is the caller's own for that path: a fresh token of a path goes only to
 * who had one before the keys shut.
 */
struct kept kept_read(const struct request *r);

struct staff_problem_page {
    struct staff_page page;
    str message, link, link_label;
    struct kept kept;  /* with a 423: goes along to the sign-in */
    str token;         /* of /sign-in, when something is kept */
};
/* For struct web: what could not be served, with the look of the staff side. */
void staff_draw_problem(struct request *r, int http_status, struct response *w);
#endif
