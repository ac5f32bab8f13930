/*
 * The server on loopback, from the first byte to the end of the process. Over 500 lines: all of it stands on one world of a server in this
 * thread, raw clients and a clock that the test moves, which takes two hundred of them; split, that world would be the larger half of each.
 */
#include "lib/http/server.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGE = 9000, LONG = 8 << 20, CLIENTS = 8, SENT = 20000 };
static char page[PAGE], long_page[LONG];

/* A server in this thread, clients on loopback, and time that moves when the test says so. */
struct world {
    struct http_server *server;
    int listening;
    struct sockaddr_in address;
    int clients[CLIENTS];
    ptrdiff_t client_count;
    struct http_place parked[8];
    ptrdiff_t parked_count, handled, fills, ticks;
    char got[1 << 16];
    ptrdiff_t got_len;
};
static int64_t now;

static int64_t test_clock(void)
{
    return now;
}

static status answer(void *app, struct http_place place, const struct http_request *r, struct http_response *w)
{
    struct world *x = app;
    x->handled++;
    w->status = 200;
    w->type = lit("text/plain");
    if (str_equal(r->path, lit("/park"))) {
        x->parked[x->parked_count++] = place;
        return WAIT;
    }
    if (str_equal(r->path, lit("/page"))) {
        w->fixed = page;
        w->fixed_len = PAGE;
    } else if (str_equal(r->path, lit("/long"))) {
        w->fixed = long_page;
        w->fixed_len = LONG;
    } else if (str_equal(r->path, lit("/long-made"))) {
        out_str(&w->body, (str){ long_page, 4 << 20 });
    } else if (str_equal(r->path, lit("/hungry"))) {
        for (;;)
            (void)arena_new(r->arena, char, 4096);
    } else if (str_equal(r->path, lit("/split"))) {
        w->headers[w->header_count++] = (struct header){ lit("X"), lit("a\r\nSet-Cookie: b") };
        out_str(&w->body, lit("never"));
    } else if (str_equal(r->path, lit("/nothing"))) {
        w->status = 204;
    } else {
        w->headers[w->header_count++] = (struct header){ lit("X-Path"), r->path };
        out_str(&w->body, r->method == POST ? r->body : r->path);
    }
    return OK;
}

static void fill(void *app, struct arena *a, struct http_response *w, void *detail)
{
    struct world *x = app;
    x->fills++;
    w->status = 201;
    w->type = lit("text/plain");
    out_str(&w->body, str_copy(a, str_of(detail)));
}

static void count_tick(void *app, int fd)
{
    assert_int_equal(fd, -1);
    ((struct world *)app)->ticks++;
}

static void settle(struct world *x)
{
    for (int i = 0; i < 40; i++)
        (void)http_step(x->server, i < 4 ? 1 : 0);
}

static void pass_seconds(struct world *x, int seconds)
{
    now += 1000 * (int64_t)seconds;
    settle(x);
}

static int connect_client(struct world *x)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&x->address, sizeof x->address), 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)); /* each say() arrives at once */
    fcntl(fd, F_SETFL, O_NONBLOCK);
    x->clients[x->client_count++] = fd;
    settle(x);
    return fd;
}

static void say(struct world *x, int fd, str bytes)
{
    int tries = 0;
    for (ptrdiff_t sent = 0; sent < bytes.len;) {
        assert_true(tries++ < 5000);
        ssize_t n = send(fd, bytes.at + sent, (size_t)(bytes.len - sent), MSG_NOSIGNAL);
        assert_true(n > 0 || errno == EAGAIN);
        sent += n > 0 ? n : 0;
        settle(x);
    }
}

/* What came back so far; closed tells whether the server has hung up. */
static str hear(struct world *x, int fd, bool *closed)
{
    settle(x);
    x->got_len = 0;
    *closed = false;
    for (;;) {
        ssize_t n = recv(fd, x->got + x->got_len, sizeof x->got - (size_t)x->got_len - 1, 0);
        if (n <= 0) {
            *closed = n == 0 || errno != EAGAIN;
            break;
        }
        x->got_len += n;
        settle(x);
    }
    x->got[x->got_len] = 0;
    return (str){ x->got, x->got_len };
}

