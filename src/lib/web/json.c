#include "lib/web/html.h"

static void comma(struct json *j)
{
    if (j->comma)
        out_char(j->o, ',');
    j->comma = true;
}

void json_open(struct json *j, char bracket)
{
    must(bracket == '{' || bracket == '[');
    comma(j);
    out_char(j->o, bracket);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    must(bracket == '}' || bracket == ']');
    out_char(j->o, bracket);
    j->comma = true;
}

/* '<' too: a JSON text may one day be read as HTML by something that ignores its type. */
static bool escape(struct out *o, unsigned char c)
{
    static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
    const char *short_form = c ? strchr(from, c) : NULL;
    if (short_form) {
        out_char(o, '\\');
        out_char(o, to[short_form - from]);
    } else if (c < ' ' || c == 127 || c == '<' || c == '>' || c == '&') {
        out_str(o, lit("\\u00"));
        out_hex(o, &c, 1);
    } else {
        return false;
    }
    return true;
}

/* How many bytes at s are one well-formed character: 0 when they are none. */
static ptrdiff_t character(str s)
{
    for (ptrdiff_t n = 1; n <= 4 && n <= s.len; n++)
        if (utf8_valid((str){ s.at, n }))
            return n;
    return 0;
}

static void text(struct out *o, str s)
{
    out_char(o, '"');
    for (ptrdiff_t i = 0, n; i < s.len; i += n) {
        n = character((str){ s.at + i, s.len - i });
        if (n == 0) {
            out_str(o, lit("\xef\xbf\xbd"));
            n = 1;
        } else if (n > 1 || !escape(o, (unsigned char)s.at[i])) {
            out_str(o, (str){ s.at + i, n });
        }
    }
    out_char(o, '"');
}

void json_key(struct json *j, str key)
{
    comma(j);
    text(j->o, key);
    out_char(j->o, ':');
    j->comma = false;
}

void json_str(struct json *j, str s)
{
    comma(j);
    text(j->o, s);
}

void json_int(struct json *j, int64_t n)
{
    comma(j);
    out_int(j->o, n);
}

void json_decimal(struct json *j, int64_t n, int places)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%0*llu", places + 1, n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n);
    comma(j);
    if (n < 0)
        out_char(j->o, '-');
    out_str(j->o, (str){ digits, len - places });
    if (places) {
        out_char(j->o, '.');
        out_str(j->o, (str){ digits + len - places, places });
    }
}

void json_bool(struct json *j, bool b)
{
    comma(j);
    out_str(j->o, b ? lit("true") : lit("false"));
}

void json_nothing(struct json *j)
{
    comma(j);
    out_str(j->o, lit("null"));
}
