#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include "figures/privacy/noise_seeded.h"

/* The seed is fixed, so nothing here comes out differently tomorrow. CHECK_FULL=1 repeats one law with 200 seeds. */
enum { CELLS = 4001, MIDDLE = 2000, DRAWS = 200000 };

static int64_t draw_gaussian(struct noise_source *s, struct ratio r)
{
    int64_t y;
    assert_int_equal(noise_gaussian(s, r, &y), OK);
    return y;
}
static int64_t draw_laplace(struct noise_source *s, struct ratio r)
{
    int64_t y;
    assert_int_equal(noise_laplace(s, r, &y), OK);
    return y;
}
static long double gaussian_weight(int64_t y, long double v)
{
    return expl(-(long double)(y * y) / (2 * v));
}
static long double laplace_weight(int64_t y, long double scale)
{
    return expl(-fabsl((long double)y) / scale);
}
/* Controls: samplers that are nearly right. */
static int64_t draw_wider(struct noise_source *s, struct ratio r)
{
    return draw_gaussian(s, (struct ratio){ r.over * 51, r.under * 50 });
}
static int64_t draw_minus_zero(struct noise_source *s, struct ratio r)
{
    int64_t y = draw_laplace(s, r);
    return y && noise_below(s, 40) == 0 ? 0 : y;
}

struct law {
    const char *name;
    int64_t (*draw)(struct noise_source *s, struct ratio r);
    long double (*weight)(int64_t y, long double r);
    struct ratio r;
};

/* How the draws lie beside the law. */
struct fit {
    long double z, mean, variance, exact_variance, zero, exact_zero; /* z: chi-square in units of its own deviation */
    int df;
};

static struct fit fit(const struct law *l, uint64_t seed, int draws)
{
    static int64_t seen[CELLS];
    static long double p[CELLS];
    struct noise_source s;
    struct fit f = { 0 };
    long double sum = 0, x2 = 0, rest = 1, rest_seen = draws;
    memset(seen, 0, sizeof seen);
    noise_seed(seed);
    noise_begin(&s, 0);
    for (int i = 0; i < draws; i++) {
        int64_t y = l->draw(&s, l->r);
        assert_in_range(y + MIDDLE, 0, CELLS - 1);
        seen[y + MIDDLE]++;
        f.mean += y;
        f.variance += (long double)(y * y);
    }
    noise_end(&s);
    for (int i = 0; i < CELLS; i++)
        sum += p[i] = l->weight(i - MIDDLE, (long double)l->r.over / (long double)l->r.under);
    for (int i = 0; i < CELLS; i++) {
        p[i] /= sum;
        f.exact_variance += p[i] * (i - MIDDLE) * (i - MIDDLE);
        if (p[i] * draws < 20)
            continue;
        x2 += (seen[i] - p[i] * draws) * (seen[i] - p[i] * draws) / (p[i] * draws);
        rest -= p[i];
        rest_seen -= seen[i];
        f.df++;
    }
    if (rest * draws >= 5) {
        x2 += (rest_seen - rest * draws) * (rest_seen - rest * draws) / (rest * draws);
        f.df++;
    }
    f.df--;
    f.z = (x2 - f.df) / sqrtl(2.0L * f.df);
    f.mean /= draws;
    f.variance = f.variance / draws - f.mean * f.mean;
    f.zero = (long double)seen[MIDDLE] / draws;
    f.exact_zero = p[MIDDLE];
    return f;
}

static bool fits(const struct fit *f, int draws)
{
    long double v = f->exact_variance, zero = sqrtl(f->exact_zero * (1 - f->exact_zero) / draws);
    /* The fourth moment of both laws lies below 6 v^2 + v: what a variance may stray is bounded by it. */
    return fabsl(f->z) < 4 && fabsl(f->mean) < 4 * sqrtl(v / draws) && fabsl(f->variance - v) < 4 * sqrtl((5 * v * v + v) / draws)
           && fabsl(f->zero - f->exact_zero) < 4 * zero;
}

