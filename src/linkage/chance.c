#include "linkage/chance.h"
#include "linkage/likeness.h"

enum { DRAWS = 1 << 16, RARE = 30, SAMPLE_ONE = 1 << 14, SAMPLE_TWO = 1 << 12, LETTERS_MOST = 24, RECORDS_SAMPLED = 1 << 16 };

static uint64_t next_random(uint64_t *state)
{
    return hash_pair((*state)++, 0x5851f42d4c957f2du);
}

/* ---- equal values ---- */

static double equal_values(const struct values *v)
{
    double pairs = 0, all = (double)v->filled * ((double)v->filled - 1);
    for (uint32_t i = v->count ? values_first() : 0; i; i = values_after(v, i))
        pairs += (double)value_of(v, i)->seen * ((double)value_of(v, i)->seen - 1);
    return all > 0 ? pairs / all : 0;
}

/* ---- drawn pairs ---- */

/* Counts of levels among drawn pairs of different records; [levels] counts those without the fact. */
static void draw(const struct table *t, const struct patterns *s, uint32_t counts[COMPARISONS_MOST][LEVELS_MOST + 1])
{
    static struct comparer memory;
    uint64_t state = 1;
    memset(&memory, 0, sizeof memory); /* what it knows is of another table */
    for (int drawn = 0; drawn < DRAWS; drawn += LOT) {
        struct pair lot[LOT];
        uint32_t patterns[LOT];
        for (int i = 0; i < LOT; i++) {
            uint64_t chance = next_random(&state);
            lot[i].a = (uint32_t)((chance >> 32) * t->count >> 32);
            lot[i].b = (uint32_t)((chance & UINT32_MAX) * (t->count - 1) >> 32);
            lot[i].b += lot[i].b >= lot[i].a; /* another one */
            __builtin_prefetch(table_row(t, lot[i].a));
            __builtin_prefetch(table_row(t, lot[i].b));
        }
        for (int i = 0; i < LOT; i++)
            pair_rows(&lot[i], table_row(t, lot[i].a), table_row(t, lot[i].b), t->stride);
        compare_lot(t, s, &memory, lot, LOT, patterns);
        for (int i = 0; i < LOT; i++)
            for (int k = 0; k < t->plan.comparison_count; k++)
                counts[k][pattern_level(s, &t->plan, patterns[i], k)]++;
    }
}

/* ---- rare near values ---- */

struct sample {
    uint32_t number[SAMPLE_ONE];
    size_t count;
    double seen;
};

static void take_sample(const struct values *v, size_t most, struct sample *s)
{
    s->count = 0;
    s->seen = 0;
    uint64_t one_in = v->count / most + 1;
    for (uint32_t i = v->count ? values_first() : 0; i && s->count < most; i = values_after(v, i))
        if (hash_pair(i, 77) % one_in == 0) {
            s->number[s->count++] = i;
            s->seen += value_of(v, i)->seen;
        }
}

/* The first letters of a value as digits of a number, by which any part of it is told: parts that differ seldom have one number. */
static const uint64_t digit = 0xd6e8feb86659fd93u;
struct digits {
    uint64_t upto[LETTERS_MOST + 1], power[LETTERS_MOST + 1], letter[LETTERS_MOST];
    int len;
};

static void read_value(struct digits *d, const struct value *x)
{
    d->len = x->len < LETTERS_MOST ? x->len : LETTERS_MOST;
    d->upto[0] = 0;
    d->power[0] = 1;
    for (int i = 0; i < d->len; i++) {
        d->letter[i] = (uint64_t)(uint8_t)x->text[i] + 1;
        d->upto[i + 1] = d->upto[i] * digit + d->letter[i];
        d->power[i + 1] = d->power[i] * digit;
    }
}

/* The number of what stands before the letter `from` became `before`: what stands from there up to the end is put behind it, and it is mixed. */
static inline uint64_t ended(const struct digits *d, uint64_t before, int from)
{
    uint64_t number = from < d->len ? (before - d->upto[from]) * d->power[d->len - from] + d->upto[d->len] : before;
    return hash_mix(number, 0x9e3779b97f4a7c15u);
}

