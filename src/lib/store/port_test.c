/* The port: what a query, a transaction and a connection answer whatever the engine beneath, when something failed before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/store/faulty_disk.h"
#include "lib/store/store.h"

enum { INSERT, FIND, CHANGE, VALUES, WRONG, SLOTS };
static const struct sql try[] = {
    [INSERT] = { INSERT, "try_insert", "INSERT INTO setting (name, value, changed_day) VALUES ($1, $2, $3)" },
    [FIND] = { FIND, "try_find", "SELECT value, changed_day FROM setting WHERE name = $1" },
    [CHANGE] = { CHANGE, "try_change", "UPDATE setting SET value = $1 WHERE name = $2" },
    [VALUES] = { VALUES, "try_values", "SELECT 'abcd', 17, NULL, x'01020304', ''" },
    [WRONG] = { WRONG, "try_wrong", "SELECT nothing FROM nowhere" },
};

struct world {
    char *path;
    struct db *db;
    struct arena arena;
};

static int start(void **state)
{
    struct world *x = calloc(1, sizeof *x);
    faulty_disk_use();
    x->path = scratch_database();
    assert_int_equal(db_open(x->path, (struct db_options){ .create = true, .busy_ms = 50 }, &x->db), OK);
    assert_int_equal(db_migrate(x->db, migrations_content), OK);
    x->arena = arena_reserve(1 << 16);
    *state = x;
    return 0;
}

static int stop(void **state)
{
    struct world *x = *state;
    faulty_disk_use();
    db_close(x->db);
    scratch_remove(x->path);
    free(x);
    return 0;
}

static struct query insert(struct db *db, str name, str value)
{
    struct query q = db_query(db, &try[INSERT]);
    bind_str(&q, 1, name);
    bind_str(&q, 2, value);
    bind_int(&q, 3, 7);
    return q;
}

static status put(struct db *db, str name)
{
    struct query q = insert(db, name, lit("1"));
    return query_run(&q);
}

static bool stands(struct db *db, str name)
{
    struct query q = db_query(db, &try[FIND]);
    bind_str(&q, 1, name);
    bool found = query_next(&q);
    assert_int_equal(query_end(&q, OK), OK);
    return found;
}

static void a_url_is_known_by_its_beginning(void **state)
{
    (void)state;
    assert_true(db_is_url("postgres://host/name") && db_is_url("postgresql:///name"));
    assert_false(db_is_url("/var/lib/postgres.db") || db_is_url("postgres") || db_is_url(""));
}

static void a_database_that_finds_no_room_does_not_open_and_says_why(void **state)
{
    (void)state;
    char *path = scratch_database();
    struct db *db;
    faulty_disk.write_full = 1;
    assert_int_equal(db_open(path, (struct db_options){ .create = true }, &db), LIMIT);
    assert_null(db);
    assert_int_equal(faulty_disk.write_full, 0);
    faulty_disk.write_fails = 1;
    assert_int_equal(db_open(path, (struct db_options){ .create = true }, &db), FAULT);
    assert_null(db);
    db_close(db); /* nothing to close is no matter */
    scratch_remove(path);
}

static void a_query_that_failed_reads_nothing_and_keeps_its_first_failure(void **state)
{
    struct world *x = *state;
    uint8_t b[4] = { 9, 9, 9, 9 };
    for (int how = 0; how < 2; how++) { /* it could not be prepared; it failed while it was read */
        struct query q = db_query(x->db, &try[how ? VALUES : WRONG]);
        if (how) {
            assert_true(query_next(&q));
            read_bytes(&q, 0, b, 3);
        }
        assert_int_equal(q.status, FAULT);
        bind_int(&q, 1, 1);
        assert_int_equal(read_int(&q, 1), 0);
        assert_int_equal(read_str(&q, 0, &x->arena).len, 0);
        assert_true(read_null(&q, 0));
        read_bytes(&q, 3, b, 4);
        assert_int_equal(b[0], 0);
        assert_false(query_next(&q));
        assert_int_equal(query_end(&q, OK), FAULT);
        assert_int_equal(query_end(&q, OK), FAULT);
    }
}

