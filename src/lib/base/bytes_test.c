/* Names of rows, and bytes written as text and read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/base/base.h"

static struct arena arena; /* one for the program: the tests are single-threaded and small */

static int64_t time_of(id i)
{
    int64_t ms = 0;
    for (int b = 0; b < 6; b++)
        ms = ms << 8 | i.at[b];
    return ms;
}

static void an_id_carries_version_variant_and_time(void **state)
{
    (void)state;
    struct chance c = chance_seeded(1);
    for (int n = 0; n < 1000; n++) {
        int64_t now = INT64_C(1790000000000) + n * 977;
        id i = chance_id(&c, now, false);
        assert_int_equal(i.at[6] >> 4, 7);
        assert_int_equal(i.at[8] >> 6, 2);
        assert_int_equal(time_of(i), now);
    }
}

static void an_id_keeps_all_random_bits_but_six(void **state)
{
    (void)state;
    uint8_t ones[16], zeros[16] = { 0 };
    memset(ones, 0xff, sizeof ones);
    id high = id_make(ones, 0, false), low = id_make(zeros, 0, false);
    int differing = 0;
    for (int b = 0; b < 16; b++)
        differing += __builtin_popcount(high.at[b] ^ low.at[b]);
    assert_int_equal(differing, 128 - 48 - 6);
}

static void an_id_of_a_stranger_tells_the_day_only(void **state)
{
    (void)state;
    const int64_t day_ms = 86400000;
    uint8_t random[16] = { 0 };
    const int64_t times[] = { 0, 1, 86399999, 86400000, INT64_C(1795514400123), INT64_C(4102444799999) };
    for (ptrdiff_t i = 0; i < countof(times); i++) {
        id one = id_make(random, times[i], true);
        assert_int_equal(time_of(one) % day_ms, 0);
        assert_int_equal(time_of(one), times[i] / day_ms * day_ms);
    }
    /* Before 1970 the day floors downwards too: the second before the epoch belongs to the day before. */
    assert_true(id_equal(id_make(random, -1, true), id_make(random, -day_ms, true)));
    assert_false(id_equal(id_make(random, -1, true), id_make(random, 0, true)));
}

static void ids_of_later_days_sort_later(void **state)
{
    (void)state;
    struct chance c = chance_seeded(2);
    id last = chance_id(&c, INT64_C(1790000000000), true);
    for (int day = 1; day < 400; day++) {
        id next = chance_id(&c, INT64_C(1790000000000) + day * INT64_C(86400000), true);
        assert_true(memcmp(last.at, next.at, 16) < 0);
        last = next;
    }
}

static void ids_are_written_and_read_back(void **state)
{
    (void)state;
    struct chance c = chance_seeded(3);
    for (int n = 0; n < 200; n++) {
        id one = chance_id(&c, 1790000000000 + n, false), back = { 0 };
        str text = id_text(&arena, one);
        assert_int_equal(text.len, 32);
        assert_true(id_read(text, &back));
        assert_true(id_equal(one, back));
        assert_false(id_is_zero(back));
    }
    assert_true(id_is_zero((id){ 0 }));
}

static void ids_are_read_strictly(void **state)
{
    (void)state;
    const str wrong[] = {
        { 0 },
        LIT(""),
        LIT("0"),
        LIT("0190c8d0a1b27c3d8e4f5061728394a"),   /* 31 */
        LIT("0190c8d0a1b27c3d8e4f5061728394a5b"), /* 33 */
        LIT("0190C8d0a1b27c3d8e4f5061728394a5"),  /* upper case: one name, one text */
        LIT("0190c8d0a1b27c3d8e4f5061728394ag"),
        LIT("0190c8d0-a1b2-7c3d-8e4f-5061728394a5"),
        LIT(" 190c8d0a1b27c3d8e4f5061728394a5"),
        LIT("0x90c8d0a1b27c3d8e4f5061728394a5"),
        LIT("0190c8d0a1b27c3d8e4f506172839\0a5"),
        LIT("0190c8d0a1b27c3d8e4f5061728394\xc3\xa9"),
    };
    id i;
    for (ptrdiff_t n = 0; n < countof(wrong); n++)
        assert_false(id_read(wrong[n], &i));
    assert_true(id_read(lit("0190c8d0a1b27c3d8e4f5061728394a5"), &i));
}

static void the_short_name_is_five_random_bytes(void **state)
{
    (void)state;
    id i = { { 0 } };
    assert_true(str_equal(id_short(&arena, i), lit("0000-0000")));
    memset(i.at + 11, 0xff, 5);
    assert_true(str_equal(id_short(&arena, i), lit("ZZZZ-ZZZZ")));
    struct chance c = chance_seeded(4);
    for (int n = 0; n < 200; n++) {
        id one = chance_id(&c, 1790000000000, true);
        str name = id_short(&arena, one);
        uint8_t back[5];
        assert_int_equal(name.len, 9);
        assert_true(base32_read(name, back, 5));
        assert_memory_equal(back, one.at + 11, 5);
    }
}

static void hex_is_read_exactly(void **state)
{
    (void)state;
    uint8_t to[4];
    assert_true(hex_read(lit("00ff7fAb"), to, 4));
    assert_memory_equal(to, "\x00\xff\x7f\xab", 4);
    assert_true(hex_read((str){ 0 }, NULL, 0));
    assert_false(hex_read(lit("00ff7fA"), to, 4));
    assert_false(hex_read(lit("00ff7fAb0"), to, 4));
    assert_false(hex_read(lit("00ff7fAb"), to, 3));
    for (int c = 0; c < 256; c++) {
        char two[2] = { '0', (char)c };
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        assert_int_equal(hex_read((str){ two, 2 }, to, 1), digit);
        char swapped[2] = { (char)c, '0' };
        assert_int_equal(hex_read((str){ swapped, 2 }, to, 1), digit);
    }
}

