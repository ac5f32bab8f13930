#include "lib/store/copy.h"
#include "lib/store/lite.h"
#include "lib/log/log.h"

enum { TABLES_MOST = 256 };
#define NOTES "copy_note"
#define MIGRATIONS "schema_migration"

static const struct sql last_migration = { 0, "copy_last_migration", "SELECT coalesce(max(number), 0) FROM " MIGRATIONS };
static const struct sql put_note = { 1, "copy_put_note", "INSERT INTO " NOTES " (name, value) VALUES ($1, $2)" };
static const struct sql find_note = { 2, "copy_find_note", "SELECT value FROM " NOTES " WHERE name = $1" };

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

/* A statement of ours, made here: without a place in the cache, ended by finish(). */
static status prepare(struct db *db, const char *text, void **out)
{
    static const struct db_right unasked[] = { { NULL, 0 } }; /* of a transaction that is kept whole or not at all */
    struct sql sql = { NO_SLOT, "copy", text, unasked };
    *out = NULL;
    return db->engine->prepare(db, &sql, out);
}

static void finish(struct db *db, void *stmt)
{
    if (!stmt)
        return;
    (void)db->engine->reset(db, stmt, true);
    db->engine->finalize(db, stmt);
}

/* One column of text of all rows; of ("" for none). */
static status list(struct db *db, struct arena *a, const char *text, const char *of, const char **to, int cap)
{
    void *q;
    int n = 0;
    bool row = false;
    struct value v = { .kind = VALUE_TEXT, .bytes = str_of(of) };
    status s = prepare(db, text, &q);
    if (s == OK && *of)
        s = db->engine->bind(db, q, 1, v);
    for (; s == OK && (s = db->engine->step(db, q, &row)) == OK && row;) {
        must(n < cap - 1);
        s = db->engine->read(db, q, 0, &v);
        to[n++] = str_c(a, v.bytes);
    }
    to[n] = NULL;
    finish(db, q);
    return s;
}

static bool is_ours(const char *name)
{
    return !strcmp(name, MIGRATIONS) || !strcmp(name, NOTES);
}

status db_tables(struct db *db, struct arena *a, table_names *out)
{
    const char **names = arena_new(a, const char *, TABLES_MOST);
    int n = 0;
    *out = names;
    status s = list(db, a, db->engine->tables, "", names, TABLES_MOST);
    for (int i = 0; s == OK && names[i]; i++)
        if (!is_ours(names[i]))
            names[n++] = names[i];
    names[n] = NULL;
    return s;
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
    store_drop_cache(db);
    struct query q = db_query(db, &last_migration);
    query_next(&q);
    *number = read_int(&q, 0);
    status s = query_end(&q, OK);
    store_drop_cache(db);
    return s;
}

struct migrations db_migrations_until(struct migrations all, int64_t number)
{
    for (ptrdiff_t i = 0; i < all.len; i++)
        if (all.at[i].number == number)
            return (struct migrations){ all.at, i + 1 };
    return (struct migrations){ all.at, 0 };
}

/* "SELECT columns FROM table" and "INSERT INTO table (columns) VALUES ($1, ...)", the columns being those of `to`. */
static status write_statements(struct db *to, struct arena *a, const char *table, struct out *select, struct out *insert, int *columns)
{
    const char *names[TABLES_MOST];
    status s = list(to, a, to->engine->columns, table, names, TABLES_MOST);
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
    out_str(insert, lit(") VALUES ("));
    for (int i = 1; i <= *columns; i++) {
        out_str(insert, i > 1 ? lit(", $") : lit("$"));
        out_int(insert, i);
    }
    out_char(insert, ')');
    return s;
}

static status write_row(struct db *from, void *read, struct db *to, void *write, int columns)
{
    bool row;
    status s = OK;
    for (int i = 0; s == OK && i < columns; i++) {
        struct value v = { .kind = VALUE_NULL };
        s = from->engine->read(from, read, i, &v);
        if (s == OK)
            s = to->engine->bind(to, write, i + 1, v);
    }
    if (s == OK)
        s = to->engine->step(to, write, &row);
    status after = to->engine->reset(to, write, s != OK);
    s = s == OK ? after : s;
    return s == CONFLICT ? FAULT : s; /* a row that breaks a rule of the schema is no row of ours */
}

