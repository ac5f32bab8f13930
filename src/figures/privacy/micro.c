/* The half that touches records: how the budget is split, and what is counted. What leaves it has its noise. */
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
    /* A person more or less changes each distance by at most one: all of them by the root of their number. */
    uint64_t moved = (uint64_t)m->pairs * DISTANCE_PARTS * DISTANCE_PARTS;
    if (!plan_ones(m, m->rho_choice) || !ledger_variance(moved, m->rho_choice, &m->choice) || !noise_gaussian_fits(m->choice)
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

static void count_pair(const struct rows *rows, const struct micro *m, const struct micro_pair *p, int64_t *cells)
{
    const uint16_t *x = rows->codes[p->x], *y = rows->codes[p->y];
    ptrdiff_t width = m->one[p->y].size;
    memset(cells, 0, (size_t)p->cells * sizeof *cells);
    for (ptrdiff_t i = 0; i < rows->len; i++)
        cells[x[i] * width + y[i]]++;
}

/* How many eighths of a person each code has, if the noisy number is right: a public number. */
static double shared(const struct micro_one *o, double rows, ptrdiff_t code)
{
    return o->noisy[code] > 0 ? (double)o->noisy[code] / rows : 0;
}

/*
 * Of the table from what independent columns would give. Expected are the noisy single columns, which are public: so one person moves one
 * cell by one, and the sum by one; from the true columns it would be four.
 */
static int64_t distance(const struct micro *m, const struct micro_pair *p, const int64_t *cells)
{
    const struct micro_one *x = &m->one[p->x], *y = &m->one[p->y];
    int64_t sum = 0;
    for (ptrdiff_t i = 0; i < x->size; i++)
        for (ptrdiff_t j = 0; j < y->size; j++) {
            double expected = shared(x, m->rows, i) * shared(y, m->rows, j) * m->rows * DISTANCE_PARTS;
            int64_t apart = cells[i * y->size + j] * DISTANCE_PARTS - (int64_t)(expected + 0.5);
            sum += apart < 0 ? -apart : apart;
        }
    return sum;
}

static void measure_ones(struct release *r, const struct rows *rows, struct micro *m, struct arena *a)
{
    double sum = 0, weights = 0;
    for (int c = 0; c < m->columns; c++) {
        struct micro_one *o = &m->one[c];
        o->noisy = arena_new(a, int64_t, o->size);
        for (ptrdiff_t i = 0; i < rows->len; i++)
            o->noisy[rows->codes[c][i]]++;
        release_noise(r, o->variance, 1, o->noisy, o->size);
        double total = 0, w = (double)o->variance.under / ((double)o->variance.over * (double)o->size);
        for (ptrdiff_t i = 0; i < o->size; i++)
            total += (double)o->noisy[i];
        sum += w * total;
        weights += w;
    }
    m->rows = fmax(1, sum / weights);
}

void micro_measure(struct release *r, const struct rows *rows, struct micro *m, struct arena *a)
{
    int64_t *distances = arena_new(a, int64_t, m->pairs);
    measure_ones(r, rows, m, a);
    ptrdiff_t most = 0;
    for (int p = 0; p < m->pairs; p++)
        most = m->pair[p].cells > most ? m->pair[p].cells : most;
    int64_t *cells = arena_new(a, int64_t, most);
    for (int p = 0; p < m->pairs; p++) {
        count_pair(rows, m, &m->pair[p], cells);
        distances[p] = distance(m, &m->pair[p], cells);
    }
    memset(cells, 0, (size_t)most * sizeof *cells); /* the last exact table */
    release_noise(r, m->choice, (uint64_t)m->pairs * DISTANCE_PARTS * DISTANCE_PARTS, distances, m->pairs);
    for (int p = 0; p < m->pairs; p++)
        m->pair[p].distance = distances[p];
    micro_choose(m);
    for (int p = 0; p < m->pairs; p++) {
        struct micro_pair *x = &m->pair[p];
        if (!x->taken)
            continue;
        x->noisy = arena_new(a, int64_t, x->cells);
        count_pair(rows, m, x, x->noisy);
        release_noise(r, x->variance, 1, x->noisy, x->cells);
    }
    m->seed = noise_below(&r->source, UINT64_MAX);
}
