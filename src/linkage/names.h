/* Two names that are not the same text: how near they are, as a level of a comparison of names (plan.h). */
#ifndef LINKAGE_NAMES_H
#define LINKAGE_NAMES_H
#include "linkage/heard.h"
#include "linkage/plan.h"

/*
 * a and b are different plain values, x and y what is known of them. Names of several words are compared word by word, in any order; particles do
 * not count, and an initial stands for its word.
 */
int names_level(const struct comparison *c, const struct value *a, const struct value *b, const struct heard *x, const struct heard *y);
#endif
