#include "figures/privacy/sets.h"

struct set set_of(const struct table_spec *t, unsigned mask)
{
    struct set s = { .cells = 1 };
    for (int i = 0; i < t->columns; i++)
        if (mask >> i & 1) {
            s.column[s.columns] = t->column[i];
            s.size[s.columns++] = t->size[i];
            s.cells *= t->size[i];
        }
    return s;
}

bool set_equal(const struct set *x, const struct set *y)
{
    bool same = x->columns == y->columns;
    for (int i = 0; same && i < x->columns; i++)
        same = x->column[i] == y->column[i];
    return same;
}

bool set_within(const struct set *s, const struct table_spec *t, unsigned *mask)
{
    int met = 0;
    *mask = 0;
    for (int i = 0; i < t->columns; i++)
        if (met < s->columns && s->column[met] == t->column[i]) {
            *mask |= 1u << i;
            met++;
        }
    return met == s->columns;
}

bool same_measure(const struct table_spec *x, const struct table_spec *y)
{
    return x->sum == y->sum && x->most == y->most;
}

ptrdiff_t set_cell(const struct table_spec *t, unsigned mask, ptrdiff_t cell)
{
    ptrdiff_t to = 0, step = 1;
    for (int i = t->columns - 1; i >= 0; i--) {
        ptrdiff_t code = cell % t->size[i];
        cell /= t->size[i];
        if (mask >> i & 1) {
            to += code * step;
            step *= t->size[i];
        }
    }
    return to;
}

void set_sum(const struct table_spec *t, unsigned mask, const double *cells, double *to)
{
    memset(to, 0, (size_t)set_of(t, mask).cells * sizeof *to);
    for (ptrdiff_t i = 0; i < t->cells; i++)
        to[set_cell(t, mask, i)] += cells[i];
}
