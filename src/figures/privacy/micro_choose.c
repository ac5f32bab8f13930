/* Out of noisy tables: which pairs are worth their noise, and what each table gets of the budget. Takes no records. */
#include "figures/privacy/micro.h"
#include <math.h>

static const double found_share = 0.5; /* of a pair's part of the budget, cell by cell: pairs come first */
static const double worth = 0.12; /* of what its pairs depend: so much noise a set may have that nobody declared */

static double variance_of(struct ratio v)
{
    return (double)v.over / (double)v.under;
}

/* Of one column: its total as the noisy cells have it, and how much that says. */
static double total_of(const struct micro_one *o, double *weight)
{
    double sum = 0;
    *weight = 1 / (variance_of(o->variance) * (double)o->size);
    for (ptrdiff_t i = 0; i < o->size; i++)
        sum += (double)o->noisy[i];
    return sum;
}

void micro_expect(const struct micro *m, const struct micro_table *pair, int64_t *to)
{
    const struct micro_one *x = &m->one[pair->column[0]], *y = &m->one[pair->column[1]];
    double sum = 0, weights = 0, w;
    for (int c = 0; c < m->columns; c++) {
        double total = total_of(&m->one[c], &w);
        sum += w * total;
        weights += w;
    }
    double rows = fmax(1, sum / weights);
    for (ptrdiff_t i = 0; i < x->size; i++)
        for (ptrdiff_t j = 0; j < y->size; j++)
            to[i * y->size + j] = x->noisy[i] > 0 && y->noisy[j] > 0
                                      ? (int64_t)((double)x->noisy[i] * (double)y->noisy[j] * DISTANCE_PARTS / rows + 0.5) : 0;
}

/*
 * Of each column the codes that the noisy single columns say are there; of each table what its noise weighs. Fitted to its columns a table
 * of a times b such codes keeps the root of a (a - 1) b (b - 1) of its noise, and the noise of all is least when rho goes with that to the
 * 2/3.
 */
static void weigh_table(struct micro_table *x, const double *codes)
{
    x->filled = x->noise = 1;
    for (int i = 0; i < x->columns; i++) {
        double n = fmax(codes[x->column[i]], 1);
        x->filled *= n;
        x->noise *= sqrt(n * fmax(n - 1, 0.5));
    }
    x->weight = pow(fmax(x->noise, 1), 2.0 / 3);
}

static void weigh(struct micro *m, double *codes)
{
    for (int c = 0; c < m->columns; c++) {
        const struct micro_one *o = &m->one[c];
        double least = m->dial * sqrt(variance_of(o->variance));
        codes[c] = 0;
        for (ptrdiff_t k = 0; k < o->size; k++)
            codes[c] += (double)o->noisy[k] > least;
    }
    for (int t = 0; t < m->tables; t++)
        weigh_table(&m->table[t], codes);
}

static bool holds(const struct micro_table *set, const struct micro_table *pair)
{
    int met = 0;
    for (int i = 0; i < set->columns; i++)
        met += set->column[i] == pair->column[0] || set->column[i] == pair->column[1];
    return met == 2;
}

/*
 * The noise of each column, in people, by its own rho and what other tables add to it: over all codes, as it stands in distances, or over
 * those that the noisy columns say are there, for the others are cut.
 */
static void column_noise(const struct micro *m, const double *more, bool filled, double *to)
{
    for (int c = 0; c < m->columns; c++) {
        double codes = filled ? m->table[m->pairs + m->sets + c].filled : (double)m->one[c].size;
        to[c] = codes / sqrt(acos(-1) * ((double)m->one[c].rho + more[c]) / (double)NANO);
    }
}

/* What columns get to go by beside their own rho: being measured once more, and the sums of the taken pairs. */
static void column_rho(const struct micro *m, double again, double pairs, double sum, double *to)
{
    double weights = 0;
    const struct micro_table *alone = m->table + m->pairs + m->sets;
    for (int c = 0; c < m->columns; c++)
        weights += alone[c].weight;
    for (int c = 0; c < m->columns; c++)
        to[c] = again * alone[c].weight / weights;
    for (int p = 0; p < m->pairs; p++) {
        const struct micro_table *x = &m->table[p];
        for (int i = 0; x->taken && i < 2; i++)
            to[x->column[i]] += pairs * x->weight / sum / (double)m->one[x->column[1 - i]].size;
    }
}

