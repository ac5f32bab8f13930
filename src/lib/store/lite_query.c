/* The engine SQLite: its statements. */
#include "lib/store/lite.h"

bool lite_busy(const void *stmt)
{
    return sqlite3_stmt_busy((sqlite3_stmt *)(uintptr_t)stmt);
}

status lite_prepare(struct db *db, const struct sql *sql, void **stmt)
{
    int code = sqlite3_prepare_v3(lite_of(db), sql->text, -1, SQLITE_PREPARE_PERSISTENT, (sqlite3_stmt **)stmt, NULL);
    return lite_status(db, code, sql->slot);
}

void lite_finalize(struct db *db, void *stmt)
{
    (void)db;
    sqlite3_finalize(stmt);
}

static int bind_value(sqlite3_stmt *stmt, int at, struct value v)
{
    sqlite3_destructor_type keep = v.passing ? SQLITE_TRANSIENT : SQLITE_STATIC;
    if (v.kind == VALUE_INT)
        return sqlite3_bind_int64(stmt, at, v.number);
    if (v.kind == VALUE_TEXT)
        return sqlite3_bind_text64(stmt, at, v.bytes.at, (sqlite3_uint64)v.bytes.len, keep, SQLITE_UTF8);
    if (v.kind == VALUE_BLOB)
        return sqlite3_bind_blob64(stmt, at, v.bytes.at, (sqlite3_uint64)v.bytes.len, keep);
    return sqlite3_bind_null(stmt, at);
}

status lite_bind(struct db *db, void *stmt, int at, struct value v)
{
    return lite_status(db, bind_value(stmt, at, v), NO_SLOT);
}

status lite_step(struct db *db, void *stmt, bool *row)
{
    int code = sqlite3_step(stmt);
    *row = code == SQLITE_ROW;
    return lite_status(db, code, NO_SLOT);
}

status lite_read(struct db *db, void *stmt, int column, struct value *v)
{
    must(column >= 0 && column < sqlite3_data_count(stmt));
    int type = sqlite3_column_type(stmt, column);
    if (type == SQLITE_NULL)
        return OK;
    if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
        *v = (struct value){ .kind = VALUE_INT, .number = sqlite3_column_int64(stmt, column) };
        return OK;
    }
    const char *at = sqlite3_column_blob(stmt, column); /* text comes as its UTF-8 bytes */
    int n = sqlite3_column_bytes(stmt, column);
    if (!at && sqlite3_errcode(lite_of(db)) == SQLITE_NOMEM) /* what it had no memory for it calls NULL, of no length */
        return lite_status(db, SQLITE_NOMEM, NO_SLOT);
    *v = (struct value){ .kind = type == SQLITE_TEXT ? VALUE_TEXT : VALUE_BLOB, .bytes = { n ? at : "", n } }; /* empty bytes have no address there, and are not NULL */
    return OK;
}

/* There is no journey to save. */
status lite_later(struct db *db, void *stmt, int64_t *changed)
{
    bool row;
    status s = lite_step(db, stmt, &row);
    *changed = sqlite3_changes64(lite_of(db));
    return s;
}

status lite_reset(struct db *db, void *stmt, bool failed)
{
    /* Outside a transaction a statement that returned rows commits only here: its verdict counts. */
    int code = sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return failed ? OK : lite_status(db, code, NO_SLOT);
}
