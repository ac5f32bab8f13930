/* What is published: the rules on small counts and victims, and that page, CSV and rows say the same. */
#include "matrix.h"
#include "figures/release/release_web.h"
#include "lib/base/csv.h"
#include "packs.h"

enum { TODAY = 20781 /* 2026-11-24: FY2027 runs, FY2026 is over */, OFFICES_OF_TEST = 9, FIRST_YEAR = 2022 };

static struct arena whole;
static struct pack pack;

struct house_of_test {
    struct arena a;
    struct measures m;
    struct fiscal f;
    struct figures g;
    struct release_office offices[OFFICES_OF_TEST];
};

static id office_id(int n)
{
    return (id){ { 1, (uint8_t)n } };
}

static void open_house(struct house_of_test *h)
{
    static const char *const names[OFFICES_OF_TEST][2] = {
        { "OFF-A", "Invented <Alpha>" }, { "OFF-B", "Invented Beta" }, { "OFF-C", "Invented Gamma" }, { "OFF-D", "Invented Delta" },
        { "OFF-E", "Invented Epsilon" }, { "OFF-F", "Invented Zeta" }, { "OFF-G", "Invented Eta" }, { "OFF-H", "Invented Theta" },
        { "OFF-I", "Invented Iota" } };
    h->a = whole;
    h->m = measures_of(&pack, &h->a, TODAY);
    h->f = fiscal_of(&pack, &h->a, TODAY);
    h->g = figures_empty(&h->a, &h->m, &h->f, fiscal_year(&h->f, TODAY));
    for (int i = 0; i < OFFICES_OF_TEST; i++) {
        figures_add_rows(&h->g, FROM_TIPS, office_id(i), fiscal_first_day(&h->f, FIRST_YEAR), 20); /* every office has its place in order */
        h->offices[i] = (struct release_office){ str_of(names[i][0]), str_of(names[i][1]) };
    }
}

static void add(struct house_of_test *h, const char *kind, int office, int year, int64_t n)
{
    figures_add_entries(&h->g, str_of(kind), office_id(office), fiscal_first_day(&h->f, year) + 40, n);
}

static void add_victims(struct house_of_test *h, const char *measure, int office, int year, int64_t n)
{
    struct civil c = civil_from((fiscal_first_day(&h->f, year) + 40) * 86400);
    figures_add_tally(&h->g, str_of(measure), office_id(office), 12 * (int64_t)c.year + c.month - 1, n);
}

static struct release_rows make(struct house_of_test *h)
{
    return release_make(&h->a, &h->g, h->offices, &pack, TODAY);
}

static int64_t value(const struct release_rows *rows, const char *measure, const char *office, const char *year) /* -1: no row */
{
    const struct release_row *r = release_find(rows, str_of(measure), str_of(office), str_of(year));
    return r ? r->value : -1;
}

static bool has(str text, const char *what)
{
    return memmem(text.at, (size_t)text.len, what, strlen(what)) != NULL;
}

/* ---- rules ---- */

static void an_act_of_enforcement_is_exact_however_small(void **state)
{
    (void)state;
    struct house_of_test h;
    open_house(&h);
    add(&h, "arrest", 0, 2026, 3);
    add(&h, "arrest", 1, 2026, 40);
    add(&h, "administrative_arrest", 1, 2026, 1000);
    struct release_rows rows = make(&h);
    assert_int_equal(value(&rows, "arrests", "", "FY2026"), 43);
    assert_int_equal(value(&rows, "arrests", "OFF-A", "FY2026"), 3);
    assert_int_equal(value(&rows, "arrests", "OFF-C", "FY2026"), -1);
    assert_int_equal(value(&rows, "arrests", "", "FY2025"), 0);
    assert_int_equal(value(&rows, "arrests_administrative", "", "FY2026"), -1); /* never, and in no sum */
}

static void a_small_count_of_another_act_hides_and_cannot_be_subtracted(void **state)
{
    (void)state;
    struct house_of_test h;
    open_house(&h);
    static const int64_t counts[OFFICES_OF_TEST] = { 3, 40, 12, 60, 0, 0, 0, 0, 0 };
    for (int i = 0; i < OFFICES_OF_TEST; i++)
        if (counts[i])
            add(&h, "lead_out", i, 2026, counts[i]);
    add(&h, "lead_out", 0, 2025, 10);
    struct release_rows rows = make(&h);
    assert_int_equal(value(&rows, "leads_sent", "", "FY2026"), 115);
    assert_int_equal(value(&rows, "leads_sent", "OFF-A", "FY2026"), -1); /* 3 */
    assert_int_equal(value(&rows, "leads_sent", "OFF-C", "FY2026"), -1); /* 12: or 3 would follow */
    assert_int_equal(value(&rows, "leads_sent", "OFF-B", "FY2026"), 40);
    assert_int_equal(value(&rows, "leads_sent", "", "FY2025"), -1); /* 10: fewer than 11 */
    assert_int_equal(value(&rows, "leads_sent", "", "FY2024"), 0);
}

