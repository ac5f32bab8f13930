#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <unistd.h>
#include "figures/privacy/noise_seeded.h"
#include "figures/privacy/page.h"
#include "figures/privacy/privacy.h"
#include "folder.h"
#include "ledger_made.h"
#include "lib/os/os.h"

/* The page of a release: what stands on it, and that nothing of the records does. */
static const char codebook[] = "{\"codebook\": \"a <b>\", \"version\": \"1 & 2\", \"confirmed\": \"me\", \"ignored\": [\"case\", \"<i>\"], "
    "\"columns\": [{\"name\": \"sex\", \"codes\": [\"\", \"Woman\", \"Man\"], \"other\": \"\"}, {\"name\": \"a\\\"<g>e\", \"codes\": "
    "[\"1\", \"2\", \"3\"]}, {\"name\": \"help\", \"codes\": [\"\", \"1\"]}], \"impossible\": [{\"sex\": \"Man\", \"help\": \"1\"}]}";
static const char tables[] = "{\"person\": \"case\", \"tables\": [{\"name\": \"one\", \"columns\": [\"sex\", \"a\\\"<g>e\"]}, {\"name\": "
    "\"two\", \"columns\": [\"help\"], \"most\": 3, \"share\": 2}]}";
/* The second has one person more; the third has rows more of a person whose bound is reached. */
#define PEOPLE "case,<i>,sex,\"a\"\"<g>e\",help\na,,Woman,1,1\na,,Woman,1,\na,,Woman,2,1\nb,,,2,1\nc,,Man,3,\n"
static const char data[] = PEOPLE, neighbour[] = PEOPLE "d,,Woman,3,1\n", beyond[] = PEOPLE "a,,Woman,3,1\na,,Woman,3,1\n";
static struct codebook book;
static struct arena kept, aside;

static const char *at(const char *name)
{
    return path_in(made_folder, name);
}

static void put(const char *name, const char *text)
{
    must(file_replace(at(name), str_of(text)) == OK);
}

static struct rows rows_of(const char *text, const char *person)
{
    struct said said = { 0 };
    struct rows rows;
    put("d.csv", text);
    if (!rows_read(&book, at("d.csv"), str_of(person), lit("all"), &rows, &said))
        fail_msg("%s", said.at);
    return rows;
}

static int count(str page, const char *what)
{
    struct arena a = aside;
    int n = 0;
    for (const char *p = str_c(&a, page); (p = strstr(p, what)); p++)
        n++;
    return n;
}

static bool says(str page, const char *what)
{
    return count(page, what) > 0;
}

static struct page_terms terms_of(const struct manifest_keys *keys)
{
    return (struct page_terms){ .name = lit("figures"), .scope = lit("victims"), .year = lit("2025"), .head = lit("7:abc"), .line = 6,
                                .rho = 120000000, .spent = 250000000, .left = NANO, .cap = 1250000000, .book = &book, .keys = keys };
}

static void rho_becomes_epsilon_and_a_guess(void **state)
{
    (void)state;
    static const struct {
        double rho, epsilon;
    } known[] = { { 0.01, 0.69 }, { 0.05, 1.62 }, { 0.1, 2.35 }, { 0.25, 3.86 }, { 0.5, 5.67 }, { 1, 8.40 } };
    for (ptrdiff_t i = 0; i < countof(known); i++)
        assert_true(fabs(page_epsilon(known[i].rho) - known[i].epsilon) < 0.006);
    assert_true(fabs(page_guess(1e-12) - 50) < 0.001 && fabs(page_guess(0.25) - 63.816) < 0.001 && page_guess(100) > 99.99);
}

/* ---- tables ---- */

struct measured {
    struct tables_spec spec;
    int64_t *noisy[2];
    struct table_fit fit[2];
    struct table_tidy tidy[2];
};

