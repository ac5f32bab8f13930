#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/store/faulty_disk.h"

static const struct migration first = { 1, "first", "CREATE TABLE first (n INTEGER NOT NULL PRIMARY KEY) STRICT;" };
static const struct migration second = { 2, "second",
                                         "CREATE TABLE second (n INTEGER NOT NULL PRIMARY KEY, t TEXT) STRICT;"
                                         "INSERT INTO first (n) VALUES (1), (2), (3);"
                                         "ALTER TABLE first ADD COLUMN extra TEXT;"
                                         "CREATE INDEX second_t ON second (t);" };
static const struct migration edited = { 1, "first", "CREATE TABLE first (n INTEGER NOT NULL) STRICT;" };
static const struct migration faulty = { 2, "faulty", "CREATE TABLE third (n INTEGER) STRICT; INSERT INTO nowhere VALUES (1);" };

enum { NOTED, TABLES, ROWS };
static const struct sql ask[] = {
    [NOTED] = { NOTED, "noted", "SELECT count(*) FROM schema_migration" },
    [TABLES] = { TABLES, "tables", "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migration'" },
    [ROWS] = { ROWS, "rows", "SELECT count(*) FROM first" },
};

static int64_t number(struct db *db, int which)
{
    struct query q = db_query(db, &ask[which]);
    query_next(&q);
    int64_t n = read_int(&q, 0);
    assert_int_equal(query_end(&q, OK), OK);
    return n;
}

static int start(void **state)
{
    faulty_disk_use();
    *state = scratch_database();
    return 0;
}

static int stop(void **state)
{
    faulty_disk_use();
    scratch_remove(*state);
    return 0;
}

static struct db *open_at(const char *path)
{
    struct db *db = NULL;
    assert_int_equal(db_open(path, (struct db_options){ .create = true, .busy_ms = 1000 }, &db), OK);
    return db;
}

static status migrate(struct db *db, const struct migration *a, const struct migration *b)
{
    struct migration both[2] = { *a };
    if (b)
        both[1] = *b;
    return db_migrate(db, (struct migrations){ both, b ? 2 : 1 });
}

static void migrating_twice_does_nothing_the_second_time(void **state)
{
    struct db *db = open_at(*state);
    assert_int_equal(migrate(db, &first, NULL), OK);
    assert_int_equal(migrate(db, &first, &second), OK);
    assert_int_equal(migrate(db, &first, &second), OK);
    assert_int_equal(number(db, NOTED), 2);
    assert_int_equal(number(db, TABLES), 2);
    assert_int_equal(number(db, ROWS), 3);
    db_close(db);
}

static void an_edited_old_migration_is_refused(void **state)
{
    struct db *db = open_at(*state);
    assert_int_equal(migrate(db, &first, NULL), OK);
    assert_int_equal(migrate(db, &edited, &second), FAULT);
    assert_int_equal(number(db, NOTED), 1);
    assert_int_equal(number(db, TABLES), 1);
    assert_int_equal(migrate(db, &first, &second), OK);
    db_close(db);
}

static void a_database_newer_than_the_program_is_refused(void **state)
{
    struct db *db = open_at(*state);
    assert_int_equal(migrate(db, &first, &second), OK);
    assert_int_equal(migrate(db, &first, NULL), FAULT);
    db_close(db);
}

static void a_migration_that_fails_leaves_nothing_behind(void **state)
{
    struct db *db = open_at(*state);
    assert_int_equal(migrate(db, &first, &faulty), FAULT);
    assert_int_equal(number(db, NOTED), 1);
    assert_int_equal(number(db, TABLES), 1);
    assert_int_equal(migrate(db, &first, &second), OK);
    db_close(db);
}

/* Dies at the n-th write of the second migration; says whether it died. */
static bool dies_at_write(const char *path, int n)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        struct db *db = NULL;
        if (db_open(path, (struct db_options){ .busy_ms = 1000 }, &db) != OK)
            _exit(1);
        faulty_disk.write_kills = n;
        _exit(migrate(db, &first, &second) == OK ? 0 : 1);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(how == 0 || (WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL));
    return how != 0;
}

static void a_kill_at_any_write_leaves_the_schema_old_or_new(void **state)
{
    (void)state;
    int deaths = 0;
    for (bool died = true; died; deaths += died) {
        char *path = scratch_database();
        struct db *db = open_at(path);
        assert_int_equal(migrate(db, &first, NULL), OK);
        db_close(db);
        died = dies_at_write(path, deaths + 1);
        db = open_at(path);
        bool done = number(db, NOTED) == 2;
        assert_int_equal(number(db, TABLES), done ? 2 : 1);
        assert_int_equal(number(db, ROWS), done ? 3 : 0);
        assert_int_equal(migrate(db, &first, &second), OK);
        assert_int_equal(number(db, ROWS), 3);
        db_close(db);
        scratch_remove(path);
    }
    assert_true(deaths >= 5);
}

static void two_processes_that_migrate_at_once_do_it_once(void **state)
{
    pid_t children[2];
    db_close(open_at(*state));
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (!children[i]) {
            struct db *db = NULL;
            status s = db_open(*state, (struct db_options){ .busy_ms = 5000 }, &db);
            _exit(s == OK && migrate(db, &first, &second) == OK ? 0 : 1);
        }
    }
    for (int i = 0; i < 2; i++) {
        int how = -1;
        assert_int_equal(waitpid(children[i], &how, 0), children[i]);
        assert_int_equal(how, 0);
    }
    struct db *db = open_at(*state);
    assert_int_equal(number(db, NOTED), 2);
    assert_int_equal(number(db, ROWS), 3);
    db_close(db);
}

static void the_migrations_of_both_databases_run_on_an_empty_file(void **state)
{
    (void)state;
    const struct migrations all[] = { migrations_content, migrations_keys };
    for (ptrdiff_t i = 0; i < countof(all); i++) {
        char *path = scratch_database();
        struct db *db = open_at(path);
        assert_int_equal(db_migrate(db, all[i]), OK);
        assert_int_equal(db_migrate(db, all[i]), OK);
        assert_int_equal(number(db, NOTED), all[i].len);
        db_close(db);
        scratch_remove(path);
    }
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(migrating_twice_does_nothing_the_second_time),
        TEST(an_edited_old_migration_is_refused),
        TEST(a_database_newer_than_the_program_is_refused),
        TEST(a_migration_that_fails_leaves_nothing_behind),
        TEST(a_kill_at_any_write_leaves_the_schema_old_or_new),
        TEST(two_processes_that_migrate_at_once_do_it_once),
        TEST(the_migrations_of_both_databases_run_on_an_empty_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
