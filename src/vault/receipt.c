#include "vault/receipt.h"

/* First code points of the decimal digits we take, each followed by its nine successors. */
static const uint32_t digit_zero[] = {
    '0', 0x0660 /* Arabic-Indic */, 0x06f0 /* Persian, Urdu */, 0xff10 /* full-width */
};
/* What may stand between digits: white space, dashes and the marks of direction that come with pasting. */
static const struct { uint32_t from, to; } between[] = {
    { '\t', '\r' }, { ' ', ' ' }, { '-', '-' }, { 0x00a0, 0x00a0 }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c },
    { 0x2000, 0x2015 }, { 0x2028, 0x202f }, { 0x205f, 0x2060 }, { 0x2066, 0x2069 }, { 0x2212, 0x2212 }, { 0x3000, 0x3000 },
    { 0xfe58, 0xfe58 }, { 0xfe63, 0xfe63 }, { 0xfeff, 0xfeff }, { 0xff0d, 0xff0d },
};

/* The next code point of valid UTF-8. */
static uint32_t point_next(str *rest)
{
    const uint8_t *p = (const uint8_t *)rest->at;
    int more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    uint32_t point = more ? p[0] & (0x3fu >> more) : p[0];
    for (int i = 1; i <= more; i++)
        point = point << 6 | (p[i] & 0x3f);
    *rest = str_part(*rest, 1 + more, rest->len);
    return point;
}

static int digit_value(uint32_t point)
{
    int value = -1;
    for (int i = 0; i < countof(digit_zero); i++)
        if (point - digit_zero[i] < 10)
            value = (int)(point - digit_zero[i]);
    return value;
}

static bool stands_between(uint32_t point)
{
    bool found = false;
    for (int i = 0; i < countof(between); i++)
        found |= point >= between[i].from && point <= between[i].to;
    return found;
}

struct receipt_typed receipt_look(str typed, char digits[RECEIPT_DIGITS])
{
    struct receipt_typed r = { 0 };
    memset(digits, '0', RECEIPT_DIGITS);
    if (!utf8_valid(typed)) {
        r.other_characters = true;
        return r;
    }
    while (typed.len) {
        uint32_t point = point_next(&typed);
        int value = digit_value(point);
        if (value < 0) {
            r.other_characters |= !stands_between(point);
            continue;
        }
        if (r.found < RECEIPT_DIGITS)
            digits[r.found] = (char)('0' + value);
        r.found++;
    }
    r.good = !r.other_characters && r.found == RECEIPT_DIGITS;
    if (!r.good)
        memset(digits, '0', RECEIPT_DIGITS);
    return r;
}

bool receipt_read(str typed, char digits[RECEIPT_DIGITS])
{
    return receipt_look(typed, digits).good;
}
