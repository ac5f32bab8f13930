#include "linkage/values.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { FIRST_BITS = 10, PADDING = 8, FIRST = 8, BEHIND = 512 }; /* BEHIND: bytes of a pool behind its last value, since what reads one may read beyond it */
static const size_t pool_most = (size_t)4 << 32; /* numbers have 32 bits, values stand at multiples of four */

static uint64_t load8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t load4(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* By pieces of fixed size, which overlap: no byte is read that is not of the text. */
uint64_t hash_bytes(const char *at, ptrdiff_t n)
{
    uint64_t h = (uint64_t)n ^ 0xa0761d6478bd642fu, low, high;
    for (; n > 16; at += 16, n -= 16)
        h = hash_mix(load8(at) ^ 0xe7037ed1a0b428dbu, load8(at + 8) ^ h);
    if (n >= 8) {
        low = load8(at);
        high = load8(at + n - 8);
    } else if (n >= 4) {
        low = load4(at);
        high = load4(at + n - 4);
    } else {
        low = n ? (uint64_t)(uint8_t)at[0] << 16 | (uint64_t)(uint8_t)at[n / 2] << 8 | (uint8_t)at[n - 1] : 0;
        high = 0;
    }
    return hash_mix(hash_mix(low ^ 0x8ebc6af09c88c6e3u, high ^ h) ^ 0x589965cc75374cc3u, 0x1d8e4e27c47d124fu);
}

const char text_masks[64] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

/* 32 bytes of both may be read, and eight beyond. */
static inline bool same_text(const char *a, const char *b, ptrdiff_t n)
{
    uint64_t differs = (text_word(a, n, 0) ^ text_word(b, n, 0)) | (text_word(a, n, 1) ^ text_word(b, n, 1));
    if (n <= 16)
        return !differs;
    differs |= (text_word(a, n, 2) ^ text_word(b, n, 2)) | (text_word(a, n, 3) ^ text_word(b, n, 3));
    if (n <= 32 || differs)
        return !differs;
    for (; n > 8; a += 8, b += 8, n -= 8)
        if (load8(a) != load8(b))
            return false;
    return n == 0 || (load8(a) ^ load8(b)) << (64 - 8 * n) == 0; /* little endian: the first n bytes are the low ones */
}

bool values_open(struct values *v)
{
    return values_open_within(v, pool_most);
}

bool values_open_within(struct values *v, size_t most)
{
    *v = (struct values){ .bits = FIRST_BITS, .used = FIRST, .alike = true };
    if (space_take_growing(&v->pool, most) && space_take_large(&v->slots, sizeof(uint64_t) << v->bits))
        return true;
    values_close(v);
    return false;
}

void values_done(struct values *v)
{
    space_give(&v->slots);
}

void values_close(struct values *v)
{
    space_give(&v->pool);
    space_give(&v->slots);
}

static size_t first_slot(const struct values *v, uint64_t hash)
{
    return (uint32_t)(hash >> 32) >> (32 - v->bits); /* the bits that are kept in the slot, so that it can move */
}

static bool grow(struct values *v)
{
    struct values wider = *v;
    wider.bits++;
    if (wider.bits > 31 || !space_take_whole(&wider.slots, sizeof(uint64_t) << wider.bits))
        return false;
    const uint64_t *from = (const uint64_t *)(void *)v->slots.at;
    uint64_t *to = (uint64_t *)(void *)wider.slots.at;
    size_t mask = ((size_t)1 << wider.bits) - 1;
    for (size_t i = 0; i < (size_t)1 << v->bits; i++) {
        if (!from[i])
            continue;
        size_t at = first_slot(&wider, from[i]);
        while (to[at])
            at = (at + 1) & mask;
        to[at] = from[i];
    }
    space_give(&v->slots);
    *v = wider;
    return true;
}

bool values_room(struct values *v, uint32_t more)
{
    while (((uint64_t)v->count + more) * 8 > ((uint64_t)7 << v->bits))
        if (!grow(v))
            return false;
    return v->used + (size_t)more * (sizeof(struct value) + VALUE_MOST + PADDING) < v->pool.size;
}

static uint32_t letters_of(const char *text, ptrdiff_t len)
{
    uint32_t set = 0;
    for (ptrdiff_t i = 0; i < len; i++)
        set |= (uint32_t)1 << (text[i] & 31);
    return set;
}

static size_t size_of(const struct value *x)
{
    return (offsetof(struct value, text) + x->len + 3) & ~(size_t)3;
}

static uint32_t add(struct values *v, const char *text, ptrdiff_t len)
{
    uint32_t number = (uint32_t)(v->used / 4);
    struct value *x = (struct value *)(void *)(v->pool.at + v->used);
    x->letters = v->alike ? letters_of(text, len) : 0;
    x->len = (uint8_t)len;
    memcpy(x->text, text, (size_t)len);
    v->used += size_of(x);
    v->count++;
    return number;
}

/* The slot that holds that text, or the empty one where it would stand: at `at` or behind it, as those before it are of others. */
static inline size_t slot_from(const struct values *v, const char *text, ptrdiff_t len, uint64_t hash, size_t at)
{
    const uint64_t *slots = (const uint64_t *)(void *)v->slots.at;
    size_t mask = ((size_t)1 << v->bits) - 1;
    uint64_t mark = hash & ~(uint64_t)UINT32_MAX;
    for (; slots[at]; at = (at + 1) & mask) {
        const struct value *x = value_of(v, (uint32_t)slots[at]);
        if ((slots[at] & ~(uint64_t)UINT32_MAX) == mark && x->len == len && same_text(x->text, text, len))
            break;
    }
    return at;
}

static inline size_t slot_of(const struct values *v, const char *text, ptrdiff_t len, uint64_t hash)
{
    return slot_from(v, text, len, hash, first_slot(v, hash));
}

/* The first slot that may hold it, by its hash alone, or the empty one; those before it are of others. */
static inline size_t likely_slot(const struct values *v, uint64_t hash)
{
    const uint64_t *slots = (const uint64_t *)(void *)v->slots.at;
    size_t size = (size_t)1 << v->bits, at = first_slot(v, hash);
#ifdef __SSE2__
    const __m128i mark = _mm_set1_epi32((int)(hash >> 32));
    for (; at + 4 <= size; at += 4) { /* four at once: how many have to be looked at would be guessed wrong */
        __m128 two = _mm_loadu_ps((const float *)(const void *)(slots + at)), more = _mm_loadu_ps((const float *)(const void *)(slots + at + 2));
        __m128i marks = _mm_castps_si128(_mm_shuffle_ps(two, more, 0xdd));
        int met = _mm_movemask_ps(_mm_castsi128_ps(_mm_or_si128(_mm_cmpeq_epi32(marks, mark), _mm_cmpeq_epi32(marks, _mm_setzero_si128()))));
        if (met)
            return at + (size_t)__builtin_ctz((unsigned)met);
    }
#endif
    at &= size - 1;
    while (slots[at] && (slots[at] ^ hash) >> 32)
        at = (at + 1) & (size - 1);
    return at;
}

static struct value *counted(struct values *v, uint32_t number)
{
    return (struct value *)(void *)(v->pool.at + (size_t)number * 4);
}

static uint32_t count_one(struct values *v, uint32_t number)
{
    counted(v, number)->seen++;
    v->filled++;
    return number;
}

static uint32_t put_from(struct values *v, const char *text, ptrdiff_t len, uint64_t hash, size_t at)
{
    uint64_t *slots = (uint64_t *)(void *)v->slots.at;
    at = slot_from(v, text, len, hash, at);
    if (!slots[at])
        slots[at] = (hash & ~(uint64_t)UINT32_MAX) | add(v, text, len);
    return count_one(v, (uint32_t)slots[at]);
}

uint32_t values_put(struct values *v, const char *text, ptrdiff_t len, uint64_t hash)
{
    return put_from(v, text, len, hash, likely_slot(v, hash));
}

uint32_t values_put_unknown(struct values *v, const struct value_put *p)
{
    return put_from(v, p->text.at, p->text.len, p->hash, p->bits == v->bits ? p->likely : likely_slot(v, p->hash));
}

uint32_t values_put_unseen(struct values *v, const char *text, ptrdiff_t len, uint64_t hash)
{
    uint32_t number = values_put(v, text, len, hash);
    counted(v, number)->seen--;
    v->filled--;
    return number;
}

int values_put_known(struct values *v, struct value_put *puts, int n)
{
    enum { AHEAD = 16 };
    const uint64_t *slots = (const uint64_t *)(void *)v->slots.at;
    size_t likely[AHEAD] = { 0 };
    int left = 0;
    for (int i = 0; i < n + AHEAD; i++) {
        size_t from = likely[i % AHEAD];
        if (i < n) {
            likely[i % AHEAD] = likely_slot(v, puts[i].hash);
            const char *entry = (const char *)value_of(v, (uint32_t)slots[likely[i % AHEAD]]);
            __builtin_prefetch(entry, 1);
            __builtin_prefetch(entry + offsetof(struct value, text) + puts[i].text.len, 1);
        }
        if (i < AHEAD)
            continue;
        struct value_put p = puts[i - AHEAD];
        p.likely = (uint32_t)slot_from(v, p.text.at, p.text.len, p.hash, from);
        p.bits = v->bits;
        uint32_t number = (uint32_t)slots[p.likely];
        if (number)
            *p.to = count_one(v, number);
        else
            puts[left++] = p;
    }
    return left;
}

uint32_t values_find(const struct values *v, const char *text, ptrdiff_t len, uint64_t hash)
{
    return (uint32_t)((const uint64_t *)(void *)v->slots.at)[slot_of(v, text, len, hash)];
}

/* The slot is emptied, and what stood behind it moves up, so that no search ends too early (Knuth 6.4, algorithm R). */
static void empty_slot(struct values *v, size_t at)
{
    uint64_t *slots = (uint64_t *)(void *)v->slots.at;
    size_t mask = ((size_t)1 << v->bits) - 1;
    for (size_t next = (at + 1) & mask; slots[next]; next = (next + 1) & mask) {
        size_t home = first_slot(v, slots[next]);
        if (((next - home) & mask) < ((next - at) & mask))
            continue; /* it would stand before its home */
        slots[at] = slots[next];
        at = next;
    }
    slots[at] = 0;
}

void values_drop(struct values *v, uint32_t number)
{
    struct value *x = counted(v, number);
    must(x->seen > 0);
    v->filled--;
    if (--x->seen)
        return;
    empty_slot(v, slot_of(v, x->text, x->len, hash_bytes(x->text, x->len)));
    memset(x->text, 0, x->len); /* kept: its length, by which the next one is found */
    x->letters = 0;
    v->count--;
}

/* ---- read back ---- */

static bool all_zero(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i])
            return false;
    return true;
}

