#include "acts.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int socket_of(int family, int type, int protocol) { return told(socket(family, type | SOCK_CLOEXEC, protocol) >= 0); }
static int tcp(const struct place *p) { (void)p; return socket_of(AF_INET, SOCK_STREAM, 0); }
static int tcp_six(const struct place *p) { (void)p; return socket_of(AF_INET6, SOCK_STREAM, 0); }
static int udp(const struct place *p) { (void)p; return socket_of(AF_INET, SOCK_DGRAM, 0); }
static int local(const struct place *p) { (void)p; return socket_of(AF_UNIX, SOCK_STREAM, 0); }
static int netlink(const struct place *p) { (void)p; return socket_of(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }
static int packet(const struct place *p) { (void)p; return socket_of(AF_PACKET, SOCK_RAW, 0); }
static int raw(const struct place *p) { (void)p; return socket_of(AF_INET, SOCK_RAW, IPPROTO_ICMP); }
static int pair(const struct place *p) { (void)p; return told(!socketpair(AF_UNIX, SOCK_STREAM, 0, kept_pair)); }

static struct sockaddr_in here(int port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}
static void have_tcp(const struct place *p) { (void)p; ready((kept_fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0); }
static void have_udp(const struct place *p) { (void)p; ready((kept_fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0); }
static int connect_out(const struct place *p)
{
    struct sockaddr_in a = here(p->tcp_port);
    return told(!connect(kept_fd, (struct sockaddr *)&a, sizeof a));
}
static int connect_datagrams(const struct place *p)
{
    struct sockaddr_in a = here(p->udp_port);
    return told(!connect(kept_fd, (struct sockaddr *)&a, sizeof a));
}
static int send_datagram(const struct place *p)
{
    struct sockaddr_in a = here(p->udp_port);
    return told(sendto(kept_fd, "x", 1, 0, (struct sockaddr *)&a, sizeof a) == 1);
}
static int bind_it(const struct place *p)
{
    struct sockaddr_in a = here(0);
    (void)p;
    return told(!bind(kept_fd, (struct sockaddr *)&a, sizeof a));
}
static void have_bound(const struct place *p)
{
    have_tcp(p);
    ready(!bind_it(p));
}
static int listen_on_it(const struct place *p) { (void)p; return told(!listen(kept_fd, 1)); }
static int name_of_it(const struct place *p)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    (void)p;
    return told(!getsockname(kept_fd, (struct sockaddr *)&a, &n));
}

static void have_local(const struct place *p) { (void)p; ready((kept_fd = socket(AF_UNIX, SOCK_SEQPACKET, 0)) >= 0); }
static struct sockaddr_un at(const char *path)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    return a;
}
static int knock_at_control(const struct place *p)
{
    struct sockaddr_un a = at(in(p->house, "control"));
    return told(!connect(kept_fd, (struct sockaddr *)&a, sizeof a));
}
static int bind_local(const struct place *p)
{
    struct sockaddr_un a = at(in(p->outside, "socket"));
    return told(!bind(kept_fd, (struct sockaddr *)&a, sizeof a));
}

/* A descriptor waits in the pair. */
static void have_message(const struct place *p)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } u = { .room = { 0 } };
    struct iovec one = { kept_page, 1 };
    struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = u.room, .msg_controllen = sizeof u.room };
    (void)p;
    ready(!socketpair(AF_UNIX, SOCK_DGRAM, 0, kept_pair));
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    *c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
    memcpy(CMSG_DATA(c), &kept_pair[1], sizeof(int));
    ready(sendmsg(kept_pair[1], &m, 0) == 1);
}
static int receive_descriptor(const struct place *p)
{
    char room[CMSG_SPACE(sizeof(int))];
    struct iovec one = { kept_page, 1 };
    struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
    (void)p;
    return told(recvmsg(kept_pair[0], &m, MSG_DONTWAIT) == 1 && m.msg_controllen > 0);
}
static int attach_filter(const struct place *p)
{
    struct sock_filter take = BPF_STMT(BPF_RET | BPF_K, 0xffff);
    struct sock_fprog program = { 1, &take };
    (void)p;
    return told(!setsockopt(kept_fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
}
static int reuse_port(const struct place *p)
{
    (void)p;
    return told(!setsockopt(kept_fd, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int)));
}

const struct act acts_on_network[] = {
    { "make a TCP socket", tcp, NULL, 0 },
    { "make a TCP socket of version 6", tcp_six, NULL, 0 },
    { "make a UDP socket", udp, NULL, 0 },
    { "make a local socket", local, NULL, 0 },
    { "make a netlink socket", netlink, NULL, 0 },
    { "make a packet socket", packet, NULL, ACT_ROOT },
    { "make a raw socket", raw, NULL, ACT_ROOT },
    { "make a pair of sockets", pair, NULL, 0 },
    { "connect out", connect_out, have_tcp, 0 },
    { "connect datagrams", connect_datagrams, have_udp, 0 },
    { "send a datagram", send_datagram, have_udp, 0 },
    { "bind a port", bind_it, have_tcp, 0 },
    { "listen", listen_on_it, have_bound, 0 },
    { "ask for the address of a socket", name_of_it, have_bound, 0 },
    { "knock at the control socket", knock_at_control, have_local, 0 },
    { "bind a local socket outside", bind_local, have_local, ACT_EVERYBODY },
    { "receive a descriptor", receive_descriptor, have_message, 0 },
    { "attach a program to a socket", attach_filter, have_udp, 0 },
    { "share a port", reuse_port, have_udp, 0 },
    { NULL, NULL, NULL, 0 },
};