static status copy_rows(struct db *from, void *read, struct db *to, void *write, int columns)
{
    bool row;
    status s;
    from->engine->stream(read);
    while ((s = from->engine->step(from, read, &row)) == OK && row)
        if ((s = write_row(from, read, to, write, columns)) != OK)
            break;
    return s;
}

static status copy_table(struct db *from, struct db *to, struct arena *a, const char *table)
{
    struct out select, insert, clear = { .arena = a };
    void *read = NULL, *write = NULL;
    int columns;
    status s = write_statements(to, a, table, &select, &insert, &columns);
    out_str(&clear, lit("DELETE FROM "));
    out_name(&clear, table);
    if (s == OK)
        s = exec_out(to, &clear);
    if (s == OK)
        s = prepare(from, str_c(a, out_view(&select)), &read);
    if (s == OK)
        s = prepare(to, str_c(a, out_view(&insert)), &write);
    if (s == OK)
        s = copy_rows(from, read, to, write, columns);
    finish(from, read);
    finish(to, write);
    return s;
}

status db_copy(struct db *from, struct db *to, struct arena *a, table_names tables)
{
    must(!to->rights);
    struct arena scratch = *a; /* statements are texts of a moment */
    status s = store_exec(from, from->engine->moment);
    if (s != OK)
        return s;
    s = db_begin(to);
    if (s == OK) {
        s = store_exec(to, to->engine->defer);
        for (; s == OK && *tables; tables++)
            s = copy_table(from, to, &scratch, *tables);
        if (s == OK)
            s = store_exec(to, to->engine->held);
        s = db_end(to, s);
    }
    status ended = store_exec(from, "COMMIT");
    return s == OK ? ended : s;
}

status db_keep(struct db *db, struct arena *a, table_names tables)
{
    struct arena scratch = *a;
    table_names all;
    must(db->engine == &engine_lite); /* a copy is a file */
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
static status look(struct db *db, const char *pragma, bool says_ok)
{
    void *q;
    bool row = false;
    struct value v = { .kind = VALUE_NULL };
    status s = prepare(db, pragma, &q);
    if (s == OK)
        s = db->engine->step(db, q, &row);
    if (s == OK && row)
        s = db->engine->read(db, q, 0, &v);
    bool good = says_ok ? row && str_equal(v.bytes, lit("ok")) : !row;
    finish(db, q);
    if (s == OK && !good) {
        log_event(LOG_STORE_FAULT, SQLITE_CORRUPT, NO_SLOT);
        s = FAULT;
    }
    return s;
}

/* PostgreSQL has no such look from outside, and asks its foreign keys at each statement. */
status db_check(struct db *db)
{
    if (db->engine != &engine_lite)
        return db->broken ? FAULT : OK;
    sqlite3_set_authorizer(lite_of(db), NULL, NULL); /* pragmas of ours alone, until the guard is back */
    status s = look(db, "PRAGMA integrity_check(1)", true);
    if (s == OK)
        s = look(db, "PRAGMA foreign_key_check", false);
    guard_install(db);
    return s;
}

status db_note_put(struct db *db, str name, str value)
{
    store_drop_cache(db);
    status s = store_exec(db, "CREATE TABLE IF NOT EXISTS " NOTES " (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT");
    if (s == OK) {
        struct query q = db_query(db, &put_note);
        bind_str(&q, 1, name);
        bind_blob(&q, 2, value);
        s = query_run(&q);
    }
    store_drop_cache(db);
    return s;
}

status db_note_get(struct db *db, struct arena *a, str name, str *value)
{
    store_drop_cache(db);
    struct query q = db_query(db, &find_note);
    bind_str(&q, 1, name);
    bool found = query_next(&q);
    *value = found ? read_str(&q, 0, a) : (str){ 0 };
    status s = query_end(&q, found ? OK : NOT_FOUND);
    store_drop_cache(db);
    return s;
}

status db_bytes(struct db *db, struct arena *a, str *out)
{
    must(db->engine == &engine_lite);
    sqlite3_int64 n = 0;
    unsigned char *at = sqlite3_serialize(lite_of(db), "main", &n, 0);
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
    int code = sqlite3_deserialize(lite_of(db), "main", (unsigned char *)(uintptr_t)bytes.at, bytes.len, bytes.len,
                                   SQLITE_DESERIALIZE_READONLY);
    if (code != SQLITE_OK) {
        s = lite_status(db, code, -1);
        db_close(db);
        *out = NULL;
        return s;
    }
    db->rights = rights;
    guard_install(db);
    return OK;
}
