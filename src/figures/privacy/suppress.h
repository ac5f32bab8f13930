/*
 * Exact counts with holes: cells of 1 to k-1 people are not shown, nor as many others as it takes that nobody can work them out. The
 * declared tables with all their margins are one system; what protects is chosen over all of it, and whatever was chosen is audited from
 * the published numbers alone. docs/release.md says what it protects from, and what not.
 */
#ifndef FIGURES_PRIVACY_SUPPRESS_H
#define FIGURES_PRIVACY_SUPPRESS_H
#include "figures/privacy/rows.h"
#include "figures/privacy/sets.h"

enum { SUPPRESS_CELLS_MOST = 1 << 16, SUPPRESS_K_LEAST = 2, SUPPRESS_K_MOST = 1000, SUPPRESS_BASE_MOST = 1000 };
#define SUPPRESS_ANY (INT64_MAX / 4) /* no bound above */

struct suppress_set {
    struct set set;
    ptrdiff_t first; /* its first cell in the whole system */
    ptrdiff_t step[TABLE_COLUMNS_MOST];
    bool hidden;     /* nobody publishes it: it is there to ask whether a population stands behind the tables */
    bool joint;      /* hidden, over the columns of a ring of tables */
};
/* The cells of one set add up to those of another. */
struct suppress_link {
    ptrdiff_t of, to, first; /* sets; its first equation */
    const int32_t *cell;     /* of each cell of the first, which of the second, from 0 */
};
/* Somebody who is alone in some cells, and may know it: from there they look at the others. */
struct suppress_insider {
    const int32_t *cell;
    ptrdiff_t len;
};
struct suppress {
    const struct codebook *book;
    const struct tables_spec *tables;
    int64_t k;
    struct suppress_set *sets; /* fewest columns first, so the total is sets[0] */
    struct suppress_link *links;
    ptrdiff_t set_count, link_count, equations, cells;
    int32_t *set_of_cell;
    int64_t *count; /* of people */
    bool *closed;   /* impossible by the codebook: 0, as everybody knows */
    struct suppress_insider *insiders;
    ptrdiff_t insider_count;
    int32_t *insider_of; /* of each cell: 1 + who is alone in it, or 0 */
};
/*
 * The system of the tables: every set of columns of each, once. Sets that turn in a ring bring a hidden set over the ring, because
 * numbers may agree pairwise where no population has them; what the codebook calls impossible across tables brings one over its columns.
 * False: too large, or tables that this class does not make; said names which.
 */
bool suppress_plan(struct arena *a, const struct codebook *book, const struct tables_spec *t, int64_t k, struct suppress *out,
                   struct said *said);
/* Counts the people, and who is alone. False: a person has two rows. */
bool suppress_count(struct arena *a, struct suppress *s, const struct rows *rows, struct said *said);
bool suppress_unsafe(const struct suppress *s, ptrdiff_t cell); /* 1 to k-1 people, in a table that is shown */
int64_t suppress_cost(const struct suppress *s, ptrdiff_t cell); /* of not showing it */
int64_t suppress_costs(const struct suppress *s, const bool *open); /* of all that need not have been hidden */

/* What a reader knows of each cell: from low to high, the same where it is shown. */
struct suppress_box {
    int64_t *low, *high;
};
struct suppress_box suppress_box_of(struct arena *a, const struct suppress *s, const bool *open);

/*
 * Looks for populations that differ from the true one only within what a reader may think. work is kept from call to call. A move
 * puts people from some cells into others along a few columns, all sums of other columns kept.
 */
struct suppress_work {
    struct arena arena;
    const struct suppress *s;
    int64_t *world;    /* a population, as it is changed */
    int32_t *touched;  /* cells where it is not the true one, up to twice each pass */
    ptrdiff_t touched_len;
    bool *marked;
    struct suppress_item *items;
};
struct suppress_work suppress_work_of(struct arena *a, const struct suppress *s);
struct suppress_move {
    const int32_t *cell; /* what it touches; the cell that was asked for grows when the move goes up */
    const int8_t *sign;
    int len;
    int64_t up, down, cost; /* how often it may be done either way */
};
/* Which way the asked cell shall move: SUPPRESS_BOTH adds up both ways. */
enum suppress_way { SUPPRESS_UP, SUPPRESS_DOWN, SUPPRESS_BOTH };
struct suppress_quest {
    const int64_t *low, *high, *cost; /* cost of touching a cell; NULL: nothing */
    ptrdiff_t cell;
    enum suppress_way way;
    int64_t want;
    bool part; /* a move that brings less than want will do, most for its cost */
};
/* The cheapest move from w->world. False: there is none among those that are tried. *out lives in w->arena. */
bool suppress_move(struct suppress_work *w, const struct suppress_quest *q, struct suppress_move *out);

