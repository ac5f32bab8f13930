#include "lib/base/base.h"
#include <sys/mman.h>

noreturn void base_broken(const char *file, int line, const char *promise)
{
    /* File, line and the text of the condition: nothing a person wrote. */
    fprintf(stderr, "{\"event\":\"broken_promise\",\"file\":\"%s\",\"line\":%d,\"promise\":\"%s\"}\n", file, line, promise);
    abort();
}

struct arena arena_reserve(ptrdiff_t size)
{
    char *p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    must(p != MAP_FAILED);
    return (struct arena){ p, p + size, NULL };
}

void *arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count)
{
    must(size > 0 && align > 0 && count >= 0);
    ptrdiff_t pad = -(intptr_t)a->at & (align - 1);
    if (a->end - a->at < pad || count > (a->end - a->at - pad) / size) {
        must(a->on_empty != NULL);
        longjmp(*a->on_empty, 1);
    }
    void *p = a->at + pad;
    a->at += pad + size * count;
    return memset(p, 0, (size_t)(size * count));
}

void out_str(struct out *o, str s)
{
    if (!s.len || o->full)
        return;
    if (o->ceiling && s.len > o->ceiling - o->len) {
        o->full = true;
        return;
    }
    if (o->cap - o->len < s.len) {
        ptrdiff_t cap = 2 * o->cap + s.len + 256;
        char *p = arena_new(o->arena, char, cap);
        if (o->len)
            memcpy(p, o->at, (size_t)o->len);
        o->at = p;
        o->cap = cap;
    }
    memcpy(o->at + o->len, s.at, (size_t)s.len);
    o->len += s.len;
}

void out_char(struct out *o, char c)
{
    out_str(o, (str){ &c, 1 });
}

void out_int(struct out *o, int64_t n)
{
    char b[24];
    out_str(o, (str){ b, snprintf(b, sizeof b, "%lld", (long long)n) });
}

str int_text(struct arena *a, int64_t n)
{
    struct out o = { .arena = a };
    out_int(&o, n);
    return out_view(&o);
}

void out_hex(struct out *o, const void *bytes, ptrdiff_t n)
{
    char pair[2];
    for (ptrdiff_t i = 0; i < n; i++) {
        hex_write(pair, (const char *)bytes + i, 1);
        out_str(o, (str){ pair, 2 });
    }
}

str out_view(const struct out *o)
{
    return (str){ o->at, o->len };
}
