/* How the budget of microdata is split: by public numbers alone. */
#include "figures/privacy/micro.h"
#include <math.h>

/* Noise in proportion to what a table adds to the error of all is least when a table's rho goes with its cells to the 2/3. */
static double weight(ptrdiff_t cells)
{
    return cbrt((double)cells * (double)cells);
}

static bool plan_ones(struct micro *m, uint64_t rho)
{
    double all = 0;
    for (int c = 0; c < m->columns; c++)
        all += weight(m->one[c].size);
    for (int c = 0; c < m->columns; c++) {
        struct micro_one *o = &m->one[c];
        o->rho = (uint64_t)((double)rho * weight(o->size) / all);
        if (!ledger_variance(1, o->rho, &o->variance) || !noise_gaussian_fits(o->variance))
            return false;
    }
    return true;
}

/*
 * Whatever is chosen, no table gets less than one that the noisy columns say has a single cell, beside all others in full, in the least
 * share that pairs or columns get; and a set that was found gets half of that.
 */
static bool any_choice_fits(const struct micro *m)
{
    double all = m->found_most * weight(m->found_cells);
    struct ratio v;
    for (int t = 0; t < m->tables; t++)
        all += weight(m->table[t].cells);
    return ledger_variance(1, (uint64_t)((double)m->rho_tables / MICRO_SHARES / all / 2), &v) && noise_gaussian_fits(v);
}

static bool add_table(struct micro *m, struct micro_table t, ptrdiff_t *all)
{
    t.cells = 1;
    for (int i = 0; i < t.columns; i++)
        if ((t.cells *= m->one[t.column[i]].size) > MICRO_CELLS_MOST)
            return false;
    m->table[m->tables++] = t;
    return (*all += t.cells) <= MICRO_ALL_CELLS_MOST;
}

/* How many sets micro_choose may find, and how large. */
static void expect_found(struct micro *m)
{
    int n = m->columns;
    for (int x = 0; x < n; x++)
        for (int y = x + 1; y < n; y++)
            for (int z = y + 1; z < n && m->one[x].size * m->one[y].size <= MICRO_FOUND_CELLS; z++) {
                ptrdiff_t cells = m->one[x].size * m->one[y].size * m->one[z].size;
                if (cells > MICRO_FOUND_CELLS)
                    continue;
                m->found_most += m->found_most < MICRO_FOUND_MOST;
                m->found_cells = cells > m->found_cells ? cells : m->found_cells;
            }
}

static bool list_tables(struct arena *a, struct micro *m, const struct micro_workload *w, struct said *said)
{
    ptrdiff_t all = 0;
    const struct codebook_column *c = m->book->columns;
    m->table = arena_new(a, struct micro_table, (ptrdiff_t)m->columns * (m->columns + 1) + w->sets + MICRO_FOUND_MOST);
    for (int x = 0; x < m->columns; x++)
        for (int y = x + 1; y < m->columns; y++)
            if (!add_table(m, (struct micro_table){ .columns = 2, .column = { x, y } }, &all))
                return say(said, "the columns %.*s and %.*s together have too many codes for microdata; merge some, or put a column under "
                           "\"ignored\"", SHOWN(c[x].name), SHOWN(c[y].name));
    m->pairs = m->tables;
    expect_found(m);
    m->sets = m->declared = w->sets;
    for (int i = 0; i < w->sets; i++) {
        struct micro_table t = { .columns = MICRO_SET, .taken = true };
        memcpy(t.column, w->set[i], sizeof t.column);
        if (!add_table(m, t, &all))
            return say(said, "the set of %.*s, %.*s and %.*s has too many cells for microdata; take it out of the workload, or merge codes",
                       SHOWN(c[t.column[0]].name), SHOWN(c[t.column[1]].name), SHOWN(c[t.column[2]].name));
    }
    for (int x = 0; x < m->columns; x++)
        if (!add_table(m, (struct micro_table){ .columns = 1, .column = { x } }, &all))
            return say(said, "the column %.*s has too many codes for microdata; merge some, or put it under \"ignored\"", SHOWN(c[x].name));
    return true;
}

bool micro_plan(struct arena *a, const struct codebook *book, const struct micro_workload *workload, uint64_t rho, double dial,
                struct micro *out, struct said *said)
{
    struct micro *m = out;
    *m = (struct micro){ .book = book, .dial = dial, .columns = (int)book->column_count };
    if (m->columns < 2 || m->columns > MICRO_COLUMNS_MOST)
        return say(said, "microdata are of 2 to %d columns, and the codebook has %d", MICRO_COLUMNS_MOST, m->columns);
    m->one = arena_new(a, struct micro_one, m->columns);
    for (int c = 0; c < m->columns; c++) {
        if (book->columns[c].number)
            return say(said, "the column %.*s is a number: give it codes, or put it under \"ignored\"", SHOWN(book->columns[c].name));
        m->one[c].size = book->columns[c].len;
    }
    if (!list_tables(a, m, workload, said))
        return false;
    m->rho_choice = rho / 10;
    m->rho_tables = rho - 2 * m->rho_choice;
    if (!plan_ones(m, m->rho_choice) || !ledger_variance(micro_moved(m), m->rho_choice, &m->choice) || !noise_gaussian_fits(m->choice)
        || !any_choice_fits(m))
        return say(said, "so little budget for so many columns says nothing; raise --rho, or take columns out");
    return true;
}

/* A column's name as terms may hold it: other bytes as + and two hex digits. */
static void term_word(struct out *o, str name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    for (ptrdiff_t i = 0; i < name.len; i++)
        if (name.at[i] && strchr(plain, name.at[i])) {
            out_char(o, name.at[i]);
        } else {
            out_char(o, '+');
            out_hex(o, (const uint8_t *)name.at + i, 1);
        }
}

str micro_terms(struct arena *a, const struct micro *m)
{
    struct out o = { .arena = a };
    char text[200];
    int len = snprintf(text, sizeof text, "ones=%llu,choice=%llu,pairs=%llu,columns=%d,dial=%.3f", (unsigned long long)m->rho_choice,
                       (unsigned long long)m->rho_choice, (unsigned long long)m->rho_tables, m->columns, m->dial);
    out_str(&o, (str){ text, len });
    for (int t = m->pairs; t < m->pairs + m->declared; t++)
        for (int i = 0; i < MICRO_SET; i++) {
            out_str(&o, i ? lit(":") : t > m->pairs ? lit("/") : lit(",sets="));
            term_word(&o, m->book->columns[m->table[t].column[i]].name);
        }
    return out_view(&o);
}