/* Two populations in which the cell differs by at least want, one above, one below: of each the cells that differ, and by how much. */
struct suppress_proof {
    int32_t *cell[2];
    int64_t *by[2];
    ptrdiff_t len[2];
    int32_t *also; /* cells that the proofs against insiders lean on */
    ptrdiff_t also_len;
};
bool suppress_prove(struct suppress_work *w, struct arena *a, const struct suppress_box *box, ptrdiff_t cell, int64_t want,
                    struct suppress_proof *out);

/*
 * Insiders of whom the proof does not show that they learn nothing exact of the cell: in each population in which it differs, a cell where
 * they are alone differs too. list has room for all; returns how many.
 */
ptrdiff_t suppress_near(const struct suppress *s, const struct suppress_proof *p, ptrdiff_t cell, int32_t *list);
/* The box as an insider knows it: 1 where they are alone. kept, with room for all their cells twice, is what suppress_forget puts back. */
void suppress_know(const struct suppress *s, struct suppress_box box, ptrdiff_t insider, int64_t *kept);
void suppress_forget(const struct suppress *s, struct suppress_box box, ptrdiff_t insider, const int64_t *kept);

/* Chooses what else is hidden, open[i] for each cell, the unsafe ones and hidden sets too. False: it found no way for a cell, *failed. */
bool suppress_choose(struct arena *a, const struct suppress *s, bool *open, ptrdiff_t *failed);
/* The same, from what is hidden already. */
bool suppress_complete(struct arena *a, const struct suppress *s, bool *open, ptrdiff_t *failed);

/* An unsafe cell, and an insider who must not learn it. */
struct suppress_pair {
    int32_t cell, insider;
};
/*
 * The cheapest choice, by the program glpsol run as a child: SUPPRESS_BEST, or SUPPRESS_GOOD when its time was over before it was proved.
 * Its answer is only believed after suppress_audit. SUPPRESS_NONE: too large, no such program, or no answer.
 */
enum suppress_answer { SUPPRESS_NONE, SUPPRESS_GOOD, SUPPRESS_BEST };
enum suppress_answer suppress_exact(struct arena *a, const struct suppress *s, const char *solver, bool *open);
bool suppress_exact_fits(const struct suppress *s);
/* What the child is given, CPLEX LP format: room of k for each unsafe cell, and for n pairs that the cell differs at all. */
str suppress_exact_text(struct arena *a, const struct suppress *s, const struct suppress_pair *pairs, ptrdiff_t n);

/* Linear programming over what is hidden: the range of a cell over all numbers that are not negative, whole or not. */
struct suppress_lp {
    ptrdiff_t rows, columns;
    double *table; /* rows of columns + 1 */
    int32_t *basis, *row_of, *variable, *cell;
};
bool suppress_lp_of(struct arena *a, const struct suppress *s, const bool *open, struct suppress_lp *out); /* false: too large */
/* The end of the range, as far as stop: up to at least, or down to at most. The numbers there stand in the table. */
double suppress_lp_end(struct suppress_lp *lp, ptrdiff_t cell, bool up, double stop);
double suppress_lp_at(const struct suppress_lp *lp, ptrdiff_t cell);
/* As suppress_prove, by the two ends of the range where both are whole. Not for rounded numbers. */
bool suppress_lp_prove(struct arena *a, const struct suppress *s, const struct suppress_box *box, ptrdiff_t cell, int64_t want,
                       struct suppress_proof *out);

/* Is no unsafe cell a rational combination of what is shown? Elimination modulo 2^61 - 1. -1: none is; -2: too large to ask; else one. */
ptrdiff_t suppress_span(struct arena a, const struct suppress *s, const struct suppress_box *box);

struct suppress_verdict {
    ptrdiff_t unsafe, hidden; /* unsafe cells; cells that are not shown */
    ptrdiff_t failed;         /* an unsafe cell that could be worked out, or known to within less than k; -1: none */
    bool spanned;             /* the elimination was made too */
};
/*
 * Takes what is shown, and nothing of how it was chosen: each unsafe cell must have two populations behind the same published numbers, in
 * whole people, in which it differs by k at least; and for each insider two in which it differs at all, and they are alone as before.
 */
struct suppress_verdict suppress_audit(struct arena *a, const struct suppress *s, const struct suppress_box *box);

/* Controlled rounding: multiples of base that add up, each less than base from the truth, up or down by chance. False: none was found. */
bool suppress_round(struct arena *a, const struct suppress *s, int64_t base, int64_t *to);
struct suppress_box suppress_box_rounded(struct arena *a, const struct suppress *s, int64_t base, const int64_t *rounded);

/* The files: tables.csv, protection.txt, and NAME.csv of each table. shown[i] below 0: not shown. */
void suppress_files(struct arena *a, const struct suppress *s, const int64_t *shown, int64_t base, struct release_files *out);
int64_t suppress_bytes_most(const struct suppress *s);
#endif
