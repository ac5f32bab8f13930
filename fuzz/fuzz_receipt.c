/* What people type as their number: the digits found are few enough, and reading them again changes nothing. */
#include "fuzz.h"
#include "vault/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char digits[RECEIPT_DIGITS], again[RECEIPT_DIGITS];
    str typed = { (const char *)data, (ptrdiff_t)size };
    struct receipt_typed r = receipt_look(typed, digits);
    must(r.found >= 0 && r.found <= typed.len);
    must(r.good == (r.found == RECEIPT_DIGITS && !r.other_characters));
    for (int i = 0; i < RECEIPT_DIGITS; i++)
        must(digits[i] >= '0' && digits[i] <= '9' && (r.good || digits[i] == '0'));
    must(receipt_read((str){ digits, RECEIPT_DIGITS }, again) && !memcmp(digits, again, RECEIPT_DIGITS));
    return 0;
}
