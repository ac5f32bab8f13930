/*
 * Rules of our own; what they bring together is what romanisations and passports of the same name differ in: ALA-LC, BGN/PCGN and ISO 9/233
 * for one letter (kh/h, zh/j, y/i/j, ts/c, q/k, w/v, dj/j), ICAO 9303 (letters without marks), and the spellings by ear that Beider and Morse
 * wrote of (tch/ch, sch/sh, ph/f, silent h, doubled letters). Vowels are what sources agree in least, and Arabic and Hebrew leave them
 * out: one stands for all, and only at the beginning.
 */
#include "linkage/sound.h"
#include "linkage/data.h"
#include "linkage/values.h"
#include <pthread.h>

/* ---- words ---- */

enum { PARTICLE_SLOTS = 512, PARTICLE_MOST = 7 };
static uint64_t particles[PARTICLE_SLOTS]; /* the letters of each, in a word; open addressing */

static uint64_t letters_of_word(str word)
{
    uint64_t letters = 0;
    memcpy(&letters, word.at, (size_t)(word.len <= PARTICLE_MOST ? word.len : 0));
    return letters;
}

static size_t slot_of(uint64_t letters)
{
    return (size_t)(hash_mix(letters, 0x9e3779b97f4a7c15u) % PARTICLE_SLOTS);
}

static void read_particles(void)
{
    str rest = { data_particles, data_particles_size }, line, word;
    while (data_line(&rest, &line))
        while (str_split(&line, ' ', &word)) {
            uint64_t letters = letters_of_word(word);
            size_t at = slot_of(letters);
            while (particles[at] && particles[at] != letters)
                at = (at + 1) % PARTICLE_SLOTS;
            particles[at] = letters;
        }
}

static bool is_particle(str word)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (word.len > PARTICLE_MOST)
        return false;
    pthread_once(&once, read_particles);
    uint64_t letters = letters_of_word(word);
    for (size_t at = slot_of(letters); particles[at]; at = (at + 1) % PARTICLE_SLOTS)
        if (particles[at] == letters)
            return true;
    return false;
}

/* A letter of a word; an apostrophe is within one (o'brien), any other sign is between two. */
static bool of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'' || (unsigned char)c >= 0x80;
}

int name_words(str name, str words[WORDS_MOST])
{
    str all[WORDS_MOST];
    int n = 0, kept = 0;
    for (ptrdiff_t i = 0; i < name.len && n < WORDS_MOST;) {
        ptrdiff_t from = i;
        while (i < name.len && of_word(name.at[i]))
            i++;
        if (i > from)
            all[n++] = str_part(name, from, i);
        i += i == from;
    }
    for (int i = 0; n > 1 && i < n; i++)
        if (!is_particle(all[i]))
            words[kept++] = all[i];
    if (kept)
        return kept;
    memcpy(words, all, (size_t)n * sizeof *all);
    return n;
}

/* ---- the skeleton ---- */

struct word {
    const char *at;
    ptrdiff_t len, i; /* i: where it is read */
    char *to;
    ptrdiff_t n;
    char before; /* the letter put last, if nothing stood between it and this one */
};

static char letter(const struct word *w, ptrdiff_t ahead)
{
    return w->i + ahead >= 0 && w->i + ahead < w->len ? w->at[w->i + ahead] : 0;
}

static bool vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static bool begins(const struct word *w, const char *letters)
{
    return str_starts((str){ w->at + w->i, w->len - w->i }, str_of(letters));
}

/* Doubled letters count once: mm, but not mam, and not 11. */
static void put(struct word *w, char c, ptrdiff_t letters)
{
    if ((w->before != c || c < 'a') && w->n < SOUND_MOST)
        w->to[w->n++] = c;
    w->before = c;
    w->i += letters;
}

static void skip(struct word *w, ptrdiff_t letters)
{
    w->before = 0;
    w->i += letters;
}