/* Whatever the counts: the cells that are hidden are none, or at least two that rest on 11 entries or more. */
static void no_hidden_cell_follows_from_what_is_shown(void **state)
{
    (void)state;
    uint64_t turn = 7;
    int hid = 0;
    for (int round = 0; round < 400; round++) {
        struct house_of_test h;
        bool shown[OFFICES_OF_TEST];
        int hidden = 0;
        int64_t behind = 0, all = 0;
        open_house(&h);
        for (int i = 0; i < OFFICES_OF_TEST; i++) {
            turn = turn * 6364136223846793005u + 1442695040888963407u;
            int64_t n = (int64_t)(turn >> 33) % (round % 2 ? 40 : 14);
            if (n)
                add(&h, "lead_out", i, 2026, n);
            all += n;
        }
        ptrdiff_t leads = measure_find(&h.m, lit("leads_sent")) - h.m.at;
        release_cells(&h.g, leads, 2026, shown);
        for (int i = 0; i < OFFICES_OF_TEST; i++) {
            int64_t n = figure_of(&h.g, leads, i, 2026).n;
            assert_true(!shown[i] || n == 0 || n >= RELEASE_UNDER);
            hidden += !shown[i];
            behind += shown[i] ? 0 : n;
        }
        hid += hidden > 0;
        if (all >= RELEASE_UNDER && hidden)
            assert_true(hidden >= 2 && behind >= RELEASE_UNDER);
    }
    assert_true(hid > 50);
}

static void victims_are_national_rounded_down_and_only_of_years_that_are_over(void **state)
{
    (void)state;
    struct house_of_test h;
    open_house(&h);
    add_victims(&h, "clients_served", 0, 2026, 30);
    add_victims(&h, "clients_served", 1, 2026, 13);
    add_victims(&h, "clients_served", 1, 2027, 500); /* the year that runs */
    add_victims(&h, "clients_new", 1, 2026, 10);
    add(&h, "assistance_offered", 1, 2026, 24);      /* an entry in clear that counts people who were harmed */
    struct release_rows rows = make(&h);
    assert_int_equal(value(&rows, "clients_served", "", "FY2026"), 33);
    assert_int_equal(value(&rows, "clients_served", "", "FY2027"), -1);
    assert_int_equal(value(&rows, "assistance_offered", "", "FY2026"), 22);
    assert_int_equal(value(&rows, "clients_new", "", "FY2026"), -1); /* never above 10 in any year: no row says so */
    for (ptrdiff_t i = 0; i < rows.len; i++)
        if (str_equal(rows.at[i].class, lit("rounded")))
            assert_true(!rows.at[i].office.len && rows.at[i].value % RELEASE_UNDER == 0);
}

static str csv_of(struct house_of_test *h)
{
    struct release_rows rows = make(h);
    struct out o = { .arena = &h->a };
    release_csv(&o, &rows);
    return out_view(&o);
}

static str page_of(struct house_of_test *h, const char *language)
{
    struct release_rows rows = make(h);
    struct figures_source s = { .rows = &rows, .measures = &h->m, .fiscal = &h->f, .pack = &pack, .offices = h->offices,
                                .office_count = OFFICES_OF_TEST, .house = lit("Invented Line"), .first_year = h->g.first_year, .today = TODAY };
    struct out o = { .arena = &h->a };
    struct figures_page p = figures_page_of(&h->a, language_find(str_of(language)), &s);
    figures_draw(&o, language_find(str_of(language)), &p);
    return out_view(&o);
}

/* Two worlds that differ in victims below the rounding, and in where and when these are: not one byte differs. */
static void hidden_victims_below_the_rounding_change_no_byte(void **state)
{
    (void)state;
    static struct house_of_test one, other, further;
    struct arena keep = whole;
    str csv[3], page[3];
    struct house_of_test *const houses[] = { &one, &other, &further };
    for (int i = 0; i < 3; i++) {
        struct house_of_test *h = houses[i];
        open_house(h);
        add(h, "arrest", 0, 2026, 12);
        add_victims(h, "clients_served", i, 2026, i == 2 ? 44 : 33 + 10 * i); /* 33, 43; the control: 44 */
        add_victims(h, "victims_identified", i, 2025, 1 + i);
        add_victims(h, "screenings", i, 2027, 7 * i);
        csv[i] = csv_of(h);
        page[i] = page_of(h, "es");
        whole = h->a;
    }
    assert_true(str_equal(csv[0], csv[1]) && str_equal(page[0], page[1]));
    assert_false(str_equal(csv[0], csv[2]));
    assert_false(str_equal(page[0], page[2]));
    whole = keep;
}

