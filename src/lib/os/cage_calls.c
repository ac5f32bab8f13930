#include "lib/os/cage_calls.h"
#include "lib/os/cage.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* clang-format off */
/* What every caged process may call, with any argument: memory, clocks, and what it does with descriptors that it holds. */
static const int always[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek),
    SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(recvfrom), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(exit), SCMP_SYS(exit_group),
};
static const int serving[] = {
    SCMP_SYS(accept4), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(sendmsg), SCMP_SYS(shutdown),
    SCMP_SYS(signalfd4),
};
/* SQLite asks whether a journal is there by name. */
static const int opening[] = { SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2) };
/* Where, landlock says: one folder. */
static const int keeping[] = { SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlinkat) };

/* What nothing of ours ever calls. A role that does is ended at once; in the supervisor, whose roles inherit its filter, they are refused. */
static const int never[] = {
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(fspick),
    SCMP_SYS(fsconfig), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(mount_setattr), SCMP_SYS(unshare), SCMP_SYS(setns),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(name_to_handle_at), SCMP_SYS(mknod), SCMP_SYS(mknodat),
    SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl),
    SCMP_SYS(syslog), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(modify_ldt), SCMP_SYS(personality), SCMP_SYS(vhangup), SCMP_SYS(nfsservctl),
    SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime), SCMP_SYS(sethostname), SCMP_SYS(setdomainname),
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups),
    SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(memfd_create), SCMP_SYS(memfd_secret), SCMP_SYS(fanotify_init), SCMP_SYS(fanotify_mark),
    SCMP_SYS(inotify_init1), SCMP_SYS(lookup_dcookie), SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setattr),
};
/* A role starts nothing: it is ended when it tries. */
static const int never_in_a_role[] = { SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3) };

/* Allowed with some values of one argument alone. mask 0: the whole argument must be equal. */
static const struct {
    unsigned calls; /* 0: of every caged process */
    int call;
    unsigned argument;
    uint64_t mask, value;
} judged[] = {
    { 0, SCMP_SYS(mmap), 2, PROT_EXEC, 0 },      { 0, SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
    { 0, SCMP_SYS(sendto), 4, 0, 0 }, /* over a connection, never to an address */
    { 0, SCMP_SYS(fcntl), 1, 0, F_GETFD },       { 0, SCMP_SYS(fcntl), 1, 0, F_SETFD },        { 0, SCMP_SYS(fcntl), 1, 0, F_GETFL },
    { 0, SCMP_SYS(fcntl), 1, 0, F_SETFL },       { 0, SCMP_SYS(fcntl), 1, 0, F_GETLK },        { 0, SCMP_SYS(fcntl), 1, 0, F_SETLK },
    { 0, SCMP_SYS(fcntl), 1, 0, F_SETLKW },
    { CAGE_KEEPS, SCMP_SYS(openat), 2, O_TRUNC | O_PATH | (O_TMPFILE & ~O_DIRECTORY), 0 },
    { CAGE_OPENS, SCMP_SYS(openat), 2, O_CREAT | O_TRUNC | O_PATH | (O_TMPFILE & ~O_DIRECTORY), 0 },
};
/* clang-format on */

static bool add(scmp_filter_ctx filter, uint32_t action, const int *calls, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (seccomp_rule_add(filter, action, calls[i], 0))
            return false;
    return true;
}

static bool add_judged(scmp_filter_ctx filter, unsigned calls)
{
    for (ptrdiff_t i = 0; i < countof(judged); i++) {
        struct scmp_arg_cmp that = judged[i].mask ? SCMP_CMP(judged[i].argument, SCMP_CMP_MASKED_EQ, judged[i].mask, judged[i].value)
                                                  : SCMP_CMP(judged[i].argument, SCMP_CMP_EQ, judged[i].value);
        if (judged[i].calls && !(judged[i].calls & calls))
            continue;
        if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, judged[i].call, 1, &that))
            return false;
    }
    return true;
}

/* Two more with two arguments: a signal to itself (abort), and the options that the server sets on what it accepted. */
static bool add_pairs(scmp_filter_ctx filter, unsigned calls)
{
    struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
    if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &self))
        return false;
    return !(calls & CAGE_SERVES)
           || (!seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2, SCMP_A1(SCMP_CMP_EQ, IPPROTO_TCP),
                                 SCMP_A2(SCMP_CMP_EQ, TCP_NODELAY))
               && !seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2, SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET),
                                    SCMP_A2(SCMP_CMP_EQ, SO_LINGER)));
}

static bool fill(scmp_filter_ctx filter, unsigned calls)
{
    if (calls & CAGE_STARTS)
        return add(filter, SCMP_ACT_ERRNO(EPERM), never, countof(never));
    return add(filter, SCMP_ACT_KILL_PROCESS, never, countof(never))
           && add(filter, SCMP_ACT_KILL_PROCESS, never_in_a_role, countof(never_in_a_role))
           && add(filter, SCMP_ACT_ALLOW, always, countof(always))
           && (!(calls & CAGE_SERVES) || add(filter, SCMP_ACT_ALLOW, serving, countof(serving)))
           && (!(calls & CAGE_OPENS) || add(filter, SCMP_ACT_ALLOW, opening, countof(opening)))
           && (!(calls & CAGE_KEEPS) || add(filter, SCMP_ACT_ALLOW, keeping, countof(keeping))) && add_judged(filter, calls)
           && add_pairs(filter, calls);
}

bool cage_calls_shut(unsigned calls)
{
    /* A call by the door of another architecture (32 bits, x32) ends the process: libseccomp's rule for what is not ours. */
    scmp_filter_ctx filter = seccomp_init(calls & CAGE_STARTS ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return false;
    bool good = !seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) && fill(filter, calls) && !seccomp_load(filter);
    seccomp_release(filter);
    return good;
}
