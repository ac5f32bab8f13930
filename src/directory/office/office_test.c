#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "directory/office/office.h"
#include "packs.h"

static struct arena arena;
static struct pack base;

static void a_place_finds_its_office_by_the_narrowest_row_of_the_pack(void **state)
{
    (void)state;
    static const struct {
        struct place place;
        const char *office; /* NULL: none */
        bool disputed;
    } cases[] = {
        { { LIT("US"), LIT("GA"), { 0 }, { 0 } }, "HSI-ATL", false },
        { { { 0 }, LIT("AL"), { 0 }, { 0 } }, "HSI-ATL", true },
        { { LIT("US"), LIT("TX"), LIT("48005"), { 0 } }, "HSI-HOU", false },
        { { LIT("US"), LIT("TX"), LIT("48003"), { 0 } }, "HSI-ELP", true },
        { { LIT("US"), { 0 }, { 0 }, LIT("90012") }, "HSI-LAX", false },
        { { LIT("US"), LIT("GA"), LIT("48005"), { 0 } }, "HSI-HOU", false }, /* a county is narrower than a state */
        { { LIT("US"), { 0 }, { 0 }, { 0 } }, "HSI-HQ", false },
        { { LIT("MX"), { 0 }, { 0 }, { 0 } }, "HSI-INT", false },
        { { { 0 }, { 0 }, { 0 }, { 0 } }, NULL, false },
        { { { 0 }, LIT("ZZ"), { 0 }, LIT("9") }, NULL, false },
    };
    for (ptrdiff_t i = 0; i < countof(cases); i++) {
        struct area_answer out;
        bool found = office_of_place(&base, &arena, &cases[i].place, 20781, &out);
        if (found != (cases[i].office != NULL) || (found && !str_equal(out.office, str_of(cases[i].office))))
            print_message("case %d: %.*s\n", (int)i, (int)out.office.len, out.office.at);
        assert_int_equal(found, cases[i].office != NULL);
        if (found) {
            assert_true(str_equal(out.office, str_of(cases[i].office)));
            assert_int_equal(out.disputed, cases[i].disputed);
            assert_true(out.reason.len > 0);
        }
    }
}

static void a_place_is_taken_as_a_person_writes_it(void **state)
{
    (void)state;
    assert_true(str_equal(office_state(&base, &arena, lit("tennessee"), 20781), lit("TN")));
    assert_true(str_equal(office_state(&base, &arena, lit("tn"), 20781), lit("TN")));
    assert_true(str_equal(office_state(&base, &arena, lit("Atlantis"), 20781), lit("Atlantis")));
    assert_true(str_equal(office_county(&base, &arena, lit("TX"), lit("anderson"), 20781), lit("48001")));
    assert_true(str_equal(office_county(&base, &arena, lit("TX"), lit("Anderson County"), 20781), lit("48001")));
    assert_true(str_equal(office_county(&base, &arena, lit("TX"), lit("48001"), 20781), lit("48001")));
    assert_int_equal(office_county(&base, &arena, lit("GA"), lit("48001"), 20781).len, 0);
    assert_int_equal(office_county(&base, &arena, lit("TX"), lit(""), 20781).len, 0);
}

static void offices_are_kept_by_code_and_listed_by_name(void **state)
{
    (void)state;
    struct db *db;
    struct office out;
    struct offices list;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    const struct office second = { { { 2 } }, LIT("NO-2"), LIT("Beacon"), LIT("Nowhere"), LIT("TN"), LIT("field"), 20000 };
    struct office first = second;
    first.id.at[0] = 1;
    first.code = lit("NO-1");
    first.name = lit("Anchor");
    assert_int_equal(office_add(db, &second), OK);
    assert_int_equal(office_add(db, &first), OK);
    assert_int_equal(office_add(db, &first), CONFLICT);
    assert_int_equal(office_find(db, &arena, second.id, &out), OK);
    assert_true(str_equal(out.name, lit("Beacon")) && str_equal(out.state, lit("TN")) && out.made_day == 20000);
    assert_int_equal(office_find_code(db, &arena, lit("NO-1"), &out), OK);
    assert_true(id_equal(out.id, first.id));
    assert_int_equal(office_find_code(db, &arena, lit("NO-3"), &out), NOT_FOUND);
    assert_int_equal(office_list(db, &arena, (str){ 0 }, 10, &list), OK);
    assert_true(list.len == 2 && str_equal(list.at[0].name, lit("Anchor")));
    assert_int_equal(office_list(db, &arena, lit("Anchor"), 10, &list), OK);
    assert_true(list.len == 1 && str_equal(list.at[0].name, lit("Beacon")));
    db_close(db);
}

static void a_code_is_capitals_digits_and_dashes(void **state)
{
    (void)state;
    assert_true(office_code_fits(lit("HSI-ATL")));
    assert_false(office_code_fits(lit("hsi")) || office_code_fits(lit("A")) || office_code_fits(lit("A B")) || office_code_fits((str){ 0 }));
}

int main(void)
{
    arena = arena_reserve(256 << 20);
    base = packs_of_the_tree(&arena, true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_finds_its_office_by_the_narrowest_row_of_the_pack),
        cmocka_unit_test(a_place_is_taken_as_a_person_writes_it),
        cmocka_unit_test(offices_are_kept_by_code_and_listed_by_name),
        cmocka_unit_test(a_code_is_capitals_digits_and_dashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
