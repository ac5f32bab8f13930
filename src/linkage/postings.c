#include "linkage/postings.h"

enum { FIRST_BITS = 4 };
static const uint64_t told = (uint64_t)1 << 31; /* of a slot: no document has that bit */

static uint64_t *slots_of(const struct postings *p, uint32_t part)
{
    return (uint64_t *)(void *)p->part[part].at;
}

static uint32_t part_of(uint64_t key)
{
    return (uint32_t)(key >> 54);
}

/* Where a slot's key belongs: by the bits that the slot keeps, so that it can move. */
static size_t home_of(const struct postings *p, uint32_t part, uint64_t slot)
{
    return (uint32_t)(slot >> 32) >> (32 - p->bits[part]);
}

void postings_open(struct postings *p, uint32_t most)
{
    *p = (struct postings){ .most = most };
}

void postings_close(struct postings *p)
{
    for (int i = 0; i < POSTING_PARTS; i++)
        space_give(&p->part[i]);
    *p = (struct postings){ .most = p->most };
}

static void place_slot(struct postings *p, uint32_t part, uint64_t slot)
{
    uint64_t *to = slots_of(p, part);
    size_t mask = ((size_t)1 << p->bits[part]) - 1, at = home_of(p, part, slot);
    while (to[at])
        at = (at + 1) & mask;
    to[at] = slot;
}

/* Whoever walks over all slots begins behind an empty one, so that those of one key keep their order. */
static size_t first_empty(const uint64_t *slots)
{
    size_t at = 0;
    while (slots[at])
        at++;
    return at;
}

/* All that are filled; how many. */
static uint32_t gather_slots(const uint64_t *from, size_t count, uint64_t *to)
{
    size_t first = first_empty(from);
    uint32_t n = 0;
    for (size_t i = 1; i < count; i++) {
        uint64_t slot = from[(first + i) & (count - 1)];
        to[n] = slot;
        n += slot != 0;
    }
    return n;
}

/* Many of these are as large as a large page, which saves the look-up of its address. */
static bool take_part(struct space *s, int bits)
{
    enum { LARGE = 2 << 20 };
    size_t size = sizeof(uint64_t) << bits;
    return size < LARGE ? space_take(s, size) : space_take_large(s, size);
}

static void move_slots(struct postings *p, uint32_t part, const uint64_t *from, size_t count)
{
    size_t first = first_empty(from);
    for (size_t i = 1; i < count; i++)
        if (from[(first + i) & (count - 1)])
            place_slot(p, part, from[(first + i) & (count - 1)]);
}

static bool room_in(struct postings *p, uint32_t part)
{
    size_t count = p->part[part].at ? (size_t)1 << p->bits[part] : 0;
    if ((size_t)(p->filled[part] + 1) * 4 <= count * 3)
        return true;
    struct space old = p->part[part];
    int bits = count ? p->bits[part] + 1 : FIRST_BITS;
    if (bits > 31 || !take_part(&p->part[part], bits)) {
        p->part[part] = old;
        return false;
    }
    p->bits[part] = (uint8_t)bits;
    if (count)
        move_slots(p, part, (const uint64_t *)(const void *)old.at, count);
    space_give(&old);
    return true;
}

bool postings_put(struct postings *p, uint64_t key, uint32_t document)
{
    uint32_t part = part_of(key), met = 0;
    uint64_t slot = key << 32 | (document + 1);
    if (!room_in(p, part))
        return false;
    uint64_t *slots = slots_of(p, part);
    size_t mask = ((size_t)1 << p->bits[part]) - 1, at = home_of(p, part, slot);
    for (; slots[at]; at = (at + 1) & mask) {
        if (slots[at] == slot)
            return true;
        met += slots[at] >> 32 == slot >> 32;
        if (met >= p->most)
            return true;
    }
    slots[at] = slot;
    p->filled[part]++;
    return true;
}

void postings_drop(struct postings *p, uint64_t key, uint32_t document)
{
    uint32_t part = part_of(key);
    uint64_t *slots = slots_of(p, part), slot = key << 32 | (document + 1);
    if (!slots)
        return;
    size_t mask = ((size_t)1 << p->bits[part]) - 1, at = home_of(p, part, slot);
    while (slots[at] && slots[at] != slot)
        at = (at + 1) & mask;
    if (!slots[at])
        return;
    /* What stood behind it moves up, so that no search ends too early (Knuth 6.4, algorithm R). */
    for (size_t next = (at + 1) & mask; slots[next]; next = (next + 1) & mask) {
        if (((next - home_of(p, part, slots[next])) & mask) < ((next - at) & mask))
            continue;
        slots[at] = slots[next];
        at = next;
    }
    slots[at] = 0;
    p->filled[part]--;
}

