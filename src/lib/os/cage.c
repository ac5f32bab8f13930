/*
 * The four walls. An unknown system call is refused with EPERM, not with death: a call that a newer C library
 * makes must not silence a tip line, and the call is refused either way. Death is for the calls that no line of this program
 * and of its libraries makes (cage_calls.c): who makes one of them is not us any more.
 */
#include "lib/os/cage.h"
#include "lib/os/cage_calls.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Rights by the version of landlock that brought them. A header older than the kernel does not know the later ones. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define RIGHT_IOCTL_DEV (1ULL << 15)
enum { NET_BIND_CONNECT = 3, SCOPE_SOCKETS_SIGNALS = 3 };

/* The whole argument of landlock_create_ruleset; the kernel takes as much of it as its version knows. */
struct ruleset {
    uint64_t files, net, scope;
};

#define RIGHTS_MAKE                                                                                                                \
    (LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR \
     | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK \
     | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)
#define RIGHTS_WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define RIGHTS_OF_A_FILE \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | RIGHTS_WRITE | RIGHT_IOCTL_DEV)
#define RIGHTS_ALL (RIGHTS_OF_A_FILE | LANDLOCK_ACCESS_FS_READ_DIR | RIGHTS_MAKE)

static int landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* What a kernel of this version can hold of it: 2 moving between folders, 3 truncating, 4 TCP, 5 devices, 6 signals and abstract sockets. */
static struct ruleset known(struct ruleset r, int version)
{
    if (version < 2)
        r.files &= ~(uint64_t)LANDLOCK_ACCESS_FS_REFER;
    if (version < 3)
        r.files &= ~(uint64_t)LANDLOCK_ACCESS_FS_TRUNCATE;
    if (version < 4)
        r.net = 0;
    if (version < 5)
        r.files &= ~(uint64_t)RIGHT_IOCTL_DEV;
    if (version < 6)
        r.scope = 0;
    return r;
}

static uint64_t rights_of(unsigned may)
{
    return (may & CAGE_READ ? LANDLOCK_ACCESS_FS_READ_FILE : 0) | (may & CAGE_WRITE ? RIGHTS_WRITE : 0)
           | (may & CAGE_LIST ? LANDLOCK_ACCESS_FS_READ_DIR : 0) | (may & CAGE_MAKE ? RIGHTS_MAKE : 0)
           | (may & CAGE_RUN ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
}

/* What is not there cannot be opened either: a house on another database has no content.db. */
static bool allow(int rules, const struct cage_file *f, const char *folder, uint64_t handled)
{
    char path[4200];
    struct stat about;
    int n = f->name[0] == '/' ? snprintf(path, sizeof path, "%s", f->name) : snprintf(path, sizeof path, "%s/%s", folder, f->name);
    if (n < 0 || n >= (int)sizeof path)
        return false;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    uint64_t rights = rights_of(f->may) & handled;
    bool good = !fstat(fd, &about);
    if (good && !S_ISDIR(about.st_mode))
        rights &= RIGHTS_OF_A_FILE;
    struct landlock_path_beneath_attr row = { .allowed_access = rights, .parent_fd = fd };
    good = good && (!rights || !syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &row, 0));
    close(fd);
    return good;
}

static bool shut_files(struct ruleset wanted, const struct cage_file *files, const char *folder, int version)
{
    if (version < 1)
        return false;
    wanted = known(wanted, version);
    size_t size = version < 4 ? sizeof wanted.files : version < 6 ? 2 * sizeof wanted.files : sizeof wanted;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
    if (rules < 0)
        return false;
    bool good = true;
    for (; good && files && files->name; files++)
        good = allow(rules, files, folder, wanted.files);
    good = good && !syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
    return good;
}

