/*
 * The storage port. Features see this and nothing of the engine beneath. Statements are constants
 * made by tools/sqlgen from .sql files; there is no call that takes text, so injection has no entrance.
 */
#ifndef LIB_STORE_DB_H
#define LIB_STORE_DB_H
#include "lib/base/base.h"

struct db;
/* What one role may do to one table. Everything not named is refused by the engine itself. */
enum { DB_READ = 1, DB_INSERT = 2, DB_UPDATE = 4, DB_DELETE = 8 };
struct db_right {
    const char *table; /* NULL ends the list */
    unsigned may;
};
/* Made only by tools/sqlgen. slot numbers the statements of one database without gaps; needs is what it does to which table. */
struct sql {
    int slot;
    const char *name, *text;
    const struct db_right *needs;
};
/* Every statement of each database, by slot; a NULL ends the list. */
extern const struct sql *const sql_all_content[], *const sql_all_keys[];
extern const int sql_all_content_count, sql_all_keys_count;

struct query {
    struct db *db;
    void *stmt;
    status status; /* the first failure; later calls do nothing */
    bool row;
};

/* A migration, embedded at build; forward only, each in one transaction. */
struct migration {
    int number;
    const char *name, *text;
};
struct migrations {
    const struct migration *at;
    ptrdiff_t len;
};
extern const struct migrations migrations_content, migrations_keys;

/*
 * Opens (and with create, makes) the database at path with full durability (WAL, synchronous=FULL). A path that is a URL
 * (db_is_url) is a database of PostgreSQL, with synchronous_commit; the rights are asked of each statement's needs there.
 * rights NULL: everything, for migrations and tests. Rights without any write open it read only. A foreign
 * key needs DB_READ on the table it names; a statement that filters or returns rows needs DB_READ too.
 * (SQLite asks about a common table expression of which no column is used as if it were a table: count a column.)
 * A path of ":memory:" is a database of its own in memory, for tests. LIMIT: the disk is full. FAULT is already logged. The caller
 * closes. Open after fork, never before; one connection belongs to one thread.
 */
struct db_options {
    const struct db_right *rights;
    bool create;
    int busy_ms; /* how long to wait for another writer; then BUSY */
    bool scratch; /* a copy in the making: nothing is synced and nothing written ahead; worthless after a crash */
    bool beside;  /* its transactions bear others beside them, where the engine can have many writers (PostgreSQL) */
};
status db_open(const char *path, struct db_options options, struct db **out) MUST_CHECK;
/* Whether a path is the URL of a PostgreSQL server (postgres:// or postgresql://), not a file. */
bool db_is_url(const char *path);
void db_close(struct db *db);
/* An I/O error or damage was met: every later call answers FAULT, and the process must exit, because only a
 * fresh start, reading from the disk, can tell what is there. */
bool db_broken(const struct db *db);
/* Whether a call on it met a FAULT since this was asked last: what was read meanwhile may lack something, whoever took it for nothing. */
bool db_failed(struct db *db);
/* The transaction at hand, or the one that ended last, found no room on the disk. Nothing of it stands and nothing is
 * damaged: it may be tried again later by the same process. */
bool db_full(const struct db *db);
/*
 * For the only writer of a database, between transactions: sees to it that so many bytes can be written to the write-ahead log without
 * asking the disk for more, whatever others take of it meanwhile. LIMIT: the disk is full, and the next transaction may meet that in its
 * middle. PostgreSQL keeps its own log, and the answer is OK.
 */
status db_make_room(struct db *db, ptrdiff_t bytes) MUST_CHECK;
/* Brings the write-ahead log home and empties it; BUSY when a reader still needs it. For the jobs role. */
status db_checkpoint(struct db *db) MUST_CHECK;
/* The same as far as readers let it, and the file keeps its length: the next transaction begins it anew, and needs no more of the disk.
 * FAULT: also when the disk is full, for pages that are new to the database need room. */
status db_reuse_log(struct db *db) MUST_CHECK;
/* Brings the schema up to date; OK also when nothing was to do. FAULT leaves it as it was: a migration
 * failed, one that ran here was edited since (log: migration_edited), or the database is newer than we are. */
status db_migrate(struct db *db, struct migrations m) MUST_CHECK;

struct query db_query(struct db *db, const struct sql *sql);
/* Bound bytes must stay until query_end. A query remembers its first failure; what follows does nothing. */
void bind_str(struct query *q, int at, str s);
void bind_blob(struct query *q, int at, str bytes);
void bind_int(struct query *q, int at, int64_t n);
void bind_id(struct query *q, int at, id i);
void bind_null(struct query *q, int at);
bool query_next(struct query *q);
/* Reading gives zero or empty for NULL, and when there is no row. */
bool read_null(struct query *q, int column);
str read_str(struct query *q, int column, struct arena *a); /* text or blob, copied into a */
int64_t read_int(struct query *q, int column);
id read_id(struct query *q, int column); /* another length than 16 makes the query a FAULT */
/* Fills exactly n bytes; a value of another length, or NULL, makes the query a FAULT. */
void read_bytes(struct query *q, int column, void *to, ptrdiff_t n);
/* Ends it, always; the verdict is the first failure, else when_fine. */
status query_end(struct query *q, status when_fine) MUST_CHECK;
/* A statement without rows in one call: steps it and ends it. */
status query_run(struct query *q) MUST_CHECK;
/* The same of one that is to change a row: otherwise when it changed none. */
status query_change(struct query *q, status otherwise) MUST_CHECK;
int64_t db_changed(struct db *db); /* rows the last statement changed */
/*
 * Many rows in one journey: what is put off inside a transaction is carried out at db_settle at the latest, in any order, so a statement must
 * not build on another one that was put off. Bound bytes and changed (rows that it changed) must stay until then. Nothing else may be asked
 * of this db in between. db_settle answers with the first failure, after which the transaction cannot be kept.
 */
void query_later(struct query *q, int64_t *changed);
status db_settle(struct db *db) MUST_CHECK;

/*
 * Until db_close this number of this database is ours alone, among all programs of all machines that claim theirs. CONFLICT: somebody else has
 * it. A file is on one machine, whose programs keep each other out by their folder: there the answer is OK.
 */
status db_claim(struct db *db, int number) MUST_CHECK;
status db_begin(struct db *db) MUST_CHECK;          /* takes the write lock at once; BUSY after busy_ms */
status db_end(struct db *db, status so_far) MUST_CHECK; /* commits on OK, else rolls back and returns so_far */
void db_abandon(struct db *db);                     /* resets and rolls back whatever was under way */
#endif
