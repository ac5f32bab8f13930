#include "figures/privacy/noise.h"
#include "lib/crypt/crypt.h"

enum { LAPLACE_BITS = 40, GAUSSIAN_BITS = 51, GEOMETRIC_MOST = 4096 };

void noise_begin(struct noise_source *s, uint64_t stream)
{
    s->stream = stream;
    s->blocks = 0;
    s->left = 0;
}

void noise_end(struct noise_source *s)
{
    wipe(s, sizeof *s);
}

/* n <= 16 bytes as one number. */
static wide bytes(struct noise_source *s, ptrdiff_t n)
{
    wide v = 0;
    if (s->left < n) {
        noise_fetch(s);
        s->blocks++;
        s->left = NOISE_BLOCK;
    }
    uint8_t *at = s->block + NOISE_BLOCK - s->left;
    memcpy(&v, at, (size_t)n); /* little-endian, as every machine this is built for */
    wipe(at, n);
    s->left -= n;
    return v;
}

static int bits_of(wide n)
{
    uint64_t high = (uint64_t)(n >> 64), low = (uint64_t)n;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

/* As many bits as n - 1 has, drawn again until they are below n: no remainder, so no favourite. */
static wide below(struct noise_source *s, wide n)
{
    int bits = bits_of(n - 1);
    wide mask = bits < 128 ? ((wide)1 << bits) - 1 : ~(wide)0, v;
    do
        v = bits ? bytes(s, (bits + 7) / 8) & mask : 0;
    while (v >= n);
    return v;
}

uint64_t noise_below(struct noise_source *s, uint64_t n)
{
    must(n > 0);
    return (uint64_t)below(s, n);
}

/* True with chance e^-(over / under), 0 <= over <= under: the parity of a run of ever rarer coins (algorithm 1). */
static bool coin_to_one(struct noise_source *s, wide over, wide under)
{
    wide k = 1, whole = under;
    while (below(s, whole) < over) {
        k++;
        must(!__builtin_mul_overflow(under, k, &whole)); /* k passes 100 once in 100! runs */
    }
    return k & 1;
}

static bool coin(struct noise_source *s, wide over, wide under)
{
    for (; over > under; over -= under)
        if (!coin_to_one(s, 1, 1))
            return false;
    return coin_to_one(s, over, under);
}

bool noise_coin(struct noise_source *s, struct ratio x)
{
    must(x.under > 0);
    return coin(s, x.over, x.under);
}

static uint64_t common(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

struct ratio ratio_lowest(struct ratio r)
{
    uint64_t by = common(r.over, r.under);
    return (struct ratio){ r.over / by, r.under / by };
}

/* How often a coin of chance 1/e falls on its side before it does not. Beyond the most (chance e^-4096) the process ends. */
static uint64_t geometric(struct noise_source *s)
{
    uint64_t v = 0;
    while (coin_to_one(s, 1, 1))
        must(++v < GEOMETRIC_MOST);
    return v;
}

/* Algorithm 2: e^(-|y| under / over). -0 is drawn again, or 0 would come twice as often as it should. */
static int64_t laplace(struct noise_source *s, uint64_t over, uint64_t under)
{
    for (;;) {
        uint64_t u = noise_below(s, over);
        if (!coin_to_one(s, u, over))
            continue;
        int64_t y = (int64_t)((u + over * geometric(s)) / under);
        bool negative = noise_below(s, 2);
        if (!negative || y)
            return negative ? -y : y;
    }
}

status noise_laplace(struct noise_source *s, struct ratio scale, int64_t *out)
{
    *out = 0;
    if (!scale.over || !scale.under || bits_of(scale.over) > LAPLACE_BITS || bits_of(scale.under) > LAPLACE_BITS)
        return LIMIT;
    *out = laplace(s, scale.over, scale.under);
    return OK;
}

/* The whole number just above the root of variance, the scale that the Gaussian is cut from. */
static uint64_t scale_above(struct ratio variance)
{
    uint64_t whole = variance.over / variance.under, low = 0, high = (uint64_t)1 << 32;
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if ((wide)middle * middle <= whole)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

/*
 * With t the scale and v = over / under: |y| < 4096 t, so that |y| t under < 2^12 t^2 under, and its square fits 128 bits when t^2 under
 * stays below 2^51. Then 2 over under t^2 k, k the count of coins, fits too: over < t^2 under.
 */
bool noise_gaussian_fits(struct ratio variance)
{
    if (!variance.over || !variance.under || bits_of(variance.over) > GAUSSIAN_BITS || bits_of(variance.under) > GAUSSIAN_BITS)
        return false;
    wide t = scale_above(variance);
    return bits_of(t * t * variance.under) <= GAUSSIAN_BITS;
}

/* Algorithm 3: y of the Laplace law with scale t, kept with chance e^-((|y| - v/t)^2 / (2v)), all over one denominator. */
status noise_gaussian(struct noise_source *s, struct ratio variance, int64_t *out)
{
    *out = 0;
    if (!noise_gaussian_fits(variance))
        return LIMIT;
    uint64_t t = scale_above(variance);
    wide under = (wide)2 * variance.over * variance.under * t * t;
    for (;;) {
        int64_t y = laplace(s, t, 1);
        wide left = (wide)(y < 0 ? -y : y) * t * variance.under, right = variance.over;
        wide apart = left > right ? left - right : right - left;
        if (coin(s, apart * apart, under)) {
            *out = y;
            return OK;
        }
    }
}

status noise_choose(struct noise_source *s, const int64_t *score, ptrdiff_t n, struct ratio rate, ptrdiff_t *out)
{
    *out = -1;
    if (n < 1 || !rate.under)
        return LIMIT;
    int64_t least = score[0], most = score[0];
    for (ptrdiff_t i = 1; i < n; i++) {
        least = score[i] < least ? score[i] : least;
        most = score[i] > most ? score[i] : most;
    }
    uint64_t apart = (uint64_t)most - (uint64_t)least, product;
    if (__builtin_mul_overflow(apart, rate.over, &product))
        return LIMIT;
    /* Any candidate, kept as often as it deserves beside the best: the chances come out in proportion, and no sum is needed. */
    for (;;) {
        ptrdiff_t i = (ptrdiff_t)noise_below(s, (uint64_t)n);
        if (noise_coin(s, (struct ratio){ ((uint64_t)most - (uint64_t)score[i]) * rate.over, rate.under })) {
            *out = i;
            return OK;
        }
    }
}
