/* Who is kin to a document: those that share a key are compared, fact by fact, and weighed. */
#include "linkage/index.h"
#include "linkage/address.h"
#include "linkage/index_keys.h"
#include "linkage/names.h"
#include "linkage/normal.h"
#include <stdlib.h>

enum { OF_A_KEY = 1 << 10, OF_A_HIDDEN_KEY = 1 << 12 };

/* Values that no document has need a place to stand while they are compared. */
struct strangers {
    _Alignas(struct value) char at[FACTS_MOST][(offsetof(struct value, text) + VALUE_MOST + 8 + 3) / 4 * 4];
};

struct asking {
    const struct index *x;
    const struct index_wish *wish;
    uint32_t self;          /* NO_DOCUMENT: it is only asked about */
    const struct index_side *own;
    int32_t prior;          /* what the prior gained since the model was made */
    struct kin_answer *out;
};

/* ---- one pair ---- */

static uint32_t seen_by_others(const struct asking *k, const struct value *v)
{
    uint32_t seen = v->seen + (k->self == NO_DOCUMENT);
    return seen > 2 ? seen - 1 : 1; /* the other one is no stranger */
}

/* The best level over all values of both; *rare: of the values that are the same, how many others have the rarest one. */
static int best_level(const struct asking *k, const struct comparison *c, const struct index_side *other, uint32_t *rare)
{
    int f = c->fields[0], best = c->levels;
    for (int i = k->own->from[f]; i < k->own->from[f + 1]; i++)
        for (int j = other->from[f]; j < other->from[f + 1]; j++) {
            if (k->own->number[i] == other->number[j] && k->own->written[i] != other->written[j]) {
                best = best > 0 ? name_step(c, STEP_WORDS) : 0;
            } else if (k->own->number[i] == other->number[j]) {
                uint32_t seen = seen_by_others(k, other->value[j]);
                *rare = best > 0 || seen < *rare ? seen : *rare;
                best = 0;
            } else if (best > 1) {
                const struct value *a = k->own->value[i], *b = other->value[j];
                int level = c->kind == KIND_NAME ? names_level(c, a, b, &k->own->heard[i], &other->heard[j]) : value_level(c, a, b);
                best = level < best ? level : best;
            }
        }
    return best;
}

static struct pair fields_of(const struct index_side *a, const struct index_side *b, int fields)
{
    struct pair p = { 0 };
    for (int f = 0; f < fields; f++) {
        bool there = a->from[f] < a->from[f + 1] && b->from[f] < b->from[f + 1], same = false;
        for (int i = a->from[f]; there && !same && i < a->from[f + 1]; i++)
            for (int j = b->from[f]; j < b->from[f + 1] && !same; j++)
                same = a->number[i] && a->number[i] == b->number[j];
        p.both |= (uint32_t)there << f;
        p.same |= (uint32_t)same << f;
    }
    return p;
}

/* As two rows are (compare.c): each has what the other has in its other part, by ear, and nothing is in its place. */
static bool any_sound_alike(const struct index_side *a, int f, const struct index_side *b, int g)
{
    for (int i = a->from[f]; i < a->from[f + 1]; i++)
        for (int j = b->from[g]; j < b->from[g + 1]; j++) {
            uint32_t sound = a->heard[i].sound;
            if (sound && sound == b->heard[j].sound)
                return true;
        }
    return false;
}

static bool swapped(const struct asking *k, const struct comparison *c, const struct index_side *other, const struct pair *p)
{
    int f = c->fields[0], g = c->with - 1;
    uint32_t two = (uint32_t)1 << f | (uint32_t)1 << g;
    return (p->both & two) == two && !(p->same & two) && any_sound_alike(k->own, f, other, g) && any_sound_alike(k->own, g, other, f);
}

struct two_sides {
    const struct index_side *a, *b;
    int field;
};

static bool near_sides(const void *context)
{
    const struct two_sides *two = context;
    const struct index_side *a = two->a, *b = two->b;
    for (int i = a->from[two->field]; i < a->from[two->field + 1]; i++)
        for (int j = b->from[two->field]; j < b->from[two->field + 1]; j++)
            if (address_near((str){ a->value[i]->text, a->value[i]->len }, (str){ b->value[j]->text, b->value[j]->len }))
                return true;
    return false;
}

