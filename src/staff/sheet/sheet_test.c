/* The weekly sheet: whose weeks stand on it, for whom, what is marked, and that it was read. */
#include "matrix.h"
#include "staff/sheet/sheet.h"

static struct matrix *m;
static struct arena a;

static int start(void **state)
{
    *state = m = matrix_make();
    a = arena_reserve(64 << 20);
    return 0;
}

static int stop(void **state)
{
    matrix_end(*state);
    return 0;
}

static str ask(const struct matrix_caller *c, enum method method, const char *path)
{
    return matrix_ask(m, &a, &(struct matrix_request){ .side = STAFF_SIDE, .method = method, .path = str_of(path), .caller = c,
                                                       .type = lit("application/x-www-form-urlencoded") });
}

static str get(const char *role, const char *path)
{
    return ask(matrix_find(m, role, MEMBER), GET, path);
}

static bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

/* The line of the file about one person and measure, without both. */
static str line_of(str file, const char *name, const char *measure)
{
    char head[96];
    for (str line; str_split(&file, '\n', &line);) {
        str rest = line, cell;
        snprintf(head, sizeof head, "%s,", name);
        if (!str_starts(line, str_of(head)) || !str_split(&rest, ',', &cell) || !str_split(&rest, ',', &cell) || !str_split(&rest, ',', &cell))
            continue;
        if (str_equal(cell, str_of(measure)))
            return str_trim(rest);
    }
    return (str){ 0 };
}

static uint64_t records(void)
{
    return m->app->keys->core->tree.size;
}

static void each_leader_sees_who_holds_the_same_keys_and_nobody_else(void **state)
{
    (void)state;
    str here = get("supervisor", "/sheet");
    assert_true(says(here, "call_taker.member") && says(here, "analyst.member") && says(here, "investigator.member") && says(here, "supervisor.member"));
    assert_false(says(here, "specialist") || says(here, "coordinator") || says(here, "elsewhere") || says(here, "removed"));
    assert_false(says(here, "administrator") || says(here, "auditor"));
    assert_true(says(here, "call_taker.departed")); /* who left this week may have taken along what they opened in it */
    str care = get("coordinator", "/sheet");
    assert_true(says(care, "specialist.member") && says(care, "coordinator.member"));
    assert_false(says(care, "call_taker") || says(care, "analyst") || says(care, "elsewhere"));
    str there = ask(matrix_find(m, "supervisor", ELSEWHERE), GET, "/sheet");
    assert_true(says(there, "call_taker.elsewhere"));
    assert_false(says(there, ".member"));
    str shut_out = ask(matrix_find(m, "supervisor", REMOVED), GET, "/sheet");
    assert_true(says(shut_out, "You do not hold the keys of your office yet"));
    assert_false(says(shut_out, ".member"));
    static const char *const others[] = { "call_taker", "analyst", "investigator", "specialist", "auditor", "administrator", "statistician" };
    for (ptrdiff_t i = 0; i < countof(others); i++)
        assert_true(says(get(others[i], "/sheet"), "404"));
    assert_false(says(get("supervisor", "/sheet?after=call_taker.zz"), "call_taker.member")); /* the next page goes on by name */
}

/* Without the lines of who asks: asking for the file is itself an export of theirs. */
static str file_of_others(void)
{
    struct out o = { .arena = &a };
    str file = get("supervisor", "/sheet.csv");
    for (str line; str_split(&file, '\n', &line);)
        if (!str_starts(line, lit("supervisor.member,"))) {
            out_str(&o, line);
            out_char(&o, '\n');
        }
    return out_view(&o);
}

static void what_carers_do_moves_nothing_on_the_sheet_of_a_supervisor(void **state)
{
    (void)state;
    char path[80];
    str file = file_of_others();
    snprintf(path, sizeof path, "/victims/%.*s", 32, id_text(&a, m->victim[0]).at);
    for (int i = 0; i < 3; i++)
        assert_true(says(get("specialist", path), "200"));
    assert_true(str_equal(file, file_of_others()));
    snprintf(path, sizeof path, "/tips/%s", m->planted[0][TIP_ID]);
    assert_true(says(get("analyst", path), "200"));
    assert_false(str_equal(file, file_of_others())); /* control: what is done on this side shows */
}

