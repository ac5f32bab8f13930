#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/tally/tally.h"

static struct arena arena;
static struct db *db;
static const id here = { { 1 } }, there = { { 2 } };

static int start(void **state)
{
    (void)state;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    return db_migrate(db, migrations_content) == OK ? 0 : 1;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static void what_is_added_is_summed_by_month_and_what_is_taken_back_is_gone(void **state)
{
    (void)state;
    struct tallies list;
    int64_t october = 20378 /* 2025-10-17 */;
    for (int i = 0; i < 3; i++)
        assert_int_equal(tally_add(db, lit("clients_served"), here, october + i, 1), OK);
    assert_int_equal(tally_add(db, lit("clients_served"), there, october, 1), OK);
    assert_int_equal(tally_add(db, lit("clients_served"), here, october + 31, 1), OK);
    assert_int_equal(tally_add(db, lit("clients_served"), there, october, -1), OK);
    assert_int_equal(tally_list(db, &arena, tally_month(october), tally_month(october) + 1, &list), OK);
    assert_int_equal(list.len, 2); /* there: nothing is left of it */
    assert_true(list.at[0].n == 3 && list.at[1].n == 1 && list.at[1].month == list.at[0].month + 1);
    assert_int_equal(tally_list(db, &arena, tally_month(october) + 1, tally_month(october) + 9, &list), OK);
    assert_int_equal(list.len, 1);
}

static void a_count_never_falls_below_zero(void **state)
{
    (void)state;
    assert_int_equal(tally_add(db, lit("clients_new"), here, 20000, -1), CONFLICT);
    assert_int_equal(tally_add(db, lit("clients_new"), here, 20000, 1), OK);
    assert_int_equal(tally_add(db, lit("clients_new"), here, 20000, -2), CONFLICT);
}

static void many_rows_are_all_listed(void **state)
{
    (void)state;
    struct tallies list;
    for (int i = 0; i < 700; i++)
        assert_int_equal(tally_add(db, lit("releases"), here, 31 * (int64_t)i, i + 1), OK);
    assert_int_equal(tally_list(db, &arena, 0, 1 << 20, &list), OK);
    int64_t sum = 0;
    for (ptrdiff_t i = 0; i < list.len; i++)
        sum += list.at[i].n;
    assert_int_equal(sum, 700 * 701 / 2);
}

int main(void)
{
    arena = arena_reserve(16 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_added_is_summed_by_month_and_what_is_taken_back_is_gone, start, stop),
        cmocka_unit_test_setup_teardown(a_count_never_falls_below_zero, start, stop),
        cmocka_unit_test_setup_teardown(many_rows_are_all_listed, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
