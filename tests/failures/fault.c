#undef _FILE_OFFSET_BITS /* both names of each function are ours */
#include "fault.h"
#include "lib/base/base.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fault_order order;
static bool armed, begun;
static int64_t seen[FAULT_KINDS], failed;

void fault_arm(struct fault_order o)
{
    order = o;
    memset(seen, 0, sizeof seen);
    failed = 0;
    armed = begun = true;
}

int64_t fault_disarm(int64_t counted[FAULT_KINDS])
{
    armed = false;
    memcpy(counted, seen, sizeof seen);
    return failed;
}

#ifdef __SANITIZE_ADDRESS__
void __sanitizer_print_stack_trace(void);
#define show __sanitizer_print_stack_trace
#define BEHIND(function) __interceptor_##function /* the sanitiser's own, under the names that only it uses */
#else
static void show(void)
{
}
#define BEHIND(function) __libc_##function
#endif

/* Whether this call, of that kind, fails. FAULTS_SHOW in the environment: each one that does says from where it came. */
static bool strikes(enum fault_kind kind)
{
    int64_t turn = ++seen[kind];
    if (kind != order.kind || !order.at || (order.all ? turn < order.at : turn != order.at))
        return false;
    failed++;
    if (failed == 1 && getenv("FAULTS_SHOW")) {
        armed = false;
        show();
        armed = true;
    }
    return true;
}

/* ---- memory ---- */

extern void *BEHIND(malloc)(size_t n);
extern void *BEHIND(calloc)(size_t n, size_t size);
extern void *BEHIND(realloc)(void *p, size_t n);

static bool no_memory(void)
{
    if (!armed || !strikes(FAULT_MEMORY))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return no_memory() ? NULL : BEHIND(malloc)(n);
}

void *calloc(size_t n, size_t size)
{
    return no_memory() ? NULL : BEHIND(calloc)(n, size);
}

void *realloc(void *p, size_t n)
{
    return no_memory() ? NULL : BEHIND(realloc)(p, n);
}

void *__real_arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count);
void *__wrap_arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count);
void *__wrap_arena_take(struct arena *a, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count)
{
    if (!armed || !strikes(FAULT_ARENA))
        return __real_arena_take(a, size, align, count);
    struct arena empty = { a->at, a->at, a->on_empty };
    return __real_arena_take(&empty, size, align, count < 1 ? 1 : count); /* jumps, or ends the process */
}

/* ---- files ---- */

#define BIT(kind) (1u << (kind))
enum {
    ON_READ = BIT(FAULT_EIO) | BIT(FAULT_EINTR),
    ON_CHANGE = BIT(FAULT_EIO) | BIT(FAULT_ENOSPC),
    ON_WRITE = ON_CHANGE | BIT(FAULT_EINTR),
};

/* Whether a call that can fail in these ways fails now. */
static bool disk_fails(unsigned ways)
{
    static const int errors[FAULT_KINDS] = { [FAULT_EIO] = EIO, [FAULT_ENOSPC] = ENOSPC, [FAULT_EINTR] = EINTR };
    bool fails = false;
    for (int kind = FAULT_EIO; armed && kind <= FAULT_EINTR; kind++)
        fails |= (ways & BIT(kind)) && strikes((enum fault_kind)kind);
    if (fails)
        errno = errors[order.kind];
    return fails;
}

static size_t cut(size_t n)
{
    return armed && n > 1 && strikes(FAULT_SHORT) ? n / 2 : n;
}

/* The function that stands behind ours. Looking for it takes memory, which must not be counted. */
#define REAL(function)                                     \
    (__extension__({                                       \
        static __typeof__(&function) real;                 \
        if (!real) {                                       \
            bool was = armed;                              \
            armed = false;                                 \
            *(void **)&real = dlsym(RTLD_NEXT, #function); \
            armed = was;                                   \
        }                                                  \
        real;                                              \
    }))

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t from)
{
    return fd < 0 && no_memory() ? MAP_FAILED : REAL(mmap)(at, n, protection, flags, fd, from);
}

#define OPEN(function)                                                           \
    int function(const char *path, int flags, ...)                               \
    {                                                                            \
        va_list more;                                                            \
        va_start(more, flags);                                                   \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                \
        va_end(more);                                                            \
        return disk_fails(flags & O_CREAT ? (unsigned)ON_WRITE : (unsigned)ON_READ) ? -1 : REAL(function)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPEN_AT(function)                                                        \
    int function(int folder, const char *path, int flags, ...)                   \
    {                                                                            \
        va_list more;                                                            \
        va_start(more, flags);                                                   \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;                \
        va_end(more);                                                            \
        return disk_fails(flags & O_CREAT ? (unsigned)ON_WRITE : (unsigned)ON_READ) ? -1 : REAL(function)(folder, path, flags, mode); \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

ssize_t read(int fd, void *to, size_t n)
{
    return disk_fails(ON_READ) ? -1 : REAL(read)(fd, to, cut(n));
}
ssize_t pread64(int fd, void *to, size_t n, off64_t at)
{
    return disk_fails(ON_READ) ? -1 : REAL(pread64)(fd, to, cut(n), at);
}
ssize_t pread(int fd, void *to, size_t n, off_t at)
{
    return pread64(fd, to, n, at);
}
ssize_t write(int fd, const void *bytes, size_t n)
{
    return disk_fails(ON_WRITE) ? -1 : REAL(write)(fd, bytes, cut(n));
}
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    return disk_fails(ON_WRITE) ? -1 : REAL(pwrite64)(fd, bytes, cut(n), at);
}
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite64(fd, bytes, n, at);
}
int fsync(int fd)
{
    return disk_fails(ON_WRITE) ? -1 : REAL(fsync)(fd);
}
int fdatasync(int fd)
{
    return disk_fails(ON_WRITE) ? -1 : REAL(fdatasync)(fd);
}
int ftruncate64(int fd, off64_t n)
{
    return disk_fails(ON_WRITE) ? -1 : REAL(ftruncate64)(fd, n);
}
int ftruncate(int fd, off_t n)
{
    return ftruncate64(fd, n);
}
int rename(const char *from, const char *to)
{
    return disk_fails(ON_CHANGE) ? -1 : REAL(rename)(from, to);
}
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    return disk_fails(ON_CHANGE) ? -1 : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}
int link(const char *from, const char *to)
{
    return disk_fails(ON_CHANGE) ? -1 : REAL(link)(from, to);
}
int unlink(const char *path)
{
    return disk_fails(BIT(FAULT_EIO)) ? -1 : REAL(unlink)(path);
}
int unlinkat(int folder, const char *path, int flags)
{
    return disk_fails(BIT(FAULT_EIO)) ? -1 : REAL(unlinkat)(folder, path, flags);
}
/* Nobody waits in a process that does all roles in turn. */
int poll(struct pollfd *fds, nfds_t n, int ms)
{
    return REAL(poll)(fds, n, begun && ms > 0 ? 0 : ms);
}
int mkdir(const char *path, mode_t mode)
{
    return disk_fails(ON_CHANGE) ? -1 : REAL(mkdir)(path, mode);
}
int chmod(const char *path, mode_t mode)
{
    return disk_fails(BIT(FAULT_EIO)) ? -1 : REAL(chmod)(path, mode);
}
int fstat64(int fd, struct stat64 *to)
{
    return disk_fails(BIT(FAULT_EIO)) ? -1 : REAL(fstat64)(fd, to);
}
int fstat(int fd, struct stat *to)
{
    return disk_fails(BIT(FAULT_EIO)) ? -1 : REAL(fstat)(fd, to);
}