/* One value, as it was put or as it was dropped; nothing stands behind its text. left: bytes from it to the end of all. */
static bool sound_value(const struct values *v, const struct value *x, size_t left)
{
    if (left < sizeof *x || !x->len || x->len > VALUE_MOST || size_of(x) > left || !all_zero(x->text + x->len, size_of(x) - offsetof(struct value, text) - x->len))
        return false;
    return x->seen ? x->letters == (v->alike ? letters_of(x->text, x->len) : 0) : !x->letters && all_zero(x->text, x->len);
}

static bool sound_values(const struct values *v)
{
    uint64_t filled = 0;
    uint32_t count = 0;
    for (size_t at = FIRST; at < v->used;) {
        const struct value *x = value_of(v, (uint32_t)(at / 4));
        if (!sound_value(v, x, v->used - at))
            return false;
        count += x->seen != 0;
        filled += x->seen;
        at += size_of(x);
    }
    return count == v->count && filled == v->filled && all_zero(v->pool.at, FIRST);
}

/* False: that text has one. 0: no slot. */
static bool add_slot(struct values *v, uint64_t slot)
{
    uint64_t *slots = (uint64_t *)(void *)v->slots.at;
    size_t mask = ((size_t)1 << v->bits) - 1, at = first_slot(v, slot);
    for (; slot && slots[at]; at = (at + 1) & mask) {
        const struct value *own = value_of(v, (uint32_t)slot), *other = value_of(v, (uint32_t)slots[at]);
        if (slots[at] >> 32 == slot >> 32 && own->len == other->len && same_text(own->text, other->text, own->len))
            return false;
    }
    if (slot)
        slots[at] = slot;
    return true;
}

