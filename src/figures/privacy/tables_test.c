#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <unistd.h>
#include "figures/privacy/noise_seeded.h"
#include "figures/privacy/rounding.h"
#include "figures/privacy/sets.h"
#include "ledger_made.h"
#include "lib/os/os.h"

/* People of a small invented world: offices and outcomes with long tails, so that many cells are empty. */
static const char codebook_text[] =
    "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"test\", \"ignored\": [\"case\"], \"columns\": [\n"
    "{\"name\": \"office\", \"codes\": [\"\",\"A\",\"B\",\"C\",\"D\",\"E\",\"F\",\"G\",\"H\",\"I\",\"J\",\"K\",\"L\",\"M\",\"N\",\"O\"]},\n"
    "{\"name\": \"kind\", \"codes\": [\"\",\"labour\",\"sex\",\"other\",\"both\"]},\n"
    "{\"name\": \"age\", \"codes\": [\"\",\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"]},\n"
    "{\"name\": \"arrests\", \"number\": true}],\n"
    "\"impossible\": [{\"kind\": \"sex\", \"age\": \"0\"}]}";
enum { PEOPLE = 6000 };
static char data_path[128];
static struct codebook book;

static void write_data(struct arena a)
{
    struct chance c = chance_seeded(3);
    struct out o = { .arena = &a };
    out_str(&o, lit("case,office,kind,age,arrests\n"));
    for (int i = 0; i < PEOPLE; i++) {
        uint8_t d[8];
        c.fill(&c, d, sizeof d);
        int office = d[0] % 16 * (d[1] % 16) / 16, kind = d[2] % 5 * (d[3] % 4) / 4, age = (d[4] % 9 + office) % 9;
        if (kind == 2 && age == 1)
            age = 2;
        out_char(&o, 'c');
        out_int(&o, i / 3);
        out_char(&o, ',');
        out_str(&o, book.columns[0].codes[office]);
        out_char(&o, ',');
        out_str(&o, book.columns[1].codes[kind]);
        out_char(&o, ',');
        out_str(&o, book.columns[2].codes[age]);
        out_char(&o, ',');
        out_int(&o, d[5] % 20);
        out_char(&o, '\n');
    }
    must(file_replace(data_path, out_view(&o)) == OK);
}

static void spec_of(struct arena *a, const char *text, struct tables_spec *t)
{
    struct said said = { 0 };
    if (!tables_read(a, "T.json", str_of(text), &book, t, &said))
        fail_msg("%s", said.at);
}

static void rows_of(const struct tables_spec *t, struct rows *rows)
{
    struct said said = { 0 };
    if (!rows_read(&book, data_path, t->person, lit("all"), rows, &said))
        fail_msg("%s", said.at);
}

static int64_t **room(struct arena *a, const struct tables_spec *t)
{
    int64_t **to = arena_new(a, int64_t *, t->len);
    for (ptrdiff_t i = 0; i < t->len; i++)
        to[i] = arena_new(a, int64_t, t->at[i].cells);
    return to;
}

/* A release of the tables at that budget, as the command makes it. */
static int64_t **measured(struct arena *a, struct ledger *l, const struct tables_spec *t, const struct rows *rows, uint64_t rho,
                          uint8_t number)
{
    struct said said = { 0 };
    struct release r;
    struct ledger_ask ask = made_ask("victims", "2024", rho, number);
    int64_t **to = room(a, t);
    assert_int_equal(release_begin(l, &ask, &r, &said), OK);
    tables_measure(&r, rows, t, to);
    assert_in_range(r.rho - r.used, 0, (uint64_t)t->len);
    release_end(&r);
    return to;
}

/* Of what there is without noise: counted apart from the program, row by row. */
static int64_t **truth_of(struct arena *a, const struct tables_spec *t, const struct rows *rows)
{
    int64_t **to = room(a, t);
    for (ptrdiff_t i = 0; i < t->len; i++)
        for (ptrdiff_t r = 0; r < rows->len; r++) {
            ptrdiff_t cell = 0;
            for (int c = 0; c < t->at[i].columns; c++)
                cell = cell * t->at[i].size[c] + rows->codes[t->at[i].column[c]][r];
            to[i][cell]++;
        }
    return to;
}

static void a_ledger(struct arena *a, struct ledger *l)
{
    struct said said = { 0 };
    made_with(a, 0, l);
    assert_int_equal(ledger_append(l, ledger_line_cap(&l->book, 0, lit("victims"), lit("2024"), 100000 * NANO), "", &said), OK);
}

