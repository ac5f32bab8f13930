/* Telephone numbers: known answers by the plans, and that a plain number stays as it is. Numbers of the ranges kept for drama, or invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/phone.h"

static void assert_number(const char *text, const char *country, const char *want)
{
    char out[PHONE_MOST];
    ptrdiff_t n = phone_e164(str_of(text), phone_country(str_of(country)), out);
    if (!str_equal((str){ out, n }, str_of(want)))
        fail_msg("%s in %s: %.*s, not %s", text, country, (int)n, out, want);
}

static void numbers_are_brought_to_e164(void **state)
{
    (void)state;
    static const char *const known[][3] = {
        { "+44 (0)20 7946 0000", "", "+442079460000" },     { "0044 20 7946 0000", "", "+442079460000" },   { "020 7946 0000", "GB", "+442079460000" },
        { "442079460000", "GB", "+442079460000" },          { "0207-946-0000 ext. 12", "gb", "+442079460000" },
        { "(202) 555-0123", "US", "+12025550123" },         { "1-202-555-0123", "US", "+12025550123" },     { "+1 202 555 0123 x99", "RO", "+12025550123" },
        { "011 44 20 7946 0000", "US", "+442079460000" },   { "0721 234 567", "RO", "+40721234567" },       { "+40 721 234 567", "US", "+40721234567" },
        { "8 (912) 345-67-89", "RU", "+79123456789" },      { "+7 912 345 67 89", "", "+79123456789" },     { "8 10 44 20 7946 0000", "RU", "+442079460000" },
        { "+7 800 555 01 99", "RU", "+78005550199" },       { "06 698 12345", "IT", "+3906698 12345" },     { "612 34 56 78", "ES", "+34612345678" },
        { "06 1 234 5678", "HU", "+3612345678" },           { "030/901820", "DE", "+4930901820" },          { "tel:+49-30-901820", "", "+4930901820" },
        { "٠٧٩٠١٢٣٤٥٦٧", "IQ", "+9647901234567" },          { "＋８１ ９０ １２３４ ５６７８", "", "+819012345678" }, { "+380 (44) 123-45-67", "", "+380441234567" },
        { "098 765 43 21", "UA", "+380987654321" },         { "55 1234 5678", "MX", "+525512345678" },      { "(11) 91234-5678", "BR", "+5511912345678" },
        { "(1) 202-555-0142", "", "+12025550142" },         { "44 20 7946 0000", "", "+442079460000" },
        { "0803 123 4567", "NG", "+2348031234567" },        { "0917 123 4567", "PH", "+639171234567" },     { "+225 07 12 34 56 78", "", "+2250712345678" },
        { "8 (029) 123-45-67", "BY", "+375291234567" },     { "+375 29 123 45 67", "", "+375291234567" },   { "1888888", "KW", "+9651888888" },
    };
    static const char *const none[][2] = { { "020 7946 0000", "" }, { "12", "GB" }, { "", "GB" }, { "none", "GB" }, { "+999 123 456 789", "" }, { "+1 012345678", "US" }, { "11 91234 5678", "" }, { "2025550123", "" },
                                           { "+44 20 7946 0000 20 7946 0000 20", "" }, { "+", "US" }, { "2025550", "US" } };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        char want[PHONE_MOST];
        ptrdiff_t n = 0;
        for (const char *c = known[i][2]; *c; c++)
            if (*c != ' ')
                want[n++] = *c;
        want[n] = 0;
        assert_number(known[i][0], known[i][1], want);
    }
    for (ptrdiff_t i = 0; i < countof(none); i++)
        assert_number(none[i][0], none[i][1], "");
    assert_int_equal(phone_country(lit("ZZ")), 0);
    assert_int_equal(phone_country(lit("")), 0);
    assert_true(phone_country(lit("gb")) > 0);
}

static void what_no_plan_knows_stays_as_digits(void **state)
{
    (void)state;
    static const char *const known[][3] = { { "555-0123", "US", "5550123" }, { "+1 (0) 12345678", "US", "+1012345678" }, { "020 7946 0000", "", "02079460000" },
                                            { "none", "US", "" }, { "#31#", "", "31" }, { "+", "", "" } };
    char out[PHONE_MOST];
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        ptrdiff_t n = phone_plain(str_of(known[i][0]), phone_country(str_of(known[i][1])), out);
        if (!str_equal((str){ out, n }, str_of(known[i][2])))
            fail_msg("%s: %.*s", known[i][0], (int)n, out);
    }
}

/* Over random digits with and without +, in some countries: once plain, it stays. */
static void a_plain_number_stays_as_it_is(void **state)
{
    (void)state;
    static const char *const countries[] = { "", "US", "GB", "RU", "HU", "BY", "IT", "DE", "MX", "JP", "BR" };
    struct chance c = chance_seeded(5);
    int numbers = 0;
    for (int round = 0; round < 200000; round++) {
        char text[32], once[PHONE_MOST], twice[PHONE_MOST];
        uint8_t r[24];
        c.fill(&c, r, sizeof r);
        ptrdiff_t n = 0;
        if (r[0] % 3 == 0)
            text[n++] = '+';
        for (int i = 0; i < 3 + r[1] % 20; i++)
            text[n++] = (char)('0' + r[2 + i] % (r[23] % 2 ? 10 : 3));
        int country = phone_country(str_of(countries[r[22] % countof(countries)]));
        ptrdiff_t len = phone_plain((str){ text, n }, country, once);
        assert_int_equal(phone_plain((str){ once, len }, country, twice), len);
        assert_memory_equal(once, twice, (size_t)len);
        numbers += phone_e164((str){ text, n }, country, twice) > 0;
    }
    assert_true(numbers > 20000);
}

static void a_plan_is_found_by_its_country_and_by_its_code(void **state)
{
    (void)state;
    str national;
    const struct phone_plan *p = phone_plan(phone_country(lit("hu")));
    assert_true(p->code == 36 && !strcmp(p->trunk, "06") && p->least == 8 && p->usual_least == 8 && !p->bare);
    p = phone_plan(phone_country(lit("CN")));
    assert_true(p->bare == 10 && p->least == 9 && p->most == 11);
    p = phone_plan_of_code(lit("491711234567"), &national);
    assert_true(p && p->code == 49 && p->most == 13 && p->usual_most == 11 && str_equal(national, lit("1711234567")));
    p = phone_plan_of_code(lit("442079460000"), &national); /* of Britain and its islands the widest */
    assert_true(p && p->least == 9 && p->most == 10);
    assert_null(phone_plan_of_code(lit("999123456789"), &national));
    assert_null(phone_plan_of_code(lit("37"), &national));
    assert_int_equal(phone_country(lit("H1")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_brought_to_e164),
        cmocka_unit_test(what_no_plan_knows_stays_as_digits),
        cmocka_unit_test(a_plain_number_stays_as_it_is),
        cmocka_unit_test(a_plan_is_found_by_its_country_and_by_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
