#include "linkage/index.h"
#include "linkage/index_keys.h"
#include "linkage/normal.h"
#include <math.h>

enum { BANDS = SKETCH / BAND, LOOK_AT = 8, COPY = 400 }; /* documents of a band that are looked at; of 1000, from which on texts are copies: short ones share some pieces by chance */
/* What is reserved, and taken as it is filled: address space of a process has its ceiling (app/cages.c). */
static const size_t numbers_most = (size_t)1 << 24, facts_most = (size_t)1 << 28, values_most = (size_t)1 << 30;

bool index_open(struct index *x, const struct plan *plan, const struct model *model, uint32_t learnt_of, uint32_t most)
{
    *x = (struct index){ .learnt_of = learnt_of ? learnt_of : 1, .model = *model };
    x->table.plan = *plan;
    postings_open(&x->keys, most);
    postings_open(&x->bands, LOOK_AT);
    postings_open(&x->ids, UINT32_MAX);
    bool fine = patterns_of(plan, &x->patterns) && space_take_growing(&x->entries, numbers_most * sizeof(struct index_entry)) &&
                space_take_growing(&x->facts, facts_most * sizeof(struct index_told)) && space_take_growing(&x->sketches, numbers_most * sizeof(struct sketch)) &&
                space_take(&x->room, sizeof(struct index_room));
    for (int f = 0; fine && f < plan->field_count; f++)
        fine = values_open_within(&x->table.values[f], values_most) &&
               (plan->fields[f].kind != KIND_NAME || space_take_growing(&x->table.heard[f], (values_most / 4 / HEARD_APART + 1) * sizeof(struct heard)));
    for (int i = 0; i < plan->comparison_count; i++)
        x->by_chance[i] = (int32_t)lround(log2(model->level[STRANGERS][i][0]) * BIT);
    if (fine && weights_make(&x->weights, model, &x->table, &x->patterns))
        return true;
    index_close(x);
    return false;
}

void index_close(struct index *x)
{
    for (int f = 0; f < FIELDS_MOST; f++) {
        values_close(&x->table.values[f]);
        space_give(&x->table.heard[f]);
    }
    postings_close(&x->keys);
    postings_close(&x->bands);
    postings_close(&x->ids);
    space_give(&x->entries);
    space_give(&x->facts);
    space_give(&x->sketches);
    space_give(&x->room);
    weights_end(&x->weights);
}

static struct index_entry *entry_of(struct index *x, uint32_t number)
{
    return (struct index_entry *)(void *)x->entries.at + number;
}

/* ---- keys ---- */

void index_side_of(const struct index *x, uint32_t number, struct index_side *out)
{
    const struct index_told *facts = index_facts(x, number);
    int n = index_entry(x, number)->facts, at = 0;
    for (int f = 0; f <= FIELDS_MOST; f++) {
        out->from[f] = at;
        for (; f < FIELDS_MOST && at < n && facts[at].field == f; at++) {
            out->number[at] = facts[at].value;
            out->value[at] = value_of(&x->table.values[f], facts[at].value);
            out->written[at] = 0;
            memcpy(&out->written[at], facts[at].written, sizeof facts[at].written);
            if (x->table.plan.fields[f].kind == KIND_NAME)
                out->heard[at] = *heard_of(&x->table.heard[f], facts[at].value);
        }
    }
}

static uint64_t hash_part(const struct index_side *side, int fact, int first)
{
    if (!first)
        return side->number[fact];
    const struct value *v = side->value[fact];
    return hash_bytes(v->text, v->len < first ? v->len : first);
}

/* The next choice of one fact for each part, the last part first. False: all were met. */
static bool next_choice(const struct index_side *side, const struct rule *r, int chosen[PARTS_MOST])
{
    for (int i = r->count - 1; i >= 0; i--) {
        if (++chosen[i] < side->from[r->parts[i].field + 1])
            return true;
        chosen[i] = side->from[r->parts[i].field];
    }
    return false;
}

