/* A figure equals the sum of its entries: counted by SQL and by the tables of kinds on one side, one by one on the other. */
#include "common/keep/keep.h"
#include "figures/measure/measure.h"
#include "lib/base/csv.h"
#include "lib/os/os.h"
#include "packs.h"
#include "world.h"

enum { OFFICES_OF_TEST = 4, CASES = 30, MOST = 3000, FIRST_DAY = 18200 /* 2019-10-31 */, DAYS = 3200 };

#define ENTRY_COLUMNS "(root, id, kind, compartment, office, author, day, written_day, corrects, withdrawn, counted, sealed)"

static struct app *x;
static struct arena arena;

static int open_world(void **state)
{
    (void)state;
    x = app_make(true);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    app_end(x);
    return 0;
}

/* ---- the walk: what was written, kept here too ---- */

static const struct told { /* written down by hand: the tables of the program are not asked */
    const char *kind, *measure, *field, *further; /* further: a measure that sums the field */
} tellers[] = {
    { "arrest", "arrests", NULL, NULL },          { "administrative_arrest", "arrests_administrative", NULL, NULL },
    { "indictment", "indictments", NULL, NULL },  { "conviction", "convictions", NULL, NULL },
    { "search_warrant", "search_warrants", NULL, NULL }, { "seizure", "seizures", "value", "seizure_value" },
    { "forfeiture", NULL, "amount", "forfeitures" },     { "victim_located", NULL, "count", "victims_located" },
    { "note", NULL, NULL, NULL },
};
static const char *const asked[] = { "arrests", "arrests_administrative", "indictments", "convictions", "search_warrants", "seizures",
                                     "seizure_value", "forfeitures", "victims_located" };

struct written {
    int teller, office, root;
    int64_t day, number;
    bool counted, has_number;
    ptrdiff_t corrects; /* -1: none */
    bool corrected;
};
static struct written all[MOST];
static ptrdiff_t count;
static uint64_t turn;

static int64_t any(int64_t below)
{
    turn = turn * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((turn >> 33) % (uint64_t)below);
}

static void write_id(struct out *o, int kind, int64_t n)
{
    char b[40];
    snprintf(b, sizeof b, "x'%02x000000%024llx'", (unsigned)kind, (unsigned long long)n);
    out_str(o, str_of(b));
}

static void say(struct out *o, const char *text)
{
    out_str(o, str_of(text));
}

static void say_entry(struct out *o, ptrdiff_t i)
{
    const struct written *w = &all[i];
    char b[128];
    say(o, "INSERT INTO entry " ENTRY_COLUMNS " VALUES (");
    write_id(o, 2, w->root);
    say(o, ",");
    write_id(o, 3, i);
    snprintf(b, sizeof b, ",'%s',%d,", tellers[w->teller].kind, strcmp(tellers[w->teller].kind, "seizure") ? 3 : 6);
    say(o, b);
    write_id(o, 1, w->office);
    say(o, ",");
    write_id(o, 9, 1);
    snprintf(b, sizeof b, ",%lld,%lld,", (long long)w->day, (long long)w->day);
    say(o, b);
    if (w->corrects >= 0)
        write_id(o, 3, w->corrects);
    else
        say(o, "NULL");
    snprintf(b, sizeof b, ",%d,%d,x'00');", w->corrects >= 0 && !w->counted, w->counted);
    say(o, b);
    if (!w->has_number)
        return;
    say(o, "INSERT INTO entry_value VALUES (");
    write_id(o, 2, w->root);
    say(o, ",");
    write_id(o, 3, i);
    snprintf(b, sizeof b, ",'%s',0,'%lld',%lld);", tellers[w->teller].field, (long long)w->number, (long long)w->number);
    say(o, b);
}

/* A new entry, or one that takes the place of an earlier one of its case, or a withdrawal of it. */
static void make_one(void)
{
    struct written w = { (int)any(countof(tellers)), (int)any(OFFICES_OF_TEST), (int)any(CASES), FIRST_DAY + any(DAYS), any(100000),
                         any(8) > 0, false, -1, false };
    if (count && any(3) == 0) {
        ptrdiff_t old = any(count);
        if (all[old].corrected)
            return;
        all[old].corrected = true;
        w.teller = all[old].teller;
        w.root = all[old].root;
        w.counted = any(3) > 0;
        w.corrects = old;
    }
    w.has_number = tellers[w.teller].field && any(6) > 0;
    all[count++] = w;
}

