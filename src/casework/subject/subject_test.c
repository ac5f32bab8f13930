#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "casework/casefile/casefile.h"
#include "casework/subject/subject.h"

static struct arena arena;
static struct db *db;
static const id here = { { 1 } }, ivy = { { 10 } };

static id add_case(uint8_t n, int64_t day)
{
    const struct casefile c = { .id = { { 100, n } }, .office = here, .opened_day = day, .sealed = lit("sealed") };
    assert_int_equal(casefile_add(db, &c), OK);
    return c.id;
}

static void a_subject_keeps_its_number_and_two_changes_at_once_are_a_conflict(void **state)
{
    (void)state;
    id one = add_case(1, 200), two = add_case(2, 200);
    struct subject a = { .root = one, .id = { { 1 } }, .author = ivy, .day = 200, .sealed = lit("a") };
    struct subject b = { .root = one, .id = { { 2 } }, .author = ivy, .day = 200, .sealed = lit("b") };
    struct subject other = { .root = two, .id = { { 1 } }, .author = ivy, .day = 200, .sealed = lit("c") };
    assert_int_equal(subject_add(db, &a), OK);
    assert_int_equal(subject_add(db, &b), OK);
    assert_int_equal(subject_add(db, &other), OK);
    assert_int_equal(a.number, 1);
    assert_int_equal(b.number, 2);
    assert_int_equal(other.number, 1);
    struct subject first = a, second = a;
    first.id = (id){ { 3 } };
    first.sealed = lit("a2");
    second.id = (id){ { 4 } };
    assert_int_equal(subject_change(db, &first), OK);
    assert_int_equal(subject_change(db, &second), CONFLICT);
    struct subjects list;
    assert_int_equal(subject_list(db, &arena, one, &list), OK);
    assert_int_equal(list.len, 2);
    assert_true(str_equal(list.at[0].sealed, lit("a2")) && list.at[0].number == 1 && list.at[0].version == 2);
    assert_true(str_equal(list.at[1].sealed, lit("b")));
}

static void a_case_has_an_end_of_subjects(void **state)
{
    (void)state;
    id one = add_case(3, 200);
    struct subject s = { .root = one, .author = ivy, .day = 200, .sealed = lit("a") };
    for (uint8_t n = 0; n < SUBJECTS_MOST; n++) {
        s.id = (id){ { 3, n } };
        assert_int_equal(subject_add(db, &s), OK);
    }
    s.id = (id){ { 4 } };
    assert_int_equal(subject_add(db, &s), LIMIT);
}

int main(void)
{
    arena = arena_reserve(16 << 20);
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subject_keeps_its_number_and_two_changes_at_once_are_a_conflict),
        cmocka_unit_test(a_case_has_an_end_of_subjects),
    };
    int failed = cmocka_run_group_tests_name("subject", tests, NULL, NULL);
    db_close(db);
    return failed;
}
