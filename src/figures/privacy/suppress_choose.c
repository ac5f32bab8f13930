/*
 * What else is hidden, by a heuristic for tables of any size: cell by cell the cheapest move that gives it room, what is hidden already
 * being free; then each cell that was hidden in vain is shown again, the dearest first. Small systems are tried in several orders.
 */
#include "figures/privacy/suppress.h"

enum { ORDERS = 12, ORDERS_CELLS = 3000, PASSES_MOST = 20 };

struct choosing {
    const struct suppress *s;
    struct arena *arena;
    struct suppress_work work;
    bool *open;
    struct suppress_box may, box; /* where everything may be hidden; as things are now */
    int64_t *cost, *kept;
    int32_t *near;
    int32_t *unsafe;
    ptrdiff_t unsafe_count;
    struct suppress_proof *proof; /* of each unsafe cell: what it needs to stay hidden */
};

static void open_cell(struct choosing *c, ptrdiff_t cell)
{
    c->open[cell] = true;
    c->cost[cell] = 0;
    c->box.low[cell] = c->may.low[cell];
    c->box.high[cell] = c->may.high[cell];
}

static void begin(struct choosing *c, const bool *hidden)
{
    for (ptrdiff_t i = 0; i < c->s->cells; i++) {
        c->open[i] = (hidden && hidden[i]) || c->s->sets[c->s->set_of_cell[i]].hidden || suppress_unsafe(c->s, i);
        c->cost[i] = c->open[i] ? 0 : suppress_cost(c->s, i);
        c->may.low[i] = 0;
        c->may.high[i] = c->s->closed[i] ? 0 : SUPPRESS_ANY;
        c->box.low[i] = c->open[i] ? c->may.low[i] : c->s->count[i];
        c->box.high[i] = c->open[i] ? c->may.high[i] : c->s->count[i];
    }
}

static void open_move(struct choosing *c, const struct suppress_move *m)
{
    for (int i = 0; i < m->len; i++)
        open_cell(c, m->cell[i]);
}

/* Several moves, each the best for its cost, from the true numbers up and then down. Returns what they cost, or -1: they do not reach. */
static int64_t protect_by_parts(struct choosing *c, ptrdiff_t cell, bool *opens)
{
    struct suppress_work *w = &c->work;
    int64_t gone = 0, cost = 0;
    for (enum suppress_way way = SUPPRESS_UP; way <= SUPPRESS_DOWN; way++) {
        struct suppress_quest q = { c->may.low, c->may.high, c->cost, cell, way, c->s->k - gone, true };
        struct suppress_move m;
        while (gone < c->s->k && suppress_move(w, &q, &m)) {
            int64_t n = way == SUPPRESS_UP ? m.up : m.down;
            n = n < q.want ? n : q.want;
            for (int i = 0; i < m.len; i++) {
                w->world[m.cell[i]] += (way == SUPPRESS_UP ? n : -n) * m.sign[i];
                opens[m.cell[i]] = true;
                c->cost[m.cell[i]] = 0;
            }
            cost += m.cost;
            gone += n;
            q.want = c->s->k - gone;
        }
        memcpy(w->world, c->s->count, (size_t)c->s->cells * sizeof *w->world);
    }
    return gone < c->s->k ? -1 : cost;
}

/* Room of k for the cell, whoever knows the numbers alone. */
static bool protect(struct choosing *c, ptrdiff_t cell)
{
    struct suppress_quest q = { c->may.low, c->may.high, c->cost, cell, SUPPRESS_BOTH, c->s->k, false };
    struct suppress_move one;
    bool found = suppress_move(&c->work, &q, &one);
    if (found && !one.cost)
        return true;
    struct arena scratch = *c->arena;
    bool *opens = arena_new(&scratch, bool, c->s->cells);
    int32_t *cells = arena_new(&scratch, int32_t, found ? one.len : 1);
    struct suppress_move kept = one; /* the next search writes over its cells */
    if (found)
        memcpy(cells, one.cell, (size_t)one.len * sizeof *cells);
    kept.cell = cells;
    int64_t parts = protect_by_parts(c, cell, opens);
    bool by_parts = parts >= 0 && (!found || parts < one.cost);
    for (ptrdiff_t i = 0; i < c->s->cells; i++) {
        if (by_parts && opens[i])
            open_cell(c, i);
        c->cost[i] = c->open[i] ? 0 : suppress_cost(c->s, i);
    }
    if (!by_parts && found)
        open_move(c, &kept);
    return by_parts || found;
}

