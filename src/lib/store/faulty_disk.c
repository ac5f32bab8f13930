#include "lib/store/faulty_disk.h"
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

struct faulty_disk faulty_disk;

struct faulty_file {
    sqlite3_file base;
    bool database;
    sqlite3_file real[]; /* of the system's own kind and size */
};
static sqlite3_vfs *system_disk;

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct faulty_file *)f)->real;
}

static bool strikes(sqlite3_file *f, int *order)
{
    if (faulty_disk.only_database && !((struct faulty_file *)f)->database)
        return false;
    return *order > 0 && --*order == 0;
}

static int faulty_close(sqlite3_file *f)
{
    return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}
static int faulty_read(sqlite3_file *f, void *at, int n, sqlite3_int64 from)
{
    return real(f)->pMethods->xRead(real(f), at, n, from);
}
static int faulty_write(sqlite3_file *f, const void *at, int n, sqlite3_int64 to)
{
    faulty_disk.writes++;
    if (strikes(f, &faulty_disk.write_kills))
        kill(getpid(), SIGKILL);
    if (strikes(f, &faulty_disk.write_fails)) {
        errno = faulty_disk.error;
        return SQLITE_IOERR_WRITE;
    }
    sqlite3_int64 size = 0;
    if (faulty_disk.no_room && !real(f)->pMethods->xFileSize(real(f), &size) && to + n > size)
        return SQLITE_FULL;
    if (strikes(f, &faulty_disk.write_full))
        return SQLITE_FULL;
    return real(f)->pMethods->xWrite(real(f), at, n, to);
}
static int faulty_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return real(f)->pMethods->xTruncate(real(f), n);
}
static int faulty_sync(sqlite3_file *f, int flags)
{
    faulty_disk.syncs++;
    return strikes(f, &faulty_disk.sync_fails) ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}
static int faulty_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return strikes(f, &faulty_disk.size_fails) ? SQLITE_IOERR_FSTAT : real(f)->pMethods->xFileSize(real(f), n);
}
static int faulty_lock(sqlite3_file *f, int kind)
{
    return real(f)->pMethods->xLock(real(f), kind);
}
static int faulty_unlock(sqlite3_file *f, int kind)
{
    return real(f)->pMethods->xUnlock(real(f), kind);
}
static int faulty_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
static int faulty_control(sqlite3_file *f, int what, void *with)
{
    return real(f)->pMethods->xFileControl(real(f), what, with);
}
static int faulty_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}
static int faulty_traits(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
static int faulty_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    if (strikes(f, &faulty_disk.map_fails)) {
        errno = faulty_disk.error;
        return SQLITE_IOERR_SHMSIZE;
    }
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
static int faulty_shared_lock(sqlite3_file *f, int from, int n, int flags)
{
    enum { CHECKPOINT = 1 }; /* the second of the locks that the marks bear (SQLite's walformat) */
    if (faulty_disk.checkpointing && from == CHECKPOINT && flags & SQLITE_SHM_LOCK)
        return SQLITE_BUSY;
    return real(f)->pMethods->xShmLock(real(f), from, n, flags);
}
static void faulty_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}
static int faulty_unmap(sqlite3_file *f, int drop)
{
    return real(f)->pMethods->xShmUnmap(real(f), drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = faulty_close,
    .xRead = faulty_read,
    .xWrite = faulty_write,
    .xTruncate = faulty_truncate,
    .xSync = faulty_sync,
    .xFileSize = faulty_size,
    .xLock = faulty_lock,
    .xUnlock = faulty_unlock,
    .xCheckReservedLock = faulty_reserved,
    .xFileControl = faulty_control,
    .xSectorSize = faulty_sector,
    .xDeviceCharacteristics = faulty_traits,
    .xShmMap = faulty_map,
    .xShmLock = faulty_shared_lock,
    .xShmBarrier = faulty_barrier,
    .xShmUnmap = faulty_unmap,
};

/* Of a disk without marks: the same calls but for the last four. */
static sqlite3_io_methods markless;

static int faulty_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)v;
    f->pMethods = NULL;
    ((struct faulty_file *)f)->database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    int code = system_disk->xOpen(system_disk, name, real(f), flags, out);
    if (real(f)->pMethods)
        f->pMethods = faulty_disk.no_log ? &markless : &methods;
    return code;
}

void faulty_disk_use(void)
{
    static sqlite3_vfs disk;
    faulty_disk = (struct faulty_disk){ 0 };
    if (system_disk)
        return;
    system_disk = sqlite3_vfs_find(NULL);
    markless = methods;
    markless.iVersion = 1;
    disk = *system_disk;
    disk.zName = "faulty";
    disk.szOsFile = (int)sizeof(struct faulty_file) + system_disk->szOsFile;
    disk.xOpen = faulty_open;
    disk.pNext = NULL;
    must(sqlite3_vfs_register(&disk, 1) == SQLITE_OK);
}

char *scratch_database(void)
{
    const char *place = getenv("TMPDIR");
    char *path = calloc(1, 4096);
    must(path);
    int n = snprintf(path, 4000, "%s/plainsight_store_XXXXXX", place ? place : "/tmp");
    must(n > 0 && n < 4000);
    must(mkdtemp(path));
    snprintf(path + n, 96, "/content.db");
    return path;
}

void scratch_remove(char *path)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
    char name[4200];
    for (ptrdiff_t i = 0; i < countof(endings); i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
    *strrchr(path, '/') = 0;
    must(rmdir(path) == 0); /* nothing else may lie there: no temporary files */
    free(path);
}
