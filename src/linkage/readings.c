#include "linkage/readings.h"
#include "linkage/data.h"
#include "linkage/han.h"
#include "linkage/roman.h"
#include "linkage/sound.h"
#include "linkage/values.h"
#include <pthread.h>

enum {
    CHARACTERS_MOST = 8, CHARACTER_BYTES = 3, READ_AT_MOST = 64,      /* of a name; bytes of what is read of it */
    REST_MOST = 32,                                                   /* of these for what no table knows */
    NAMES_MOST = 1024, SLOTS = 4096, NAME_BYTES = 24,
    FIRST = 0x4e00, LAST = 0x9fff, HANGUL = 0xac00, SYLLABLES = 11172,
};
enum table { JAPANESE_SURNAME, JAPANESE_GIVEN, KOREAN_SURNAME };

static struct name {
    str text, reads[2]; /* views of the tables; the second may be empty */
    enum table table;
} names[NAMES_MOST]; /* from 1 */
static uint16_t slots[SLOTS], count; /* numbers of names; 0: free */
static uint16_t hangul[LAST - FIRST + 1]; /* from 1, of U+AC00 on; 0: none */

/* ---- the tables ---- */

static size_t slot_of(str text, enum table table)
{
    size_t at = (size_t)hash_pair(hash_bytes(text.at, text.len), table) % SLOTS;
    while (slots[at] && !(names[slots[at]].table == table && str_equal(names[slots[at]].text, text)))
        at = (at + 1) % SLOTS;
    return at;
}

static const struct name *find(str text, enum table table)
{
    size_t at = text.len && text.len <= NAME_BYTES ? slot_of(text, table) : 0;
    return text.len && text.len <= NAME_BYTES && slots[at] ? &names[slots[at]] : NULL;
}

/* "渡辺,渡邊 watanabe" */
static void add_names(str line, enum table table)
{
    str texts, text, reads[2] = { { 0 } };
    must(str_split(&line, ' ', &texts) && str_split(&line, ' ', &reads[0]));
    (void)str_split(&line, ' ', &reads[1]);
    while (str_split(&texts, ',', &text)) {
        size_t at = slot_of(text, table);
        must(!slots[at] && count + 1 < NAMES_MOST && text.len <= NAME_BYTES && reads[0].len + reads[1].len < READ_AT_MOST / 2);
        slots[at] = ++count;
        names[count] = (struct name){ text, { reads[0], reads[1] }, table };
    }
}

static void add_characters(str line)
{
    uint32_t syllable, point;
    ptrdiff_t n = next_letter(line, &syllable);
    must(syllable >= HANGUL && syllable < HANGUL + SYLLABLES && line.at[n] == ' ');
    line = str_part(line, n + 1, line.len);
    for (; (n = next_letter(line, &point)) > 0; line = str_part(line, n, line.len)) {
        must(is_han(point));
        hangul[point - FIRST] = (uint16_t)(syllable - HANGUL + 1);
    }
}

static void read_tables(void)
{
    str rest = { data_japanese, data_japanese_size }, line;
    while (data_line(&rest, &line))
        add_names(str_part(line, 2, line.len), line.at[0] == '+' ? JAPANESE_SURNAME : JAPANESE_GIVEN);
    rest = (str){ data_korean, data_korean_size };
    while (data_line(&rest, &line))
        if (line.at[0] == '+')
            add_names(str_part(line, 2, line.len), KOREAN_SURNAME);
        else
            add_characters(line);
}

/* ---- a name ---- */

struct written {
    char bytes[CHARACTERS_MOST * CHARACTER_BYTES];
    uint32_t points[CHARACTERS_MOST];
    int at[CHARACTERS_MOST + 1]; /* where each begins, and the end */
    int n;
    bool han; /* all of it */
};

/* Characters, the sign that repeats one, and kana. */
static bool of_a_name(uint32_t point)
{
    return is_han(point) || point == 0x3005 || (point >= 0x3041 && point <= 0x3096) || (point >= 0x30a1 && point <= 0x30fc);
}

