/* The half that touches records. What leaves it has its noise. */
#include "figures/privacy/tables.h"

static ptrdiff_t cell_of(const struct rows *rows, const struct table_spec *t, uint32_t row)
{
    ptrdiff_t cell = 0;
    for (int i = 0; i < t->columns; i++)
        cell = cell * t->size[i] + rows->codes[t->column[i]][row];
    return cell;
}

/*
 * A person's rows lie side by side. Of all of them together at most t->most is counted, the first ones first: whom it leaves out depends
 * on that person alone, so one person more or less changes the table by at most t->most, in the sum and so in the root of squares too.
 */
static void count(const struct rows *rows, const struct table_spec *t, int64_t *cells)
{
    int64_t left = 0;
    for (ptrdiff_t i = 0; i < rows->len; i++) {
        uint32_t row = rows->order[i];
        if (!i || rows->person[row] != rows->person[rows->order[i - 1]])
            left = t->most;
        int64_t adds = t->sum < 0 ? 1 : rows->numbers[t->sum][row];
        adds = adds < left ? adds : left;
        left -= adds;
        cells[cell_of(rows, t, row)] += adds;
    }
}

void tables_measure(struct release *r, const struct rows *rows, const struct tables_spec *t, int64_t **to)
{
    for (ptrdiff_t i = 0; i < t->len; i++) {
        const struct table_spec *x = &t->at[i];
        memset(to[i], 0, (size_t)x->cells * sizeof **to);
        count(rows, x, to[i]);
        release_noise(r, x->variance, x->sensitivity2, to[i], x->cells);
    }
}
