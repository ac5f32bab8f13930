#include "linkage/extract_parts.h"

uint32_t utf8_point(str s, ptrdiff_t at, ptrdiff_t *len)
{
    unsigned char c = (unsigned char)s.at[at];
    *len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t point = *len == 1 ? c : c & (0x7fu >> *len);
    for (ptrdiff_t i = 1; i < *len; i++)
        point = point << 6 | (s.at[at + i] & 0x3fu);
    return point;
}

bool point_in(uint32_t point, const char *ascii)
{
    return point && point < 0x80 && strchr(ascii, (int)point);
}

int point_digit(uint32_t point)
{
    static const uint32_t noughts[] = { '0', 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10 };
    for (ptrdiff_t i = 0; i < countof(noughts); i++)
        if (point - noughts[i] < 10)
            return (int)(point - noughts[i]);
    return -1;
}

enum sort { LETTER, DIGIT, SIGN, SPACE, LINE, UNSEEN };

static enum sort ascii_sort(uint32_t c)
{
    if (c == '\n' || c == '\r')
        return LINE;
    if (c <= ' ')
        return SPACE;
    if (c >= '0' && c <= '9')
        return DIGIT;
    return (c | 32) >= 'a' && (c | 32) <= 'z' ? LETTER : SIGN;
}

/* What is no letter above ASCII stands in few ranges. */
static enum sort sort_of(uint32_t c)
{
    static const struct {
        uint32_t from, to;
        uint8_t sort;
    } ranges[] = { { 0x80, 0xa0, SPACE },       { 0xad, 0xad, UNSEEN },     { 0xaa, 0xaa, SIGN },       { 0xa1, 0xa9, SIGN },      { 0xab, 0xb4, SIGN },
                   { 0xb6, 0xbf, SIGN },        { 0xd7, 0xd7, SIGN },       { 0xf7, 0xf7, SIGN },       { 0x60c, 0x60d, SIGN },    { 0x61b, 0x61b, SIGN },
                   { 0x61c, 0x61c, UNSEEN },    { 0x61f, 0x61f, SIGN },     { 0x66a, 0x66d, SIGN },     { 0x6d4, 0x6d4, SIGN },    { 0x2000, 0x200a, SPACE },
                   { 0x200b, 0x200f, UNSEEN },  { 0x2028, 0x2029, LINE },   { 0x202a, 0x202e, UNSEEN }, { 0x202f, 0x202f, SPACE }, { 0x2060, 0x206f, UNSEEN },
                   { 0x2010, 0x205e, SIGN },    { 0x205f, 0x205f, SPACE },  { 0x20a0, 0x20cf, SIGN },   { 0x20e3, 0x20e3, UNSEEN }, { 0x2100, 0x2bff, SIGN },
                   { 0x3000, 0x3000, SPACE },   { 0x3001, 0x3004, SIGN },   { 0x3008, 0x303f, SIGN },   { 0xfe00, 0xfe0f, UNSEEN }, { 0xfeff, 0xfeff, UNSEEN },
                   { 0xff01, 0xff20, SIGN },    { 0x1f000, 0x1faff, SIGN } };
    if (c < 0x80)
        return ascii_sort(c);
    if (point_digit(c) >= 0)
        return DIGIT;
    for (ptrdiff_t i = 0; i < countof(ranges); i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return ranges[i].sort;
    return LETTER;
}

/* Latin, Greek and Cyrillic have small letters; every other script counts as capital. */
static bool is_capital(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z';
    if (c < 0xdf)
        return true;
    if (c < 0x100)
        return false;
    if (c < 0x250)
        return !(c & 1);
    if (c >= 0x370 && c < 0x400)
        return c < 0x3ac;
    return c >= 0x400 && c < 0x530 ? c < 0x430 : true;
}

uint32_t point_small(uint32_t c)
{
    int digit = point_digit(c);
    if (digit >= 0)
        return (uint32_t)('0' + digit);
    bool pairs = c >= 0x100 && c < 0x250;
    if (!is_capital(c) || (c >= 0x80 && c < 0xc0) || c == 0xd7 || c >= 0x430)
        return c;
    if (pairs)
        return c | 1;
    return c >= 0x400 && c < 0x410 ? c + 0x50 : c + 32;
}

uint32_t point_capital(uint32_t c)
{
    int digit = point_digit(c);
    if (digit >= 0)
        return (uint32_t)('0' + digit);
    if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c < 0xff && c != 0xf7) || (c >= 0x3b1 && c < 0x3ca) || (c >= 0x430 && c < 0x450))
        return c - 32;
    return c >= 0x450 && c < 0x460 ? c - 0x50 : c;
}

