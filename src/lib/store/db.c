/*
 * The port: what both engines share. Which engine it is follows from the path alone, and nobody above asks.
 */
#include "lib/store/store.h"
#include "lib/log/log.h"

bool db_is_url(const char *path)
{
    str s = str_of(path);
    return str_starts(s, lit("postgres://")) || str_starts(s, lit("postgresql://"));
}

status db_open(const char *path, struct db_options options, struct db **out)
{
    *out = NULL;
    struct db *db = calloc(1, sizeof *db);
    must(db);
    db->engine = db_is_url(path) ? &engine_postgres : &engine_lite;
    db->rights = options.rights;
    db->log_pages = LOG_UNKNOWN;
    status s = db->engine->open(db, path, options);
    if (s == OK) {
        *out = db;
        return OK;
    }
    s = db_full(db) ? LIMIT : s;
    db_close(db);
    return s;
}

void store_drop_cache(struct db *db)
{
    for (int i = 0; i < db->cache_len; i++) {
        if (db->cache[i].stmt)
            db->engine->finalize(db, db->cache[i].stmt);
        db->cache[i] = (struct prepared){ 0 };
    }
}

void db_close(struct db *db)
{
    if (!db)
        return;
    store_drop_cache(db);
    db->engine->close(db);
    free(db->cache);
    free(db);
}

bool db_broken(const struct db *db)
{
    return db->broken;
}

bool db_failed(struct db *db)
{
    bool failed = db->failed || db->broken;
    db->failed = false;
    return failed;
}

bool db_full(const struct db *db)
{
    return db->full && !db->broken;
}

status store_exec(struct db *db, const char *text)
{
    return db->broken ? FAULT : db->engine->exec(db, text);
}

status db_claim(struct db *db, int number)
{
    return db->broken ? FAULT : db->engine->claim(db, number);
}

status db_begin(struct db *db)
{
    db->full = false;
    db->put_off = OK;
    return db->broken ? FAULT : db->engine->begin(db);
}

status db_end(struct db *db, status so_far)
{
    if (so_far == OK)
        so_far = db_settle(db);
    else
        (void)db->engine->settle(db, false);
    return db->engine->end(db, so_far == OK && db->broken ? FAULT : so_far);
}

void db_abandon(struct db *db)
{
    for (int i = 0; i < db->cache_len; i++)
        if (db->cache[i].stmt)
            (void)db->engine->reset(db, db->cache[i].stmt, true);
    (void)db->engine->settle(db, false);
    db->engine->abandon(db);
}

status db_checkpoint(struct db *db)
{
    db->full = false;
    return db->broken ? FAULT : db->engine->checkpoint(db, true);
}

status db_reuse_log(struct db *db)
{
    db->full = false;
    return db->broken ? FAULT : db->engine->checkpoint(db, false);
}

status db_make_room(struct db *db, ptrdiff_t bytes)
{
    return db->broken ? FAULT : db->engine->room(db, bytes);
}

int64_t db_changed(struct db *db)
{
    return db->engine->changed(db);
}

void query_later(struct query *q, int64_t *changed)
{
    struct db *db = q->db;
    *changed = 0;
    if (q->status == OK)
        q->status = db->engine->later(db, q->stmt, changed);
    status s = query_end(q, OK);
    if (db->put_off == OK)
        db->put_off = s;
}

status db_settle(struct db *db)
{
    status s = db->engine->settle(db, db->put_off == OK);
    if (db->put_off == OK)
        db->put_off = s;
    return db->put_off;
}

bool rights_hold(const struct db_right *rights, const char *table, unsigned asked)
{
    for (; rights->table; rights++)
        if (!strcmp(rights->table, table))
            return (rights->may & asked) == asked;
    return false;
}

bool rights_allow(const struct db_right *rights, const struct db_right *needs)
{
    for (; needs && needs->table; needs++)
        if (!rights_hold(rights, needs->table, needs->may))
            return false;
    return true;
}

