/* What is said on one connection: bytes in, requests in order, answers out. */
#include "lib/http/server.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
    TURNS = 32,          /* steps one connection may take before others have their turn */
    HEAD_CEILING = 32768, /* our own headers: HTTP_RESERVE holds them however they grow */
    MUCH = 1 << 20
};

/* Request memory held what people wrote: wiped, and given back when it was much. */
static void end_request(struct http_server *s)
{
    ptrdiff_t used = s->arena.at - s->arena_start;
    if (used > MUCH)
        must(madvise(s->arena_start, (size_t)used, MADV_DONTNEED) == 0); /* the next touch finds zeros */
    else
        explicit_bzero(s->arena_start, (size_t)used);
    s->arena.at = s->arena_start;
    s->arena.end = s->arena_end;
    s->busy = false;
}

static void begin_request(struct http_server *s)
{
    must(!s->busy);
    s->busy = true;
}

static void drop_input(struct http_server *s, struct connection *c)
{
    if (c->in)
        buffers_release(&s->buffers, c->in, c->to);
    c->in = NULL;
    c->from = c->to = c->need = c->body_got = 0;
    held_release(&c->body, &s->held);
}

/* Forgets the request that was just handled; what was sent after it stays. */
static void consume(struct http_server *s, struct connection *c, ptrdiff_t whole)
{
    c->from += whole;
    c->need = c->body_got = 0;
    c->continued = false;
    held_release(&c->body, &s->held);
    if (c->from == c->to)
        drop_input(s, c);
}

/* The answer is out: on to the next request, or farewell. */
static void answered(struct http_server *s, struct connection *c)
{
    if (!c->closing) {
        wait_for(s, c, IDLE);
        return;
    }
    /* Closing with bytes unread would reset the connection and may take the answer back from the client. */
    drop_input(s, c);
    shutdown(c->fd, SHUT_WR);
    wait_for(s, c, LEAVING);
}

/* What the socket did not take now: kept until it does, or until the deadline. */
static void keep_rest(struct http_server *s, struct connection *c, str head, str body, bool lasting, ptrdiff_t sent)
{
    str head_left = str_part(head, sent, head.len);
    str body_left = str_part(body, sent - head.len, body.len);
    ptrdiff_t copy = head_left.len + (lasting ? 0 : body_left.len);
    c->tail = lasting ? body_left : (str){ 0 };
    c->rest_from = 0;
    if (copy && !held_take(&c->rest, copy, &s->held, s->limits.held_bytes)) {
        connection_close(s, c, true);
        return;
    }
    if (head_left.len)
        memcpy(c->rest.at, head_left.at, (size_t)head_left.len);
    if (!lasting && body_left.len)
        memcpy(c->rest.at + head_left.len, body_left.at, (size_t)body_left.len);
    wait_for(s, c, WRITING);
}

