/* What stands in the databases, in numbers that two runs of the same act share; read by another connection than the product's. */
#include "failures.h"
#include <sqlite3.h>

/* "count(*), sum(...), ..." of one table. */
static bool sums_of(sqlite3 *db, const char *table, struct out *sql, int *columns)
{
    sqlite3_stmt *s;
    *columns = 0;
    if (sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info(?)", -1, &s, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
    out_str(sql, lit("SELECT count(*)"));
    for (; sqlite3_step(s) == SQLITE_ROW; ++*columns) {
        str name = str_of((const char *)sqlite3_column_text(s, 0));
        out_str(sql, lit(", total(CASE typeof(\""));
        out_str(sql, name);
        out_str(sql, lit("\") WHEN 'integer' THEN \""));
        out_str(sql, name);
        out_str(sql, lit("\" ELSE length(\""));
        out_str(sql, name);
        out_str(sql, lit("\") END)"));
    }
    out_str(sql, lit(" FROM \""));
    out_str(sql, str_of(table));
    out_char(sql, '"');
    return sqlite3_finalize(s) == SQLITE_OK;
}

static bool take_table(sqlite3 *db, const char *table, struct arena a, struct marks *out)
{
    struct out sql = { .arena = &a };
    sqlite3_stmt *s;
    int columns;
    if (!sums_of(db, table, &sql, &columns) || sqlite3_prepare_v2(db, str_c(&a, out_view(&sql)), -1, &s, NULL) != SQLITE_OK)
        return false;
    bool good = sqlite3_step(s) == SQLITE_ROW;
    for (int i = 0; good && i <= columns; i++) {
        must(out->all < MARKS_MOST);
        out->counts[out->all] = i == 0;
        out->at[out->all++] = sqlite3_column_int64(s, i);
    }
    sqlite3_finalize(s);
    return good;
}

static bool take_database(const char *path, struct arena a, struct marks *out)
{
    sqlite3 *db;
    sqlite3_stmt *s = NULL;
    static const char tables[] = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
        && sqlite3_prepare_v2(db, tables, -1, &s, NULL) == SQLITE_OK;
    while (good && sqlite3_step(s) == SQLITE_ROW)
        good = take_table(db, (const char *)sqlite3_column_text(s, 0), a, out);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return good;
}

bool marks_take(const char *folder, struct marks *out)
{
    struct arena a = arena_reserve(1 << 20);
    char path[200];
    *out = (struct marks){ 0 };
    snprintf(path, sizeof path, "%s/content.db", folder);
    bool good = take_database(path, a, out);
    out->content = out->all;
    snprintf(path, sizeof path, "%s/keys.db", folder);
    return take_database(path, a, out) && good;
}

static bool database_whole(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *s = NULL;
    bool good = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL) == SQLITE_OK
        && sqlite3_step(s) == SQLITE_ROW && !strcmp((const char *)sqlite3_column_text(s, 0), "ok");
    sqlite3_finalize(s);
    s = NULL;
    good = good && sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_DONE;
    sqlite3_finalize(s);
    sqlite3_close(db);
    return good;
}

bool stores_whole(struct tried *s)
{
    struct app *x = s->m->app;
    struct db *keys;
    bool good = database_whole(x->path) && database_whole(x->keys->path) && db_migrate(x->content, migrations_content) == OK
        && db_open(x->keys->path, (struct db_options){ .busy_ms = 1000 }, &keys) == OK;
    if (!good)
        return false;
    good = db_migrate(keys, migrations_keys) == OK;
    db_close(keys);
    return good;
}