static void measure_tables(struct arena *a, const char *text, uint64_t seed, struct measured *m)
{
    struct said said = { 0 };
    struct release r = { .rho = 120000000 };
    if (!tables_read(a, "T.json", lit(tables), &book, &m->spec, &said) || !tables_plan(&m->spec, r.rho, &said))
        fail_msg("%s", said.at);
    struct rows rows = rows_of(text, "case");
    for (int i = 0; i < 2; i++)
        m->noisy[i] = arena_new(a, int64_t, m->spec.at[i].cells);
    noise_seed(seed);
    noise_begin(&r.source, 0);
    tables_measure(&r, &rows, &m->spec, m->noisy);
    rows_end(&rows);
}

static str tables_page(struct arena *a, const struct page_terms *t, struct measured *m)
{
    tables_fit(a, &m->spec, m->noisy, m->fit);
    tables_tidy(a, &book, &m->spec, m->fit, m->tidy);
    return page_of_tables(a, t, &m->spec, m->fit, m->tidy);
}

static void tables_say_their_terms_and_errors(void **state)
{
    (void)state;
    struct arena a = space;
    struct manifest_keys keys = { .len = 1 };
    struct page_terms t = terms_of(&keys);
    struct measured m;
    memset(keys.at[0].open, 0xab, KEY);
    measure_tables(&a, data, 1, &m);
    str page = tables_page(&a, &t, &m);
    /* rho 0.04 and 0.08: 1 / 0.08 and 9 / 0.16 are the variances, 3.54 and 7.50 their roots. */
    static const char *const there[] = { "rho 0.12", "epsilon 2.", "victims", "2025", "line 6", "7:abc", "abababab", "rho 0.25 has been", "which is epsilon 3.87", "limit is rho 1.25",
                                         "rho 1.0 is left", ">3.54<", ">7<", ">7.50<", ">15<", ">0.08<", "multiples of 5", "lang=\"en\"",
                                         "release verify", "the column <bdi>case</bdi>", "(empty)", "impossible by the codebook: 1." };
    for (ptrdiff_t i = 0; i < countof(there); i++)
        if (!says(page, there[i]))
            fail_msg("the page does not say %s", there[i]);
    assert_true(says(page, "&lt;g&gt;") && says(page, "a &lt;b&gt;") && says(page, "1 &amp; 2") && says(page, "&lt;i&gt;"));
    assert_false(says(page, "<g>") || says(page, "<i>") || says(page, "by nobody") || says(page, "invented. That it looks"));
    keys.len = 0;
    assert_true(says(tables_page(&a, &t, &m), "by nobody"));
    assert_true(page.len <= page_tables_bytes(&book, &m.spec));
}

/* One person more, and the dice thrown so that the same numbers came out: then the same page. */
static void neighbours_with_the_same_noisy_tables_have_the_same_page(void **state)
{
    (void)state;
    struct arena a = space;
    struct manifest_keys none = { 0 };
    struct page_terms t = terms_of(&none);
    struct measured here, there;
    measure_tables(&a, data, 1, &here);
    measure_tables(&a, neighbour, 1, &there);
    bool same = true;
    for (int i = 0; i < 2; i++) {
        same = same && !memcmp(there.noisy[i], here.noisy[i], (size_t)here.spec.at[i].cells * sizeof(int64_t));
        memcpy(there.noisy[i], here.noisy[i], (size_t)here.spec.at[i].cells * sizeof(int64_t));
    }
    assert_false(same); /* they differed before */
    str page = tables_page(&a, &t, &here);
    assert_true(str_equal(page, tables_page(&a, &t, &there)));
    t.rho++;
    assert_false(str_equal(page, tables_page(&a, &t, &there)));
}

/* ---- exact tables ---- */