static int level_of(const struct asking *k, const struct comparison *c, const struct index_side *other, const struct pair *p, uint32_t *rare)
{
    if (c->kind == KIND_ADDRESS && c->field_count > 1)
        return address_level(c, p, near_sides, &(struct two_sides){ k->own, other, c->fields[0] });
    if (c->with && swapped(k, c, other, p))
        return c->swapped ? name_step(c, STEP_SWAPPED) : c->levels;
    return best_level(k, c, other, rare);
}

static struct kin weigh(const struct asking *k, uint32_t number)
{
    const struct index *x = k->x;
    const struct plan *plan = &x->table.plan;
    struct index_side *other = &index_room(x)->other;
    struct kin out = { .number = number };
    int32_t more = 0, more_at_home = 0;
    index_side_of(x, number, other);
    struct pair p = fields_of(k->own, other, plan->field_count);
    for (int i = 0; i < plan->comparison_count; i++) {
        const struct comparison *c = &plan->comparisons[i];
        uint32_t rare = 1;
        int level = level_of(k, c, other, &p, &rare);
        out.pattern += (uint32_t)level * x->patterns.step[i];
        if (level == 0 && c->frequent) {
            int32_t rarity = x->by_chance[i] + log2_of(x->table.values[c->fields[0]].filled + (k->self == NO_DOCUMENT)) - log2_of(rare);
            more += rarity;
            more_at_home += x->weights.rare_at_home[i] ? rarity : 0;
        }
    }
    out.weight = weight_against_both(x->weights.strangers[out.pattern] + more + k->prior, x->weights.home[out.pattern] + more_at_home);
    return out;
}

/* ---- all of them ---- */

