#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/store/faulty_disk.h"
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Statements of the tests' own; the program's come from sqlgen. */
enum { INSERT, FIND, LIST, RETURNING, PEEK, DROP, PRAGMA, VALUES, RANDOM, ATTACH, BAD_VALUE, SLOTS };
static const struct sql try[] = {
    [INSERT] = { INSERT, "try_insert", "INSERT INTO setting (name, value, changed_day) VALUES ($1, $2, $3)" },
    [FIND] = { FIND, "try_find", "SELECT value, changed_day FROM setting WHERE name = $1" },
    [LIST] = { LIST, "try_list", "SELECT name FROM setting ORDER BY name" },
    [RETURNING] = { RETURNING, "try_returning",
                    "INSERT INTO setting (name, value, changed_day) VALUES ($1, $2, $3) RETURNING name" },
    [PEEK] = { PEEK, "try_peek", "SELECT id FROM outbox" },
    [DROP] = { DROP, "try_drop", "DROP TABLE setting" },
    [PRAGMA] = { PRAGMA, "try_pragma", "PRAGMA synchronous" },
    [VALUES] = { VALUES, "try_values", "SELECT x'0102' AS short, NULL AS absent, x'00112233445566778899aabbccddeeff' AS id" },
    [RANDOM] = { RANDOM, "try_random", "SELECT random()" },
    [ATTACH] = { ATTACH, "try_attach", "ATTACH '/tmp/other.db' AS other" },
    [BAD_VALUE] = { BAD_VALUE, "try_bad", "INSERT INTO outbox (id, kind, about, due) VALUES (x'00', 1, x'00', 0)" },
};

struct world {
    char *path;
    struct db *db;
    struct arena arena;
};

static struct db *open_with(const char *path, const struct db_right *rights, int busy_ms)
{
    struct db *db = NULL;
    assert_int_equal(db_open(path, (struct db_options){ .rights = rights, .create = !rights, .busy_ms = busy_ms }, &db), OK);
    return db;
}

static int start(void **state)
{
    struct world *x = calloc(1, sizeof *x);
    faulty_disk_use();
    x->path = scratch_database();
    x->db = open_with(x->path, NULL, 50);
    assert_int_equal(db_migrate(x->db, migrations_content), OK);
    x->arena = arena_reserve(1 << 20);
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

static status put(struct db *db, str name, str value)
{
    struct query q = db_query(db, &try[INSERT]);
    bind_str(&q, 1, name);
    bind_str(&q, 2, value);
    bind_int(&q, 3, 7);
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

static status ask(struct db *db, int which)
{
    struct query q = db_query(db, &try[which]);
    return query_run(&q);
}

static void what_is_written_is_read_back(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("colour"), lit("bl\0ue")), OK);
    struct query q = db_query(x->db, &try[FIND]);
    bind_str(&q, 1, lit("colour"));
    assert_true(query_next(&q));
    assert_true(str_equal(read_str(&q, 0, &x->arena), lit("bl\0ue")));
    assert_int_equal(read_int(&q, 1), 7);
    assert_int_equal(query_end(&q, OK), OK);
}

static void an_empty_text_is_not_null(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("empty"), (str){ 0 }), OK);
    struct query q = db_query(x->db, &try[FIND]);
    bind_str(&q, 1, lit("empty"));
    assert_true(query_next(&q));
    assert_false(read_null(&q, 0));
    assert_int_equal(query_end(&q, OK), OK);
}

static void a_taken_key_is_a_conflict_and_a_refused_value_a_fault(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    assert_int_equal(put(x->db, lit("a"), lit("2")), CONFLICT);
    assert_false(db_failed(x->db));
    assert_int_equal(ask(x->db, BAD_VALUE), FAULT);
    assert_true(db_failed(x->db));
    assert_false(db_failed(x->db)); /* asked, and forgotten */
    assert_false(db_broken(x->db));
}

