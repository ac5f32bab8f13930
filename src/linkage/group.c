#include "linkage/group.h"
#include "linkage/join.h"
#include <stdlib.h>

/*
 * A graph of two kinds of nodes: members, then facts. A fact that is a cut vertex of it is what a bridge is here: a telephone that one of twelve
 * and three of thirty-one name holds the two together alone, though no single link does. Cut vertices by the depth-first search of Hopcroft and Tarjan
 * (Algorithm 447, CACM 16(6), 1973).
 */
enum { PLACES = GROUP_FACTS_MOST + GROUP_MEMBERS_MOST, NODES = GROUP_MEMBERS_MOST + PLACES, EDGES = 2 * (GROUP_HOLDS_MOST + GROUP_DECISIONS_MOST), NONE = UINT16_MAX };
_Static_assert(NODES < NONE, "a node is 16 bits");

struct cutting {
    const struct group_graph *g;
    struct group_hold holds[GROUP_HOLDS_MOST]; /* those that still link, by place and member; fact is the place */
    uint32_t hold_count, places;          /* a fact that is cut has a place on either side */
    uint32_t from[PLACES + 1];            /* where the holds of a place begin */
    uint32_t next_from[NODES + 1];        /* neighbours of a node */
    uint16_t next[EDGES];
    uint16_t group[NODES];                /* its lowest member */
    uint16_t seen[NODES], low[NODES], last[NODES], inside[NODES], above[NODES]; /* of the search: when it came, how high it reaches, the last one below, members below */
    uint16_t clock, all;                  /* all: members of the group that is searched */
};
struct cut {
    uint32_t place;         /* of the fact */
    uint16_t child;         /* what came below that one is cut off; NONE: what is below no child that can be cut off */
    int32_t weight;
    uint32_t across;        /* pairs of members, one on each side, that have the fact */
    uint32_t smaller;       /* members of the smaller side; 0: there is no such cut */
};

/* ---- an order that does not depend on how it was asked ---- */

static const struct cutting *sorted; /* one thread */
static int by_fact(const void *a, const void *b)
{
    const struct group_hold *x = a, *y = b;
    if (x->fact != y->fact)
        return (x->fact > y->fact) - (x->fact < y->fact);
    return (x->member > y->member) - (x->member < y->member);
}

static int by_holders(const void *a, const void *b)
{
    const uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;
    const struct group_hold *p = sorted->holds + sorted->from[x], *q = sorted->holds + sorted->from[y];
    const struct group_hold *p_end = sorted->holds + sorted->from[x + 1], *q_end = sorted->holds + sorted->from[y + 1];
    for (; p < p_end && q < q_end; p++, q++) {
        if (p->member != q->member)
            return (p->member > q->member) - (p->member < q->member);
        if (p->weight != q->weight)
            return (p->weight < q->weight) - (p->weight > q->weight);
    }
    if ((p < p_end) != (q < q_end))
        return p < p_end ? 1 : -1;
    return (x > y) - (x < y); /* nothing tells them apart: either may come first */
}

static void sort_holds(struct cutting *c)
{
    qsort(c->holds, c->hold_count, sizeof *c->holds, by_fact);
    memset(c->from, 0, sizeof c->from);
    for (uint32_t i = 0; i < c->hold_count; i++)
        c->from[c->holds[i].fact + 1]++;
    for (uint32_t p = 0; p < c->places; p++)
        c->from[p + 1] += c->from[p];
}

static void put_in_order(struct cutting *c)
{
    const struct group_graph *g = c->g;
    uint16_t fact_at[GROUP_FACTS_MOST], place_of[GROUP_FACTS_MOST];
    c->hold_count = g->hold_count;
    c->places = g->facts;
    if (g->hold_count)
        memcpy(c->holds, g->holds, g->hold_count * sizeof *c->holds);
    sort_holds(c);
    for (uint32_t f = 0; f < g->facts; f++)
        fact_at[f] = (uint16_t)f;
    sorted = c;
    qsort(fact_at, g->facts, sizeof *fact_at, by_holders);
    for (uint32_t p = 0; p < g->facts; p++)
        place_of[fact_at[p]] = (uint16_t)p;
    for (uint32_t i = 0; i < c->hold_count; i++)
        c->holds[i].fact = place_of[c->holds[i].fact];
    sort_holds(c);
}

