/* What is compared, and who is compared with whom: what the settings say, or what the header lets guess. */
#ifndef LINKAGE_PLAN_H
#define LINKAGE_PLAN_H
#include "lib/base/base.h"

enum { FIELDS_MOST = 16, COMPARISONS_MOST = 8, RULES_MOST = 32, PARTS_MOST = 3, LEVELS_MOST = 6, COMPARED_MOST = 3 };

/* What a column holds. It says how a value is made plain, and how two of them are compared. */
enum field_kind { KIND_EXACT, KIND_NAME, KIND_DATE, KIND_PHONE, KIND_EMAIL, KIND_PLATE, KIND_ADDRESS, KIND_HANDLE, KIND_TEXT, KIND_NUMBER, FIELD_KINDS };
extern const char *const field_kind_names[FIELD_KINDS];

struct plan_field {
    str column;
    enum field_kind kind;
};

/*
 * One fact of the world, compared once: level 0 is the strongest, the last one is "else"; what is missing has no level. An address compares
 * up to three fields as one, any other kind compares one.
 */
struct comparison {
    str name;
    enum field_kind kind;
    int fields[COMPARED_MOST], field_count;
    int levels;             /* without the missing */
    int thresholds[LEVELS_MOST]; /* rising likeness in thousandths, or falling distance: of levels 1 to levels - 2, the weakest first */
    bool frequent;          /* the same rare value says more than the same common one */
    bool shared;            /* those who live together share it */
};

/* A rule yields the pairs that agree on all its parts; a part is a field, or the first `first` bytes of it (0: all). */
struct rule_part {
    int field, first;
};
struct rule {
    struct rule_part parts[PARTS_MOST];
    int count;
};

struct plan {
    str id;                 /* the column that names a record */
    struct plan_field fields[FIELDS_MOST];
    struct comparison comparisons[COMPARISONS_MOST];
    struct rule rules[RULES_MOST];
    int field_count, comparison_count, rule_count;
};

/*
 * What the header lets guess: the first column that looks like an identifier, kinds by the words of the names, one comparison a fact, and
 * pairs of facts as rules. What is no fact of a person is left out. False when there is nothing to compare.
 */
bool plan_guess(const str *columns, ptrdiff_t n, struct plan *out) MUST_CHECK;
/*
 * An address of n fields, street, city and postcode when it is all three: the sets of fields (bits) whose agreement makes each level, the
 * strongest first, ended by 0.
 */
extern const uint32_t address_levels[COMPARED_MOST + 1][LEVELS_MOST];
/* A comparison with the levels of its kind; fields are numbers of the plan's. */
struct comparison comparison_of(str name, enum field_kind kind, const int *fields, int n);
bool likeness_kind(enum field_kind kind); /* by Jaro-Winkler; else by slips */
/* The level in words, for people: "the same", "street and postcode the same", "alike (0.92)". levels: the fact is missing. */
void level_words(struct out *o, const struct plan *p, const struct comparison *c, int level);
#endif
