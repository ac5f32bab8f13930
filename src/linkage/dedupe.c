#include "linkage/dedupe.h"
#include "linkage/chance.h"
#include <math.h>

enum { LEARN_FROM = 130000, UNEVEN = 4096 }; /* UNEVEN: pairs more that are noted of a part: few records are all in one */

struct work {
    struct dedupe *d;
    const struct dedupe_wish *wish;
    struct space memory, parts[PARTS_OF_WORK];
    struct comparer *comparers;         /* one a thread */
    uint32_t *counts;                   /* of patterns, one set a thread */
    size_t kept[PARTS_OF_WORK];
    size_t part_most;
    int32_t keep;
    bool full;
    bool learnt;                        /* else pairs are noted with their patterns, to learn from them and to be weighed then */
    bool again;                         /* the pairs have to be walked once more, all of them */
    int one_in;                         /* of all keys are the sample that it is learnt from */
    uint64_t too_large;                 /* blocks of the sample that were left out */
};

static void tell(const struct work *w, const char *stage, double done)
{
    if (w->wish->teller.tell)
        w->wish->teller.tell(w->wish->teller.context, stage, done);
}

static status complain(struct dedupe *d, status s, const char *words)
{
    snprintf(d->complaint, sizeof d->complaint, "%s", words);
    return s;
}

/* Pairs that a part may keep: reserved, not taken; nobody has so many kin. */
static size_t part_most(const struct dedupe *d)
{
    return ((size_t)d->table.count + 64) * 32;
}

static struct edge *edges_of(const struct work *w, int part)
{
    return (struct edge *)(void *)w->parts[part].at;
}

/* ---- learning ---- */

static void note_lot(struct work *w, int thread, int part, const struct pair *lot, int n)
{
    uint32_t patterns[LOT], *counts = w->counts + (size_t)thread * w->d->patterns.count;
    compare_lot(&w->d->table, &w->d->patterns, &w->comparers[thread], lot, n, patterns);
    for (int i = 0; i < n; i++)
        counts[patterns[i]]++;
    if (w->kept[part] + (size_t)n <= w->part_most)
        for (int i = 0; i < n; i++)
            edges_of(w, part)[w->kept[part]++] = (struct edge){ lot[i].a, lot[i].b, (int32_t)patterns[i] };
    else
        w->kept[part] = SIZE_MAX / 2; /* it is not whole: the pairs are walked again */
}

static double all_pairs(const struct table *t)
{
    double n = t->count, first = t->split;
    return first > 0 ? first * (n - first) : n * (n - 1) / 2;
}

static bool take_learnt(struct work *w)
{
    struct dedupe *d = w->d;
    w->learnt = true;
    d->model = learnt_model(w->wish->learnt, d->table.count, all_pairs(&d->table));
    return weights_make(&d->weights, &d->model, &d->table, &d->patterns);
}

static uint64_t blocks_left_out(const struct dedupe *d)
{
    uint64_t n = 0;
    for (int i = 0; i < d->table.plan.rule_count; i++)
        n += d->yields[i].dropped_blocks;
    return n;
}

/* From the pairs that were noted. */
static bool learn(struct work *w)
{
    struct dedupe *d = w->d;
    for (int thread = 1; thread < w->wish->threads; thread++)
        for (uint32_t i = 0; i < d->patterns.count; i++)
            w->counts[i] += w->counts[(size_t)thread * d->patterns.count + i];
    for (int i = 0; i < d->table.plan.rule_count; i++)
        d->learnt_from += (double)d->yields[i].pairs;
    d->model.pairs = all_pairs(&d->table);
    model_learn(&d->model, &d->table.plan, &d->patterns, w->counts, w->one_in);
    w->learnt = true;
    return weights_make(&d->weights, &d->model, &d->table, &d->patterns);
}

/* ---- comparing ---- */

static void keep_lot(struct work *w, int thread, int part, const struct pair *lot, int n)
{
    uint32_t patterns[LOT];
    struct edge *to = edges_of(w, part);
    compare_lot(&w->d->table, &w->d->patterns, &w->comparers[thread], lot, n, patterns);
    for (int i = 0; i < n; i++) {
        int32_t weight = edge_weight(&w->d->table, &w->d->weights, lot[i].a, patterns[i], w->keep);
        if (weight < w->keep)
            continue;
        if (w->kept[part] < w->part_most)
            to[w->kept[part]++] = (struct edge){ lot[i].a, lot[i].b, weight };
        else
            __atomic_store_n(&w->full, true, __ATOMIC_RELAXED);
    }
}

static void take_lot(void *context, int thread, int part, const struct pair *lot, int n)
{
    struct work *w = context;
    if (w->learnt)
        keep_lot(w, thread, part, lot, n);
    else
        note_lot(w, thread, part, lot, n);
}

/* Pairs that were noted while it was learnt from them: their patterns become weights. False: not all were. */
static bool weigh_noted(struct work *w)
{
    bool whole = true;
    for (int part = 0; part < PARTS_OF_WORK; part++)
        whole &= w->kept[part] <= w->part_most;
    for (int part = 0; part < PARTS_OF_WORK; part++) {
        struct edge *at = edges_of(w, part);
        size_t left = 0, noted = whole ? w->kept[part] : 0;
        for (size_t i = 0; i < noted; i++) {
            int32_t weight = edge_weight(&w->d->table, &w->d->weights, at[i].a, (uint32_t)at[i].weight, w->keep);
            at[left] = (struct edge){ at[i].a, at[i].b, weight };
            left += weight >= w->keep;
        }
        w->kept[part] = left;
    }
    return whole;
}

