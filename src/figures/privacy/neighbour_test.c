#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <unistd.h>
#include "figures/privacy/noise_seeded.h"
#include "figures/privacy/tables.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

/*
 * The attacker of the definition knows everybody in the data but one, knows that one's every answer, sees the raw tables, and asks
 * whether the person is in them. The best statistic there is (the likelihood ratio) is computed over many releases of both worlds; how well
 * it tells them apart is known in advance, and each way to get the mechanism wrong must show.
 */
enum { RUNS = 20000, MUTANT_RUNS = 4000, TABLES = 3 };
static struct arena space;
static char path[64];
static struct codebook book;
static const uint64_t rho = 250000000;

static const char without[] = "case,sex,age,place\nb,Man,1,X\nb,Man,1,X\nc,Man,2,Y\nd,Woman,2,X\n";
/* Once more than the bound: what is beyond it must not count. */
static const char with[] = "case,sex,age,place\nb,Man,1,X\nb,Man,1,X\nc,Man,2,Y\nd,Woman,2,X\na,Woman,1,Y\na,Woman,1,Y\na,Woman,1,Y\n";

/* How a mechanism may be wrong. */
struct mutant {
    uint64_t noise_less;   /* the variance is divided by it; 1 is right */
    int64_t most;          /* counted of a person; 1 is right */
    bool seed_again;       /* every release draws the same */
};

static struct rows rows_of(const char *text)
{
    struct said said = { 0 };
    struct rows rows;
    must(file_replace(path, str_of(text)) == OK);
    if (!rows_read(&book, path, lit("case"), lit("all"), &rows, &said))
        fail_msg("%s", said.at);
    return rows;
}

static struct tables_spec spec_of(struct arena *a)
{
    struct said said = { 0 };
    struct tables_spec t;
    static const char text[] = "{\"person\": \"case\", \"tables\": [{\"name\": \"x\", \"columns\": [\"sex\", \"age\"]}, {\"name\": \"y\", "
                               "\"columns\": [\"sex\", \"place\"]}, {\"name\": \"z\", \"columns\": [\"age\", \"place\"]}]}";
    if (!tables_read(a, "T.json", lit(text), &book, &t, &said) || !tables_plan(&t, rho, &said))
        fail_msg("%s", said.at);
    return t;
}

/* The statistic of one release: the cells that the person would add to. Woman is 1 of sex, "1" is 0 of age, Y is 1 of place. */
static double ratio_of(const struct tables_spec *t, int64_t *const *got)
{
    static const ptrdiff_t cell[TABLES] = { 2, 3, 1 };
    double sum = 0;
    for (int i = 0; i < TABLES; i++)
        sum += (double)got[i][cell[i]] * (double)t->at[i].variance.under / (double)t->at[i].variance.over;
    return sum;
}

static void release_often(const struct tables_spec *honest, const char *text, uint64_t seed, const struct mutant *m, int runs, double *to)
{
    struct arena a = arena_reserve(1 << 20);
    struct table_spec at[TABLES];
    struct tables_spec t = *honest;
    struct rows rows = rows_of(text);
    int64_t *got[TABLES];
    t.at = memcpy(at, honest->at, sizeof at);
    for (int i = 0; i < TABLES; i++) {
        at[i].variance.under *= m->noise_less;
        at[i].most = m->most;
        got[i] = arena_new(&a, int64_t, at[i].cells);
    }
    for (int run = 0; run < runs; run++) {
        struct release r = { .rho = rho * m->noise_less };
        noise_seed(m->seed_again ? 1 : seed + (uint64_t)run);
        noise_begin(&r.source, 0);
        tables_measure(&r, &rows, &t, got);
        to[run] = ratio_of(honest, got);
    }
    rows_end(&rows);
}

struct seen {
    double value;
    bool there;
};
static int by_value(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return a->value < b->value ? -1 : a->value > b->value;
}

/* The area under the curve: how often a release with the person looks more like it than one without; half for a tie. */
static double area(const struct mutant *m, int runs)
{
    struct arena a = space;
    static double there[RUNS], away[RUNS];
    static struct seen all[2 * RUNS];
    double sum = 0, below = 0;
    struct tables_spec t = spec_of(&a);
    release_often(&t, with, 1000000, m, runs, there);
    release_often(&t, without, 2000000, m, runs, away);
    for (int i = 0; i < runs; i++) {
        all[2 * i] = (struct seen){ there[i], true };
        all[2 * i + 1] = (struct seen){ away[i], false };
    }
    qsort(all, (size_t)(2 * runs), sizeof *all, by_value);
    for (ptrdiff_t from = 0, to; from < 2 * runs; from = to) {
        double tied[2] = { 0 };
        for (to = from; to < 2 * runs && all[to].value <= all[from].value; to++)
            tied[all[to].there]++;
        sum += tied[1] * (below + tied[0] / 2);
        below += tied[0];
    }
    return sum / ((double)runs * runs);
}