static const struct law laws[] = {
    { "gaussian 100", draw_gaussian, gaussian_weight, { 100, 1 } },
    { "gaussian 1/4", draw_gaussian, gaussian_weight, { 1, 4 } },
    { "gaussian 2500", draw_gaussian, gaussian_weight, { 2500, 1 } },
    { "gaussian 50.63", draw_gaussian, gaussian_weight, { 12000000000, 237000000 } },
    { "laplace 5", draw_laplace, laplace_weight, { 5, 1 } },
    { "laplace 7/3", draw_laplace, laplace_weight, { 7, 3 } },
};

static void draws_follow_their_law(void **state)
{
    (void)state;
    for (ptrdiff_t i = 0; i < countof(laws); i++) {
        struct fit f = fit(&laws[i], 7, DRAWS);
        if (!fits(&f, DRAWS))
            fail_msg("%s: z %.2Lf on %d df, mean %.4Lf, variance %.4Lf of %.4Lf, P(0) %.5Lf of %.5Lf", laws[i].name, f.z, f.df, f.mean,
                     f.variance,
                     f.exact_variance, f.zero, f.exact_zero);
        assert_true(f.df >= 3);
    }
}

static void a_sampler_that_is_nearly_right_is_found(void **state)
{
    (void)state;
    struct law wider = { "wider", draw_wider, gaussian_weight, { 100, 1 } }, zero = { "zero", draw_minus_zero, laplace_weight, { 5, 1 } };
    struct fit f = fit(&wider, 7, DRAWS), g = fit(&zero, 7, DRAWS);
    assert_false(fits(&f, DRAWS));
    assert_false(fits(&g, DRAWS));
}

/* That 0 is drawn as often as it should be, though it has no sign: a million draws, ten with CHECK_FULL=1. */
static void nothing_has_no_sign(void **state)
{
    (void)state;
    struct noise_source s;
    const char *word = getenv("CHECK_FULL");
    int draws = word && !strcmp(word, "1") ? 10000000 : 1000000, none = 0, spoilt = 0;
    double q = exp(-1 / 5.0), p = (1 - q) / (1 + q), off = 4 * sqrt(p * (1 - p) / draws);
    noise_seed(13);
    noise_begin(&s, 0);
    for (int i = 0; i < draws; i++) {
        int64_t y = draw_laplace(&s, (struct ratio){ 5, 1 });
        none += y == 0;
        spoilt += y == 0 || (y == 1 && i % 32 == 0);
    }
    assert_true(fabs((double)none / draws - p) < off);
    assert_false(fabs((double)spoilt / draws - p) < off);
}

static void the_discrete_law_of_a_quarter_has_its_own_variance(void **state)
{
    (void)state;
    struct fit f = fit(&laws[1], 3, DRAWS);
    assert_true(fabsl(f.exact_variance - 0.21501L) < 0.00001L);
    assert_true(fabsl(f.variance - 0.21501L) < 0.003L);
}

/* Five of them; all with CHECK_FULL=1. */
static void two_hundred_fresh_seeds_stray_no_more_than_chance(void **state)
{
    (void)state;
    const char *word = getenv("CHECK_FULL");
    bool full = word && !strcmp(word, "1");
    uint64_t seeds = full ? 200 : 5;
    int beyond = 0;
    long double squares = 0;
    for (uint64_t i = 0; i < seeds; i++) {
        struct fit f = fit(&laws[0], 1000 + i, 100000);
        beyond += fabsl(f.mean) > 3.3L * sqrtl(f.exact_variance / 100000);
        beyond += f.z > 4.5L; /* chi-square leans to the right */
        squares += f.z * f.z;
    }
    assert_in_range(beyond, 0, full ? 3 : 0);
    if (full) {
        print_message("beyond: %d, root mean square of z: %.3Lf\n", beyond, sqrtl(squares / 200));
        assert_true(sqrtl(squares / 200) > 0.8L && sqrtl(squares / 200) < 1.2L);
    }
}

