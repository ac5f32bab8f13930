/* Linked pairs become clusters: the strongest first, so that what is refused is the weakest. */
#ifndef LINKAGE_JOIN_H
#define LINKAGE_JOIN_H
#include "linkage/verdicts.h"

struct clusters {
    struct space space;
    uint32_t *of;             /* of each record: the first record of its cluster */
    uint32_t count, largest;  /* how many, singles counted; records in the largest */
    uint64_t cut;             /* links that were refused because a cluster would have grown too large */
    uint64_t apart;           /* because two of its records were decided to be different */
    uint64_t together;        /* joins that were made because it was decided */
};

/*
 * Joins what is linked from `least` on. Decisions (count 0: none) win: what is the same is one cluster however large, and no cluster holds two
 * that are different. Else none grows beyond `most` records. Edges may be put in order. False: no memory.
 */
bool clusters_join(struct clusters *c, uint32_t records, struct edges *edges, int32_t least, uint32_t most, const struct verdicts *decisions) MUST_CHECK;
void clusters_close(struct clusters *c);
/* INVALID: decisions call different what others of them join; complaint (COMPLAINT bytes) names the lines. FAULT: no memory. */
status decisions_agree(const struct verdicts *v, uint32_t records, char *complaint) MUST_CHECK;
#endif
