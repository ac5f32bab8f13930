/* How a name sounds, roughly: the same skeleton under each way that clerks of several languages write it. For comparing and for blocks. */
#ifndef LINKAGE_SOUND_H
#define LINKAGE_SOUND_H
#include "lib/base/base.h"

enum { WORDS_MOST = 10, SOUND_MOST = 64 };

/*
 * The words of a plain name (normal.h) without particles and signs; where it has nothing but particles, they count. At most WORDS_MOST, views
 * of the name; returns how many.
 */
int name_words(str name, str words[WORDS_MOST]);
/* The skeleton of one word: at most SOUND_MOST bytes; returns how many. A word of vowels alone is "a". */
ptrdiff_t sound_word(str word, char *to);
/* A number of the skeletons of n words in any order; 0 for no word. Two parts of a name have the sum of their numbers. */
uint32_t sound_words(const str *words, int n);
#endif
