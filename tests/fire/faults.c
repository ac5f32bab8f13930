/*
 * Loaded before the program's libraries (LD_PRELOAD) by tests/fire: a disk that fails and a clock that jumps, while the house runs in its
 * cages. What is to happen stands in a page that the test writes and every process of the house maps before its cage shuts.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* As tests/fire/house.py writes it. Files are bits: 1 content.db, 2 its log, 4 its marks, 8, 16, 32 the same of keys.db. */
struct orders {
    _Atomic uint32_t sync_files, sync_times; /* so many flushes of these fail, and what they should have flushed is gone */
    _Atomic uint32_t write_files, write_error; /* every change of these fails with this error; 0: none does */
    _Atomic uint32_t syncs_failed, writes_failed; /* what happened so far */
    _Atomic int64_t clock_ahead; /* seconds that the wall clock is off */
};
enum { FILES = 6, FDS = 1024, UNFLUSHED = 4096 };
static const char *const names[FILES] = { "/content.db", "/content.db-wal", "/content.db-shm", "/keys.db", "/keys.db-wal", "/keys.db-shm" };
static struct orders *orders;
static uint32_t file_of[FDS];
static struct {
    int fd;
    off_t at;
    size_t len;
} unflushed[UNFLUSHED];
static size_t unflushed_count;

/* The function that stands behind ours. */
#define REAL(function)                                           \
    (__extension__({                                             \
        static __typeof__(&function) real;                       \
        if (!real)                                               \
            *(void **)&real = dlsym(RTLD_NEXT, #function);       \
        real;                                                    \
    }))

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FIRE_ORDERS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    orders = page == MAP_FAILED ? NULL : page;
}

static int remember(int fd, const char *path)
{
    size_t n = strlen(path);
    if (fd < 0 || fd >= FDS)
        return fd;
    file_of[fd] = 0;
    for (int i = 0; i < FILES; i++)
        if (n > strlen(names[i]) && !strcmp(path + n - strlen(names[i]), names[i]))
            file_of[fd] = 1u << i;
    return fd;
}

static uint32_t file(int fd)
{
    return orders && fd >= 0 && fd < FDS ? file_of[fd] : 0;
}

#define OPEN(function)                                                                      \
    int function(const char *path, int flags, ...)                                          \
    {                                                                                       \
        va_list more;                                                                       \
        va_start(more, flags);                                                              \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                           \
        va_end(more);                                                                       \
        return remember(REAL(function)(path, flags, mode), path);                           \
    }
OPEN(open)
OPEN(open64)

int close(int fd)
{
    if (fd >= 0 && fd < FDS)
        file_of[fd] = 0;
    return REAL(close)(fd);
}

static int may_change(int fd)
{
    if (!file(fd) || !(file(fd) & orders->write_files) || !orders->write_error)
        return 1;
    orders->writes_failed++;
    errno = (int)orders->write_error;
    return 0;
}

static void note_unflushed(int fd, off_t at, ssize_t n)
{
    if (n > 0 && file(fd) && unflushed_count < UNFLUSHED) {
        unflushed[unflushed_count].fd = fd;
        unflushed[unflushed_count].at = at;
        unflushed[unflushed_count++].len = (size_t)n;
    }
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    if (!may_change(fd))
        return -1;
    ssize_t done = REAL(pwrite64)(fd, bytes, n, at);
    note_unflushed(fd, at, done);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite64(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    return may_change(fd) ? REAL(write)(fd, bytes, n) : -1;
}

int ftruncate64(int fd, off64_t n)
{
    return may_change(fd) ? REAL(ftruncate64)(fd, n) : -1;
}

int ftruncate(int fd, off_t n)
{
    return ftruncate64(fd, n);
}

/* What the system calls clean after a failed flush, and what is not there when it is read again. */
static void lose(int fd, int gone)
{
    static const char zeros[65536];
    size_t kept = 0;
    for (size_t i = 0; i < unflushed_count; i++) {
        if (unflushed[i].fd != fd)
            unflushed[kept++] = unflushed[i];
        else if (gone)
            (void)!REAL(pwrite64)(fd, zeros, unflushed[i].len < sizeof zeros ? unflushed[i].len : sizeof zeros, unflushed[i].at);
    }
    unflushed_count = kept;
}

static int fails_now(int fd)
{
    if (!file(fd) || !(file(fd) & orders->sync_files))
        return 0;
    uint32_t left = orders->sync_times;
    while (left && !atomic_compare_exchange_weak(&orders->sync_times, &left, left - 1))
        ;
    orders->syncs_failed += left > 0;
    return left > 0;
}

#define SYNC(function)                    \
    int function(int fd)                  \
    {                                     \
        int fails = fails_now(fd);        \
        if (file(fd))                     \
            lose(fd, fails);              \
        if (!fails)                       \
            return REAL(function)(fd);    \
        errno = EIO;                      \
        return -1;                        \
    }
SYNC(fsync)
SYNC(fdatasync)

int clock_gettime(clockid_t clock, struct timespec *t)
{
    int answer = REAL(clock_gettime)(clock, t);
    if (!answer && orders && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        t->tv_sec += orders->clock_ahead;
    return answer;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    int answer = REAL(gettimeofday)(t, zone);
    if (!answer && orders)
        t->tv_sec += orders->clock_ahead;
    return answer;
}

time_t time(time_t *to)
{
    struct timespec t = { 0 };
    clock_gettime(CLOCK_REALTIME, &t);
    if (to)
        *to = t.tv_sec;
    return t.tv_sec;
}
