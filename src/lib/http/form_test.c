#include "lib/http/http.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static struct arena memory;

static const struct {
    str sent;
    ptrdiff_t max;
    status expected;
    ptrdiff_t fields;
    str last_name, last_value;
} forms[] = {
    { LIT(""), 4, OK, 0, LIT(""), LIT("") },
    { LIT("a=1"), 4, OK, 1, LIT("a"), LIT("1") },
    { LIT("a=1&b=2"), 4, OK, 2, LIT("b"), LIT("2") },
    { LIT("a=1&a=2"), 4, OK, 2, LIT("a"), LIT("2") },
    { LIT("a"), 4, OK, 1, LIT("a"), LIT("") },
    { LIT("a="), 4, OK, 1, LIT("a"), LIT("") },
    { LIT("a=1&"), 4, OK, 1, LIT("a"), LIT("1") },
    { LIT("&&a=1"), 4, OK, 1, LIT("a"), LIT("1") },
    { LIT("a=b=c"), 4, OK, 1, LIT("a"), LIT("b=c") },
    { LIT("a+b=c+d%2B"), 4, OK, 1, LIT("a b"), LIT("c d+") },
    { LIT("n=%C3%A9"), 4, OK, 1, LIT("n"), LIT("\xC3\xA9") },
    { LIT("n=%0d%0A"), 4, OK, 1, LIT("n"), LIT("\r\n") },
    { LIT("a=1&b=2&c=3"), 3, OK, 3, LIT("c"), LIT("3") },
    { LIT("a=1&b=2&c=3"), 2, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=1"), 0, INVALID, 0, LIT(""), LIT("") },
    { LIT("=1"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("="), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%4"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%4&b=1"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%G1"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%1G"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%00"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("%00=a"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%C3"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%C0%80"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=%ED%A0%80"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=1 2"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=\x01"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=\xC3\xA9"), 4, INVALID, 0, LIT(""), LIT("") },
    { LIT("a=\r\n"), 4, INVALID, 0, LIT(""), LIT("") },
};

static void a_form_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    for (ptrdiff_t i = 0; i < countof(forms); i++) {
        struct arena a = memory;
        struct fields got;
        if (http_form_read(&a, forms[i].sent, forms[i].max, &got) != forms[i].expected || got.len != forms[i].fields)
            fail_msg("row %td: %s", i, forms[i].sent.at);
        if (!got.len)
            continue;
        assert_true(str_equal(got.at[got.len - 1].name, forms[i].last_name));
        assert_true(str_equal(got.at[got.len - 1].value, forms[i].last_value));
    }
}

static void a_plus_is_a_space_only_in_forms(void **state)
{
    (void)state;
    struct arena a = memory;
    str out;
    assert_true(http_percent_decode(&a, lit("/a+b%20c"), false, &out));
    assert_true(str_equal(out, lit("/a+b c")));
    assert_true(http_percent_decode(&a, lit(""), false, &out));
    assert_int_equal(out.len, 0);
    assert_false(http_percent_decode(&a, lit("/%ff"), false, &out));
}

static const struct {
    str first, second; /* Cookie headers; the second may be missing */
    str expected;
} cookies[] = {
    { LIT("s=abc"), LIT(""), LIT("abc") },
    { LIT("a=1; s=abc; b=2"), LIT(""), LIT("abc") },
    { LIT("a=1;s=abc"), LIT(""), LIT("abc") },
    { LIT("a=1"), LIT("s=abc"), LIT("abc") },
    { LIT("s=a=b"), LIT(""), LIT("a=b") },
    { LIT("s="), LIT(""), LIT("") },
    { LIT("s"), LIT(""), LIT("") },
    { LIT("S=abc"), LIT(""), LIT("") },
    { LIT("xs=abc; sx=1"), LIT(""), LIT("") },
    { LIT("s=abc; s=abc"), LIT(""), LIT("") },
    { LIT("s=; s=abc"), LIT(""), LIT("") },
    { LIT("s=abc"), LIT("s=def"), LIT("") },
    { LIT(""), LIT(""), LIT("") },
    { LIT(";;; ;"), LIT(""), LIT("") },
};

static void a_cookie_is_found_once_or_not(void **state)
{
    (void)state;
    for (ptrdiff_t i = 0; i < countof(cookies); i++) {
        struct header headers[] = { { lit("Host"), lit("s=no") },
                                    { lit("Cookie"), cookies[i].first },
                                    { lit("cookie"), cookies[i].second } };
        struct http_request r = { .headers = headers, .header_count = cookies[i].second.len ? 3 : 2 };
        if (!str_equal(http_cookie(&r, lit("s")), cookies[i].expected))
            fail_msg("row %td: %s", i, cookies[i].first.at);
    }
}

int main(void)
{
    memory = arena_reserve(1 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_read_whole_or_not_at_all),
        cmocka_unit_test(a_plus_is_a_space_only_in_forms),
        cmocka_unit_test(a_cookie_is_found_once_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
