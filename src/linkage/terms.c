#include "linkage/terms.h"
#include "linkage/roman.h"
#include "linkage/sound.h"

/* Skeletons shorter than that are those of half the dictionary. */
enum { SOUND_LEAST = 3, WORD_LEAST = 4 };

struct range {
    uint32_t from, to;
};

static bool within(const struct range *list, ptrdiff_t n, uint32_t point)
{
    ptrdiff_t low = 0;
    while (n) {
        ptrdiff_t half = n / 2;
        if (list[low + half].to < point) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return point >= list[low].from && point <= list[low].to;
}

/* Beyond ASCII: neither letters nor digits nor marks of them (General_Category P, S, Z, C of the Unicode blocks in use). */
static const struct range others[] = {
    { 0x80, 0xa9 }, { 0xab, 0xb4 }, { 0xb6, 0xb9 }, { 0xbb, 0xbf }, { 0xd7, 0xd7 }, { 0xf7, 0xf7 }, { 0x2c2, 0x2c5 }, { 0x37e, 0x37e }, { 0x387, 0x387 },
    { 0x482, 0x482 }, { 0x55a, 0x55f }, { 0x589, 0x58f }, { 0x5be, 0x5be }, { 0x5c0, 0x5c0 }, { 0x5c3, 0x5c3 }, { 0x5c6, 0x5c6 }, { 0x5f3, 0x5f4 },
    { 0x600, 0x60f }, { 0x61b, 0x61f }, { 0x66a, 0x66d }, { 0x6d4, 0x6d4 }, { 0x6dd, 0x6de }, { 0x6e9, 0x6e9 }, { 0x700, 0x70f }, { 0x964, 0x965 },
    { 0x970, 0x970 }, { 0xe3f, 0xe3f }, { 0xe4f, 0xe4f }, { 0xe5a, 0xe5b }, { 0x104a, 0x104f }, { 0x1361, 0x1368 }, { 0x17d4, 0x17db }, { 0x1800, 0x180e },
    { 0x2000, 0x206f }, { 0x207a, 0x207e }, { 0x208a, 0x208e }, { 0x20a0, 0x20cf }, { 0x2190, 0x2bff }, { 0x2e00, 0x2fff }, { 0x3000, 0x3004 },
    { 0x3008, 0x3020 }, { 0x3030, 0x3030 }, { 0x303d, 0x3040 }, { 0x3099, 0x309c }, { 0x30a0, 0x30a0 }, { 0x30fb, 0x30fb }, { 0xd800, 0xf8ff },
    { 0xfd3e, 0xfd3f }, { 0xfdfc, 0xfdff }, { 0xfe00, 0xfe1f }, { 0xfe30, 0xfe6f }, { 0xfeff, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 },
    { 0xff5b, 0xff65 }, { 0xffe0, 0xffff }, { 0x1f000, 0x1faff }, { 0xe0000, 0x10ffff }, { UINT32_MAX, UINT32_MAX },
};
/* Written without blanks, or with blanks that do not part words. */
static const struct range signs[] = {
    { 0xe01, 0xe4e }, { 0xe81, 0xedf }, { 0x1000, 0x1049 }, { 0x1780, 0x17d3 }, { 0x3005, 0x3007 }, { 0x3041, 0x3096 }, { 0x309d, 0x309f }, { 0x30a1, 0x30fa },
    { 0x30fc, 0x30ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xff66, 0xff9f }, { 0x20000, 0x3ffff },
    { UINT32_MAX, UINT32_MAX },
};

enum letter { OTHER, OF_WORD, SIGN };

static enum letter letter_of(uint32_t point)
{
    if (point < 0x80) {
        bool of_word = (point >= '0' && point <= '9') || (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
        return of_word ? OF_WORD : OTHER;
    }
    return within(signs, countof(signs), point) ? SIGN : within(others, countof(others), point) ? OTHER : OF_WORD;
}

str term_text(const struct term *t)
{
    return (str){ t->at, t->len };
}

struct term_reader term_reader(str text)
{
    return (struct term_reader){ .text = utf8_valid(text) ? text : (str){ 0 } };
}

static ptrdiff_t point_at(const struct term_reader *r, ptrdiff_t at, uint32_t *point)
{
    return next_letter(str_part(r->text, at, r->text.len), point);
}

/* The two that are in words: o'brien is obrien, and 10,000 or 3.5 stay apart. */
static bool joins(uint32_t point)
{
    return point == '\'' || point == 0x2019;
}

/* Small, in Latin letters; what does not fit is cut. */
static void write_word(struct term *t, str word)
{
    bool plain = true;
    for (ptrdiff_t i = 0; i < word.len; i++)
        plain = plain && (unsigned char)word.at[i] < 0x80;
    t->at[0] = TERM_WORD;
    t->len = 1;
    if (!plain) {
        ptrdiff_t n = roman_text(word, t->at + 1, TERM_MOST - 1);
        t->len += n > 0 ? (uint8_t)n : 0;
        word = (str){ t->at + 1, t->len - 1 };
        t->len = 1;
    }
    for (ptrdiff_t i = 0; i < word.len && t->len < TERM_MOST; i++) {
        char c = word.at[i];
        if (word.len - i >= 3 && !memcmp(word.at + i, "\xe2\x80\x99", 3))
            i += 2; /* the other apostrophe */
        else if (c != '\'' && c != ' ')
            t->at[t->len++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    if (t->len == 1)
        t->len = 0; /* marks alone */
}

bool term_sound(const struct term *word, struct term *out)
{
    char skeleton[SOUND_MOST];
    if (word->at[0] != TERM_WORD || word->len < 1 + WORD_LEAST)
        return false;
    for (ptrdiff_t i = 1; i < word->len; i++)
        if (word->at[i] >= '0' && word->at[i] <= '9')
            return false;
    ptrdiff_t n = sound_word((str){ word->at + 1, word->len - 1 }, skeleton);
    if (n < SOUND_LEAST)
        return false;
    n = n < TERM_MOST ? n : TERM_MOST - 1;
    *out = (struct term){ .len = (uint8_t)(n + 1), .begin = word->begin, .end = word->end };
    out->at[0] = TERM_SOUND;
    memcpy(out->at + 1, skeleton, (size_t)n);
    return true;
}

/* A capital letter of Latin, Greek or Cyrillic, or an alphabet that has none. */
static bool begins_name(uint32_t point)
{
    return (point >= 'A' && point <= 'Z') || (point >= 0xc0 && point <= 0xde) || (point >= 0x386 && point <= 0x3ab) || (point >= 0x400 && point <= 0x42f) || point >= 0x531;
}

static bool read_word(struct term_reader *r, struct term *out)
{
    uint32_t first, point;
    ptrdiff_t end = r->at + point_at(r, r->at, &first);
    *out = (struct term){ .begin = r->at };
    out->name = begins_name(first);
    for (ptrdiff_t n; (n = point_at(r, end, &point)) > 0; end += n) {
        uint32_t behind;
        bool inside = joins(point) && point_at(r, end + n, &behind) > 0 && letter_of(behind) == OF_WORD;
        if (letter_of(point) != OF_WORD && !inside)
            break;
    }
    r->at = out->end = end;
    write_word(out, str_part(r->text, out->begin, end));
    if (out->name && !term_sound(out, &r->held))
        r->held.len = 0;
    return out->len;
}

/* One sign after another, in compatible forms taken together (half-wide kana); Hangul, and what bears its vowels as marks, stay as they are. */
static void add_sign(struct term *t, str sign, uint32_t point)
{
    char *to = t->at + t->len;
    ptrdiff_t room = TERM_MOST - t->len, n;
    if (point < 0x3000 || (point >= 0xac00 && point <= 0xd7a3)) {
        memcpy(to, sign.at, (size_t)sign.len);
        n = sign.len;
    } else {
        n = utf8_fold(sign, to, room);
    }
    t->len += n > 0 ? (uint8_t)n : 0;
}

static bool read_sign(struct term_reader *r, struct term *out)
{
    uint32_t point, next;
    ptrdiff_t n = point_at(r, r->at, &point), m = point_at(r, r->at + n, &next);
    str sign = str_part(r->text, r->at, r->at + n);
    *out = (struct term){ .len = 1, .begin = r->at, .end = r->at + n };
    out->at[0] = TERM_SIGN;
    add_sign(out, sign, point);
    if (m > 0 && letter_of(next) == SIGN) {
        r->held = *out;
        r->held.end += m;
        add_sign(&r->held, str_part(r->text, r->at + n, r->at + n + m), next);
        if (r->held.len == out->len || out->len == 1)
            r->held.len = 0; /* a mark alone */
    }
    r->at += n;
    if (out->len == 1)
        out->len = 0;
    return out->len;
}

bool term_next(struct term_reader *r, struct term *out)
{
    uint32_t point;
    if (r->held.len) {
        *out = r->held;
        r->held.len = 0;
        return true;
    }
    for (ptrdiff_t n; (n = point_at(r, r->at, &point)) > 0;) {
        enum letter letter = letter_of(point);
        if (letter == OF_WORD ? read_word(r, out) : letter == SIGN && read_sign(r, out))
            return true;
        if (letter == OTHER)
            r->at += n;
    }
    return false;
}
