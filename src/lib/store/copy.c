#include "lib/store/copy.h"
#include "lib/store/store.h"
#include "lib/log/log.h"

enum { TABLES_MOST = 256 };
#define NOTES "copy_note"
#define MIGRATIONS "schema_migration"

static const struct sql last_migration = { 0, "copy_last_migration", "SELECT coalesce(max(number), 0) FROM " MIGRATIONS };
static const struct sql put_note = { 1, "copy_put_note", "INSERT INTO " NOTES " (name, value) VALUES ($1, $2)" };
static const struct sql find_note = { 2, "copy_find_note", "SELECT value FROM " NOTES " WHERE name = $1" };

/* Like the migrations' own, these are numbered for themselves: the cache is handed back as empty as it was. */
static void drop_cache(struct db *db)
{
    for (int i = 0; i < db->cache_len; i++) {
        sqlite3_finalize(db->cache[i].stmt);
        db->cache[i] = (struct prepared){ 0 };
    }
}

static status prepare(struct db *db, str text, sqlite3_stmt **out)
{
    return store_status(db, sqlite3_prepare_v2(db->lite, text.at, (int)text.len, out, NULL), -1);
}

static status exec_out(struct db *db, const struct out *o)
{
    return store_exec(db, str_c(o->arena, out_view(o)));
}

/* Names of our own migrations: letters, digits and underscores. */
static void out_name(struct out *o, const char *name)
{
    out_char(o, '"');
    out_str(o, str_of(name));
    out_char(o, '"');
}

static bool is_named(table_names tables, const char *name)
{
    for (; *tables; tables++)
        if (!strcmp(*tables, name))
            return true;
    return false;
}

/* One column of text of all rows. */
static status list(struct db *db, struct arena *a, str text, const char **to, int cap)
{
    sqlite3_stmt *q = NULL;
    int n = 0;
    status s = prepare(db, text, &q);
    while (s == OK && sqlite3_step(q) == SQLITE_ROW) {
        must(n < cap - 1);
        to[n++] = str_c(a, str_of((const char *)sqlite3_column_text(q, 0)));
    }
    to[n] = NULL;
    int code = sqlite3_finalize(q);
    return s == OK ? store_status(db, code, -1) : s;
}

status db_tables(struct db *db, struct arena *a, table_names *out)
{
    const char **names = arena_new(a, const char *, TABLES_MOST);
    *out = names;
    return list(db, a, lit("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '" MIGRATIONS
                           "' AND name <> '" NOTES "' ORDER BY name"), names, TABLES_MOST);
}

const struct db_right *db_reading(struct arena *a, table_names tables)
{
    struct db_right *rights = arena_new(a, struct db_right, TABLES_MOST + 3);
    int n = 0;
    for (; *tables; tables++)
        rights[n++] = (struct db_right){ *tables, DB_READ };
    rights[n++] = (struct db_right){ MIGRATIONS, DB_READ };
    rights[n] = (struct db_right){ NOTES, DB_READ };
    return rights;
}

status db_schema(struct db *db, int64_t *number)
{
    drop_cache(db);
    struct query q = db_query(db, &last_migration);
    query_next(&q);
    *number = read_int(&q, 0);
    status s = query_end(&q, OK);
    drop_cache(db);
    return s;
}

struct migrations db_migrations_until(struct migrations all, int64_t number)
{
    for (ptrdiff_t i = 0; i < all.len; i++)
        if (all.at[i].number == number)
            return (struct migrations){ all.at, i + 1 };
    return (struct migrations){ all.at, 0 };
}

/* "SELECT columns FROM table" and "INSERT INTO table (columns) VALUES (?, ...)", the columns being those of `to`. */
static status write_statements(struct db *to, struct arena *a, const char *table, struct out *select, struct out *insert, int *columns)
{
    const char *names[TABLES_MOST];
    struct out ask = { .arena = a };
    out_str(&ask, lit("SELECT name FROM pragma_table_info('"));
    out_str(&ask, str_of(table));
    out_str(&ask, lit("') ORDER BY cid"));
    status s = list(to, a, out_view(&ask), names, TABLES_MOST);
    *select = *insert = (struct out){ .arena = a };
    out_str(select, lit("SELECT "));
    out_str(insert, lit("INSERT INTO "));
    out_name(insert, table);
    out_str(insert, lit(" ("));
    for (*columns = 0; s == OK && names[*columns]; (*columns)++) {
        if (*columns) {
            out_str(select, lit(", "));
            out_str(insert, lit(", "));
        }
        out_name(select, names[*columns]);
        out_name(insert, names[*columns]);
    }
    out_str(select, lit(" FROM "));
    out_name(select, table);
    out_str(insert, lit(") VALUES (?"));
    for (int i = 1; i < *columns; i++)
        out_str(insert, lit(", ?"));
    out_char(insert, ')');
    return s;
}

static status copy_rows(struct db *from, sqlite3_stmt *read, struct db *to, sqlite3_stmt *write, int columns)
{
    int code;
    status s;
    while ((code = sqlite3_step(read)) == SQLITE_ROW) {
        int bound = SQLITE_OK;
        for (int i = 0; bound == SQLITE_OK && i < columns; i++)
            bound = sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i));
        if (bound == SQLITE_OK)
            bound = sqlite3_step(write);
        sqlite3_reset(write);
        if (bound == SQLITE_DONE)
            continue;
        s = store_status(to, bound, -1);
        return s == OK || s == CONFLICT ? FAULT : s; /* a row that breaks a rule of the schema is no row of ours */
    }
    return code == SQLITE_DONE ? OK : store_status(from, code, -1);
}

