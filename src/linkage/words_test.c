/* Which documents say which words: against a plain reckoning, by groups, dropped, in bytes and back, and without memory. All words are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "in_memory.h"
#include "linkage/terms.h"
#include "linkage/words_lists.h"
#include <stdlib.h>

enum { GROUPS = 4, DOCUMENTS = 400, VOCABULARY = 60, SAID = 40 };

/* A term is one of a few; the low ones are frequent. */
static str term_of(uint32_t n)
{
    static char text[VOCABULARY][8];
    snprintf(text[n], sizeof text[n], "wx%u", n);
    return str_of(text[n]);
}

static struct {
    struct words w;
    struct document {
        uint32_t group, said[SAID], len; /* len 0: it is not there */
    } at[DOCUMENTS + 1];
    uint32_t count;
    struct chance chance;
} h;

static int open_words(void **state)
{
    (void)state;
    memset(&h, 0, sizeof h);
    h.chance = chance_seeded(71);
    return words_open(&h.w, GROUPS) ? 0 : -1;
}

static int close_words(void **state)
{
    (void)state;
    words_close(&h.w);
    return 0;
}

static void put_into(struct words *w, const struct document *d, uint32_t number)
{
    for (uint32_t k = 0; k < d->len; k++)
        assert_true(words_say(w, term_of(d->said[k])));
    assert_true(words_put(w, number, d->group));
}

static uint32_t put_one(void)
{
    struct document *d = &h.at[++h.count];
    d->group = below(&h.chance, GROUPS);
    d->len = 1 + below(&h.chance, SAID);
    for (uint32_t k = 0; k < d->len; k++)
        d->said[k] = below(&h.chance, 1 + below(&h.chance, VOCABULARY));
    put_into(&h.w, d, h.count);
    return h.count;
}

static void drop_one(uint32_t number)
{
    words_drop(&h.w, number);
    h.at[number].len = 0;
}

/* ---- the plain reckoning ---- */

static bool higher(const void *context, uint32_t a, uint32_t b)
{
    (void)context;
    return a > b;
}

struct asked {
    struct words_item items[WORDS_ITEMS_MOST];
    int len;
    uint32_t groups[GROUPS], group_count;
};

static struct words_question question(const struct asked *a, uint32_t skip)
{
    return (struct words_question){ .items = a->items, .item_count = a->len, .groups = a->groups, .group_count = a->group_count, .before = higher, .skip = skip };
}

static bool may(const struct asked *a, uint32_t group)
{
    for (uint32_t i = 0; i < a->group_count; i++)
        if (a->groups[i] == group)
            return true;
    return false;
}

static uint32_t times(const struct document *d, str term)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < d->len; k++)
        n += str_equal(term_of(d->said[k]), term);
    return n;
}

static struct words_hit reckoned[DOCUMENTS + 1];

/* As the formula has it, with a logarithm of the library: what the index says may be a little off. */
static double weight_of(const struct asked *a, uint32_t number, uint32_t *items)
{
    double documents = 0, length = 0, sum = 0;
    const struct document *d = &h.at[number];
    for (uint32_t i = 1; i <= h.count; i++)
        if (h.at[i].len && may(a, h.at[i].group))
            documents++, length += h.at[i].len;
    *items = 0;
    for (int i = 0; i < a->len; i++)
        for (int k = 0; k < a->items[i].way_count; k++) {
            str term = a->items[i].ways[k].term;
            double with = 0, tf = times(d, term);
            if (tf == 0 || *items >> i & 1)
                continue;
            for (uint32_t n = 1; n <= h.count; n++)
                with += may(a, h.at[n].group) && times(&h.at[n], term) > 0;
            double ratio = (2 * documents + 2) / (2 * with + 1), log_2 = 0;
            for (; ratio >= 2; ratio /= 2)
                log_2++;
            for (double bit = 0.5; bit > 1e-6; bit /= 2) {
                ratio *= ratio;
                if (ratio >= 2)
                    ratio /= 2, log_2 += bit;
            }
            sum += log_2 * a->items[i].ways[k].weight / WORDS_FULL * tf * 2.25 / (tf + 1.25 * (0.25 + 0.75 * d->len * documents / length));
            *items |= 1u << i;
        }
    return sum;
}

static int by_rank(const void *left, const void *right)
{
    const struct words_hit *a = left, *b = right;
    int more = __builtin_popcount(b->items) - __builtin_popcount(a->items);
    if (more)
        return more;
    return a->score != b->score ? (a->score < b->score) - (a->score > b->score) : (a->number < b->number) - (a->number > b->number);
}

