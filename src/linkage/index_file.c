/*
 * The index as bytes and back. Postings are written as they are, and sketches of those that have one; what is quicker made than read is made:
 * the slots of values, and how names sound. Who writes such bytes is ourselves, and yet each is looked at: an index that holds together
 * to the last count takes back each document as it was put, whatever the bytes were. All of it in one pass over each of its parts.
 */
#include "linkage/index.h"
#include "linkage/index_keys.h"

enum { VERSION = 3, AHEAD = 8 };

/* What must be equal for the bytes to mean the same. */
struct head {
    uint8_t name[4];
    uint32_t version, shape, count, live;
    uint32_t fields, sizes[3], unused;
    uint64_t facts;
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
        struct values_told told = { v->used, v->filled, v->count, 0 };
        fine = put(context, &told, sizeof told) && put(context, v->pool.at, v->used);
    }
    for (int i = 0; fine && i < countof(places); i++)
        fine = put(context, places[i].space->at, places[i].bytes);
    for (uint32_t i = 1; fine && i <= x->count; i++)
        fine = !index_entry(x, i)->sketched || put(context, index_sketch(x, i), sizeof(struct sketch));
    return fine && postings_write(&x->keys, put, context) && postings_write(&x->bands, put, context) && postings_write(&x->ids, put, context);
}

static status get_values(struct index *x, int field, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct values_told told;
    struct values *v = &x->table.values[field];
    status s = get(context, &told, sizeof told) ? values_read(v, &told, get, context) : INVALID;
    if (s != OK || !x->table.heard[field].at)
        return s;
    for (uint32_t number = v->count ? values_first() : 0; number; number = values_after(v, number))
        if (value_of(v, number)->seen)
            index_hear(x, field, number);
    return OK;
}

/* ---- what is promised ---- */

static bool stands(const void *of, uint32_t document)
{
    const struct index *x = of;
    return document && document <= x->count && index_entry(x, document)->live;
}

static bool all_zero(const void *at, size_t n)
{
    const char *bytes = at;
    return !n || (!bytes[0] && !memcmp(bytes, bytes + 1, n - 1));
}

/* A truth of one byte that is neither is not to be read as one. */
static bool is_truth(const bool *at)
{
    uint8_t byte;
    memcpy(&byte, at, sizeof byte);
    return byte <= 1;
}

/* Behind those of the documents before it; what lies between was wiped with its document. */
static bool sound_place(const struct index *x, const struct index_entry *e, uint64_t *end)
{
    if (e->facts > FACTS_MOST || e->facts_at < *end || e->facts_at > x->facts_used || e->facts > x->facts_used - e->facts_at)
        return false;
    bool wiped = all_zero(x->facts.at + *end * sizeof(struct index_told), (e->facts_at - *end) * sizeof(struct index_told));
    *end = e->facts_at + e->facts;
    return wiped;
}

/* In the order of their fields, each of a value that there is, and once. */
static bool sound_facts(const struct index *x, uint32_t number, struct values_tally tallies[FIELDS_MOST])
{
    int before = 0;
    for (int k = 0; k < index_entry(x, number)->facts; k++) {
        struct index_told t = index_facts(x, number)[k];
        if (t.field < before || t.field >= x->table.plan.field_count || !values_tally(&tallies[t.field], t.value, number))
            return false;
        before = t.field;
    }
    return true;
}

static bool sound_entry(const struct index *x, uint32_t number, uint64_t *end)
{
    static const struct index_entry none;
    const struct index_entry *e = index_entry(x, number);
    if (!is_truth(&e->live) || !is_truth(&e->sketched))
        return false;
    return e->live ? number && sound_place(x, e, end) : !memcmp(e, &none, sizeof none);
}

static void tally_prefetch(const struct index *x, uint32_t number, const struct values_tally tallies[FIELDS_MOST])
{
    if (number > x->count)
        return;
    const struct index_told *facts = index_facts(x, number);
    for (int k = 0; k < index_entry(x, number)->facts; k++)
        if (facts[k].field < x->table.plan.field_count)
            values_tally_prefetch(&tallies[facts[k].field], facts[k].value);
}

/* Each value is named by as many documents as it says. The places of facts are known to lie within. */
static status tally_facts(const struct index *x)
{
    struct values_tally tallies[FIELDS_MOST] = { { .left = 0 } };
    status s = OK;
    for (int f = 0; s == OK && f < x->table.plan.field_count; f++)
        s = values_tally_begin(&tallies[f], &x->table.values[f]) ? OK : FAULT;
    for (uint32_t i = 1; s == OK && i <= x->count; i++) {
        tally_prefetch(x, i + AHEAD, tallies);
        s = sound_facts(x, i, tallies) ? OK : INVALID;
    }
    for (int f = 0; f < x->table.plan.field_count; f++) {
        s = s == OK && tallies[f].left ? INVALID : s;
        values_tally_end(&tallies[f]);
    }
    return s;
}

