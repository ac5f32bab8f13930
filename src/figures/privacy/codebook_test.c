#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <unistd.h>
#include "figures/privacy/rows.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"
#include "packs.h"

static struct arena space;
static char path[64];

#define START "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", "
static const char good[] = START "\"year\": \"year\", \"ignored\": [\"id\"], \"columns\": [{\"name\": \"year\", \"codes\": [\"2023\", "
    "\"2024\"]},\n"
                                 " {\"name\": \"sex\", \"codes\": [\"Woman\", \"Man\", \"\", \"Else\"], \"other\": \"Else\"}, {\"name\": "
                                     "\"work\", \"codes\": [\"\", \"1\"]},"
                                 " {\"name\": \"n\", \"number\": true}], \"impossible\": [{\"sex\": \"Man\", \"work\": \"1\"}]}";

static void codes_are_found_by_their_bytes_and_keep_their_order(void **state)
{
    (void)state;
    struct arena a = space;
    struct codebook c;
    struct said said = { 0 };
    assert_true(codebook_read(&a, "C.json", str_of(good), &c, &said));
    const struct codebook_column *sex = &c.columns[codebook_column(&c, lit("sex"))];
    static const str codes[] = { LIT("Woman"), LIT("Man"), LIT(""), LIT("Else") };
    for (int i = 0; i < 4; i++)
        assert_int_equal(codebook_code(sex, codes[i]), i);
    assert_int_equal(codebook_code(sex, lit("woman")), -1);
    assert_int_equal(sex->other, 3);
    assert_int_equal(c.year, 0);
    assert_int_equal(codebook_breaks(&c, (uint16_t[]){ 0, 1, 1, 0 }), 0);
    assert_int_equal(codebook_breaks(&c, (uint16_t[]){ 0, 1, 0, 0 }), -1);
}

static void a_codebook_that_is_wrong_says_where_and_the_mend(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "", "C.json:1:1: not JSON" },
        { "{\n \"codebook\": \"x\",\n nonsense }", "C.json:3:" },
        { "{\"codebook\": \"x\", \"codebook\": \"y\"}", "not JSON: duplicate" },
        { "[]", "one JSON object" },
        { "{\"codebook\": \"t\", \"version\": \"1\", \"columns\": []}", "nobody has confirmed it" },
        { "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \" \", \"columns\": []}", "nobody has confirmed it" },
        { "{\"codebook\": \"t\", \"confirmed\": \"me\", \"columns\": []}", "\"version\"" },
        { START "\"columns\": []}", "1 to 200 columns" },
        { START "\"colums\": []}", "no member \"colums\"" },
        { START "\"columns\": [{\"name\": \"a\"}]}", "column a needs \"codes\"" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [1]}]}", "column a: code 1 is no text" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\", \"2\", \"1\"]}]}", "has the code \"1\" twice" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"], \"other\": \"2\"}]}", "\"other\" is not one of its codes" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"], \"number\": true}]}", "number and has codes" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"]}, {\"name\": \"a\", \"codes\": [\"1\"]}]}",
          "the column a stands twice" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"], \"cods\": []}]}", "no member \"cods\"" },
        { START "\"year\": \"b\", \"columns\": [{\"name\": \"a\", \"codes\": [\"1\"]}]}", "b is no column with codes" },
        { START "\"ignored\": [\"a\"], \"columns\": [{\"name\": \"a\", \"codes\": [\"1\"]}]}", "\"ignored\", place 1" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"]}], \"impossible\": [{\"a\": \"2\", \"b\": \"1\"}]}",
          "impossible combination 1: column a has no code \"2\"" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"]}], \"impossible\": [{\"a\": \"1\", \"b\": \"1\"}]}",
          "impossible combination 1: \"b\" is no column" },
        { START "\"columns\": [{\"name\": \"a\", \"codes\": [\"1\"]}], \"impossible\": [{\"a\": \"1\"}]}", "of 2 to 16 columns" },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct arena a = space;
        struct codebook c;
        struct said said = { 0 };
        assert_false(codebook_read(&a, "C.json", str_of(bad[i].text), &c, &said));
        if (!strstr(said.at, bad[i].says) || strchr(said.at, '\n'))
            fail_msg("%s: said %s", bad[i].text, said.at);
    }
}

static bool read_data(str data, const char *person, const char *year, struct rows *rows, struct said *said)
{
    static struct arena a;
    struct codebook c;
    a = space;
    *said = (struct said){ 0 };
    must(codebook_read(&a, "C.json", str_of(good), &c, said) && file_replace(path, data) == OK);
    return rows_read(&c, path, str_of(person), str_of(year), rows, said);
}

