#include "lib/os/os.h"
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec t;
    must(!clock_gettime(clock, &t));
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t os_now(void)
{
    struct timespec t;
    must(!clock_gettime(CLOCK_REALTIME, &t));
    return t.tv_sec;
}

int64_t os_monotonic_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

void os_no_dump(void)
{
    must(!prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
    must(!setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }));
}

void os_many_files(void)
{
    enum { MANY = 8192 };
    struct rlimit l;
    must(!getrlimit(RLIMIT_NOFILE, &l));
    rlim_t wanted = l.rlim_max < MANY ? l.rlim_max : MANY; /* RLIM_INFINITY is the largest number */
    if (l.rlim_cur < wanted) {
        l.rlim_cur = wanted;
        (void)!setrlimit(RLIMIT_NOFILE, &l);
    }
}

bool os_may_lock_memory(void)
{
    /* Raised where we may; else the limit stands as it is and decides. */
    struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
    (void)!setrlimit(RLIMIT_MEMLOCK, &limit);
    must(!getrlimit(RLIMIT_MEMLOCK, &limit));
    /* Under a finite limit MCL_FUTURE would let a later mapping fail in the middle of work. */
    return limit.rlim_cur == RLIM_INFINITY;
}

bool os_lock_memory(void)
{
    /* ONFAULT: address space that is only reserved costs nothing until it is used. */
    return os_may_lock_memory() && !mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}
