/* The words of a text as they are looked for. All invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/terms.h"

/* All terms of a text, with a blank between. */
static const char *terms(const char *text)
{
    static char all[4000];
    struct term_reader r = term_reader(str_of(text));
    struct term t;
    size_t n = 0;
    all[0] = 0;
    while (term_next(&r, &t) && n + TERM_MOST + 2 < sizeof all)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s", n ? " " : "", (int)t.len, t.at);
    return all;
}

static void words_are_small_and_in_latin_letters(void **state)
{
    (void)state;
    assert_string_equal(terms("a girl at the SHELL station"), "wa wgirl wat wthe wshell wstation");
    assert_string_equal(terms("rosa_lane, 10,000; o'neill don’t"), "wrosa wlane w10 w000 woneill wdont");
    assert_string_equal(terms("una niña, fácil"), "wuna wnina wfacil");
    assert_string_equal(terms("ｆｕｌｌ ｗｉｄｔｈ"), "wfull wwidth");
    assert_string_equal(terms("гостиница"), "wgostinitsa");
    assert_string_equal(terms("  ... !? — “”"), "");
    assert_string_equal(terms(""), "");
    assert_string_equal(terms("bad \xff bytes"), "");
}

static void a_name_is_also_what_it_sounds_like(void **state)
{
    (void)state;
    struct term_reader one = term_reader(lit("Mohammed")), other = term_reader(lit("Muhamad"));
    struct term a, b;
    assert_true(term_next(&one, &a) && a.name && a.at[0] == TERM_WORD && term_next(&one, &a) && a.at[0] == TERM_SOUND);
    assert_true(term_next(&other, &b) && term_next(&other, &b));
    assert_true(str_equal(term_text(&a), term_text(&b)));
    struct term_reader small = term_reader(lit("muhamad")); /* as it is typed: no name by itself, but its sound can be asked for */
    assert_true(term_next(&small, &b) && !b.name && term_sound(&b, &b) && str_equal(term_text(&a), term_text(&b)));
    assert_false(term_next(&small, &b));
    struct term_reader arabic = term_reader(lit("محمد"));
    assert_true(term_next(&arabic, &b) && b.name);
    struct term_reader number = term_reader(lit("Room12345"));
    assert_true(term_next(&number, &b) && b.name && !term_next(&number, &b)); /* with digits it is no name */
}

static void writing_without_blanks_is_found_by_its_signs(void **state)
{
    (void)state;
    assert_string_equal(terms("王小明"), "c王 c王小 c小 c小明 c明");
    assert_string_equal(terms("김민수"), "c김 c김민 c민 c민수 c수");
    assert_string_equal(terms("ホテル a"), "cホ cホテ cテ cテル cル wa");
    assert_string_equal(terms("ﾎﾃﾙ"), "cホ cホテ cテ cテル cル");
    assert_string_equal(terms("店，在"), "c店 c在");
}

/* Whatever the text: the spans lie in it, in whole letters, and do not run back. */
static void each_term_says_where_it_stands(void **state)
{
    (void)state;
    str text = lit("Call Олег at the 酒店 of O'Brien, ที่นี่ 12-34.");
    struct term_reader r = term_reader(text);
    struct term t;
    ptrdiff_t begin = 0;
    int n = 0;
    for (; term_next(&r, &t); n++) {
        assert_true(t.begin >= begin && t.end > t.begin && t.end <= text.len && t.len > 1 && t.len <= TERM_MOST);
        assert_true(utf8_valid(str_part(text, t.begin, t.end)));
        begin = t.begin;
    }
    assert_true(n > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_small_and_in_latin_letters),
        cmocka_unit_test(a_name_is_also_what_it_sounds_like),
        cmocka_unit_test(writing_without_blanks_is_found_by_its_signs),
        cmocka_unit_test(each_term_says_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
