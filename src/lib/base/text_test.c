/* Views of text, and UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/base/base.h"

static struct arena arena;
static const str none; /* a view of nothing: NULL and 0 */

static void a_view_of_nothing_is_the_empty_text_everywhere(void **state)
{
    (void)state;
    str piece, rest = none;
    int64_t n;
    assert_true(str_equal(none, lit("")));
    assert_true(str_equal_fold(none, lit("")));
    assert_true(str_equal(str_of(NULL), none));
    assert_true(str_starts(none, none) && str_starts(lit("a"), none) && !str_starts(none, lit("a")));
    assert_true(str_ends(none, none) && str_ends(lit("a"), none) && !str_ends(none, lit("a")));
    assert_int_equal(str_compare(none, lit("")), 0);
    assert_true(str_compare(none, lit("a")) < 0 && str_compare(lit("a"), none) > 0);
    assert_int_equal(str_find(none, 0), -1);
    assert_int_equal(str_part(none, -5, 5).len, 0);
    assert_int_equal(str_trim(none).len, 0);
    assert_false(str_split(&rest, ',', &piece));
    assert_false(str_to_int(none, &n));
    assert_string_equal(str_c(&arena, none), "");
    assert_int_equal(str_copy(&arena, none).len, 0);
    assert_int_equal(str_join(&arena, none, none).len, 0);
    assert_true(str_equal(str_join(&arena, none, lit("a")), lit("a")));
    assert_true(str_equal(str_join(&arena, lit("a"), none), lit("a")));
    assert_true(utf8_valid(none));
    assert_int_equal(utf8_length(none), 0);
    assert_true(utf8_nfkc(&arena, none, &piece));
    assert_int_equal(piece.len, 0);
}

static void text_may_hold_a_nul(void **state)
{
    (void)state;
    assert_false(str_equal(lit("a\0b"), lit("a\0c")));
    assert_int_equal(str_find(lit("a\0b"), 'b'), 2);
    assert_int_equal(str_find(lit("a\0b"), 0), 1);
    assert_true(str_equal(str_copy(&arena, lit("a\0b")), lit("a\0b")));
    assert_true(str_equal(str_join(&arena, lit("a\0"), lit("\0b")), lit("a\0\0b")));
    str out;
    assert_true(utf8_nfkc(&arena, lit("a\0b"), &out));
    assert_true(str_equal(out, lit("a\0b")));
}

static void copies_are_ended_for_c_and_independent(void **state)
{
    (void)state;
    char word[] = { 'w', 'o', 'r', 'd', '!' };
    char *copy = str_c(&arena, (str){ word, 4 });
    word[0] = 'x';
    assert_string_equal(copy, "word");
}

static void folding_is_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(str_equal_fold(lit("Content-LENGTH"), lit("content-length")));
    assert_false(str_equal_fold(lit("content-length"), lit("content-lengt")));
    assert_false(str_equal_fold(lit("[@`{"), lit("{`@["))); /* the neighbours of the letters */
    assert_false(str_equal_fold(lit("\xc3\x89"), lit("\xc3\xa9")));
}

static void order_is_bytewise_and_unsigned(void **state)
{
    (void)state;
    assert_true(str_compare(lit("a"), lit("b")) < 0);
    assert_true(str_compare(lit("a"), lit("ab")) < 0);
    assert_true(str_compare(lit("\x7f"), lit("\x80")) < 0);
    assert_true(str_compare(lit("\xff"), lit("a")) > 0);
    assert_int_equal(str_compare(lit("ab"), lit("ab")), 0);
}

static void parts_are_clamped(void **state)
{
    (void)state;
    str s = lit("hidden");
    assert_true(str_equal(str_part(s, 0, 3), lit("hid")));
    assert_true(str_equal(str_part(s, -9, 99), s));
    assert_true(str_equal(str_part(s, PTRDIFF_MIN, PTRDIFF_MAX), s));
    assert_int_equal(str_part(s, 4, 2).len, 0);
    assert_int_equal(str_part(s, 6, 7).len, 0);
    assert_int_equal(str_part(s, 0, -1).len, 0);
}

static void starts_and_ends_compare_whole_prefixes(void **state)
{
    (void)state;
    assert_true(str_starts(lit("/tip/return"), lit("/tip")));
    assert_false(str_starts(lit("/ti"), lit("/tip")));
    assert_true(str_ends(lit("form.html"), lit(".html")));
    assert_false(str_ends(lit("html"), lit(".html")));
    assert_true(str_ends(lit("x"), lit("x")));
}

static void trimming_takes_white_space_and_controls_at_both_ends(void **state)
{
    (void)state;
    assert_true(str_equal(str_trim(lit(" \t\r\n a b \0\x1f\x7f")), lit("a b")));
    assert_int_equal(str_trim(lit(" \n\x7f ")).len, 0);
    assert_true(str_equal(str_trim(lit("\xc2\xa0z\xc3\xa9")), lit("\xc2\xa0z\xc3\xa9"))); /* no byte of a letter is cut */
}

