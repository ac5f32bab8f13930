/*
 * Tables that were declared beforehand, measured with noise, and made readable. Two halves: tables_measure holds a release and touches
 * records; all that follows takes numbers that are public already, and costs nothing.
 */
#ifndef FIGURES_PRIVACY_TABLES_H
#define FIGURES_PRIVACY_TABLES_H
#include "figures/privacy/release.h"
#include "figures/privacy/rows.h"

enum { TABLES_MOST = 100, TABLE_COLUMNS_MOST = 6, TABLE_CELLS_MOST = 1 << 20, ALL_CELLS_MOST = 1 << 21, TABLE_CLAMP_MOST = 1000000,
       TABLES_BYTES = 1 << 20 };

struct table_spec {
    str name;
    ptrdiff_t column[TABLE_COLUMNS_MOST], size[TABLE_COLUMNS_MOST]; /* of the codebook, in its order; how many codes */
    int columns;
    ptrdiff_t sum;      /* the column of numbers that is added up, or -1: rows are counted */
    int64_t most;       /* what one person adds at most, over all cells together */
    uint64_t share;     /* of the budget, beside the shares of the others */
    ptrdiff_t cells;
    /* By tables_plan. */
    uint64_t rho, sensitivity2; /* nano-rho; most^2 */
    struct ratio variance;
};
struct tables_spec {
    str person;   /* the column that tells people apart; empty: a row is a person */
    int64_t base; /* tidy numbers are multiples of it */
    struct table_spec *at;
    ptrdiff_t len;
};
/* Reads the list of tables. False: said names what to mend in path. */
bool tables_read(struct arena *a, const char *path, str text, const struct codebook *book, struct tables_spec *out, struct said *said);
/* Splits rho by the shares and sets each table's variance. False: so little for so much that no noise of ours fits. */
bool tables_plan(struct tables_spec *t, uint64_t rho, struct said *said);
str tables_terms(struct arena *a, const struct tables_spec *t); /* for the ledger: name:variance:sensitivity2, by commas */

/* Counts under the bound, and the noise over each cell, also the empty ones. to[i] has the cells of table i, the last column fastest. */
void tables_measure(struct release *r, const struct rows *rows, const struct tables_spec *t, int64_t **to);

/* What the noisy tables together say best: they agree in all that they share (least squares). Not yet whole numbers, nor above 0. */
struct table_fit {
    double *cells;
    double sd; /* of each cell, from the noise alone */
};
void tables_fit(struct arena *a, const struct tables_spec *t, int64_t *const *noisy, struct table_fit *to);

/* Multiples of base, none below 0, that add up to the same totals in every table; impossible combinations are 0. */
struct table_tidy {
    int64_t *cells;
    bool adds_up; /* false: the impossible combinations left no way to the totals */
};
void tables_tidy(struct arena *a, const struct codebook *book, const struct tables_spec *t, const struct table_fit *fit,
                 struct table_tidy *to);

/* The files: tables.csv, and of each table NAME.raw.csv, NAME.tidy.csv, NAME.plusminus.csv; in the order of their names. */
void tables_files(struct arena *a, const struct codebook *book, const struct tables_spec *t, int64_t *const *noisy,
                  const struct table_fit *fit,
                  const struct table_tidy *tidy, struct release_files *out);
int64_t tables_bytes_most(const struct codebook *book, const struct tables_spec *t); /* no more than so many bytes will tables_files make */
#endif
