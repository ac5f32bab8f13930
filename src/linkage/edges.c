#include "linkage/edges.h"

int32_t edge_weight(const struct table *t, const struct patterns *s, const struct weights *w, const struct pair *p, uint32_t pattern)
{
    int32_t strangers = w->strangers[pattern], home = w->home[pattern];
    for (int k = 0; k < t->plan.comparison_count; k++) {
        const struct comparison *c = &t->plan.comparisons[k];
        if (!c->frequent || pattern_level(s, &t->plan, pattern, k) != 0)
            continue;
        const struct value *v = value_of(&t->values[c->fields[0]], table_row(t, p->a)[c->fields[0]]);
        uint32_t others = v->seen > 2 ? v->seen - 1u : 1; /* the other one is no stranger */
        int32_t more = w->rare[k] - (others < (uint32_t)countof(w->often) ? w->often[others] : log2_of(others));
        strangers += more;
        home += w->rare_at_home[k] ? more : 0;
    }
    return weight_against_both(strangers, home);
}

int32_t edge_between(const struct table *t, const struct patterns *s, const struct weights *w, uint32_t a, uint32_t b)
{
    const uint32_t *x = table_row(t, a), *y = table_row(t, b);
    struct pair p = { a, b, 0, 0 };
    uint32_t pattern = 0;
    pair_rows(&p, x, y, t->stride);
    for (int k = 0; k < t->plan.comparison_count; k++)
        pattern += (uint32_t)compare_rows(t, &t->plan.comparisons[k], &p) * s->step[k];
    return edge_weight(t, s, w, &p, pattern);
}

bool edges_by_weight(struct edges *e)
{
    struct space spare;
    if (!space_take(&spare, (e->count + 1) * sizeof(struct edge)))
        return false;
    struct edge *from = e->at, *to = (struct edge *)(void *)spare.at;
    for (int shift = 0; shift < 32; shift += 8) {
        size_t starts[257] = { 0 };
        for (size_t i = 0; i < e->count; i++)
            starts[(((uint32_t)INT32_MAX - (uint32_t)from[i].weight) >> shift & 255) + 1]++;
        for (int b = 0; b < 256; b++)
            starts[b + 1] += starts[b];
        for (size_t i = 0; i < e->count; i++)
            to[starts[((uint32_t)INT32_MAX - (uint32_t)from[i].weight) >> shift & 255]++] = from[i];
        struct edge *x = from;
        from = to;
        to = x;
    }
    space_give(&spare); /* four times: it ended where it began */
    return true;
}