static void keep(const struct asking *k, struct kin found)
{
    struct kin_answer *out = k->out;
    int at = out->len < out->room ? out->len : out->room;
    while (at > 0 && (out->at[at - 1].weight < found.weight ||
                      (out->at[at - 1].weight == found.weight &&
                       memcmp(index_entry(k->x, out->at[at - 1].number)->id.at, index_entry(k->x, found.number)->id.at, sizeof(id)) > 0))) {
        if (at < out->room)
            out->at[at] = out->at[at - 1];
        at--;
    }
    if (at < out->room) {
        out->at[at] = found;
        out->len += out->len < out->room;
    }
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void crowded(const struct asking *k, int fact, int documents)
{
    struct kin_answer *out = k->out;
    struct index_told told = { .value = k->own->number[fact] };
    while (k->own->from[told.field + 1] <= fact)
        told.field++;
    for (int i = 0; i < out->crowded_count; i++)
        if (out->crowded[i].fact.value == told.value && out->crowded[i].fact.field == told.field)
            return;
    if (out->crowded_count < CROWDED_MOST) {
        out->crowded[out->crowded_count].fact = told;
        out->crowded[out->crowded_count++].documents = documents;
    }
}

/* How many of a key are fetched. Where some may be hidden all that an office's index keeps, or a crowd of these would stand before what may be seen. */
static int room_of_key(const struct asking *k)
{
    return k->wish->may ? OF_A_HIDDEN_KEY : OF_A_KEY;
}

static bool is_seen(const struct asking *k, uint32_t number)
{
    const struct index_wish *w = k->wish;
    return (!w->may || w->may(w->context, index_entry(k->x, number)->group)) && (!w->stands || w->stands(w->context, number));
}

/* Those of a key that the asker may see and that stand, but for the document itself. Before anything is counted. */
static int seen_of_key(const struct asking *k, uint64_t key, uint32_t *met)
{
    int n = postings_get(&k->x->keys, key, met, room_of_key(k)), seen = 0;
    for (int i = 0; k->wish->may && i < n; i++)
        __builtin_prefetch(index_entry(k->x, met[i]));
    for (int i = 0; i < n; i++)
        if (met[i] != k->self && is_seen(k, met[i]))
            met[seen++] = met[i];
    return seen;
}

/* Those that share a key, each once. */
static int candidates(const struct asking *k, uint32_t *met)
{
    const struct index *x = k->x;
    struct index_key *keys = index_room(x)->keys;
    int n = 0, all = index_keys(x, k->own, keys), kept = 0, crowd = k->wish->crowd ? k->wish->crowd : OF_A_KEY;
    for (int i = 0; i < all; i++)
        postings_prefetch(&x->keys, keys[i].key);
    for (int i = 0; i < all && n < CANDIDATES_MOST - room_of_key(k); i++) {
        int more = seen_of_key(k, keys[i].key, met + n);
        if (more < crowd)
            n += more;
        else if (keys[i].whole)
            crowded(k, keys[i].fact, more);
    }
    qsort(met, (size_t)n, sizeof *met, by_number);
    for (int i = 0; i < n; i++)
        if (i == 0 || met[i] != met[i - 1])
            met[kept++] = met[i];
    return kept;
}

void index_prefetch(const struct index *x, uint32_t number)
{
    const struct index_told *facts = index_facts(x, number);
    for (int i = 0; i < index_entry(x, number)->facts; i++) {
        const struct value *v = value_of(&x->table.values[facts[i].field], facts[i].value);
        __builtin_prefetch(v);
        __builtin_prefetch(v->text + sizeof(uint64_t) * 5);
        if (x->table.heard[facts[i].field].at)
            __builtin_prefetch(heard_of(&x->table.heard[facts[i].field], facts[i].value));
    }
}

/* What a document says lies in three places, each of which tells where the next is: they are fetched while those before it are compared. */
static void fetch(const struct index *x, const uint32_t *met, int n, int i)
{
    enum { APART = 4 };
    if (i + 3 * APART < n)
        __builtin_prefetch(index_entry(x, met[i + 3 * APART]));
    if (i + 2 * APART < n && i + 2 * APART >= 0)
        __builtin_prefetch(index_facts(x, met[i + 2 * APART]));
    if (i + APART < n && i + APART >= 0)
        index_prefetch(x, met[i + APART]);
}

static void ask(struct asking *k)
{
    enum { AHEAD = 12 };
    uint32_t *met = index_room(k->x)->met, among = k->wish->among ? k->wish->among : k->x->live;
    int n = candidates(k, met);
    k->prior = log2_of(k->x->learnt_of) - log2_of((uint64_t)among + (k->self == NO_DOCUMENT || !among));
    k->out->looked_at = n;
    for (int i = -AHEAD; i < n; i++) {
        fetch(k->x, met, n, i);
        if (i < 0)
            continue;
        struct kin found = weigh(k, met[i]);
        if (found.weight >= k->wish->least)
            keep(k, found);
    }
}

static void begin(struct kin_answer *out)
{
    out->len = out->looked_at = out->crowded_count = 0;
}

void index_kin(const struct index *x, uint32_t number, const struct index_wish *wish, struct kin_answer *out)
{
    struct index_side *own = &index_room(x)->own;
    struct asking k = { .x = x, .wish = wish, .self = number, .own = own, .out = out };
    begin(out);
    index_side_of(x, number, own);
    ask(&k);
}

/* The value of a fact as the index has it, or as it stands for itself. */
static bool look_up(const struct index *x, const struct index_fact *fact, struct strangers *s, int i, struct index_side *side)
{
    char scratch[VALUE_MOST + 8];
    const struct values *v = &x->table.values[fact->field];
    str plain = normal_field(&x->table.plan, fact->field, fact->text, scratch, &side->written[i]);
    if (plain.len <= 0)
        return false;
    side->written[i] &= 0xffffff; /* as much as index_told keeps */
    struct value *own = (struct value *)(void *)s->at[i];
    memset(own, 0, sizeof s->at[i]);
    memcpy(own->text, plain.at, (size_t)plain.len);
    own->len = (uint8_t)plain.len;
    for (int k = 0; k < plain.len; k++)
        own->letters |= (uint32_t)1 << (plain.at[k] & 31);
    side->number[i] = values_find(v, own->text, plain.len, hash_bytes(own->text, plain.len));
    side->value[i] = side->number[i] ? value_of(v, side->number[i]) : own;
    if (x->table.plan.fields[fact->field].kind == KIND_NAME)
        side->heard[i] = heard_now(side->value[i]);
    return true;
}

void index_kin_of(const struct index *x, const struct index_document *d, const struct index_wish *wish, struct kin_answer *out)
{
    struct strangers s;
    struct index_side *own = &index_room(x)->own;
    struct asking k = { .x = x, .wish = wish, .self = NO_DOCUMENT, .own = own, .out = out };
    int n = 0;
    begin(out);
    for (int f = 0; f <= FIELDS_MOST; f++) {
        own->from[f] = n;
        for (int i = 0; i < d->fact_count && n < FACTS_MOST; i++)
            if (d->facts[i].field == f)
                n += look_up(x, &d->facts[i], &s, n, own);
    }
    ask(&k);
}
