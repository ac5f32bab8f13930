#include "linkage/phone.h"
#include "linkage/roman.h"

enum { DIGITS_MOST = PHONE_MOST - 2, LONG = 11 }; /* LONG: digits that are too many for most countries alone */

/* ---- digits ---- */

struct written {
    char digits[DIGITS_MOST];
    ptrdiff_t n;
    bool plus, whole; /* whole: there were no more digits than one number has */
};

/* Of ASCII, Arabic, Persian, Devanagari and of full width; -1: none. */
static int digit_of(uint32_t point)
{
    static const uint32_t zeros[] = { '0', 0x660, 0x6f0, 0x966, 0xff10 };
    for (ptrdiff_t i = 0; i < countof(zeros); i++)
        if (point >= zeros[i] && point < zeros[i] + 10)
            return (int)(point - zeros[i]);
    return -1;
}

/* What stands before the number is a word for it, and what stands behind a letter, # ; or , is an extension. */
static void read_digits(str text, struct written *w)
{
    uint32_t point;
    *w = (struct written){ .whole = true };
    for (ptrdiff_t n; (n = next_letter(text, &point)) > 0; text = str_part(text, n, text.len)) {
        int digit = digit_of(point);
        bool letter = (point | 32) >= 'a' && (point | 32) <= 'z';
        if (w->n && (letter || point == '#' || point == ';' || point == ','))
            return;
        w->plus |= !w->n && (point == '+' || point == 0xff0b);
        if (digit < 0)
            continue;
        if (w->n == DIGITS_MOST)
            w->whole = false;
        else
            w->digits[w->n++] = (char)('0' + digit);
    }
}

static bool starts_with(str digits, const char *prefix)
{
    return *prefix && str_starts(digits, str_of(prefix));
}

/* + code national, when the plan has numbers so long. */
static ptrdiff_t national_number(const struct phone_plan *p, str national, char *out)
{
    ptrdiff_t trunk = (ptrdiff_t)strlen(p->trunk);
    if (p->trunk[0] == '0') /* no national number begins with it */
        while (starts_with(national, p->trunk))
            national = str_part(national, trunk, national.len);
    else if (starts_with(national, p->trunk) && national.len > p->most)
        national = str_part(national, trunk, national.len);
    if (national.len < p->least || national.len > p->most || !phone_plan_allows(p, national))
        return 0;
    int n = snprintf(out, PHONE_MOST, "+%d%.*s", p->code, (int)national.len, national.at);
    return n <= E164_MOST + 1 ? n : 0;
}

static ptrdiff_t international_number(str digits, char *out)
{
    str national;
    const struct phone_plan *p = phone_plan_of_code(digits, &national);
    return p ? national_number(p, national, out) : 0;
}

/* The digits behind + or the prefix for other countries; nothing: it is not written so. */
static str abroad(const struct written *w, int country)
{
    str digits = { w->digits, w->n };
    const char *prefix = country ? phone_plan(country)->international : "00";
    if (w->plus)
        return digits;
    if (starts_with(digits, prefix))
        return str_part(digits, (ptrdiff_t)strlen(prefix), digits.len);
    return starts_with(digits, "00") ? str_part(digits, 2, digits.len) : (str){ 0 };
}

static ptrdiff_t e164(const struct written *w, int country, char *out)
{
    str digits = { w->digits, w->n }, code = abroad(w, country);
    if (!w->whole || !digits.len)
        return 0;
    ptrdiff_t n = code.len ? international_number(code, out) : 0;
    if (!n && country && !w->plus)
        n = national_number(phone_plan(country), digits, out);
    bool long_enough = country || (digits.len >= LONG && digits.at[0] != '0');
    return n || w->plus || !long_enough ? n : international_number(digits, out); /* 44 20..., without + */
}

ptrdiff_t phone_e164(str text, int country, char out[PHONE_MOST])
{
    struct written w;
    read_digits(text, &w);
    return e164(&w, country, out);
}

bool phone_settled(str text)
{
    str national;
    if (text.len < 2 || text.len > DIGITS_MOST || text.at[0] != '+')
        return false;
    for (ptrdiff_t i = 1; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    const struct phone_plan *p = phone_plan_of_code(str_part(text, 1, text.len), &national);
    return !p || !p->trunk[0] || !national.len || national.at[0] != p->trunk[0];
}

ptrdiff_t phone_plain(str text, int country, char out[PHONE_MOST])
{
    struct written w;
    read_digits(text, &w);
    w.whole = true; /* what is too long counts by its beginning */
    ptrdiff_t n = e164(&w, country, out);
    if (n || !w.n)
        return n;
    out[0] = '+';
    memcpy(out + w.plus, w.digits, (size_t)w.n);
    return w.n + w.plus;
}
