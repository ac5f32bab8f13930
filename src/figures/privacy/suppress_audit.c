/* The audit: what is shown, and no word of how it was chosen. What is found is checked sum by sum before it counts. */
#include "figures/privacy/suppress.h"

struct checker {
    const struct suppress *s;
    const struct suppress_box *box;
    int64_t *off; /* of each equation */
};

/* Adds what the cells of the list change to each equation they stand in; with clear, sets these back. False: one is not even. */
static bool walk(struct checker *c, const int32_t *cell, const int64_t *by, ptrdiff_t n, int pass)
{
    bool even = true;
    for (ptrdiff_t l = 0; l < c->s->link_count; l++) {
        const struct suppress_link *x = &c->s->links[l];
        for (ptrdiff_t i = 0; i < n; i++) {
            ptrdiff_t set = c->s->set_of_cell[cell[i]], local = cell[i] - c->s->sets[set].first;
            int64_t *off = set == x->of ? &c->off[x->first + x->cell[local]] : set == x->to ? &c->off[x->first + local] : NULL;
            if (!off)
                continue;
            even = even && (pass != 1 || !*off);
            *off = pass == 0 ? *off + (set == x->of ? by[i] : -by[i]) : pass == 1 ? *off : 0;
        }
    }
    return even;
}

/* Is it a population of whole people, none below 0, of which the same numbers would have been shown? */
static bool is_world(struct checker *c, const int32_t *cell, const int64_t *by, ptrdiff_t n)
{
    bool good = true;
    for (ptrdiff_t i = 0; good && i < n; i++) {
        int64_t at = c->s->count[cell[i]] + by[i];
        good = at >= c->box->low[cell[i]] && at <= c->box->high[cell[i]] && at >= 0;
    }
    walk(c, cell, by, n, 0);
    bool even = walk(c, cell, by, n, 1);
    walk(c, cell, by, n, 2);
    return good && even;
}

static int64_t value_in(const struct suppress_proof *p, int side, ptrdiff_t cell)
{
    int64_t at = 0;
    for (ptrdiff_t i = 0; i < p->len[side]; i++)
        at += p->cell[side][i] == cell ? p->by[side][i] : 0;
    return at;
}

static bool is_proof(struct checker *c, const struct suppress_proof *p, ptrdiff_t cell, int64_t want)
{
    return value_in(p, 0, cell) - value_in(p, 1, cell) >= want && is_world(c, p->cell[0], p->by[0], p->len[0])
           && is_world(c, p->cell[1], p->by[1], p->len[1]);
}

struct auditing {
    struct checker checker;
    struct suppress_work work;
};

/* From each insider who is near: two populations in which they are alone as before, and the cell differs. */
static bool is_safe_from_insiders(struct auditing *x, struct arena scratch, ptrdiff_t cell, const struct suppress_proof *p)
{
    const struct suppress *s = x->checker.s;
    int32_t *near = arena_new(&scratch, int32_t, s->insider_count + 1);
    int64_t *kept = arena_new(&scratch, int64_t, 2 * s->set_count);
    ptrdiff_t n = suppress_near(s, p, cell, near);
    bool good = true;
    for (ptrdiff_t i = 0; good && i < n; i++) {
        struct arena inner = scratch;
        struct suppress_proof other;
        suppress_know(s, *x->checker.box, near[i], kept);
        good = suppress_prove(&x->work, &inner, x->checker.box, cell, 1, &other) && is_proof(&x->checker, &other, cell, 1);
        suppress_forget(s, *x->checker.box, near[i], kept);
    }
    return good;
}

static bool is_protected(struct auditing *x, struct arena scratch, ptrdiff_t cell)
{
    const struct suppress *s = x->checker.s;
    struct suppress_proof p;
    return (suppress_prove(&x->work, &scratch, x->checker.box, cell, s->k, &p)
            || suppress_lp_prove(&scratch, s, x->checker.box, cell, s->k, &p))
           && is_proof(&x->checker, &p, cell, s->k) && is_safe_from_insiders(x, scratch, cell, &p);
}

struct suppress_verdict suppress_audit(struct arena *a, const struct suppress *s, const struct suppress_box *box)
{
    struct arena scratch = *a;
    struct suppress_verdict v = { .failed = -1 };
    struct auditing x = { .checker = { s, box, arena_new(&scratch, int64_t, s->equations) } };
    x.work = suppress_work_of(&scratch, s);
    for (ptrdiff_t i = 0; i < s->cells; i++) {
        v.hidden += box->low[i] < box->high[i] && !s->sets[s->set_of_cell[i]].hidden;
        if (!suppress_unsafe(s, i))
            continue;
        v.unsafe++;
        if (v.failed < 0 && !is_protected(&x, scratch, i))
            v.failed = i;
    }
    ptrdiff_t spanned = suppress_span(scratch, s, box);
    v.spanned = spanned != -2;
    if (v.failed < 0 && spanned >= 0)
        v.failed = spanned;
    return v;
}
