#include "lib/base/base.h"

static const char hex_digits[] = "0123456789abcdef";
static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";
static const char rfc4648[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool id_equal(id a, id b)
{
    return !memcmp(a.at, b.at, sizeof a.at);
}

bool id_is_zero(id a)
{
    return id_equal(a, (id){ 0 });
}

id id_make(const uint8_t random[16], int64_t unix_ms, bool day_only)
{
    enum { DAY_MS = 86400000 };
    id i;
    memcpy(i.at, random, 16);
    int64_t ms = day_only ? unix_ms - ((unix_ms % DAY_MS) + DAY_MS) % DAY_MS : unix_ms;
    for (int b = 0; b < 6; b++)
        i.at[b] = (uint8_t)((uint64_t)ms >> (40 - 8 * b));
    i.at[6] = (uint8_t)(0x70 | (i.at[6] & 0x0f)); /* version 7 */
    i.at[8] = (uint8_t)(0x80 | (i.at[8] & 0x3f)); /* variant */
    return i;
}

id chance_id(struct chance *c, int64_t unix_ms, bool day_only)
{
    uint8_t random[16];
    c->fill(c, random, sizeof random);
    return id_make(random, unix_ms, day_only);
}

str id_text(struct arena *a, id i)
{
    char *p = arena_new(a, char, 33);
    hex_write(p, i.at, 16);
    return (str){ p, 32 };
}

bool id_read(str s, id *out)
{
    for (ptrdiff_t k = 0; k < s.len; k++)
        if (s.at[k] >= 'A' && s.at[k] <= 'F')
            return false;
    return hex_read(s, out->at, 16);
}

str id_short(struct arena *a, id i)
{
    /* The last 40 bits are random in every id we make. */
    str s = base32_text(a, i.at + 11, 5);
    char *p = arena_new(a, char, 10);
    for (int k = 0, to = 0; k < 8; k++) {
        if (k == 4)
            p[to++] = '-';
        p[to++] = s.at[k] >= 'a' ? (char)(s.at[k] - ('a' - 'A')) : s.at[k];
    }
    return (str){ p, 9 };
}

void hex_write(char *to, const void *bytes, ptrdiff_t n)
{
    const uint8_t *b = bytes;
    for (ptrdiff_t i = 0; i < n; i++) {
        to[2 * i] = hex_digits[b[i] >> 4];
        to[2 * i + 1] = hex_digits[b[i] & 15];
    }
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_read(str s, uint8_t *to, ptrdiff_t n)
{
    if (s.len != 2 * n)
        return false;
    for (ptrdiff_t i = 0; i < n; i++) {
        int high = hex_value(s.at[2 * i]), low = hex_value(s.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static str base32_of(struct arena *a, const uint8_t *bytes, ptrdiff_t n, const char *digits)
{
    ptrdiff_t len = (n * 8 + 4) / 5, to = 0;
    char *p = arena_new(a, char, len + 1);
    uint32_t bits = 0;
    int held = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        bits = bits << 8 | bytes[i];
        for (held += 8; held >= 5; held -= 5)
            p[to++] = digits[bits >> (held - 5) & 31];
    }
    if (held)
        p[to++] = digits[bits << (5 - held) & 31];
    return (str){ p, to };
}

str base32_text(struct arena *a, const uint8_t *bytes, ptrdiff_t n)
{
    return base32_of(a, bytes, n, crockford);
}

str base32_rfc_text(struct arena *a, const uint8_t *bytes, ptrdiff_t n)
{
    return base32_of(a, bytes, n, rfc4648);
}

static int base32_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c + ('a' - 'A'));
    if (c == 'o')
        c = '0';
    if (c == 'i' || c == 'l')
        c = '1';
    const char *p = c ? strchr(crockford, c) : NULL;
    return p ? (int)(p - crockford) : -1;
}

bool base32_read(str s, uint8_t *to, ptrdiff_t n)
{
    uint32_t bits = 0;
    int held = 0;
    ptrdiff_t done = 0;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        if (s.at[i] == '-' || s.at[i] == ' ')
            continue;
        int v = base32_value(s.at[i]);
        if (v < 0)
            return false;
        bits = bits << 5 | (uint32_t)v;
        held += 5;
        if (held >= 8) {
            if (done == n)
                return false;
            to[done++] = (uint8_t)(bits >> (held - 8));
            held -= 8;
            bits &= (1u << held) - 1;
        }
    }
    return done == n && held < 5 && bits == 0;
}

str base64_text(struct arena *a, const uint8_t *bytes, ptrdiff_t n)
{
    char *p = arena_new(a, char, (n + 2) / 3 * 4 + 1);
    ptrdiff_t to = 0;
    for (ptrdiff_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)bytes[i] << 16 | (i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0) | (i + 2 < n ? bytes[i + 2] : 0);
        p[to++] = base64_digits[v >> 18];
        p[to++] = base64_digits[v >> 12 & 63];
        p[to++] = i + 1 < n ? base64_digits[v >> 6 & 63] : '=';
        p[to++] = i + 2 < n ? base64_digits[v & 63] : '=';
    }
    return (str){ p, to };
}

static int base64_value(char c)
{
    const char *p = c ? strchr(base64_digits, c) : NULL;
    return p ? (int)(p - base64_digits) : -1;
}

bool base64_read(struct arena *a, str s, str *out)
{
    if (s.len % 4)
        return false;
    ptrdiff_t pad = s.len && s.at[s.len - 1] == '=' ? 1 + (s.at[s.len - 2] == '=') : 0;
    char *p = arena_new(a, char, s.len / 4 * 3 + 1);
    ptrdiff_t to = 0;
    for (ptrdiff_t i = 0; i < s.len; i += 4) {
        uint32_t v = 0;
        for (int k = 0; k < 4; k++) {
            bool padding = i + k >= s.len - pad;
            int d = padding ? 0 : base64_value(s.at[i + k]);
            if (d < 0)
                return false;
            v = v << 6 | (uint32_t)d;
        }
        for (int k = 0; k < 3; k++)
            p[to++] = (char)(v >> (16 - 8 * k) & 255);
    }
    for (ptrdiff_t k = 1; k <= pad; k++)
        if (p[to - k]) /* bits beyond the last byte must be zero: one text a value */
            return false;
    *out = (str){ p, to - pad };
    return true;
}

/* xoshiro256** (Blackman, Vigna 2018): repeatable, for tests and invented data. */
static uint64_t rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static uint64_t chance_next(struct chance *c)
{
    uint64_t *s = c->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static void chance_fill_seeded(struct chance *c, void *at, ptrdiff_t n)
{
    for (uint8_t *p = at; n > 0; n -= 8, p += 8) {
        uint64_t x = chance_next(c);
        memcpy(p, &x, (size_t)(n < 8 ? n : 8));
    }
}

struct chance chance_seeded(uint64_t seed)
{
    struct chance c = { .fill = chance_fill_seeded };
    for (int i = 0; i < 4; i++) { /* splitmix64 spreads the seed */
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        c.state[i] = z ^ z >> 31;
    }
    return c;
}
