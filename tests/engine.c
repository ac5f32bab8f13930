#include "engine.h"
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { URL = 512 };

status __real_db_open(const char *path, struct db_options options, struct db **out);
status __wrap_db_open(const char *path, struct db_options options, struct db **out);

/* How many statements this process asked for, of either engine. */
struct query __real_db_query(struct db *db, const struct sql *sql);
struct query __wrap_db_query(struct db *db, const struct sql *sql);
static int64_t statements, ordered, failing; /* failing: how many more until the one that was ordered to */
static status failing_with;
struct query __wrap_db_query(struct db *db, const struct sql *sql)
{
    statements++;
    if (failing && !--failing)
        return (struct query){ .db = db, .status = failing_with };
    return __real_db_query(db, sql);
}

void engine_fail_statement(int64_t nth, status with)
{
    failing = ordered = nth;
    failing_with = with;
}

bool engine_failed_statement(void)
{
    return ordered && !failing;
}

int64_t engine_statements(void)
{
    return statements;
}

static const char *cluster(void)
{
    return getenv("PLAINSIGHT_TEST_POSTGRES");
}

bool engine_is_postgres(void)
{
    return cluster() != NULL;
}

/* The cluster's URL ends before the name of a database: postgresql://NAME?host=... is written as two parts around "%s". */
void engine_url(const char *database, char out[URL])
{
    const char *c = cluster(), *at = strstr(c, "%s");
    must(at != NULL);
    must(snprintf(out, URL, "%.*s%s%s", (int)(at - c), c, database, at + 2) < URL);
}

static void name_of(const char *path, char out[64])
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *p = path; *p; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    snprintf(out, 64, "t_%016llx", (unsigned long long)h);
}

static PGconn *connect_to(const char *database)
{
    char url[URL];
    engine_url(database, url);
    PGconn *c = PQconnectdb(url);
    must(PQstatus(c) == CONNECTION_OK);
    PQclear(PQexec(c, "SET client_min_messages = error"));
    return c;
}

