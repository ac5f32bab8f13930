#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <unistd.h>
#include "micro_made.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

/* The method itself, on small data with seeded noise: what comes out. micro_attack_test.c has what can be seen in it. */
enum { PEOPLE = 4000 };
#ifdef __x86_64__
enum { X86 = true };
#else
enum { X86 = false };
#endif
static char path[64];
static const uint64_t rho = 250000000;

/* A whole release as text, and its rows. The records are gone before anything is fitted. */
static str made_sets(struct arena *a, const struct codebook *book, const struct micro_workload *w, str data, uint64_t budget, uint64_t seed,
                     struct micro_rows *out)
{
    static const int order[] = { 0, 1, 2, 3 };
    struct micro m;
    struct rows rows = micro_rows_of(book, data);
    micro_measured(a, book, w, &rows, budget, seed, &m);
    rows_end(&rows);
    micro_fit(&m, a);
    micro_make(&m, a, NULL, out);
    str all = str_join(a, micro_csv(a, book, out, order, 4), micro_ones_csv(a, &m));
    all = str_join(a, all, str_join(a, micro_pairs_csv(a, &m), micro_sets_csv(a, &m)));
    return str_join(a, all, micro_tables_csv(a, &m));
}

static str made(struct arena *a, const struct codebook *book, str data, uint64_t budget, uint64_t seed, struct micro_rows *out)
{
    return made_sets(a, book, &micro_no_sets, data, budget, seed, out);
}

static void one_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    struct arena a = arena_reserve(256 << 20);
    struct micro_rows rows;
    struct codebook book = micro_book(&a, micro_ruled_book);
    str data = micro_people(&a, PEOPLE, "");
    str first = made(&a, &book, data, rho, 1, &rows), again = made(&a, &book, data, rho, 1, &rows);
    assert_true(first.len > PEOPLE && str_equal(first, again));
    assert_false(str_equal(first, made(&a, &book, data, rho, 2, &rows)));
    first = made_sets(&a, &book, &micro_one_set, data, rho, 1, &rows);
    assert_true(str_equal(first, made_sets(&a, &book, &micro_one_set, data, rho, 1, &rows)));
}

static int broken(const struct codebook *book, const struct micro_rows *rows)
{
    int n = 0;
    for (ptrdiff_t i = 0; i < rows->len; i++) {
        uint16_t codes[4];
        for (int c = 0; c < 4; c++)
            codes[c] = rows->codes[c][i];
        n += codebook_breaks(book, codes) >= 0;
    }
    return n;
}

/* How many cells of the sets that no row can be in stand in the file, each fitted to none. */
static int impossible_cells(struct arena *a, str text)
{
    static const char *const starts[] = { "\nsex,age,place,Man,2,Y,", "\nage,place,help,1,X,1,", "\nage,place,help,1,Y,1,",
                                          "\nage,place,help,1,Z,1,", "\nage,place,help,1,never,1," };
    int n = 0;
    for (ptrdiff_t i = 0; i < countof(starts); i++) {
        const char *at = strstr(str_c(a, text), starts[i]);
        const char *end = at ? strchr(at + 1, '\r') : NULL;
        n += end && end - at > 6 && !memcmp(end - 6, ",0.000", 6);
    }
    return n;
}

/* So little budget that noise alone would bring impossible rows: without the rules it does. */
static void what_is_impossible_never_comes_out(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct arena a = arena_reserve(128 << 20);
        struct micro_rows kept, control;
        struct codebook ruled = micro_book(&a, micro_ruled_book), open = micro_book(&a, micro_open_book);
        uint64_t budget = seed % 2 ? rho : rho / 1000;
        str data = micro_people(&a, PEOPLE / 4, "");
        made(&a, &ruled, data, budget, seed, &kept);
        made(&a, &open, data, budget, seed, &control);
        assert_int_equal(broken(&ruled, &kept), 0);
        assert_true(kept.len > 0 && broken(&ruled, &control) > 0);
        /* A declared set holds the rule of two columns, and another that of three. */
        static const struct micro_workload sets = { { { 0, 1, 2 }, { 1, 2, 3 } }, 2 };
        str text = made_sets(&a, &ruled, &sets, data, budget, seed, &kept);
        assert_int_equal(broken(&ruled, &kept), 0);
        assert_true(kept.len > 0 && impossible_cells(&a, text) == 5);
    }
}

