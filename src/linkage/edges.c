#include "linkage/edges.h"
#include "linkage/read_rows.h"

int32_t edge_rarity(const struct table *t, const struct weights *w, uint32_t record, int comparison)
{
    const struct comparison *c = &t->plan.comparisons[comparison];
    if (!c->frequent)
        return 0;
    uint32_t seen = value_of(&t->values[c->fields[0]], table_row(t, record)[c->fields[0]])->seen, others = seen > 2 ? seen - 1 : 1; /* the other one is no stranger */
    return w->rare[comparison] - (others < (uint32_t)countof(w->often) ? w->often[others] : log2_of(others));
}

int32_t edge_weight(const struct table *t, const struct weights *w, uint32_t record, uint32_t pattern, int32_t least)
{
    int32_t strangers = w->strangers[pattern], home = w->home[pattern], rare_most = w->exact[pattern] ? w->rare_most : 0;
    if (strangers + rare_most < least || home + rare_most < least)
        return INT32_MIN;
    for (uint32_t exact = w->exact[pattern]; exact; exact &= exact - 1) {
        int k = __builtin_ctz(exact);
        int32_t more = edge_rarity(t, w, record, k);
        strangers += more;
        home += w->rare_at_home[k] ? more : 0;
    }
    return strangers < least || home < least ? INT32_MIN : weight_against_both(strangers, home); /* which is no larger than either */
}

uint32_t edge_pattern(const struct table *t, const struct patterns *s, const struct edge *e)
{
    struct pair p = { e->a, e->b, 0, 0 };
    uint32_t pattern = 0;
    pair_rows(&p, table_row(t, p.a), table_row(t, p.b), t->stride);
    for (int k = 0; k < t->plan.comparison_count; k++)
        pattern += (uint32_t)compare_rows(t, &t->plan.comparisons[k], &p) * s->step[k];
    read_rows_compare(t, s, &p, 1, &pattern);
    return pattern;
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