/* A key for each way to leave out up to `slips` letters: two values within that distance share one. */
static size_t leave_out(const struct values *v, const struct sample *s, int slips, uint64_t *words)
{
    size_t n = 0;
    for (size_t k = 0; k < s->count; k++) {
        struct digits d;
        read_value(&d, value_of(v, s->number[k]));
        words[n++] = (ended(&d, d.upto[d.len], d.len) & ~(uint64_t)UINT32_MAX) | k;
        for (int i = 0; i < d.len; i++) {
            uint64_t before = d.upto[i];
            words[n++] = (ended(&d, before, i + 1) & ~(uint64_t)UINT32_MAX) | k;
            for (int j = i + 1; slips > 1 && j < d.len; j++) {
                words[n++] = (ended(&d, before, j + 1) & ~(uint64_t)UINT32_MAX) | k;
                before = before * digit + d.letter[j];
            }
        }
    }
    return n;
}

/* Leaves out keys that are surely there once, which pair with nobody, before they are sorted; returns how many are left. 2^15 words lie at bits. */
static size_t leave_single(uint64_t *words, size_t n, uint64_t *bits)
{
    enum { BITS = 20, SIZE = 1 << (BITS - 6) };
    uint64_t *once = bits, *twice = bits + SIZE;
    size_t left = 0;
    memset(bits, 0, 2 * SIZE * sizeof *bits);
    for (size_t i = 0; i < n; i++) {
        uint64_t k = words[i] >> (64 - BITS), bit = (uint64_t)1 << (k & 63);
        twice[k >> 6] |= once[k >> 6] & bit;
        once[k >> 6] |= bit;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t word = words[i], k = word >> (64 - BITS);
        words[left] = word;
        left += twice[k >> 6] >> (k & 63) & 1;
    }
    return left;
}

static size_t near_pairs(const struct values *v, const struct sample *s, int slips, const uint64_t *words, size_t n, uint64_t *out, size_t most)
{
    size_t found = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && words[end] >> 32 == words[i] >> 32;)
            end++;
        for (size_t x = i; x < end; x++)
            for (size_t y = x + 1; y < end && found < most; y++) {
                uint32_t a = (uint32_t)words[x], b = (uint32_t)words[y];
                if (a != b && edit_distance(value_of(v, s->number[a]), value_of(v, s->number[b]), slips) == slips)
                    out[found++] = a < b ? (uint64_t)a << 48 | (uint64_t)b << 32 : (uint64_t)b << 48 | (uint64_t)a << 32;
            }
    }
    return found;
}

/* The share of pairs of records whose values are exactly that many slips apart. */
static double near_values(const struct values *v, int slips, struct sample *s, uint64_t *words, size_t room)
{
    take_sample(v, slips > 1 ? SAMPLE_TWO : SAMPLE_ONE, s);
    size_t n = leave_single(words, leave_out(v, s, slips, words), words + room / 2);
    uint64_t *sorted = sort_words(words, words + room / 2, n), *found = sorted == words ? words + room / 2 : words;
    n = near_pairs(v, s, slips, sorted, n, found, room / 2);
    found = sort_words(found, sorted, n);
    double pairs = 0.5; /* one that was not seen is not impossible */
    for (size_t i = 0; i < n; i++)
        if (!i || found[i] != found[i - 1])
            pairs += 2.0 * value_of(v, s->number[found[i] >> 48])->seen * value_of(v, s->number[found[i] >> 32 & 0xffff])->seen;
    return pairs / (s->seen * (s->seen - 1) + 1);
}

/* ---- a comparison ---- */

/* A word a sampled record: what it has in these fields of the comparison, and who it is. */
static size_t words_of_address(const struct table *t, const struct comparison *c, uint32_t wanted, uint64_t *words, size_t *records)
{
    uint32_t step = t->count / RECORDS_SAMPLED + 1;
    size_t n = 0;
    *records = 0;
    for (uint32_t r = 0; r < t->count; r += step, ++*records) {
        const uint32_t *row = table_row(t, r);
        uint64_t h = 1;
        bool there = true;
        for (int i = 0; i < c->field_count; i++)
            if (wanted >> i & 1) {
                there &= row[c->fields[i]] != 0;
                h = hash_pair(h, row[c->fields[i]]);
            }
        if (there)
            words[n++] = (h & ~(uint64_t)INT32_MAX) | (*records & INT32_MAX);
    }
    return n;
}