static int missing_in_spanish(str source)
{
    const struct language *es = language_find(lit("es"));
    for (ptrdiff_t i = 0; i < es->message_count; i++)
        if (str_equal(str_of(es->messages[i].source), source))
            return 0;
    print_message("es lacks: %.*s\n", (int)source.len, source.at);
    return 1;
}

static void every_measure_is_named_and_defined_in_spanish(void **state)
{
    (void)state;
    struct arena a = whole;
    struct measures m = measures_of(&pack, &a, TODAY);
    struct pack_rows series = pack_list(&pack, &a, lit("published_figures"), TODAY);
    int missing = 0;
    assert_true(m.len > 60 && series.len > 20);
    for (ptrdiff_t i = 0; i < m.len; i++)
        missing += missing_in_spanish(m.at[i].label) + missing_in_spanish(m.at[i].definition);
    for (ptrdiff_t i = 0; i < series.len; i++)
        missing += missing_in_spanish(pack_cell(series.at[i], SERIES_LABEL));
    assert_int_equal(missing, 0);
    assert_int_equal(missing_in_spanish(lit("Not a word of any pack, invented")), 1); /* the search can fail */
}

/* ---- page and CSV ---- */

static void the_csv_is_this(void **state)
{
    (void)state;
    struct house_of_test h;
    open_house(&h);
    for (int i = 1; i < 4; i++)
        figures_add_rows(&h.g, FROM_TIPS, office_id(0), fiscal_first_day(&h.f, 2022 + i), 30);
    add(&h, "arrest", 0, 2026, 3);
    figures_add_entries(&h.g, lit("seizure"), office_id(1), fiscal_first_day(&h.f, 2026), 12);
    figures_add_sum(&h.g, lit("seizure"), lit("value"), office_id(1), fiscal_first_day(&h.f, 2026), 1840005);
    add_victims(&h, "clients_served", 0, 2026, 30);
    str csv = csv_of(&h);
    assert_true(str_starts(csv, lit("measure,office,fiscal_year,value,class\r\n")));
    static const char *const lines[] = { "\r\ntips_received,,FY2022,180,exact\r\n", "\r\narrests,,FY2026,3,exact\r\narrests,OFF-A,FY2026,3,exact\r\n",
                                         "\r\nseizures,OFF-B,FY2026,12,exact\r\n", "\r\nseizure_value,OFF-B,FY2026,18400.05,exact\r\n",
                                         "\r\nclients_served,,FY2026,22,rounded\r\n", "\r\narrests_criminal,,FY2019,2197,published\r\n",
                                         "\r\narrests_criminal,Houston,FY2019,205,published\r\n" };
    for (int i = 0; i < countof(lines); i++)
        assert_true(has(csv, lines[i]));
    assert_false(has(csv, ",400,")); /* "more than 400" is not a number */
}

static void csv_and_rows_say_the_same_and_nothing_is_negative(void **state)
{
    (void)state;
    struct house_of_test h;
    struct csv c;
    open_house(&h);
    add(&h, "arrest", 0, 2026, 3);
    add(&h, "lead_out", 1, 2025, 30);
    add_victims(&h, "clients_served", 0, 2026, 30);
    struct release_rows rows = make(&h);
    assert_int_equal(csv_read(&h.a, csv_of(&h), &c), OK);
    assert_int_equal(c.len, rows.len + 1);
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        const struct release_row *r = &rows.at[i];
        const str want[] = { r->measure, r->office, r->year, figure_text(&h.a, r->value, r->scale), r->class };
        assert_true(r->value >= 0);
        for (int k = 0; k < countof(want); k++)
            assert_true(str_equal(c.at[i + 1].cells[k], want[k]));
    }
}

/* Fills everything there is to show: the largest page. */
static void fill(struct house_of_test *h)
{
    open_house(h);
    for (ptrdiff_t k = 0; k < kind_count; k++)
        for (int year = FIRST_YEAR; year <= 2027; year++)
            for (int office = 0; office < OFFICES_OF_TEST; office++) {
                add(h, str_c(&h->a, kinds[k].code), office, year, 1000 + 7 * k - office + year);
                for (ptrdiff_t i = 0; i < h->m.len; i++)
                    if (kind_counts_in(&kinds[k], h->m.at[i].code))
                        add_victims(h, str_c(&h->a, h->m.at[i].code), office, year, 5000 + office);
            }
}