static void base32_is_read_back_at_every_length(void **state)
{
    (void)state;
    struct chance c = chance_seeded(5);
    for (ptrdiff_t n = 0; n <= 64; n++) {
        uint8_t bytes[64], back[65];
        c.fill(&c, bytes, n);
        str text = base32_text(&arena, bytes, n);
        assert_int_equal(text.len, (n * 8 + 4) / 5);
        assert_true(base32_read(text, back, n));
        assert_memory_equal(bytes, back, (size_t)n);
        assert_false(base32_read(text, back, n + 1));
        if (n)
            assert_false(base32_read(text, back, n - 1));
    }
}

static void base32_forgives_what_people_confuse_and_nothing_else(void **state)
{
    (void)state;
    uint8_t a[5], b[5];
    assert_true(base32_read(lit("0O1I-l7K3"), a, 5));
    assert_true(base32_read(lit(" 001117k3 "), b, 5));
    assert_memory_equal(a, b, 5);
    const str wrong[] = { LIT("0011U7K3"), LIT("0011u7K3"), LIT("00111*7K"), LIT("0011\0007K3"), LIT("0011.7K3"),
                          LIT("0011_7K3"), LIT("0011\t7K3"), LIT("00111\xc3\xa9K3"), LIT("----"), LIT("") };
    for (ptrdiff_t i = 0; i < countof(wrong); i++)
        assert_false(base32_read(wrong[i], a, 5));
}

static void base32_has_one_text_for_a_value(void **state)
{
    (void)state;
    uint8_t one[1];
    /* A byte is 5 + 3 bits: of the second digit only those whose two low bits are zero may follow. */
    for (int second = 0; second < 32; second++) {
        const char *digits = "0123456789abcdefghjkmnpqrstvwxyz";
        char text[2] = { 'z', digits[second] };
        assert_int_equal(base32_read((str){ text, 2 }, one, 1), second % 4 == 0);
    }
    assert_false(base32_read(lit("z00"), one, 1)); /* a digit too many, though all its bits are zero */
}

static void base64_gives_the_answers_of_its_standard(void **state)
{
    (void)state;
    /* RFC 4648, section 10. */
    const struct {
        str clear, text;
    } known[] = { { LIT(""), LIT("") },
                  { LIT("f"), LIT("Zg==") },
                  { LIT("fo"), LIT("Zm8=") },
                  { LIT("foo"), LIT("Zm9v") },
                  { LIT("foob"), LIT("Zm9vYg==") },
                  { LIT("fooba"), LIT("Zm9vYmE=") },
                  { LIT("foobar"), LIT("Zm9vYmFy") },
                  { LIT("\xfb\xff\xfe"), LIT("+//+") } };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        str back;
        assert_true(str_equal(base64_text(&arena, (const uint8_t *)known[i].clear.at, known[i].clear.len), known[i].text));
        assert_true(base64_read(&arena, known[i].text, &back));
        assert_true(str_equal(back, known[i].clear));
    }
}

static void base64_is_read_back_at_every_length(void **state)
{
    (void)state;
    struct chance c = chance_seeded(6);
    for (ptrdiff_t n = 0; n <= 100; n++) {
        uint8_t bytes[100];
        str back;
        c.fill(&c, bytes, n);
        assert_true(base64_read(&arena, base64_text(&arena, bytes, n), &back));
        assert_true(str_equal(back, (str){ (const char *)bytes, n }));
    }
    str empty;
    assert_true(base64_read(&arena, (str){ 0 }, &empty));
    assert_int_equal(empty.len, 0);
}

static void base64_is_read_strictly(void **state)
{
    (void)state;
    const str wrong[] = {
        LIT("Z"),        LIT("Zg"),       LIT("Zg="),     LIT("===="),     LIT("Z==="),      LIT("Zg==Zg=="),
        LIT("Zm9v===="), LIT("=Zm9"),     LIT("Zm=v"),    LIT("Zm9v\n"),   LIT("Zm 9v+/"),   LIT("-__-"),
        LIT("Zm9\0"),    LIT("Zm9v\nZg="), LIT("Zm9\xe9"), LIT("Z=g="),
        LIT("Zh=="), /* bits beyond the last byte: a second text for "f" */
        LIT("Zm9="), /* and for "fo" */
    };
    str out;
    for (ptrdiff_t i = 0; i < countof(wrong); i++)
        assert_false(base64_read(&arena, wrong[i], &out));
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_reserve(1 << 22);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_carries_version_variant_and_time),
        cmocka_unit_test(an_id_keeps_all_random_bits_but_six),
        cmocka_unit_test(an_id_of_a_stranger_tells_the_day_only),
        cmocka_unit_test(ids_of_later_days_sort_later),
        cmocka_unit_test(ids_are_written_and_read_back),
        cmocka_unit_test(ids_are_read_strictly),
        cmocka_unit_test(the_short_name_is_five_random_bytes),
        cmocka_unit_test(hex_is_read_exactly),
        cmocka_unit_test(base32_is_read_back_at_every_length),
        cmocka_unit_test(base32_forgives_what_people_confuse_and_nothing_else),
        cmocka_unit_test(base32_has_one_text_for_a_value),
        cmocka_unit_test(base64_gives_the_answers_of_its_standard),
        cmocka_unit_test(base64_is_read_back_at_every_length),
        cmocka_unit_test(base64_is_read_strictly),
    };
    return cmocka_run_group_tests_name("bytes", tests, set_up, NULL);
}