static status copy_table(struct db *from, struct db *to, struct arena *a, const char *table)
{
    struct out select, insert, clear = { .arena = a };
    sqlite3_stmt *read = NULL, *write = NULL;
    int columns;
    status s = write_statements(to, a, table, &select, &insert, &columns);
    out_str(&clear, lit("DELETE FROM "));
    out_name(&clear, table);
    if (s == OK)
        s = exec_out(to, &clear);
    if (s == OK)
        s = prepare(from, out_view(&select), &read);
    if (s == OK)
        s = prepare(to, out_view(&insert), &write);
    if (s == OK)
        s = copy_rows(from, read, to, write, columns);
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    return s;
}

status db_copy(struct db *from, struct db *to, struct arena *a, table_names tables)
{
    must(!to->rights);
    struct arena scratch = *a; /* statements are texts of a moment */
    /* A reading transaction of the write-ahead log: its first read fixes the moment, and holds up no writer. */
    status s = store_exec(from, "BEGIN");
    if (s != OK)
        return s;
    s = db_begin(to);
    if (s == OK) {
        s = store_exec(to, "PRAGMA defer_foreign_keys = ON");
        for (; s == OK && *tables; tables++)
            s = copy_table(from, to, &scratch, *tables);
        s = db_end(to, s);
    }
    status ended = store_exec(from, "COMMIT");
    return s == OK ? ended : s;
}

status db_keep(struct db *db, struct arena *a, table_names tables)
{
    struct arena scratch = *a;
    table_names all;
    status s = db_tables(db, &scratch, &all);
    if (s == OK)
        s = store_exec(db, "PRAGMA foreign_keys = OFF");
    for (; s == OK && *all; all++) {
        struct out o = { .arena = &scratch };
        if (is_named(tables, *all))
            continue;
        out_str(&o, lit("DROP TABLE "));
        out_name(&o, *all);
        s = exec_out(db, &o);
    }
    status after = store_exec(db, "PRAGMA foreign_keys = ON");
    return s == OK ? after : s;
}

/* The pragma's one row says "ok", or there is none where it lists faults. */
static status look(struct db *db, str pragma, bool says_ok)
{
    sqlite3_stmt *q = NULL;
    status s = prepare(db, pragma, &q);
    if (s != OK)
        return s;
    bool row = sqlite3_step(q) == SQLITE_ROW;
    bool good = says_ok ? row && str_equal(str_of((const char *)sqlite3_column_text(q, 0)), lit("ok")) : !row;
    int code = sqlite3_finalize(q);
    if (code == SQLITE_OK && good)
        return OK;
    log_event(LOG_STORE_FAULT, code ? code : SQLITE_CORRUPT, -1);
    return FAULT;
}

status db_check(struct db *db)
{
    sqlite3_set_authorizer(db->lite, NULL, NULL); /* pragmas of ours alone, until the guard is back */
    status s = look(db, lit("PRAGMA integrity_check(1)"), true);
    if (s == OK)
        s = look(db, lit("PRAGMA foreign_key_check"), false);
    guard_install(db);
    return s;
}

status db_note_put(struct db *db, str name, str value)
{
    drop_cache(db);
    status s = store_exec(db, "CREATE TABLE IF NOT EXISTS " NOTES " (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT");
    if (s == OK) {
        struct query q = db_query(db, &put_note);
        bind_str(&q, 1, name);
        bind_blob(&q, 2, value);
        s = query_run(&q);
    }
    drop_cache(db);
    return s;
}

status db_note_get(struct db *db, struct arena *a, str name, str *value)
{
    drop_cache(db);
    struct query q = db_query(db, &find_note);
    bind_str(&q, 1, name);
    bool found = query_next(&q);
    *value = found ? read_str(&q, 0, a) : (str){ 0 };
    status s = query_end(&q, found ? OK : NOT_FOUND);
    drop_cache(db);
    return s;
}

status db_bytes(struct db *db, struct arena *a, str *out)
{
    sqlite3_int64 n = 0;
    unsigned char *at = sqlite3_serialize(db->lite, "main", &n, 0);
    if (!at)
        return FAULT;
    *out = str_copy(a, (str){ (char *)at, (ptrdiff_t)n });
    sqlite3_free(at);
    return OK;
}

status db_open_bytes(str bytes, const struct db_right *rights, struct db **out)
{
    status s = db_open(":memory:", (struct db_options){ 0 }, out);
    if (s != OK)
        return s;
    struct db *db = *out;
    int code = sqlite3_deserialize(db->lite, "main", (unsigned char *)(uintptr_t)bytes.at, bytes.len, bytes.len,
                                   SQLITE_DESERIALIZE_READONLY);
    if (code != SQLITE_OK) {
        s = store_status(db, code, -1);
        db_close(db);
        *out = NULL;
        return s;
    }
    db->rights = rights;
    guard_install(db);
    return OK;
}