/* Letters that stand together for one sound, the longer first. */
static bool together(struct word *w)
{
    static const struct {
        const char *letters;
        char sound;
    } known[] = {
        { "shch", 's' }, { "tsch", 'c' }, { "sch", 's' }, { "tch", 'c' }, { "dzh", 'j' }, { "sh", 's' }, { "sz", 's' }, { "zh", 's' }, { "ch", 'c' }, { "cz", 'c' },
        { "ck", 'k' },   { "kh", 'h' },   { "ph", 'f' },  { "ts", 's' },  { "tz", 's' },  { "dz", 's' }, { "dj", 'j' }, { "gh", 'g' }, { "th", 't' }, { "dh", 'd' },
        { "bh", 'b' },   { "jh", 'j' },   { "wh", 'v' },  { "rh", 'r' },  { "lh", 'l' },  { "nh", 'n' }, { "dt", 't' }, { "ff", 'f' }, { "cq", 'k' },
    };
    enum { C = 1 << 3, F = 1 << 6, H = 1 << 8, J = 1 << 10, K = 1 << 11, Q = 1 << 17, S = 1 << 19, T = 1 << 20, Z = 1 << 26 };
    static const uint32_t seconds[32] = { /* which letters may stand behind a, b, c */
        [2] = H, [3] = H | K | Q | Z, [4] = H | J | T | Z, [6] = F, [7] = H, [10] = H, [11] = H, [12] = H, [14] = H, [16] = H, [18] = H, [19] = C | H | Z, [20] = C | H | S | Z, [23] = H, [26] = H,
    };
    if (!(seconds[letter(w, 0) & 31] >> (letter(w, 1) & 31) & 1))
        return false;
    for (ptrdiff_t k = 0; k < countof(known); k++)
        if (w->at[w->i] == known[k].letters[0] && begins(w, known[k].letters)) {
            put(w, known[k].sound, (ptrdiff_t)strlen(known[k].letters));
            return true;
        }
    return false;
}

/* The first letters: yu, iu, ju and giu are one, and so are ye, je and e. */
static void beginning(struct word *w)
{
    char c = letter(w, 0), second = letter(w, 1);
    bool soft = c == 'y' || c == 'j' || c == 'i';
    if (begins(w, "gi") && vowel(letter(w, 2))) {
        put(w, 'j', 2);
    } else if (soft && second != 'e' && (vowel(second) || (c != 'i' && second))) {
        put(w, 'j', 1);
    } else if (soft || vowel(c)) {
        put(w, 'a', 1);
        w->before = 0;
    }
}

/* c as k or as s; h where it is heard; w where it is no long u. */
static void one_letter(struct word *w)
{
    char c = letter(w, 0), next = letter(w, 1), last = letter(w, -1);
    switch (c) {
    case 'c':
        put(w, next == 'e' || next == 'i' || next == 'y' ? 's' : !next && last == 'i' ? 'c' : 'k', 1); /* -ic is -ich */
        break;
    case 'q':
        put(w, 'k', next == 'u' ? 2 : 1);
        break;
    case 'x':
        put(w, 'k', 0);
        put(w, 's', 1);
        break;
    case 'z':
        put(w, 's', 1);
        break;
    case 'h':
        if (next && w->before != 'h')
            put(w, 'h', 1);
        else
            w->i++; /* silent at the end */
        break;
    case 'v':
    case 'w':
        if (c == 'w' && w->i && (!vowel(last) || w->i == 1) && !vowel(next))
            skip(w, 1); /* a long vowel of Arabic: mhmwd, ywsf */
        else
            put(w, 'v', 1);
        break;
    default:
        put(w, c, 1);
    }
}

ptrdiff_t sound_word(str word, char *to)
{
    char letters[VALUE_MOST];
    struct word w = { .at = letters, .to = to };
    for (ptrdiff_t i = 0; i < word.len && w.len < VALUE_MOST; i++)
        if (word.at[i] != '\'')
            letters[w.len++] = word.at[i];
    if (w.len)
        beginning(&w);
    while (w.i < w.len) {
        char c = letters[w.i];
        if (vowel(c) || c == 'j') {
            if (c == 'j' && w.n == 0)
                put(&w, 'j', 1);
            else
                skip(&w, 1);
        } else if (!together(&w)) {
            one_letter(&w);
        }
    }
    if (w.n > 1 && to[w.n - 1] == 'f')
        to[w.n - 1] = 'v'; /* -off is -ov */
    return w.n;
}

uint32_t sound_words(const str *words, int n)
{
    char sound[SOUND_MOST];
    uint32_t sum = 0;
    for (int i = 0; i < n; i++) {
        ptrdiff_t len = sound_word(words[i], sound);
        sum += (uint32_t)(hash_bytes(sound, len) >> 32) | 1;
    }
    return n && !sum ? 1 : sum;
}