static void data_that_are_wrong_say_the_line_and_the_mend(void **state)
{
    (void)state;
    static const struct {
        const char *text, *person, *year, *says;
    } bad[] = {
        { "year,sex,work,n,id\n2024,Man,,1,a\n2024,Man,,1\n", "", "all", ":3: fewer cells than the header; mend the row" },
        { "year,sex,work,n,id\n2024,Man,,1,a,b\n", "", "all", ":2: more cells" },
        { "year,sex,work,n,id\n2024,Man,2,1,a\n", "", "all", ":2: column work: the code \"2\" is not in the codebook" },
        { "year,sex,work,n,id\n2024,Man,,x,a\n", "", "all", ":2: column n: \"x\" is no whole number" },
        { "year,sex,work,n,id\n2024,Man,,-1,a\n", "", "all", ":2: column n: \"-1\"" },
        { "year,sex,work,n,id\n2024,Woman,1,1,a\n2024,Man,1,1,a\n", "", "all",
          ":3: the codebook calls this combination impossible (number 1" },
        { "year,sex,work,id\n2024,Man,,a\n", "", "all", ":1: the column \"n\" of the codebook is missing" },
        { "year,sex,work,n,id,more\n2024,Man,,1,a,b\n", "", "all", ":1: the codebook has no column \"more\"" },
        { "year,sex,sex,work,n\n", "", "all", ":1: the column \"sex\" stands twice" },
        { "year,sex,work,n,id\n2024,Man,,1,a\n", "who", "all", ":1: there is no column \"who\"" },
        { "year,sex,work,n,id\n2024,Man,,1,\n", "id", "all", ":2: nobody is named" },
        { "year,sex,work,n,id\n2024,Man,,1,a\n2023,Man,,1,a\n", "", "2024", ":3: this row is of another year" },
        { "year,sex,work,n,id\n", "", "2022", "no year 2022" },
        { "year,sex,work,n,id\n2024,\"Man,,1,a\n", "", "all", ":2: a quote is not closed" },
        { "year,sex,work,n,id\n2024,M\xffn,,1,a\n", "", "all", ":2: bytes that are not UTF-8" },
        { "", "", "all", ":1: the file is empty; it wants a header" },
        { "\xef\xbb\xbf", "", "all", ":1: the file is empty" },
        { "year;sex;work;n;id\n", "", "all", ":1: the header is one cell, \"year;sex;work;n;id\"; part cells by commas" },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct rows rows;
        struct said said;
        assert_false(read_data(str_of(bad[i].text), bad[i].person, bad[i].year, &rows, &said));
        assert_null(rows.map);
        if (!strstr(said.at, bad[i].says) || !str_starts(str_of(said.at), bad[i].says[0] == 'n' ? lit("the codebook") : str_of(path)))
            fail_msg("%s: said %s", bad[i].text, said.at);
    }
}

/* As spreadsheets write it. A second mark is a part of the first name. */
static void a_byte_order_mark_is_no_part_of_the_header(void **state)
{
    (void)state;
    struct rows rows;
    struct said said;
    assert_true(read_data(lit("\xef\xbb\xbfsex,n,year,work,id\r\nMan,7,2024,,a\r\n"), "id", "2024", &rows, &said));
    assert_int_equal(rows.len, 1);
    assert_true(str_starts(rows.text, lit("sex,")));
    rows_end(&rows);
    assert_false(read_data(lit("\xef\xbb\xbf\xef\xbb\xbfsex,n,year,work,id\n"), "", "all", &rows, &said));
}

static void an_unknown_code_goes_to_the_declared_one(void **state)
{
    (void)state;
    struct rows rows;
    struct said said;
    assert_true(read_data(lit("sex,n,year,work,id\nRobot,7,2024,,a\n\"Woman\",0,2023,1,b\n"), "", "all", &rows, &said));
    assert_int_equal(rows.len, 2);
    assert_int_equal(rows.codes[1][0], 3);
    assert_int_equal(rows.codes[1][1], 0);
    assert_int_equal(rows.numbers[3][0], 7);
    assert_null(rows.codes[3]);
    rows_end(&rows);
    assert_null(rows.map);
}

/* Longer than the pieces it is read in, with quotes over line ends at every place of a piece's end. */
static void long_data_are_read_whole_and_people_found(void **state)
{
    (void)state;
    struct rows rows;
    struct said said;
    enum { ROWS = 60000 };
    struct arena a = arena_reserve(16 << 20);
    struct out o = { .arena = &a };
    out_str(&o, lit("id,year,sex,work,n\n"));
    for (int i = 0; i < ROWS; i++) {
        out_str(&o, i % 7 ? lit("p") : lit("\"p\n\"\""));
        out_int(&o, i * 7919 % 20000);
        out_str(&o, i % 7 ? lit(",") : lit("\","));
        out_str(&o, i % 2 ? lit("2023,Woman,1,") : lit("2024,,,"));
        out_int(&o, i);
        out_char(&o, '\n');
    }
    assert_true(read_data(out_view(&o), "id", "all", &rows, &said));
    assert_int_equal(rows.len, ROWS);
    ptrdiff_t people = 1;
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        assert_int_equal(rows.numbers[3][i], i);
        assert_int_equal(rows.codes[2][i], i % 2);
        if (i) {
            uint32_t before = rows.person[rows.order[i - 1]], now = rows.person[rows.order[i]];
            assert_true(now == before || now == before + 1);
            assert_true(now != before || rows.order[i] > rows.order[i - 1]);
            people += now != before;
        }
    }
    /* Three rows a name; a row in seven writes it otherwise, and so is somebody else. */
    assert_true(people > 20000 && people < 30000);
    rows_end(&rows);
    out_str(&o, lit("p1,2024,,,x\n"));
    assert_false(read_data(out_view(&o), "id", "all", &rows, &said));
    char where[32];
    snprintf(where, sizeof where, ":%d: column n", ROWS + ROWS / 7 + 1 + 2);
    assert_non_null(strstr(said.at, where));
}

