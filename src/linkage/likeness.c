#include "linkage/likeness.h"

enum { MOST = 64, PREFIX = 4 };

static int length(const struct value *v)
{
    return v->len < MOST ? v->len : MOST;
}

/*
 * Where a byte stands in a value: a bit for each position. Sixteen positions are asked at once where the processor can; else a table is made.
 */
#ifdef __SSE2__
#include <emmintrin.h>
struct places {
    const char *text;
    uint64_t there;
    int parts;
};

/* Up to 15 bytes behind the value are read: the pool is reserved far beyond its last value. */
static inline struct places note(const struct value *a, int n)
{
    return (struct places){ a->text, n >= MOST ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1, (n + 15) / 16 };
}

static inline uint64_t stands(const struct places *p, char byte)
{
    __m128i wanted = _mm_set1_epi8(byte);
    uint64_t at = 0;
    for (int i = 0; i < p->parts; i++)
        at |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p->text + 16 * i)), wanted)) << (16 * i);
    return at & p->there;
}
#else
struct places {
    uint64_t of[256];
};

static inline struct places note(const struct value *a, int n)
{
    struct places p = { 0 };
    for (int i = 0; i < n; i++)
        p.of[(uint8_t)a->text[i]] |= (uint64_t)1 << i;
    return p;
}

static inline uint64_t stands(const struct places *p, char byte)
{
    return p->of[(uint8_t)byte];
}
#endif

static uint64_t window(int at, int reach)
{
    uint64_t below = at + reach + 1 >= MOST ? ~(uint64_t)0 : ((uint64_t)1 << (at + reach + 1)) - 1;
    return at <= reach ? below : below & ~(((uint64_t)1 << (at - reach)) - 1);
}

/* Jaro as a fraction: *over / (3 a b m), and 0 when fewer match than `least`, which is at least one. */
static int64_t jaro(const struct value *a, int n, const struct value *b, int m, int least, int64_t *over)
{
    const struct places p = note(a, n);
    int longer = n > m ? n : m, reach = longer / 2 - 1 > 0 ? longer / 2 - 1 : 0;
    uint64_t of_a = 0, of_b = 0;
    for (int i = 0, spare = m - least; i < m; i++) {
        uint64_t free = stands(&p, b->text[i]) & window(i, reach) & ~of_a;
        of_a |= free & -free;
        of_b |= (uint64_t)(free != 0) << i;
        spare -= free == 0;
        if (spare < 0)
            return 0;
    }
    int64_t same = __builtin_popcountll(of_a), moved = 0;
    for (uint64_t x = of_a, y = of_b; x; x &= x - 1, y &= y - 1)
        moved += a->text[__builtin_ctzll(x)] != b->text[__builtin_ctzll(y)];
    *over = same * same * m + same * same * n + (same - moved / 2) * n * m;
    return 3 * (int64_t)n * m * same;
}

