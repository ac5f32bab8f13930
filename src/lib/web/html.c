#include "lib/web/html.h"

static str entity_of(char c)
{
    switch (c) {
    case '&':  return lit("&amp;");
    case '<':  return lit("&lt;");
    case '>':  return lit("&gt;");
    case '"':  return lit("&quot;");
    case '\'': return lit("&#39;");
    case 0:    return lit("\xef\xbf\xbd"); /* NUL is an error in HTML whatever stands around it */
    default:   return (str){ 0 };
    }
}

void html_text_str(struct out *o, str s)
{
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        str e = entity_of(s.at[i]);
        if (!e.len)
            continue;
        out_str(o, str_part(s, from, i));
        out_str(o, e);
        from = i + 1;
    }
    out_str(o, str_part(s, from, s.len));
}

void html_text_c(struct out *o, const char *s)
{
    html_text_str(o, str_of(s));
}

void html_text_int(struct out *o, int64_t n)
{
    out_int(o, n);
}

void html_text_id(struct out *o, id i)
{
    out_hex(o, i.at, sizeof i.at);
}

/* Browsers drop tabs and newlines inside a URL and read \ as /, so neither may be in one. */
static bool url_plain(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= ' ' || s.at[i] == 127 || s.at[i] == '\\')
            return false;
    return s.len > 0;
}

static bool url_allowed(str s)
{
    static const str schemes[] = { LIT("http://"), LIT("https://"), LIT("tel:"), LIT("mailto:"), LIT("sms:") };
    if (!url_plain(s))
        return false;
    if (s.at[0] == '#' || s.at[0] == '?' || (s.at[0] == '/' && !(s.len > 1 && s.at[1] == '/')))
        return true;
    for (ptrdiff_t i = 0; i < countof(schemes); i++)
        if (str_equal_fold(str_part(s, 0, schemes[i].len), schemes[i]) && s.len > schemes[i].len)
            return true;
    return false;
}

void html_url_str(struct out *o, str s)
{
    html_text_str(o, url_allowed(s) ? s : lit("#"));
}

void html_url_c(struct out *o, const char *s)
{
    html_url_str(o, str_of(s));
}

/* Inside a URL a value may only be one segment or one parameter, never more: even '.' is encoded. */
void html_url_part_str(struct out *o, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (ptrdiff_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        char escaped[3] = { '%', hex[c >> 4], hex[c & 15] };
        out_str(o, plain ? (str){ s.at + i, 1 } : (str){ escaped, 3 });
    }
}

void html_url_part_c(struct out *o, const char *s)
{
    html_url_part_str(o, str_of(s));
}

bool html_truth_str(str s)
{
    return s.len > 0;
}

bool html_truth_id(id i)
{
    return !id_is_zero(i);
}

bool html_truth_bool(bool b)
{
    return b;
}

bool html_truth_int(int64_t n)
{
    return n != 0;
}

bool html_truth_pointer(const void *p)
{
    return p != NULL;
}

str html_argument_str(struct out *o, str s)
{
    (void)o;
    return s;
}

str html_argument_c(struct out *o, const char *s)
{
    (void)o;
    return str_of(s);
}

str html_argument_int(struct out *o, int64_t n)
{
    struct out digits = { .arena = o->arena };
    out_int(&digits, n);
    return out_view(&digits);
}

void html_text_filled(struct out *o, str message, const str *arguments, ptrdiff_t n)
{
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i + 1 < message.len; i++) {
        ptrdiff_t which = message.at[i + 1] - '1';
        if (message.at[i] != '%' || which < 0 || which >= n || which > 8)
            continue;
        html_text_str(o, str_part(message, from, i));
        html_text_str(o, arguments[which]);
        from = i + 2;
        i++;
    }
    html_text_str(o, str_part(message, from, message.len));
}

str asset_url(const char *name)
{
    ptrdiff_t i = 0;
    while (i < asset_count && strcmp(assets[i].name, name))
        i++;
    must(i < asset_count);
    return str_of(assets[i].url);
}

const struct asset *asset_find(str url)
{
    for (ptrdiff_t i = 0; i < asset_count; i++)
        if (str_equal(str_of(assets[i].url), url))
            return &assets[i];
    return NULL;
}