/* The mean distance of pairs of columns, as a share of people; of rows from rows. */
static double apart(const struct codebook *book, uint16_t **x, ptrdiff_t n, uint16_t **y, ptrdiff_t m)
{
    double sum = 0;
    for (int c = 0; c < 4; c++)
        for (int d = c + 1; d < 4; d++) {
            double cells[16] = { 0 };
            for (ptrdiff_t i = 0; i < n; i++)
                cells[x[c][i] * book->columns[d].len + x[d][i]] += 1.0 / (double)n;
            for (ptrdiff_t i = 0; i < m; i++)
                cells[y[c][i] * book->columns[d].len + y[d][i]] -= 1.0 / (double)m;
            for (int k = 0; k < 16; k++)
                sum += fabs(cells[k]) / 2 / 6;
        }
    return sum;
}

static void rows_answer_like_the_people(void **state)
{
    (void)state;
    struct arena a = arena_reserve(256 << 20);
    struct micro_rows rows, blind;
    struct codebook book = micro_book(&a, micro_open_book);
    str data = micro_people(&a, PEOPLE, "");
    struct rows truth = micro_rows_of(&book, data);
    made(&a, &book, data, rho, 3, &rows);
    made(&a, &book, data, rho / 100000, 3, &blind);
    double good = apart(&book, truth.codes, truth.len, rows.codes, rows.len);
    double control = apart(&book, truth.codes, truth.len, blind.codes, blind.len);
    rows_end(&truth);
    assert_true(fabs((double)rows.len - PEOPLE) < 40);
    if (good > 0.01 || control < 0.05)
        fail_msg("apart %.4f, and with next to no budget %.4f", good, control);
}

/* How far what was measured is off, in deviations that are written beside it. */
struct off {
    double sum, squares;
    int n;
};

static void look_at(struct off *off, const struct micro *m, const struct micro_table *t, struct rows *truth)
{
    int64_t cells[CELLS] = { 0 };
    for (ptrdiff_t i = 0; i < truth->len; i++)
        cells[micro_cell(m, t, truth->codes, i)]++;
    for (ptrdiff_t c = 0; c < t->cells; c++) {
        double z = (double)(t->noisy[c] - cells[c]) * sqrt((double)t->variance.under / (double)t->variance.over);
        off->sum += z;
        off->squares += z * z;
        off->n++;
    }
}

/* By how much the noise of a table is less than was paid for is by how much a person is protected less: found sets are no exception. */
static void what_is_measured_has_the_noise_that_was_paid_for(void **state)
{
    static const char *const names[] = { "pairs", "declared sets", "found sets" };
    const struct micro_workload *workloads[] = { &micro_no_sets, &micro_one_set };
    struct off off[countof(names)] = { 0 };
    struct arena a = arena_reserve(128 << 20);
    struct codebook book = micro_book(&a, micro_open_book);
    struct rows truth = micro_rows_of(&book, micro_people(&a, PEOPLE, ""));
    (void)state;
    for (int run = 0; run < 200; run++) {
        struct arena scratch = a;
        struct micro m;
        micro_measured(&scratch, &book, workloads[run % 2], &truth, rho, 900 + (uint64_t)run, &m);
        double paid = (double)m.rho_choice;
        for (int c = 0; c < m.columns; c++)
            paid += 1e9 * (double)m.one[c].variance.under / (double)m.one[c].variance.over / 2;
        for (int i = 0; i < m.tables; i++) {
            const struct micro_table *t = &m.table[i];
            if (!t->taken)
                continue;
            paid += 1e9 * (double)t->variance.under / (double)t->variance.over / 2;
            if (i < m.pairs + m.sets)
                look_at(&off[i < m.pairs ? 0 : i < m.pairs + m.declared ? 1 : 2], &m, t, &truth);
        }
        assert_true(paid <= (double)rho * (1 + 1e-9) && paid > (double)rho * 0.9);
    }
    rows_end(&truth);
    for (int k = 0; k < countof(names); k++) {
        double n = off[k].n, mean = off[k].sum / n, variance = off[k].squares / n;
        assert_true(off[k].n > 1000);
        if (fabs(mean) > 4 / sqrt(n) || fabs(variance - 1) > 4 * sqrt(2 / n))
            fail_msg("%s: mean %.4f, variance %.4f, of %d", names[k], mean, variance, off[k].n);
    }
}

