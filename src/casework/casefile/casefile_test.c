#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "casework/casefile/casefile.h"
#include "common/clock/clock.h"
#include "staff/account/account.h"

static struct arena arena;
static struct db *db;
static const id here = { { 1 } }, there = { { 2 } }, ivy = { { 10 } }, bo = { { 11 } };

static void add_person(id who, const char *name)
{
    const struct account a = { .id = who, .office = here, .name = str_of(name), .role = lit("investigator"), .state = lit("active"),
                               .made_day = 100 };
    assert_int_equal(account_add(db, &a), OK);
}

static id add_case(uint8_t n, int64_t day)
{
    const struct casefile c = { .id = { { 100, n } }, .office = here, .opened_day = day, .sealed = lit("sealed") };
    assert_int_equal(casefile_add(db, &c), OK);
    assert_int_equal(casefile_person_add(db, c.id, ivy, lit("lead"), day), OK);
    return c.id;
}

static int start(void **state)
{
    (void)state;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    add_person(ivy, "ivy");
    add_person(bo, "bo");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static ptrdiff_t mine(id who, str wanted)
{
    struct casefiles list;
    assert_int_equal(casefile_list_mine(db, &arena, who, wanted, NULL, 50, &list), OK);
    return list.len;
}

static void a_case_is_added_once_found_closed_and_reopened(void **state)
{
    (void)state;
    struct casefile c;
    id one = add_case(1, 200);
    const struct casefile again = { .id = one, .office = there, .opened_day = 201, .sealed = lit("x") };
    assert_int_equal(casefile_add(db, &again), CONFLICT);
    assert_int_equal(casefile_find(db, &arena, one, &c), OK);
    assert_true(id_equal(c.office, here) && str_equal(c.status, lit("open")) && !c.closed_day);
    assert_int_equal(casefile_close(db, one, 230), OK);
    assert_int_equal(casefile_find(db, &arena, one, &c), OK);
    assert_true(str_equal(c.status, lit("closed")) && c.closed_day == 230);
    assert_int_equal(mine(ivy, lit("open")), 0);
    assert_int_equal(mine(ivy, lit("closed")), 1);
    assert_int_equal(casefile_reopen(db, one), OK);
    assert_int_equal(mine(ivy, lit("open")), 1);
    assert_int_equal(casefile_close(db, (id){ { 77 } }, 230), NOT_FOUND);
    assert_int_equal(casefile_find(db, &arena, (id){ { 77 } }, &c), NOT_FOUND);
}

static void only_ones_own_cases_are_listed_and_only_while_one_is_on_them(void **state)
{
    (void)state;
    struct case_people people;
    id one = add_case(1, 200);
    add_case(2, 201);
    assert_int_equal(mine(ivy, (str){ 0 }), 2);
    assert_int_equal(mine(bo, (str){ 0 }), 0);
    assert_int_equal(casefile_person_add(db, one, bo, lit("member"), 205), OK);
    assert_int_equal(mine(bo, (str){ 0 }), 1);
    assert_int_equal(casefile_people(db, &arena, one, &people), OK);
    assert_int_equal(people.len, 2);
    assert_true(str_equal(people.at[0].part, lit("lead")) && str_equal(people.at[1].name, lit("bo")));
    assert_int_equal(casefile_person_end(db, one, bo, 206), OK);
    assert_int_equal(casefile_person_end(db, one, bo, 206), NOT_FOUND);
    assert_int_equal(mine(bo, (str){ 0 }), 0);
    assert_int_equal(casefile_person_add(db, one, bo, lit("member"), 207), OK);
    assert_int_equal(mine(bo, (str){ 0 }), 1);
}

/* Every case once, whatever the size of the page; those with a deadline before the others. */
static void pages_lose_and_repeat_nothing_and_begin_with_what_is_due(void **state)
{
    (void)state;
    enum { CASES = 23 };
    bool seen[CASES + 1] = { false };
    for (uint8_t n = 1; n <= CASES; n++)
        add_case(n, 200 + n % 4);
    const struct clock_start late = { lit("CASE_IDLE"), 900 }, soon = { lit("CASE_IDLE"), 500 };
    assert_int_equal(clock_start(db, (id){ { 100, 7 } }, late, 200), OK);
    assert_int_equal(clock_start(db, (id){ { 100, 3 } }, soon, 200), OK);
    struct casefiles page = { 0 };
    struct casefile last;
    ptrdiff_t n = 0;
    do {
        assert_int_equal(casefile_list_mine(db, &arena, ivy, (str){ 0 }, n ? &last : NULL, 5, &page), OK);
        for (ptrdiff_t i = 0; i < page.len; i++, n++) {
            assert_false(seen[page.at[i].id.at[1]]);
            seen[page.at[i].id.at[1]] = true;
            if (n < 2)
                assert_int_equal(page.at[i].id.at[1], n ? 7 : 3);
            last = page.at[i];
        }
    } while (page.len == 5);
    assert_int_equal(n, CASES);
    assert_int_equal(last.due, CASE_NO_CLOCK);
}

static void offices_join_once_and_a_tip_that_is_gone_is_not_listed(void **state)
{
    (void)state;
    struct case_offices offices;
    struct case_tips tips;
    id one = add_case(1, 200);
    assert_int_equal(casefile_office_add(db, one, there, 201), OK);
    assert_int_equal(casefile_office_add(db, one, there, 202), OK);
    assert_int_equal(casefile_offices(db, &arena, one, &offices), OK);
    assert_int_equal(offices.len, 1);
    assert_int_equal(offices.at[0].since_day, 201);
    assert_int_equal(casefile_tip_add(db, one, (id){ { 55 } }, ivy, 201), OK);
    assert_int_equal(casefile_tip_add(db, one, (id){ { 55 } }, ivy, 202), OK);
    assert_int_equal(casefile_tips(db, &arena, one, &tips), OK);
    assert_int_equal(tips.len, 0);
}

int main(void)
{
    arena = arena_reserve(16 << 20);
#define test(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        test(a_case_is_added_once_found_closed_and_reopened),
        test(only_ones_own_cases_are_listed_and_only_while_one_is_on_them),
        test(pages_lose_and_repeat_nothing_and_begin_with_what_is_due),
        test(offices_join_once_and_a_tip_that_is_gone_is_not_listed),
    };
    return cmocka_run_group_tests_name("casefile", tests, NULL, NULL);
}