/* Without blanks. False: it does not begin with a character, is longer than names are, or something else stands in it. */
static bool read_name(str text, struct written *w)
{
    uint32_t point;
    *w = (struct written){ .han = true };
    for (ptrdiff_t n; (n = next_letter(text, &point)) > 0; text = str_part(text, n, text.len)) {
        if (point == ' ' || point == 0x3000)
            continue;
        if (w->n == CHARACTERS_MOST || !of_a_name(point) || (!w->n && !is_han(point)))
            return false;
        memcpy(w->bytes + w->at[w->n], text.at, (size_t)n);
        w->points[w->n++] = point;
        w->at[w->n] = w->at[w->n - 1] + (int)n;
        w->han &= is_han(point);
    }
    return w->n > 0;
}

static str part(const struct written *w, int from, int to)
{
    return (str){ w->bytes + w->at[from], w->at[to] - w->at[from] };
}

static void put(struct reading *r, str text)
{
    text.len = text.len < READ_AT_MOST - r->len ? text.len : READ_AT_MOST - r->len;
    if (text.len > 0)
        memcpy(r->text + r->len, text.at, (size_t)text.len);
    r->len += (uint8_t)(text.len > 0 ? text.len : 0);
}

/* Two parts of a name, of which one may be empty. */
static void say(struct reading *r, str first, str second)
{
    r->len = 0;
    put(r, first);
    if (first.len && second.len)
        put(r, lit(" "));
    put(r, second);
}

/* ---- Japan ---- */

/* What is no known given name stays as it is read without these tables: kana, mostly. */
static str rest_of_name(const struct written *w, int from, char scratch[REST_MOST])
{
    ptrdiff_t n = roman_text(part(w, from, w->n), scratch, REST_MOST);
    return (str){ scratch, n > 0 ? n : 0 };
}

static void say_japanese(struct reading *out, const struct name *surname, const struct name *given, str rest)
{
    str second = given ? given->reads[0] : rest, other = given && given->reads[1].len ? given->reads[1] : second;
    say(&out[READ_JAPANESE], surname->reads[0], second);
    if (surname->reads[1].len || other.at != second.at)
        say(&out[READ_JAPANESE_OTHER], surname->reads[surname->reads[1].len > 0], other);
}

static void read_japanese(const struct written *w, bool whole, struct reading *out)
{
    char scratch[REST_MOST];
    const struct name *known = find(part(w, 0, w->n), JAPANESE_SURNAME);
    known = known || whole ? known : find(part(w, 0, w->n), JAPANESE_GIVEN);
    if (known) {
        say_japanese(out, known, NULL, (str){ 0 });
        return;
    }
    for (int given_known = 1; whole && given_known >= 0; given_known--)
        for (int i = w->n - 1; i > (given_known ? 0 : 1); i--) { /* a surname of one character is one of China as well */
            const struct name *surname = find(part(w, 0, i), JAPANESE_SURNAME), *given = find(part(w, i, w->n), JAPANESE_GIVEN);
            if (!surname || (given_known && !given))
                continue;
            say_japanese(out, surname, given, rest_of_name(w, i, scratch));
            return;
        }
}

/* ---- Korea ---- */

/*
 * The first sound of a word: r is n, and before i and y neither r nor n is heard. Syllables are 588 a first consonant, 28 a vowel (Unicode 3.12).
 */
static uint32_t first_sound(uint32_t syllable)
{
    enum { N = 2, R = 5, SILENT = 11, OF_FIRST = 588, OF_VOWEL = 28 };
    static const uint32_t soft = 1u << 2 | 1u << 6 | 1u << 7 | 1u << 12 | 1u << 17 | 1u << 20; /* ya, yeo, ye, yo, yu, i */
    uint32_t first = syllable / OF_FIRST, rest = syllable % OF_FIRST;
    if (first != N && first != R)
        return syllable;
    return (soft >> rest / OF_VOWEL & 1 ? SILENT : N) * OF_FIRST + rest;
}

