/*
 * From the fitted tables to whole ones. Sets of columns grow by one column at a time: the total first, then single columns, then a set's
 * table from that of its first columns and its last one. A set is made once, so tables that share their first columns, or a single one,
 * show the same numbers there. All of it is done in multiples of base.
 */
#include "figures/privacy/rounding.h"
#include "figures/privacy/sets.h"
#include <math.h>

struct whole {
    struct set set;
    ptrdiff_t table;
    int64_t *units;
    bool adds_up;
};
struct tidying {
    struct arena *arena;
    const struct codebook *book;
    const struct tables_spec *tables;
    const struct table_fit *fit;
    struct whole *made;
    ptrdiff_t len;
};

static bool rule_meets(const struct codebook_rule *r, const struct set *s, ptrdiff_t cell)
{
    ptrdiff_t met = 0;
    for (int c = s->columns - 1; c >= 0; cell /= s->size[c--])
        for (ptrdiff_t p = 0; p < r->len; p++)
            met += r->part[p].column == s->column[c] && r->part[p].code == cell % s->size[c];
    return met == r->len;
}

static bool *closed_of(struct arena *a, const struct codebook *book, const struct set *s)
{
    bool *closed = arena_new(a, bool, s->cells);
    for (ptrdiff_t r = 0; r < book->rule_count; r++)
        for (ptrdiff_t i = 0; i < s->cells; i++)
            closed[i] = closed[i] || rule_meets(&book->rules[r], s, i);
    return closed;
}

/* What the fit says of the set, in units. */
static double *wanted_of(struct arena *a, const struct tidying *x, ptrdiff_t table, unsigned mask)
{
    struct set s = set_of(&x->tables->at[table], mask);
    double *wanted = arena_new(a, double, s.cells);
    set_sum(&x->tables->at[table], mask, x->fit[table].cells, wanted);
    for (ptrdiff_t i = 0; i < s.cells; i++)
        wanted[i] /= (double)x->tables->base;
    return wanted;
}

static const struct whole *whole_of(struct tidying *x, ptrdiff_t table, unsigned mask)
{
    struct whole w = { .set = set_of(&x->tables->at[table], mask), .table = table, .adds_up = true };
    for (ptrdiff_t i = 0; i < x->len; i++)
        if (set_equal(&x->made[i].set, &w.set) && same_measure(&x->tables->at[x->made[i].table], &x->tables->at[table]))
            return &x->made[i];
    w.units = arena_new(x->arena, int64_t, w.set.cells);
    unsigned last = mask;
    while (last & (last - 1))
        last &= last - 1;
    /* Found first: what is made on the way stays in the arena, what only this set needs does not. */
    const struct whole *first = mask ? whole_of(x, table, mask & ~last) : NULL,
        *alone = w.set.columns > 1 ? whole_of(x, table, last) : NULL;
    struct arena scratch = *x->arena;
    double *wanted = wanted_of(&scratch, x, table, mask);
    if (!mask)
        w.units[0] = wanted[0] > 0 ? llround(wanted[0]) : 0;
    else if (!alone)
        round_line(scratch, wanted, w.set.cells, first->units[0], w.units);
    else
        w.adds_up = round_table(scratch, wanted, closed_of(&scratch, x->book, &w.set), first->set.cells, alone->set.cells, first->units,
                                alone->units, w.units)
                    && first->adds_up;
    x->made[x->len] = w;
    return &x->made[x->len++];
}

void tables_tidy(struct arena *a, const struct codebook *book, const struct tables_spec *t, const struct table_fit *fit,
                 struct table_tidy *to)
{
    struct tidying x = { a, book, t, fit, arena_new(a, struct whole, TABLES_MOST << TABLE_COLUMNS_MOST), 0 };
    for (ptrdiff_t i = 0; i < t->len; i++) {
        const struct whole *w = whole_of(&x, i, (1u << t->at[i].columns) - 1);
        to[i] = (struct table_tidy){ arena_new(a, int64_t, w->set.cells), w->adds_up };
        for (ptrdiff_t k = 0; k < w->set.cells; k++)
            to[i].cells[k] = w->units[k] * t->base;
    }
}
