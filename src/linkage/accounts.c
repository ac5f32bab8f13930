#include "linkage/accounts.h"
#include "linkage/data.h"
#include "linkage/roman.h"
#include "linkage/values.h"
#include <pthread.h>

/* As much as has room, whole letters. */
static ptrdiff_t copied(str text, char *to, ptrdiff_t room)
{
    if (text.len > room) {
        text.len = room > 0 ? room : 0;
        while (text.len && (text.at[text.len] & 0xc0) == 0x80)
            text.len--;
    }
    if (text.len)
        memcpy(to, text.at, (size_t)text.len);
    return text.len;
}

/* Until nothing changes any more: what one reading laid bare, as www behind a scheme in odd letters, the next one takes. */
static ptrdiff_t stable(ptrdiff_t (*once)(str, char *), str text, char *to)
{
    enum { ROUNDS = 64 };
    char before[VALUE_MOST];
    ptrdiff_t n = once(text, to);
    for (int i = 0; i < ROUNDS && !str_equal((str){ to, n }, text); i++) {
        text = (str){ before, copied((str){ to, n }, before, VALUE_MOST) };
        n = once(text, to);
    }
    return n;
}

/* Blanks are single ones, also where what stood between them is gone. */
static ptrdiff_t single_blanks(char *to, ptrdiff_t n)
{
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (to[i] != ' ' || (kept && to[kept - 1] != ' ' && i + 1 < n))
            to[kept++] = to[i];
    return kept;
}

static str without(str text, str prefix)
{
    return str_starts(text, prefix) ? str_part(text, prefix.len, text.len) : text;
}

static ptrdiff_t found(str text, const char *word)
{
    const char *at = text.len ? memmem(text.at, (size_t)text.len, word, strlen(word)) : NULL;
    return at ? at - text.at : -1;
}

/* ---- mailboxes ---- */

static ptrdiff_t email_once(str text, char *to)
{
    while (text.len && text.at[0] == ' ')
        text = str_part(text, 1, text.len);
    ptrdiff_t open = str_find(text, '<'), kept = 0;
    if (open >= 0 && str_find(text, '@') > open) /* Jane <jane@example.org> */
        text = str_part(text, open + 1, text.len);
    text = without(text, lit("mailto:"));
    while (text.len && strchr("> <", text.at[text.len - 1]))
        text.len--;
    ptrdiff_t at = str_find(text, '@');
    if (at < 0)
        return copied(text, to, VALUE_MOST);
    str host = str_part(text, at, text.len);
    bool google = str_equal(host, lit("@gmail.com")) || str_equal(host, lit("@googlemail.com"));
    for (ptrdiff_t i = 0; i < at && text.at[i] != '+'; i++)
        if (!google || text.at[i] != '.')
            to[kept++] = text.at[i];
    host = google ? lit("@gmail.com") : host;
    return single_blanks(to, kept + copied(host, to + kept, VALUE_MOST - kept));
}

ptrdiff_t account_email(str text, char *to)
{
    return stable(email_once, text, to);
}

/* ---- names on services ---- */

enum { WORDS = 256 };
static struct {
    str word, service; /* a word, or an address of profiles */
    bool address;
} known[WORDS];
static int known_count;

static void read_services(void)
{
    str rest = { data_services, data_services_size }, line, word;
    while (data_line(&rest, &line)) {
        str service = str_part(line, 0, str_find(line, ' ') < 0 ? line.len : str_find(line, ' '));
        while (str_split(&line, ' ', &word)) {
            must(known_count < WORDS);
            known[known_count].word = word;
            known[known_count].service = service;
            known[known_count++].address = str_find(word, '/') >= 0;
        }
    }
}

static ptrdiff_t ends(str name, const char *signs)
{
    ptrdiff_t n = 0;
    while (n < name.len && !strchr(signs, name.at[n]))
        n++;
    return n;
}

/* The service that the text names, and what stands behind; {0}: none. Of addresses the longest that fits stands first in its line. */
static str service_of(str text, str *name)
{
    str host = text;
    ptrdiff_t scheme = found(text, "://");
    host = scheme >= 0 && scheme < 8 ? str_part(text, scheme + 3, text.len) : text;
    host = without(without(without(host, lit("www.")), lit("m.")), lit("mobile."));
    for (int i = 0; i < known_count; i++) {
        str word = known[i].word, from = known[i].address ? host : text;
        if (!str_starts(from, word))
            continue;
        *name = str_part(from, word.len, from.len);
        if (known[i].address)
            name->len = ends(*name, "/?&# ");
        else if (!name->len || !strchr(":@ /", name->at[0]))
            continue;
        while (name->len && strchr(known[i].address ? "@" : ":@ -/", name->at[0]))
            *name = str_part(*name, 1, name->len);
        if (name->len)
            return known[i].service;
    }
    return (str){ 0 };
}

static ptrdiff_t handle_once(str text, char *to)
{
    while (text.len > 1 && text.at[0] == '@')
        text = str_part(text, 1, text.len);
    str name = { 0 }, service = service_of(text, &name);
    if (!service.len)
        return single_blanks(to, copied(text, to, VALUE_MOST));
    ptrdiff_t n = copied(service, to, VALUE_MOST);
    to[n++] = ':';
    return single_blanks(to, n + copied(name, to + n, VALUE_MOST - n));
}

