/* A query inside a request: the reader lets through what the form reader can walk, within the target's characters. */
#include "fuzz.h"
#include "lib/http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena memory;
    struct arena a = fuzz_arena(&memory);
    struct out line = { .arena = &a };
    out_str(&line, lit("GET /tip?"));
    out_str(&line, (str){ (const char *)data, (ptrdiff_t)size });
    out_str(&line, lit(" HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_head head;
    if (http_head_read(&a, out_view(&line), (struct http_limits){ 0 }, &head) != HTTP_HEAD_DONE)
        return 0;
    const struct http_request *r = &head.request;
    for (ptrdiff_t i = 0; i < r->query.len; i++)
        must(r->query.at[i] > ' ' && r->query.at[i] < 0x7f && r->query.at[i] != '#' && r->query.at[i] != '"');
    struct fields fields;
    str decoded;
    if (http_form_read(&a, r->query, 32, &fields) == OK)
        must(fields.len <= 32);
    if (http_percent_decode(&a, r->path, false, &decoded))
        must(decoded.len <= r->path.len && utf8_valid(decoded));
    return 0;
}
