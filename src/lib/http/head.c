/*
 * The reader: bytes to a request head, or a refusal. Pure: no socket, no clock. Line by line, so that the
 * verdict on a prefix is the verdict on the whole. RFC 9112, the narrow way: what two programs could
 * read differently (bare LF, folding, two lengths, any Transfer-Encoding) is refused, not repaired.
 */
#include "lib/http/server.h"

enum { LENGTH_DIGITS = 18 }; /* no overflow; what is longer is too large whatever it says */

/* ASCII characters as bits; a byte above 127 is in no set. */
struct set {
    uint64_t low, high;
};
static const struct set token = { 0x03ff6cfa00000000, 0x57ffffffc7fffffe };   /* RFC 9110 5.6.2 */
static const struct set target = { 0xafffffd200000000, 0x47fffffe87ffffff };  /* RFC 3986 pchar, / and ? */
static const struct set host_name = { 0x03ff600000000000, 0x07fffffe87fffffe }; /* letters digits - . _ */
static const struct set ip_literal = { 0x07ff400000000000, 0x0000007e0000007e }; /* hex digits : . */

static bool in_set(struct set set, char c)
{
    unsigned char u = (unsigned char)c;
    return u < 128 && (u < 64 ? set.low >> u : set.high >> (u - 64)) & 1;
}

static bool all_in(struct set set, str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if (!in_set(set, s.at[i]))
            return false;
    return s.len > 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_value(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++) {
        unsigned char u = (unsigned char)s.at[i];
        if ((u < ' ' && u != '\t') || u == 0x7f)
            return false;
    }
    return true;
}

int http_hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

struct http_limits http_limits_filled(struct http_limits l)
{
    const struct http_limits usual = { 16384, 64, 262144, 4096, 10, 60, 30, 60, 16 << 20, 128 << 20 };
#define fill(name) l.name = l.name ? l.name : usual.name
    fill(head_bytes), fill(header_count), fill(body_bytes), fill(connections);
    fill(head_seconds), fill(body_seconds), fill(idle_seconds), fill(write_seconds);
    fill(arena_bytes), fill(held_bytes);
#undef fill
    return l;
}

/* What has been read so far, and what may be named once only. */
struct reading {
    struct http_head *head;
    struct header *headers;
    ptrdiff_t headers_max;
    bool host, length;
};

static int read_version(str s)
{
    if (str_equal(s, lit("HTTP/1.1")))
        return 0;
    return s.len == 8 && str_starts(s, lit("HTTP/")) && is_digit(s.at[5]) && s.at[6] == '.' && is_digit(s.at[7]) ? 505
                                                                                                          : 400;
}

static int read_target(struct http_request *r, str s)
{
    if (!s.len || s.at[0] != '/')
        return 400;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        if (s.at[i] == '%') {
            if (s.len - i < 3 || http_hex_digit(s.at[i + 1]) < 0 || http_hex_digit(s.at[i + 2]) < 0)
                return 400;
            i += 2;
        } else if (!in_set(target, s.at[i])) {
            return 400;
        }
    }
    ptrdiff_t mark = str_find(s, '?');
    r->path = mark < 0 ? s : str_part(s, 0, mark);
    r->query = mark < 0 ? (str){ 0 } : str_part(s, mark + 1, s.len);
    return 0;
}

static int read_request_line(struct http_request *r, str line)
{
    ptrdiff_t gap = str_find(line, ' ');
    str method = str_part(line, 0, gap), rest = str_part(line, gap + 1, line.len);
    if (gap < 0 || !all_in(token, method))
        return 400;
    r->method = str_equal(method, lit("GET"))    ? GET
                : str_equal(method, lit("POST")) ? POST
                : str_equal(method, lit("HEAD")) ? HEAD
                                                 : OTHER_METHOD;
    gap = str_find(rest, ' ');
    if (gap < 0)
        return 400;
    int refusal = read_version(str_part(rest, gap + 1, rest.len));
    return refusal ? refusal : read_target(r, str_part(rest, 0, gap));
}

/* A name, an IPv4 address or a literal in brackets, and perhaps a port (RFC 9110 7.2). */
static int read_host(struct reading *g, str s)
{
    bool bracket = str_starts(s, lit("["));
    ptrdiff_t end = bracket ? str_find(s, ']') : str_find(s, ':');
    str name = bracket ? str_part(s, 1, end) : end < 0 ? s : str_part(s, 0, end);
    str port = end < 0 ? (str){ 0 } : str_part(s, bracket ? end + 1 : end, s.len);
    if (g->host || !all_in(bracket ? ip_literal : host_name, name))
        return 400;
    g->host = true;
    if (!port.len)
        return 0;
    if (port.len < 2 || port.len > 6 || port.at[0] != ':')
        return 400;
    for (ptrdiff_t i = 1; i < port.len; i++)
        if (!is_digit(port.at[i]))
            return 400;
    return 0;
}

