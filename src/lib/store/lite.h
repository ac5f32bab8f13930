/* Private to lib/store: the engine SQLite. */
#ifndef LIB_STORE_LITE_H
#define LIB_STORE_LITE_H
#include "lib/store/store.h"
#include <sqlite3.h>

static inline sqlite3 *lite_of(const struct db *db)
{
    return db->handle;
}

/* What a SQLite result means to a caller. Logs faults; marks db broken where its files can no longer be trusted. */
status lite_status(struct db *db, int code, int slot);
status lite_exec(struct db *db, const char *text);
void guard_install(struct db *db);

/* Statements: struct engine says what each does. */
bool lite_busy(const void *stmt);
status lite_prepare(struct db *db, const struct sql *sql, void **stmt);
void lite_finalize(struct db *db, void *stmt);
status lite_bind(struct db *db, void *stmt, int at, struct value v);
status lite_step(struct db *db, void *stmt, bool *row);
status lite_read(struct db *db, void *stmt, int column, struct value *v);
status lite_later(struct db *db, void *stmt, int64_t *changed);
status lite_reset(struct db *db, void *stmt, bool failed);
#endif
