/* Amounts of money, dates and ages, in digits and in words. */
#include "linkage/extract_parts.h"
#include <stdio.h>

/* May a word of that value follow what was said so far? "One five hundred" is no number. */
static bool goes_on(int64_t current, int64_t v)
{
    int64_t rest = current % 100;
    if (v >= 1000 || !current)
        return true;
    if (v >= 100)
        return v == 100 && current < 100;
    bool french = (v == 20 && rest == 4) || (v < 20 && (rest == 60 || rest == 80)), teens = (v < 10 && rest == 10) || (v == 10 && current < 10);
    return !rest || (v < 10 && current % 10 == 0) || french || teens;
}

int number_words(const struct reader *r, int i, int64_t *value)
{
    int64_t total = 0, current = 0;
    int at = i, last = -1;
    for (int parts = 0; parts < 12 && token_at(r, at)->kind == TOKEN_WORD && is_word(r, at, NUMBER); parts++) {
        int64_t v = token_at(r, at)->number;
        if (!goes_on(current, v))
            return 0;
        if (v >= 1000) {
            total += (current ? current : 1) * v;
            current = 0;
        } else if (v == 100 && current > 0 && current < 100) {
            current *= 100;
        } else {
            current += v == 20 && current % 100 == 4 ? 76 : v; /* quatre-vingt */
        }
        last = at++;
        int next = at + (is_sign(r, at, '-') && is_glued(r, at));
        next += is_word(r, next, AND) ? 1 + is_sign(r, next + 1, '-') : 0;
        if (total > 1000000000)
            return 0;
        at = is_word(r, next, NUMBER) ? next : at;
    }
    *value = total + current;
    return last < 0 ? 0 : last - i + 1;
}

static bool set_span(const struct reader *r, struct finding *f, enum finding_kind kind, int first, int last)
{
    uint8_t len = f->normal_len;
    finding_span(r, f, kind, first, last);
    f->normal_len = len;
    return true;
}

static bool put_number(struct finding *f, const char *format, int64_t n)
{
    char text[32];
    snprintf(text, sizeof text, format, (long long)n);
    finding_put(f, str_of(text));
    return true;
}

/* ---- money ---- */

struct amount {
    int64_t hundredths;
    int last;
};

/* Points and commas: three digits behind one are thousands, one or two are parts. */
static bool amount_at(const struct reader *r, int i, struct amount *a)
{
    char digits[12];
    uint32_t thousands = 0;
    int64_t parts = 0;
    if (!is_number(r, i, 1, 9))
        return false;
    int64_t value = token_at(r, i)->number;
    bool grouped = token_at(r, i)->digits <= 3;
    a->last = i;
    for (int k = i + 1; value < 1000000000; k = a->last + 1) {
        uint32_t sign = token_at(r, k)->kind == TOKEN_SIGN && is_glued(r, k) ? token_at(r, k)->point : 0;
        bool spaced = !sign && token_at(r, k)->gap == BLANK && is_number(r, k, 3, 3) && (!thousands || thousands == ' ');
        bool pointed = (point_in(sign, ".,'") || sign == 0x2019 || sign == 0x66b || sign == 0x66c) && is_glued(r, k + 1) && is_number(r, k + 1, 1, 3);
        int number = k + pointed;
        if (!spaced && !pointed)
            break;
        if (grouped && is_number(r, number, 3, 3) && (!thousands || thousands == (spaced ? ' ' : sign))) {
            value = value * 1000 + token_at(r, number)->number;
            thousands = spaced ? ' ' : sign;
        } else if (pointed && is_number(r, number, 1, 2) && sign != thousands) {
            int n = token_digits(r, number, digits, sizeof digits);
            parts = (digits[0] - '0') * 10 + (n > 1 ? digits[1] - '0' : 0);
            a->last = number;
            break;
        } else {
            return false;
        }
        a->last = number;
    }
    a->hundredths = value * 100 + parts;
    return true;
}

/* "5 mil", "$2k", "30 тыс." */
static void scale(const struct reader *r, struct amount *a)
{
    const struct token *t = token_at(r, a->last + 1);
    if (t->gap == NEW_LINE || !(t->classes & BIT(NUMBER)) || t->number < 100 || t->kind != TOKEN_WORD)
        return;
    a->hundredths *= t->number;
    a->last++;
}

