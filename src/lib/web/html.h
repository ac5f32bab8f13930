/* Writers that the compiled templates call: each hole is escaped for its place. There is no raw writer. */
#ifndef LIB_WEB_HTML_H
#define LIB_WEB_HTML_H
#include "lib/base/base.h"

void html_text_str(struct out *o, str s);
void html_text_int(struct out *o, int64_t n);
void html_text_c(struct out *o, const char *s);
void html_text_id(struct out *o, id i);       /* 32 hex digits */
/* A whole URL: of this site (/..., #..., ?...), http, https, tel, mailto, sms; anything else becomes "#". */
void html_url_str(struct out *o, str s);
void html_url_c(struct out *o, const char *s);
void html_url_part_str(struct out *o, str s); /* one segment or one parameter */
void html_url_part_c(struct out *o, const char *s);
/* clang-format off */
#define HTML_INTEGERS(f) int8_t: f, uint8_t: f, int16_t: f, uint16_t: f, int: f, unsigned: f, long: f, long long: f
#define html_text(o, x) _Generic((x), str: html_text_str, char *: html_text_c, const char *: html_text_c, \
    id: html_text_id, HTML_INTEGERS(html_text_int))((o), (x))
#define html_attr html_text
#define html_url(o, x) _Generic((x), str: html_url_str, char *: html_url_c, const char *: html_url_c)((o), (x))
#define html_url_part(o, x) _Generic((x), str: html_url_part_str, char *: html_url_part_c, \
    const char *: html_url_part_c, id: html_text_id, HTML_INTEGERS(html_text_int))((o), (x))
/* What {% if x %} asks: not empty, not zero, not NULL. */
#define html_truth(x) _Generic((x), str: html_truth_str, id: html_truth_id, bool: html_truth_bool, \
    HTML_INTEGERS(html_truth_int), default: html_truth_pointer)(x)
/* An argument of a message, as text; numbers become digits in the arena of o. */
#define html_argument(o, x) _Generic((x), str: html_argument_str, char *: html_argument_c, \
    const char *: html_argument_c, HTML_INTEGERS(html_argument_int))((o), (x))
/* clang-format on */
bool html_truth_str(str s);
bool html_truth_id(id i);
bool html_truth_bool(bool b);
bool html_truth_int(int64_t n);
bool html_truth_pointer(const void *p);
str html_argument_str(struct out *o, str s);
str html_argument_c(struct out *o, const char *s);
str html_argument_int(struct out *o, int64_t n);
/* A message with %1..%9: text of the message escaped, each argument escaped too. */
void html_text_filled(struct out *o, str message, const str *arguments, ptrdiff_t n);

/* A static file, embedded at build under a name with its content hash: /static/base.3f9c1a20.css */
struct asset {
    const char *name, *url, *type; /* "base.css", "/static/base.3f9c1a20.css", "text/css; charset=utf-8" */
    const unsigned char *bytes;
    ptrdiff_t len;
};
extern const struct asset assets[];
extern const ptrdiff_t asset_count;
str asset_url(const char *name);          /* dies when there is none; templates are checked at build */
const struct asset *asset_find(str url);  /* NULL when unknown */

/* JSON out: the caller keeps the order, the writer keeps the commas and the escaping. */
struct json {
    struct out *o;
    bool comma;
};
void json_open(struct json *j, char bracket);   /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_key(struct json *j, str key);
void json_str(struct json *j, str s);             /* bytes that are not UTF-8 become U+FFFD */
void json_int(struct json *j, int64_t n);
void json_decimal(struct json *j, int64_t n, int places); /* n / 10^places, without an exponent */
void json_bool(struct json *j, bool b);
void json_nothing(struct json *j); /* null; the shorter name belongs to the library that reads */
#endif