static void bytes_of_a_wrong_length_are_a_fault(void **state)
{
    struct world *x = *state;
    uint8_t b[4] = { 9, 9, 9, 9 };
    struct query q = db_query(x->db, &try[VALUES]);
    assert_true(query_next(&q));
    read_bytes(&q, 0, b, 2);
    assert_int_equal(b[1], 2);
    assert_true(read_null(&q, 1));
    assert_true(id_is_zero(read_id(&q, 1)));
    assert_int_equal(read_id(&q, 2).at[15], 0xff);
    assert_int_equal(q.status, OK);
    read_bytes(&q, 0, b, 4);
    assert_int_equal(b[0], 0);
    assert_false(query_next(&q));
    assert_int_equal(query_end(&q, OK), FAULT);
    q = db_query(x->db, &try[VALUES]);
    assert_true(query_next(&q));
    (void)read_id(&q, 0);
    assert_int_equal(query_end(&q, OK), FAULT);
    q = db_query(x->db, &try[VALUES]);
    assert_true(query_next(&q));
    read_bytes(&q, 1, b, 4);
    assert_int_equal(query_end(&q, OK), FAULT);
}

static void the_rights_of_a_role_are_held_by_the_engine(void **state)
{
    struct world *x = *state;
    static const struct db_right reads[] = { { "setting", DB_READ }, { 0 } };
    static const struct db_right writes[] = { { "setting", DB_READ | DB_INSERT }, { 0 } };
    struct db *db = open_with(x->path, writes, 50);
    assert_int_equal(put(db, lit("a"), lit("1")), OK);
    assert_int_equal(count(db), 1);
    static const int refused[] = { PEEK, DROP, PRAGMA, RANDOM, ATTACH, BAD_VALUE };
    for (ptrdiff_t i = 0; i < countof(refused); i++)
        assert_int_equal(ask(db, refused[i]), FAULT);
    assert_false(db_broken(db));
    assert_int_equal(put(db, lit("b"), lit("1")), OK);
    db_close(db);
    db = open_with(x->path, reads, 50);
    assert_int_equal(count(db), 2);
    assert_int_equal(put(db, lit("c"), lit("1")), FAULT);
    db_close(db);
    /* The control: with every right, all but the bad value and the foreign file work. */
    assert_int_equal(ask(x->db, PEEK), OK);
    assert_int_equal(ask(x->db, PRAGMA), OK);
    assert_int_equal(ask(x->db, RANDOM), OK);
}

static void a_reader_opens_a_database_that_nobody_else_has_open(void **state)
{
    struct world *x = *state;
    static const struct db_right reads[] = { { "setting", DB_READ }, { 0 } };
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    db_close(x->db);
    x->db = open_with(x->path, reads, 50);
    assert_int_equal(count(x->db), 1);
    assert_int_equal(put(x->db, lit("b"), lit("1")), FAULT);
}

static void a_transaction_is_whole_or_nothing(void **state)
{
    struct world *x = *state;
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    assert_int_equal(db_end(x->db, INVALID), INVALID);
    assert_int_equal(count(x->db), 0);
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    assert_int_equal(db_end(x->db, OK), OK);
    assert_int_equal(count(x->db), 1);
}

static void abandon_resets_whatever_was_under_way(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("b"), lit("1")), OK);
    struct query q = db_query(x->db, &try[LIST]);
    assert_true(query_next(&q));
    db_abandon(x->db);
    assert_int_equal(count(x->db), 1); /* the same statement is free again */
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("b"), lit("1")), OK);
    assert_int_equal(db_end(x->db, OK), OK);
    db_abandon(x->db); /* nothing under way: nothing happens */
    assert_int_equal(count(x->db), 2);
}

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The other process: waits for the word, then tries to write. Forked while nothing is open, because locks
 * inherited in memory would answer in place of those on the file. */
static noreturn void try_to_write(const char *path, int word)
{
    char c;
    struct db *db = NULL;
    if (read(word, &c, 1) != 1 || db_open(path, (struct db_options){ .busy_ms = 100 }, &db) != OK)
        _exit(1);
    int64_t before = milliseconds();
    status s = db_begin(db);
    int64_t waited = milliseconds() - before;
    _exit(s != BUSY ? 2 : waited < 50 || waited > 2000 ? 3 : put(db, lit("b"), lit("1")) != BUSY ? 4 : 0);
}

static void a_second_process_gets_busy_in_time_while_the_first_writes(void **state)
{
    struct world *x = *state;
    int word[2];
    db_close(x->db);
    assert_int_equal(pipe(word), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child)
        try_to_write(x->path, word[0]);
    x->db = open_with(x->path, NULL, 50);
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    assert_int_equal(write(word[1], "", 1), 1);
    int how = -1;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    close(word[0]);
    close(word[1]);
    assert_int_equal(db_end(x->db, OK), OK);
    assert_int_equal(count(x->db), 1);
}