static void say(struct token *t, const struct word *w)
{
    t->classes |= BIT(w->class);
    switch (w->class) {
    case NUMBER:
        t->number = w->value;
        break;
    case TWICE:
        t->twice = (uint8_t)w->value;
        break;
    case MONTH:
        t->month = (uint8_t)w->value;
        break;
    case MONTH_PAIR:
        t->month_pair = w->value;
        break;
    case FIRST:
        t->first = (uint8_t)w->value;
        break;
    case AGE_CUE:
        t->cue = (uint8_t)w->value;
        break;
    case CURRENCY:
        t->currency = (uint8_t)w->value;
        break;
    case STREET_AFTER:
        t->street = (uint8_t)w->value;
        break;
    case SERVICE:
        t->service = (uint8_t)w->value;
        break;
    default:
        break;
    }
}

static void look_up(struct token *t, str folded)
{
    ptrdiff_t n;
    for (int language = 0; words_table(language, &n); language++) {
        const struct word *end = words_table(language, &n) + n;
        for (const struct word *w = word_first(language, folded); w && w < end && str_equal(str_of(w->text), folded); w++)
            say(t, w);
    }
}

/* The longest of the words from nought to nine that the text begins with. */
static const struct word *digit_at(const struct reader *r, str folded)
{
    const struct word *best = NULL;
    for (int i = 0; i < r->digit_words; i++)
        if (r->digit_word[i]->text[0] == folded.at[0] && str_starts(folded, str_of(r->digit_word[i]->text))
            && (!best || strlen(r->digit_word[i]->text) > strlen(best->text)))
            best = r->digit_word[i];
    return best;
}

/* The first byte of the text behind so many bytes of its folded form. */
static ptrdiff_t behind_folded(str text, ptrdiff_t folded_bytes)
{
    ptrdiff_t at = 0, len, done = 0;
    char one[32];
    while (at < text.len && done < folded_bytes) {
        (void)utf8_point(text, at, &len);
        ptrdiff_t n = utf8_fold(str_part(text, at, at + len), one, sizeof one);
        done += n > 0 ? n : 0;
        at += len;
    }
    return at;
}

/* "fivefive" is two words: splits what consists of digits' words alone. False: it does not. */
static bool split_digits(struct reader *r, const struct token *whole, str folded)
{
    enum { PARTS = 16 };
    const struct word *parts[PARTS];
    int n = 0;
    ptrdiff_t at = 0;
    for (; at < folded.len && n < PARTS; n++) {
        parts[n] = digit_at(r, str_part(folded, at, folded.len));
        if (!parts[n])
            return false;
        at += (ptrdiff_t)strlen(parts[n]->text);
    }
    if (at < folded.len || n < 2 || r->count + n > WINDOW)
        return false;
    str text = str_part(r->text, whole->begin, whole->end);
    ptrdiff_t from = 0, folded_to = 0;
    for (int i = 0; i < n; i++) {
        struct token *t = &r->at[r->count++];
        *t = *whole;
        folded_to += (ptrdiff_t)strlen(parts[i]->text);
        t->begin = whole->begin + from;
        from = i == n - 1 ? text.len : behind_folded(text, folded_to);
        t->end = whole->begin + from;
        t->gap = i ? GLUED : whole->gap;
        say(t, parts[i]);
    }
    return true;
}

static void add_word(struct reader *r, struct token *t)
{
    enum { WORD_MOST = 64 };
    char folded[WORD_MOST];
    str text = str_part(r->text, t->begin, t->end);
    t->capital = is_capital(t->point);
    t->number = -1;
    ptrdiff_t n = text.len < WORD_MOST ? utf8_fold(text, folded, sizeof folded) : 0;
    if (n > 0) {
        look_up(t, (str){ folded, n });
        if (!t->classes && split_digits(r, t, (str){ folded, n }))
            return;
    }
    r->at[r->count++] = *t;
}

static void add_number(struct reader *r, const struct token *t)
{
    char digits[10];
    int value = 0, i = r->count++;
    r->at[i] = *t;
    int n = token_digits(r, i, digits, sizeof digits);
    for (int k = 0; k < n && n < 10; k++)
        value = value * 10 + digits[k] - '0';
    r->at[i].number = n && n < 10 ? value : -1;
}

