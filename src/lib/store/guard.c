/*
 * The guard: SQLite asks it, while it prepares a statement, about every table read or written and every
 * function called. What the role's rights do not name is refused, whatever the statement says, so a
 * handler that reached for another feature's table, or an injected statement, fails in the engine.
 */
#include "lib/store/functions.h"
#include "lib/store/lite.h"
#include "lib/log/log.h"

static int table_right(const struct db *db, const char *table, unsigned asked)
{
    return rights_hold(db->rights, table, asked) ? SQLITE_OK : SQLITE_DENY;
}

static int known_function(const char *name)
{
    for (ptrdiff_t i = 0; i < countof(store_functions); i++)
        if (!strcmp(store_functions[i], name))
            return SQLITE_OK;
    return SQLITE_DENY;
}

static int decide(const struct db *db, int action, const char *one, const char *two)
{
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION: return SQLITE_OK;
    case SQLITE_READ: return table_right(db, one, DB_READ);
    case SQLITE_INSERT: return table_right(db, one, DB_INSERT);
    case SQLITE_UPDATE: return table_right(db, one, DB_UPDATE);
    case SQLITE_DELETE: return table_right(db, one, DB_DELETE);
    case SQLITE_FUNCTION: return known_function(two);
    }
    return SQLITE_DENY; /* pragmas, attached files, schema, virtual tables, and what SQLite may yet invent */
}

static int authorize(void *context, int action, const char *one, const char *two, const char *schema, const char *within)
{
    (void)schema, (void)within;
    int answer = decide(context, action, one, two);
    if (answer != SQLITE_OK)
        log_event(LOG_STORE_REFUSED, action, 0);
    return answer;
}

void guard_install(struct db *db)
{
    if (db->rights)
        sqlite3_set_authorizer(lite_of(db), authorize, db);
}