static const char three_tables[] =
    "{\"round\": 5, \"tables\": [{\"name\": \"all\", \"columns\": [\"age\", \"office\", \"kind\"]}, {\"name\": \"pair\", \"columns\": "
        "[\"office\", \"kind\"], "
    "\"share\": 2}, {\"name\": \"one\", \"columns\": [\"age\"]}]}";

struct errors {
    double raw[3], zero[3], fit[3], covered[3];
};

/* Root mean squares over runs, of all cells and of the empty ones, and how often the interval has the truth in it. */
static struct errors errors_of(struct arena a, uint64_t budget, int runs)
{
    struct tables_spec t;
    struct said said = { 0 };
    struct rows rows;
    struct ledger l;
    struct errors e = { { 0 }, { 0 }, { 0 }, { 0 } };
    double zeros[3] = { 0 };
    spec_of(&a, three_tables, &t);
    assert_true(tables_plan(&t, budget, &said));
    rows_of(&t, &rows);
    int64_t **truth = truth_of(&a, &t, &rows);
    a_ledger(&a, &l);
    for (int run = 0; run < runs; run++) {
        struct arena b = a;
        l.arena = l.book.arena = &b;
        noise_seed((uint64_t)run + 100);
        int64_t **noisy = measured(&b, &l, &t, &rows, budget, (uint8_t)run);
        struct table_fit fit[3];
        tables_fit(&b, &t, noisy, fit);
        for (int i = 0; i < 3; i++)
            for (ptrdiff_t k = 0; k < t.at[i].cells; k++) {
                double raw = (double)(noisy[i][k] - truth[i][k]), fitted = fit[i].cells[k] - (double)truth[i][k];
                e.raw[i] += raw * raw / (double)(runs * t.at[i].cells);
                e.fit[i] += fitted * fitted / (double)(runs * t.at[i].cells);
                e.covered[i] += (fabs(fitted) <= ceil(1.96 * fit[i].sd)) / (double)(runs * t.at[i].cells);
                zeros[i] += !truth[i][k];
                e.zero[i] += truth[i][k] ? 0 : raw * raw;
            }
        /* The book grew in this run's arena; a new run begins with the ledger as it is on the disk. */
        a_ledger(&a, &l);
    }
    for (int i = 0; i < 3; i++)
        e.zero[i] = zeros[i] ? e.zero[i] / zeros[i] : 0;
    rows_end(&rows);
    return e;
}

static bool near(double got, double theory)
{
    return fabs(sqrt(got) / theory - 1) < 0.05;
}

static void the_error_of_a_published_table_is_that_of_the_theory(void **state)
{
    (void)state;
    struct arena a = space;
    struct tables_spec t;
    struct said said = { 0 };
    struct table_fit fit[3];
    spec_of(&a, three_tables, &t);
    assert_true(tables_plan(&t, 120000000, &said));
    tables_fit(&a, &t, room(&a, &t), fit);
    struct errors e = errors_of(a, 120000000, 60);
    for (int i = 0; i < 3; i++) {
        double sd = sqrt((double)t.at[i].variance.over / (double)t.at[i].variance.under);
        if (!near(e.raw[i], sd) || !near(e.fit[i], fit[i].sd) || e.covered[i] < 0.945 || e.covered[i] > 0.985)
            fail_msg("table %d: raw %.3f of %.3f, fit %.3f of %.3f, covered %.3f", i, sqrt(e.raw[i]), sd, sqrt(e.fit[i]), fit[i].sd,
                     e.covered[i]);
        /* One table learns from the others: the small one most. */
        assert_true(fit[i].sd < sd);
    }
    assert_true(near(e.zero[0], sqrt((double)t.at[0].variance.over / (double)t.at[0].variance.under)));
    assert_true(t.at[1].rho == 2 * t.at[0].rho);
    /* A control: half the noise is not taken for the right one. */
    struct errors half = errors_of(a, 480000000, 10);
    assert_false(near(half.raw[0], sqrt((double)t.at[0].variance.over / (double)t.at[0].variance.under)));
}

/*
 * The normal equations. Least squares over all people's tables is reached when no change of one cell of the table of everything would bring
 * the tables nearer: for each such cell the weighted rests of the cells it adds to must cancel.
 */