/* ---- what people decided ---- */

static int by_pair(const void *a, const void *b)
{
    const struct decision *x = a, *y = b;
    if (x->a != y->a)
        return (x->a > y->a) - (x->a < y->a);
    return (x->b > y->b) - (x->b < y->b);
}

static bool parts_a_pair(const struct decision *all, uint32_t n, uint32_t *up, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = first_of(up, all[i].a), y = first_of(up, all[i].b);
        if (!all[i].same && ((x == a && y == b) || (x == b && y == a)))
            return true;
    }
    return false;
}

/* Those that hold, by pair: line is their place among those that were given. How many. */
static uint32_t take_decisions(const struct group_graph *g, struct decision *to, struct group_parts *out)
{
    uint32_t up[GROUP_MEMBERS_MOST], kept = 0;
    struct decision all[GROUP_DECISIONS_MOST];
    for (uint32_t i = 0; i < g->members; i++)
        up[i] = i;
    for (uint32_t i = 0; i < g->decision_count; i++) {
        const struct group_decision *d = &g->decisions[i];
        all[i] = (struct decision){ d->a < d->b ? d->a : d->b, d->a < d->b ? d->b : d->a, i, d->same };
    }
    qsort(all, g->decision_count, sizeof *all, by_pair);
    for (uint32_t i = 0; i < g->decision_count; i++) {
        uint32_t a = first_of(up, all[i].a), b = first_of(up, all[i].b);
        out->refused[all[i].line] = all[i].same && a != b && parts_a_pair(all, g->decision_count, up, a, b);
        if (out->refused[all[i].line])
            continue;
        if (all[i].same)
            up[a > b ? a : b] = a < b ? a : b;
        to[kept++] = all[i];
    }
    return kept;
}

/* The strongest first; where a link would bring together what is decided different, it goes. */
static bool join_all(struct cutting *c, const struct decision *decisions, uint32_t n)
{
    struct edge edges[GROUP_HOLDS_MOST];
    struct edges list = { .at = edges, .count = c->hold_count };
    struct decision copy[GROUP_DECISIONS_MOST];
    struct verdicts said = { .at = copy, .count = n };
    struct clusters joined;
    uint32_t kept = 0, members = c->g->members;
    memcpy(copy, decisions, n * sizeof *copy);
    for (uint32_t i = 0; i < c->hold_count; i++)
        edges[i] = (struct edge){ c->holds[i].member, members + c->holds[i].fact, c->holds[i].weight };
    bool fine = clusters_join(&joined, members + c->places, &list, INT32_MIN, UINT32_MAX, &said);
    for (uint32_t i = 0; fine && i < c->hold_count; i++)
        if (joined.of[c->holds[i].member] == joined.of[members + c->holds[i].fact])
            c->holds[kept++] = c->holds[i];
    c->hold_count = kept;
    sort_holds(c);
    clusters_close(&joined);
    return fine;
}

/* ---- what hangs together now ---- */

static void find_neighbours(struct cutting *c, const struct decision *decisions, uint32_t n)
{
    uint32_t filled[NODES] = { 0 }, nodes = c->g->members + c->places;
    memset(c->next_from, 0, sizeof c->next_from);
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t i = 0; i < c->hold_count + n; i++) {
            bool decided = i >= c->hold_count;
            const struct decision *d = decided ? &decisions[i - c->hold_count] : NULL;
            if (decided && !d->same)
                continue;
            uint32_t a = decided ? d->a : c->holds[i].member, b = decided ? d->b : c->g->members + c->holds[i].fact;
            if (fill) {
                c->next[c->next_from[a] + filled[a]++] = (uint16_t)b;
                c->next[c->next_from[b] + filled[b]++] = (uint16_t)a;
            } else {
                c->next_from[a + 1]++;
                c->next_from[b + 1]++;
            }
        }
        for (uint32_t i = 0; !fill && i < nodes; i++)
            c->next_from[i + 1] += c->next_from[i];
    }
}

