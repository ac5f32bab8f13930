/*
 * The engine PostgreSQL: its statements. Values travel in binary, each as the type the server inferred; the whole
 * result of a statement is fetched at its first step, so that others may run while it is read.
 */
#include "lib/store/postgres.h"
#include "lib/log/log.h"

enum { TYPE_BOOL = 16, TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_FLOAT8 = 701, TYPE_NUMERIC = 1700 }; /* pg_type.dat */

bool postgres_busy(const void *stmt)
{
    const struct statement *s = stmt;
    return s->result != NULL;
}

void postgres_finalize(struct db *db, void *stmt)
{
    struct statement *s = stmt;
    if (!db->broken && PQtransactionStatus(postgres_of(db)) == PQTRANS_IDLE) {
        char text[NAME + 16];
        snprintf(text, sizeof text, "DEALLOCATE %s", s->name);
        PQclear(PQexec(postgres_of(db), text));
    }
    PQclear(s->result);
    free(s->copy);
    free(s->types);
    free(s->values);
    free(s->lengths);
    free(s->formats);
    free(s->small);
    free(s);
}

static void *array(int n, size_t size)
{
    void *p = calloc((size_t)n + 1, size);
    must(p);
    return p;
}

/* What it needs is known from the build; a statement of the store's own is taken by its first word. */
static bool touches(const struct sql *sql, unsigned may)
{
    for (const struct db_right *n = sql->needs; n && n->table; n++)
        if (n->may & may)
            return true;
    return !sql->needs && !str_starts(str_of(sql->text), lit("SELECT"));
}

static status describe(struct db *db, struct statement *s)
{
    PGresult *r = PQdescribePrepared(postgres_of(db), s->name);
    status done = postgres_status(db, r, s->slot);
    if (done == OK) {
        s->params = PQnparams(r);
        s->types = array(s->params, sizeof *s->types);
        s->values = array(s->params, sizeof *s->values);
        s->lengths = array(s->params, sizeof *s->lengths);
        s->formats = array(s->params, sizeof *s->formats);
        s->small = array(s->params, sizeof *s->small);
        for (int i = 0; i < s->params; i++)
            s->types[i] = PQparamtype(r, i);
    }
    PQclear(r);
    return done;
}

status postgres_prepare(struct db *db, const struct sql *sql, void **stmt)
{
    static int64_t made; /* a name is used once in a session, also by statements numbered for themselves */
    if (db->rights && !rights_allow(db->rights, sql->needs)) {
        log_event(LOG_STORE_REFUSED, 0, sql->slot);
        return FAULT;
    }
    struct statement *s = array(1, sizeof *s);
    snprintf(s->name, sizeof s->name, "s%lld", (long long)made++);
    s->slot = sql->slot;
    s->row = -1;
    s->writes = touches(sql, DB_INSERT | DB_UPDATE | DB_DELETE);
    s->may_conflict = touches(sql, DB_INSERT | DB_UPDATE) && !strstr(sql->text, "ON CONFLICT");
    PGresult *r = PQprepare(postgres_of(db), s->name, sql->text, 0, NULL);
    status done = postgres_status(db, r, sql->slot);
    PQclear(r);
    if (done == OK)
        done = describe(db, s);
    if (done == OK && !touches(sql, DB_UPDATE | DB_DELETE)) {
        s->copy = postgres_copy_text(sql->text, s->params);
        s->ignores = strstr(sql->text, "ON CONFLICT") != NULL;
    }
    if (done == OK)
        *stmt = s;
    else
        postgres_finalize(db, s);
    return done;
}

/* Network order. */
static void put_bytes(char *to, int64_t n, int len)
{
    for (int i = len - 1; i >= 0; i--, n >>= 8)
        to[i] = (char)(n & 0xff);
}