ptrdiff_t account_handle(str text, char *to)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_services);
    return stable(handle_once, text, to);
}

bool account_same_name(str a, str b)
{
    ptrdiff_t x = str_find(a, ':'), y = str_find(b, ':');
    return (x < 0) != (y < 0) && str_equal(str_part(a, x + 1, a.len), str_part(b, y + 1, b.len));
}

/* ---- addresses of the web ---- */

/* What says whence a reader came, and not what is read. */
static bool traces(str parameter)
{
    static const char *const names[] = { "fbclid", "gclid", "dclid", "msclkid", "igshid", "igsh", "mc_cid", "mc_eid", "yclid", "ttclid", "_ga", "twclid" };
    ptrdiff_t equals = str_find(parameter, '=');
    str name = str_part(parameter, 0, equals < 0 ? parameter.len : equals);
    for (ptrdiff_t i = 0; i < countof(names); i++)
        if (str_equal_fold(name, str_of(names[i])))
            return true;
    return name.len > 4 && str_equal_fold(str_part(name, 0, 4), lit("utm_"));
}

static str without_scheme(str text)
{
    static const str leads[] = { LIT("http://"), LIT("https://"), LIT("www."), LIT("/") }; /* //host/path */
    for (ptrdiff_t i = 0; i < countof(leads); i++)
        if (str_equal_fold(str_part(text, 0, leads[i].len), leads[i])) {
            text = str_part(text, leads[i].len, text.len);
            i = -1; /* and what stood behind it */
        }
    return text;
}

static ptrdiff_t put_host(str host, char *to)
{
    ptrdiff_t n = utf8_fold(host, to, VALUE_MOST);
    for (ptrdiff_t before = -1; before != n;) {
        before = n;
        n -= str_ends((str){ to, n }, lit(":80")) ? 3 : str_ends((str){ to, n }, lit(":443")) ? 4 : str_ends((str){ to, n }, lit(".")); /* the root */
    }
    return n;
}

static ptrdiff_t put_query(str query, char *to, ptrdiff_t n)
{
    str parameter;
    char sign = '?';
    while (str_split(&query, '&', &parameter))
        if (parameter.len && !traces(parameter) && n + 1 + parameter.len <= VALUE_MOST) {
            to[n++] = sign;
            memcpy(to + n, parameter.at, (size_t)parameter.len);
            n += parameter.len;
            sign = '&';
        }
    return n;
}

static ptrdiff_t url_once(str text, char *to)
{
    text = without_scheme(str_trim(text));
    ptrdiff_t fragment = str_find(text, '#');
    text = fragment >= 0 ? str_part(text, 0, fragment) : text;
    ptrdiff_t host = ends(text, "/?"), query = str_find(text, '?'), n = put_host(str_part(text, 0, host), to);
    str path = str_part(text, host, query < 0 ? text.len : query);
    while (path.len && path.at[path.len - 1] == '/')
        path.len--;
    n += copied(path, to + n, VALUE_MOST - n);
    return query < 0 ? n : put_query(str_part(text, query + 1, text.len), to, n);
}

ptrdiff_t account_url(str text, char *to)
{
    return stable(url_once, text, to);
}

/* ---- plates ---- */

/* What stands on a plate of Russia, Ukraine or Greece is read as Latin letters abroad. Small letters. */
static char looks_like(uint32_t point)
{
    static const struct {
        uint32_t point;
        char latin;
    } alike[] = { { 0x430, 'a' }, { 0x432, 'b' }, { 0x435, 'e' }, { 0x43a, 'k' }, { 0x43c, 'm' }, { 0x43d, 'h' }, { 0x43e, 'o' }, { 0x440, 'p' }, { 0x441, 'c' },
                  { 0x442, 't' }, { 0x443, 'y' }, { 0x445, 'x' }, { 0x456, 'i' }, { 0x3b1, 'a' }, { 0x3b2, 'b' }, { 0x3b5, 'e' }, { 0x3b6, 'z' }, { 0x3b7, 'h' },
                  { 0x3b9, 'i' }, { 0x3ba, 'k' }, { 0x3bc, 'm' }, { 0x3bd, 'n' }, { 0x3bf, 'o' }, { 0x3c1, 'p' }, { 0x3c4, 't' }, { 0x3c5, 'y' }, { 0x3c7, 'x' } };
    for (ptrdiff_t i = 0; i < countof(alike); i++)
        if (alike[i].point == point)
            return alike[i].latin;
    return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9') ? (char)point : 0;
}

ptrdiff_t account_plate(str text, char *to)
{
    uint32_t point;
    ptrdiff_t kept = 0;
    for (ptrdiff_t n; (n = next_letter(text, &point)) > 0 && kept + n <= VALUE_MOST; text = str_part(text, n, text.len)) {
        char c = looks_like(point);
        if (c)
            to[kept++] = c == 'o' ? '0' : c == 'i' ? '1' : c;
        else if (point >= 0xc0 && !(point >= 0x2000 && point < 0x2070))
            for (ptrdiff_t i = 0; i < n; i++)
                to[kept++] = text.at[i];
    }
    return kept;
}
