/* Addresses, plates of vehicles and numbers of advertisements: each by its shape and by a word beside it. */
#include "linkage/extract_parts.h"

static bool set_span(const struct reader *r, struct finding *f, enum finding_kind kind, int first, int last)
{
    uint8_t len = f->normal_len;
    finding_span(r, f, kind, first, last);
    f->normal_len = len;
    return true;
}

/* ---- addresses ---- */

/* Small letters, digits of ASCII and single blanks. */
static bool put_address(const struct reader *r, struct finding *f, int first, int last)
{
    set_span(r, f, FOUND_ADDRESS, first, last);
    for (int k = first; k <= last; k++) {
        str text = token_text(r, k);
        if (k > first && !is_glued(r, k))
            finding_put(f, lit(" "));
        for (ptrdiff_t at = 0, len; at < text.len; at += len)
            finding_point(f, point_small(utf8_point(text, at, &len)));
    }
    return true;
}

/* "4B", "12": a number with at most one letter glued: the last token, or -1. */
static int door_at(const struct reader *r, int i)
{
    if (!is_number(r, i, 1, 5) || token_at(r, i)->gap == NEW_LINE)
        return -1;
    str letter = token_text(r, i + 1);
    return is_glued(r, i + 1) && token_at(r, i + 1)->kind == TOKEN_WORD && letter.len == 1 ? i + 1 : i;
}

/* ", Apt 4B", ", кв. 12", ", #7": the last token, or last as it was. */
static int with_flat(const struct reader *r, int last)
{
    int i = last + 1 + (is_sign(r, last + 1, ',') || is_sign(r, last + 1, 0x60c));
    if (is_word(r, i, FLAT))
        i += 1 + is_sign(r, i + 1, '.');
    else if (is_sign(r, i, '#'))
        i++;
    else
        return last;
    int door = door_at(r, i);
    return door < 0 ? last : door;
}

static bool is_plain_word(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    return t->kind == TOKEN_WORD && t->gap != NEW_LINE;
}

/* Behind "221": up to four words, the last of which says street. */
static bool number_then_street(const struct reader *r, int i, struct finding *f)
{
    const uint64_t no_name = BIT(PARTICLE) | BIT(AND) | BIT(IS) | BIT(OF) | BIT(ON) | BIT(UNIT) | BIT(YEARS) | BIT(AGED) | BIT(MONTH) | BIT(CURRENCY) | BIT(NUMBER);
    int at = i + 1, words = 0;
    if (is_glued(r, at) && is_plain_word(r, at)) /* 12b */
        at++;
    for (; words < 5; words++, at++) {
        at += words && is_sign(r, at, '.') && is_glued(r, at) && token_at(r, at - 1)->end - token_at(r, at - 1)->begin <= 2; /* "St. Anne" */
        at += is_sign(r, at, '\'') && is_glued(r, at);
        bool ordinal = is_number(r, at, 1, 3) && is_word(r, at + 1, ORDINAL) && is_glued(r, at + 1);
        if (words && is_word(r, at, STREET_AFTER) && token_at(r, at)->gap == BLANK && !is_word(r, at + 1, STREET_AFTER))
            return (token_at(r, at)->capital || token_at(r, at)->street == 1) && put_address(r, f, i, with_flat(r, at));
        if (!ordinal && (!is_plain_word(r, at) || (!token_at(r, at)->capital && !is_glued(r, at) && token_at(r, at)->classes & no_name)))
            return false;
        at += ordinal;
    }
    return false;
}

/* A word all in capitals does not say by them that it is a name. */
static bool is_shouted(const struct reader *r, int i)
{
    str text = token_text(r, i);
    ptrdiff_t first, second;
    (void)utf8_point(text, 0, &first);
    if (text.len <= first)
        return false;
    uint32_t point = utf8_point(text, first, &second);
    return point_small(point) != point;
}

/* Does a further word of the name stand at i? */
static bool is_name_word(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    return is_plain_word(r, i) && t->capital && t->point < 0x530 && !(t->classes & (BIT(HOUSE) | BIT(FLAT))) && !is_shouted(r, i);
}

/*
 * The words of a street's name from i on: the token behind them, or i. A name in small letters, or shouted, is one word and so is one of a
 * script without capitals.
 */
static int street_name(const struct reader *r, int i)
{
    int at = i;
    while (is_word(r, at, PARTICLE) && is_plain_word(r, at + 1 + (is_sign(r, at + 1, '\'') || is_sign(r, at + 1, 0x2019))))
        at += 1 + (is_sign(r, at + 1, '\'') || is_sign(r, at + 1, 0x2019));
    if (is_number(r, at, 1, 3))
        return at + 1;
    if (!is_plain_word(r, at))
        return i;
    bool more = is_name_word(r, at++);
    for (int words = 0; words < 4 && more; words++) {
        int next = at;
        while (is_word(r, next, PARTICLE) && !token_at(r, next)->capital)
            next++;
        more = is_name_word(r, next);
        at = more ? next + 1 : at;
    }
    return at;
}

