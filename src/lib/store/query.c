#include "lib/store/store.h"
#include "lib/log/log.h"

static void fail(struct query *q, int code, int slot)
{
    if (q->status == OK)
        q->status = store_status(q->db, code, slot);
}

/* The place of a statement in the cache, which grows with the highest slot asked for and no further. */
static struct prepared *place_of(struct db *db, const struct sql *sql)
{
    must(sql->slot >= 0);
    if (sql->slot >= db->cache_len) {
        int len = sql->slot + 64;
        struct prepared *p = realloc(db->cache, (size_t)len * sizeof *p);
        must(p);
        memset(p + db->cache_len, 0, (size_t)(len - db->cache_len) * sizeof *p);
        db->cache = p;
        db->cache_len = len;
    }
    return &db->cache[sql->slot];
}

struct query db_query(struct db *db, const struct sql *sql)
{
    struct query q = { .db = db };
    if (db->broken) {
        q.status = FAULT;
        return q;
    }
    struct prepared *p = place_of(db, sql);
    if (!p->stmt) {
        fail(&q, sqlite3_prepare_v3(db->lite, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &p->stmt, NULL), sql->slot);
        p->name = sql->name;
    }
    must(!strcmp(p->name, sql->name)); /* else it belongs to another database */
    must(!sqlite3_stmt_busy(p->stmt)); /* else it is under way further up */
    q.stmt = p->stmt;
    return q;
}

static void bound(struct query *q, int code)
{
    if (code != SQLITE_OK)
        fail(q, code, -1);
}

/* An empty view may have no address, which SQLite would take for NULL. */
void bind_str(struct query *q, int at, str s)
{
    if (q->status == OK)
        bound(q, sqlite3_bind_text64(q->stmt, at, s.len ? s.at : "", (sqlite3_uint64)s.len, SQLITE_STATIC, SQLITE_UTF8));
}

void bind_blob(struct query *q, int at, str bytes)
{
    if (q->status == OK)
        bound(q, sqlite3_bind_blob64(q->stmt, at, bytes.len ? bytes.at : "", (sqlite3_uint64)bytes.len, SQLITE_STATIC));
}

void bind_int(struct query *q, int at, int64_t n)
{
    if (q->status == OK)
        bound(q, sqlite3_bind_int64(q->stmt, at, n));
}

/* An id comes by value, so SQLite keeps a copy of its own. */
void bind_id(struct query *q, int at, id i)
{
    if (q->status == OK)
        bound(q, sqlite3_bind_blob(q->stmt, at, i.at, sizeof i.at, SQLITE_TRANSIENT));
}

void bind_null(struct query *q, int at)
{
    if (q->status == OK)
        bound(q, sqlite3_bind_null(q->stmt, at));
}

bool query_next(struct query *q)
{
    q->row = false;
    if (q->status != OK)
        return false;
    int code = sqlite3_step(q->stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        fail(q, code, -1);
    q->row = code == SQLITE_ROW;
    return q->row;
}

/* Whether there is a value to read; asking for a column the statement does not have is a broken promise. */
static bool has_value(struct query *q, int column)
{
    if (q->status != OK || !q->row)
        return false;
    must(column >= 0 && column < sqlite3_data_count(q->stmt));
    return sqlite3_column_type(q->stmt, column) != SQLITE_NULL;
}

bool read_null(struct query *q, int column)
{
    return !has_value(q, column);
}

str read_str(struct query *q, int column, struct arena *a)
{
    if (!has_value(q, column))
        return (str){ 0 };
    const char *at = sqlite3_column_blob(q->stmt, column); /* text comes as its UTF-8 bytes */
    int n = sqlite3_column_bytes(q->stmt, column);
    if (n && !at) {
        fail(q, SQLITE_NOMEM, -1);
        return (str){ 0 };
    }
    return n ? str_copy(a, (str){ at, n }) : (str){ 0 };
}

int64_t read_int(struct query *q, int column)
{
    return has_value(q, column) ? sqlite3_column_int64(q->stmt, column) : 0;
}

void read_bytes(struct query *q, int column, void *to, ptrdiff_t n)
{
    memset(to, 0, (size_t)n);
    if (q->status != OK || !q->row)
        return;
    const void *at = has_value(q, column) ? sqlite3_column_blob(q->stmt, column) : NULL;
    if (!at || sqlite3_column_bytes(q->stmt, column) != n)
        fail(q, SQLITE_MISMATCH, -1);
    else
        memcpy(to, at, (size_t)n);
}

id read_id(struct query *q, int column)
{
    id i = { 0 };
    if (has_value(q, column))
        read_bytes(q, column, i.at, sizeof i.at);
    return i;
}

status query_end(struct query *q, status when_fine)
{
    if (q->stmt) {
        /* Outside a transaction a statement that returned rows commits only here: its verdict counts. */
        int code = sqlite3_reset(q->stmt);
        if (code != SQLITE_OK)
            fail(q, code, -1);
        sqlite3_clear_bindings(q->stmt);
        q->stmt = NULL;
    }
    q->row = false;
    return q->status == OK ? when_fine : q->status;
}

status query_run(struct query *q)
{
    while (query_next(q))
        ;
    return query_end(q, OK);
}

int64_t db_changed(struct db *db)
{
    return sqlite3_changes64(db->lite);
}
