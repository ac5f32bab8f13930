#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "vault/receipt.h"

static const char want[] = "123456789012345678901234";

static void people_may_type_their_number_as_they_like(void **state)
{
    (void)state;
    static const str ways[] = {
        LIT("123456789012345678901234"),
        LIT("1234 5678 9012 3456 7890 1234"),
        LIT("1234-5678-9012-3456-7890-1234"),
        LIT("  1234\t5678\r\n9012 -- 3456\xc2\xa0" "7890\xe2\x80\x93" "1234\n"),
        LIT("١٢٣٤ ٥٦٧٨ ٩٠١٢ ٣٤٥٦ ٧٨٩٠ ١٢٣٤"),
        LIT("۱۲۳۴ ۵۶۷۸ ۹۰۱۲ ۳۴۵۶ ۷۸۹۰ ۱۲۳۴"),
        LIT("1234　5678－9012　3456　7890　1234"),
        LIT("1234 ٥٦٧٨ ۹۰۱۲ 3456 7890 ١٢٣٤"),
        LIT("\xe2\x80\x8f" "1234 5678 9012 3456 7890 1234" "\xe2\x80\xac"),
    };
    for (int i = 0; i < countof(ways); i++) {
        char digits[RECEIPT_DIGITS];
        struct receipt_typed r = receipt_look(ways[i], digits);
        assert_true(r.good && !r.other_characters && r.found == 24);
        assert_memory_equal(digits, want, RECEIPT_DIGITS);
        assert_true(receipt_read(ways[i], digits));
    }
}

static void what_is_wrong_can_be_said(void **state)
{
    (void)state;
    static const struct { str typed; ptrdiff_t found; bool other; } ways[] = {
        { LIT(""), 0, false },
        { LIT(" - "), 0, false },
        { LIT("1234 5678 9012 3456 7890 123"), 23, false },
        { LIT("1234 5678 9012 3456 7890 12345"), 25, false },
        { LIT("1234 5678 9012 3456 7890 1234 x"), 24, true },
        { LIT("O234 5678 9012 3456 7890 1234"), 23, true },
        { LIT("1234.5678.9012.3456.7890.1234"), 24, true },
        { LIT("१२३४"), 0, true }, /* digits of another script are named as such, not guessed */
        { LIT("1234\xff"), 0, true },
        { LIT("1234 5678 9012 3456 7890 1234 \xf0\x9f\x8f\xa0"), 24, true }, /* of four bytes */
        { LIT("\xf0\x91\x83\xb0"), 0, true },
    };
    for (int i = 0; i < countof(ways); i++) {
        char digits[RECEIPT_DIGITS];
        struct receipt_typed r = receipt_look(ways[i].typed, digits);
        assert_false(r.good);
        assert_int_equal(r.found, ways[i].found);
        assert_int_equal(r.other_characters, ways[i].other);
        assert_memory_equal(digits, "000000000000000000000000", RECEIPT_DIGITS);
        assert_false(receipt_read(ways[i].typed, digits));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_may_type_their_number_as_they_like),
        cmocka_unit_test(what_is_wrong_can_be_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