static void seed_one_gives_the_known_answers(void **state)
{
    (void)state;
    /* Computed once more from the same bytes by a second program, in Python with its own whole numbers. */
    static const int known[64] = {
        -6, -11, 8, 0, 5, 6, 8, 22, 3, -4, -3, -6, 9, -2, -3, 18,
        13, 1, -13, 7, -2, 3, 12, -4, -6, 4, -13, 2, 3, -24, -8, 6,
        -4, 7, -10, -19, 10, 5, 7, -2, -2, -17, -11, 1, 6, 13, -5, 7,
        6, 7, 12, -1, 14, 4, -1, -9, 4, -12, 21, -15, 2, 9, -5, -6,
    };
    struct noise_source s;
    noise_seed(1);
    noise_begin(&s, 0);
    for (int i = 0; i < 64; i++)
        assert_int_equal(draw_gaussian(&s, (struct ratio){ 100, 1 }), known[i]);
}

static void other_streams_and_seeds_give_other_noise_and_the_same_the_same(void **state)
{
    (void)state;
    int64_t drawn[4][1000];
    static const uint64_t seeds[] = { 1, 1, 1, 2 }, streams[] = { 0, 0, 1, 0 };
    for (int k = 0; k < 4; k++) {
        struct noise_source s;
        noise_seed(seeds[k]);
        noise_begin(&s, streams[k]);
        for (int i = 0; i < 1000; i++)
            drawn[k][i] = draw_gaussian(&s, (struct ratio){ 10000, 1 });
    }
    assert_memory_equal(drawn[0], drawn[1], sizeof *drawn);
    assert_memory_not_equal(drawn[0], drawn[2], sizeof *drawn);
    assert_memory_not_equal(drawn[0], drawn[3], sizeof *drawn);
}

static void a_coin_has_the_chance_of_its_exponent(void **state)
{
    (void)state;
    static const struct ratio x[] = { { 0, 1 }, { 1, 1 }, { 1, 3 }, { 7, 3 }, { 5, 1 } };
    struct noise_source s;
    noise_seed(5);
    noise_begin(&s, 0);
    for (ptrdiff_t k = 0; k < countof(x); k++) {
        long double p = expl(-(long double)x[k].over / (long double)x[k].under);
        int heads = 0;
        for (int i = 0; i < DRAWS; i++)
            heads += noise_coin(&s, x[k]);
        assert_true(fabsl((long double)heads / DRAWS - p) <= 4 * sqrtl(p * (1 - p) / DRAWS));
    }
    assert_false(noise_coin(&s, (struct ratio){ UINT64_MAX, 1 }));
}

static void bounded_numbers_have_no_favourite(void **state)
{
    (void)state;
    struct noise_source s;
    noise_seed(5);
    noise_begin(&s, 0);
    for (uint64_t n = 1; n < 20; n++) {
        int64_t seen[20] = { 0 };
        for (int i = 0; i < 20000; i++)
            seen[noise_below(&s, n)]++;
        double p = 1.0 / (double)n, off = 4 * sqrt(20000 * p * (1 - p));
        for (uint64_t i = 0; i < n; i++)
            assert_true(fabs((double)seen[i] - 20000 * p) <= off);
    }
    /* Where a remainder would favour the small half: of numbers below 3 * 2^62 a third lies below 2^62, not a half. */
    int small = 0;
    for (int i = 0; i < 20000; i++)
        small += noise_below(&s, (uint64_t)3 << 62 ? (uint64_t)3 << 62 : 1) < (uint64_t)1 << 62;
    assert_true(abs(small - 6667) < 4 * 67);
}

static void the_best_is_chosen_as_often_as_its_score_says(void **state)
{
    (void)state;
    static const int64_t score[] = { -3, 0, 2, 2, -900 };
    struct noise_source s;
    double p[5], sum = 0;
    int64_t seen[5] = { 0 };
    noise_seed(9);
    noise_begin(&s, 0);
    for (int i = 0; i < 5; i++)
        sum += p[i] = exp(0.5 * (double)score[i]);
    for (int i = 0; i < DRAWS; i++) {
        ptrdiff_t at;
        assert_int_equal(noise_choose(&s, score, 5, (struct ratio){ 1, 2 }, &at), OK);
        seen[at]++;
    }
    for (int i = 0; i < 5; i++)
        assert_true(fabs((double)seen[i] - DRAWS * p[i] / sum) <= 4 * sqrt(DRAWS * p[i] / sum));
    assert_int_equal(seen[4], 0);
}

