/* Elimination modulo a prime: is a cell that is not shown a sum and difference of what is? */
#include "figures/privacy/suppress.h"
#include "lib/crypt/crypt.h"

typedef uint64_t field; /* numbers modulo the prime */
#define PRIME ((UINT64_C(1) << 61) - 1)
static const double span_work_most = 4e9;

static field times(field x, field y)
{
    wide p = (wide)x * y;
    field r = (field)(p & PRIME) + (field)(p >> 61);
    return r >= PRIME ? r - PRIME : r;
}
static field minus(field x, field y)
{
    return x >= y ? x - y : x + PRIME - y;
}
static field inverse(field x)
{
    field r = 1;
    for (uint64_t e = PRIME - 2; e; e >>= 1, x = times(x, x))
        if (e & 1)
            r = times(r, x);
    return r;
}

struct matrix {
    field **row;
    int32_t *column_of; /* of a cell, or -1 */
    ptrdiff_t rows, columns;
};

/* The equations in which something is not shown. */
static bool matrix_of(struct arena *a, const struct suppress *s, const struct suppress_box *box, struct matrix *m)
{
    bool *has = arena_new(a, bool, s->equations);
    ptrdiff_t *at = arena_new(a, ptrdiff_t, s->equations);
    *m = (struct matrix){ .column_of = arena_new(a, int32_t, s->cells) };
    for (ptrdiff_t i = 0; i < s->cells; i++)
        m->column_of[i] = box->low[i] < box->high[i] ? (int32_t)m->columns++ : -1;
    for (int pass = 0; pass < 2; pass++) {
        for (ptrdiff_t l = 0; l < s->link_count; l++) {
            const struct suppress_link *x = &s->links[l];
            for (ptrdiff_t i = 0; i < s->sets[x->of].set.cells + s->sets[x->to].set.cells; i++) {
                bool adds = i < s->sets[x->of].set.cells;
                ptrdiff_t local = adds ? i : i - s->sets[x->of].set.cells, e = x->first + (adds ? x->cell[local] : local);
                int32_t column = m->column_of[s->sets[adds ? x->of : x->to].first + local];
                if (column >= 0 && pass)
                    m->row[at[e]][column] = adds ? 1 : PRIME - 1;
                else if (column >= 0)
                    has[e] = true;
            }
        }
        for (ptrdiff_t e = 0; !pass && e < s->equations; e++)
            at[e] = has[e] ? m->rows++ : 0;
        if (!pass && (double)m->rows * (double)m->rows * (double)m->columns > span_work_most)
            return false;
        m->row = pass ? m->row : arena_new(a, field *, m->rows);
        for (ptrdiff_t r = 0; !pass && r < m->rows; r++)
            m->row[r] = arena_new(a, field, m->columns);
    }
    return true;
}

/* Row echelon form; pivot[r] is the first column of row r. Returns the rank. */
static ptrdiff_t eliminate(struct matrix *m, ptrdiff_t *pivot)
{
    ptrdiff_t rank = 0;
    for (ptrdiff_t c = 0; c < m->columns && rank < m->rows; c++) {
        ptrdiff_t r = rank;
        while (r < m->rows && !m->row[r][c])
            r++;
        if (r == m->rows)
            continue;
        field *top = m->row[r], one = inverse(top[c]);
        m->row[r] = m->row[rank];
        m->row[rank] = top;
        for (ptrdiff_t i = c; i < m->columns; i++)
            top[i] = top[i] ? times(top[i], one) : 0;
        for (r = rank + 1; r < m->rows; r++) {
            field by = m->row[r][c];
            for (ptrdiff_t i = c; by && i < m->columns; i++)
                if (top[i])
                    m->row[r][i] = minus(m->row[r][i], times(by, top[i]));
        }
        pivot[rank++] = c;
    }
    return rank;
}

/*
 * A random solution of all equations with nothing on the right: where it is 0 the cell has one value in all solutions (but for one chance
 * in 2^61 a cell), and where it is not it has several.
 */
ptrdiff_t suppress_span(struct arena a, const struct suppress *s, const struct suppress_box *box)
{
    struct matrix m;
    if (!matrix_of(&a, s, box, &m))
        return -2;
    ptrdiff_t *pivot = arena_new(&a, ptrdiff_t, m.rows + 1), rank = eliminate(&m, pivot);
    field *x = arena_new(&a, field, m.columns + 1);
    crypt_random(x, m.columns * (ptrdiff_t)sizeof *x);
    for (ptrdiff_t c = 0; c < m.columns; c++)
        x[c] %= PRIME;
    for (ptrdiff_t r = rank - 1; r >= 0; r--) {
        field sum = 0;
        for (ptrdiff_t c = pivot[r] + 1; c < m.columns; c++)
            sum = m.row[r][c] ? minus(sum, times(m.row[r][c], x[c])) : sum;
        x[pivot[r]] = sum;
    }
    for (ptrdiff_t i = 0; i < s->cells; i++)
        if (suppress_unsafe(s, i) && (m.column_of[i] < 0 || !x[m.column_of[i]]))
            return i;
    return -1;
}
