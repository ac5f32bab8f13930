#include "linkage/pairs.h"
#include <pthread.h>

enum { IN_CACHE = 9, BUCKET_BITS_MOST = 18 }; /* a bucket of some 2^9 keys is sorted within the first cache */

/* A key of 32 bits and a record. Keys that meet by chance are told apart by the pair itself. */
typedef uint64_t entry;

struct walk {
    const struct table *t;
    const struct pairs_wish *wish;
    int rule, bits;
    uint32_t same_of[RULES_MOST];   /* fields that a rule wants equal as a whole */
    bool begins[RULES_MOST];        /* and one that wants beginnings, too */
    entry *keys, *sorted;
    uint32_t *starts;               /* of buckets in sorted, and the end */
    struct rule_yield part[PARTS_OF_WORK];
    int next_part, next_thread;
};

static uint64_t hash_part(const struct table *t, const uint32_t *row, struct rule_part p)
{
    uint32_t number = row[p.field];
    if (!p.first)
        return number;
    str text = value_text(&t->values[p.field], number);
    return hash_bytes(text.at, text.len < p.first ? text.len : p.first);
}

/* False: a part is missing. */
static bool key_of(const struct table *t, const struct rule *r, uint32_t record, uint32_t *key)
{
    const uint32_t *row = table_row(t, record);
    uint64_t h = 0;
    uint32_t sound = 0;
    for (int i = 0; i < r->count; i++) {
        if (!row[r->parts[i].field])
            return false;
        if (r->parts[i].sound)
            sound += heard_of(&t->heard[r->parts[i].field], row[r->parts[i].field])->sound;
        else
            h = hash_pair(h, hash_part(t, row, r->parts[i]));
    }
    *key = (uint32_t)(hash_pair(h, sound) >> 32);
    return true;
}

/* Of two whole fields, as most rules are: the same key, without a look at what a rule may be. */
static uint32_t make_keys_of_two(struct walk *w, int one, int other, uint32_t mask)
{
    uint32_t n = 0;
    for (uint32_t record = 0; record < w->t->count; record++) {
        const uint32_t *row = table_row(w->t, record);
        uint32_t key = (uint32_t)(hash_pair(hash_pair(0, row[one]), row[other]) >> 32);
        w->keys[n] = (entry)key << 32 | record;
        n += row[one] && row[other] && !(key & mask);
    }
    return n;
}

static uint32_t make_keys(struct walk *w)
{
    const struct rule *r = &w->t->plan.rules[w->rule];
    uint32_t n = 0, key = 0, mask = (uint32_t)w->wish->one_in - 1;
    if (r->count == 2 && !w->begins[w->rule])
        return make_keys_of_two(w, r->parts[0].field, r->parts[1].field, mask);
    for (uint32_t record = 0; record < w->t->count; record++)
        if (key_of(w->t, r, record, &key) && !(key & mask))
            w->keys[n++] = (entry)key << 32 | record;
    return n;
}

/* By the first bits of the key, keeping the order of records. */
static void into_buckets(struct walk *w, uint32_t n)
{
    uint32_t buckets = (uint32_t)1 << w->bits, *starts = w->starts;
    int shift = 64 - w->bits;
    memset(starts, 0, (buckets + 1) * sizeof *starts);
    for (uint32_t i = 0; i < n; i++)
        starts[(w->bits ? w->keys[i] >> shift : 0) + 1]++;
    for (uint32_t b = 0; b < buckets; b++)
        starts[b + 1] += starts[b];
    for (uint32_t i = 0; i < n; i++)
        w->sorted[starts[w->bits ? w->keys[i] >> shift : 0]++] = w->keys[i];
    for (uint32_t b = buckets; b > 0; b--)
        starts[b] = starts[b - 1];
    starts[0] = 0;
}

/* A bucket by its keys: counted by the next bits, then each few by insertion; equal keys keep the order of records. */
static void sort_bucket(entry *at, uint32_t n, int bits, entry *spare)
{
    uint32_t starts[(1 << IN_CACHE) + 1] = { 0 };
    int shift = 64 - bits - IN_CACHE;
    for (uint32_t i = 0; i < n; i++)
        starts[(at[i] >> shift & ((1 << IN_CACHE) - 1)) + 1]++;
    for (int b = 0; b < 1 << IN_CACHE; b++)
        starts[b + 1] += starts[b];
    for (uint32_t i = 0; i < n; i++)
        spare[starts[at[i] >> shift & ((1 << IN_CACHE) - 1)]++] = at[i];
    for (uint32_t i = 0; i < n; i++) {
        entry e = spare[i];
        uint32_t j = i;
        for (; j > 0 && at[j - 1] >> 32 > e >> 32; j--)
            at[j] = at[j - 1];
        at[j] = e;
    }
}

/* ---- pairs of a block ---- */

