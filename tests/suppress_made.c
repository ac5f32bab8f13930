#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include "suppress_made.h"

static uint32_t state_of_draws;
struct arena made_space;

static uint32_t draw(uint32_t n)
{
    state_of_draws = state_of_draws * 1664525u + 1013904223u;
    return (state_of_draws >> 8) % n;
}

const struct codebook_rule *rules_of_made;

void make(struct made *m, const struct shape *x, uint32_t seed, int64_t k)
{
    struct said said = { 0 };
    struct codebook_column *columns = arena_new(&m->arena, struct codebook_column, COLUMNS);
    struct rows rows = { .len = x->people, .codes = arena_new(&m->arena, uint16_t *, COLUMNS),
                         .order = arena_new(&m->arena, uint32_t, x->people), .person = arena_new(&m->arena, uint32_t, x->people) };
    state_of_draws = seed * 2654435761u + 1;
    m->book = (struct codebook){ .columns = columns, .column_count = COLUMNS, .year = -1, .rules = rules_of_made,
                                 .rule_count = rules_of_made ? 3 : 0 };
    m->tables = (struct tables_spec){ .at = m->table };
    for (int c = 0; c < COLUMNS; c++) {
        columns[c].len = x->size[c];
        rows.codes[c] = arena_new(&m->arena, uint16_t, x->people);
    }
    for (int t = 0; t < TABLES && x->table[t]; t++, m->tables.len++) {
        m->table[t] = (struct table_spec){ .name = lit("t"), .sum = -1, .most = 1, .cells = 1 };
        for (int c = 0; c < COLUMNS; c++)
            if (x->table[t] >> c & 1) {
                m->table[t].column[m->table[t].columns] = c;
                m->table[t].size[m->table[t].columns++] = x->size[c];
                m->table[t].cells *= x->size[c];
            }
    }
    for (int i = 0; i < x->people; i++) {
        rows.order[i] = rows.person[i] = (uint32_t)i;
        for (int c = 0; c < COLUMNS; c++) {
            uint32_t code = draw((uint32_t)x->size[c]);
            for (int n = 0; n < x->skew; n++) {
                uint32_t other = draw((uint32_t)x->size[c]);
                code = other < code ? other : code;
            }
            rows.codes[c][i] = (uint16_t)code;
        }
    }
    if (!suppress_plan(&m->arena, &m->book, &m->tables, k, &m->s, &said) || !suppress_count(&m->arena, &m->s, &rows, &said))
        fail_msg("%s", said.at);
}

bool *primary(struct made *m)
{
    bool *open = arena_new(&m->arena, bool, m->s.cells);
    for (ptrdiff_t i = 0; i < m->s.cells; i++)
        open[i] = suppress_unsafe(&m->s, i) || m->s.sets[m->s.set_of_cell[i]].hidden;
    return open;
}

bool *chosen(struct made *m)
{
    bool *open = arena_new(&m->arena, bool, m->s.cells);
    ptrdiff_t failed;
    if (!suppress_choose(&m->arena, &m->s, open, &failed))
        fail_msg("cell %td finds no cover", failed);
    return open;
}

struct suppress_verdict judge(struct made *m, const bool *open)
{
    struct suppress_box box = suppress_box_of(&m->arena, &m->s, open);
    return suppress_audit(&m->arena, &m->s, &box);
}

/* Each equation as a list: the cells that add up, and what they add up to. */
static ptrdiff_t equation(const struct suppress_link *x, const struct suppress *s, ptrdiff_t e, ptrdiff_t *cells)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s->sets[x->of].set.cells; i++)
        if (x->cell[i] == e)
            cells[n++] = s->sets[x->of].first + i;
    cells[n] = s->sets[x->to].first + e;
    return n;
}

/* Of n cells but one: what they add up to at least and at most. */
static void others(const struct suppress_box *box, const ptrdiff_t *cells, ptrdiff_t n, ptrdiff_t but, int64_t *low, int64_t *high)
{
    *low = *high = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        *low += i == but ? 0 : box->low[cells[i]];
        *high += i == but ? 0 : box->high[cells[i]];
        *high = *high > SUPPRESS_ANY ? SUPPRESS_ANY : *high;
    }
}

/* What one sum of n cells says of the i-th, or of itself. True: more than was known. */
static bool narrow_one(struct suppress_box *box, const ptrdiff_t *cells, ptrdiff_t n, ptrdiff_t i)
{
    int64_t low, high, *at = &box->low[cells[i]], *to = &box->high[cells[i]];
    others(box, cells, n, i, &low, &high);
    int64_t least = i == n ? low : box->low[cells[n]] - high, most = i == n ? high : box->high[cells[n]] - low;
    bool moved = least > *at || most < *to;
    *at = least > *at ? least : *at;
    *to = most < *to ? most : *to;
    return moved;
}