/* Commits one row while the disk fails as ordered; true when that was acknowledged. */
static bool acknowledged(struct db *db)
{
    status s = db_begin(db);
    if (s == OK)
        s = db_end(db, put(db, lit("late"), lit("1")));
    return s == OK;
}

static void refuses_everything(struct db *db)
{
    assert_true(db_broken(db));
    assert_int_equal(db_begin(db), FAULT);
    assert_int_equal(put(db, lit("after"), lit("1")), FAULT);
    assert_int_equal(ask(db, LIST), FAULT);
    assert_int_equal(db_checkpoint(db), FAULT);
}

static void a_failed_sync_is_never_acknowledged_nor_tried_again(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("early"), lit("1")), OK);
    faulty_disk.sync_fails = 1;
    assert_false(acknowledged(x->db));
    int syncs = faulty_disk.syncs;
    refuses_everything(x->db);
    assert_int_equal(faulty_disk.syncs, syncs);
}

static void a_failed_write_is_never_acknowledged(void **state)
{
    struct world *x = *state;
    faulty_disk.write_fails = 1;
    assert_false(acknowledged(x->db));
    refuses_everything(x->db);
}

static void a_row_returned_outside_a_transaction_waits_for_its_commit(void **state)
{
    struct world *x = *state;
    faulty_disk.sync_fails = 1;
    struct query q = db_query(x->db, &try[RETURNING]);
    bind_str(&q, 1, lit("a"));
    bind_str(&q, 2, lit("1"));
    bind_int(&q, 3, 1);
    assert_true(query_next(&q));
    assert_int_equal(query_end(&q, OK), FAULT);
    refuses_everything(x->db);
}

static void a_full_disk_refuses_the_row_but_leaves_the_rest_readable(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("early"), lit("1")), OK);
    faulty_disk.write_full = 1;
    assert_false(acknowledged(x->db));
    assert_false(db_broken(x->db));
    assert_true(db_full(x->db));
    assert_int_equal(count(x->db), 1);
    assert_true(acknowledged(x->db));
    assert_false(db_full(x->db));
    assert_int_equal(count(x->db), 2);
}

static void copy_beside(const char *path, const char *end, const char *to)
{
    char names[2][4200], bytes[4096];
    snprintf(names[0], sizeof names[0], "%s%s", path, end);
    snprintf(names[1], sizeof names[1], "%s%s", to, end);
    FILE *in = fopen(names[0], "rbe"), *out = fopen(names[1], "wbe");
    must(in && out);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
        must(fwrite(bytes, 1, n, out) == n);
    must(!fclose(in) && !fclose(out));
}

/* As after the death of every process: the log is read from its start. */
static int64_t count_after_a_crash(const char *path)
{
    char *other = scratch_database();
    copy_beside(path, "", other);
    copy_beside(path, "-wal", other);
    struct db *db = open_with(other, NULL, 50);
    int64_t n = count(db);
    db_close(db);
    scratch_remove(other);
    return n;
}

static void room_that_was_made_is_there_when_the_disk_is_full(void **state)
{
    struct world *x = *state;
    enum { ROOM = 256 << 10 };
    assert_int_equal(db_make_room(x->db, ROOM), OK);
    faulty_disk.no_room = true;
    assert_int_equal(db_make_room(x->db, ROOM), OK); /* it is there */
    int64_t taken = 0;
    char name[16];
    status s = OK;
    while (s == OK && taken < 5000) {
        int n = snprintf(name, sizeof name, "row%lld", (long long)taken);
        s = put(x->db, (str){ name, n }, lit("1"));
        taken += s == OK;
    }
    assert_true(taken > ROOM / (4 * 4120)); /* a row dirties four pages at the most */
    assert_true(taken < 5000);
    assert_int_equal(db_make_room(x->db, ROOM), LIMIT);
    assert_false(db_broken(x->db));
    assert_int_equal(count(x->db), taken);
    assert_int_equal(count_after_a_crash(x->path), taken);
    faulty_disk.no_room = false;
    assert_int_equal(db_make_room(x->db, ROOM), OK);
    faulty_disk.no_room = true;
    assert_true(acknowledged(x->db));
}

static void another_connection_knows_how_much_of_the_log_is_in_use(void **state)
{
    struct world *x = *state;
    enum { ROOM = 1 << 20 };
    char *big = calloc(1, ROOM);
    assert_int_equal(put(x->db, lit("big"), (str){ big, ROOM }), OK);
    struct db *other = open_with(x->path, NULL, 50);
    assert_int_equal(db_make_room(other, ROOM), OK);
    faulty_disk.no_room = true;
    assert_int_equal(put(other, lit("as big"), (str){ big, ROOM - (64 << 10) }), OK); /* beside its own pages */
    db_close(other);
    free(big);
}