#ifdef __SSE2__
#include <emmintrin.h>
/* Eight fields at a time. */
void pair_rows(struct pair *p, const uint32_t *x, const uint32_t *y, int stride)
{
    const __m128i none = _mm_setzero_si128();
    p->same = p->both = 0;
    for (int i = 0; i < stride; i += 8) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(x + i)), b = _mm_loadu_si128((const __m128i *)(const void *)(x + i + 4));
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(y + i)), d = _mm_loadu_si128((const __m128i *)(const void *)(y + i + 4));
        __m128i equal = _mm_packs_epi32(_mm_cmpeq_epi32(a, c), _mm_cmpeq_epi32(b, d));
        __m128i missing = _mm_packs_epi32(_mm_or_si128(_mm_cmpeq_epi32(a, none), _mm_cmpeq_epi32(c, none)),
                                          _mm_or_si128(_mm_cmpeq_epi32(b, none), _mm_cmpeq_epi32(d, none)));
        uint32_t bits = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(equal, missing));
        uint32_t both = ~bits >> 8 & 255;
        p->both |= both << i;
        p->same |= (bits & both) << i;
    }
}
#else
void pair_rows(struct pair *p, const uint32_t *x, const uint32_t *y, int stride)
{
    p->same = p->both = 0;
    for (int i = 0; i < stride; i++) {
        uint32_t there = x[i] && y[i];
        p->both |= there << i;
        p->same |= (there & (x[i] == y[i])) << i;
    }
}
#endif

struct block {
    struct walk *w;
    struct rule_yield *yield;
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

static void look(struct block *b, const uint32_t *x, const uint32_t *y, uint32_t record_x, uint32_t record_y)
{
    const struct walk *w = b->w;
    struct pair p = { record_x, record_y, 0, 0 };
    if (w->t->split && (record_x < w->t->split) == (record_y < w->t->split))
        return; /* two of one file */
    pair_rows(&p, x, y, w->t->stride);
    if (!obeys(w, w->rule, x, y, &p))
        return;
    for (int i = 0; i < w->rule; i++)
        if (obeys(w, i, x, y, &p))
            return;
    b->lot[b->n++] = p;
    if (b->n == LOT)
        hand_on(b);
}

static void walk_block(struct block *b, const entry *at, uint32_t n)
{
    struct rule_yield *y = b->yield;
    if (n > b->w->wish->block_most) {
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

static void walk_bucket(struct block *b, uint32_t bucket)
{
    struct walk *w = b->w;
    uint32_t from = w->starts[bucket], to = w->starts[bucket + 1];
    sort_bucket(w->sorted + from, to - from, w->bits, w->keys + from);
    for (uint32_t i = from; i < to; i++)
        if ((i > from && w->sorted[i] >> 32 == w->sorted[i - 1] >> 32) || (i + 1 < to && w->sorted[i] >> 32 == w->sorted[i + 1] >> 32))
            __builtin_prefetch(table_row(w->t, (uint32_t)w->sorted[i]));
    for (uint32_t i = from, end; i < to; i = end) {
        for (end = i + 1; end < to && w->sorted[end] >> 32 == w->sorted[i] >> 32;)
            end++;
        if (end - i > 1)
            walk_block(b, w->sorted + i, end - i);
    }
}

static void *walk_parts(void *context)
{
    struct walk *w = context;
    struct block b = { .w = w, .thread = __atomic_fetch_add(&w->next_thread, 1, __ATOMIC_RELAXED) };
    uint32_t buckets = (uint32_t)1 << w->bits;
    for (int part; (part = __atomic_fetch_add(&w->next_part, 1, __ATOMIC_RELAXED)) < PARTS_OF_WORK;) {
        b.part = part;
        b.yield = &w->part[part];
        for (uint32_t i = (uint32_t)((uint64_t)buckets * (unsigned)part / PARTS_OF_WORK), end = (uint32_t)((uint64_t)buckets * (unsigned)(part + 1) / PARTS_OF_WORK); i < end; i++)
            walk_bucket(&b, i);
        if (b.n)
            hand_on(&b);
    }
    return NULL;
}

static void walk_rule(struct walk *w, struct rule_yield *yield)
{
    pthread_t others[THREADS_MOST];
    int started = 0, wanted = w->wish->threads < THREADS_MOST ? w->wish->threads : THREADS_MOST;
    memset(w->part, 0, sizeof w->part);
    w->next_part = w->next_thread = 0;
    into_buckets(w, make_keys(w));
    while (started < wanted - 1 && !pthread_create(&others[started], NULL, walk_parts, w))
        started++;
    walk_parts(w); /* by ourselves, too, and alone where no other thread could be had */
    for (int i = 0; i < started; i++)
        pthread_join(others[i], NULL);
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
}

bool pairs_walk(const struct table *t, const struct pairs_wish *wish, struct rule_yield *yields)
{
    struct walk w = { .t = t, .wish = wish };
    struct space keys, sorted = { 0 }, starts = { 0 };
    while (w.bits < BUCKET_BITS_MOST && (t->count / (unsigned)wish->one_in) >> w.bits > 1 << IN_CACHE)
        w.bits++;
    size_t size = ((size_t)t->count + 1) * sizeof(entry);
    bool fine = space_take_large(&keys, size) && space_take_large(&sorted, size) && space_take(&starts, (((size_t)1 << w.bits) + 1) * sizeof(uint32_t));
    if (fine) {
        w.keys = (entry *)(void *)keys.at;
        w.sorted = (entry *)(void *)sorted.at;
        w.starts = (uint32_t *)(void *)starts.at;
        describe_rules(&w);
        for (w.rule = 0; w.rule < t->plan.rule_count; w.rule++) {
            if (wish->teller && wish->teller->tell)
                wish->teller->tell(wish->teller->context, wish->stage, (double)w.rule / t->plan.rule_count);
            walk_rule(&w, &yields[w.rule]);
        }
    }
    space_give(&keys);
    space_give(&sorted);
    space_give(&starts);
    return fine;
}
