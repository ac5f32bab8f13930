#include "linkage/words.h"
#include "linkage/words_lists.h"
#include <stdlib.h>

/* What is reserved, and taken as it is filled. */
static const size_t numbers_most = (size_t)1 << 24, terms_most = (size_t)1 << 30;
enum { VARINT_MOST = 5, TIMES_MOST = 255 };

bool words_open(struct words *w, uint32_t groups)
{
    *w = (struct words){ .used = 1, .group_most = groups };
    if (values_open_within(&w->terms, terms_most) && space_take(&w->entries, numbers_most * sizeof(struct words_entry)) &&
        space_take(&w->groups, groups * sizeof(struct words_group)) && space_take(&w->pool, (size_t)LISTS_MOST * sizeof(uint32_t)) &&
        space_take(&w->said, (size_t)WORDS_SAID_MOST * sizeof(uint32_t)) && space_take(&w->scores, numbers_most * sizeof(struct words_hit)) &&
        space_take(&w->touched, numbers_most * sizeof(uint32_t))) {
        w->terms.alike = false;
        return true;
    }
    words_close(w);
    return false;
}

void words_close(struct words *w)
{
    values_close(&w->terms);
    struct space *const all[] = { &w->entries, &w->groups, &w->pool, &w->said, &w->scores, &w->touched };
    for (ptrdiff_t i = 0; i < countof(all); i++)
        space_give(all[i]);
    for (int i = 0; i < WORD_PARTS; i++)
        space_give(&w->part[i].at);
}

static struct words_entry *entry_of(const struct words *w, uint32_t number)
{
    return (struct words_entry *)(void *)w->entries.at + number;
}

static struct words_group *group_of(const struct words *w, uint32_t group)
{
    return (struct words_group *)(void *)w->groups.at + group;
}

/* ---- what a document says ---- */

static uint32_t *said_of(const struct words *w)
{
    return (uint32_t *)(void *)w->said.at;
}

static void forget_said(struct words *w)
{
    memset(w->said.at, 0, w->said_count * sizeof(uint32_t));
    w->said_count = 0;
}

void words_unsay(struct words *w)
{
    for (uint32_t i = 0; i < w->said_count; i++)
        values_drop(&w->terms, said_of(w)[i]);
    forget_said(w);
}

