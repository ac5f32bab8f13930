/* Who is kin to a document: those that share a key are compared, fact by fact, and weighed. */
#include "linkage/index.h"
#include "linkage/index_keys.h"
#include "linkage/normal.h"
#include <stdlib.h>

enum { CANDIDATES_MOST = 1 << 14, OF_A_KEY = 1 << 10 };

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
            if (k->own->number[i] == other->number[j]) {
                uint32_t seen = seen_by_others(k, other->value[j]);
                *rare = best > 0 || seen < *rare ? seen : *rare;
                best = 0;
            } else if (best > 1) {
                int level = value_level(c, k->own->value[i], other->value[j]);
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

static struct kin weigh(const struct asking *k, uint32_t number)
{
    const struct index *x = k->x;
    const struct plan *plan = &x->table.plan;
    struct index_side other;
    struct kin out = { .number = number };
    int32_t more = 0, more_at_home = 0;
    index_side_of(x, number, &other);
    struct pair p = fields_of(k->own, &other, plan->field_count);
    for (int i = 0; i < plan->comparison_count; i++) {
        const struct comparison *c = &plan->comparisons[i];
        uint32_t rare = 1;
        int level = c->kind == KIND_ADDRESS && c->field_count > 1 ? address_level(c, &p) : best_level(k, c, &other, &rare);
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

/* Those of a key that the asker may see, but for the document itself. Before anything is counted. */
static int seen_of_key(const struct asking *k, uint64_t key, uint32_t *met)
{
    int n = postings_get(&k->x->keys, key, met, OF_A_KEY), seen = 0;
    for (int i = 0; i < n; i++)
        if (met[i] != k->self && (!k->wish->may || k->wish->may(k->wish->context, index_entry(k->x, met[i])->group)))
            met[seen++] = met[i];
    return seen;
}

/* Those that share a key, each once. */
static int candidates(const struct asking *k, uint32_t *met)
{
    struct index_key keys[KEYS_MOST];
    const struct index *x = k->x;
    int n = 0, all = index_keys(x, k->own, keys), kept = 0, crowd = k->wish->crowd ? k->wish->crowd : OF_A_KEY;
    for (int i = 0; i < all; i++)
        postings_prefetch(&x->keys, keys[i].key);
    for (int i = 0; i < all && n < CANDIDATES_MOST - OF_A_KEY; i++) {
        int more = seen_of_key(k, keys[i].key, met + n);
        if (more >= crowd)
            crowded(k, keys[i].fact, more);
        else
            n += more;
    }
    qsort(met, (size_t)n, sizeof *met, by_number);
    for (int i = 0; i < n; i++)
        if (i == 0 || met[i] != met[i - 1])
            met[kept++] = met[i];
    return kept;
}

static void ask(struct asking *k)
{
    uint32_t met[CANDIDATES_MOST], among = k->wish->among ? k->wish->among : k->x->live;
    int n = candidates(k, met);
    k->prior = log2_of(k->x->learnt_of) - log2_of((uint64_t)among + (k->self == NO_DOCUMENT || !among));
    k->out->looked_at = n;
    for (int i = 0; i < n; i++) {
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
    struct index_side own;
    struct asking k = { .x = x, .wish = wish, .self = number, .own = &own, .out = out };
    begin(out);
    index_side_of(x, number, &own);
    ask(&k);
}

/* The value of a fact as the index has it, or as it stands for itself. */
static bool look_up(const struct index *x, const struct index_fact *fact, struct strangers *s, int i, uint32_t *number, const struct value **value)
{
    char scratch[VALUE_MOST + 8];
    const struct values *v = &x->table.values[fact->field];
    str plain = normal_text(x->table.plan.fields[fact->field].kind, fact->text, scratch);
    if (plain.len <= 0)
        return false;
    struct value *own = (struct value *)(void *)s->at[i];
    memset(own, 0, sizeof s->at[i]);
    memcpy(own->text, plain.at, (size_t)plain.len);
    own->len = (uint8_t)plain.len;
    for (int k = 0; k < plain.len; k++)
        own->letters |= (uint32_t)1 << (plain.at[k] & 31);
    *number = values_find(v, own->text, plain.len, hash_bytes(own->text, plain.len));
    *value = *number ? value_of(v, *number) : own;
    return true;
}

void index_kin_of(const struct index *x, const struct index_document *d, const struct index_wish *wish, struct kin_answer *out)
{
    struct strangers s;
    struct index_side own;
    struct asking k = { .x = x, .wish = wish, .self = NO_DOCUMENT, .own = &own, .out = out };
    int n = 0;
    begin(out);
    for (int f = 0; f <= FIELDS_MOST; f++) {
        own.from[f] = n;
        for (int i = 0; i < d->fact_count && n < FACTS_MOST; i++)
            if (d->facts[i].field == f)
                n += look_up(x, &d->facts[i], &s, n, &own.number[n], &own.value[n]);
    }
    ask(&k);
}
