/*
 * Tips and cases that name the same and that no reader of one may see together with the other: tips of two offices, or of one without a ring in common, a
 * case and a tip of another office, two cases. Told by pointers, to the officer of deconfliction alone: the engine asks the keeper whether who asks is on that ring now (ADR 44).
 */
#ifndef TRIAGE_MATCH_MATCH_ACROSS_H
#define TRIAGE_MATCH_MATCH_ACROSS_H
#include "triage/match/match_file.h"

enum {
    MATCH_ACROSS = ENGINE_SERVICE + 16,
    MATCH_ACROSS_BODY = SEARCH_TICKET + 2 * (int)sizeof(id) + 4,
    MATCH_ACROSS_MOST = 10,      /* pairs of an answer */
    MATCH_ACROSS_TIPS = 512,     /* tips whose like an answer looks for at most */
    MATCH_ACROSS_WORK = 32768    /* pairs that it compares, after which it takes no further tip */
};
/* Two tips of which match_bits_tell, or a case and a tip or another case. */
struct match_pair {
    id tip[2], office[2];        /* the newer one first */
    bool file[2];                /* it is a case */
    struct match_bits bits;
};
/* The pairs of that tip and of older ones, each pair under its newer tip. */
struct match_across_question {
    id from;                     /* zero: from the newest */
    uint32_t skip;               /* pairs of that tip that were told already; MATCH_ACROSS_ALL: all of them */
    id other;                    /* only this pair: from is its newer tip. Zero: all */
};
#define MATCH_ACROSS_ALL UINT32_MAX
struct match_across_answer {
    bool whole;                  /* all tips are in the index */
    bool more;                   /* there may be more: from and skip of the next question */
    struct match_across_question next;
    int32_t len;
    struct match_pair at[MATCH_ACROSS_MOST]; /* by the newer tip, newest first; of one tip the heaviest first */
};
/* Bounded work whatever the index holds; the same answer on each node. */
void match_service_across(const struct match_service *m, const struct match_across_question *q, struct match_across_answer *out);
engine_answer match_answer_across; /* of the rule */

void match_across_write(const struct match_across_answer *a, struct wire *to);
bool match_across_read(struct wire *from, struct match_across_answer *out); /* false: it is not one */
/* As engine_ask. NOT_FOUND: not on the ring of deconfliction. LOCKED: the engine waits for a supervisor, or the session is over. */
status match_ask_across(struct engine_client *engine, struct keeper *keeper, token t, const struct match_across_question *q,
                        struct match_across_answer *out) MUST_CHECK;
#endif
