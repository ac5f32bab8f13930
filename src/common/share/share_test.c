#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/share/share.h"

static void a_box_is_found_for_its_ring_until_its_day_and_a_newer_one_takes_its_place(void **state)
{
    (void)state;
    struct arena a = arena_reserve(1 << 20);
    struct db *db;
    const uint8_t *box;
    const id root = { { 1 } }, row = { { 2 } }, ring = { { 3 } }, other = { { 4 } };
    struct share s = { root, row, ring, SHARE_FOR_EVER, { 7 } };
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &db), OK);
    assert_int_equal(db_migrate(db, migrations_content), OK);
    assert_int_equal(share_put(db, &s), OK);
    assert_int_equal(share_find(db, &a, root, row, ring, 30000, &box), OK);
    assert_int_equal(box[0], 7);
    assert_int_equal(share_find(db, &a, root, row, other, 30000, &box), NOT_FOUND);
    assert_int_equal(share_find(db, &a, other, row, ring, 30000, &box), NOT_FOUND);
    s.until_day = 20000;
    s.keybox[0] = 8;
    assert_int_equal(share_put(db, &s), OK);
    assert_int_equal(share_find(db, &a, root, row, ring, 20000, &box), OK);
    assert_int_equal(box[0], 8);
    assert_int_equal(share_find(db, &a, root, row, ring, 20001, &box), NOT_FOUND);
    db_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_is_found_for_its_ring_until_its_day_and_a_newer_one_takes_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
