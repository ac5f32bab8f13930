/* Controlled rounding: whole numbers that add up, close to numbers that nearly do. */
#ifndef FIGURES_PRIVACY_ROUNDING_H
#define FIGURES_PRIVACY_ROUNDING_H
#include "lib/base/base.h"

/* n > 0 whole numbers from 0 with that sum >= 0: nearest to the wanted ones by least squares, then by largest remainder. */
void round_line(struct arena a, const double *wanted, ptrdiff_t n, int64_t sum, int64_t *to);

/*
 * A table of rows times columns of whole numbers from 0 with exactly those sums of rows and columns (both add up to the same). The
 * wanted cells, cut off at 0, are fitted to the sums by turns; then each cell is rounded up or down (a fractional matrix whose sums are
 * whole always has such a rounding). closed[i] cells stay 0. False: the closed cells leave no way to the sums; then *to comes near.
 */
bool round_table(struct arena a, const double *wanted, const bool *closed, ptrdiff_t rows, ptrdiff_t columns, const int64_t *row_sums,
                 const int64_t *column_sums, int64_t *to);
#endif