static void find_groups(struct cutting *c)
{
    uint16_t waiting[NODES];
    memset(c->group, 0xff, sizeof c->group);
    for (uint32_t m = 0; m < c->g->members; m++) {
        uint32_t n = 0;
        if (c->group[m] != NONE)
            continue;
        c->group[m] = waiting[n++] = (uint16_t)m;
        while (n) {
            uint16_t node = waiting[--n];
            for (uint32_t i = c->next_from[node]; i < c->next_from[node + 1]; i++)
                if (c->group[c->next[i]] == NONE) {
                    c->group[c->next[i]] = (uint16_t)m;
                    waiting[n++] = c->next[i];
                }
        }
    }
}

/* ---- the weakest bridge ---- */

static bool below(const struct cutting *c, uint16_t child, uint16_t node)
{
    return c->seen[node] >= c->seen[child] && c->seen[node] <= c->last[child];
}

/* Without the fact above it nothing holds what is below this one. */
static bool cut_off(const struct cutting *c, uint16_t fact, uint16_t child)
{
    return c->above[child] == fact && c->low[child] >= c->seen[fact];
}

static bool on_side(const struct cutting *c, const struct cut *k, uint16_t member)
{
    uint16_t fact = (uint16_t)(c->g->members + k->place);
    if (k->child != NONE)
        return below(c, k->child, member);
    for (uint32_t i = c->next_from[fact]; i < c->next_from[fact + 1]; i++)
        if (cut_off(c, fact, c->next[i]) && below(c, c->next[i], member))
            return false;
    return true;
}

/* A link across is no stronger than the strongest of either side. */
static void measure(const struct cutting *c, struct cut *k, uint32_t holders[2])
{
    int32_t strongest[2] = { INT32_MIN, INT32_MIN };
    holders[0] = holders[1] = 0;
    for (uint32_t i = c->from[k->place]; i < c->from[k->place + 1]; i++) {
        bool side = on_side(c, k, c->holds[i].member);
        holders[side]++;
        if (c->holds[i].weight > strongest[side])
            strongest[side] = c->holds[i].weight;
    }
    k->weight = strongest[0] < strongest[1] ? strongest[0] : strongest[1];
    k->across = holders[0] * holders[1];
}

static bool better(const struct cut *a, const struct cut *b)
{
    if (!b->smaller || a->weight != b->weight)
        return !b->smaller || a->weight < b->weight;
    if (a->across != b->across)
        return a->across < b->across;
    return a->smaller != b->smaller ? a->smaller > b->smaller : a->place < b->place;
}

/* others: parts beside this one that hang together without the fact. Where there is none, the fact is what the others are a group by. */
static void consider(const struct cutting *c, struct cut k, uint32_t size, uint32_t others, struct cut *best)
{
    uint32_t holders[2];
    k.smaller = size < c->all - size ? size : c->all - size;
    if (k.smaller < c->g->part)
        return;
    measure(c, &k, holders);
    if ((others || holders[true] == 1) && better(&k, best))
        *best = k;
}

/* Depth first, as deep as there are nodes. */
static void search(struct cutting *c, uint16_t node)
{
    c->seen[node] = c->low[node] = c->clock++;
    c->inside[node] = node < c->g->members;
    for (uint32_t i = c->next_from[node]; i < c->next_from[node + 1]; i++) {
        uint16_t to = c->next[i];
        if (to == c->above[node])
            continue;
        if (c->seen[to] == NONE) {
            c->above[to] = node;
            search(c, to);
            c->inside[node] += c->inside[to];
            c->low[node] = c->low[to] < c->low[node] ? c->low[to] : c->low[node];
        } else if (c->seen[to] < c->low[node]) {
            c->low[node] = c->seen[to];
        }
    }
    c->last[node] = c->clock - 1;
}

