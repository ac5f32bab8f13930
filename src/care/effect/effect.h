/*
 * What an entry of a care file does beside standing in the timeline: clocks it starts and stops, the rule of contact, what it counts.
 * All of it changes the head (care/file) and the tallies; nothing here reads or writes a row.
 *
 * A tally counts rows, or sums hundredths, or counts persons, as measures.csv says. A person counts once for each measure, office and
 * fiscal year: on the day of the earliest entry that stands. The head keeps which entries those are, so that superseding one moves
 * the count to the next without opening the others.
 */
#ifndef CARE_EFFECT_EFFECT_H
#define CARE_EFFECT_EFFECT_H
#include "care/file/file.h"
#include "common/clock/clock.h"
#include "common/entry/entry.h"

struct care_entry {
    id id, author, office, corrects; /* corrects: zero, or the entry it takes the place of */
    const struct kind *kind;
    struct entry_values values;
    int64_t day, written;            /* the day it happened; exact time of writing */
    bool withdrawn;                  /* what it corrects did not happen; values are empty */
    str reason;                      /* of a withdrawal */
};
enum { CARE_ENTRY_FIELDS = ENTRY_FIELDS_MOST + 8 };
/* The sealed fields of an entry; to has room for CARE_ENTRY_FIELDS. */
ptrdiff_t care_entry_write(struct arena *a, const struct care_entry *e, struct sealed_field *to);
/* False: no kind of ours. */
bool care_entry_read(const struct sealed_fields *f, id entry, struct care_entry *out);

struct care_change {
    str measure;
    id office;
    int64_t day, more;
};
struct care_changes {
    struct care_change at[2 * ENTRY_FIELDS_MOST];
    ptrdiff_t len;
};
struct care_rules {
    struct arena *arena;
    const struct pack *pack;
    const struct pack_clocks *clocks;
    int64_t now; /* Unix seconds */
};
/* The entry takes effect; old is what it corrects, or NULL. */
void care_apply(const struct care_rules *w, const struct care_entry *e, const struct care_entry *old, struct care_head *h,
                struct care_changes *out);
/* An event of the pack (clocks.csv) on the file: what waits for it stops, what it triggers starts. entry: whose doing it was. */
void care_event(const struct care_rules *w, str event, const struct facts *f, id entry, int64_t at, struct care_head *h);

/* How much the entry counts in a measure: 1, hundredths of a sum, or 0. */
int64_t care_counts(const struct care_rules *w, const struct kind *k, const struct entry_values *v, str measure, int64_t day);
bool care_counts_persons(const struct pack *p, str measure, int64_t day);
/* The fiscal year a day is in, by the first calendar of the pack; the civil year without one. */
int64_t care_year(const struct care_rules *w, int64_t day);
/* The words of something due: label, translated by the caller. Empty: the pack has no such clock or deadline any more. */
str care_due_label(const struct pack *p, str code, int64_t day);
#endif