static void a_value_is_read_as_what_is_asked_for(void **state)
{
    struct world *x = *state;
    uint8_t b[4];
    struct query q = db_query(x->db, &try[VALUES]);
    assert_int_equal(read_int(&q, 1), 0); /* no row yet */
    read_bytes(&q, 3, b, 4);
    assert_int_equal(b[3], 0);
    assert_true(query_next(&q));
    read_bytes(&q, 0, b, 4);
    assert_memory_equal(b, "abcd", 4);
    read_bytes(&q, 3, b, 4);
    assert_int_equal(b[3], 4);
    assert_int_equal(read_int(&q, 0), 0); /* a text is no number */
    assert_int_equal(read_int(&q, 1), 17);
    assert_true(str_equal(read_str(&q, 1, &x->arena), lit("17"))); /* a number is a text */
    assert_int_equal(read_str(&q, 2, &x->arena).len + read_str(&q, 4, &x->arena).len, 0);
    assert_int_equal(query_end(&q, CONFLICT), CONFLICT);
}

static void a_change_says_whether_there_was_something_to_change(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("a")), OK);
    for (int there = 0; there < 2; there++) {
        struct query q = db_query(x->db, &try[CHANGE]);
        bind_str(&q, 1, lit("2"));
        bind_str(&q, 2, there ? lit("a") : lit("b"));
        assert_int_equal(query_change(&q, NOT_FOUND), there ? OK : NOT_FOUND);
    }
    struct query q = db_query(x->db, &try[WRONG]);
    assert_int_equal(query_change(&q, NOT_FOUND), FAULT);
}

static void what_was_put_off_and_failed_fails_the_transaction_by_its_first_failure(void **state)
{
    struct world *x = *state;
    int64_t changed[4];
    assert_int_equal(put(x->db, lit("a")), OK);
    assert_int_equal(db_begin(x->db), OK);
    struct query q = insert(x->db, lit("b"), lit("1"));
    query_later(&q, &changed[0]);
    q = insert(x->db, lit("a"), lit("1"));
    query_later(&q, &changed[1]);
    q = db_query(x->db, &try[WRONG]);
    query_later(&q, &changed[2]);
    assert_int_equal(changed[0], 1);
    assert_int_equal(changed[2], 0);
    assert_int_equal(db_settle(x->db), CONFLICT);
    assert_int_equal(db_settle(x->db), CONFLICT);
    assert_int_equal(db_end(x->db, OK), CONFLICT);
    assert_false(stands(x->db, lit("b")));
    assert_int_equal(db_begin(x->db), OK); /* the next one begins anew */
    q = insert(x->db, lit("b"), lit("1"));
    query_later(&q, &changed[3]);
    assert_int_equal(db_end(x->db, OK), OK);
    assert_true(stands(x->db, lit("b")));
}

static void a_broken_database_does_nothing_more(void **state)
{
    struct world *x = *state;
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("a")), OK);
    x->db->broken = true; /* as any engine leaves it */
    assert_int_equal(db_end(x->db, OK), FAULT);
    assert_int_equal(db_begin(x->db), FAULT);
    assert_int_equal(db_checkpoint(x->db), FAULT);
    assert_int_equal(db_reuse_log(x->db), FAULT);
    assert_int_equal(db_make_room(x->db, 4096), FAULT);
    assert_int_equal(store_exec(x->db, "SELECT 1"), FAULT);
    assert_int_equal(put(x->db, lit("b")), FAULT);
    assert_true(db_failed(x->db) && db_failed(x->db)); /* and says so each time */
    x->db->broken = false;
    assert_false(stands(x->db, lit("a")));
}

static void rights_are_what_is_named_and_no_more(void **state)
{
    (void)state;
    static const struct db_right rights[] = { { "one", DB_READ | DB_INSERT }, { "two", DB_READ }, { 0 } }, reads[] = { { "one", DB_READ }, { 0 } };
    static const struct {
        struct db_right needs[3];
        bool may;
    } table[] = {
        { { { "one", DB_READ }, { "two", DB_READ } }, true }, { { { "one", DB_INSERT }, { "two", DB_INSERT } }, false },
        { { { "one", DB_READ | DB_INSERT } }, true },         { { { "one", DB_READ | DB_DELETE } }, false },
        { { { "three", DB_READ } }, false },                  { { { NULL, 0 } }, true },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++)
        assert_int_equal(rights_allow(rights, table[i].needs), table[i].may);
    assert_true(rights_allow(rights, NULL));
    assert_true(rights_may_write(rights));
    assert_false(rights_may_write(reads));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_known_by_its_beginning),
        TEST(a_database_that_finds_no_room_does_not_open_and_says_why),
        TEST(a_query_that_failed_reads_nothing_and_keeps_its_first_failure),
        TEST(a_value_is_read_as_what_is_asked_for),
        TEST(a_change_says_whether_there_was_something_to_change),
        TEST(what_was_put_off_and_failed_fails_the_transaction_by_its_first_failure),
        TEST(a_broken_database_does_nothing_more),
        TEST(rights_are_what_is_named_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