static int keys_of_rule(const struct index_side *side, const struct rule *r, int rule, struct index_key *to)
{
    int chosen[PARTS_MOST] = { 0 }, n = 0;
    for (int i = 0; i < r->count; i++) {
        chosen[i] = side->from[r->parts[i].field];
        if (chosen[i] == side->from[r->parts[i].field + 1])
            return 0;
    }
    do {
        uint64_t h = (uint64_t)rule + 1;
        bool known = true, whole = true;
        uint32_t sound = 0;
        for (int i = 0; i < r->count; i++) {
            bool part = r->parts[i].first || r->parts[i].sound;
            known = known && (part || side->number[chosen[i]]);
            whole = whole && !part;
            if (r->parts[i].sound)
                sound += side->heard[chosen[i]].sound;
            else
                h = hash_pair(h, hash_part(side, chosen[i], r->parts[i].first));
        }
        h = hash_pair(h, sound);
        if (known)
            to[n++] = (struct index_key){ h, chosen[0], whole };
    } while (n < KEYS_OF_A_RULE && next_choice(side, r, chosen));
    return n;
}

int index_keys(const struct index *x, const struct index_side *side, struct index_key keys[KEYS_MOST])
{
    int n = 0;
    for (int i = 0; i < x->table.plan.rule_count; i++)
        n += keys_of_rule(side, &x->table.plan.rules[i], i, keys + n);
    return n;
}

uint64_t index_band(const struct sketch *s, int band, uint32_t apart)
{
    uint32_t key;
    memcpy(&key, s->at + band * BAND, BAND);
    return hash_pair((uint64_t)apart << 32 | ((uint32_t)band + 1), key);
}

uint64_t index_id_key(id document)
{
    return hash_bytes((const char *)document.at, sizeof document.at);
}

uint32_t index_find(const struct index *x, id document)
{
    uint32_t met[64];
    int n = postings_get(&x->ids, index_id_key(document), met, countof(met));
    for (int i = 0; i < n; i++)
        if (id_equal(index_entry(x, met[i])->id, document))
            return met[i];
    return NO_DOCUMENT;
}

/* ---- copies ---- */

static bool before(const struct index *x, uint32_t a, uint32_t b)
{
    return memcmp(index_entry(x, a)->id.at, index_entry(x, b)->id.at, sizeof(id)) < 0;
}

/* Every one of a ring has that lead. */
static void lead_ring(struct index *x, uint32_t lead, uint32_t copies)
{
    uint32_t i = lead;
    do {
        entry_of(x, i)->lead = lead;
        i = entry_of(x, i)->next;
    } while (i != lead);
    entry_of(x, lead)->copies = copies;
}

/* Two rings of copies become one, led by the one whose id is lower. */
static void join_copies(struct index *x, uint32_t a, uint32_t b)
{
    uint32_t one = entry_of(x, a)->lead, other = entry_of(x, b)->lead, next = entry_of(x, one)->next;
    entry_of(x, one)->next = entry_of(x, other)->next;
    entry_of(x, other)->next = next;
    uint32_t copies = entry_of(x, one)->copies + entry_of(x, other)->copies;
    lead_ring(x, before(x, one, other) ? one : other, copies);
}

static void leave_copies(struct index *x, uint32_t number)
{
    const struct index_entry *e = entry_of(x, number);
    if (e->next == number)
        return;
    uint32_t last = e->next, lowest = e->next, copies = entry_of(x, e->lead)->copies - 1;
    while (entry_of(x, last)->next != number) {
        last = entry_of(x, last)->next;
        lowest = before(x, last, lowest) ? last : lowest;
    }
    entry_of(x, last)->next = e->next;
    lead_ring(x, lowest, copies);
}

/*
 * A band has few places, which who came first has, and who came first is erased first: so when one of a ring goes, another of it takes its place in each band
 * that was full. Else the next copy would find nobody.
 */
static void take_places(struct index *x, const struct sketch *gone, uint32_t apart, uint32_t ring)
{
    uint32_t met[LOOK_AT], i = ring;
    int bands[BANDS], n = 0;
    for (int band = 0; band < BANDS; band++)
        if (postings_get(&x->bands, index_band(gone, band, apart), met, LOOK_AT) == LOOK_AT - 1)
            bands[n++] = band;
    do {
        for (int k = 0; k < n; k++) {
            uint64_t key = index_band(gone, bands[k], apart);
            if (memcmp(index_sketch(x, i)->at + bands[k] * BAND, gone->at + bands[k] * BAND, BAND) != 0)
                continue;
            (void)!postings_put(&x->bands, key, i); /* where one was a moment ago is room */
            if (postings_get(&x->bands, key, met, LOOK_AT) == LOOK_AT)
                bands[k--] = bands[--n];
        }
        i = entry_of(x, i)->next;
    } while (n && i != ring);
}

