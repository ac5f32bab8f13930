#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include "micro_made.h"
#include "lib/crypt/crypt.h"

/* The best attacker of what microdata measure: rows are made of that alone. */
enum { RUNS = 2000 };
static const uint64_t rho = 250000000;

/* Knows everybody but one, and that one's answers (Woman, 3, Z, 1), and sees all that was measured; rows are made of these alone. */
static uint16_t target[] = { 2, 2, 2, 1 }, *known[] = { target, target + 1, target + 2, target + 3 };

static double seen(double value, double without, double more, struct ratio v)
{
    return more * (value - without - more / 2) * (double)v.under / (double)v.over;
}

static void cells_of(const struct rows *rows, const struct micro *m, const struct micro_table *t, int64_t *cells)
{
    memset(cells, 0, CELLS * sizeof *cells);
    for (ptrdiff_t i = 0; i < rows->len; i++)
        cells[micro_cell(m, t, rows->codes, i)]++;
}

static double of_distance(const struct micro *m, const struct micro_table *p, const int64_t *cells)
{
    int64_t expected[CELLS];
    double sum = 0;
    micro_expect(m, p, expected);
    for (ptrdiff_t c = 0; c < p->cells; c++)
        sum += fabs((double)(cells[c] * DISTANCE_PARTS - expected[c]));
    return sum;
}

/* The likelihood ratio of all outputs: single columns, distances given these, and given both the pairs chosen, sets, columns once more. */
static double evidence(const struct micro *m, const struct rows *without)
{
    double sum = 0;
    for (int c = 0; c < m->columns; c++) {
        int64_t n = 0;
        for (ptrdiff_t i = 0; i < without->len; i++)
            n += without->codes[c][i] == target[c];
        sum += seen((double)m->one[c].noisy[target[c]], (double)n, 1, m->one[c].variance);
    }
    for (int i = 0; i < m->tables; i++) {
        const struct micro_table *t = &m->table[i];
        ptrdiff_t cell = micro_cell(m, t, known, 0);
        int64_t cells[CELLS];
        cells_of(without, m, t, cells);
        double away = i < m->pairs ? of_distance(m, t, cells) : 0, n = (double)cells[cell]++;
        if (i < m->pairs)
            sum += seen((double)t->distance, away, of_distance(m, t, cells) - away, m->choice);
        if (t->taken)
            sum += seen((double)t->noisy[cell], n, 1, t->variance);
    }
    return sum;
}

static int by_value(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

/* How often a release with the person looks more like it than one without. */
static double area(uint64_t budget)
{
    static double there[RUNS], away[RUNS];
    struct arena a = arena_reserve(64 << 20);
    struct codebook book = micro_book(&a, micro_open_book);
    struct rows without = micro_rows_of(&book, micro_people(&a, 60, "")), with = micro_rows_of(&book, micro_people(&a, 60, "Woman,3,Z,1\n"));
    double wins = 0;
    int taken = 0;
    for (uint64_t i = 0; i < RUNS; i++) {
        struct arena scratch = a;
        struct micro m;
        micro_measured(&scratch, &book, &micro_one_set, &with, budget, 10000 + i, &m);
        there[i] = evidence(&m, &without);
        taken += m.taken;
        micro_measured(&scratch, &book, &micro_one_set, &without, budget, 50000 + i, &m);
        away[i] = evidence(&m, &without);
    }
    rows_end(&without);
    rows_end(&with);
    assert_true(taken > RUNS); /* pairs are among what is seen */
    qsort(away, RUNS, sizeof *away, by_value);
    for (int i = 0; i < RUNS; i++) {
        int low = 0, high = RUNS;
        while (low < high)
            if (away[(low + high) / 2] < there[i])
                low = (low + high) / 2 + 1;
            else
                high = (low + high) / 2;
        wins += low;
    }
    return wins / ((double)RUNS * RUNS);
}

static void the_best_attacker_sees_no_more_than_was_paid(void **state)
{
    (void)state;
    double bound = 0.5 * erfc(-sqrt((double)rho / (double)NANO) / sqrt(2)), off = 4 * sqrt(bound * (1 - bound) / RUNS);
    double honest = area(rho), half = area(4 * rho); /* four times the budget is half the noise */
    /* Not much less either: an attack that sees nothing would not see a fault. */
    if (honest > bound + off || honest < bound - 0.06)
        fail_msg("area %.4f, bound %.4f", honest, bound);
    if (half <= bound + off)
        fail_msg("half the noise is not found: area %.4f, bound %.4f", half, bound);
}

static int set_up(void **state)
{
    (void)state;
    crypt_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_best_attacker_sees_no_more_than_was_paid) };
    return cmocka_run_group_tests_name("micro_attack", tests, set_up, NULL);
}
