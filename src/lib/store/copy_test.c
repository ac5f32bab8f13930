#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/store/copy.h"
#include "lib/store/faulty_disk.h"
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

/* Migrations of the tests' own: a parent, its children, and one that brings a row along. */
static const struct migration steps[] = {
    { 1, "one", "CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY, word TEXT) STRICT;"
                "CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id), body BLOB NOT NULL) STRICT;"
                "CREATE TABLE apart (n INTEGER NOT NULL CHECK (n < 100)) STRICT; INSERT INTO apart VALUES (1);" },
    { 3, "three", "CREATE TABLE late (n INTEGER) STRICT;" },
};
static const struct migrations all = { steps, countof(steps) };

enum { FILL, BEAR, PEEK, SLOTS };
static const struct sql try[] = {
    [FILL] = { FILL, "try_fill", "INSERT INTO parent (id, word) VALUES ($1, $2)" },
    [BEAR] = { BEAR, "try_bear", "INSERT INTO child (parent, body) VALUES ($1, x'01')" },
    [PEEK] = { PEEK, "try_peek", "SELECT n FROM apart" },
};

struct world {
    char *path, *other;
    struct db *db, *to;
    struct arena arena;
    table_names tables;
};

static void sql(const char *path, const char *text)
{
    sqlite3 *lite;
    assert_int_equal(sqlite3_open(path, &lite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(lite, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(lite);
}

static int start(void **state)
{
    struct world *x = calloc(1, sizeof *x);
    faulty_disk_use();
    x->path = scratch_database();
    x->other = scratch_database();
    x->arena = arena_reserve(1 << 22);
    assert_int_equal(db_open(x->path, (struct db_options){ .create = true }, &x->db), OK);
    assert_int_equal(db_migrate(x->db, all), OK);
    sql(x->path, "INSERT INTO parent VALUES (7, 'seven'), (8, NULL); INSERT INTO child VALUES (7, x'00ff'), (8, zeroblob(9000));"
                 "UPDATE apart SET n = 5");
    assert_int_equal(db_open(x->other, (struct db_options){ .create = true, .scratch = true }, &x->to), OK);
    assert_int_equal(db_migrate(x->to, all), OK);
    assert_int_equal(db_tables(x->to, &x->arena, &x->tables), OK);
    *state = x;
    return 0;
}

static int stop(void **state)
{
    struct world *x = *state;
    db_close(x->db);
    db_close(x->to);
    scratch_remove(x->path);
    scratch_remove(x->other);
    free(x);
    return 0;
}

static int64_t number(const char *path, const char *question)
{
    sqlite3 *lite;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open_v2(path, &lite, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(lite, question, -1, &q, NULL), SQLITE_OK);
    int64_t n = sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : -1;
    sqlite3_finalize(q);
    sqlite3_close(lite);
    return n;
}

static struct db *reading(struct world *x, const char *path)
{
    struct db *db;
    assert_int_equal(db_open(path, (struct db_options){ .rights = db_reading(&x->arena, x->tables) }, &db), OK);
    return db;
}

static void every_row_is_copied_and_rows_that_were_there_are_not_kept(void **state)
{
    struct world *x = *state;
    struct db *from = reading(x, x->path);
    assert_int_equal(db_copy(from, x->to, &x->arena, x->tables), OK);
    assert_int_equal(db_check(x->to), OK);
    db_close(from);
    assert_int_equal(number(x->other, "SELECT count(*) FROM parent WHERE (id = 7 AND word = 'seven') OR (id = 8 AND word IS NULL)"), 2);
    assert_int_equal(number(x->other, "SELECT count(*) FROM child WHERE (parent = 7 AND body = x'00ff') OR length(body) = 9000"), 2);
    assert_int_equal(number(x->other, "SELECT sum(n) FROM apart"), 5);
}

static status add_parent(struct db *db, int64_t i)
{
    struct query q = db_query(db, &try[FILL]);
    bind_int(&q, 1, i);
    bind_null(&q, 2);
    return query_run(&q);
}

/* A process that writes a parent and its child in each transaction, until it is killed. */
static noreturn void write_on(const char *path)
{
    struct db *db;
    must(db_open(path, (struct db_options){ .busy_ms = 5000 }, &db) == OK);
    for (int64_t i = 1000;; i++) {
        must(db_begin(db) == OK);
        status s = add_parent(db, i);
        struct query q = db_query(db, &try[BEAR]);
        bind_int(&q, 1, i);
        must(query_run(&q) == OK && db_end(db, s) == OK);
        usleep(2000); /* else on a fast disk the copies grow without end */
    }
}

/* Parents are read before children: of two moments, some child would lack its parent, and the foreign key would fail. */
static void a_copy_is_of_one_moment_and_holds_up_no_writer(void **state)
{
    struct world *x = *state;
    static const char *const order[] = { "parent", "child", "apart", NULL };
    struct db *from = reading(x, x->path);
    pid_t writer = fork();
    if (!writer)
        write_on(x->path);
    int64_t before = 0;
    int grew = 0;
    for (int i = 0; i < 60 || (grew <= 10 && i < 5000); i++) { /* on a busy machine the writer needs its time */
        assert_int_equal(db_copy(from, x->to, &x->arena, order), OK);
        int64_t now = number(x->other, "SELECT count(*) FROM child");
        assert_int_equal(number(x->other, "SELECT count(*) FROM parent"), now);
        grew += now > before;
        before = now;
    }
    kill(writer, SIGKILL);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_true(grew > 10); /* else nobody wrote, and this proves nothing */
    db_close(from);
}

static void rows_that_break_a_rule_of_the_schema_are_refused_and_nothing_changes(void **state)
{
    struct world *x = *state;
    sql(x->path, "PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (999, x'01')");
    struct db *from = reading(x, x->path);
    assert_int_equal(db_copy(from, x->to, &x->arena, x->tables), FAULT);
    assert_int_equal(number(x->other, "SELECT count(*) FROM parent"), 0);
    db_close(from);
    sql(x->path, "DELETE FROM child WHERE parent = 999; PRAGMA ignore_check_constraints = 1; INSERT INTO apart VALUES (500)");
    from = reading(x, x->path);
    assert_int_equal(db_copy(from, x->to, &x->arena, x->tables), FAULT);
    db_close(from);
    sql(x->path, "DELETE FROM apart WHERE n = 500");
    from = reading(x, x->path);
    assert_int_equal(db_copy(from, x->to, &x->arena, x->tables), OK);
    db_close(from);
}

/* What the source calls its tables may be views of anything: they are read under the guard, and none of it comes along. */
static void a_source_brings_rows_and_no_statements(void **state)
{
    struct world *x = *state;
    sql(x->path, "CREATE TABLE hidden (word TEXT); INSERT INTO hidden VALUES ('planted'); DROP TABLE child; DROP TABLE parent;"
                 "CREATE VIEW parent AS SELECT 1 AS id, word FROM hidden; CREATE TABLE child (parent INTEGER, body BLOB);"
                 "CREATE TRIGGER t AFTER INSERT ON apart BEGIN DELETE FROM late; END");
    struct db *from = reading(x, x->path);
    assert_int_equal(db_copy(from, x->to, &x->arena, x->tables), FAULT);
    db_close(from);
    sql(x->path, "DROP VIEW parent; CREATE TABLE parent (id INTEGER, word TEXT)");
    from = reading(x, x->path);
    assert_int_equal(db_copy(from, x->to, &x->arena, x->tables), OK);
    db_close(from);
    assert_int_equal(number(x->other, "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view') OR name = 'hidden'"), 0);
}

static void keeping_some_tables_drops_the_others(void **state)
{
    struct world *x = *state;
    static const char *const kept[] = { "child", NULL };
    assert_int_equal(db_keep(x->to, &x->arena, kept), OK);
    assert_int_equal(number(x->other, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"), 2);
    assert_int_equal(number(x->other, "SELECT count(*) FROM child"), 0);
}

static void notes_belong_to_the_copy_and_are_no_table_of_the_house(void **state)
{
    struct world *x = *state;
    str value;
    table_names names;
    assert_int_equal(db_note_put(x->to, lit("set"), lit("content")), OK);
    assert_int_equal(db_note_put(x->to, lit("bytes"), (str){ "\0\1\2", 3 }), OK);
    assert_int_equal(db_note_get(x->to, &x->arena, lit("bytes"), &value), OK);
    assert_true(str_equal(value, (str){ "\0\1\2", 3 }));
    assert_int_equal(db_note_get(x->to, &x->arena, lit("other"), &value), NOT_FOUND);
    assert_int_equal(db_tables(x->to, &x->arena, &names), OK);
    int n = 0;
    while (names[n])
        n++;
    assert_int_equal(n, 4);
}

static void a_database_in_memory_goes_to_bytes_and_back(void **state)
{
    struct world *x = *state;
    struct db *memory, *again, *from = reading(x, x->path);
    str bytes;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &memory), OK);
    assert_int_equal(db_migrate(memory, all), OK);
    assert_int_equal(db_copy(from, memory, &x->arena, x->tables), OK);
    assert_int_equal(db_bytes(memory, &x->arena, &bytes), OK);
    db_close(memory);
    db_close(from);
    assert_int_equal(db_open_bytes(bytes, db_reading(&x->arena, x->tables), &again), OK);
    assert_int_equal(db_check(again), OK);
    struct query q = db_query(again, &try[PEEK]);
    assert_true(query_next(&q));
    assert_int_equal(read_int(&q, 0), 5);
    assert_int_equal(query_end(&q, OK), OK);
    assert_int_equal(add_parent(again, 1), FAULT); /* read only */
    db_close(again);
}

static void damage_is_found(void **state)
{
    struct world *x = *state;
    struct db *from = reading(x, x->path), *bad;
    char page[4096];
    str bytes;
    assert_int_equal(db_open(":memory:", (struct db_options){ .create = true }, &bad), OK);
    assert_int_equal(db_migrate(bad, all), OK);
    assert_int_equal(db_copy(from, bad, &x->arena, x->tables), OK);
    assert_int_equal(db_bytes(bad, &x->arena, &bytes), OK);
    db_close(bad);
    db_close(from);
    assert_int_equal(db_open_bytes(bytes, NULL, &bad), OK);
    assert_int_equal(db_check(bad), OK);
    db_close(bad);
    memset(page, 0x5a, sizeof page);
    memcpy((char *)(uintptr_t)bytes.at + 2 * sizeof page, page, sizeof page);
    assert_int_equal(db_open_bytes(bytes, NULL, &bad), OK);
    assert_int_equal(db_check(bad), FAULT);
    db_close(bad);
}

static void a_schema_is_made_as_it_was_at_a_number(void **state)
{
    struct world *x = *state;
    int64_t n;
    struct db *from = reading(x, x->path);
    assert_int_equal(db_schema(from, &n), OK);
    assert_int_equal(n, 3);
    db_close(from);
    assert_int_equal(db_migrations_until(all, 1).len, 1);
    assert_int_equal(db_migrations_until(all, 3).len, 2);
    assert_int_equal(db_migrations_until(all, 2).len, 0);
    assert_int_equal(db_migrations_until(all, 4).len, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_copied_and_rows_that_were_there_are_not_kept),
        TEST(a_copy_is_of_one_moment_and_holds_up_no_writer),
        TEST(rows_that_break_a_rule_of_the_schema_are_refused_and_nothing_changes),
        TEST(a_source_brings_rows_and_no_statements),
        TEST(keeping_some_tables_drops_the_others),
        TEST(notes_belong_to_the_copy_and_are_no_table_of_the_house),
        TEST(a_database_in_memory_goes_to_bytes_and_back),
        TEST(damage_is_found),
        TEST(a_schema_is_made_as_it_was_at_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
