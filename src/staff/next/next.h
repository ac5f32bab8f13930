/*
 * What waits: the box at the head of the first page of a job. It names what is to be done, why now, by when, and leads there by one link.
 *
 * Which finders a job has is one table of the program (app/feature_list.c); a finder stands with the feature that knows. A finder tells
 * only what the page it leads to would show the caller anyway: no count and no date of what their keys do not open.
 */
#ifndef STAFF_NEXT_NEXT_H
#define STAFF_NEXT_NEXT_H
#include "lib/web/web.h"

enum { NEXT_MOST = 6 };
struct next_item {
    str what, why;            /* translated; why may be empty */
    str due_class, due;       /* "late", "soon" or empty; in words, or empty */
    str href;
};
struct next_items {
    struct next_item *at;     /* room for NEXT_MOST */
    ptrdiff_t len;
};
struct next_box {             /* as the frame of a page holds it */
    struct next_items items;
};
/* Adds what it finds. What cannot be found out is left out: FAULT is for a broken store. */
typedef status next_finder(struct request *r, struct next_items *to);
struct next_row {
    const char *role;
    next_finder *find;        /* of one role in the order of the table */
};
/* Once, at the start of the process; the table stays the caller's. */
void next_offer(const struct next_row *rows, ptrdiff_t n);
/* For the first page of the caller's job as they come to it; empty on every other page, filtered, paged or after a form. */
struct next_items next_of(struct request *r);
void next_add(struct next_items *to, const struct next_item *item); /* what has no room is left out */
/* "by 2026-11-24" as due of item, late when that day is over, soon when it is today. */
void next_due_day(const struct request *r, struct next_item *item, int64_t day);
/* The translated pattern with %1 replaced. pattern is marked with N_() where it stands. */
str next_words(const struct request *r, const char *pattern, str one);
#endif