static int read_length(struct reading *g, str s)
{
    if (g->length || !s.len || (s.len > 1 && s.at[0] == '0'))
        return 400;
    g->length = true;
    int64_t n = 0;
    for (ptrdiff_t i = 0; i < s.len; i++) {
        if (!is_digit(s.at[i]))
            return 400;
        n = i < LENGTH_DIGITS ? 10 * n + (s.at[i] - '0') : INT64_MAX;
    }
    g->head->content_length = n;
    return 0;
}

static int read_coding(struct reading *g, str s)
{
    (void)g, (void)s;
    return 501;
}

static int read_connection(struct reading *g, str s)
{
    str option;
    while (str_split(&s, ',', &option))
        if (str_equal_fold(str_trim(option), lit("close")))
            g->head->keep_alive = false;
    return 0;
}

static int read_expect(struct reading *g, str s)
{
    g->head->expects_continue = true;
    return str_equal_fold(s, lit("100-continue")) ? 0 : 417;
}

/* The headers that decide how the message is framed; all others are the handler's. */
static const struct {
    str name;
    int (*read)(struct reading *g, str value);
} framing[] = {
    { LIT("Host"), read_host },
    { LIT("Content-Length"), read_length },
    { LIT("Transfer-Encoding"), read_coding },
    { LIT("Connection"), read_connection },
    { LIT("Expect"), read_expect },
};

static int read_header(struct reading *g, str line)
{
    struct http_request *r = &g->head->request;
    ptrdiff_t colon = str_find(line, ':');
    str name = str_part(line, 0, colon), value = str_part(line, colon + 1, line.len);
    if (colon < 0 || !all_in(token, name) || !is_value(value))
        return 400;
    if (r->header_count == g->headers_max)
        return 431;
    value = str_trim(value);
    g->headers[r->header_count++] = (struct header){ name, value };
    for (ptrdiff_t i = 0; i < countof(framing); i++)
        if (str_equal_fold(name, framing[i].name))
            return framing[i].read(g, value);
    return 0;
}

/* What only the whole head tells. A body belongs to POST and to methods we do not know, never to GET or HEAD. */
static int judge(const struct reading *g, struct http_limits limits)
{
    enum method m = g->head->request.method;
    if (!g->host)
        return 400;
    if (m == POST && !g->length)
        return 411;
    if ((m == GET || m == HEAD) && g->head->content_length)
        return 400;
    return g->head->content_length > limits.body_bytes ? 413 : 0;
}

static enum http_verdict refuse(struct http_head *head, int refusal)
{
    head->refusal = refusal;
    return HTTP_REFUSED;
}

enum http_verdict http_head_read(struct arena *a, str bytes, struct http_limits limits, struct http_head *out)
{
    limits = http_limits_filled(limits);
    *out = (struct http_head){ .keep_alive = true };
    struct reading g = { out, arena_new(a, struct header, limits.header_count), limits.header_count, false, false };
    out->request.headers = g.headers;
    out->request.arena = a;
    str rest = str_part(bytes, 0, limits.head_bytes);
    for (bool first = true;; first = false) {
        ptrdiff_t feed = str_find(rest, '\n');
        if (feed < 0) {
            bool full = bytes.len >= limits.head_bytes;
            return !full ? HTTP_MORE : refuse(out, first ? 414 : 431);
        }
        if (feed == 0 || rest.at[feed - 1] != '\r')
            return refuse(out, 400);
        str line = str_part(rest, 0, feed - 1);
        out->head_bytes += feed + 1;
        rest = str_part(rest, feed + 1, rest.len);
        if (!first && !line.len)
            break;
        int refusal = first ? read_request_line(&out->request, line) : read_header(&g, line);
        if (refusal)
            return refuse(out, refusal);
    }
    int refusal = judge(&g, limits);
    return refusal ? refuse(out, refusal) : HTTP_HEAD_DONE;
}

str http_header(const struct http_request *r, str name)
{
    for (ptrdiff_t i = 0; i < r->header_count; i++)
        if (str_equal_fold(r->headers[i].name, name))
            return r->headers[i].value;
    return (str){ 0 };
}