static void the_file_says_what_was_opened_and_is_itself_an_export(void **state)
{
    (void)state;
    char tip[80];
    snprintf(tip, sizeof tip, "/tips/%s", m->planted[0][TIP_ID]);
    str before = line_of(get("supervisor", "/sheet.csv"), "analyst.member", "opened");
    int64_t n = 0, later = 0;
    str cell;
    assert_true(str_split(&before, ',', &cell) && str_to_int(cell, &n));
    assert_true(says(get("analyst", tip), "200"));
    str after = line_of(get("supervisor", "/sheet.csv"), "analyst.member", "opened");
    assert_true(str_split(&after, ',', &cell) && str_to_int(cell, &later));
    assert_true(later > n);
    str exported = line_of(get("supervisor", "/sheet.csv"), "supervisor.member", "exported");
    assert_true(str_split(&exported, ',', &cell) && str_equal(cell, lit("2")));
    assert_int_equal(line_of(get("supervisor", "/sheet.csv"), "specialist.member", "opened").len, 0);
}

static void reading_it_is_on_record_and_takes_it_from_the_next_box_for_a_week(void **state)
{
    (void)state;
    const struct matrix_caller *sup = matrix_find(m, "supervisor", MEMBER);
    assert_true(says(get("supervisor", "/queue"), "Read the week in counts"));
    assert_true(says(get("coordinator", "/victims"), "Read the week in counts"));
    assert_true(says(get("supervisor", "/sheet"), "Nobody has read it yet"));
    uint64_t before = records();
    assert_true(says(ask(sup, POST, "/sheet/read"), "303"));
    assert_int_equal(records(), before + 2); /* the look, and the reading */
    assert_false(says(get("supervisor", "/queue"), "Read the week in counts"));
    assert_true(says(get("supervisor", "/sheet"), "by supervisor.member"));
    app_break(m->app, "UPDATE sheet_read SET day = day - 6");
    assert_false(says(get("supervisor", "/queue"), "Read the week in counts"));
    app_break(m->app, "UPDATE sheet_read SET day = day - 1");
    assert_true(says(get("supervisor", "/queue"), "Read the week in counts"));
    app_break(m->app, "DELETE FROM sheet_read");
    assert_true(says(ask(matrix_find(m, "supervisor", REMOVED), POST, "/sheet/read"), "303")); /* who is shown nothing has read nothing */
    assert_true(says(get("supervisor", "/sheet"), "Nobody has read it yet"));
    assert_true(says(ask(matrix_find(m, "supervisor", ELSEWHERE), POST, "/sheet/read"), "303"));
    assert_true(says(ask(matrix_find(m, "supervisor", ELSEWHERE), GET, "/sheet"), "by supervisor.elsewhere"));
    assert_true(says(get("supervisor", "/sheet"), "Nobody has read it yet")); /* each office for itself */
}

/* The same page as one's own list: who counted one's week stands there by name, and who did not is not named. */
static void a_person_sees_who_counted_their_week(void **state)
{
    (void)state;
    str before = get("call_taker", "/own");
    assert_false(says(before, "counted my week"));
    (void)get("supervisor", "/sheet");
    str page = get("call_taker", "/own");
    assert_true(says(page, "counted my week") && says(page, "supervisor.member"));
    assert_false(says(get("call_taker", "/own?others=1000"), "counted my week"));
    assert_false(says(get("specialist", "/own"), "counted my week"));
    str key = id_text(&a, matrix_fresh_key(m, 0)); /* one for tips, of the administrator: no principal, no acts */
    char path[64];
    snprintf(path, sizeof path, "/own?key=%.*s", 32, key.at);
    assert_false(says(get("supervisor", path), "id=\"system\""));
}

/* --- marks: arithmetic ------------------------------------------------------------------------------ */

static const struct sheet_rule *rule_of(enum sheet_measure measure)
{
    for (int i = 0; i < SHEET_RULES; i++)
        if (sheet_rules[i].measure == measure)
            return &sheet_rules[i];
    fail_msg("no rule for %d", measure);
    return NULL;
}