static void assert_answers(struct world *x, int fd, const char *const *parts, bool expect_closed)
{
    bool closed;
    str got = hear(x, fd, &closed);
    const char *at = got.at;
    for (; *parts; parts++) {
        const char *found = strstr(at, *parts);
        if (!found)
            fail_msg("no \"%s\" (in this order) in: %s", *parts, got.at);
        at = found + strlen(*parts);
    }
    assert_int_equal(closed, expect_closed);
}
#define answers(x, fd, closed, ...) assert_answers(x, fd, (const char *const[]){ __VA_ARGS__, NULL }, closed)

static int open_with(void **state, struct http_limits limits)
{
    static struct world x;
    x = (struct world){ .listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
    x.address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof x.address;
    if (bind(x.listening, (struct sockaddr *)&x.address, n) || listen(x.listening, 64)
        || getsockname(x.listening, (struct sockaddr *)&x.address, &n))
        return -1;
    x.server = http_open(x.listening, limits, answer, &x);
    now = 1000000;
    http_use_clock(x.server, test_clock);
    *state = &x;
    return 0;
}

static int open_world(void **state)
{
    return open_with(state, (struct http_limits){ .connections = 4, .held_bytes = 20 << 20 });
}

static int open_narrow_world(void **state)
{
    return open_with(state, (struct http_limits){ .connections = 4, .held_bytes = 300000 });
}

static int close_world(void **state)
{
    struct world *x = *state;
    for (ptrdiff_t i = 0; i < x->client_count; i++)
        close(x->clients[i]);
    settle(x);
    int left = (int)x->server->live + (int)x->server->held;
    int buffers_out = (int)(x->server->limits.connections - x->server->buffers.warm_len - x->server->buffers.cold_len);
    http_stop(x->server);
    pass_seconds(x, 4);
    close(x->server->epoll);
    close(x->listening);
    return left + buffers_out; /* nothing is kept of clients who left */
}

#define GET_OF(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void a_page_is_served_and_the_connection_stays(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/hello")));
    answers(x, fd, false, "HTTP/1.1 200 OK\r\nDate: ", " GMT\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n",
            "X-Path: /hello\r\n\r\n/hello");
    say(x, fd, lit(GET_OF("/again")));
    answers(x, fd, false, "\r\n\r\n/again");
    say(x, fd, lit(GET_OF("/page")));
    bool closed;
    assert_true(hear(x, fd, &closed).len > PAGE);
    assert_int_equal(x->server->buffers.warm_len + x->server->buffers.cold_len, 4); /* an idle one holds none */
}

static void a_head_request_and_an_empty_answer_have_no_body(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit("HEAD /page HTTP/1.1\r\nHost: a\r\n\r\n"));
    bool closed;
    str got = hear(x, fd, &closed);
    assert_non_null(strstr(got.at, "Content-Length: 9000\r\n"));
    assert_true(str_ends(got, lit("\r\n\r\n")));
    say(x, fd, lit(GET_OF("/nothing")));
    got = hear(x, fd, &closed);
    assert_non_null(strstr(got.at, "HTTP/1.1 204 No Content"));
    assert_null(strstr(got.at, "Content-Length"));
    assert_true(str_ends(got, lit("\r\n\r\n")));
}