static void splitting_gives_every_piece_once(void **state)
{
    (void)state;
    const struct {
        str text;
        int pieces;
    } cases[] = { { LIT(""), 1 }, { LIT(","), 2 }, { LIT("a"), 1 }, { LIT("a,"), 2 }, { LIT(",a"), 2 }, { LIT("a,,b"), 3 } };
    for (ptrdiff_t i = 0; i < countof(cases); i++) {
        str rest = cases[i].text, piece;
        int n = 0;
        ptrdiff_t bytes = 0;
        for (; str_split(&rest, ',', &piece); n++) {
            assert_int_equal(str_find(piece, ','), -1);
            bytes += piece.len;
        }
        assert_int_equal(n, cases[i].pieces);
        assert_int_equal(bytes + n - 1, cases[i].text.len);
    }
}

static void numbers_are_read_whole_and_without_overflow(void **state)
{
    (void)state;
    const struct {
        str text;
        int64_t value;
    } right[] = { { LIT("0"), 0 },
                  { LIT("-0"), 0 },
                  { LIT("007"), 7 },
                  { LIT("-12"), -12 },
                  { LIT("9223372036854775807"), INT64_MAX },
                  { LIT("-9223372036854775808"), INT64_MIN },
                  { LIT("000000000000000000000000000001"), 1 } };
    const str wrong[] = { LIT(""),    LIT("-"),    LIT("--1"), LIT("+1"),  LIT(" 1"), LIT("1 "),
                          LIT("1.0"), LIT("0x10"), LIT("1e3"), LIT("1\0"), LIT("-"),  LIT("12a"),
                          LIT("9223372036854775808"), LIT("-9223372036854775809"), LIT("92233720368547758070"),
                          LIT("99999999999999999999999999"), LIT("\xd9\xa1") };
    int64_t n;
    for (ptrdiff_t i = 0; i < countof(right); i++) {
        assert_true(str_to_int(right[i].text, &n));
        assert_true(n == right[i].value);
    }
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        n = 4242;
        assert_false(str_to_int(wrong[i], &n));
        assert_true(n == 4242); /* a wrong number leaves the caller's value alone */
    }
}

/* One code point written by its definition, without asking whether it may be written. */
static ptrdiff_t encode(uint32_t c, char *to)
{
    if (c < 0x80)
        return to[0] = (char)c, 1;
    if (c < 0x800)
        return to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2;
    ptrdiff_t n = c < 0x10000 ? 3 : 4;
    to[0] = (char)((n == 3 ? 0xe0 : 0xf0) | c >> (6 * (n - 1)));
    for (ptrdiff_t i = 1; i < n; i++)
        to[i] = (char)(0x80 | (c >> (6 * (n - 1 - i)) & 63));
    return n;
}

static void every_code_point_is_valid_but_the_surrogates(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x1fffff; c++) {
        char text[4];
        str s = { text, encode(c, text) };
        bool allowed = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
        if (utf8_valid(s) != allowed)
            fail_msg("U+%04X", (unsigned)c);
        if (allowed && utf8_length(s) != 1)
            fail_msg("length of U+%04X", (unsigned)c);
        if (utf8_valid((str){ text, s.len - 1 }) && s.len > 1)
            fail_msg("U+%04X cut", (unsigned)c);
    }
}

static void of_all_texts_of_three_bytes_exactly_the_right_ones_are_valid(void **state)
{
    (void)state;
    /* 128 of one byte, 1,920 of two, 61,440 of three: counted, so that overlong forms cannot hide. */
    int64_t valid = 0;
    for (uint32_t v = 0; v < 1u << 24; v++) {
        char text[3] = { (char)(v >> 16), (char)(v >> 8), (char)v };
        valid += utf8_valid((str){ text, 3 });
    }
    assert_int_equal(valid, 128 * 128 * 128 + 2 * 128 * 1920 + 61440);
}

static void forms_of_four_bytes_follow_the_table_of_the_standard(void **state)
{
    (void)state;
    const int edges[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff };
    for (int lead = 0xf0; lead < 0x100; lead++)
        for (int second = 0; second < 0x100; second++)
            for (ptrdiff_t i = 0; i < countof(edges); i++)
                for (ptrdiff_t j = 0; j < countof(edges); j++) {
                    char text[4] = { (char)lead, (char)second, (char)edges[i], (char)edges[j] };
                    int low = lead == 0xf0 ? 0x90 : 0x80, high = lead == 0xf4 ? 0x8f : 0xbf;
                    bool right = lead <= 0xf4 && second >= low && second <= high && (edges[i] & 0xc0) == 0x80
                                 && (edges[j] & 0xc0) == 0x80;
                    if (utf8_valid((str){ text, 4 }) != right)
                        fail_msg("%02x %02x %02x %02x", lead, second, edges[i], edges[j]);
                }
}

