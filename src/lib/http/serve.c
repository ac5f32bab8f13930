/*
 * The loop: one epoll set, edge-triggered for connections (no further call to change what is waited for),
 * and one list a deadline, in which the oldest stands first, so that no tick looks at all connections.
 */
#include "lib/http/server.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    ACCEPTS = 64,           /* at one wake: other workers share the socket */
    TICK_MS = 1000,
    LEAVING_SECONDS = 2,    /* for the client to read our last words */
    STOPPING_MS = 3000,
    LAGGING_MS = 500,       /* before that nobody's pace is judged, nor silence */
    NO_ROOM_MS = 100,       /* who waits for room is looked at so often */
    LISTENING = 1 << 20,    /* slots of events that are no connection: their serial is 0 */
    WATCHER = 1 << 21,
};

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Each wait: how long, and whether its clock stands still while we do not read. */
static int wait_seconds(const struct http_limits *l, enum wait wait)
{
    switch (wait) {
    case IDLE: return l->idle_seconds;
    case HEAD_COMING: return l->head_seconds;
    case BODY_COMING:
    case NO_ROOM: return l->body_seconds;
    case WRITING: return l->write_seconds;
    case LEAVING: return LEAVING_SECONDS;
    default: return 0;
    }
}

static int64_t clock_of(const struct http_server *s, enum wait wait)
{
    bool reading = wait == IDLE || wait == HEAD_COMING || wait == BODY_COMING || wait == NO_ROOM;
    return !reading ? s->now : (s->paused ? s->paused_since : s->now) - s->paused_for;
}

static void leave_list(struct http_server *s, struct connection *c)
{
    struct list *l = &s->waits[c->wait];
    *(c->before ? &c->before->after : &l->first) = c->after;
    *(c->after ? &c->after->before : &l->last) = c->before;
    c->before = c->after = NULL;
}

static void join_list(struct http_server *s, struct connection *c, enum wait wait)
{
    struct list *l = &s->waits[wait];
    c->wait = wait;
    c->deadline = clock_of(s, wait) + 1000 * (int64_t)wait_seconds(&s->limits, wait);
    c->before = l->last;
    *(l->last ? &l->last->after : &l->first) = c;
    l->last = c;
}

void wait_for(struct http_server *s, struct connection *c, enum wait wait)
{
    leave_list(s, c);
    join_list(s, c, wait);
}

void go_on_later(struct http_server *s, struct connection *c)
{
    if (c->ready)
        return;
    c->ready = true;
    c->next_ready = NULL;
    *(s->ready_last ? &s->ready_last->next_ready : &s->ready_first) = c;
    s->ready_last = c;
}

/* The slot is free at once, but stays in the ready list if it is there: going on with a free slot does nothing. */
void connection_close(struct http_server *s, struct connection *c, bool reset)
{
    if (reset) /* what the kernel still holds for a client that does not read is dropped too */
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
    close(c->fd);
    if (c->in)
        buffers_release(&s->buffers, c->in, c->to);
    held_release(&c->body, &s->held);
    held_release(&c->rest, &s->held);
    c->in = NULL;
    c->serial = 0;
    c->turn++;
    s->live--;
    wait_for(s, c, FREE);
}

static struct connection *free_slot(struct http_server *s)
{
    if (!s->waits[FREE].first) {
        if ((ptrdiff_t)s->used < s->limits.connections)
            return &s->table[s->used++];
        if (!s->waits[IDLE].first)
            return NULL;
        connection_close(s, s->waits[IDLE].first, false);
    }
    struct connection *c = s->waits[FREE].first;
    leave_list(s, c);
    return c;
}

static bool may_accept(const struct http_server *s)
{
    bool room = s->waits[FREE].first || (ptrdiff_t)s->used < s->limits.connections || s->waits[IDLE].first;
    return room && !s->paused && !s->stopping && !s->accept_rests;
}

/* Watched or not at all: an exclusive entry cannot be modified. */
static void set_accepting(struct http_server *s, bool accepting)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.u64 = LISTENING };
    if (accepting != s->accepting)
        must(epoll_ctl(s->epoll, accepting ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, s->listening, &e) == 0);
    s->accepting = accepting;
}

