#include "linkage/likeness.h"

enum { MOST = 64, PREFIX = 4 };

static int length(const struct value *v)
{
    return v->len < MOST ? v->len : MOST;
}

/*
 * Where a byte stands in a value: a bit for each position. Sixteen positions are asked at once where the processor can; else a table is made
 * for the bytes of both.
 */
#ifdef __SSE2__
#include <emmintrin.h>
struct places {
    __m128i text[MOST / 16];
    uint64_t there;
    int parts;
};

/* Up to 15 bytes behind the value are read: the pool is reserved far beyond its last value. */
static void note(struct places *p, const struct value *a, int n, const struct value *b, int m)
{
    (void)b, (void)m;
    p->parts = (n + 15) / 16;
    p->there = n >= MOST ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
    for (int i = 0; i < p->parts; i++)
        p->text[i] = _mm_loadu_si128((const __m128i *)(const void *)(a->text + 16 * i));
}

static inline uint64_t stands(const struct places *p, char byte)
{
    __m128i wanted = _mm_set1_epi8(byte);
    uint64_t at = (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(p->text[0], wanted));
    for (int i = 1; i < p->parts; i++)
        at |= (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(p->text[i], wanted)) << (16 * i);
    return at & p->there;
}
#else
struct places {
    uint64_t of[256];
};

static void note(struct places *p, const struct value *a, int n, const struct value *b, int m)
{
    for (int i = 0; i < m; i++)
        p->of[(uint8_t)b->text[i]] = 0;
    for (int i = 0; i < n; i++)
        p->of[(uint8_t)a->text[i]] = 0;
    for (int i = 0; i < n; i++)
        p->of[(uint8_t)a->text[i]] |= (uint64_t)1 << i;
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

/* Jaro as a fraction: *over / (3 a b m), and 0 when nothing matches. */
static int64_t jaro(const struct value *a, int n, const struct value *b, int m, int64_t *over)
{
    struct places p;
    int longer = n > m ? n : m, reach = longer / 2 - 1 > 0 ? longer / 2 - 1 : 0;
    uint64_t of_a = 0, of_b = 0;
    note(&p, a, n, b, m);
    for (int i = 0; i < m; i++) {
        uint64_t free = stands(&p, b->text[i]) & window(i, reach) & ~of_a;
        of_a |= free & -free;
        of_b |= (uint64_t)(free != 0) << i;
    }
    int64_t same = __builtin_popcountll(of_a), moved = 0;
    if (!same)
        return 0;
    for (uint64_t x = of_a, y = of_b; x; x &= x - 1, y &= y - 1)
        moved += a->text[__builtin_ctzll(x)] != b->text[__builtin_ctzll(y)];
    *over = same * same * m + same * same * n + (same - moved / 2) * n * m;
    return 3 * (int64_t)n * m * same;
}

/* The most that Jaro can be when only `common` of the shorter's bytes can match. */
static bool may_reach(const struct value *a, int n, const struct value *b, int m, int thousandths)
{
    int64_t shorter = n < m ? n : m;
    const struct value *x = n < m ? a : b, *y = n < m ? b : a;
    int64_t common = 0;
    for (int i = 0; i < shorter; i++)
        common += y->letters >> (x->text[i] & 31) & 1;
    if (!common)
        return false;
    int64_t under = 3 * (int64_t)n * m, over = common * (n + m) + (int64_t)n * m;
    int prefix = 0;
    while (prefix < PREFIX && prefix < shorter && a->text[prefix] == b->text[prefix])
        prefix++;
    return 100 * (over * (10 - prefix) + prefix * under) >= thousandths * under;
}

int jaro_winkler_reaches(const struct value *a, const struct value *b, const int *thousandths, int count)
{
    int n = length(a), m = length(b), prefix = 0, reached = 0;
    int64_t over = 0;
    if (!may_reach(a, n, b, m, thousandths[0]))
        return 0;
    int64_t under = jaro(a, n, b, m, &over);
    if (!under)
        return 0;
    if (10 * over > 7 * under)
        while (prefix < PREFIX && prefix < n && prefix < m && a->text[prefix] == b->text[prefix])
            prefix++;
    while (reached < count && 100 * (over * (10 - prefix) + prefix * under) >= thousandths[reached] * under)
        reached++;
    return reached;
}

/* Hyyro 2003: a column of the table in the bits of two words. */
int edit_distance(const struct value *a, const struct value *b, int limit)
{
    int n = length(a), m = length(b), distance = n;
    if (n - m > limit || m - n > limit)
        return limit + 1;
    if (!n)
        return m;
    /* Each edit can bring in one kind of letter, and take one away. */
    if (__builtin_popcount(a->letters & ~b->letters) > limit || __builtin_popcount(b->letters & ~a->letters) > limit)
        return limit + 1;
    struct places p;
    note(&p, a, n, b, m);
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
    memcpy(v->text, word.at, (size_t)word.len);
    return v;
}
