#include "lib/web/api.h"
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

/* One row a status; word is the end of the problem's type, and stays when a sentence is mended. */
static const struct reason {
    int status;
    str word, title, detail;
} reasons[] = {
    { 400, LIT("malformed"), LIT("The request is not well formed"), LIT("A part of the request cannot be read.") },
    { 401, LIT("key-needed"), LIT("A key is needed"),
      LIT("Send the header Authorization: Bearer and a key. This one is missing, unknown, ended, past its last day, or not vouched for by two people yet.") },
    { 403, LIT("origin"), LIT("The form is too old or came from elsewhere"), LIT("Load the page again and send the form from there.") },
    { 404, LIT("not-found"), LIT("Not found"), LIT("There is nothing here, or nothing that this key may see.") },
    { 405, LIT("method"), LIT("This method does not exist here"), LIT("The header Allow names those that do.") },
    { 409, LIT("changed"), LIT("It has changed meanwhile"), LIT("Read it again before you write.") },
    { 413, LIT("too-large"), LIT("Too large"), LIT("A body has at most 262144 bytes.") },
    { 415, LIT("body-kind"), LIT("This kind of body is not read here"), LIT("Send Content-Type: application/json.") },
    { 422, LIT("invalid"), LIT("Some values must be mended"), LIT("A value is not one that may stand there.") },
    { 423, LIT("locked"), LIT("Locked"), LIT("The house is locked: somebody must type its passphrase after a start. Come again later.") },
    { 429, LIT("too-many"), LIT("Too many"), LIT("This key has asked, or opened, as often as it may. The header Retry-After says when to go on.") },
    { 500, LIT("fault"), LIT("Something failed here"), LIT("It was written down. Nothing of your request was done.") },
    { 503, LIT("busy"), LIT("Not now; try again in a moment"), LIT("The program is busy. Nothing is lost.") },
};

static const struct reason *reason_of(int http_status)
{
    static const struct reason none = { 0, LIT("problem"), LIT("Problem"), LIT("The request was not served.") };
    for (ptrdiff_t i = 0; i < countof(reasons); i++)
        if (reasons[i].status == http_status)
            return &reasons[i];
    return &none;
}

void web_problem_json(struct out *o, int http_status, str detail, str field)
{
    char type[64] = "urn:plainsight:problem:";
    const struct reason *reason = reason_of(http_status);
    ptrdiff_t n = (ptrdiff_t)strlen(type);
    must(n + reason->word.len < (ptrdiff_t)sizeof type);
    memcpy(type + n, reason->word.at, (size_t)reason->word.len);
    struct json j = { .o = o };
    json_open(&j, '{');
    json_member(&j, "type", (str){ type, n + reason->word.len });
    json_member(&j, "title", reason->title);
    json_member_int(&j, "status", http_status);
    json_member(&j, "detail", detail.len ? detail : reason->detail);
    if (field.len)
        json_member(&j, "field", field);
    json_close(&j, '}');
}

status web_problem(struct response *w, int http_status, str detail, str field)
{
    *w = (struct response){ .status = http_status, .type = lit("application/problem+json"), .body.arena = w->body.arena };
    web_problem_json(&w->body, http_status, detail, field);
    return OK;
}

static str seconds_text(struct arena *a, int64_t n)
{
    struct out o = { .arena = a };
    out_int(&o, n);
    return out_view(&o);
}

void respond_problem(const struct web *web, struct request *r, int http_status, struct response *w)
{
    *w = (struct response){ .status = http_status, .body.arena = r->arena };
    if (str_starts(r->path, lit("/api/")))
        (void)web_problem(w, http_status, (str){ 0 }, (str){ 0 });
    else if (web->draw_problem)
        web->draw_problem(r, http_status, w);
    else
        respond_plain(http_status, w);
    w->status = http_status;
    if (http_status == 503 || http_status == 429 || (http_status == 423 && str_starts(r->path, lit("/api/"))))
        set_header(w, lit("Retry-After"), seconds_text(r->arena, r->caller.wait_seconds ? r->caller.wait_seconds : 5));
    if (http_status == 401)
        set_header(w, lit("WWW-Authenticate"), lit("Bearer"));
}

/* From constants: for when there is no memory left to draw with. */
void respond_plain(int http_status, struct response *w)
{
    str text = reason_of(http_status)->title;
    w->status = http_status;
    w->type = lit("text/plain; charset=utf-8");
    w->fixed = text.at;
    w->fixed_len = text.len;
}