static void admit(struct http_server *s, int fd)
{
    struct connection *c = free_slot(s);
    must(c != NULL);
    struct connection fresh = { .fd = fd, .turn = c->turn + 1, .ready = c->ready, .next_ready = c->next_ready };
    fresh.serial = ++s->serial ? s->serial : ++s->serial;
    *c = fresh;
    c->readable = true; /* the first bytes are mostly there already */
    s->live++;
    join_list(s, c, IDLE);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)); /* no matter on other sockets */
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET };
    e.data.u64 = (uint64_t)c->serial << 32 | (uint64_t)(c - s->table);
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
        connection_close(s, c, true);
    else
        connection_go_on(s, c);
}

static void accept_some(struct http_server *s)
{
    for (int i = 0; i < ACCEPTS && may_accept(s); i++) {
        int fd = accept4(s->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            admit(s, fd);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            s->accept_rests = true; /* until the next tick; an idle client makes room */
            if (s->waits[IDLE].first)
                connection_close(s, s->waits[IDLE].first, false);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

static void connection_event(struct http_server *s, uint64_t data, uint32_t events)
{
    struct connection *c = &s->table[(uint32_t)data];
    if (c->serial != (uint32_t)(data >> 32))
        return;
    if (events & (EPOLLERR | EPOLLHUP)) {
        connection_close(s, c, false);
        return;
    }
    bool ends = events & EPOLLRDHUP && !c->ended;
    c->ended = c->ended || ends;
    c->readable = c->readable || events & (EPOLLIN | EPOLLRDHUP);
    if (c->wait == PARKED && ends)
        connection_close(s, c, false);
    else
        connection_go_on(s, c);
}

static void expire(struct http_server *s, enum wait wait)
{
    struct connection *c;
    while ((c = s->waits[wait].first) && c->deadline <= clock_of(s, wait)) {
        if (wait == HEAD_COMING || wait == BODY_COMING)
            connection_refuse(s, c, 408, (str){ 0 });
        else if (wait == NO_ROOM)
            connection_refuse(s, c, 503, (str){ 0 });
        else
            connection_close(s, c, wait == WRITING);
    }
}

bool refuse_laggard(struct http_server *s)
{
    int64_t whole_ms = 1000 * (int64_t)s->limits.body_seconds;
    for (struct connection *c = s->waits[BODY_COMING].first; c; c = c->after) {
        int64_t gone_ms = whole_ms - (c->deadline - clock_of(s, BODY_COMING));
        if (gone_ms < LAGGING_MS)
            return false; /* the rest came later still */
        bool silent = s->now - c->heard >= LAGGING_MS;
        if (c->body.at && (silent || c->body_got * whole_ms < c->body.len * gone_ms)) {
            connection_refuse(s, c, 408, (str){ 0 });
            return true;
        }
    }
    return false;
}

static void read_clocks(struct http_server *s)
{
    s->now = s->clock();
    struct timespec t;
    clock_gettime(CLOCK_REALTIME_COARSE, &t);
    if (t.tv_sec != s->date_second)
        http_date(s->date, s->date_second = t.tv_sec);
}

static void tick(struct http_server *s)
{
    s->accept_rests = false;
    s->next_tick = s->now + TICK_MS;
    for (ptrdiff_t i = 0; i < s->watcher_count; i++)
        if (s->watchers[i].fd < 0)
            s->watchers[i].ready(s->watchers[i].app, -1);
}

static void keep_deadlines(struct http_server *s)
{
    static const enum wait timed[] = { IDLE, HEAD_COMING, BODY_COMING, NO_ROOM, WRITING, LEAVING };
    for (ptrdiff_t i = 0; i < countof(timed); i++)
        if (timed[i] >= WRITING || !s->paused)
            expire(s, timed[i]);
    if (s->now >= s->next_tick)
        tick(s);
}

/* Once round the list as it was; who is not done yet stands in the next one. */
static void serve_ready(struct http_server *s)
{
    struct connection *c = s->ready_first;
    s->ready_first = s->ready_last = NULL;
    while (c) {
        struct connection *next = c->next_ready;
        c->ready = false;
        connection_go_on(s, c);
        c = next;
    }
    struct connection *waiting = s->waits[NO_ROOM].first;
    if (!waiting)
        return;
    connection_go_on(s, waiting);
    if (s->waits[NO_ROOM].first && s->waits[NO_ROOM].first != waiting)
        go_on_later(s, s->waits[NO_ROOM].first);
}

static void wind_down(struct http_server *s)
{
    static const enum wait nothing_begun[] = { IDLE, HEAD_COMING, NO_ROOM };
    if (!s->stop_at)
        s->stop_at = s->now + STOPPING_MS;
    for (ptrdiff_t i = 0; i < countof(nothing_begun); i++)
        while (s->waits[nothing_begun[i]].first)
            connection_close(s, s->waits[nothing_begun[i]].first, false);
    if (s->now < s->stop_at)
        return;
    while (s->waits[PARKED].first)
        connection_refuse(s, s->waits[PARKED].first, 503, (str){ 0 });
    for (enum wait w = IDLE; w < WAITS; w++)
        while (s->waits[w].first)
            connection_close(s, s->waits[w].first, false);
}

bool http_step(struct http_server *s, int wait_ms)
{
    struct epoll_event events[EVENTS];
    set_accepting(s, may_accept(s));
    if (s->ready_first && !s->paused)
        wait_ms = 0;
    if (s->waits[NO_ROOM].first && !s->paused && wait_ms > NO_ROOM_MS)
        wait_ms = NO_ROOM_MS;
    int n = epoll_wait(s->epoll, events, EVENTS, wait_ms);
    must(n >= 0 || errno == EINTR);
    read_clocks(s);
    for (int i = 0; i < n; i++) {
        uint64_t data = events[i].data.u64;
        if (data >> 32)
            connection_event(s, data, events[i].events);
        else if (data == LISTENING)
            accept_some(s);
        else
            s->watchers[data - WATCHER].ready(s->watchers[data - WATCHER].app, s->watchers[data - WATCHER].fd);
    }
    if (!s->paused)
        serve_ready(s);
    keep_deadlines(s);
    if (s->stopping)
        wind_down(s);
    return !s->stopping || s->live > 0;
}

static void told_to_stop(void *app, int fd)
{
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) == sizeof info)
        http_stop(app);
}

int http_run(struct http_server *s)
{
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    must(sigprocmask(SIG_BLOCK, &ends, &before) == 0);
    int fd = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
    must(fd >= 0);
    http_watch(s, fd, told_to_stop, s);
    read_clocks(s);
    while (http_step(s, s->next_tick > s->now ? (int)(s->next_tick - s->now) : 0))
        read_clocks(s);
    close(fd); /* leaves the epoll set with it */
    must(sigprocmask(SIG_SETMASK, &before, NULL) == 0);
    return 0;
}

void http_stop(struct http_server *s)
{
    s->stopping = true;
}

void http_pause(struct http_server *s, bool paused)
{
    if (paused && !s->paused)
        s->paused_since = s->now;
    if (!paused && s->paused)
        s->paused_for += s->now - s->paused_since;
    s->paused = paused;
}

void http_watch(struct http_server *s, int fd, http_watcher *ready, void *app)
{
    must(s->watcher_count < WATCHERS);
    s->watchers[s->watcher_count] = (struct watcher){ fd, ready, app };
    struct epoll_event e = { .events = EPOLLIN, .data.u64 = WATCHER + (uint64_t)s->watcher_count };
    must(fd < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) == 0);
    s->watcher_count++;
}

