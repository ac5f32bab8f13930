/* What every target has: libFuzzer calls it, and corpus_main.c does with the kept inputs. Properties are must(). */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H
#include "lib/base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A fresh arena for one input: the same memory each time, large enough for any input libFuzzer makes. */
static inline struct arena fuzz_arena(struct arena *whole)
{
    if (!whole->at)
        *whole = arena_reserve(64 << 20);
    return *whole;
}
#endif
