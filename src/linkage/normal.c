#include "linkage/normal.h"
#include "linkage/accounts.h"
#include "linkage/address.h"
#include "linkage/phone.h"
#include "linkage/roman.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Folded, runs of white space as one space, none at the ends. */
static ptrdiff_t plain(str text, char *to)
{
    ptrdiff_t n = 0;
    bool space = false;
    for (ptrdiff_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if ((unsigned char)c <= ' ') {
            space = n > 0;
            continue;
        }
        if (n + space + 1 > VALUE_MOST) /* what is as long as a value may be is left whole, or its form would be another the next time */
            break;
        if (space)
            to[n++] = ' ';
        space = false;
        to[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    return n;
}

/* Lower-case letters, digits and signs alone, as most files have it: nothing to make plain. Eight bytes at a time. */
static bool is_plain(str text)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    for (ptrdiff_t i = 0; i < text.len; i += 8) {
        uint64_t word = 0x6161616161616161u;
        memcpy(&word, text.at + i, (size_t)(text.len - i < 8 ? text.len - i : 8));
        /* A high bit for each byte that is above ASCII, a control or blank, or A to Z. */
        uint64_t seven = word & ~high, blank = ~(seven + ones * (0x80 - 0x21)), capital = (seven + ones * (0x80 - 'A')) & ~(seven + ones * (0x80 - 'Z' - 1));
        if ((word | blank | capital) & high)
            return false;
    }
    return true;
}

/* Words between single blanks, plain. */
static bool is_spaced(str text)
{
    for (ptrdiff_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if ((unsigned char)c < ' ' || (unsigned char)c > '~' || (c >= 'A' && c <= 'Z') || (c == ' ' && (i == 0 || i + 1 == text.len || text.at[i - 1] == ' ')))
            return false;
    }
    return true;
}

/* 1981-02-03, as most files have it. */
static bool is_date(str text)
{
    if (text.len != 10)
        return false;
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text.at[i] != '-' : !is_digit(text.at[i]))
            return false;
    return true;
}

str normal_text(enum field_kind kind, str text, char *scratch)
{
    if (kind == KIND_DATE && is_date(text))
        return text;
    bool words = kind == KIND_NAME || kind == KIND_ADDRESS || kind == KIND_EXACT;
    if (words && text.len <= VALUE_MOST && (is_plain(text) || is_spaced(text)) && (kind != KIND_ADDRESS || address_settled(text)))
        return text;
    return (str){ scratch, normal_value(kind, text, scratch) };
}

/* Letters beyond ASCII, in Latin letters or at least in one case. False: not UTF-8. */
static bool in_latin(enum field_kind kind, str *text, char *to, ptrdiff_t most)
{
    bool roman = kind == KIND_NAME || kind == KIND_ADDRESS || kind == KIND_TEXT || kind == KIND_HANDLE;
    for (ptrdiff_t i = 0; i < text->len; i++)
        if ((unsigned char)text->at[i] >= 0x80) {
            ptrdiff_t n = roman ? roman_text(*text, to, most) : utf8_valid(*text) ? utf8_fold(*text, to, most) : -1;
            *text = (str){ to, n };
            return n >= 0;
        }
    return true;
}

/* 19810203, 1981-02-03 and 03/02/1981 are one; what is written otherwise is compared as it is. text is plain. */
static ptrdiff_t date(str text, char *to)
{
    char digits[8];
    int n = 0, signs = 0;
    for (ptrdiff_t i = 0; i < text.len; i++) {
        if (is_digit(text.at[i]) && n < 8)
            digits[n++] = text.at[i];
        else
            signs |= i < 10 && !is_digit(text.at[i]) ? 1 << i : 1 << 10;
    }
    bool year_first = signs == (1 << 4 | 1 << 7), year_last = signs == (1 << 2 | 1 << 5);
    if (n != 8 || (signs && !year_first && !year_last))
        return plain(text, to);
    if (year_last) /* what comes first there is second */
        snprintf(to, VALUE_MOST, "%.4s-%.2s-%.2s", digits + 4, digits + 2, digits);
    else
        snprintf(to, VALUE_MOST, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
    return 10;
}

/* Scripts whose marks are letters: Indic, Thai, Hangul, kana, and characters that are none. */
static bool marks_matter(uint32_t point)
{
    return (point >= 0x900 && point < 0x1100) || (point >= 0x3040 && point <= 0xd7a3);
}

uint32_t normal_written(str text)
{
    char to[VALUE_MOST];
    ptrdiff_t used = 0;
    bool other = false;
    uint32_t point;
    for (ptrdiff_t n; (n = next_letter(text, &point)) > 0 && used + n <= VALUE_MOST; text = str_part(text, n, text.len)) {
        str letter = str_part(text, 0, n);
        other |= point >= 0x370 && !(point >= 0x1e00 && point < 0x1f00) && !(point >= 0x2000 && point < 0x2070);
        if (marks_matter(point)) {
            memcpy(to + used, letter.at, (size_t)n);
            used += n;
        } else if (point > ' ') {
            used += utf8_fold(letter, to + used, VALUE_MOST - used);
        }
    }
    return other ? (uint32_t)(hash_bytes(to, used) >> 32) | 1 : 0;
}

static bool has_high(str text)
{
    for (ptrdiff_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return true;
    return false;
}

ptrdiff_t normal_phone(str text, int country, char *to)
{
    return has_high(text) && !utf8_valid(text) ? -1 : phone_plain(text, country, to);
}

str normal_field(const struct plan *p, int field, str text, char *scratch, uint32_t *written)
{
    enum field_kind kind = p->fields[field].kind;
    str plain = kind == KIND_PHONE && phone_settled(text) ? text : kind == KIND_PHONE ? (str){ scratch, normal_phone(text, p->country, scratch) } : normal_text(kind, text, scratch);
    *written = kind == KIND_NAME && plain.len > 0 && plain.at != text.at ? normal_written(text) : 0;
    return plain;
}

/* Plain first, then as what it is. */
static ptrdiff_t account(str text, char *to, ptrdiff_t (*of)(str, char *))
{
    char first[VALUE_MOST];
    return of((str){ first, plain(text, first) }, to);
}

ptrdiff_t normal_value(enum field_kind kind, str text, char *to)
{
    char latin[VALUE_MOST];
    if (kind == KIND_PHONE)
        return normal_phone(text, 0, to);
    if (kind == KIND_URL)
        return has_high(text) && !utf8_valid(text) ? -1 : account_url(text, to);
    if (!in_latin(kind, &text, latin, sizeof latin))
        return -1;
    switch (kind) {
    case KIND_DATE:
        return account(text, to, date);
    case KIND_EMAIL:
        return account(text, to, account_email);
    case KIND_HANDLE:
        return account(text, to, account_handle);
    case KIND_PLATE:
        return account(text, to, account_plate);
    case KIND_ADDRESS:
        return account(text, to, address_plain);
    default:
        return plain(text, to);
    }
}