static void exact_tables_say_what_they_are_first(void **state)
{
    (void)state;
    struct arena a = space;
    struct manifest_keys none = { 0 };
    struct page_terms t = terms_of(&none);
    struct measured m;
    measure_tables(&a, data, 1, &m); /* for the list of tables */
    t.rho = 0;
    str page = page_of_exact(&a, &t, &m.spec, 10, 0), rounded = page_of_exact(&a, &t, &m.spec, 10, 15);
    assert_true(says(page, "protected by suppression only") && says(page, "Numbers of 1 to 9 people are not shown") && says(page, "7:abc"));
    assert_true(says(page, "&lt;g&gt;") && !says(page, "<g>") && says(page, "by 10 or more") && !says(page, "epsilon"));
    assert_true(says(rounded, "protected by rounding only") && says(rounded, "multiples of 15") && !says(rounded, "are not shown"));
    assert_true(page.len <= page_tables_bytes(&book, &m.spec) && rounded.len <= page_tables_bytes(&book, &m.spec));
}

/* ---- microdata ---- */

static void measure_micro(struct arena *a, const char *text, uint64_t seed, struct micro *m)
{
    struct said said = { 0 };
    struct release r = { .rho = 120000000 };
    static const struct micro_workload one = { { { 0, 1, 2 } }, 1 };
    if (!micro_plan(a, &book, &one, r.rho, 1.5, m, &said))
        fail_msg("%s", said.at);
    struct rows rows = rows_of(text, "");
    noise_seed(seed);
    noise_begin(&r.source, 0);
    micro_measure(&r, &rows, m, a);
    rows_end(&rows);
}

static str micro_page(struct arena *a, const struct page_terms *t, struct micro *m)
{
    struct micro_rows rows;
    micro_fit(m, a);
    micro_make(m, a, NULL, &rows);
    return page_of_micro(a, t, m, rows.len);
}

static void microdata_say_what_was_measured(void **state)
{
    (void)state;
    struct arena a = space;
    struct manifest_keys none = { 0 };
    struct page_terms t = terms_of(&none);
    struct micro m;
    t.year = lit("all");
    measure_micro(&a, data, 1, &m);
    str page = micro_page(&a, &t, &m);
    static const char *const there[] = { "Rows of invented people", "A row is not a person", "all years together", "Single columns: what each cost",
                                         "of 3 pairs of columns", "and 1 sets of three", "once more", "sets.csv", "below 1.500 deviations", "No row has one", "for rho 0.012;" };
    for (ptrdiff_t i = 0; i < countof(there); i++)
        if (!says(page, there[i]))
            fail_msg("the page does not say %s", there[i]);
    assert_int_equal(count(page, "<caption>"), 4);
    assert_true(page.len <= page_micro_bytes(&m));
}

static void neighbours_with_the_same_noisy_microdata_have_the_same_page(void **state)
{
    (void)state;
    struct arena a = space;
    struct manifest_keys none = { 0 };
    struct page_terms t = terms_of(&none);
    struct micro here, there;
    measure_micro(&a, data, 1, &here);
    measure_micro(&a, neighbour, 1, &there);
    bool same = true;
    for (int c = 0; c < here.columns; c++) {
        size_t bytes = (size_t)here.one[c].size * sizeof(int64_t);
        same = same && !memcmp(here.one[c].noisy, there.one[c].noisy, bytes);
        memcpy(there.one[c].noisy, here.one[c].noisy, bytes);
    }
    /* All that left the measuring, as it is given to what follows. */
    memcpy(there.table, here.table, (size_t)here.tables * sizeof *here.table);
    there.seed = here.seed;
    there.taken = here.taken;
    assert_false(same);
    str page = micro_page(&a, &t, &here);
    assert_true(str_equal(page, micro_page(&a, &t, &there)));
    there.one[0].noisy[0] += 1000; /* the control: a noisy number that is another shows */
    assert_false(str_equal(page, micro_page(&a, &t, &there)));
}

/* ---- the file ---- */

