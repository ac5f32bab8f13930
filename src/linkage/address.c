#include "linkage/address.h"
#include "linkage/data.h"
#include "linkage/likeness.h"
#include <pthread.h>

/* ---- the words ---- */

enum { WORD_MOST = 16, KNOWN_MOST = 512, SLOTS = 1024, QUICK = 2048, TOKENS_MOST = 24 };
enum sort { WORD, STREET, PART, EMPTY };

static struct known {
    char text[WORD_MOST];
    uint8_t len;
    bool settled;        /* it stands for itself wherever it is */
    bool both;           /* a kind of street and another word, as st is street and saint: its place tells which */
    enum sort sort;
    str stands, otherwise; /* the word that stands for it; for both, where it is no kind of street */
} known[KNOWN_MOST];
static int known_count;
static struct {
    uint64_t packed;
    bool settled;        /* all known words that end so stand for themselves */
} quick[QUICK];
static uint16_t slots[SLOTS]; /* numbers of known words and one; 0: free */

static size_t slot_of(str word)
{
    size_t at = (size_t)hash_bytes(word.at, word.len) % SLOTS;
    while (slots[at] && !str_equal((str){ known[slots[at] - 1].text, known[slots[at] - 1].len }, word))
        at = (at + 1) % SLOTS;
    return at;
}

/* The last eight letters of a word in one number: most words have another one than all that are known. */
static uint64_t packed_letters(str word)
{
    uint64_t packed = 0;
    for (ptrdiff_t i = 0; i < word.len; i++)
        packed = packed << 8 | (uint8_t)word.at[i];
    return packed;
}

/* The place of those letters among the quick ones, or a free one. */
static size_t quick_of(uint64_t packed)
{
    size_t at = (size_t)((packed * 0x9e3779b97f4a7c15u) >> 53);
    while (quick[at].packed && quick[at].packed != packed)
        at = (at + 1) % QUICK;
    return at;
}

static void add_word(str word, enum sort sort, str stands)
{
    size_t at = slot_of(word);
    must(word.len > 0 && word.len <= WORD_MOST && known_count < KNOWN_MOST);
    if (slots[at]) {
        struct known *k = &known[slots[at] - 1];
        bool other = k->sort == STREET && sort == WORD && !k->both;
        if (other) {
            k->both = true;
            k->settled = false;
            k->otherwise = stands;
        }
        return; /* of two others the first counts */
    }
    known[known_count] = (struct known){ .len = (uint8_t)word.len, .sort = sort, .stands = stands };
    known[known_count].settled = (sort == WORD || sort == STREET) && str_equal(word, stands);
    memcpy(known[known_count].text, word.at, (size_t)word.len);
    slots[at] = (uint16_t)++known_count;
}

static void make_quick(void)
{
    for (int i = 0; i < known_count; i++) {
        uint64_t packed = packed_letters((str){ known[i].text, known[i].len });
        size_t at = quick_of(packed);
        quick[at].settled = known[i].settled && (!quick[at].packed || quick[at].settled);
        quick[at].packed = packed;
    }
}

static void read_words(void)
{
    str rest = { data_addresses, data_addresses_size }, line, word;
    while (str_split(&rest, '\n', &line)) {
        if (!line.len || str_starts(line, lit("# ")) || str_starts(line, lit("$ ")))
            continue;
        enum sort sort = line.at[0] == '$' ? STREET : line.at[0] == '#' ? PART : line.at[0] == '-' ? EMPTY : WORD;
        line = sort == WORD ? line : str_part(line, sort == EMPTY ? 2 : 1, line.len);
        str stands = str_part(line, 0, str_find(line, ' '));
        while (str_split(&line, ' ', &word))
            add_word(word, sort, stands);
    }
    make_quick();
}

static void start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_words);
}

static const struct known *look_up(str word)
{
    uint16_t number = word.len <= WORD_MOST ? slots[slot_of(word)] : 0;
    return number ? &known[number - 1] : NULL;
}

/* ---- tokens ---- */