static void a_checkpoint_that_finds_no_room_may_be_tried_again(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("early"), lit("1")), OK);
    faulty_disk.only_database = true;
    faulty_disk.write_full = 1;
    assert_int_equal(db_checkpoint(x->db), FAULT);
    assert_true(db_full(x->db));
    assert_int_equal(db_checkpoint(x->db), OK);
    assert_false(db_full(x->db));
}

static void a_checkpoint_that_cannot_be_synced_breaks_the_database(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("early"), lit("1")), OK);
    faulty_disk.only_database = true;
    faulty_disk.sync_fails = 1;
    assert_int_equal(db_checkpoint(x->db), FAULT);
    refuses_everything(x->db);
}

static void an_automatic_checkpoint_does_not_hide_its_failure(void **state)
{
    struct world *x = *state;
    char *big = calloc(1, 1 << 20);
    memset(big, 'x', 1 << 20);
    faulty_disk.only_database = true;
    faulty_disk.sync_fails = 1;
    char name[16];
    int i = 0; /* 10000 pages of 4 KiB are 40 such rows; the row that meets the failure is itself durable */
    for (; i < 60 && !db_broken(x->db); i++) {
        int n = snprintf(name, sizeof name, "row%d", i);
        assert_int_equal(put(x->db, (str){ name, n }, (str){ big, 1 << 20 }), OK);
    }
    assert_true(i > 20 && i < 60);
    refuses_everything(x->db);
    db_close(x->db);
    x->db = open_with(x->path, NULL, 50);
    assert_int_equal(count(x->db), i);
    free(big);
}

static void a_checkpoint_empties_the_log(void **state)
{
    struct world *x = *state;
    assert_int_equal(put(x->db, lit("a"), lit("1")), OK);
    char name[4200];
    snprintf(name, sizeof name, "%s-wal", x->path);
    struct stat log;
    assert_int_equal(stat(name, &log), 0);
    assert_true(log.st_size > 0);
    assert_int_equal(log.st_mode & 0777, 0600);
    assert_int_equal(db_checkpoint(x->db), OK);
    assert_int_equal(stat(name, &log), 0);
    assert_int_equal(log.st_size, 0);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct world *x = *state;
    char name[4200];
    snprintf(name, sizeof name, "%s-journal", x->path); /* a name that stop removes */
    FILE *f = fopen(name, "wb");
    for (int i = 0; i < 5000; i++)
        fputs("not a database ", f);
    fclose(f);
    struct db *db = NULL;
    assert_int_equal(db_open(name, (struct db_options){ .busy_ms = 50 }, &db), FAULT);
    assert_null(db);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(db_open(name, (struct db_options){ .busy_ms = 50 }, &db), FAULT); /* and no file is made unasked */
    assert_int_not_equal(access(name, F_OK), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_back),
        TEST(an_empty_text_is_not_null),
        TEST(a_taken_key_is_a_conflict_and_a_refused_value_a_fault),
        TEST(bytes_of_a_wrong_length_are_a_fault),
        TEST(the_rights_of_a_role_are_held_by_the_engine),
        TEST(a_reader_opens_a_database_that_nobody_else_has_open),
        TEST(a_transaction_is_whole_or_nothing),
        TEST(abandon_resets_whatever_was_under_way),
        TEST(a_second_process_gets_busy_in_time_while_the_first_writes),
        TEST(a_failed_sync_is_never_acknowledged_nor_tried_again),
        TEST(a_failed_write_is_never_acknowledged),
        TEST(a_row_returned_outside_a_transaction_waits_for_its_commit),
        TEST(a_full_disk_refuses_the_row_but_leaves_the_rest_readable),
        TEST(room_that_was_made_is_there_when_the_disk_is_full),
        TEST(another_connection_knows_how_much_of_the_log_is_in_use),
        TEST(a_checkpoint_that_finds_no_room_may_be_tried_again),
        TEST(a_checkpoint_that_cannot_be_synced_breaks_the_database),
        TEST(an_automatic_checkpoint_does_not_hide_its_failure),
        TEST(a_checkpoint_empties_the_log),
        TEST(a_file_that_is_no_database_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
