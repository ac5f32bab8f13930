/*
 * One table a script, from its first letter on; where a letter stands for nothing in a name (a sign of hardness), its cell is empty. The
 * Latin letters are those of the plainest common romanisation (BGN/PCGN without its marks, ISO 843, ISO 15919 without its marks, RTGS,
 * Revised Romanization, Hepburn): what a clerk writes, since a clerk's spelling is what it is compared with.
 */
#include "linkage/roman.h"
#include "linkage/han.h"

typedef const char cell[5];

static cell greek[] = { /* U+03B1 */
    "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o",
};
static cell cyrillic[] = { /* U+0430 */
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch",
    "", "y", "", "e", "yu", "ya",
    "e", "yo", "dj", "g", "ye", "dz", "i", "yi", "j", "lj", "nj", "c", "k", "i", "u", "dz", /* U+0450 */
};
static cell hebrew[] = { /* U+05D0 */
    "", "b", "g", "d", "h", "v", "z", "h", "t", "y", "k", "k", "l", "m", "m", "n", "n", "s", "", "f", "p", "ts", "ts", "k", "r", "sh", "t",
};
static cell arabic[] = { /* U+0621 */
    "", "a", "a", "w", "i", "y", "a", "b", "a", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "", "gh",
    "", "", "", "", "", "", "f", "q", "k", "l", "m", "n", "h", "w", "a", "y",
};
static const struct {
    uint32_t point;
    cell latin;
} more_arabic[] = { { 0x67e, "p" }, { 0x686, "ch" }, { 0x688, "d" }, { 0x691, "r" }, { 0x698, "zh" }, { 0x6a9, "k" }, { 0x6af, "g" },
                    { 0x6ba, "n" }, { 0x6be, "h" }, { 0x6c1, "h" }, { 0x6cc, "y" }, { 0x6d2, "e" } };
static cell devanagari[] = { /* U+0904: vowels; U+0915: consonants, which bear an a unless a vowel sign or a stop follows */
    "a", "a", "a", "i", "i", "u", "u", "ri", "li", "e", "e", "e", "ai", "o", "o", "o", "au",
    "k", "kh", "g", "gh", "n", "ch", "chh", "j", "jh", "n", "t", "th", "d", "dh", "n", "t", "th", "d", "dh", "n", "n", "p", "ph", "b", "bh",
    "m", "y", "r", "r", "l", "l", "l", "v", "sh", "sh", "s", "h",
};
static cell devanagari_signs[] = { /* U+093E */
    "a", "i", "i", "u", "u", "ri", "ri", "e", "e", "e", "ai", "o", "o", "o", "au",
};
static cell thai[] = { /* U+0E01 */
    "k", "kh", "kh", "kh", "kh", "kh", "ng", "ch", "ch", "ch", "s", "ch", "y", "d", "t", "th", "th", "th", "n", "d", "t", "th", "th", "th", "n",
    "b", "p", "ph", "f", "ph", "f", "ph", "m", "y", "r", "rue", "l", "lue", "w", "s", "s", "s", "h", "l", "o", "h", "", "a", "a", "a", "am",
    "i", "i", "ue", "ue", "u", "u", "", "", "", "", "", "", "e", "ae", "o", "ai", "ai", "a",
};
static cell hangul_first[] = { "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h" };
static cell hangul_middle[] = { "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i" };
static cell hangul_last[] = { "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t" };
static cell kana[] = { /* U+3041; the small ones y and tsu are joined below */
    "a", "a", "i", "i", "u", "u", "e", "e", "o", "o", "ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go", "sa", "za", "shi", "ji", "su",
    "zu", "se", "ze", "so", "zo", "ta", "da", "chi", "ji", "", "tsu", "zu", "te", "de", "to", "do", "na", "ni", "nu", "ne", "no", "ha", "ba",
    "pa", "hi", "bi", "pi", "fu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po", "ma", "mi", "mu", "me", "mo", "ya", "ya", "yu", "yu", "yo",
    "yo", "ra", "ri", "ru", "re", "ro", "wa", "wa", "i", "e", "o", "n", "vu",
};