/*
 * What a change of the method moves is seen: the bytes of seed 1 by their hash, and over twenty seeds how far rows are from the people, in
 * ten of a hundred. (The bytes on the processor they were taken on: another may round products otherwise.) Another number here is a change of what everybody gets: measure it (bench/release) before it is written down.
 */
static void releases_are_as_good_as_they_were(void **state)
{
    (void)state;
    static const double was = 0.00434;
    static const char known[] = "d1d3ff49ea507caf";
    struct arena all = arena_reserve(256 << 20);
    struct codebook book = micro_book(&all, micro_open_book);
    str data = micro_people(&all, PEOPLE, "");
    struct rows truth = micro_rows_of(&book, data);
    double sum = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct arena a = all;
        struct micro_rows rows;
        uint8_t hash[8];
        str text = made(&a, &book, data, rho, seed, &rows);
        sum += apart(&book, truth.codes, truth.len, rows.codes, rows.len) / 20;
        plain_hash(text, hash, sizeof hash);
        struct out o = { .arena = &a };
        out_hex(&o, hash, sizeof hash);
        if (X86 && seed == 1 && !str_equal(out_view(&o), lit(known)))
            fail_msg("the release of seed 1 is %.*s", (int)out_view(&o).len, out_view(&o).at);
    }
    rows_end(&truth);
    if (fabs(sum - was) > was / 10)
        fail_msg("apart %.5f, it was %.5f", sum, was);
}

/* How far rows are from all that was fitted: the sum of squares over cells of measured tables. */
static double squares(const struct micro *m, const struct micro_rows *rows)
{
    double sum = 0;
    for (int t = 0; t < m->tables; t++) {
        double cells[CELLS] = { 0 };
        if (!m->table[t].taken || m->table[t].columns == 1)
            continue;
        for (ptrdiff_t i = 0; i < rows->len; i++)
            cells[micro_cell(m, &m->table[t], rows->codes, i)]++;
        for (ptrdiff_t c = 0; c < m->table[t].cells; c++)
            sum += (cells[c] - m->table[t].fitted[c]) * (cells[c] - m->table[t].fitted[c]);
    }
    return sum;
}

static void count_calls(void *context, const char *stage, double done)
{
    (void)stage;
    int *calls = context;
    *calls += done <= 1;
}

/* Rows that were dealt without looking at pairs come far nearer, in fewer passes than may be; what is polished again cannot get worse. */
static void passes_end_by_themselves_and_only_bring_nearer(void **state)
{
    (void)state;
    struct arena a = arena_reserve(256 << 20);
    struct micro m;
    struct codebook book = micro_book(&a, micro_open_book);
    struct rows truth = micro_rows_of(&book, micro_people(&a, PEOPLE, ""));
    int calls = 0;
    struct micro_tell tell = { count_calls, &calls };
    struct dice dice = { { 7, 9 } };
    micro_measured(&a, &book, &micro_one_set, &truth, rho, 11, &m);
    rows_end(&truth);
    micro_fit(&m, &a);
    struct micro_rows rows = { arena_new(&a, uint16_t *, 4), PEOPLE };
    for (int c = 0; c < 4; c++) {
        rows.codes[c] = arena_new(&a, uint16_t, PEOPLE);
        for (int i = 0; i < PEOPLE; i++)
            rows.codes[c][i] = (uint16_t)below(&dice, (uint32_t)m.one[c].size);
    }
    double start = squares(&m, &rows);
    micro_polish(&m, a, &dice, &tell, &rows);
    double then = squares(&m, &rows);
    assert_true(calls > 1 && calls < 20);
    if (then > start / 100)
        fail_msg("%.0f, of %.0f", then, start);
    calls = 0;
    micro_polish(&m, a, &dice, &tell, &rows);
    assert_true(calls == 1 && squares(&m, &rows) <= then);
}

