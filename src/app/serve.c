/*
 * The supervisor: binds, makes the channels, starts the roles and starts them again. It holds no
 * key and reads no content. It keeps both ends of every channel, so that a new role inherits them.
 */
#include "app/command.h"
#include "app/control.h"
#include "app/doors.h"
#include "app/node.h"
#include "app/role.h"
#include "app/witness.h"
#include "common/engine/engine.h"
#include "common/keep/keep.h"
#include "intake/acceptor/acceptor.h"
#include "lib/log/board.h"
#include "lib/log/log.h"
#include "lib/os/channel.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "lib/store/db.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_CHILDREN = 64, STEADY_MS = 5000, MOST_BACK_OFF_MS = 5000, GOODBYE_MS = 5000, FAILURES_TOLD = 5 };

struct child {
    struct role_start start;
    pid_t pid;          /* 0: waits for its next start */
    int64_t started_ms, next_ms;
    int failures;
    bool ready;
};
struct house_of_roles {
    struct folder folder;
    struct child children[MOST_CHILDREN];
    ptrdiff_t count;
    int ready_pipe[2];
    int control_fd;     /* where `plainsight unlock` knocks */
    int keeper_control; /* our end of the keeper's control channel */
    int board;          /* the page of counts every role maps */
    bool leaving, announced;
    struct doors doors;
    bool secure, uncaged;
    uint32_t node;      /* the number of the one that this folder is */
    int witness;        /* where jobs appends checkpoints; opened before the cage shuts, handed to each jobs; -1: none */
    struct db *held; /* its log and its marks stay in the folder for roles that may not make them; nothing is asked of it */
};

static status start_child(struct house_of_roles *h, struct child *c)
{
    char text[ROLE_ARGUMENTS][64];
    const char *arguments[ROLE_ARGUMENTS];
    int keep[ROLE_FDS];
    c->start.ready = h->ready_pipe[1];
    c->start.board = h->board;
    board_add(BOARD_ROLE_STARTS, 1);
    ptrdiff_t fds = role_arguments(&c->start, h->folder.path, text, arguments, keep);
    c->started_ms = os_monotonic_ms();
    return process_start(arguments, keep, fds, &c->pid);
}

static struct child *add_child(struct house_of_roles *h, struct role_start start)
{
    must(h->count < MOST_CHILDREN);
    struct child *c = &h->children[h->count];
    start.number = (int)h->count;
    start.uncaged = h->uncaged;
    c->start = start;
    h->count++;
    return c;
}

/* A channel to the keeper; the keeper's end is handed to it with the role it stands for. */
static int keeper_channel(struct child *keeper, enum keeper_role role)
{
    int fds[2];
    must(channel_pair(fds) == OK);
    role_add_client(&keeper->start, fds[0], role);
    return fds[1];
}

/* Whoever watches the machine: an address of its own, so that no proxy in front ever leads to it. */
static void plan_watch(struct house_of_roles *h)
{
    if (h->doors.of_watch.fd < 0)
        return;
    struct child *watch = add_child(h, role_start(PROCESS_WATCH));
    watch->start.listen = h->doors.of_watch.fd;
    watch->start.keeper = keeper_channel(&h->children[0], ROLE_WATCH);
    watch->start.uncaged = h->uncaged;
}

/* After those who ask it, staff workers and jobs: each has a channel of its own to it. */
static void plan_engine(struct house_of_roles *h, struct child *keeper)
{
    struct role_start engine = role_start(PROCESS_ENGINE);
    for (ptrdiff_t i = 0; i < h->count; i++) {
        int fds[2];
        enum process_kind role = h->children[i].start.role;
        if (role != PROCESS_WEB_STAFF && role != PROCESS_JOBS)
            continue;
        must(channel_pair(fds) == OK);
        role_add_client(&engine, fds[0], role == PROCESS_JOBS ? ENGINE_OF_JOBS : ENGINE_OF_STAFF);
        h->children[i].start.engine = fds[1];
    }
    engine.keeper = keeper_channel(keeper, ROLE_ENGINE);
    add_child(h, engine);
}