bool rights_may_write(const struct db_right *rights)
{
    for (; rights->table; rights++)
        if (rights->may & (DB_INSERT | DB_UPDATE | DB_DELETE))
            return true;
    return false;
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
        q.status = db->engine->prepare(db, sql, &p->stmt);
        p->name = sql->name;
    }
    must(!strcmp(p->name, sql->name)); /* else it belongs to another database */
    must(!p->stmt || !db->engine->busy(p->stmt)); /* else it is under way further up */
    q.stmt = p->stmt;
    return q;
}

static void bind(struct query *q, int at, struct value v)
{
    if (q->status == OK)
        q->status = q->db->engine->bind(q->db, q->stmt, at, v);
}

/* An empty view may have no address, which an engine would take for NULL. */
static str placed(str s)
{
    return s.len ? s : (str){ "", 0 };
}

void bind_str(struct query *q, int at, str s)
{
    bind(q, at, (struct value){ .kind = VALUE_TEXT, .bytes = placed(s) });
}

void bind_blob(struct query *q, int at, str bytes)
{
    bind(q, at, (struct value){ .kind = VALUE_BLOB, .bytes = placed(bytes) });
}

void bind_int(struct query *q, int at, int64_t n)
{
    bind(q, at, (struct value){ .kind = VALUE_INT, .number = n });
}

/* An id comes by value. */
void bind_id(struct query *q, int at, id i)
{
    bind(q, at, (struct value){ .kind = VALUE_BLOB, .bytes = { (const char *)i.at, sizeof i.at }, .passing = true });
}

void bind_null(struct query *q, int at)
{
    bind(q, at, (struct value){ .kind = VALUE_NULL });
}

bool query_next(struct query *q)
{
    q->row = false;
    if (q->status == OK)
        q->status = q->db->engine->step(q->db, q->stmt, &q->row);
    return q->row;
}

/* NULL when there is no row: asking for a column the statement does not have is a broken promise, which the engine sees. */
static struct value value_at(struct query *q, int column)
{
    struct value v = { .kind = VALUE_NULL };
    if (q->status == OK && q->row)
        q->status = q->db->engine->read(q->db, q->stmt, column, &v);
    return q->status == OK ? v : (struct value){ .kind = VALUE_NULL };
}

bool read_null(struct query *q, int column)
{
    return value_at(q, column).kind == VALUE_NULL;
}

str read_str(struct query *q, int column, struct arena *a)
{
    struct value v = value_at(q, column);
    if (v.kind == VALUE_INT) {
        struct out o = { .arena = a };
        out_int(&o, v.number);
        return out_view(&o);
    }
    return v.kind == VALUE_NULL || !v.bytes.len ? (str){ 0 } : str_copy(a, v.bytes);
}

/* A text where a number was expected is 0, as to whoever wrote the statement it must never be. */
int64_t read_int(struct query *q, int column)
{
    struct value v = value_at(q, column);
    return v.kind == VALUE_INT ? v.number : 0;
}

void read_bytes(struct query *q, int column, void *to, ptrdiff_t n)
{
    memset(to, 0, (size_t)n);
    if (q->status != OK || !q->row)
        return;
    struct value v = value_at(q, column);
    if ((v.kind == VALUE_BLOB || v.kind == VALUE_TEXT) && v.bytes.len == n) {
        memcpy(to, v.bytes.at, (size_t)n);
    } else if (q->status == OK) {
        log_event(LOG_STORE_FAULT, 0, column);
        q->db->failed = true;
        q->status = FAULT;
    }
}

id read_id(struct query *q, int column)
{
    id i = { 0 };
    if (!read_null(q, column))
        read_bytes(q, column, i.at, sizeof i.at);
    return i;
}

status query_end(struct query *q, status when_fine)
{
    if (q->stmt) {
        status s = q->db->engine->reset(q->db, q->stmt, q->status != OK);
        if (q->status == OK)
            q->status = s;
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

status query_change(struct query *q, status otherwise)
{
    struct db *db = q->db;
    status s = query_run(q);
    return s == OK && !db_changed(db) ? otherwise : s;
}