static void consider_fact(const struct cutting *c, uint32_t place, struct cut *best)
{
    uint16_t fact = (uint16_t)(c->g->members + place);
    uint32_t gone = 0, sides = 0, parts = 0;
    for (uint32_t i = c->next_from[fact]; i < c->next_from[fact + 1]; i++)
        if (cut_off(c, fact, c->next[i])) {
            gone += c->inside[c->next[i]];
            parts += c->inside[c->next[i]] >= c->g->part;
            sides++;
        }
    parts += c->all - gone >= c->g->part;
    for (uint32_t i = c->next_from[fact]; i < c->next_from[fact + 1]; i++)
        if (cut_off(c, fact, c->next[i]))
            consider(c, (struct cut){ .place = place, .child = c->next[i] }, c->inside[c->next[i]], parts - 1, best);
    if (sides > 1)
        consider(c, (struct cut){ .place = place, .child = NONE }, c->all - gone, parts - 1, best);
}

/* Those of one side have the fact at a place of its own from then on. */
static bool cut_once(struct cutting *c, uint16_t group)
{
    struct cut best = { .smaller = 0 };
    memset(c->seen, 0xff, sizeof c->seen);
    memset(c->above, 0xff, sizeof c->above);
    c->clock = c->all = 0;
    for (uint32_t m = 0; m < c->g->members; m++)
        c->all += c->group[m] == group;
    if (c->all <= c->g->large)
        return false;
    search(c, group);
    for (uint32_t p = 0; p < c->places; p++)
        if (c->seen[c->g->members + p] != NONE)
            consider_fact(c, p, &best);
    if (!best.smaller)
        return false;
    for (uint32_t i = c->from[best.place]; i < c->from[best.place + 1]; i++)
        if (on_side(c, &best, c->holds[i].member))
            c->holds[i].fact = (uint16_t)c->places;
    c->places++;
    sort_holds(c);
    return true;
}

bool group_part(const struct group_graph *g, struct group_parts *out)
{
    static struct cutting c; /* one thread */
    struct decision decisions[GROUP_DECISIONS_MOST];
    must(g->members <= GROUP_MEMBERS_MOST && g->facts <= GROUP_FACTS_MOST && g->hold_count <= GROUP_HOLDS_MOST &&
         g->decision_count <= GROUP_DECISIONS_MOST && g->part > 0);
    c = (struct cutting){ .g = g };
    *out = (struct group_parts){ .of = { 0 } };
    put_in_order(&c);
    uint32_t n = take_decisions(g, decisions, out);
    if (!join_all(&c, decisions, n))
        return false;
    find_neighbours(&c, decisions, n);
    find_groups(&c);
    memcpy(out->joined, c.group, g->members * sizeof *out->joined);
    for (uint32_t m = 0; m < g->members;) {
        if (c.group[m] == m && cut_once(&c, (uint16_t)m)) {
            find_neighbours(&c, decisions, n);
            find_groups(&c); /* what is left of it is looked at again */
        } else {
            m++;
        }
    }
    memcpy(out->of, c.group, g->members * sizeof *out->of);
    return true;
}

/* ---- what a page shows ---- */

static bool before(const struct group_step *a, const struct group_step *b)
{
    if (a->weight != b->weight)
        return a->weight > b->weight;
    return a->member < b->member;
}

