#include "linkage/accounts.h"
#include "linkage/accounts_parts.h"
#include "linkage/roman.h"
#include "linkage/services.h"
#include "linkage/values.h"

ptrdiff_t account_copied(str text, char *to, ptrdiff_t room)
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

ptrdiff_t account_stable(ptrdiff_t (*once)(str, char *), str text, char *to)
{
    enum { ROUNDS = 64 };
    char before[VALUE_MOST];
    ptrdiff_t n = once(text, to);
    for (int i = 0; i < ROUNDS && !str_equal((str){ to, n }, text); i++) {
        text = (str){ before, account_copied((str){ to, n }, before, VALUE_MOST) };
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

/* ---- mailboxes ---- */

static ptrdiff_t email_once(str text, char *to)
{
    while (text.len && text.at[0] == ' ')
        text = str_part(text, 1, text.len);
    ptrdiff_t open, kept = 0;
    while ((open = str_find(text, '<')) >= 0 && str_find(text, '@') > open) /* Jane <jane@example.org> */
        text = str_part(text, open + 1, text.len);
    text = without(text, lit("mailto:"));
    while (text.len && strchr("> <", text.at[text.len - 1]))
        text.len--;
    ptrdiff_t at = str_find(text, '@');
    if (at < 0)
        return account_copied(text, to, VALUE_MOST);
    str host = str_part(text, at, text.len);
    bool google = str_equal(host, lit("@gmail.com")) || str_equal(host, lit("@googlemail.com"));
    for (ptrdiff_t i = 0; i < at && text.at[i] != '+'; i++)
        if (!google || text.at[i] != '.')
            to[kept++] = text.at[i];
    host = google ? lit("@gmail.com") : host;
    return single_blanks(to, kept + account_copied(host, to + kept, VALUE_MOST - kept));
}

ptrdiff_t account_email(str text, char *to)
{
    return account_stable(email_once, text, to);
}

/* ---- names on services ---- */

static ptrdiff_t handle_once(str text, char *to)
{
    while (text.len > 1 && text.at[0] == '@')
        text = str_part(text, 1, text.len);
    struct profile p;
    if (!service_profile(text, &p) && !service_named(text, &p))
        return single_blanks(to, account_copied(text, to, VALUE_MOST));
    ptrdiff_t n = account_copied(p.service, to, VALUE_MOST);
    to[n++] = ':';
    return single_blanks(to, n + account_copied(p.name, to + n, VALUE_MOST - n));
}

ptrdiff_t account_handle(str text, char *to)
{
    return account_stable(handle_once, text, to);
}

bool account_same_name(str a, str b)
{
    ptrdiff_t x = str_find(a, ':'), y = str_find(b, ':');
    return (x < 0) != (y < 0) && str_equal(str_part(a, x + 1, a.len), str_part(b, y + 1, b.len));
}

ptrdiff_t account_same_service(str a, str b)
{
    ptrdiff_t n = str_find(a, ':') + 1;
    return n && n <= b.len && str_equal(str_part(a, 0, n), str_part(b, 0, n)) ? n : 0;
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
