/* Rows out of tables: they start independent, then table by table some are changed until they answer like the tables. No records here. */
#include "figures/privacy/micro.h"
#include <math.h>

enum { ROUNDS = 20, TRIES = 200, WAYS = 4, WAYS_CELLS = 512, THROWS = 1 << 20 };
/* Measured on invented victims (bench/release): more copies bring large counts nearer, fewer bring more different rows. */
static const double copied = 0.4, shrink = 0.85, sort_above = 0.35; /* of rows; of the step; throws a row, what sorting costs */

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

struct over {
    uint32_t cell, moves;
};
/* What making holds. Of the table at hand: how many rows a cell has, and, when sorted, which, side by side. */
struct making {
    const struct micro *m;
    struct micro_rows *rows;
    struct dice dice;
    bool is_sorted;
    uint32_t *sorted, *fill;  /* [row]; cells that lack a row */
    uint32_t *start, *count;  /* [cell] */
    struct over *over;        /* cells that have too many */
    uint32_t overs, fills;
    uint32_t ways[WAYS][WAYS_CELLS];
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

static uint32_t cell_of(const struct making *k, const struct micro_pair *p, uint32_t row)
{
    return (uint32_t)k->rows->codes[p->x][row] * (uint32_t)k->m->one[p->y].size + k->rows->codes[p->y][row];
}

/* Two columns of two codes: three sums, which a compiler does many rows at a time. */
static void count_flags(struct making *k, const uint16_t *x, const uint16_t *y)
{
    uint32_t of_x = 0, of_y = 0, both = 0, n = (uint32_t)k->rows->len;
    for (uint32_t i = 0; i < n;) {
        uint16_t part_x = 0, part_y = 0, part_both = 0;
        for (uint32_t end = n - i < 65535 ? n : i + 65535; i < end; i++) {
            part_x = (uint16_t)(part_x + x[i]);
            part_y = (uint16_t)(part_y + y[i]);
            part_both = (uint16_t)(part_both + (x[i] & y[i]));
        }
        of_x += part_x;
        of_y += part_y;
        both += part_both;
    }
    k->count[3] = both;
    k->count[2] = of_x - both;
    k->count[1] = of_y - both;
    k->count[0] = n - of_x - of_y + both;
}

/* Rows that follow each other often fall into one cell; counted into WAYS places by turns they do not wait for each other. */
static void count_rows(struct making *k, const struct micro_pair *p)
{
    const uint16_t *x = k->rows->codes[p->x], *y = k->rows->codes[p->y];
    uint32_t width = (uint32_t)k->m->one[p->y].size, n = (uint32_t)k->rows->len, i = 0;
    if (p->cells == 4 && width == 2) {
        count_flags(k, x, y);
        return;
    }
    if (p->cells > WAYS_CELLS) {
        memset(k->count, 0, (size_t)p->cells * sizeof *k->count);
        for (; i < n; i++)
            k->count[x[i] * width + y[i]]++;
        return;
    }
    memset(k->ways, 0, sizeof k->ways);
    for (; i + WAYS <= n; i += WAYS)
        for (uint32_t w = 0; w < WAYS; w++)
            k->ways[w][x[i + w] * width + y[i + w]]++;
    for (; i < n; i++)
        k->ways[0][x[i] * width + y[i]]++;
    for (ptrdiff_t c = 0; c < p->cells; c++)
        k->count[c] = k->ways[0][c] + k->ways[1][c] + k->ways[2][c] + k->ways[3][c];
}

/* Lays the rows of each cell side by side. */
static void sort_rows(struct making *k, const struct micro_pair *p)
{
    const uint16_t *x = k->rows->codes[p->x], *y = k->rows->codes[p->y];
    uint32_t width = (uint32_t)k->m->one[p->y].size, at = 0;
    for (ptrdiff_t c = 0; c < p->cells; c++) {
        at += k->count[c];
        k->start[c] = at;
    }
    for (uint32_t i = (uint32_t)k->rows->len; i-- > 0;)
        k->sorted[--k->start[x[i] * width + y[i]]] = i;
}

static uint32_t rounded(struct making *k, double x)
{
    return (uint32_t)(x + part(&k->dice));
}

/*
 * How many rows leave each over-full cell, and the cells that should be fuller, each as often as it lacks rows. Returns about how many
 * throws of the dice would find all these rows without sorting.
 */
static double find_moves(struct making *k, const struct micro_pair *p, double step)
{
    double n = (double)k->rows->len, throws = 0;
    k->overs = k->fills = 0;
    for (ptrdiff_t c = 0; c < p->cells; c++) {
        double off = ((double)k->count[c] - p->fitted[c]) * step;
        uint32_t moves = off > 0 ? rounded(k, off) : off < 0 ? rounded(k, -off) : 0;
        if (!moves)
            continue;
        if (k->count[c])
            throws += (off > 0 ? 1 : 0.5) * moves * n / k->count[c];
        if (off > 0)
            k->over[k->overs++] = (struct over){ (uint32_t)c, moves < k->count[c] ? moves : k->count[c] };
        else
            for (; moves > 0 && k->fills < (uint32_t)k->rows->len; moves--)
                k->fill[k->fills++] = (uint32_t)c;
    }
    return throws;
}

/* Any row of a cell that has some. */
static uint32_t any_row(struct making *k, const struct micro_pair *p, uint32_t cell)
{
    if (k->is_sorted)
        return k->sorted[k->start[cell] + below(&k->dice, k->count[cell])];
    for (int t = 0; t < THROWS; t++) {
        uint32_t row = below(&k->dice, (uint32_t)k->rows->len);
        if (cell_of(k, p, row) == cell)
            return row;
    }
    return UINT32_MAX;
}

/* The i-th row that leaves a cell: another one each time. */
static uint32_t next_row(struct making *k, const struct micro_pair *p, uint32_t cell, uint32_t i)
{
    if (!k->is_sorted)
        return any_row(k, p, cell); /* a row that left is not of the cell any more */
    uint32_t *of = k->sorted + k->start[cell], j = i + below(&k->dice, k->count[cell] - i), row = of[j];
    of[j] = of[i];
    of[i] = row;
    return row;
}

static void move_row(struct making *k, const struct micro_pair *p, uint32_t row, uint32_t cell)
{
    uint32_t width = (uint32_t)k->m->one[p->y].size, from = UINT32_MAX;
    if (k->count[cell] && part(&k->dice) < copied)
        from = any_row(k, p, cell);
    if (from != UINT32_MAX) {
        copy_row(k->rows, k->m->columns, from, row);
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
    uint32_t done = 0;
    count_rows(k, p);
    k->is_sorted = find_moves(k, p, step) > sort_above * (double)k->rows->len;
    if (k->is_sorted)
        sort_rows(k, p);
    /* Which row goes into which cell is for the dice: the cells are drawn without putting back. */
    for (uint32_t o = 0; o < k->overs; o++)
        for (uint32_t i = 0; i < k->over[o].moves && done < k->fills; i++) {
            uint32_t j = done + below(&k->dice, k->fills - done), cell = k->fill[j], row = next_row(k, p, k->over[o].cell, i);
            k->fill[j] = k->fill[done++];
            if (row != UINT32_MAX)
                move_row(k, p, row, cell);
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
            step *= shrink;
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
    k.sorted = arena_new(&scratch, uint32_t, n);
    k.fill = arena_new(&scratch, uint32_t, n);
    k.over = arena_new(&scratch, struct over, cells);
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