struct writer {
    char *to;
    ptrdiff_t len, most;
};

static bool put(struct writer *w, str s)
{
    if (s.len > w->most - w->len)
        return false;
    memcpy(w->to + w->len, s.at, (size_t)s.len);
    w->len += s.len;
    return true;
}

static bool put_cell(struct writer *w, const char *latin)
{
    return put(w, str_of(latin));
}

static bool put_hangul(struct writer *w, uint32_t syllable)
{
    return put_cell(w, hangul_first[syllable / 588]) && put_cell(w, hangul_middle[syllable / 28 % 21]) && put_cell(w, hangul_last[syllable % 28]);
}

/* Consonants bear an a: `next` may take it away. */
static bool put_devanagari(struct writer *w, uint32_t point, uint32_t next)
{
    if (point >= 0x93e && point < 0x93e + (uint32_t)countof(devanagari_signs))
        return put_cell(w, devanagari_signs[point - 0x93e]);
    if (point == 0x902 || point == 0x901)
        return put_cell(w, "n");
    if (point < 0x904 || point >= 0x904 + (uint32_t)countof(devanagari))
        return true; /* a stop, a dot below */
    bool consonant = point >= 0x915, bare = !next || next <= 0x20 || (next >= 0x93c && next <= 0x94d);
    return put_cell(w, devanagari[point - 0x904]) && (!consonant || bare || put_cell(w, "a"));
}

/* A small ya, yu or yo takes the i before it: ki + yo is kyo, shi + yo is sho. */
static bool put_kana(struct writer *w, uint32_t kana_number)
{
    const char *latin = kana[kana_number];
    bool small = kana_number == 66 || kana_number == 68 || kana_number == 70; /* of ya, yu, yo the first */
    if (small && w->len && w->to[w->len - 1] == 'i') {
        w->len--;
        bool soft = w->len && (w->to[w->len - 1] == 'h' || w->to[w->len - 1] == 'j');
        return put_cell(w, soft ? latin + 1 : latin);
    }
    return put_cell(w, latin);
}

static const char *of_arabic(uint32_t point)
{
    if (point < 0x621 + (uint32_t)countof(arabic))
        return arabic[point - 0x621];
    for (ptrdiff_t i = 0; i < countof(more_arabic); i++)
        if (more_arabic[i].point == point)
            return more_arabic[i].latin;
    return point >= 0x64b && point <= 0x65f ? "" : NULL; /* vowel marks are seldom written */
}

static uint32_t lower(uint32_t point)
{
    if ((point >= 0x391 && point <= 0x3a9) || (point >= 0x410 && point <= 0x42f))
        return point + 0x20;
    return point >= 0x400 && point <= 0x40f ? point + 0x50 : point;
}

/* Of a letter that stands in a table of one cell a letter; NULL: in none. */
static const char *in_tables(uint32_t point)
{
    static const struct {
        uint32_t from;
        ptrdiff_t n;
        cell *at;
    } tables[] = { { 0x3b1, countof(greek), greek }, { 0x430, countof(cyrillic), cyrillic }, { 0x5d0, countof(hebrew), hebrew }, { 0xe01, countof(thai), thai } };
    for (ptrdiff_t i = 0; i < countof(tables); i++)
        if (point >= tables[i].from && point < tables[i].from + (uint32_t)tables[i].n)
            return tables[i].at[point - tables[i].from];
    if (point >= 0xe01 && point <= 0xe4e)
        return ""; /* tones */
    if (point == 0x491)
        return "g";
    if (is_han(point))
        return han_reading(point, false);
    return point >= 0x621 && point <= 0x6d2 ? of_arabic(point) : NULL;
}

static bool is_kana(uint32_t point)
{
    return (point >= 0x3041 && point < 0x3041 + (uint32_t)countof(kana)) || (point >= 0x30a1 && point < 0x30a1 + (uint32_t)countof(kana));
}

static uint32_t kana_number(uint32_t point)
{
    return point - (point < 0x30a1 ? 0x3041 : 0x30a1);
}

