/*
 * Who is compared with whom. Each rule gives every record a key; records of one key are a block, and each two of a block are a pair. A pair
 * that an earlier rule yields is left out; one whose block was too large there comes by a later rule. Pairs are handed on in lots and never
 * kept: memory follows the records.
 */
#ifndef LINKAGE_PAIRS_H
#define LINKAGE_PAIRS_H
#include "linkage/table.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LOT = 256 };

struct pair {
    uint32_t a, b;        /* records, a < b */
    uint32_t same, both;  /* bits of fields: equal and there; there in both */
};

/* Which fields two rows have both, and which are equal, of stride (a multiple of eight) fields. */
#ifdef __SSE2__
static inline void pair_rows(struct pair *p, const uint32_t *x, const uint32_t *y, int stride)
{
    const __m128i none = _mm_setzero_si128();
    p->same = p->both = 0;
    for (int i = 0; i < stride; i += 8) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(x + i)), b = _mm_loadu_si128((const __m128i *)(const void *)(x + i + 4));
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(y + i)), d = _mm_loadu_si128((const __m128i *)(const void *)(y + i + 4));
        __m128i equal = _mm_packs_epi32(_mm_cmpeq_epi32(a, c), _mm_cmpeq_epi32(b, d));
        __m128i missing = _mm_packs_epi32(_mm_or_si128(_mm_cmpeq_epi32(a, none), _mm_cmpeq_epi32(c, none)),
                                          _mm_or_si128(_mm_cmpeq_epi32(b, none), _mm_cmpeq_epi32(d, none)));
        uint32_t bits = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(equal, missing));
        uint32_t both = ~bits >> 8 & 255;
        p->both |= both << i;
        p->same |= (bits & both) << i;
    }
}
#else
static inline void pair_rows(struct pair *p, const uint32_t *x, const uint32_t *y, int stride)
{
    p->same = p->both = 0;
    for (int i = 0; i < stride; i++) {
        uint32_t there = x[i] && y[i];
        p->both |= there << i;
        p->same |= (there & (x[i] == y[i])) << i;
    }
}
#endif

struct rule_yield {
    uint64_t pairs;       /* handed on, not counted for an earlier rule */
    uint64_t blocks;      /* of two records or more */
    uint32_t largest;     /* records in one block, among those that were used */
    uint64_t dropped_blocks, dropped_pairs; /* larger than block_most */
};

struct pairs_wish {
    uint32_t block_most;  /* records; a larger block is dropped, and counted */
    /*
     * A power of two: blocks whose key falls on one in so many come first, by all rules; then `between` is called, which ends the walk by false;
     * then come all others. 1: there is no such sample. A pair of the sample is not left out for a block of the others, whatever its size: who
     * finds one too large among these walks once more, without a sample.
     */
    int one_in;
    bool (*between)(void *context);
    int threads;
    /* Called by several threads, each under its own number from 0; a part (below) by one thread at a time, in the order of the rules. */
    void (*take)(void *context, int thread, int part, const struct pair *lot, int n);
    void *context;
    const char *stage;    /* what teller is told, rule by rule; of a sample: "learning" */
    const struct teller *teller;
};
/* Into how many parts the work is cut, whatever the number of threads: what is gathered by part is the same for any. */
enum { PARTS_OF_WORK = 64, THREADS_MOST = 64 };

/* yields: one a rule; between finds those of the sample. False when memory is short. */
bool pairs_walk(const struct table *t, const struct pairs_wish *wish, struct rule_yield *yields) MUST_CHECK;
#endif