static uint8_t currency_of_sign(uint32_t point)
{
    static const struct {
        uint16_t point;
        uint8_t currency;
    } signs[] = { { '$', C_USD_SIGN },  { 0x20ac, C_EUR }, { 0xa3, C_GBP },   { 0x20bd, C_RUB }, { 0xa5, C_JPY },   { 0x20b4, C_UAH }, { 0x20b9, C_INR },
                  { 0xe3f, C_THB },     { 0x20a9, C_KRW }, { 0x20ba, C_TRY }, { 0x20a6, C_NGN }, { 0x20aa, C_ILS }, { 0x20b1, C_PHP }, { 0x20ab, C_VND },
                  { 0x20bf, C_BTC },    { 0x20b8, C_KZT } };
    for (ptrdiff_t i = 0; i < countof(signs); i++)
        if (signs[i].point == point)
            return signs[i].currency;
    return C_NONE;
}

/* Letters glued to a dollar: R$, US$. */
static uint8_t currency_of_letters(str letters)
{
    static const struct {
        char letters[4];
        uint8_t currency;
    } of[] = { { "R", C_BRL }, { "US", C_USD }, { "MX", C_MXN }, { "AU", C_AUD }, { "A", C_AUD }, { "CA", C_CAD }, { "C", C_CAD }, { "COL", C_COP } };
    for (ptrdiff_t i = 0; i < countof(of); i++)
        if (str_equal_fold(letters, str_of(of[i].letters)))
            return of[i].currency;
    return C_NONE;
}

/* A currency before its amount: the first token of the amount, or i. */
static int currency_before(const struct reader *r, int i, uint8_t *currency)
{
    const struct token *t = token_at(r, i);
    if (t->kind == TOKEN_SIGN) {
        *currency = currency_of_sign(t->point);
        return *currency && token_at(r, i + 1)->gap != NEW_LINE ? i + 1 : i;
    }
    if (t->kind == TOKEN_WORD && is_sign(r, i + 1, '$') && is_glued(r, i + 1)) {
        *currency = currency_of_letters(token_text(r, i));
        return *currency ? i + 2 : i;
    }
    *currency = t->currency; /* of the words, codes alone stand before */
    bool code = t->currency && str_equal_fold(token_text(r, i), str_of(currency_names[t->currency]));
    return code && token_at(r, i + 1)->gap != NEW_LINE ? i + 1 : i;
}

static uint8_t currency_behind(const struct reader *r, int i)
{
    const struct token *t = token_at(r, i);
    if (t->gap == NEW_LINE)
        return C_NONE;
    return t->kind == TOKEN_SIGN ? currency_of_sign(t->point) : t->currency;
}

static bool put_money(const struct reader *r, struct finding *f, uint8_t currency, const struct amount *a, int first, int last)
{
    finding_put(f, str_of(currency_names[currency_at(currency, r->country)]));
    put_number(f, " %lld", a->hundredths / 100);
    if (a->hundredths % 100)
        put_number(f, ".%02lld", a->hundredths % 100);
    return set_span(r, f, FOUND_MONEY, first, last);
}

bool find_money(const struct reader *r, int i, struct finding *f)
{
    struct amount a;
    uint8_t currency;
    int64_t value;
    const struct token *before = token_at(r, i - 1);
    if (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "#/:.,-_@")))
        return false;
    int number = currency_before(r, i, &currency), words;
    if (number > i && amount_at(r, number, &a)) {
        scale(r, &a);
        return put_money(r, f, currency, &a, i, a.last);
    }
    if (amount_at(r, i, &a)) {
        scale(r, &a);
    } else if ((words = number_words(r, i, &value)) > 0) {
        a = (struct amount){ value * 100, i + words - 1 };
        a.last += is_word(r, a.last + 1, OF);
    } else {
        return false;
    }
    /* "30 тыс. руб." */
    int last = a.last + 1 + (is_sign(r, a.last + 1, '.') && is_word(r, a.last, NUMBER) && token_at(r, a.last)->kind == TOKEN_WORD);
    currency = currency_behind(r, last);
    return currency && put_money(r, f, currency, &a, i, last);
}

/* ---- dates ---- */

static bool put_date(struct finding *f, int year, int month, int day)
{
    if (month < 1 || month > 12 || day < 1 || day > 31 || (year && (year < 1900 || year > 2100)))
        return false;
    if (year)
        put_number(f, "%04lld", year);
    put_number(f, year ? "-%02lld" : "--%02lld", month);
    return put_number(f, "-%02lld", day);
}

/* Where the house has not said, days come before months, as nearly everywhere. */
static bool is_month_first(const struct reader *r)
{
    return memcmp(r->country, "US", 2) == 0 || memcmp(r->country, "PH", 2) == 0;
}

