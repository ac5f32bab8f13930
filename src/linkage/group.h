/*
 * Members that hang together by facts they have in common, decided by people where they decided, and parted where large groups hang by one fact
 * alone. Few of them: what a page shows. The join is that of join.h, in which a fact is a record too.
 */
#ifndef LINKAGE_GROUP_H
#define LINKAGE_GROUP_H
#include "lib/base/base.h"

enum { GROUP_MEMBERS_MOST = 400, GROUP_FACTS_MOST = 2048, GROUP_HOLDS_MOST = 4096, GROUP_DECISIONS_MOST = 1024, GROUP_NOBODY = UINT16_MAX };

struct group_hold {     /* that a member has a fact which others have too */
    uint16_t fact, member;
    int32_t weight;     /* of its strongest link by that fact, in 1/256 bit */
};
struct group_decision { /* what a person said of two members */
    uint16_t a, b;
    bool same;
};
struct group_graph {
    uint32_t members;   /* numbered in an order that stays: ties go to the lower one */
    uint32_t facts;
    const struct group_hold *holds;
    uint32_t hold_count;
    const struct group_decision *decisions; /* one on a pair */
    uint32_t decision_count;
    uint32_t large;     /* a group of more is cut, if it can be */
    uint32_t part;      /* and no cut leaves fewer than so many on either side */
};
struct group_parts {
    uint16_t of[GROUP_MEMBERS_MOST];     /* of each member: the lowest one of its group */
    uint16_t joined[GROUP_MEMBERS_MOST]; /* the same before large ones were cut */
    bool refused[GROUP_DECISIONS_MOST];  /* "the same" that others of the decisions contradict */
};
/*
 * What is decided the same is together, what is decided different never; where both cannot be, the decision of the higher members is refused.
 * Between two that are different the weakest links go. Then a group of more than `large` is cut at its weakest bridge, again and again. A bridge
 * is a fact without which a part of at least `part` members hangs together with the rest by nothing; not the one fact that the rest is a group by,
 * unless a single member has it besides. Of equally weak ones the one that fewest pairs have goes, then the one that cuts most evenly. A group
 * without such a fact stays, however large. Neither the order of facts, of holds and of decisions counts, nor what is in
 * another group. All within the ceilings above. False: no memory.
 */
bool group_part(const struct group_graph *g, struct group_parts *out) MUST_CHECK;

/* How a member of a group came into it, seen from one of them. */
struct group_step {
    uint16_t member, from;  /* from: who has the fact too, and came before; of the first one itself */
    uint16_t fact;          /* GROUP_NOBODY: a person decided it, or it is the first one */
    int32_t weight;
};
/* The group of a member, that member first, then the strongest link first. How many. */
int group_walk(const struct group_graph *g, const struct group_parts *parts, uint16_t first, struct group_step to[GROUP_MEMBERS_MOST]);

/* Another group that has facts in common with one. */
struct group_neighbour {
    uint16_t group;         /* its lowest member */
    uint16_t size;
    uint16_t own, other;    /* who has the fact here and there */
    uint16_t fact, facts;   /* the first fact, and how many they have in common */
    uint16_t last;          /* of these, while they are counted */
    bool decided;           /* parted by a decision; else a large group was cut there */
};
/* By their lowest member, at most room. How many. */
int group_neighbours(const struct group_graph *g, const struct group_parts *parts, uint16_t of, struct group_neighbour *to, int room);
#endif
