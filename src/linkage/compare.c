#include "linkage/compare.h"
#include "linkage/accounts.h"
#include "linkage/address.h"
#include "linkage/likeness.h"
#include "linkage/names.h"
#include "linkage/read_rows.h"

static bool is_so(const void *context)
{
    return *(const bool *)context;
}

static void list_addresses(const struct comparison *c, uint8_t *far, uint8_t *near)
{
    static const bool no = false, yes = true;
    for (uint32_t set = 0; set < ADDRESS_SETS; set++) {
        struct pair p = { 0 };
        for (int i = 0; i < c->field_count; i++) {
            p.same |= (set >> i & 1) << c->fields[i];
            p.both |= (set >> (COMPARED_MOST + i) & 1) << c->fields[i];
        }
        far[set] = (uint8_t)address_level(c, &p, is_so, &no);
        near[set] = (uint8_t)address_level(c, &p, is_so, &yes);
    }
}

bool patterns_of(const struct plan *p, struct patterns *out)
{
    uint64_t count = 1;
    for (int i = 0; i < p->comparison_count; i++) {
        if (p->comparisons[i].kind == KIND_ADDRESS)
            list_addresses(&p->comparisons[i], out->address[i], out->near_address[i]);
        out->step[i] = (uint32_t)count;
        count *= (uint64_t)p->comparisons[i].levels + 1;
        if (count > PATTERNS_MOST)
            return false;
    }
    out->count = (uint32_t)count;
    return true;
}

static const struct value *value_in(const struct table *t, uint32_t record, int field)
{
    return value_of(&t->values[field], table_row(t, record)[field]);
}

static const struct heard *heard_in(const struct table *t, uint32_t record, int field)
{
    return heard_of(&t->heard[field], table_row(t, record)[field]);
}

/* Each has what the other has in its other part, by ear. */
static bool swapped(const struct table *t, const struct comparison *c, const struct pair *p)
{
    int f = c->fields[0], g = c->with - 1;
    uint32_t two = (uint32_t)1 << f | (uint32_t)1 << g;
    if ((p->both & two) != two || (p->same & two))
        return false;
    uint32_t a = heard_in(t, p->a, f)->sound, b = heard_in(t, p->b, g)->sound;
    return a && a == b && heard_in(t, p->a, g)->sound == heard_in(t, p->b, f)->sound;
}

/* Letters of another script may be read alike and yet be others. */
static int same_name(const struct table *t, const struct comparison *c, const struct pair *p)
{
    int f = c->fields[0];
    const uint32_t *written = (const uint32_t *)(const void *)t->written[f].at;
    return t->scripts >> f & 1 && written[p->a] != written[p->b] ? name_step(c, STEP_WORDS) : 0;
}

/* Of one service the names alone are compared: what says the service would make any two of it alike. */
static int handle_level(const struct comparison *c, const struct value *a, const struct value *b)
{
    struct word_value names[2];
    str x = { a->text, a->len }, y = { b->text, b->len };
    if (account_same_name(x, y))
        return 1; /* one does not say on which service */
    ptrdiff_t service = account_same_service(x, y);
    if (service) {
        a = word_as_value(str_part(x, service, x.len), &names[0]);
        b = word_as_value(str_part(y, service, y.len), &names[1]);
    }
    return c->levels - 1 - jaro_winkler_reaches(a, b, c->thresholds, c->between);
}

int value_level(const struct comparison *c, const struct value *a, const struct value *b)
{
    int between = c->between, reached = 0;
    if (c->kind == KIND_HANDLE && between > 0)
        return handle_level(c, a, b);
    if (c->kind == KIND_ADDRESS)
        return address_near((str){ a->text, a->len }, (str){ b->text, b->len }) ? 1 : c->levels - 1;
    if (between <= 0)
        return c->levels - 1;
    if (c->kind == KIND_URL)
        return account_same_page((str){ a->text, a->len }, (str){ b->text, b->len }) ? 1 : c->levels - 1;
    if (likeness_kind(c->kind)) {
        reached = jaro_winkler_reaches(a, b, c->thresholds, between);
    } else {
        int distance = edit_distance(a, b, c->thresholds[0]);
        while (reached < between && distance <= c->thresholds[reached])
            reached++;
    }
    return c->levels - 1 - reached;
}

