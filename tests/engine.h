/*
 * Every test of a store or a feature runs on both engines. With PLAINSIGHT_TEST_POSTGRES set to the URL of a cluster (tests/with_postgres.sh
 * makes one), what a test program opens as a file or as ":memory:" is a database of its own there, made from a template that is
 * migrated already; the linker's --wrap=db_open stands between, so the program itself knows nothing of it. Copies that the program makes for
 * a backup (scratch) are files on both.
 */
#ifndef TESTS_ENGINE_H
#define TESTS_ENGINE_H
#include "lib/store/db.h"

bool engine_is_postgres(void);
/* How many statements this process asked for. */
int64_t engine_statements(void);
/* The nth statement asked for from now on (1: the next) fails with this status, and none after it; 0: none fails. */
void engine_fail_statement(int64_t nth, status with);
/* Whether it came to that since. */
bool engine_failed_statement(void);
/* By another connection, as somebody who looks into the file or the server: the first column of each row, as bytes; numbers in
 * decimal. The SQL is SQLite's; the few words that PostgreSQL has not are put into its own. At most `most` rows; how many. */
ptrdiff_t engine_rows(const char *path, const char *sql, struct arena *a, str *out, ptrdiff_t most);
/* As a thief with the file or the server: false when it was refused. loose: without foreign keys and checks. */
bool engine_tries(const char *path, const char *sql, bool loose);
/* How the engine would run a statement: "SCAN table" stands in it for each table read whole. */
str engine_plan(const char *path, const struct sql *sql, struct arena *a);
/* Forgets the database of a path: for a world that ends. */
void engine_remove(const char *path);
/* PostgreSQL: the next commit that touched a tip, or a key of idempotency, fails with this SQLSTATE; those after it do not. */
void engine_fail_a_commit(const char *path, const char *state);
/* The URL of a database of the cluster. */
void engine_url(const char *database, char out[512]);
/* The templates, once a cluster. */
void engine_make_templates(void);
#endif
