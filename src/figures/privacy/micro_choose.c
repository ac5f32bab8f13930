/* Out of noisy tables: which pairs are worth their noise, and what each table gets of the budget. Takes no records. */
#include "figures/privacy/micro.h"
#include <math.h>

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
static void weigh(struct micro *m)
{
    double codes[MICRO_COLUMNS_MOST];
    for (int c = 0; c < m->columns; c++) {
        const struct micro_one *o = &m->one[c];
        double least = m->dial * sqrt(variance_of(o->variance));
        codes[c] = 0;
        for (ptrdiff_t k = 0; k < o->size; k++)
            codes[c] += (double)o->noisy[k] > least;
    }
    for (int t = 0; t < m->tables; t++) {
        struct micro_table *x = &m->table[t];
        x->filled = x->noise = 1;
        for (int i = 0; i < x->columns; i++) {
            double n = fmax(codes[x->column[i]], 1);
            x->filled *= n;
            x->noise *= sqrt(n * fmax(n - 1, 0.5));
        }
        x->weight = pow(fmax(x->noise, 1), 2.0 / 3);
    }
}

static bool holds(const struct micro_table *set, const struct micro_table *pair)
{
    int met = 0;
    for (int i = 0; i < set->columns; i++)
        met += set->column[i] == pair->column[0] || set->column[i] == pair->column[1];
    return met == 2;
}

/* What is left of a pair that is not measured: its dependence, or the noise of a declared set that says it too. */
static double left_out(const struct micro *m, const struct micro_table *pair, double per)
{
    double left = (double)pair->distance / DISTANCE_PARTS;
    for (int t = m->pairs; t < m->tables; t++) {
        const struct micro_table *set = &m->table[t];
        if (holds(set, pair))
            left = fmin(left, per * pair->noise * sqrt(set->filled / pair->filled / set->weight));
    }
    return left;
}

/* A table that has the part w of the sum of all weights has noise of (its noise) times root of (sum / w) / root of (pi rho) people. */
void micro_choose(struct micro *m)
{
    double sum = 0, noise = 0, one = 1 / sqrt(acos(-1) * (double)m->rho_tables / (double)NANO);
    weigh(m);
    for (int t = m->pairs; t < m->tables; t++) {
        sum += m->table[t].weight;
        noise += m->table[t].noise / sqrt(m->table[t].weight);
    }
    for (m->taken = 0; m->taken < m->pairs; m->taken++) {
        struct micro_table *best = NULL;
        double most = 0;
        for (int p = 0; p < m->pairs; p++) {
            struct micro_table *x = &m->table[p];
            if (x->taken)
                continue;
            double more = one * (sqrt(sum + x->weight) * (noise + x->noise / sqrt(x->weight)) - sqrt(sum) * noise);
            double gain = left_out(m, x, one * sqrt(sum)) - more;
            if (gain > most) {
                most = gain;
                best = x;
            }
        }
        if (!best)
            break;
        best->taken = true;
        sum += best->weight;
        noise += best->noise / sqrt(best->weight);
    }
    for (int t = 0; t < m->tables; t++) {
        struct micro_table *x = &m->table[t];
        if (x->taken) {
            x->rho = (uint64_t)((double)m->rho_tables * x->weight / sum * (1 - 1e-12));
            must(ledger_variance(1, x->rho, &x->variance));
        }
    }
}
