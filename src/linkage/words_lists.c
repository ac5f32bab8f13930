#include "linkage/words_lists.h"

enum { FIRST_BITS = 4, QUARTERS = 4 };

/* ---- the pool: pieces of 1 to 4 units, then four sizes for each doubling ---- */

static uint32_t class_of(uint32_t units, uint32_t *size)
{
    if (units <= QUARTERS) {
        *size = units;
        return units - 1;
    }
    int doubling = 31 - __builtin_clz(units - 1); /* 2^doubling < units <= twice that */
    uint32_t base = (uint32_t)1 << doubling, step = base / QUARTERS, quarter = (units - base + step - 1) / step;
    *size = base + quarter * step;
    return QUARTERS + (uint32_t)(doubling - 2) * QUARTERS + quarter - 1;
}

static uint32_t size_of(uint32_t units)
{
    uint32_t size;
    class_of(units, &size);
    return size;
}

uint32_t lists_take(struct words *w, uint32_t units)
{
    uint32_t size, class = class_of(units, &size), at = w->free[class];
    if (at) {
        w->free[class] = *lists_at(w, at);
        *lists_at(w, at) = 0;
        return at;
    }
    if (size > LISTS_MOST - w->used)
        return 0;
    at = w->used;
    w->used += size;
    return at;
}

void lists_give(struct words *w, uint32_t at, uint32_t units)
{
    uint32_t size, class = class_of(units, &size);
    memset(lists_at(w, at), 0, size * sizeof(uint32_t));
    *lists_at(w, at) = w->free[class];
    w->free[class] = at;
}

/* ---- where a list stands ---- */

struct slot {
    uint64_t key;  /* 0: empty */
    uint32_t at;   /* of its words; of a list of one, the word itself */
    uint32_t len;
};

static struct slot *slots_of(const struct words_part *p)
{
    return (struct slot *)(void *)p->at.at;
}

static size_t home_of(const struct words_part *p, uint64_t key)
{
    return key & (((size_t)1 << p->bits) - 1);
}

static uint32_t part_of(uint64_t key)
{
    return (uint32_t)(key >> 56);
}

/* Its slot, or the empty one where it would stand; NULL: the part has none. */
static struct slot *find(const struct words_part *p, uint64_t key)
{
    struct slot *slots = slots_of(p);
    if (!slots)
        return NULL;
    size_t mask = ((size_t)1 << p->bits) - 1, at = home_of(p, key);
    while (slots[at].key && slots[at].key != key)
        at = (at + 1) & mask;
    return &slots[at];
}

static bool room_in(struct words_part *p)
{
    size_t count = p->at.at ? (size_t)1 << p->bits : 0;
    if ((size_t)(p->filled + 1) * 4 <= count * 3)
        return true;
    struct words_part wider = { .filled = p->filled, .bits = count ? p->bits + 1 : FIRST_BITS };
    if (!space_take(&wider.at, sizeof(struct slot) << wider.bits))
        return false;
    for (size_t i = 0; i < count; i++)
        if (slots_of(p)[i].key)
            *find(&wider, slots_of(p)[i].key) = slots_of(p)[i];
    space_give(&p->at);
    *p = wider;
    return true;
}

/* What stood behind it moves up, so that no search ends too early (Knuth 6.4, algorithm R). */
static void empty_slot(struct words_part *p, struct slot *s)
{
    struct slot *slots = slots_of(p);
    size_t mask = ((size_t)1 << p->bits) - 1, at = (size_t)(s - slots);
    for (size_t next = (at + 1) & mask; slots[next].key; next = (next + 1) & mask) {
        if (((next - home_of(p, slots[next].key)) & mask) < ((next - at) & mask))
            continue;
        slots[at] = slots[next];
        at = next;
    }
    slots[at] = (struct slot){ 0 };
    p->filled--;
}

/* ---- the lists ---- */

static uint32_t *words_of(const struct words *w, struct slot *s)
{
    return s->len == 1 ? &s->at : lists_at(w, s->at);
}

/* To a piece of the size that `len` needs; the old one is wiped. False: no memory, and it stays. */
static bool resize(struct words *w, struct slot *s, uint32_t len)
{
    uint32_t keep = s->len < len ? s->len : len, word = s->at, at = len > 1 ? lists_take(w, len) : 0;
    if (len > 1) {
        if (!at)
            return false;
        memcpy(lists_at(w, at), words_of(w, s), keep * sizeof(uint32_t));
    } else {
        word = *lists_at(w, s->at);
    }
    if (s->len > 1)
        lists_give(w, s->at, s->len);
    s->at = len > 1 ? at : word;
    return true;
}

bool lists_put(struct words *w, uint64_t key, uint32_t number, uint32_t times)
{
    struct words_part *p = &w->part[part_of(key)];
    uint32_t word = number << TIMES_BITS | times;
    if (!room_in(p))
        return false;
    struct slot *s = find(p, key);
    if (!s->key) {
        *s = (struct slot){ key, word, 1 };
        p->filled++;
        return true;
    }
    uint32_t last = words_of(w, s)[s->len - 1] >> TIMES_BITS;
    must(last <= number);
    if (last == number)
        return true;
    if ((s->len == 1 || size_of(s->len + 1) > size_of(s->len)) && !resize(w, s, s->len + 1))
        return false;
    lists_at(w, s->at)[s->len++] = word;
    return true;
}

static uint32_t place_in(const uint32_t *words, uint32_t len, uint32_t number)
{
    uint32_t low = 0;
    while (len) {
        uint32_t half = len / 2;
        if (words[low + half] >> TIMES_BITS < number) {
            low += half + 1;
            len -= half + 1;
        } else {
            len = half;
        }
    }
    return low;
}

void lists_drop(struct words *w, uint64_t key, uint32_t number)
{
    struct words_part *p = &w->part[part_of(key)];
    struct slot *s = find(p, key);
    if (!s || !s->key)
        return;
    uint32_t *words = words_of(w, s), at = place_in(words, s->len, number);
    if (at == s->len || words[at] >> TIMES_BITS != number)
        return;
    if (s->len == 1) {
        empty_slot(p, s);
        return;
    }
    memmove(words + at, words + at + 1, (s->len - at - 1) * sizeof *words);
    words[s->len - 1] = 0;
    if (s->len == 2 || size_of(s->len - 1) < size_of(s->len))
        (void)resize(w, s, s->len - 1); /* smaller: where no memory is left it stays, and is as long as it was told */
    s->len--;
}

uint32_t lists_get(const struct words *w, uint64_t key, const uint32_t **at)
{
    struct slot *s = find(&w->part[part_of(key)], key);
    if (!s || !s->key)
        return 0;
    *at = words_of(w, s);
    return s->len;
}