/* ", 14", " nº 14", " # 93-47", ", д. 15": the last token of the house's number, or -1. */
static int house_number(const struct reader *r, int i)
{
    i += is_sign(r, i, ',') || is_sign(r, i, 0x60c);
    if (is_word(r, i, HOUSE) && !is_number(r, i, 1, 5)) {
        i++;
        i += is_sign(r, i, '.') || is_sign(r, i, 0xba) || is_sign(r, i, 0xb0);
    } else {
        i += is_sign(r, i, '#') || is_sign(r, i, 0x2116);
    }
    int door = door_at(r, i);
    if (door >= 0 && is_sign(r, door + 1, '-') && is_number(r, door + 2, 1, 3) && token_at(r, door + 2)->gap != NEW_LINE)
        return door + 2;
    return door;
}

/* Calle Mayor 14; ул. Лесная, д. 3; شارع النخيل 25. */
static bool street_then_number(const struct reader *r, int i, struct finding *f)
{
    int at = i + 1 + (is_sign(r, i + 1, '.') || (is_sign(r, i + 1, '/') && is_glued(r, i + 1)));
    bool brief = token_at(r, i)->end - token_at(r, i)->begin == 1;
    if (brief && at == i + 1)
        return false;
    int name = street_name(r, at), last = name > at ? house_number(r, name) : -1;
    /* A name in small letters may have more words: its number says where it ends. */
    for (int more = 0; more < 2 && last < 0 && name > at && is_plain_word(r, name) && !(token_at(r, name)->classes & (BIT(IS) | BIT(ON) | BIT(AND))); more++)
        last = house_number(r, ++name);
    return last >= 0 && put_address(r, f, i, with_flat(r, last));
}

/* 12 rue des Lilas; 8 bis, avenue du Port; 25 شارع الورود. */
static bool number_then_kind(const struct reader *r, int i, struct finding *f)
{
    int at = door_at(r, i) + 1;
    at += is_word(r, at, BIS);
    at += is_sign(r, at, ',') && is_glued(r, at);
    if (!is_word(r, at, STREET_BEFORE) || !is_plain_word(r, at) || token_at(r, at)->end - token_at(r, at)->begin < 2)
        return false;
    int from = at + 1 + is_sign(r, at + 1, '.'), name = street_name(r, from);
    return name > from && !is_number(r, name - 1, 1, 3) && put_address(r, f, i, with_flat(r, name - 1));
}

bool find_address(const struct reader *r, int i, struct finding *f)
{
    const struct token *before = token_at(r, i - 1);
    if (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "#/:.-_@$")))
        return false;
    if (is_number(r, i, 1, 5))
        return number_then_kind(r, i, f) || number_then_street(r, i, f);
    return is_word(r, i, STREET_BEFORE) && street_then_number(r, i, f);
}

/* ---- plates ---- */

/* Letters and digits of plates, L and D, in the order in which countries write them. */
static const char *const plate_shapes[] = {
    "DLLLDDD", "LLLDDDD", "LLLDDD", "DDDLLL", "LLDDLDD", "LLDDLLL", "DDDDLLL", "LLLDDDL", "LLLDLDD", "LLDDLL", "DDLLDD", "DDLLLL", "LLLLDD", "LLDDDLL",
    "LDDDLLDD", "LDDDLLDDD", "LDDDDD", "LDDDD", "LLDDDD", "LLDDDDD", "LLDDLLDDDD", "LLDDLDDDD", "LDDLLL", "LDDDLLL", "LLDDDDLL", "LLDDD", "DDDLL", "DDDDDL", "LLLDD",
    "LLLDDDDD", "DDDDLL", "DDLDDDDD", "DDLLDDDD", "DDLLLDDD", "LLLLDDDD", "LLLLDDD", "LLDDDL", "LLLDDDDDD", "DDDLLLDD", "LLLDDLL",
};

enum { PLATE_MOST = 11, PLATE_GROUP = 6 };

struct plate {
    char shape[PLATE_MOST + 1];
    int marks;
};

static bool is_shape(const struct plate *p)
{
    for (ptrdiff_t i = 0; i < countof(plate_shapes); i++)
        if (strcmp(plate_shapes[i], p->shape) == 0)
            return true;
    return false;
}

/* Takes a token of letters or digits; false: too long for a plate. */
static bool take_mark(const struct reader *r, int i, struct plate *p)
{
    const struct token *t = token_at(r, i);
    bool number = t->kind == TOKEN_NUMBER;
    ptrdiff_t marks = number ? t->digits : t->kind == TOKEN_WORD ? utf8_length(token_text(r, i)) : 0;
    if (!marks || marks > PLATE_GROUP || p->marks + marks > PLATE_MOST)
        return false;
    memset(p->shape + p->marks, number ? 'D' : 'L', (size_t)marks);
    p->marks += (int)marks;
    p->shape[p->marks] = 0;
    return true;
}

