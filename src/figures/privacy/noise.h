/*
 * Noise for figures that are published: exact, from integers alone. No floating point stands between a count and its noise, so the
 * low bits of a result tell nothing about the count (docs/release.md). The laws and samplers are those of Canonne, Kamath and
 * Steinke, "The Discrete Gaussian for Differential Privacy" (2020), algorithms 1 to 3.
 *
 * How long a draw takes depends on what is drawn: noise is made in a batch, never in answer to a request.
 */
#ifndef FIGURES_PRIVACY_NOISE_H
#define FIGURES_PRIVACY_NOISE_H
#include "lib/base/base.h"

/* Room for products of two 64-bit numbers; beyond it the code asks __builtin_mul_overflow. */
__extension__ typedef unsigned __int128 wide;

enum { NOISE_BLOCK = 4096 };

/* Random bytes, fetched a block at a time; what was taken is wiped at once. One source a thread: its stream tells it from others. */
struct noise_source {
    uint8_t block[NOISE_BLOCK];
    ptrdiff_t left;          /* bytes at the end of block that nobody has seen */
    uint64_t stream, blocks; /* which source of this release; how many blocks it has fetched */
};
void noise_begin(struct noise_source *s, uint64_t stream);
void noise_end(struct noise_source *s); /* wipes it */

/*
 * Fills the block. In the program these are the system's bytes (noise_system.c), and nothing can put others in their place. A test
 * program is linked with noise_seeded.c instead, where the same seed, stream and count of blocks give the same bytes.
 */
void noise_fetch(struct noise_source *s);

/* A fraction that is not negative. under is never 0. */
struct ratio {
    uint64_t over, under;
};
struct ratio ratio_lowest(struct ratio r); /* the same value in lowest terms */

/* Each of 0 .. n-1 with the same chance. n > 0. */
uint64_t noise_below(struct noise_source *s, uint64_t n);
/* True with chance e^-x, exactly. */
bool noise_coin(struct noise_source *s, struct ratio x);
/* P(y) in proportion to e^(-|y| / scale). LIMIT, and nothing drawn: scale is 0, or above 2^40 over or under. */
status noise_laplace(struct noise_source *s, struct ratio scale, int64_t *out) MUST_CHECK;
/* P(y) in proportion to e^(-y^2 / (2 variance)). LIMIT, and nothing drawn: noise_gaussian_fits says no. */
status noise_gaussian(struct noise_source *s, struct ratio variance, int64_t *out) MUST_CHECK;
/* Is variance above 0, and so small in its terms that every step of the draw fits 128 bits? A question about public numbers alone. */
bool noise_gaussian_fits(struct ratio variance);

/*
 * The exponential mechanism: *out is one of n candidates, i with chance in proportion to e^(rate * score[i]). With rate = epsilon / (2 *
 * sensitivity of a score) it is epsilon-private, and costs epsilon^2 / 8 of zCDP. LIMIT, and nothing drawn: n < 1, or a difference of
 * scores times rate.over does not fit 64 bits.
 */
status noise_choose(struct noise_source *s, const int64_t *score, ptrdiff_t n, struct ratio rate, ptrdiff_t *out) MUST_CHECK;
#endif
