/* Memory of the server between requests. */
#include "lib/http/server.h"
#include <sys/mman.h>

enum { WARM = 64 };

struct buffers buffers_open(struct arena *a, ptrdiff_t size, ptrdiff_t count)
{
    struct buffers b = { .size = size, .at = arena_reserve(size * count).at };
    b.warm = arena_new(a, uint32_t, WARM);
    b.cold = arena_new(a, uint32_t, count);
    while (b.cold_len < count) {
        b.cold[b.cold_len] = (uint32_t)(count - 1 - b.cold_len);
        b.cold_len++;
    }
    return b;
}

char *buffers_take(struct buffers *b)
{
    must(b->warm_len + b->cold_len > 0); /* there is one for each connection */
    return b->at + b->size * (b->warm_len ? b->warm[--b->warm_len] : b->cold[--b->cold_len]);
}

void buffers_release(struct buffers *b, char *buffer, ptrdiff_t used)
{
    uint32_t number = (uint32_t)((buffer - b->at) / b->size);
    if (b->warm_len < WARM) {
        explicit_bzero(buffer, (size_t)used);
        b->warm[b->warm_len++] = number;
    } else {
        must(madvise(buffer, (size_t)b->size, MADV_DONTNEED) == 0);
        b->cold[b->cold_len++] = number;
    }
}

bool held_take(struct held *h, ptrdiff_t len, ptrdiff_t *held, ptrdiff_t ceiling)
{
    if (len > ceiling - *held)
        return false;
    char *p = mmap(NULL, (size_t)len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return false;
    *h = (struct held){ p, len };
    *held += len;
    return true;
}

void held_release(struct held *h, ptrdiff_t *held)
{
    if (!h->at)
        return;
    must(munmap(h->at, (size_t)h->len) == 0); /* the system gives such pages out zeroed */
    *held -= h->len;
    *h = (struct held){ 0 };
}
