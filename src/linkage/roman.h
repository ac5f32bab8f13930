/* Names of other scripts in Latin letters, so that a name is found under each way it is written. For comparing, not for reading aloud. */
#ifndef LINKAGE_ROMAN_H
#define LINKAGE_ROMAN_H
#include "lib/base/base.h"

/*
 * Cyrillic, Greek, Arabic (with the Persian and Urdu letters), Hebrew, Devanagari, Thai, Hangul, kana, and the common Chinese characters as
 * Mandarin reads them, a surname apart (other readings: readings.h). Letters of other scripts stay, folded to one case and without marks.
 * text is UTF-8; as many letters as fit whole into most; -1 when it is not UTF-8.
 */
ptrdiff_t roman_text(str text, char *to, ptrdiff_t most);
/* The code point at the beginning of valid UTF-8, and how many bytes it has; 0: there is none. */
ptrdiff_t next_letter(str s, uint32_t *point);
#endif