/* As the type that the server expects; the length, or -1: it does not fit. */
static int put_number(char *to, Oid type, int64_t n, int *format)
{
    *format = 1;
    switch (type) {
    case TYPE_INT8: put_bytes(to, n, 8); return 8;
    case TYPE_INT4: put_bytes(to, n, 4); return n >= INT32_MIN && n <= INT32_MAX ? 4 : -1;
    case TYPE_INT2: put_bytes(to, n, 2); return n >= INT16_MIN && n <= INT16_MAX ? 2 : -1;
    case TYPE_BOOL: put_bytes(to, n != 0, 1); return 1;
    }
    *format = 0;
    return snprintf(to, SMALL, "%lld", (long long)n);
}

status postgres_bind(struct db *db, void *stmt, int at, struct value v)
{
    (void)db;
    struct statement *s = stmt;
    must(at >= 1 && at <= s->params && (!v.passing || v.bytes.len <= SMALL));
    int i = at - 1;
    s->values[i] = NULL;
    s->formats[i] = 1;
    if (v.kind == VALUE_INT) {
        s->lengths[i] = put_number(s->small[i], s->types[i], v.number, &s->formats[i]);
        s->values[i] = s->small[i];
    } else if (v.kind != VALUE_NULL) {
        s->lengths[i] = (int)v.bytes.len;
        s->values[i] = v.passing ? memcpy(s->small[i], v.bytes.at, (size_t)v.bytes.len) : v.bytes.at;
    }
    if (!s->values[i] || s->lengths[i] >= 0)
        return OK;
    log_event(LOG_STORE_FAULT, 0, s->slot);
    return FAULT;
}

static int send_statement(PGconn *c, const struct statement *s)
{
    return PQsendQueryPrepared(c, s->name, s->params, s->values, s->lengths, s->formats, 1);
}

static int send_command(PGconn *c, const char *text)
{
    return PQsendQueryParams(c, text, 0, NULL, NULL, NULL, NULL, 0);
}

/* Takes what comes until the pipeline's sync; keeps the result of command `which`. The verdict is the first failure. */
static status collect(struct db *db, struct statement *s, int which)
{
    PGconn *c = postgres_of(db);
    status verdict = OK;
    for (int command = 0;;) {
        PGresult *r = PQgetResult(c);
        if (!r) { /* the end of one command; twice in a row: the connection is gone */
            command++;
            r = PQgetResult(c);
            if (!r)
                return postgres_status(db, NULL, s->slot);
        }
        ExecStatusType how = PQresultStatus(r);
        if (verdict == OK && how != PGRES_PIPELINE_ABORTED)
            verdict = postgres_status(db, r, s->slot);
        if (command == which && how != PGRES_PIPELINE_SYNC && !s->result)
            s->result = r;
        else
            PQclear(r);
        if (how == PGRES_PIPELINE_SYNC || db->broken)
            return verdict;
    }
}

/* before and after (or NULL) go with it in one journey. */
static status run_between(struct db *db, struct statement *s, const char *before, const char *after)
{
    PGconn *c = postgres_of(db);
    bool sent = PQenterPipelineMode(c) && send_command(c, before) && send_statement(c, s) && (!after || send_command(c, after))
                && PQpipelineSync(c);
    status verdict = sent ? collect(db, s, 1) : postgres_status(db, NULL, s->slot);
    if (!db->broken && !PQexitPipelineMode(c))
        return postgres_status(db, NULL, s->slot);
    return verdict;
}

/*
 * What SQLite gives by its nature is asked for here: outside a transaction a write has the writers' lock (a pipeline is
 * a transaction of its own); inside one, a taken key undoes its statement alone.
 */