/* Nothing is fetched, nothing runs, and nothing leads away but to its own middle. */
static void a_page_needs_nothing_but_itself(void **state)
{
    (void)state;
    struct arena a = space;
    struct manifest_keys none = { 0 };
    struct page_terms t = terms_of(&none);
    struct measured m;
    struct micro micro;
    measure_tables(&a, data, 1, &m);
    measure_micro(&a, data, 1, &micro);
    const str pages[] = { tables_page(&a, &t, &m), micro_page(&a, &t, &micro), page_of_exact(&a, &t, &m.spec, 10, 0) };
    static const char *const never[] = { "<script", "http:", "https:", "//", "url(", "@import", " src=", "<link", "<img", "<iframe", "onclick",
                                         "{{", "{%" };
    for (ptrdiff_t p = 0; p < countof(pages); p++) {
        for (ptrdiff_t i = 0; i < countof(never); i++)
            if (says(pages[p], never[i]))
                fail_msg("page %d has %s", (int)p, never[i]);
        assert_int_equal(count(pages[p], "href="), 1);
        assert_int_equal(count(pages[p], "<table>"), count(pages[p], "<caption>"));
        assert_int_equal(count(pages[p], "<h1>"), 1);
        assert_true(says(pages[p], "--page:#faf9f6") && says(pages[p], "prefers-color-scheme:dark") && says(pages[p], "@media print"));
    }
}

static str released(struct arena *a, const char *text)
{
    struct privacy_told told = { 0 };
    str page;
    folder_clear(made_folder);
    put("C.json", codebook);
    put("T.json", tables);
    put("d.csv", text);
    noise_seed(1);
    struct privacy_ask ask = { .data = at("d.csv"), .codebook = at("C.json"), .tables = at("T.json"), .ledger = at("ledger"), .out = at("out"),
                               .rho = lit("0.2") };
    if (privacy_tables(&ask, &told) != OK)
        fail_msg("%s", told.failed.at);
    assert_int_equal(privacy_verify(at("out"), at("ledger"), &told), OK);
    assert_int_equal(file_read(a, at("out/privacy.html"), 1 << 20, &page), OK);
    put("out/privacy.html", "changed");
    told = (struct privacy_told){ 0 };
    assert_int_equal(privacy_verify(at("out"), at("ledger"), &told), INVALID);
    assert_non_null(strstr(told.failed.at, "privacy.html is not what the manifest says"));
    return page;
}

/* The head of the ledger is bound to a number that nobody can guess data by, and to the hour; the rest of the page must be the same. */
static str without_head(struct arena *a, str page)
{
    char *text = str_c(a, page), *head = strstr(text, "<code>1:");
    assert_non_null(head);
    memset(head + 8, '0', 2 * LEDGER_HASH);
    assert_int_equal(head[8 + 2 * LEDGER_HASH], '<');
    return (str){ text, page.len };
}

static void the_whole_command_tells_nothing_of_rows_beyond_the_bound(void **state)
{
    (void)state;
    struct arena a = space;
    str here = without_head(&a, released(&a, data)), there = without_head(&a, released(&a, beyond));
    assert_true(here.len > 10000 && str_equal(here, there));
}

static int set_up(void **state)
{
    struct said said = { 0 };
    kept = arena_reserve(1 << 20);
    aside = arena_reserve(1 << 20);
    return made_set_up(state) || !codebook_read(&kept, "C.json", lit(codebook), &book, &said);
}

static int tear_down(void **state)
{
    folder_clear(made_folder);
    return made_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rho_becomes_epsilon_and_a_guess),
        cmocka_unit_test(tables_say_their_terms_and_errors),
        cmocka_unit_test(neighbours_with_the_same_noisy_tables_have_the_same_page),
        cmocka_unit_test(exact_tables_say_what_they_are_first),
        cmocka_unit_test(microdata_say_what_was_measured),
        cmocka_unit_test(neighbours_with_the_same_noisy_microdata_have_the_same_page),
        cmocka_unit_test(a_page_needs_nothing_but_itself),
        cmocka_unit_test(the_whole_command_tells_nothing_of_rows_beyond_the_bound),
    };
    return cmocka_run_group_tests_name("page", tests, set_up, tear_down);
}