/* Notes what a proof against an insider leans on. */
static void lean(struct arena *a, struct suppress_proof *p, const struct suppress_proof *other)
{
    int32_t *list = arena_new(a, int32_t, p->also_len + other->len[0] + other->len[1]);
    if (p->also_len)
        memcpy(list, p->also, (size_t)p->also_len * sizeof *list);
    for (int side = 0; side < 2; side++)
        for (ptrdiff_t i = 0; i < other->len[side]; i++)
            list[p->also_len++] = other->cell[side][i];
    p->also = list;
}

/* Several moves that gave room are not always found again: then one that gives all of it. */
static bool prove_at_once(struct choosing *c, ptrdiff_t cell, struct suppress_proof *p)
{
    struct suppress_quest q = { c->may.low, c->may.high, c->cost, cell, SUPPRESS_BOTH, c->s->k, false };
    struct suppress_move m;
    bool found = suppress_move(&c->work, &q, &m);
    if (found)
        open_move(c, &m);
    return found && suppress_prove(&c->work, c->arena, &c->box, cell, c->s->k, p);
}

/* The proof that the cell has room, and against each insider near it. With opens, what that lacks is hidden. */
static bool prove(struct choosing *c, ptrdiff_t cell, bool opens, struct suppress_proof *p)
{
    if (!suppress_prove(&c->work, c->arena, &c->box, cell, c->s->k, p) && !(opens && prove_at_once(c, cell, p)))
        return false;
    ptrdiff_t n = suppress_near(c->s, p, cell, c->near);
    bool good = true;
    for (ptrdiff_t i = 0; good && i < n; i++) {
        struct suppress_proof other;
        suppress_know(c->s, c->box, c->near[i], c->kept);
        good = suppress_prove(&c->work, c->arena, &c->box, cell, 1, &other);
        suppress_forget(c->s, c->box, c->near[i], c->kept);
        if (good)
            lean(c->arena, p, &other);
        if (good || !opens)
            continue;
        struct suppress_quest q = { c->may.low, c->may.high, c->cost, cell, SUPPRESS_BOTH, 1, false };
        struct suppress_move m;
        suppress_know(c->s, c->may, c->near[i], c->kept);
        good = suppress_move(&c->work, &q, &m);
        suppress_forget(c->s, c->may, c->near[i], c->kept);
        if (good)
            open_move(c, &m);
    }
    return good;
}

static bool uses(const struct suppress_proof *p, ptrdiff_t cell)
{
    for (ptrdiff_t i = 0; i < p->also_len; i++)
        if (p->also[i] == cell)
            return true;
    for (int side = 0; side < 2; side++)
        for (ptrdiff_t i = 0; i < p->len[side]; i++)
            if (p->cell[side][i] == cell && p->by[side][i])
                return true;
    return false;
}

/* Shows the cell, if every unsafe cell that leaned on it finds another way. */
static void show_again(struct choosing *c, ptrdiff_t cell, struct suppress_proof *fresh)
{
    ptrdiff_t n = 0;
    bool good = true;
    c->box.low[cell] = c->box.high[cell] = c->s->count[cell];
    for (ptrdiff_t i = 0; good && i < c->unsafe_count; i++)
        if (uses(&c->proof[i], cell)) {
            good = prove(c, c->unsafe[i], false, &fresh[i]);
            n++;
        }
    if (!good) {
        open_cell(c, cell);
        return;
    }
    c->open[cell] = false;
    for (ptrdiff_t i = 0; n && i < c->unsafe_count; i++)
        if (uses(&c->proof[i], cell))
            c->proof[i] = fresh[i];
}

static const struct suppress *sorted_by; /* qsort has no context */
static int dearest_first(const void *x, const void *y)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    int64_t p = suppress_cost(sorted_by, a), q = suppress_cost(sorted_by, b);
    return p != q ? (p > q ? -1 : 1) : a < b ? -1 : 1;
}

