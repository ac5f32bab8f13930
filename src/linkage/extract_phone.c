/*
 * Telephones: digits in groups, by words, by signs that look like them, or by all of these at once. First all that may belong to one run is
 * gathered; then the longest beginning of it that somebody could dial is the telephone.
 */
#include "linkage/extract_parts.h"

struct run {
    char digits[RUN_MOST];
    int n;
    struct {
        int digits, last; /* so many digits up to and with that token */
    } stops[RUN_MOST];
    int stop_count;
    int groups, words; /* of digits, and of words among them */
    int commas;        /* between the first two: 1, or -1; then none comes that ends a telephone's length */
    int first_group, dashes;
    bool plus;
};

static bool is_separator(uint32_t point)
{
    static const uint16_t signs[] = { '-', '.', '/', '*', '_', '~', '(', ')', ',', 0xb7, 0x2212, 0x2022, 0x30fb };
    for (ptrdiff_t i = 0; i < countof(signs); i++)
        if (signs[i] == point)
            return true;
    return point >= 0x2010 && point <= 0x2015;
}

/* "O" for nought and "l" for one, glued to digits. */
static bool is_look_alike(const struct reader *r, int i)
{
    str text = token_text(r, i);
    if (token_at(r, i)->kind != TOKEN_WORD || text.len > 4)
        return false;
    for (ptrdiff_t k = 0; k < text.len; k++)
        if (!point_in((unsigned char)text.at[k], "OoIl"))
            return false;
    return (is_glued(r, i) && is_number(r, i - 1, 1, 20)) || (is_glued(r, i + 1) && is_number(r, i + 1, 1, 20));
}

static bool is_digit_word(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    return t->kind == TOKEN_WORD && t->classes & BIT(NUMBER) && t->number < 100;
}

static bool is_english(const struct reader *r, int i)
{
    char small[16];
    str text = token_text(r, i);
    for (ptrdiff_t k = 0; k < text.len && k < (ptrdiff_t)sizeof small; k++)
        small[k] = (char)(text.at[k] | 32);
    return text.len < (ptrdiff_t)sizeof small && is_digit_word(r, i) && word_first(0, (str){ small, text.len });
}

static bool is_o(const struct reader *r, int i)
{
    str text = token_text(r, i);
    return text.len == 1 && (text.at[0] | 32) == 'o';
}

/* "o" beside English digits is said for nought; elsewhere it is "or", in Spanish. */
static bool is_lone_o(const struct reader *r, int i)
{
    if (!is_o(r, i))
        return false;
    for (int side = -1; side <= 1; side += 2) {
        int k = i + side;
        for (int step = 0; step < 4 && (is_o(r, k) || is_sign(r, k, ',') || is_sign(r, k, '-')); step++)
            k += side;
        if (is_english(r, k))
            return true;
    }
    return false;
}

static bool is_element(const struct reader *r, int i)
{
    return is_number(r, i, 1, 20) || is_digit_word(r, i) || is_look_alike(r, i) || is_lone_o(r, i) || (is_word(r, i, TWICE) && is_digit_word(r, i + 1));
}

static void put_digit(struct run *run, int digit)
{
    if (run->n < RUN_MOST)
        run->digits[run->n++] = (char)('0' + digit);
}

/* Words of one number below a hundred ("soixante et onze"): how many tokens, and its value. */
static int below_hundred(const struct reader *r, int i, int *value)
{
    int v = token_at(r, i)->number, used = 1;
    int next = i + 1 + is_sign(r, i + 1, '-');
    if (v == 4 && token_at(r, next)->number == 20 && is_word(r, next, NUMBER)) { /* quatre-vingt */
        v = 80;
        used = next - i + 1;
        next = i + used + is_sign(r, i + used, '-');
    }
    bool joined = is_word(r, next, AND);
    next += joined ? 1 + is_sign(r, next + 1, '-') : 0;
    if (is_word(r, i, JOINED) && !joined) {
        *value = v;
        return 1;
    }
    int one = is_digit_word(r, next) ? token_at(r, next)->number : 0;
    bool teens = (v == 60 || v == 80) && one >= 10 && one < 17;
    if (v >= 20 && v % 10 == 0 && ((one > 0 && one < 10) || teens)) {
        v += one;
        used = next - i + 1;
        next = i + used + is_sign(r, i + used, '-');
        if (one == 10 && is_digit_word(r, next) && token_at(r, next)->number >= 7 && token_at(r, next)->number <= 9) { /* soixante-dix-sept */
            v += token_at(r, next)->number;
            used = next - i + 1;
        }
    } else if (v == 10 && is_sign(r, i + 1, '-') && is_digit_word(r, i + 2) && token_at(r, i + 2)->number >= 7 && token_at(r, i + 2)->number <= 9) {
        v += token_at(r, i + 2)->number; /* dix-sept */
        used = 3;
    }
    *value = v;
    return used;
}

