#include "acts.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const no_words[] = { NULL };

/* A program that ends with 0 at once takes our place: the act succeeded. */
static int run_program(const struct place *p)
{
    (void)p;
    execv("/bin/true", (char *const[]){ (char *)(uintptr_t)"true", NULL });
    return errno;
}

static void have_program_in_memory(const struct place *p)
{
    (void)p;
    char piece[4096];
    int from = open("/bin/true", O_RDONLY | O_CLOEXEC);
    ssize_t n;
    ready((kept_fd = (int)syscall(SYS_memfd_create, "true", 0)) >= 0 && from >= 0);
    while ((n = read(from, piece, sizeof piece)) > 0)
        ready(write(kept_fd, piece, (size_t)n) == n);
    close(from);
}
static int run_program_in_memory(const struct place *p)
{
    (void)p;
    syscall(SYS_execveat, kept_fd, "", no_words, no_words, AT_EMPTY_PATH);
    return errno;
}
static int file_in_memory(const struct place *p) { (void)p; return told(syscall(SYS_memfd_create, "x", 0) >= 0); }

static int start_process(const struct place *p)
{
    (void)p;
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
    if (child == 0)
        _exit(0);
    return told(child > 0);
}
static int start_process_by_clone3(const struct place *p)
{
    (void)p;
    struct clone_args how = { .exit_signal = SIGCHLD };
    pid_t child = (pid_t)syscall(SYS_clone3, &how, sizeof how);
    if (child == 0)
        _exit(0);
    return told(child > 0);
}
static void have_child(const struct place *p)
{
    (void)p;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    ready(child > 0);
}
static int wait_for_child(const struct place *p) { (void)p; return told(waitpid(-1, NULL, 0) > 0); }

static int new_names(const struct place *p) { (void)p; return told(!unshare(CLONE_NEWUTS)); }
static int new_users(const struct place *p) { (void)p; return told(!unshare(CLONE_NEWUSER)); }
static void have_names(const struct place *p) { (void)p; ready((kept_fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC)) >= 0); }
static int enter_names(const struct place *p) { (void)p; return told(!setns(kept_fd, CLONE_NEWUTS)); }

static int trace(const struct place *p) { return told(!ptrace(PTRACE_SEIZE, p->sibling, NULL, NULL)); }
static int let_be_traced(const struct place *p) { (void)p; return told(!ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static int over(const struct place *p, long call)
{
    char here[16] = "sixteen letters";
    struct iovec ours = { here, sizeof here }, theirs = { kept_page, sizeof here };
    return told(syscall(call, p->sibling, &ours, 1, &theirs, 1, 0) == sizeof here);
}
static int read_memory(const struct place *p) { return over(p, SYS_process_vm_readv); }
static int write_memory(const struct place *p) { return over(p, SYS_process_vm_writev); }
static int open_memory(const struct place *p)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", p->sibling);
    return told(open(path, O_RDWR | O_CLOEXEC) >= 0);
}
static int read_environment(const struct place *p)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", p->sibling);
    return told(open(path, O_RDONLY | O_CLOEXEC) >= 0);
}
static int handle_of(const struct place *p) { return told(syscall(SYS_pidfd_open, p->sibling, 0) >= 0); }
static void have_handle(const struct place *p) { ready((kept_fd = (int)syscall(SYS_pidfd_open, p->sibling, 0)) >= 0); }
static int take_descriptor(const struct place *p) { (void)p; return told(syscall(SYS_pidfd_getfd, kept_fd, 1, 0) >= 0); }
static int signal_by_handle(const struct place *p) { (void)p; return told(!syscall(SYS_pidfd_send_signal, kept_fd, SIGUSR1, NULL, 0)); }
static int compare(const struct place *p) { return told(syscall(SYS_kcmp, getpid(), p->sibling, 1, 0, 0) >= 0); }
static int send_signal(const struct place *p) { return told(!kill(p->sibling, SIGUSR1)); }
static int send_signal_to_parent(const struct place *p) { (void)p; return told(!kill(getppid(), 0)); }
static int send_signal_to_thread(const struct place *p) { return told(!syscall(SYS_tgkill, p->sibling, p->sibling, SIGUSR1)); }
static int queue_signal(const struct place *p) { return told(!sigqueue(p->sibling, SIGUSR1, (union sigval){ 0 })); }

