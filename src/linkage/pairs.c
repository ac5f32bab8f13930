#include "linkage/pairs.h"
#include "linkage/read_rows.h"
#include <pthread.h>
#include <stdlib.h>

/*
 * A bucket of some 2^9 keys is worked on within the first cache; 2^12 bytes tell which of its keys are there twice. Keys of large tables are not kept:
 * they are made once to be counted, of some rules at once, and once to be put into buckets.
 */
enum { IN_CACHE = 9, BUCKET_BITS_MOST = 18, TWICE = 12, PIECE = 1024, AT_ONCE = 4 };

/* A key of 32 bits and a record. Keys that meet by chance are told apart by the pair itself. */
typedef uint64_t entry;

/* What a part of a rule adds to a key: the number of the value, or what stands for its beginning or its sound (values_after knows all numbers). */
struct part_of_key {
    int field;
    const uint32_t *of; /* by number / HEARD_APART; NULL: the number itself */
    uint64_t factor;    /* each place among the parts has its own, sounds have one: they are in any order */
};

struct walk {
    const struct table *t;
    const struct pairs_wish *wish;
    int rule, bits, all_bits;       /* log2 of the buckets of what is walked now, and of all keys */
    uint32_t mask;                  /* of the sample are keys with none of these bits: of no sample, all bits */
    uint32_t same_of[RULES_MOST];   /* fields that a rule wants equal as a whole */
    bool begins[RULES_MOST];        /* and one that wants beginnings, too */
    struct part_of_key parts[RULES_MOST][PARTS_MOST];
    struct space begun[RULES_MOST][PARTS_MOST];
    uint8_t *first_rule;            /* of each set of equal fields: the first rule that wants no beginnings and holds; RULES_MOST: none */
    uint32_t *starts, *few_starts;  /* of the buckets of each rule among its keys, without those of the sample; and of one rule's sample */
    const uint32_t *ends;           /* of the buckets that are walked now */
    entry *sample[AT_ONCE];         /* keys of the sample, in the order of the records */
    uint32_t sampled[AT_ONCE];
    uint32_t *keys[AT_ONCE];        /* where there is no sample: of all records, in the place of one */
    entry *sorted, *spare;          /* keys of one rule, by buckets; of each thread, keys of a bucket */
    uint32_t *dropped;              /* keys of blocks that were too large, in order, dropped_most for each rule */
    uint32_t dropped_most, dropped_count[RULES_MOST];
    struct rule_yield part[PARTS_OF_WORK];
    int next_part, next_thread;
};

/* Beginnings of up to four bytes are told apart by this; longer ones that meet by chance are not. */
static uint32_t beginning(str text, int first)
{
    ptrdiff_t n = text.len < first ? text.len : first;
    return n <= 4 ? (uint32_t)text_word(text.at, n, 0) : (uint32_t)(hash_bytes(text.at, n) >> 32);
}

/* 0: a part is missing. */
static inline uint32_t key_of(const struct part_of_key *p, int parts, const uint32_t *row)
{
    uint64_t sum = 0;
    bool there = true;
    for (int i = 0; i < parts; i++) {
        uint32_t number = row[p[i].field];
        there &= number != 0;
        sum += (p[i].of ? p[i].of[number / HEARD_APART] : number) * p[i].factor;
    }
    return there ? (uint32_t)(sum >> 32) | 1 : 0;
}

/* The same for two whole fields, as most rules are. */
static void keys_of_two(const struct walk *w, const struct part_of_key *p, uint32_t from, uint32_t n, uint32_t *keys)
{
    const uint32_t *row = table_row(w->t, from);
    size_t stride = (size_t)w->t->stride, one = (size_t)p[0].field, other = (size_t)p[1].field;
    uint64_t first = p[0].factor, second = p[1].factor;
    for (uint32_t i = 0; i < n; i++, row += stride)
        keys[i] = ((uint32_t)((row[one] * first + row[other] * second) >> 32) | 1) & -(uint32_t)((row[one] != 0) & (row[other] != 0));
}