/* Adds the element at i: the first token behind it. */
static int add_element(const struct reader *r, int i, struct run *run)
{
    char digits[RUN_MOST];
    int value, used = 1, times = 1;
    if (is_number(r, i, 1, 20)) {
        int n = token_digits(r, i, digits, sizeof digits);
        for (int k = 0; k < n; k++)
            put_digit(run, digits[k] - '0');
    } else if (is_digit_word(r, i) || is_word(r, i, TWICE)) {
        int at = i + is_word(r, i, TWICE);
        times = at > i ? token_at(r, i)->twice : 1;
        used = below_hundred(r, at, &value) + at - i;
        for (int k = 0; k < times; k++) {
            if (value > 9)
                put_digit(run, value / 10);
            put_digit(run, value % 10);
        }
        run->words++;
    } else {
        str text = token_text(r, i);
        for (ptrdiff_t k = 0; k < text.len; k++)
            put_digit(run, (text.at[k] | 32) == 'o' ? 0 : 1);
        run->words += is_lone_o(r, i);
    }
    run->groups++;
    if (run->stop_count < RUN_MOST) {
        run->stops[run->stop_count].digits = run->n;
        run->stops[run->stop_count++].last = i + used - 1;
    }
    return i + used;
}

/* The next element behind separators; -1: the run ends. */
static int next_element(const struct reader *r, int i, struct run *run)
{
    int from = i;
    bool comma = false;
    for (; i - from < 4 && token_at(r, i)->kind == TOKEN_SIGN && is_separator(token_at(r, i)->point); i++) {
        if (token_at(r, i)->gap == NEW_LINE || (is_sign(r, i, '.') && !is_glued(r, i + 1)))
            return -1;
        if (run->plus && run->n < 5 && is_sign(r, i, '(') && is_number(r, i + 1, 1, 1) && token_at(r, i + 1)->number == 0 && is_sign(r, i + 2, ')'))
            i += 2; /* +44 (0)7700: the nought is for those at home */
        comma = comma || is_sign(r, i, ',');
        run->dashes += is_sign(r, i, '-');
    }
    if (token_at(r, i)->gap == NEW_LINE || !is_element(r, i) || (comma && !run->words) || (comma && run->commas < 0 && run->n >= 7))
        return -1;
    run->commas = run->commas ? run->commas : comma ? 1 : -1;
    return i;
}

static bool gather(const struct reader *r, int i, struct run *run)
{
    memset(run, 0, sizeof *run);
    i += is_sign(r, i, '(') && (is_sign(r, i + 1, '+') || is_element(r, i + 1));
    run->plus = is_sign(r, i, '+') || is_sign(r, i, 0xff0b);
    i += run->plus;
    if (!is_element(r, i))
        return false;
    while (i >= 0 && run->n < 20) {
        int before = run->n;
        i = add_element(r, i, run);
        run->first_group = before ? run->first_group : run->n;
        i = next_element(r, i, run);
    }
    return true;
}

/* Behind what ends there, nothing may follow that makes another thing of it: 10:30, 50%, 12kg. */
static bool ends_well(const struct reader *r, int last)
{
    static const uint32_t spoil[] = { ':', '%', '@', '#', 0x2030 };
    const struct token *t = token_at(r, last + 1);
    if (t->gap == GLUED && t->kind == TOKEN_WORD && !is_digit_word(r, last))
        return false;
    for (ptrdiff_t k = 0; k < countof(spoil); k++)
        if (t->gap == GLUED && is_sign(r, last + 1, spoil[k]) && (spoil[k] != ':' || is_number(r, last + 2, 1, 2)))
            return false;
    return true;
}

