/*
 * What is kept how long, as everybody who works here reads it; and how much of one's own ends next month, of nobody else's. In the house of
 * the access matrix, on 21 September 2026; everybody in it is invented.
 */
#include "jobs_house.h"

enum { OCTOBER = 20727, FIVE_YEARS = 1825, TWENTY_YEARS = 7300, PACKET_MONTH = 30, MANY = 45 }; /* the first of the month after */

static struct jobs_house h;

static int open_house(void **state)
{
    jobs_house_open(&h);
    *state = &h;
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    jobs_house_close(&h);
    return 0;
}

static str page_of(const char *role, enum standing s, const char *query)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .path = str_join(&h.a, lit("/retention"), str_of(query)),
                                .caller = matrix_open_keys(h.m, role, s) };
    str page = matrix_ask(h.m, &h.a, &q);
    assert_true(str_starts(page, lit("200\n")));
    return page;
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

/* The row of that label, to its end. */
static str row_of(str page, const char *label)
{
    char start[80];
    snprintf(start, sizeof start, "class=\"any\">%s<", label);
    const char *at = memmem(page.at, (size_t)page.len, start, strlen(start));
    assert_non_null(at);
    str rest = { at, page.at + page.len - at };
    ptrdiff_t end = (const char *)memmem(rest.at, (size_t)rest.len, "</tr>", 5) - rest.at;
    return str_part(rest, 0, end);
}

/* How many of the reader's end; -1: nothing is counted for them. */
static int64_t ending(const char *role, enum standing s, const char *label)
{
    str row = row_of(page_of(role, s, ""), label);
    const char *cell = memmem(row.at, (size_t)row.len, "<td role=\"cell\">", 16);
    int64_t n = -1;
    if (!cell || cell[16] == '<')
        return n;
    str rest = { cell + 16, row.at + row.len - cell - 16 };
    assert_true(says(rest, "next month") && str_to_int(str_part(rest, 0, str_find(rest, ' ')), &n));
    return n;
}

static void change(const char *sql, id i, int64_t day)
{
    char text[400], hex[33] = "";
    hex_write(hex, i.at, 16);
    snprintf(text, sizeof text, sql, (long long)day, hex);
    app_break(h.m->app, text);
}

static void close_tip(id tip, int64_t day)
{
    change("UPDATE tip SET state = 'closed', disposition = 'tip_thin', closed_day = %lld WHERE id = x'%s'", tip, day);
}

static void the_table_says_what_how_long_from_when_and_why(void **state)
{
    (void)state;
    str page = page_of("administrator", MEMBER, ""), tips = row_of(page, "Tips"), mailboxes = row_of(page, "Mailboxes");
    assert_true(says(tips, "5 years") && says(tips, "from its closing") && says(tips, ">Law<") && says(tips, "28 CFR 23.20"));
    assert_true(says(row_of(page, "Tips that led nowhere"), "1 year<") && says(row_of(page, "Tips that led nowhere"), "Only when closed as: "));
    assert_true(says(row_of(page, "Packets"), "30 days") && says(row_of(page, "Files of care"), "from the end of care"));
    assert_true(row_of(page, "Tips").at < row_of(page, "Cases").at && row_of(page, "Cases").at < row_of(page, "Packets").at);
    assert_true(says(row_of(page, "Calls"), "As long as what it belongs to") && says(row_of(page, "Records of the log"), "Not ended by the program"));
    assert_true(says(mailboxes, "180 days") && says(mailboxes, "Held by the program itself") && !says(mailboxes, ">Law<"));
    h.m->app->house.values[HOUSE_MAILBOX_DAYS] = lit("200"); /* the setting of the house, whatever the pack says */
    assert_true(says(row_of(page_of("administrator", MEMBER, ""), "Mailboxes"), "200 days"));
}

static void a_row_is_confirmed_only_when_somebody_of_the_house_did(void **state)
{
    (void)state;
    assert_true(says(row_of(page_of("auditor", MEMBER, ""), "Cases"), "A proposal"));
    for (ptrdiff_t i = 0; i < h.m->app->pack.len; i++) {
        struct pack_row *row = &h.m->app->pack.rows[i];
        if (str_equal(row->file, lit("retention")) && str_equal(row->key, lit("CASE")))
            row->basis = BASIS_CONFIRMED;
    }
    str page = page_of("auditor", MEMBER, "");
    assert_true(says(row_of(page, "Cases"), "Confirmed by this house."));
    assert_true(says(row_of(page, "Tips"), "A proposal"));
}

