#include "lib/web/respond.h"

void respond_header(struct http_response *out, str name, str value)
{
    ptrdiff_t i = 0;
    while (i < out->header_count && !str_equal_fold(out->headers[i].name, name))
        i++;
    bool twice = str_equal_fold(name, lit("Set-Cookie")); /* the one that may stand more than once */
    if (twice)
        i = out->header_count;
    must(i < countof(out->headers));
    out->headers[i] = (struct header){ name, value };
    if (i == out->header_count)
        out->header_count++;
}

/* One text, so that no answer puts them together again. */
#define ALWAYS                                                                                                                      \
    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "        \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'\r\n"                           \
    "X-Content-Type-Options: nosniff\r\n"                                                                                          \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                                                  \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                                                                \
    "Cross-Origin-Embedder-Policy: require-corp\r\n"                                                                               \
    "Permissions-Policy: accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "          \
    "microphone=(), midi=(), payment=(), usb=()\r\n"
/* Under no-referrer a browser sends "Origin: null" with our own forms, and the staff side could not tell
 * them from a stranger's. same-origin tells other sites as little. */
#define PUBLIC_LINES ALWAYS "Referrer-Policy: no-referrer\r\n"
#define STAFF_LINES  ALWAYS "Referrer-Policy: same-origin\r\n"
#define SECURE_LINES "Strict-Transport-Security: max-age=63072000\r\n"

void web_headers(enum side side, bool secure, struct http_response *out)
{
    static const str lines[2][2] = { [PUBLIC_SIDE] = { LIT(PUBLIC_LINES), LIT(PUBLIC_LINES SECURE_LINES) },
                                     [STAFF_SIDE] = { LIT(STAFF_LINES), LIT(STAFF_LINES SECURE_LINES) } };
    out->lines = lines[side][secure];
    respond_header(out, lit("Cache-Control"), lit("no-store"));
}

void set_header(struct response *w, str name, str value)
{
    must(w->header_count < countof(w->headers));
    w->headers[w->header_count++] = (struct header){ name, value };
}

void redirect(struct response *w, str to)
{
    w->status = 303;
    w->location = to;
}

void respond_finish(const struct response *w, struct http_response *out)
{
    out->status = w->status;
    out->type = w->type.len ? w->type : lit("text/html; charset=utf-8");
    for (ptrdiff_t i = 0; i < w->header_count; i++)
        respond_header(out, w->headers[i].name, w->headers[i].value);
    if (w->location.len) {
        respond_header(out, lit("Location"), w->location);
        if (!w->body.len && !w->fixed)
            out->type = (str){ 0 };
    }
    out->body = w->body;
    out->fixed = w->fixed;
    out->fixed_len = w->fixed_len;
}

static str reason_of(int http_status)
{
    static const struct {
        int status;
        str reason;
    } reasons[] = {
        { 400, LIT("The request is not well formed") }, { 403, LIT("The form is too old or came from elsewhere") },
        { 404, LIT("Not found") }, { 409, LIT("It has changed meanwhile") }, { 413, LIT("Too large") },
        { 415, LIT("This kind of body is not read here") }, { 422, LIT("Some values must be mended") },
        { 423, LIT("Locked") }, { 429, LIT("Too many") }, { 500, LIT("Something failed here") },
        { 503, LIT("Not now; try again in a moment") },
    };
    for (ptrdiff_t i = 0; i < countof(reasons); i++)
        if (reasons[i].status == http_status)
            return reasons[i].reason;
    return lit("Problem");
}

static void problem_json(int http_status, struct response *w)
{
    struct json j = { .o = &w->body };
    json_open(&j, '{');
    json_key(&j, lit("type"));
    json_str(&j, lit("about:blank"));
    json_key(&j, lit("title"));
    json_str(&j, reason_of(http_status));
    json_key(&j, lit("status"));
    json_int(&j, http_status);
    json_close(&j, '}');
    w->type = lit("application/problem+json");
}

void respond_problem(const struct web *web, struct request *r, int http_status, struct response *w)
{
    *w = (struct response){ .status = http_status, .body.arena = r->arena };
    if (str_starts(r->path, lit("/api/")))
        problem_json(http_status, w);
    else if (web->draw_problem)
        web->draw_problem(r, http_status, w);
    else
        respond_plain(http_status, w);
    w->status = http_status;
    if (http_status == 503 || http_status == 429)
        set_header(w, lit("Retry-After"), lit("5"));
}

/* From constants: for when there is no memory left to draw with. */
void respond_plain(int http_status, struct response *w)
{
    str text = reason_of(http_status);
    w->status = http_status;
    w->type = lit("text/plain; charset=utf-8");
    w->fixed = text.at;
    w->fixed_len = text.len;
}
