/* A pair as a pattern: the level that each comparison reaches, in one number. */
#ifndef LINKAGE_COMPARE_H
#define LINKAGE_COMPARE_H
#include "linkage/pairs.h"

enum { PATTERNS_MOST = 1 << 21, REMEMBERED = 1 << 13 };

/* Mixed radix: comparison c has levels 0 to levels - 1, and then "missing". */
enum { ADDRESS_SETS = 1 << 2 * COMPARED_MOST };
struct patterns {
    uint32_t step[COMPARISONS_MOST];
    uint32_t count;
    /* Of an address: by a bit for each field that is the same, and behind them one for each that both have; and if the first is nearly the same. */
    uint8_t address[COMPARISONS_MOST][ADDRESS_SETS], near_address[COMPARISONS_MOST][ADDRESS_SETS];
};
/* False: more than PATTERNS_MOST. */
bool patterns_of(const struct plan *p, struct patterns *out) MUST_CHECK;

static inline int pattern_level(const struct patterns *s, const struct plan *p, uint32_t pattern, int comparison)
{
    return (int)(pattern / s->step[comparison] % (uint32_t)(p->comparisons[comparison].levels + 1));
}

/* What one thread remembers: names that were compared a moment ago. Starts zeroed. */
struct comparer {
    struct {
        uint32_t a, b;
        int16_t field, level;
    } seen[REMEMBERED];
};
/* The patterns of a lot. */
void compare_lot(const struct table *t, const struct patterns *s, struct comparer *c, const struct pair *lot, int n, uint32_t *patterns);
/*
 * The level of two different values of a field of that comparison, but of names (names.h); of an address, of which fields are the same, and whether the first is nearly
 * so, which is asked at most once and only where it matters.
 */
int value_level(const struct comparison *c, const struct value *a, const struct value *b);
int address_level(const struct comparison *c, const struct pair *p, bool (*near)(const void *context), const void *context);
/* Adds the levels of a comparison of addresses to the patterns of a lot. */
void compare_addresses(const struct table *t, const struct patterns *s, int comparison, const struct pair *lot, int n, uint32_t *patterns);
/* The level of a comparison for two rows. */
int compare_rows(const struct table *t, const struct comparison *c, const struct pair *p);
#endif
