/*
 * The engine PostgreSQL: opening, transactions, and what its results mean. A connection that is lost is not made again: what
 * was under way is then unknown, so the process ends, and its successor looks (docs/postgres.md).
 */
#include "lib/store/postgres.h"
#include "lib/log/log.h"

/* Settings of a session. What the operator's URL says comes after these and wins. */
static const char *const session[][2] = {
    { "client_encoding", "UTF8" }, { "application_name", "plainsight" }, { "connect_timeout", "5" }, { "keepalives_idle", "5" },
    { "keepalives_interval", "2" }, { "keepalives_count", "3" }, { "tcp_user_timeout", "10000" },
};
enum { PARAMETERS = countof(session) + 3 };
/* SQLSTATEs that are no fault of ours (PostgreSQL manual, appendix A). */
static const struct {
    const char *state; /* or the class, two letters */
    status means;
    bool broken;
} states[] = {
    { "23505", CONFLICT, false }, { "55P03", BUSY, false }, { "40001", BUSY, false }, { "40P01", BUSY, false },
    { "08", FAULT, true }, { "57P", FAULT, true }, { "58", FAULT, true }, { "XX", FAULT, true }, { "25P03", FAULT, true },
};

static int64_t number_of(const char *state)
{
    int64_t n = 0;
    for (; *state; state++)
        n = 36 * n + (*state <= '9' ? *state - '0' : *state - 'A' + 10);
    return n;
}

static status fault(struct db *db, const char *state, int slot, bool broken)
{
    db->postgres->code = number_of(state);
    db->failed = true;
    if (!strcmp(state, "53100"))
        db->full = true;
    if (broken && !db->broken)
        log_event(LOG_STORE_BROKEN, db->postgres->code, 0);
    else
        log_event(LOG_STORE_FAULT, db->postgres->code, slot);
    db->broken = db->broken || broken;
    return FAULT;
}

status postgres_status(struct db *db, const PGresult *r, int slot)
{
    ExecStatusType s = PQresultStatus(r); /* of NULL: fatal */
    if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_EMPTY_QUERY || s == PGRES_PIPELINE_SYNC || s == PGRES_COPY_IN)
        return OK;
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (!state) /* libpq says so itself: no connection, no memory */
        return fault(db, "", slot, true);
    for (ptrdiff_t i = 0; i < countof(states); i++) {
        if (!str_starts(str_of(state), str_of(states[i].state)))
            continue;
        return states[i].means == FAULT ? fault(db, state, slot, states[i].broken) : states[i].means;
    }
    return fault(db, state, slot, false);
}

status postgres_exec(struct db *db, const char *text)
{
    PGresult *r = PQexec(postgres_of(db), text);
    status s = postgres_status(db, r, NO_SLOT);
    PQclear(r);
    return s;
}

/* A server's words may hold a row's: none of them reaches a log. */
static void be_silent(void *context, const PGresult *r)
{
    (void)context, (void)r;
}

/* name NULL: the database of the URL. */
static PGconn *connect_to(const char *url, const char *name)
{
    const char *keys[PARAMETERS] = { 0 }, *values[PARAMETERS] = { 0 };
    int n = 0;
    for (; n < countof(session); n++) {
        keys[n] = session[n][0];
        values[n] = session[n][1];
    }
    keys[n] = "dbname"; /* the first is read as a URL, a second is a name */
    values[n++] = url;
    if (name) {
        keys[n] = "dbname";
        values[n] = name;
    }
    PGconn *c = PQconnectdbParams(keys, values, 1);
    if (c)
        PQsetNoticeReceiver(c, be_silent, NULL);
    return c;
}

/* The database is made when the server is there and has none of this name; by a role that may. */
static void create_database(const char *url)
{
    char *error = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &error);
    const char *name = NULL;
    PQfreemem(error);
    for (PQconninfoOption *o = options; o && o->keyword; o++)
        if (!strcmp(o->keyword, "dbname"))
            name = o->val;
    PGconn *c = name ? connect_to(url, "postgres") : NULL;
    if (c && PQstatus(c) == CONNECTION_OK) {
        char *quoted = PQescapeIdentifier(c, name, strlen(name)), text[512];
        int n = snprintf(text, sizeof text, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", quoted);
        if (n > 0 && n < (int)sizeof text)
            PQclear(PQexec(c, text)); /* whether it did is seen by who connects next */
        PQfreemem(quoted);
    }
    PQfinish(c);
    PQconninfoFree(options);
}

/*
 * The promise "received" rests on the commit being on disk, and on the standby's where there is one: settings that weaken it are raised
 * (docs/postgres.md). A demonstration in the making (scratch) needs none of it.
 */
static status configure(struct db *db, struct db_options options, bool writes)
{
    char text[512];
    int wait = options.busy_ms > 0 ? options.busy_ms : 1; /* 0 would be for ever */
    snprintf(text, sizeof text,
             "SET search_path = public; SET bytea_output = hex; SET lock_timeout = %d; SET idle_in_transaction_session_timeout = '60s';"
             " SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = %s;"
             " SELECT set_config('synchronous_commit', '%s', false) WHERE current_setting('synchronous_commit') <> 'remote_apply'",
             wait, writes ? "off" : "on", options.scratch ? "off" : "on");
    status s = postgres_exec(db, text);
    const char *encoding = PQparameterStatus(postgres_of(db), "server_encoding");
    if (s == OK && (!encoding || strcmp(encoding, "UTF8")))
        return fault(db, "22021", NO_SLOT, false);
    return s;
}

