#include "linkage/model.h"
#include <math.h>

enum { ROUNDS = 60 };
static const double little = 1e-9, half_seen = 0.5;

struct met {
    uint32_t count;
    uint8_t levels[COMPARISONS_MOST]; /* of the pattern */
};

static void begin(struct model *m, const struct plan *p, double found)
{
    static const double same[] = { 0.8, 0.08, 0.04, 0.04, 0.04 };
    for (int k = 0; k < p->comparison_count; k++) {
        const struct comparison *c = &p->comparisons[k];
        for (int l = 0; l < c->levels; l++) {
            double high = l < c->levels - 1 ? (l < 5 ? same[l] : 0.02) : 0.1;
            m->level[STRANGERS][k][l] = m->agree[k][l];
            m->level[SAME_PERSON][k][l] = high;
            m->level[SAME_HOME][k][l] = c->shared ? high : m->agree[k][l];
        }
    }
    m->share[SAME_PERSON] = 0.5 * found / m->pairs;
    m->share[SAME_HOME] = 0.1 * found / m->pairs;
    m->share[STRANGERS] = 1 - m->share[SAME_PERSON] - m->share[SAME_HOME];
}

/* With a place for what is missing, which says nothing. */
struct sums {
    double all[PAIR_CLASSES], level[PAIR_CLASSES][COMPARISONS_MOST][LEVELS_MOST + 1], at_level[COMPARISONS_MOST][LEVELS_MOST + 1];
};

static void expect(const struct model *m, const struct plan *p, const struct met *met, uint32_t n, double one_in, struct sums *sum)
{
    double level[PAIR_CLASSES][COMPARISONS_MOST][LEVELS_MOST + 1];
    for (int c = 0; c < PAIR_CLASSES; c++)
        for (int k = 0; k < p->comparison_count; k++) {
            memcpy(level[c][k], m->level[c][k], sizeof m->level[c][k]);
            level[c][k][p->comparisons[k].levels] = 1;
        }
    memset(sum, 0, sizeof *sum);
    for (uint32_t i = 0; i < n; i++) {
        double of[PAIR_CLASSES], all = 0;
        const uint8_t *levels = met[i].levels;
        for (int c = 0; c < PAIR_CLASSES; c++) {
            double chance = 1;
            for (int k = 0; k < p->comparison_count; k++) /* no branch: it would be guessed wrong */
                chance *= level[c][k][levels[k]];
            all += of[c] = m->share[c] * chance;
        }
        double weight = met[i].count * one_in / (all > 0 ? all : 1);
        for (int c = 0; c < PAIR_CLASSES; c++) {
            double share = of[c] * weight;
            sum->all[c] += share;
            for (int k = 0; k < p->comparison_count; k++) {
                sum->level[c][k][levels[k]] += share;
                sum->at_level[k][levels[k]] += share;
            }
        }
    }
}

/* Of strangers: the share of any two records that reach the level, less those that are no strangers. */
static double of_strangers(const struct model *m, const struct sums *sum, int k, int l)
{
    enum { ODD_ONES = 20 };
    double there = m->agree[k][l] * m->pairs, met = sum->at_level[k][l];
    if (met * 2 > there && met > 0) /* whoever reaches it is met: what is left of them is known */
        return m->agree[k][l] * (sum->level[STRANGERS][k][l] + half_seen) / (met + half_seen);
    double left = m->agree[k][l] - (sum->level[SAME_PERSON][k][l] + sum->level[SAME_HOME][k][l]) / m->pairs;
    return left > m->agree[k][l] / ODD_ONES ? left : m->agree[k][l] / ODD_ONES;
}

static void maximise_class(struct model *m, const struct plan *p, const struct sums *sum, enum pair_class c, int k)
{
    int levels = p->comparisons[k].levels;
    double all = 0;
    for (int l = 0; l < levels; l++)
        all += sum->level[c][k][l] + half_seen;
    for (int l = 0; l < levels; l++)
        m->level[c][k][l] = (sum->level[c][k][l] + half_seen) / all;
}

static void maximise(struct model *m, const struct plan *p, const struct sums *sum)
{
    m->share[SAME_PERSON] = (sum->all[SAME_PERSON] + 1) / m->pairs;
    m->share[SAME_HOME] = (sum->all[SAME_HOME] + 1) / m->pairs;
    m->share[STRANGERS] = 1 - m->share[SAME_PERSON] - m->share[SAME_HOME];
    for (int k = 0; k < p->comparison_count; k++) {
        int levels = p->comparisons[k].levels;
        double rest = 1;
        for (int l = 0; l < levels - 1; l++) {
            m->level[STRANGERS][k][l] = of_strangers(m, sum, k, l) + 1e-15;
            rest -= m->level[STRANGERS][k][l];
        }
        m->level[STRANGERS][k][levels - 1] = rest > little ? rest : little;
        maximise_class(m, p, sum, SAME_PERSON, k);
        /* What a home does not share agrees there as among strangers: else the class would take half of the same persons for its own. */
        if (p->comparisons[k].shared)
            maximise_class(m, p, sum, SAME_HOME, k);
        else
            memcpy(m->level[SAME_HOME][k], m->level[STRANGERS][k], sizeof m->level[SAME_HOME][k]);
    }
}

static double rounded(double x, double parts)
{
    return rint(x * parts) >= 1 ? rint(x * parts) / parts : 1 / parts;
}

/* To as many digits as a file of it has: what reads it gives the same weights. */
static void round_model(struct model *m, const struct plan *p)
{
    for (int c = 0; c < PAIR_CLASSES; c++) {
        m->share[c] = rounded(m->share[c], SHARE_PARTS);
        for (int k = 0; k < p->comparison_count; k++)
            for (int l = 0; l < p->comparisons[k].levels; l++)
                m->level[c][k][l] = rounded(m->level[c][k][l], LEVEL_PARTS);
    }
}

