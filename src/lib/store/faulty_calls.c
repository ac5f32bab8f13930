#undef _FILE_OFFSET_BITS /* both names of open are ours */
#include "lib/store/faulty_calls.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <unistd.h>

struct faulty_calls faulty_calls;

static bool strikes(int *order)
{
    return *order > 0 && --*order == 0;
}

/* The function that stands behind ours. */
#define REAL(function)                                     \
    (__extension__({                                       \
        static __typeof__(&(function)) real;               \
        if (!real)                                         \
            *(void **)&real = dlsym(RTLD_NEXT, #function); \
        real;                                              \
    }))

#define OPEN(function)                                        \
    int function(const char *path, int flags, ...)            \
    {                                                         \
        va_list more;                                         \
        va_start(more, flags);                                \
        mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0; \
        va_end(more);                                         \
        if (strikes(&faulty_calls.open_fails)) {              \
            errno = EIO;                                      \
            return -1;                                        \
        }                                                     \
        return REAL(function)(path, flags, mode);             \
    }
OPEN(open)
OPEN(open64)

int fsync(int fd)
{
    if (!strikes(&faulty_calls.fsync_fails))
        return REAL(fsync)(fd);
    errno = EIO;
    return -1;
}

/* Of the settings that are asked for with a number and a place for what it is now. */
int sqlite3_db_config(sqlite3 *db, int what, ...)
{
    va_list more;
    va_start(more, what);
    int value = va_arg(more, int), *now = va_arg(more, int *);
    va_end(more);
    if (what == faulty_calls.refused)
        return SQLITE_ERROR;
    if (what == faulty_calls.mute) {
        *now = !value;
        return SQLITE_OK;
    }
    return REAL(sqlite3_db_config)(db, what, value, now);
}

static sqlite3_mem_methods plain;

static void *take(int n)
{
    return strikes(&faulty_calls.memory_fails) ? NULL : plain.xMalloc(n);
}

static void *take_again(void *old, int n)
{
    return strikes(&faulty_calls.memory_fails) ? NULL : plain.xRealloc(old, n);
}

void faulty_calls_use(void)
{
    must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) == SQLITE_OK);
    sqlite3_mem_methods ours = plain;
    ours.xMalloc = take;
    ours.xRealloc = take_again;
    must(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK);
}
