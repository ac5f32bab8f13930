/* How alike two values are. All in whole numbers, so that every machine gives the same level. */
#ifndef LINKAGE_LIKENESS_H
#define LINKAGE_LIKENESS_H
#include "linkage/values.h"

/*
 * Jaro-Winkler of two values (Winkler 1990: common prefix of at most 4, scale 1/10, above Jaro 0.7), against rising thresholds in
 * thousandths: how many of the count first thresholds are reached. Bytes, of which the first 64 count.
 */
int jaro_winkler_reaches(const struct value *a, const struct value *b, const int *thousandths, int count);
/* Optimal string alignment distance (Damerau 1964, restricted), at most limit; limit + 1 when it is more. The first 64 bytes count. */
int edit_distance(const struct value *a, const struct value *b, int limit);

/* A word of at most VALUE_MOST bytes as a value of its own, which lives in to, for these measures. */
struct word_value {
    _Alignas(struct value) char at[sizeof(struct value) + VALUE_MOST + 16]; /* they read up to 15 bytes behind */
};
const struct value *word_as_value(str word, struct word_value *to);
#endif