void model_learn(struct model *m, const struct plan *p, const struct patterns *s, const uint32_t *counts, double one_in)
{
    static struct met met[PATTERNS_MOST];
    static struct sums sum;
    uint32_t n = 0;
    double found = 0;
    for (uint32_t i = 0; i < s->count; i++)
        if (counts[i]) {
            met[n] = (struct met){ .count = counts[i] };
            for (int k = 0; k < p->comparison_count; k++)
                met[n].levels[k] = (uint8_t)pattern_level(s, p, i, k);
            n++;
            found += counts[i] * one_in;
        }
    begin(m, p, found);
    for (m->rounds = 0; m->rounds < ROUNDS; m->rounds++) {
        double before = m->share[SAME_PERSON];
        expect(m, p, met, n, one_in, &sum);
        maximise(m, p, &sum);
        if (m->rounds > 5 && fabs(m->share[SAME_PERSON] - before) < 1e-4 * before)
            break;
    }
    round_model(m, p);
}

/* ---- weights ---- */

/* Logarithms of a model, of the share and of each level; what is missing says nothing. */
struct logarithms {
    double share[PAIR_CLASSES], level[PAIR_CLASSES][COMPARISONS_MOST][LEVELS_MOST + 1];
};

static void logarithms_of(const struct model *m, const struct plan *p, struct logarithms *out)
{
    memset(out, 0, sizeof *out);
    for (int c = 0; c < PAIR_CLASSES; c++) {
        out->share[c] = log2(m->share[c]);
        for (int k = 0; k < p->comparison_count; k++)
            for (int l = 0; l < p->comparisons[k].levels; l++)
                out->level[c][k][l] = log2(m->level[c][k][l]);
    }
}

/* levels: of the pattern */
static void weigh_pattern(struct weights *w, const struct logarithms *g, const struct plan *p, uint32_t pattern, const int *levels)
{
    double says[PAIR_CLASSES];
    memcpy(says, g->share, sizeof says);
    for (int k = 0; k < p->comparison_count; k++) {
        for (int c = 0; c < PAIR_CLASSES; c++)
            says[c] += g->level[c][k][levels[k]];
        w->exact[pattern] |= (uint8_t)((p->comparisons[k].frequent && levels[k] == 0) << k);
    }
    w->strangers[pattern] = (int32_t)lround((says[SAME_PERSON] - says[STRANGERS]) * BIT);
    w->home[pattern] = (int32_t)lround((says[SAME_PERSON] - says[SAME_HOME]) * BIT);
}

/* From those of a pattern to those of the next, as patterns_of counts them. */
static void next_levels(const struct plan *p, int *levels)
{
    for (int k = 0; k < p->comparison_count && ++levels[k] > p->comparisons[k].levels; k++)
        levels[k] = 0;
}

bool weights_make(struct weights *w, const struct model *m, const struct table *t, const struct patterns *s)
{
    const struct plan *p = &t->plan;
    if (!space_take(&w->space, (size_t)s->count * (2 * sizeof(int32_t) + 1)))
        return false;
    w->strangers = (int32_t *)(void *)w->space.at;
    w->home = w->strangers + s->count;
    w->exact = (uint8_t *)(w->home + s->count);
    struct logarithms g;
    logarithms_of(m, p, &g);
    int levels[COMPARISONS_MOST] = { 0 };
    for (uint32_t i = 0; i < s->count; i++, next_levels(p, levels))
        weigh_pattern(w, &g, p, i, levels);
    for (int i = 1; i < countof(w->often); i++)
        w->often[i] = log2_of((uint64_t)i);
    for (int k = 0; k < p->comparison_count; k++) {
        const struct comparison *c = &p->comparisons[k];
        double filled = c->frequent ? (double)t->values[c->fields[0]].filled : 0;
        w->rare[k] = filled > 0 ? (int32_t)lround(log2(m->level[STRANGERS][k][0] * filled) * BIT) : 0;
        w->rare_at_home[k] = !c->shared;
        w->rare_most += w->rare[k] > 0 ? w->rare[k] : 0;
    }
    return true;
}

void weights_end(struct weights *w)
{
    space_give(&w->space);
}

int32_t log2_of(uint64_t n)
{
    int high = 63 - __builtin_clzll(n);
    /* the part after the comma bit by bit: a square too large gives a one */
    uint64_t x = high > 31 ? n >> (high - 31) : n << (31 - high);
    int32_t part = 0;
    for (int i = 0; i < 8; i++) {
        x = x * x >> 31;
        int one = (int)(x >> 32);
        part = part << 1 | one;
        x >>= one;
    }
    return high * BIT + part;
}

int32_t weight_against_both(int32_t a, int32_t b)
{
    int32_t low = a < b ? a : b, apart = (a < b ? b : a) - low;
    if (apart >= 10 * BIT)
        return low;
    /* 2^-x in 1/2^20, by squares of the halves' powers: the table of 2^-(i/256) is made of these eight factors */
    static const uint32_t factor[8] = { 1045741, 1042913, 1037281, 1026107, 1004120, 961548, 881744, 741455 };
    uint64_t power = (uint64_t)1 << 20;
    for (int i = 0; i < 8; i++) /* no branch: it would be guessed wrong */
        power = power * (((uint64_t)1 << 20) + (((uint64_t)factor[i] - ((uint64_t)1 << 20)) & -(uint64_t)(apart >> i & 1))) >> 20;
    power >>= apart / BIT;
    return low - (log2_of(((uint64_t)1 << 20) + power) - 20 * BIT);
}

double probability_of(int32_t weight)
{
    return 1 / (1 + exp2(-(double)weight / BIT));
}