static struct sheet weeks(enum sheet_measure measure, uint32_t now, uint32_t w1, uint32_t w2, uint32_t w3, uint32_t w4)
{
    struct sheet x = { .whole = SHEET_WEEKS };
    const uint32_t all[SHEET_WEEKS] = { now, w1, w2, w3, w4 };
    for (int week = 0; week < SHEET_WEEKS; week++) {
        x.at[week][SHEET_ENTRIES] = 1;
        x.at[week][measure] = all[week];
    }
    return x;
}

static void a_mark_is_more_than_twice_the_usual_and_not_small(void **state)
{
    (void)state;
    const struct sheet_rule *read = rule_of(SHEET_THINGS), *refused = rule_of(SHEET_REFUSED);
    struct sheet x = weeks(SHEET_THINGS, 81, 40, 40, 40, 40);
    assert_true(sheet_marked(&x, read));
    x.at[0][SHEET_THINGS] = 80;
    assert_false(sheet_marked(&x, read));
    x = weeks(SHEET_THINGS, read->least - 1, 0, 0, 0, 0);
    assert_false(sheet_marked(&x, read));
    x = weeks(SHEET_THINGS, 30, 10, 20, 0, 0); /* two weeks away: not two weeks of nothing */
    assert_true(sheet_marked(&x, read));
    x.at[3][SHEET_ENTRIES] = x.at[4][SHEET_ENTRIES] = 0;
    assert_int_equal(sheet_usual(&x, SHEET_THINGS), 15);
    assert_false(sheet_marked(&x, read));
    x = weeks(SHEET_THINGS, 1000, 0, 0, 0, 0);
    for (int week = 1; week < SHEET_WEEKS; week++)
        x.at[week][SHEET_ENTRIES] = 0;
    assert_int_equal(sheet_usual(&x, SHEET_THINGS), -1);
    assert_false(sheet_marked(&x, read)); /* somebody new: nothing to compare with */
    x.at[0][SHEET_REFUSED] = refused->least;
    assert_true(sheet_marked(&x, refused)); /* what is rare is marked all the same */
    x = weeks(SHEET_THINGS, 100, 40, 40, 400, 400);
    x.whole = 3; /* weeks that were not read to their beginning do not count */
    assert_int_equal(sheet_usual(&x, SHEET_THINGS), 40);
}

/* More of it never takes a mark away, and more in the weeks before never sets one. */
static void a_mark_follows_the_numbers_in_one_direction(void **state)
{
    (void)state;
    struct chance dice = chance_seeded(7);
    int marked = 0;
    for (int i = 0; i < 20000; i++) {
        uint32_t n[SHEET_WEEKS + 2];
        dice.fill(&dice, n, sizeof n);
        const struct sheet_rule *rule = &sheet_rules[n[5] % SHEET_RULES];
        struct sheet x = weeks(rule->measure, n[0] % 300, n[1] % 100, n[2] % 100, n[3] % 100, n[4] % 100), y = x;
        y.at[0][rule->measure] += n[6] % 50;
        struct sheet z = x;
        z.at[1 + n[6] % (SHEET_WEEKS - 1)][rule->measure] += n[6] % 77;
        assert_true(!sheet_marked(&x, rule) || sheet_marked(&y, rule));
        assert_true(sheet_marked(&x, rule) || !sheet_marked(&z, rule));
        marked += sheet_marked(&x, rule);
    }
    assert_true(marked > 1000 && marked < 19000); /* control: there are both */
}

int main(void)
{
#define HOUSE(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        HOUSE(each_leader_sees_who_holds_the_same_keys_and_nobody_else),
        HOUSE(what_carers_do_moves_nothing_on_the_sheet_of_a_supervisor),
        HOUSE(the_file_says_what_was_opened_and_is_itself_an_export),
        HOUSE(reading_it_is_on_record_and_takes_it_from_the_next_box_for_a_week),
        HOUSE(a_person_sees_who_counted_their_week),
        cmocka_unit_test(a_mark_is_more_than_twice_the_usual_and_not_small),
        cmocka_unit_test(a_mark_follows_the_numbers_in_one_direction),
    };
    return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