static status postgres_open(struct db *db, const char *path, struct db_options options)
{
    db->postgres = calloc(1, sizeof *db->postgres);
    must(db->postgres);
    db->postgres->beside = options.beside;
    db->handle = connect_to(path, NULL);
    if (options.create && PQstatus(db->handle) != CONNECTION_OK) {
        PQfinish(db->handle);
        create_database(path);
        db->handle = connect_to(path, NULL);
    }
    if (!db->handle || PQstatus(db->handle) != CONNECTION_OK) {
        log_event(LOG_STORE_OPEN, 0, 0);
        return FAULT;
    }
    return configure(db, options, !options.rights || rights_may_write(options.rights));
}

static void postgres_close(struct db *db)
{
    PQfinish(db->handle);
    free(db->postgres);
}

static status postgres_begin(struct db *db)
{
    must(PQtransactionStatus(postgres_of(db)) == PQTRANS_IDLE || PQstatus(postgres_of(db)) != CONNECTION_OK);
    status s = postgres_exec(db, db->postgres->beside ? "BEGIN" : "BEGIN; " POSTGRES_WRITER_LOCK);
    if (s != OK && !db->broken && postgres_exec(db, "ROLLBACK") != OK)
        db->broken = true;
    return s;
}

static void roll_back(struct db *db)
{
    if (!db->broken && PQtransactionStatus(postgres_of(db)) != PQTRANS_IDLE && postgres_exec(db, "ROLLBACK") != OK)
        db->broken = true;
}

static status postgres_end(struct db *db, status so_far)
{
    if (so_far != OK) {
        roll_back(db);
        return so_far;
    }
    PGresult *r = PQexec(postgres_of(db), "COMMIT");
    status s = postgres_status(db, r, NO_SLOT);
    /* A transaction that had failed answers COMMIT with the tag ROLLBACK: nothing of it stands. */
    if (s == OK && strcmp(PQcmdStatus(r), "COMMIT"))
        s = fault(db, "25P02", NO_SLOT, false);
    PQclear(r);
    if (s != OK)
        roll_back(db);
    return s;
}

static status postgres_migrate(struct db *db, const char *text)
{
    char *words = postgres_text(text);
    status s = postgres_exec(db, words);
    free(words);
    return s;
}

/* Of the connection: it ends with it, whoever is at its other end. */
static status postgres_claim(struct db *db, int number)
{
    char text[128];
    snprintf(text, sizeof text, "SELECT pg_try_advisory_lock(" POSTGRES_CLAIMS ", %d)", number);
    PGresult *r = PQexec(postgres_of(db), text);
    status s = postgres_status(db, r, NO_SLOT);
    if (s == OK && strcmp(PQgetvalue(r, 0, 0), "t"))
        s = CONFLICT;
    PQclear(r);
    return s;
}

/* The server does both by itself. */
static status postgres_room(struct db *db, ptrdiff_t bytes)
{
    (void)db, (void)bytes;
    return OK;
}

static status postgres_checkpoint(struct db *db, bool empties)
{
    (void)db, (void)empties;
    return OK;
}

static int64_t postgres_changed(struct db *db)
{
    return db->postgres->changed;
}

static int64_t postgres_last_code(struct db *db)
{
    return db->postgres->code;
}

/* Foreign keys that can wait, and back: ours cannot, so that each statement is judged at once. */
#define ALTER_KEYS(how)                                                                                                                    \
    "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid::regclass AS t, conname AS n FROM pg_constraint WHERE contype = 'f'"           \
    " AND connamespace = 'public'::regnamespace LOOP EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I " how "', c.t, c.n); END LOOP; END $$;"

const struct engine engine_postgres = {
    .open = postgres_open, .close = postgres_close, .exec = postgres_exec, .migrate = postgres_migrate, .begin = postgres_begin,
    .end = postgres_end, .abandon = roll_back, .busy = postgres_busy, .prepare = postgres_prepare, .finalize = postgres_finalize,
    .bind = postgres_bind, .step = postgres_step, .read = postgres_read, .reset = postgres_reset, .changed = postgres_changed, .later = postgres_later, .settle = postgres_settle,
    .checkpoint = postgres_checkpoint, .room = postgres_room, .last_code = postgres_last_code, .claim = postgres_claim, .stream = postgres_stream,
    .tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
    .columns = "SELECT CAST(attname AS TEXT) FROM pg_attribute WHERE attrelid = CAST(CAST($1 AS TEXT) AS regclass) AND attnum > 0"
               " AND NOT attisdropped ORDER BY attnum",
    .moment = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .defer = ALTER_KEYS("DEFERRABLE") "SET CONSTRAINTS ALL DEFERRED",
    .held = "SET CONSTRAINTS ALL IMMEDIATE;" ALTER_KEYS("NOT DEFERRABLE"),
};
