/* Readings of Chinese characters in pinyin without tones (data/han.txt). Mandarin alone: for Japan and Korea see readings.h. */
#ifndef LINKAGE_HAN_H
#define LINKAGE_HAN_H
#include "lib/base/base.h"

static inline bool is_han(uint32_t point)
{
    return point >= 0x4e00 && point <= 0x9fff;
}
/* The syllable, as surnames are read where first says so; NULL: not among the common characters. */
const char *han_reading(uint32_t point, bool first);
/* How many of n characters, from the first, are a common surname: 0, 1 or 2. The given name follows it. */
int han_surname(const uint32_t *points, ptrdiff_t n);
#endif
