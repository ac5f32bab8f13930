/* Between the files of the pages of cases: tips on a case. */
#ifndef CASEWORK_ROOM_ROOM_TIPS_H
#define CASEWORK_ROOM_ROOM_TIPS_H
#include "casework/room/room_web.h"
#include "common/share/share.h"
#include "intake/tip/tip.h"

struct shares {
    struct share *at;
    ptrdiff_t len;
};
/*
 * Boxes the rows of a tip of the caller's office again for ring, the CASE ring of root: the tip, what was added, what staff wrote. Not
 * who told us: that stays with the line. NOT_FOUND: the caller cannot open the tip. A row the caller cannot open is left behind.
 */
status room_share_tip(struct request *r, id root, id ring, const struct tip_row *tip, struct shares *out) MUST_CHECK;
/* Keeps them, links the tip, stops what waited for action on it. Inside the caller's transaction. */
status room_store_tip(struct request *r, id root, id tip, const struct shares *shares) MUST_CHECK;
/* The tips of the case and what is known of them, opened by the case's own ring: nobody needs to be of the office that got them. */
status room_draw_tips(struct request *r, struct case_page *page) MUST_CHECK;
#endif
