/*
 * The simplex method over what is not shown, in a dense table: for small systems, and to be sure of others where moves did not reach. Its
 * answer is no proof: whoever uses it checks the numbers it ends with.
 */
#include "figures/privacy/suppress.h"
#include <math.h>

enum { PIVOTS_MOST = 20000, STUCK_MOST = 40 };
static const double table_most = 4e6, tiny = 1e-9;

static double *row(const struct suppress_lp *lp, ptrdiff_t r)
{
    return lp->table + r * (lp->columns + 1);
}
static double *right(const struct suppress_lp *lp, ptrdiff_t r)
{
    return row(lp, r) + lp->columns;
}

static void pivot(struct suppress_lp *lp, ptrdiff_t r, ptrdiff_t j)
{
    double *top = row(lp, r), by = 1 / top[j];
    for (ptrdiff_t c = 0; c <= lp->columns; c++)
        top[c] *= by;
    for (ptrdiff_t i = 0; i < lp->rows; i++) {
        double *at = row(lp, i), f = at[j];
        if (i == r || f == 0)
            continue;
        for (ptrdiff_t c = 0; c <= lp->columns; c++)
            if (top[c] != 0) {
                at[c] -= f * top[c];
                at[c] = fabs(at[c]) < tiny ? 0 : at[c];
            }
    }
    if (lp->basis[r] >= 0)
        lp->row_of[lp->basis[r]] = -1;
    lp->basis[r] = (int32_t)j;
    lp->row_of[j] = (int32_t)r;
}

/* The row that ends first when column j grows, or -1. Rows of no variable go first, then the lowest: no way leads in a circle. */
static ptrdiff_t leaves(const struct suppress_lp *lp, ptrdiff_t j)
{
    ptrdiff_t best = -1;
    double least = 0;
    for (ptrdiff_t r = 0; r < lp->rows; r++) {
        double by = row(lp, r)[j];
        if (by <= tiny)
            continue;
        double ratio = *right(lp, r) / by;
        if (best < 0 || ratio < least - tiny || (ratio < least + tiny && lp->basis[r] < lp->basis[best])) {
            best = r;
            least = ratio;
        }
    }
    return best;
}

/* Brings the rows that have no variable to 0. False: it did not come to an end, which true numbers behind it exclude. */
static bool begin(struct suppress_lp *lp, double *gains)
{
    for (int n = 0; n < PIVOTS_MOST; n++) {
        ptrdiff_t j = -1;
        double rest = 0;
        memset(gains, 0, (size_t)lp->columns * sizeof *gains);
        for (ptrdiff_t r = 0; r < lp->rows; r++) {
            if (lp->basis[r] >= 0)
                continue;
            rest += *right(lp, r);
            for (ptrdiff_t c = 0; c < lp->columns; c++)
                gains[c] += row(lp, r)[c];
        }
        if (rest < tiny * 100)
            return true;
        for (ptrdiff_t c = 0; c < lp->columns; c++)
            if (gains[c] > tiny && lp->row_of[c] < 0 && (j < 0 || (n < PIVOTS_MOST / 2 && gains[c] > gains[j])))
                j = c;
        ptrdiff_t r = j < 0 ? -1 : leaves(lp, j);
        if (r < 0)
            return false;
        pivot(lp, r, j);
    }
    return false;
}

/* Rows that still have no variable get one, or say nothing and go. */
static void tidy(struct suppress_lp *lp)
{
    for (ptrdiff_t r = lp->rows - 1; r >= 0; r--) {
        if (lp->basis[r] >= 0)
            continue;
        ptrdiff_t j = 0;
        while (j < lp->columns && (fabs(row(lp, r)[j]) < 1e-6 || lp->row_of[j] >= 0))
            j++;
        if (j < lp->columns) {
            pivot(lp, r, j);
            continue;
        }
        if (r == --lp->rows)
            continue;
        memcpy(row(lp, r), row(lp, lp->rows), (size_t)(lp->columns + 1) * sizeof(double));
        lp->basis[r] = lp->basis[lp->rows];
        lp->row_of[lp->basis[r]] = (int32_t)r;
    }
}

/* Adds each cell that is not shown to its equations. rows: which row an equation is, or -1. */
static void fill(struct suppress_lp *lp, const struct suppress *s, const int32_t *rows)
{
    for (ptrdiff_t l = 0; l < s->link_count; l++) {
        const struct suppress_link *x = &s->links[l];
        for (ptrdiff_t i = 0; i < s->sets[x->of].set.cells; i++) {
            ptrdiff_t cell = s->sets[x->of].first + i, r = rows[x->first + x->cell[i]];
            if (lp->variable[cell] >= 0 && r >= 0) {
                row(lp, r)[lp->variable[cell]] = 1;
                *right(lp, r) += (double)s->count[cell];
            }
        }
        for (ptrdiff_t i = 0; i < s->sets[x->to].set.cells; i++) {
            ptrdiff_t cell = s->sets[x->to].first + i, r = rows[x->first + i];
            if (lp->variable[cell] >= 0 && r >= 0) {
                row(lp, r)[lp->variable[cell]] = -1;
                *right(lp, r) -= (double)s->count[cell];
            }
        }
    }
    for (ptrdiff_t r = 0; r < lp->rows; r++) {
        double sign = *right(lp, r) < 0 ? -1 : 1;
        for (ptrdiff_t c = 0; c <= lp->columns; c++)
            row(lp, r)[c] *= sign;
    }
}

