#include "figures/privacy/rounding.h"
#include <math.h>

enum { TURNS_MOST = 500 };
static const double nearly_whole = 1e-6, least_seed = 1e-9;

struct part {
    double rest;
    ptrdiff_t at;
};

/* Largest first; equal ones in their order, so that the same input gives the same output. */
static int by_rest(const void *x, const void *y)
{
    const struct part *a = x, *b = y;
    if (a->rest != b->rest)
        return a->rest < b->rest ? 1 : -1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* Moves all by the same amount and cuts off at 0, so that they sum up: the nearest point of the simplex. */
static void project(struct arena a, const double *wanted, ptrdiff_t n, double sum, double *to)
{
    struct part *sorted = arena_new(&a, struct part, n);
    double total = 0, off = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        sorted[i] = (struct part){ wanted[i], i };
    qsort(sorted, (size_t)n, sizeof *sorted, by_rest);
    for (ptrdiff_t i = 0; i < n; i++) {
        total += sorted[i].rest;
        if (sorted[i].rest - (total - sum) / (double)(i + 1) > 0 || !i)
            off = (total - sum) / (double)(i + 1);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        to[i] = wanted[i] > off ? wanted[i] - off : 0;
}

void round_line(struct arena a, const double *wanted, ptrdiff_t n, int64_t sum, int64_t *to)
{
    double *fitted = arena_new(&a, double, n);
    struct part *rest = arena_new(&a, struct part, n);
    project(a, wanted, n, (double)sum, fitted);
    for (ptrdiff_t i = 0; i < n; i++) {
        to[i] = (int64_t)(fitted[i] + nearly_whole);
        rest[i] = (struct part){ fitted[i] - (double)to[i], i };
        sum -= to[i];
    }
    qsort(rest, (size_t)n, sizeof *rest, by_rest);
    for (ptrdiff_t i = 0; sum > 0; i = (i + 1) % n, sum--)
        to[rest[i].at]++;
    for (ptrdiff_t i = n - 1; sum < 0; i = i ? i - 1 : n - 1)
        if (to[rest[i].at] > 0) {
            to[rest[i].at]--;
            sum++;
        }
}

struct table {
    ptrdiff_t rows, columns;
    const bool *closed;
    double *fitted;
    int64_t *cells, *row_left, *column_left; /* what is still to be given */
};

static double turn(struct table *t, const int64_t *row_sums, const int64_t *column_sums, double *sums)
{
    double off = 0;
    for (ptrdiff_t i = 0; i < t->rows; i++) {
        double sum = 0;
        for (ptrdiff_t k = 0; k < t->columns; k++)
            sum += t->fitted[i * t->columns + k];
        off = fmax(off, fabs(sum - (double)row_sums[i]));
        for (ptrdiff_t k = 0; k < t->columns && sum > 0; k++)
            t->fitted[i * t->columns + k] *= (double)row_sums[i] / sum;
    }
    memset(sums, 0, (size_t)t->columns * sizeof *sums);
    for (ptrdiff_t i = 0; i < t->rows * t->columns; i++)
        sums[i % t->columns] += t->fitted[i];
    for (ptrdiff_t i = 0; i < t->rows * t->columns; i++)
        if (sums[i % t->columns] > 0)
            t->fitted[i] *= (double)column_sums[i % t->columns] / sums[i % t->columns];
    return off;
}

static void give(struct table *t, ptrdiff_t cell, int64_t n)
{
    t->cells[cell] += n;
    t->row_left[cell / t->columns] -= n;
    t->column_left[cell % t->columns] -= n;
}

/* Rounds down, then up where most is missing and both sums still want it. */
static void round_by_rest(struct arena a, struct table *t)
{
    ptrdiff_t n = t->rows * t->columns, len = 0;
    struct part *rest = arena_new(&a, struct part, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        double down = floor(t->fitted[i] + nearly_whole);
        give(t, i, (int64_t)down);
        if (t->fitted[i] - down > nearly_whole)
            rest[len++] = (struct part){ t->fitted[i] - down, i };
    }
    /* Where the turns did not come to an end a sum may be passed: one back from a cell that has one. */
    for (ptrdiff_t i = 0; i < n; i++)
        while (t->cells[i] > 0 && (t->row_left[i / t->columns] < 0 || t->column_left[i % t->columns] < 0))
            give(t, i, -1);
    qsort(rest, (size_t)len, sizeof *rest, by_rest);
    for (ptrdiff_t i = 0; i < len; i++)
        if (t->row_left[rest[i].at / t->columns] > 0 && t->column_left[rest[i].at % t->columns] > 0)
            give(t, rest[i].at, 1);
}

/* May this cell take one more? First those that are not whole and were rounded down, later any that is not closed. */
static bool takes(const struct table *t, ptrdiff_t cell, bool any)
{
    return any ? !t->closed[cell] : t->fitted[cell] > (double)t->cells[cell] + nearly_whole;
}
static bool gives(const struct table *t, ptrdiff_t cell, bool any)
{
    return any ? t->cells[cell] > 0 : (double)t->cells[cell] > t->fitted[cell] + nearly_whole;
}

/* One more for a row that wants it, along a way of cells that take and give by turns, to a column that wants it. Breadth first. */
static bool push_one(struct arena a, struct table *t, bool any)
{
    ptrdiff_t n = t->rows + t->columns, from = 0, to = 0, *queue = arena_new(&a, ptrdiff_t, n), *before = arena_new(&a, ptrdiff_t, n);
    for (ptrdiff_t i = 0; i < n; i++)
        before[i] = -1;
    for (ptrdiff_t i = 0; i < t->rows; i++)
        if (t->row_left[i] > 0) {
            before[i] = i;
            queue[to++] = i;
        }
    while (from < to) {
        ptrdiff_t at = queue[from++];
        bool row = at < t->rows;
        if (!row && t->column_left[at - t->rows] > 0) {
            for (ptrdiff_t prior = before[at]; at != prior; at = prior, prior = before[at])
                give(t, at < t->rows ? at * t->columns + prior - t->rows : prior * t->columns + at - t->rows, at < t->rows ? -1 : 1);
            return true;
        }
        for (ptrdiff_t k = row ? t->rows : 0; k < (row ? n : t->rows); k++) {
            ptrdiff_t cell = row ? at * t->columns + k - t->rows : k * t->columns + at - t->rows;
            if (before[k] >= 0 || !(row ? takes(t, cell, any) : gives(t, cell, any)))
                continue;
            before[k] = at;
            queue[to++] = k;
        }
    }
    return false;
}

bool round_table(struct arena a, const double *wanted, const bool *closed, ptrdiff_t rows, ptrdiff_t columns, const int64_t *row_sums,
                 const int64_t *column_sums, int64_t *to)
{
    struct table t = { rows, columns, closed, arena_new(&a, double, rows * columns), to, arena_new(&a, int64_t, rows),
                       arena_new(&a, int64_t, columns) };
    double *sums = arena_new(&a, double, columns);
    for (ptrdiff_t i = 0; i < rows * columns; i++)
        t.fitted[i] = closed[i] ? 0 : fmax(wanted[i], least_seed);
    for (int i = 0; i < TURNS_MOST && turn(&t, row_sums, column_sums, sums) > nearly_whole / 100;)
        i++;
    memset(to, 0, (size_t)(rows * columns) * sizeof *to);
    memcpy(t.row_left, row_sums, (size_t)rows * sizeof *row_sums);
    memcpy(t.column_left, column_sums, (size_t)columns * sizeof *column_sums);
    round_by_rest(a, &t);
    while (push_one(a, &t, false))
        continue;
    while (push_one(a, &t, true))
        continue;
    bool good = true;
    for (ptrdiff_t i = 0; i < rows; i++)
        good = good && !t.row_left[i];
    for (ptrdiff_t i = 0; i < columns; i++)
        good = good && !t.column_left[i];
    return good;
}
