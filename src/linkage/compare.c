#include "linkage/compare.h"
#include "linkage/likeness.h"

bool patterns_of(const struct plan *p, struct patterns *out)
{
    uint64_t count = 1;
    for (int i = 0; i < p->comparison_count; i++) {
        out->step[i] = (uint32_t)count;
        count *= (uint64_t)p->comparisons[i].levels + 1;
        if (count > PATTERNS_MOST)
            return false;
    }
    out->count = (uint32_t)count;
    return true;
}

int value_level(const struct comparison *c, const struct value *a, const struct value *b)
{
    int between = c->levels - 2, reached = 0;
    if (between <= 0)
        return c->levels - 1;
    if (c->kind == KIND_NAME || c->kind == KIND_EMAIL || c->kind == KIND_HANDLE || c->kind == KIND_TEXT) {
        reached = jaro_winkler_reaches(a, b, c->thresholds, between);
    } else {
        int distance = edit_distance(a, b, c->thresholds[0]);
        while (reached < between && distance <= c->thresholds[reached])
            reached++;
    }
    return c->levels - 1 - reached;
}

int address_level(const struct comparison *c, const struct pair *p)
{
    uint32_t same = 0, any = 0;
    int level = 0;
    for (int i = 0; i < c->field_count; i++) {
        same |= (p->same >> c->fields[i] & 1) << i;
        any |= p->both >> c->fields[i] & 1;
    }
    if (!any)
        return c->levels;
    const uint32_t *wanted = address_levels[c->field_count];
    while (wanted[level] && (same & wanted[level]) != wanted[level])
        level++;
    return level;
}

int compare_rows(const struct table *t, const struct comparison *c, const struct pair *p)
{
    if (c->kind == KIND_ADDRESS)
        return address_level(c, p);
    int f = c->fields[0];
    if (!(p->both >> f & 1))
        return c->levels;
    if (p->same >> f & 1)
        return 0;
    return value_level(c, value_of(&t->values[f], table_row(t, p->a)[f]), value_of(&t->values[f], table_row(t, p->b)[f]));
}

static int name_level(const struct table *t, const struct comparison *c, struct comparer *m, const struct pair *p)
{
    int f = c->fields[0];
    uint32_t a = table_row(t, p->a)[f], b = table_row(t, p->b)[f];
    if (a > b) {
        uint32_t x = a;
        a = b;
        b = x;
    }
    size_t at = (size_t)(((uint64_t)a * 0x9e3779b1u ^ (uint64_t)b * 0x85ebca77u ^ (uint64_t)f << 7) >> 5) % REMEMBERED;
    if (m->seen[at].a != a || m->seen[at].b != b || m->seen[at].field != f) { /* of a comparer that is all zero no number is asked */
        m->seen[at].a = a;
        m->seen[at].b = b;
        m->seen[at].field = (int16_t)f;
        m->seen[at].level = (int16_t)value_level(c, value_of(&t->values[f], a), value_of(&t->values[f], b));
    }
    return m->seen[at].level;
}

/* The two values of a pair that is looked at soon, where they differ. */
static inline void fetch(const struct table *t, int field, const struct pair *p)
{
    if ((p->both & ~p->same) >> field & 1) {
        __builtin_prefetch(value_of(&t->values[field], table_row(t, p->a)[field]));
        __builtin_prefetch(value_of(&t->values[field], table_row(t, p->b)[field]));
    }
}

static void add_values(const struct table *t, const struct comparison *c, struct comparer *m, const struct pair *lot, int n, uint32_t step, uint32_t *patterns)
{
    enum { AHEAD = 12 };
    int f = c->fields[0];
    for (int i = 0; i < n + AHEAD; i++) {
        if (i < n)
            fetch(t, f, &lot[i]);
        if (i < AHEAD)
            continue;
        const struct pair *p = &lot[i - AHEAD];
        uint32_t level = (uint32_t)c->levels;
        if (p->same >> f & 1)
            level = 0;
        else if (p->both >> f & 1)
            level = (uint32_t)(c->kind == KIND_NAME ? name_level(t, c, m, p) : value_level(c, value_of(&t->values[f], table_row(t, p->a)[f]), value_of(&t->values[f], table_row(t, p->b)[f])));
        patterns[i - AHEAD] += level * step;
    }
}

void compare_lot(const struct table *t, const struct patterns *s, struct comparer *m, const struct pair *lot, int n, uint32_t *patterns)
{
    memset(patterns, 0, (size_t)n * sizeof *patterns);
    for (int k = 0; k < t->plan.comparison_count; k++) {
        const struct comparison *c = &t->plan.comparisons[k];
        if (c->kind != KIND_ADDRESS)
            add_values(t, c, m, lot, n, s->step[k], patterns);
        else
            for (int i = 0; i < n; i++)
                patterns[i] += (uint32_t)address_level(c, &lot[i]) * s->step[k];
    }
}
