#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include "figures/privacy/micro.h"
#include "figures/privacy/noise_seeded.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

/*
 * Attacks on microdata by who sees the rows alone, on seeded invented people: was this person among the data, and what did the data say of
 * them? And the mutants of the mechanism that the best attacker must find. Each has a control in which the same attack succeeds.
 */
enum { COLUMNS = 10, CODES = 5, PEOPLE = 2500, TARGETS = 500, SECRET = COLUMNS - 1, RUNS = 400, FEW = 60 };
static const uint64_t rho = 250000000;
static char path[64];
static struct codebook book;
static struct arena space;
static const struct micro_workload no_sets;

/* Ten answers of a person, four bits each. */
typedef uint64_t packed;

static int code_of(packed p, int c)
{
    return (int)(p >> (4 * c) & 15);
}

static int differ(packed x, packed y)
{
    uint64_t d = x ^ y;
    d |= d >> 2;
    d |= d >> 1;
    return __builtin_popcountll(d & 0x1111111111u);
}

/* Of three kinds of people; answers go with the kind, and some are rare. */
static packed somebody(struct chance *c)
{
    uint8_t d[2 * COLUMNS + 1];
    packed p = 0;
    c->fill(c, d, sizeof d);
    int kind = d[2 * COLUMNS] % 3;
    for (int i = 0; i < COLUMNS; i++) {
        int any = d[2 * i] < 100 ? 0 : d[2 * i] < 170 ? 1 : d[2 * i] < 220 ? 2 : d[2 * i] < 245 ? 3 : 4;
        p |= (packed)(d[2 * i + 1] < 120 ? (kind + i) % 3 : any) << (4 * i);
    }
    return p;
}

static void people_of(packed *to, int n, uint64_t seed)
{
    struct chance c = chance_seeded(seed);
    for (int i = 0; i < n; i++)
        to[i] = somebody(&c);
}

static struct rows rows_of(const packed *p, int n)
{
    struct arena a = space;
    struct out o = { .arena = &a };
    struct said said = { 0 };
    struct rows rows;
    for (int c = 0; c < COLUMNS; c++) {
        char name[] = { 'c', (char)('0' + c), c + 1 < COLUMNS ? ',' : '\n' };
        out_str(&o, (str){ name, 3 });
    }
    for (int i = 0; i < n; i++)
        for (int c = 0; c < COLUMNS; c++) {
            char cell[] = { (char)('0' + code_of(p[i], c)), c + 1 < COLUMNS ? ',' : '\n' };
            out_str(&o, (str){ cell, 2 });
        }
    must(file_replace(path, out_view(&o)) == OK);
    if (!rows_read(&book, path, (str){ 0 }, lit("all"), &rows, &said))
        fail_msg("%s", said.at);
    return rows;
}

static void measure(struct arena *a, const struct rows *rows, uint64_t budget, uint64_t seed, struct micro *m)
{
    struct said said = { 0 };
    struct release r = { .rho = budget };
    if (!micro_plan(a, &book, &no_sets, budget, 1.5, m, &said))
        fail_msg("%s", said.at);
    noise_seed(seed);
    noise_begin(&r.source, 0);
    micro_measure(&r, rows, m, a);
    release_end(&r);
}

/* The rows that are published of these people; how many. */
static int publish(const packed *p, int n, uint64_t budget, uint64_t seed, packed *to, int most)
{
    struct arena a = space;
    struct micro m;
    struct micro_rows made;
    struct rows rows = rows_of(p, n);
    measure(&a, &rows, budget, seed, &m);
    rows_end(&rows);
    micro_fit(&m, &a);
    micro_make(&m, &a, NULL, &made);
    int len = made.len < most ? (int)made.len : most;
    for (int i = 0; i < len; i++) {
        to[i] = 0;
        for (int c = 0; c < COLUMNS; c++)
            to[i] |= (packed)made.codes[c][i] << (4 * c);
    }
    return len;
}

/* ---- what somebody looks for ---- */

/* Records that nobody else has, from the front; returns how many, at most TARGETS. They are put in front. */
static int unique_ones(packed *p, int n)
{
    int found = 0;
    for (int i = 0; i < n && found < TARGETS; i++) {
        int same = 0;
        for (int j = 0; j < n; j++)
            same += p[j] == p[i];
        if (same == 1) {
            packed t = p[i];
            p[i] = p[found];
            p[found++] = t;
        }
    }
    return found;
}

static double weights[COLUMNS + 1];

/* How dense rows are around a record: those that differ in few answers count most. */
static double density(packed x, const packed *rows, int n)
{
    double sum = 1e-9;
    for (int i = 0; i < n; i++)
        sum += weights[differ(x, rows[i])];
    return sum / n;
}

