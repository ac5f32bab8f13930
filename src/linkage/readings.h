/*
 * How a name in Chinese characters is read in Japan and in Korea, beside its Mandarin reading (han.h): by tables of names (data/japanese.txt), and of
 * characters and surnames (data/korean.txt). In Latin letters, plain.
 */
#ifndef LINKAGE_READINGS_H
#define LINKAGE_READINGS_H
#include "lib/base/base.h"

/*
 * A kind of reading each, so that those of surname and given name go together. Syllables of a Korean given name stand apart or are joined, by the official
 * romanisation or, where that sounds otherwise, as they were and are written by many (jung for jeong); the other Korean way is a second spelling of
 * the surname, or that of its Hangul letter by letter (roman.h). What a name has not of a kind is as in the kind before it, of the same land.
 */
enum reading_kind { READ_JAPANESE, READ_JAPANESE_OTHER, READ_KOREAN, READ_KOREAN_OLD, READ_KOREAN_OLD_JOINED, READ_KOREAN_JOINED, READ_KOREAN_OTHER, READINGS };
enum { READING_MOST = 96 };
struct reading {
    char text[READING_MOST]; /* 32 bytes behind it may be read */
    uint8_t len;             /* 0: it has none of that kind */
};
/*
 * text is UTF-8, as it was written. whole: given name and surname in one, else one of them. False: it has no characters, or no such reading: all
 * lengths are 0 then.
 */
bool readings_of(str text, bool whole, struct reading out[READINGS]);
#endif