/* The edges of the month, and nobody else's. */
static void tips_are_counted_of_ones_own_office(void **state)
{
    (void)state;
    assert_int_equal(ending("call_taker", MEMBER, "Tips"), 0);
    close_tip(h.m->tip[0], OCTOBER - FIVE_YEARS - 1);
    assert_int_equal(ending("call_taker", MEMBER, "Tips"), 0);
    close_tip(h.m->tip[0], OCTOBER - FIVE_YEARS);
    assert_int_equal(ending("call_taker", MEMBER, "Tips"), 1);
    close_tip(h.m->tip[0], OCTOBER + 30 - FIVE_YEARS);
    assert_int_equal(ending("call_taker", MEMBER, "Tips"), 1);
    assert_int_equal(ending("call_taker", MEMBER, "Tips that led nowhere"), 0); /* under one row and no other */
    assert_int_equal(ending("call_taker", ELSEWHERE, "Tips"), 0);
    assert_int_equal(ending("auditor", MEMBER, "Tips"), -1);
    assert_int_equal(ending("coordinator", MEMBER, "Tips"), -1);
    close_tip(h.m->tip[0], OCTOBER + 31 - FIVE_YEARS);
    assert_int_equal(ending("call_taker", MEMBER, "Tips"), 0);
}

static void cases_files_and_packets_are_counted_of_who_is_on_them(void **state)
{
    (void)state;
    change("UPDATE casefile SET status = 'closed', closed_day = %lld WHERE id = x'%s'", h.m->casefile[0], OCTOBER - TWENTY_YEARS);
    assert_int_equal(ending("investigator", MEMBER, "Cases"), 1);
    assert_int_equal(ending("investigator", ELSEWHERE, "Cases"), 0);
    assert_int_equal(ending("call_taker", MEMBER, "Cases"), -1);
    change("UPDATE care_file SET end_day = %lld WHERE id = x'%s'", h.m->victim[0], OCTOBER);
    assert_int_equal(ending("specialist", MEMBER, "Files of care"), 1);
    assert_int_equal(ending("specialist", ELSEWHERE, "Files of care"), 0);
    assert_int_equal(ending("specialist", MEMBER, "Cases"), -1);
    static const char *const police[] = { "supervisor", "investigator", "analyst", "call_taker", "administrator", "auditor" };
    for (ptrdiff_t i = 0; i < countof(police); i++)
        assert_int_equal(ending(police[i], MEMBER, "Files of care"), -1);
    char sql[120];
    snprintf(sql, sizeof sql, "UPDATE packet SET until_day = %d", OCTOBER - PACKET_MONTH + 3);
    app_break(h.m->app, sql);
    assert_int_equal(ending("investigator", MEMBER, "Packets"), 1);
    assert_int_equal(ending("analyst", MEMBER, "Packets"), 0);
    assert_int_equal(ending("specialist", MEMBER, "Packets"), -1);
}

/* More rows than a page has, as an overlay may bring them. */
static void a_long_table_comes_in_pages(void **state)
{
    (void)state;
    const struct pack_row *one = pack_find(&h.m->app->pack, lit("retention"), lit("CASE"), jobs_house_today(&h));
    struct pack_row *rows = arena_new(&h.a, struct pack_row, MANY);
    int seen = 0, pages = 0;
    for (int i = 0; i < MANY; i++) {
        char *key = arena_new(&h.a, char, 8);
        snprintf(key, 8, "R%02d", i);
        rows[i] = *one;
        rows[i].key = str_of(key);
        rows[i].position = i;
    }
    h.m->app->pack = pack_of(rows, MANY);
    for (str query = { 0 }, page; ; pages++) {
        page = page_of("statistician", MEMBER, str_c(&h.a, query));
        for (const char *at = page.at; (at = memmem(at, (size_t)(page.at + page.len - at), "<tr data-row", 12)); at++)
            seen++;
        const char *next = memmem(page.at, (size_t)page.len, "\"/retention?from=", 17);
        if (!next)
            break;
        str rest = { next + 11, page.at + page.len - next - 11 };
        query = str_part(rest, 0, str_find(rest, '"'));
    }
    assert_int_equal(seen, MANY);
    assert_int_equal(pages, 2);
    assert_true(says(page_of("statistician", MEMBER, "?from=-1"), "<tr data-row") && says(page_of("statistician", MEMBER, "?from=x"), "<tr data-row"));
    h.m->app->pack = pack_of(rows, 0);
    assert_true(says(page_of("statistician", MEMBER, ""), "No country data of this house"));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(the_table_says_what_how_long_from_when_and_why),
        HOUSE(a_row_is_confirmed_only_when_somebody_of_the_house_did),
        HOUSE(tips_are_counted_of_ones_own_office),
        HOUSE(cases_files_and_packets_are_counted_of_who_is_on_them),
        HOUSE(a_long_table_comes_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