static ssize_t send_both(struct connection *c, str first, str second)
{
    struct iovec parts[2] = { { (char *)first.at, (size_t)first.len }, { (char *)second.at, (size_t)second.len } };
    struct msghdr m = { .msg_iov = first.len ? parts : parts + 1, .msg_iovlen = (size_t)(first.len > 0) + (second.len > 0) };
    ssize_t n;
    do
        n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

/* Sends w and ends the request's memory. The connection waits for something else, or is closed, afterwards. */
static void reply(struct http_server *s, struct connection *c, const struct http_response *w)
{
    c->closing = c->closing || w->close || !c->keep_alive || s->stopping;
    str body = w->fixed ? (str){ w->fixed, w->fixed_len } : out_view(&w->body);
    if (!http_status_has_body(w->status))
        body = (str){ 0 };
    struct out head = { .arena = &s->arena, .ceiling = HEAD_CEILING };
    bool clean = http_reply_head(&head, w, (str){ s->date, sizeof s->date }, c->closing, body.len);
    if (!clean) { /* a header that would end another's line: nothing of this response goes out */
        struct http_response broken = http_plain(500);
        c->closing = true;
        head = (struct out){ .arena = &s->arena };
        body = (str){ broken.fixed, broken.fixed_len };
        (void)http_reply_head(&head, &broken, (str){ s->date, sizeof s->date }, true, body.len);
    }
    if (c->head_only)
        body = (str){ 0 };
    ssize_t sent = send_both(c, out_view(&head), body);
    if (sent < 0)
        connection_close(s, c, true);
    else if (sent == head.len + body.len)
        answered(s, c);
    else
        keep_rest(s, c, out_view(&head), body, w->fixed || !clean, sent);
    end_request(s);
}

static void go_on_writing(struct http_server *s, struct connection *c)
{
    str kept = { c->rest.at, c->rest.len };
    str left = str_part(kept, c->rest_from, kept.len);
    ssize_t n = send_both(c, left, c->tail);
    if (n < 0) {
        connection_close(s, c, true);
        return;
    }
    c->tail = str_part(c->tail, n - left.len, c->tail.len);
    c->rest_from += n < left.len ? n : left.len;
    if (c->rest_from < kept.len || c->tail.len)
        return;
    held_release(&c->rest, &s->held);
    answered(s, c);
}

void connection_refuse(struct http_server *s, struct connection *c, int code, str path)
{
    struct http_response w = http_refusal(code, path);
    drop_input(s, c);
    c->closing = true;
    c->head_only = c->head_only && c->wait == PARKED; /* else it tells of an earlier request */
    s->busy = true; /* perhaps already: the reader refuses while it holds the arena */
    s->arena.end = s->arena_end + HTTP_RESERVE;
    reply(s, c, &w);
}

/* What runs with the request's arena; when that is empty, a constant answer instead. */
struct work {
    struct http_response *w;
    const struct http_request *request; /* a handler's */
    struct http_place place;
    http_filler *fill;                  /* or a filler's */
    void *app, *detail;
};

static status run(struct http_server *s, const struct work *work)
{
    jmp_buf on_empty;
    volatile status verdict = OK; /* as it was before a jump */
    s->arena.on_empty = &on_empty;
    if (setjmp(on_empty))
        *work->w = http_plain(503);
    else if (work->fill)
        work->fill(work->app, &s->arena, work->w, work->detail);
    else
        verdict = s->handle(s->app, work->place, work->request, work->w);
    s->arena.on_empty = NULL;
    s->arena.end = s->arena_end + HTTP_RESERVE; /* for the head of the answer */
    return verdict;
}

static void handle(struct http_server *s, struct connection *c, const struct http_request *r, ptrdiff_t whole)
{
    struct http_response w = { .body = { .arena = &s->arena } };
    struct work work = { .w = &w, .request = r, .place = { (uint32_t)(c - s->table), ++c->turn } };
    c->head_only = r->method == HEAD;
    status verdict = run(s, &work);
    if (verdict != WAIT) {
        reply(s, c, &w); /* its headers may still point into the request */
        if (c->wait != FREE && !c->closing)
            consume(s, c, whole);
        return;
    }
    end_request(s);
    consume(s, c, whole);
    wait_for(s, c, PARKED);
    if (c->ended)
        connection_close(s, c, false);
}

void http_answer(struct http_server *s, struct http_place place, http_filler *fill, void *app, void *detail)
{
    struct connection *c = place.slot < s->used ? &s->table[place.slot] : NULL;
    if (!c || c->wait != PARKED || c->turn != place.turn)
        return;
    begin_request(s);
    struct http_response w = { .body = { .arena = &s->arena } };
    struct work work = { .w = &w, .fill = fill, .app = app, .detail = detail };
    (void)run(s, &work);
    reply(s, c, &w);
    if (c->wait != FREE)
        go_on_later(s, c); /* perhaps more was sent meanwhile */
}

/* The head is whole, the body is not: makes room for it. False: nothing to do until bytes or room come. */
static bool expect_body(struct http_server *s, struct connection *c, const struct http_head *head)
{
    ptrdiff_t whole = head->head_bytes + head->content_length;
    if (whole <= s->buffers.size) {
        c->need = whole;
    } else if (c->to - c->from < s->buffers.size) {
        c->need = s->buffers.size; /* who only announces much holds no memory of others */
    } else {
        while (head->content_length > s->limits.held_bytes - s->held && refuse_laggard(s))
            continue;
        if (!held_take(&c->body, head->content_length, &s->held, s->limits.held_bytes)) {
            if (c->wait != NO_ROOM)
                wait_for(s, c, NO_ROOM);
            return false;
        }
        c->body_got = c->to - c->from - head->head_bytes;
        memcpy(c->body.at, c->in + c->from + head->head_bytes, (size_t)c->body_got);
        explicit_bzero(c->in + c->from + head->head_bytes, (size_t)c->body_got);
        c->to = c->from + head->head_bytes;
        c->need = 0;
    }
    if (c->wait != BODY_COMING) /* its time began with its first byte */
        wait_for(s, c, BODY_COMING);
    static const char go[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (head->expects_continue && !c->continued) {
        c->continued = true;
        if (send_both(c, lit(go), (str){ 0 }) != sizeof go - 1)
            connection_close(s, c, true);
    }
    return false;
}

/* Handles the next request if all of it is here. False: more bytes are needed first. */
static bool take_request(struct http_server *s, struct connection *c)
{
    str bytes = { c->in ? c->in + c->from : NULL, c->to - c->from };
    if (!bytes.len || bytes.len < c->need || c->body_got < c->body.len)
        return false;
    begin_request(s);
    struct http_head head;
    switch (http_head_read(&s->arena, bytes, s->limits, &head)) {
    case HTTP_REFUSED: connection_refuse(s, c, head.refusal, head.request.path); return true;
    case HTTP_MORE:
        end_request(s);
        c->need = bytes.len + 1;
        if (c->wait != HEAD_COMING)
            wait_for(s, c, HEAD_COMING);
        return false;
    case HTTP_HEAD_DONE: break;
    }
    ptrdiff_t whole = head.head_bytes + (c->body.at ? 0 : head.content_length);
    if (bytes.len < whole) {
        end_request(s);
        return expect_body(s, c, &head);
    }
    head.request.body = c->body.at ? (str){ c->body.at, c->body.len } : str_part(bytes, head.head_bytes, whole);
    c->keep_alive = head.keep_alive;
    handle(s, c, &head.request, whole);
    return true;
}

/* Where the next bytes go: a long body takes exactly its own, so that what follows stays in the socket. */
static char *room_to_read(struct http_server *s, struct connection *c, ptrdiff_t *room)
{
    if (c->body.at) {
        *room = c->body.len - c->body_got;
        return c->body.at + c->body_got;
    }
    if (!c->in)
        c->in = buffers_take(&s->buffers);
    if (c->from) {
        memmove(c->in, c->in + c->from, (size_t)(c->to - c->from));
        explicit_bzero(c->in + c->to - c->from, (size_t)c->from);
        c->to -= c->from;
        c->from = 0;
    }
    *room = s->buffers.size - c->to;
    return c->in + c->to;
}

/* True when there is something new to look at. */
static bool read_more(struct http_server *s, struct connection *c)
{
    if (!c->readable)
        return false;
    ptrdiff_t room;
    char *at = room_to_read(s, c, &room);
    must(room > 0);
    ssize_t n = recv(c->fd, at, (size_t)room, 0);
    if (n < 0 && errno == EINTR)
        return true;
    if (n < 0 && errno == EAGAIN) {
        c->readable = false;
        if (c->from == c->to && !c->body.at)
            drop_input(s, c);
        return false;
    }
    if (n <= 0) {
        connection_close(s, c, n < 0);
        return false;
    }
    c->heard = s->now;
    if (n < room && !c->ended)
        c->readable = false; /* the socket is empty; what comes later is a new event */
    if (c->body.at)
        c->body_got += n;
    else
        c->to += n;
    /* A head without a further line end is no nearer to its end: not read again for every byte of a slow one. */
    ptrdiff_t have = c->to - c->from;
    if (c->wait == HEAD_COMING && have < s->limits.head_bytes && !memchr(at, '\n', (size_t)n))
        c->need = have + 1;
    return true;
}

static void drain(struct http_server *s, struct connection *c)
{
    char ignored[4096];
    for (int i = 0; i < TURNS; i++) {
        ssize_t n = recv(c->fd, ignored, sizeof ignored, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            connection_close(s, c, false);
            return;
        }
        if (n < 0 && errno == EAGAIN)
            return;
    }
    go_on_later(s, c);
}

void connection_go_on(struct http_server *s, struct connection *c)
{
    for (int i = 0; i < TURNS; i++) {
        if (c->wait == WRITING)
            go_on_writing(s, c);
        switch (c->wait) {
        case FREE:
        case PARKED:
        case WRITING:
        case WAITS: return;
        case LEAVING: drain(s, c); return;
        default: break;
        }
        if (s->paused)
            break;
        if (!take_request(s, c) && (c->wait == NO_ROOM || c->wait == FREE || !read_more(s, c)))
            return;
    }
    go_on_later(s, c);
}
