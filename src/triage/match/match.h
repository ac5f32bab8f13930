/*
 * What tips are linked by: the facts that a tip names, what each of them weighs, and why two tips may be one matter, for a person to decide. A
 * link is a proposal; nothing is joined by a machine.
 */
#ifndef TRIAGE_MATCH_MATCH_H
#define TRIAGE_MATCH_MATCH_H
#include "intake/tip/tip.h"
#include "linkage/extract.h"
#include "linkage/index.h"

/* The numbers stand in sealed rows (triage/match/match_across_rows.h): never used again for something else. */
enum match_field { MATCH_PHONE, MATCH_EMAIL, MATCH_HANDLE, MATCH_URL, MATCH_PLATE, MATCH_AD, MATCH_ADDRESS, MATCH_FIELDS };
enum {
    MATCH_VERSION = 3,     /* of fields, forms and weights: a proposal says by which it was made, and an index of another is made anew */
    MATCH_LEARNT_OF = 1000,/* the number of tips that the prior is given for; it follows the number there is */
    MATCH_KEPT = 4096,     /* tips that a fact keeps in the index */
    MATCH_CROWD = 64,      /* a fact that so many name links nobody by itself: it is shown with its count */
    MATCH_LEAST = 0        /* in 1/256 bit: what is less likely one matter than not is not proposed */
};
/* How likely two tips are one matter, told in words: by the bits that they weigh. The numbers stand in sealed rows. */
enum match_band { MATCH_POSSIBLE, MATCH_LIKELY, MATCH_VERY_LIKELY };
enum match_band match_band(double bits);
const char *match_band_words(enum match_band band); /* N_ text */
const char *match_field_words(enum match_field field); /* N_ text: "Telephone" */
int match_field_of(enum finding_kind kind);            /* -1: money, dates and ages link nobody */
/* The plan and the model are the program's own, the same in every house. */
const struct plan *match_plan(void);
void match_model(struct model *out);

/* What one tip names: read from its words by the extractor (linkage/extract.h). Text lies in the arena. */
struct match_facts {
    struct index_fact at[FACTS_MOST];
    int len;
    bool minor;         /* an age under 18 is named */
};
/* Adds what a text names; country as extract() takes it. What is beyond FACTS_MOST is left out. */
void match_read(struct arena *a, str text, str country, struct match_facts *to);
/* The same of all words of a tip. decided: the list of its newest marks (triage/mark), or empty: what a person struck is left out. */
void match_read_tip(struct arena *a, const struct tip *t, str country, str decided, struct match_facts *to);
/* Why two tips may be one matter: a row a fact that speaks for or against. */
struct match_reason {
    enum match_field field;
    int level, levels;     /* 0: the same; levels - 1: different */
    str own, other;        /* of the values that come nearest, as they are compared; empty when different */
    double bits;           /* what it adds to the odds, log2 */
};
struct match_case {
    struct match_reason at[MATCH_FIELDS];
    int len;
    double prior;          /* log2 of the odds of any two among so many tips */
    double bits;           /* all together */
};
/* among: the number of tips that the asker may see. Gives the weight that the index gives, but for rounding. */
void match_weigh(struct arena *a, const struct match_facts *own, const struct match_facts *other, uint32_t among, struct match_case *out);
/* Facts of other that own has not: what a copy adds. How many of at most `room`. */
int match_new_facts(const struct match_facts *own, const struct match_facts *other, struct index_fact *to, int room);

/* Why a near copy is to be read by a person before it is closed with the others: bits. */
enum match_flag { MATCH_FIRST_HAND = 1, MATCH_MINOR = 2, MATCH_DANGER = 4, MATCH_URGENT = 8, MATCH_NEW = 16 };
enum { MATCH_FLAGS = 5 };
/* own: the tip whose copy it is; MATCH_NEW: the copy names what that does not. priority: of the copy now. */
unsigned match_flags(const struct match_facts *own, const struct tip *copy, const struct match_facts *facts, int priority);
const char *match_flag_words(enum match_flag flag); /* N_ text */
#endif
