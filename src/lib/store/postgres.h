/* Private to lib/store: the engine PostgreSQL, by libpq. */
#ifndef LIB_STORE_POSTGRES_H
#define LIB_STORE_POSTGRES_H
#include "lib/store/store.h"
#include <libpq-fe.h>

/* One writer at a time, as SQLite has it: statements of a transaction may build on what they read before. */
#define POSTGRES_CLAIMS "20170131" /* the first of two numbers; those of the writers' lock are one */
#define POSTGRES_WRITER_LOCK "SELECT pg_advisory_xact_lock(20170130)"

/* What the engine keeps beside its connection. */
struct postgres {
    int64_t changed; /* rows the last statement changed */
    int64_t code;    /* of the last failure: its SQLSTATE read to the base 36 */
    bool beside;
    struct later *first, *last; /* put off, in order */
};

/* A prepared statement with what is bound to it. */
enum { SMALL = 24, NAME = 24 };
struct statement {
    char name[NAME], *copy; /* copy: COPY ... that does the same for rows without end; NULL: there is none */
    int slot, params, row;  /* row: of the result, -1 before the first */
    bool writes, may_conflict, streams, ignores; /* ignores: ON CONFLICT DO NOTHING */
    Oid *types;
    const char **values;
    int *lengths, *formats;
    char (*small)[SMALL]; /* numbers and ids on their way */
    PGresult *result;
};

static inline PGconn *postgres_of(const struct db *db)
{
    return db->handle;
}

/* What a result means to a caller; NULL is a lost connection. Logs faults; marks db broken where nobody knows what stands. */
status postgres_status(struct db *db, const PGresult *r, int slot);
/* One or more commands of our own, without rows. */
status postgres_exec(struct db *db, const char *text);
/* A migration in the words of PostgreSQL; the words of SQLite are few (docs/adr/0003-sql-compiled.md). The caller frees it. */
char *postgres_text(const char *sqlite);

/* Statements: struct engine says what each does. */
bool postgres_busy(const void *stmt);
status postgres_prepare(struct db *db, const struct sql *sql, void **stmt);
void postgres_finalize(struct db *db, void *stmt);
status postgres_bind(struct db *db, void *stmt, int at, struct value v);
status postgres_step(struct db *db, void *stmt, bool *row);
status postgres_read(struct db *db, void *stmt, int column, struct value *v);
status postgres_reset(struct db *db, void *stmt, bool failed);
void postgres_stream(void *stmt);

/* Rows that were put off (postgres_later.c). */
status postgres_later(struct db *db, void *stmt, int64_t *changed);
status postgres_settle(struct db *db, bool keep);
/* The COPY that does what an INSERT of one row does, for many; NULL: it is no such INSERT. The caller frees it. */
char *postgres_copy_text(const char *insert, int params);
#endif