static void fill_house(uint64_t seed, ptrdiff_t n)
{
    struct arena a = arena;
    struct out o = { .arena = &a };
    turn = seed;
    count = 0;
    say(&o, "BEGIN; DELETE FROM entry_value; DELETE FROM entry; DELETE FROM casefile; DELETE FROM office;");
    for (int i = 0; i < OFFICES_OF_TEST; i++) {
        char b[128];
        say(&o, "INSERT INTO office VALUES (");
        write_id(&o, 1, i);
        snprintf(b, sizeof b, ",'OFF-%d','Office %d','City','ST','sac',1);", i, i);
        say(&o, b);
    }
    for (int i = 0; i < CASES; i++) {
        say(&o, "INSERT INTO casefile (id, office, status, opened_day, closed_day, sealed) VALUES (");
        write_id(&o, 2, i);
        say(&o, ",");
        write_id(&o, 1, i % OFFICES_OF_TEST);
        say(&o, ",'open',20000,NULL,x'00');");
    }
    for (ptrdiff_t i = 0; i < n; i++)
        make_one();
    for (ptrdiff_t i = 0; i < count; i++)
        say_entry(&o, i);
    say(&o, "COMMIT;");
    app_break(x, str_c(&a, out_view(&o)));
}

static int year_by_hand(int64_t day)
{
    struct civil c = civil_from(day * 86400);
    return c.month >= 10 ? c.year + 1 : c.year;
}

static int64_t walk(const char *measure, int office, int year) /* office -1: all */
{
    int64_t sum = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        const struct written *w = &all[i];
        const struct told *t = &tellers[w->teller];
        if (!w->counted || w->corrected || (office >= 0 && w->office != office) || year_by_hand(w->day) != year)
            continue;
        if (t->measure && !strcmp(t->measure, measure))
            sum++;
        if (t->further && !strcmp(t->further, measure) && w->has_number)
            sum += w->number;
    }
    return sum;
}

static id office_id(int n)
{
    id i = { { 1 } };
    i.at[15] = (uint8_t)n;
    return i;
}

/* How many figures differ from the walk; and how many were not zero, since nothing is easy to agree on. */
static int compare(int last_year, int *filled)
{
    struct arena a = arena;
    struct measures m = measures_of(&x->pack, &a, 20781);
    struct fiscal f = fiscal_of(&x->pack, &a, 20781);
    struct figures g;
    int wrong = 0;
    *filled = 0;
    assert_int_equal(figures_count(x->content, &a, &m, &f, last_year, &g), OK);
    for (ptrdiff_t i = 0; i < countof(asked); i++) {
        const struct measure *one = measure_find(&m, str_of(asked[i]));
        assert_non_null(one);
        for (int year = g.first_year; year <= last_year; year++) {
            wrong += figure_national(&g, one - m.at, year).value != walk(asked[i], -1, year);
            for (int office = 0; office < OFFICES_OF_TEST; office++) {
                int64_t want = walk(asked[i], office, year);
                *filled += want > 0;
                wrong += figure_of(&g, one - m.at, figures_office(&g, office_id(office)), year).value != want;
            }
        }
    }
    return wrong;
}

static struct figures cases_of(int last_year)
{
    static struct measures m;
    struct figures g;
    m = measures_of(&x->pack, &arena, 20781);
    struct fiscal f = fiscal_of(&x->pack, &arena, 20781);
    assert_int_equal(figures_count(x->content, &arena, &m, &f, last_year, &g), OK);
    return g;
}

/* Cases opened, closed and open, of each office and year. */
static bool same_cases(const struct figures *a, const struct figures *b)
{
    static const char *const codes[] = { "cases_opened", "cases_closed", "cases_open" };
    bool same = true, any_at_all = false;
    for (ptrdiff_t i = 0; i < countof(codes); i++) {
        ptrdiff_t at = measure_find(a->measures, str_of(codes[i])) - a->measures->at;
        for (int office = 0; office < OFFICES_OF_TEST; office++)
            for (int year = a->first_year; year < a->first_year + FIGURE_YEARS; year++) {
                int64_t left = figure_of(a, at, figures_office(a, office_id(office)), year).value;
                same &= left == figure_of(b, at, figures_office(b, office_id(office)), year).value;
                any_at_all |= left != 0;
            }
    }
    return same && any_at_all;
}