static void on_cluster(const char *format, const char *one, const char *two)
{
    static PGconn *kept;
    static pid_t of;
    char text[256];
    if (of != getpid()) { /* a child must not speak on its parent's connection */
        kept = connect_to("postgres");
        of = getpid();
    }
    snprintf(text, sizeof text, format, one, two);
    PGresult *r = PQexec(kept, text);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        fprintf(stderr, "%s: %s", text, PQresultErrorMessage(r));
    must(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
}

static void drop(const char *name)
{
    on_cluster("DROP DATABASE IF EXISTS %s WITH (FORCE)%s", name, "");
}

void engine_remove(const char *path)
{
    char name[64];
    if (!cluster())
        return;
    name_of(path, name);
    drop(name);
}

/* Those without a name live as long as the process. */
static char nameless[256][32];
static int nameless_count;
static pid_t nameless_of;
static void drop_nameless(void)
{
    for (int i = 0; nameless_of == getpid() && i < nameless_count; i++)
        drop(nameless[i]);
}

static void name_memory(char out[64])
{
    if (!nameless_count) {
        atexit(drop_nameless);
        nameless_of = getpid();
    }
    must(nameless_count < countof(nameless));
    snprintf(nameless[nameless_count], sizeof nameless[0], "m_%d_%d", (int)getpid(), nameless_count);
    snprintf(out, 64, "%s", nameless[nameless_count++]);
}

status __wrap_db_open(const char *path, struct db_options options, struct db **out)
{
    char name[64], url[URL];
    if (!cluster() || options.scratch || db_is_url(path))
        return __real_db_open(path, options, out);
    bool file = strcmp(path, ":memory:") ? !access(path, F_OK) : true; /* a copy that was made; or to be filled from bytes */
    if (file && !options.create)
        return __real_db_open(path, options, out);
    if (!strcmp(path, ":memory:"))
        name_memory(name);
    else
        name_of(path, name);
    if (options.create) {
        drop(name);
        on_cluster("CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY", name, strstr(path, "keys") ? "plainsight_keys" : "plainsight_content");
    }
    engine_url(name, url);
    options.create = false;
    return __real_db_open(url, options, out);
}

void engine_make_templates(void)
{
    static const struct {
        const char *name;
        const struct migrations *all;
    } both[] = { { "plainsight_content", &migrations_content }, { "plainsight_keys", &migrations_keys } };
    for (ptrdiff_t i = 0; i < countof(both); i++) {
        char url[URL];
        struct db *db;
        engine_url(both[i].name, url);
        must(__real_db_open(url, (struct db_options){ .create = true }, &db) == OK && db_migrate(db, *both[i].all) == OK);
        db_close(db);
        PGconn *c = connect_to(both[i].name);
        PGresult *r = PQexec(c, "CREATE FUNCTION instr(bytea, bytea) RETURNS integer LANGUAGE sql AS 'SELECT position($2 IN $1)';"
                             "CREATE FUNCTION typeof(bytea) RETURNS text LANGUAGE sql AS $$SELECT 'blob'$$;"
                             "CREATE VIEW sqlite_schema AS SELECT CAST(tablename AS TEXT) AS name, 'table' AS type FROM pg_tables WHERE schemaname = 'public';"
                             "CREATE FUNCTION pragma_table_info(text) RETURNS TABLE (name TEXT, type TEXT) LANGUAGE sql AS"
                             " $$SELECT CAST(column_name AS TEXT), CASE data_type WHEN 'bytea' THEN 'BLOB' ELSE upper(data_type) END"
                             " FROM information_schema.columns WHERE table_name = $1$$;"
                             "CREATE FUNCTION randomblob(integer) RETURNS bytea LANGUAGE sql AS"
                             " 'SELECT substr(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 1, $1)'");
        must(PQresultStatus(r) == PGRES_COMMAND_OK);
        PQclear(r);
        PQfinish(c);
    }
}

/* What a test writes for SQLite and PostgreSQL says otherwise; some of its functions are made with the templates. */
static const struct {
    const char *sqlite, *postgres;
} words[] = {
    { "rowid", "ctid" }, { " BLOB", " BYTEA" }, { " INTEGER", " BIGINT" },
};

/* zeroblob(n) and x'..' as PostgreSQL writes bytes. */
static const char *put_bytes(struct out *o, const char *p)
{
    if (!strncmp(p, "zeroblob(", 9)) {
        char *end;
        long n = strtol(p + 9, &end, 10);
        out_str(o, lit("'\\x"));
        for (long i = 0; i < n; i++)
            out_str(o, lit("00"));
        out_str(o, lit("'::bytea"));
        return end + 1;
    }
    const char *end = strchr(p + 2, '\'');
    must(end);
    out_str(o, lit("'\\x"));
    out_str(o, (str){ p + 2, end - p - 2 });
    out_str(o, lit("'::bytea"));
    return end + 1;
}

static str in_postgres(struct arena *a, const char *sql)
{
    struct out o = { .arena = a };
    for (const char *p = sql; *p;) {
        ptrdiff_t i = 0;
        bool starts = p == sql || !((p[-1] >= 'a' && p[-1] <= 'z') || p[-1] == '_');
        if (starts && (!strncmp(p, "x'", 2) || !strncmp(p, "zeroblob(", 9))) {
            p = put_bytes(&o, p);
            continue;
        }
        while (i < countof(words) && strncmp(p, words[i].sqlite, strlen(words[i].sqlite)))
            i++;
        if (i < countof(words)) {
            out_str(&o, str_of(words[i].postgres));
            p += strlen(words[i].sqlite);
        } else {
            out_char(&o, *p++);
        }
    }
    return out_view(&o);
}

static ptrdiff_t rows_of_postgres(const char *path, const char *sql, struct arena *a, str *out, ptrdiff_t most)
{
    char name[64];
    name_of(path, name);
    PGconn *c = connect_to(name);
    PGresult *r = PQexec(c, str_c(a, in_postgres(a, sql)));
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        fprintf(stderr, "%s: %s", sql, PQresultErrorMessage(r));
    must(PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) <= most);
    ptrdiff_t n = PQntuples(r);
    for (int i = 0; i < n; i++) {
        size_t len = (size_t)PQgetlength(r, i, 0);
        unsigned char *bytes = PQftype(r, 0) == 17 ? PQunescapeBytea((const unsigned char *)PQgetvalue(r, i, 0), &len) : NULL;
        out[i] = str_copy(a, (str){ bytes ? (char *)bytes : PQgetvalue(r, i, 0), (ptrdiff_t)len });
        PQfreemem(bytes);
    }
    PQclear(r);
    PQfinish(c);
    return n;
}

