#include "linkage/pairs.h"
#include <pthread.h>
#include <stdlib.h>

/*
 * A bucket of some 2^9 keys is worked on within the first cache; 2^12 bits tell which of its keys are there twice; of so many records in a
 * row the values are fetched. A rule is worked on slice by slice, which takes less memory.
 */
enum { IN_CACHE = 9, BUCKET_BITS_MOST = 18, TWICE = 12, AHEAD = 16, AT_ONCE = 2, SLICES = 2 };

/* A key of 32 bits and a record. Keys that meet by chance are told apart by the pair itself. */
typedef uint64_t entry;

struct walk {
    const struct table *t;
    const struct pairs_wish *wish;
    int rule, slice, bits;
    uint32_t base;                  /* where the slice begins among the keys of the rule */
    uint32_t same_of[RULES_MOST];   /* fields that a rule wants equal as a whole */
    bool begins[RULES_MOST];        /* and one that wants beginnings, too */
    uint8_t *first_rule;            /* of each set of equal fields: the first rule that wants no beginnings and holds; RULES_MOST: none */
    uint32_t *keys[AT_ONCE];        /* of each record, for as many rules as are made at once; 0: none */
    uint32_t *starts[AT_ONCE];      /* of buckets among the keys of a rule: see into_buckets */
    entry *sorted, *spare;          /* keys of one slice; of each thread, keys of a bucket */
    uint32_t *dropped;              /* keys of blocks that were too large, in order, dropped_most for each rule */
    uint32_t dropped_most, dropped_count[RULES_MOST];
    struct rule_yield part[PARTS_OF_WORK];
    int next_part, next_thread;
};

/* What a part adds to a key: each place among the parts has a factor of its own. */
static inline uint64_t part_of_key(const struct table *t, const uint32_t *row, struct rule_part p, int place)
{
    static const uint64_t factors[PARTS_MOST] = { 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u, 0xa0761d6478bd642fu };
    uint64_t number = row[p.field];
    if (p.sound)
        return (uint64_t)heard_of(&t->heard[p.field], row[p.field])->sound * factors[0]; /* in any order */
    if (p.first) {
        str text = value_text(&t->values[p.field], row[p.field]);
        ptrdiff_t n = text.len < p.first ? text.len : p.first;
        number = n <= 8 ? text_word(text.at, n, 0) : hash_bytes(text.at, n);
    }
    return number * factors[place];
}

/* Values whose beginnings are asked for soon. */
static inline void fetch_parts(const struct table *t, const struct rule *r, uint32_t record)
{
    const uint32_t *row = table_row(t, record < t->count ? record : t->count - 1);
    for (int i = 0; i < r->count; i++)
        if (r->parts[i].sound)
            __builtin_prefetch(heard_of(&t->heard[r->parts[i].field], row[r->parts[i].field]));
        else if (r->parts[i].first)
            __builtin_prefetch(value_of(&t->values[r->parts[i].field], row[r->parts[i].field]));
}

/* 0: a part is missing. */
static inline uint32_t key_of(const struct table *t, const struct rule *r, const uint32_t *row, int parts)
{
    uint64_t sum = 0;
    bool there = true;
    for (int i = 0; i < parts; i++) {
        there &= row[r->parts[i].field] != 0;
        sum += part_of_key(t, row, r->parts[i], i);
    }
    return there ? (uint32_t)(sum >> 32) | 1 : 0;
}

/* Of one rule, for some records. */
static void keys_of_some(const struct walk *w, const struct rule *r, bool begins, uint32_t from, uint32_t to, uint32_t *keys)
{
    if (r->count == 2 && !begins) { /* as most rules are: the compiler knows how many parts */
        struct rule two = { { { r->parts[0].field, 0 }, { r->parts[1].field, 0 } }, 2 };
        for (uint32_t record = from; record < to; record++)
            keys[record] = key_of(w->t, &two, table_row(w->t, record), 2);
        return;
    }
    for (uint32_t record = from; record < to; record++) {
        if (begins)
            fetch_parts(w->t, r, record + AHEAD);
        keys[record] = key_of(w->t, r, table_row(w->t, record), r->count);
    }
}