/* All that was paid is used either way (measure_sets asserts it); what little there is goes to columns rather than to pairs. */
static void with_little_budget_columns_are_measured_again(void **state)
{
    (void)state;
    struct arena a = arena_reserve(64 << 20);
    struct micro rich, poor;
    struct codebook book = micro_book(&a, micro_open_book);
    struct rows truth = micro_rows_of(&book, micro_people(&a, PEOPLE, ""));
    micro_measured(&a, &book, &micro_no_sets, &truth, rho, 12, &rich);
    micro_measured(&a, &book, &micro_no_sets, &truth, rho / 20000, 12, &poor);
    rows_end(&truth);
    micro_fit(&rich, &a);
    micro_fit(&poor, &a);
    for (int c = 0; c < 4; c++) {
        assert_false(rich.table[rich.pairs + rich.sets + c].taken);
        assert_true(poor.table[poor.pairs + poor.sets + c].taken);
        /* The second time tells more than the first, and both are used. */
        double first = (double)poor.one[c].variance.over / (double)poor.one[c].variance.under;
        assert_true(poor.one[c].sd < 0.8 * sqrt(first));
    }
    assert_true(rich.taken > poor.taken);
    assert_non_null(strstr(str_c(&a, micro_ones_csv(&a, &rich)), ",,"));
    assert_null(strstr(str_c(&a, micro_ones_csv(&a, &poor)) + 60, "\nage,1,,"));
}

/* Forty codes of 25 people each, under noise of more than that: they stay, though noise put many of them below none. */
static void rare_codes_stay_in_even_parts(void **state)
{
    (void)state;
    struct arena a = arena_reserve(64 << 20);
    struct out book = { .arena = &a }, o = { .arena = &a };
    struct micro m;
    out_str(&book, lit("{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"columns\": [{\"name\": \"sex\", \"codes\": "
                       "[\"X\", \"Y\"]}, {\"name\": \"age\", \"codes\": [\"0\""));
    for (int i = 1; i < 40; i++) {
        char code[20];
        out_str(&book, (str){ code, snprintf(code, sizeof code, ", \"%d\"", i) });
    }
    out_str(&book, lit("]}]}"));
    out_str(&o, lit("sex,age\n"));
    for (int i = 0; i < 1000; i++) {
        char row[20];
        out_str(&o, (str){ row, snprintf(row, sizeof row, "%c,%d\n", i % 2 ? 'X' : 'Y', i % 40) });
    }
    struct codebook read = micro_book(&a, str_c(&a, out_view(&book)));
    struct rows truth = micro_rows_of(&read, out_view(&o));
    micro_measured(&a, &read, &micro_no_sets, &truth, 1000000, 5, &m);
    rows_end(&truth);
    micro_fit(&m, &a);
    int below = 0, stay = 0;
    double sd = m.one[1].sd;
    for (int i = 0; i < 40; i++) {
        below += (double)m.one[1].noisy[i] < sd * 0.75;
        stay += m.one[1].fitted[i] > 0;
    }
    if (below < 8 || stay < 30)
        fail_msg("%d of 40 codes stay; noise put %d below; deviation %.0f", stay, below, sd);
}