static void known_faults_of_utf8_are_refused(void **state)
{
    (void)state;
    const str wrong[] = {
        LIT("\x80"), LIT("\xbf"), LIT("\xc0\x80"), LIT("\xc1\xbf"), LIT("\xc0\xaf"), LIT("\xe0\x80\xaf"),
        LIT("\xe0\x9f\xbf"), LIT("\xf0\x80\x80\xaf"), LIT("\xf0\x8f\xbf\xbf"), LIT("\xed\xa0\x80"),
        LIT("\xed\xbf\xbf"), LIT("\xed\xa0\xbd\xed\xb8\x80"), LIT("\xf4\x90\x80\x80"), LIT("\xf5\x80\x80\x80"),
        LIT("\xf8\x88\x80\x80\x80"), LIT("\xfe"), LIT("\xff"), LIT("ok\xe2\x82"), LIT("\xe2\x82ok"), LIT("a\xc3"),
    };
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        str out;
        assert_false(utf8_valid(wrong[i]));
        assert_false(utf8_nfkc(&arena, wrong[i], &out));
    }
}

static void the_length_counts_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(lit("no")), 2);
    assert_int_equal(utf8_length(lit("ni\xc3\xb1o")), 4);
    assert_int_equal(utf8_length(lit("\xe2\x82\xac\xf0\x9f\x98\x80")), 2);
}

static void nfkc_gives_the_known_answers(void **state)
{
    (void)state;
    const struct {
        str in, out;
    } known[] = {
        { LIT("plain"), LIT("plain") },
        { LIT("e\xcc\x81"), LIT("\xc3\xa9") },                         /* combining acute */
        { LIT("\xef\xac\x81nd"), LIT("find") },                        /* the fi ligature */
        { LIT("\xe2\x91\xa0"), LIT("1") },                             /* circled one */
        { LIT("\xef\xbc\x95\xef\xbc\x95\xef\xbc\x95"), LIT("555") },   /* full-width digits */
        { LIT("\xe2\x84\xab"), LIT("\xc3\x85") },                      /* angstrom sign */
        { LIT("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), LIT("\xed\x95\x9c") }, /* Hangul composes */
        { LIT("a\xcc\xa3\xcc\x87"), LIT("\xe1\xba\xa1\xcc\x87") },     /* marks in canonical order */
        { LIT("a\xcc\x87\xcc\xa3"), LIT("\xe1\xba\xa1\xcc\x87") },
        { LIT("x\xc2\xb2"), LIT("x2") },
        { LIT("\xc2\xa0"), LIT(" ") },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        str out;
        assert_true(utf8_nfkc(&arena, known[i].in, &out));
        if (!str_equal(out, known[i].out))
            fail_msg("case %td", i);
    }
}

static void nfkc_holds_the_longest_expansion(void **state)
{
    (void)state;
    /* U+FDFA grows from 3 bytes to 33, the worst of all: many of them in one text. */
    struct out many = { .arena = &arena };
    for (int i = 0; i < 1000; i++)
        out_str(&many, lit("\xef\xb7\xba"));
    str out;
    assert_true(utf8_nfkc(&arena, out_view(&many), &out));
    assert_int_equal(out.len, 33000);
    assert_true(utf8_valid(out));
}

static void nfkc_of_its_own_answer_changes_nothing(void **state)
{
    (void)state;
    struct arena mark = arena;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char text[4];
        str s = { text, encode(c, text) }, once, twice;
        if (!utf8_valid(s))
            continue;
        arena = mark;
        if (!utf8_nfkc(&arena, s, &once) || !utf8_nfkc(&arena, once, &twice) || !str_equal(once, twice) || !utf8_valid(once))
            fail_msg("U+%04X", (unsigned)c);
    }
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
        cmocka_unit_test(a_view_of_nothing_is_the_empty_text_everywhere),
        cmocka_unit_test(text_may_hold_a_nul),
        cmocka_unit_test(copies_are_ended_for_c_and_independent),
        cmocka_unit_test(folding_is_for_ascii_letters_only),
        cmocka_unit_test(order_is_bytewise_and_unsigned),
        cmocka_unit_test(parts_are_clamped),
        cmocka_unit_test(starts_and_ends_compare_whole_prefixes),
        cmocka_unit_test(trimming_takes_white_space_and_controls_at_both_ends),
        cmocka_unit_test(splitting_gives_every_piece_once),
        cmocka_unit_test(numbers_are_read_whole_and_without_overflow),
        cmocka_unit_test(every_code_point_is_valid_but_the_surrogates),
        cmocka_unit_test(of_all_texts_of_three_bytes_exactly_the_right_ones_are_valid),
        cmocka_unit_test(forms_of_four_bytes_follow_the_table_of_the_standard),
        cmocka_unit_test(known_faults_of_utf8_are_refused),
        cmocka_unit_test(the_length_counts_code_points),
        cmocka_unit_test(nfkc_gives_the_known_answers),
        cmocka_unit_test(nfkc_holds_the_longest_expansion),
        cmocka_unit_test(nfkc_of_its_own_answer_changes_nothing),
    };
    return cmocka_run_group_tests_name("text", tests, set_up, NULL);
}
