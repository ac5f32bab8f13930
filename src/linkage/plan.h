/* What is compared, and who is compared with whom: what the settings say, or what the header lets guess. */
#ifndef LINKAGE_PLAN_H
#define LINKAGE_PLAN_H
#include "lib/base/base.h"

enum { FIELDS_MOST = 16, COMPARISONS_MOST = 8, RULES_MOST = 32, PARTS_MOST = 3, LEVELS_MOST = 9, BETWEEN_MOST = 4, COMPARED_MOST = 3 };

/* What a column holds. It says how a value is made plain, and how two of them are compared. */
enum field_kind { KIND_EXACT, KIND_NAME, KIND_DATE, KIND_PHONE, KIND_EMAIL, KIND_PLATE, KIND_ADDRESS, KIND_HANDLE, KIND_TEXT, KIND_NUMBER, KIND_URL, FIELD_KINDS };
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
    int between;            /* how many thresholds there are */
    int thresholds[BETWEEN_MOST]; /* rising likeness in thousandths, or falling distance: the weakest first */
    int with;               /* the other part of a name, which is written in its place now and then: its field and one; 0: none */
    bool swapped;           /* it has the level for that; the comparison of the other part then says nothing */
    bool frequent;          /* the same rare value says more than the same common one */
    bool shared;            /* those who live together share it */
};

/* A rule yields the pairs that agree on all its parts; a part is a field, or the first `first` bytes of it (0: all). */
struct rule_part {
    int field, first;
    bool sound; /* agree in how it sounds; of several such parts in any order */
};
struct rule {
    struct rule_part parts[PARTS_MOST];
    int count;
};

struct plan {
    str id;                 /* the column that names a record */
    int country;            /* where telephone numbers without a country code are dialled (phone_country); 0: not known */
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
 * strongest first, ended by 0. ADDRESS_NEAR: the first field is nearly the same (address.h).
 */
enum { ADDRESS_NEAR = 1 << COMPARED_MOST };
extern const uint32_t address_levels[COMPARED_MOST + 1][LEVELS_MOST];
/* A comparison with the levels of its kind; fields are numbers of the plan's. */
struct comparison comparison_of(str name, enum field_kind kind, const int *fields, int n);
/*
 * The levels of a name between "the same" and "else": the same words (in another script, or another order), its two parts swapped, alike from the
 * highest threshold on, the same by ear (or a short form, or an initial), and alike from each lower threshold on.
 */
enum name_step { STEP_WORDS, STEP_SWAPPED, STEP_ALIKE, STEP_SOUND, STEP_WEAK };
int name_step(const struct comparison *c, enum name_step step);
bool likeness_kind(enum field_kind kind); /* by Jaro-Winkler; else by slips */
void comparison_levels(struct comparison *c); /* counts the levels anew, after a change */
void comparison_swap(struct plan *p, int leads, int other); /* two comparisons of the parts of a name: the first tells when they are swapped */
/* The level in words, for people: "the same", "street and postcode the same", "alike (0.92)". levels: the fact is missing. */
void level_words(struct out *o, const struct plan *p, const struct comparison *c, int level);
#endif