static bool is_devanagari(uint32_t point)
{
    return point >= 0x900 && point <= 0x94d;
}

static bool put_folded(struct writer *w, str as_it_is);

static bool put_point(struct writer *w, uint32_t point, uint32_t next, str as_it_is)
{
    const char *latin = in_tables(lower(point));
    if (latin)
        return put_cell(w, latin);
    if (is_devanagari(point))
        return put_devanagari(w, point, next);
    if (point >= 0xac00 && point <= 0xd7a3)
        return put_hangul(w, point - 0xac00);
    if (is_kana(point))
        return put_kana(w, kana_number(point));
    return point == 0x30fc || put_folded(w, as_it_is);
}

ptrdiff_t next_letter(str s, uint32_t *point)
{
    if (!s.len)
        return *point = 0;
    unsigned char c = (unsigned char)s.at[0];
    ptrdiff_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    *point = n == 1 ? c : c & (0x7fu >> n);
    for (ptrdiff_t i = 1; i < n; i++)
        *point = *point << 6 | ((unsigned char)s.at[i] & 0x3f);
    return n;
}

/* A letter with marks is its letter; what is in no table even then stays. */
static bool put_folded(struct writer *w, str as_it_is)
{
    char parts[64];
    uint32_t point;
    str rest = { parts, utf8_fold(as_it_is, parts, sizeof parts) };
    for (ptrdiff_t n; (n = next_letter(rest, &point)) > 0; rest = str_part(rest, n, rest.len)) {
        const char *latin = in_tables(point);
        bool fits = latin ? put_cell(w, latin) : is_kana(point) ? put_kana(w, kana_number(point)) : is_devanagari(point) ? put_devanagari(w, point, 0) : put(w, str_part(rest, 0, n));
        if (!fits)
            return false;
    }
    return true;
}

enum { HAN_NAME = 4 }; /* characters of a Chinese name, at most */

/* Characters that stand together: a name is read with its surname first, and apart. Returns bytes; 0: no room. */
static ptrdiff_t put_han(struct writer *w, str text)
{
    uint32_t points[HAN_NAME + 1] = { 0 };
    ptrdiff_t count = 0, used = 0, surname;
    for (ptrdiff_t n, at = 0; count <= HAN_NAME && (n = next_letter(str_part(text, at, text.len), &points[count])) > 0 && is_han(points[count]); at += n)
        count++;
    surname = count <= HAN_NAME ? han_surname(points, count) : 0;
    for (ptrdiff_t i = 0; i < count; i++, used += 3) {
        const char *latin = han_reading(points[i], i == 0 && count > 1 && count <= HAN_NAME);
        if ((i == surname && i && !put(w, lit(" "))) || !(latin ? put_cell(w, latin) : put(w, str_part(text, used, used + 3)))) {
            w->most = w->len; /* nothing fits any more */
            break;
        }
    }
    return used;
}

/* Where a word begins, alef and ayin bear its vowel, and yod with vav is yo: what clerks write for most names. */
static ptrdiff_t put_beginning(struct writer *w, uint32_t point, uint32_t next)
{
    if (w->len && w->to[w->len - 1] != ' ')
        return 0;
    if (point == 0x5d9 && next == 0x5d5)
        return put_cell(w, "yo") ? 2 : 0;
    return (point == 0x5d0 || point == 0x5e2 || point == 0x639) && put_cell(w, "a");
}

ptrdiff_t roman_text(str text, char *to, ptrdiff_t most)
{
    struct writer w = { to, 0, most };
    uint32_t point, next;
    if (!utf8_valid(text))
        return -1;
    for (ptrdiff_t n; (n = next_letter(text, &point)) > 0; text = str_part(text, n, text.len)) {
        ptrdiff_t more = next_letter(str_part(text, n, text.len), &next), points = put_beginning(&w, point, next);
        if (is_han(point) && (n = put_han(&w, text)) > 0)
            continue;
        n += points == 2 ? more : 0;
        if (n <= 0 || (!points && !put_point(&w, point, next, str_part(text, 0, n))))
            break;
    }
    return w.len;
}
