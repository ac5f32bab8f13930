#include "lib/os/process.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool is_kept(int fd, const int *keep, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (keep[i] == fd)
            return true;
    return fd <= 2;
}

void process_close_others(const int *keep, ptrdiff_t n)
{
    DIR *d = opendir("/proc/self/fd");
    must(d != NULL);
    for (struct dirent *e; (e = readdir(d));) {
        int64_t fd;
        if (str_to_int(str_of(e->d_name), &fd) && fd != dirfd(d) && !is_kept((int)fd, keep, n))
            close((int)fd);
    }
    closedir(d);
}

/* In the child, between fork and exec: only calls that are safe there. */
static noreturn void become(const char *const *arguments, const int *keep, ptrdiff_t n, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1); /* the parent went before the line above */
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (ptrdiff_t i = 0; i < n; i++)
        fcntl(keep[i], F_SETFD, 0); /* everything else is close-on-exec */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/proc/self/exe", (char *const *)(uintptr_t)arguments);
    _exit(127);
}

status process_start(const char *const *arguments, const int *keep, ptrdiff_t n, pid_t *out)
{
    pid_t parent = getpid(), child = fork();
    if (child == 0)
        become(arguments, keep, n, parent);
    *out = child < 0 ? 0 : child; /* never -1: a signal to -1 goes to everybody */
    return child < 0 ? FAULT : OK;
}

static bool read_port(str s, uint16_t *port)
{
    int64_t n;
    if (!str_to_int(s, &n) || n < 0 || n > 65535)
        return false;
    *port = (uint16_t)n;
    return true;
}

static bool read_address(str s, struct sockaddr_storage *to, socklen_t *len)
{
    char host[64];
    ptrdiff_t colon = s.len;
    while (colon > 0 && s.at[colon - 1] != ':')
        colon--;
    str port = str_part(s, colon, s.len), name = str_part(s, 0, colon - 1);
    bool six = name.len > 2 && name.at[0] == '[' && name.at[name.len - 1] == ']';
    if (six)
        name = str_part(name, 1, name.len - 1);
    if (colon < 1 || name.len >= (ptrdiff_t)sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)name.len, name.at);
    *to = (struct sockaddr_storage){ 0 };
    if (six) {
        struct sockaddr_in6 *a = (struct sockaddr_in6 *)to;
        a->sin6_family = AF_INET6;
        *len = sizeof *a;
        uint16_t p;
        if (!read_port(port, &p))
            return false;
        a->sin6_port = htons(p);
        return inet_pton(AF_INET6, host, &a->sin6_addr) == 1;
    }
    struct sockaddr_in *a = (struct sockaddr_in *)to;
    a->sin_family = AF_INET;
    *len = sizeof *a;
    uint16_t p;
    if (!read_port(port, &p))
        return false;
    a->sin_port = htons(p);
    return inet_pton(AF_INET, host, &a->sin_addr) == 1;
}

static int port_of(int fd)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    if (getsockname(fd, (struct sockaddr *)&a, &len))
        return 0;
    return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port : ((struct sockaddr_in *)&a)->sin_port);
}

status socket_listen(str address, int *fd, int *port)
{
    struct sockaddr_storage a;
    socklen_t len;
    enum { BACKLOG = 1024 };
    if (!read_address(address, &a, &len))
        return INVALID;
    *fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return FAULT;
    int on = 1;
    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(*fd, (struct sockaddr *)&a, len) || listen(*fd, BACKLOG)) {
        status s = errno == EADDRINUSE ? CONFLICT : FAULT;
        close(*fd);
        return s;
    }
    *port = port_of(*fd);
    return OK;
}

static bool connected(int fd, int wait_ms)
{
    struct pollfd p = { fd, POLLOUT, 0 };
    int fault = 1;
    socklen_t len = sizeof fault;
    return poll(&p, 1, wait_ms) == 1 && !getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &len) && !fault;
}

status socket_connect(str address, int wait_ms, int *fd)
{
    struct sockaddr_storage a;
    socklen_t len;
    if (!read_address(address, &a, &len))
        return INVALID;
    *fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return FAULT;
    if (!connect(*fd, (struct sockaddr *)&a, len) || (errno == EINPROGRESS && connected(*fd, wait_ms)))
        return OK;
    close(*fd);
    *fd = -1;
    return NOT_FOUND;
}

static bool local_address(const char *path, struct sockaddr_un *to)
{
    *to = (struct sockaddr_un){ .sun_family = AF_UNIX };
    int n = snprintf(to->sun_path, sizeof to->sun_path, "%s", path);
    return n > 0 && n < (int)sizeof to->sun_path;
}

status socket_listen_local(const char *path, int *fd)
{
    struct sockaddr_un a;
    if (!local_address(path, &a))
        return INVALID;
    unlink(path);
    *fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    bool good = *fd >= 0 && !bind(*fd, (struct sockaddr *)&a, sizeof a) && !listen(*fd, 4);
    umask(before);
    return good ? OK : FAULT;
}

status socket_connect_local(const char *path, int *fd)
{
    struct sockaddr_un a;
    if (!local_address(path, &a))
        return INVALID;
    *fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return FAULT;
    if (!connect(*fd, (struct sockaddr *)&a, sizeof a))
        return OK;
    status s = errno == ENOENT || errno == ECONNREFUSED ? NOT_FOUND : FAULT;
    close(*fd);
    return s;
}

status folder_lock(const char *path)
{
    /* Left open on purpose: the lock lasts as long as the process. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return FAULT;
    if (!flock(fd, LOCK_EX | LOCK_NB))
        return OK;
    status s = errno == EWOULDBLOCK ? CONFLICT : FAULT;
    close(fd);
    return s;
}