/* One ring of copies, of one place, each met once: led by the one whose id is lowest, which counts them. */
static bool sound_ring(const struct index *x, uint32_t first, uint8_t *met)
{
    const struct index_entry *one = index_entry(x, first), *lead = index_entry(x, one->lead);
    uint32_t copies = 0, number = first;
    bool led = false;
    do {
        const struct index_entry *e = index_entry(x, number);
        if (!stands(x, number) || met[number] || e->lead != one->lead || e->apart != one->apart || (e->next != number && !e->sketched) || memcmp(&e->id, &lead->id, sizeof e->id) < 0)
            return false;
        met[number] = 1;
        copies++;
        led = led || number == one->lead;
        number = e->next;
    } while (number != first);
    return led && lead->copies == copies;
}

static status sound_rings(const struct index *x)
{
    struct space met;
    bool fine = true;
    if (!space_take(&met, (size_t)x->count + 1))
        return FAULT;
    for (uint32_t i = 1; fine && i <= x->count; i++)
        fine = !index_entry(x, i)->live || met.at[i] || (stands(x, index_entry(x, i)->lead) && sound_ring(x, i, (uint8_t *)met.at));
    space_give(&met);
    return fine ? OK : INVALID;
}

/* Entries speak of values, facts and each other. */
static status sound_entries(const struct index *x)
{
    uint32_t live = 0;
    uint64_t end = 0;
    for (uint32_t i = 0; i <= x->count; i++) {
        if (!sound_entry(x, i, &end))
            return INVALID;
        live += index_entry(x, i)->live;
    }
    if (live != x->live || !all_zero(x->facts.at + end * sizeof(struct index_told), (x->facts_used - end) * sizeof(struct index_told)))
        return INVALID;
    status s = tally_facts(x);
    return s == OK ? sound_rings(x) : s;
}

/* Each document is found by its id, alone, and nothing else by any. */
static bool sound_ids(const struct index *x)
{
    bool fine = postings_count(&x->ids) == x->live;
    for (uint32_t i = 1; fine && i <= x->count; i++) {
        if (i + AHEAD <= x->count)
            postings_prefetch(&x->ids, index_id_key(index_entry(x, i + AHEAD)->id));
        fine = !index_entry(x, i)->live || index_find(x, index_entry(x, i)->id) == i;
    }
    return fine;
}

/* Keys that are told when their place was fetched. */
struct telling {
    struct {
        struct postings *of;
        uint64_t key;
        uint32_t number;
    } at[64];
    uint32_t turn;
};

static bool tell(void *context, struct postings *of, uint64_t key, uint32_t number)
{
    struct telling *t = context;
    uint32_t i = t->turn++ % countof(t->at);
    if (t->at[i].of)
        (void)!postings_tell(t->at[i].of, t->at[i].key, t->at[i].number);
    t->at[i].of = of;
    t->at[i].key = key;
    t->at[i].number = number;
    if (of)
        postings_prefetch(of, key);
    return true;
}

/* No document stands under a key that it has not: its erasure would leave it there. Not under one that it has: of too many some are left out. */
static bool sound_keys(struct index *x)
{
    struct telling t = { .turn = 0 };
    for (uint32_t i = 1; i <= x->count; i++) {
        if (i + AHEAD <= x->count)
            index_prefetch(x, i + AHEAD);
        if (index_entry(x, i)->live)
            (void)!index_each_key(x, i, tell, &t);
    }
    for (int i = 0; i < countof(t.at); i++)
        tell(&t, NULL, 0, 0);
    return postings_told(&x->keys) && postings_told(&x->bands);
}

static status read_rest(struct index *x, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct postings *const all[] = { &x->keys, &x->bands, &x->ids };
    status s = sound_entries(x);
    for (uint32_t i = 1; s == OK && i <= x->count; i++)
        if (index_entry(x, i)->sketched && !get(context, index_sketch(x, i), sizeof(struct sketch)))
            s = INVALID;
    for (int i = 0; s == OK && i < countof(all); i++)
        s = postings_read(all[i], get, stands, x, context);
    return s == OK && !(sound_ids(x) && sound_keys(x)) ? INVALID : s;
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
    if (memcmp(&head, &own, sizeof head) != 0 || head.facts > x->facts.size / sizeof(struct index_told))
        return INVALID;
    x->count = head.count;
    x->live = head.live;
    x->facts_used = head.facts;
    places_of(x, places);
    for (int f = 0; f < x->table.plan.field_count; f++) {
        status s = get_values(x, f, get, context);
        if (s != OK)
            return s;
    }
    for (int i = 0; i < countof(places); i++)
        if (places[i].bytes > places[i].space->size || !get(context, places[i].space->at, places[i].bytes))
            return INVALID;
    return read_rest(x, get, context);
}
