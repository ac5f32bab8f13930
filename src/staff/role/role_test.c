/* The edges of the tables of who may do what: codes, permissions, classes and compartments that are beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "staff/role/role.h"

static void a_permission_beside_the_table_is_held_by_nobody(void **state)
{
    (void)state;
    struct request everything = { .caller = { .signed_in = true, .held = UINT64_MAX } };
    assert_null(role_find(lit("nobody_has_this_job")));
    assert_string_equal(permission_name(PERMISSION_END), "?");
    assert_string_equal(permission_name(TIP_READ), "TIP_READ");
    assert_true(caller_may(&everything, PERMISSIONS - 1));
    assert_false(caller_may(&everything, PERMISSIONS));
    assert_false(caller_may(&(struct request){ 0 }, TIP_READ));
    for (ptrdiff_t i = 0; i < role_count; i++) {
        assert_ptr_equal(role_find(str_of(roles[i].code)), &roles[i]);
        assert_false(role_holds(&roles[i], PERMISSIONS));
        assert_false(role_holds(&(struct role){ .held = UINT64_MAX }, PERMISSIONS));
    }
}

/* Cases are read by whom the page and the wall let: each of the two alone is not enough. */
static void a_permission_without_the_wall_reads_no_case_and_the_other_way_round(void **state)
{
    (void)state;
    const uint64_t pages = (uint64_t)1 << CASE_READ, machine = (uint64_t)1 << API_CASES, all = ~(pages | machine);
    assert_true(role_reads_cases(&(struct role){ .class = CLASS_INVESTIGATOR, .held = pages }));
    assert_true(role_reads_cases(&(struct role){ .class = CLASS_INVESTIGATOR, .held = machine }));
    assert_false(role_reads_cases(&(struct role){ .class = CLASS_INVESTIGATOR, .held = all }));
    assert_false(role_reads_cases(&(struct role){ .class = CLASS_LINE, .held = pages }));
    assert_false(role_reads_cases(&(struct role){ .class = CLASS_CARE, .held = machine }));
    assert_true(role_on_ring(&(struct role){ .rings = 1u << TIP }, TIP));
    assert_false(role_on_ring(&(struct role){ .rings = 1u << TIP }, SOURCE));
}

static void the_wall_has_no_class_and_no_compartment_beside_its_table(void **state)
{
    (void)state;
    int held = 0;
    for (unsigned class = 0; class < 64; class++)
        for (int c = -2; c < 40; c++) {
            bool allowed = wall_allows((enum wall_class)class, 7, (enum compartment)c);
            held += allowed;
            assert_true(!allowed || (class <= CLASS_ROOT && c >= TIP && c <= COMPARTMENTS));
        }
    assert_true(held > 10);
    assert_false(wall_allows(CLASS_CARE, POWER_GRANT, SERVICE)); /* without the power to certify */
    assert_true(wall_allows(CLASS_CARE, POWER_CERTIFY, SERVICE));
    assert_true(wall_allows(CLASS_ROOT, 0, SERVICE));
}

static void a_row_is_boxed_to_its_own_kind_or_by_the_five_ways(void **state)
{
    (void)state;
    int ways = 0;
    for (int from = -1; from < 14; from++)
        for (int to = -1; to < 14; to++) {
            bool lets = wall_lets_share((enum compartment)from, (enum compartment)to);
            if (from == to)
                assert_int_equal(lets, from >= TIP && from <= SHARED);
            else
                ways += lets;
        }
    assert_int_equal(ways, 5);
    assert_false(wall_lets_share(TIP, CASE));
    assert_false(wall_lets_share(VICTIM, CASE));
    for (int class = CLASS_NONE; class <= CLASS_ROOT; class++)
        assert_int_equal(wall_lets_key((enum wall_class)class), class == CLASS_ANALYST || class == CLASS_INVESTIGATOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_permission_beside_the_table_is_held_by_nobody),
        cmocka_unit_test(a_permission_without_the_wall_reads_no_case_and_the_other_way_round),
        cmocka_unit_test(the_wall_has_no_class_and_no_compartment_beside_its_table),
        cmocka_unit_test(a_row_is_boxed_to_its_own_kind_or_by_the_five_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