/* 05/03/2024, 5.3.24, 2024-03-05 */
static bool numeric_date(const struct reader *r, int i, struct finding *f)
{
    uint32_t sign = token_at(r, i + 1)->point;
    if (!is_number(r, i, 1, 4) || !is_sign(r, i + 1, sign) || !point_in(sign, "/.-") || !is_sign(r, i + 3, sign))
        return false;
    for (int k = 1; k < 5; k++)
        if (!is_glued(r, i + k))
            return false;
    bool more = is_glued(r, i + 5) && (token_at(r, i + 5)->kind == TOKEN_NUMBER || (is_sign(r, i + 5, sign) && is_glued(r, i + 6)));
    if (!is_number(r, i + 2, 1, 2) || !is_number(r, i + 4, 1, 4) || more)
        return false;
    int a = token_at(r, i)->number, b = token_at(r, i + 2)->number, c = token_at(r, i + 4)->number;
    if (is_number(r, i, 4, 4))
        return is_number(r, i + 4, 1, 2) && put_date(f, a, b, c) && set_span(r, f, FOUND_DATE, i, i + 4);
    bool short_year = is_number(r, i + 4, 2, 2);
    if (!is_number(r, i, 1, 2) || (!is_number(r, i + 4, 4, 4) && !short_year))
        return false;
    int year = short_year ? c + (c < 70 ? 2000 : 1900) : c;
    bool month_first = (is_month_first(r) || b > 12) && a <= 12;
    return put_date(f, year, month_first ? a : b, month_first ? b : a) && set_span(r, f, FOUND_DATE, i, i + 4);
}

/* A month's name at i: how many tokens. */
static int month_at(const struct reader *r, int i, int *month)
{
    const struct token *t = token_at(r, i);
    *month = t->month;
    if (t->classes & BIT(MONTH_PAIR) && is_word(r, i + 1, FIRST)) {
        *month = token_at(r, i + 1)->first == 1 ? t->month_pair / 100 : t->month_pair % 100;
        return 2;
    }
    return *month ? 1 : 0;
}

/* The year behind a month or a day, over "de", a comma or a hyphen: its token, or -1. */
static int year_at(const struct reader *r, int i)
{
    i += is_sign(r, i, ',') || is_sign(r, i, '.') || (is_sign(r, i, '-') && is_glued(r, i));
    i += is_word(r, i, OF);
    int year = is_number(r, i, 4, 4) && token_at(r, i)->gap != NEW_LINE ? token_at(r, i)->number : 0;
    return year >= 1900 && year <= 2100 ? i : -1;
}

/* "5th", "1er", "5-го", or a bare day: the token behind it, or i. */
static int day_at(const struct reader *r, int i, int *day, bool *ordinal)
{
    if (!is_number(r, i, 1, 2) || token_at(r, i)->number < 1 || token_at(r, i)->number > 31)
        return i;
    *day = token_at(r, i)->number;
    int next = i + 1 + (is_sign(r, i + 1, '-') && is_glued(r, i + 1) && is_word(r, i + 2, ORDINAL));
    *ordinal = is_word(r, next, ORDINAL) && is_glued(r, next);
    if (is_sign(r, i + 1, 0xba)) { /* 1º */
        *ordinal = true;
        return i + 2;
    }
    return *ordinal ? next + 1 : i + 1;
}

static bool day_first(const struct reader *r, int i, struct finding *f)
{
    int day, month;
    bool ordinal;
    int next = day_at(r, i, &day, &ordinal);
    if (next == i)
        return false;
    next += is_word(r, next, OF);
    next += is_sign(r, next, '-') && is_glued(r, next);
    int names = month_at(r, next, &month);
    if (!names || token_at(r, next)->gap == NEW_LINE)
        return false;
    next += names;
    int year = year_at(r, next);
    if (year < 0 && !ordinal && next - names == i + 1 && !token_at(r, next - 1)->capital && is_word(r, next - 1, ALSO_WORD))
        return false;
    return put_date(f, year < 0 ? 0 : token_at(r, year)->number, month, day) && set_span(r, f, FOUND_DATE, i, year < 0 ? next - 1 : year);
}