static void byte_by_byte_gives_what_all_at_once_gives(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    str message = lit("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" GET_OF("/next"));
    for (ptrdiff_t i = 0; i < message.len; i++)
        say(x, fd, str_part(message, i, i + 1));
    answers(x, fd, false, "HTTP/1.1 200", "\r\n\r\nhello", "HTTP/1.1 200", "\r\n\r\n/next");
    assert_int_equal(x->handled, 2);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    char many[100 * 64];
    struct out o = { .at = many, .cap = sizeof many };
    for (int i = 0; i < 100; i++) {
        out_str(&o, lit("GET /n"));
        out_int(&o, i);
        out_str(&o, lit(" HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    say(x, fd, out_view(&o));
    bool closed;
    str got = hear(x, fd, &closed);
    const char *at = got.at;
    for (int i = 0; i < 100; i++) {
        char body[24];
        snprintf(body, sizeof body, "\r\n\r\n/n%dH", i);
        body[strlen(body) - (i == 99)] = 0; /* the last is followed by nothing */
        at = strstr(at, body);
        assert_non_null(at);
    }
}

static void a_parked_request_holds_back_those_after_it(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/first") GET_OF("/park") GET_OF("/last")));
    answers(x, fd, false, "/first");
    assert_int_equal(x->handled, 2);
    say(x, fd, lit(GET_OF("/very-last")));
    assert_int_equal(x->handled, 2);
    http_answer(x->server, x->parked[0], fill, x, "the verdict");
    answers(x, fd, false, "HTTP/1.1 201 Created", "the verdict", "\r\n\r\n/last", "\r\n\r\n/very-last");
    http_answer(x->server, x->parked[0], fill, x, "twice");
    assert_int_equal(x->fills, 1);
}

static void a_client_that_leaves_frees_its_parked_place(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/park")));
    assert_int_equal(x->server->live, 1);
    shutdown(fd, SHUT_RDWR);
    settle(x);
    assert_int_equal(x->server->live, 0);
    int other = connect_client(x); /* the same slot */
    say(x, other, lit(GET_OF("/park")));
    assert_int_equal(x->parked[0].slot, x->parked[1].slot);
    http_answer(x->server, x->parked[0], fill, x, "for the one who left");
    assert_int_equal(x->fills, 0);
    http_answer(x->server, x->parked[1], fill, x, "for the one who stayed");
    answers(x, other, false, "for the one who stayed");
    http_answer(x->server, (struct http_place){ 4000000, 1 }, fill, x, "for nobody");
    assert_int_equal(x->fills, 1);
}

static void a_refusal_is_constant_and_closes(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/ok") "GET /secret-word HTTP/1.1\nHost: a\r\n\r\n" GET_OF("/after")));
    bool closed;
    str got = hear(x, fd, &closed);
    assert_non_null(strstr(got.at, "HTTP/1.1 400 Bad Request\r\n"));
    assert_non_null(strstr(got.at, "Connection: close\r\n\r\n400 Bad Request\n"));
    assert_null(strstr(got.at, "secret-word"));
    assert_true(closed);
    assert_int_equal(x->handled, 1);
}

static void a_line_without_an_end_is_refused_when_it_is_too_long(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    memset(page, 'a', PAGE);
    say(x, fd, lit("GET /"));
    for (int i = 0; i < 5; i++)
        say(x, fd, (str){ page, 4000 });
    answers(x, fd, true, "HTTP/1.1 414 URI Too Long");
}

static void a_client_that_only_listens_any_more_gets_its_answer_and_the_end(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    static const char request[] = GET_OF("/last-words");
    assert_int_equal(send(fd, request, sizeof request - 1, 0), sizeof request - 1);
    shutdown(fd, SHUT_WR); /* before the server has looked */
    answers(x, fd, true, "/last-words");
    assert_int_equal(x->server->live, 0);
}

static void a_body_too_large_is_refused_while_it_is_still_sent(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\nExpect: 100-continue\r\n\r\n"));
    say(x, fd, (str){ long_page, LONG }); /* more than any socket keeps: it is read and dropped */
    answers(x, fd, true, "HTTP/1.1 413 Content Too Large");
    assert_int_equal(x->handled, 0);
}

static void a_long_body_arrives_whole_and_what_follows_is_not_lost(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    for (int i = 0; i < PAGE; i++)
        page[i] = (char)('a' + i % 23);
    say(x, fd, lit("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 45000\r\n\r\n"));
    for (int i = 0; i < 5; i++)
        say(x, fd, (str){ page, PAGE });
    say(x, fd, lit(GET_OF("/after")));
    bool closed;
    str got = hear(x, fd, &closed);
    const char *body = strstr(got.at, "\r\n\r\n") + 4;
    for (int i = 0; i < 5; i++)
        assert_memory_equal(body + (ptrdiff_t)i * PAGE, page, PAGE);
    assert_non_null(strstr(body + 45000, "\r\n\r\n/after"));
    assert_int_equal(x->server->held, 0);
}

static void a_client_that_asks_first_is_told_to_go_on(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    bool closed;
    assert_true(str_equal(hear(x, fd, &closed), lit("HTTP/1.1 100 Continue\r\n\r\n")));
    say(x, fd, lit("he"));
    assert_int_equal(hear(x, fd, &closed).len, 0); /* once */
    say(x, fd, lit("llo"));
    answers(x, fd, false, "HTTP/1.1 200 OK", "hello");
}

static void connection_close_is_honoured(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit("GET /bye HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" GET_OF("/ignored")));
    answers(x, fd, true, "Connection: close\r\n", "/bye");
    assert_int_equal(x->handled, 1);
}

static void each_wait_has_its_deadline(void **state)
{
    struct world *x = *state;
    int idle = connect_client(x), head = connect_client(x), body = connect_client(x);
    say(x, head, lit("GET / HT"));
    say(x, body, lit("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"));
    pass_seconds(x, 9);
    say(x, head, lit("TP/1.1\r\n")); /* another byte does not buy more time */
    pass_seconds(x, 1);
    answers(x, head, true, "HTTP/1.1 408 Request Timeout");
    bool closed;
    assert_int_equal(hear(x, idle, &closed).len, 0);
    assert_false(closed);
    pass_seconds(x, 20);
    hear(x, idle, &closed);
    assert_true(closed);
    hear(x, body, &closed);
    assert_false(closed);
    pass_seconds(x, 30);
    answers(x, body, true, "HTTP/1.1 408 Request Timeout");
    assert_int_equal(x->handled, 0);
}

static void a_refused_client_that_never_hangs_up_is_left_behind(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit("nonsense\r\n"));
    settle(x);
    assert_int_equal(x->server->live, 1);
    pass_seconds(x, 2);
    assert_int_equal(x->server->live, 0);
}

static void a_reader_too_slow_is_dropped(void **state)
{
    struct world *x = *state;
    int fixed = connect_client(x), made = connect_client(x);
    say(x, fixed, lit(GET_OF("/long")));
    say(x, made, lit(GET_OF("/long-made")));
    settle(x);
    assert_int_equal(x->server->live, 2);
    assert_true(x->server->held > 0 && x->server->held < 4 << 20); /* the fixed one is not copied */
    pass_seconds(x, 59);
    assert_int_equal(x->server->live, 2);
    pass_seconds(x, 1);
    assert_int_equal(x->server->live, 0);
    assert_int_equal(x->server->held, 0);
}

static void a_long_answer_reaches_a_reader_in_time(void **state)
{
    struct world *x = *state;
    static const char *const requests[] = { GET_OF("/long"), GET_OF("/long-made") };
    for (int k = 0; k < 2; k++) {
        int fd = connect_client(x);
        say(x, fd, str_of(requests[k]));
        ptrdiff_t total = 0, head = 0;
        bool closed = false;
        for (int i = 0; i < 100000 && total < (k ? 4 << 20 : LONG) + head; i++) {
            str got = hear(x, fd, &closed);
            if (!total)
                head = strstr(got.at, "\r\n\r\n") + 4 - got.at;
            total += got.len;
        }
        assert_int_equal(total - head, k ? 4 << 20 : LONG);
        say(x, fd, lit(GET_OF("/after")));
        answers(x, fd, false, "/after");
    }
}

static void when_full_the_oldest_idle_gives_way_and_the_busy_stay(void **state)
{
    struct world *x = *state;
    int oldest = connect_client(x);
    for (int i = 0; i < 3; i++)
        say(x, connect_client(x), lit(GET_OF("/park")));
    int fifth = connect_client(x);
    bool closed;
    hear(x, oldest, &closed);
    assert_true(closed);
    say(x, fifth, lit(GET_OF("/park")));
    assert_int_equal(x->parked_count, 4);
    int sixth = connect_client(x); /* waits in the queue of the system */
    say(x, sixth, lit(GET_OF("/patient")));
    assert_int_equal(x->server->live, 4);
    assert_int_equal(x->handled, 4);
    http_answer(x->server, x->parked[0], fill, x, "done");
    answers(x, sixth, false, "/patient");
}

static void while_paused_nothing_is_read_but_answers_go_out(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x), parked = connect_client(x), half = connect_client(x);
    say(x, parked, lit(GET_OF("/park")));
    say(x, half, lit("GET /half HTTP/1.1\r\n"));
    http_pause(x->server, true);
    say(x, fd, lit(GET_OF("/later")));
    assert_int_equal(x->handled, 1);
    http_answer(x->server, x->parked[0], fill, x, "answered");
    answers(x, parked, false, "answered");
    pass_seconds(x, 100); /* whom we do not read cannot be late */
    assert_int_equal(x->handled, 1);
    http_pause(x->server, false);
    answers(x, fd, false, "/later");
    say(x, half, lit("Host: a\r\n\r\n"));
    answers(x, half, false, "/half");
}