/* Of a rule, for a piece of the table, part by part: loops of few instructions. Returns how many. */
static uint32_t keys_of_piece(const struct walk *w, int rule, uint32_t from, uint32_t keys[PIECE])
{
    uint64_t sums[PIECE];
    uint32_t n = w->t->count - from < PIECE ? w->t->count - from : PIECE;
    size_t stride = (size_t)w->t->stride;
    if (w->t->plan.rules[rule].count == 2 && !w->begins[rule]) {
        keys_of_two(w, w->parts[rule], from, n, keys);
        return n;
    }
    memset(sums, 0, sizeof sums);
    memset(keys, 255, PIECE * sizeof *keys);
    for (const struct part_of_key *p = w->parts[rule], *end = p + w->t->plan.rules[rule].count; p < end; p++) {
        const uint32_t *number = table_row(w->t, from) + p->field, *of = p->of;
        uint64_t factor = p->factor;
        for (uint32_t i = 0; of && i < n; i++, number += stride) {
            sums[i] += of[*number / HEARD_APART] * factor;
            keys[i] &= -(uint32_t)(*number != 0);
        }
        for (uint32_t i = 0; !of && i < n; i++, number += stride) {
            sums[i] += *number * factor;
            keys[i] &= -(uint32_t)(*number != 0);
        }
    }
    for (uint32_t i = 0; i < n; i++)
        keys[i] &= (uint32_t)(sums[i] >> 32) | 1; /* as key_of */
    return n;
}

static uint32_t *starts_of(const struct walk *w, int rule)
{
    return w->starts + (size_t)rule * (((size_t)1 << w->all_bits) + 1);
}

/* As many buckets as keep each of so many keys in the cache. */
static int bits_for(uint32_t keys)
{
    int bits = 0;
    while (bits < BUCKET_BITS_MOST && keys >> bits > 1 << IN_CACHE)
        bits++;
    return bits;
}

/* How many fall into each bucket, counted a place on, becomes where each begins. Behind each is a place for what is put nowhere. */
static void add_up(uint32_t *counts, int bits)
{
    for (uint32_t b = 0; b < (uint32_t)1 << bits; b++)
        counts[b + 1] += counts[b] + 1;
}

/* The keys of this rule and of those that come next: those of the sample are written down, the others counted. */
static void count_keys(struct walk *w)
{
    uint32_t keys[PIECE];
    int rules = w->t->plan.rule_count - w->rule < AT_ONCE ? w->t->plan.rule_count - w->rule : AT_ONCE, shift = 32 - w->all_bits;
    memset(w->sampled, 0, sizeof w->sampled);
    for (uint32_t from = 0; from < w->t->count; from += PIECE)
        for (int i = 0; i < rules; i++) {
            uint32_t n = keys_of_piece(w, w->rule + i, from, keys), *counts = starts_of(w, w->rule + i) + 1, sampled = w->sampled[i];
            for (uint32_t k = 0; k < n; k++) /* no branch: it would be guessed wrong */
                counts[(uint64_t)keys[k] >> shift] += (keys[k] & w->mask) != 0;
            if (w->mask == UINT32_MAX)
                memcpy(w->keys[i] + from, keys, n * sizeof *keys);
            for (uint32_t k = 0; k < n && w->mask != UINT32_MAX; k++) {
                w->sample[i][sampled] = (entry)keys[k] << 32 | (from + k);
                sampled += (keys[k] != 0) & !(keys[k] & w->mask);
            }
            w->sampled[i] = sampled;
        }
    for (int i = 0; i < rules; i++)
        add_up(starts_of(w, w->rule + i), w->all_bits);
}

/* By the first bits of the key, keeping the order of records: of the sample of a rule, and of all its other keys. */
static void sample_into_buckets(struct walk *w)
{
    const entry *at = w->sample[w->rule % AT_ONCE];
    uint32_t n = w->sampled[w->rule % AT_ONCE], *starts = w->few_starts;
    int shift = 32 - w->bits;
    memset(starts, 0, (((size_t)1 << w->bits) + 1) * sizeof *starts);
    for (uint32_t i = 0; i < n; i++)
        starts[(at[i] >> 32 >> shift) + 1]++;
    add_up(starts, w->bits);
    for (uint32_t i = 0; i < n; i++)
        w->sorted[starts[at[i] >> 32 >> shift]++] = at[i];
    w->ends = starts;
}

static void into_buckets(struct walk *w)
{
    uint32_t made[PIECE], *starts = starts_of(w, w->rule), n;
    int shift = 32 - w->bits;
    for (uint32_t from = 0; from < w->t->count; from += n) {
        bool kept = w->mask == UINT32_MAX;
        const uint32_t *keys = kept ? w->keys[w->rule % AT_ONCE] + from : made;
        n = kept ? w->t->count : keys_of_piece(w, w->rule, from, made);
        for (uint32_t k = 0; k < n; k++) {
            uint32_t *start = &starts[(uint64_t)keys[k] >> shift];
            w->sorted[*start] = (entry)keys[k] << 32 | (from + k);
            *start += (keys[k] & w->mask) != 0; /* else the next one is put there */
        }
    }
    w->ends = starts;
}

