/* What is said to be plain already is what the slow way makes of it, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/normal.h"
#include "linkage/plainly.h"

static uint32_t below(struct chance *c, uint32_t n)
{
    uint32_t x;
    c->fill(c, &x, sizeof x);
    return x % n;
}

static const char *const stems[] = { "maria lopez", "12 bala road", "a.b@gmail.com", "j+x@web.de", "x@googlemail.com", "q.r@hotmail.com", "o@gmail.com", "mailto:x@web.de", "j <j@web.de>", "12 bala st", "apt 4", "+447700900123",
                                     "447700900123", "1981-02-03", "1981-2-03", "19810203", "x", "", "@gmail.com", "a b c", "98-76", "a long name that goes on and on" };

/* A stem, most often with a byte or two of it changed to one that is special somewhere. */
static ptrdiff_t text_of(struct chance *c, char *to)
{
    static const char odd[] = " +-.@A09z\x7f\x1f\xc3\tZ";
    const char *stem = stems[below(c, countof(stems))];
    ptrdiff_t n = (ptrdiff_t)strlen(stem);
    memcpy(to, stem, (size_t)n + 1);
    for (uint32_t changes = below(c, 3); n && changes; changes--)
        to[below(c, (uint32_t)n)] = odd[below(c, sizeof odd - 1)];
    return n;
}

static void what_is_plain_is_as_the_slow_way_makes_it(void **state)
{
    (void)state;
    struct chance c = chance_seeded(31);
    int plain[FIELD_KINDS] = { 0 }, other = 0;
    for (int round = 0; round < 200000; round++) {
        char text[64] = { 0 }, made[VALUE_MOST];
        str quick = { text, text_of(&c, text) };
        enum field_kind kind = (enum field_kind)below(&c, FIELD_KINDS);
        ptrdiff_t n = normal_value(kind, quick, made);
        if (!plain_already(kind, &quick)) {
            other++;
            continue;
        }
        plain[kind]++;
        assert_int_equal(quick.len, n);
        assert_memory_equal(quick.at, made, (size_t)n);
    }
    assert_true(other > 1000);
#ifdef __SSE2__
    assert_true(plain[KIND_NAME] > 1000 && plain[KIND_ADDRESS] > 1000 && plain[KIND_EMAIL] > 1000 && plain[KIND_DATE] > 200);
#endif
}

/* Neither what lies behind a text nor where it stands changes its hash; a byte of it does. */
static void a_hash_is_of_the_text_alone(void **state)
{
    (void)state;
    struct chance c = chance_seeded(32);
    for (int round = 0; round < 20000; round++) {
        char one[128], other[128];
        ptrdiff_t n = 1 + (ptrdiff_t)below(&c, 80), at = (ptrdiff_t)below(&c, 8);
        c.fill(&c, one, sizeof one);
        c.fill(&c, other, sizeof other);
        memcpy(other + at, one, (size_t)n);
        assert_true(hash_text(one, n) == hash_text(other + at, n));
        other[at + (ptrdiff_t)below(&c, (uint32_t)n)] ^= 1;
        assert_true(hash_text(one, n) != hash_text(other + at, n) && hash_text(one, n) != hash_text(one, n - 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_plain_is_as_the_slow_way_makes_it), cmocka_unit_test(a_hash_is_of_the_text_alone) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
