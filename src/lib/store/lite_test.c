/* The engine SQLite: what its results mean, how it opens, and what it does when memory, disk or SQLite itself fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/store/faulty_calls.h"
#include "lib/store/faulty_disk.h"
#include "lib/store/lite.h"
#include <errno.h>
#include <unistd.h>

enum { INSERT, LIST, RETURNING, ODD, LONG, SLOTS };
static const struct sql try[] = {
    [INSERT] = { INSERT, "try_insert", "INSERT INTO setting (name, value, changed_day) VALUES ($1, $2, $3)" },
    [LIST] = { LIST, "try_list", "SELECT name FROM setting ORDER BY name" },
    [RETURNING] = { RETURNING, "try_returning", "INSERT INTO setting (name, value, changed_day) VALUES ($1, $2, $3) RETURNING name" },
    [ODD] = { ODD, "try_odd", "SELECT 1.5, x'', $1, 'a text'" },
    [LONG] = { LONG, "try_long", "SELECT zeroblob(n) FROM (SELECT 5000 AS n)" },
};

struct world {
    char *path;
    struct db *db;
};

static struct db *open_with(const char *path, struct db_options options)
{
    struct db *db;
    assert_int_equal(db_open(path, options, &db), OK);
    return db;
}

static int start(void **state)
{
    struct world *x = calloc(1, sizeof *x);
    faulty_disk_use();
    faulty_calls = (struct faulty_calls){ 0 };
    x->path = scratch_database();
    x->db = open_with(x->path, (struct db_options){ .create = true, .busy_ms = 50 });
    assert_int_equal(db_migrate(x->db, migrations_content), OK);
    *state = x;
    return 0;
}

static int stop(void **state)
{
    struct world *x = *state;
    faulty_disk_use();
    faulty_calls = (struct faulty_calls){ 0 };
    db_close(x->db);
    scratch_remove(x->path);
    free(x);
    return 0;
}

static struct query insert(struct db *db, int which, str name, str value)
{
    struct query q = db_query(db, &try[which]);
    bind_str(&q, 1, name);
    bind_str(&q, 2, value);
    bind_int(&q, 3, 7);
    return q;
}

static status put(struct db *db, str name, str value)
{
    struct query q = insert(db, INSERT, name, value);
    return query_run(&q);
}

static int64_t count(struct db *db)
{
    int64_t n = 0;
    struct query q = db_query(db, &try[LIST]);
    while (query_next(&q))
        n++;
    assert_int_equal(query_end(&q, OK), OK);
    return n;
}

static void a_result_of_sqlite_means_the_same_each_time(void **state)
{
    (void)state;
    static const struct {
        int code;
        status means;
        bool failed, full, broken;
    } table[] = {
        { SQLITE_OK, OK },
        { SQLITE_ROW, OK },
        { SQLITE_DONE, OK },
        { SQLITE_BUSY, BUSY },
        { SQLITE_BUSY_SNAPSHOT, BUSY },
        { SQLITE_LOCKED, BUSY },
        { SQLITE_CONSTRAINT_UNIQUE, CONFLICT },
        { SQLITE_CONSTRAINT_PRIMARYKEY, CONFLICT },
        { SQLITE_CONSTRAINT_ROWID, CONFLICT },
        { SQLITE_CONSTRAINT_CHECK, FAULT, .failed = true },
        { SQLITE_CONSTRAINT_FOREIGNKEY, FAULT, .failed = true },
        { SQLITE_NOMEM, FAULT, .failed = true },
        { SQLITE_AUTH, FAULT, .failed = true },
        { SQLITE_FULL, FAULT, .failed = true, .full = true },
        { SQLITE_IOERR_READ, FAULT, .failed = true, .broken = true },
        { SQLITE_IOERR_WRITE, FAULT, .failed = true, .broken = true },
        { SQLITE_IOERR_SHMSIZE, FAULT, .failed = true, .broken = true },
        { SQLITE_CORRUPT_INDEX, FAULT, .failed = true, .broken = true },
        { SQLITE_NOTADB, FAULT, .failed = true, .broken = true },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        struct db *db = open_with(":memory:", (struct db_options){ 0 });
        for (int twice = 0; twice < 2; twice++) {
            if (lite_status(db, table[i].code, NO_SLOT) != table[i].means)
                fail_msg("%d", table[i].code);
            assert_int_equal(db_full(db), table[i].full);
            assert_int_equal(db_broken(db), table[i].broken);
        }
        assert_int_equal(db_failed(db), table[i].failed);
        db_close(db);
    }
    struct db *db = open_with(":memory:", (struct db_options){ .create = true });
    assert_int_equal(lite_status(db, SQLITE_FULL, NO_SLOT), FAULT);
    assert_int_equal(lite_status(db, SQLITE_IOERR_FSYNC, NO_SLOT), FAULT);
    assert_false(db_full(db)); /* damage is more than a full disk: nothing may be tried again */
    db_close(db);
}

