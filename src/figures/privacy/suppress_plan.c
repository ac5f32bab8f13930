/* The system of linked tables: its sets of columns, and which cells add up to which. */
#include "figures/privacy/suppress.h"

enum { RULES_MOST = 100 };
static const ptrdiff_t none = -1;

static ptrdiff_t find_set(const struct suppress *s, const struct set *x)
{
    for (ptrdiff_t i = 0; i < s->set_count; i++)
        if (!s->sets[i].joint && set_equal(&s->sets[i].set, x))
            return i;
    return none;
}

static bool within(const struct set *x, const struct set *y)
{
    int met = 0;
    for (int i = 0; i < y->columns && met < x->columns; i++)
        met += y->column[i] == x->column[met];
    return met == x->columns;
}

static int by_columns(const void *x, const void *y)
{
    const struct suppress_set *a = x, *b = y;
    if (a->set.columns != b->set.columns)
        return a->set.columns < b->set.columns ? -1 : 1;
    for (int i = 0; i < a->set.columns; i++)
        if (a->set.column[i] != b->set.column[i])
            return a->set.column[i] < b->set.column[i] ? -1 : 1;
    return 0;
}

static void add_sets(struct suppress *s)
{
    for (ptrdiff_t t = 0; t < s->tables->len; t++)
        for (unsigned mask = 0; mask < 1u << s->tables->at[t].columns; mask++) {
            struct set x = set_of(&s->tables->at[t], mask);
            if (find_set(s, &x) == none)
                s->sets[s->set_count++] = (struct suppress_set){ .set = x };
        }
    qsort(s->sets, (size_t)s->set_count, sizeof *s->sets, by_columns);
}

/* Are all columns of the rule in some table? Then *x is the set of them. */
static bool set_of_rule(const struct suppress *s, const struct codebook_rule *r, struct set *x)
{
    *x = (struct set){ .cells = 1 };
    for (ptrdiff_t c = 0, met; c < s->book->column_count; c++) {
        bool in_rule = false;
        for (ptrdiff_t p = 0; p < r->len; p++)
            in_rule = in_rule || r->part[p].column == c;
        for (met = 0; in_rule && met < s->set_count && (s->sets[met].set.columns != 1 || s->sets[met].set.column[0] != c);)
            met++;
        if (in_rule && (met == s->set_count || x->columns == TABLE_COLUMNS_MOST))
            return false;
        if (!in_rule)
            continue;
        x->column[x->columns] = c;
        x->size[x->columns++] = s->book->columns[c].len;
        x->cells *= s->book->columns[c].len;
    }
    return true;
}

static void without(struct set *x, int at)
{
    for (int i = at; i + 1 < x->columns; i++) {
        x->column[i] = x->column[i + 1];
        x->size[i] = x->size[i + 1];
    }
    x->columns--;
}

static bool has_column(const struct set *x, ptrdiff_t column)
{
    bool found = false;
    for (int i = 0; i < x->columns; i++)
        found = found || x->column[i] == column;
    return found;
}

/* One pass of Graham's reduction: columns of one edge alone go, then edges within another. What is left at the end turns in a ring. */
static bool reduce(struct set *edges, ptrdiff_t *n)
{
    bool changed = false;
    for (ptrdiff_t e = 0; e < *n; e++)
        for (int c = edges[e].columns - 1; c >= 0; c--) {
            bool shared = false;
            for (ptrdiff_t o = 0; o < *n; o++)
                shared = shared || (o != e && has_column(&edges[o], edges[e].column[c]));
            if (!shared) {
                without(&edges[e], c);
                changed = true;
            }
        }
    for (ptrdiff_t e = *n - 1; e >= 0; e--)
        for (ptrdiff_t o = 0; o < *n; o++)
            if (o != e && within(&edges[e], &edges[o])) {
                edges[e] = edges[--*n];
                changed = true;
                break;
            }
    return changed;
}

/* False: more columns than a set has. */
static bool join(struct set *to, const struct set *x)
{
    for (int i = 0; i < x->columns; i++) {
        if (has_column(to, x->column[i]))
            continue;
        if (to->columns == TABLE_COLUMNS_MOST)
            return false;
        int at = to->columns++;
        for (; at > 0 && to->column[at - 1] > x->column[i]; at--) {
            to->column[at] = to->column[at - 1];
            to->size[at] = to->size[at - 1];
        }
        to->column[at] = x->column[i];
        to->size[at] = x->size[i];
    }
    to->cells = 1;
    for (int i = 0; i < to->columns && to->cells <= SUPPRESS_CELLS_MOST; i++)
        to->cells *= to->size[i];
    return to->cells <= SUPPRESS_CELLS_MOST;
}