/*
 * A distance was taken from what noisy columns give, so their noise is in it, at right angles as it were; and of many noisy distances those
 * that look greatest are too great, by about their deviation.
 */
static void find_dependence(struct micro *m)
{
    double none[MICRO_COLUMNS_MOST] = { 0 }, noise[MICRO_COLUMNS_MOST], sd = sqrt(variance_of(m->choice)) / DISTANCE_PARTS;
    column_noise(m, none, false, noise);
    for (int p = 0; p < m->pairs; p++) {
        struct micro_table *x = &m->table[p];
        double far = (double)x->distance / DISTANCE_PARTS, of_x = noise[x->column[0]], of_y = noise[x->column[1]];
        double square = far > 0 ? far * far - of_x * of_x - of_y * of_y : 0;
        x->depends = fmax(sqrt(fmax(square, 0)) - sd, 0);
    }
}

struct micro_table *micro_pair(const struct micro *m, int x, int y)
{
    return &m->table[x * (2 * m->columns - x - 1) / 2 + y - x - 1];
}

static double least_dependence(const struct micro *m, const int *c)
{
    return fmin(fmin(micro_pair(m, c[0], c[1])->depends, micro_pair(m, c[0], c[2])->depends), micro_pair(m, c[1], c[2])->depends);
}

static bool is_declared(const struct micro *m, const int *c)
{
    for (int t = m->pairs; t < m->pairs + m->declared; t++)
        if (!memcmp(m->table[t].column, c, sizeof m->table[t].column))
            return true;
    return false;
}

/* Keeps the best of those seen, in their order. */
static void offer(struct micro_table *best, int *n, struct micro_table t)
{
    int at = *n < MICRO_FOUND_MOST ? (*n)++ : MICRO_FOUND_MOST;
    for (; at > 0 && best[at - 1].depends < t.depends; at--)
        if (at < MICRO_FOUND_MOST)
            best[at] = best[at - 1];
    if (at < MICRO_FOUND_MOST)
        best[at] = t;
}

/*
 * Three columns of which each pair goes together are where pairs say least of all three: such small sets are measured too, though nobody
 * declared them. They are chosen by the noisy distances of their pairs, and so for nothing. A set whose noise would be a good part of what
 * its pairs depend is not worth it.
 */
static void find_sets(struct micro *m, const double *codes)
{
    struct micro_table best[MICRO_FOUND_MOST], *alone = m->table + m->pairs + m->sets;
    double sum = 0, one = 1 / sqrt(acos(-1) * (double)m->rho_tables / (double)NANO);
    int n = 0;
    for (int t = 0; t < m->pairs + m->sets; t++)
        sum += m->table[t].weight;
    for (int x = 0; x < m->columns; x++)
        for (int y = x + 1; y < m->columns; y++)
            for (int z = y + 1; z < m->columns && m->one[x].size * m->one[y].size <= MICRO_FOUND_CELLS; z++) {
                struct micro_table t = { .columns = MICRO_SET, .column = { x, y, z }, .taken = true };
                t.cells = m->one[x].size * m->one[y].size * m->one[z].size;
                t.depends = least_dependence(m, t.column);
                weigh_table(&t, codes);
                t.weight *= found_share;
                if (t.cells <= MICRO_FOUND_CELLS && one * t.noise * sqrt(sum / t.weight + 1) < worth * t.depends && !is_declared(m, t.column))
                    offer(best, &n, t);
            }
    memmove(alone + n, alone, (size_t)m->columns * sizeof *alone);
    memcpy(alone, best, (size_t)n * sizeof *alone);
    m->sets += n;
    m->tables += n;
}

