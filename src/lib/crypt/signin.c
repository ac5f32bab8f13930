/* What a person proves at sign-in: a stretched passphrase and a code of the hour. */
#include "lib/crypt/crypt.h"
#include <liboath/oath.h>
#include <sodium.h>

_Static_assert(crypto_pwhash_SALTBYTES == 16, "salt");

status stretch(str passphrase, const uint8_t salt[16], struct stretch_cost cost, uint8_t to[KEY])
{
    int r = crypto_pwhash(to, KEY, passphrase.at, (unsigned long long)passphrase.len, salt, cost.ops,
                          (size_t)cost.mem_kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
    if (!r)
        return OK;
    wipe(to, KEY);
    return FAULT;
}

bool totp_check(const uint8_t secret[20], int64_t now, uint32_t code, int64_t *step)
{
    enum { STEP = 30, DIGITS = 6 };
    if (now < STEP || code > 999999)
        return false;
    char typed[DIGITS];
    for (int i = DIGITS - 1; i >= 0; i--, code /= 10)
        typed[i] = (char)('0' + code % 10);
    bool good = false;
    /* All three are computed and compared whole, whichever fits: time tells nothing of the digits. */
    for (int64_t at = now / STEP - 1; at <= now / STEP + 1; at++) {
        char expected[DIGITS + 1];
        must(oath_hotp_generate((const char *)secret, 20, (uint64_t)at, DIGITS, false, OATH_HOTP_DYNAMIC_TRUNCATION,
                                expected) == OATH_OK);
        bool fits = same_bytes(expected, typed, DIGITS);
        if (fits)
            *step = at;
        good |= fits;
        wipe(expected, sizeof expected);
    }
    wipe(typed, sizeof typed);
    return good;
}

uint32_t totp_code(const uint8_t secret[20], int64_t now)
{
    char digits[7];
    uint32_t code = 0;
    must(oath_hotp_generate((const char *)secret, 20, (uint64_t)now / 30, 6, false, OATH_HOTP_DYNAMIC_TRUNCATION, digits) ==
         OATH_OK);
    for (int i = 0; i < 6; i++)
        code = 10 * code + (uint32_t)(digits[i] - '0');
    return code;
}
