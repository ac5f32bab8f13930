/*
 * Rows of invented people that answer like the true ones. As with tables there are two halves: micro_measure holds a release and touches
 * records; all that follows takes numbers that are public already, and costs nothing. docs/release.md tells the method.
 */
#ifndef FIGURES_PRIVACY_MICRO_H
#define FIGURES_PRIVACY_MICRO_H
#include "figures/privacy/release.h"
#include "figures/privacy/rows.h"

enum { MICRO_COLUMNS_MOST = 100, MICRO_CELLS_MOST = 1 << 20, MICRO_ALL_CELLS_MOST = 1 << 24, MICRO_ROWS_MOST = 1 << 24,
       MICRO_SETS_MOST = 32, MICRO_SET = 3, MICRO_FOUND_MOST = 64, MICRO_FOUND_CELLS = 1 << 10, /* sets nobody declared */ MICRO_SHARES = 4, MICRO_WORKLOAD_BYTES = 1 << 16,
       DISTANCE_PARTS = 8 /* a distance is counted in eighths, for expectations are no whole numbers */ };

/* One column's counts. Column numbers are the codebook's. */
struct micro_one {
    ptrdiff_t size;
    uint64_t rho; /* nano-rho */
    struct ratio variance;
    int64_t *noisy;  /* by micro_measure: count and noise of each code */
    double *fitted;  /* what all tables together say: not below 0, adding up to the number of rows */
    double sd;       /* of a cell of fitted before it was cut off at 0 */
};
/*
 * Two columns, the three of a declared set, or one that is measured once more; in the codebook's order, the cells of the last side by side.
 */
struct micro_table {
    int columns, column[MICRO_SET];
    ptrdiff_t cells;
    int64_t distance; /* of a pair, noisy: from independence, in eighths of a person */
    bool taken;       /* it was measured; sets always are */
    double depends, filled, noise, weight; /* by micro_choose: distance less noise; cells that can hold people; what stays of their noise;
                                              the part of the budget */
    uint64_t rho;
    struct ratio variance;
    int64_t *noisy;
    double *fitted;   /* also of a pair that was not taken, where a set says it */
};
/* Sets of three columns that somebody will ask for: numbers of the codebook, rising. Public, and made without looking at the data. */
struct micro_workload {
    int set[MICRO_SETS_MOST][MICRO_SET], sets;
};
struct micro {
    const struct codebook *book;
    double dial; /* deviations below which a cell counts as none: more of it misses more and invents less */
    int columns, pairs, sets, tables, declared; /* declared: of the sets, those of the workload, which come first */
    struct micro_one *one;
    struct micro_table *table; /* all pairs, the sets, and each column once more */
    int found_most;           /* so many sets more may be found, of at most found_cells cells each */
    ptrdiff_t found_cells;
    uint64_t rho_choice, rho_tables;
    struct ratio choice;     /* the variance of the distances, in parts squared */
    int taken;               /* of the pairs */
    double rows;             /* how many there are, by the noisy tables */
    uint64_t seed;           /* of the dice that make rows */
};
/* Reads the sets out of text, the file path. False: said names the mend. */
bool micro_workload(struct arena *a, const char *path, str text, const struct codebook *book, struct micro_workload *out,
                    struct said *said);
/* Splits rho: a tenth for single columns, a tenth for the choice of pairs, the rest for pairs and sets. False: said names the mend. */
bool micro_plan(struct arena *a, const struct codebook *book, const struct micro_workload *workload, uint64_t rho, double dial,
                struct micro *out, struct said *said);
str micro_terms(struct arena *a, const struct micro *m); /* for the ledger; names the sets */

/* Counts, choice, counts of the chosen; what leaves has its noise. What is measured lives in a. */
void micro_measure(struct release *r, const struct rows *rows, struct micro *m, struct arena *a);
/* How far one person more or less moves all distances together, squared: each of them by at most one. */
uint64_t micro_moved(const struct micro *m);
/* What independent columns would give, in eighths of a person, out of the noisy single columns. Between two measurements. */
void micro_expect(const struct micro *m, const struct micro_table *pair, int64_t *to);
/* Which pairs and sets to measure, out of the noisy distances, and what each may cost. Post-processing, between two measurements. */
void micro_choose(struct micro *m);
struct micro_table *micro_pair(const struct micro *m, int x, int y); /* x before y */
/* The weighted mean of what all tables say of each column and pair; tables without what noise made, fitted to these. */
void micro_fit(struct micro *m, struct arena *a);

/* Called with 0 to 1 now and then. */
struct micro_tell {
    void (*call)(void *context, const char *stage, double done);
    void *context;
};
struct micro_rows {
    uint16_t **codes; /* [column][row] */
    ptrdiff_t len;
};
/* Rows whose pairs come near to the fitted ones. None breaks a rule of the codebook: where no such row could be found there are fewer. */
void micro_make(const struct micro *m, struct arena *a, const struct micro_tell *tell, struct micro_rows *out);

/* header: the columns' order, as numbers of the codebook. */
str micro_csv(struct arena *a, const struct codebook *book, const struct micro_rows *rows, const int *header, int columns);
str micro_ones_csv(struct arena *a, const struct micro *m);
str micro_pairs_csv(struct arena *a, const struct micro *m);  /* every cell of every measured pair */
str micro_sets_csv(struct arena *a, const struct micro *m);   /* every cell of every set; empty when there is none */
str micro_tables_csv(struct arena *a, const struct micro *m); /* what was measured, with its cost and variance */
int64_t micro_bytes_most(const struct micro *m, int64_t rows); /* of all these files, for so many rows */
#endif