/* What is left of a pair that is not measured: its dependence, or the noise of a declared set that says it too. */
static double left_out(const struct micro *m, const struct micro_table *pair, double per)
{
    double left = pair->depends;
    for (int t = m->pairs; t < m->pairs + m->declared; t++) {
        const struct micro_table *set = &m->table[t];
        if (holds(set, pair))
            left = fmin(left, per * pair->noise * sqrt(set->filled / pair->filled / set->weight));
    }
    return left;
}

/*
 * Takes the pairs that are worth their noise when all pairs and sets get rho. A table with the part w of the sum of all weights has noise
 * of (its noise) times root of (sum / w) / root of (pi rho) people. *sum: of the weights. Returns how far off all pairs together would be:
 * the noise of what was taken, and of others what they depend and their columns' noise.
 */
static double take_pairs(struct micro *m, double rho, double again, double *sum)
{
    double noise = 0, left = 0, one = 1 / sqrt(acos(-1) * rho / (double)NANO), more_rho[MICRO_COLUMNS_MOST],
           of_column[MICRO_COLUMNS_MOST];
    *sum = 0;
    for (int t = m->pairs; t < m->pairs + m->sets; t++) {
        *sum += m->table[t].weight;
        noise += m->table[t].noise / sqrt(m->table[t].weight);
    }
    for (int p = 0; p < m->pairs; p++)
        m->table[p].taken = false;
    for (m->taken = 0; m->taken < m->pairs; m->taken++) {
        struct micro_table *best = NULL;
        double most = 0;
        for (int p = 0; p < m->pairs; p++) {
            struct micro_table *x = &m->table[p];
            if (x->taken)
                continue;
            double more = one * (sqrt(*sum + x->weight) * (noise + x->noise / sqrt(x->weight)) - sqrt(*sum) * noise);
            double gain = left_out(m, x, one * sqrt(*sum)) - more;
            if (gain > most) {
                most = gain;
                best = x;
            }
        }
        if (!best)
            break;
        best->taken = true;
        *sum += best->weight;
        noise += best->noise / sqrt(best->weight);
    }
    column_rho(m, again, rho, *sum, more_rho);
    column_noise(m, more_rho, true, of_column);
    for (int p = 0; p < m->pairs; p++) {
        const struct micro_table *x = &m->table[p];
        if (!x->taken)
            left += left_out(m, x, one * sqrt(*sum)) + of_column[x->column[0]] + of_column[x->column[1]];
    }
    return left + one * sqrt(*sum) * noise;
}

static void give(struct micro *m, int from, int to, double rho, double sum)
{
    for (int t = from; t < to; t++) {
        struct micro_table *x = &m->table[t];
        if (x->taken) {
            x->rho = (uint64_t)(rho * x->weight / sum * (1 - 1e-12));
            must(ledger_variance(1, x->rho, &x->variance));
        }
    }
}

/* With little budget columns are worth more than pairs: what pairs and sets get is tried in fourths, all first; columns get the rest. */
void micro_choose(struct micro *m)
{
    double least = 0, sum, all = (double)m->rho_tables, alone = 0, codes[MICRO_COLUMNS_MOST];
    int best = MICRO_SHARES;
    weigh(m, codes);
    find_dependence(m);
    find_sets(m, codes);
    for (int share = MICRO_SHARES; share > 0; share--) {
        double part = all * share / MICRO_SHARES, off = take_pairs(m, part, all - part, &sum);
        if (share == MICRO_SHARES || off < least) {
            least = off;
            best = share;
        }
    }
    double pairs = all * best / MICRO_SHARES;
    take_pairs(m, pairs, all - pairs, &sum);
    if (!m->taken && !m->sets) {
        best = 0;
        pairs = 0;
    }
    for (int c = 0; c < m->columns; c++) {
        m->table[m->pairs + m->sets + c].taken = best < MICRO_SHARES;
        alone += m->table[m->pairs + m->sets + c].weight;
    }
    give(m, 0, m->pairs + m->sets, pairs, sum);
    give(m, m->pairs + m->sets, m->tables, all - pairs, alone);
}
