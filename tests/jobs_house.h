/* The house of the access matrix as the jobs role finds it: with its own rights, and with the retention table of the packs. */
#ifndef TESTS_JOBS_HOUSE_H
#define TESTS_JOBS_HOUSE_H
#include "matrix.h"
#include "common/keep/keep.h"

struct jobs_house {
    struct matrix *m;
    struct db *db;          /* of the jobs role */
    struct keep_rules rules;
    struct arena a;
};
void jobs_house_open(struct jobs_house *h);
void jobs_house_close(struct jobs_house *h);
int64_t jobs_house_today(const struct jobs_house *h);
struct keep jobs_house_keep(const struct jobs_house *h);
/* A sweep to its end, as the jobs role does it, with the months of the offices. */
void jobs_house_sweep(const struct jobs_house *h);
#endif