/* The first: narrows what is between low and high sum by sum, until nothing moves. With only one unknown in a sum that is subtraction. */
int narrows(struct made *m, const bool *open, bool subtracts_only)
{
    const struct suppress *s = &m->s;
    struct suppress_box box = suppress_box_of(&m->arena, s, open);
    ptrdiff_t *cells = arena_new(&m->arena, ptrdiff_t, s->cells + 1);
    int found = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (ptrdiff_t l = 0; l < s->link_count; l++)
            for (ptrdiff_t e = 0; e < s->sets[s->links[l].to].set.cells; e++) {
                ptrdiff_t n = equation(&s->links[l], s, e, cells), unknown = 0;
                for (ptrdiff_t i = 0; i <= n; i++)
                    unknown += box.low[cells[i]] < box.high[cells[i]];
                for (ptrdiff_t i = 0; i <= n && (!subtracts_only || unknown == 1); i++)
                    moved = narrow_one(&box, cells, n, i) || moved;
            }
    }
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        assert_true(box.low[i] <= s->count[i] && s->count[i] <= box.high[i]); /* the attacker reasons rightly */
        found += suppress_unsafe(s, i) && box.low[i] == box.high[i];
    }
    return found;
}

/* The second: elimination over the reals. A row with one unknown tells it. */
int eliminates(struct made *m, const bool *open)
{
    const struct suppress *s = &m->s;
    ptrdiff_t *cells = arena_new(&m->arena, ptrdiff_t, s->cells + 1), *column = arena_new(&m->arena, ptrdiff_t, s->cells), n = 0, rank = 0;
    for (ptrdiff_t i = 0; i < s->cells; i++)
        column[i] = open[i] && !s->closed[i] ? n++ : -1;
    double *t = arena_new(&m->arena, double, s->equations * (n + 1));
    ptrdiff_t rows = 0;
    for (ptrdiff_t l = 0; l < s->link_count; l++)
        for (ptrdiff_t e = 0; e < s->sets[s->links[l].to].set.cells; e++, rows++) {
            ptrdiff_t terms = equation(&s->links[l], s, e, cells);
            for (ptrdiff_t i = 0; i <= terms; i++)
                if (column[cells[i]] >= 0)
                    t[rows * n + column[cells[i]]] = i == terms ? -1 : 1;
        }
    for (ptrdiff_t c = 0; c < n && rank < rows; c++) {
        ptrdiff_t best = rank;
        for (ptrdiff_t r = rank; r < rows; r++)
            best = fabs(t[r * n + c]) > fabs(t[best * n + c]) ? r : best;
        if (fabs(t[best * n + c]) < 1e-9)
            continue;
        for (ptrdiff_t i = 0; i < n; i++) {
            double kept = t[best * n + i];
            t[best * n + i] = t[rank * n + i];
            t[rank * n + i] = kept;
        }
        for (ptrdiff_t r = 0; r < rows; r++) {
            double by = t[r * n + c] / t[rank * n + c];
            for (ptrdiff_t i = 0; r != rank && by != 0 && i < n; i++)
                t[r * n + i] = fabs(t[r * n + i] - by * t[rank * n + i]) < 1e-9 ? 0 : t[r * n + i] - by * t[rank * n + i];
        }
        rank++;
    }
    int found = 0;
    for (ptrdiff_t i = 0; i < s->cells; i++)
        for (ptrdiff_t r = 0; suppress_unsafe(s, i) && open[i] && r < rank; r++) {
            int terms = 0;
            for (ptrdiff_t c = 0; c < n; c++)
                terms += t[r * n + c] != 0;
            if (terms == 1 && t[r * n + column[i]] != 0) {
                found++;
                break;
            }
        }
    return found;
}

/* The third: the ends of each unsafe cell by linear programming. Counts those known to within less than width. */
int bounds(struct made *m, const bool *open, double width)
{
    struct arena scratch = m->arena;
    struct suppress_lp lp;
    int found = 0;
    if (!suppress_lp_of(&scratch, &m->s, open, &lp)) {
        for (ptrdiff_t i = 0; i < m->s.cells; i++)
            assert_false(open[i]); /* it is too small a test to be too large: nothing is hidden */
        return 0;
    }
    for (ptrdiff_t i = 0; i < m->s.cells; i++)
        if (suppress_unsafe(&m->s, i) && open[i]) {
            double low = suppress_lp_end(&lp, i, false, 0), high = suppress_lp_end(&lp, i, true, 1e9);
            assert_true(low < (double)m->s.count[i] + 1e-6 && high > (double)m->s.count[i] - 1e-6);
            found += high - low < width - 1e-6;
        }
    return found;
}

/* The fourth: somebody who is alone in a cell, and knows it. What do they learn of others? */
int insiders(struct made *m, bool *open)
{
    int found = 0;
    for (ptrdiff_t i = 0; i < m->s.insider_count; i++) {
        const struct suppress_insider *x = &m->s.insiders[i];
        for (ptrdiff_t c = 0; c < x->len; c++)
            open[x->cell[c]] = false;
        found += narrows(m, open, false) - (int)x->len + eliminates(m, open); /* they find their own cells, too */
        for (ptrdiff_t c = 0; c < x->len; c++)
            open[x->cell[c]] = true;
    }
    return found;
}
