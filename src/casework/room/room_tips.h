/* Between the files of the pages of cases: tips on a case. */
#ifndef CASEWORK_ROOM_ROOM_TIPS_H
#define CASEWORK_ROOM_ROOM_TIPS_H
#include "casework/room/room_web.h"
#include "common/share/share.h"
#include "intake/tip/tip.h"

/*
 * The TIP ring of the case, for what came with its tips: made when the first is linked, with everybody on the case whom the wall lets
 * hold it. An immigration officer on the case holds CASE and never this one (ADR 19). NOT_FOUND: the caller's own class may not.
 */
status room_tip_ring(struct request *r, id root, id *ring) MUST_CHECK;
/*
 * Boxes the rows of a tip of the caller's office again for ring, the TIP ring of root: the tip, what was added, what staff wrote. Not
 * who told us: that stays with the line. NOT_FOUND: the caller cannot open the tip. A row the caller cannot open is left behind.
 */
status room_share_tip(struct request *r, id root, id ring, const struct tip_row *tip, struct shares *out) MUST_CHECK;
/* Keeps them, links the tip, stops what waited for action on it. Inside the caller's transaction. */
status room_store_tip(struct request *r, id root, id tip, const struct shares *shares) MUST_CHECK;
/* The tips of the case and what is known of them, opened by the case's own TIP ring: nobody needs to be of the office that got them. */
status room_draw_tips(struct request *r, struct case_page *page) MUST_CHECK;
#endif
