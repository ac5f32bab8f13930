/*
 * Least squares over all tables at once, in closed form. A table over the columns S is the sum of effects, one for each subset A of S: what
 * A's own table shows beyond its smaller ones. Effects are orthogonal, and the noise is alike in every cell of a table. So each table
 * that has A gives an estimate of A's effect, of a variance that is the same for all its cells but for a factor they share; their mean,
 * weighted by 1 / variance, is the least squares estimate, and every table is put together again from the means.
 *
 * Floating point is right here: the noise has been drawn, these are public numbers.
 */
#include "figures/privacy/sets.h"
#include <math.h>

struct effect {
    struct set set;
    ptrdiff_t table; /* the first that has it: tells which measure it is of */
    double *cells;   /* of the table over set */
    double weight;   /* 1 / variance of a cell of that table, summed over who has it */
};
struct effects {
    struct effect *at;
    ptrdiff_t len;
};

static double variance_of(const struct table_spec *t)
{
    return (double)t->variance.over / (double)t->variance.under;
}

static struct effect *effect_of(struct effects *e, const struct tables_spec *t, ptrdiff_t table, unsigned mask)
{
    struct set s = set_of(&t->at[table], mask);
    for (ptrdiff_t i = 0; i < e->len; i++)
        if (set_equal(&e->at[i].set, &s) && same_measure(&t->at[e->at[i].table], &t->at[table]))
            return &e->at[i];
    return NULL;
}

/* Takes the mean off along each column: what is left is A's own. */
static void centre(const struct set *s, double *cells)
{
    ptrdiff_t step = 1;
    for (int c = s->columns - 1; c >= 0; step *= s->size[c--])
        for (ptrdiff_t i = 0; i < s->cells; i++) {
            if (i / step % s->size[c])
                continue;
            double sum = 0;
            for (ptrdiff_t k = 0; k < s->size[c]; k++)
                sum += cells[i + k * step];
            for (ptrdiff_t k = 0; k < s->size[c]; k++)
                cells[i + k * step] -= sum / (double)s->size[c];
        }
}

static void add_table(struct arena a, struct effects *e, const struct tables_spec *t, ptrdiff_t table, const int64_t *noisy)
{
    const struct table_spec *x = &t->at[table];
    double *cells = arena_new(&a, double, x->cells), *sums = arena_new(&a, double, x->cells);
    for (ptrdiff_t i = 0; i < x->cells; i++)
        cells[i] = (double)noisy[i];
    for (unsigned mask = 0; mask < 1u << x->columns; mask++) {
        struct effect *f = effect_of(e, t, table, mask);
        /* A cell over A is the sum of |S| / |A| cells, each with the variance of the table. */
        double weight = (double)f->set.cells / ((double)x->cells * variance_of(x));
        set_sum(x, mask, cells, sums);
        centre(&f->set, sums);
        for (ptrdiff_t i = 0; i < f->set.cells; i++)
            f->cells[i] += weight * sums[i];
        f->weight += weight;
    }
}

static void rebuild(struct effects *e, const struct tables_spec *t, ptrdiff_t table, struct table_fit *to)
{
    const struct table_spec *x = &t->at[table];
    double variance = 0;
    for (unsigned mask = 0; mask < 1u << x->columns; mask++) {
        const struct effect *f = effect_of(e, t, table, mask);
        double part = (double)f->set.cells / (double)x->cells, own = 1;
        for (ptrdiff_t i = 0; i < x->cells; i++)
            to->cells[i] += part * f->cells[set_cell(x, mask, i)];
        for (int i = 0; i < f->set.columns; i++)
            own *= 1 - 1 / (double)f->set.size[i];
        variance += part * part * own / f->weight;
    }
    to->sd = sqrt(variance);
}

void tables_fit(struct arena *a, const struct tables_spec *t, int64_t *const *noisy, struct table_fit *to)
{
    for (ptrdiff_t i = 0; i < t->len; i++)
        to[i] = (struct table_fit){ .cells = arena_new(a, double, t->at[i].cells) };
    struct arena scratch = *a;
    struct effects e = { arena_new(&scratch, struct effect, TABLES_MOST << TABLE_COLUMNS_MOST), 0 };
    for (ptrdiff_t i = 0; i < t->len; i++)
        for (unsigned mask = 0; mask < 1u << t->at[i].columns; mask++)
            if (!effect_of(&e, t, i, mask)) {
                struct set s = set_of(&t->at[i], mask);
                e.at[e.len++] = (struct effect){ s, i, arena_new(&scratch, double, s.cells), 0 };
            }
    for (ptrdiff_t i = 0; i < t->len; i++)
        add_table(scratch, &e, t, i, noisy[i]);
    for (ptrdiff_t i = 0; i < e.len; i++)
        for (ptrdiff_t k = 0; k < e.at[i].set.cells; k++)
            e.at[i].cells[k] /= e.at[i].weight;
    for (ptrdiff_t i = 0; i < t->len; i++)
        rebuild(&e, t, i, &to[i]);
}