/* The characters from `from` on, by letters, apart or not. False: one has no reading. */
static bool say_characters(const struct written *w, int from, bool apart, struct reading *r)
{
    for (int i = from; i < w->n; i++) {
        uint32_t syllable = is_han(w->points[i]) ? hangul[w->points[i] - FIRST] : 0;
        if (!syllable)
            return false;
        syllable = (i == from ? first_sound(syllable - 1) : syllable - 1) + HANGUL;
        char utf8[] = { (char)(0xe0 | syllable >> 12), (char)(0x80 | (syllable >> 6 & 63)), (char)(0x80 | (syllable & 63)) }, latin[16];
        if (apart && i > from)
            put(r, lit(" "));
        put(r, (str){ latin, roman_text((str){ utf8, sizeof utf8 }, latin, sizeof latin) });
    }
    return true;
}

static str said(const struct reading *r)
{
    return (str){ r->text, r->len };
}

static uint32_t heard(const struct reading *r)
{
    str words[WORDS_MOST];
    return sound_words(words, name_words(said(r), words));
}

/* eo as u. Gives whether it sounds otherwise then. */
static bool old_way(const struct reading *r, struct reading *old)
{
    *old = (struct reading){ 0 };
    for (int i = 0; i < r->len; i++) {
        bool eo = r->text[i] == 'e' && r->text[i + 1] == 'o';
        old->text[old->len++] = eo ? 'u' : r->text[i];
        i += eo;
    }
    return heard(r) != heard(old);
}

/* The surname is of so many characters, all of w but the given name. */
static void read_korean(const struct written *w, const struct name *surname, int characters, struct reading *out)
{
    struct reading apart = { 0 }, joined = { 0 }, letters = { 0 }, old;
    str first = surname ? surname->reads[0] : (str){ 0 };
    if (w->n - characters > 2 || !say_characters(w, characters, true, &apart) || !say_characters(w, characters, false, &joined))
        return;
    say(&out[READ_KOREAN], first, said(&apart));
    if (old_way(&apart, &old))
        say(&out[READ_KOREAN_OLD], first, said(&old));
    if (old_way(&joined, &old) && w->n - characters > 1)
        say(&out[READ_KOREAN_OLD_JOINED], first, said(&old));
    if (w->n - characters > 1 || out[READ_KOREAN_OLD].len)
        say(&out[READ_KOREAN_JOINED], first, said(&joined));
    if (surname && surname->reads[1].len)
        say(&out[READ_KOREAN_OTHER], surname->reads[1], said(&joined));
    else if (surname && say_characters(w, 0, false, &letters) && !str_equal(said(&letters), first))
        say(&out[READ_KOREAN_OTHER], said(&letters), (str){ 0 });
}

static void read_in_korea(const struct written *w, bool whole, struct reading *out)
{
    const struct name *surname = NULL;
    int characters = whole ? 2 : w->n;
    if (!whole && w->n > 1 && find(part(w, 0, w->n), JAPANESE_SURNAME))
        return; /* no given name of Korea */
    for (; characters > 0 && !surname; characters--)
        if (characters <= w->n && (whole || characters == w->n))
            surname = find(part(w, 0, characters), KOREAN_SURNAME);
    characters = surname ? characters + 1 : 0;
    if (w->han && (surname || !whole))
        read_korean(w, surname, characters, out);
}

bool readings_of(str text, bool whole, struct reading out[READINGS])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct written w;
    int said = 0;
    memset(out, 0, READINGS * sizeof *out);
    if (!read_name(text, &w))
        return false;
    pthread_once(&once, read_tables);
    read_japanese(&w, whole, out);
    read_in_korea(&w, whole, out);
    for (int i = 0; i < READINGS; i++)
        said += out[i].len;
    return said > 0;
}