static int nearest(packed x, const packed *rows, int n)
{
    int least = COLUMNS;
    for (int i = 0; i < n; i++) {
        int d = differ(x, rows[i]);
        least = d < least ? d : least;
    }
    return least;
}

/* What the rows next to a person say of the answer that is not known. */
static int guessed(packed x, const packed *rows, int n)
{
    double votes[CODES] = { 0 };
    packed mask = ((packed)15) << (4 * SECRET);
    int best = 0;
    for (int i = 0; i < n; i++)
        votes[code_of(rows[i], SECRET)] += weights[differ(x & ~mask, rows[i] & ~mask)];
    for (int c = 1; c < CODES; c++)
        best = votes[c] > votes[best] ? c : best;
    return best;
}

static int by_value(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

/* How often one of there is above one of away; half for a tie. Sorts away. */
static double area(const double *there, double *away, int n)
{
    double wins = 0;
    qsort(away, (size_t)n, sizeof *away, by_value);
    for (int i = 0; i < n; i++) {
        int low = 0, high = n, from;
        while (low < high)
            if (away[(low + high) / 2] < there[i])
                low = (low + high) / 2 + 1;
            else
                high = (low + high) / 2;
        from = low;
        for (high = n; low < high;)
            if (away[(low + high) / 2] <= there[i])
                low = (low + high) / 2 + 1;
            else
                high = (low + high) / 2;
        wins += from + (low - from) / 2.0;
    }
    return wins / ((double)n * n);
}

static double bound_of(uint64_t budget)
{
    return 0.5 * erfc(-sqrt((double)budget / (double)NANO) / sqrt(2));
}

/* ---- black boxes ---- */

/* Sums over several releases. */
struct tried {
    double nearest, density;          /* areas */
    int right, right_without;         /* answers that were guessed, with the person in the data and without */
    int gained, lost;                 /* guessed with and not without, and the other way round */
    int copied, copied_without;       /* records that stand among the rows */
    int targets, releases;
};

static packed data[PEOPLE], others[PEOPLE], reference[PEOPLE], public_rows[2 * PEOPLE], public_without[2 * PEOPLE];

static void attack(const packed *rows, int n, const packed *rows_without, int without, int targets, struct tried *t)
{
    static double near[2][TARGETS], dense[2][TARGETS];
    for (int i = 0; i < targets; i++) {
        const packed x[2] = { data[i], others[i] };
        for (int k = 0; k < 2; k++) {
            near[k][i] = -nearest(x[k], rows, n);
            dense[k][i] = density(x[k], rows, n) / density(x[k], reference, PEOPLE);
        }
        bool here = guessed(x[0], rows, n) == code_of(x[0], SECRET);
        bool there = guessed(x[0], rows_without, without) == code_of(x[0], SECRET);
        t->right += here;
        t->right_without += there;
        t->gained += here && !there;
        t->lost += there && !here;
        t->copied += near[0][i] >= 0;
        t->copied_without += nearest(x[0], rows_without, without) == 0;
    }
    t->nearest += area(near[0], near[1], targets);
    t->density += area(dense[0], dense[1], targets);
    t->targets += targets;
    t->releases++;
}

/* Data with the targets in front, and the same data with others of the same law in the place of the targets. */
static void try_once(uint64_t seed, bool naked, struct tried *t)
{
    static packed changed[PEOPLE];
    people_of(data, PEOPLE, 3 * seed);
    people_of(others, PEOPLE, 3 * seed + 1);
    people_of(reference, PEOPLE, 3 * seed + 2);
    int targets = unique_ones(data, PEOPLE), away = unique_ones(others, PEOPLE);
    assert_true(targets == TARGETS && away == TARGETS);
    memcpy(changed, data, sizeof changed);
    memcpy(changed, others + TARGETS, TARGETS * sizeof *changed);
    if (naked) {
        attack(data, PEOPLE, changed, PEOPLE, TARGETS, t);
        return;
    }
    int n = publish(data, PEOPLE, rho, 40000 + seed, public_rows, countof(public_rows));
    int without = publish(changed, PEOPLE, rho, 60000 + seed, public_without, countof(public_without));
    attack(public_rows, n, public_without, without, TARGETS, t);
}

static struct tried tried, naked;

static int releases(void)
{
    const char *full = getenv("CHECK_FULL");
    return full && *full == '1' ? 60 : 3;
}

static void make_attacks(void **state)
{
    (void)state;
    for (int i = 0; i <= COLUMNS; i++)
        weights[i] = pow(0.2, i);
    for (int i = 0; i < releases(); i++)
        try_once((uint64_t)i + 1, false, &tried);
    try_once(1, true, &naked);
    assert_int_equal(tried.targets, releases() * TARGETS);
}

/* Near rows, and rows denser than people are: neither tells who was in the data. */
static void rows_do_not_tell_who_was_there(void **state)
{
    (void)state;
    double near = tried.nearest / tried.releases, dense = tried.density / tried.releases;
    print_message("attack: membership by rows, %d releases: nearest row %.4f, density ratio %.4f; by the data themselves %.4f, %.4f\n",
                  tried.releases, near, dense, naked.nearest, naked.density);
    assert_true(near <= 0.55 && dense <= 0.55 && near <= bound_of(rho) && dense <= bound_of(rho));
    assert_true(naked.nearest > 0.85 && naked.density > 0.85);
}

/* An answer of a unique person is guessed as well from rows of which that person was no part. */
static void rows_do_not_tell_an_answer(void **state)
{
    (void)state;
    double n = tried.targets, gain = 100 * (tried.gained - tried.lost) / n;
    double half = 196 * sqrt((tried.gained + tried.lost) / n - (gain / 100) * (gain / 100)) / sqrt(n);
    print_message("attack: attribute of %d unique people: right %.2f %%, without them %.2f %%: gain %.2f points, +- %.2f; by the data "
                  "themselves %.2f\n",
                  tried.targets, 100 * tried.right / n, 100 * tried.right_without / n, gain, half,
                  100.0 * (naked.gained - naked.lost) / naked.targets);
    /* The whole interval lies within the point when there are enough people; of few the interval must reach into it. */
    assert_true(releases() > 5 ? gain + half <= 1 : gain - half <= 1 && gain < 3);
    assert_true(100.0 * (naked.gained - naked.lost) / naked.targets > 5);
}

/* A row that is the record of a unique person stands there as often when that person is not in the data. */
static void rows_do_not_hold_records(void **state)
{
    (void)state;
    double n = tried.targets, with = 100 * tried.copied / n, without = 100 * tried.copied_without / n;
    print_message("attack: linkage: unique records that stand among the rows: %.2f %%, without them in the data %.2f %%\n", with, without);
    assert_true(with - without <= 1 + 2 * 100 * sqrt((tried.copied + tried.copied_without + 1) / (n * n)));
    assert_int_equal(naked.copied, naked.targets);
    assert_true(naked.copied_without < naked.targets / 2);
}

/* ---- mutants ---- */

struct mutant {
    int times;       /* the person stands in so many rows; 1 is right, for the bound is a row */
    bool seed_again; /* every release draws the same */
};

/* The likelihood ratio of the single columns, the chosen pairs and the sets. */
static double evidence(const struct micro *m, const packed *without, int n, packed x)
{
    double sum = 0;
    for (int c = 0; c < m->columns; c++) {
        int same = 0;
        for (int i = 0; i < n; i++)
            same += code_of(without[i], c) == code_of(x, c);
        sum += ((double)(m->one[c].noisy[code_of(x, c)] - same) - 0.5) * (double)m->one[c].variance.under / (double)m->one[c].variance.over;
    }
    for (int i = 0; i < m->pairs + m->sets; i++) {
        const struct micro_table *p = &m->table[i];
        packed asked = 0; /* the bits of its columns */
        ptrdiff_t cell = 0;
        int same = 0;
        if (!p->taken)
            continue;
        for (int c = 0; c < p->columns; c++) {
            asked |= (packed)15 << (4 * p->column[c]);
            cell = cell * m->one[p->column[c]].size + code_of(x, p->column[c]);
        }
        for (int k = 0; k < n; k++)
            same += ((without[k] ^ x) & asked) == 0;
        sum += ((double)(p->noisy[cell] - same) - 0.5) * (double)p->variance.under / (double)p->variance.over;
    }
    return sum;
}

static double area_of(struct mutant wrong)
{
    static double there[RUNS], away[RUNS];
    packed few[FEW + 2];
    people_of(few, FEW, 5);
    packed x = few[FEW] = few[FEW + 1] = 0x4444444444u;
    struct rows without = rows_of(few, FEW), with = rows_of(few, FEW + wrong.times);
    for (uint64_t i = 0; i < RUNS; i++) {
        struct arena a = space;
        struct micro m;
        measure(&a, &with, rho, wrong.seed_again ? 1 : 2 * i + 10, &m);
        there[i] = evidence(&m, few, FEW, x);
        a = space;
        measure(&a, &without, rho, wrong.seed_again ? 1 : 2 * i + 11, &m);
        away[i] = evidence(&m, few, FEW, x);
    }
    rows_end(&with);
    rows_end(&without);
    return area(there, away, RUNS);
}

static void wrong_mechanisms_of_microdata_are_found(void **state)
{
    (void)state;
    double off = 4 * sqrt(bound_of(rho) * (1 - bound_of(rho)) / RUNS);
    double honest = area_of((struct mutant){ 1, false }), twice = area_of((struct mutant){ 2, false });
    double again = area_of((struct mutant){ 1, true });
    print_message("attack: mutants of microdata: honest %.3f of %.3f; two rows of one person %.3f; one seed for all %.3f\n", honest,
                  bound_of(rho), twice, again);
    assert_true(honest <= bound_of(rho) + off && honest > 0.55);
    /* Told apart each time, whichever of the two looks more like it. */
    assert_true(twice > bound_of(rho) + off && fabs(again - 0.5) > 0.499);
}

/* Noise on those cells alone in which somebody is: the first one who has a code is seen at once. */
static void cells_that_are_spared_when_empty_are_found(void **state)
{
    (void)state;
    packed few[FEW + 1];
    int honest = 0, spared = 0;
    people_of(few, FEW, 5);
    for (int i = 0; i < FEW; i++) /* nobody else has the last code of the first column */
        few[i] = (few[i] & 15) == CODES - 1 ? few[i] - 1 : few[i];
    few[FEW] = 0x4444444444u;
    struct rows without = rows_of(few, FEW), with = rows_of(few, FEW + 1);
    for (uint64_t i = 0; i < RUNS; i++)
        for (int there = 0; there < 2; there++) {
            struct arena a = space;
            struct micro m;
            measure(&a, there ? &with : &without, rho, 2 * i + (uint64_t)there, &m);
            int64_t seen = m.one[0].noisy[CODES - 1];
            honest += there == (seen != 0);
            spared += there == ((there ? seen : 0) != 0);
        }
    rows_end(&with);
    rows_end(&without);
    assert_true(honest < RUNS * 1.2 && spared > RUNS * 1.8);
}

/* A codebook out of the data has one code more with the person: so a draft is no codebook until somebody answers for it. */
static void a_domain_out_of_the_data_is_found(void **state)
{
    (void)state;
    struct arena a = space;
    struct said said = { 0 };
    struct micro with, without;
    str drafts[2];
    assert_true(codebook_draft(&a, "d.csv", lit("x,y\n1,1\n2,1\n9,1\n"), &drafts[0], &said));
    assert_true(codebook_draft(&a, "d.csv", lit("x,y\n1,1\n2,1\n"), &drafts[1], &said));
    for (int i = 0; i < 2; i++) {
        struct codebook *c = arena_new(&a, struct codebook, 1);
        assert_false(codebook_read(&a, "C.json", drafts[i], c, &said));
        assert_non_null(strstr(said.at, "confirmed"));
        said = (struct said){ 0 };
        /* Had it been taken as it is: another number of cells, whatever the noise. */
        char *text = str_c(&a, drafts[i]), *blank = strstr(text, "\"confirmed\": \"\"");
        assert_non_null(blank);
        str whole = str_join(&a, str_part(drafts[i], 0, blank - text), str_join(&a, lit("\"confirmed\": \"x\""), str_of(blank + 15)));
        if (!codebook_read(&a, "C.json", whole, c, &said) || !micro_plan(&a, c, &no_sets, rho, 1.5, i ? &without : &with, &said))
            fail_msg("%s", said.at);
    }
    assert_true(with.one[0].size == without.one[0].size + 1);
}

static int set_up(void **state)
{
    (void)state;
    struct said said = { 0 };
    static struct arena kept;
    crypt_start();
    space = arena_reserve(256 << 20);
    kept = arena_reserve(1 << 20);
    struct out o = { .arena = &kept };
    out_str(&o, lit("{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"columns\": ["));
    for (int c = 0; c < COLUMNS; c++) {
        char text[100];
        int len = snprintf(text, sizeof text, "%s{\"name\": \"c%d\", \"codes\": [\"0\", \"1\", \"2\", \"3\", \"4\"]}", c ? ", " : "", c);
        out_str(&o, (str){ text, len });
    }
    out_str(&o, lit("]}"));
    snprintf(path, sizeof path, "/tmp/attack_micro_test.XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) || !codebook_read(&kept, "C.json", out_view(&o), &book, &said))
        fail_msg("%s", said.at);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(make_attacks),
        cmocka_unit_test(rows_do_not_tell_who_was_there),
        cmocka_unit_test(rows_do_not_tell_an_answer),
        cmocka_unit_test(rows_do_not_hold_records),
        cmocka_unit_test(wrong_mechanisms_of_microdata_are_found),
        cmocka_unit_test(cells_that_are_spared_when_empty_are_found),
        cmocka_unit_test(a_domain_out_of_the_data_is_found),
    };
    return cmocka_run_group_tests_name("attack_micro", tests, set_up, tear_down);
}