void http_use_clock(struct http_server *s, int64_t (*milliseconds)(void))
{
    s->clock = milliseconds;
    s->now = milliseconds();
    s->next_tick = s->now + TICK_MS;
}

struct http_server *http_open(int listening_fd, struct http_limits limits, http_handler *handle, void *app)
{
    limits = http_limits_filled(limits);
    must(limits.body_bytes <= limits.held_bytes && limits.connections < LISTENING);
    ptrdiff_t tables = (ptrdiff_t)(sizeof(struct http_server) + 65536)
                       + limits.connections * (ptrdiff_t)(sizeof(struct connection) + sizeof(uint32_t));
    struct arena process = arena_reserve(tables);
    struct http_server *s = arena_new(&process, struct http_server, 1);
    s->limits = limits;
    s->handle = handle;
    s->app = app;
    s->listening = listening_fd;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    must(s->epoll >= 0);
    s->buffers = buffers_open(&process, limits.head_bytes > 16384 ? limits.head_bytes : 16384, limits.connections);
    process.at += -(uintptr_t)process.at & (_Alignof(struct connection) - 1);
    s->table = (struct connection *)process.at; /* zero as the system gives it, and not touched before use */
    s->arena = arena_reserve(limits.arena_bytes + HTTP_RESERVE);
    s->arena_start = s->arena.at;
    s->arena_end = s->arena.end = s->arena.end - HTTP_RESERVE;
    http_use_clock(s, monotonic_ms);
    return s;
}
