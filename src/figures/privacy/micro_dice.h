/* Dice of what makes rows. These numbers guard nothing: the privacy was made before. */
#ifndef FIGURES_PRIVACY_MICRO_DICE_H
#define FIGURES_PRIVACY_MICRO_DICE_H
#include "figures/privacy/micro.h"

struct dice {
    uint64_t at[2];
};
/* xoroshiro128+ (Blackman and Vigna) */
static inline uint64_t roll(struct dice *d)
{
    uint64_t a = d->at[0], b = d->at[1], sum = a + b;
    b ^= a;
    d->at[0] = (a << 24 | a >> 40) ^ b ^ b << 16;
    d->at[1] = b << 37 | b >> 27;
    return sum;
}
static inline double part(struct dice *d)
{
    return (double)(roll(d) >> 11) * 0x1p-53;
}
static inline uint32_t below(struct dice *d, uint32_t n)
{
    return (uint32_t)((roll(d) >> 32) * n >> 32);
}
/* Single codes of rows are changed wherever that brings all tables together nearer. A change that breaks a rule is not made. */
void micro_polish(const struct micro *m, struct arena scratch, struct dice *dice, const struct micro_tell *tell, struct micro_rows *rows);
#endif
