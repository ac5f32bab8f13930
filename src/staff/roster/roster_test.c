#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "directory/office/office.h"
#include "staff/account/account.h"
#include "staff/roster/roster.h"

static struct arena arena;
static struct db *db;
static const id here = { { 1 } }, there = { { 2 } };

static void add_person(uint8_t n, const char *name)
{
    const struct account a = { .id = { { n } }, .office = here, .name = str_of(name), .role = lit("specialist"), .state = lit("active"),
                               .made_day = 100 };
    assert_int_equal(account_add(db, &a), OK);
}

static void add_duty(uint8_t n, uint8_t person, const char *duty, const char *language, int64_t from, int64_t to)
{
    const struct duty d = { .office = here, .id = { { n } }, .account = { { person } }, .duty = str_of(duty),
                            .language = str_of(language), .from_day = from, .to_day = to };
    assert_int_equal(duty_add(db, &d), OK);
}

static int start(void **state)
{
    (void)state;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    const struct office one = { here, LIT("NO-1"), LIT("Anchor"), LIT("Nowhere"), LIT("TN"), LIT("field"), 100 };
    assert_int_equal(office_add(db, &one), OK);
    add_person(10, "ada");
    add_person(11, "bo");
    add_person(12, "cy");
    add_duty(1, 10, "victim_assistance", "", 200, 300);
    add_duty(2, 11, "victim_assistance", "es", 210, 300);
    add_duty(3, 12, "supervisor", "", 200, 300);
    add_duty(4, 12, "victim_assistance", "", 301, 400);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static str suggested(str duty, str language, int64_t day)
{
    struct duty out;
    status s = duty_suggest(db, &arena, here, duty, language, day, &out);
    return s == OK ? out.name : (str){ 0 };
}

static void who_is_on_duty_is_suggested_one_who_speaks_the_language_first(void **state)
{
    (void)state;
    str care = lit("victim_assistance");
    assert_true(str_equal(suggested(care, (str){ 0 }, 250), lit("ada")));
    assert_true(str_equal(suggested(care, lit("es"), 250), lit("bo")));
    assert_true(str_equal(suggested(care, lit("es"), 205), lit("ada"))); /* bo begins later */
    assert_true(str_equal(suggested(care, (str){ 0 }, 301), lit("cy")));
    assert_int_equal(suggested(care, (str){ 0 }, 199).len, 0);
    assert_int_equal(suggested(lit("intake"), (str){ 0 }, 250).len, 0);
}

static void who_has_left_or_ended_the_duty_is_not_suggested(void **state)
{
    (void)state;
    str care = lit("victim_assistance");
    assert_int_equal(account_depart(db, (id){ { 10 } }, 240), OK);
    assert_true(str_equal(suggested(care, (str){ 0 }, 250), lit("bo")));
    assert_int_equal(duty_end(db, there, (id){ { 2 } }, 249), NOT_FOUND);
    assert_int_equal(duty_end(db, here, (id){ { 2 } }, 249), OK);
    assert_int_equal(suggested(care, (str){ 0 }, 250).len, 0);
}

static void a_list_holds_what_is_and_what_comes(void **state)
{
    (void)state;
    struct duties list;
    assert_int_equal(duty_list(db, &arena, here, (str){ 0 }, 250, 50, &list), OK);
    assert_int_equal(list.len, 4);
    assert_int_equal(duty_list(db, &arena, here, lit("supervisor"), 250, 50, &list), OK);
    assert_true(list.len == 1 && str_equal(list.at[0].name, lit("cy")));
    assert_int_equal(duty_list(db, &arena, there, (str){ 0 }, 250, 50, &list), OK);
    assert_int_equal(list.len, 0);
}

int main(void)
{
    arena = arena_reserve(16 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_on_duty_is_suggested_one_who_speaks_the_language_first, start, stop),
        cmocka_unit_test_setup_teardown(who_has_left_or_ended_the_duty_is_not_suggested, start, stop),
        cmocka_unit_test_setup_teardown(a_list_holds_what_is_and_what_comes, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
