/* Questions: lists of the asker's groups are added up, document by document, and the best are kept in a heap. */
#include "linkage/words_lists.h"

enum { BITS = 8, ONE = 1 << BITS }; /* numbers with eight bits behind the point */

/* log2 of x over y, in 1/256; x >= y > 0, both below 2^40. */
static uint32_t log2_of(uint64_t x, uint64_t y)
{
    uint32_t out = 0;
    uint64_t ratio = (x << 16) / y; /* 16 bits behind the point */
    for (; ratio >= (uint64_t)2 << 16; ratio >>= 1)
        out += ONE;
    for (uint32_t bit = ONE / 2; bit; bit /= 2) {
        ratio = ratio * ratio >> 16;
        if (ratio >= (uint64_t)2 << 16) {
            ratio >>= 1;
            out += bit;
        }
    }
    return out;
}

/* What the asker may see, as one collection. */
struct seen {
    uint64_t documents, length;
};

static struct seen seen_of(const struct words *w, const struct words_question *q)
{
    struct seen s = { 0 };
    for (uint32_t i = 0; i < q->group_count; i++) {
        const struct words_group *g = (const struct words_group *)(const void *)w->groups.at + q->groups[i];
        s.documents += g->documents;
        s.length += g->length;
    }
    return s;
}

/* k1 is 5/4 and b is 3/4: times * (k1 + 1) / (times + k1 * (1 - b + b * length / mean)), in 1/256. */
static uint32_t said_often(const struct seen *s, uint32_t times, uint32_t length)
{
    uint64_t relative = length * s->documents * ONE / s->length, below = (16 * (uint64_t)times + 5) * ONE + 15 * relative;
    return (uint32_t)(36 * (uint64_t)times * ONE * ONE / below);
}

struct asking {
    struct words *w;
    const struct words_question *q;
    struct seen seen;
    uint32_t *touched, count;
};

static struct words_hit *score_of(const struct words *w, uint32_t number)
{
    return (struct words_hit *)(void *)w->scores.at + number;
}

/* A document that has the item by a way before this one keeps that one's score. */
static void add_list(struct asking *x, const uint32_t *words, uint32_t len, uint32_t item, uint32_t rare)
{
    for (uint32_t i = 0; i < len; i++) {
        uint32_t number = words[i] >> TIMES_BITS;
        struct words_hit *hit = score_of(x->w, number);
        if (hit->items & item)
            continue;
        if (!hit->items) {
            hit->number = number;
            x->touched[x->count++] = number;
        }
        const struct words_entry *e = (const struct words_entry *)(const void *)x->w->entries.at + number;
        hit->items |= item;
        hit->score += rare * said_often(&x->seen, words[i] & ((1 << TIMES_BITS) - 1), e->length) >> BITS;
    }
}

static void add_way(struct asking *x, const struct words_way *way, uint32_t item)
{
    uint64_t found = 0;
    const uint32_t *words = NULL;
    for (uint32_t i = 0; i < x->q->group_count; i++)
        found += lists_get(x->w, lists_key(way->term, x->q->groups[i]), &words);
    if (!found)
        return;
    uint32_t rare = log2_of(2 * x->seen.documents + 2, 2 * found + 1) * (uint32_t)way->weight / WORDS_FULL;
    for (uint32_t i = 0; i < x->q->group_count; i++) {
        uint32_t len = lists_get(x->w, lists_key(way->term, x->q->groups[i]), &words);
        add_list(x, words, len, item, rare);
    }
}

/* ---- the best ---- */

static bool better(const struct words_question *q, const struct words_hit *a, const struct words_hit *b)
{
    int more = __builtin_popcount(a->items) - __builtin_popcount(b->items);
    if (more)
        return more > 0;
    return a->score != b->score ? a->score > b->score : q->before(q->context, a->number, b->number);
}

struct heap {
    struct words_hit at[WORDS_REACH]; /* the worst on top */
    uint32_t len, most;
};

static void sink(const struct words_question *q, struct heap *h, uint32_t at)
{
    for (uint32_t child; (child = 2 * at + 1) < h->len; at = child) {
        if (child + 1 < h->len && better(q, &h->at[child], &h->at[child + 1]))
            child++;
        if (better(q, &h->at[child], &h->at[at]))
            return;
        struct words_hit hit = h->at[at];
        h->at[at] = h->at[child];
        h->at[child] = hit;
    }
}

static void keep(const struct words_question *q, struct heap *h, const struct words_hit *hit)
{
    if (h->len == h->most) {
        if (!better(q, hit, &h->at[0]))
            return;
        h->at[0] = *hit;
        sink(q, h, 0);
        return;
    }
    uint32_t at = h->len++;
    for (; at && better(q, &h->at[(at - 1) / 2], hit); at = (at - 1) / 2)
        h->at[at] = h->at[(at - 1) / 2];
    h->at[at] = *hit;
}

/* The worst is taken off again and again: what is left from skip on is the page. */
static void take_page(const struct words_question *q, struct heap *h, struct words_answer *out)
{
    while (h->len > q->skip) {
        h->len--;
        if (h->len - q->skip < WORDS_PAGE) {
            out->at[h->len - q->skip] = h->at[0];
            out->len++;
        }
        h->at[0] = h->at[h->len];
        sink(q, h, 0);
    }
}

void words_seek(struct words *w, const struct words_question *q, struct words_answer *out)
{
    static struct heap heap; /* one thread */
    struct asking x = { .w = w, .q = q, .seen = seen_of(w, q), .touched = (uint32_t *)(void *)w->touched.at };
    uint32_t all = q->item_count < 32 ? ((uint32_t)1 << q->item_count) - 1 : UINT32_MAX;
    *out = (struct words_answer){ 0 };
    must(q->item_count <= WORDS_ITEMS_MOST);
    for (int i = 0; i < q->item_count; i++)
        for (int k = 0; k < q->items[i].way_count; k++)
            add_way(&x, &q->items[i].ways[k], (uint32_t)1 << i);
    heap = (struct heap){ .most = q->skip < WORDS_REACH ? q->skip + WORDS_PAGE : 0 };
    heap.most = heap.most > WORDS_REACH ? WORDS_REACH : heap.most;
    for (uint32_t i = 0; i < x.count; i++) {
        struct words_hit *hit = score_of(w, x.touched[i]);
        out->whole += hit->items == all;
        if (heap.most)
            keep(q, &heap, hit);
        *hit = (struct words_hit){ 0 };
    }
    out->total = x.count;
    take_page(q, &heap, out);
}
