/*
 * A strict subset of HTTP/1.1 (RFC 9110, 9112) on epoll: bytes to request, response to bytes.
 * What is not plainly right is refused and the connection closed. Single thread, no allocation
 * per request beyond its arena. Parked requests wait without a buffer.
 */
#ifndef LIB_HTTP_HTTP_H
#define LIB_HTTP_HTTP_H
#include "lib/base/base.h"

enum method { GET, POST, HEAD, OTHER_METHOD };

struct header {
    str name, value; /* name as received; value trimmed of spaces and tabs */
};
struct http_request {
    enum method method;
    str path;  /* starts with '/', as received, still percent-encoded */
    str query; /* after '?', without it; may be empty */
    const struct header *headers;
    ptrdiff_t header_count;
    str body;
    struct arena *arena; /* lives until the response is handed over */
};
str http_header(const struct http_request *r, str name); /* first of that name, folded; else empty */

struct http_response {
    int status;
    str type;                    /* Content-Type; empty when there is no body */
    str lines;                   /* header lines made ahead, each with its CRLF: constants of ours, sent as they are */
    struct header headers[24];   /* further ones */
    ptrdiff_t header_count;
    struct out body;             /* arena-made */
    const char *fixed;           /* or bytes that live for ever: sent without copying */
    ptrdiff_t fixed_len;
    bool close;
};

/* Ceilings and deadlines; zero takes the default beside it. */
struct http_limits {
    ptrdiff_t head_bytes;   /* 16384: request line and headers together */
    ptrdiff_t header_count; /* 64 */
    ptrdiff_t body_bytes;   /* 262144 */
    ptrdiff_t connections;  /* 4096 */
    int head_seconds;       /* 10: from first byte to end of head */
    int body_seconds;       /* 60 */
    int idle_seconds;       /* 30: between requests */
    int write_seconds;      /* 60: a reader slower than this is dropped */
    ptrdiff_t arena_bytes;  /* 16 MiB a request */
    ptrdiff_t held_bytes;   /* 128 MiB: long bodies under way (from their first 16 KiB on) and answers not yet taken, together;
                               beyond, a long body waits until one that lags gives way, and an answer nobody reads is dropped */
};

struct http_server; /* one event loop of one worker */
struct http_place { /* names one parked request; stale ones are ignored */
    uint32_t slot, turn;
};
/*
 * Answers r by filling w; its memory is wiped when this returns and the response is handed over. WAIT parks the request: the handler has kept what it needs (no arena memory),
 * place names it, and http_answer gives the response later. Any other status is not looked at.
 */
typedef status http_handler(void *app, struct http_place place, const struct http_request *r, struct http_response *w);
typedef void http_watcher(void *app, int fd);

/* Takes a non-blocking listening socket, which other workers may share. The tables live as long as the process. */
struct http_server *http_open(int listening_fd, struct http_limits limits, http_handler *handle, void *app);
/* Calls back when fd can be read, or every tick (about once a second) for fd -1. */
void http_watch(struct http_server *s, int fd, http_watcher *ready, void *app);
/*
 * Finishes a parked request. fill runs with a fresh arena and writes the response; not at all when the
 * client has left meanwhile (ended its side of the connection). Never from within a handler or a filler.
 */
typedef void http_filler(void *app, struct arena *a, struct http_response *w, void *detail);
void http_answer(struct http_server *s, struct http_place place, http_filler *fill, void *app, void *detail);
/* While paused no further bytes are read and nothing is accepted (back-pressure); answers still go out. */
void http_pause(struct http_server *s, bool paused);
/*
 * Serves until http_stop, SIGTERM or SIGINT (both blocked and read by the loop itself); then takes nothing new,
 * waits at most three seconds for answers under way, and returns 0. Parked requests left over get a 503.
 */
int http_run(struct http_server *s);
void http_stop(struct http_server *s);
/* For tests: one turn of the loop, waiting at most wait_ms; false when stopped and all is over. */
bool http_step(struct http_server *s, int wait_ms);
void http_use_clock(struct http_server *s, int64_t (*milliseconds)(void)); /* instead of the monotonic clock */

/*
 * application/x-www-form-urlencoded (also a query), strictly, into arena memory. INVALID: a raw byte outside
 * printable ASCII, a broken percent triplet, text that is not UTF-8 or holds NUL, no name, more than max fields.
 */
struct field {
    str name, value;
};
struct fields {
    struct field *at;
    ptrdiff_t len;
};
status http_form_read(struct arena *a, str encoded, ptrdiff_t max, struct fields *out) MUST_CHECK;
bool http_percent_decode(struct arena *a, str s, bool plus_is_space, str *out); /* UTF-8 without NUL, or false */
str http_cookie(const struct http_request *r, str name); /* empty when absent or doubled */

/* The reader alone, for tests and the fuzzer: no socket. Once refused, more bytes never change the refusal. */
enum http_verdict { HTTP_MORE, HTTP_HEAD_DONE, HTTP_REFUSED };
struct http_head {
    struct http_request request;
    ptrdiff_t head_bytes;     /* how many bytes the head took */
    ptrdiff_t content_length; /* 0 when none was named */
    bool keep_alive, expects_continue;
    int refusal;              /* 400, 411, 413, 414, 417, 431, 501, 505 */
};
enum http_verdict http_head_read(struct arena *a, str bytes, struct http_limits limits, struct http_head *out);
#endif