static void what_would_not_fit_is_refused_before_it_is_drawn(void **state)
{
    (void)state;
    static const struct ratio good[] = { { 1, 4 }, { ((uint64_t)1 << 50) - 1, 1 }, { 12000000000, 237000000 },
                                         { 1, ((uint64_t)1 << 51) - 1 } };
    static const struct ratio bad[] = { { 0, 1 }, { 1, 0 }, { UINT64_MAX, 1 }, { 1, UINT64_MAX }, { (uint64_t)1 << 51, 1 },
                                        { UINT64_MAX, UINT64_MAX } };
    static const int64_t far[] = { INT64_MIN, INT64_MAX };
    struct noise_source s;
    int64_t y;
    ptrdiff_t at;
    noise_seed(1);
    noise_begin(&s, 0);
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        assert_false(noise_gaussian_fits(bad[i]));
        assert_int_equal(noise_gaussian(&s, bad[i], &y), LIMIT);
    }
    for (ptrdiff_t i = 0; i < countof(good); i++)
        for (int k = 0; k < 100; k++)
            assert_int_equal(noise_gaussian(&s, good[i], &y), OK);
    assert_int_equal(noise_laplace(&s, (struct ratio){ 0, 1 }, &y), LIMIT);
    assert_int_equal(noise_laplace(&s, (struct ratio){ (uint64_t)1 << 41, 1 }, &y), LIMIT);
    assert_int_equal(noise_laplace(&s, (struct ratio){ 1, (uint64_t)1 << 41 }, &y), LIMIT);
    assert_int_equal(noise_choose(&s, far, 0, (struct ratio){ 1, 1 }, &at), LIMIT);
    assert_int_equal(noise_choose(&s, far, 2, (struct ratio){ 2, 1 }, &at), LIMIT);
    assert_int_equal(noise_choose(&s, far, 2, (struct ratio){ 1, 1 }, &at), OK);
    assert_int_equal(at, 1);
}

static void what_was_taken_is_wiped(void **state)
{
    (void)state;
    struct noise_source s;
    static const uint8_t zero[sizeof s];
    noise_seed(1);
    noise_begin(&s, 0);
    for (int i = 0; i < 100; i++)
        draw_gaussian(&s, (struct ratio){ 100, 1 });
    assert_in_range(s.left, 1, NOISE_BLOCK - 1);
    assert_memory_equal(s.block, zero, (size_t)(NOISE_BLOCK - s.left));
    assert_memory_not_equal(s.block + NOISE_BLOCK - s.left, zero, (size_t)s.left);
    noise_end(&s);
    assert_memory_equal(&s, zero, sizeof s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_follow_their_law),
        cmocka_unit_test(a_sampler_that_is_nearly_right_is_found),
        cmocka_unit_test(nothing_has_no_sign),
        cmocka_unit_test(the_discrete_law_of_a_quarter_has_its_own_variance),
        cmocka_unit_test(two_hundred_fresh_seeds_stray_no_more_than_chance),
        cmocka_unit_test(seed_one_gives_the_known_answers),
        cmocka_unit_test(other_streams_and_seeds_give_other_noise_and_the_same_the_same),
        cmocka_unit_test(a_coin_has_the_chance_of_its_exponent),
        cmocka_unit_test(bounded_numbers_have_no_favourite),
        cmocka_unit_test(the_best_is_chosen_as_often_as_its_score_says),
        cmocka_unit_test(what_would_not_fit_is_refused_before_it_is_drawn),
        cmocka_unit_test(what_was_taken_is_wiped),
    };
    return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
