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

/* Whatever is chosen, no pair gets less than if all were. */
static bool any_choice_fits(const struct micro *m)
{
    double all = 0;
    for (int p = 0; p < m->pairs; p++)
        all += weight(m->pair[p].cells);
    for (int p = 0; p < m->pairs; p++) {
        struct ratio v;
        uint64_t rho = (uint64_t)((double)m->rho_pairs * weight(m->pair[p].cells) / all);
        if (!ledger_variance(1, rho, &v) || !noise_gaussian_fits(v))
            return false;
    }
    return true;
}

static bool list_pairs(struct arena *a, struct micro *m, struct said *said)
{
    ptrdiff_t all = 0;
    m->pair = arena_new(a, struct micro_pair, (ptrdiff_t)m->columns * m->columns);
    for (int x = 0; x < m->columns; x++)
        for (int y = x + 1; y < m->columns; y++) {
            struct micro_pair *p = &m->pair[m->pairs++];
            *p = (struct micro_pair){ .x = x, .y = y, .cells = m->one[x].size * m->one[y].size };
            if (p->cells > MICRO_CELLS_MOST || (all += p->cells) > MICRO_ALL_CELLS_MOST)
                return say(said, "the columns %.*s and %.*s together have too many codes for microdata; merge some, or put a column under "
                           "\"ignored\"", SHOWN(m->book->columns[x].name), SHOWN(m->book->columns[y].name));
        }
    return true;
}

bool micro_plan(struct arena *a, const struct codebook *book, uint64_t rho, double dial, struct micro *out, struct said *said)
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
    if (!list_pairs(a, m, said))
        return false;
    m->rho_choice = rho / 10;
    m->rho_pairs = rho - 2 * m->rho_choice;
    if (!plan_ones(m, m->rho_choice) || !ledger_variance(micro_moved(m), m->rho_choice, &m->choice) || !noise_gaussian_fits(m->choice)
        || !any_choice_fits(m))
        return say(said, "so little budget for so many columns says nothing; raise --rho, or take columns out");
    return true;
}

str micro_terms(struct arena *a, const struct micro *m)
{
    struct out o = { .arena = a };
    char text[200];
    int len = snprintf(text, sizeof text, "ones=%llu,choice=%llu,pairs=%llu,columns=%d,dial=%.3f", (unsigned long long)m->rho_choice,
                       (unsigned long long)m->rho_choice, (unsigned long long)m->rho_pairs, m->columns, m->dial);
    out_str(&o, (str){ text, len });
    return out_view(&o);
}

