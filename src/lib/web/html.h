/* Writers that the compiled templates call: each hole is escaped for its place. There is no raw writer. */
#ifndef LIB_WEB_HTML_H
#define LIB_WEB_HTML_H
#include "lib/base/base.h"

void html_text_str(struct out *o, str s);
void html_text_int(struct out *o, int64_t n);
void html_url_str(struct out *o, str s);      /* whole URL: only this site, http(s), tel, mailto, sms survive */
void html_url_part_str(struct out *o, str s); /* one segment or one parameter */
#define html_text(o, x) _Generic((x), str: html_text_str, int64_t: html_text_int, int: html_text_int)((o), (x))
#define html_attr html_text
#define html_url_part(o, x) _Generic((x), str: html_url_part_str, int64_t: html_text_int)((o), (x))
#define html_url(o, x) _Generic((x), str: html_url_str)((o), (x))
/* A message with %1..%9: text of the message escaped, each argument escaped too. */
void html_text_filled(struct out *o, str message, const str *arguments, ptrdiff_t n);

/* A static file, embedded at build under a name with its content hash: /static/base.3f9c1a20.css */
struct asset {
    const char *name, *url, *type; /* "base.css", "/static/base.3f9c1a20.css", "text/css" */
    const unsigned char *bytes;
    ptrdiff_t len;
};
extern const struct asset assets[];
extern const ptrdiff_t asset_count;
str asset_url(const char *name);          /* dies when there is none: the templates are checked at build */
const struct asset *asset_find(str url);  /* NULL when unknown */

/* JSON out: the caller keeps the order, the writer keeps the commas and the escaping. */
struct json {
    struct out *o;
    bool comma;
};
void json_open(struct json *j, char bracket);   /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_key(struct json *j, str key);
void json_str(struct json *j, str s);
void json_int(struct json *j, int64_t n);
void json_bool(struct json *j, bool b);
#endif