static status run(struct db *db, struct statement *s)
{
    PGconn *c = postgres_of(db);
    bool inside = PQtransactionStatus(c) == PQTRANS_INTRANS;
    if (!inside && s->writes)
        return run_between(db, s, POSTGRES_WRITER_LOCK, NULL);
    if (inside && s->may_conflict) {
        status done = run_between(db, s, "SAVEPOINT one", "RELEASE one");
        if (done != OK && !db->broken && postgres_exec(db, "ROLLBACK TO one; RELEASE one") != OK)
            return FAULT;
        return done;
    }
    s->result = PQexecPrepared(c, s->name, s->params, s->values, s->lengths, s->formats, 1);
    return postgres_status(db, s->result, s->slot);
}

void postgres_stream(void *stmt)
{
    struct statement *s = stmt;
    s->streams = true;
}

/* One row a result; the last has none. */
static status step_stream(struct db *db, struct statement *s, bool *row)
{
    PGconn *c = postgres_of(db);
    if (!s->result && (!send_statement(c, s) || !PQsetSingleRowMode(c)))
        return postgres_status(db, NULL, s->slot);
    PQclear(s->result);
    s->result = PQgetResult(c);
    s->row = 0;
    *row = PQresultStatus(s->result) == PGRES_SINGLE_TUPLE;
    return *row ? OK : postgres_status(db, s->result, s->slot);
}

status postgres_step(struct db *db, void *stmt, bool *row)
{
    struct statement *s = stmt;
    if (s->streams)
        return step_stream(db, s, row);
    must(!db->postgres->first); /* what was put off comes first */
    if (!s->result) {
        status done = run(db, s);
        if (done != OK)
            return done;
        db->postgres->changed = strtoll(PQcmdTuples(s->result), NULL, 10);
    }
    *row = ++s->row < PQntuples(s->result);
    return OK;
}

static int64_t get_bytes(const char *from, int len)
{
    int64_t n = len && from[0] < 0 ? -1 : 0;
    for (int i = 0; i < len; i++)
        n = (int64_t)((uint64_t)n << 8 | (unsigned char)from[i]);
    return n;
}

/* The whole part of a numeric: digits to the base 10,000 (numeric_send in the server's numeric.c). */
static int64_t whole_part(const char *from)
{
    int64_t digits = get_bytes(from, 2), weight = get_bytes(from + 2, 2), negative = get_bytes(from + 4, 2), n = 0;
    for (int64_t i = 0; i <= weight; i++)
        n = 10000 * n + (i < digits ? get_bytes(from + 8 + 2 * i, 2) : 0);
    return negative ? -n : n;
}

static int64_t real(const char *from)
{
    int64_t bits = get_bytes(from, 8);
    double d;
    memcpy(&d, &bits, sizeof d);
    return (int64_t)d;
}

status postgres_read(struct db *db, void *stmt, int column, struct value *v)
{
    (void)db;
    const struct statement *s = stmt;
    must(column >= 0 && column < PQnfields(s->result));
    if (PQgetisnull(s->result, s->row, column))
        return OK;
    const char *at = PQgetvalue(s->result, s->row, column);
    int n = PQgetlength(s->result, s->row, column);
    *v = (struct value){ .kind = VALUE_INT };
    switch (PQftype(s->result, column)) {
    case TYPE_BOOL:
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:    v->number = get_bytes(at, n); break;
    case TYPE_FLOAT8:  v->number = real(at); break;
    case TYPE_NUMERIC: v->number = whole_part(at); break;
    case TYPE_BYTEA:   *v = (struct value){ .kind = VALUE_BLOB, .bytes = { at, n } }; break;
    default:           *v = (struct value){ .kind = VALUE_TEXT, .bytes = { at, n } }; break;
    }
    return OK;
}

status postgres_reset(struct db *db, void *stmt, bool failed)
{
    (void)failed;
    struct statement *s = stmt;
    for (PGresult *r; s->streams && s->result && (r = PQgetResult(postgres_of(db)));)
        PQclear(r);
    PQclear(s->result);
    s->result = NULL;
    s->row = -1;
    for (int i = 0; i < s->params; i++)
        s->values[i] = NULL;
    return OK;
}