/* A long body takes its memory when its first 16 KiB are here. */
static int begin_long(struct world *x, const char *head)
{
    int fd = connect_client(x);
    say(x, fd, str_of(head));
    say(x, fd, (str){ long_page, SENT });
    return fd;
}

static void a_long_body_without_room_waits_for_it(void **state)
{
    struct world *x = *state;
    int first = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
    int second = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 180000\r\n\r\n"), brief = connect_client(x);
    say(x, brief, lit(GET_OF("/brief")));
    answers(x, brief, false, "/brief");
    assert_int_equal(x->server->held, 200000);
    shutdown(first, SHUT_RDWR);
    settle(x);
    assert_int_equal(x->server->held, 180000);
    say(x, second, (str){ long_page, 180000 - SENT });
    bool closed;
    assert_non_null(strstr(hear(x, second, &closed).at, "Content-Length: 180000\r\n"));
}

static void who_only_announces_much_holds_nothing(void **state)
{
    struct world *x = *state;
    int first = connect_client(x);
    say(x, first, lit("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\nstart"));
    assert_int_equal(x->server->held, 0);
    int second = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 180000\r\n\r\n");
    assert_int_equal(x->server->held, 180000);
    say(x, second, (str){ long_page, 180000 - SENT });
    bool closed;
    assert_non_null(strstr(hear(x, second, &closed).at, "Content-Length: 180000\r\n"));
    pass_seconds(x, 59);
    say(x, first, (str){ long_page, SENT }); /* its time began with its first byte */
    pass_seconds(x, 2);
    answers(x, first, true, "HTTP/1.1 408 Request Timeout");
}

