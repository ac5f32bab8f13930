#include "failing_calls.h"
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct calls calls;

static bool strikes(void)
{
    calls.made++;
    if (calls.made == calls.die_at)
        kill(getpid(), SIGKILL);
    errno = ENOSPC;
    return calls.made == calls.fail_at;
}

ssize_t pwrite(int fd, const void *at, size_t n, off_t to)
{
    return strikes() ? -1 : syscall(SYS_pwrite64, fd, at, n, to);
}

ssize_t write(int fd, const void *at, size_t n)
{
    return fd > 2 && strikes() ? -1 : syscall(SYS_write, fd, at, n);
}

int fsync(int fd)
{
    (void)fd;
    return strikes() ? -1 : 0;
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    return strikes() ? -1 : (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

int mkdir(const char *path, mode_t mode)
{
    return strikes() ? -1 : (int)syscall(SYS_mkdir, path, mode);
}

int link(const char *from, const char *to)
{
    bool failed = strikes();
    calls.linked_at = calls.made;
    return failed ? -1 : (int)syscall(SYS_link, from, to);
}
