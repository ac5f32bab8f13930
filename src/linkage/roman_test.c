/* Names of other scripts, and values as they are compared. All names are invented or common first names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/normal.h"
#include "linkage/roman.h"

static void assert_becomes(enum field_kind kind, const char *text, const char *want)
{
    char to[VALUE_MOST], scratch[VALUE_MOST];
    ptrdiff_t n = normal_value(kind, str_of(text), to);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(to, want, (size_t)n);
    str same = normal_text(kind, str_of(text), scratch); /* the quick way says the same */
    assert_int_equal(same.len, n);
    assert_memory_equal(n ? same.at : "", want, (size_t)n);
}

static void each_script_is_written_in_latin_letters(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "Йосиф Щукин", "yosif shchukin" }, { "ЮЛИЯ", "yuliya" }, { "Ґанна Їжак", "ganna yizhak" },
        { "Γιώργος", "giorgos" }, { "ΕΛΈΝΗ", "eleni" }, { "محمد", "mhmd" }, { "پروین", "prwyn" }, { "יוסף", "yosf" }, { "אברהם", "abrhm" }, { "علي", "aly" }, { "王小明", "wang xiaoming" },
        { "राम कुमार", "ram kumar" }, { "सीता", "sita" }, { "สมชาย", "smchay" }, { "김민준", "gimminjun" },
        { "さくら", "sakura" }, { "キョウコ", "kyouko" }, { "しょう", "shou" }, { "José Núñez", "jose nunez" }, { "Müller", "muller" },
        { "ＡＢＣ", "abc" }, { "ｶﾅ", "kana" }, { "㊇", "ba" },
    };
    for (ptrdiff_t i = 0; i < countof(pairs); i++)
        assert_becomes(KIND_NAME, pairs[i][0], pairs[i][1]);
}

static void values_are_brought_to_one_form(void **state)
{
    (void)state;
    static const struct {
        enum field_kind kind;
        const char *text, *want;
    } known[] = {
        { KIND_NAME, "  Anna\t Maria ", "anna maria" }, { KIND_NAME, "anna maria", "anna maria" }, { KIND_NAME, " ", "" }, { KIND_NAME, "", "" },
        { KIND_DATE, "1981-02-03", "1981-02-03" }, { KIND_DATE, "19810203", "1981-02-03" }, { KIND_DATE, "03/02/1981", "1981-02-03" },
        { KIND_DATE, "3 Feb 1981", "3 feb 1981" }, { KIND_DATE, "1981", "1981" },
        { KIND_PHONE, "+44 (0)20 7946-0000", "+442079460000" }, { KIND_PHONE, "none", "" },
        { KIND_EMAIL, "A.B+news@Gmail.com", "ab@gmail.com" }, { KIND_EMAIL, "a.b@example.org", "a.b@example.org" }, { KIND_EMAIL, "no mail", "no mail" },
        { KIND_PLATE, "abc-12 3", "abc123" }, { KIND_EXACT, "Yes ", "yes" },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        assert_becomes(known[i].kind, known[i].text, known[i].want);
}

static void what_is_not_utf8_is_told(void **state)
{
    (void)state;
    char to[VALUE_MOST];
    for (int kind = 0; kind < FIELD_KINDS; kind++) {
        assert_int_equal(normal_value((enum field_kind)kind, lit("caf\xe9"), to), -1);
        assert_int_equal(normal_text((enum field_kind)kind, lit("caf\xe9"), to).len, -1);
    }
}

/* A long text is cut where it fits, between letters; nothing is written beyond. */
static void a_long_text_is_cut(void **state)
{
    (void)state;
    char text[4000], to[VALUE_MOST + 1];
    for (int width = 1; width <= 3; width++) {
        static const char *const letters[] = { "", "Z", "\xd0\x96", "\xe3\x81\x8d" };
        ptrdiff_t n = 0;
        while (n + width < (ptrdiff_t)sizeof text)
            for (int i = 0; i < width; i++)
                text[n++] = letters[width][i];
        to[VALUE_MOST] = '!';
        ptrdiff_t len = normal_value(KIND_NAME, (str){ text, n }, to);
        assert_true(len > VALUE_MOST - 8 && len <= VALUE_MOST);
        assert_int_equal(to[VALUE_MOST], '!');
        assert_true(utf8_valid((str){ to, len }));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_script_is_written_in_latin_letters),
        cmocka_unit_test(values_are_brought_to_one_form),
        cmocka_unit_test(what_is_not_utf8_is_told),
        cmocka_unit_test(a_long_text_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