static int hinder(const struct place *p) { return told(!setpriority(PRIO_PROCESS, (id_t)p->sibling, 10)); }
static int hinder_disk(const struct place *p) { return told(!syscall(SYS_ioprio_set, 1, p->sibling, 3 << 13)); }
static int move_to_core(const struct place *p)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    return told(!sched_setaffinity(p->sibling, sizeof one, &one));
}
static int other_schedule(const struct place *p) { return told(!sched_setscheduler(p->sibling, SCHED_BATCH, &(struct sched_param){ 0 })); }
static int limit_sibling(const struct place *p)
{
    struct rlimit l;
    return told(!prlimit(p->sibling, RLIMIT_NOFILE, NULL, &l) && !prlimit(p->sibling, RLIMIT_NOFILE, &l, NULL));
}
static void low_core_limit(const struct place *p)
{
    struct rlimit l;
    (void)p;
    ready(!getrlimit(RLIMIT_CORE, &l));
    ready(l.rlim_max > 0 && !setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, l.rlim_max }));
}
static int raise_core_limit(const struct place *p)
{
    (void)p;
    return told(!setrlimit(RLIMIT_CORE, &(struct rlimit){ 4096, 4096 }));
}
static int raise_file_limit(const struct place *p)
{
    struct rlimit l;
    (void)p;
    if (getrlimit(RLIMIT_NOFILE, &l))
        return errno;
    l.rlim_cur = l.rlim_max;
    return told(!setrlimit(RLIMIT_NOFILE, &l));
}
static int new_session(const struct place *p) { (void)p; return told(setsid() > 0); }
static int new_group(const struct place *p) { (void)p; return told(!setpgid(0, 0)); }

static int become_nobody(const struct place *p) { (void)p; return told(!setuid(65534)); }
static int group_nobody(const struct place *p) { (void)p; return told(!setgid(65534)); }
static int no_groups(const struct place *p) { (void)p; return told(!syscall(SYS_setgroups, 0, NULL)); }
static int other_personality(const struct place *p) { (void)p; return told(personality(ADDR_NO_RANDOMIZE) >= 0); }
static int dumpable(const struct place *p) { (void)p; return told(!prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
static int other_name(const struct place *p) { (void)p; return told(!prctl(PR_SET_NAME, "kworker/0", 0, 0, 0)); }
static int outlive_parent(const struct place *p) { (void)p; return told(!prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)); }
static int write_oom_score(const struct place *p)
{
    (void)p;
    return told(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC) >= 0);
}

const struct act acts_on_processes[] = {
    { "run a program", run_program, NULL, 0 },
    { "run a program that lies in memory", run_program_in_memory, have_program_in_memory, 0 },
    { "make a file in memory", file_in_memory, NULL, ACT_EVERYBODY },
    { "start a process", start_process, NULL, 0 },
    { "start a process by clone3", start_process_by_clone3, NULL, 0 },
    { "wait for a child", wait_for_child, have_child, 0 },
    { "take a name space of its own", new_names, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "become root of other users", new_users, NULL, ACT_EVERYBODY },
    { "enter a name space", enter_names, have_names, ACT_ROOT | ACT_EVERYBODY },
    { "trace a sibling", trace, NULL, ACT_EVERYBODY },
    { "ask to be traced", let_be_traced, NULL, ACT_EVERYBODY },
    { "read a sibling's memory", read_memory, NULL, ACT_EVERYBODY },
    { "write a sibling's memory", write_memory, NULL, ACT_EVERYBODY },
    { "open a sibling's memory as a file", open_memory, NULL, ACT_EVERYBODY },
    { "read a sibling's environment", read_environment, NULL, 0 },
    { "take a handle of a sibling", handle_of, NULL, 0 },
    { "take a sibling's descriptor", take_descriptor, have_handle, ACT_EVERYBODY },
    { "signal a sibling by its handle", signal_by_handle, have_handle, 0 },
    { "compare itself with a sibling", compare, NULL, ACT_EVERYBODY },
    { "signal a sibling", send_signal, NULL, 0 },
    { "signal its parent", send_signal_to_parent, NULL, 0 },
    { "signal a thread of a sibling", send_signal_to_thread, NULL, 0 },
    { "queue a signal", queue_signal, NULL, 0 },
    { "slow a sibling", hinder, NULL, 0 },
    { "slow a sibling's disk", hinder_disk, NULL, 0 },
    { "move a sibling to one core", move_to_core, NULL, 0 },
    { "change how a sibling is scheduled", other_schedule, NULL, ACT_EVERYBODY },
    { "change the limits of a sibling", limit_sibling, NULL, 0 },
    { "raise the limit of core files", raise_core_limit, low_core_limit, 0 },
    { "raise the limit of open files", raise_file_limit, NULL, 0 },
    { "begin a session", new_session, NULL, 0 },
    { "begin a group of processes", new_group, NULL, 0 },
    { "become another account", become_nobody, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "join another group", group_nobody, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "drop its groups", no_groups, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "lay out memory without chance", other_personality, NULL, ACT_EVERYBODY },
    { "let itself be dumped", dumpable, NULL, 0 },
    { "take another name", other_name, NULL, 0 },
    { "outlive the supervisor", outlive_parent, NULL, 0 },
    { "change its place before the memory killer", write_oom_score, NULL, ACT_EVERYBODY },
    { NULL, NULL, NULL, 0 },
};
