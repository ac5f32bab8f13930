/* Between the files of words.h: the pool, and the lists in it. A list is by rising number of document; a word of it is number << 8 | times said. */
#ifndef LINKAGE_WORDS_LISTS_H
#define LINKAGE_WORDS_LISTS_H
#include "linkage/words.h"

enum { LISTS_MOST = 1 << 30, TIMES_BITS = 8 }; /* of the pool, in units of four bytes */

/* Pieces of the pool, in units. 0: no memory. What is given back is wiped. */
uint32_t lists_take(struct words *w, uint32_t units);
void lists_give(struct words *w, uint32_t at, uint32_t units);
static inline uint32_t *lists_at(const struct words *w, uint32_t at)
{
    return (uint32_t *)(void *)w->pool.at + at;
}

/* number: higher than all in that list. False: no memory. */
bool lists_put(struct words *w, uint32_t term, uint32_t group, uint32_t number, uint32_t times) MUST_CHECK;
void lists_drop(struct words *w, uint32_t term, uint32_t group, uint32_t number); /* it is there */
/* How many there are; a view that lasts until the next change. */
uint32_t lists_get(const struct words *w, uint32_t term, uint32_t group, const uint32_t **at);
#endif
