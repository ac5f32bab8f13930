#include "linkage/space.h"
#include <sys/mman.h>

static int failing; /* how many more until the one that was told to */

void space_fail(int nth)
{
    failing = nth;
}

bool space_take(struct space *s, size_t size)
{
    void *p = failing && !--failing ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    *s = p == MAP_FAILED ? (struct space){ 0 } : (struct space){ p, size };
    return s->at;
}

bool space_take_large(struct space *s, size_t size)
{
    if (!space_take(s, size))
        return false;
    (void)!madvise(s->at, size, MADV_HUGEPAGE); /* a wish */
    return true;
}

bool space_take_whole(struct space *s, size_t size)
{
#ifndef MADV_POPULATE_WRITE
    enum { MADV_POPULATE_WRITE = 23 }; /* Linux 5.14; an older one refuses it */
#endif
    if (!space_take_large(s, size))
        return false;
    (void)!madvise(s->at, size, MADV_POPULATE_WRITE); /* a wish, too */
    return true;
}

bool space_take_growing(struct space *s, size_t size)
{
    enum { SMALL = 2 << 20 };
    if (!space_take(s, size))
        return false;
    if (size > SMALL)
        (void)!madvise(s->at + SMALL, size - SMALL, MADV_HUGEPAGE);
    return true;
}

void space_give(struct space *s)
{
    if (s->at)
        munmap(s->at, s->size);
    *s = (struct space){ 0 };
}

uint64_t *sort_words(uint64_t *at, uint64_t *spare, size_t n)
{
    enum { STEP = 11 };
    size_t starts[(1 << STEP) + 1];
    for (int shift = 64 - 3 * STEP; shift < 64; shift += STEP) {
        memset(starts, 0, sizeof starts);
        for (size_t i = 0; i < n; i++)
            starts[(at[i] >> shift & ((1 << STEP) - 1)) + 1]++;
        for (int b = 0; b < 1 << STEP; b++)
            starts[b + 1] += starts[b];
        for (size_t i = 0; i < n; i++)
            spare[starts[at[i] >> shift & ((1 << STEP) - 1)]++] = at[i];
        uint64_t *x = at;
        at = spare;
        spare = x;
    }
    return at;
}