/* Of some rules at once, in pieces of the table that stay in the cache; only those that are wanted, and how many fall into each bucket. */
static void make_keys(struct walk *w, int rules)
{
    enum { PIECE = 1024 };
    uint32_t mask = ((uint32_t)w->wish->one_in - 1) << 1; /* the lowest bit of a key is always set */
    int shift = 32 - w->bits;
    for (int i = 0; i < rules; i++)
        memset(w->starts[i], 0, (((size_t)1 << w->bits) + 1) * sizeof **w->starts);
    for (uint32_t from = 0; from < w->t->count; from += PIECE)
        for (int i = 0; i < rules; i++) {
            uint32_t to = from + PIECE < w->t->count ? from + PIECE : w->t->count, *counts = w->starts[i] + 1, *keys = w->keys[i]; /* a place on: they become beginnings */
            keys_of_some(w, &w->t->plan.rules[w->rule + i], w->begins[w->rule + i], from, to, keys);
            for (uint32_t record = from; record < to; record++) {
                keys[record] = keys[record] & mask ? 0 : keys[record];
                counts[(uint64_t)keys[record] >> shift] += keys[record] != 0;
            }
        }
    for (int i = 0; i < rules; i++)
        for (uint32_t b = 0; b < (uint32_t)1 << w->bits; b++)
            w->starts[i][b + 1] += w->starts[i][b];
}

/* The first bucket of a slice. */
static uint32_t slice_begin(const struct walk *w, int slice)
{
    return (uint32_t)(((uint64_t)1 << w->bits) * (unsigned)slice / SLICES);
}

/*
 * The keys of a slice by the first bits of the key, keeping the order of records. starts has where each bucket begins, among all keys of the
 * rule, and afterwards where each of this slice ends.
 */
static void into_buckets(struct walk *w, const uint32_t *keys, uint32_t *starts)
{
    uint32_t from = slice_begin(w, w->slice), many = slice_begin(w, w->slice + 1) - from, nowhere = w->t->count;
    int shift = 32 - w->bits;
    w->base = from ? starts[from - 1] : 0;
    for (uint32_t record = 0; record < w->t->count; record++) {
        uint32_t bucket = (uint32_t)((uint64_t)keys[record] >> shift), use = (uint32_t)(keys[record] != 0) & (uint32_t)(bucket - from < many);
        uint32_t at = nowhere ^ ((nowhere ^ (starts[bucket] - w->base)) & -use); /* no branch: half of them would be guessed wrong */
        w->sorted[at] = (entry)keys[record] << 32 | record;
        starts[bucket] += use;
    }
}

/* Leaves out the keys of a bucket that are surely there once, most of them; returns how many are left in `to`. */
static uint32_t leave_single(const entry *at, uint32_t n, int bits, entry *to)
{
    uint64_t once[1 << (TWICE - 6)] = { 0 }, twice[1 << (TWICE - 6)] = { 0 };
    int shift = 64 - bits - TWICE;
    uint32_t left = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = at[i] >> shift & ((1 << TWICE) - 1);
        uint64_t bit = (uint64_t)1 << (k & 63);
        twice[k >> 6] |= once[k >> 6] & bit;
        once[k >> 6] |= bit;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = at[i] >> shift & ((1 << TWICE) - 1);
        to[left] = at[i];
        left += twice[k >> 6] >> (k & 63) & 1;
    }
    return left;
}

/* By their keys: counted by the bits after the bucket's, then each few by insertion; equal keys keep the order of records. */
static void sort_bucket(const entry *from, entry *at, uint32_t n, int bits)
{
    uint32_t starts[(1 << IN_CACHE) + 1] = { 0 };
    int shift = 64 - bits - IN_CACHE;
    for (uint32_t i = 0; i < n; i++)
        starts[(from[i] >> shift & ((1 << IN_CACHE) - 1)) + 1]++;
    for (int b = 0; b < 1 << IN_CACHE; b++)
        starts[b + 1] += starts[b];
    for (uint32_t i = 0; i < n; i++)
        at[starts[from[i] >> shift & ((1 << IN_CACHE) - 1)]++] = from[i];
    for (uint32_t i = 1; i < n; i++) {
        entry e = at[i];
        uint32_t j = i;
        for (; j > 0 && at[j - 1] >> 32 > e >> 32; j--)
            at[j] = at[j - 1];
        at[j] = e;
    }
}

/* ---- pairs of a block ---- */

struct block {
    struct walk *w;
    struct rule_yield *yield;
    entry *spare;
    int thread, part, n;
    struct pair lot[LOT];
};

static void hand_on(struct block *b)
{
    b->w->wish->take(b->w->wish->context, b->thread, b->part, b->lot, b->n);
    b->yield->pairs += (uint64_t)b->n;
    b->n = 0;
}

static bool begin_alike(const struct table *t, const uint32_t *x, const uint32_t *y, const struct rule *r)
{
    uint32_t apart = 0; /* in how they sound, in any order */
    for (int i = 0; i < r->count; i++) {
        const struct rule_part *p = &r->parts[i];
        if (p->sound)
            apart += heard_of(&t->heard[p->field], x[p->field])->sound - heard_of(&t->heard[p->field], y[p->field])->sound;
        if (!p->first || x[p->field] == y[p->field])
            continue;
        str a = value_text(&t->values[p->field], x[p->field]), b = value_text(&t->values[p->field], y[p->field]);
        if (!str_equal(str_part(a, 0, p->first), str_part(b, 0, p->first)))
            return false;
    }
    return !apart;
}