static void plan_roles(struct house_of_roles *h)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int publics = cores < 2 ? 1 : cores > 16 ? 16 : (int)cores, staffs = publics < 2 ? 2 : publics;
    struct child *keeper = add_child(h, role_start(PROCESS_KEEPER));
    struct child *acceptor = add_child(h, role_start(PROCESS_ACCEPTOR));
    h->keeper_control = keeper_channel(keeper, ROLE_CONTROL);
    acceptor->start.keeper = keeper_channel(keeper, ROLE_ACCEPTOR);
    for (int i = 0; i < publics; i++) {
        int fds[2];
        must(channel_pair(fds) == OK);
        role_add_client(&acceptor->start, fds[0], 0);
        struct child *c = add_child(h, role_start(PROCESS_WEB_PUBLIC));
        c->start.listen = h->doors.of_public.fd;
        c->start.keeper = keeper_channel(keeper, ROLE_PUBLIC);
        c->start.acceptor = fds[1];
        c->start.secure = h->secure;
    }
    for (int i = 0; i < staffs; i++) {
        struct child *c = add_child(h, role_start(PROCESS_WEB_STAFF));
        c->start.listen = h->doors.of_staff.fd;
        c->start.keeper = keeper_channel(keeper, ROLE_STAFF);
        c->start.secure = h->secure;
    }
    struct child *jobs = add_child(h, role_start(PROCESS_JOBS));
    jobs->start.keeper = keeper_channel(keeper, ROLE_JOBS);
    jobs->start.witness = h->witness;
    plan_engine(h, keeper);
}

static void start_due(struct house_of_roles *h)
{
    int64_t now = os_monotonic_ms();
    for (ptrdiff_t i = 0; i < h->count; i++) {
        struct child *c = &h->children[i];
        if (!c->pid && c->next_ms <= now && start_child(h, c) != OK)
            c->next_ms = now + MOST_BACK_OFF_MS;
    }
}

static int64_t wait_ms(const struct house_of_roles *h)
{
    int64_t now = os_monotonic_ms(), least = 60000;
    for (ptrdiff_t i = 0; i < h->count; i++)
        if (!h->children[i].pid && h->children[i].next_ms - now < least)
            least = h->children[i].next_ms - now;
    return least < 0 ? 0 : least;
}

/* Seen by whoever watches the log, and by whoever stands at the terminal and waits for the addresses. */
static void tell_failing(const struct child *c)
{
    log_event(LOG_ROLE_FAILING, (int64_t)c->start.role, c->failures);
    if (c->failures == FAILURES_TOLD)
        complain("%s ends at every start, %d times now; it is tried again and again. The lines above say why.",
                 role_name(c->start.role), c->failures);
}

static void bury(struct house_of_roles *h)
{
    int how;
    for (pid_t pid; (pid = waitpid(-1, &how, WNOHANG)) > 0;)
        for (ptrdiff_t i = 0; i < h->count; i++) {
            struct child *c = &h->children[i];
            if (c->pid != pid)
                continue;
            int64_t now = os_monotonic_ms();
            c->failures = now - c->started_ms > STEADY_MS ? 0 : c->failures + 1;
            int64_t back_off = c->failures ? 50 << (c->failures > 7 ? 7 : c->failures) : 0;
            c->next_ms = now + (back_off > MOST_BACK_OFF_MS ? MOST_BACK_OFF_MS : back_off);
            c->pid = 0;
            if (h->leaving)
                continue;
            log_event(LOG_ROLE_ENDED, (int64_t)c->start.role, WIFSIGNALED(how) ? -WTERMSIG(how) : WEXITSTATUS(how));
            if (c->failures && c->failures % FAILURES_TOLD == 0)
                tell_failing(c);
        }
}

