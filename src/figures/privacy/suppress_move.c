/*
 * Moves of people between cells. A move is told by a base set, some of its columns that change, another code for each of these, and a
 * code for every column outside the base set: the corners of the box so spanned gain and lose one person by turns. Every set that lacks
 * one of the changing columns keeps its numbers, so only sets that have them all are touched.
 */
#include "figures/privacy/suppress.h"

enum { ITEMS_MOST = 8192, DEPTH_MOST = 64, TRIES_MOST = 40000, SEARCH_BYTES = 1 << 18, LP_CELLS = 64 };

/* A cell that a move touches: known when all columns up to depth have their codes. */
struct suppress_item {
    int16_t set, depth;
    uint8_t corner; /* which of the changing columns have their other code */
};

struct suppress_work suppress_work_of(struct arena *a, const struct suppress *s)
{
    struct suppress_work w = { .s = s, .world = arena_new(a, int64_t, s->cells), .touched = arena_new(a, int32_t, s->cells),
                               .marked = arena_new(a, bool, s->cells), .items = arena_new(a, struct suppress_item, ITEMS_MOST) };
    memcpy(w.world, s->count, (size_t)s->cells * sizeof *w.world);
    w.arena.at = arena_new(a, char, SEARCH_BYTES);
    w.arena.end = w.arena.at + SEARCH_BYTES;
    return w;
}

struct search {
    struct suppress_work *work;
    const struct suppress_quest *quest;
    int changing, depths;               /* of the decided columns the first so many change */
    ptrdiff_t column[DEPTH_MOST], size[DEPTH_MOST];
    ptrdiff_t base[COLUMNS_MOST], code[COLUMNS_MOST]; /* by column of the codebook: of the asked cell; as decided */
    int8_t changes[COLUMNS_MOST];       /* 1 + which changing column, or 0 */
    int items, end[DEPTH_MOST + 1];     /* items of depths 0..d end before end[d] */
    int32_t cell[ITEMS_MOST], best_cell[ITEMS_MOST];
    int8_t sign[ITEMS_MOST], best_sign[ITEMS_MOST];
    struct suppress_move best;
    bool found;
    long tries;
};
struct room {
    int64_t up, down, cost;
};

static int64_t least(int64_t x, int64_t y)
{
    return x < y ? x : y;
}

static int64_t gain(const struct suppress_quest *q, int64_t up, int64_t down)
{
    int64_t sum = q->way == SUPPRESS_UP ? up : q->way == SUPPRESS_DOWN ? down : up + down;
    return least(sum, q->want);
}

static ptrdiff_t cell_of(const struct search *x, const struct suppress_item *item)
{
    const struct suppress_set *s = &x->work->s->sets[item->set];
    ptrdiff_t cell = s->first;
    for (int c = 0; c < s->set.columns; c++) {
        ptrdiff_t column = s->set.column[c];
        bool kept = x->changes[column] && !(item->corner >> (x->changes[column] - 1) & 1);
        cell += (kept ? x->base[column] : x->code[column]) * s->step[c];
    }
    return cell;
}

/* The items that the last decision made known. False: one of them stands still, or it costs too much. */
static bool take_items(struct search *x, int depth, struct room *room)
{
    const struct suppress_quest *q = x->quest;
    for (int i = depth ? x->end[depth - 1] : 0; i < x->end[depth]; i++) {
        ptrdiff_t cell = cell_of(x, &x->work->items[i]);
        int64_t at = x->work->world[cell], more = q->high[cell] - at, less = at - q->low[cell];
        bool plus = !(__builtin_popcount(x->work->items[i].corner) & 1);
        room->up = least(room->up, plus ? more : less);
        room->down = least(room->down, plus ? less : more);
        room->cost += q->cost ? q->cost[cell] : 0;
        x->cell[i] = (int32_t)cell;
        x->sign[i] = plus ? 1 : -1;
        if (gain(q, room->up, room->down) <= 0)
            return false;
    }
    return true;
}

/* Could it still be better than the best? Whole moves by cost, parts by what they bring for it. */
static bool is_better(const struct search *x, const struct room *r)
{
    const struct suppress_quest *q = x->quest;
    int64_t brings = gain(q, r->up, r->down), best = x->found ? gain(q, x->best.up, x->best.down) : 0;
    if (!q->part && brings < q->want)
        return false;
    if (!x->found)
        return true;
    if (!q->part || (brings >= q->want && best >= q->want))
        return r->cost < x->best.cost;
    return (double)brings / (double)(r->cost + 1) > (double)best / (double)(x->best.cost + 1);
}

/* Nothing can be better: it costs nothing and brings all. */
static bool is_done(const struct search *x)
{
    return x->found && !x->best.cost && gain(x->quest, x->best.up, x->best.down) >= x->quest->want;
}

static void keep(struct search *x, const struct room *r)
{
    x->found = true;
    memcpy(x->best_cell, x->cell, (size_t)x->items * sizeof *x->cell);
    memcpy(x->best_sign, x->sign, (size_t)x->items * sizeof *x->sign);
    x->best = (struct suppress_move){ x->best_cell, x->best_sign, x->items, r->up, r->down, r->cost };
}