static void a_figure_equals_the_sum_of_its_entries_always(void **state)
{
    (void)state;
    int filled;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        fill_house(seed, seed < 3 ? (ptrdiff_t)seed - 1 : (ptrdiff_t)any(MOST));
        assert_int_equal(compare(2026, &filled), 0);
        assert_int_equal(compare(2028, &filled), 0);
    }
    fill_house(99, MOST);
    assert_int_equal(compare(2026, &filled), 0);
    assert_true(filled > 100);
    /* The walk can tell: an entry that comes to count, one that moves to another year, one that is corrected behind our back. */
    ptrdiff_t i = 0;
    while (all[i].corrected || !all[i].counted || !tellers[all[i].teller].measure || year_by_hand(all[i].day) != 2024)
        i++;
    all[i].counted = false;
    assert_true(compare(2026, &filled) > 0);
    all[i].counted = true;
    all[i].day += 366;
    assert_true(compare(2026, &filled) > 0);
    all[i].day -= 366;
    assert_int_equal(compare(2026, &filled), 0);
    app_break(x, "UPDATE entry SET counted = 1 - counted WHERE kind = 'arrest'");
    assert_true(compare(2026, &filled) > 0);
}

/* Half of the cases have been kept their time and are erased; no figure moves, and none moves for what is left. */
static void what_was_erased_stays_counted(void **state)
{
    (void)state;
    int filled;
    struct keep_rules rules = keep_rules_of(&x->pack, &arena, 20781);
    struct keep k = { .db = x->content, .keeper = x->keys->jobs, .rules = &rules, .today = 30000 };
    fill_house(7, MOST);
    app_break(x, "UPDATE casefile SET status = 'closed', closed_day = 20500 WHERE substr(id, 16, 1) < x'0f'");
    int64_t before = app_count(x, "SELECT count(*) FROM entry");
    assert_int_equal(compare(2026, &filled), 0);
    assert_true(filled > 100);
    struct figures was = cases_of(2026);
    status s;
    while ((s = keep_step(&k, arena)) == OK)
        ;
    assert_int_equal(s, NOT_FOUND);
    assert_int_equal(app_count(x, "SELECT count(*) FROM casefile"), 15);
    assert_true(app_count(x, "SELECT count(*) FROM entry") < before * 6 / 10);
    assert_int_equal(app_count(x, "SELECT count(*) FROM entry_value WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.id = entry_value.entry)"), 0);
    assert_int_equal(compare(2026, &filled), 0);
    assert_int_equal(compare(2028, &filled), 0);
    struct figures is = cases_of(2026);
    assert_true(same_cases(&was, &is));
    app_break(x, "UPDATE tally SET n = n + 1 WHERE measure = 'ended.entry.arrest'"); /* the controls */
    assert_true(compare(2026, &filled) > 0);
    app_break(x, "DELETE FROM tally WHERE measure = 'ended.closed'");
    is = cases_of(2026);
    assert_false(same_cases(&was, &is));
    app_break(x, "DELETE FROM tally");
}

static void every_entry_of_a_figure_is_listed_once_page_by_page(void **state)
{
    (void)state;
    enum { PAGE = 2 };
    struct arena a = arena;
    fill_house(5, MOST);
    struct measures m = measures_of(&x->pack, &a, 20781);
    struct fiscal f = fiscal_of(&x->pack, &a, 20781);
    struct figure_question q = { .measure = measure_find(&m, lit("arrests")), .from_day = fiscal_first_day(&f, 2024),
                                 .to_day = fiscal_last_day(&f, 2024), .every_office = true };
    for (int office = -1; office < OFFICES_OF_TEST; office++) {
        int64_t seen = 0, last = q.to_day;
        q.every_office = office < 0;
        q.office = office_id(office < 0 ? 0 : office);
        q.before_day = 0;
        q.before = (id){ 0 };
        for (struct figure_entries page = { .len = PAGE }; page.len == PAGE;) {
            assert_int_equal(figure_entry_list(x->content, &a, &q, PAGE, &page), OK);
            for (ptrdiff_t i = 0; i < page.len; i++) {
                assert_true(page.at[i].day <= last && str_equal(page.at[i].kind, lit("arrest")));
                last = page.at[i].day;
                q.before_day = page.at[i].day;
                q.before = page.at[i].id;
                seen++;
            }
        }
        assert_int_equal(seen, walk("arrests", office, 2024));
        assert_true(office >= 0 || seen > 3 * PAGE); /* there are pages */
    }
}

