/*
 * What the owner of a tip, or whoever is on a case, is told by the officer of deconfliction (triage/match/match_across_rows.h): that somebody else has this, by what kind of fact, and whom
 * to ask. Nothing of the other side. A row of tip_told a pair, sealed to the TIP ring of the owner's office, or to the CASE ring.
 */
#ifndef TRIAGE_TOLD_TOLD_H
#define TRIAGE_TOLD_TOLD_H
#include "intake/tip/tip.h"
#include "lib/web/web.h"
#include "staff/sealed/sealed.h"

/* Tags of the sealed fields. Never reused. */
enum told_tag {
    TOLD_OTHER = 1,             /* 16 bytes: the row of the other tip in tip_across. With that tip it goes, and nobody else has this any more */
    TOLD_KINDS,                 /* kinds of facts: msgids, a line each. One that was written anew since is shown as it was */
    TOLD_AT, TOLD_BY            /* exact time (8 bytes); 16 bytes: the account of whom to ask */
};
/* Of tip_across or of tip_told. */
struct across_row {
    id tip, id;
    str sealed;
};
struct across_rows {
    struct across_row *at;
    ptrdiff_t len;
};
status tip_told_put(struct db *db, const struct across_row *row) MUST_CHECK; /* a later one of the same pair takes the place of an earlier one */
status tip_told_list(struct db *db, struct arena *a, id tip, int64_t limit, struct across_rows *out) MUST_CHECK;
/* Adds the keyboxes of all of them, in no order. LIMIT: there is no room for all. */
status tip_told_list_boxes(struct db *db, id tip, struct tip_boxes *out) MUST_CHECK;
/* Whose row of tip_across that is. NOT_FOUND: it went with its tip. */
status tip_across_tip(struct db *db, id row, id *tip) MUST_CHECK;

/*
 * For the pages of one tip or case that the caller has open, and whose rows are sealed to owner's ring: one line in the reader's language when somebody
 * else has this, else empty. Where nothing was told nothing is opened and no record is made.
 */
status told_words(struct request *r, struct sealed_place owner, id tip, str *words) MUST_CHECK;
#endif