bool words_say(struct words *w, str term)
{
    if (!term.len || term.len > VALUE_MOST || w->said_count == WORDS_SAID_MOST)
        return true;
    if (!values_room(&w->terms, 1))
        return false;
    memcpy(w->term, term.at, (size_t)term.len);
    said_of(w)[w->said_count++] = values_put(&w->terms, w->term, term.len, hash_bytes(w->term, term.len));
    memset(w->term, 0, sizeof w->term);
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* ---- the terms of a document, as bytes: the distance from the one before, a bit whether it was said more than once, and how often ---- */

static int write_number(uint8_t *to, uint64_t n)
{
    int len = 0;
    for (; n > 127; n >>= 7)
        to[len++] = (uint8_t)(n | 128);
    to[len++] = (uint8_t)n;
    return len;
}

struct reader {
    const uint8_t *at, *end;
    uint32_t term, times; /* of the one just read */
};

static uint64_t read_number(struct reader *r)
{
    uint64_t n = 0;
    for (int shift = 0; r->at < r->end && shift < 7 * VARINT_MOST; shift += 7) {
        n |= (uint64_t)(*r->at & 127) << shift;
        if (!(*r->at++ & 128))
            break;
    }
    return n;
}

static bool read_term(struct reader *r)
{
    if (r->at >= r->end)
        return false;
    uint64_t step = read_number(r);
    r->term += (uint32_t)(step >> 1);
    r->times = step & 1 && r->at < r->end ? *r->at++ : 1;
    return true;
}

static struct reader terms_of(const struct words *w, const struct words_entry *e)
{
    const uint8_t *at = (const uint8_t *)(lists_at(w, e->at));
    return (struct reader){ at, at + e->bytes, 0, 0 };
}

static uint32_t units_of(uint32_t bytes)
{
    return (bytes + 3) / 4;
}

/* One of each, and how often; the numbers that are said twice are counted once from now on. Returns bytes. */
static uint32_t pack(struct words *w, uint8_t *to)
{
    uint32_t *said = said_of(w), bytes = 0, before = 0;
    qsort(said, w->said_count, sizeof *said, by_number);
    for (uint32_t i = 0, next; i < w->said_count; i = next) {
        for (next = i + 1; next < w->said_count && said[next] == said[i]; next++)
            values_drop(&w->terms, said[i]);
        uint32_t times = next - i > TIMES_MOST ? TIMES_MOST : next - i;
        bytes += (uint32_t)write_number(to + bytes, (uint64_t)(said[i] - before) << 1 | (times > 1));
        if (times > 1)
            to[bytes++] = (uint8_t)times;
        before = said[i];
    }
    return bytes;
}

static void unlist(struct words *w, uint32_t number, struct reader r)
{
    uint32_t group = entry_of(w, number)->group;
    while (read_term(&r))
        lists_drop(w, lists_key(value_text(&w->terms, r.term), group), number);
}

/* Under each of its terms. False: no memory, and it stands under none. */
static bool list(struct words *w, uint32_t number)
{
    const struct words_entry *e = entry_of(w, number);
    struct reader r = terms_of(w, e), done = r;
    for (const uint8_t *begin = r.at; read_term(&r); begin = r.at)
        if (!lists_put(w, lists_key(value_text(&w->terms, r.term), e->group), number, r.times)) {
            done.end = begin;
            unlist(w, number, done);
            return false;
        }
    w->documents++;
    group_of(w, e->group)->documents++;
    group_of(w, e->group)->length += e->length;
    w->last = number;
    return true;
}

static void drop_terms(struct words *w, uint32_t number)
{
    struct words_entry *e = entry_of(w, number);
    struct reader r = terms_of(w, e);
    while (read_term(&r))
        values_drop(&w->terms, r.term);
    lists_give(w, e->at, units_of(e->bytes));
    *e = (struct words_entry){ 0 };
}

bool words_put(struct words *w, uint32_t number, uint32_t group)
{
    static uint8_t packed[WORDS_SAID_MOST * (VARINT_MOST + 1)];
    must(number > w->last && number < numbers_most && group < w->group_most);
    if (!w->said_count)
        return true;
    struct words_entry *e = entry_of(w, number);
    *e = (struct words_entry){ .group = group, .length = w->said_count };
    uint32_t bytes = pack(w, packed);
    e->at = lists_take(w, units_of(bytes));
    e->bytes = e->at ? bytes : 0;
    if (e->at)
        memcpy(lists_at(w, e->at), packed, bytes);
    else
        for (struct reader r = { packed, packed + bytes, 0, 0 }; read_term(&r);)
            values_drop(&w->terms, r.term);
    memset(packed, 0, bytes);
    forget_said(w);
    if (!e->at || list(w, number))
        return e->at;
    drop_terms(w, number);
    return false;
}

void words_drop(struct words *w, uint32_t number)
{
    struct words_entry *e = entry_of(w, number);
    if (number > w->last || !e->bytes)
        return;
    unlist(w, number, terms_of(w, e));
    w->documents--;
    group_of(w, e->group)->documents--;
    group_of(w, e->group)->length -= e->length;
    drop_terms(w, number);
}

/* ---- as bytes ---- */

enum { WORDS_VERSION = 2 };
struct words_head {
    uint8_t name[4];
    uint32_t version, documents, last;
    struct values_told terms;
};
struct words_record {
    uint32_t number, group, length, bytes;
};

bool words_write(const struct words *w, bool (*put)(void *context, const void *bytes, size_t n), void *context)
{
    const struct values *v = &w->terms;
    struct words_head head = { { 'P', 'S', 'W', 'D' }, WORDS_VERSION, w->documents, w->last, { v->used, v->filled, v->count, 0 } };
    bool fine = put(context, &head, sizeof head) && put(context, v->pool.at, v->used);
    for (uint32_t i = 1; fine && i <= w->last; i++) {
        const struct words_entry *e = entry_of(w, i);
        struct words_record record = { i, e->group, e->length, e->bytes };
        if (e->bytes)
            fine = put(context, &record, sizeof record) && put(context, lists_at(w, e->at), e->bytes);
    }
    return fine;
}

/* Of a file that was sealed by us, and yet looked at: each term once, by rising number, all of them together as often as the document is long. */
static bool sound_document(const struct words *w, const struct words_entry *e, uint32_t number, struct values_tally *tally)
{
    struct reader r = terms_of(w, e);
    uint32_t length = 0;
    bool cut = false;
    for (uint32_t before = 0; read_term(&r); before = r.term) {
        if (r.term <= before || !r.times || !values_tally(tally, r.term, number))
            return false;
        length += r.times;
        cut = cut || r.times == TIMES_MOST;
    }
    return e->length == length || (cut && e->length > length);
}

static status read_document(struct words *w, struct values_tally *tally, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct words_record record;
    if (!get(context, &record, sizeof record) || record.number <= w->last || record.number >= numbers_most || record.group >= w->group_most ||
        !record.bytes || record.bytes > WORDS_SAID_MOST * (VARINT_MOST + 1) || record.length > WORDS_SAID_MOST)
        return INVALID;
    struct words_entry *e = entry_of(w, record.number);
    *e = (struct words_entry){ lists_take(w, units_of(record.bytes)), record.bytes, record.group, record.length };
    if (!e->at)
        return FAULT;
    if (!get(context, lists_at(w, e->at), record.bytes) || !sound_document(w, e, record.number, tally))
        return INVALID;
    return list(w, record.number) ? OK : FAULT;
}

status words_read(struct words *w, bool (*get)(void *context, void *bytes, size_t n), void *context)
{
    struct words_head head;
    struct values_tally tally = { .left = 0 };
    if (!get(context, &head, sizeof head) || memcmp(head.name, "PSWD", 4) != 0 || head.version != WORDS_VERSION || head.last >= numbers_most || head.documents > head.last)
        return INVALID;
    status s = values_read(&w->terms, &head.terms, get, context);
    if (s == OK && !values_tally_begin(&tally, &w->terms))
        s = FAULT;
    for (uint32_t i = 0; s == OK && i < head.documents; i++)
        s = read_document(w, &tally, get, context);
    if (s == OK && (w->last > head.last || tally.left))
        s = INVALID;
    values_tally_end(&tally);
    w->last = head.last;
    return s;
}

size_t words_bytes(const struct words *w)
{
    size_t bytes = w->terms.used + (sizeof(uint64_t) << w->terms.bits) + (size_t)w->used * sizeof(uint32_t) +
                   (size_t)(w->last + 1) * (sizeof(struct words_entry) + sizeof(struct words_hit) + sizeof(uint32_t));
    for (int i = 0; i < WORD_PARTS; i++)
        bytes += w->part[i].at.size;
    return bytes;
}