static bool month_first(const struct reader *r, int i, struct finding *f)
{
    int day, month;
    bool ordinal;
    int names = month_at(r, i, &month);
    if (names != 1 || token_at(r, i)->point >= 0x80)
        return false;
    int at = i + 1 + is_sign(r, i + 1, '.'), next = day_at(r, at, &day, &ordinal);
    if (next == at || token_at(r, at)->gap != BLANK || (is_glued(r, next) && point_in(token_at(r, next)->point, ":/%-")))
        return false;
    int year = year_at(r, next);
    if (year < 0 && !ordinal && !token_at(r, i)->capital && is_word(r, i, ALSO_WORD))
        return false;
    return put_date(f, year < 0 ? 0 : token_at(r, year)->number, month, day) && set_span(r, f, FOUND_DATE, i, year < 0 ? next - 1 : year);
}

bool find_date(const struct reader *r, int i, struct finding *f)
{
    const struct token *before = token_at(r, i - 1);
    if (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "#/:.-_@")))
        return false;
    return numeric_date(r, i, f) || day_first(r, i, f) || month_first(r, i, f);
}

/* ---- ages ---- */

/* What makes an age of a number, from i on: the last token, or -1. "yo", "y/o", "years old", "años de edad", "лет". */
static int age_unit(const struct reader *r, int i)
{
    i += is_sign(r, i, '-') && is_glued(r, i);
    str word = token_text(r, i);
    if (token_at(r, i)->gap == NEW_LINE)
        return -1;
    if (str_equal_fold(word, lit("y")) && (is_sign(r, i + 1, '/') || is_sign(r, i + 1, '.')) && str_equal_fold(token_text(r, i + 2), lit("o")))
        return i + 2;
    if (is_word(r, i, YEARS)) {
        int old = i + 1 + (is_sign(r, i + 1, '-') && is_glued(r, i + 1));
        return is_word(r, old, OLD) ? old : -1;
    }
    if (!is_word(r, i, AGED))
        return -1;
    return is_word(r, i + 1, OF) && is_word(r, i + 2, OF_AGE) ? i + 2 : i;
}

/* "for 12 years", "hace 3 años", "5 лет назад" */
static bool is_span(const struct reader *r, int i, int unit)
{
    int behind = unit + 1 + is_word(r, unit + 1, OF);
    return class_before(r, i, BIT(SPAN_CUE), 2) || is_word(r, behind, AFTER_SPAN);
}

/* "looks 15", "she's just 16": words before a bare number that make an age of it. */
static bool is_bare_age(const struct reader *r, int i)
{
    int back = i - 1, cue = token_at(r, back)->cue;
    if (cue == 3)
        cue = token_at(r, --back)->cue;
    if (is_word(r, back, IS) || (str_equal_fold(token_text(r, back), lit("s")) && is_glued(r, back)))
        cue = token_at(r, back - 1)->kind == TOKEN_SIGN ? token_at(r, back - 2)->cue : token_at(r, back - 1)->cue;
    else if (cue == 2)
        return false;
    const struct token *next = token_at(r, i + 1);
    bool closed = next->kind == TOKEN_SIGN && point_in(next->point, ".,;!?)") && !(is_glued(r, i + 2) && token_at(r, i + 2)->kind != TOKEN_SIGN);
    bool ends = next->kind == TOKEN_NONE || next->gap == NEW_LINE || closed;
    bool odd = next->classes & (BIT(UNIT) | BIT(CURRENCY) | BIT(MONTH) | BIT(NUMBER)) || next->kind == TOKEN_NUMBER
               || (next->kind == TOKEN_SIGN && is_glued(r, i + 1) && !ends);
    return !odd && (cue == 1 || cue == 2 || (cue == 4 && ends && token_at(r, i)->number >= 9));
}

bool find_age(const struct reader *r, int i, struct finding *f)
{
    int64_t value = 0;
    const struct token *before = token_at(r, i - 1);
    if (is_glued(r, i) && (before->kind != TOKEN_SIGN || point_in(before->point, "#/:.,-_@$")))
        return false;
    bool digits = is_number(r, i, 1, 2);
    int used = digits ? 1 : number_words(r, i, &value);
    value = digits ? token_at(r, i)->number : value;
    if (!used || value < 1 || value > 99)
        return false;
    int unit = age_unit(r, i + used);
    if (unit >= 0 && !is_span(r, i, unit))
        return put_number(f, "%lld", value) && set_span(r, f, FOUND_AGE, i, unit);
    if (unit >= 0 || !digits || !is_number(r, i, 2, 2) || value < 8 || !is_bare_age(r, i))
        return false;
    return put_number(f, "%lld", value) && set_span(r, f, FOUND_AGE, i, i);
}