static void the_fiscal_year_is_that_of_the_pack(void **state)
{
    (void)state;
    struct fiscal us = fiscal_of(&x->pack, &arena, 20781), plain = fiscal_of(&(struct pack){ 0 }, &arena, 20781);
    struct fiscal july = { 7, 1, false, false };
    int64_t september = 20726 /* 2026-09-30 */;
    int year;
    assert_int_equal(fiscal_year(&us, september), 2026);
    assert_int_equal(fiscal_year(&us, september + 1), 2027);
    assert_int_equal(fiscal_last_day(&us, 2026), september);
    assert_int_equal(fiscal_first_day(&us, 2027), september + 1);
    assert_true(str_equal(fiscal_label(&us, &arena, 2026), lit("FY2026")));
    assert_int_equal(fiscal_year(&plain, september + 1), 2026);
    assert_true(str_equal(fiscal_label(&plain, &arena, 2026), lit("2026")));
    assert_int_equal(fiscal_year(&july, september), 2026);
    assert_int_equal(fiscal_year(&july, september - 100), 2025); /* June */
    assert_true(fiscal_read(&us, lit("FY2026"), &year) && year == 2026);
    assert_true(fiscal_read(&plain, lit("2026"), &year));
    assert_false(fiscal_read(&us, lit("2026"), &year));
    assert_false(fiscal_read(&us, lit("FY99999999999"), &year));
    for (int64_t day = september - 2000; day < september + 2000; day++)
        assert_true(day >= fiscal_first_day(&us, fiscal_year(&us, day)) && day <= fiscal_last_day(&us, fiscal_year(&us, day)));
}

static void what_is_sealed_counts_from_tallies_and_never_opens(void **state)
{
    (void)state;
    struct measures m = measures_of(&x->pack, &arena, 20781);
    struct fiscal f = fiscal_of(&x->pack, &arena, 20781);
    struct figures g = figures_empty(&arena, &m, &f, 2026);
    int opens = 0, victims = 0;
    for (ptrdiff_t i = 0; i < m.len; i++) {
        for (ptrdiff_t k = 0; k < kind_count; k++) { /* no measure mixes what is in clear with what is sealed */
            bool clear = kinds[k].compartment == CASE || kinds[k].compartment == EVIDENCE;
            if (kind_counts_in(&kinds[k], m.at[i].code) && m.at[i].from != FROM_CASES_OPENED && m.at[i].from != FROM_CASES_CLOSED)
                assert_int_equal(m.at[i].from, clear ? FROM_ENTRIES : FROM_TALLIES);
        }
        opens += measure_opens(&m.at[i]);
        victims += m.at[i].victims;
        if (m.at[i].from == FROM_TALLIES)
            assert_true(m.at[i].victims && !measure_opens(&m.at[i]) && (m.at[i].publish == PUBLISH_ROUNDED || m.at[i].publish == PUBLISH_NEVER));
    }
    assert_true(opens > 20 && victims > 20);
    assert_int_equal(measure_find(&m, lit("arrests_administrative"))->publish, PUBLISH_NEVER);
    assert_int_equal(measure_find(&m, lit("arrests"))->publish, PUBLISH_EXACT);
    assert_false(measure_opens(measure_find(&m, lit("victims_located"))));
    assert_null(measure_find(&m, lit("fund_paid"))); /* a tally counts how often, never money */
    ptrdiff_t served = measure_find(&m, lit("clients_served")) - m.at;
    figures_add_tally(&g, lit("clients_served"), office_id(1), 12 * 2025 + 9 - 1, 5);  /* September: FY2025 */
    figures_add_tally(&g, lit("clients_served"), office_id(1), 12 * 2025 + 10 - 1, 7); /* October: FY2026 */
    figures_add_tally(&g, lit("clients_served"), office_id(2), 12 * 2025 + 11 - 1, 1);
    figures_add_tally(&g, lit("arrests"), office_id(2), 12 * 2025 + 11 - 1, 1); /* an act has no tally */
    assert_int_equal(figure_national(&g, served, 2025).value, 5);
    assert_int_equal(figure_national(&g, served, 2026).value, 8);
    assert_int_equal(figure_national(&g, measure_find(&m, lit("arrests")) - m.at, 2026).value, 0);
}

/* The pack may be changed by a house; what is sealed stays rounded whatever it says. */
static void a_pack_cannot_make_a_victim_an_act(void **state)
{
    (void)state;
    struct pack p = x->pack;
    struct pack_row *rows = arena_new(&arena, struct pack_row, p.len);
    memcpy(rows, p.rows, (size_t)p.len * sizeof *rows);
    for (ptrdiff_t i = 0; i < p.len; i++)
        if (str_equal(rows[i].file, lit("measures"))) {
            str *cells = arena_new(&arena, str, rows[i].cell_count);
            memcpy(cells, rows[i].cells, (size_t)rows[i].cell_count * sizeof *cells);
            cells[MEASURE_PUBLIC] = lit("yes");
            cells[MEASURE_PUBLISH] = lit("exact");
            rows[i].cells = cells;
        }
    struct pack changed = pack_of(rows, p.len);
    struct measures m = measures_of(&changed, &arena, 20781);
    for (ptrdiff_t i = 0; i < m.len; i++)
        if (m.at[i].from == FROM_TALLIES)
            assert_true(m.at[i].victims && m.at[i].publish == PUBLISH_ROUNDED);
    assert_int_equal(measure_find(&m, lit("clients_served"))->publish, PUBLISH_ROUNDED);
}

