#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/base/csv.h"

static struct arena arena;

static void assert_text(str is, const char *want)
{
    assert_int_equal(is.len, strlen(want));
    assert_memory_equal(is.len ? is.at : "", want, (size_t)is.len);
}

static void assert_refused(const char *text, ptrdiff_t len, int64_t line)
{
    struct csv c;
    assert_int_equal(csv_read(&arena, (str){ text, len }, &c), INVALID);
    assert_non_null(c.fault);
    assert_int_equal(c.fault_line, line);
}

static void cells_and_lines_are_read_with_either_line_end(void **state)
{
    (void)state;
    struct csv c;
    assert_int_equal(csv_read(&arena, lit("a,b\r\n1,\r\n\"x,\"\"y\nz\",w\nlast,row"), &c), OK);
    assert_int_equal(c.len, 4);
    assert_int_equal(csv_column(&c, lit("b")), 1);
    assert_int_equal(csv_column(&c, lit("c")), -1);
    assert_text(c.at[1].cells[1], "");
    assert_text(c.at[2].cells[0], "x,\"y\nz");
    assert_int_equal(c.at[2].line, 3);
    assert_int_equal(c.at[3].line, 5);
    assert_text(c.at[3].cells[1], "row");
}

static void what_is_not_rfc_4180_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t line;
    } bad[] = { { "", 1 },          { "a,b\n1\n", 2 },       { "a,b\n1,2,3\n", 2 },   { "a\n\"x\n", 2 },
                { "a\nx\"y\n", 2 }, { "a\n\"x\"y\n", 2 },    { "a\rb\n", 1 },         { "\xef\xbb\xbf" "a\n", 1 },
                { "a\n\xc0\x80\n", 1 }, { "a,b\n1,2\n\n", 3 }, { "a\nb\r", 2 } };
    for (ptrdiff_t i = 0; i < countof(bad); i++)
        assert_refused(bad[i].text, (ptrdiff_t)strlen(bad[i].text), bad[i].line);
    assert_refused("a\n\0\n", 4, 1);
}

static void cells_that_a_spreadsheet_would_run_are_written_as_text(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *written;
    } cases[] = { { "=1+1", "'=1+1" },   { "+55x", "'+55x" },         { "-12.5", "-12.5" },       { "+1", "+1" },
                  { "@SUM", "'@SUM" },   { "\tx", "'\tx" },           { "=a,\"b\"", "\"'=a,\"\"b\"\"\"" },
                  { "-", "'-" },         { "1-2", "1-2" },            { "-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0" },
                  { " a", "\" a\"" },    { "\xef\xbc\x9d" "1", "'\xef\xbc\x9d" "1" } };
    for (ptrdiff_t i = 0; i < countof(cases); i++) {
        struct out o = { .arena = &arena };
        csv_cell(&o, str_of(cases[i].cell), false);
        assert_text(str_part(out_view(&o), 0, o.len - 1), cases[i].written);
    }
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct chance chance = chance_seeded(4180);
    static const char letters[] = "ab,\"\n\r \xc3\xa9";
    for (int round = 0; round < 500; round++) {
        struct out o = { .arena = &arena };
        str cells[6];
        for (int i = 0; i < 6; i++) {
            uint8_t random[9];
            chance.fill(&chance, random, sizeof random);
            struct out cell = { .arena = &arena };
            out_char(&cell, 'c'); /* no formula: the guard changes those on purpose */
            for (int k = 0; k < random[0] % 8; k++)
                out_str(&cell, random[1 + k] % 8 == 7 ? lit("\xc3\xa9") : (str){ letters + random[1 + k] % 7, 1 });
            cells[i] = out_view(&cell);
            csv_cell(&o, cells[i], i % 3 == 2);
        }
        struct csv c;
        assert_int_equal(csv_read(&arena, out_view(&o), &c), OK);
        assert_int_equal(c.len, 2);
        for (int i = 0; i < 6; i++)
            assert_true(str_equal(c.at[i / 3].cells[i % 3], cells[i]));
    }
}

int main(void)
{
    arena = arena_reserve(16 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_and_lines_are_read_with_either_line_end),
        cmocka_unit_test(what_is_not_rfc_4180_is_refused_with_its_line),
        cmocka_unit_test(cells_that_a_spreadsheet_would_run_are_written_as_text),
        cmocka_unit_test(what_is_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