int address_level(const struct comparison *c, const struct pair *p, bool (*near)(const void *context), const void *context)
{
    uint32_t same = 0, any = 0;
    int level = 0;
    for (int i = 0; i < c->field_count; i++) {
        same |= (p->same >> c->fields[i] & 1) << i;
        any |= p->both >> c->fields[i] & 1;
    }
    if (!any)
        return c->levels;
    if (!same && c->field_count > 1)
        return c->levels - 1; /* nearly the same is not enough alone */
    const uint32_t *wanted = address_levels[c->field_count];
    bool asked = same & 1 || !(p->both >> c->fields[0] & 1);
    for (; wanted[level]; level++) {
        if ((same | ADDRESS_NEAR) != (same | ADDRESS_NEAR | wanted[level]))
            continue;
        if (!(wanted[level] & ADDRESS_NEAR) || (!asked && near(context)))
            break;
        asked = true;
    }
    return level;
}

struct two_rows {
    const struct table *t;
    const struct pair *p;
    int field;
};

static bool near_rows(const void *context)
{
    const struct two_rows *two = context;
    const struct values *v = &two->t->values[two->field];
    return address_near(value_text(v, table_row(two->t, two->p->a)[two->field]), value_text(v, table_row(two->t, two->p->b)[two->field]));
}

int compare_rows(const struct table *t, const struct comparison *c, const struct pair *p)
{
    if (c->kind == KIND_ADDRESS)
        return address_level(c, p, near_rows, &(struct two_rows){ t, p, c->fields[0] });
    int f = c->fields[0];
    if (!(p->both >> f & 1))
        return c->levels;
    if (p->same >> f & 1)
        return c->kind == KIND_NAME ? same_name(t, c, p) : 0;
    if (c->with && swapped(t, c, p))
        return c->swapped ? name_step(c, STEP_SWAPPED) : c->levels;
    if (c->kind == KIND_NAME)
        return names_level(c, value_in(t, p->a, f), value_in(t, p->b, f), heard_in(t, p->a, f), heard_in(t, p->b, f));
    return value_level(c, value_in(t, p->a, f), value_in(t, p->b, f));
}

static int name_level(const struct table *t, const struct comparison *c, struct comparer *m, const struct pair *p)
{
    int f = c->fields[0];
    uint32_t a = table_row(t, p->a)[f], b = table_row(t, p->b)[f];
    if (c->with && swapped(t, c, p))
        return c->swapped ? name_step(c, STEP_SWAPPED) : c->levels;
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
        m->seen[at].level = (int16_t)names_level(c, value_of(&t->values[f], a), value_of(&t->values[f], b), heard_of(&t->heard[f], a), heard_of(&t->heard[f], b));
    }
    return m->seen[at].level;
}

/* What is known of two values that are looked at soon. */
static inline void fetch_heard(const struct table *t, int field, const struct pair *p)
{
    if (p->both >> field & 1) {
        __builtin_prefetch(heard_in(t, p->a, field));
        __builtin_prefetch(heard_in(t, p->b, field));
    }
}

static inline void fetch(const struct table *t, const struct comparison *c, const struct pair *p)
{
    int f = c->fields[0];
    __builtin_prefetch(value_in(t, p->a, f));
    __builtin_prefetch(value_in(t, p->b, f));
    if (c->kind == KIND_NAME)
        fetch_heard(t, f, p);
    if (c->swapped)
        fetch_heard(t, c->with - 1, p);
}

/* What is missing has its level at once, and so has what is the same; the others are written down: their values have to be looked at. */
static int those_that_differ(const struct table *t, const struct comparison *c, uint32_t step, const struct pair *lot, int n, uint32_t *patterns, uint16_t *differ)
{
    int f = c->fields[0], found = 0;
    bool scripts = c->kind == KIND_NAME && t->scripts >> f & 1;
    for (int i = 0; i < n; i++) { /* no branch: it would be guessed wrong */
        uint32_t there = lot[i].both >> f & 1, same = lot[i].same >> f & 1;
        patterns[i] += (there - 1) & (uint32_t)c->levels * step;
        differ[found] = (uint16_t)i;
        found += (int)(there & ~same);
    }
    for (int i = 0; scripts && i < n; i++)
        if (lot[i].same >> f & 1)
            patterns[i] += (uint32_t)same_name(t, c, &lot[i]) * step;
    return found;
}

