/* The half that touches records, in whole numbers alone. What leaves it has its noise. */
#include "figures/privacy/micro.h"

uint64_t micro_moved(const struct micro *m)
{
    return (uint64_t)m->pairs * DISTANCE_PARTS * DISTANCE_PARTS;
}

static void count_table(const struct rows *rows, const struct micro *m, const struct micro_table *t, int64_t *cells)
{
    const uint16_t *x = rows->codes[t->column[0]], *y = rows->codes[t->column[1]];
    ptrdiff_t width = m->one[t->column[1]].size;
    memset(cells, 0, (size_t)t->cells * sizeof *cells);
    if (t->columns == 1) {
        for (ptrdiff_t i = 0; i < rows->len; i++)
            cells[x[i]]++;
        return;
    }
    if (t->columns == 2) {
        for (ptrdiff_t i = 0; i < rows->len; i++)
            cells[x[i] * width + y[i]]++;
        return;
    }
    const uint16_t *z = rows->codes[t->column[2]];
    ptrdiff_t depth = m->one[t->column[2]].size;
    for (ptrdiff_t i = 0; i < rows->len; i++)
        cells[(x[i] * width + y[i]) * depth + z[i]]++;
}

/*
 * Of the table from what independent columns would give. That is made of the noisy single columns, which are public: so one person moves
 * one cell by one, and the sum by one; from the true columns it would be four.
 */
static int64_t distance(const struct micro_table *p, const int64_t *cells, const int64_t *expected)
{
    int64_t sum = 0;
    for (ptrdiff_t c = 0; c < p->cells; c++) {
        int64_t apart = cells[c] * DISTANCE_PARTS - expected[c];
        sum += apart < 0 ? -apart : apart;
    }
    return sum;
}

static void measure_ones(struct release *r, const struct rows *rows, struct micro *m, struct arena *a)
{
    for (int c = 0; c < m->columns; c++) {
        struct micro_one *o = &m->one[c];
        o->noisy = arena_new(a, int64_t, o->size);
        for (ptrdiff_t i = 0; i < rows->len; i++)
            o->noisy[rows->codes[c][i]]++;
        release_noise(r, o->variance, 1, o->noisy, o->size);
    }
}

static void measure_distances(struct release *r, const struct rows *rows, struct micro *m, struct arena scratch)
{
    ptrdiff_t most = 0;
    int64_t *to = arena_new(&scratch, int64_t, m->pairs);
    for (int p = 0; p < m->pairs; p++)
        most = m->table[p].cells > most ? m->table[p].cells : most;
    int64_t *cells = arena_new(&scratch, int64_t, most), *expected = arena_new(&scratch, int64_t, most);
    for (int p = 0; p < m->pairs; p++) {
        micro_expect(m, &m->table[p], expected);
        count_table(rows, m, &m->table[p], cells);
        to[p] = distance(&m->table[p], cells, expected);
    }
    memset(cells, 0, (size_t)most * sizeof *cells); /* the last table is exact */
    release_noise(r, m->choice, micro_moved(m), to, m->pairs);
    for (int p = 0; p < m->pairs; p++)
        m->table[p].distance = to[p];
}

void micro_measure(struct release *r, const struct rows *rows, struct micro *m, struct arena *a)
{
    measure_ones(r, rows, m, a);
    measure_distances(r, rows, m, *a);
    micro_choose(m);
    for (int t = 0; t < m->tables; t++) {
        struct micro_table *x = &m->table[t];
        if (!x->taken)
            continue;
        x->noisy = arena_new(a, int64_t, x->cells);
        count_table(rows, m, x, x->noisy);
        release_noise(r, x->variance, 1, x->noisy, x->cells);
    }
    m->seed = noise_below(&r->source, UINT64_MAX);
}
