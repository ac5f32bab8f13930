/*
 * The index as bytes and back. Postings are written as they are, and sketches of those that have one; what is quicker made than read is made:
 * the slots of values, and how names sound. Who writes such bytes is ourselves, and yet each is looked at.
 */
#include "linkage/index.h"
#include "linkage/index_keys.h"

enum { VERSION = 3, BEHIND = 512 }; /* bytes of a pool behind its last value: what reads one may read beyond it */

/* What must be equal for the bytes to mean the same. */
struct head {
    uint8_t name[4];
    uint32_t version, shape, count, live;
    uint32_t fields, sizes[3], unused;
    uint64_t facts;
};
struct pool {
    uint64_t used, filled;
    uint32_t count, unused;
};

/* The plan and the model, as one number. */
static uint32_t shape_of(const struct index *x)
{
    const struct plan *p = &x->table.plan;
    uint64_t h = hash_pair(x->patterns.count, x->learnt_of);
    for (int f = 0; f < p->field_count; f++)
        h = hash_pair(h, (uint64_t)p->fields[f].kind);
    for (int r = 0; r < p->rule_count; r++)
        for (int i = 0; i < p->rules[r].count; i++)
            h = hash_pair(h, (uint64_t)p->rules[r].parts[i].field << 32 | (uint32_t)p->rules[r].parts[i].first << 1 | p->rules[r].parts[i].sound);
    for (uint32_t i = 0; i < x->patterns.count; i++)
        h = hash_pair(h, (uint64_t)(uint32_t)x->weights.strangers[i] << 32 | (uint32_t)x->weights.home[i]);
    return (uint32_t)(h >> 32);
}

static struct head head_of(const struct index *x)
{
    return (struct head){ { 'P', 'S', 'I', 'X' }, VERSION, shape_of(x), x->count, x->live, (uint32_t)x->table.plan.field_count,
                          { sizeof(struct index_entry), sizeof(struct index_told), sizeof(struct sketch) }, 0, x->facts_used };
}

struct place {
    struct space *space;
    size_t bytes;
};
enum { PLACES = 2 };
static void places_of(struct index *x, struct place to[PLACES])
{
    to[0] = (struct place){ &x->entries, ((size_t)x->count + 1) * sizeof(struct index_entry) };
    to[1] = (struct place){ &x->facts, x->facts_used * sizeof(struct index_told) };
}

bool index_write(const struct index *x, bool (*put)(void *context, const void *bytes, size_t n), void *context)
{
    struct index view = *x;
    struct place places[PLACES];
    struct head head = head_of(x);
    places_of(&view, places);
    bool fine = put(context, &head, sizeof head);
    for (int f = 0; fine && f < x->table.plan.field_count; f++) {
        const struct values *v = &x->table.values[f];
        struct pool pool = { v->used, v->filled, v->count, 0 };
        fine = put(context, &pool, sizeof pool) && put(context, v->pool.at, v->used);
    }
    for (int i = 0; fine && i < countof(places); i++)
        fine = put(context, places[i].space->at, places[i].bytes);
    for (uint32_t i = 1; fine && i <= x->count; i++)
        fine = !index_entry(x, i)->sketched || put(context, index_sketch(x, i), sizeof(struct sketch));
    return fine && postings_write(&x->keys, put, context) && postings_write(&x->bands, put, context) && postings_write(&x->ids, put, context);
}

/* Are there as many, and as often seen, as it says? How names sound is noted on the way. */
static bool count_values(struct index *x, int field)
{
    const struct values *v = &x->table.values[field];
    uint64_t filled = 0;
    uint32_t count = 0, first = values_first();
    for (uint32_t number = (size_t)first * 4 < v->used ? first : 0; number; number = values_after(v, number)) {
        const struct value *one = value_of(v, number);
        if (one->len > VALUE_MOST)
            return false;
        count += one->seen != 0;
        filled += one->seen;
        if (one->seen && x->table.heard[field].at)
            index_hear(x, field, number);
    }
    return count == v->count && filled == v->filled;
}

