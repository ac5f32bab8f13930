/*
 * Most cells are plain as they stand: this tells so in a few instructions, for texts of at most 32 bytes; what it does not know, normal_text
 * (normal.h) brings to its form. Where it says yes, both give the same.
 */
#ifndef LINKAGE_PLAINLY_H
#define LINKAGE_PLAINLY_H
#include "linkage/address.h"
#include "linkage/plan.h"
#include "linkage/values.h"
#ifdef __SSE2__
#include <emmintrin.h>

/* A bit for each of the first 32 bytes: not ASCII, control or blank, or a capital letter; and which of them are blanks. */
static inline uint32_t bytes_odd(const char *at, uint32_t *blanks)
{
    uint32_t odd = 0;
    *blanks = 0;
    for (int i = 0; i < 32; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        __m128i low = _mm_cmplt_epi8(x, _mm_set1_epi8(0x21)), capital = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('A' - 1)), _mm_cmplt_epi8(x, _mm_set1_epi8('Z' + 1)));
        odd |= (uint32_t)_mm_movemask_epi8(_mm_or_si128(low, capital)) << i;
        *blanks |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(' '))) << i;
    }
    return odd;
}

static inline uint32_t bytes_digits(const char *at)
{
    uint32_t digits = 0;
    for (int i = 0; i < 32; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        digits |= (uint32_t)_mm_movemask_epi8(_mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(x, _mm_set1_epi8('9' + 1)))) << i;
    }
    return digits;
}

static inline uint32_t bytes_equal(const char *at, char c)
{
    uint32_t equal = 0;
    for (int i = 0; i < 32; i += 16)
        equal |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(at + i)), _mm_set1_epi8(c))) << i;
    return equal;
}

/* 32 bytes may be read at text. */
static inline bool plain_already(enum field_kind kind, str *text)
{
    enum { DATE = 10, DASHES = 0x90 }; /* 1981-02-03 */
    if (text->len > 32 || !text->len)
        return false;
    uint32_t of_text = ~(uint32_t)0 >> (32 - text->len), blanks, odd, last = (uint32_t)1 << (text->len - 1);
    switch (kind) {
    case KIND_NAME:
    case KIND_ADDRESS:
    case KIND_EXACT:
        odd = bytes_odd(text->at, &blanks) & of_text;
        blanks &= of_text;
        return odd == blanks && !(blanks & (blanks << 1)) && !(blanks & (last | 1)) && (kind != KIND_ADDRESS || address_settled(*text));
    case KIND_EMAIL:
        odd = (bytes_odd(text->at, &blanks) | bytes_equal(text->at, '+') | bytes_equal(text->at, ':') | bytes_equal(text->at, '<') | bytes_equal(text->at, '>')) & of_text;
        return !odd && (text->len < 10 || memcmp(text->at + text->len - 8, "mail.com", 8) != 0 || text->at[text->len - 10] == 'o'); /* of gmail, points are taken out; hotmail */
    case KIND_DATE:
        return text->len == DATE && (bytes_digits(text->at) & of_text) == (of_text & ~(uint32_t)DASHES) && text->at[4] == '-' && text->at[7] == '-';
    default:
        return false;
    }
}
#else
static inline bool plain_already(enum field_kind kind, str *text)
{
    (void)kind, (void)text;
    return false;
}
#endif
#endif