static void the_fit_is_the_least_squares_and_the_tables_agree(void **state)
{
    (void)state;
    struct arena a = space;
    struct tables_spec t;
    struct said said = { 0 };
    struct chance c = chance_seeded(8);
    spec_of(&a, "{\"tables\": [{\"name\": \"x\", \"columns\": [\"age\", \"kind\"]}, {\"name\": \"y\", \"columns\": [\"office\", \"kind\"], "
            "\"share\": 3}, {\"name\": \"z\", "
                "\"columns\": [\"age\"]}, {\"name\": \"w\", \"columns\": [\"age\", \"office\"]}]}", &t);
    assert_true(tables_plan(&t, 120000000, &said));
    int64_t **noisy = room(&a, &t);
    struct table_fit fit[4];
    for (ptrdiff_t i = 0; i < t.len; i++)
        for (ptrdiff_t k = 0; k < t.at[i].cells; k++) {
            uint16_t d;
            c.fill(&c, &d, sizeof d);
            noisy[i][k] = d % 100;
        }
    tables_fit(&a, &t, noisy, fit);
    /* Columns 0, 1, 2 are office, kind, age; every table is in that order. */
    for (ptrdiff_t cell = 0; cell < 16 * 5 * 9; cell++) {
        ptrdiff_t code[3] = { cell / 45, cell / 9 % 5, cell % 9 };
        double sum = 0;
        for (ptrdiff_t i = 0; i < t.len; i++) {
            const struct table_spec *x = &t.at[i];
            ptrdiff_t at = 0;
            for (int k = 0; k < x->columns; k++)
                at = at * x->size[k] + code[x->column[k]];
            sum += ((double)noisy[i][at] - fit[i].cells[at]) * (double)x->variance.under / (double)x->variance.over;
        }
        assert_true(fabs(sum) < 1e-9);
    }
    double of_x[9], of_w[9];
    set_sum(&t.at[0], 2, fit[0].cells, of_x);
    set_sum(&t.at[3], 2, fit[3].cells, of_w);
    for (int i = 0; i < 9; i++)
        assert_true(fabs(of_x[i] - fit[2].cells[i]) < 1e-9 && fabs(of_w[i] - fit[2].cells[i]) < 1e-9);
}

static void tidy_tables_are_whole_not_below_zero_and_add_up(void **state)
{
    (void)state;
    struct arena a = space;
    struct tables_spec t;
    struct said said = { 0 };
    struct rows rows;
    struct ledger l;
    spec_of(&a, "{\"round\": 5, \"tables\": [{\"name\": \"x\", \"columns\": [\"age\", \"kind\"]}, {\"name\": \"y\", \"columns\": "
            "[\"office\", \"kind\"]}, {\"name\": \"z\", "
                "\"columns\": [\"age\"]}, {\"name\": \"w\", \"columns\": [\"office\", \"kind\", \"age\"]}]}", &t);
    assert_true(tables_plan(&t, 50000000, &said));
    rows_of(&t, &rows);
    a_ledger(&a, &l);
    noise_seed(4);
    int64_t **noisy = measured(&a, &l, &t, &rows, 50000000, 1);
    rows_end(&rows);
    struct table_fit fit[4];
    struct table_tidy tidy[4];
    tables_fit(&a, &t, noisy, fit);
    tables_tidy(&a, &book, &t, fit, tidy);
    int64_t kind_x[5] = { 0 }, kind_y[5] = { 0 }, age_x[9] = { 0 }, pair[80] = { 0 }, negative = 0, sum = 0;
    for (ptrdiff_t i = 0; i < t.len; i++) {
        assert_true(tidy[i].adds_up);
        for (ptrdiff_t k = 0; k < t.at[i].cells; k++) {
            assert_true(tidy[i].cells[k] >= 0 && tidy[i].cells[k] % 5 == 0);
            negative += noisy[i][k] < 0;
        }
    }
    assert_true(negative > 100);
    for (ptrdiff_t k = 0; k < 45; k++) {
        kind_x[k / 9] += tidy[0].cells[k];
        age_x[k % 9] += tidy[0].cells[k];
        sum += tidy[0].cells[k];
    }
    for (ptrdiff_t k = 0; k < 80; k++)
        kind_y[k % 5] += tidy[1].cells[k];
    for (ptrdiff_t k = 0; k < 720; k++)
        pair[k / 9] += tidy[3].cells[k];
    assert_memory_equal(kind_x, kind_y, sizeof kind_x);
    assert_memory_equal(age_x, tidy[2].cells, sizeof age_x);
    assert_memory_equal(pair, tidy[1].cells, sizeof pair);
    assert_true(labs((long)(sum - PEOPLE)) < 200);
    /* kind "sex" with age "0" cannot be: none is shown, though noise was drawn over it. */
    assert_int_equal(tidy[0].cells[2 * 9 + 1], 0);
    for (int office = 0; office < 16; office++)
        assert_int_equal(tidy[3].cells[office * 45 + 2 * 9 + 1], 0);
}