static ptrdiff_t rows_of_sqlite(const char *path, const char *sql, struct arena *a, str *out, ptrdiff_t most)
{
    sqlite3 *db;
    sqlite3_stmt *s = NULL;
    ptrdiff_t n = 0;
    must(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    must(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK);
    for (; sqlite3_step(s) == SQLITE_ROW; n++) {
        must(n < most);
        const void *at = sqlite3_column_blob(s, 0);
        out[n] = str_copy(a, (str){ at, sqlite3_column_bytes(s, 0) });
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

ptrdiff_t engine_rows(const char *path, const char *sql, struct arena *a, str *out, ptrdiff_t most)
{
    return cluster() ? rows_of_postgres(path, sql, a, out, most) : rows_of_sqlite(path, sql, a, out, most);
}

/* Checks of a table cannot be put to sleep on PostgreSQL: who owns it drops them, and puts them back for what comes later. */
static const char list_checks[] =
    "SELECT string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), ';'), string_agg(format('ALTER TABLE %s ADD"
    " CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid) || CASE WHEN convalidated THEN ' NOT VALID' ELSE '' END), ';')"
    " FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace";

static bool does(PGconn *c, const char *text, bool *against_check)
{
    PGresult *r = PQexec(c, text);
    bool done = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    *against_check = state && !strcmp(state, "23514");
    PQclear(r);
    return done;
}

static bool postgres_tries(const char *path, const char *sql, bool loose)
{
    struct arena a = arena_reserve(64 << 20); /* seldom, and the process is a test's */
    char name[64];
    name_of(path, name);
    PGconn *c = connect_to(name);
    const char *text = str_c(&a, in_postgres(&a, sql));
    bool against_check, unused;
    if (loose)
        must(does(c, "SET session_replication_role = replica", &unused));
    bool done = does(c, text, &against_check);
    if (!done && loose && against_check) {
        PGresult *checks = PQexec(c, list_checks);
        must(PQntuples(checks) == 1);
        done = does(c, PQgetvalue(checks, 0, 0), &unused) && does(c, text, &against_check) && does(c, PQgetvalue(checks, 0, 1), &unused);
        PQclear(checks);
    }
    if (!done && loose)
        fprintf(stderr, "%s: %s", sql, PQerrorMessage(c));
    PQfinish(c);
    return done;
}

static bool sqlite_tries(const char *path, const char *sql, bool loose)
{
    sqlite3 *db;
    must(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    const char *before = loose ? "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON" : "PRAGMA foreign_keys=ON";
    bool done = sqlite3_exec(db, before, NULL, NULL, NULL) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    if (!done && loose)
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
    return done;
}

bool engine_tries(const char *path, const char *sql, bool loose)
{
    return cluster() ? postgres_tries(path, sql, loose) : sqlite_tries(path, sql, loose);
}

/* A sequence does not roll back: so the failure knows that it came. */
void engine_fail_a_commit(const char *path, const char *state)
{
    static const char make[] =
        "DROP SEQUENCE IF EXISTS failed; CREATE SEQUENCE failed;"
        "CREATE OR REPLACE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
        " IF nextval('failed') = 1 THEN RAISE EXCEPTION 'ordered' USING ERRCODE = '%s'; END IF; RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER tip_fails AFTER INSERT ON tip DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_once();"
        "CREATE CONSTRAINT TRIGGER idem_fails AFTER DELETE ON idem DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_once()";
    char text[1024];
    must(snprintf(text, sizeof text, make, state) < (int)sizeof text);
    must(postgres_tries(path, text, false));
}

static str plan_of_sqlite(const char *path, const char *text, struct arena *a)
{
    enum { DETAIL = 3 };
    sqlite3 *db;
    sqlite3_stmt *s;
    struct out o = { .arena = a };
    str sql = str_join(a, lit("EXPLAIN QUERY PLAN "), str_of(text));
    must(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, str_c(a, sql), -1, &s, NULL) == SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        out_str(&o, str_of((const char *)sqlite3_column_text(s, DETAIL)));
        out_char(&o, '\n');
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return out_view(&o);
}

/* Tables of a test are small, so the server would read them whole: forbidden, it does so only where no index serves. */
static str plan_of_postgres(const char *path, const char *text, struct arena *a)
{
    char name[64];
    struct out o = { .arena = a };
    name_of(path, name);
    PGconn *c = connect_to(name);
    PQclear(PQexec(c, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan"));
    PGresult *r = PQprepare(c, "asked", text, 0, NULL);
    must(PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
    r = PQdescribePrepared(c, "asked");
    out_str(&o, lit("EXPLAIN EXECUTE asked"));
    for (int i = 0, n = PQnparams(r); i < n; i++)
        out_str(&o, i ? (i == n - 1 ? lit(", NULL)") : lit(", NULL")) : n == 1 ? lit("(NULL)") : lit("(NULL"));
    PQclear(r);
    r = PQexec(c, str_c(a, out_view(&o)));
    must(PQresultStatus(r) == PGRES_TUPLES_OK);
    o = (struct out){ .arena = a };
    for (int i = 0; i < PQntuples(r); i++) {
        const char *line = PQgetvalue(r, i, 0), *scan = strstr(line, "Seq Scan on ");
        out_str(&o, scan ? str_join(a, lit("SCAN "), str_of(scan + 12)) : str_of(line));
        out_char(&o, '\n');
    }
    PQclear(r);
    PQfinish(c);
    return out_view(&o);
}

str engine_plan(const char *path, const struct sql *sql, struct arena *a)
{
    return cluster() ? plan_of_postgres(path, sql->text, a) : plan_of_sqlite(path, sql->text, a);
}
