/* Private to lib/store: what its files share. */
#ifndef LIB_STORE_STORE_H
#define LIB_STORE_STORE_H
#include "lib/store/db.h"
#include <sqlite3.h>

/* A prepared statement in its place. The name tells a statement of another database apart. */
struct prepared {
    sqlite3_stmt *stmt;
    const char *name;
};
struct db {
    sqlite3 *lite;
    const struct db_right *rights;
    struct prepared *cache; /* by slot */
    int cache_len;
    bool broken, full;
};

/* What a SQLite result means to a caller. Logs faults; marks db broken where its files can no longer be trusted. */
status store_status(struct db *db, int code, int slot);
/* Text of our own, never of a caller: pragmas, transactions, migrations. */
status store_exec(struct db *db, const char *text);
void guard_install(struct db *db);
bool guard_may_write(const struct db_right *rights);
#endif
