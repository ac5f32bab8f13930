/*
 * hostile: every role tries what it must not, in the very cage that src/app/cages.c gives it, and each act is tried without the cage
 * too, where it must succeed. Prints one line a role and ends with `N passed, M failed`.
 *   hostile                 all roles
 *   hostile --list          the acts
 */
#include "acts.h"
#include "app/command.h"
#include "app/feature_list.h"
#include "app/role.h"
#include "common/engine/engine.h"
#include "common/pack/pack.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "lib/store/db.h"
#include "vault/keeper_store.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_PREPARED = 200, NOT_CAGED = 201, FEWEST_ACTS = 60, SUPERVISOR = PROCESS_KINDS };

int kept_fd = -1, kept_pair[2] = { -1, -1 };
char kept_page[4096];
static int passed, failed;
static const struct act *const lists[] = { acts_on_files, acts_on_processes, acts_on_network, acts_on_kernel };

void ready_or_end(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "    not prepared: %s: %s\n", what, strerror(errno));
    _exit(NOT_PREPARED);
}

int told(bool good)
{
    return good ? 0 : errno ? errno : NOT_PREPARED;
}

const char *in(const char *folder, const char *name)
{
    static char paths[4][600];
    static int next;
    char *to = paths[next++ % 4];
    snprintf(to, 600, "%s/%s", folder, name);
    return to;
}

/* ---- the world around a role ---- */

static void write_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, kept_page, sizeof kept_page) == sizeof kept_page);
    close(fd);
}

static void make_database(const char *path, struct migrations m)
{
    struct db *db;
    must(db_open(path, (struct db_options){ .create = true, .busy_ms = 1000 }, &db) == OK && db_migrate(db, m) == OK);
    db_close(db);
}

static void empty(const char *folder, bool itself)
{
    DIR *d = opendir(folder);
    struct dirent *e;
    char path[600];
    while (d && (e = readdir(d))) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && unlink(path))
            empty(path, true);
    }
    if (d)
        closedir(d);
    if (itself)
        rmdir(folder);
}

/* What an act may have taken away or left is as it was, for the next one. The databases stay: nothing changes them. */
static void tidy(const struct place *p)
{
    static const char *const there[] = { "anchor", "keeper.secret", "lock" };
    static const char *const left[] = { "new", "folder", "anchor.old", "engine/anchor", "engine/fifo", "engine/folder", "engine/linked" };
    empty(p->outside, false);
    write_file(in(p->outside, "letter"));
    for (ptrdiff_t i = 0; i < countof(there); i++)
        write_file(in(p->house, there[i]));
    for (ptrdiff_t i = 0; i < countof(left); i++)
        if (unlink(in(p->house, left[i])))
            rmdir(in(p->house, left[i]));
    must(!mkdir(in(p->house, "engine"), 0700) || errno == EEXIST);
}

static int port_of(int fd)
{
    struct sockaddr_in a;
    socklen_t n = sizeof a;
    must(!getsockname(fd, (struct sockaddr *)&a, &n));
    return ntohs(a.sin_port);
}

/*
 * It holds content.db open, as the supervisor does, so that its log and marks stay in the folder. In a process of its own: what SQLite knows
 * of a file must not be inherited.
 */
static pid_t start_sibling(const struct place *p)
{
    struct db *db;
    int told_by[2];
    char byte;
    must(!pipe2(told_by, O_CLOEXEC));
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGUSR1, SIG_IGN);
        must(db_open(in(p->house, "content.db"), (struct db_options){ .busy_ms = 1000 }, &db) == OK);
        must(db_migrate(db, migrations_content) == OK && write(told_by[1], "", 1) == 1);
        for (;;)
            pause();
    }
    must(child > 0 && read(told_by[0], &byte, 1) == 1);
    return child;
}

