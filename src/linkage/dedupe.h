/* Records that are one person, in one file or across two: read, learn, compare, join. */
#ifndef LINKAGE_DEDUPE_H
#define LINKAGE_DEDUPE_H
#include "linkage/join.h"
#include "linkage/learnt.h"

struct dedupe_wish {
    int threads;
    uint32_t block_most;    /* records of a block; larger ones are left out, and told */
    uint32_t learn_from;    /* records; of a table with more a sample of the keys of about so many is learnt from; 0: 130,000 */
    uint32_t cluster_most;  /* records of a cluster; what would grow beyond is cut at its weakest links, and told */
    double keep, join;      /* probabilities: from which on a pair is kept, and from which on it joins two records */
    const int *labels, *decisions; /* files of verdicts, or NULL: labels are for the curve alone, decisions win over the weights */
    const struct learnt *learnt;    /* NULL: learnt from the records themselves; else the plan that is given is its plan */
    struct teller teller;
};

struct dedupe {
    struct table table;
    struct patterns patterns;
    struct model model;
    struct weights weights;
    struct rule_yield yields[RULES_MOST];
    struct edges edges;         /* kept pairs, in an order that does not depend on the threads */
    struct clusters clusters;
    struct verdicts labels, decisions;
    struct curve curve;         /* when there are labels */
    enum { WRONG_FILE, WRONG_LABELS, WRONG_DECISIONS } wrong; /* which file the complaint is of; WRONG_FILE: table.file says which */
    double learnt_from;         /* pairs that were looked at to learn */
    char complaint[COMPLAINT];
};

/*
 * Reads one file or two by the plan (as table_read takes it) and links the one within itself, or the first with the second. INVALID: a file
 * (table.file says which); FAULT: memory or disk; complaint says what.
 * Close it in any case.
 */
status dedupe_files(struct dedupe *d, const int *fds, int files, const struct plan *plan, const struct dedupe_wish *wish) MUST_CHECK;
void dedupe_close(struct dedupe *d);
#endif
