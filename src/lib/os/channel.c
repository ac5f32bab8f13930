#include "lib/os/channel.h"
#include "lib/os/os.h"
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static uint8_t *wire_room(struct wire *w, ptrdiff_t n)
{
    if (w->bad || n < 0 || n > w->cap - w->len) {
        w->bad = true;
        return NULL;
    }
    uint8_t *p = w->at + w->len;
    w->len += n;
    return p;
}

static void wire_put(struct wire *w, uint64_t n, int bytes)
{
    uint8_t *p = wire_room(w, bytes);
    for (int i = 0; p && i < bytes; i++)
        p[i] = (uint8_t)(n >> 8 * i);
}

static uint64_t wire_get(struct wire *w, int bytes)
{
    const uint8_t *p = wire_room(w, bytes);
    uint64_t n = 0;
    for (int i = 0; p && i < bytes; i++)
        n |= (uint64_t)p[i] << 8 * i;
    return n;
}

void wire_u8(struct wire *w, uint8_t n)
{
    wire_put(w, n, 1);
}

void wire_u16(struct wire *w, uint16_t n)
{
    wire_put(w, n, 2);
}

void wire_u32(struct wire *w, uint32_t n)
{
    wire_put(w, n, 4);
}

void wire_u64(struct wire *w, uint64_t n)
{
    wire_put(w, n, 8);
}

void wire_bytes(struct wire *w, const void *at, ptrdiff_t n)
{
    uint8_t *p = wire_room(w, n);
    if (p && n)
        memcpy(p, at, (size_t)n);
}

uint8_t wire_get_u8(struct wire *w)
{
    return (uint8_t)wire_get(w, 1);
}

uint16_t wire_get_u16(struct wire *w)
{
    return (uint16_t)wire_get(w, 2);
}

uint32_t wire_get_u32(struct wire *w)
{
    return (uint32_t)wire_get(w, 4);
}

uint64_t wire_get_u64(struct wire *w)
{
    return wire_get(w, 8);
}

const uint8_t *wire_get_bytes(struct wire *w, ptrdiff_t n)
{
    return wire_room(w, n);
}

bool wire_done(const struct wire *w)
{
    return !w->bad && w->len == w->cap;
}

bool message_head_read(str message, struct message_head *out)
{
    if (message.len < CHANNEL_HEADER)
        return false;
    struct wire w = { .at = (uint8_t *)message.at, .cap = CHANNEL_HEADER };
    out->type = wire_get_u16(&w);
    out->code = wire_get_u16(&w);
    out->length = wire_get_u32(&w);
    out->serial = wire_get_u64(&w);
    return (ptrdiff_t)out->length == message.len;
}

void message_head_write(uint8_t to[CHANNEL_HEADER], struct message_head h)
{
    struct wire w = { .at = to, .cap = CHANNEL_HEADER };
    wire_u16(&w, h.type);
    wire_u16(&w, h.code);
    wire_u32(&w, h.length);
    wire_u64(&w, h.serial);
}

status channel_pair(int fds[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
        return FAULT;
    /* A whole message must fit: the kernel doubles the value, and its usual ceiling of 212,992 allows this much. */
    int size = ACCEPTOR_MESSAGE_MAX / 2 + 4096;
    for (int i = 0; i < 2; i++)
        if (setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size))
            return FAULT;
    return OK;
}

/* Waits until fd is ready or the deadline has passed: OK, BUSY or FAULT. wait_ms < 0 waits for ever. */
static status wait_ready(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline < 0 ? -1 : deadline - os_monotonic_ms();
        if (deadline >= 0 && left <= 0)
            return BUSY;
        struct pollfd p = { .fd = fd, .events = events };
        int n = poll(&p, 1, (int)left);
        if (n > 0)
            return OK; /* also when closed: the call that follows says so */
        if (n < 0 && errno != EINTR)
            return FAULT;
    }
}

static int64_t deadline_of(int wait_ms)
{
    return wait_ms < 0 ? -1 : os_monotonic_ms() + wait_ms;
}

status channel_send(int fd, str message, int wait_ms)
{
    must(message.len >= CHANNEL_HEADER); /* an empty message would look like the end */
    for (int64_t deadline = deadline_of(wait_ms);;) {
        ssize_t n = send(fd, message.at, (size_t)message.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n == message.len)
            return OK;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            return NOT_FOUND;
        if (n >= 0 || errno != EAGAIN)
            return FAULT;
        status s = wait_ready(fd, POLLOUT, deadline);
        if (s != OK)
            return s;
    }
}

status channel_receive(int fd, uint8_t *to, ptrdiff_t cap, int wait_ms, ptrdiff_t *n)
{
    *n = 0;
    for (int64_t deadline = deadline_of(wait_ms);;) {
        /* MSG_TRUNC tells the true length: a message longer than cap is refused, never taken in part. */
        ssize_t got = recv(fd, to, (size_t)cap, MSG_DONTWAIT | MSG_TRUNC);
        if (got > cap)
            return INVALID;
        if (got > 0) {
            *n = got;
            return OK;
        }
        if (got == 0 || errno == ECONNRESET)
            return NOT_FOUND;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return FAULT;
        status s = wait_ready(fd, POLLIN, deadline);
        if (s != OK)
            return s;
    }
}
