/* Measures as staff see them: a figure opens to its entries, in codes alone; what counts victims opens to nothing. */
#include "matrix.h"

enum { ARRESTS = 60 };
#define ENTRY_COLUMNS "(root, id, kind, compartment, office, author, day, written_day, corrects, withdrawn, counted, sealed)"

static struct matrix *m;
static struct arena whole;

static int open_house(void **state)
{
    (void)state;
    whole = arena_reserve(64 << 20);
    m = matrix_make();
    struct arena a = whole;
    struct out o = { .arena = &a };
    char b[512];
    out_str(&o, lit("INSERT INTO office VALUES (x'01000000000000000000000000000001','OFF-A','Invented <Alpha>','City','ST','sac',1);"
                    "INSERT INTO office VALUES (x'01000000000000000000000000000002','OFF-B','Invented Beta','City','ST','sac',1);"
                    "INSERT INTO casefile (id, office, status, opened_day, closed_day, sealed) VALUES (x'02000000000000000000000000000001',x'01000000000000000000000000000001','open',20600,NULL,x'00');"));
    for (int i = 0; i < ARRESTS + 2; i++) { /* the first is corrected by the last but one, and that one withdrawn by the last */
        static const char *const corrects[] = { "NULL", "x'03000000000000000000000000000000'", "x'0300000000000000000000000000003c'" };
        int which = i < ARRESTS ? 0 : i - ARRESTS + 1;
        snprintf(b, sizeof b, "INSERT INTO entry " ENTRY_COLUMNS " VALUES (x'02000000000000000000000000000001',x'030000000000000000000000000000%02x','arrest',3,"
                 "x'0100000000000000000000000000000%d',x'09000000000000000000000000000001',%d,20700,%s,%d,%d,CAST('marrowdene' AS BLOB));",
                 (unsigned)i, 1 + i % 3 / 2, 20600 + i, corrects[which], which == 2, which < 2);
        out_str(&o, str_of(b));
        snprintf(b, sizeof b, "INSERT INTO entry_value VALUES (x'02000000000000000000000000000001',x'030000000000000000000000000000%02x','%s',0,'%s',NULL);",
                 (unsigned)i, i % 2 ? "agency" : "by_office", i % 2 ? "invented_agency" : "tollgatehill");
        out_str(&o, str_of(b));
    }
    out_str(&o, lit("INSERT INTO entry " ENTRY_COLUMNS " VALUES (x'02000000000000000000000000000001',x'04000000000000000000000000000001','victim_located',3,"
                    "x'01000000000000000000000000000001',x'09000000000000000000000000000001',20610,20700,NULL,0,1,x'00');"
                    "INSERT INTO entry_value VALUES (x'02000000000000000000000000000001',x'04000000000000000000000000000001','count',0,'5',5);"
                    "INSERT INTO tally VALUES ('clients_served',x'01000000000000000000000000000001',12*2025+5,40);"));
    app_break(m->app, str_c(&a, out_view(&o)));
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    matrix_end(m);
    return 0;
}

static str ask(struct arena *a, const char *role, const char *path)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .path = str_of(path), .caller = matrix_find(m, role, MEMBER) };
    return matrix_ask(m, a, &q);
}

static int count(str s, const char *what)
{
    int n = 0;
    ptrdiff_t len = (ptrdiff_t)strlen(what);
    for (ptrdiff_t i = 0; i + len <= s.len; i++)
        n += !memcmp(s.at + i, what, (size_t)len);
    return n;
}

static void a_figure_opens_to_just_its_entries(void **state)
{
    (void)state;
    struct arena a = whole;
    str page = ask(&a, "statistician", "/measures");
    assert_int_equal(count(page, "<a href=\"/measures/arrests?fy=FY2026\">59</a>"), 1); /* one was corrected away */
    assert_int_equal(count(page, "Publish the figures of today"), 1);
    page = ask(&a, "statistician", "/measures/arrests?fy=FY2026");
    assert_int_equal(count(page, "59 entries"), 1);
    assert_int_equal(count(page, "<tr data-row role=\"row\">"), 50);
    const char *next = memmem(page.at, (size_t)page.len, "/measures/arrests?fy=FY2026&amp;after=", 38);
    assert_non_null(next);
    struct out path = { .arena = &a };
    for (; *next != '"'; next++) {
        out_char(&path, *next);
        if (*next == '&')
            next += 4;
    }
    page = ask(&a, "statistician", str_c(&a, out_view(&path)));
    assert_int_equal(count(page, "<tr data-row role=\"row\">"), 9);
    assert_int_equal(count(page, "Next 50"), 0);
}

