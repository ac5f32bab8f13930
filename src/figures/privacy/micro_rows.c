/* Rows out of tables: they start independent, then table by table some are changed until they answer like the tables. No records here. */
#include "figures/privacy/micro.h"
#include <math.h>

enum { ROUNDS = 20, TRIES = 200 };

struct dice {
    uint64_t at[2];
};
/* xoroshiro128+ (Blackman and Vigna): these numbers guard nothing, the privacy was made before. */
static inline uint64_t roll(struct dice *d)
{
    uint64_t a = d->at[0], b = d->at[1], sum = a + b;
    b ^= a;
    d->at[0] = (a << 24 | a >> 40) ^ b ^ b << 16;
    d->at[1] = b << 37 | b >> 27;
    return sum;
}
static inline double part(struct dice *d)
{
    return (double)(roll(d) >> 11) * 0x1p-53;
}
static inline uint32_t below(struct dice *d, uint32_t n)
{
    return (uint32_t)((roll(d) >> 32) * n >> 32);
}

/* What making holds: a row's cell in the table at hand, and the rows of each cell side by side. */
struct making {
    const struct micro *m;
    struct micro_rows *rows;
    struct dice dice;
    uint32_t *cell, *sorted;       /* [row] */
    uint32_t *start, *count;       /* [cell] */
    uint32_t *freed, *fill;        /* rows to change; cells to put them into */
    const uint32_t **rules;        /* of a column: numbers of rules that name it, the first their count */
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

/* Counts the rows of each cell, and lays those of one cell side by side. */
static void sort_rows(struct making *k, const struct micro_pair *p)
{
    const uint16_t *x = k->rows->codes[p->x], *y = k->rows->codes[p->y];
    uint32_t width = (uint32_t)k->m->one[p->y].size, n = (uint32_t)k->rows->len, at = 0;
    memset(k->count, 0, (size_t)p->cells * sizeof *k->count);
    for (uint32_t i = 0; i < n; i++)
        k->count[k->cell[i] = x[i] * width + y[i]]++;
    for (ptrdiff_t c = 0; c < p->cells; c++) {
        at += k->count[c];
        k->start[c] = at;
    }
    for (uint32_t i = n; i-- > 0;)
        k->sorted[--k->start[k->cell[i]]] = i;
}

static uint32_t rounded(struct making *k, double x)
{
    return (uint32_t)(x + part(&k->dice));
}

/* Which rows of over-full cells are freed, and into which cells how many should go. */
static void find_moves(struct making *k, const struct micro_pair *p, double step, uint32_t *freed, uint32_t *fills)
{
    *freed = *fills = 0;
    for (ptrdiff_t c = 0; c < p->cells; c++) {
        double off = ((double)k->count[c] - p->fitted[c]) * step;
        if (off > 0) {
            uint32_t n = rounded(k, off), has = k->count[c], *of = k->sorted + k->start[c];
            for (uint32_t i = 0; i < n && i < has; i++) {
                uint32_t j = i + below(&k->dice, has - i), row = of[j];
                of[j] = of[i];
                of[i] = row;
                k->freed[(*freed)++] = row;
            }
        } else if (off < 0) {
            for (uint32_t n = rounded(k, -off); n > 0 && *fills < (uint32_t)k->rows->len; n--)
                k->fill[(*fills)++] = (uint32_t)c;
        }
    }
}

static void move_row(struct making *k, const struct micro_pair *p, uint32_t row, uint32_t cell)
{
    uint32_t width = (uint32_t)k->m->one[p->y].size;
    if (k->count[cell] && roll(&k->dice) >> 63) {
        copy_row(k->rows, k->m->columns, k->sorted[k->start[cell] + below(&k->dice, k->count[cell])], row);
        return;
    }
    uint16_t *x = &k->rows->codes[p->x][row], *y = &k->rows->codes[p->y][row], was_x = *x, was_y = *y;
    *x = (uint16_t)(cell / width);
    *y = (uint16_t)(cell % width);
    if (breaks_rule(k, row, p->x) || breaks_rule(k, row, p->y)) {
        *x = was_x;
        *y = was_y;
    }
}

static void better(struct making *k, const struct micro_pair *p, double step)
{
    uint32_t freed, fills;
    sort_rows(k, p);
    find_moves(k, p, step, &freed, &fills);
    /* Which row goes into which cell is for the dice: the cells are drawn without putting back. */
    for (uint32_t i = 0; i < freed && i < fills; i++) {
        uint32_t j = i + below(&k->dice, fills - i), cell = k->fill[j];
        k->fill[j] = k->fill[i];
        move_row(k, p, k->freed[i], cell);
    }
}

static void go_round(struct making *k, const struct micro_tell *tell, struct arena scratch)
{
    int n = 0, *order = arena_new(&scratch, int, k->m->pairs);
    for (int p = 0; p < k->m->pairs; p++)
        if (k->m->pair[p].taken)
            order[n++] = p;
    double step = 1;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = n - 1; i > 0; i--) {
            int j = (int)below(&k->dice, (uint32_t)i + 1), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        if (round >= ROUNDS / 2)
            step *= 0.85;
        for (int i = 0; i < n; i++)
            better(k, &k->m->pair[order[i]], step);
        if (tell && tell->call)
            tell->call(tell->context, "rows", (double)(round + 1) / ROUNDS);
    }
}

void micro_make(const struct micro *m, struct arena *a, const struct micro_tell *tell, struct micro_rows *out)
{
    struct making k = { .m = m, .rows = out, .dice = { { m->seed, ~m->seed * 0x9e3779b97f4a7c15u | 1 } } };
    ptrdiff_t n = out->len = (ptrdiff_t)m->rows, cells = 1;
    out->codes = arena_new(a, uint16_t *, m->columns);
    for (int c = 0; c < m->columns; c++)
        out->codes[c] = arena_new(a, uint16_t, n);
    struct arena scratch = *a;
    for (int p = 0; p < m->pairs; p++)
        cells = m->pair[p].cells > cells ? m->pair[p].cells : cells;
    k.cell = arena_new(&scratch, uint32_t, n);
    k.sorted = arena_new(&scratch, uint32_t, n);
    k.freed = arena_new(&scratch, uint32_t, n);
    k.fill = arena_new(&scratch, uint32_t, n);
    k.start = arena_new(&scratch, uint32_t, cells);
    k.count = arena_new(&scratch, uint32_t, cells);
    index_rules(&k, &scratch);
    for (int i = 0; i < 20; i++)
        roll(&k.dice);
    for (int c = 0; c < m->columns; c++)
        deal_column(&k, c);
    if (m->book->rule_count)
        mend_rows(&k);
    if (out->len)
        go_round(&k, tell, scratch);
}