static void the_page_shows_the_rows_and_stays_small(void **state)
{
    (void)state;
    struct house_of_test h;
    fill(&h);
    struct release_rows rows = make(&h);
    str page = page_of(&h, "en");
    int shown = 0;
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        if (rows.at[i].office.len || str_equal(rows.at[i].class, lit("published")))
            continue;
        struct out cell = { .arena = &h.a };
        out_str(&cell, lit("<td class=\"r\">"));
        out_str(&cell, figure_text(&h.a, rows.at[i].value, rows.at[i].scale));
        out_str(&cell, lit("</td>"));
        assert_true(has(page, str_c(&h.a, out_view(&cell))));
        shown++;
    }
    assert_true(shown > 200);
    assert_true(has(page, "Invented &lt;Alpha&gt;") && !has(page, "<Alpha>"));
    assert_true(has(page, "more than 400") && has(page, "nearly 7000"));
    assert_false(has(page, "style=") || has(page, "<script"));
    assert_true(page_of(&h, "es").len < RELEASE_PAGE_MOST - 8000 /* the frame */);
    assert_true(page.len < RELEASE_PAGE_MOST - 8000);
    assert_false(str_equal(page, page_of(&h, "es")));
}

static void nothing_counted_is_said(void **state)
{
    (void)state;
    struct house_of_test h = { .a = whole };
    h.m = measures_of(&pack, &h.a, TODAY);
    h.f = fiscal_of(&pack, &h.a, TODAY);
    h.g = figures_empty(&h.a, &h.m, &h.f, 2027);
    str page = page_of(&h, "en");
    assert_true(has(page, "No entry counts in a figure yet."));
    assert_false(has(page, "<svg"));
}

/* ---- the whole way: a statistician publishes, a stranger reads ---- */

static void a_release_is_what_a_stranger_reads(void **state)
{
    (void)state;
    struct matrix *m = matrix_make();
    struct arena a = arena_reserve(64 << 20);
    const struct matrix_caller *who = matrix_find(m, "statistician", MEMBER), *stranger = &m->callers[m->caller_count - 1];
    assert_null(stranger->role);
    struct matrix_request ask = { .side = PUBLIC_SIDE, .method = GET, .path = lit("/figures"), .caller = stranger };
    str before = matrix_ask(m, &a, &ask);
    assert_true(has(before, "200\n") && has(before, "Nothing has been published here yet"));
    ask.path = lit("/figures.csv");
    assert_true(str_ends(matrix_ask(m, &a, &ask), lit("measure,office,fiscal_year,value,class\r\n")));
    struct matrix_request publish = { .side = STAFF_SIDE, .method = POST, .path = lit("/measures/publish"),
                                      .type = lit("application/x-www-form-urlencoded"), .caller = who };
    int64_t pages = app_count(m->app, "SELECT count(*) FROM figure_page");
    assert_true(has(matrix_ask(m, &a, &publish), "303\n"));
    assert_int_equal(app_count(m->app, "SELECT count(*) FROM figure_page"), pages + 3); /* English, Spanish, CSV */
    str csv = matrix_ask(m, &a, &ask);
    assert_true(has(csv, "arrests_criminal,,FY2019,2197,published"));
    ask.path = lit("/figures");
    str page = matrix_ask(m, &a, &ask);
    assert_true(has(page, "more than 9000") && !has(page, "Nothing has been published"));
    assert_true(page.len < RELEASE_PAGE_MOST);
    ask.path = lit("/figures?lang=es");
    assert_false(str_equal(matrix_ask(m, &a, &ask), page));
    ask.path = lit("/figures?lang=qps"); /* no such part: English, and said to be */
    assert_true(has(matrix_ask(m, &a, &ask), "<div lang=\"en\" dir=\"ltr\">"));
    /* What is written afterwards is not shown before the next release; and the rows kept are the CSV's. */
    app_break(m->app, "UPDATE tip SET day = day");
    assert_int_equal(app_count(m->app, "SELECT count(*) FROM figure_published WHERE class = 'published'"), 6);
    struct matrix_request staff = { .side = STAFF_SIDE, .method = GET, .path = lit("/measures"), .caller = who };
    assert_true(has(matrix_ask(m, &a, &staff), "statistician.member"));
    matrix_end(m);
}

int main(void)
{
    whole = arena_reserve(512 << 20);
    pack = packs_of_the_tree(&whole, true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_act_of_enforcement_is_exact_however_small),
        cmocka_unit_test(a_small_count_of_another_act_hides_and_cannot_be_subtracted),
        cmocka_unit_test(no_hidden_cell_follows_from_what_is_shown),
        cmocka_unit_test(victims_are_national_rounded_down_and_only_of_years_that_are_over),
        cmocka_unit_test(hidden_victims_below_the_rounding_change_no_byte),
        cmocka_unit_test(every_measure_is_named_and_defined_in_spanish),
        cmocka_unit_test(the_csv_is_this),
        cmocka_unit_test(csv_and_rows_say_the_same_and_nothing_is_negative),
        cmocka_unit_test(the_page_shows_the_rows_and_stays_small),
        cmocka_unit_test(nothing_counted_is_said),
        cmocka_unit_test(a_release_is_what_a_stranger_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