/* Kind and measure name each other; what the program can count of it is from tallies when the kind is sealed, else from entries. */
static void every_kind_feeds_the_measures_it_names_and_in_the_way_of_its_compartment(void **state)
{
    (void)state;
    struct pack pack = packs_of_the_tree(&arena, true);
    struct measures list = measures_of(&pack, &arena, 20781);
    int looked = 0;
    for (ptrdiff_t i = 0; i < kind_count; i++) {
        str codes = kinds[i].measures;
        bool clear = kinds[i].compartment == CASE || kinds[i].compartment == EVIDENCE;
        for (str code; str_split(&codes, ';', &code);) {
            if (!code.len)
                continue; /* a kind that counts nowhere */
            const struct pack_row *row = pack_find(&pack, lit("measures"), code, 20781);
            const struct measure *m = measure_find(&list, code);
            assert_non_null(row);
            bool back = list_has(pack_cell(row, MEASURE_SOURCE_KINDS), kinds[i].code) || pack_cell(row, MEASURE_TABLES).len;
            if (!back)
                print_message("%.*s does not name %.*s\n", (int)code.len, code.at, (int)kinds[i].code.len, kinds[i].code.at);
            assert_true(back);
            if (!m || (m->from != FROM_TALLIES && m->from != FROM_ENTRIES))
                continue; /* carried in the pack and shown nowhere yet, or counted from a table of its own */
            assert_true(m->from == FROM_TALLIES ? m->victims : clear);
            assert_true(clear || m->from == FROM_TALLIES);
            looked++;
        }
    }
    assert_true(looked > 50);
}

static void columns_are_those_of_the_schema(void **state)
{
    (void)state;
    static const struct {
        const char *file, *column;
        int number;
    } columns[] = {
        { "measures", "code", MEASURE_CODE }, { "measures", "label", MEASURE_LABEL }, { "measures", "definition", MEASURE_DEFINITION },
        { "measures", "unit", MEASURE_UNIT }, { "measures", "count", MEASURE_COUNT }, { "measures", "source_kinds", MEASURE_SOURCE_KINDS },
        { "measures", "public", MEASURE_PUBLIC }, { "measures", "publish", MEASURE_PUBLISH }, { "measures", "chart", MEASURE_CHART },
        { "fiscal_year", "start_month", FISCAL_START_MONTH }, { "fiscal_year", "start_day", FISCAL_START_DAY },
        { "fiscal_year", "named_by", FISCAL_NAMED_BY },
    };
    str text;
    struct csv c;
    char *path = str_c(&arena, str_join(&arena, packs_folder(&arena, ""), lit("schema.csv")));
    assert_int_equal(file_read(&arena, path, 1 << 20, &text), OK);
    assert_int_equal(csv_read(&arena, text, &c), OK);
    for (ptrdiff_t i = 0; i < countof(columns); i++) {
        int found = 0;
        for (ptrdiff_t k = 1; k < c.len; k++) {
            int64_t position;
            if (!str_equal(c.at[k].cells[1], str_of(columns[i].file)) || !str_equal(c.at[k].cells[3], str_of(columns[i].column)))
                continue;
            assert_true(str_to_int(c.at[k].cells[2], &position) && position - 1 == columns[i].number);
            found++;
        }
        assert_int_equal(found, 1);
    }
}

int main(void)
{
    arena = arena_reserve(256 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_equals_the_sum_of_its_entries_always),
        cmocka_unit_test(what_was_erased_stays_counted),
        cmocka_unit_test(every_entry_of_a_figure_is_listed_once_page_by_page),
        cmocka_unit_test(the_fiscal_year_is_that_of_the_pack),
        cmocka_unit_test(what_is_sealed_counts_from_tallies_and_never_opens),
        cmocka_unit_test(a_pack_cannot_make_a_victim_an_act),
        cmocka_unit_test(every_kind_feeds_the_measures_it_names_and_in_the_way_of_its_compartment),
        cmocka_unit_test(columns_are_those_of_the_schema),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
