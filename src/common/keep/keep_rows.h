/* The statements of the sweep. Each is one step inside the transaction that keep_sweep.c holds, but for the questions. */
#ifndef COMMON_KEEP_KEEP_ROWS_H
#define COMMON_KEEP_KEEP_ROWS_H
#include "common/keep/keep.h"

enum { KEEP_AT_ONCE = 16, KEEP_PART = 256 }; /* tips of one step; rows of one transaction */
struct keep_row {
    id id, office;
    int64_t day;
    str reason; /* of a tip, why it was closed */
};

status keep_next_disposition(struct db *db, struct arena *a, str after, str *out) MUST_CHECK; /* NOT_FOUND: that was the last */
/* At most KEEP_AT_ONCE. */
status keep_ended_tips(struct db *db, str disposition, int64_t before, int64_t today, struct keep_row *out, ptrdiff_t *n) MUST_CHECK;
status keep_lost_tips(struct db *db, int64_t today, struct keep_row *out, ptrdiff_t *n) MUST_CHECK;
/* The one that ended first and waits for no day. NOT_FOUND: there is none. */
status keep_ended_root(struct db *db, enum keep_class class, int64_t before, int64_t today, id *out) MUST_CHECK;
/* One that was told to end and shall not. */
status keep_kept_root(struct db *db, enum keep_class class, int64_t before, id *out) MUST_CHECK;

struct keep_ring {
    uint32_t epoch;
    int64_t day;
};
status keep_told_put(struct db *db, enum keep_class class, id root, id ring, const struct keep_ring *told) MUST_CHECK;
status keep_told_find(struct db *db, id root, id ring, struct keep_ring *out) MUST_CHECK;
status keep_told_delete(struct db *db, id root) MUST_CHECK;
status keep_cut_find(struct db *db, id ring, uint32_t *epoch) MUST_CHECK; /* 1 where nothing was destroyed yet */
status keep_cut_put(struct db *db, id ring, uint32_t epoch) MUST_CHECK;
/* compartment: of the ring, TIP, SOURCE or VICTIM. */
status keep_epoch_used(struct db *db, enum compartment compartment, id ring, uint32_t epoch, bool *used) MUST_CHECK;

/* What the index of every node is to forget; and of one node what waits longest, at most room. */
status keep_forget_put(struct db *db, id tip, int64_t day) MUST_CHECK; /* OK also: it waits already */
status keep_forget_list(struct db *db, uint32_t node, id *out, ptrdiff_t room, ptrdiff_t *n) MUST_CHECK;
status keep_forget_drop(struct db *db, uint32_t node, id tip) MUST_CHECK;
/* Nodes that have an index and may not serve any more: nobody waits for them. admitted: a bit (1u << number) for each that may. */
status keep_nodes_gone(struct db *db, uint32_t admitted) MUST_CHECK;

/*
 * Part of a tip's rows are given to the ring of a case, with the boxes that common/share has for it; what has none goes. *more: not all
 * yet. With the last part the tip itself: its office has it no more.
 */
status keep_give_tip(struct db *db, struct arena a, id tip, id ring, int64_t today, bool *more) MUST_CHECK;
/* Boxes of a tip for other rings than these. */
status keep_share_trim(struct db *db, id tip, const id *rings, ptrdiff_t n) MUST_CHECK;
/* A part of what belongs to a root of that class, the root itself left. given: of a tip, what no case may read. */
status keep_drop_part(struct db *db, enum keep_class class, id root, bool given, bool *more) MUST_CHECK;
/* A part of the entries of a case, with what they counted added to the tallies. */
status keep_drop_entries(struct db *db, struct arena a, id root, bool *more) MUST_CHECK;
status keep_drop_root(struct db *db, enum keep_class class, id root) MUST_CHECK; /* CONFLICT: it went already, and was counted then */
status keep_count_tip(struct db *db, struct arena a, const struct keep_row *tip) MUST_CHECK;
status keep_count_case(struct db *db, id root) MUST_CHECK;
#endif
