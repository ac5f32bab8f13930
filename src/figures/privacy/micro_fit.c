/* What all noisy tables together say of each column, pair and declared set: above 0, and agreeing with each other. Takes no records. */
#include "figures/privacy/micro.h"
#include <math.h>

enum { FITS = 60, LEVELS = 3 };
static const double ones_dial = 0.5; /* of the dial, for single columns: a rare code that is cut there is missing everywhere */
static const double seldom = 3;       /* deviations up to which a code may be none */
static const double near = 1e-5;     /* of all rows: so far may the lines of a table be from their sums */

static double variance_of(struct ratio v)
{
    return (double)v.over / (double)v.under;
}

/* Adds what a measured table says of some of its columns (bit i: its column i), with its weight. */
static void add_margin(const struct micro *m, const struct micro_table *t, unsigned mask, double *sum, double *weights)
{
    ptrdiff_t size[MICRO_SET] = { 1, 1, 1 }, step[MICRO_SET] = { 0 }, beside = 1, cells = 1;
    for (int i = t->columns - 1; i >= 0; i--) {
        size[i] = m->one[t->column[i]].size;
        if (mask >> i & 1) {
            step[i] = cells;
            cells *= size[i];
        } else {
            beside *= size[i];
        }
    }
    double w = 1 / (variance_of(t->variance) * (double)beside);
    const int64_t *cell = t->noisy;
    for (ptrdiff_t x = 0; x < size[0]; x++)
        for (ptrdiff_t y = 0; y < size[1]; y++)
            for (ptrdiff_t z = 0; z < size[2]; z++)
                sum[x * step[0] + y * step[1] + z * step[2]] += w * (double)*cell++;
    *weights += w;
}

/* The columns of t that are among those of part. */
static unsigned mask_of(const struct micro_table *t, const int *column, int columns)
{
    unsigned mask = 0;
    for (int i = 0; i < t->columns; i++)
        for (int k = 0; k < columns; k++)
            mask |= (t->column[i] == column[k] ? 1u : 0) << i;
    return __builtin_popcount(mask) == columns ? mask : 0;
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

/*
 * Codes that noise alone could have made are drawn to their mean, by as much as their spread is that of noise (James and Stein): what
 * remains of many rare codes is then theirs in even parts, not the luck of some. Returns the noise that is left of one of them.
 */
static double calm(struct micro_one *o)
{
    double sum = 0, squares = 0, few = seldom * o->sd;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < o->size; i++)
        if (o->fitted[i] < few) {
            sum += o->fitted[i];
            squares += o->fitted[i] * o->fitted[i];
            n++;
        }
    if (n < 4)
        return o->sd;
    double mean = sum / (double)n, spread = squares / (double)n - mean * mean;
    double keep = fmax(0, 1 - o->sd * o->sd / fmax(spread, 1e-9));
    for (ptrdiff_t i = 0; i < o->size; i++)
        if (o->fitted[i] < few)
            o->fitted[i] = mean + keep * (o->fitted[i] - mean);
    return o->sd * sqrt(keep * keep + (1 - keep * keep) / (double)n);
}

static void cut_and_scale(const struct micro *m, struct micro_one *o)
{
    double sum = 0, least = ones_dial * m->dial * calm(o);
    for (ptrdiff_t i = 0; i < o->size; i++) {
        if (o->fitted[i] < least || o->fitted[i] < 0)
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
        for (int t = 0; t < m->tables; t++) {
            unsigned mask = m->table[t].taken ? mask_of(&m->table[t], &c, 1) : 0;
            if (mask)
                add_margin(m, &m->table[t], mask, o->fitted, &weights);
        }
        for (ptrdiff_t i = 0; i < o->size; i++)
            o->fitted[i] /= weights;
        o->sd = sqrt(1 / weights);
    }
    say_totals(m);
    for (int c = 0; c < m->columns; c++)
        cut_and_scale(m, &m->one[c]);
}

/* Lines of a table along one of its columns, and what each must add up to: what is known of the other columns. */
struct side {
    ptrdiff_t size, stride;
    const double *wanted, *alone; /* [line]; [code]: the column itself */
};
/* A table being fitted. */
struct fitting {
    double *cells;
    bool *open; /* cells that can hold people */
    ptrdiff_t len;
    struct side side[MICRO_SET];
    int sides;
    double rows;
};

static ptrdiff_t start_of(const struct side *s, ptrdiff_t line)
{
    return line / s->stride * s->stride * s->size + line % s->stride;
}

static void find_sides(const struct micro *m, const struct micro_table *t, struct fitting *f)
{
    ptrdiff_t stride = 1;
    for (int i = t->columns - 1; i >= 0; i--) {
        struct side *s = &f->side[i];
        const int *c = t->column;
        *s = (struct side){ .size = m->one[c[i]].size, .stride = stride, .alone = m->one[c[i]].fitted };
        s->wanted = t->columns == 2 ? m->one[c[1 - i]].fitted : micro_pair(m, c[i == 0], c[i == 2 ? 1 : 2])->fitted;
        stride *= s->size;
    }
    f->sides = t->columns;
    f->len = t->cells;
    f->rows = m->rows;
}

