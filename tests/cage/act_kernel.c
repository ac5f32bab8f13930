#include "acts.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

static int bpf_map(const struct place *p)
{
    union bpf_attr a = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };
    (void)p;
    return told(syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof a) >= 0);
}
static int measure(const struct place *p)
{
    struct perf_event_attr a = { .type = PERF_TYPE_SOFTWARE, .size = sizeof a, .config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1 };
    (void)p;
    return told(syscall(SYS_perf_event_open, &a, 0, -1, -1, 0) >= 0);
}
static int own_faults(const struct place *p) { (void)p; return told(syscall(SYS_userfaultfd, O_CLOEXEC | 1) >= 0); }
static int ring(const struct place *p)
{
    struct io_uring_params a = { 0 };
    (void)p;
    return told(syscall(SYS_io_uring_setup, 4, &a) >= 0);
}
static int key(const struct place *p) { (void)p; return told(syscall(SYS_add_key, "user", "plainsight", "x", 1, -2) > 0); }
static int keyring(const struct place *p) { (void)p; return told(syscall(SYS_keyctl, 0, -2, 1) > 0); }
static int drop_capability(const struct place *p)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct all[2] = { { 0 } };
    (void)p;
    return told(!syscall(SYS_capget, &head, all) && !syscall(SYS_capset, &head, all));
}
static int filter_more(const struct place *p)
{
    uint32_t allow = 0x7fff0000;
    (void)p;
    return told(!syscall(SYS_seccomp, 2 /* is this verdict known? */, 0, &allow));
}

static int write_and_run(const struct place *p)
{
    (void)p;
    return told(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}
static void have_page(const struct place *p)
{
    (void)p;
    ready(mmap((void *)0x600000000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != MAP_FAILED);
}
static int run_page(const struct place *p) { (void)p; return told(!mprotect((void *)0x600000000000, 4096, PROT_READ | PROT_EXEC)); }
static int shared_memory(const struct place *p) { (void)p; return told(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0); }
static void have_shared(const struct place *p) { (void)p; ready((kept_fd = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600)) >= 0); }
static int attach_shared(const struct place *p)
{
    (void)p;
    bool good = shmat(kept_fd, NULL, 0) != (void *)-1;
    int code = told(good);
    shmctl(kept_fd, IPC_RMID, NULL);
    return code;
}
static int queue(const struct place *p) { (void)p; return told(msgget(IPC_PRIVATE, IPC_CREAT | 0600) >= 0); }
static int semaphore(const struct place *p) { (void)p; return told(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600) >= 0); }
/* What these leave in the kernel lies in a name space of its own, and goes with this process. */
static void own_ipc(const struct place *p) { (void)p; ready(!syscall(SYS_unshare, 0x08000000)); }
static void own_ipc_shared(const struct place *p) { own_ipc(p); have_shared(p); }
static void own_uts(const struct place *p) { (void)p; ready(!syscall(SYS_unshare, 0x04000000)); }

static int name_host(const struct place *p) { (void)p; return told(!sethostname("other", 5)); }
static int name_domain(const struct place *p) { (void)p; return told(!setdomainname("other", 5)); }
static int set_time(const struct place *p) { (void)p; return told(!syscall(SYS_settimeofday, NULL, NULL)); } /* asks for the right, changes nothing */
static int adjust_time(const struct place *p)
{
    struct timex t = { .modes = ADJ_OFFSET_SS_READ };
    (void)p;
    return told(syscall(SYS_adjtimex, &t) >= 0);
}
static int ports_of_machine(const struct place *p) { (void)p; return told(!syscall(SYS_iopl, 3)); }
static int one_port_of_machine(const struct place *p) { (void)p; return told(!syscall(SYS_ioperm, 0x80, 1, 1)); }
static int kernel_log(const struct place *p) { (void)p; return told(syscall(SYS_syslog, 3, kept_page, sizeof kept_page) >= 0); }
static int accounting(const struct place *p) { (void)p; return told(!syscall(SYS_acct, NULL)); }
static int hang_up(const struct place *p) { (void)p; return told(!syscall(SYS_vhangup)); }
static void own_session(const struct place *p) { (void)p; ready(setsid() > 0); }
static int watch_all(const struct place *p) { (void)p; return told(fanotify_init(FAN_CLASS_NOTIF, O_RDONLY) >= 0); }
static int watch(const struct place *p) { (void)p; return told(inotify_init1(0) >= 0); }
static int segments(const struct place *p) { (void)p; return told(syscall(SYS_modify_ldt, 0, kept_page, sizeof kept_page) >= 0); }
static int lock_all(const struct place *p) { (void)p; return told(!mlockall(MCL_CURRENT | MCL_ONFAULT)); }
static int unlock_all(const struct place *p) { (void)p; return told(!munlockall()); }
static int timer(const struct place *p) { (void)p; return told(syscall(SYS_timerfd_create, 1, 0) >= 0); }