bool suppress_lp_of(struct arena *a, const struct suppress *s, const bool *open, struct suppress_lp *lp)
{
    int32_t *rows = arena_new(a, int32_t, s->equations);
    *lp = (struct suppress_lp){ .variable = arena_new(a, int32_t, s->cells) };
    for (ptrdiff_t i = 0; i < s->cells; i++)
        lp->variable[i] = open[i] && !s->closed[i] ? (int32_t)lp->columns++ : -1;
    for (ptrdiff_t l = 0; l < s->link_count; l++) {
        const struct suppress_link *x = &s->links[l];
        for (ptrdiff_t i = 0; i < s->sets[x->of].set.cells; i++)
            rows[x->first + x->cell[i]] |= lp->variable[s->sets[x->of].first + i] >= 0;
        for (ptrdiff_t i = 0; i < s->sets[x->to].set.cells; i++)
            rows[x->first + i] |= lp->variable[s->sets[x->to].first + i] >= 0;
    }
    for (ptrdiff_t e = 0; e < s->equations; e++)
        rows[e] = rows[e] ? (int32_t)lp->rows++ : -1;
    if (!lp->columns || (double)lp->rows * (double)(lp->columns + 1) > table_most)
        return false;
    lp->table = arena_new(a, double, lp->rows * (lp->columns + 1));
    lp->basis = arena_new(a, int32_t, lp->rows);
    lp->row_of = arena_new(a, int32_t, lp->columns);
    memset(lp->basis, -1, (size_t)lp->rows * sizeof *lp->basis);
    memset(lp->row_of, -1, (size_t)lp->columns * sizeof *lp->row_of);
    fill(lp, s, rows);
    if (!begin(lp, arena_new(a, double, lp->columns)))
        return false;
    tidy(lp);
    return true;
}

double suppress_lp_at(const struct suppress_lp *lp, ptrdiff_t cell)
{
    ptrdiff_t j = lp->variable[cell];
    return j < 0 || lp->row_of[j] < 0 ? 0 : *right(lp, lp->row_of[j]);
}

/* Which column makes the variable of row r grow, or shrink. */
static ptrdiff_t enters(const struct suppress_lp *lp, ptrdiff_t r, bool up, bool first)
{
    ptrdiff_t best = -1;
    double most = tiny * 10;
    for (ptrdiff_t c = 0; c < lp->columns; c++) {
        double by = up ? -row(lp, r)[c] : row(lp, r)[c];
        if (lp->row_of[c] >= 0 || by <= most)
            continue;
        best = c;
        if (first)
            break;
        most = by;
    }
    return best;
}

double suppress_lp_end(struct suppress_lp *lp, ptrdiff_t cell, bool up, double stop)
{
    ptrdiff_t j = lp->variable[cell];
    for (int n = 0, stuck = 0; n < PIVOTS_MOST; n++) {
        double at = suppress_lp_at(lp, cell);
        if (up ? at >= stop - tiny : at <= stop + tiny)
            return at;
        ptrdiff_t r = lp->row_of[j], in = r < 0 ? j : enters(lp, r, up, stuck > STUCK_MOST);
        if (in < 0)
            return at;
        ptrdiff_t out = leaves(lp, in);
        if (out < 0) {
            /* Nothing ends it: the numbers in the table stay those of the last corner. */
            return (double)SUPPRESS_ANY;
        }
        pivot(lp, out, in);
        stuck = fabs(suppress_lp_at(lp, cell) - at) < tiny ? stuck + 1 : 0;
    }
    return suppress_lp_at(lp, cell);
}

/* The numbers in the table as a population of their own, if they are whole. */
static bool world_of(struct arena *a, const struct suppress *s, const struct suppress_lp *lp, struct suppress_proof *p, int side)
{
    p->cell[side] = arena_new(a, int32_t, lp->columns);
    p->by[side] = arena_new(a, int64_t, lp->columns);
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        double at = lp->variable[i] < 0 ? 0 : suppress_lp_at(lp, i);
        if (lp->variable[i] < 0 || llround(at) == s->count[i])
            continue;
        if (fabs(at - (double)llround(at)) > 1e-6)
            return false;
        p->cell[side][p->len[side]] = (int32_t)i;
        p->by[side][p->len[side]++] = llround(at) - s->count[i];
    }
    return true;
}

static int64_t value_in(const struct suppress_lp *lp, ptrdiff_t cell)
{
    return llround(suppress_lp_at(lp, cell));
}

bool suppress_lp_prove(struct arena *a, const struct suppress *s, const struct suppress_box *box, ptrdiff_t cell, int64_t want,
                       struct suppress_proof *out)
{
    struct suppress_lp lp;
    bool *open = arena_new(a, bool, s->cells);
    *out = (struct suppress_proof){ 0 };
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        open[i] = box->low[i] < box->high[i];
        if (open[i] && (box->low[i] || box->high[i] != SUPPRESS_ANY))
            return false; /* rounded: this table knows no such ends */
    }
    if (!open[cell] || !suppress_lp_of(a, s, open, &lp))
        return false;
    suppress_lp_end(&lp, cell, false, 0);
    int64_t low = value_in(&lp, cell);
    if (!world_of(a, s, &lp, out, 1))
        return false;
    suppress_lp_end(&lp, cell, true, (double)(low + want));
    return value_in(&lp, cell) >= low + want && world_of(a, s, &lp, out, 0);
}
