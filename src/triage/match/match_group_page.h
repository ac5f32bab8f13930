/* Between the files of the page of tips that hang together. */
#ifndef TRIAGE_MATCH_MATCH_GROUP_PAGE_H
#define TRIAGE_MATCH_MATCH_GROUP_PAGE_H
#include "triage/match/match_cluster.h"
#include "triage/match/match_page.h"

enum { GROUP_SHOWN = 20, GROUP_NEAR_MOST = 10 }; /* tips of a page; groups beside this one */

/* The last word on two tips. */
struct group_word {
    id one, other;
    int64_t turn;
    str verdict;
};
/* What stands in clear of a member. */
struct group_clear {
    int priority;
    int64_t day;
    bool closed;
};
struct group_seen {
    status engine;                  /* OK; LOCKED: it waits for a supervisor; else it cannot now */
    struct match_cluster cluster;   /* members by id */
    struct group_clear clear[GROUP_MEMBERS_MOST];
    struct group_copies {
        uint32_t all, folded;       /* of a flood that the member stands for; 0: it stands for itself */
        int64_t last;               /* day of the last of them */
    } copies[GROUP_MEMBERS_MOST];
    struct seen_tip *open[GROUP_MEMBERS_MOST]; /* of those that the page shows something of; else NULL */
    struct group_word words[GROUP_DECISIONS_MOST];
    uint32_t word_count, acts_read;
    bool unread;                    /* there are more decisions than were read, or more copies than were looked through for some */
    struct group_decision decisions[GROUP_DECISIONS_MOST];
    struct group_graph graph;
    struct group_parts parts;
    uint16_t own;                   /* the tip of r->id, or who stands for it */
    struct group_step walk[GROUP_MEMBERS_MOST];
    int size, first;                /* of the group; the first that the page shows */
    struct group_neighbour near[GROUP_NEAR_MOST];
    int near_count;
};
/* NOT_FOUND: not at the caller's office, or not theirs to read. */
status match_group_load(struct request *r, struct group_seen *seen) MUST_CHECK;
#endif
