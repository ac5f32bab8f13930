/* How often two records agree that have nothing to do with each other, and how often any two do. */
#ifndef LINKAGE_CHANCE_H
#define LINKAGE_CHANCE_H
#include "linkage/compare.h"

/*
 * agree[c][l]: the share of all pairs of records, of those that have the fact of comparison c, that reach level l. Equal values in closed
 * form from their frequencies (sum of squares); near ones from pairs of records drawn at random; near ones so rare that no draw meets them
 * from all pairs of a sample of values that share all but one or two letters. Repeatable. False when memory is short.
 */
bool chance_measure(const struct table *t, const struct patterns *p, double agree[COMPARISONS_MOST][LEVELS_MOST + 1]) MUST_CHECK;
#endif
