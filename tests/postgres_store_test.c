/*
 * What the driver of PostgreSQL promises beside the features that run on it: rights, taken keys, locks, a lost connection, and rows that
 * were put off. Run by tests/run/postgres; on SQLite there is nothing to ask.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "engine.h"
#include <stdio.h>

static const struct db_right writes_settings[] = { { "setting", DB_READ | DB_INSERT }, { NULL, 0 } };
static const struct db_right nothing[] = { { NULL, 0 } }, reads_outbox[] = { { "outbox", DB_READ }, { NULL, 0 } };
static const struct db_right reads_settings[] = { { "setting", DB_READ }, { NULL, 0 } };
enum { PUT, PUT_QUIET, FIND, COUNT, PEEK, SUM, WORDS, NARROW };
static const struct sql asked[] = {
    [PUT] = { PUT, "put", "INSERT INTO setting (name, value, changed_day) VALUES ($1, $2, $3)", writes_settings },
    [PUT_QUIET] = { PUT_QUIET, "put_quiet", "INSERT INTO setting (name, value, changed_day)\nVALUES ($1, $2, $3)\nON CONFLICT (name) DO NOTHING", writes_settings },
    [FIND] = { FIND, "find", "SELECT value, changed_day FROM setting WHERE name = $1", reads_settings },
    [COUNT] = { COUNT, "count", "SELECT count(*) FROM setting WHERE name LIKE 'try%'", reads_settings },
    [PEEK] = { PEEK, "peek", "SELECT id FROM outbox", reads_outbox },
    [SUM] = { SUM, "sum", "SELECT sum(changed_day), CAST(-12345678901 AS NUMERIC), CAST(70000 AS INTEGER), 1 = 1, CAST(7.9 AS DOUBLE PRECISION), NULL FROM setting", reads_settings },
    [WORDS] = { WORDS, "words", "SELECT CAST('' AS TEXT), CAST('' AS BYTEA), CAST('ab' AS TEXT)", nothing },
    [NARROW] = { NARROW, "narrow", "SELECT 1 FROM setting WHERE length(name) = $1", reads_settings },
};
static const char path[] = "a database of the driver's tests";

static struct db *open_as(const struct db_right *rights, struct db_options more)
{
    struct db *db;
    more.rights = rights;
    assert_int_equal(db_open(path, more, &db), OK);
    return db;
}

static int start(void **state)
{
    *state = open_as(NULL, (struct db_options){ .create = true, .busy_ms = 100 });
    return 0;
}

static int stop(void **state)
{
    db_close(*state);
    engine_remove(path);
    return 0;
}

static struct query put(struct db *db, int which, const char *name, int64_t day)
{
    struct query q = db_query(db, &asked[which]);
    bind_str(&q, 1, str_of(name));
    bind_str(&q, 2, lit("a value"));
    bind_int(&q, 3, day);
    return q;
}

static status put_now(struct db *db, const char *name)
{
    struct query q = put(db, PUT, name, 7);
    return query_run(&q);
}

static int64_t count(struct db *db)
{
    struct query q = db_query(db, &asked[COUNT]);
    assert_true(query_next(&q));
    int64_t n = read_int(&q, 0);
    assert_int_equal(query_end(&q, OK), OK);
    return n;
}

static void a_statement_beyond_the_rights_is_refused_before_it_is_sent(void **state)
{
    (void)state;
    struct db *db = open_as(writes_settings, (struct db_options){ .busy_ms = 100 });
    struct query q = db_query(db, &asked[PEEK]);
    assert_int_equal(query_end(&q, OK), FAULT);
    assert_int_equal(put_now(db, "try.a"), OK); /* the control, and the session lives on */
    db_close(db);
}

static void who_only_reads_has_a_session_that_only_reads(void **state)
{
    (void)state;
    static const struct sql unasked = { PUT, "unasked", "INSERT INTO setting (name, value, changed_day) VALUES ('try.b', 'x', 1)", nothing };
    struct db *db = open_as(reads_settings, (struct db_options){ .busy_ms = 100 });
    struct query q = db_query(db, &unasked); /* as if its needs had been forgotten: the server refuses too */
    assert_int_equal(query_run(&q), FAULT);
    assert_int_equal(count(db), 0);
    db_close(db);
}

static void a_taken_key_undoes_its_statement_alone(void **state)
{
    struct db *db = *state;
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(put_now(db, "try.a"), OK);
    assert_int_equal(put_now(db, "try.a"), CONFLICT);
    assert_int_equal(put_now(db, "try.b"), OK);
    assert_int_equal(db_end(db, OK), OK);
    assert_int_equal(count(db), 2);
    assert_int_equal(put_now(db, "try.b"), CONFLICT); /* outside one, too */
    assert_int_equal(put_now(db, "try.c"), OK);
}

static void one_writes_at_a_time_and_who_waits_too_long_is_told(void **state)
{
    struct db *db = *state, *other = open_as(NULL, (struct db_options){ .busy_ms = 100 });
    struct db *beside = open_as(NULL, (struct db_options){ .busy_ms = 100, .beside = true });
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(put_now(db, "try.a"), OK);
    assert_int_equal(db_begin(other), BUSY);
    assert_int_equal(put_now(other, "try.b"), BUSY); /* outside a transaction, too */
    assert_int_equal(count(other), 0);
    assert_int_equal(db_begin(beside), OK); /* but for who may go beside */
    assert_int_equal(put_now(beside, "try.c"), OK);
    assert_int_equal(db_end(beside, OK), OK);
    assert_int_equal(db_end(db, OK), OK);
    assert_int_equal(put_now(other, "try.b"), OK);
    assert_int_equal(count(db), 3);
    db_close(other);
    db_close(beside);
}