static bool make_slots(struct values *v)
{
    enum { AHEAD = 16 };
    uint64_t waiting[AHEAD] = { 0 };
    uint32_t at = 0;
    bool fine = true;
    for (uint32_t number = v->used > FIRST ? values_first() : 0; fine && number; number = values_after(v, number)) {
        const struct value *x = value_of(v, number);
        uint64_t hash = hash_bytes(x->text, x->len);
        if (!x->seen)
            continue;
        values_prefetch(v, hash);
        fine = add_slot(v, waiting[at % AHEAD]);
        waiting[at++ % AHEAD] = (hash & ~(uint64_t)UINT32_MAX) | number;
    }
    for (int i = 0; fine && i < AHEAD; i++)
        fine = add_slot(v, waiting[i]);
    return fine;
}

status values_read(struct values *v, const struct values_told *told, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    if (told->used < FIRST || told->used % 4 || told->used > v->pool.size - BEHIND || told->unused)
        return INVALID;
    v->used = told->used;
    v->filled = told->filled;
    v->count = told->count;
    if (!get(context, v->pool.at, v->used) || !sound_values(v))
        return INVALID;
    space_give(&v->slots);
    for (v->bits = FIRST_BITS; (uint64_t)v->count * 4 > ((uint64_t)3 << v->bits);)
        v->bits++;
    if (v->bits > 31 || !space_take_large(&v->slots, sizeof(uint64_t) << v->bits))
        return FAULT;
    return make_slots(v) ? OK : INVALID;
}