/* What is impossible across tables is told by none of them: its columns are a hidden table, with all its margins. */
static bool add_rules(struct suppress *s, struct set *edges, ptrdiff_t *n, struct said *said)
{
    for (ptrdiff_t r = 0; r < s->book->rule_count; r++) {
        struct set x;
        if (!set_of_rule(s, &s->book->rules[r], &x) || find_set(s, &x) != none)
            continue;
        if (*n == RULES_MOST || x.cells > SUPPRESS_CELLS_MOST)
            return say(said, "more than %d impossible combinations of the codebook reach across tables, or one over more than %d cells: "
                       "what such tables tell together cannot be audited. Put such columns into one table, or leave one out", RULES_MOST,
                       SUPPRESS_CELLS_MOST);
        edges[(*n)++] = x;
        for (unsigned mask = 0; mask < 1u << x.columns; mask++) {
            struct set part = x;
            for (int c = x.columns - 1; c >= 0; c--)
                if (!(mask >> c & 1))
                    without(&part, c);
            part.cells = 1;
            for (int c = 0; c < part.columns; c++)
                part.cells *= part.size[c];
            if (find_set(s, &part) == none)
                s->sets[s->set_count++] = (struct suppress_set){ .set = part, .hidden = true };
        }
    }
    qsort(s->sets, (size_t)s->set_count, sizeof *s->sets, by_columns);
    return true;
}

/* The sets of a ring, if there is one: *ring has n of them, and the hidden set joins them. */
static bool add_ring(struct arena *a, struct suppress *s, struct set **ring, ptrdiff_t *n, struct said *said)
{
    struct set joint = { .cells = 1 };
    *ring = arena_new(a, struct set, s->tables->len + RULES_MOST);
    *n = 0;
    if (!add_rules(s, *ring, n, said))
        return false;
    for (ptrdiff_t t = 0; t < s->tables->len; t++)
        (*ring)[(*n)++] = set_of(&s->tables->at[t], (1u << s->tables->at[t].columns) - 1);
    while (reduce(*ring, n))
        continue;
    if (*n < 2) {
        *n = 0;
        return true;
    }
    for (ptrdiff_t i = 0; i < *n; i++)
        if (!join(&joint, &(*ring)[i]))
            return say(said, "the tables turn in a ring, like office and kind, kind and age, age and office, and all its columns together "
                       "are more than %d, or more than %d cells: what such tables tell together cannot be audited. Leave one of them out",
                       TABLE_COLUMNS_MOST, SUPPRESS_CELLS_MOST);
    s->sets[s->set_count++] = (struct suppress_set){ .set = joint, .hidden = true, .joint = true };
    return true;
}

static bool lay_out(struct arena *a, struct suppress *s, struct said *said)
{
    for (ptrdiff_t i = 0; i < s->set_count; i++) {
        struct suppress_set *x = &s->sets[i];
        ptrdiff_t step = 1;
        x->first = s->cells;
        for (int c = x->set.columns - 1; c >= 0; c--) {
            x->step[c] = step;
            step *= x->set.size[c];
        }
        s->cells += x->set.cells;
        if (s->cells > SUPPRESS_CELLS_MOST)
            return say(said, "the tables and all their margins, and what joins a ring of them, are more than %d cells: leave out a "
                       "column, or merge codes", SUPPRESS_CELLS_MOST);
    }
    s->count = arena_new(a, int64_t, s->cells);
    s->closed = arena_new(a, bool, s->cells);
    s->insider_of = arena_new(a, int32_t, s->cells);
    s->set_of_cell = arena_new(a, int32_t, s->cells);
    for (ptrdiff_t i = 0; i < s->set_count; i++)
        for (ptrdiff_t c = 0; c < s->sets[i].set.cells; c++)
            s->set_of_cell[s->sets[i].first + c] = (int32_t)i;
    return true;
}

static ptrdiff_t code_of(const struct suppress_set *x, ptrdiff_t cell, int column)
{
    return cell / x->step[column] % x->set.size[column];
}

static void add_link(struct arena *a, struct suppress *s, ptrdiff_t of, ptrdiff_t to)
{
    const struct suppress_set *x = &s->sets[of], *y = &s->sets[to];
    int32_t *cell = arena_new(a, int32_t, x->set.cells);
    for (ptrdiff_t i = 0; i < x->set.cells; i++)
        for (int c = 0, met = 0; c < x->set.columns; c++)
            if (met < y->set.columns && y->set.column[met] == x->set.column[c])
                cell[i] += (int32_t)(code_of(x, i, c) * y->step[met++]);
    s->links[s->link_count++] = (struct suppress_link){ of, to, s->equations, cell };
    s->equations += y->set.cells;
}

static void add_links(struct arena *a, struct suppress *s, const struct set *ring, ptrdiff_t n)
{
    s->links = arena_new(a, struct suppress_link, s->set_count * TABLE_COLUMNS_MOST + n);
    for (ptrdiff_t i = 0; i < s->set_count; i++) {
        for (int c = 0; !s->sets[i].joint && c < s->sets[i].set.columns; c++) {
            struct set y = s->sets[i].set;
            without(&y, c);
            add_link(a, s, i, find_set(s, &y));
        }
        for (ptrdiff_t r = 0; s->sets[i].joint && r < n; r++)
            add_link(a, s, i, find_set(s, &ring[r]));
    }
}

