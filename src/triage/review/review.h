/* What staff write on a tip: notes for colleagues, and their own copy of each answer. Append-only. */
#ifndef TRIAGE_REVIEW_REVIEW_H
#define TRIAGE_REVIEW_REVIEW_H
#include "intake/tip/tip.h"

enum { ENTRY_TEXT = 1, ENTRY_AT = 2 }; /* tags of the sealed fields: the words, exact time (8 bytes) */
enum { ENTRY_TEXT_MOST = 8192 };       /* bytes of a note or an answer */

struct tip_entry {
    id tip, id, author;
    str kind;   /* "note", "answer" */
    str sealed; /* to the office's TIP ring */
    int64_t day;
};
struct tip_entries {
    struct tip_entry *at;
    ptrdiff_t len;
};
status tip_entry_add(struct db *db, const struct tip_entry *e) MUST_CHECK;
/* Newest day first, at most limit after the first skip. Inside a day only the sealed time tells the order. */
status tip_entry_list(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_entries *out) MUST_CHECK;
/* Adds the keyboxes of all of them, in no order. LIMIT: there is no room for all. */
status tip_entry_list_boxes(struct db *db, id tip, struct tip_boxes *out) MUST_CHECK;
#endif