/* Where three columns go together pair by pair, a small set of them is measured though nobody asked for it; not where its noise is too much. */
static void small_sets_are_found_where_three_columns_go_together(void **state)
{
    (void)state;
    struct arena a = arena_reserve(128 << 20);
    struct micro rich, asked, poor;
    struct codebook book = micro_book(&a, micro_open_book);
    struct rows truth = micro_rows_of(&book, micro_people(&a, PEOPLE, ""));
    micro_measured(&a, &book, &micro_no_sets, &truth, rho, 12, &rich);
    micro_measured(&a, &book, &micro_one_set, &truth, rho, 12, &asked);
    micro_measured(&a, &book, &micro_no_sets, &truth, rho / 2000, 12, &poor);
    rows_end(&truth);
    assert_true(rich.declared == 0 && rich.sets == 1 && rich.found_most == 4 && rich.found_cells == 48);
    assert_memory_equal(rich.table[rich.pairs].column, micro_one_set.set[0], sizeof micro_one_set.set[0]);
    assert_true(asked.declared == 1 && asked.sets == 1); /* it is there already */
    assert_int_equal(poor.sets, 0);
    micro_fit(&rich, &a);
    assert_non_null(strstr(str_c(&a, micro_sets_csv(&a, &rich)), "\nage,place,help,1,X,0,"));
    assert_null(strstr(str_c(&a, micro_terms(&a, &rich)), "sets=")); /* the terms stand before anything is measured */
}

/* Of three columns of which each pair is independent: only the set says how they go together. */
static void a_declared_set_is_kept_where_pairs_say_nothing(void **state)
{
    (void)state;
    struct arena a = arena_reserve(256 << 20);
    struct micro_rows with, without;
    struct codebook book = micro_book(&a, "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"columns\": [{\"name\": "
                                       "\"sex\", \"codes\": [\"X\"]}, {\"name\": \"age\", \"codes\": [\"0\", \"1\"]}, {\"name\": \"place\", "
                                       "\"codes\": [\"0\", \"1\"]}, {\"name\": \"help\", \"codes\": [\"0\", \"1\"]}]}");
    struct out o = { .arena = &a };
    out_str(&o, lit("sex,age,place,help\n"));
    for (int i = 0; i < PEOPLE; i++) {
        char row[20];
        int len = snprintf(row, sizeof row, "X,%d,%d,%d\n", i & 1, i >> 1 & 1, (i ^ i >> 1) & 1);
        out_str(&o, (str){ row, len });
    }
    made_sets(&a, &book, &micro_one_set, out_view(&o), rho, 4, &with);
    made(&a, &book, out_view(&o), rho, 4, &without);
    ptrdiff_t odd[2] = { 0, 0 };
    for (ptrdiff_t i = 0; i < with.len; i++)
        odd[0] += with.codes[1][i] ^ with.codes[2][i] ^ with.codes[3][i];
    for (ptrdiff_t i = 0; i < without.len; i++)
        odd[1] += without.codes[1][i] ^ without.codes[2][i] ^ without.codes[3][i];
    if (odd[0] > PEOPLE / 50 || odd[1] < PEOPLE / 3)
        fail_msg("of %d rows are wrong %lld, and without the set %lld", PEOPLE, (long long)odd[0], (long long)odd[1]);
}

static bool reads(struct arena *a, const struct codebook *book, const char *text, struct micro_workload *w, struct said *said)
{
    *said = (struct said){ 0 };
    return micro_workload(a, "W.json", str_of(text), book, w, said);
}

static void a_workload_is_read_or_its_fault_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *word;
    } wrong[] = { { "{\"sets\": [[\"sex\", \"age\"]]}", "set 1 is no list of 3" },
                  { "{\"sets\": [[\"sex\", \"age\", \"home\"]]}", "\"home\" is no column" },
                  { "{\"sets\": [[\"sex\", \"age\", \"sex\"]]}", "names the column sex twice" },
                  { "{\"sets\": [[\"sex\", \"age\", \"help\"], [\"help\", \"sex\", \"age\"]]}", "sets 1 and 2 are the same" },
                  { "{\"sets\": []}", "1 to 32 lists" },
                  { "{\"sets\": [[\"sex\", \"age\", \"help\"]], \"more\": 1}", "more" },
                  { "{\"sets\": ", "not JSON" } };
    struct arena a = arena_reserve(64 << 20);
    struct said said;
    struct micro m;
    struct micro_workload w;
    struct codebook book = micro_book(&a, micro_open_book);
    if (!reads(&a, &book, "{\"sets\": [[\"help\", \"sex\", \"place\"], [\"age\", \"sex\", \"help\"]], \"about\": \"x\"}", &w, &said))
        fail_msg("%s", said.at);
    assert_true(micro_plan(&a, &book, &w, rho, 1.5, &m, &said));
    assert_non_null(strstr(str_c(&a, micro_terms(&a, &m)), ",sets=sex:place:help/sex:age:help"));
    for (ptrdiff_t i = 0; i < countof(wrong); i++)
        if (reads(&a, &book, wrong[i].text, &w, &said) || !strstr(said.at, wrong[i].word))
            fail_msg("%s: %s", wrong[i].text, said.at);
}

