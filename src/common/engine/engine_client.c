#include "common/engine/engine.h"
#include "lib/os/os.h"

enum { SILENT_MS = 5000 }; /* after a question that was not answered in time: pages must not wait for it one after the other */

struct engine_client {
    int fd;
    uint64_t serial;
    int64_t silent_until; /* monotonic ms; 0: it answers */
    uint8_t message[ENGINE_MESSAGE_MAX];
};

struct engine_client *engine_on_channel(int fd)
{
    struct arena a = arena_reserve(sizeof(struct engine_client) + 64);
    struct engine_client *c = arena_new(&a, struct engine_client, 1);
    c->fd = fd;
    crypt_random(&c->serial, sizeof c->serial); /* no answer meant for a predecessor fits */
    return c;
}

static status status_of(uint16_t code)
{
    static const status known[] = { OK, INVALID, LOCKED, NOT_FOUND, NOT_FOUND, LIMIT, BUSY, FAULT };
    return code < countof(known) ? known[code] : FAULT;
}

/* What lies there is late. An engine that answers late answers again. */
static void drain(struct engine_client *c)
{
    ptrdiff_t n;
    while (channel_receive(c->fd, c->message, ENGINE_MESSAGE_MAX, 0, &n) == OK)
        c->silent_until = 0;
}

static int left(int64_t deadline)
{
    int64_t ms = deadline - os_monotonic_ms();
    return ms > 0 ? (int)ms : 0;
}

/* Until the answer to this question, or the deadline. */
static status hear(struct engine_client *c, uint16_t type, int64_t deadline, struct message_head *head, ptrdiff_t *n)
{
    for (;;) {
        status s = channel_receive(c->fd, c->message, ENGINE_MESSAGE_MAX, left(deadline), n);
        if (s != OK)
            return s == BUSY ? BUSY : FAULT;
        if (!message_head_read((str){ (char *)c->message, *n }, head))
            return FAULT;
        if (head->serial == c->serial && head->type == type)
            return OK;
    }
}

status engine_ask(struct engine_client *c, uint16_t type, str body, uint8_t *out, ptrdiff_t room, ptrdiff_t *n)
{
    struct message_head head;
    *n = 0;
    if (!c)
        return BUSY;
    must(body.len <= ENGINE_MESSAGE_MAX - CHANNEL_HEADER);
    int64_t now = os_monotonic_ms(), deadline = now + ENGINE_WAIT_MS;
    drain(c);
    if (c->silent_until > now)
        return BUSY;
    struct wire w = { c->message, CHANNEL_HEADER, ENGINE_MESSAGE_MAX, false };
    wire_bytes(&w, body.at, body.len);
    message_head_write(c->message, (struct message_head){ type, 0, (uint32_t)w.len, ++c->serial });
    ptrdiff_t got = 0;
    status s = channel_send(c->fd, (str){ (char *)c->message, w.len }, ENGINE_WAIT_MS);
    s = s == OK ? hear(c, type, deadline, &head, &got) : s == BUSY ? BUSY : FAULT;
    c->silent_until = s == BUSY ? os_monotonic_ms() + SILENT_MS : 0;
    if (s == OK)
        s = status_of(head.code);
    got -= CHANNEL_HEADER;
    if (s == OK && got > room)
        s = FAULT;
    if (s == OK) {
        memcpy(out, c->message + CHANNEL_HEADER, (size_t)got);
        *n = got;
    }
    wipe(c->message, ENGINE_MESSAGE_MAX); /* a question may hold what somebody searches for */
    return s;
}

status engine_forget(struct engine_client *c, const id *documents, ptrdiff_t n)
{
    uint8_t none[1];
    ptrdiff_t got;
    must(n > 0 && n <= ENGINE_FORGET_MOST);
    return engine_ask(c, ENGINE_FORGET, (str){ (const char *)documents, n * (ptrdiff_t)sizeof *documents }, none, 0, &got);
}

status engine_standing(struct engine_client *c, struct engine_standing *out)
{
    uint8_t body[24];
    ptrdiff_t n;
    *out = (struct engine_standing){ .open = false };
    status s = engine_ask(c, ENGINE_STATE, (str){ 0 }, body, sizeof body, &n);
    struct wire w = { body, 0, n, false };
    if (s != OK)
        return s;
    out->open = wire_get_u64(&w) == 1;
    out->documents = wire_get_u64(&w);
    out->upto = wire_get_u64(&w);
    return wire_done(&w) ? OK : FAULT;
}