/* A quota is a full disk, of the log, of the database and of the marks beside the log; any other error is damage. */
static void no_more_room_is_known_by_what_the_system_says(void **state)
{
    struct world *x = *state;
    static const struct {
        int error;
        bool full;
    } writes[] = { { EDQUOT, true }, { EIO, false } }, marks[] = { { ENOSPC, true }, { EDQUOT, true }, { EIO, false } };
    for (ptrdiff_t i = 0; i < countof(writes); i++) { /* at the commit */
        faulty_disk = (struct faulty_disk){ .error = writes[i].error, .write_fails = 1 };
        assert_int_equal(put(x->db, lit("c"), lit("1")), FAULT);
        assert_int_equal(faulty_disk.write_fails, 0);
        assert_int_equal(db_full(x->db), writes[i].full);
        assert_int_equal(db_broken(x->db), !writes[i].full);
        assert_int_equal(db_begin(x->db), writes[i].full ? OK : FAULT);
        assert_int_equal(db_end(x->db, CONFLICT), CONFLICT);
    }
    db_close(x->db);
    x->db = open_with(x->path, (struct db_options){ .busy_ms = 50 });
    assert_int_equal(count(x->db), 0);
    for (ptrdiff_t i = 0; i < countof(writes); i++) { /* when the log is brought home */
        assert_int_equal(put(x->db, i ? lit("a") : lit("b"), lit("1")), OK);
        faulty_disk = (struct faulty_disk){ .only_database = true, .error = writes[i].error, .write_fails = 1 };
        assert_int_equal(db_checkpoint(x->db), FAULT);
        assert_int_equal(faulty_disk.write_fails, 0);
        faulty_disk = (struct faulty_disk){ 0 };
        assert_int_equal(db_full(x->db), writes[i].full);
        assert_int_equal(db_broken(x->db), !writes[i].full);
        assert_int_equal(db_checkpoint(x->db), writes[i].full ? OK : FAULT); /* it may be tried again, or not */
    }
    db_close(x->db); /* the last one takes log and marks along */
    for (ptrdiff_t i = 0; i < countof(marks); i++) {
        faulty_disk = (struct faulty_disk){ .error = marks[i].error, .map_fails = 1 };
        assert_int_equal(db_open(x->path, (struct db_options){ 0 }, &x->db), marks[i].full ? LIMIT : FAULT);
        assert_int_equal(faulty_disk.map_fails, 0);
    }
    faulty_disk = (struct faulty_disk){ 0 };
    x->db = open_with(x->path, (struct db_options){ .busy_ms = 50 });
    assert_int_equal(count(x->db), 2);
}

/* --- opening ----------------------------------------------------------------------------------- */

