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

/*
 * Of a term for a group. Who asks comes to it by the bytes of the term alone, not by its number: so a term that only others say takes the time
 * of one that nobody says. Two terms that meet in it are one list; hashes of 64 bits do not meet by chance.
 */
static inline uint64_t lists_key(str term, uint32_t group)
{
    uint64_t key = hash_pair(hash_bytes(term.at, term.len), group);
    return key ? key : 1;
}
/* number: not lower than any in that list; the highest is not put again. False: no memory. */
bool lists_put(struct words *w, uint64_t key, uint32_t number, uint32_t times) MUST_CHECK;
void lists_drop(struct words *w, uint64_t key, uint32_t number); /* also one that is not there */
/* How many there are; a view that lasts until the next change. */
uint32_t lists_get(const struct words *w, uint64_t key, const uint32_t **at);
#endif