/* Of a rule of these columns: its cells are none, whatever was counted. */
static void close_rule(const struct micro *m, const struct micro_table *t, const struct codebook_rule *r, struct fitting *f)
{
    for (ptrdiff_t k = 0; k < r->len; k++) {
        int i = 0;
        while (i < t->columns && t->column[i] != r->part[k].column)
            i++;
        if (i == t->columns)
            return;
    }
    for (ptrdiff_t cell = 0; cell < t->cells; cell++) {
        ptrdiff_t met = 0, rest = cell;
        for (int i = t->columns - 1; i >= 0; i--) {
            ptrdiff_t code = rest % m->one[t->column[i]].size;
            rest /= m->one[t->column[i]].size;
            for (ptrdiff_t k = 0; k < r->len; k++)
                met += r->part[k].column == t->column[i] && r->part[k].code == code;
        }
        if (met == r->len)
            f->open[cell] = false;
    }
}

static void find_open(const struct micro *m, const struct micro_table *t, struct fitting *f)
{
    memset(f->open, true, (size_t)f->len);
    for (int i = 0; i < f->sides; i++) {
        const struct side *s = &f->side[i];
        for (ptrdiff_t line = 0; line < f->len / s->size; line++)
            for (ptrdiff_t k = 0; k < s->size && !(s->wanted[line] > 0); k++)
                f->open[start_of(s, line) + k * s->stride] = false;
    }
    for (ptrdiff_t i = 0; i < m->book->rule_count; i++)
        close_rule(m, t, &m->book->rules[i], f);
    for (ptrdiff_t c = 0; c < f->len; c++)
        if (!f->open[c])
            f->cells[c] = 0;
}

/*
 * Least squares: what a line is off is shared by its open cells. Sides in turn are exact at once when all is open. Returns what part of the
 * noise's variance is left: a line of n cells that must add up has n - 1 to go by.
 */
static double level(struct fitting *f)
{
    double left = 1;
    for (int turn = 0; turn < LEVELS; turn++)
        for (int i = 0; i < f->sides; i++) {
            const struct side *s = &f->side[i];
            double lines = 0, all = 0;
            for (ptrdiff_t line = 0; line < f->len / s->size; line++) {
                ptrdiff_t from = start_of(s, line), n = 0;
                double sum = 0;
                for (ptrdiff_t k = 0; k < s->size; k++) {
                    sum += f->cells[from + k * s->stride];
                    n += f->open[from + k * s->stride];
                }
                for (ptrdiff_t k = 0; n && k < s->size; k++)
                    if (f->open[from + k * s->stride])
                        f->cells[from + k * s->stride] += (s->wanted[line] - sum) / (double)n;
                lines += n > 0;
                all += (double)n;
            }
            if (!turn && lines > 0)
                left *= 1 - lines / all;
        }
    return left;
}

/* One line of cells brought to its sum; an empty one that should hold people is spread as if it depended on nothing. Returns how far off. */
static double bring_line(struct fitting *f, const struct side *s, ptrdiff_t line)
{
    ptrdiff_t from = start_of(s, line);
    double sum = 0, alone = 0, wanted = s->wanted[line];
    for (ptrdiff_t k = 0; k < s->size; k++)
        sum += f->cells[from + k * s->stride];
    if (sum > 0) {
        for (ptrdiff_t k = 0; k < s->size; k++)
            f->cells[from + k * s->stride] *= wanted / sum;
        return fabs(wanted - sum);
    }
    for (ptrdiff_t k = 0; k < s->size; k++)
        alone += f->open[from + k * s->stride] ? s->alone[k] : 0;
    for (ptrdiff_t k = 0; alone > 0 && k < s->size; k++)
        if (f->open[from + k * s->stride])
            f->cells[from + k * s->stride] = wanted * s->alone[k] / alone;
    return alone > 0 ? wanted : 0;
}

static void bring(struct fitting *f)
{
    double off = f->rows;
    for (int turn = 0; turn < FITS && off > near * f->rows; turn++) {
        off = 0;
        for (int i = 0; i < f->sides; i++)
            for (ptrdiff_t line = 0; line < f->len / f->side[i].size; line++)
                off += bring_line(f, &f->side[i], line);
    }
}

/* The weighted mean of all that was measured of these columns. False: nothing was. */
static bool mean_of(const struct micro *m, const struct micro_table *t, double *to, double *variance)
{
    double weights = 0;
    for (int i = 0; i < m->tables; i++) {
        const struct micro_table *x = &m->table[i];
        if (x->taken && (x == t || i >= m->pairs) && mask_of(x, t->column, t->columns))
            add_margin(m, x, mask_of(x, t->column, t->columns), to, &weights);
    }
    for (ptrdiff_t i = 0; weights > 0 && i < t->cells; i++)
        to[i] /= weights;
    *variance = 1 / weights;
    return weights > 0;
}

static void fit_table(const struct micro *m, struct micro_table *t, struct arena *a)
{
    struct arena scratch;
    struct fitting f = { .cells = arena_new(a, double, t->cells) };
    double variance;
    if (!mean_of(m, t, f.cells, &variance))
        return;
    scratch = *a;
    f.open = arena_new(&scratch, bool, t->cells);
    find_sides(m, t, &f);
    find_open(m, t, &f);
    double least = t->cells > 4 ? m->dial * sqrt(variance * level(&f)) : (level(&f), 0);
    for (ptrdiff_t i = 0; i < t->cells; i++)
        if (!(f.cells[i] > least))
            f.cells[i] = 0;
    bring(&f);
    t->fitted = f.cells;
}

void micro_fit(struct micro *m, struct arena *a)
{
    fit_ones(m, a);
    for (int t = 0; t < m->pairs + m->sets; t++)
        fit_table(m, &m->table[t], a);
}