/* What is hidden later may bring a cell another proof, with other insiders near: proves all of them until none lacks anything. */
static bool prove_all(struct choosing *c, ptrdiff_t *failed)
{
    bool all = false;
    for (int pass = 0; pass < PASSES_MOST && !all; pass++) {
        all = true;
        for (ptrdiff_t i = 0; i < c->unsafe_count; i++) {
            if (prove(c, c->unsafe[i], false, &c->proof[i]))
                continue;
            all = false;
            *failed = c->unsafe[i];
            if (!prove(c, c->unsafe[i], true, &c->proof[i]))
                return false;
        }
    }
    return all;
}

static void show_what_hides_in_vain(struct choosing *c)
{
    struct suppress_proof *fresh = arena_new(c->arena, struct suppress_proof, c->unsafe_count);
    int32_t *more = arena_new(c->arena, int32_t, c->s->cells);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < c->s->cells; i++)
        if (c->open[i] && !suppress_unsafe(c->s, i) && !c->s->sets[c->s->set_of_cell[i]].hidden)
            more[n++] = (int32_t)i;
    sorted_by = c->s;
    qsort(more, (size_t)n, sizeof *more, dearest_first);
    for (ptrdiff_t i = 0; i < n; i++)
        show_again(c, more[i], fresh);
}

/* Sets with few columns come first: what they need is hidden in the others too. Other orders turn or mix what is of one set. */
static void list_unsafe(struct choosing *c, unsigned order)
{
    uint32_t state = order * 2654435761u;
    c->unsafe_count = 0;
    for (ptrdiff_t i = 0; i < c->s->cells; i++)
        if (suppress_unsafe(c->s, i))
            c->unsafe[c->unsafe_count++] = (int32_t)i;
    for (ptrdiff_t i = c->unsafe_count - 1; order && i > 0; i--) {
        state = state * 1664525u + 1013904223u;
        ptrdiff_t other = (ptrdiff_t)(state >> 8) % (i + 1);
        int32_t kept = c->unsafe[i];
        c->unsafe[i] = c->unsafe[other];
        c->unsafe[other] = kept;
    }
}

static bool choose_in_order(struct choosing *c, unsigned order, const bool *hidden, ptrdiff_t *failed)
{
    list_unsafe(c, order);
    begin(c, hidden);
    for (ptrdiff_t i = 0; i < c->unsafe_count; i++)
        if (!protect(c, c->unsafe[i]) || !prove(c, c->unsafe[i], true, &c->proof[i])) {
            *failed = c->unsafe[i];
            return false;
        }
    if (!prove_all(c, failed))
        return false;
    show_what_hides_in_vain(c);
    return true;
}

static struct choosing choosing_of(struct arena *a, const struct suppress *s)
{
    struct choosing c = { .s = s, .arena = a, .open = arena_new(a, bool, s->cells) };
    c.work = suppress_work_of(a, s);
    c.may = (struct suppress_box){ arena_new(a, int64_t, s->cells), arena_new(a, int64_t, s->cells) };
    c.box = (struct suppress_box){ arena_new(a, int64_t, s->cells), arena_new(a, int64_t, s->cells) };
    c.cost = arena_new(a, int64_t, s->cells);
    c.kept = arena_new(a, int64_t, 2 * s->set_count);
    c.near = arena_new(a, int32_t, s->insider_count + 1);
    c.unsafe = arena_new(a, int32_t, s->cells);
    c.proof = arena_new(a, struct suppress_proof, s->cells);
    return c;
}

bool suppress_complete(struct arena *a, const struct suppress *s, bool *open, ptrdiff_t *failed)
{
    struct arena scratch = *a;
    struct choosing c = choosing_of(&scratch, s);
    bool good = choose_in_order(&c, 0, open, failed);
    memcpy(open, c.open, (size_t)s->cells * sizeof *open);
    return good;
}

bool suppress_choose(struct arena *a, const struct suppress *s, bool *open, ptrdiff_t *failed)
{
    struct arena scratch = *a;
    bool *best = NULL;
    int64_t least = 0;
    struct choosing c = choosing_of(&scratch, s);
    for (unsigned order = 0; order < (s->cells <= ORDERS_CELLS ? ORDERS : 1); order++) {
        struct arena kept = scratch;
        if (choose_in_order(&c, order, NULL, failed)) {
            int64_t cost = suppress_costs(s, c.open);
            if (!best || cost < least)
                memcpy(open, c.open, (size_t)s->cells * sizeof *open);
            least = !best || cost < least ? cost : least;
            best = open;
        }
        scratch = kept;
    }
    return best != NULL;
}