static void who_lags_behind_gives_way_to_a_long_body_that_finds_no_room(void **state)
{
    struct world *x = *state;
    int slow = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
    pass_seconds(x, 4); /* 20,000 of 200,000 bytes are in time until the sixth of the sixty seconds is over */
    say(x, slow, lit("not silent"));
    int second = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 180000\r\n\r\n");
    assert_int_equal(x->server->held, 200000);
    now += 3000;
    say(x, slow, lit("nor now"));
    settle(x);
    answers(x, slow, true, "HTTP/1.1 408 Request Timeout");
    assert_int_equal(x->server->held, 180000);
    say(x, second, (str){ long_page, 180000 - SENT });
    bool closed;
    assert_non_null(strstr(hear(x, second, &closed).at, "Content-Length: 180000\r\n"));
}

static void who_falls_silent_gives_way_to_a_long_body_that_finds_no_room(void **state)
{
    struct world *x = *state;
    int silent = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
    int second = begin_long(x, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 180000\r\n\r\n");
    assert_int_equal(x->server->held, 200000); /* it has only just come */
    now += 499;
    settle(x);
    assert_int_equal(x->server->held, 200000);
    now += 1;
    settle(x);
    answers(x, silent, true, "HTTP/1.1 408 Request Timeout");
    say(x, second, (str){ long_page, 180000 - SENT });
    bool closed;
    assert_non_null(strstr(hear(x, second, &closed).at, "Content-Length: 180000\r\n"));
}

static void a_handler_that_eats_its_memory_is_answered_for(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/hungry") GET_OF("/well")));
    answers(x, fd, false, "HTTP/1.1 503 Service Unavailable", "/well");
}

static void a_header_of_ours_cannot_be_split(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/split")));
    bool closed;
    str got = hear(x, fd, &closed);
    assert_non_null(strstr(got.at, "HTTP/1.1 500 Internal Server Error"));
    assert_null(strstr(got.at, "Set-Cookie"));
    assert_null(strstr(got.at, "never"));
    assert_true(closed);
}

static void nothing_of_a_request_stays_in_memory(void **state)
{
    struct world *x = *state;
    int fd = connect_client(x);
    say(x, fd, lit("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nwhere she is"));
    answers(x, fd, false, "where she is");
    struct http_server *s = x->server;
    assert_null(memmem(s->arena_start, 1 << 20, "where she is", 12));
    assert_null(memmem(s->buffers.at, (size_t)(4 * s->buffers.size), "where she is", 12));
}

static void a_tick_comes_about_once_a_second(void **state)
{
    struct world *x = *state;
    http_watch(x->server, -1, count_tick, x);
    settle(x);
    assert_int_equal(x->ticks, 0);
    pass_seconds(x, 1);
    assert_int_equal(x->ticks, 1);
    now += 999;
    settle(x);
    assert_int_equal(x->ticks, 1);
}

static void answer_all(void *app, int fd)
{
    struct world *x = app;
    char byte;
    assert_int_equal(read(fd, &byte, 1), 1);
    for (ptrdiff_t i = 0; i < x->parked_count; i++)
        http_answer(x->server, x->parked[i], fill, x, "from the watcher");
}

static void a_watched_channel_brings_the_answer(void **state)
{
    struct world *x = *state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    http_watch(x->server, ends[0], answer_all, x);
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/park") GET_OF("/after")));
    assert_int_equal(x->fills, 0);
    assert_int_equal(write(ends[1], "!", 1), 1);
    answers(x, fd, false, "from the watcher", "\r\n\r\n/after");
    close(ends[0]);
    close(ends[1]);
}

static void workers_share_one_listening_socket(void **state)
{
    struct world *x = *state;
    struct http_server *second = http_open(x->listening, (struct http_limits){ .connections = 4 }, answer, x);
    for (int i = 0; i < 4; i++)
        say(x, connect_client(x), lit(GET_OF("/park"))); /* the first worker is full of what it cannot drop */
    int fd = connect_client(x);
    say(x, fd, lit(GET_OF("/elsewhere")));
    assert_int_equal(x->handled, 4);
    for (int i = 0; i < 4; i++)
        (void)http_step(second, 1);
    answers(x, fd, false, "/elsewhere");
    http_stop(second);
    (void)http_step(second, 0);
    close(second->epoll);
}

static void stopping_answers_the_parked_in_time_and_lets_the_idle_go(void **state)
{
    struct world *x = *state;
    int idle = connect_client(x), answered = connect_client(x), late = connect_client(x);
    say(x, answered, lit(GET_OF("/park")));
    say(x, late, lit(GET_OF("/park")));
    http_stop(x->server);
    bool closed;
    hear(x, idle, &closed);
    assert_true(closed);
    http_answer(x->server, x->parked[0], fill, x, "in time");
    answers(x, answered, true, "Connection: close", "in time");
    assert_true(http_step(x->server, 0));
    now += 3000;
    assert_false(http_step(x->server, 0));
    answers(x, late, true, "HTTP/1.1 503 Service Unavailable");
}

static void a_signal_ends_the_run(void **state)
{
    struct world *x = *state;
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    kill(getpid(), SIGTERM);
    assert_int_equal(http_run(x->server), 0);
}

/* Of this process, the other end of the client's connection. */
static int accepted_of(int client)
{
    struct sockaddr_in own, peer;
    socklen_t n = sizeof own;
    assert_int_equal(getsockname(client, (struct sockaddr *)&own, &n), 0);
    for (int fd = 0; fd < 1024; fd++) {
        n = sizeof peer;
        if (!getpeername(fd, (struct sockaddr *)&peer, &n) && n == sizeof peer && peer.sin_family == AF_INET && peer.sin_port == own.sin_port)
            return fd;
    }
    return -1;
}

static int no_delay(int fd)
{
    int on = -1;
    socklen_t n = sizeof on;
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &n), 0);
    return on;
}