/* The strongest link of those that are there to one that is not. place: of each that is there, from 1. */
static bool next_step(const struct group_graph *g, const struct group_parts *parts, const uint16_t *place, uint16_t of, struct group_step *out)
{
    uint16_t holder[GROUP_FACTS_MOST];
    bool found = false;
    memset(holder, 0xff, sizeof holder);
    for (uint32_t i = 0; i < g->hold_count; i++) {
        uint16_t m = g->holds[i].member, *h = &holder[g->holds[i].fact];
        if (place[m] && (*h == NONE || place[m] < place[*h]))
            *h = m;
    }
    for (uint32_t i = 0; i < g->hold_count; i++) {
        const struct group_hold *h = &g->holds[i];
        struct group_step step = { h->member, holder[h->fact], h->fact, h->weight };
        if (place[h->member] || parts->of[h->member] != of || holder[h->fact] == NONE || (found && !before(&step, out)))
            continue;
        *out = step;
        found = true;
    }
    for (uint32_t i = 0; i < g->decision_count; i++) {
        const struct group_decision *d = &g->decisions[i];
        uint16_t there = (uint16_t)(place[d->a] ? d->a : d->b), other = (uint16_t)(d->a ^ d->b ^ there);
        struct group_step step = { other, there, GROUP_NOBODY, INT32_MAX };
        if (!d->same || parts->refused[i] || !place[there] || place[other] || parts->of[other] != of || (found && !before(&step, out)))
            continue;
        *out = step;
        found = true;
    }
    return found;
}

int group_walk(const struct group_graph *g, const struct group_parts *parts, uint16_t first, struct group_step to[GROUP_MEMBERS_MOST])
{
    uint16_t place[GROUP_MEMBERS_MOST] = { 0 };
    int n = 0;
    to[n++] = (struct group_step){ first, first, GROUP_NOBODY, 0 };
    place[first] = 1;
    while (next_step(g, parts, place, parts->of[first], &to[n])) {
        place[to[n].member] = (uint16_t)(n + 1);
        n++;
    }
    return n;
}

static struct group_neighbour *neighbour(struct group_neighbour *to, int *n, int room, uint16_t group)
{
    for (int i = 0; i < *n; i++)
        if (to[i].group == group)
            return &to[i];
    if (*n == room)
        return NULL;
    to[*n] = (struct group_neighbour){ .group = group, .last = GROUP_NOBODY };
    return &to[(*n)++];
}

static int by_group(const void *a, const void *b)
{
    const struct group_neighbour *x = a, *y = b;
    return (x->group > y->group) - (x->group < y->group);
}

int group_neighbours(const struct group_graph *g, const struct group_parts *parts, uint16_t of, struct group_neighbour *to, int room)
{
    struct group_hold holds[GROUP_HOLDS_MOST];
    uint16_t own[GROUP_FACTS_MOST];
    int n = 0;
    memset(own, 0xff, sizeof own);
    if (g->hold_count)
        memcpy(holds, g->holds, g->hold_count * sizeof *holds);
    if (g->hold_count)
        qsort(holds, g->hold_count, sizeof *holds, by_fact);
    for (uint32_t i = 0; i < g->hold_count; i++)
        if (parts->of[holds[i].member] == of && own[holds[i].fact] == NONE)
            own[holds[i].fact] = holds[i].member;
    for (uint32_t i = 0; i < g->hold_count; i++) {
        uint16_t f = holds[i].fact, group = parts->of[holds[i].member];
        struct group_neighbour *one = own[f] == NONE || group == of ? NULL : neighbour(to, &n, room, group);
        if (!one || one->last == f)
            continue;
        if (!one->facts++)
            *one = (struct group_neighbour){ .group = group, .own = own[f], .other = holds[i].member, .fact = f, .facts = 1 };
        one->last = f;
    }
    for (int i = 0; i < n; i++) {
        to[i].decided = parts->joined[to[i].own] != parts->joined[to[i].other];
        for (uint32_t m = 0; m < g->members; m++)
            to[i].size += parts->of[m] == to[i].group;
    }
    qsort(to, (size_t)n, sizeof *to, by_group);
    return n;
}
