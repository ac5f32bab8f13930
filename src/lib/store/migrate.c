/*
 * Migrations: each in one transaction with the row that says it ran, so that a death in the middle leaves
 * the schema old or new. The checksum of its text is kept: a migration edited after it ran somewhere would
 * leave installations with different schemas, so it is refused.
 */
#include "lib/store/store.h"
#include "lib/log/log.h"

static const struct sql find_migration = { 0, "find_migration",
                                           "SELECT checksum FROM schema_migration WHERE number = $1" };
static const struct sql last_migration = { 1, "last_migration",
                                           "SELECT coalesce(max(number), 0) FROM schema_migration" };
static const struct sql note_migration = { 2, "note_migration",
                                           "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)" };

/* FNV-1a, 64 bits: against oversight, not against an enemy. */
static int64_t checksum(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return (int64_t)h;
}

static status say(enum log_event e, int64_t number, int64_t b)
{
    log_event(e, number, b);
    return FAULT;
}

/* Inside its transaction, so that of two processes that migrate one waits and then finds it done. */
static status apply(struct db *db, const struct migration *m, bool *ran)
{
    struct query q = db_query(db, &find_migration);
    bind_int(&q, 1, m->number);
    bool found = query_next(&q);
    int64_t kept = read_int(&q, 0);
    status s = query_end(&q, OK);
    if (s != OK)
        return s;
    if (found)
        return kept == checksum(m->text) ? OK : say(LOG_MIGRATION_EDITED, m->number, 0);
    *ran = true;
    s = db->engine->migrate(db, m->text);
    if (s != OK)
        return s == FAULT ? say(LOG_MIGRATION_FAILED, m->number, db->engine->last_code(db)) : s;
    q = db_query(db, &note_migration);
    bind_int(&q, 1, m->number);
    bind_str(&q, 2, str_of(m->name));
    bind_int(&q, 3, checksum(m->text));
    return query_run(&q);
}

static status check_not_newer(struct db *db, struct migrations m)
{
    struct query q = db_query(db, &last_migration);
    query_next(&q);
    int64_t last = read_int(&q, 0), known = m.len ? m.at[m.len - 1].number : 0;
    status s = query_end(&q, OK);
    return s == OK && last > known ? say(LOG_MIGRATION_NEWER, last, known) : s;
}

static status run_all(struct db *db, struct migrations m)
{
    status s = db_begin(db);
    if (s == OK)
        s = db_end(db, db->engine->migrate(db, "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY,"
                                               " name TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT"));
    if (s == OK)
        s = check_not_newer(db, m);
    bool fresh = true; /* a database being made has nothing to tell; one being brought up to date has */
    for (ptrdiff_t i = 0; s == OK && i < m.len; i++) {
        bool ran = false;
        s = db_begin(db);
        if (s == OK)
            s = db_end(db, apply(db, &m.at[i], &ran));
        fresh = fresh && ran;
        if (s == OK && ran && !fresh)
            log_event(LOG_MIGRATION_DONE, m.at[i].number, 0);
    }
    return s;
}

/* The statements above are numbered for themselves. */
status db_migrate(struct db *db, struct migrations m)
{
    must(!db->rights);
    store_drop_cache(db);
    status s = run_all(db, m);
    store_drop_cache(db);
    return s;
}