/* By somebody else: every other session of this database ends, as when its server dies. */
static void end_sessions(void)
{
    assert_true(engine_tries(path, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", false));
}

static void a_lost_connection_is_a_fault_for_ever_and_what_was_not_committed_is_gone(void **state)
{
    (void)state;
    struct db *db = open_as(NULL, (struct db_options){ .busy_ms = 100 });
    assert_int_equal(db_begin(db), OK);
    assert_int_equal(put_now(db, "try.a"), OK);
    end_sessions();
    assert_int_equal(db_end(db, OK), FAULT);
    assert_true(db_broken(db));
    assert_int_equal(put_now(db, "try.b"), FAULT);
    assert_int_equal(db_begin(db), FAULT);
    db_close(db);
    db = open_as(NULL, (struct db_options){ .busy_ms = 100 });
    assert_int_equal(count(db), 0);
    db_close(db);
}

static void numbers_of_every_kind_and_empty_words_are_read(void **state)
{
    struct db *db = *state;
    struct arena a = arena_reserve(1 << 16);
    assert_int_equal(put_now(db, "try.a"), OK);
    assert_int_equal(put_now(db, "try.b"), OK);
    struct query q = db_query(db, &asked[SUM]);
    assert_true(query_next(&q));
    assert_int_equal(read_int(&q, 0), 14);
    assert_true(read_int(&q, 1) == -12345678901);
    assert_int_equal(read_int(&q, 2), 70000);
    assert_int_equal(read_int(&q, 3), 1);
    assert_int_equal(read_int(&q, 4), 7);
    assert_true(read_null(&q, 5));
    assert_int_equal(query_end(&q, OK), OK);
    q = db_query(db, &asked[WORDS]);
    assert_true(query_next(&q));
    assert_false(read_null(&q, 0) || read_null(&q, 1));
    assert_true(str_equal(read_str(&q, 2, &a), lit("ab")));
    assert_int_equal(query_end(&q, OK), OK);
    q = db_query(db, &asked[NARROW]); /* the server expects 32 bits there */
    bind_int(&q, 1, (int64_t)1 << 40);
    assert_false(query_next(&q));
    assert_int_equal(query_end(&q, OK), FAULT);
}

/* 10 go by a pipeline, 40 by COPY; with a name that is taken each row is tried for itself. */
static void rows_that_were_put_off_say_which_of_them_stand(void **state)
{
    struct db *db = *state;
    static const int sizes[] = { 10, 40 };
    int64_t stood = 0;
    for (ptrdiff_t k = 0; k < countof(sizes); k++) {
        static char names[40][32];
        int64_t changed[40];
        int n = sizes[k];
        assert_int_equal(db_begin(db), OK);
        for (int i = 0; i < n; i++) {
            snprintf(names[i], sizeof names[i], "try.%d.%d", n, i == n - 1 ? 0 : i); /* the last is the first again */
            struct query q = put(db, PUT_QUIET, names[i], i);
            query_later(&q, &changed[i]);
        }
        assert_int_equal(db_settle(db), OK);
        for (int i = 0; i < n; i++)
            assert_int_equal(changed[i], i < n - 1);
        assert_int_equal(db_end(db, OK), OK);
        stood += n - 1;
        assert_int_equal(count(db), stood);
    }
}

static void a_fault_among_what_was_put_off_keeps_nothing(void **state)
{
    struct db *db = *state;
    int64_t changed[3];
    assert_int_equal(db_begin(db), OK);
    for (int i = 0; i < 3; i++) {
        struct query q = put(db, PUT, "try.same", 1);
        query_later(&q, &changed[i]);
    }
    assert_int_equal(db_end(db, OK), CONFLICT);
    assert_int_equal(count(db), 0);
    assert_int_equal(db_begin(db), OK);
    struct query q = put(db, PUT, "try.never", 1);
    query_later(&q, &changed[0]);
    assert_int_equal(db_end(db, FAULT), FAULT); /* what was put off goes with it */
    assert_int_equal(count(db), 0);
}

int main(void)
{
    if (!engine_is_postgres()) {
        fputs("PLAINSIGHT_TEST_POSTGRES is not set: run it by tests/with_postgres.sh\n", stderr);
        return 2;
    }
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(a_statement_beyond_the_rights_is_refused_before_it_is_sent),
        TEST(who_only_reads_has_a_session_that_only_reads),
        TEST(a_taken_key_undoes_its_statement_alone),
        TEST(one_writes_at_a_time_and_who_waits_too_long_is_told),
        TEST(a_lost_connection_is_a_fault_for_ever_and_what_was_not_committed_is_gone),
        TEST(numbers_of_every_kind_and_empty_words_are_read),
        TEST(rows_that_were_put_off_say_which_of_them_stand),
        TEST(a_fault_among_what_was_put_off_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