static bool obeys(const struct walk *w, int rule, const uint32_t *x, const uint32_t *y, const struct pair *p)
{
    uint32_t whole = w->same_of[rule];
    if ((p->same & whole) != whole)
        return false;
    if (!w->begins[rule])
        return true;
    const struct rule *r = &w->t->plan.rules[rule];
    for (int i = 0; i < r->count; i++)
        if (!(p->both >> r->parts[i].field & 1))
            return false;
    return begin_alike(w->t, x, y, r);
}

/* Was the block of that record too large for an earlier rule? */
static inline bool was_dropped(const struct walk *w, int rule, const uint32_t *row)
{
    uint32_t from = 0, to = w->dropped_count[rule];
    if (!to)
        return false; /* as of nearly every rule */
    const uint32_t *keys = w->dropped + (size_t)rule * w->dropped_most;
    uint32_t key = key_of(w->t, &w->t->plan.rules[rule], row, w->t->plan.rules[rule].count);
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (keys[middle] < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from < w->dropped_count[rule] && keys[from] == key;
}

/* Did an earlier rule yield the pair? Both records have one key there, if they obey it. */
static inline bool met_before(const struct walk *w, const uint32_t *x, const uint32_t *y, const struct pair *p)
{
    int first = w->first_rule[p->same];
    if (first < w->rule && !was_dropped(w, first, x))
        return true;
    for (int i = 0; i < w->rule; i++)
        if ((w->begins[i] || first < w->rule) && obeys(w, i, x, y, p) && !was_dropped(w, i, x))
            return true;
    return false;
}

static inline void look(struct block *b, const uint32_t *x, const uint32_t *y, uint32_t record_x, uint32_t record_y)
{
    const struct walk *w = b->w;
    struct pair *p = &b->lot[b->n];
    if (w->t->split && (record_x < w->t->split) == (record_y < w->t->split))
        return; /* two of one file */
    pair_rows(p, x, y, w->t->stride);
    if (!obeys(w, w->rule, x, y, p) || met_before(w, x, y, p))
        return;
    p->a = record_x;
    p->b = record_y;
    if (++b->n == LOT)
        hand_on(b);
}

static void walk_block(struct block *b, const entry *at, uint32_t n)
{
    struct rule_yield *y = b->yield;
    if (n > b->w->wish->block_most) {
        struct walk *w = b->w;
        w->dropped[(size_t)w->rule * w->dropped_most + __atomic_fetch_add(&w->dropped_count[w->rule], 1, __ATOMIC_RELAXED)] = (uint32_t)(*at >> 32);
        y->dropped_blocks++;
        y->dropped_pairs += (uint64_t)n * (n - 1) / 2;
        return;
    }
    y->blocks++;
    y->largest = n > y->largest ? n : y->largest;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            look(b, table_row(b->w->t, (uint32_t)at[i]), table_row(b->w->t, (uint32_t)at[j]), (uint32_t)at[i], (uint32_t)at[j]);
}

static void walk_bucket(struct block *b, uint32_t from, uint32_t to)
{
    struct walk *w = b->w;
    entry *at = w->sorted + from;
    uint32_t n = leave_single(at, to - from, w->bits, b->spare);
    for (uint32_t i = 0; i < n; i++)
        __builtin_prefetch(table_row(w->t, (uint32_t)b->spare[i]));
    sort_bucket(b->spare, at, n, w->bits);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && at[end] >> 32 == at[i] >> 32;)
            end++;
        if (end - i > 1)
            walk_block(b, at + i, end - i);
    }
}

static void *walk_parts(void *context)
{
    struct walk *w = context;
    struct block b = { .w = w, .thread = __atomic_fetch_add(&w->next_thread, 1, __ATOMIC_RELAXED) };
    uint64_t buckets = (uint64_t)1 << w->bits;
    const uint32_t *ends = w->starts[w->rule % AT_ONCE];
    b.spare = w->spare + (size_t)b.thread * ((size_t)w->t->count + 1);
    for (int part; (part = __atomic_fetch_add(&w->next_part, 1, __ATOMIC_RELAXED)) < PARTS_OF_WORK * (w->slice + 1) / SLICES;) {
        b.part = part;
        b.yield = &w->part[part];
        for (uint64_t i = buckets * (unsigned)part / PARTS_OF_WORK, end = buckets * (unsigned)(part + 1) / PARTS_OF_WORK; i < end; i++)
            walk_bucket(&b, (i ? ends[i - 1] : 0) - w->base, ends[i] - w->base);
        if (b.n)
            hand_on(&b);
    }
    return NULL;
}

