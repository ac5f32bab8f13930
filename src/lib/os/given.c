/* Sockets that somebody else opened for us: a restart loses no visitor, and the program needs no right to listen. */
#include "lib/os/process.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_GIVEN = 3, MOST_GIVEN = 16 };

static int64_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    int64_t n;
    return text && str_to_int(str_of(text), &n) ? n : 0;
}

int socket_given_count(void)
{
    /* Another process's: inherited by accident from somebody who was started so. */
    if (number_of("LISTEN_PID") != getpid())
        return 0;
    int64_t n = number_of("LISTEN_FDS");
    return n < 0 || n > MOST_GIVEN ? 0 : (int)n;
}

static bool is_listening(int fd)
{
    int type = 0, listening = 0;
    socklen_t a = sizeof type, b = sizeof listening;
    return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &a) && type == SOCK_STREAM
           && !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &b) && listening;
}

static bool read_name(int fd, char host[64], int *port)
{
    struct sockaddr_storage a = { 0 };
    socklen_t len = sizeof a;
    char text[INET6_ADDRSTRLEN];
    if (getsockname(fd, (struct sockaddr *)&a, &len) || (a.ss_family != AF_INET && a.ss_family != AF_INET6))
        return false;
    bool six = a.ss_family == AF_INET6;
    const struct sockaddr_in *four = (const struct sockaddr_in *)&a;
    const struct sockaddr_in6 *long_one = (const struct sockaddr_in6 *)&a;
    if (!inet_ntop(a.ss_family, six ? (const void *)&long_one->sin6_addr : &four->sin_addr, text, sizeof text))
        return false;
    snprintf(host, 64, six ? "[%s]" : "%s", text);
    *port = ntohs(six ? long_one->sin6_port : four->sin_port);
    return true;
}

status socket_given(const char *name, int *fd, char host[64], int *port)
{
    const char *all = getenv("LISTEN_FDNAMES");
    str names = str_of(all ? all : ""), one;
    int count = socket_given_count(), i = 0;
    while (i < count && str_split(&names, ':', &one) && !str_equal(one, str_of(name)))
        i++;
    if (i == count || !str_equal(one, str_of(name)))
        return NOT_FOUND;
    *fd = FIRST_GIVEN + i;
    if (!is_listening(*fd) || !read_name(*fd, host, port))
        return INVALID;
    int flags = fcntl(*fd, F_GETFL);
    return flags < 0 || fcntl(*fd, F_SETFL, flags | O_NONBLOCK) || fcntl(*fd, F_SETFD, FD_CLOEXEC) ? INVALID : OK;
}
