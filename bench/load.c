#include "load.h"
#include "served.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MOST = 4096, READ_MOST = 65536, REQUEST_MOST = 16384, EVENTS = 256, SAMPLES = 1 << 21 };

struct client {
    int fd;
    double sent;
    int status;
    ptrdiff_t got, need; /* bytes of this answer; need 0 while its head is not whole */
    char head[HEAD_MOST];
};
struct run {
    const struct load *load;
    struct client *clients;
    int epoll, under_way;
    double end;
    uint64_t serial[2]; /* the key of the next request */
    char request[REQUEST_MOST], *in;
    float *samples;     /* milliseconds */
    ptrdiff_t sample_count;
    struct load_result result;
};

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(fd >= 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
        close(fd);
        return -1;
    }
    must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)) == 0);
    return fd;
}

/* The same key is never sent twice: a random start, then one further each time. */
static void put_key(struct run *r)
{
    const struct load *l = r->load;
    char hex[32], *to = r->request + l->key_at;
    if (l->key_at < 0)
        return;
    r->serial[1]++;
    hex_write(hex, r->serial, sizeof r->serial);
    for (int i = 0; i < 32; i++) {
        if (l->key_is_uuid && (i == 8 || i == 12 || i == 16 || i == 20))
            *to++ = '-';
        *to++ = hex[i];
    }
}

static void drop(struct run *r, struct client *c)
{
    close(c->fd); /* leaves the epoll set with it */
    c->fd = -1;
    r->result.refused++;
    r->under_way--;
}

static void ask(struct run *r, struct client *c)
{
    put_key(r);
    c->got = c->need = 0;
    c->sent = bench_seconds();
    if (send(c->fd, r->request, (size_t)r->load->request.len, MSG_NOSIGNAL) != r->load->request.len)
        drop(r, c);
}

/* How long the whole answer is, once its head is here. */
static void read_head(struct client *c)
{
    static const char length[] = "Content-Length: ";
    ptrdiff_t have = c->got < HEAD_MOST ? c->got : HEAD_MOST;
    const char *end = memmem(c->head, (size_t)have, "\r\n\r\n", 4);
    const char *at = end ? memmem(c->head, (size_t)(end - c->head), length, sizeof length - 1) : NULL;
    int64_t code = 0, body = 0;
    if (!at)
        return;
    at += sizeof length - 1;
    const char *stop = memchr(at, '\r', (size_t)(end + 1 - at));
    if (stop && str_to_int((str){ at, stop - at }, &body) && str_to_int((str){ c->head + 9, 3 }, &code))
        c->need = end + 4 - c->head + body;
    c->status = (int)code;
}

static void answered(struct run *r, struct client *c)
{
    double now = bench_seconds();
    if (c->status != r->load->expect) {
        drop(r, c);
        return;
    }
    if (now < r->end) {
        r->result.answered++;
        if (r->sample_count < SAMPLES)
            r->samples[r->sample_count++] = (float)((now - c->sent) * 1000);
        ask(r, c);
    } else {
        r->under_way--;
    }
}

static void take(struct run *r, struct client *c)
{
    ssize_t n = recv(c->fd, r->in, READ_MOST, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        drop(r, c);
        return;
    }
    if (c->got < HEAD_MOST)
        memcpy(c->head + c->got, r->in, (size_t)(n < HEAD_MOST - c->got ? n : HEAD_MOST - c->got));
    c->got += n;
    if (!c->need)
        read_head(c);
    if (c->need ? c->got > c->need : c->got >= HEAD_MOST)
        drop(r, c);
    else if (c->got == c->need)
        answered(r, c);
}

static int by_size(const void *a, const void *b)
{
    float d = *(const float *)a - *(const float *)b;
    return (d > 0) - (d < 0);
}

static void *memory(size_t n)
{
    void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(at != MAP_FAILED);
    return at;
}

static void open_clients(struct run *r)
{
    r->epoll = epoll_create1(EPOLL_CLOEXEC);
    must(r->epoll >= 0);
    for (int i = 0; i < r->load->clients; i++) {
        struct client *c = &r->clients[i];
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
        c->fd = connect_to(r->load->port);
        must(c->fd >= 0);
        must(epoll_ctl(r->epoll, EPOLL_CTL_ADD, c->fd, &e) == 0);
    }
}

static void finish(struct run *r, double cpu)
{
    ptrdiff_t n = r->sample_count;
    r->result.own_cpu = bench_cpu() - cpu;
    r->result.a_second = (double)r->result.answered / r->load->seconds;
    qsort(r->samples, (size_t)n, sizeof *r->samples, by_size);
    r->result.p50_ms = n ? (double)r->samples[n / 2] : 0;
    r->result.p99_ms = n ? (double)r->samples[n - 1 - n / 100] : 0;
}

struct load_result load_run(const struct load *l)
{
    struct run *r = memory(sizeof *r);
    struct epoll_event events[EVENTS];
    must(l->request.len <= REQUEST_MOST);
    r->load = l;
    r->clients = memory((size_t)l->clients * sizeof *r->clients);
    r->samples = memory(SAMPLES * sizeof *r->samples);
    r->in = memory(READ_MOST);
    memcpy(r->request, l->request.at, (size_t)l->request.len);
    struct chance chance = chance_seeded((uint64_t)(bench_seconds() * 1e9));
    chance.fill(&chance, r->serial, sizeof r->serial);
    open_clients(r);
    double cpu = bench_cpu(), start = bench_seconds();
    r->end = start + l->seconds;
    r->under_way = l->clients;
    for (int i = 0; i < l->clients; i++)
        ask(r, &r->clients[i]);
    while (r->under_way > 0 && bench_seconds() < r->end + 10) {
        int n = epoll_wait(r->epoll, events, EVENTS, 1000);
        for (int i = 0; i < n; i++)
            take(r, events[i].data.ptr);
    }
    r->result.refused += r->under_way; /* no answer at all */
    finish(r, cpu);
    for (int i = 0; i < l->clients; i++)
        if (r->clients[i].fd >= 0)
            close(r->clients[i].fd);
    close(r->epoll);
    struct load_result result = r->result;
    munmap(r->in, READ_MOST);
    munmap(r->samples, SAMPLES * sizeof *r->samples);
    munmap(r->clients, (size_t)l->clients * sizeof *r->clients);
    munmap(r, sizeof *r);
    return result;
}

int load_get(int port, const char *path)
{
    char text[512];
    int64_t code = 0;
    int fd = connect_to(port);
    if (fd < 0)
        return 0;
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
    bool sent = send(fd, text, (size_t)n, MSG_NOSIGNAL) == n;
    bool read_it = sent && recv(fd, text, sizeof text, 0) >= 12 && str_to_int((str){ text + 9, 3 }, &code);
    close(fd);
    return read_it ? (int)code : 0;
}
