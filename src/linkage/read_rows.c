#include "linkage/read_rows.h"
#include "linkage/han.h"
#include "linkage/readings.h"
#include "linkage/roman.h"
#include <stdlib.h>

/* ---- rows ---- */

/* That a record's name of a field has a reading: the number of that value; or, of kind READINGS, that it stands in Chinese characters. */
struct noted {
    uint32_t record, value;
    uint8_t kind, field;
};

/* In Chinese characters, whether they have a reading or not. */
static bool is_read(const struct table *t, uint32_t record)
{
    return t->read.count && ((const uint64_t *)(void *)t->read.has.at)[record / 64] >> record % 64 & 1;
}

static uint32_t *records_of(const struct table *t)
{
    return (uint32_t *)(void *)t->read.of.at;
}

/* The first of a record's further rows, counted from 0. */
static uint32_t first_of_record(const struct table *t, uint32_t record)
{
    uint32_t from = 0, to = t->read.count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (records_of(t)[middle] < record)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* Given name and surname in one: no other field is its other part. */
static bool is_whole(const struct plan *p, int field)
{
    for (int k = 0; k < p->comparison_count; k++)
        if (p->comparisons[k].fields[0] == field && p->comparisons[k].with)
            return false;
    return true;
}

static bool any_han(str text)
{
    uint32_t point;
    for (ptrdiff_t n; (n = next_letter(text, &point)) > 0; text = str_part(text, n, text.len))
        if (is_han(point))
            return true;
    return false;
}

static void note(struct read_rows *r, uint32_t record, uint32_t value, int kind, int field)
{
    if (r->noted_count < UINT32_MAX)
        ((struct noted *)(void *)r->noted.at)[r->noted_count++] = (struct noted){ record, value, (uint8_t)kind, (uint8_t)field };
}

void read_rows_note(struct table *t, int field, uint32_t record, str text)
{
    struct reading said[READINGS];
    struct read_rows *r = &t->read;
    struct values *v = &t->values[field];
    if (r->short_of_memory || !any_han(text))
        return;
    (void)readings_of(text, is_whole(&t->plan, field), said);
    if ((!r->noted.at && !space_take(&r->noted, (size_t)UINT32_MAX * sizeof(struct noted))) || !values_room(v, READINGS + READ_BATCH)) {
        r->short_of_memory = true;
        return;
    }
    for (int k = 0; k < READINGS; k++)
        if (said[k].len)
            note(r, record, values_put_unseen(v, said[k].text, said[k].len, hash_text(said[k].text, said[k].len)), k, field);
    note(r, record, 0, READINGS, field);
}

static int noted_order(const void *left, const void *right)
{
    const struct noted *a = left, *b = right;
    if (a->record != b->record)
        return a->record < b->record ? -1 : 1;
    return a->field != b->field ? a->field - b->field : a->kind - b->kind;
}

/* What stands in for a kind of reading that a name has not: the kind before it, of the same land. */
static uint32_t nearest(const uint32_t of[READINGS], int kind)
{
    int first = kind < READ_KOREAN ? READ_JAPANESE : READ_KOREAN;
    while (kind > first && !of[kind])
        kind--;
    return of[kind];
}

/* A row for each kind that one of the record's names has, but none twice. Returns how many. */
static uint32_t rows_of_record(struct table *t, const struct noted *at, size_t n)
{
    uint32_t values[FIELDS_MOST][READINGS] = { { 0 } }, kinds = 0, made = 0, record = at->record, first = t->count + t->read.count;
    size_t stride = (size_t)t->stride, bytes = stride * sizeof(uint32_t);
    uint32_t *rows = (uint32_t *)(void *)t->rows.at, *to = rows + (size_t)first * stride;
    for (size_t i = 0; i < n; i++)
        if (at[i].kind < READINGS) {
            values[at[i].field][at[i].kind] = at[i].value;
            kinds |= 1u << at[i].kind;
        }
    for (int kind = 0; kind < READINGS; kind++) {
        bool known = !(kinds >> kind & 1);
        memcpy(to, rows + (size_t)record * stride, bytes);
        for (int f = 0; f < t->plan.field_count; f++) {
            uint32_t value = nearest(values[f], kind);
            to[f] = value ? value : to[f];
        }
        known = known || !memcmp(to, rows + (size_t)record * stride, bytes);
        for (uint32_t i = 0; i < made && !known; i++)
            known = !memcmp(to, rows + (size_t)(first + i) * stride, bytes);
        if (known)
            continue;
        for (int f = 0; f < t->plan.field_count; f++)
            if (t->written[f].at)
                ((uint32_t *)(void *)t->written[f].at)[first + made] = ((uint32_t *)(void *)t->written[f].at)[record];
        records_of(t)[t->read.count + made++] = record;
        to += stride;
    }
    memset(to, 0, bytes);
    return made;
}

bool read_rows_make(struct table *t)
{
    struct read_rows *r = &t->read;
    struct noted *at = (struct noted *)(void *)r->noted.at;
    if (r->short_of_memory)
        return false;
    if (!r->noted_count)
        return true;
    if (!space_take(&r->of, (size_t)t->count * READINGS * sizeof(uint32_t)) || !space_take(&r->has, ((size_t)t->count / 64 + 1) * sizeof(uint64_t)))
        return false;
    qsort(at, r->noted_count, sizeof *at, noted_order);
    for (size_t i = 0, end; i < r->noted_count; i = end) {
        for (end = i + 1; end < r->noted_count && at[end].record == at[i].record;)
            end++;
        if ((uint64_t)t->count + r->count + READINGS >= TABLE_ROWS_MOST)
            return false;
        r->count += rows_of_record(t, at + i, end - i);
        ((uint64_t *)(void *)r->has.at)[at[i].record / 64] |= (uint64_t)1 << at[i].record % 64;
    }
    space_give(&r->noted);
    return true;
}

void read_rows_close(struct table *t)
{
    space_give(&t->read.noted);
    space_give(&t->read.of);
    space_give(&t->read.has);
}

/* ---- pairs ---- */

struct keyed {
    uint64_t key;
    uint32_t row, group; /* group: where the rows of that key begin */
};
struct dropped {
    uint64_t key;
    int rule;
};

struct readers {
    const struct table *t;
    const struct pairs_wish *wish;
    struct rule_yield *yields;
    block_left_out *left_out;   /* by the rows of the records, in walk */
    const struct walk *walk;
    int rule, part, n;
    struct keyed *keyed;        /* further rows by their keys of the rule, in order */
    uint32_t keyed_count;
    uint64_t *words, *spare;    /* records that have such a key: group << 31 | record */
    struct dropped *dropped;    /* keys of blocks that were too large, by rule and key */
    size_t dropped_count;
    struct pair lot[LOT];
};

/*
 * Of a rule; 0: a part is missing. Keys that meet by chance are too few to be told. Readings are many and short: in any order their sounds would be those of
 * some other name too often, so they count in their places.
 */
static uint64_t key_of(const struct table *t, int rule, const uint32_t *row, bool any_order)
{
    const struct rule *r = &t->plan.rules[rule];
    uint64_t key = 1;
    uint32_t sound = 0;
    for (int i = 0; i < r->count; i++) {
        const struct rule_part *p = &r->parts[i];
        uint32_t number = row[p->field];
        if (!number)
            return 0;
        if (p->sound) {
            uint32_t heard = heard_of(&t->heard[p->field], number)->sound;
            sound = any_order ? sound + heard : (uint32_t)hash_pair(sound, heard);
            continue;
        }
        str text = value_text(&t->values[p->field], number);
        key = hash_pair(key, p->first ? hash_bytes(text.at, text.len < p->first ? text.len : p->first) : number);
    }
    return hash_pair(key, sound) | 1;
}

static bool has_name(const struct plan *p, int rule)
{
    for (int i = 0; i < p->rules[rule].count; i++)
        if (p->fields[p->rules[rule].parts[i].field].kind == KIND_NAME)
            return true;
    return false;
}

static int keyed_order(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* A further row has no key that the record has by another row already. */
static void key_rows(struct readers *w)
{
    const struct table *t = w->t;
    w->keyed_count = 0;
    for (uint32_t i = 0; i < t->read.count; i++) {
        uint32_t record = records_of(t)[i];
        uint64_t key = key_of(t, w->rule, table_row(t, t->count + i), false);
        bool known = !key || key == key_of(t, w->rule, table_row(t, record), false);
        for (uint32_t k = i; k > 0 && records_of(t)[k - 1] == record && !known; k--)
            known = key == key_of(t, w->rule, table_row(t, t->count + k - 1), false);
        if (!known)
            w->keyed[w->keyed_count++] = (struct keyed){ key, t->count + i, 0 };
    }
    qsort(w->keyed, w->keyed_count, sizeof *w->keyed, keyed_order);
    for (uint32_t i = 0; i < w->keyed_count; i++)
        w->keyed[i].group = i && w->keyed[i].key == w->keyed[i - 1].key ? w->keyed[i - 1].group : i;
}

/* Where the rows of that key begin; keyed_count: there is none. */
static uint32_t group_of(const struct readers *w, uint64_t key)
{
    uint32_t from = 0, to = w->keyed_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (w->keyed[middle].key < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from < w->keyed_count && w->keyed[from].key == key ? from : w->keyed_count;
}

static int dropped_order(const void *left, const void *right)
{
    const struct dropped *a = left, *b = right;
    if (a->rule != b->rule)
        return a->rule - b->rule;
    return (a->key > b->key) - (a->key < b->key);
}

/* They lie in that order: rules are walked one after the other, and groups of a rule by their keys. */
static bool was_dropped(const struct readers *w, int rule, uint64_t key)
{
    const struct dropped one = { key, rule };
    return bsearch(&one, w->dropped, w->dropped_count, sizeof one, dropped_order) != NULL;
}

/* Is it by that row and rule that the pair comes first? */
static bool comes_first(const struct readers *w, uint32_t row, uint32_t record)
{
    const struct table *t = w->t;
    uint32_t one = records_of(t)[row - t->count], first = first_of_record(t, one);
    for (int i = 0; i < t->plan.rule_count; i++) {
        uint64_t key = key_of(t, i, table_row(t, record), false);
        if (!key)
            continue;
        if (key_of(t, i, table_row(t, record), true) == key_of(t, i, table_row(t, one), true) && !w->left_out(w->walk, i, table_row(t, record)))
            return false; /* the records themselves are a pair */
        for (uint32_t k = first; i <= w->rule && k < t->read.count && records_of(t)[k] == one && (i < w->rule || t->count + k < row); k++)
            if (key == key_of(t, i, table_row(t, t->count + k), false) && !was_dropped(w, i, key))
                return false;
    }
    return true;
}

static void hand_on(struct readers *w)
{
    if (w->n)
        w->wish->take(w->wish->context, 0, w->part, w->lot, w->n);
    w->yields[w->rule].pairs += (uint64_t)w->n;
    w->part = (w->part + 1) % PARTS_OF_WORK;
    w->n = 0;
}

static void look(struct readers *w, uint32_t row, uint32_t record)
{
    const struct table *t = w->t;
    uint32_t one = records_of(t)[row - t->count];
    if ((t->split && (one < t->split) == (record < t->split)) || !comes_first(w, row, record))
        return;
    struct pair *p = &w->lot[w->n];
    p->a = one < record ? one : record;
    p->b = one < record ? record : one;
    pair_rows(p, table_row(t, p->a), table_row(t, p->b), t->stride);
    if (++w->n == LOT)
        hand_on(w);
}

/* The rows of a key, and the records that have it. */
static void walk_group(struct readers *w, uint32_t group, const uint64_t *words, size_t n)
{
    struct rule_yield *y = &w->yields[w->rule];
    uint32_t rows = 0;
    while (group + rows < w->keyed_count && w->keyed[group + rows].group == group)
        rows++;
    if (rows + n > w->wish->block_most) {
        w->dropped[w->dropped_count++] = (struct dropped){ w->keyed[group].key, w->rule };
        y->dropped_blocks++;
        y->dropped_pairs += rows * (uint64_t)n;
        return;
    }
    y->blocks++;
    y->largest = rows + n > y->largest ? (uint32_t)(rows + n) : y->largest;
    for (uint32_t i = 0; i < rows; i++)
        for (size_t k = 0; k < n; k++)
            look(w, w->keyed[group + i].row, (uint32_t)(words[k] & INT32_MAX));
}

static void walk_rule(struct readers *w)
{
    const struct table *t = w->t;
    size_t n = 0;
    key_rows(w);
    for (uint32_t record = 0; record < t->count && w->keyed_count; record++) {
        uint64_t key = is_read(t, record) ? 0 : key_of(t, w->rule, table_row(t, record), false);
        uint32_t group = key ? group_of(w, key) : w->keyed_count;
        if (group < w->keyed_count)
            w->words[n++] = (uint64_t)group << 31 | record;
    }
    const uint64_t *words = sort_words(w->words, w->spare, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && words[end] >> 31 == words[i] >> 31;)
            end++;
        walk_group(w, (uint32_t)(words[i] >> 31), words + i, end - i);
    }
    hand_on(w);
}

bool read_rows_walk(const struct table *t, const struct pairs_wish *wish, struct rule_yield *yields, block_left_out *left_out, const struct walk *walk)
{
    if (!t->read.count)
        return true;
    struct readers w = { .t = t, .wish = wish, .yields = yields, .left_out = left_out, .walk = walk };
    struct space keyed = { 0 }, words = { 0 }, dropped = { 0 };
    size_t n = (size_t)t->count + 1, most = ((size_t)t->read.count + n) / ((size_t)wish->block_most + 1) + 1;
    bool fine = space_take(&keyed, ((size_t)t->read.count + 1) * sizeof *w.keyed) && space_take(&words, 2 * n * sizeof *w.words)
                && space_take(&dropped, most * (size_t)t->plan.rule_count * sizeof *w.dropped);
    if (fine) {
        w.keyed = (struct keyed *)(void *)keyed.at;
        w.words = (uint64_t *)(void *)words.at;
        w.spare = w.words + n;
        w.dropped = (struct dropped *)(void *)dropped.at;
        for (w.rule = 0; w.rule < t->plan.rule_count; w.rule++)
            if (has_name(&t->plan, w.rule))
                walk_rule(&w);
    }
    space_give(&keyed);
    space_give(&words);
    space_give(&dropped);
    return fine;
}

/* ---- levels ---- */

/* The levels of names, each by the value of a further row that was compared last: rows of a record share most values. */
struct last_names {
    uint32_t value[COMPARISONS_MOST];
    int level[COMPARISONS_MOST];
};

static int sum_of(const struct table *t, const struct patterns *s, uint32_t pattern)
{
    int sum = 0;
    for (int k = 0; k < t->plan.comparison_count; k++)
        sum += pattern_level(s, &t->plan, pattern, k);
    return sum;
}

/* Whether a reading could be nearer. */
static bool could_be_nearer(const struct table *t, const struct patterns *s, uint32_t pattern)
{
    for (int k = 0; k < t->plan.comparison_count; k++) {
        const struct comparison *c = &t->plan.comparisons[k];
        if (c->kind == KIND_NAME && pattern_level(s, &t->plan, pattern, k) > name_step(c, STEP_WORDS))
            return true;
    }
    return false;
}

/* By a further row in place of its record: names are compared anew, all else is the same; a reading is never the other part of a name. */
static uint32_t compare_by(const struct table *t, const struct patterns *s, uint32_t row, uint32_t record, uint32_t pattern, struct last_names *last)
{
    struct pair p = { row, record, 0, 0 };
    pair_rows(&p, table_row(t, row), table_row(t, record), t->stride);
    for (int k = 0; k < t->plan.comparison_count; k++) {
        struct comparison c = t->plan.comparisons[k];
        uint32_t value = table_row(t, row)[c.fields[0]];
        if (c.kind != KIND_NAME)
            continue;
        if (value != last->value[k]) {
            c.with = 0;
            last->value[k] = value;
            last->level[k] = compare_rows(t, &c, &p);
        }
        pattern += (uint32_t)(last->level[k] - pattern_level(s, &t->plan, pattern, k)) * s->step[k];
    }
    return pattern;
}

void read_rows_compare(const struct table *t, const struct patterns *s, const struct pair *lot, int n, uint32_t *patterns)
{
    for (int i = 0; i < n; i++) {
        bool a = is_read(t, lot[i].a), b = is_read(t, lot[i].b);
        if (a == b || !could_be_nearer(t, s, patterns[i]))
            continue;
        uint32_t one = a ? lot[i].a : lot[i].b, record = a ? lot[i].b : lot[i].a, own = patterns[i];
        struct last_names last = { { 0 }, { 0 } }; /* no value is 0 but a missing one */
        for (int k = 0; k < t->plan.comparison_count; k++)
            last.level[k] = t->plan.comparisons[k].levels;
        int least = sum_of(t, s, own);
        for (uint32_t k = first_of_record(t, one); k < t->read.count && records_of(t)[k] == one; k++) {
            uint32_t pattern = compare_by(t, s, t->count + k, record, own, &last);
            int sum = sum_of(t, s, pattern);
            if (sum < least) {
                least = sum;
                patterns[i] = pattern;
            }
        }
    }
}