static bool is_lone_letter(const struct plate *p)
{
    return p->shape[p->marks - 1] == 'L' && (p->marks < 2 || p->shape[p->marks - 2] == 'D');
}

/* The longest plate from i on: its last token, or -1. Its groups stand apart by blanks alone or by hyphens alone. */
static int plate_at(const struct reader *r, int i)
{
    struct plate p = { .marks = 0 };
    int last = -1;
    uint32_t between = 0;
    for (int k = i, first = i; k - i < 12; k++) {
        if (k > i && is_sign(r, k, '-') && is_glued(r, k) && is_glued(r, k + 1) && (!between || between == '-')) {
            between = '-';
            k++;
        } else if (k > i && !is_glued(r, k)) {
            if (token_at(r, k)->gap == NEW_LINE || between == '-')
                break;
            between = ' ';
        }
        first = k == i || token_at(r, k)->gap != GLUED ? k : first;
        if (!take_mark(r, k, &p))
            break;
        /* "placa ABC 123 y": the last is a word */
        bool lone = first == k && k > i && !is_glued(r, k) && !is_glued(r, k + 1) && token_at(r, k)->kind == TOKEN_WORD && is_lone_letter(&p);
        if (is_shape(&p) && !lone && !(is_glued(r, k + 1) && token_at(r, k + 1)->kind != TOKEN_SIGN))
            last = k;
    }
    return last;
}

bool find_plate(const struct reader *r, int i, struct finding *f)
{
    const struct token *t = token_at(r, i), *before = token_at(r, i - 1);
    if ((t->kind != TOKEN_WORD && t->kind != TOKEN_NUMBER) || (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "#/.-_@$+"))))
        return false;
    int word = 0, cue = class_before_at(r, i, BIT(PLATE), 5, &word);
    bool said = t->classes & (BIT(PLATE) | BIT(MARK) | BIT(IS)) && !is_glued(r, i + 1);
    if (!cue || said || token_at(r, word)->begin < r->last_end || class_before(r, i, BIT(OTHER_NUMBER), cue))
        return false;
    int last = plate_at(r, i);
    if (last < 0)
        return false;
    for (int k = i; k <= last; k++) {
        str text = token_text(r, k);
        for (ptrdiff_t at = 0, len; token_at(r, k)->kind != TOKEN_SIGN && at < text.len; at += len)
            finding_point(f, point_capital(utf8_point(text, at, &len)));
    }
    return set_span(r, f, FOUND_PLATE, i, last);
}

/* ---- advertisements ---- */

/* Five digits or more, or a letter or two before them: the last token, or -1. */
static int ad_number(const struct reader *r, int i)
{
    int at = i;
    if (token_at(r, i)->kind == TOKEN_WORD) {
        str letters = token_text(r, i);
        if (letters.len > 3 || (unsigned char)letters.at[0] >= 0x80)
            return -1;
        at++;
        at += is_sign(r, at, '-') && is_glued(r, at);
        if (!is_glued(r, at))
            return -1;
    }
    bool more = is_glued(r, at + 1) && (token_at(r, at + 1)->kind != TOKEN_SIGN || (point_in(token_at(r, at + 1)->point, "-/:@") && is_glued(r, at + 2)));
    return is_number(r, at, at > i ? 4 : 5, 14) && !more ? at : -1;
}

/* "ad #", "post id", "listing no.", "объявление №", or the word itself right before; a telephone "in the ad" is none. */
static bool is_ad_cue(const struct reader *r, int i, bool digits)
{
    int k = i - 1;
    bool marked = false;
    for (; i - k < 7 && k >= 0; k--) {
        const struct token *t = token_at(r, k);
        if (t->classes & BIT(AD))
            break;
        bool sign = t->kind == TOKEN_SIGN && (point_in(t->point, "#:.(") || t->point == 0x2116 || t->point == 0xb0 || t->point == 0xba);
        marked = marked || t->classes & BIT(MARK) || point_in(t->point, "#:") || t->point == 0x2116;
        if (!sign && !(t->classes & BIT(MARK)))
            return false;
    }
    if (!is_word(r, k, AD))
        return false;
    return marked || !digits || !class_before(r, k, BIT(PHONE), 4);
}

bool find_ad(const struct reader *r, int i, struct finding *f)
{
    const struct token *t = token_at(r, i), *before = token_at(r, i - 1);
    if ((t->kind != TOKEN_WORD && t->kind != TOKEN_NUMBER) || (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "/.-_@$+"))))
        return false;
    int last = ad_number(r, i);
    if (last < 0 || !is_ad_cue(r, i, last == i))
        return false;
    set_span(r, f, FOUND_AD, i, last);
    finding_fold(f, str_part(r->text, f->begin, f->end));
    return true;
}
