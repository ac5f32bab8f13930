/* Out of noisy tables, tables: which pairs are worth their noise, and what all together say. Takes no records. */
#include "figures/privacy/micro.h"
#include <math.h>

enum { FITS = 60 };
static const double ones_dial = 0.5; /* of the dial, for single columns: a rare code that is cut there is missing everywhere */

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

void micro_expect(const struct micro *m, const struct micro_pair *p, int64_t *to)
{
    const struct micro_one *x = &m->one[p->x], *y = &m->one[p->y];
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

/* Cells that could be filled: of codes that the noisy single columns say are there. */
static double filled(const struct micro *m, const struct micro_pair *p)
{
    double both = 1;
    for (int i = 0; i < 2; i++) {
        const struct micro_one *o = &m->one[i ? p->y : p->x];
        double codes = 0, least = m->dial * sqrt(variance_of(o->variance));
        for (ptrdiff_t k = 0; k < o->size; k++)
            codes += (double)o->noisy[k] > least;
        both *= fmax(codes, 1);
    }
    return both;
}

/*
 * With rho in proportion to cells^(2/3), the noise of the chosen adds up to (sum of cells^(2/3))^(3/2) / root of (pi rho) people. A pair is
 * worth taking as long as it takes more dependence out of what is left than the others get noise.
 */
void micro_choose(struct micro *m)
{
    double sum = 0, per = 1 / sqrt(acos(-1) * (double)m->rho_pairs / (double)NANO);
    for (m->taken = 0; m->taken < m->pairs; m->taken++) {
        int best = -1;
        double most = 0;
        for (int p = 0; p < m->pairs; p++) {
            if (m->pair[p].taken)
                continue;
            double more = sum + cbrt(pow(filled(m, &m->pair[p]), 2));
            double gain = (double)m->pair[p].distance / DISTANCE_PARTS - per * (pow(more, 1.5) - pow(sum, 1.5));
            if (gain > most) {
                most = gain;
                best = p;
            }
        }
        if (best < 0)
            break;
        m->pair[best].taken = true;
        sum += cbrt(pow(filled(m, &m->pair[best]), 2));
    }
    for (int p = 0; p < m->pairs; p++) {
        struct micro_pair *x = &m->pair[p];
        if (x->taken) {
            x->rho = (uint64_t)((double)m->rho_pairs * cbrt(pow(filled(m, x), 2)) / sum * (1 - 1e-12));
            must(ledger_variance(1, x->rho, &x->variance));
        }
    }
}

/* Adds what a measured table says of one of its columns, with its weight. */
static void add_margin(const struct micro *m, const struct micro_pair *p, int c, double *sum, double *weights)
{
    ptrdiff_t width = m->one[p->y].size, n = m->one[c].size, beside = p->cells / n;
    double w = 1 / (variance_of(p->variance) * (double)beside);
    for (ptrdiff_t cell = 0; cell < p->cells; cell++)
        sum[c == p->x ? cell / width : cell % width] += w * (double)p->noisy[cell];
    *weights += w;
}

static void say_totals(struct micro *m)
{
    double sum = 0, weights = 0;
    for (int c = 0; c < m->columns; c++) {
        double w = 1 / (m->one[c].sd * m->one[c].sd * (double)m->one[c].size), total = 0;
        for (ptrdiff_t i = 0; i < m->one[c].size; i++)
            total += m->one[c].fitted[i];
        sum += w * total;
        weights += w;
    }
    m->rows = fmin(fmax(round(sum / weights), 1), MICRO_ROWS_MOST);
}

static void cut_and_scale(const struct micro *m, struct micro_one *o)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < o->size; i++) {
        if (o->fitted[i] < ones_dial * m->dial * o->sd || o->fitted[i] < 0)
            o->fitted[i] = 0;
        sum += o->fitted[i];
    }
    for (ptrdiff_t i = 0; i < o->size; i++)
        o->fitted[i] = sum > 0 ? o->fitted[i] * m->rows / sum : m->rows / (double)o->size;
}

static void fit_ones(struct micro *m, struct arena *a)
{
    for (int c = 0; c < m->columns; c++) {
        struct micro_one *o = &m->one[c];
        double weights = 1 / variance_of(o->variance);
        o->fitted = arena_new(a, double, o->size);
        for (ptrdiff_t i = 0; i < o->size; i++)
            o->fitted[i] = weights * (double)o->noisy[i];
        for (int p = 0; p < m->pairs; p++)
            if (m->pair[p].taken && (m->pair[p].x == c || m->pair[p].y == c))
                add_margin(m, &m->pair[p], c, o->fitted, &weights);
        for (ptrdiff_t i = 0; i < o->size; i++)
            o->fitted[i] /= weights;
        o->sd = sqrt(1 / weights);
    }
    say_totals(m);
    for (int c = 0; c < m->columns; c++)
        cut_and_scale(m, &m->one[c]);
}

/* Of a rule of two columns: the cell is none, whatever was counted. */
static void close_impossible(const struct micro *m, const struct micro_pair *p)
{
    for (ptrdiff_t i = 0; i < m->book->rule_count; i++) {
        const struct codebook_rule *r = &m->book->rules[i];
        if (r->len != 2)
            continue;
        for (int k = 0; k < 2; k++)
            if (r->part[k].column == p->x && r->part[1 - k].column == p->y)
                p->fitted[r->part[k].code * m->one[p->y].size + r->part[1 - k].code] = 0;
    }
}

/* One line of cells, stride apart, brought to its sum. An empty line that should hold people is spread as if it depended on nothing. */
static void bring_line(double *cells, ptrdiff_t n, ptrdiff_t stride, double wanted, const double *other, double rows)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        sum += cells[i * stride];
    if (sum > 0)
        for (ptrdiff_t i = 0; i < n; i++)
            cells[i * stride] *= wanted / sum;
    else if (wanted > 0)
        for (ptrdiff_t i = 0; i < n; i++)
            cells[i * stride] = wanted * other[i] / rows;
}

static void fit_pair(const struct micro *m, struct micro_pair *p, struct arena *a)
{
    const struct micro_one *x = &m->one[p->x], *y = &m->one[p->y];
    double least = m->dial * sqrt(variance_of(p->variance));
    p->fitted = arena_new(a, double, p->cells);
    for (ptrdiff_t i = 0; i < p->cells; i++)
        p->fitted[i] = (double)p->noisy[i] > (p->cells > 4 ? least : 0) ? (double)p->noisy[i] : 0;
    for (int turn = 0; turn < FITS; turn++) {
        close_impossible(m, p);
        for (ptrdiff_t i = 0; i < x->size; i++)
            bring_line(p->fitted + i * y->size, y->size, 1, x->fitted[i], y->fitted, m->rows);
        for (ptrdiff_t j = 0; j < y->size; j++)
            bring_line(p->fitted + j, x->size, y->size, y->fitted[j], x->fitted, m->rows);
    }
    close_impossible(m, p);
}

void micro_fit(struct micro *m, struct arena *a)
{
    fit_ones(m, a);
    for (int p = 0; p < m->pairs; p++)
        if (m->pair[p].taken)
            fit_pair(m, &m->pair[p], a);
}
