/* Invented people of four columns, measured with seeded noise: for the tests of the method of microdata and of who attacks it. */
#ifndef TESTS_MICRO_MADE_H
#define TESTS_MICRO_MADE_H
#include "figures/privacy/micro_dice.h"

enum { CELLS = 48 }; /* of the largest table of three columns */
extern const char micro_open_book[], micro_ruled_book[]; /* without rules; with one of two columns and one of three */
extern const struct micro_workload micro_no_sets, micro_one_set; /* the set: all columns but the first */

struct codebook micro_book(struct arena *a, const char *text);
struct rows micro_rows_of(const struct codebook *book, str text); /* read from a file of a moment */
/* People whose age goes with their place and their help with their age; none breaks a rule. last: more lines. */
str micro_people(struct arena *a, int n, const char *last);
/* Everything is measured that such a budget buys, with noise of that seed; all of it is spent. */
void micro_measured(struct arena *a, const struct codebook *book, const struct micro_workload *w, struct rows *rows, uint64_t budget,
                    uint64_t seed, struct micro *m);
ptrdiff_t micro_cell(const struct micro *m, const struct micro_table *t, uint16_t **codes, ptrdiff_t row); /* where a row is counted */
#endif
