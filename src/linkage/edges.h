/* Pairs that are linked, and the records that hang together by them. */
#ifndef LINKAGE_EDGES_H
#define LINKAGE_EDGES_H
#include "linkage/model.h"

struct edge {
    uint32_t a, b;
    int32_t weight; /* log2 of the odds that it is one person, in 1/256 bit */
};
struct edges {
    struct space space;
    struct edge *at;
    size_t count;
};
/* The weight of a pair, one of which is record, whose pattern is known; below `least` it may be any number below. */
int32_t edge_weight(const struct table *t, const struct weights *w, uint32_t record, uint32_t pattern, int32_t least);
/* What a value that both records have adds for being rare, or takes away for being common: in 1/256 bit, against strangers. */
int32_t edge_rarity(const struct table *t, const struct weights *w, uint32_t record, int comparison);
/* The pattern of a pair that was kept: it is compared again. */
uint32_t edge_pattern(const struct table *t, const struct patterns *s, const struct edge *e);
bool edges_by_weight(struct edges *e) MUST_CHECK; /* the heaviest first, equal ones as they were; false: no memory */
#endif
