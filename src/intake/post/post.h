/*
 * A public worker's end of the acceptor's channel. A submission goes out sealed, its connection is
 * parked, and when the verdict comes a second small function writes the answer. Until then its bytes
 * stay here, so that a new acceptor can be told again: same key, one tip.
 */
#ifndef INTAKE_POST_POST_H
#define INTAKE_POST_POST_H
#include "intake/acceptor/acceptor.h"
#include "intake/post/supply.h"
#include "lib/http/http.h"
#include "lib/web/language.h"

struct services;

enum { POST_PARKED_MOST = 8192, POST_AGAIN_MS = 10000, POST_GIVE_UP_MS = 30000, POST_FORMS = 32, POST_FORM_BYTES = 65536, POST_FORM_MS = 60000 };
enum { PARKED_BYTES_EACH = 16 << 20 }; /* a worker; with the 16 there are at most, 256 MiB. Beyond it sockets are not read */

/* What is kept of a parked request beside its sealed bytes: nothing a person wrote. */
struct parked {
    const struct language *language;
    uint8_t answer_key[KEY], idem[16]; /* open the answer that came with it or was stored before */
    struct services *services;       /* process lifetime */
    int64_t now;
    bool secure;
    bool flag;                       /* the feature's own: one bit about which page to write */
};
/* Writes the answer. answer: the sealed box that holds good, ours or the earlier one. */
typedef void post_filler(const struct parked *p, const struct verdict *v, struct arena *a, struct http_response *w);

/* The server as the post sees it, so that tests need no socket. */
struct post_line {
    void *server;
    void (*answer)(void *server, struct http_place place, http_filler *fill, void *app, void *detail);
    void (*pause)(void *server, bool paused);
    void (*stop)(void *server); /* the acceptor's channel is closed: end, and be started again */
    int64_t (*monotonic_ms)(void);
};
struct post;
/*
 * Who hears nothing for POST_GIVE_UP_MS is told that it was not received (CODE_STORE) and may send it again: with its key it is one tip,
 * whatever became of the first. Process lifetime. Empties the channel of what was meant for a predecessor; serials start at random. */
struct post *post_open(int channel, ptrdiff_t parked_bytes, struct post_line line, struct chance *chance);
/* For http_watch, app being the post: verdicts wait, or (fd -1) a second has passed. */
void post_ready(void *post, int fd);
struct supply *post_supply(struct post *p);

/* WAIT: parked, fill will run. BUSY: no room; nothing was sent. */
status post_send(struct post *p, struct http_place place, str message, const struct parked *detail, post_filler *fill) MUST_CHECK;
/* The same when nobody waits for the verdict; silently not sent when there is no room. */
void post_tell(struct post *p, str message);
bool post_has_room(const struct post *p);
ptrdiff_t post_waiting(const struct post *p);

/* 16 random bytes, once each. Drawn from the system many at a time: a call to it for each form is one that need not be. */
enum { FORM_KEY = 16 };
void post_fresh_key(struct post *p, struct chance *chance, uint8_t to[FORM_KEY]);

/* The rendered form of one language, with a hole for the key; len 0: render it (the first time, or a minute old). */
struct post_form {
    const struct language *language;
    char *bytes;
    ptrdiff_t len, hole;
    int64_t kept_ms;
};
struct post_form *post_form(struct post *p, const struct language *language, int64_t monotonic_ms);
void post_form_keep(struct post_form *f, str html, str hole, int64_t monotonic_ms);
#endif