static status read_values(struct index *x, int field, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct pool pool;
    struct values *v = &x->table.values[field];
    if (!get(context, &pool, sizeof pool) || pool.used > v->pool.size - BEHIND || pool.used < v->used || pool.used % 4)
        return INVALID;
    v->used = pool.used;
    v->filled = pool.filled;
    v->count = pool.count;
    if (!get(context, v->pool.at, v->used) || !count_values(x, field))
        return INVALID;
    space_give(&v->slots);
    return values_reopen(v) ? OK : FAULT;
}

static bool stands(const void *of, uint32_t document)
{
    const struct index *x = of;
    return document && document <= x->count && index_entry(x, document)->live;
}

/* In the order of their fields, each of a value that there is. */
static bool sound_facts(const struct index *x, uint32_t number)
{
    int before = 0;
    const struct index_entry *e = index_entry(x, number);
    if (e->facts > FACTS_MOST || e->facts_at > x->facts_used || e->facts > x->facts_used - e->facts_at)
        return false;
    for (int k = 0; k < e->facts; k++) {
        struct index_told t = index_facts(x, number)[k];
        if (t.field < before || t.field >= x->table.plan.field_count || t.value < values_first() || (size_t)t.value * 4 + sizeof(struct value) > x->table.values[t.field].used)
            return false;
        before = t.field;
    }
    return true;
}

/* Each stands behind one other alone: then copies hang together in rings, and a walk ends. */
static bool sound_rings(const struct index *x, uint8_t *behind)
{
    for (uint32_t i = 1; i <= x->count; i++) {
        const struct index_entry *e = index_entry(x, i);
        if (!e->live)
            continue;
        if (!stands(x, e->next) || !stands(x, e->lead) || behind[e->next])
            return false;
        behind[e->next] = 1;
    }
    return true;
}

/* A truth of one byte that is neither is not to be read as one. */
static bool is_truth(const bool *at)
{
    uint8_t byte;
    memcpy(&byte, at, sizeof byte);
    return byte <= 1;
}

/* Entries speak of values, facts and each other: of a file that was sealed by us, and yet looked at. */
static status sound(const struct index *x)
{
    struct space behind;
    uint32_t live = 0;
    for (uint32_t i = 0; i <= x->count; i++) {
        const struct index_entry *e = index_entry(x, i);
        if (!is_truth(&e->live) || !is_truth(&e->sketched) || (!i && e->live) || (e->sketched && !e->live))
            return INVALID;
        live += e->live;
        if (e->live && !sound_facts(x, i))
            return INVALID;
    }
    if (!space_take(&behind, (size_t)x->count + 1))
        return FAULT;
    bool fine = live == x->live && sound_rings(x, (uint8_t *)behind.at);
    space_give(&behind);
    return fine ? OK : INVALID;
}

static status read_rest(struct index *x, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct postings *const all[] = { &x->keys, &x->bands, &x->ids };
    status s = sound(x);
    for (uint32_t i = 1; s == OK && i <= x->count; i++)
        if (index_entry(x, i)->sketched && !get(context, index_sketch(x, i), sizeof(struct sketch)))
            s = INVALID;
    for (int i = 0; s == OK && i < countof(all); i++)
        s = postings_read(all[i], get, stands, x, context);
    return s;
}

status index_read(struct index *x, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct head head, own = head_of(x);
    struct place places[PLACES];
    if (!get(context, &head, sizeof head))
        return INVALID;
    own.count = head.count;
    own.live = head.live;
    own.facts = head.facts;
    if (memcmp(&head, &own, sizeof head) != 0)
        return INVALID;
    x->count = head.count;
    x->live = head.live;
    x->facts_used = head.facts;
    places_of(x, places);
    for (int f = 0; f < x->table.plan.field_count; f++) {
        status s = read_values(x, f, get, context);
        if (s != OK)
            return s;
    }
    for (int i = 0; i < countof(places); i++)
        if (places[i].bytes > places[i].space->size || !get(context, places[i].space->at, places[i].bytes))
            return INVALID;
    return read_rest(x, get, context);
}
