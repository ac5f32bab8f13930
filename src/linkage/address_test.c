/* Addresses: known answers in several languages, what is near, and that the quick look agrees with the parser. All invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "linkage/address.h"
#include "linkage/normal.h"

static str plain(const char *text, char to[VALUE_MOST])
{
    ptrdiff_t n = normal_value(KIND_ADDRESS, str_of(text), to);
    assert_true(n >= 0);
    return (str){ to, n };
}

static void addresses_have_one_form(void **state)
{
    (void)state;
    static const char *const known[][2] = {
        { "12 Main St", "12 main street" },
        { "12, Main Street", "12 main street" },
        { "12 St. Mary's St., Apt 4", "12 saint marys street #a 4" },
        { "12 Saint Marys Street #4", "12 saint marys street #a 4" },
        { "12 Main St Apt B", "12 main street #a b" },
        { "5th Ave 350", "350 fifth avenue" },
        { "Calle Mayor 12, 3º B", "12 street mayor 3o b" },
        { "C/ Mayor, 12", "12 street mayor" },
        { "Av. de la Constitución 5 piso 2", "5 avenue constitucion #a 2" },
        { "Rua das Flores, 25 apto 301", "25 street flores #a 301" },
        { "R. das Flores 25", "25 street flores" },
        { "ул. Ленина, д. 5, кв. 12", "5 street lenina #a 12" },
        { "улица Ленина 5", "5 street lenina" },
        { "Str. Mihai Eminescu nr. 10, bl. 3, sc. 2, ap. 14", "10 street mihai eminescu #b 3 #e 2 #a 14" },
        { "Hauptstr. 5", "5 haupt street" },
        { "Hauptstraße 5", "5 haupt street" },
        { "10 North Oak Blvd", "10 north oak boulevard" },
        { "10 N. Oak Boulevard", "10 north oak boulevard" },
        { "12 Main St, Springfield, 62704", "12 main street springfield @62704" },
        { "St. Louis", "saint louis" },
        { "Saint Louis", "saint louis" },
        { "SW1A 1AA", "sw1a1aa" },
        { "01310-100", "01310100" },
        { "75001", "75001" },
        { "new york", "new york" },
        { "Bucharest", "bucharest" },
        { "12-14 High Rd", "12-14 high road" },
        { "", "" },
        { "Street", "street" },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        char to[VALUE_MOST], again[VALUE_MOST];
        str one = plain(known[i][0], to);
        if (!str_equal(one, str_of(known[i][1])))
            fail_msg("%s: %.*s, not %s", known[i][0], (int)one.len, one.at, known[i][1]);
        to[one.len] = 0;
        assert_true(str_equal(plain(to, again), one));
    }
}

static void near_is_a_slip_or_a_part_that_one_does_not_say(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool near;
    } known[] = {
        { "12 Main St", "12 Mian St Apt 4", true }, { "12 Main St", "12 Main Avenue", true },      { "12 Main St Apt 4", "12 Main St Apt 5", false }, { "12 Main St", "14 Main St", false },
        { "Calle Mayor 12", "12 Mayor", true },     { "12 Oak St", "12 Elm St", false },           { "12 Oxford St", "12 Oxfrd Road", true },       { "12 vevan street", "12 vevn street", true },
        { "London", "Paris", false },               { "Houston", "Huston", true },                  { "12 Main St Springfield 62704", "12 Main St", true },
        { "12", "12 Main St", false },              { "12 oak", "12 oat", false },
    };
    for (ptrdiff_t i = 0; i < countof(known); i++) {
        char x[VALUE_MOST], y[VALUE_MOST];
        str a = plain(known[i].a, x), b = plain(known[i].b, y);
        if (address_near(a, b) != known[i].near || address_near(b, a) != known[i].near)
            fail_msg("%s and %s", known[i].a, known[i].b);
    }
}

/* Out of words that mean something: where the quick look says settled, the parser changes nothing; and it is stable, whatever comes. */
static void what_is_settled_stays(void **state)
{
    (void)state;
    static const char *const words[] = { "12", "main", "street", "st", "apt", "4", "oak", "hauptstr", "of", "de", "saint", "n", "avenue", "b", "#", ",", "nr", "ul", "d", "60601", "-", "12b", "casa", "5th", "@", "/" };
    struct chance c = chance_seeded(7);
    int settled = 0;
    for (int round = 0; round < 60000; round++) {
        char text[200], to[VALUE_MOST], again[VALUE_MOST];
        uint8_t r[12];
        ptrdiff_t n = 0;
        c.fill(&c, r, sizeof r);
        for (int i = 0; i < 1 + r[0] % 10; i++) {
            const char *word = words[r[1 + i] % countof(words)];
            if (i)
                text[n++] = ' ';
            memcpy(text + n, word, strlen(word));
            n += (ptrdiff_t)strlen(word);
        }
        str one = { to, address_plain((str){ text, n }, to) };
        str two = { again, address_plain(one, again) };
        if (!str_equal(one, two))
            fail_msg("%.*s became %.*s, then %.*s", (int)n, text, (int)one.len, one.at, (int)two.len, two.at);
        if (address_settled((str){ text, n })) {
            settled++;
            if (!str_equal(one, (str){ text, n }))
                fail_msg("%.*s was called settled and became %.*s", (int)n, text, (int)one.len, one.at);
        }
    }
    assert_true(settled > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_have_one_form),
        cmocka_unit_test(near_is_a_slip_or_a_part_that_one_does_not_say),
        cmocka_unit_test(what_is_settled_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
