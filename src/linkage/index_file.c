/* The index as bytes and back. The keys are not among them: they follow from the rest. */
#include "linkage/index.h"
#include "linkage/index_keys.h"

enum { VERSION = 2 };

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
static void places_of(struct index *x, struct place to[3])
{
    to[0] = (struct place){ &x->entries, ((size_t)x->count + 1) * sizeof(struct index_entry) };
    to[1] = (struct place){ &x->facts, x->facts_used * sizeof(struct index_told) };
    to[2] = (struct place){ &x->sketches, ((size_t)x->count + 1) * sizeof(struct sketch) };
}

bool index_write(const struct index *x, bool (*put)(void *context, const void *bytes, size_t n), void *context)
{
    struct index view = *x;
    struct place places[3];
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
    return fine;
}

static status read_values(struct values *v, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct pool pool;
    if (!get(context, &pool, sizeof pool) || pool.used > v->pool.size || pool.used < v->used || pool.used % 4)
        return INVALID;
    v->used = pool.used;
    v->filled = pool.filled;
    v->count = pool.count;
    if (!get(context, v->pool.at, v->used))
        return INVALID;
    space_give(&v->slots);
    return values_reopen(v) ? OK : FAULT;
}

/* Entries speak of values, facts and each other: of a file that was sealed by us, and yet looked at. */
static bool sound(const struct index *x)
{
    uint32_t live = 0;
    for (uint32_t i = 1; i <= x->count; i++) {
        const struct index_entry *e = index_entry(x, i);
        if (!e->live)
            continue;
        live++;
        if (e->facts > FACTS_MOST || e->facts_at + e->facts > x->facts_used || e->next > x->count || e->lead > x->count || !index_entry(x, e->next)->live)
            return false;
        for (int k = 0; k < e->facts; k++) {
            struct index_told t = index_facts(x, i)[k];
            if (t.field >= x->table.plan.field_count || (size_t)t.value * 4 + sizeof(struct value) > x->table.values[t.field].used)
                return false;
        }
    }
    return live == x->live;
}

status index_read(struct index *x, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct head head, own = head_of(x);
    struct place places[3];
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
        status s = read_values(&x->table.values[f], get, context);
        if (s != OK)
            return s;
    }
    for (int i = 0; i < countof(places); i++)
        if (places[i].bytes > places[i].space->size || !get(context, places[i].space->at, places[i].bytes))
            return INVALID;
    if (!sound(x))
        return INVALID;
    for (uint32_t i = 1; i <= x->count; i++)
        if (index_entry(x, i)->live && !index_put_keys(x, i))
            return FAULT;
    return OK;
}
