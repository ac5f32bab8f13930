/* A message head: byte by byte gives what all at once gives, and what is let through keeps its promises. */
#include "fuzz.h"
#include "lib/http/http.h"

static void check_done(const struct http_head *h, str bytes)
{
    const struct http_request *r = &h->request;
    must(h->head_bytes >= 4 && h->head_bytes <= bytes.len);
    must(str_ends(str_part(bytes, 0, h->head_bytes), lit("\r\n\r\n")));
    must(r->path.len > 0 && r->path.at[0] == '/' && str_find(r->path, '?') < 0);
    must(http_header(r, lit("Host")).len > 0);
    must(!http_header(r, lit("Transfer-Encoding")).at);
    must(h->content_length >= 0 && h->content_length <= 262144);
    must(r->method != GET || !h->content_length);
    for (ptrdiff_t i = 0; i < r->header_count; i++) {
        must(r->headers[i].name.len > 0);
        for (ptrdiff_t k = 0; k < r->headers[i].value.len; k++)
            must(r->headers[i].value.at[k] == '\t' || (unsigned char)r->headers[i].value.at[k] >= ' ');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena memory;
    struct http_limits small = { .head_bytes = 2048, .header_count = 8 };
    str bytes = { (const char *)data, (ptrdiff_t)size };
    struct arena a = fuzz_arena(&memory);
    struct http_head whole, part;
    enum http_verdict verdict = http_head_read(&a, bytes, small, &whole), early = HTTP_MORE;
    ptrdiff_t n = 0;
    for (; n <= bytes.len && n <= 4096 && early == HTTP_MORE; n++) {
        a = fuzz_arena(&memory);
        early = http_head_read(&a, str_part(bytes, 0, n), small, &part);
    }
    must(early == verdict);
    if (verdict == HTTP_REFUSED)
        must(part.refusal == whole.refusal && whole.refusal >= 400);
    if (verdict != HTTP_HEAD_DONE)
        return 0;
    must(n - 1 == whole.head_bytes && part.head_bytes == whole.head_bytes);
    must(part.content_length == whole.content_length && part.keep_alive == whole.keep_alive);
    a = fuzz_arena(&memory);
    (void)http_head_read(&a, bytes, small, &whole);
    check_done(&whole, bytes);
    return 0;
}
