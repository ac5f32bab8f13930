/*
 * Controlled rounding of tables of one or two columns: each number becomes a multiple of base next to it, and all add up. Which way a
 * number goes is drawn, in proportion to how near it is, so that the direction tells nothing.
 */
#include "figures/privacy/suppress.h"
#include "lib/crypt/crypt.h"

enum { TRIES_MOST = 300 };

static int64_t below(int64_t n)
{
    uint64_t r;
    do
        crypt_random(&r, sizeof r);
    while (r >= UINT64_MAX - UINT64_MAX % (uint64_t)n);
    return (int64_t)(r % (uint64_t)n);
}

static void shuffle(int32_t *list, ptrdiff_t n)
{
    for (ptrdiff_t i = n - 1; i > 0; i--) {
        ptrdiff_t other = (ptrdiff_t)below(i + 1);
        int32_t kept = list[i];
        list[i] = list[other];
        list[other] = kept;
    }
}

/* n numbers up or down so that they come to sum units: systematic sampling over the remainders, in a drawn order. False: no way to it. */
static bool round_list(struct arena a, const int64_t *count, ptrdiff_t n, int64_t base, int64_t sum, int64_t *to)
{
    int32_t *order = arena_new(&a, int32_t, n);
    ptrdiff_t parts = 0;
    int64_t rest = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        to[i] = count[i] / base;
        sum -= to[i];
        rest += count[i] % base;
        if (count[i] % base)
            order[parts++] = (int32_t)i;
    }
    shuffle(order, parts);
    int64_t wanted = sum, at = below(base), gone = 0;
    /* First in steps of base, then whatever a drawn start left over or under. */
    for (ptrdiff_t i = 0; i < parts && sum > 0; i++) {
        gone += count[order[i]] % base;
        if (gone > at) {
            to[order[i]]++;
            at += base;
            sum--;
        }
    }
    for (ptrdiff_t i = 0; i < parts && sum > 0; i++)
        if (to[order[i]] == count[order[i]] / base) {
            to[order[i]]++;
            sum--;
        }
    return wanted >= 0 && sum == 0 && rest >= 0;
}

struct grid {
    ptrdiff_t rows, columns;
    const int64_t *count;
    int64_t base, *to, *row_left, *column_left;
};

static bool is_up(const struct grid *g, ptrdiff_t cell)
{
    return g->to[cell] > g->count[cell] / g->base;
}

/* One more up for a row that lacks one, along cells that go up and down by turns, to a column that lacks one. */
static bool push(struct arena a, struct grid *g)
{
    ptrdiff_t n = g->rows + g->columns, from = 0, to = 0, *queue = arena_new(&a, ptrdiff_t, n), *before = arena_new(&a, ptrdiff_t, n);
    for (ptrdiff_t i = 0; i < n; i++)
        before[i] = i < g->rows && g->row_left[i] > 0 ? (queue[to++] = i) : -1;
    while (from < to) {
        ptrdiff_t at = queue[from++];
        bool row = at < g->rows;
        if (!row && g->column_left[at - g->rows] > 0) {
            g->column_left[at - g->rows]--;
            for (ptrdiff_t prior = before[at]; prior != at; at = prior, prior = before[at])
                g->to[at < g->rows ? at * g->columns + prior - g->rows : prior * g->columns + at - g->rows] += at < g->rows ? -1 : 1;
            g->row_left[at]--;
            return true;
        }
        for (ptrdiff_t k = row ? g->rows : 0; k < (row ? n : g->rows); k++) {
            ptrdiff_t cell = row ? at * g->columns + k - g->rows : k * g->columns + at - g->rows;
            bool goes = row ? !is_up(g, cell) && g->count[cell] % g->base : is_up(g, cell);
            if (before[k] >= 0 || !goes)
                continue;
            before[k] = at;
            queue[to++] = k;
        }
    }
    return false;
}

static bool round_grid(struct arena a, struct grid *g, const int64_t *row, const int64_t *column)
{
    ptrdiff_t n = g->rows * g->columns;
    int32_t *order = arena_new(&a, int32_t, n);
    bool good = true;
    g->row_left = arena_new(&a, int64_t, g->rows);
    g->column_left = arena_new(&a, int64_t, g->columns);
    memcpy(g->row_left, row, (size_t)g->rows * sizeof *row);
    memcpy(g->column_left, column, (size_t)g->columns * sizeof *column);
    for (ptrdiff_t i = 0; i < n; i++) {
        order[i] = (int32_t)i;
        g->to[i] = g->count[i] / g->base;
        g->row_left[i / g->columns] -= g->to[i];
        g->column_left[i % g->columns] -= g->to[i];
    }
    shuffle(order, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t cell = order[i], r = cell / g->columns, c = cell % g->columns;
        if (below(g->base) >= g->count[cell] % g->base || g->row_left[r] <= 0 || g->column_left[c] <= 0)
            continue;
        g->to[cell]++;
        g->row_left[r]--;
        g->column_left[c]--;
    }
    while (push(a, g))
        continue;
    for (ptrdiff_t i = 0; i < g->rows; i++)
        good = good && !g->row_left[i];
    for (ptrdiff_t i = 0; i < g->columns; i++)
        good = good && !g->column_left[i];
    return good;
}

/* The set of one column, in units; it stands before those of two. */
static const int64_t *ones(const struct suppress *s, ptrdiff_t column, const int64_t *to)
{
    ptrdiff_t i = 0;
    while (s->sets[i].set.columns != 1 || s->sets[i].set.column[0] != column)
        i++;
    return to + s->sets[i].first;
}

static bool round_all(struct arena *a, const struct suppress *s, int64_t base, int64_t *to)
{
    bool good = true;
    to[0] = s->count[0] / base + (below(base) < s->count[0] % base);
    for (ptrdiff_t i = 1; good && i < s->set_count; i++) {
        const struct suppress_set *x = &s->sets[i];
        if (x->hidden)
            continue;
        struct grid g = { x->set.size[0], x->set.columns > 1 ? x->set.size[1] : 1, s->count + x->first, base, to + x->first, NULL, NULL };
        good = x->set.columns == 1 ? round_list(*a, s->count + x->first, x->set.cells, base, to[0], to + x->first)
                                   : round_grid(*a, &g, ones(s, x->set.column[0], to), ones(s, x->set.column[1], to));
    }
    return good;
}

bool suppress_round(struct arena *a, const struct suppress *s, int64_t base, int64_t *to)
{
    bool good = false;
    for (int i = 0; i < TRIES_MOST && !good; i++)
        good = round_all(a, s, base, to);
    for (ptrdiff_t i = 0; i < s->cells; i++)
        to[i] *= base;
    return good;
}

struct suppress_box suppress_box_rounded(struct arena *a, const struct suppress *s, int64_t base, const int64_t *rounded)
{
    struct suppress_box box = { arena_new(a, int64_t, s->cells), arena_new(a, int64_t, s->cells) };
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        bool hidden = s->sets[s->set_of_cell[i]].hidden;
        box.low[i] = hidden || rounded[i] < base ? 0 : rounded[i] - base + 1;
        box.high[i] = s->closed[i] ? 0 : hidden ? SUPPRESS_ANY : rounded[i] + base - 1;
    }
    return box;
}
