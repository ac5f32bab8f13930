#include "linkage/phone.h"
#include "linkage/data.h"
#include "linkage/roman.h"
#include <pthread.h>

enum { COUNTRIES_MOST = 260, CODES = 1000, PREFIX_MOST = 5, DIGITS_MOST = PHONE_MOST - 2, E164_MOST = 15, LONG = 11 }; /* LONG: digits that are too many for most countries alone */

struct numbering {
    char country[2];
    char trunk[PREFIX_MOST], international[PREFIX_MOST]; /* ended by NUL */
    int code, least, most;
};
static struct numbering plans[COUNTRIES_MOST]; /* from 1 */
static int count;
static struct numbering of_code[CODES]; /* of all countries that share the code: the widest; code 0: none */

static void copy_prefix(char to[PREFIX_MOST], str from)
{
    must(from.len < PREFIX_MOST);
    if (from.len)
        memcpy(to, from.at, (size_t)from.len);
}

static void read_plan(str line)
{
    str cells[6];
    int64_t number[3];
    for (int i = 0; i < countof(cells); i++)
        must(str_split(&line, ',', &cells[i]));
    must(count + 1 < COUNTRIES_MOST && cells[0].len == 2 && str_to_int(cells[1], &number[0]) && str_to_int(cells[4], &number[1]) && str_to_int(cells[5], &number[2]));
    struct numbering *p = &plans[++count];
    *p = (struct numbering){ .country = { cells[0].at[0], cells[0].at[1] }, .code = (int)number[0], .least = (int)number[1], .most = (int)number[2] };
    copy_prefix(p->trunk, cells[2]);
    copy_prefix(p->international, cells[3]);
    must(p->code > 0 && p->code < CODES && p->most <= E164_MOST);
    struct numbering *all = &of_code[p->code];
    if (!all->code)
        *all = *p;
    all->least = p->least < all->least ? p->least : all->least;
    all->most = p->most > all->most ? p->most : all->most;
}

static void read_plans(void)
{
    str rest = { data_calling_codes, data_calling_codes_size }, line;
    for (bool header = true; data_line(&rest, &line); header = false)
        if (!header)
            read_plan(line);
}

static void start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_plans);
}

int phone_country(str alpha2)
{
    start();
    for (int i = 1; i <= count; i++)
        if (str_equal_fold(alpha2, (str){ plans[i].country, 2 }))
            return i;
    return 0;
}

str phone_country_letters(int country)
{
    return (str){ plans[country].country, country ? 2 : 0 };
}

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
static ptrdiff_t national_number(const struct numbering *p, str national, char *out)
{
    ptrdiff_t trunk = (ptrdiff_t)strlen(p->trunk);
    if (p->trunk[0] == '0') /* no national number begins with it */
        while (starts_with(national, p->trunk))
            national = str_part(national, trunk, national.len);
    else if (starts_with(national, p->trunk) && national.len > p->most)
        national = str_part(national, trunk, national.len);
    if (national.len < p->least || national.len > p->most || (p->code == 1 && (national.at[0] < '2' || national.at[3] < '2')))
        return 0; /* in North America neither area nor exchange begins with 0 or 1 */
    int n = snprintf(out, PHONE_MOST, "+%d%.*s", p->code, (int)national.len, national.at);
    return n <= E164_MOST + 1 ? n : 0;
}

static ptrdiff_t international_number(str digits, char *out)
{
    int code = 0;
    for (ptrdiff_t i = 0; i < 3 && i < digits.len; i++) {
        code = code * 10 + digits.at[i] - '0';
        if (of_code[code].code == code && code)
            return national_number(&of_code[code], str_part(digits, i + 1, digits.len), out);
    }
    return 0;
}

/* The digits behind + or the prefix for other countries; nothing: it is not written so. */
static str abroad(const struct written *w, int country)
{
    str digits = { w->digits, w->n };
    const char *prefix = country ? plans[country].international : "00";
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
        n = national_number(&plans[country], digits, out);
    bool long_enough = country || (digits.len >= LONG && digits.at[0] != '0');
    return n || w->plus || !long_enough ? n : international_number(digits, out); /* 44 20..., without + */
}

ptrdiff_t phone_e164(str text, int country, char out[PHONE_MOST])
{
    struct written w;
    start();
    read_digits(text, &w);
    return e164(&w, country, out);
}

bool phone_settled(str text)
{
    int code = 0;
    if (text.len < 2 || text.len > DIGITS_MOST || text.at[0] != '+')
        return false;
    for (ptrdiff_t i = 1; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    start();
    for (ptrdiff_t i = 1; i < 4 && i < text.len; i++) {
        code = code * 10 + text.at[i] - '0';
        const struct numbering *p = &of_code[code];
        if (p->code == code && code)
            return !p->trunk[0] || i + 1 == text.len || text.at[i + 1] != p->trunk[0];
    }
    return true;
}

ptrdiff_t phone_plain(str text, int country, char out[PHONE_MOST])
{
    struct written w;
    start();
    read_digits(text, &w);
    w.whole = true; /* what is too long counts by its beginning */
    ptrdiff_t n = e164(&w, country, out);
    if (n || !w.n)
        return n;
    out[0] = '+';
    memcpy(out + w.plus, w.digits, (size_t)w.n);
    return w.n + w.plus;
}
