/*
 * Kinds of entries: a thing done to a case is an entry, and a kind is one line of packs/int/entry_kinds.csv. From that line and
 * those of entry_fields.csv come the form, its check, what is shown, JSON, CSV and what is counted (tools/kindgen, at build).
 * Labels and words of choices are msgids.
 */
#ifndef COMMON_KIND_KIND_H
#define COMMON_KIND_KIND_H
#include "lib/base/base.h"
#include "vault/envelope.h"

enum field_type {
    FIELD_TEXT, FIELD_LONGTEXT, FIELD_DATE, FIELD_BOOL, FIELD_INT, FIELD_DECIMAL, FIELD_MONEY, FIELD_CHOICE, FIELD_CODE, FIELD_MULTI
};
struct kind_field {
    str name, label;
    str choices;          /* "a;b": themselves; "int/venues.code" or any pack's "*" in place of int: rows of a pack; a bare word: named by the feature (subject, office, staff ...) */
    enum field_type type;
    uint16_t pos;         /* from 1; also tells the tag of its sealed bytes */
    bool required, sealed; /* not sealed: a code in clear, in CASE and EVIDENCE only */
};
enum kind_area { KIND_CASEWORK, KIND_CARE };
struct kind {
    str code, label;
    str permission;       /* "case.write": the area says which permission that is */
    str measures;         /* codes of measures.csv, ';' between them */
    str predecessors;     /* kinds one of which should stand before: a warning, never a wall */
    str starts_clock;     /* code of clocks.csv, or empty */
    enum kind_area area;
    enum compartment compartment;
    const struct kind_field *fields;
    ptrdiff_t field_count;
};
extern const struct kind kinds[];
extern const ptrdiff_t kind_count;

const struct kind *kind_find(str code); /* NULL when unknown */
const struct kind_field *kind_field_find(const struct kind *k, str name);
bool kind_counts_in(const struct kind *k, str measure);
/* Are these fields of a kind in clear? Only where the compartment has clear codes at all (DESIGN 4). */
bool kind_field_is_clear(const struct kind *k, const struct kind_field *f);
/* "real_estate" as people read it: "Real estate"; a msgid. */
str choice_label(struct arena *a, str code);
/* Is s one of the pieces of list, ';' between them? */
bool list_has(str list, str s);
#endif
