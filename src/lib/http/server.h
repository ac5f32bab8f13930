/* What the files of lib/http share; nobody else includes this. */
#ifndef LIB_HTTP_SERVER_H
#define LIB_HTTP_SERVER_H
#include "lib/http/http.h"

int http_hex_digit(char c); /* 0..15, or -1 */
struct http_limits http_limits_filled(struct http_limits limits); /* zeros replaced by the defaults */

/* Status line, headers and the empty line, made in head's arena. False: a header of ours holds a
 * control character, or they are too long. */
bool http_reply_head(struct out *head, const struct http_response *w, str date, bool closing, ptrdiff_t body_len);
/* A whole response that says the status and nothing else: never a word of what was sent. */
struct http_response http_plain(int code);
/* The same for a request whose path was read already: under /api/ as problem details. */
struct http_response http_refusal(int code, str path);
bool http_status_has_body(int code);
void http_date(char to[29], int64_t unix_seconds); /* RFC 9110 5.6.7: "Tue, 24 Nov 2026 09:15:00 GMT" */

/*
 * Buffers of one size, reserved at start and touched only when taken. The last released are taken first,
 * so that a busy worker goes on in a few warm pages; beyond those, pages return to the system. Every buffer
 * is wiped when it comes back.
 */
struct buffers {
    char *at;
    ptrdiff_t size;
    uint32_t *warm, *cold; /* numbers of free buffers */
    uint32_t warm_len, cold_len;
};
struct buffers buffers_open(struct arena *a, ptrdiff_t size, ptrdiff_t count);
char *buffers_take(struct buffers *b);
void buffers_release(struct buffers *b, char *buffer, ptrdiff_t used);

/* Memory for one long body or one answer not yet taken: pages of its own, counted against a ceiling. */
struct held {
    char *at;
    ptrdiff_t len;
};
bool held_take(struct held *h, ptrdiff_t len, ptrdiff_t *held, ptrdiff_t ceiling);
void held_release(struct held *h, ptrdiff_t *held);

/* What a connection waits for. Each wait but the parked has one duration, so its list is ordered by deadline. */
enum wait { FREE, IDLE, HEAD_COMING, BODY_COMING, NO_ROOM, PARKED, WRITING, LEAVING, WAITS };

struct connection {
    struct connection *before, *after; /* neighbours in the list of its wait */
    struct connection *next_ready;
    int fd;
    uint32_t serial; /* of this connection: an event meant for an earlier one in this slot is stale */
    uint32_t turn;   /* of this request */
    enum wait wait;
    int64_t deadline;
    int64_t heard;   /* when bytes of it came last */
    bool ready;      /* in the list of those to go on with */
    bool readable;   /* the socket may hold bytes (edge-triggered: known until a read says otherwise) */
    bool ended;      /* the client has ended its side */
    bool closing;    /* after this answer */
    bool head_only, keep_alive, continued;
    char *in;        /* a buffer, or NULL while there is nothing to keep */
    ptrdiff_t from, to, need; /* unread bytes are from..to; no use in looking before there are need of them */
    struct held body; /* a body too long for the buffer */
    ptrdiff_t body_got;
    struct held rest; /* an answer not yet taken: rest.at[rest_from..], then tail */
    ptrdiff_t rest_from;
    str tail;         /* bytes that live for ever */
};

struct list {
    struct connection *first, *last;
};
struct watcher {
    int fd;
    http_watcher *ready;
    void *app;
};
enum { WATCHERS = 16, HTTP_RESERVE = 1 << 18 }; /* the reserve: beyond a request's arena, for the head of its answer */

struct http_server {
    struct http_limits limits;
    http_handler *handle;
    void *app;
    int listening, epoll;
    int64_t (*clock)(void);
    int64_t now;           /* milliseconds, read once a turn of the loop */
    int64_t paused_since, paused_for; /* reading deadlines stand still while we do not read */
    int64_t next_tick, stop_at;
    bool accepting, accept_rests, paused, stopping;
    bool busy;             /* the arena is in use: a handler or a filler runs */
    struct connection *table;
    uint32_t used;         /* slots ever used: those above were never touched */
    uint32_t serial;
    ptrdiff_t live, held;
    struct list waits[WAITS];
    struct connection *ready_first, *ready_last;
    struct buffers buffers;
    struct arena arena;    /* of the request at hand */
    char *arena_start, *arena_end;
    struct watcher watchers[WATCHERS];
    ptrdiff_t watcher_count;
    int64_t date_second;
    char date[29];
};

/* serve.c: the loop and its lists. */
void wait_for(struct http_server *s, struct connection *c, enum wait wait);
void go_on_later(struct http_server *s, struct connection *c);
void connection_close(struct http_server *s, struct connection *c, bool reset);
/* Refuses the oldest long body that has fallen silent, or will not be here by its deadline if it goes on as so far. False: there is none. */
bool refuse_laggard(struct http_server *s);
/* talk.c: what is said on one connection. */
void connection_go_on(struct http_server *s, struct connection *c);
void connection_refuse(struct http_server *s, struct connection *c, int code, str path); /* path: empty while it is not known */
#endif
