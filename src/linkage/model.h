/*
 * How likely two records are one person. Three kinds of pairs are told apart: of one person, of two who share a home or a family, and of
 * strangers (Fellegi and Sunter 1969, with a class between: what relatives share must not weigh as if by chance). m and the shares of the
 * classes come from the pairs themselves by expectation and maximisation, without any label.
 */
#ifndef LINKAGE_MODEL_H
#define LINKAGE_MODEL_H
#include "linkage/compare.h"

enum pair_class { SAME_PERSON, SAME_HOME, STRANGERS, PAIR_CLASSES };
enum { BIT = 256 }; /* weights are in 1/256 bit */
/* Shares are whole numbers of 10^-18, levels of 10^-12. */
#define SHARE_PARTS 1e18
#define LEVEL_PARTS 1e12

struct model {
    double share[PAIR_CLASSES];                                         /* of all pairs of records */
    double level[PAIR_CLASSES][COMPARISONS_MOST][LEVELS_MOST];          /* how often a level is reached, by those that have the fact */
    double agree[COMPARISONS_MOST][LEVELS_MOST + 1];                    /* by any two records (chance.h) */
    double pairs;                                                       /* pairs of records there are */
    int rounds;
};

/*
 * counts: how many pairs of each pattern were met among one in one_in of all that the rules yield. model.agree and .pairs are given.
 */
void model_learn(struct model *m, const struct plan *p, const struct patterns *s, const uint32_t *counts, double one_in);

/* What is added up for a pair: against strangers and against a shared home, for each pattern, in 1/256 bit. */
struct weights {
    struct space space;
    int32_t *strangers, *home;  /* one a pattern */
    int32_t rare[COMPARISONS_MOST];     /* log2 of how often two strangers would share a value that each record has; 0: not by frequency */
    uint8_t *exact;             /* one a pattern: bits of the comparisons by frequency that are the same */
    int32_t rare_most;          /* what all of them may add at most */
    int32_t often[4096];                /* log2_of the first numbers: most values are rare */
    bool rare_at_home[COMPARISONS_MOST];/* those of one home share it by chance, too */
};
bool weights_make(struct weights *w, const struct model *m, const struct table *t, const struct patterns *s) MUST_CHECK;
void weights_end(struct weights *w);
/* log2(2^-a + 2^-b) with its sign turned: what both alternatives together leave of the odds. In 1/256 bit, in whole numbers. */
int32_t weight_against_both(int32_t a, int32_t b);
int32_t log2_of(uint64_t n); /* in 1/256 bit, rounded down; n > 0 */
double probability_of(int32_t weight);
#endif
