/* What the pages of care share: a file opened by its head, a change of the head with what belongs to it, words of dates and codes. */
#ifndef CARE_DESK_DESK_H
#define CARE_DESK_DESK_H
#include "care/effect/effect.h"
#include "staff/sealed/sealed.h"

struct care_opened {
    struct care_row row;    /* the head as stored */
    struct care_head head;
};
/* The head of a file, opened for the caller in a message of its own. NOT_FOUND: no such file, or no key for it. */
status care_open(struct request *r, enum purpose why, id file, struct care_opened *out) MUST_CHECK;
/*
 * Whoever opened it has the day on which care ended; the sweep has what stands in clear. Writes the end anew where the row says another than
 * the pack does today: of a file that ended under a program which knew no end, or under other days of the pack. OK too when somebody changed
 * the file meanwhile: they wrote it.
 */
status care_mend_end(struct request *r, const struct care_row *row, const struct care_head *h) MUST_CHECK;
struct care_rules care_rules_of(struct request *r);
struct sealed_place care_ring(id file, enum compartment c);

/*
 * Begins the change of a file: seals the head anew, records it and the n rows in also (as they will be stored), begins the transaction
 * and replaces the head. The caller writes its rows and ends it with db_end; nothing is begun unless OK. CONFLICT: the head moved
 * meanwhile; load it again and repeat (care_again).
 */
status care_change_begin(struct request *r, const struct care_opened *o, const str *also, ptrdiff_t n) MUST_CHECK;
enum { CARE_TRIES = 3 };
/* The tallies of an entry, inside the transaction. */
status care_tally(struct db *db, const struct care_changes *changes) MUST_CHECK;
/* Seals an entry to the ring of its kind; row is filled but for its root and id. */
status care_seal_entry(struct request *r, const struct care_entry *e, struct care_row *row) MUST_CHECK;
/* Writes it where its compartment belongs, inside the transaction. */
status care_entry_store(struct db *db, const struct care_entry *e, const struct care_row *row) MUST_CHECK;

/* Words and choices of entries: partners and providers are the offices of the directory and the kinds of organisations of the pack. */
status care_words(struct request *r, struct entry_words *out) MUST_CHECK;
permission care_permission(const struct kind *k); /* of writing it; NOBODY: not a kind of care */

struct care_due {
    str label, day, class, state; /* class "late", "soon" or empty, and the same in words */
    str code, entry;              /* to say that it is done */
    int64_t before;               /* days before the deadline; 0: the deadline itself */
};
struct care_dues {
    struct care_due *at;
    ptrdiff_t len;
};
/* What is due, first things first, at most `most`. */
struct care_dues care_due_list(const struct request *r, const struct care_head *h, ptrdiff_t most);

str care_path(const struct request *r, id file, const char *act); /* "/victims/ID" and what follows */
struct choices care_offices(struct request *r, id chosen, status *s);
/* The language of a code in the reader's own, or the code. */
str care_language(const struct request *r, str code);
struct choices care_languages(const struct request *r, str chosen);
#endif
