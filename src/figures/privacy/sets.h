/* Sets of columns, and the tables over them: what fitting and tidying share. A mask picks columns of one table, bit i its column i. */
#ifndef FIGURES_PRIVACY_SETS_H
#define FIGURES_PRIVACY_SETS_H
#include "figures/privacy/tables.h"

struct set {
    ptrdiff_t column[TABLE_COLUMNS_MOST], size[TABLE_COLUMNS_MOST];
    int columns;
    ptrdiff_t cells; /* 1 of the empty set */
};
struct set set_of(const struct table_spec *t, unsigned mask);
bool set_equal(const struct set *x, const struct set *y);
/* The mask by which t has exactly these columns. False: it lacks one. */
bool set_within(const struct set *s, const struct table_spec *t, unsigned *mask);
/* Do two tables measure the same, so that they must agree? */
bool same_measure(const struct table_spec *x, const struct table_spec *y);
/* The cell of set_of(t, mask) to which a cell of t belongs. */
ptrdiff_t set_cell(const struct table_spec *t, unsigned mask, ptrdiff_t cell);
/* Adds the cells of t up to those of set_of(t, mask). */
void set_sum(const struct table_spec *t, unsigned mask, const double *cells, double *to);
#endif
