/* The engine SQLite: opening with full durability, transactions, and what its results mean. */
#include "lib/store/lite.h"
#include "lib/log/log.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    AUTOCHECKPOINT = 10000, /* pages; 1000 costs a third of the inserts (reference: stack.md 3) */
    LOG_HEAD = 32, LOG_PAGE = 4096 + 24, /* of the file format; 4096 is the page of every database we make */
    ROOM_AHEAD = 1 << 20, ROOM_PIECE = 65536
};

/* What the system said to a call that failed. SQLite keeps it of most; of a write to the log, by which every commit ends, only errno has it. */
static int said_by_system(struct db *db, int code)
{
    return code == SQLITE_IOERR_WRITE ? errno : sqlite3_system_errno(lite_of(db));
}

/* No more of the disk is to be had: nothing is damaged, and it may be tried again. SQLite knows ENOSPC, and of the marks, which bear nothing
 * that lasts, not even that. */
static bool is_full(int code, int why)
{
    return code == SQLITE_FULL || (code == SQLITE_IOERR_WRITE && why == EDQUOT)
           || (code == SQLITE_IOERR_SHMSIZE && (why == ENOSPC || why == EDQUOT));
}

status lite_status(struct db *db, int code, int slot)
{
    int why = said_by_system(db, code);
    switch (is_full(code, why) ? SQLITE_FULL : code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return BUSY;
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID)
            return CONFLICT;
        break;
    case SQLITE_FULL:
        db->full = true;
        if (db->told_full)
            return FAULT;
        db->told_full = true;
        break;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        /* After a failed fsync the kernel may call lost pages clean: asking again would lie (USENIX ATC 2020,
         * "Can applications recover from fsync failures?"). Only a new process, reading from disk, may go on. */
        if (!db->broken)
            log_event(LOG_STORE_BROKEN, code, why);
        db->broken = true;
        return FAULT;
    }
    log_event(LOG_STORE_FAULT, code, slot);
    db->failed = true;
    return FAULT;
}

status lite_exec(struct db *db, const char *text)
{
    return lite_status(db, sqlite3_exec(lite_of(db), text, NULL, NULL, NULL), NO_SLOT);
}

/* SQLite's own automatic checkpoint forgets its errors; a failed fsync of the database file must not be forgotten.
 * The transaction itself stands: it is in the log, and that was synced. */
static int after_commit(void *context, sqlite3 *lite, const char *schema, int pages)
{
    struct db *db = context;
    db->log_pages = pages;
    db->told_full = false;
    if (pages >= AUTOCHECKPOINT) /* or busy: somebody else does it */
        (void)lite_status(db, sqlite3_wal_checkpoint_v2(lite, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL), NO_SLOT);
    return SQLITE_OK;
}

/* The first value of a pragma that must come out as wanted; settings that do not take are no settings. */
static status set_pragma(struct db *db, const char *text, str wanted)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(lite_of(db), text, -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    bool fits = code == SQLITE_ROW
                && str_equal(str_of((const char *)sqlite3_column_text(s, 0)), wanted);
    sqlite3_finalize(s);
    return fits ? OK : lite_status(db, (code & 0xff) >= SQLITE_ROW ? SQLITE_MISUSE : code, NO_SLOT);
}