static void decide(struct search *x, int depth, struct room room)
{
    if (!take_items(x, depth, &room) || !is_better(x, &room))
        return;
    if (depth == x->depths) {
        keep(x, &room);
        return;
    }
    ptrdiff_t column = x->column[depth], from = x->base[column] + (depth < x->changing), n = x->size[depth];
    for (ptrdiff_t i = depth < x->changing; i < n && x->tries > 0; i++, from++) {
        x->tries--;
        x->code[column] = from % n;
        decide(x, depth + 1, room);
        if (is_done(x))
            return;
    }
}

static int16_t depth_of(const struct search *x, const struct suppress_set *s, unsigned corner, const int8_t *outside)
{
    int16_t depth = 0;
    for (int c = 0; c < s->set.columns; c++) {
        ptrdiff_t column = s->set.column[c];
        int at = x->changes[column] && (corner >> (x->changes[column] - 1) & 1) ? x->changes[column] : outside[column];
        depth = (int16_t)(at > depth ? at : depth);
    }
    return depth;
}

static bool has_all(const struct suppress_set *s, const struct set *base, unsigned mask)
{
    int need = __builtin_popcount(mask);
    for (int c = 0; c < s->set.columns; c++)
        for (int b = 0; b < base->columns; b++)
            need -= (mask >> b & 1) && base->column[b] == s->set.column[c];
    return need == 0;
}

/* Columns to be decided: those that change, then those of touched sets beyond the base set. outside: 1 + where each of these stands. */
static bool lay_columns(struct search *x, const struct suppress_set *base, unsigned mask, int8_t *outside)
{
    const struct suppress *s = x->work->s;
    bool in_base[COLUMNS_MOST] = { false };
    for (int c = 0; c < base->set.columns; c++) {
        in_base[base->set.column[c]] = true;
        x->code[base->set.column[c]] = x->base[base->set.column[c]];
        if (!(mask >> c & 1))
            continue;
        x->column[x->depths] = base->set.column[c];
        x->size[x->depths] = base->set.size[c];
        x->changes[base->set.column[c]] = (int8_t)++x->depths;
    }
    x->changing = x->depths;
    for (ptrdiff_t i = 0; i < s->set_count; i++)
        for (int c = 0; has_all(&s->sets[i], &base->set, mask) && c < s->sets[i].set.columns; c++) {
            ptrdiff_t column = s->sets[i].set.column[c];
            if (in_base[column] || outside[column])
                continue;
            if (x->depths == DEPTH_MOST)
                return false;
            x->column[x->depths] = column;
            x->size[x->depths] = s->sets[i].set.size[c];
            outside[column] = (int8_t)++x->depths;
        }
    return true;
}

static int by_depth(const void *x, const void *y)
{
    const struct suppress_item *a = x, *b = y;
    return a->depth != b->depth ? a->depth - b->depth : a->set != b->set ? a->set - b->set : a->corner - b->corner;
}

/* False: more than is looked at. */
static bool lay_out(struct search *x, const struct suppress_set *base, unsigned mask)
{
    const struct suppress *s = x->work->s;
    int8_t outside[COLUMNS_MOST] = { 0 };
    x->items = x->depths = 0;
    memset(x->changes, 0, sizeof x->changes);
    if (!lay_columns(x, base, mask, outside))
        return false;
    for (ptrdiff_t i = 0; i < s->set_count; i++)
        for (unsigned corner = 0; has_all(&s->sets[i], &base->set, mask) && corner < 1u << x->changing; corner++) {
            if (x->items == ITEMS_MOST)
                return false;
            x->work->items[x->items++] = (struct suppress_item){ (int16_t)i, depth_of(x, &s->sets[i], corner, outside), (uint8_t)corner };
        }
    qsort(x->work->items, (size_t)x->items, sizeof *x->work->items, by_depth);
    for (int d = 0, i = 0; d <= x->depths; d++) {
        while (i < x->items && x->work->items[i].depth <= d)
            i++;
        x->end[d] = i;
    }
    return true;
}

bool suppress_move(struct suppress_work *w, const struct suppress_quest *q, struct suppress_move *out)
{
    struct arena scratch = w->arena;
    struct search *x = arena_new(&scratch, struct search, 1);
    const struct suppress_set *base = &w->s->sets[w->s->set_of_cell[q->cell]];
    x->work = w;
    x->quest = q;
    for (int c = 0; c < base->set.columns; c++)
        x->base[base->set.column[c]] = (q->cell - base->first) / base->step[c] % base->set.size[c];
    /* Many changing columns first: they touch the fewest sets, and their cost cuts off the others. */
    for (int n = base->set.columns; n >= 0; n--)
        for (unsigned mask = 0; mask < 1u << base->set.columns; mask++) {
            if (__builtin_popcount(mask) != n || !lay_out(x, base, mask))
                continue;
            x->tries = TRIES_MOST;
            decide(x, 0, (struct room){ SUPPRESS_ANY, SUPPRESS_ANY, 0 });
            if (is_done(x))
                break;
        }
    *out = x->best;
    return x->found;
}