static void a_table_is_rounded_to_neighbours_with_its_sums(void **state)
{
    (void)state;
    struct chance c = chance_seeded(21);
    for (int run = 0; run < 2000; run++) {
        struct arena a = space;
        uint8_t d[2];
        c.fill(&c, d, sizeof d);
        ptrdiff_t rows = 1 + d[0] % 7, columns = 1 + d[1] % 7;
        double *cells = arena_new(&a, double, rows * columns);
        int64_t *whole = arena_new(&a, int64_t, rows * columns), row[7] = { 0 }, column[7] = { 0 }, row_got[7] = { 0 },
            column_got[7] = { 0 };
        bool *closed = arena_new(&a, bool, rows * columns);
        for (ptrdiff_t i = 0; i < rows * columns; i++) {
            uint16_t v;
            c.fill(&c, &v, sizeof v);
            whole[i] = v % 6;
            row[i / columns] += whole[i];
            column[i % columns] += whole[i];
            cells[i] = (double)whole[i];
        }
        /* Off from whole numbers along rectangles, so that the sums stay. */
        for (int k = 0; k < 10; k++) {
            uint8_t p[5];
            c.fill(&c, p, sizeof p);
            ptrdiff_t r0 = p[0] % rows, r1 = p[1] % rows, c0 = p[2] % columns, c1 = p[3] % columns;
            double by = (double)p[4] / 300, most = fmin(cells[r0 * columns + c1], cells[r1 * columns + c0]);
            by = fmin(by, most);
            cells[r0 * columns + c0] += by;
            cells[r1 * columns + c1] += by;
            cells[r0 * columns + c1] -= by;
            cells[r1 * columns + c0] -= by;
        }
        assert_true(round_table(a, cells, closed, rows, columns, row, column, whole));
        for (ptrdiff_t i = 0; i < rows * columns; i++) {
            assert_true(whole[i] >= 0 && fabs((double)whole[i] - cells[i]) < 1.0001);
            row_got[i / columns] += whole[i];
            column_got[i % columns] += whole[i];
        }
        assert_memory_equal(row, row_got, sizeof row);
        assert_memory_equal(column, column_got, sizeof column);
    }
}

static void where_no_table_has_the_sums_it_is_said(void **state)
{
    (void)state;
    static const double wanted[4] = { 3, 1, 1, 3 };
    static const bool open[4] = { 0 }, closed[4] = { 0, 1, 0, 1 };
    static const int64_t sums[2] = { 4, 4 };
    int64_t to[4];
    assert_true(round_table(space, wanted, open, 2, 2, sums, sums, to));
    assert_true(to[0] == 3 && to[1] == 1);
    assert_false(round_table(space, wanted, closed, 2, 2, sums, sums, to));
    assert_true(to[1] == 0 && to[3] == 0);
}

static void a_person_adds_no_more_than_the_bound(void **state)
{
    (void)state;
    struct arena a = space;
    struct tables_spec t;
    struct said said = { 0 };
    struct rows rows;
    struct ledger l;
    spec_of(&a, "{\"person\": \"case\", \"tables\": [{\"name\": \"rows\", \"columns\": [\"age\"], \"most\": 2}, {\"name\": \"sum\", "
            "\"columns\": [\"age\"], \"sum\": \"arrests\", "
                "\"most\": 5}]}", &t);
    /* At a budget that protects nobody the noise is 0 but once in e^100 draws: what is left is the counting. */
    assert_true(tables_plan(&t, 20000 * NANO, &said));
    assert_int_equal(t.at[1].sensitivity2, 25);
    rows_of(&t, &rows);
    a_ledger(&a, &l);
    struct release r = { .ledger = &l, .rho = 20000 * NANO };
    noise_begin(&r.source, 0);
    int64_t **got = room(&a, &t), sums[2] = { 0 }, want[2] = { 0 };
    tables_measure(&r, &rows, &t, got);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 9; k++)
            sums[i] += got[i][k];
    /* Three rows a case. */
    for (ptrdiff_t i = 0; i < rows.len; i += 3) {
        int64_t arrests = (int64_t)rows.numbers[3][i] + rows.numbers[3][i + 1] + rows.numbers[3][i + 2];
        want[0] += 2;
        want[1] += arrests < 5 ? arrests : 5;
    }
    assert_memory_equal(sums, want, sizeof sums);
    rows_end(&rows);
}