/* All pages of one question: each document once, with its items and about its weight, in the order of what is told. */
static void compare(const struct asked *a)
{
    uint32_t met[DOCUMENTS + 1] = { 0 }, n = 0, whole = 0, expected = 0;
    struct words_answer out = { .len = WORDS_PAGE };
    for (uint32_t skip = 0; out.len == WORDS_PAGE; skip += WORDS_PAGE) {
        struct words_question q = question(a, skip);
        words_seek(&h.w, &q, &out);
        for (int i = 0; i < out.len; i++) {
            uint32_t items;
            double weight = weight_of(a, out.at[i].number, &items);
            assert_true(may(a, h.at[out.at[i].number].group) && !met[out.at[i].number]++);
            assert_int_equal(items, out.at[i].items);
            assert_true(out.at[i].score / 256.0 > weight * 0.99 - 0.2 && out.at[i].score / 256.0 < weight * 1.01 + 0.2);
            whole += __builtin_popcount(items) == a->len;
            reckoned[n++] = out.at[i];
        }
    }
    for (uint32_t i = 1; i < n; i++)
        assert_true(by_rank(&reckoned[i - 1], &reckoned[i]) < 0);
    for (uint32_t i = 1; i <= h.count; i++) {
        uint32_t items = 0;
        if (h.at[i].len && may(a, h.at[i].group))
            (void)weight_of(a, i, &items);
        expected += items != 0;
    }
    assert_int_equal(n, expected);
    assert_int_equal(out.total, expected);
    assert_int_equal(out.whole, whole);
}

static struct asked some_question(void)
{
    struct asked a = { .len = 1 + (int)below(&h.chance, 5) };
    for (int i = 0; i < a.len; i++) {
        a.items[i].way_count = 1 + (int)below(&h.chance, 2);
        for (int k = 0; k < a.items[i].way_count; k++)
            a.items[i].ways[k] = (struct words_way){ term_of(below(&h.chance, VOCABULARY)), k ? WORDS_FULL / 2 : WORDS_FULL };
    }
    for (uint32_t g = 0; g < GROUPS; g++)
        if (below(&h.chance, 2))
            a.groups[a.group_count++] = g;
    return a;
}

static void what_is_found_is_what_a_plain_reckoning_finds(void **state)
{
    (void)state;
    for (int round = 0; round < 300 && h.count < DOCUMENTS; round++) {
        put_one();
        if (below(&h.chance, 3) == 0)
            drop_one(1 + below(&h.chance, h.count));
        if (round % 5)
            continue;
        struct asked a = some_question();
        compare(&a);
    }
    struct asked a = some_question();
    a.len = 0;
    compare(&a); /* no word finds nothing */
}

/* Of groups that the asker is not in: put, dropped, many of them; the answer is the same to the byte. */
static void what_may_not_be_seen_changes_no_byte(void **state)
{
    (void)state;
    struct words_answer before, after;
    for (int i = 0; i < 100; i++)
        put_one();
    for (int round = 0; round < 100 && h.count < DOCUMENTS; round++) {
        struct asked a = some_question();
        if (a.group_count == GROUPS)
            a.group_count--;
        struct words_question q = question(&a, 0);
        memset(&before, 0, sizeof before);
        memset(&after, 0, sizeof after);
        words_seek(&h.w, &q, &before);
        uint32_t number = put_one();
        bool hidden = !may(&a, h.at[number].group);
        if (below(&h.chance, 2))
            drop_one(number);
        words_seek(&h.w, &q, &after);
        if (hidden)
            assert_memory_equal(&before, &after, sizeof before);
        q.groups = (const uint32_t[]){ h.at[number].group }; /* the control: who may see it counts it */
        q.group_count = 1;
        uint32_t there = h.at[number].len ? times(&h.at[number], a.items[0].ways[0].term) > 0 : 0;
        words_seek(&h.w, &q, &before);
        if (h.at[number].len)
            drop_one(number);
        words_seek(&h.w, &q, &after);
        assert_true(before.total >= after.total + (there ? 1 : 0));
    }
}

static bool lies_in(const struct space *s, size_t used, const void *bytes, size_t n)
{
    return memmem(s->at, used, bytes, n) != NULL;
}

/* Words and number, wherever the index keeps anything. */
static bool is_left(const struct words *w, const char *word, uint32_t number)
{
    size_t n = strlen(word);
    bool left = lies_in(&w->terms.pool, w->terms.used, word, n) || lies_in(&w->pool, (size_t)w->used * 4, word, n) || memmem(w->term, sizeof w->term, word, n);
    const uint32_t *pool = (const uint32_t *)(void *)w->pool.at;
    for (uint32_t i = 1; i < w->used; i++)
        left = left || pool[i] >> TIMES_BITS == number;
    for (int p = 0; p < WORD_PARTS; p++) /* slots of sixteen bytes: the third word is a list of one, or where it is */
        for (size_t i = 0; i < w->part[p].at.size / 16; i++)
            left = left || (((const uint32_t *)(void *)w->part[p].at.at)[4 * i + 3] == 1 && ((const uint32_t *)(void *)w->part[p].at.at)[4 * i + 2] >> TIMES_BITS == number);
    const struct words_entry *e = (const struct words_entry *)(void *)w->entries.at + number;
    return left || e->bytes || e->length || e->at;
}