/* The comparison before this one that told already whether the two are swapped; -1: none. */
static int lead_of(const struct plan *p, int k)
{
    const struct comparison *c = &p->comparisons[k];
    for (int i = 0; c->with && !c->swapped && i < k; i++)
        if (p->comparisons[i].swapped && p->comparisons[i].with == c->fields[0] + 1)
            return i;
    return -1;
}

static void add_values(const struct table *t, const struct patterns *s, int k, struct comparer *m, const struct pair *lot, int n, uint32_t *patterns)
{
    enum { AHEAD = 12 };
    const struct plan *plan = &t->plan;
    const struct comparison *c = &plan->comparisons[k];
    struct comparison alone = *c;
    uint16_t differ[LOT];
    int lead = lead_of(plan, k), swapped = lead < 0 ? 0 : name_step(&plan->comparisons[lead], STEP_SWAPPED), f = c->fields[0];
    if (lead >= 0)
        alone.with = 0; /* it is not asked again */
    n = those_that_differ(t, c, s->step[k], lot, n, patterns, differ);
    for (int i = 0; i < n + AHEAD; i++) {
        if (i < n)
            fetch(t, c, &lot[differ[i]]);
        if (i < AHEAD)
            continue;
        const struct pair *p = &lot[differ[i - AHEAD]];
        uint32_t *to = &patterns[differ[i - AHEAD]];
        int level = c->levels;
        if (lead < 0 || pattern_level(s, plan, *to, lead) != swapped)
            level = c->kind == KIND_NAME ? name_level(t, &alone, m, p) : value_level(c, value_in(t, p->a, f), value_in(t, p->b, f));
        *to += (uint32_t)level * s->step[k];
    }
}

void compare_addresses(const struct table *t, const struct patterns *s, int comparison, const struct pair *lot, int n, uint32_t *patterns)
{
    enum { AHEAD = 12 };
    const struct comparison *c = &t->plan.comparisons[comparison];
    const uint8_t *far = s->address[comparison], *near = s->near_address[comparison];
    uint32_t step = s->step[comparison];
    uint16_t asked[LOT];
    uint8_t more[LOT];
    int f = c->fields[0], found = 0;
    for (int i = 0; i < n; i++) { /* no branch: it would be guessed wrong */
        uint32_t set = 0;
        for (int k = 0; k < c->field_count; k++)
            set |= (lot[i].same >> c->fields[k] & 1) << k | (lot[i].both >> c->fields[k] & 1) << (COMPARED_MOST + k);
        patterns[i] += far[set] * step;
        asked[found] = (uint16_t)i;
        more[found] = (uint8_t)(far[set] - near[set]);
        found += far[set] != near[set];
    }
    for (int i = 0; i < found + AHEAD; i++) {
        if (i < found) {
            __builtin_prefetch(value_in(t, lot[asked[i]].a, f));
            __builtin_prefetch(value_in(t, lot[asked[i]].b, f));
        }
        if (i >= AHEAD && near_rows(&(struct two_rows){ t, &lot[asked[i - AHEAD]], f }))
            patterns[asked[i - AHEAD]] -= more[i - AHEAD] * step;
    }
}

void compare_lot(const struct table *t, const struct patterns *s, struct comparer *m, const struct pair *lot, int n, uint32_t *patterns)
{
    memset(patterns, 0, (size_t)n * sizeof *patterns);
    for (int k = 0; k < t->plan.comparison_count; k++)
        if (t->plan.comparisons[k].kind != KIND_ADDRESS)
            add_values(t, s, k, m, lot, n, patterns);
        else
            compare_addresses(t, s, k, lot, n, patterns);
    if (t->read.count)
        read_rows_compare(t, s, lot, n, patterns);
}