/* A code that the codebook does not have is "other" where there is one, exactly, and else refused: no code of the data comes out. */
static void a_strange_code_changes_nothing_but_a_count(void **state)
{
    (void)state;
    struct arena a = arena_reserve(256 << 20);
    struct micro_rows rows;
    struct said said = { 0 };
    struct rows none;
    struct codebook book = micro_book(&a, micro_open_book);
    str strange = made(&a, &book, micro_people(&a, 300, "Xenomorph,1,X,0\n"), rho, 9, &rows);
    str other = made(&a, &book, micro_people(&a, 300, ",1,X,0\n"), rho, 9, &rows);
    assert_true(str_equal(strange, other));
    must(file_replace(path, micro_people(&a, 3, "Man,99,X,0\n")) == OK);
    assert_false(rows_read(&book, path, (str){ 0 }, lit("all"), &none, &said));
    /* What comes out reads by the codebook: only public codes. Every cell of a measured table is there, the code that nobody has too. */
    static const int order[] = { 0, 1, 2, 3 };
    none = micro_rows_of(&book, micro_csv(&a, &book, &rows, order, 4));
    assert_int_equal(none.len, rows.len);
    rows_end(&none);
    assert_non_null(strstr(str_c(&a, strange), "place,never,"));
}

static void what_cannot_be_is_refused_before_it_is_paid(void **state)
{
    (void)state;
    struct arena a = arena_reserve(64 << 20);
    struct said said = { 0 };
    struct micro m;
    struct codebook book = micro_book(&a, micro_open_book);
    assert_true(micro_plan(&a, &book, &micro_one_set, 1000, 1.5, &m, &said));
    assert_false(micro_plan(&a, &book, &micro_no_sets, 9, 1.5, &m, &said));
    assert_non_null(strstr(said.at, "raise --rho"));
    said = (struct said){ 0 };
    book = micro_book(&a, "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"columns\": [{\"name\": \"sex\", \"codes\": "
                       "[\"\"]}, {\"name\": \"n\", \"number\": true}]}");
    assert_false(micro_plan(&a, &book, &micro_no_sets, rho, 1.5, &m, &said));
    assert_non_null(strstr(said.at, "is a number"));
}

static int set_up(void **state)
{
    (void)state;
    crypt_start();
    snprintf(path, sizeof path, "/tmp/micro_test.XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_gives_the_same_bytes),
        cmocka_unit_test(what_is_impossible_never_comes_out),
        cmocka_unit_test(rows_answer_like_the_people),
        cmocka_unit_test(releases_are_as_good_as_they_were),
        cmocka_unit_test(passes_end_by_themselves_and_only_bring_nearer),
        cmocka_unit_test(with_little_budget_columns_are_measured_again),
        cmocka_unit_test(rare_codes_stay_in_even_parts),
        cmocka_unit_test(what_is_measured_has_the_noise_that_was_paid_for),
        cmocka_unit_test(small_sets_are_found_where_three_columns_go_together),
        cmocka_unit_test(a_declared_set_is_kept_where_pairs_say_nothing),
        cmocka_unit_test(a_workload_is_read_or_its_fault_is_named),
        cmocka_unit_test(a_strange_code_changes_nothing_but_a_count),
        cmocka_unit_test(what_cannot_be_is_refused_before_it_is_paid),
    };
    return cmocka_run_group_tests_name("micro", tests, set_up, tear_down);
}
