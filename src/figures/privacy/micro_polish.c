/*
 * The larger part of making rows. What was dealt knows the pairs of one tree; here single codes of rows are changed, each only if the sum
 * of squares over all tables, of rows less people in each cell, gets less by it. So no table is bettered at a greater cost to others.
 */
#include "figures/privacy/micro_dice.h"

/* Passes end with one that took fewer codes than a STILLth of the rows: noisy tables and dice alone decide that. */
enum { PASSES = 20, STILL = 16 };

/* How a table's cells are read from one of its columns: from first on, a code leads step further, and those of other columns so far. */
struct way {
    uint32_t first, step, other, other_step, third, third_step;
};
struct ways {
    struct way *at;
    int pairs, len; /* pairs first: they have no third column */
};
struct polishing {
    const struct micro *m;
    uint16_t *rows; /* [row][column]: what one change looks at lies side by side */
    float *off;     /* of all tables, cell by cell: rows less people */
    struct ways ways[MICRO_COLUMNS_MOST];
};

static void add_ways(struct polishing *k, const struct micro_table *t, uint32_t first)
{
    uint32_t step[MICRO_SET] = { 0 }, stride = 1;
    for (int i = t->columns - 1; i >= 0; i--) {
        step[i] = stride;
        stride *= (uint32_t)k->m->one[t->column[i]].size;
    }
    for (int i = 0; i < t->columns; i++) {
        struct ways *to = &k->ways[t->column[i]];
        int x = i == 0, y = t->columns == 2 ? x : i == 2 ? 1 : 2;
        to->at[to->len++] = (struct way){ first, step[i], (uint32_t)t->column[x], step[x], (uint32_t)t->column[y], step[y] };
        to->pairs += t->columns == 2;
    }
}

static void count_off(struct polishing *k, const struct micro_table *t, uint32_t first, const struct micro_rows *rows)
{
    float *off = k->off + first;
    const uint16_t *x = rows->codes[t->column[0]], *y = rows->codes[t->column[1]];
    ptrdiff_t width = k->m->one[t->column[1]].size;
    for (ptrdiff_t c = 0; c < t->cells; c++)
        off[c] = -(float)t->fitted[c];
    if (t->columns == 2) {
        for (ptrdiff_t i = 0; i < rows->len; i++)
            off[x[i] * width + y[i]]++;
        return;
    }
    const uint16_t *z = rows->codes[t->column[2]];
    ptrdiff_t depth = k->m->one[t->column[2]].size;
    for (ptrdiff_t i = 0; i < rows->len; i++)
        off[(x[i] * width + y[i]) * depth + z[i]]++;
}

static inline uint32_t base_of(const struct way *w, const uint16_t *row, bool third)
{
    return w->first + row[w->other] * w->other_step + (third ? row[w->third] * w->third_step : 0);
}

/* Half of what the sum of squares would change by, with another code in that column. */
static float worse(const struct polishing *k, const uint16_t *row, int c, uint32_t code)
{
    const struct ways *ways = &k->ways[c];
    float more = (float)ways->len, less = 0;
    uint32_t was = row[c];
    for (int i = 0; i < ways->pairs; i++) {
        const struct way *w = &ways->at[i];
        const float *off = k->off + base_of(w, row, false);
        more += off[code * w->step];
        less += off[was * w->step];
    }
    for (int i = ways->pairs; i < ways->len; i++) {
        const struct way *w = &ways->at[i];
        const float *off = k->off + base_of(w, row, true);
        more += off[code * w->step];
        less += off[was * w->step];
    }
    return more - less;
}

/* False, and nothing done: the row would break a rule. */
static bool change(struct polishing *k, uint16_t *row, int c, uint16_t code)
{
    const struct ways *ways = &k->ways[c];
    uint16_t was = row[c];
    row[c] = code;
    if (k->m->book->rule_count && codebook_breaks(k->m->book, row) >= 0) {
        row[c] = was;
        return false;
    }
    for (int i = 0; i < ways->len; i++) {
        const struct way *w = &ways->at[i];
        float *off = k->off + base_of(w, row, i >= ways->pairs);
        off[code * w->step]++;
        off[was * w->step]--;
    }
    return true;
}

/* Every row is offered the codes of another, column by column, so each code as often as it occurs. Returns how many were taken. */
static ptrdiff_t go_through(struct polishing *k, ptrdiff_t n, ptrdiff_t shift)
{
    ptrdiff_t changed = 0;
    int columns = k->m->columns;
    for (ptrdiff_t i = 0; i < n; i++) {
        uint16_t *row = k->rows + i * columns;
        const uint16_t *donor = k->rows + (i + shift < n ? i + shift : i + shift - n) * columns;
        for (int c = 0; c < columns; c++)
            changed += row[c] != donor[c] && worse(k, row, c, donor[c]) < 0 && change(k, row, c, donor[c]);
    }
    return changed;
}

static void lay_out(struct polishing *k, struct arena *a, const struct micro_rows *rows)
{
    const struct micro *m = k->m;
    ptrdiff_t cells = 0, n = rows->len;
    uint32_t first = 0;
    for (int t = 0; t < m->pairs + m->sets; t++)
        cells += m->table[t].taken ? m->table[t].cells : 0;
    k->off = arena_new(a, float, cells);
    k->rows = arena_new(a, uint16_t, n * m->columns);
    for (int c = 0; c < m->columns; c++) {
        k->ways[c].at = arena_new(a, struct way, m->columns + m->sets);
        for (ptrdiff_t i = 0; i < n; i++)
            k->rows[i * m->columns + c] = rows->codes[c][i];
    }
    for (int t = 0; t < m->pairs + m->sets; t++)
        if (m->table[t].taken) {
            count_off(k, &m->table[t], first, rows);
            add_ways(k, &m->table[t], first);
            first += (uint32_t)m->table[t].cells;
        }
}

void micro_polish(const struct micro *m, struct arena scratch, struct dice *dice, const struct micro_tell *tell, struct micro_rows *rows)
{
    struct polishing k = { .m = m };
    ptrdiff_t n = rows->len, changed = n;
    lay_out(&k, &scratch, rows);
    for (int pass = 0; pass < PASSES && changed * STILL > n; pass++) {
        changed = go_through(&k, n, 1 + below(dice, (uint32_t)n - 1));
        if (tell && tell->call)
            tell->call(tell->context, "rows", changed * STILL > n ? (double)(pass + 1) / PASSES : 1);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (int c = 0; c < m->columns; c++)
            rows->codes[c][i] = k.rows[i * m->columns + c];
}