static str told(struct db *db, const char *pragma, char to[16])
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(lite_of(db), pragma, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int n = snprintf(to, 16, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return (str){ to, n };
}

/* Of a database without tables: reading a schema is hundreds of pieces of memory more, and says nothing new. */
static void what_is_opened_with_too_little_memory_has_its_settings_or_is_not_open(void **state)
{
    (void)state;
    static const struct db_right reads[] = { { "setting", DB_READ }, { 0 } };
    static const struct {
        bool memory;
        struct db_options options;
    } ways[] = { { false, { 0 } }, { true, { 0 } }, { false, { .scratch = true } }, { false, { .rights = reads } } };
    char *path = scratch_database();
    db_close(open_with(path, (struct db_options){ .create = true }));
    for (ptrdiff_t i = 0; i < countof(ways); i++) {
        int refused = 0, n = 0;
        for (bool struck = true; struck;) {
            struct db *db = NULL;
            char text[16];
            faulty_calls.memory_fails = ++n;
            status s = db_open(ways[i].memory ? ":memory:" : path, ways[i].options, &db);
            struck = !faulty_calls.memory_fails;
            faulty_calls.memory_fails = 0;
            refused += s != OK;
            assert_true(s == OK ? db != NULL : s == FAULT && !db);
            if (s == OK && !ways[i].options.rights) {
                assert_true(str_equal(told(db, "PRAGMA synchronous", text), ways[i].options.scratch ? lit("0") : lit("2")));
                assert_true(str_equal(told(db, "PRAGMA temp_store", text), lit("2")));
                assert_true(str_equal(told(db, "PRAGMA trusted_schema", text), lit("0")));
            }
            if (s == OK && !ways[i].options.rights && !ways[i].memory && !ways[i].options.scratch)
                assert_true(str_equal(told(db, "PRAGMA journal_mode", text), lit("wal")));
            db_close(db);
        }
        assert_true(refused > 5 && n > refused);
    }
    scratch_remove(path);
}

static void a_setting_that_does_not_take_is_a_database_that_does_not_open(void **state)
{
    struct world *x = *state;
    static const int settings[] = { SQLITE_DBCONFIG_ENABLE_FKEY, SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
                                    SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_WRITABLE_SCHEMA,
                                    SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER };
    struct db *db;
    for (ptrdiff_t i = 0; i < countof(settings); i++) {
        faulty_calls = (struct faulty_calls){ .refused = settings[i] };
        assert_int_equal(db_open(x->path, (struct db_options){ 0 }, &db), FAULT);
        faulty_calls = (struct faulty_calls){ .mute = settings[i] };
        assert_int_equal(db_open(x->path, (struct db_options){ 0 }, &db), FAULT);
    }
    faulty_calls = (struct faulty_calls){ 0 };
    db_close(x->db);
    x->db = open_with(":memory:", (struct db_options){ 0 });
    char *other = scratch_database();
    faulty_disk.no_log = true; /* no write-ahead log to be had */
    assert_int_equal(db_open(other, (struct db_options){ .create = true }, &db), FAULT);
    faulty_disk.no_log = false;
    db_close(open_with(other, (struct db_options){ .create = true })); /* the control */
    scratch_remove(other);
}

static void a_file_that_cannot_be_made_to_last_is_no_database(void **state)
{
    (void)state;
    char *path = scratch_database(), folder[4096], before[4096];
    struct db *db;
    struct db_options create = { .create = true };
    for (int i = 1; i <= 2; i++) { /* the file, then its name in the folder */
        faulty_calls.fsync_fails = i;
        assert_int_equal(db_open(path, create, &db), FAULT);
        assert_int_equal(faulty_calls.fsync_fails, 0);
        faulty_calls.open_fails = i;
        assert_int_equal(db_open(path, create, &db), FAULT);
        assert_int_equal(faulty_calls.open_fails, 0);
    }
    db_close(open_with(path, create)); /* the control */
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    db_close(open_with("content.db", create)); /* beside us, without a folder in its name */
    assert_int_equal(symlink("content.db", "content.db-journal"), 0);
    assert_int_equal(db_open("content.db-journal", create, &db), FAULT); /* a name that leads elsewhere */
    assert_int_equal(chdir(before), 0);
    scratch_remove(path);
}

/* --- transactions ------------------------------------------------------------------------------ */

static void a_commit_while_a_statement_is_under_way_keeps_nothing(void **state)
{
    struct world *x = *state;
    assert_int_equal(db_begin(x->db), OK);
    struct query q = insert(x->db, RETURNING, lit("a"), lit("1"));
    assert_true(query_next(&q));
    assert_int_equal(db_end(x->db, OK), BUSY);
    (void)!query_end(&q, OK);
    assert_false(db_broken(x->db));
    assert_int_equal(count(x->db), 0);
}

static void what_cannot_be_rolled_back_breaks_the_database(void **state)
{
    struct world *x = *state;
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    sqlite3_db_config(lite_of(x->db), SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
    faulty_calls.memory_fails = 1;
    assert_int_equal(db_end(x->db, INVALID), INVALID);
    assert_int_equal(faulty_calls.memory_fails, 0);
    assert_true(db_broken(x->db));
    assert_int_equal(db_begin(x->db), FAULT);
}

/* --- room -------------------------------------------------------------------------------------- */

enum { ROOM = 256 << 10 };

static void room_is_made_or_is_said_to_be_missing(void **state)
{
    struct world *x = *state;
    faulty_disk.error = EDQUOT;
    faulty_disk.write_fails = 1;
    assert_int_equal(db_make_room(x->db, ROOM), LIMIT);
    faulty_disk.write_fails = 10; /* behind what is needed, ahead of what may come */
    assert_int_equal(db_make_room(x->db, ROOM), OK);
    assert_int_equal(faulty_disk.write_fails, 0);
    assert_false(db_broken(x->db));
    struct db *memory = open_with(":memory:", (struct db_options){ 0 });
    assert_int_equal(db_make_room(memory, ROOM), OK);
    db_close(memory);
    faulty_disk.error = EIO;
    faulty_disk.write_fails = 1;
    assert_int_equal(db_make_room(x->db, 4 * ROOM), FAULT);
    assert_true(db_broken(x->db));
    db_close(x->db);
    x->db = open_with(x->path, (struct db_options){ .busy_ms = 50 });
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    faulty_disk.size_fails = 1;
    assert_int_equal(db_make_room(x->db, ROOM), FAULT);
    assert_int_equal(faulty_disk.size_fails, 0);
    assert_true(db_broken(x->db));
}

/* How much of the log is in use cannot be asked while somebody brings it home: then room is made behind all of it. */
static void a_log_that_cannot_be_measured_is_taken_to_be_in_use(void **state)
{
    struct world *x = *state;
    char *big = calloc(1, ROOM);
    assert_int_equal(put(x->db, lit("big"), (str){ big, ROOM }), OK);
    struct db *other = open_with(x->path, (struct db_options){ .busy_ms = 50 });
    faulty_disk.checkpointing = true;
    int writes = faulty_disk.writes;
    assert_int_equal(db_make_room(other, ROOM), OK);
    assert_true(faulty_disk.writes > writes);
    faulty_disk.no_room = true;
    assert_int_equal(put(other, lit("as big"), (str){ big, ROOM - (64 << 10) }), OK);
    db_close(other);
    free(big);
}

static void a_checkpoint_of_another_at_the_same_time_is_no_failure(void **state)
{
    struct world *x = *state;
    enum { BIG = 1 << 20, PAGES_10000 = 40 };
    char *big = calloc(1, BIG), name[16];
    faulty_disk.checkpointing = true;
    for (int i = 0; i < PAGES_10000 + 4; i++) {
        int n = snprintf(name, sizeof name, "row%d", i);
        assert_int_equal(put(x->db, (str){ name, n }, (str){ big, BIG }), OK);
    }
    assert_true(x->db->log_pages > 10000);
    assert_false(db_broken(x->db));
    assert_false(db_failed(x->db));
    assert_int_equal(db_reuse_log(x->db), BUSY);
    faulty_disk.checkpointing = false;
    assert_int_equal(db_reuse_log(x->db), OK);
    free(big);
}

/* --- values ------------------------------------------------------------------------------------ */

static void values_of_every_kind_come_as_they_are(void **state)
{
    struct world *x = *state;
    struct arena a = arena_reserve(1 << 16);
    struct query q = db_query(x->db, &try[ODD]);
    bind_null(&q, 1);
    assert_true(query_next(&q));
    assert_int_equal(read_int(&q, 0), 1);
    assert_false(read_null(&q, 1));
    assert_int_equal(read_str(&q, 1, &a).len, 0);
    assert_true(read_null(&q, 2));
    assert_true(str_equal(read_str(&q, 3, &a), lit("a text")));
    assert_int_equal(query_end(&q, OK), OK);
}

static void bytes_for_which_there_is_no_memory_are_a_fault(void **state)
{
    struct world *x = *state;
    struct arena a = arena_reserve(1 << 16);
    struct query q = db_query(x->db, &try[LONG]);
    assert_true(query_next(&q));
    faulty_calls.memory_fails = 1;
    assert_int_equal(read_str(&q, 0, &a).len, 0);
    assert_int_equal(faulty_calls.memory_fails, 0);
    assert_int_equal(q.status, FAULT); /* at once: nobody goes on with an empty text */
    assert_int_equal(query_end(&q, OK), FAULT);
    q = db_query(x->db, &try[LONG]);
    assert_true(query_next(&q));
    faulty_calls.memory_fails = 1;
    uint8_t bytes[16] = { 9 };
    read_bytes(&q, 0, bytes, sizeof bytes);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(query_end(&q, OK), FAULT);
    q = db_query(x->db, &try[LONG]);
    assert_true(query_next(&q));
    assert_int_equal(read_str(&q, 0, &a).len, 5000); /* the control */
    assert_int_equal(query_end(&q, OK), OK);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_of_sqlite_means_the_same_each_time),
        TEST(no_more_room_is_known_by_what_the_system_says),
        TEST(what_is_opened_with_too_little_memory_has_its_settings_or_is_not_open),
        TEST(a_setting_that_does_not_take_is_a_database_that_does_not_open),
        TEST(a_file_that_cannot_be_made_to_last_is_no_database),
        TEST(a_commit_while_a_statement_is_under_way_keeps_nothing),
        TEST(what_cannot_be_rolled_back_breaks_the_database),
        TEST(room_is_made_or_is_said_to_be_missing),
        TEST(a_log_that_cannot_be_measured_is_taken_to_be_in_use),
        TEST(a_checkpoint_of_another_at_the_same_time_is_no_failure),
        TEST(values_of_every_kind_come_as_they_are),
        TEST(bytes_for_which_there_is_no_memory_are_a_fault),
    };
    faulty_calls_use();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
