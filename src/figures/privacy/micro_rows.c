/*
 * Rows out of tables: dealt along a tree of the pairs that go together most, and then changed, code by code, until they answer like all of
 * them. No records here.
 */
#include "figures/privacy/micro_dice.h"

enum { TRIES = 200 };

struct making {
    const struct micro *m;
    struct micro_rows *rows;
    struct dice dice;
    const uint32_t **rules;   /* of a column: numbers of rules that name it, the first their count */
};

static bool breaks_rule(const struct making *k, ptrdiff_t row, int column)
{
    const uint32_t *list = k->rules[column];
    for (uint32_t i = 1; i <= list[0]; i++) {
        const struct codebook_rule *r = &k->m->book->rules[list[i]];
        ptrdiff_t met = 0;
        while (met < r->len && k->rows->codes[r->part[met].column][row] == r->part[met].code)
            met++;
        if (met == r->len)
            return true;
    }
    return false;
}

static void index_rules(struct making *k, struct arena *a)
{
    const struct codebook *book = k->m->book;
    k->rules = arena_new(a, const uint32_t *, k->m->columns);
    for (int c = 0; c < k->m->columns; c++) {
        uint32_t *list = arena_new(a, uint32_t, book->rule_count + 1);
        for (ptrdiff_t i = 0; i < book->rule_count; i++)
            for (ptrdiff_t p = 0; p < book->rules[i].len; p++)
                if (book->rules[i].part[p].column == c)
                    list[++list[0]] = (uint32_t)i;
        k->rules[c] = list;
    }
}

static uint16_t any_code(struct making *k, int c)
{
    const struct micro_one *o = &k->m->one[c];
    double left = part(&k->dice) * k->m->rows;
    ptrdiff_t code = 0, last = 0;
    for (; code < o->size; code++) {
        if (o->fitted[code] > 0)
            last = code;
        if ((left -= o->fitted[code]) < 0)
            return (uint16_t)code;
    }
    return (uint16_t)last;
}

/* Each column's codes in their numbers, in random order: independent columns, but the single counts are nearly right from the start. */
static void deal_column(struct making *k, int c)
{
    uint16_t *codes = k->rows->codes[c];
    ptrdiff_t n = k->rows->len, at = 0;
    const struct micro_one *o = &k->m->one[c];
    double sum = part(&k->dice);
    for (ptrdiff_t code = 0; code < o->size; code++)
        for (sum += o->fitted[code]; at < n && (double)at + 1 <= sum; at++)
            codes[at] = (uint16_t)code;
    for (; at < n; at++)
        codes[at] = any_code(k, c);
    for (ptrdiff_t i = n - 1; i > 0; i--) {
        uint32_t j = below(&k->dice, (uint32_t)i + 1);
        uint16_t t = codes[i];
        codes[i] = codes[j];
        codes[j] = t;
    }
}

/* The pair that goes together most of those that join a dealt column with another, or NULL. */
static const struct micro_table *next_pair(const struct micro *m, const bool *dealt)
{
    const struct micro_table *best = NULL;
    for (int p = 0; p < m->pairs; p++) {
        const struct micro_table *x = &m->table[p];
        if (x->taken && dealt[x->column[0]] != dealt[x->column[1]] && (!best || x->distance > best->distance))
            best = x;
    }
    return best;
}

/* Each row's code of the pair's other column is drawn given the one it has. */
static void deal_given(struct making *k, const struct micro_table *pair, bool first_is_dealt, struct arena scratch)
{
    ptrdiff_t a = k->m->one[pair->column[!first_is_dealt]].size, b = k->m->one[pair->column[first_is_dealt]].size;
    double *sums = arena_new(&scratch, double, a * b);
    for (ptrdiff_t x = 0; x < a; x++)
        for (ptrdiff_t y = 0; y < b; y++)
            sums[x * b + y] = (y ? sums[x * b + y - 1] : 0) + pair->fitted[first_is_dealt ? x * b + y : y * a + x];
    const uint16_t *given = k->rows->codes[pair->column[!first_is_dealt]];
    uint16_t *codes = k->rows->codes[pair->column[first_is_dealt]];
    for (ptrdiff_t i = 0; i < k->rows->len; i++) {
        const double *sum = sums + given[i] * b;
        double at = part(&k->dice) * sum[b - 1];
        ptrdiff_t low = 0, high = b - 1;
        while (low < high) {
            ptrdiff_t middle = (low + high) / 2;
            if (sum[middle] > at)
                high = middle;
            else
                low = middle + 1;
        }
        codes[i] = sum[b - 1] > 0 ? (uint16_t)low : any_code(k, pair->column[first_is_dealt]);
    }
}

static void deal_columns(struct making *k, struct arena scratch)
{
    bool dealt[MICRO_COLUMNS_MOST] = { false };
    for (int c = 0; c < k->m->columns; c++) {
        if (dealt[c])
            continue;
        deal_column(k, c);
        dealt[c] = true;
        for (const struct micro_table *p; (p = next_pair(k->m, dealt));) {
            bool first = dealt[p->column[0]];
            deal_given(k, p, first, scratch);
            dealt[p->column[first]] = true;
        }
    }
}

static int broken_at(const struct making *k, ptrdiff_t row)
{
    for (int c = 0; c < k->m->columns; c++)
        if (breaks_rule(k, row, c))
            return c;
    return -1;
}

static void copy_row(struct micro_rows *r, int columns, ptrdiff_t from, ptrdiff_t to)
{
    for (int c = 0; c < columns; c++)
        r->codes[c][to] = r->codes[c][from];
}

/* Rows that break a rule are drawn again at what breaks it; what stays impossible is left out. */
static void mend_rows(struct making *k)
{
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i < k->rows->len; i++) {
        int c = broken_at(k, i);
        for (int t = 0; c >= 0 && t < TRIES; t++) {
            if (t % 8 < 4)
                k->rows->codes[c][i] = any_code(k, c);
            else
                for (int x = 0; x < k->m->columns; x++)
                    k->rows->codes[x][i] = any_code(k, x);
            c = broken_at(k, i);
        }
        if (c < 0)
            copy_row(k->rows, k->m->columns, i, kept++);
    }
    k->rows->len = kept;
}

void micro_make(const struct micro *m, struct arena *a, const struct micro_tell *tell, struct micro_rows *out)
{
    struct making k = { .m = m, .rows = out, .dice = { { m->seed, ~m->seed * 0x9e3779b97f4a7c15u | 1 } } };
    ptrdiff_t n = out->len = (ptrdiff_t)m->rows;
    out->codes = arena_new(a, uint16_t *, m->columns);
    for (int c = 0; c < m->columns; c++)
        out->codes[c] = arena_new(a, uint16_t, n);
    struct arena scratch = *a;
    index_rules(&k, &scratch);
    for (int i = 0; i < 20; i++)
        roll(&k.dice);
    deal_columns(&k, scratch);
    if (m->book->rule_count)
        mend_rows(&k);
    if (out->len > 1)
        micro_polish(m, scratch, &k.dice, tell, out);
}