/* Among the few that have a band in common. */
static void find_copies(struct index *x, uint32_t number)
{
    const struct sketch *own = index_sketch(x, number);
    for (int band = 0; band < BANDS; band++) {
        uint32_t met[LOOK_AT];
        int n = postings_get(&x->bands, index_band(own, band, entry_of(x, number)->apart), met, LOOK_AT);
        for (int i = 0; i < n; i++)
            if (entry_of(x, met[i])->lead != entry_of(x, number)->lead && sketch_alike(own, index_sketch(x, met[i])) >= COPY)
                join_copies(x, number, met[i]);
    }
}

/* ---- putting ---- */

static struct heard *heard_at(struct index *x, int field, uint32_t value)
{
    return (struct heard *)(void *)x->table.heard[field].at + value / HEARD_APART;
}

void index_hear(struct index *x, int field, uint32_t value)
{
    *heard_at(x, field, value) = heard_now(value_of(&x->table.values[field], value));
}

/* How a name sounds goes with it. */
static void drop_value(struct index *x, struct index_told fact)
{
    values_drop(&x->table.values[fact.field], fact.value);
    if (x->table.heard[fact.field].at && !value_of(&x->table.values[fact.field], fact.value)->seen)
        *heard_at(x, fact.field, fact.value) = (struct heard){ 0 };
}

/* The value counted once more, or a new one. None is told where it says nothing. False: no memory. */
static bool put_value(struct index *x, const struct index_fact *fact, struct index_told *to)
{
    char scratch[VALUE_MOST + 8], padded[VALUE_MOST + 8];
    struct values *v = &x->table.values[fact->field];
    uint32_t written;
    str plain = normal_field(&x->table.plan, fact->field, fact->text, scratch, &written);
    if (plain.len <= 0)
        return true;
    if (!values_room(v, 1))
        return false;
    memcpy(padded, plain.at, (size_t)plain.len);
    memcpy(to->written, &written, sizeof to->written);
    to->value = values_put(v, padded, plain.len, hash_bytes(padded, plain.len));
    if (x->table.heard[fact->field].at && value_of(v, to->value)->seen == 1)
        index_hear(x, fact->field, to->value);
    return true;
}

/* By field, and each value once. False: it stood there. */
static bool keep_fact(struct index_told *facts, int *n, struct index_told fact)
{
    int at = *n;
    for (int i = 0; i < *n; i++)
        if (facts[i].field == fact.field && facts[i].value == fact.value)
            return false;
    while (at > 0 && facts[at - 1].field > fact.field) {
        facts[at] = facts[at - 1];
        at--;
    }
    facts[at] = fact;
    ++*n;
    return true;
}

static bool put_facts(struct index *x, const struct index_document *d, struct index_entry *e)
{
    struct index_told *to = (struct index_told *)(void *)x->facts.at + x->facts_used;
    int n = 0;
    bool fine = x->facts_used + FACTS_MOST < facts_most;
    for (int i = 0; fine && i < d->fact_count && n < FACTS_MOST; i++) {
        struct index_told fact = { .field = (uint8_t)d->facts[i].field };
        fine = put_value(x, &d->facts[i], &fact);
        if (fact.value && !keep_fact(to, &n, fact))
            drop_value(x, fact);
    }
    e->facts_at = x->facts_used;
    e->facts = (uint16_t)n;
    x->facts_used += (uint64_t)n;
    return fine;
}

bool index_each_key(struct index *x, uint32_t number, bool (*with)(void *context, struct postings *p, uint64_t key, uint32_t number), void *context)
{
    struct index_room *room = index_room(x);
    const struct index_entry *e = entry_of(x, number);
    bool fine = true;
    index_side_of(x, number, &room->own);
    int n = index_keys(x, &room->own, room->keys);
    for (int i = 0; i < n; i++)
        postings_prefetch(&x->keys, room->keys[i].key);
    for (int i = 0; fine && i < n; i++)
        fine = with(context, &x->keys, room->keys[i].key, number);
    for (int band = 0; fine && e->sketched && band < BANDS; band++)
        fine = with(context, &x->bands, index_band(index_sketch(x, number), band, e->apart), number);
    memset(room->keys, 0, (size_t)n * sizeof *room->keys); /* they would say what it said */
    return fine;
}