static status harden(struct db *db)
{
    static const struct {
        int what, value;
    } table[] = {
        { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },           { SQLITE_DBCONFIG_DEFENSIVE, 1 },
        { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },        { SQLITE_DBCONFIG_DQS_DDL, 0 },
        { SQLITE_DBCONFIG_DQS_DML, 0 },               { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 }, { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        int now = -1, code = sqlite3_db_config(lite_of(db), table[i].what, table[i].value, &now);
        if (code != SQLITE_OK || now != table[i].value)
            return lite_status(db, code ? code : SQLITE_MISUSE, NO_SLOT);
    }
    sqlite3_limit(lite_of(db), SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(lite_of(db), SQLITE_LIMIT_WORKER_THREADS, 0);
    return OK;
}

static status configure(struct db *db, bool memory, bool writes, bool scratch)
{
    status s = harden(db);
    if (s == OK && scratch)
        return lite_exec(db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0");
    if (s == OK)
        s = lite_exec(db, "PRAGMA synchronous = FULL; PRAGMA cell_size_check = 1; PRAGMA temp_store = MEMORY");
    if (s == OK)
        s = set_pragma(db, "PRAGMA synchronous", lit("2"));
    if (s == OK)
        s = set_pragma(db, "PRAGMA temp_store", lit("2"));
    if (s == OK)
        s = set_pragma(db, "PRAGMA secure_delete = 1", lit("1"));
    if (s == OK && !memory)
        s = set_pragma(db, "PRAGMA mmap_size = 0", lit("0"));
    if (s == OK && !memory && writes)
        s = set_pragma(db, "PRAGMA journal_mode = WAL", lit("wal"));
    /* A group of some hundred tips touches more pages than the engine's usual 2 MB hold; they would be written twice. Taken as needed. */
    if (s == OK && !memory && writes)
        s = lite_exec(db, "PRAGMA cache_size = -8192");
    sqlite3_wal_hook(lite_of(db), after_commit, db);
    return s;
}

/* Makes the file ours alone before SQLite sees it, and durable as a name: SQLite does neither for a new database. */
static bool create_file(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return false;
    bool fine = fsync(file) == 0;
    close(file);
    str name = str_of(path);
    ptrdiff_t end = name.len;
    while (end > 0 && path[end - 1] != '/')
        end--;
    char folder[4096] = ".";
    must(end < (ptrdiff_t)sizeof folder); /* the system opened it */
    if (end) {
        memcpy(folder, path, (size_t)end);
        folder[end] = 0;
    }
    int place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place < 0)
        return false;
    fine = fsync(place) == 0 && fine;
    close(place);
    return fine;
}

static status lite_open(struct db *db, const char *path, struct db_options options)
{
    bool memory = !strcmp(path, ":memory:");
    bool writes = !options.rights || rights_may_write(options.rights);
    if (options.create && !memory && !create_file(path)) {
        log_event(LOG_STORE_OPEN, SQLITE_CANTOPEN, errno);
        return FAULT;
    }
    int flags = (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, (sqlite3 **)&db->handle, flags, NULL);
    if (code != SQLITE_OK) {
        log_event(LOG_STORE_OPEN, code, db->handle ? sqlite3_system_errno(lite_of(db)) : 0);
        return FAULT;
    }
    sqlite3_randomness(1, &(uint8_t){ 0 }); /* takes its seed now: a role in its cage cannot open /dev/urandom */
    sqlite3_busy_timeout(lite_of(db), options.busy_ms);
    status s = configure(db, memory, writes, options.scratch);
    if (s == OK)
        guard_install(db);
    return s;
}

static void lite_close(struct db *db)
{
    sqlite3_close(lite_of(db));
}

static status lite_claim(struct db *db, int number)
{
    (void)db, (void)number;
    return OK;
}

static status lite_begin(struct db *db)
{
    must(sqlite3_get_autocommit(lite_of(db)));
    return lite_exec(db, "BEGIN IMMEDIATE");
}

static void roll_back(struct db *db)
{
    /* A failed statement or commit may have rolled back already; a failed rollback leaves nothing to trust. */
    if (!sqlite3_get_autocommit(lite_of(db)) && lite_exec(db, "ROLLBACK") != OK)
        db->broken = true;
}

static status lite_end(struct db *db, status so_far)
{
    if (so_far == OK && sqlite3_get_autocommit(lite_of(db))) {
        /* The engine ended the transaction by itself (disk full, no memory): nothing of it is kept. */
        log_event(LOG_STORE_FAULT, SQLITE_ABORT, NO_SLOT);
        db->failed = true;
        so_far = FAULT;
    }
    if (so_far == OK) {
        so_far = lite_exec(db, "COMMIT");
        if (so_far == BUSY)
            log_event(LOG_STORE_ENDED_BUSY, 0, 0);
    }
    if (so_far != OK)
        roll_back(db);
    return so_far;
}

static status lite_checkpoint(struct db *db, bool empties)
{
    int how = empties ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    return lite_status(db, sqlite3_wal_checkpoint_v2(lite_of(db), NULL, how, NULL, NULL), NO_SLOT);
}

/* How much of the log is in use, when this connection has not committed yet. What cannot be asked is all in use. */
static int64_t log_pages_now(struct db *db, int64_t size)
{
    int pages = -1;
    (void)sqlite3_wal_checkpoint_v2(lite_of(db), NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, NULL);
    return pages < 0 ? size / LOG_PAGE + 1 : pages;
}

/* The log is made longer than it is: SQLite overwrites what stands behind its last page, and reads it never. */
static status lite_room(struct db *db, ptrdiff_t bytes)
{
    static const char zeros[ROOM_PIECE];
    sqlite3_file *log = NULL;
    sqlite3_int64 size = 0;
    must(sqlite3_file_control(lite_of(db), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log);
    if (!log->pMethods)
        return OK; /* in memory, or nothing was written yet */
    int code = log->pMethods->xFileSize(log, &size);
    if (code == SQLITE_OK && db->log_pages == LOG_UNKNOWN)
        db->log_pages = log_pages_now(db, size);
    sqlite3_int64 need = LOG_HEAD + db->log_pages * LOG_PAGE + bytes, want = size < need ? need + ROOM_AHEAD : size;
    for (; code == SQLITE_OK && size < want; size += code == SQLITE_OK ? ROOM_PIECE : 0)
        code = log->pMethods->xWrite(log, zeros, ROOM_PIECE, size);
    if (is_full(code, errno))
        return size < need ? LIMIT : OK;
    return lite_status(db, code, NO_SLOT);
}

static int64_t lite_changed(struct db *db)
{
    return sqlite3_changes64(lite_of(db));
}

static int64_t lite_last_code(struct db *db)
{
    return sqlite3_extended_errcode(lite_of(db));
}

static status lite_settle(struct db *db, bool keep)
{
    (void)db, (void)keep;
    return OK;
}

/* It always reads as it goes. */
static void lite_stream(void *stmt)
{
    (void)stmt;
}

const struct engine engine_lite = {
    .open = lite_open, .close = lite_close, .exec = lite_exec, .migrate = lite_exec, .begin = lite_begin, .end = lite_end,
    .abandon = roll_back, .busy = lite_busy, .prepare = lite_prepare, .finalize = lite_finalize, .bind = lite_bind, .step = lite_step,
    .read = lite_read, .reset = lite_reset, .changed = lite_changed, .later = lite_later, .settle = lite_settle, .checkpoint = lite_checkpoint, .room = lite_room, .last_code = lite_last_code, .claim = lite_claim,
    .stream = lite_stream,
    .tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    .columns = "SELECT name FROM pragma_table_info($1) ORDER BY cid",
    .moment = "BEGIN", /* of the write-ahead log: the first read fixes the moment, and holds up no writer */
    .defer = "PRAGMA defer_foreign_keys = ON", .held = "", /* at the commit */
};