static void announce(struct house_of_roles *h)
{
    uint8_t number;
    while (read(h->ready_pipe[0], &number, 1) == 1)
        if (number < h->count)
            h->children[number].ready = true;
    for (ptrdiff_t i = 0; i < h->count; i++)
        if (!h->children[i].ready)
            return;
    if (h->announced)
        return;
    h->announced = true;
    printf("public http://%s:%d/\nstaff  http://%s:%d/\n", h->doors.of_public.host, h->doors.of_public.port,
           h->doors.of_staff.host, h->doors.of_staff.port);
    if (h->doors.of_watch.fd >= 0)
        printf("watch  http://%s:%d/\n", h->doors.of_watch.host, h->doors.of_watch.port);
    fflush(stdout);
}

#define ONE(process) (1u << (process))

static int send_all(struct house_of_roles *h, unsigned which, int signal)
{
    int left = 0;
    for (ptrdiff_t i = 0; i < h->count; i++)
        if (h->children[i].pid && (which & ONE(h->children[i].start.role))) {
            left++;
            if (signal)
                kill(h->children[i].pid, signal);
        }
    return left;
}

/*
 * Web first: it takes no new connection and stays until what it sent to the acceptor is answered. Only when it
 * has gone do those who answer it go.
 */
static void say_goodbye(struct house_of_roles *h)
{
    static const unsigned order[] = { ONE(PROCESS_WEB_PUBLIC) | ONE(PROCESS_WEB_STAFF) | ONE(PROCESS_WATCH), ONE(PROCESS_ACCEPTOR) | ONE(PROCESS_JOBS) | ONE(PROCESS_ENGINE),
                                      ONE(PROCESS_KEEPER) };
    h->leaving = true;
    for (ptrdiff_t i = 0; i < countof(order); i++) {
        int64_t end = os_monotonic_ms() + GOODBYE_MS;
        send_all(h, order[i], SIGTERM);
        while (send_all(h, order[i], 0) && os_monotonic_ms() < end) {
            usleep(10000);
            bury(h);
        }
        send_all(h, order[i], SIGKILL);
    }
}

static int supervise(struct house_of_roles *h)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    must(signals >= 0);
    for (;;) {
        start_due(h);
        struct pollfd fds[] = { { signals, POLLIN, 0 }, { h->ready_pipe[0], POLLIN, 0 }, { h->control_fd, POLLIN, 0 } };
        if (poll(fds, countof(fds), (int)wait_ms(h)) < 0 && errno != EINTR)
            return EXIT_FAILED;
        struct signalfd_siginfo info;
        while (read(signals, &info, sizeof info) == sizeof info)
            if (info.ssi_signo != SIGCHLD) {
                say_goodbye(h);
                return EXIT_DONE;
            }
        bury(h);
        announce(h);
        if (fds[2].revents)
            control_serve(h->control_fd, h->keeper_control);
    }
}

/*
 * A start needs room of its own: the marks of the databases, the record of the start. On a full disk it comes out of what is kept for tips,
 * for without a keeper there is no receipt and no tip.
 */
static void make_start_room(const struct folder *f)
{
    enum { START_BYTES = 4 << 20 };
    struct statvfs disk;
    struct reserve r;
    if (db_is_url(f->content))
        return;
    reserve_open(&r, f->reserve);
    while (!statvfs(f->path, &disk) && (int64_t)(disk.f_bavail * disk.f_frsize) < START_BYTES && reserve_release(&r))
        continue;
    if (r.fd >= 0)
        close(r.fd);
}

/* What the engine keeps lies apart, since it may make files there (src/app/cages.c). */
static bool make_index_folder(const struct folder *f)
{
    if (!mkdir(f->engine, 0700) || errno == EEXIST)
        return true;
    complain("cannot make the folder %s (%s)", f->engine, strerror(errno));
    return false;
}