int postings_get(const struct postings *p, uint64_t key, uint32_t *to, int room)
{
    uint32_t part = part_of(key);
    const uint64_t *slots = slots_of(p, part);
    int n = 0;
    if (!slots)
        return 0;
    size_t mask = ((size_t)1 << p->bits[part]) - 1;
    for (size_t at = home_of(p, part, key << 32); slots[at] && n < room; at = (at + 1) & mask)
        if (slots[at] >> 32 == (key & UINT32_MAX))
            to[n++] = (uint32_t)slots[at] - 1;
    return n;
}

void postings_prefetch(const struct postings *p, uint64_t key)
{
    const uint64_t *slots = slots_of(p, part_of(key));
    if (slots)
        __builtin_prefetch(slots + home_of(p, part_of(key), key << 32));
}

bool postings_write(const struct postings *p, bool (*put)(void *context, const void *bytes, size_t n), void *context)
{
    struct space all;
    size_t most = 1;
    for (uint32_t part = 0; part < POSTING_PARTS; part++)
        most = p->filled[part] > most ? p->filled[part] : most;
    if (!space_take(&all, (most + 1) * sizeof(uint64_t)))
        return false;
    bool fine = put(context, p->filled, sizeof p->filled);
    for (uint32_t part = 0; fine && part < POSTING_PARTS; part++)
        if (p->filled[part]) {
            uint32_t n = gather_slots(slots_of(p, part), (size_t)1 << p->bits[part], (uint64_t *)(void *)all.at);
            fine = put(context, all.at, n * sizeof(uint64_t));
        }
    space_give(&all);
    return fine;
}

/* So many slots in pieces, as they were written. */
static status read_part(struct postings *p, uint32_t part, uint32_t count, bool (*get)(void *context, void *bytes, size_t n), bool (*known)(const void *of, uint32_t document),
                        const void *of, void *context)
{
    enum { PIECE = 512 };
    uint64_t slots[PIECE];
    int bits = FIRST_BITS;
    while ((uint64_t)count * 4 > (uint64_t)3 << bits)
        bits++;
    if (bits > 31)
        return INVALID;
    if (!take_part(&p->part[part], bits))
        return FAULT;
    p->bits[part] = (uint8_t)bits;
    for (uint32_t n; count; count -= n) {
        n = count < PIECE ? count : PIECE;
        if (!get(context, slots, n * sizeof *slots))
            return INVALID;
        for (uint32_t i = 0; i < n; i++) {
            if (!(uint32_t)slots[i] || !known(of, (uint32_t)slots[i] - 1))
                return INVALID;
            place_slot(p, part, slots[i]);
        }
        p->filled[part] += n;
    }
    return OK;
}

status postings_read(struct postings *p, bool (*get)(void *context, void *bytes, size_t n), bool (*known)(const void *of, uint32_t document), const void *of, void *context)
{
    uint32_t filled[POSTING_PARTS];
    if (!get(context, filled, sizeof filled))
        return INVALID;
    for (uint32_t part = 0; part < POSTING_PARTS; part++) {
        status s = filled[part] ? read_part(p, part, filled[part], get, known, of, context) : OK;
        if (s != OK)
            return s;
    }
    return OK;
}

bool postings_tell(struct postings *p, uint64_t key, uint32_t document)
{
    uint32_t part = part_of(key);
    uint64_t *slots = slots_of(p, part), slot = key << 32 | (document + 1);
    if (!slots)
        return false;
    size_t mask = ((size_t)1 << p->bits[part]) - 1, at = home_of(p, part, slot);
    while (slots[at] && (slots[at] & ~told) != slot)
        at = (at + 1) & mask;
    if (!slots[at])
        return false;
    slots[at] |= told;
    return true;
}

bool postings_told(struct postings *p)
{
    bool all = true;
    for (uint32_t part = 0; part < POSTING_PARTS; part++) {
        uint64_t *slots = slots_of(p, part);
        for (size_t i = 0; slots && i < (size_t)1 << p->bits[part]; i++) {
            all = all && (!slots[i] || slots[i] & told);
            slots[i] &= ~told;
        }
    }
    return all;
}

uint64_t postings_count(const struct postings *p)
{
    uint64_t n = 0;
    for (int part = 0; part < POSTING_PARTS; part++)
        n += p->filled[part];
    return n;
}