static void an_office_has_its_share(void **state)
{
    (void)state;
    struct arena a = whole;
    str one = ask(&a, "auditor", "/measures?office=01000000000000000000000000000001");
    str two = ask(&a, "auditor", "/measures?office=01000000000000000000000000000002");
    assert_int_equal(count(one, "&amp;office=01000000000000000000000000000001\">39</a>"), 1);
    assert_int_equal(count(two, "&amp;office=01000000000000000000000000000002\">20</a>"), 1);
    assert_int_equal(count(one, "Invented &lt;Alpha&gt;"), 1);
    assert_int_equal(count(one, "Publish the figures"), 0);
    str none = ask(&a, "auditor", "/measures/arrests?fy=FY2026&office=01000000000000000000000000000003");
    assert_int_equal(count(none, "No entry counts here"), 1); /* nobody's, and not everybody's */
    assert_int_equal(count(none, "<tr data-row role=\"row\">"), 0);
    str csv = ask(&a, "supervisor", "/measures.csv");
    assert_int_equal(count(csv, "\r\narrests,,FY2026,59,exact\r\n"), 1);
    assert_int_equal(count(csv, "\r\narrests,OFF-B,FY2026,20,exact\r\n"), 1);
}

static void entries_are_shown_in_codes_and_nobody_in_them(void **state)
{
    (void)state;
    struct arena a = whole;
    for (int i = 0; i < 2; i++) {
        str page = ask(&a, i ? "supervisor" : "statistician", "/measures/arrests?fy=FY2026");
        assert_int_equal(count(page, "marrowdene"), 0);
        assert_int_equal(count(page, "tollgatehill"), 0);
        assert_int_equal(count(page, "/cases/"), 0); /* on the case is neither of them */
        assert_int_equal(count(page, "Agency: invented_agency"), 25);
    }
}

static void what_counts_victims_opens_to_nothing_and_is_rounded_for_everybody(void **state)
{
    (void)state;
    static const char *const jobs[] = { "statistician", "supervisor", "auditor" };
    for (int i = 0; i < countof(jobs); i++) {
        struct arena a = whole;
        str nothing = ask(&a, jobs[i], "/measures/no_such"), page = ask(&a, jobs[i], "/measures");
        assert_true(str_starts(nothing, lit("404\n")));
        assert_true(str_equal(ask(&a, jobs[i], "/measures/victims_located?fy=FY2026"), nothing));
        assert_true(str_equal(ask(&a, jobs[i], "/measures/clients_served?fy=FY2025"), nothing));
        assert_int_equal(count(page, "<td class=\"r\">33</td>"), 1); /* 40, of FY2025 */
        assert_int_equal(count(ask(&a, jobs[i], "/measures.csv"), "clients_served,,FY2025,33,rounded"), 1);
        /* Three more: the same bytes. Ten more: other ones, so the test can tell. */
        app_break(m->app, "UPDATE tally SET n = n + 3");
        assert_true(str_equal(ask(&a, jobs[i], "/measures"), page));
        app_break(m->app, "UPDATE tally SET n = n + 10");
        assert_false(str_equal(ask(&a, jobs[i], "/measures"), page));
        app_break(m->app, "UPDATE tally SET n = n - 13");
    }
}

static void a_question_nobody_can_answer_is_absent(void **state)
{
    (void)state;
    static const char *const paths[] = { "/measures/arrests?fy=2026", "/measures/arrests?fy=FY1999", "/measures/arrests?fy=FY2031",
                                         "/measures/cases_opened?fy=FY2026", "/measures/tips_received?fy=FY2026" };
    struct arena a = whole;
    for (int i = 0; i < countof(paths); i++)
        assert_true(str_starts(ask(&a, "statistician", paths[i]), lit("404\n")));
    assert_true(str_starts(ask(&a, "call_taker", "/measures"), lit("404\n")));
    str odd = ask(&a, "statistician", "/measures/arrests?fy=FY2026&after=zz.1&office=zz");
    assert_int_equal(count(odd, "59 entries"), 1); /* what is not understood is not there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_opens_to_just_its_entries),
        cmocka_unit_test(an_office_has_its_share),
        cmocka_unit_test(entries_are_shown_in_codes_and_nobody_in_them),
        cmocka_unit_test(what_counts_victims_opens_to_nothing_and_is_rounded_for_everybody),
        cmocka_unit_test(a_question_nobody_can_answer_is_absent),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
