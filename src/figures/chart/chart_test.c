#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "figures/chart/chart.h"

static struct arena whole;

static str draw(struct arena *a, enum chart_kind kind, const struct chart_point *points, ptrdiff_t n)
{
    struct chart c = chart_make(a, kind, lit("title-1"), lit("From <1> & \"2\""), points, n);
    struct out o = { .arena = a };
    chart_draw(&o, languages[0], &c);
    return out_view(&o);
}

static int count(str s, const char *what)
{
    int n = 0;
    ptrdiff_t len = (ptrdiff_t)strlen(what);
    for (ptrdiff_t i = 0; i + len <= s.len; i++)
        n += !memcmp(s.at + i, what, (size_t)len);
    return n;
}

/* Every number between quotes lies inside the box, and is one. */
static void assert_inside(str svg, int64_t height)
{
    static const char *const sizes[] = { " x=\"", " y=\"", " x1=\"", " x2=\"", " y1=\"", " y2=\"", " width=\"", " height=\"" };
    for (int k = 0; k < countof(sizes); k++)
        for (ptrdiff_t i = 0, len = (ptrdiff_t)strlen(sizes[k]); i + len < svg.len; i++) {
            if (memcmp(svg.at + i, sizes[k], (size_t)len))
                continue;
            ptrdiff_t end = i + len;
            while (svg.at[end] != '"')
                end++;
            int64_t n;
            assert_true(str_to_int(str_part(svg, i + len, end), &n));
            assert_true(n >= 0 && n <= (strchr(sizes[k], 'y') || strchr(sizes[k], 'h') == sizes[k] + 1 ? height : CHART_WIDTH));
        }
    assert_int_equal(count(svg, "nan") + count(svg, "inf") + count(svg, "style="), 0);
}

static void nothing_to_show_is_an_axis(void **state)
{
    (void)state;
    static const enum chart_kind kinds[] = { CHART_COLUMNS, CHART_LINES, CHART_ROWS };
    static const struct chart_point zero[] = { { LIT("FY2025"), LIT("0"), 0, false }, { LIT("FY2026"), LIT("0"), 0, false } };
    for (int k = 0; k < countof(kinds); k++) {
        struct arena a = whole;
        str none = draw(&a, kinds[k], NULL, 0), zeros = draw(&a, kinds[k], zero, 2);
        assert_int_equal(count(none, "<rect"), 0);
        assert_int_equal(count(none, "class=\"axis\""), 1);
        assert_int_equal(count(zeros, "<rect"), kinds[k] == CHART_LINES ? 2 : 0);
        assert_int_equal(count(zeros, "<text"), 4);
        assert_inside(none, 300);
        assert_inside(zeros, 300);
    }
}

static void one_bar_takes_the_height_and_its_number_is_read(void **state)
{
    (void)state;
    struct arena a = whole;
    static const struct chart_point one[] = { { LIT("FY2026"), LIT("412"), 412, false } };
    struct chart c = chart_make(&a, CHART_COLUMNS, lit("t"), lit("One"), one, 1);
    assert_int_equal(c.bars.len, 1);
    assert_int_equal(c.bars.at[0].height, 206);
    assert_int_equal(c.bars.at[0].y + c.bars.at[0].height, c.axis.y1);
    str svg = draw(&a, CHART_COLUMNS, one, 1);
    assert_int_equal(count(svg, ">412</text>"), 1);
    assert_inside(svg, 300);
}

static void bars_are_as_long_as_their_numbers_say(void **state)
{
    (void)state;
    static const struct chart_point points[] = {
        { LIT("a"), LIT("100"), 100, false }, { LIT("b"), LIT("50"), 50, false }, { LIT("c"), LIT("1"), 1, false },
        { LIT("d"), LIT("fewer than 11"), 7, true }, { LIT("e"), LIT("0"), -3, false },
        { LIT("f"), LIT("9223372036854775807"), INT64_MAX, false },
    };
    struct arena a = whole;
    struct chart c = chart_make(&a, CHART_ROWS, lit("t"), lit("Five"), points, 5);
    assert_int_equal(c.bars.len, 3); /* what is hidden is not drawn, and nothing is shorter than nothing */
    assert_int_equal(c.bars.at[0].width, 520);
    assert_int_equal(c.bars.at[1].width, 260);
    assert_true(c.bars.at[2].width >= 1);
    assert_inside(draw(&a, CHART_ROWS, points, 6), 6 * 68 + 8);
    assert_inside(draw(&a, CHART_COLUMNS, points, 6), 300);
}

static void a_line_is_broken_where_there_is_no_number(void **state)
{
    (void)state;
    static const struct chart_point points[] = { { LIT("1"), LIT("10"), 10, false }, { LIT("2"), LIT("20"), 20, false },
                                                 { LIT("3"), LIT("-"), 0, true }, { LIT("4"), LIT("20"), 20, false },
                                                 { LIT("5"), LIT("5"), 5, false } };
    struct arena a = whole;
    struct chart c = chart_make(&a, CHART_LINES, lit("t"), lit("Five"), points, 5);
    assert_int_equal(c.segments.len, 2);
    assert_int_equal(c.bars.len, 4); /* its dots */
    assert_inside(draw(&a, CHART_LINES, points, 5), 300);
}

static void words_are_escaped_and_long_ones_are_cut_between_characters(void **state)
{
    (void)state;
    struct arena a = whole;
    struct out label = { .arena = &a };
    for (int i = 0; i < 100; i++)
        out_str(&label, lit("\xc3\xb1")); /* n with tilde: two bytes */
    struct chart_point points[] = { { lit("</text><script>alert(1)</script>&"), lit("<b>"), 3, false }, { out_view(&label), lit("4"), 4, false } };
    str svg = draw(&a, CHART_ROWS, points, 2);
    assert_int_equal(count(svg, "<script") + count(svg, "<b>"), 0);
    assert_int_equal(count(svg, "&lt;script&gt;"), 1);
    assert_int_equal(count(svg, "From &lt;1&gt; &amp; &quot;2&quot;") + count(svg, "From &lt;1&gt; &amp; \"2\""), 1);
    assert_int_equal(count(svg, "\xc3\xb1"), CHART_LABEL_MOST);
    assert_int_equal(count(svg, "\xe2\x80\xa6"), 1);
    assert_true(utf8_valid(svg));
    assert_inside(svg, 2 * 68 + 8);
}

int main(void)
{
    whole = arena_reserve(8 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_show_is_an_axis),
        cmocka_unit_test(one_bar_takes_the_height_and_its_number_is_read),
        cmocka_unit_test(bars_are_as_long_as_their_numbers_say),
        cmocka_unit_test(a_line_is_broken_where_there_is_no_number),
        cmocka_unit_test(words_are_escaped_and_long_ones_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