/* How many pairs of a lot reach a level of an address. Their rows were fetched. */
static uint32_t reach_level(const struct table *t, const struct patterns *s, int comparison, int level, struct pair *lot, int n)
{
    uint32_t patterns[LOT] = { 0 }, reached = 0;
    for (int i = 0; i < n; i++)
        pair_rows(&lot[i], table_row(t, lot[i].a), table_row(t, lot[i].b), t->stride);
    compare_addresses(t, s, comparison, lot, n, patterns);
    for (int i = 0; i < n; i++)
        reached += patterns[i] == (uint32_t)level * s->step[comparison];
    return reached;
}

/* The share of all pairs of sampled records that reach exactly this level of an address: few enough to look at each. */
static double rare_address(const struct table *t, const struct patterns *s, int comparison, int level, uint64_t *words)
{
    const struct comparison *c = &t->plan.comparisons[comparison];
    uint32_t step = t->count / RECORDS_SAMPLED + 1;
    size_t records, n = words_of_address(t, c, address_levels[c->field_count][level], words, &records);
    struct pair lot[LOT];
    int in_lot = 0;
    double pairs = 0.5;
    words = sort_words(words, words + RECORDS_SAMPLED, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && words[end] >> 31 == words[i] >> 31;)
            end++;
        for (size_t x = i; x < end; x++)
            for (size_t y = x + 1; y < end; y++) {
                struct pair *p = &lot[in_lot++];
                *p = (struct pair){ (uint32_t)(words[x] & INT32_MAX) * step, (uint32_t)(words[y] & INT32_MAX) * step, 0, 0 };
                __builtin_prefetch(table_row(t, p->a));
                __builtin_prefetch(table_row(t, p->b));
                if (in_lot < LOT)
                    continue;
                pairs += reach_level(t, s, comparison, level, lot, in_lot);
                in_lot = 0;
            }
    }
    pairs += reach_level(t, s, comparison, level, lot, in_lot);
    return 2 * pairs / ((double)records * ((double)records - 1) + 1);
}

bool chance_measure(const struct table *t, const struct patterns *p, double agree[COMPARISONS_MOST][LEVELS_MOST + 1])
{
    static struct sample s;
    struct space work;
    size_t room = (size_t)SAMPLE_ONE * (LETTERS_MOST + 2) * 2;
    if (SAMPLE_TWO * LETTERS_MOST * LETTERS_MOST > SAMPLE_ONE * (LETTERS_MOST + 2))
        room = (size_t)SAMPLE_TWO * LETTERS_MOST * LETTERS_MOST * 2;
    if (!space_take(&work, room * sizeof(uint64_t)))
        return false;
    uint64_t *words = (uint64_t *)(void *)work.at;
    uint32_t all[COMPARISONS_MOST][LEVELS_MOST + 1] = { 0 };
    draw(t, p, all);
    for (int k = 0; k < t->plan.comparison_count; k++) {
        const struct comparison *c = &t->plan.comparisons[k];
        const uint32_t *counts = all[k];
        double there = DRAWS - counts[c->levels] + 1e-9, rest = 1;
        for (int l = 0; l < c->levels; l++)
            agree[k][l] = ((double)counts[l] + 0.1) / there;
        for (int l = 0; c->kind == KIND_ADDRESS && l < c->levels - 1; l++)
            if (counts[l] < RARE && !(address_levels[c->field_count][l] & ADDRESS_NEAR)) /* what is near has no key to group by */
                agree[k][l] = rare_address(t, p, k, l, words) * DRAWS / there;
        if (c->kind != KIND_ADDRESS)
            agree[k][0] = equal_values(&t->values[c->fields[0]]);
        bool slips = c->kind != KIND_ADDRESS && c->kind != KIND_URL && !likeness_kind(c->kind);
        for (int l = 1; slips && l < c->levels - 1; l++)
            if (counts[l] < RARE)
                agree[k][l] = near_values(&t->values[c->fields[0]], c->thresholds[c->levels - 2 - l], &s, words, room);
        for (int l = 0; l < c->levels - 1; l++) {
            if (agree[k][l] < 1e-12)
                agree[k][l] = 1e-12;
            rest -= agree[k][l];
        }
        agree[k][c->levels - 1] = rest > 1e-6 ? rest : 1e-6;
    }
    space_give(&work);
    return true;
}