/* An older house is brought up to date before any role opens it; keys.db is the keeper's own affair. */
static bool bring_up_to_date(struct house_of_roles *h)
{
    status s = db_open(h->folder.content, (struct db_options){ .busy_ms = 5000 }, &h->held);
    if (s != OK) {
        complain(s == LIMIT ? "no room is left on the disk of %s; nothing was started" : "%s is not a data folder made by init or demo", h->folder.path);
        return false;
    }
    if (db_migrate(h->held, migrations_content) == OK && keep_node_put(h->held, h->node, str_of(h->folder.node_name)) == OK)
        return true;
    db_close(h->held);
    complain("content.db was not brought up to date, so nothing was started; it is as it was");
    return false;
}

/* True: go on. Without the option a house whose roles cannot be caged is not served. */
static bool judge_cages(struct house_of_roles *h, bool no_sandbox)
{
    unsigned lacking = no_sandbox || !cage_fits_this_build() ? 0 : cage_lacks();
    h->uncaged = no_sandbox || !cage_fits_this_build();
    if (h->uncaged)
        complain("%s: no role is caged; who takes one over has the rights of this account",
                 no_sandbox ? "--no-sandbox" : "built with a sanitiser");
    for (unsigned wall = CAGE_PRIVILEGES; wall <= CAGE_SECCOMP; wall <<= 1)
        if (lacking & wall)
            complain("the roles cannot be caged on this host: %s", cage_explain(wall));
    if (lacking)
        complain("nothing was started. Mend it, or start with --no-sandbox if this machine holds nothing real");
    return !lacking;
}

static bool open_house(struct house_of_roles *h)
{
    status s = folder_lock(h->folder.lock);
    if (s == CONFLICT)
        complain("%s is already being served", h->folder.path);
    if (s == FAULT)
        complain("cannot write in %s (%s); is it a data folder made by init or demo?", h->folder.path, strerror(errno));
    if (s == OK)
        make_start_room(&h->folder);
    if (s != OK || !node_may_serve(&h->folder, &h->node) || !bring_up_to_date(h) || !make_index_folder(&h->folder) || !doors_open(&h->doors))
        return false;
    if (!pipe2(h->ready_pipe, O_CLOEXEC | O_NONBLOCK) && socket_listen_local(h->folder.control, &h->control_fd) == OK)
        return true;
    complain("cannot make the control socket in %s", h->folder.path);
    return false;
}

int command_serve(int argc, char **argv)
{
    struct option options[] = { { "listen", true, "127.0.0.1:8080" }, { "listen-staff", true, NULL }, { "secure", false, NULL },
                                { "listen-metrics", true, NULL }, { "no-sandbox", false, NULL }, { NULL, false, NULL } };
    static struct house_of_roles h; /* large; lives as long as the process */
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest != 1 || !folder_name(argv[1], &h.folder)
        || !doors_read(option_value(options, "listen"), option_value(options, "listen-staff"), option_value(options, "listen-metrics"), &h.doors))
        return EXIT_USAGE;
    os_no_dump();
    os_many_files();
    struct witnesses witnesses;
    h.secure = option_value(options, "secure") != NULL;
    if (!witnesses_read(&h.folder, &witnesses))
        return EXIT_FAILED;
    if (witnesses.to_count && !folder_is_first(&h.folder)) {
        complain("%s/witnesses: mail goes from the first node alone; on this one it may name a file", h.folder.path);
        return EXIT_FAILED;
    }
    if (!judge_cages(&h, option_value(options, "no-sandbox") != NULL) || !open_house(&h))
        return EXIT_FAILED;
    h.witness = witness_open(&witnesses);
    h.board = board_make();
    board_open(h.board);
    plan_roles(&h);
    plan_watch(&h);
    if (!h.uncaged && cage_shut(&supervisor_cage, h.folder.path)) {
        complain("the supervisor could not be caged; nothing was started");
        return EXIT_FAILED;
    }
    return supervise(&h);
}
