/*
 * A case that may be compromised gets new keys, and what it holds is boxed to them (docs/keys.md 2). This is the one place that knows in
 * which tables a key may be boxed to the ring of a case or a file of care; it moves the first KEYBOX bytes of a row and knows nothing
 * else of it, so it may do so across features (ADR 22). Who holds the keys does the boxing (the keeper's SHARE to the same ring).
 */
#ifndef COMMON_RESEAL_RESEAL_H
#define COMMON_RESEAL_RESEAL_H
#include "lib/store/db.h"
#include "vault/envelope.h"

struct reseal_row {
    ptrdiff_t table;          /* in the list of reseal_table */
    id root, id;              /* id: the row's, as its keybox is bound to it */
    uint8_t keybox[KEYBOX];
};
/* Every table with a sealed row. *never: NULL, or why no ring of a case or file of care is in it. */
ptrdiff_t reseal_tables(void);
const char *reseal_table(ptrdiff_t i, const char **never);

/* Rows of the case or file, and shares of any row, whose key is boxed to another epoch of that ring than the one given; at most cap. */
status reseal_find(struct db *db, id root, const struct ring_key *ring, struct reseal_row *out, ptrdiff_t cap, ptrdiff_t *n) MUST_CHECK;
status reseal_count(struct db *db, id root, const struct ring_key *ring, int64_t *old) MUST_CHECK;
/* Puts the box in the place of the one that was read; nothing where the row was written meanwhile. Inside the caller's transaction; a is for the
 * row meanwhile. */
status reseal_put(struct db *db, struct arena a, const struct reseal_row *row, const uint8_t keybox[KEYBOX]) MUST_CHECK;

/* What is known of one: who said that the case may be compromised, and since when its old keys are gone. */
struct reseal_state {
    id author;
    int64_t day, done_day;    /* done_day 0: not yet */
};
status reseal_begin(struct db *db, id root, id author, int64_t day) MUST_CHECK; /* also of one that was done before */
status reseal_done(struct db *db, id root, int64_t day) MUST_CHECK;
status reseal_look(struct db *db, id root, struct reseal_state *out) MUST_CHECK; /* NOT_FOUND: never begun */
#endif
