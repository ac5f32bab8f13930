/* Large memory that is given back: what linkage holds is as large as the file that it reads. */
#ifndef LINKAGE_SPACE_H
#define LINKAGE_SPACE_H
#include "lib/base/base.h"

struct space {
    char *at; /* zeroed, on a page; NULL: none */
    size_t size;
};
/* For tests: the nth take from now on finds no memory; 0: none fails. */
void space_fail(int nth);
/* Address space of that size: what is never touched costs nothing. False when the system has none (an address limit, too little memory). */
bool space_take(struct space *s, size_t size) MUST_CHECK;
/* The same in large pages where the system has them: for what is touched here and there, all of it. */
bool space_take_large(struct space *s, size_t size) MUST_CHECK;
/* The same for what is touched soon, all of it: it is given at once. */
bool space_take_whole(struct space *s, size_t size) MUST_CHECK;
/* As space_take_large, but for its first two MiB: for what may stay small. */
bool space_take_growing(struct space *s, size_t size) MUST_CHECK;
void space_give(struct space *s); /* also of none */
/* Union-find: who leads those that x was joined with. up[x] is x itself or nearer to it; whoever joins writes the lower leader over the higher. */
static inline uint32_t first_of(uint32_t *up, uint32_t x)
{
    while (up[x] != x)
        x = up[x] = up[up[x]];
    return x;
}
/* Sorts n words by their upper 33 bits, in turn in both; equal ones stay as they were. Returns the one of the two where they stand. */
uint64_t *sort_words(uint64_t *at, uint64_t *spare, size_t n);
#endif