/* Whoever has none need not drop any: a unit may forbid the call, since it gave none. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct now[2] = { { 0 } }, none[2] = { { 0 } };
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) || syscall(SYS_capget, &head, now))
        return false;
    return !memcmp(now, none, sizeof now) || !syscall(SYS_capset, &head, none);
}

static bool drop_privileges(bool capabilities)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return false;
    return !capabilities || drop_capabilities();
}

/* most < 0: what it has now, and never more. */
static bool limit(__rlimit_resource_t what, int64_t most)
{
    struct rlimit l;
    if (getrlimit(what, &l))
        return false;
    if (most < 0)
        l.rlim_max = l.rlim_cur;
    else if (l.rlim_max > (rlim_t)most) /* RLIM_INFINITY is the largest number */
        l.rlim_max = (rlim_t)most;
    if (l.rlim_cur > l.rlim_max)
        l.rlim_cur = l.rlim_max;
    return !setrlimit(what, &l);
}

static bool shut_limits(const struct cage *c)
{
    if (c->calls & CAGE_STARTS) /* its limits are those of the roles it starts */
        return limit(RLIMIT_CORE, 0);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit fails and kills nobody */
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_NOFILE, -1) && limit(RLIMIT_MSGQUEUE, 0)
           && (!c->most_bytes || limit(RLIMIT_AS, c->most_bytes)) && (!c->file_bytes || limit(RLIMIT_FSIZE, c->file_bytes));
}

bool cage_keep_from_writing(const struct cage *c, const char *folder)
{
    struct ruleset writes = { .files = RIGHTS_WRITE | RIGHTS_MAKE };
    return !c->writable || (drop_privileges(false) && shut_files(writes, c->writable, folder, landlock_version()));
}

unsigned cage_shut(const struct cage *c, const char *folder)
{
    return cage_shut_as(c, folder, landlock_version());
}

unsigned cage_shut_as(const struct cage *c, const char *folder, int landlock)
{
    bool starts = c->calls & CAGE_STARTS;
    struct ruleset all = { .files = RIGHTS_ALL, .net = starts ? 0 : NET_BIND_CONNECT, .scope = SCOPE_SOCKETS_SIGNALS };
    if (starts)
        all.scope = 2; /* signals; a role may reach a database by an abstract socket */
    if (!drop_privileges(!starts) || !shut_limits(c))
        return CAGE_PRIVILEGES;
    if (!shut_files(all, c->files, folder, landlock))
        return CAGE_LANDLOCK;
    return cage_calls_shut(c->calls) ? 0 : CAGE_SECCOMP;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITISED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define SANITISED true
#endif
#endif
#ifndef SANITISED
#define SANITISED false
#endif

bool cage_fits_this_build(void)
{
    return !SANITISED;
}

/* ---- what a host lacks ---- */

static bool wall_shuts(unsigned wall)
{
    pid_t child = fork();
    if (child == 0) {
        struct ruleset all = { .files = RIGHTS_ALL };
        bool good = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (wall == CAGE_PRIVILEGES)
            good = drop_privileges(true);
        if (wall == CAGE_LANDLOCK)
            good = good && shut_files(all, NULL, "/", landlock_version());
        if (wall == CAGE_SECCOMP)
            good = good && cage_calls_shut(0);
        _exit(good ? 0 : 1);
    }
    int how = -1;
    while (child > 0 && waitpid(child, &how, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && WIFEXITED(how) && !WEXITSTATUS(how);
}

unsigned cage_lacks(void)
{
    unsigned lacking = 0;
    for (unsigned wall = CAGE_PRIVILEGES; wall <= CAGE_SECCOMP; wall <<= 1)
        lacking |= wall_shuts(wall) ? 0 : wall;
    return lacking;
}

const char *cage_explain(unsigned wall)
{
    switch (wall) {
    case CAGE_PRIVILEGES:
        return "a process cannot give up its privileges for good (no_new_privs, capset): another program around this one forbids it";
    case CAGE_LANDLOCK:
        return landlock_version() < 0 && errno == EOPNOTSUPP
                   ? "the kernel has landlock and does not use it: add landlock to lsm= on its command line (file rules of the roles)"
                   : "the kernel has no landlock (Linux 5.13 or later with CONFIG_SECURITY_LANDLOCK), or a container forbids its calls "
                     "(file rules of the roles)";
    default:
        return "the kernel takes no seccomp filter (CONFIG_SECCOMP_FILTER), or a container forbids the call (system calls of the roles)";
    }
}