static void have_terminal(const struct place *p)
{
    int slave;
    (void)p;
    ready(setsid() > 0 && (kept_fd = posix_openpt(O_RDWR | O_NOCTTY)) >= 0 && !grantpt(kept_fd) && !unlockpt(kept_fd));
    ready((slave = open(ptsname(kept_fd), O_RDWR)) >= 0 && !ioctl(slave, TIOCSCTTY, 0));
    kept_pair[0] = slave;
}
static int type_in_terminal(const struct place *p) { (void)p; return told(!ioctl(kept_pair[0], TIOCSTI, "x")); }
static int ask_terminal(const struct place *p)
{
    struct winsize w;
    (void)p;
    return told(!ioctl(kept_fd, TIOCGWINSZ, &w));
}

static void have_pipe(const struct place *p) { (void)p; ready(!pipe(kept_pair) && write(kept_pair[1], "x", 1) == 1); }
static int copy_pipe(const struct place *p)
{
    int other[2];
    (void)p;
    return told(!pipe(other) && tee(kept_pair[0], other[1], 1, 0) == 1);
}
static void have_pipe_and_file(const struct place *p)
{
    have_pipe(p);
    ready((kept_fd = open(in(p->outside, "copy"), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) >= 0);
}
static int splice_pipe(const struct place *p) { (void)p; return told(splice(kept_pair[0], NULL, kept_fd, NULL, 1, 0) == 1); }

const struct act acts_on_kernel[] = {
    { "make a BPF map", bpf_map, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "measure performance", measure, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "handle its own page faults", own_faults, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "set up io_uring", ring, NULL, ACT_EVERYBODY },
    { "add a key to the kernel's keyring", key, NULL, ACT_EVERYBODY },
    { "ask for a keyring", keyring, NULL, ACT_EVERYBODY },
    { "set its capabilities", drop_capability, NULL, 0 },
    { "speak to seccomp", filter_more, NULL, 0 },
    { "map memory to write and to run", write_and_run, NULL, 0 },
    { "make written memory run", run_page, have_page, 0 },
    { "make shared memory", shared_memory, own_ipc, ACT_ROOT },
    { "attach shared memory", attach_shared, own_ipc_shared, ACT_ROOT },
    { "make a message queue", queue, own_ipc, ACT_ROOT },
    { "make a semaphore", semaphore, own_ipc, ACT_ROOT },
    { "name the host", name_host, own_uts, ACT_ROOT | ACT_EVERYBODY },
    { "name the domain", name_domain, own_uts, ACT_ROOT | ACT_EVERYBODY },
    { "set the time", set_time, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "adjust the clock", adjust_time, NULL, ACT_EVERYBODY },
    { "take all ports of the machine", ports_of_machine, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "take one port of the machine", one_port_of_machine, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "read the kernel's log", kernel_log, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "switch accounting off", accounting, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "hang up the terminal", hang_up, own_session, ACT_ROOT | ACT_EVERYBODY },
    { "watch all files", watch_all, NULL, ACT_ROOT | ACT_EVERYBODY },
    { "watch files", watch, NULL, ACT_EVERYBODY },
    { "read segments", segments, NULL, ACT_EVERYBODY },
    { "lock all its memory", lock_all, NULL, ACT_ROOT },
    { "unlock all its memory", unlock_all, NULL, 0 },
    { "make a timer", timer, NULL, 0 },
    { "type into a terminal", type_in_terminal, have_terminal, ACT_ROOT },
    { "ask a terminal", ask_terminal, have_terminal, 0 },
    { "copy a pipe", copy_pipe, have_pipe, 0 },
    { "splice a pipe", splice_pipe, have_pipe_and_file, 0 },
    { NULL, NULL, NULL, 0 },
};
