/* Private to lib/store: what its files share. */
#ifndef LIB_STORE_STORE_H
#define LIB_STORE_STORE_H
#include "lib/store/db.h"

enum { NO_SLOT = -1, LOG_UNKNOWN = -1 };

/* A value on its way to or from an engine. */
enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };
struct value {
    enum value_kind kind;
    int64_t number;
    str bytes; /* bound: the caller's, until query_end; read: the engine's, until the next step */
    bool passing; /* bound bytes that the engine must copy, because they go with the call */
};

/* A prepared statement in its place. The name tells a statement of another database apart. */
struct prepared {
    void *stmt;
    const char *name;
};

/*
 * What an engine can do. Each function answers with a status and has logged its fault; `stmt` is the engine's
 * own. The port (db.c) keeps what both share: the cache of statements, the first failure of a query, the rights.
 */
struct engine {
    status (*open)(struct db *db, const char *path, struct db_options options);
    void (*close)(struct db *db); /* also of one half opened */
    status (*exec)(struct db *db, const char *text); /* text of our own: transactions, migrations */
    status (*migrate)(struct db *db, const char *text); /* a migration, written for SQLite */
    status (*begin)(struct db *db);
    status (*end)(struct db *db, status so_far);
    void (*abandon)(struct db *db); /* the transaction alone: statements were reset */
    bool (*busy)(const void *stmt); /* under way */
    status (*prepare)(struct db *db, const struct sql *sql, void **stmt);
    void (*finalize)(struct db *db, void *stmt);
    status (*bind)(struct db *db, void *stmt, int at, struct value v);
    status (*step)(struct db *db, void *stmt, bool *row);
    status (*read)(struct db *db, void *stmt, int column, struct value *v); /* of the row at hand */
    /* Outside a transaction the verdict of what was written comes here at the latest; failed: it came before, and was logged. */
    status (*reset)(struct db *db, void *stmt, bool failed);
    int64_t (*changed)(struct db *db);
    status (*later)(struct db *db, void *stmt, int64_t *changed);
    status (*settle)(struct db *db, bool keep); /* keep false: what was put off is forgotten */
    status (*checkpoint)(struct db *db, bool empties);
    status (*room)(struct db *db, ptrdiff_t bytes); /* LIMIT: not to be had */
    int64_t (*last_code)(struct db *db); /* for the log */
    status (*claim)(struct db *db, int number);
    /* For copies (copy.c). */
    void (*stream)(void *stmt);         /* rows come as they are read; nothing else runs on this connection meanwhile */
    const char *tables;                 /* names of all, in order */
    const char *columns;                /* of table $1, in order */
    const char *moment;                 /* begins a transaction that reads all as it is at one moment */
    const char *defer, *held;           /* foreign keys are asked at the end of the transaction; asked now */
};
extern const struct engine engine_lite, engine_postgres;

struct db {
    const struct engine *engine;
    void *handle; /* sqlite3 * or PGconn * */
    const struct db_right *rights;
    struct prepared *cache; /* by slot */
    int cache_len;
    bool broken, full, failed;
    bool told_full;    /* since the last commit: a full disk is not named at every try, for the journal may lie on it */
    int64_t log_pages; /* of the write-ahead log, as the last commit left it; LOG_UNKNOWN: not asked yet */
    status put_off; /* the first failure of what was put off */
    struct postgres *postgres; /* what the engine beside keeps of its own */
};

status store_exec(struct db *db, const char *text);
/* Hands the cache back as empty as it was: for statements that are numbered for themselves. */
void store_drop_cache(struct db *db);
/* Whether these rights name that of the table; and all that a statement does. */
bool rights_hold(const struct db_right *rights, const char *table, unsigned asked);
bool rights_allow(const struct db_right *rights, const struct db_right *needs);
bool rights_may_write(const struct db_right *rights);
#endif
