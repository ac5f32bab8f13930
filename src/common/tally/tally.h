/*
 * Tallies: how often something sealed happened, by measure, office and month, carrying no id. The session that writes the sealed entry
 * adds one in the same transaction, and takes one back when the entry is superseded; nothing else can count what nobody may read.
 */
#ifndef COMMON_TALLY_TALLY_H
#define COMMON_TALLY_TALLY_H
#include "lib/store/db.h"

struct tally {
    str measure;   /* code of measures.csv */
    id office;
    int64_t month; /* 12 * year + month - 1: months are counted, not written */
    int64_t n;
};
struct tallies {
    struct tally *at;
    ptrdiff_t len;
};
enum { TALLIES_MOST = 100000 };

int64_t tally_month(int64_t day);
/* more may be negative. CONFLICT: the count would fall below zero, so something is counted wrong. Inside the caller's transaction. */
status tally_add(struct db *db, str measure, id office, int64_t day, int64_t more) MUST_CHECK;
/* All of them between two months, both included, by measure, office and month. */
status tally_list(struct db *db, struct arena *a, int64_t from_month, int64_t to_month, struct tallies *out) MUST_CHECK;
#endif