static void a_draft_shows_what_occurs_and_is_refused_until_it_is_confirmed(void **state)
{
    (void)state;
    struct arena a = space;
    struct said said = { 0 };
    struct codebook c;
    struct out data = { .arena = &a };
    str draft;
    out_str(&data, lit("sex,id,\"odd \"\"name\"\n"));
    for (int i = 0; i < 1000; i++) {
        out_str(&data, i % 3 ? lit("Woman,") : lit(",\""));
        out_int(&data, i);
        out_str(&data, i % 3 ? lit(",<\n") : lit("\",\n"));
    }
    assert_true(codebook_draft(&a, "d.csv", out_view(&data), &draft, &said));
    assert_false(codebook_read(&a, "C.json", draft, &c, &said));
    assert_non_null(strstr(said.at, "nobody has confirmed it"));
    char *text = str_c(&a, draft), *gap = strstr(text, "\"confirmed\": \"\"");
    assert_non_null(gap);
    memcpy(gap, "\"confirmed\":\"x\"", 15);
    said = (struct said){ 0 };
    assert_true(codebook_read(&a, "C.json", str_of(text), &c, &said));
    assert_int_equal(c.column_count, 2);
    assert_int_equal(c.columns[0].len, 2);
    assert_true(str_equal(c.columns[1].name, lit("odd \"name")) && str_equal(c.ignored[0], lit("id")));
    assert_false(codebook_draft(&a, "d.csv", lit("a,b\n1\n"), &draft, &said));
    assert_string_equal(said.at, "d.csv:2: fewer cells than the header; mend that row");
    said = (struct said){ 0 };
    assert_false(codebook_draft(&a, "d.csv", lit("a;b\n1;2\n"), &draft, &said));
    assert_non_null(strstr(said.at, "part cells by commas"));
}

static void the_codebook_of_the_pack_has_the_columns_of_ctdc_and_all_countries(void **state)
{
    (void)state;
    struct arena a = space;
    struct said said = { 0 };
    struct codebook c;
    struct csv countries;
    str text;
    assert_int_equal(file_read(&a, str_c(&a, packs_folder(&a, "int/ctdc.codebook.json")), CODEBOOK_BYTES, &text), OK);
    if (!codebook_read(&a, "ctdc", text, &c, &said))
        fail_msg("%s", said.at);
    assert_int_equal(c.column_count, 27);
    assert_int_equal(file_read(&a, str_c(&a, packs_folder(&a, "int/countries.csv")), 1 << 20, &text), OK);
    assert_int_equal(csv_read(&a, text, &countries), OK);
    ptrdiff_t alpha3 = csv_column(&countries, lit("alpha3"));
    for (int k = 3; k <= 4; k++) {
        assert_int_equal(c.columns[k].len, countries.len); /* the empty one in the place of the header */
        for (ptrdiff_t i = 1; i < countries.len; i++)
            assert_true(codebook_code(&c.columns[k], countries.at[i].cells[alpha3]) >= 0);
    }
    for (ptrdiff_t i = 1; i < c.column_count; i++)
        assert_true(codebook_code(&c.columns[i], lit("")) == 0);
}

static int set_up(void **state)
{
    (void)state;
    crypt_start();
    space = arena_reserve(32 << 20);
    snprintf(path, sizeof path, "/tmp/codebook_test.XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? 1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_found_by_their_bytes_and_keep_their_order),
        cmocka_unit_test(a_codebook_that_is_wrong_says_where_and_the_mend),
        cmocka_unit_test(data_that_are_wrong_say_the_line_and_the_mend),
        cmocka_unit_test(a_byte_order_mark_is_no_part_of_the_header),
        cmocka_unit_test(an_unknown_code_goes_to_the_declared_one),
        cmocka_unit_test(long_data_are_read_whole_and_people_found),
        cmocka_unit_test(a_draft_shows_what_occurs_and_is_refused_until_it_is_confirmed),
        cmocka_unit_test(the_codebook_of_the_pack_has_the_columns_of_ctdc_and_all_countries),
    };
    return cmocka_run_group_tests_name("codebook", tests, set_up, tear_down);
}
