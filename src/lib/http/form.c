/* Forms, queries and cookies: short, bounded loops, each of which moves on at every step. */
#include "lib/http/server.h"

bool http_percent_decode(struct arena *a, str s, bool plus_is_space, str *out)
{
    char *to = arena_new(a, char, s.len + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '%') {
            int high = s.len - i < 3 ? -1 : http_hex_digit(s.at[i + 1]);
            int low = s.len - i < 3 ? -1 : http_hex_digit(s.at[i + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (!c)
            return false;
        to[n++] = c;
    }
    *out = (str){ to, n };
    return utf8_valid(*out);
}

static bool is_printable_ascii(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if (s.at[i] <= ' ' || s.at[i] > '~')
            return false;
    return true;
}

status http_form_read(struct arena *a, str encoded, ptrdiff_t max, struct fields *out)
{
    *out = (struct fields){ 0 };
    if (!is_printable_ascii(encoded))
        return INVALID;
    ptrdiff_t most = 1;
    for (ptrdiff_t i = 0; i < encoded.len && most < max; i++)
        most += encoded.at[i] == '&';
    struct fields read = { arena_new(a, struct field, most), 0 };
    str piece;
    while (str_split(&encoded, '&', &piece)) {
        if (!piece.len)
            continue; /* "a=1&" says nothing else than "a=1" */
        ptrdiff_t equals = str_find(piece, '=');
        ptrdiff_t end = equals < 0 ? piece.len : equals;
        struct field f;
        if (read.len >= max || !end || !http_percent_decode(a, str_part(piece, 0, end), true, &f.name)
            || !http_percent_decode(a, str_part(piece, end + 1, piece.len), true, &f.value))
            return INVALID;
        read.at[read.len++] = f;
    }
    *out = read;
    return OK;
}

str http_cookie(const struct http_request *r, str name)
{
    str found = { 0 };
    for (ptrdiff_t i = 0; i < r->header_count; i++) {
        str rest = r->headers[i].value, pair;
        if (!str_equal_fold(r->headers[i].name, lit("Cookie")))
            continue;
        while (str_split(&rest, ';', &pair)) {
            pair = str_trim(pair);
            ptrdiff_t equals = str_find(pair, '=');
            if (equals < 0 || !str_equal(str_part(pair, 0, equals), name))
                continue;
            if (found.at)
                return (str){ 0 }; /* two of a name: one of them was planted */
            found = (str){ pair.at + equals + 1, pair.len - equals - 1 };
        }
    }
    return found;
}