static void walk_slice(struct walk *w)
{
    pthread_t others[THREADS_MOST];
    int started = 0, wanted = w->wish->threads < THREADS_MOST ? w->wish->threads : THREADS_MOST;
    w->next_part = PARTS_OF_WORK * w->slice / SLICES;
    w->next_thread = 0;
    into_buckets(w, w->keys[w->rule % AT_ONCE], w->starts[w->rule % AT_ONCE]);
    while (started < wanted - 1 && !pthread_create(&others[started], NULL, walk_parts, w))
        started++;
    walk_parts(w); /* by ourselves, too, and alone where no other thread could be had */
    for (int i = 0; i < started; i++)
        pthread_join(others[i], NULL);
}

static int key_order(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void walk_rule(struct walk *w, struct rule_yield *yield)
{
    memset(w->part, 0, sizeof w->part);
    if (w->rule % AT_ONCE == 0)
        make_keys(w, w->rule + AT_ONCE < w->t->plan.rule_count ? AT_ONCE : w->t->plan.rule_count - w->rule);
    for (w->slice = 0; w->slice < SLICES; w->slice++)
        walk_slice(w);
    if (w->dropped_count[w->rule])
        qsort(w->dropped + (size_t)w->rule * w->dropped_most, w->dropped_count[w->rule], sizeof *w->dropped, key_order);
    *yield = (struct rule_yield){ 0 };
    for (int i = 0; i < PARTS_OF_WORK; i++) {
        const struct rule_yield *p = &w->part[i];
        yield->pairs += p->pairs;
        yield->blocks += p->blocks;
        yield->largest = p->largest > yield->largest ? p->largest : yield->largest;
        yield->dropped_blocks += p->dropped_blocks;
        yield->dropped_pairs += p->dropped_pairs;
    }
}

static void describe_rules(struct walk *w)
{
    for (int i = 0; i < w->t->plan.rule_count; i++)
        for (int k = 0; k < w->t->plan.rules[i].count; k++) {
            struct rule_part p = w->t->plan.rules[i].parts[k];
            w->same_of[i] |= p.first || p.sound ? 0 : (uint32_t)1 << p.field;
            w->begins[i] |= p.first || p.sound;
        }
    for (uint32_t same = 0; same < (uint32_t)1 << w->t->plan.field_count; same++) {
        int i = 0;
        while (i < w->t->plan.rule_count && (w->begins[i] || (same & w->same_of[i]) != w->same_of[i]))
            i++;
        w->first_rule[same] = (uint8_t)(i < w->t->plan.rule_count ? i : RULES_MOST);
    }
}

bool pairs_walk(const struct table *t, const struct pairs_wish *wish, struct rule_yield *yields)
{
    struct walk w = { .t = t, .wish = wish, .dropped_most = t->count / (wish->block_most + 1) + 1 }; /* none is smaller */
    struct space keys, sorted = { 0 }, spare = { 0 }, small = { 0 }, dropped = { 0 };
    while (w.bits < BUCKET_BITS_MOST && (t->count / (unsigned)wish->one_in) >> w.bits > 1 << IN_CACHE)
        w.bits++;
    size_t n = (size_t)t->count + 1, starts = ((size_t)1 << w.bits) + 1, threads = (size_t)(wish->threads < THREADS_MOST ? wish->threads : THREADS_MOST);
    bool fine = space_take_large(&keys, n * AT_ONCE * sizeof(uint32_t)) && space_take_large(&sorted, n * sizeof(entry)) && space_take(&spare, threads * n * sizeof(entry))
                && space_take(&small, starts * AT_ONCE * sizeof(uint32_t) + ((size_t)1 << t->plan.field_count))
                && space_take(&dropped, (size_t)w.dropped_most * (size_t)t->plan.rule_count * sizeof(uint32_t));
    if (fine) {
        for (size_t i = 0; i < AT_ONCE; i++) {
            w.keys[i] = (uint32_t *)(void *)keys.at + i * n;
            w.starts[i] = (uint32_t *)(void *)small.at + i * starts;
        }
        w.sorted = (entry *)(void *)sorted.at;
        w.spare = (entry *)(void *)spare.at; /* only a bucket as large as the table would touch all of it */
        w.first_rule = (uint8_t *)(small.at + starts * AT_ONCE * sizeof(uint32_t));
        w.dropped = (uint32_t *)(void *)dropped.at;
        describe_rules(&w);
        for (w.rule = 0; w.rule < t->plan.rule_count; w.rule++) {
            if (wish->teller && wish->teller->tell)
                wish->teller->tell(wish->teller->context, wish->stage, (double)w.rule / t->plan.rule_count);
            walk_rule(&w, &yields[w.rule]);
        }
    }
    space_give(&keys);
    space_give(&sorted);
    space_give(&spare);
    space_give(&small);
    space_give(&dropped);
    return fine;
}
