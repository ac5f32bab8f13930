/*
 * Further rings that may open a row (docs/keys.md 3): one more keybox each, the row untouched. Made by the keeper's SHARE, or with
 * the row by whoever seals it (staff/sealed); kept here.
 */
#ifndef COMMON_SHARE_SHARE_H
#define COMMON_SHARE_SHARE_H
#include "lib/store/db.h"
#include "vault/envelope.h"

struct share {
    id root, row, ring;
    int64_t until_day; /* the last day it counts; SHARE_FOR_EVER */
    uint8_t keybox[KEYBOX];
};
enum { SHARE_FOR_EVER = 0 };
struct shares {
    struct share *at;
    ptrdiff_t len;
};

/* Adds it, or replaces the box of an older epoch. Inside the caller's transaction. */
status share_put(struct db *db, const struct share *s) MUST_CHECK;
/* The box of that row for that ring, if it still counts on day; in a. NOT_FOUND: none. */
status share_find(struct db *db, struct arena *a, id root, id row, id ring, int64_t day, const uint8_t **keybox) MUST_CHECK;
#endif