static int bits_in(uint32_t x)
{
    x -= x >> 1 & 0x55555555u;
    x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
    return (int)(((x + (x >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24);
}

static int common_prefix(const struct value *a, int n, const struct value *b, int m)
{
    uint32_t x, y;
    memcpy(&x, a->text, sizeof x);
    memcpy(&y, b->text, sizeof y);
    int same = x == y ? PREFIX : __builtin_ctz(x ^ y) / 8, shorter = n < m ? n : m; /* little endian: the first byte is the lowest */
    return same < shorter ? same : shorter;
}

/*
 * How many bytes must match for Jaro-Winkler to be at least that, if none of them stands elsewhere: a fraction of *over / under, which is at
 * least a part of one.
 */
static int64_t least_common(int64_t n, int64_t m, int prefix, int thousandths, int64_t *over)
{
    int64_t needed = 3 * n * m * (thousandths - 100 * prefix) - 100 * (10 - prefix) * n * m;
    *over = needed > 0 ? needed : 1;
    return 100 * (10 - prefix) * (n + m);
}

/* Of the bytes of either no more can match than there are letters in common: the bytes that must match, or 0 when they cannot. */
static inline int bytes_to_match(const struct value *a, int n, const struct value *b, int m, int prefix, int thousandths)
{
    int64_t over, under = least_common(n, m, prefix, thousandths, &over);
    if ((n - bits_in(a->letters & ~b->letters)) * under < over || (m - bits_in(b->letters & ~a->letters)) * under < over)
        return 0;
    return (int)((over + under - 1) / under);
}

int jaro_winkler_reaches(const struct value *a, const struct value *b, const int *thousandths, int count)
{
    int n = length(a), m = length(b), prefix = common_prefix(a, n, b, m), reached = 0;
    int64_t over = 0;
    if (!n || !m)
        return 0;
    int least = bytes_to_match(a, n, b, m, prefix, thousandths[0]);
    if (!least)
        return 0;
    int64_t under = jaro(a, n, b, m, least, &over);
    if (!under)
        return 0;
    if (10 * over <= 7 * under)
        prefix = 0;
    while (reached < count && 100 * (over * (10 - prefix) + prefix * under) >= thousandths[reached] * under)
        reached++;
    return reached;
}

/* More bytes of a than limit have no equal one in b within limit places: each edit explains one of them. False: perhaps not. */
#ifdef __SSE2__
static bool too_far(const struct value *a, int n, const struct value *b, int m, int limit)
{
    enum { NEAR = 2 };
    if (limit > NEAR || n > 16 || m > 16)
        return false;
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)a->text), equal = _mm_setzero_si128();
    for (int i = -NEAR; i <= NEAR; i++) /* what lies before and behind b's text may agree by chance: then it is looked at closely */
        equal = _mm_or_si128(equal, _mm_cmpeq_epi8(text, _mm_loadu_si128((const __m128i *)(const void *)((const char *)b + offsetof(struct value, text) + i))));
    return bits_in(~(uint32_t)_mm_movemask_epi8(equal) & (((uint32_t)1 << n) - 1)) > limit;
}

/* Of texts of one length that differ in one or two places alone: one slip, or two, or one where two neighbours changed places. 0: not so. */
static int few_places(const struct value *a, const struct value *b, int n)
{
    if (n > 16)
        return 0;
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a->text), y = _mm_loadu_si128((const __m128i *)(const void *)b->text);
    uint32_t differ = ~(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) & (((uint32_t)1 << n) - 1);
    int places = bits_in(differ), at = differ ? __builtin_ctz(differ) : 0;
    if (places != 2 || differ != (uint32_t)3 << at)
        return places < 3 ? places : 0;
    return a->text[at] == b->text[at + 1] && a->text[at + 1] == b->text[at] ? 1 : 2;
}
#else
static int few_places(const struct value *a, const struct value *b, int n)
{
    (void)a, (void)b, (void)n;
    return 0;
}


static bool too_far(const struct value *a, int n, const struct value *b, int m, int limit)
{
    (void)a, (void)n, (void)b, (void)m, (void)limit;
    return false;
}
#endif

/* Hyyro 2003: a column of the table in the bits of two words. */
int edit_distance(const struct value *a, const struct value *b, int limit)
{
    int n = length(a), m = length(b), distance = n;
    if (n - m > limit || m - n > limit)
        return limit + 1;
    if (!n)
        return m;
    int few = n == m ? few_places(a, b, n) : 0;
    if (few)
        return few <= limit ? few : limit + 1;
    /* Each edit can bring in one kind of letter, and take one away. */
    if (bits_in(a->letters & ~b->letters) > limit || bits_in(b->letters & ~a->letters) > limit || too_far(a, n, b, m, limit))
        return limit + 1;
    const struct places p = note(a, n);
    uint64_t up = ~(uint64_t)0, down = 0, before = 0, last = 0, top = (uint64_t)1 << (n - 1);
    for (int i = 0; i < m; i++) {
        uint64_t here = stands(&p, b->text[i]);
        uint64_t turned = ((~before & here) << 1) & last;
        before = (((here & up) + up) ^ up) | here | down | turned;
        uint64_t more = down | ~(before | up), less = before & up;
        distance += (more & top) != 0;
        distance -= (less & top) != 0;
        more = more << 1 | 1;
        less <<= 1;
        up = less | ~(before | more);
        down = more & before;
        last = here;
    }
    return distance <= limit ? distance : limit + 1;
}

const struct value *word_as_value(str word, struct word_value *to)
{
    struct value *v = (struct value *)(void *)to->at;
    v->len = (uint8_t)word.len;
    v->letters = 0;
    for (ptrdiff_t i = 0; i < word.len; i++)
        v->letters |= (uint32_t)1 << (word.at[i] & 31);
    if (word.len)
        memcpy(v->text, word.at, (size_t)word.len);
    return v;
}
