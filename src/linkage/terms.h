/*
 * The words of a text as they are looked for: in Latin letters and small ones, whatever alphabet they are written in (roman.h); a name also as
 * it sounds (sound.h), so that each way of writing it is found; of writing without blanks (Chinese, Japanese, Korean, Thai, Lao, Khmer,
 * Burmese) each sign and each two that stand together. The first byte of a term says what it is.
 */
#ifndef LINKAGE_TERMS_H
#define LINKAGE_TERMS_H
#include "lib/base/base.h"

enum { TERM_MOST = 64, TERM_WORD = 'w', TERM_SOUND = 's', TERM_SIGN = 'c' }; /* bytes of a term; a longer word is cut */

struct term {
    char at[TERM_MOST];
    uint8_t len;
    ptrdiff_t begin, end; /* bytes of the text that it stands for */
    bool name;            /* of a word: it may be a name, by a capital letter or by an alphabet without them */
};
str term_text(const struct term *t); /* a view into t */

/* What a text says, one after another in its order; of one place first the word, then how it sounds, or first the sign, then it with the one behind it. */
struct term_reader {
    str text;
    ptrdiff_t at;
    struct term held; /* the next one of the same place; no length: none */
};
struct term_reader term_reader(str text); /* text that is not UTF-8 says nothing */
bool term_next(struct term_reader *r, struct term *out); /* false: that was all */
/* How a word sounds, as a term of its own, whether it is a name or not. False: too little of it to tell. */
bool term_sound(const struct term *word, struct term *out);
#endif