static void make_place(struct place *p, const char *work)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int udp, control;
    snprintf(p->house, sizeof p->house, "%s/house", work);
    snprintf(p->outside, sizeof p->outside, "%s/outside", work);
    must(!mkdir(p->house, 0700) && !mkdir(p->outside, 0700) && !mkdir(in(p->house, "engine"), 0700));
    make_database(in(p->house, "content.db"), migrations_content);
    make_database(in(p->house, "keys.db"), migrations_keys);
    int tcp;
    must(socket_listen(lit("127.0.0.1:0"), &tcp, &p->tcp_port) == OK);
    udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    must(udp >= 0 && !bind(udp, (struct sockaddr *)&here, sizeof here));
    p->udp_port = port_of(udp);
    must(socket_listen_local(in(p->house, "control"), &control) == OK);
    p->sibling = start_sibling(p);
}

/* ---- one act ---- */

static int descriptor_of(const char *ending)
{
    for (int fd = 3; fd < 64; fd++) {
        char link[64], path[600];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t n = readlink(link, path, sizeof path);
        if (n > 0 && str_ends((str){ path, n }, str_of(ending)))
            return fd;
    }
    return -1;
}

/* A role that may not write the content database, whatever it says to it. */
static bool reads_alone(int role)
{
    return role == PROCESS_WEB_PUBLIC || role == PROCESS_ENGINE;
}

/* What a role has open before its cage shuts, opened as the role opens it. */
static void open_as(int role, struct place *p, bool caged)
{
    static struct db *db;
    struct arena a = arena_reserve(1 << 20);
    uint8_t stamp[32];
    if (role == SUPERVISOR)
        return;
    if (role == PROCESS_KEEPER) {
        must(db_open(in(p->house, "keys.db"), (struct db_options){ .rights = keeper_rights, .busy_ms = 1000 }, &db) == OK);
        return;
    }
    must(!caged || cage_keep_from_writing(role_cage((enum process_kind)role), p->house));
    struct db_options options = { .rights = role_rights((enum process_kind)role), .busy_ms = 1000 };
    must(db_open(in(p->house, "content.db"), options, &db) == OK);
    if (reads_alone(role))
        must(pack_stamp(db, &a, stamp) == OK);
    p->wal = descriptor_of("content.db-wal");
}

static noreturn void act_as(int role, const struct act *act, struct place *p, bool caged)
{
    const struct cage *cage = role == SUPERVISOR ? &supervisor_cage : role_cage((enum process_kind)role);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (act->prepare)
        act->prepare(p);
    open_as(role, p, caged);
    if (caged && cage_shut(cage, p->house))
        _exit(NOT_CAGED);
    errno = 0;
    _exit(act->try(p));
}

/* How the process that tried it ended: 0 it succeeded, else errno; -1 it was ended by the filter; -2 by something else. */
static int outcome(int role, const struct act *act, struct place *p, bool caged)
{
    int how;
    tidy(p);
    pid_t child = fork();
    if (child == 0)
        act_as(role, act, p, caged);
    must(child > 0);
    while (waitpid(child, &how, 0) < 0)
        must(errno == EINTR);
    return WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how) == SIGSYS ? -1 : -2;
}

/* Root of a container is not root: what only CAP_SYS_ADMIN may do is not tried then. */
static bool is_root(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct now[2] = { { 0 } };
    return !geteuid() && !syscall(SYS_capget, &head, now) && (now[0].effective & (1u << CAP_SYS_ADMIN));
}

static bool is_tried(int role, const struct act *a)
{
    if ((a->flags & ACT_ROOT) && !is_root())
        return false;
    if (role == SUPERVISOR)
        return a->flags & ACT_EVERYBODY;
    return reads_alone(role) || !(a->flags & ACT_READER);
}