static bool gather(struct work *w)
{
    struct edges *e = &w->d->edges;
    for (int i = 0; i < PARTS_OF_WORK; i++)
        e->count += w->kept[i];
    if (!space_take(&e->space, (e->count + 1) * sizeof(struct edge)))
        return false;
    e->at = (struct edge *)(void *)e->space.at;
    size_t n = 0;
    for (int i = 0; i < PARTS_OF_WORK; i++) {
        memcpy(e->at + n, w->parts[i].at, w->kept[i] * sizeof(struct edge));
        n += w->kept[i];
        space_give(&w->parts[i]);
    }
    return true;
}

static int32_t weight_of(double probability)
{
    return (int32_t)lround(log2(probability / (1 - probability)) * BIT);
}

/* By weights that are known already. */
static bool compare_all(struct work *w)
{
    struct pairs_wish pairs = { w->wish->block_most, 1, NULL, w->wish->threads, take_lot, w, "comparing", &w->wish->teller };
    memset(w->kept, 0, sizeof w->kept);
    w->part_most = part_most(w->d);
    return pairs_walk(&w->d->table, &pairs, w->d->yields) && !w->full;
}

/* The pairs of the sample were noted: they are learnt from, and what of them is kept stays. */
static bool after_sample(void *context)
{
    struct work *w = context;
    w->too_large = blocks_left_out(w->d);
    if (!learn(w))
        return false;
    w->again = !weigh_noted(w);
    w->part_most = part_most(w->d);
    return !w->again;
}

static bool learn_and_compare(struct work *w)
{
    struct table *t = &w->d->table;
    struct pairs_wish pairs = { w->wish->block_most, 1, after_sample, w->wish->threads, take_lot, w, "learning", &w->wish->teller };
    while (t->count / (unsigned)pairs.one_in > (w->wish->learn_from ? w->wish->learn_from : LEARN_FROM))
        pairs.one_in *= 2;
    w->one_in = pairs.one_in;
    w->part_most = (size_t)t->count / (unsigned)pairs.one_in / 4 + UNEVEN; /* sixteen pairs a record, if they fall evenly */
    if (w->part_most > part_most(w->d))
        w->part_most = part_most(w->d);
    if (pairs.one_in > 1)
        pairs.stage = "comparing";
    bool fine = chance_measure(t, &w->d->patterns, w->d->model.agree) && pairs_walk(t, &pairs, w->d->yields);
    if (fine && pairs.one_in == 1)
        fine = after_sample(w);
    else if (fine)
        w->again = blocks_left_out(w->d) > w->too_large; /* see pairs.h */
    return w->again ? compare_all(w) : fine && !w->full;
}

static bool run(struct work *w)
{
    struct dedupe *d = w->d;
    size_t comparers = (size_t)w->wish->threads * sizeof(struct comparer);
    if (!space_take(&w->memory, comparers + (size_t)w->wish->threads * d->patterns.count * sizeof(uint32_t)))
        return false;
    w->comparers = (struct comparer *)(void *)w->memory.at;
    w->counts = (uint32_t *)(void *)(w->memory.at + comparers);
    for (int i = 0; i < PARTS_OF_WORK; i++)
        if (!space_take(&w->parts[i], part_most(d) * sizeof(struct edge)))
            return false;
    w->keep = weight_of(w->wish->keep);
    if (!(w->wish->learnt ? take_learnt(w) && compare_all(w) : learn_and_compare(w)) || !gather(w))
        return false;
    tell(w, "joining", 0);
    return clusters_join(&d->clusters, d->table.count, &d->edges, weight_of(w->wish->join), w->wish->cluster_most, &d->decisions)
           && (!d->labels.count || curve_draw(&d->labels, &d->edges, &d->curve));
}

/* What people say of pairs: d->wrong is set where it is not as it should be. */
static status read_verdicts(struct dedupe *d, const struct dedupe_wish *wish)
{
    status s = OK;
    if (wish->labels) {
        d->wrong = WRONG_LABELS;
        s = verdicts_read(&d->labels, *wish->labels, &d->table, d->complaint);
        if (s == OK && !d->labels.same)
            s = complain(d, INVALID, "no pair is labelled the same: nothing can be measured");
    }
    if (s == OK && wish->decisions) {
        d->wrong = WRONG_DECISIONS;
        s = verdicts_read(&d->decisions, *wish->decisions, &d->table, d->complaint);
        if (s == OK)
            s = decisions_agree(&d->decisions, d->table.count, d->complaint);
    }
    d->wrong = s == OK ? WRONG_FILE : d->wrong;
    return s;
}

status dedupe_files(struct dedupe *d, const int *fds, int files, const struct plan *plan, const struct dedupe_wish *wish)
{
    struct work w = { .d = d, .wish = wish };
    *d = (struct dedupe){ 0 };
    status s = table_read(&d->table, fds, files, plan, &wish->teller);
    if (s != OK)
        return complain(d, s, d->table.complaint);
    if (d->table.count < 2)
        return complain(d, INVALID, "the file has fewer than two records");
    if (!patterns_of(&d->table.plan, &d->patterns))
        return complain(d, INVALID, "too many comparisons, or too many levels: their combinations are more than two million");
    s = read_verdicts(d, wish);
    if (s == OK && !run(&w))
        s = complain(d, FAULT, w.full ? "more links than memory is set aside for: give fewer rules, or a smaller --block" : "not enough memory");
    for (int i = 0; i < PARTS_OF_WORK; i++)
        space_give(&w.parts[i]);
    space_give(&w.memory);
    return s;
}

void dedupe_close(struct dedupe *d)
{
    table_close(&d->table);
    weights_end(&d->weights);
    space_give(&d->edges.space);
    clusters_close(&d->clusters);
    verdicts_close(&d->labels);
    verdicts_close(&d->decisions);
}