static void a_list_of_tables_that_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "{", "T.json:1:1: not JSON" },
        { "{\n\"tables\": [}", "T.json:2:" },
        { "{\"tables\": []}", "1 to 100 tables" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"agge\"]}]}", "\"agge\" is no column" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"age\", \"age\"]}]}", "age twice" },
        { "{\"tables\": [{\"name\": \"../x\", \"columns\": [\"age\"]}]}", "needs a \"name\"" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"age\"]}, {\"name\": \"x\", \"columns\": [\"kind\"]}]}", "two tables" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"age\"], \"most\": 2}]}", "a row is a person" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"age\"], \"most\": 0}]}", "from 1 to" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"age\"], \"sum\": \"kind\"}]}", "a number" },
        { "{\"tables\": [{\"name\": \"x\", \"columns\": [\"arrests\"]}]}", "no column of the codebook with codes" },
        { "{\"tabels\": []}", "no member \"tabels\"" },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct arena a = space;
        struct said said = { 0 };
        struct tables_spec t;
        assert_false(tables_read(&a, "T.json", str_of(bad[i].text), &book, &t, &said));
        if (!strstr(said.at, bad[i].says))
            fail_msg("%s: said %s", bad[i].text, said.at);
    }
    struct arena a = space;
    struct said said = { 0 };
    struct tables_spec t;
    spec_of(&a, three_tables, &t);
    assert_false(tables_plan(&t, 1, &said));
    assert_non_null(strstr(said.at, "so little"));
}

static void files_hold_every_cell_of_the_domain_whatever_the_data(void **state)
{
    (void)state;
    struct arena a = space;
    struct tables_spec t;
    struct said said = { 0 };
    struct ledger l;
    struct release_files files[2];
    spec_of(&a, three_tables, &t);
    assert_true(tables_plan(&t, 120000000, &said));
    a_ledger(&a, &l);
    for (int k = 0; k < 2; k++) {
        struct rows rows = { 0 };
        struct table_fit fit[3];
        struct table_tidy tidy[3];
        if (k)
            rows_of(&t, &rows);
        int64_t **noisy = measured(&a, &l, &t, &rows, 120000000, (uint8_t)k);
        rows_end(&rows);
        tables_fit(&a, &t, noisy, fit);
        tables_tidy(&a, &book, &t, fit, tidy);
        tables_files(&a, &book, &t, noisy, fit, tidy, &files[k]);
    }
    int64_t bytes = 0;
    for (ptrdiff_t i = 0; i < files[0].len; i++) {
        str x = files[0].at[i].content, y = files[1].at[i].content, lx, ly;
        bytes += y.len;
        assert_true(str_equal(files[0].at[i].name, files[1].at[i].name));
        if (!str_ends(files[0].at[i].name, lit(".raw.csv")))
            continue;
        int lines = 0;
        for (; str_split(&x, '\n', &lx) && str_split(&y, '\n', &ly); lines++) {
            while (lx.len && lx.at[lx.len - 1] != ',')
                lx.len--;
            while (ly.len && ly.at[ly.len - 1] != ',')
                ly.len--;
            assert_true(str_equal(lx, ly));
        }
        assert_true(x.len == 0 && y.len == 0 && (lines == 722 || lines == 82 || lines == 11 || lines == 721 || lines == 81 || lines == 10));
    }
    assert_int_equal(files[0].len, 10);
    assert_true(bytes <= tables_bytes_most(&book, &t));
}

static int set_up(void **state)
{
    struct said said = { 0 };
    if (made_set_up(state))
        return 1;
    static struct arena of_book;
    of_book = arena_reserve(1 << 22);
    snprintf(data_path, sizeof data_path, "%s_data.csv", made_folder);
    if (!codebook_read(&of_book, "C.json", lit(codebook_text), &book, &said))
        return 1;
    write_data(space);
    return 0;
}

static int tear_down(void **state)
{
    unlink(data_path);
    return made_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_error_of_a_published_table_is_that_of_the_theory),
        cmocka_unit_test(the_fit_is_the_least_squares_and_the_tables_agree),
        cmocka_unit_test(tidy_tables_are_whole_not_below_zero_and_add_up),
        cmocka_unit_test(a_table_is_rounded_to_neighbours_with_its_sums),
        cmocka_unit_test(where_no_table_has_the_sums_it_is_said),
        cmocka_unit_test(a_person_adds_no_more_than_the_bound),
        cmocka_unit_test(a_list_of_tables_that_is_wrong_is_named),
        cmocka_unit_test(files_hold_every_cell_of_the_domain_whatever_the_data),
    };
    return cmocka_run_group_tests_name("tables", tests, set_up, tear_down);
}
