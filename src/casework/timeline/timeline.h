/*
 * The timeline of a case: entries of any kind of casework (common/kind), append-only. A mistake is corrected by a further entry that
 * takes the place of the wrong one, or withdrawn by one that says it did not happen; both stay. Values in clear stand beside the row,
 * the rest is sealed to the case's CASE ring, or to its EVIDENCE ring, as the kind says.
 */
#ifndef CASEWORK_TIMELINE_TIMELINE_H
#define CASEWORK_TIMELINE_TIMELINE_H
#include "casework/subject/subject.h"
#include "common/entry/entry.h"
#include "lib/store/db.h"

enum { TIMELINE_REASON = 8 }; /* tag of the sealed words: why it takes the place of another. Below ENTRY_FIELD, above entry.h's own */
enum { TIMELINE_REASON_MOST = 1000, TIMELINE_KINDS_MOST = 128, TIMELINE_STANDING_MOST = 512 };

struct timeline_entry {
    id root, id;
    str kind;
    enum compartment compartment;   /* CASE or EVIDENCE */
    id office;                      /* whose act it is */
    id author;
    int64_t day, written_day;       /* it happened; it was written */
    int64_t number;                 /* in the order of writing, from 1 in each case; timeline_add gives it */
    id corrects;                    /* the entry it takes the place of; zero: none */
    bool withdrawn, counted;        /* it says that the other did not happen; it counts in figures */
    str sealed;
    struct entry_values values;     /* in clear; timeline_open adds what was sealed */
    struct {                        /* who took its place; id zero: it stands. Filled by reading */
        id id, author;
        int64_t day;
        bool withdrawn;
    } later;
    int64_t at;                     /* exact time of writing, reason of a correction: filled by timeline_open */
    str reason;
    bool opened;
};
struct timeline_entries {
    struct timeline_entry *at;
    ptrdiff_t len;
};
struct timeline_kind {
    const struct kind *kind;
    int64_t n, counted;             /* entries that stand, and those that count */
};
struct timeline_kinds {
    struct timeline_kind *at;
    ptrdiff_t len;
};

/* ---- rows ---- */

/*
 * Adds the entry and its values in clear; number is set. Inside the caller's transaction. CONFLICT: the id is taken, or another entry
 * took the place of corrects already.
 */
status timeline_add(struct db *db, struct timeline_entry *e) MUST_CHECK;
/* Newest first, of one kind or (empty) all; after: the last of the page before, or NULL. */
status timeline_list(struct db *db, struct arena *a, id root, str kind, const struct timeline_entry *after, int64_t limit,
                     struct timeline_entries *out) MUST_CHECK;
status timeline_find(struct db *db, struct arena *a, id root, id entry, struct timeline_entry *out) MUST_CHECK; /* NOT_FOUND: not of this case */
/* Entries of a kind that stand (neither corrected nor withdrawn), in order of writing; at most TIMELINE_STANDING_MOST. */
status timeline_standing(struct db *db, struct arena *a, id root, str kind, struct timeline_entries *out) MUST_CHECK;
/* Kinds with entries that stand. */
status timeline_kinds(struct db *db, struct arena *a, id root, struct timeline_kinds *out) MUST_CHECK;
status timeline_set_counted(struct db *db, id root, id entry, bool counted) MUST_CHECK;
/* The status of the case as the newest entry about it says. NOT_FOUND: none. */
status timeline_last_status(struct db *db, struct arena *a, id root, int64_t *day, str *code) MUST_CHECK;

/* ---- rules ---- */

/* The permission that writing this kind asks for; NOBODY: no page of this area writes it. */
permission timeline_permission(const struct kind *k);
/* Does the kind count persons once a case? Then subject is the field that names the person. */
bool timeline_counts_once(const struct pack *p, const struct kind *k, int64_t day, const struct kind_field **subject);
/* Is there a kind among these that should stand before k? True also when k asks for none. */
bool timeline_has_before(const struct timeline_kinds *have, const struct kind *k);
/*
 * Which entries of a kind that counts once count, now that fresh joins those that stand (old: the one whose place it takes, or NULL).
 * All are opened. Sets fresh->counted, and hands back the entry that begins to count instead of old; NULL: none.
 */
const struct timeline_entry *timeline_recount(const struct timeline_entries *standing, const struct timeline_entry *old,
                                              struct timeline_entry *fresh, ptrdiff_t subject);

/* ---- opened, sealed ---- */

/* Opens them, 64 a message. One that does not open has opened false. limited: evidence was not asked for, its budget is used up. */
status timeline_open(struct request *r, id root, enum purpose why, struct timeline_entries *list, bool *limited) MUST_CHECK;
/* Seals e->values and e->reason; e has root, id, kind. */
status timeline_seal(struct request *r, struct timeline_entry *e) MUST_CHECK;
/* What an entry of kind k does to clocks and to the status of its case. Inside the caller's transaction. */
status timeline_follow(struct request *r, const struct kind *k, id root, bool fresh) MUST_CHECK;
/* What bare words of a kind's choices stand for here: these subjects, offices, colleagues of the house, tips of the case. */
status timeline_words(struct request *r, id root, const struct subjects *subjects, struct entry_words *out) MUST_CHECK;
#endif
