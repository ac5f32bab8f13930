/*
 * Deconfliction: two tips, or cases, that no reader of one may see together with the other name the same telephone, car or account. The officer sees
 * pointers (match_across.h) and decides on a pair: both owners are told that somebody else has this (triage/told), or it is put aside.
 *
 * A pair has two rows of tip_across, one a tip, sealed to the ring of deconfliction; which other row is its pair stands sealed alone, and the id
 * of a row is a blind key (keeper.h) of both tips. With one of the tips its row goes: then the other leads nowhere, and is as if it were not there.
 */
#ifndef TRIAGE_MATCH_MATCH_ACROSS_ROWS_H
#define TRIAGE_MATCH_MATCH_ACROSS_ROWS_H
#include "triage/match/match_across.h"
#include "triage/told/told.h"

/* Tags of the sealed fields. Never reused. */
enum across_tag {
    ACROSS_OTHER = 1,           /* 16 bytes: the row of the other tip */
    ACROSS_VERDICT,             /* "told", "nothing" */
    ACROSS_SAME, ACROSS_NEAR,   /* numbers: a bit a kind of fact (enum match_field) */
    ACROSS_BAND, ACROSS_AT,     /* a number (enum match_band); exact time (8 bytes) */
    ACROSS_BY                   /* 16 bytes: the account of the officer */
};
enum { ACROSS_FIELD = 1 };      /* of BLIND */

/* Whose a tip or a case is. NOT_FOUND: it has gone. */
status across_office(struct db *db, id about, id *office, bool *file) MUST_CHECK;
/*
 * Somebody has both by now, whom the engine does not know of: the tip was put on the case, somebody of its office is on the case, or one is on both cases.
 * Of two tips never.
 */
status across_together(struct db *db, const struct match_pair *p, bool *together) MUST_CHECK;

/* A later one takes the place of an earlier one of the same pair. */
status tip_across_put(struct db *db, const struct across_row *row) MUST_CHECK;
status tip_across_find(struct db *db, struct arena *a, id tip, id row, str *sealed) MUST_CHECK; /* NOT_FOUND: nobody decided */
/* By id, which says nothing of time: at most limit behind that one. */
status tip_across_list(struct db *db, struct arena *a, id after, int64_t limit, struct across_rows *out) MUST_CHECK;
#endif
