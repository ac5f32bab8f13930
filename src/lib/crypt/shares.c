/*
 * A secret in shares: A. Shamir, "How to share a secret", 1979, byte by byte over GF(256) with
 * x^8 + x^4 + x^3 + x + 1. No tables and no branches on secret bytes: time and cache tell nothing.
 */
#include "lib/crypt/crypt.h"

static uint8_t field_multiply(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (int i = 0; i < 8; i++) {
        product ^= (uint8_t)(-(b & 1) & a);
        a = (uint8_t)(a << 1 ^ (-(a >> 7) & 0x1b));
        b >>= 1;
    }
    return product;
}

/* a^254: the inverse, and 0 for 0. */
static uint8_t field_inverse(uint8_t a)
{
    uint8_t square = a, result = 1;
    for (int i = 0; i < 7; i++) {
        square = field_multiply(square, square);
        result = field_multiply(result, square);
    }
    return result;
}

void shares_make(const uint8_t secret[KEY], int shares, int need, uint8_t (*to)[SHARE])
{
    must(need >= 1 && need <= shares && shares <= 255);
    memset(to, 0, (size_t)shares * SHARE);
    uint8_t coefficient[KEY];
    /* Horner from the highest power down; the secret is the constant term. */
    for (int power = need - 1; power >= 0; power--) {
        if (power)
            crypt_random(coefficient, KEY);
        else
            memcpy(coefficient, secret, KEY);
        for (int s = 0; s < shares; s++) {
            to[s][0] = (uint8_t)(s + 1);
            for (int i = 0; i < KEY; i++)
                to[s][1 + i] = (uint8_t)(field_multiply(to[s][1 + i], to[s][0]) ^ coefficient[i]);
        }
    }
    wipe(coefficient, sizeof coefficient);
}

bool shares_join(const uint8_t (*shares)[SHARE], int n, uint8_t to[KEY])
{
    memset(to, 0, KEY);
    if (n < 1 || n > 255)
        return false;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            if (!shares[i][0] || (j < i && shares[i][0] == shares[j][0]))
                return false;
    for (int i = 0; i < n; i++) {
        /* Lagrange's weight of share i at x = 0; share numbers are no secret. */
        uint8_t above = 1, below = 1;
        for (int j = 0; j < n; j++) {
            if (j == i)
                continue;
            above = field_multiply(above, shares[j][0]);
            below = field_multiply(below, (uint8_t)(shares[j][0] ^ shares[i][0]));
        }
        uint8_t weight = field_multiply(above, field_inverse(below));
        for (int k = 0; k < KEY; k++)
            to[k] ^= field_multiply(shares[i][1 + k], weight);
    }
    return true;
}