static void nothing_is_left_of_what_is_dropped(void **state)
{
    (void)state;
    enum { NUMBER = 0x5a5a5 };
    for (int i = 0; i < 50; i++)
        put_one();
    assert_true(words_say(&h.w, lit("wcanarycanary")) && words_say(&h.w, term_of(0)) && words_say(&h.w, term_of(0)) && words_put(&h.w, NUMBER, 1));
    assert_true(is_left(&h.w, "canarycanary", NUMBER)); /* the control */
    struct words_question q = { .items = (struct words_item[]){ { { { lit("wcanarycanary"), WORDS_FULL } }, 1 } }, .item_count = 1, .groups = (uint32_t[]){ 1 }, .group_count = 1, .before = higher };
    struct words_answer out;
    words_seek(&h.w, &q, &out);
    assert_int_equal(out.total, 1);
    words_drop(&h.w, NUMBER);
    assert_false(is_left(&h.w, "canarycanary", NUMBER));
    words_seek(&h.w, &q, &out);
    assert_int_equal(out.total, 0);
    words_drop(&h.w, NUMBER); /* twice does no harm */
    assert_true(words_say(&h.w, lit("wcanarycanary")));
    words_unsay(&h.w); /* said, and never put */
    assert_false(is_left(&h.w, "canarycanary", NUMBER));
    while (h.count)
        words_drop(&h.w, h.count--);
    assert_int_equal(h.w.documents, 0);
    assert_int_equal(h.w.terms.count, 0);
    for (int p = 0; p < WORD_PARTS; p++)
        assert_int_equal(h.w.part[p].filled, 0);
}

static void it_comes_back_from_its_bytes(void **state)
{
    (void)state;
    enum { ROOM = 1 << 20 };
    static char room[ROOM];
    struct words back;
    for (int i = 0; i < 200; i++)
        put_one();
    for (int i = 0; i < 50; i++)
        drop_one(1 + below(&h.chance, h.count));
    struct bytes b = { room, 0, ROOM };
    assert_true(words_write(&h.w, take_bytes, &b));
    size_t all = b.len;
    for (size_t cut = 0; cut < all; cut += cut < 200 ? 1 : 97) { /* torn at whatever place */
        b = (struct bytes){ room, 0, cut };
        assert_true(words_open(&back, GROUPS));
        assert_int_equal(words_read(&back, give_bytes, &b), INVALID);
        words_close(&back);
    }
    for (int i = 0; i < 2000; i++) { /* one byte is another: refused, or something that holds together */
        size_t at = below(&h.chance, (uint32_t)all);
        char was = room[at];
        room[at] = (char)below(&h.chance, 256);
        b = (struct bytes){ room, 0, all };
        assert_true(words_open(&back, GROUPS));
        if (words_read(&back, give_bytes, &b) == OK) {
            struct asked a = some_question();
            struct words_answer out;
            struct words_question q = question(&a, 0);
            words_seek(&back, &q, &out);
        }
        words_close(&back);
        room[at] = was;
    }
    b = (struct bytes){ room, 0, all };
    assert_true(words_open(&back, GROUPS));
    assert_int_equal(words_read(&back, give_bytes, &b), OK);
    words_close(&h.w);
    h.w = back;
    for (int i = 0; i < 20; i++) {
        struct asked a = some_question();
        compare(&a);
    }
    put_one(); /* and goes on */
    drop_one(1 + below(&h.chance, h.count));
    struct asked a = some_question();
    compare(&a);
}

/* Wherever no memory is left: said so, nothing half is there, and what was there before stands. */
static void without_memory_nothing_half_is_there(void **state)
{
    (void)state;
    words_close(&h.w);
    for (int nth = 1; nth < 9; nth++) {
        space_fail(nth);
        assert_false(words_open(&h.w, GROUPS));
    }
    space_fail(0);
    for (int nth = 1; nth < 60; nth++) {
        assert_true(words_open(&h.w, GROUPS));
        memset(h.at, 0, sizeof h.at);
        h.count = 0;
        for (int i = 0; i < 3; i++)
            put_one();
        struct document d = { .len = SAID };
        for (uint32_t k = 0; k < d.len; k++)
            d.said[k] = k;
        space_fail(nth);
        bool fine = true;
        for (uint32_t k = 0; fine && k < d.len; k++)
            fine = words_say(&h.w, term_of(d.said[k]));
        if (!fine)
            words_unsay(&h.w);
        fine = fine && words_put(&h.w, 4, d.group);
        space_fail(0);
        if (fine)
            h.at[h.count = 4] = d;
        assert_int_equal(h.w.documents, h.count);
        struct asked a = some_question();
        compare(&a);
        words_close(&h.w);
    }
    assert_true(words_open(&h.w, GROUPS));
}

int main(void)
{
#define WORDS(test) cmocka_unit_test_setup_teardown(test, open_words, close_words)
    const struct CMUnitTest tests[] = {
        WORDS(what_is_found_is_what_a_plain_reckoning_finds),
        WORDS(what_may_not_be_seen_changes_no_byte),
        WORDS(nothing_is_left_of_what_is_dropped),
        WORDS(it_comes_back_from_its_bytes),
        WORDS(without_memory_nothing_half_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