/* Leaves out the keys of a bucket that are surely there once, most of them; returns how many are left in `to`. */
static uint32_t leave_single(const entry *at, uint32_t n, int bits, entry *to)
{
    uint8_t met[1 << TWICE] = { 0 }; /* 0, 1, and more when more than once */
    int shift = 64 - bits - TWICE;
    uint32_t left = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *k = &met[at[i] >> shift & ((1 << TWICE) - 1)];
        *k = (uint8_t)(*k << 1 | *k | 1);
    }
    for (uint32_t i = 0; i < n; i++) {
        to[left] = at[i];
        left += met[at[i] >> shift & ((1 << TWICE) - 1)] >> 1 & 1;
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

static bool begin_alike(const struct walk *w, int rule, const uint32_t *x, const uint32_t *y)
{
    uint32_t apart = 0; /* in how they sound, in any order */
    for (int i = w->t->plan.rules[rule].count - 1; i >= 0; i--) { /* the last first: it is seldom alike where the first is */
        const struct rule_part *p = &w->t->plan.rules[rule].parts[i];
        const uint32_t *of = w->parts[rule][i].of;
        if (!of)
            continue;
        uint32_t a = of[x[p->field] / HEARD_APART], b = of[y[p->field] / HEARD_APART];
        if (p->sound)
            apart += a - b;
        else if (a != b)
            return false;
        else if (p->first > 4) {
            str one = value_text(&w->t->values[p->field], x[p->field]), other = value_text(&w->t->values[p->field], y[p->field]);
            if (!str_equal(str_part(one, 0, p->first), str_part(other, 0, p->first)))
                return false;
        }
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
    return begin_alike(w, rule, x, y);
}

/* Was the block of that record too large for an earlier rule? */
static inline bool was_dropped(const struct walk *w, int rule, const uint32_t *row)
{
    uint32_t from = 0, to = w->dropped_count[rule];
    if (!to)
        return false; /* as of nearly every rule */
    const uint32_t *keys = w->dropped + (size_t)rule * w->dropped_most;
    uint32_t key = key_of(w->parts[rule], w->t->plan.rules[rule].count, row);
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
    b.spare = w->spare + (size_t)b.thread * ((size_t)w->t->count + 1);
    for (int part; (part = __atomic_fetch_add(&w->next_part, 1, __ATOMIC_RELAXED)) < PARTS_OF_WORK;) {
        b.part = part;
        b.yield = &w->part[part];
        for (uint64_t i = buckets * (unsigned)part / PARTS_OF_WORK, end = buckets * (unsigned)(part + 1) / PARTS_OF_WORK; i < end; i++)
            walk_bucket(&b, i ? w->ends[i - 1] + 1 : 0, w->ends[i]);
        if (b.n)
            hand_on(&b);
    }
    return NULL;
}

static void walk_buckets(struct walk *w)
{
    pthread_t others[THREADS_MOST];
    int started = 0, wanted = w->wish->threads < THREADS_MOST ? w->wish->threads : THREADS_MOST;
    w->next_part = w->next_thread = 0;
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

static void walk_rule(struct walk *w, bool sample, struct rule_yield *yield)
{
    memset(w->part, 0, sizeof w->part);
    if (w->rule % AT_ONCE == 0 && (sample || w->wish->one_in == 1))
        count_keys(w);
    if (sample)
        sample_into_buckets(w);
    else
        into_buckets(w);
    walk_buckets(w);
    if (w->dropped_count[w->rule])
        qsort(w->dropped + (size_t)w->rule * w->dropped_most, w->dropped_count[w->rule], sizeof *w->dropped, key_order);
    for (int i = 0; i < PARTS_OF_WORK; i++) {
        const struct rule_yield *p = &w->part[i];
        yield->pairs += p->pairs;
        yield->blocks += p->blocks;
        yield->largest = p->largest > yield->largest ? p->largest : yield->largest;
        yield->dropped_blocks += p->dropped_blocks;
        yield->dropped_pairs += p->dropped_pairs;
    }
}

static void walk_rules(struct walk *w, bool sample, struct rule_yield *yields)
{
    const struct teller *teller = w->wish->teller;
    w->bits = sample ? bits_for(w->t->count / (unsigned)w->wish->one_in) : w->all_bits;
    for (w->rule = 0; w->rule < w->t->plan.rule_count; w->rule++) {
        if (teller && teller->tell)
            teller->tell(teller->context, sample ? "learning" : w->wish->stage, (double)w->rule / w->t->plan.rule_count);
        walk_rule(w, sample, &yields[w->rule]);
    }
}

/* The same part of an earlier rule is made once. False: no memory. */
static bool describe_part(struct walk *w, int rule, int place)
{
    static const uint64_t factors[PARTS_MOST] = { 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u, 0xa0761d6478bd642fu };
    const struct rule_part *p = &w->t->plan.rules[rule].parts[place];
    struct part_of_key *to = &w->parts[rule][place];
    const struct values *v = &w->t->values[p->field];
    *to = (struct part_of_key){ p->field, NULL, factors[p->sound ? 0 : place] };
    if (!p->first && !p->sound)
        return true;
    for (int i = 0; i < rule; i++)
        for (int k = 0; k < w->t->plan.rules[i].count; k++) {
            const struct rule_part *before = &w->t->plan.rules[i].parts[k];
            if (before->field == p->field && before->first == p->first && before->sound == p->sound)
                to->of = w->parts[i][k].of;
        }
    if (to->of)
        return true;
    if (!space_take(&w->begun[rule][place], (v->used / 4 / HEARD_APART + 1) * sizeof(uint32_t)))
        return false;
    uint32_t *of = (uint32_t *)(void *)w->begun[rule][place].at;
    for (uint32_t number = v->count ? values_first() : 0; number; number = values_after(v, number))
        of[number / HEARD_APART] = p->sound ? heard_of(&w->t->heard[p->field], number)->sound : beginning(value_text(v, number), p->first);
    to->of = of;
    return true;
}

static bool describe_rules(struct walk *w)
{
    bool fine = true;
    for (int i = 0; i < w->t->plan.rule_count; i++)
        for (int k = 0; k < w->t->plan.rules[i].count; k++) {
            struct rule_part p = w->t->plan.rules[i].parts[k];
            w->same_of[i] |= p.first || p.sound ? 0 : (uint32_t)1 << p.field;
            w->begins[i] |= p.first || p.sound;
            fine = fine && describe_part(w, i, k);
        }
    for (uint32_t same = 0; same < (uint32_t)1 << w->t->plan.field_count; same++) {
        int i = 0;
        while (i < w->t->plan.rule_count && (w->begins[i] || (same & w->same_of[i]) != w->same_of[i]))
            i++;
        w->first_rule[same] = (uint8_t)(i < w->t->plan.rule_count ? i : RULES_MOST);
    }
    return fine;
}

bool pairs_walk(const struct table *t, const struct pairs_wish *wish, struct rule_yield *yields)
{
    struct walk w = { .t = t, .wish = wish, .all_bits = bits_for(t->count), .mask = wish->one_in > 1 ? ((uint32_t)wish->one_in - 1) << 1 : UINT32_MAX, /* the lowest bit of a key is always set */
                      .dropped_most = t->count / (wish->block_most + 1) + 1 }; /* none is smaller */
    struct space sample, sorted = { 0 }, spare = { 0 }, small = { 0 }, dropped = { 0 };
    size_t n = (size_t)t->count + 1, starts = ((size_t)1 << w.all_bits) + 1, rules = (size_t)t->plan.rule_count;
    size_t threads = (size_t)(wish->threads < THREADS_MOST ? wish->threads : THREADS_MOST);
    bool fine = space_take(&sample, n * AT_ONCE * sizeof(entry)) && space_take_large(&sorted, (n + starts) * sizeof(entry)) && space_take(&spare, threads * n * sizeof(entry))
                && space_take(&small, starts * (rules + 1) * sizeof(uint32_t) + ((size_t)1 << t->plan.field_count))
                && space_take(&dropped, (size_t)w.dropped_most * rules * sizeof(uint32_t));
    memset(yields, 0, rules * sizeof *yields);
    if (fine) {
        for (size_t i = 0; i < AT_ONCE; i++)
            w.keys[i] = (uint32_t *)(void *)(w.sample[i] = (entry *)(void *)sample.at + i * n); /* only a sample as large as the table would touch all of it */
        w.sorted = (entry *)(void *)sorted.at;
        w.spare = (entry *)(void *)spare.at; /* and only such a bucket */
        w.starts = (uint32_t *)(void *)small.at;
        w.few_starts = w.starts + starts * rules;
        w.first_rule = (uint8_t *)(w.few_starts + starts);
        w.dropped = (uint32_t *)(void *)dropped.at;
        fine = describe_rules(&w);
        if (fine && wish->one_in > 1) {
            walk_rules(&w, true, yields);
            space_give(&sample);
            fine = wish->between(wish->context);
        }
        if (fine)
            walk_rules(&w, false, yields);
        fine = fine && read_rows_walk(t, wish, yields, was_dropped, &w);
    }
    for (size_t i = 0; i < rules; i++)
        for (int k = 0; k < PARTS_MOST; k++)
            space_give(&w.begun[i][k]);
    space_give(&sample);
    space_give(&sorted);
    space_give(&spare);
    space_give(&small);
    space_give(&dropped);
    return fine;
}