/* The token at next; signs are one each. */
static void read_token(struct reader *r)
{
    ptrdiff_t len, at = r->next;
    uint32_t point = utf8_point(r->text, at, &len);
    enum sort sort = sort_of(point);
    struct token t = { .begin = at, .point = point, .gap = r->gap, .number = -1 };
    r->next += len;
    if (sort == UNSEEN)
        return;
    if (sort == SPACE || sort == LINE) {
        r->gap = sort == LINE ? NEW_LINE : r->gap == NEW_LINE ? NEW_LINE : BLANK;
        return;
    }
    r->gap = GLUED;
    t.kind = sort == LETTER ? TOKEN_WORD : sort == DIGIT ? TOKEN_NUMBER : TOKEN_SIGN;
    t.digits = sort == DIGIT;
    while (sort != SIGN && r->next < r->text.len) {
        enum sort other = sort_of(utf8_point(r->text, r->next, &len));
        if (other != sort && other != UNSEEN)
            break;
        t.digits = (uint8_t)(t.digits + (other == DIGIT && t.digits < UINT8_MAX));
        r->next += len;
    }
    t.end = r->next;
    if (sort == LETTER)
        add_word(r, &t);
    else if (sort == DIGIT)
        add_number(r, &t);
    else
        r->at[r->count++] = t;
}

void reader_open(struct reader *r, str text, str country)
{
    ptrdiff_t n;
    const struct word *w;
    r->text = text;
    memcpy(r->country, country.len == 2 ? country.at : "  ", 2);
    r->country[2] = 0;
    r->next = r->last_end = 0;
    r->count = r->digit_words = 0;
    r->gap = NEW_LINE;
    for (int language = 0; (w = words_table(language, &n)); language++)
        for (ptrdiff_t i = 0; i < n; i++)
            if (w[i].class == NUMBER && w[i].value < 10 && strlen(w[i].text) > 1 && r->digit_words < DIGIT_WORDS)
                r->digit_word[r->digit_words++] = &w[i];
}

int reader_slide(struct reader *r, int i)
{
    enum { SPLIT_ROOM = 16 };
    if (i + AHEAD < r->count)
        return i;
    if (i > BEHIND && r->next < r->text.len) {
        int gone = i - BEHIND;
        memmove(r->at, r->at + gone, (size_t)(r->count - gone) * sizeof *r->at);
        r->count -= gone;
        i = BEHIND;
    }
    while (r->next < r->text.len && r->count + SPLIT_ROOM < WINDOW)
        read_token(r);
    return i;
}

const struct token *token_at(const struct reader *r, int i)
{
    static const struct token none = { .number = -1, .gap = NEW_LINE };
    return i >= 0 && i < r->count ? &r->at[i] : &none;
}

bool is_sign(const struct reader *r, int i, uint32_t point)
{
    const struct token *t = token_at(r, i);
    return t->kind == TOKEN_SIGN && t->point == point;
}

bool is_word(const struct reader *r, int i, enum word_class c)
{
    return token_at(r, i)->classes & BIT(c);
}

bool is_number(const struct reader *r, int i, int digits_least, int digits_most)
{
    const struct token *t = token_at(r, i);
    return t->kind == TOKEN_NUMBER && t->digits >= digits_least && t->digits <= digits_most;
}

bool is_glued(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    return t->kind != TOKEN_NONE && t->gap == GLUED;
}

str token_text(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    return str_part(r->text, t->begin, t->end);
}

int token_digits(const struct reader *r, int i, char *to, int most)
{
    str text = token_text(r, i);
    int n = 0;
    for (ptrdiff_t at = 0, len; at < text.len && n < most; at += len) {
        int digit = point_digit(utf8_point(text, at, &len));
        if (digit >= 0)
            to[n++] = (char)('0' + digit);
    }
    return n;
}

/* A point ends a sentence when something follows apart from it, and no abbreviation stands before. */
static bool ends_sentence(const struct reader *r, int i)
{
    const uint64_t short_words = BIT(MARK) | BIT(PHONE) | BIT(STREET_BEFORE) | BIT(HOUSE) | BIT(AD);
    const struct token *t = token_at(r, i);
    if (t->kind != TOKEN_SIGN || is_glued(r, i + 1))
        return false;
    if (t->point == '!' || t->point == '?' || t->point == 0x61f)
        return true;
    return t->point == '.' && !(token_at(r, i - 1)->classes & short_words && token_at(r, i - 1)->end - token_at(r, i - 1)->begin < 9);
}

int class_before_at(const struct reader *r, int i, uint64_t classes, int words, int *token)
{
    int n = 0;
    for (int k = i - 1; k >= 0 && n < words && i - k < BEHIND && !ends_sentence(r, k); k--) {
        const struct token *t = token_at(r, k);
        n += t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER;
        *token = k;
        if (t->classes & classes)
            return n;
    }
    return 0;
}

int class_before(const struct reader *r, int i, uint64_t classes, int words)
{
    int token;
    return class_before_at(r, i, classes, words, &token);
}