/* Four numbers up to 255 between points. */
static bool is_internet_address(const struct reader *r, int i)
{
    for (int k = 0; k < 7; k += 2)
        if (!is_number(r, i + k, 1, 3) || token_at(r, i + k)->number > 255 || (k && (!is_glued(r, i + k) || !is_sign(r, i + k - 1, '.'))))
            return false;
    return !(is_sign(r, i + 7, '.') && is_number(r, i + 8, 1, 20));
}

/* 2015-2019 */
static bool is_years(const struct run *run, int stop)
{
    return stop == 1 && run->first_group == 4 && run->stops[1].digits == 8 && (run->digits[0] == '1' || run->digits[0] == '2')
           && memcmp(run->digits, run->digits + 4, 2) == 0 && (run->digits[1] == '9' || run->digits[1] == '0');
}

/* The rest of an account's number: ES91 2100 0418 ... */
static bool is_in_iban(const struct reader *r, int i)
{
    for (int k = i - 1; k > 0 && i - k < 9 && is_number(r, k, 2, 4) && token_at(r, k + 1)->gap == BLANK; k--)
        if (is_number(r, k, 2, 2) && is_glued(r, k) && token_at(r, k - 1)->kind == TOKEN_WORD && token_at(r, k - 1)->capital && token_text(r, k - 1).len == 2)
            return true;
    return false;
}

struct setting {
    int phone, other; /* how many words back such a word stands; 0: none */
    bool marked;      /* # or № right before */
};

static struct setting setting_of(const struct reader *r, int i)
{
    const struct token *before = token_at(r, i - 1);
    return (struct setting){
        .phone = class_before(r, i, BIT(PHONE), 8),
        .other = class_before(r, i, BIT(OTHER_NUMBER), 5),
        .marked = before->kind == TOKEN_SIGN && (before->point == '#' || before->point == 0x2116),
    };
}

/* The digits as they are, where no plan tells: is there enough that says telephone? */
static bool is_likely(const struct run *run, int n, int groups, struct setting s, const char country[3])
{
    bool local = n == 7 && groups == 2 && run->first_group == 3 && run->dashes == 1;
    bool told = country[0] != ' ';
    if (local)
        return s.phone || !told || country[0] == 'U' || country[0] == 'C';
    if (s.phone && n >= 8)
        return true;
    return !told && n >= 9 && n <= 11 && (groups > 1 || !s.marked);
}

static bool choose(const struct reader *r, const struct run *run, struct setting s, struct finding *f, int *last)
{
    for (int k = run->stop_count - 1; k >= 0; k--) {
        str digits = { run->digits, run->stops[k].digits };
        bool zeros = !run->plus && digits.len > 9 && str_starts(digits, lit("00")), sure;
        if (digits.len < 7 || is_years(run, k) || !ends_well(r, run->stops[k].last))
            continue;
        bool other = s.other && (!s.phone || s.other < s.phone);
        if (!phone_normal(zeros ? str_part(digits, 2, digits.len) : digits, run->plus || zeros, r->country, f, &sure))
            continue;
        *last = run->stops[k].last;
        if (run->plus || (zeros && sure))
            return true;
        if (!other && !(s.marked && !s.phone) && (sure || is_likely(run, (int)digits.len, k + 1, s, r->country)))
            return true;
    }
    return false;
}

bool find_phone(const struct reader *r, int i, struct finding *f)
{
    struct run run;
    int last;
    const struct token *before = token_at(r, i - 1);
    bool in_word = is_glued(r, i) && (before->kind == TOKEN_WORD || before->kind == TOKEN_NUMBER || (before->kind == TOKEN_SIGN && before->point == '_'));
    if (in_word && !is_digit_word(r, i) && !is_number(r, i - 1, 1, 20))
        return false;
    if (!is_element(r, i) && !is_sign(r, i, '(') && !is_sign(r, i, '+') && !is_sign(r, i, 0xff0b))
        return false;
    if (!gather(r, i, &run) || is_internet_address(r, i) || is_in_iban(r, i) || !choose(r, &run, setting_of(r, i), f, &last))
        return false;
    struct finding span;
    finding_span(r, &span, FOUND_PHONE, i, last);
    f->kind = span.kind;
    f->begin = span.begin;
    f->end = span.end;
    return true;
}