static bool breaks(const struct codebook_rule *r, const struct suppress_set *x, ptrdiff_t cell)
{
    ptrdiff_t met = 0;
    for (int c = 0; c < x->set.columns; c++)
        for (ptrdiff_t p = 0; p < r->len; p++)
            met += r->part[p].column == x->set.column[c] && r->part[p].code == code_of(x, cell, c);
    return met == r->len;
}

static void close_impossible(struct suppress *s)
{
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        const struct suppress_set *x = &s->sets[s->set_of_cell[i]];
        for (ptrdiff_t r = 0; r < s->book->rule_count && !s->closed[i]; r++)
            s->closed[i] = breaks(&s->book->rules[r], x, i - x->first);
    }
}

bool suppress_plan(struct arena *a, const struct codebook *book, const struct tables_spec *t, int64_t k, struct suppress *out,
                   struct said *said)
{
    struct set *ring;
    ptrdiff_t n;
    *out = (struct suppress){ .book = book, .tables = t, .k = k };
    for (ptrdiff_t i = 0; i < t->len; i++)
        if (t->at[i].sum >= 0 || t->at[i].most > 1)
            return say(said, "table %.*s: exact tables count each person once: without \"sum\", and \"most\" is 1", SHOWN(t->at[i].name));
    for (ptrdiff_t i = 0; i < t->len; i++)
        if (str_equal(t->at[i].name, lit("tables")))
            return say(said, "a table cannot have the name tables: that file lists them all");
    out->sets = arena_new(a, struct suppress_set, (t->len + RULES_MOST) * (1 << TABLE_COLUMNS_MOST) + 1);
    add_sets(out);
    if (!add_ring(a, out, &ring, &n, said) || !lay_out(a, out, said))
        return false;
    add_links(a, out, ring, n);
    close_impossible(out);
    return true;
}

static ptrdiff_t cell_of(const struct suppress_set *x, const struct rows *rows, ptrdiff_t row)
{
    ptrdiff_t cell = x->first;
    for (int c = 0; c < x->set.columns; c++)
        cell += rows->codes[x->set.column[c]][row] * x->step[c];
    return cell;
}

static void find_insiders(struct arena *a, struct suppress *s, const struct rows *rows)
{
    ptrdiff_t most = 0;
    for (ptrdiff_t i = 0; i < s->cells; i++)
        most += s->count[i] == 1;
    s->insiders = arena_new(a, struct suppress_insider, most);
    for (ptrdiff_t r = 0; r < rows->len; r++) {
        int32_t *alone = NULL;
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < s->set_count; i++) {
            ptrdiff_t cell = cell_of(&s->sets[i], rows, r);
            if (s->count[cell] != 1 || s->sets[i].hidden)
                continue;
            alone = alone ? alone : arena_new(a, int32_t, s->set_count);
            alone[n++] = (int32_t)cell;
            s->insider_of[cell] = (int32_t)s->insider_count + 1;
        }
        if (n)
            s->insiders[s->insider_count++] = (struct suppress_insider){ alone, n };
    }
}

bool suppress_count(struct arena *a, struct suppress *s, const struct rows *rows, struct said *said)
{
    for (ptrdiff_t i = 1; i < rows->len; i++)
        if (rows->person[rows->order[i]] == rows->person[rows->order[i - 1]])
            return say(said, "somebody has more than one row: exact tables count people, so bring the rows of a person together first");
    for (ptrdiff_t i = 0; i < s->set_count; i++) {
        const struct suppress_set *x = &s->sets[i];
        for (ptrdiff_t r = 0; r < rows->len; r++)
            s->count[cell_of(x, rows, r)]++;
    }
    find_insiders(a, s, rows);
    return true;
}

bool suppress_unsafe(const struct suppress *s, ptrdiff_t cell)
{
    return s->count[cell] > 0 && s->count[cell] < s->k && !s->sets[s->set_of_cell[cell]].hidden;
}

/* Big numbers are what people read a table for. An empty cell costs, too. */
int64_t suppress_cost(const struct suppress *s, ptrdiff_t cell)
{
    return s->sets[s->set_of_cell[cell]].hidden ? 0 : s->count[cell] + 1;
}

int64_t suppress_costs(const struct suppress *s, const bool *open)
{
    int64_t sum = 0;
    for (ptrdiff_t i = 0; i < s->cells; i++)
        sum += open[i] && !suppress_unsafe(s, i) ? suppress_cost(s, i) : 0;
    return sum;
}

struct suppress_box suppress_box_of(struct arena *a, const struct suppress *s, const bool *open)
{
    struct suppress_box box = { arena_new(a, int64_t, s->cells), arena_new(a, int64_t, s->cells) };
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        box.low[i] = open[i] ? 0 : s->count[i];
        box.high[i] = s->closed[i] ? 0 : open[i] ? SUPPRESS_ANY : s->count[i];
    }
    return box;
}
