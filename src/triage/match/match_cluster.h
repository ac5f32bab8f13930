/*
 * Tips that hang together: from one tip over what it shares with others, over what these share, and so on. The engine says which tips they are and
 * who shares what, as far as the asker may see; what people decided is sealed to them and not known to it, so the worker that asks parts them
 * (linkage/group.h).
 */
#ifndef TRIAGE_MATCH_MATCH_CLUSTER_H
#define TRIAGE_MATCH_MATCH_CLUSTER_H
#include "linkage/group.h"
#include "triage/match/match_engine.h"

enum {
    MATCH_CLUSTER = ENGINE_SERVICE + 24, /* the type of the question */
    MATCH_SEEDS_MOST = 64,
    MATCH_CLUSTER_HEAD = SEARCH_TICKET + (int)sizeof(id),
    /*
     * Log2 of 19 to 1, in 1/256 bit: from a probability of 0.95 on two tips hang together, as the command joins (docs/link.md). What is only
     * possible (MATCH_LEAST) is shown for one tip; over ten such links in a row a group would be more likely false than true.
     */
    MATCH_TOGETHER = 1087,
    MATCH_LARGE = 40, /* more are read by nobody in one sitting: half an hour, at less than a minute each */
    MATCH_PART = 3    /* two tips are a pair, which the page of look-alikes shows with its reasons */
};

enum { MATCH_FOLDED_MOST = 512 };
struct match_cluster_flood {
    uint16_t member;         /* who stands for it */
    uint32_t copies, folded; /* how many there are, itself among them; how many of these stand in its place alone */
    id last;                 /* of the copies */
};
struct match_cluster {
    bool known, whole, more; /* the tip is in the index; all tips are; there are more than these */
    uint16_t members, facts, holds;
    id member[GROUP_MEMBERS_MOST];           /* those that were asked for first, then the strongest link first */
    uint8_t field[GROUP_FACTS_MOST];         /* of each fact that two of them share: enum match_field */
    struct group_hold hold[GROUP_HOLDS_MOST];
    uint16_t floods, folded;
    struct match_cluster_flood flood[GROUP_MEMBERS_MOST];
    id fold[MATCH_FOLDED_MOST];              /* copies that are no members; there may be more */
};
/*
 * Grown from seeds[0], and from the others too: tips of which a person decided something. A seed that the asker may not see is not there. Of a flood one
 * copy is the member that stands for all (match_flood.h), the first member when seeds[0] is folded; the other seeds are members whatever they name. It ends at the ceilings of linkage/group.h and after so much work; then out->more is set. What the asker may not see changes no byte.
 */
void match_cluster_grow(const struct match_service *m, const struct match_asker *asker, const id *seeds, int seed_count, struct match_cluster *out);
void match_cluster_write(const struct match_cluster *c, struct wire *to);
bool match_cluster_read(struct wire *from, struct match_cluster *out); /* false: it is not one */
engine_answer match_answer_cluster; /* of the rule */
/* As match_ask_kin. seed_count: 1 to MATCH_SEEDS_MOST. */
status match_ask_cluster(struct engine_client *engine, struct keeper *keeper, token t, id office, const id *seeds, int seed_count,
                         struct match_cluster *out) MUST_CHECK;
#endif
