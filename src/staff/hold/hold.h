/*
 * Legal holds: a tip, a case or a file of care is not destroyed until a day, whatever its time. One person with GRANT who reads it sets a
 * hold or prolongs it; it ends by itself after its day, and its owner is told before. To lift it earlier takes a second person with APPROVE.
 * The keeper has it too (docs/keys.md 8), so that no row that somebody takes out ends it. Who asked, and why, is sealed to the record's ring.
 *
 * The pages belong to what is held: each feature lends its entrance (who may open it) and says what is held; here is the rest.
 */
#ifndef STAFF_HOLD_HOLD_H
#define STAFF_HOLD_HOLD_H
#include "common/keep/keep.h"
#include "staff/page/page.h"
#include "staff/sealed/sealed.h"

enum hold_tag { HOLD_ASKED = 1, HOLD_REASON, HOLD_AT }; /* of the sealed row: text, text, exact time (8 bytes) */
enum { HOLD_ASKED_MOST = 200, HOLD_REASON_MOST = 2000, HOLD_RINGS_MOST = 16, HOLDS_SHOWN = 20, HOLD_WARN_DAYS = 14 };

struct hold_ring {
    id ring;
    uint32_t epoch;           /* the first that may not go; 0: the ring whole */
};
/* What may be held, as who lends the page knows it. */
struct hold_subject {
    id root;
    const char *kind;         /* tip, case, file */
    struct sealed_place place; /* whose ring the words are sealed to */
    struct hold_ring rings[HOLD_RINGS_MOST];
    ptrdiff_t ring_count;
    str back, path, name;     /* of the record's page; of the hold's; as the reader knows it */
    bool clocked;             /* its deadlines stand in clear: the review of the hold is one of them */
};
/* All the rings of a case or file, those that are there. */
status hold_add_rings(struct request *r, struct hold_subject *s, const enum compartment *compartments, ptrdiff_t n) MUST_CHECK;

struct hold {
    id root, id, author;
    str kind;
    int64_t day, until_day, lifted_day; /* lifted_day 0: not lifted */
    str sealed;               /* table TABLE_HOLD */
};
struct holds {
    struct hold *at;
    ptrdiff_t len;
};
status hold_add(struct db *db, const struct hold *h) MUST_CHECK;
status hold_list(struct db *db, struct arena *a, id root, int64_t limit, struct holds *out) MUST_CHECK; /* newest first */
/* NOT_FOUND: there is none, or it is lifted, or over. */
status hold_prolong(struct db *db, id root, id hold, int64_t today, int64_t until) MUST_CHECK;
status hold_lift(struct db *db, id root, id hold, int64_t today) MUST_CHECK;
/* The last day of the longest that holds today. NOT_FOUND: none does. */
status hold_last_day(struct db *db, id root, int64_t today, int64_t *day) MUST_CHECK;
/* Those of an author that end up to a day, the first to end first. */
status hold_list_ending(struct db *db, struct arena *a, id author, int64_t today, int64_t until, int64_t limit, struct holds *out) MUST_CHECK;

struct hold_row {
    str asked, reason, author, day, until, state, id, field;
    bool readable, stands;
};
struct hold_rows {
    struct hold_row *at;
    ptrdiff_t len;
};
struct hold_page {
    struct staff_page page;
    str back, path, name, token, until_least, until_most;
    struct problems problems;
    struct hold_rows rows;
    bool standing;            /* one of them at least can be prolonged or lifted */
    str ends;                 /* the day it is destroyed from, if that was told; or empty */
    str done;
    str asked, reason, until;
    str asked_problem, reason_problem, until_problem, name_problem;
};
/* The page, and what its forms do (POST). Called after the record was opened for the caller. */
status hold_serve(struct request *r, struct response *w, const struct hold_subject *s) MUST_CHECK;
/* For the record's own page: words about holds and the end, or empty. */
status hold_words(struct request *r, id root, str *out) MUST_CHECK;
/* What waits: holds of the caller that end within HOLD_WARN_DAYS. */
next_finder hold_next_ending;
#endif