static bool put_key(void *context, struct postings *p, uint64_t key, uint32_t number)
{
    (void)context;
    return postings_put(p, key, number);
}

/* All keys of a document. False: no memory. */
static bool put_keys(struct index *x, uint32_t number)
{
    uint64_t key = index_id_key(entry_of(x, number)->id);
    postings_prefetch(&x->ids, key);
    return index_each_key(x, number, put_key, NULL) && postings_put(&x->ids, key, number);
}

static bool drop_key(void *context, struct postings *p, uint64_t key, uint32_t number)
{
    (void)context;
    postings_drop(p, key, number);
    return true;
}

static void take_out(struct index *x, uint32_t number)
{
    struct index_room *room = index_room(x);
    struct index_entry *e = entry_of(x, number);
    (void)!index_each_key(x, number, drop_key, NULL);
    memset(&room->own, 0, sizeof room->own);
    memset(&room->other, 0, sizeof room->other); /* perhaps the last that a question met */
    postings_drop(&x->ids, index_id_key(e->id), number);
    leave_copies(x, number);
    if (e->next != number)
        take_places(x, index_sketch(x, number), e->apart, e->next);
    struct index_told *facts = (struct index_told *)(void *)x->facts.at + e->facts_at;
    for (int i = 0; i < e->facts; i++)
        drop_value(x, facts[i]);
    memset(facts, 0, e->facts * sizeof *facts);
    if (e->sketched)
        memset(index_sketch(x, number), 0, sizeof(struct sketch));
    *e = (struct index_entry){ 0 };
}

bool index_put(struct index *x, const struct index_document *d, uint32_t *number)
{
    index_drop(x, d->id);
    if (x->count >= numbers_most - 1)
        return false;
    *number = ++x->count;
    struct index_entry *e = entry_of(x, *number);
    *e = (struct index_entry){ .id = d->id, .group = d->group, .apart = d->apart, .live = true, .lead = *number, .next = *number, .copies = 1 };
    bool fine = put_facts(x, d, e);
    e->sketched = d->text.len && sketch_make(d->text, index_sketch(x, *number));
    if (fine && e->sketched)
        find_copies(x, *number);
    if (!fine || !put_keys(x, *number)) {
        take_out(x, *number);
        return false;
    }
    x->live++;
    return true;
}

bool index_drop(struct index *x, id document)
{
    uint32_t number = index_find(x, document);
    if (number == NO_DOCUMENT)
        return false;
    take_out(x, number);
    x->live--;
    return true;
}

static const struct index *sorted; /* one thread */
static int by_id(const void *a, const void *b)
{
    return memcmp(&index_entry(sorted, *(const uint32_t *)a)->id, &index_entry(sorted, *(const uint32_t *)b)->id, sizeof(id));
}

/* Those of the list that hang together with its first one come to the front; how many. So much work, and the rest of them is taken as it is. */
static int hang_together(const struct index *x, uint32_t *list, int n)
{
    enum { WORK_MOST = 1 << 22 };
    int in = 1, work = 0;
    for (int i = 0; i < in && in < n; i++)
        for (int k = in; k < n; k++) {
            if (work++ == WORK_MOST)
                return n;
            if (sketch_alike(index_sketch(x, list[i]), index_sketch(x, list[k])) < COPY)
                continue;
            uint32_t was = list[in];
            list[in++] = list[k];
            list[k] = was;
        }
    return in;
}

int index_copies(const struct index *x, uint32_t number, const struct index_wish *wish, uint32_t *to, int room)
{
    int n = 0;
    uint32_t met = 0;
    to[n++] = number;
    /* a ring that a broken snapshot brought may not come back to where it began */
    for (uint32_t i = index_entry(x, number)->next; i != number && n < room && met++ < x->count; i = index_entry(x, i)->next)
        if (!wish->may || wish->may(wish->context, index_entry(x, i)->group))
            to[n++] = i;
    sorted = x;
    qsort(to + 1, (size_t)n - 1, sizeof *to, by_id); /* on each node the same work, in the same order */
    n = hang_together(x, to, n);
    qsort(to, (size_t)n, sizeof *to, by_id);
    return n;
}