static void apply(struct suppress_work *w, const struct suppress_move *m, int64_t times)
{
    for (int i = 0; i < m->len; i++) {
        w->world[m->cell[i]] += m->sign[i] * times;
        if (!w->marked[m->cell[i]]) {
            w->marked[m->cell[i]] = true;
            w->touched[w->touched_len++] = m->cell[i];
        }
    }
}

/* What the world has become, as a list; the world is the true one again. */
static void take_world(struct suppress_work *w, struct arena *a, struct suppress_proof *out, int side)
{
    out->cell[side] = arena_new(a, int32_t, w->touched_len);
    out->by[side] = arena_new(a, int64_t, w->touched_len);
    out->len[side] = w->touched_len;
    for (ptrdiff_t i = 0; i < w->touched_len; i++) {
        int32_t cell = w->touched[i];
        out->cell[side][i] = cell;
        out->by[side][i] = w->world[cell] - w->s->count[cell];
        w->world[cell] = w->s->count[cell];
        w->marked[cell] = false;
    }
    w->touched_len = 0;
}

/* Moves one way until want is reached, or nothing goes any more. Returns how far it came. */
static int64_t go(struct suppress_work *w, const struct suppress_box *box, ptrdiff_t cell, enum suppress_way way, int64_t want)
{
    struct suppress_quest q = { box->low, box->high, NULL, cell, way, want, true };
    struct suppress_move m;
    int64_t gone = 0;
    while (gone < want && suppress_move(w, &q, &m)) {
        int64_t n = gain(&q, m.up, m.down);
        apply(w, &m, way == SUPPRESS_UP ? n : -n);
        gone += n;
        q.want = want - gone;
    }
    return gone;
}

/* Does the world differ where the insider is alone? */
static bool touches(const struct suppress *s, const struct suppress_proof *p, int side, int32_t insider)
{
    for (ptrdiff_t i = 0; i < p->len[side]; i++)
        if (p->by[side][i] && s->insider_of[p->cell[side][i]] == insider + 1)
            return true;
    return false;
}

ptrdiff_t suppress_near(const struct suppress *s, const struct suppress_proof *p, ptrdiff_t cell, int32_t *list)
{
    bool differs[2] = { false };
    ptrdiff_t n = 0;
    for (int side = 0; side < 2; side++)
        for (ptrdiff_t i = 0; i < p->len[side]; i++)
            differs[side] = differs[side] || (p->cell[side][i] == cell && p->by[side][i]);
    int one = differs[0] ? 0 : 1; /* whoever is near is touched by each that differs, so by this one */
    for (ptrdiff_t i = 0; i < p->len[one]; i++) {
        int32_t insider = s->insider_of[p->cell[one][i]] - 1;
        bool known = insider < 0 || !p->by[one][i] || s->insider_of[cell] == insider + 1
                     || (differs[1 - one] && !touches(s, p, 1 - one, insider));
        for (ptrdiff_t k = 0; k < n && !known; k++)
            known = list[k] == insider;
        if (!known)
            list[n++] = insider;
    }
    return n;
}

void suppress_know(const struct suppress *s, struct suppress_box box, ptrdiff_t insider, int64_t *kept)
{
    const struct suppress_insider *x = &s->insiders[insider];
    for (ptrdiff_t i = 0; i < x->len; i++) {
        kept[2 * i] = box.low[x->cell[i]];
        kept[2 * i + 1] = box.high[x->cell[i]];
        box.low[x->cell[i]] = box.high[x->cell[i]] = 1;
    }
}

void suppress_forget(const struct suppress *s, struct suppress_box box, ptrdiff_t insider, const int64_t *kept)
{
    const struct suppress_insider *x = &s->insiders[insider];
    for (ptrdiff_t i = 0; i < x->len; i++) {
        box.low[x->cell[i]] = kept[2 * i];
        box.high[x->cell[i]] = kept[2 * i + 1];
    }
}

bool suppress_prove(struct suppress_work *w, struct arena *a, const struct suppress_box *box, ptrdiff_t cell, int64_t want,
                    struct suppress_proof *out)
{
    struct suppress_quest q = { box->low, box->high, NULL, cell, SUPPRESS_BOTH, want, false };
    struct suppress_move m;
    *out = (struct suppress_proof){ 0 };
    if (suppress_move(w, &q, &m)) {
        int64_t up = least(m.up, want);
        apply(w, &m, up);
        take_world(w, a, out, 0);
        apply(w, &m, up - want);
        take_world(w, a, out, 1);
        return true;
    }
    int64_t up = go(w, box, cell, SUPPRESS_UP, want);
    take_world(w, a, out, 0);
    int64_t down = up < want ? go(w, box, cell, SUPPRESS_DOWN, want - up) : 0;
    take_world(w, a, out, 1);
    if (up + down >= want)
        return true;
    /* Longer ways round than moves go: in small systems the ends of the range are asked for. */
    return w->s->cells <= LP_CELLS && suppress_lp_prove(a, w->s, box, cell, want, out);
}
