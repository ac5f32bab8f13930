/* A response as bytes. */
#include "lib/http/server.h"

enum { HEAD_ROOM = 1024 }; /* more than our pages' heads take, so that they are written without growing */

static const struct {
    int status;
    str line, text, problem; /* problem: for a path under /api/ (RFC 9457) */
} reasons[] = {
#define REASON(status, words)                                                                                                  \
    { status, LIT("HTTP/1.1 " #status " " words "\r\n"), LIT(#status " " words "\n"),                                          \
      LIT("{\"type\":\"about:blank\",\"title\":\"" words "\",\"status\":" #status ",\"detail\":\"Refused before it was read.\"}") }
    REASON(200, "OK"),
    REASON(201, "Created"),
    REASON(202, "Accepted"),
    REASON(204, "No Content"),
    REASON(303, "See Other"),
    REASON(304, "Not Modified"),
    REASON(308, "Permanent Redirect"),
    REASON(400, "Bad Request"),
    REASON(401, "Unauthorized"),
    REASON(403, "Forbidden"),
    REASON(404, "Not Found"),
    REASON(405, "Method Not Allowed"),
    REASON(406, "Not Acceptable"),
    REASON(408, "Request Timeout"),
    REASON(409, "Conflict"),
    REASON(410, "Gone"),
    REASON(411, "Length Required"),
    REASON(413, "Content Too Large"),
    REASON(414, "URI Too Long"),
    REASON(415, "Unsupported Media Type"),
    REASON(417, "Expectation Failed"),
    REASON(422, "Unprocessable Content"),
    REASON(423, "Locked"),
    REASON(429, "Too Many Requests"),
    REASON(431, "Request Header Fields Too Large"),
    REASON(501, "Not Implemented"),
    REASON(503, "Service Unavailable"),
    REASON(505, "HTTP Version Not Supported"),
    REASON(500, "Internal Server Error"), /* last: what stands for a status we have no words for */
#undef REASON
};

static ptrdiff_t reason_of(int code)
{
    ptrdiff_t i = 0;
    while (i < countof(reasons) - 1 && reasons[i].status != code)
        i++;
    return i;
}

struct http_response http_plain(int code)
{
    str text = reasons[reason_of(code)].text;
    return (struct http_response){ .status = code, .type = lit("text/plain"), .fixed = text.at, .fixed_len = text.len };
}

struct http_response http_refusal(int code, str path)
{
    struct http_response w = http_plain(code);
    if (str_starts(path, lit("/api/"))) {
        str problem = reasons[reason_of(code)].problem;
        w.type = lit("application/problem+json");
        w.fixed = problem.at;
        w.fixed_len = problem.len;
    }
    return w;
}

bool http_status_has_body(int code)
{
    return code != 204 && code != 304;
}

static bool is_clean(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
            return false;
    return true;
}

static bool put_header(struct out *head, str name, str value)
{
    out_str(head, name);
    out_str(head, lit(": "));
    out_str(head, value);
    out_str(head, lit("\r\n"));
    return is_clean(name) && is_clean(value);
}

bool http_reply_head(struct out *head, const struct http_response *w, str date, bool closing, ptrdiff_t body_len)
{
    head->at = arena_new(head->arena, char, HEAD_ROOM);
    head->cap = HEAD_ROOM;
    out_str(head, reasons[reason_of(w->status)].line);
    bool clean = put_header(head, lit("Date"), date);
    if (w->type.len)
        clean &= put_header(head, lit("Content-Type"), w->type);
    if (http_status_has_body(w->status)) {
        out_str(head, lit("Content-Length: "));
        out_int(head, body_len);
        out_str(head, lit("\r\n"));
    }
    out_str(head, w->lines);
    for (ptrdiff_t i = 0; i < w->header_count; i++)
        clean &= put_header(head, w->headers[i].name, w->headers[i].value);
    if (closing)
        out_str(head, lit("Connection: close\r\n"));
    out_str(head, lit("\r\n"));
    return clean && !head->full;
}

static void put_two(char *to, int n)
{
    to[0] = (char)('0' + n / 10 % 10);
    to[1] = (char)('0' + n % 10);
}

void http_date(char to[29], int64_t unix_seconds)
{
    static const char days[] = "ThuFriSatSunMonTueWed", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c = civil_from(unix_seconds);
    memcpy(to, "ddd, 00 mmm 0000 00:00:00 GMT", 29);
    memcpy(to, days + 3 * (day_of(unix_seconds) % 7), 3); /* day 0 was a Thursday */
    put_two(to + 5, c.day);
    memcpy(to + 8, months + 3 * (c.month - 1), 3);
    put_two(to + 12, c.year / 100);
    put_two(to + 14, c.year);
    put_two(to + 17, c.hour);
    put_two(to + 20, c.minute);
    put_two(to + 23, c.second);
}