/* ---- told ---- */

struct owed {
    uint32_t left, who; /* left: how many, above two bits that tell at which of the three units the value begins: 1 + that, or 0, no value begins there */
};
_Static_assert(offsetof(struct value, text) + 1 > 4 * (VALUES_APART - 1), "two values would share a place");
enum { UNIT_BITS = 2, UNIT_MASK = (1 << UNIT_BITS) - 1 };

static struct owed *owed_of(const struct values_tally *t, uint32_t number)
{
    return (struct owed *)(void *)t->owed.at + number / VALUES_APART;
}

bool values_tally_begin(struct values_tally *t, const struct values *v)
{
    *t = (struct values_tally){ .values = v, .left = v->filled };
    if (!space_take_growing(&t->owed, (v->used / 4 / VALUES_APART + 1) * sizeof(struct owed)))
        return false;
    for (uint32_t number = v->used > FIRST ? values_first() : 0; number; number = values_after(v, number))
        owed_of(t, number)->left = value_of(v, number)->seen << UNIT_BITS | (number % VALUES_APART + 1);
    return true;
}

bool values_tally(struct values_tally *t, uint32_t number, uint32_t who)
{
    if ((size_t)number * 4 >= t->values->used)
        return false;
    struct owed *o = owed_of(t, number);
    if ((o->left & UNIT_MASK) != number % VALUES_APART + 1 || o->left <= UNIT_MASK || o->who == who)
        return false;
    o->left -= 1 << UNIT_BITS;
    o->who = who;
    t->left--;
    return true;
}

void values_tally_end(struct values_tally *t)
{
    space_give(&t->owed);
    *t = (struct values_tally){ 0 };
}

uint32_t values_first(void)
{
    return FIRST / 4;
}

uint32_t values_after(const struct values *v, uint32_t number)
{
    size_t next = (size_t)number * 4 + size_of(value_of(v, number));
    return next < v->used ? (uint32_t)(next / 4) : 0;
}
