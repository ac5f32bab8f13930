/*
 * The values of one entry, whatever its kind: read from a form, checked, shown, sealed, written as JSON and CSV. Everything here
 * follows the rows of common/kind; no kind is known by name.
 *
 * A value is text in one canonical shape a field type: a date 2026-11-24, yes or no, digits, a number with two decimals (decimal and
 * money, "18400.00"), a code, codes with ';' between them. Empty: not said.
 */
#ifndef COMMON_ENTRY_ENTRY_H
#define COMMON_ENTRY_ENTRY_H
#include "common/kind/kind.h"
#include "common/pack/pack.h"
#include "lib/web/web.h"

enum { ENTRY_FIELDS_MOST = 12, ENTRY_TEXT_LINE = 300, ENTRY_LONGTEXT = 8192, ENTRY_CODES_MOST = 64 };
/* Tags of an entry's sealed bytes: exact time (8 bytes), and in compartments without clear codes the kind, the day it happened, and
 * the id of what it corrects. A field's tag is ENTRY_FIELD plus its pos. */
enum entry_tag { ENTRY_WRITTEN_AT = 1, ENTRY_KIND, ENTRY_HAPPENED, ENTRY_CORRECTS, ENTRY_FIELD = 16 };

struct entry_values {
    str at[ENTRY_FIELDS_MOST]; /* by position of the kind's fields */
};
struct choice {
    str value, label;
    bool chosen;
};
struct choices {
    struct choice *at;
    ptrdiff_t len;
};
/* What a bare word of kind_field.choices stands for on this page: the subjects of this case, the offices, ... */
struct choice_source {
    const char *name;
    struct choices list;
};
struct entry_words {
    const struct language *in;
    const struct pack *pack;
    int64_t day;               /* codes valid on that day are offered and shown */
    const struct choice_source *sources;
    ptrdiff_t source_count;
};

/* The choices of a field, those in value marked. None for a field that has none, or whose source the page does not name. */
struct choices entry_choices(struct arena *a, const struct entry_words *w, const struct kind_field *f, str value);
/* A value as people read it, translated; codes by their labels, ", " between them. */
str entry_show(struct arena *a, const struct entry_words *w, const struct kind_field *f, str value);
/* Days, whole numbers, hundredths (decimal, money: cents), 1 or 0 for yes or no. False: the value is no number, or empty. */
bool entry_number(const struct kind_field *f, str value, int64_t *out);

/* Reads and checks all fields of the kind from a posted form; problems are noted in f under the fields' names. */
void entry_read_form(struct form *f, const struct entry_words *w, const struct kind *k, struct entry_values *out);

/* One field as a form draws it. */
struct entry_input {
    str name, label, value, problem, type; /* type: text, longtext, date, number, yes_no, one, many */
    struct choices choices;
    bool required;
};
struct entry_inputs {
    struct entry_input *at;
    ptrdiff_t len;
};
struct entry_form {           /* what entry_fields.html draws */
    struct entry_inputs inputs;
};
/* problems may be NULL: the form is fresh, or corrects an entry with these values. */
struct entry_inputs entry_inputs(struct arena *a, const struct entry_words *w, const struct kind *k, const struct entry_values *v,
                                 const struct problems *problems);

struct entry_fact {
    str label, value;
    bool words;               /* longer text, to be shown as it was typed */
};
struct entry_facts {
    struct entry_fact *at;
    ptrdiff_t len;
};
/* What is said, in order of the fields; empty ones are left out. */
struct entry_facts entry_facts(struct arena *a, const struct entry_words *w, const struct kind *k, const struct entry_values *v);

/* The sealed fields of an entry: those not in clear. Returns how many; to has room for ENTRY_FIELDS_MOST. */
ptrdiff_t entry_sealed(const struct kind *k, const struct entry_values *v, struct sealed_field *to);
/* The other way: puts what stands in f into v and leaves the rest. */
void entry_unseal(const struct kind *k, const struct sealed_fields *f, struct entry_values *v);

/* {"name": value, ...}: whole numbers as numbers, yes and no as booleans, multi as arrays, what is not said left out. */
struct json;
void entry_json(struct json *j, const struct kind *k, const struct entry_values *v);
/* One cell a field, without the row's end. entry_csv_head writes the names. */
void entry_csv(struct out *o, const struct kind *k, const struct entry_values *v);
void entry_csv_head(struct out *o, const struct kind *k);
#endif