/* Of two normal laws of equal width whose means lie the root of 2 rho of their deviations apart. */
static double bound(void)
{
    return 0.5 * erfc(-sqrt((double)rho / (double)NANO) / sqrt(2));
}

static bool private_enough(double got, int runs)
{
    double off = 4 * sqrt(bound() * (1 - bound()) / runs);
    return got <= bound() + off;
}

static void the_best_attacker_sees_what_the_budget_allows_and_no_more(void **state)
{
    (void)state;
    static const struct mutant honest = { 1, 1, false };
    double got = area(&honest, RUNS);
    assert_true(fabs(bound() - 0.692) < 0.001);
    /* Not less either: an attack that sees nothing would not see a fault. */
    if (!private_enough(got, RUNS) || got < bound() - 0.02)
        fail_msg("area %.4f, bound %.4f", got, bound());
}

static void noise_of_half_the_width_is_found(void **state)
{
    (void)state;
    static const struct mutant half = { 4, 1, false };
    double got = area(&half, MUTANT_RUNS);
    assert_false(private_enough(got, MUTANT_RUNS));
    assert_true(fabs(got - 0.841) < 0.02);
}

static void a_bound_that_is_skipped_is_found(void **state)
{
    (void)state;
    static const struct mutant boundless = { 1, 1000, false };
    assert_false(private_enough(area(&boundless, MUTANT_RUNS), MUTANT_RUNS));
}

static void noise_that_is_drawn_twice_is_found(void **state)
{
    (void)state;
    static const struct mutant again = { 1, 1, true };
    assert_true(area(&again, MUTANT_RUNS) > 0.999);
}

static void a_domain_out_of_the_data_is_found(void **state)
{
    (void)state;
    struct arena a = space;
    struct said said = { 0 };
    str there, away;
    assert_true(codebook_draft(&a, "d.csv", lit("sex\nMan\nWoman\n"), &there, &said));
    assert_true(codebook_draft(&a, "d.csv", lit("sex\nMan\n"), &away, &said));
    assert_false(str_equal(there, away));
    /* That is why such a codebook is refused until a person has answered for it. */
    struct codebook c;
    assert_false(codebook_read(&a, "C.json", there, &c, &said));
    /* A codebook of this kind does not move with the data: a row with a new code is refused, and no cell appears. */
    struct rows rows;
    said = (struct said){ 0 };
    must(file_replace(path, lit("case,sex,age,place\nz,Robot,1,X\n")) == OK);
    assert_false(rows_read(&book, path, lit("case"), lit("all"), &rows, &said));
}

/* Nothing of a count is left in the low bits: even is as frequent as odd, and so is each rest by three, whatever the count. */
static void low_bits_tell_nothing(void **state)
{
    (void)state;
    struct noise_source s;
    enum { DRAWS = 100000 };
    noise_seed(77);
    noise_begin(&s, 0);
    for (int64_t count = 0; count < 2; count++) {
        int even = 0, thirds[3] = { 0 };
        for (int i = 0; i < DRAWS; i++) {
            int64_t y;
            assert_int_equal(noise_gaussian(&s, (struct ratio){ 6, 1 }, &y), OK);
            y += count + 300;
            even += y % 2 == 0;
            thirds[y % 3]++;
        }
        /* So many standard errors: p > 1e-4. */
        const double most = 3.89;
        assert_true(fabs(even - DRAWS / 2.0) < most * sqrt(DRAWS / 4.0));
        for (int k = 0; k < 3; k++)
            assert_true(fabs(thirds[k] - DRAWS / 3.0) < most * sqrt(DRAWS * 2 / 9.0));
    }
}

static int set_up(void **state)
{
    (void)state;
    struct said said = { 0 };
    static const char text[] = "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"ignored\": [\"case\"], \"columns\": "
        "[{\"name\": \"sex\", \"codes\": "
                               "[\"Man\", \"Woman\"]}, {\"name\": \"age\", \"codes\": [\"1\", \"2\"]}, {\"name\": \"place\", \"codes\": "
                                   "[\"X\", \"Y\"]}]}";
    crypt_start();
    space = arena_reserve(4 << 20);
    static struct arena of_book;
    of_book = arena_reserve(1 << 20);
    snprintf(path, sizeof path, "/tmp/neighbour_test.XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd) || !codebook_read(&of_book, "C.json", lit(text), &book, &said);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_attacker_sees_what_the_budget_allows_and_no_more),
        cmocka_unit_test(noise_of_half_the_width_is_found),
        cmocka_unit_test(a_bound_that_is_skipped_is_found),
        cmocka_unit_test(noise_that_is_drawn_twice_is_found),
        cmocka_unit_test(a_domain_out_of_the_data_is_found),
        cmocka_unit_test(low_bits_tell_nothing),
    };
    return cmocka_run_group_tests_name("neighbour", tests, set_up, tear_down);
}