static void an_answer_waits_for_no_acknowledgement_of_the_one_before(void **state)
{
    struct world *x = *state;
    int plain = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd = accepted_of(connect_client(x));
    assert_int_equal(no_delay(plain), 0); /* nobody has it by himself */
    assert_true(fd >= 0);
    assert_true(no_delay(fd) > 0);
    close(plain);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)
    const struct CMUnitTest tests[] = {
        test(a_page_is_served_and_the_connection_stays),
        test(a_head_request_and_an_empty_answer_have_no_body),
        test(byte_by_byte_gives_what_all_at_once_gives),
        test(pipelined_requests_are_answered_in_order),
        test(a_parked_request_holds_back_those_after_it),
        test(a_client_that_leaves_frees_its_parked_place),
        test(a_refusal_is_constant_and_closes),
        test(a_line_without_an_end_is_refused_when_it_is_too_long),
        test(a_client_that_only_listens_any_more_gets_its_answer_and_the_end),
        test(a_body_too_large_is_refused_while_it_is_still_sent),
        test(a_long_body_arrives_whole_and_what_follows_is_not_lost),
        test(a_client_that_asks_first_is_told_to_go_on),
        test(connection_close_is_honoured),
        test(each_wait_has_its_deadline),
        test(a_refused_client_that_never_hangs_up_is_left_behind),
        test(a_reader_too_slow_is_dropped),
        test(a_long_answer_reaches_a_reader_in_time),
        test(when_full_the_oldest_idle_gives_way_and_the_busy_stay),
        test(while_paused_nothing_is_read_but_answers_go_out),
        test(an_answer_waits_for_no_acknowledgement_of_the_one_before),
        cmocka_unit_test_setup_teardown(a_long_body_without_room_waits_for_it, open_narrow_world, close_world),
        cmocka_unit_test_setup_teardown(who_only_announces_much_holds_nothing, open_narrow_world, close_world),
        cmocka_unit_test_setup_teardown(who_lags_behind_gives_way_to_a_long_body_that_finds_no_room, open_narrow_world, close_world),
        cmocka_unit_test_setup_teardown(who_falls_silent_gives_way_to_a_long_body_that_finds_no_room, open_narrow_world, close_world),
        test(a_handler_that_eats_its_memory_is_answered_for),
        test(a_header_of_ours_cannot_be_split),
        test(nothing_of_a_request_stays_in_memory),
        test(a_tick_comes_about_once_a_second),
        test(a_watched_channel_brings_the_answer),
        test(workers_share_one_listening_socket),
        test(stopping_answers_the_parked_in_time_and_lets_the_idle_go),
        test(a_signal_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
