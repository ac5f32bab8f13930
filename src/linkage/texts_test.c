/* Near copies of texts: invented words, edited more and more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/texts.h"

enum { WORDS = 80 };
static struct arena arena;
static struct chance chance;

static uint32_t below(uint32_t n)
{
    uint32_t x;
    chance.fill(&chance, &x, sizeof x);
    return x % n;
}

static void fresh(uint32_t words[WORDS])
{
    for (int i = 0; i < WORDS; i++)
        words[i] = below(30000);
}

static str written(const uint32_t words[WORDS], const char *between)
{
    struct out o = { .arena = &arena };
    for (int i = 0; i < WORDS; i++) {
        for (uint32_t x = words[i] + 17; x; x /= 7)
            out_char(&o, "aeioubk"[x % 7]);
        out_str(&o, str_of(between));
    }
    return out_view(&o);
}

static void edit(uint32_t words[WORDS], int of_hundred)
{
    for (int i = 0; i < WORDS; i++)
        if ((int)below(100) < of_hundred)
            words[i] = below(30000);
}

static void a_copy_is_known_under_edits_and_signs(void **state)
{
    (void)state;
    uint32_t words[WORDS], other[WORDS];
    struct sketch a, b, c;
    fresh(words);
    assert_true(sketch_make(written(words, " "), &a));
    assert_true(sketch_make(written(words, " -- !  "), &b));
    assert_int_equal(sketch_alike(&a, &b), 1000); /* blanks and signs do not count */
    memcpy(other, words, sizeof other);
    edit(other, 10);
    assert_true(sketch_make(written(other, " "), &b));
    fresh(other);
    assert_true(sketch_make(written(other, " "), &c));
    assert_true(sketch_alike(&a, &b) > 400 && sketch_alike(&a, &b) == sketch_alike(&b, &a));
    assert_true(sketch_alike(&a, &c) < 100);
    assert_false(sketch_make(lit("ab c"), &a));
    assert_false(sketch_make(lit(" ?!  -- "), &a));
    assert_true(sketch_make(lit("abcde"), &a));
}

static void copies_are_joined_and_strangers_stay_alone(void **state)
{
    (void)state;
    enum { RUMOURS = 5, COPIES = 60, ALONE = 400 };
    struct texts t;
    uint32_t rumours[RUMOURS][WORDS], words[WORDS], of[RUMOURS * COPIES + ALONE], n = 0;
    assert_true(texts_open(&t));
    for (int i = 0; i < RUMOURS; i++)
        fresh(rumours[i]);
    for (uint32_t i = 0; i < RUMOURS * COPIES + ALONE; i++) {
        of[n++] = i < RUMOURS * COPIES ? i % RUMOURS : RUMOURS + i;
        if (i < RUMOURS * COPIES) {
            memcpy(words, rumours[i % RUMOURS], sizeof words);
            edit(words, (int)below(25));
        } else {
            fresh(words);
        }
        assert_true(texts_add(&t, written(words, " ")));
    }
    assert_true(texts_add(&t, lit("x"))); /* two that say nothing are not one */
    assert_true(texts_add(&t, lit("x")));
    assert_true(texts_join(&t, 250));
    uint64_t same = 0, found = 0;
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n; b++) {
            assert_false(of[a] != of[b] && t.cluster[a] == t.cluster[b]);
            same += of[a] == of[b];
            found += of[a] == of[b] && t.cluster[a] == t.cluster[b];
        }
    assert_true(found > same * 95 / 100);
    assert_int_equal(t.empty, 2);
    assert_true(t.cluster[n] == n && t.cluster[n + 1] == n + 1);
    assert_true(t.many >= RUMOURS && t.largest >= COPIES * 9 / 10);
    texts_close(&t);
}

/* One text a hundred thousand times costs as much a text as a few. */
static void a_flood_is_one_cluster(void **state)
{
    (void)state;
    enum { FLOOD = 100000 };
    struct texts t;
    uint32_t words[WORDS];
    fresh(words);
    str text = written(words, " ");
    assert_true(texts_open(&t));
    for (int i = 0; i < FLOOD; i++)
        assert_true(texts_add(&t, text));
    assert_true(texts_join(&t, 250));
    assert_true(t.largest == FLOOD && t.many == 1 && t.cluster[FLOOD - 1] == 0);
    texts_close(&t);
}

int main(void)
{
    arena = arena_reserve(64 << 20);
    chance = chance_seeded(14);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_known_under_edits_and_signs),
        cmocka_unit_test(copies_are_joined_and_strangers_stay_alone),
        cmocka_unit_test(a_flood_is_one_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