static void try_role(int role, struct place *p)
{
    const char *name = role == SUPERVISOR ? "supervisor" : role_name((enum process_kind)role);
    int tried = 0, denied = 0, done_without = 0, absent = 0;
    snprintf(p->other, sizeof p->other, "%s/%s", p->house, role == PROCESS_KEEPER ? "content.db" : "keys.db");
    for (ptrdiff_t l = 0; l < countof(lists); l++)
        for (const struct act *a = lists[l]; a->name; a++) {
            if (!is_tried(role, a))
                continue;
            int caged = outcome(role, a, p, true), free_of_it = outcome(role, a, p, false);
            bool refused = caged == EPERM || caged == EACCES || caged == -1;
            if (free_of_it == ENOSYS) { /* this kernel has no such call, for anybody: neither refused nor done */
                absent++;
                continue;
            }
            tried++;
            denied += refused;
            done_without += free_of_it == 0;
            if (!refused)
                printf("not ok: %s could %s (%d)\n", name, a->name, caged);
            if (free_of_it)
                printf("not ok: %s could not %s without the cage either (%d): it proves nothing\n", name, a->name, free_of_it);
        }
    printf("%s: %d of %d denied; without the cage %d of %d succeed; %d this kernel does not know\n", name, denied, tried, done_without,
           tried, absent);
    passed += denied + done_without;
    failed += 2 * tried - denied - done_without;
    if (role != SUPERVISOR && tried < FEWEST_ACTS) {
        printf("not ok: %s was tried with %d acts, fewer than %d\n", name, tried, FEWEST_ACTS);
        failed++;
    }
}

static status some_bytes(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n)
{
    int *left = ctx;
    *n = *left ? room : 0;
    memset(to, 'b', (size_t)*n);
    *left -= *left > 0;
    return OK;
}

static status take_bytes(void *ctx, str bytes)
{
    *(ptrdiff_t *)ctx += bytes.len;
    return OK;
}

/* What the cage of the engine is to leave it: its file, written twice and read. */
static noreturn void keep_index(struct place *p)
{
    static const uint8_t key[KEY] = { 7 };
    int folder, left = 3;
    ptrdiff_t taken = 0;
    uint64_t upto;
    open_as(PROCESS_ENGINE, p, true);
    must(folder_open_for(in(p->house, "engine"), &folder) == OK && !cage_shut(role_cage(PROCESS_ENGINE), p->house));
    for (int i = 0; i < 2; i++, left = 3)
        if (engine_snapshot_write(folder, key, 5, some_bytes, &left) != OK)
            _exit(1);
    bool good = engine_snapshot_read(folder, key, &upto, take_bytes, &taken) == OK && upto == 5 && taken == 3 * SNAPSHOT_CHUNK;
    _exit(good && file_remove_in(folder, ENGINE_SNAPSHOT) == OK ? 0 : 2);
}

static void try_index(struct place *p)
{
    int how = -1;
    pid_t child = fork();
    if (child == 0)
        keep_index(p);
    must(child > 0 && waitpid(child, &how, 0) == child);
    bool good = WIFEXITED(how) && !WEXITSTATUS(how);
    printf("%s: engine writes and reads its file in its cage\n", good ? "ok" : "not ok");
    *(good ? &passed : &failed) += 1;
}

static void list_acts(void)
{
    for (ptrdiff_t l = 0; l < countof(lists); l++)
        for (const struct act *a = lists[l]; a->name; a++)
            printf("%s%s%s%s\n", a->name, a->flags & ACT_ROOT ? " [root]" : "", a->flags & ACT_EVERYBODY ? " [supervisor]" : "",
                   a->flags & ACT_READER ? " [web-public, engine]" : "");
}

int main(int argc, char **argv)
{
    char work[] = "/tmp/hostile.XXXXXX";
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        list_acts();
        return 0;
    }
    crypt_start();
    must(mkdtemp(work));
    for (int role = 0; role <= SUPERVISOR; role++) {
        struct place p = { .wal = -1 };
        char folder[64];
        snprintf(folder, sizeof folder, "%s/%d", work, role);
        must(!mkdir(folder, 0755));
        make_place(&p, folder);
        fflush(stdout);
        try_role(role, &p);
        if (role == PROCESS_ENGINE)
            try_index(&p);
        kill(p.sibling, SIGKILL);
        waitpid(p.sibling, NULL, 0);
    }
    empty(work, true);
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
