#include "lib/base/base.h"
#include <utf8proc.h>

str str_of(const char *s)
{
    return (str){ s, s ? (ptrdiff_t)strlen(s) : 0 };
}

str str_copy(struct arena *a, str s)
{
    return (str){ str_c(a, s), s.len };
}

char *str_c(struct arena *a, str s)
{
    char *p = arena_new(a, char, s.len + 1);
    if (s.len)
        memcpy(p, s.at, (size_t)s.len);
    return p;
}

str str_join(struct arena *a, str left, str right)
{
    char *p = arena_new(a, char, left.len + right.len + 1);
    if (left.len)
        memcpy(p, left.at, (size_t)left.len);
    if (right.len)
        memcpy(p + left.len, right.at, (size_t)right.len);
    return (str){ p, left.len + right.len };
}

bool str_equal(str a, str b)
{
    return a.len == b.len && (!a.len || !memcmp(a.at, b.at, (size_t)a.len));
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_equal_fold(str a, str b)
{
    if (a.len != b.len)
        return false;
    for (ptrdiff_t i = 0; i < a.len; i++)
        if (fold(a.at[i]) != fold(b.at[i]))
            return false;
    return true;
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && str_equal(str_part(s, 0, prefix.len), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len && str_equal(str_part(s, s.len - suffix.len, s.len), suffix);
}

int str_compare(str a, str b)
{
    ptrdiff_t n = a.len < b.len ? a.len : b.len;
    int d = n ? memcmp(a.at, b.at, (size_t)n) : 0;
    return d ? d : (a.len > b.len) - (a.len < b.len);
}

ptrdiff_t str_find(str s, char c)
{
    const char *p = s.len ? memchr(s.at, c, (size_t)s.len) : NULL;
    return p ? p - s.at : -1;
}

str str_part(str s, ptrdiff_t from, ptrdiff_t to)
{
    if (from < 0)
        from = 0;
    if (to > s.len)
        to = s.len;
    return from < to ? (str){ s.at + from, to - from } : (str){ 0 };
}

static bool is_space_or_control(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

str str_trim(str s)
{
    while (s.len && is_space_or_control(s.at[0]))
        s.at++, s.len--;
    while (s.len && is_space_or_control(s.at[s.len - 1]))
        s.len--;
    return s;
}

bool str_split(str *rest, char separator, str *piece)
{
    if (!rest->at)
        return false;
    ptrdiff_t i = str_find(*rest, separator);
    if (i < 0) {
        *piece = *rest;
        *rest = (str){ 0 };
    } else {
        *piece = (str){ rest->at, i };
        *rest = (str){ rest->at + i + 1, rest->len - i - 1 };
    }
    return true;
}

bool str_to_int(str s, int64_t *out)
{
    bool negative = s.len && s.at[0] == '-';
    int64_t n = 0;
    if (s.len == negative)
        return false;
    for (ptrdiff_t i = negative; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9' || __builtin_mul_overflow(n, 10, &n)
            || __builtin_sub_overflow(n, s.at[i] - '0', &n))
            return false;
    }
    if (!negative && n == INT64_MIN)
        return false;
    *out = negative ? n : -n;
    return true;
}

/* Length of the sequence at s, 0 when it is not well formed (RFC 3629). */
static ptrdiff_t sequence(const unsigned char *s, ptrdiff_t n)
{
    if (s[0] < 0x80)
        return 1;
    ptrdiff_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n < len)
        return 0;
    for (ptrdiff_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] > 0x9f;
    bool beyond = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : len;
}

bool utf8_valid(str s)
{
    for (ptrdiff_t i = 0, n; i < s.len; i += n)
        if (!(n = sequence((const unsigned char *)s.at + i, s.len - i)))
            return false;
    return true;
}

ptrdiff_t utf8_length(str s)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return n;
}

bool utf8_nfkc(struct arena *a, str s, str *out)
{
    if (!utf8_valid(s))
        return false;
    const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)(s.len ? s.at : "");
    ptrdiff_t room = utf8proc_decompose(in, s.len, NULL, 0, how);
    if (room < 0)
        return false;
    /* One code point is at most four bytes of UTF-8, as many as the buffer holds for it. */
    utf8proc_int32_t *points = arena_new(a, utf8proc_int32_t, room + 1);
    ptrdiff_t n = utf8proc_decompose(in, s.len, points, room, how);
    if (n < 0 || n > room || (n = utf8proc_reencode(points, n, how)) < 0)
        return false;
    *out = (str){ (const char *)points, n };
    return true;
}

ptrdiff_t utf8_fold(str s, char *to, ptrdiff_t most)
{
    const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0, len; i < s.len; i += len) {
        utf8proc_int32_t point, parts[32];
        utf8proc_uint8_t bytes[4];
        len = utf8proc_iterate((const utf8proc_uint8_t *)s.at + i, s.len - i, &point);
        if (len < 1)
            return -1;
        ptrdiff_t count = utf8proc_decompose_char(point, parts, countof(parts), how, NULL);
        for (ptrdiff_t k = 0; k < count && k < countof(parts); k++) {
            ptrdiff_t width = utf8proc_encode_char(parts[k], bytes);
            if (n + width > most)
                return n;
            memcpy(to + n, bytes, (size_t)width);
            n += width;
        }
    }
    return n;
}