struct token {
    str text;
    bool ends;  /* a comma or the like follows */
    bool marked; /* # stands before it */
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Within a token: an apostrophe between letters, a hyphen or a slash between digits. */
static bool joins(str text, ptrdiff_t i)
{
    char c = text.at[i], before = i > 0 ? text.at[i - 1] : 0, after = i + 1 < text.len ? text.at[i + 1] : 0;
    return (c == '\'' && letter(before) && letter(after)) || ((c == '-' || c == '/') && digit(before) && digit(after));
}

static int tokens_of(str text, struct token *to)
{
    int n = 0;
    bool marked = false;
    for (ptrdiff_t i = 0; i < text.len && n < TOKENS_MOST;) {
        ptrdiff_t from = i;
        while (i < text.len && (letter(text.at[i]) || digit(text.at[i]) || joins(text, i)))
            i++;
        if (i > from) {
            to[n++] = (struct token){ str_part(text, from, i), false, marked };
            marked = false;
            continue;
        }
        marked = text.at[i] == '#' || (marked && text.at[i] == ' ');
        if (n && strchr(",;@", text.at[i]))
            to[n - 1].ends = true;
        i++;
    }
    return n;
}

static bool number_like(str word)
{
    return word.len && digit(word.at[0]);
}

/* ---- one address ---- */

struct address {
    str number, postcode, words[TOKENS_MOST], parts[TOKENS_MOST]; /* parts: what their marker stands for, then the value */
    int count, part_count;
};

/* hauptstr, hauptstrasse, kerkstraat: the kind of street is a word of its own. */
static str without_street(str word)
{
    static const str ends[] = { LIT("strasse"), LIT("straat"), LIT("str") };
    for (ptrdiff_t i = 0; i < countof(ends); i++)
        if (word.len > ends[i].len + 2 && str_ends(word, ends[i]))
            return str_part(word, 0, word.len - ends[i].len);
    return (str){ 0 };
}

static void add_street_word(struct address *a, str word)
{
    if (a->count < TOKENS_MOST)
        a->words[a->count++] = word;
}

/* st is saint before its name, and street behind it: at the end, or before a number. */
static void put_word(struct address *a, const struct token *t, int i, int n, const bool *taken)
{
    const struct known *k = look_up(t[i].text);
    str stem = k ? (str){ 0 } : without_street(t[i].text);
    bool last = i + 1 == n || t[i].ends || number_like(t[i + 1].text) || taken[i + 1];
    if (stem.len) {
        add_street_word(a, stem);
        add_street_word(a, lit("street"));
    } else if (!k) {
        add_street_word(a, t[i].text);
    } else if (k->sort == STREET && k->both && !last) {
        add_street_word(a, k->otherwise);
    } else if (k->sort != EMPTY || n == 1) {
        add_street_word(a, k->stands);
    }
}

/* The token of the house's number: the first, or else one before a comma, or the last, that no part of the building claims. -1: none. */
static int house_of(const struct token *t, int n, const bool *taken)
{
    if (n > 1 && number_like(t[0].text) && !taken[0] && !look_up(t[0].text))
        return 0;
    for (int i = 1; i < n; i++)
        if (number_like(t[i].text) && t[i].ends && !taken[i] && !look_up(t[i].text))
            return i;
    for (int i = n; i-- > 0;)
        if (number_like(t[i].text) && !taken[i] && !look_up(t[i].text))
            return i;
    return -1;
}

/* A letter alone behind a marker is no part: in "apt b" it is, in "dom na gorke" it is none. */
static bool part_value(str word)
{
    return number_like(word) || word.len == 1;
}

static bool is_house(const struct known *k)
{
    return k->sort == PART && k->stands.at[0] == 'h';
}

static void find_parts(struct address *a, const struct token *t, int n, bool *taken)
{
    for (int i = 0; i < n; i++) {
        const struct known *k = look_up(t[i].text);
        str stands = k ? k->stands : lit("apartment"), value = t[i].text;
        bool joined = false;
        if (t[i].marked && i) {
            joined = value.len == 1 && letter(value.at[0]) && i + 1 < n && !t[i + 1].marked && part_value(t[i + 1].text); /* #a 4, as we write it */
            stands = joined ? value : lit("apartment");
            value = joined ? t[i + 1].text : value;
        } else if (k && k->sort == PART && i && i + 1 < n && part_value(t[i + 1].text) && (is_house(k) || i + 2 < n || house_of(t, i, taken) >= 0)) {
            value = t[i + 1].text;
            joined = true;
        } else {
            continue;
        }
        if (a->part_count + 2 > TOKENS_MOST)
            return;
        if (joined && k && is_house(k) && !a->number.len && number_like(value)) {
            a->number = value; /* dom 5 */
        } else {
            a->parts[a->part_count++] = stands;
            a->parts[a->part_count++] = value;
        }
        taken[i] = true;
        i += joined;
        taken[i] = true;
    }
}

static void read_address(str text, struct address *a)
{
    struct token t[TOKENS_MOST];
    bool taken[TOKENS_MOST] = { false };
    int n = tokens_of(text, t), house, post = -1;
    *a = (struct address){ .count = 0 };
    find_parts(a, t, n, taken);
    house = a->number.len ? -1 : house_of(t, n, taken);
    for (int i = n; i-- > 0 && (house >= 0 || a->number.len) && post < 0;)
        if (!taken[i] && i != house && t[i].text.len >= 4 && number_like(t[i].text) && i > 1 && (i == n - 1 || t[i - 1].ends))
            post = i;
    if (house >= 0)
        a->number = t[house].text;
    if (post >= 0)
        a->postcode = t[post].text;
    for (int i = 0; i < n; i++)
        if (!taken[i] && i != house && i != post)
            put_word(a, t, i, n, taken);
}

/* ---- writing ---- */

struct line {
    char *to;
    ptrdiff_t len;
};

static void put(struct line *l, const char *before, str text)
{
    ptrdiff_t n = (ptrdiff_t)strlen(before);
    bool blank = l->len > 0;
    if (!text.len || l->len + blank + n + text.len > VALUE_MOST)
        return;
    if (blank)
        l->to[l->len++] = ' ';
    memcpy(l->to + l->len, before, (size_t)n);
    l->len += n;
    for (ptrdiff_t i = 0; i < text.len; i++)
        if (text.at[i] != '\'')
            l->to[l->len++] = text.at[i];
}

/* A postcode: three digits, or one in each half, and no three letters that stand together. Without blanks and hyphens. */
static ptrdiff_t as_postcode(str text, char *to)
{
    ptrdiff_t letters = 0, digits = 0, n = 0, blank = str_find(text, ' ');
    bool halves = false;
    for (ptrdiff_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        letters = letter(c) ? letters + 1 : 0;
        digits += digit(c);
        halves |= blank > 0 && i > blank && digit(c) && digits > 1 && (digit(text.at[blank - 1]) || digit(text.at[blank > 1 ? blank - 2 : 0]));
        if (letters > 2 || text.len > 12 || !(letter(c) || digit(c) || c == ' ' || c == '-') || (unsigned char)c >= 0x80)
            return 0;
        if (letter(c) || digit(c))
            to[n++] = c;
    }
    return digits > 2 || halves ? n : 0;
}

static ptrdiff_t address_once(str text, char *to)
{
    struct address a;
    struct line l = { to, 0 };
    ptrdiff_t n = as_postcode(text, to);
    if (n)
        return n;
    read_address(text, &a);
    put(&l, "", a.number);
    for (int i = 0; i < a.count; i++)
        put(&l, "", a.words[i]);
    for (int i = 0; i + 1 < a.part_count; i += 2) {
        char mark[] = { '#', a.parts[i].at[0], ' ', 0 };
        put(&l, mark, a.parts[i + 1]);
    }
    put(&l, "@", a.postcode);
    return l.len;
}

ptrdiff_t address_plain(str text, char *to)
{
    enum { ROUNDS = 16 };
    char before[VALUE_MOST];
    start();
    ptrdiff_t n = address_once(text, to);
    for (int i = 0; i < ROUNDS && n && !str_equal((str){ to, n }, text); i++) {
        memcpy(before, to, (size_t)n);
        text = (str){ before, n };
        n = address_once(text, to);
    }
    return n;
}

/* In str, strasse or straat, by the last letters. */
static bool ends_as_street(uint64_t packed)
{
    const uint64_t three = 0xffffff;
    return (packed & three) == 0x737472 || (packed & three) == 0x737365 || (packed & three) == 0x616174;
}

/* A number first, then words of small letters that stand for themselves. */
bool address_settled(str text)
{
    const char *p = text.at, *end = p + text.len;
    bool numbered = false, longer = false;
    start();
    while (p < end && digit(*p))
        p++;
    if (p == end)
        return true;
    if (p > text.at) {
        if (*p++ != ' ')
            return false;
        numbered = true;
    }
    while (p < end) {
        const char *from = p;
        uint64_t packed = 0;
        for (; p < end && *p >= 'a' && *p <= 'z'; p++)
            packed = packed << 8 | (uint8_t)*p;
        if (p == from || (p < end && *p != ' '))
            return false;
        size_t at = quick_of(packed);
        if (quick[at].packed ? !quick[at].settled : ends_as_street(packed) && without_street((str){ from, p - from }).len)
            return false;
        longer |= p - from > 2;
        p += p < end;
    }
    return !numbered || longer; /* else it may be a postcode */
}

/* ---- comparing ---- */

static bool near_words(str a, str b)
{
    struct word_value x, y;
    return str_equal(a, b) || (a.len > 3 && b.len > 3 && edit_distance(word_as_value(a, &x), word_as_value(b, &y), 1) <= 1);
}

/* The words without kinds of streets, unless there is nothing else. */
static int words_to_compare(const struct address *a, str *to)
{
    int n = 0;
    for (int i = 0; i < a->count; i++) {
        const struct known *k = look_up(a->words[i]);
        if (!k || k->sort != STREET)
            to[n++] = a->words[i];
    }
    return n;
}

/* What both say of the building must not differ. */
static bool parts_agree(const struct address *a, const struct address *b)
{
    for (int i = 0; i + 1 < a->part_count; i += 2)
        for (int k = 0; k + 1 < b->part_count; k += 2)
            if (a->parts[i].at[0] == b->parts[k].at[0] && !str_equal(a->parts[i + 1], b->parts[k + 1]))
                return false;
    return true;
}

bool address_near(str left, str right)
{
    struct address a, b;
    str x[TOKENS_MOST], y[TOKENS_MOST];
    uint32_t used = 0;
    for (ptrdiff_t i = 0; i < left.len && i < right.len && (digit(left.at[i]) || digit(right.at[i])); i++)
        if (left.at[i] != right.at[i])
            return false; /* another house, as most are */
    start();
    read_address(left, &a);
    read_address(right, &b);
    int n = words_to_compare(&a, x), m = words_to_compare(&b, y), met = 0;
    if (!n || !m || !str_equal(a.number, b.number) || !parts_agree(&a, &b))
        return false;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < m; k++)
            if (!(used >> k & 1) && near_words(x[i], y[k])) {
                used |= (uint32_t)1 << k;
                met++;
                break;
            }
    return met == (n < m ? n : m);
}
