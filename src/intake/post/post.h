/*
 * A public worker's end of the acceptor's channel. A submission goes out sealed, its connection is
 * parked, and when the verdict comes a second small function writes the answer. Until then its bytes
 * stay here, so that a new acceptor can be told again: same key, one tip.
 */
#ifndef INTAKE_POST_POST_H
#define INTAKE_POST_POST_H
#include "intake/acceptor/message.h"
#include "intake/post/supply.h"
#include "lib/http/http.h"
#include "lib/web/language.h"

enum { POST_PARKED_MOST = 8192, POST_AGAIN_MS = 10000 };
enum { PARKED_BYTES_OF_ALL = 256 << 20 }; /* of all workers together; beyond it sockets are not read */

/* What is kept of a parked request beside its sealed bytes: nothing a person wrote. */
struct parked {
    const struct language *language;
    uint8_t answer_key[KEY], idem[16]; /* open the answer that came with it or was stored before */
    bool json, source_dropped, secure; /* API; the way to reach them was not kept, as they chose */
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
/* Process lifetime. Empties the channel of what was meant for a predecessor; serials start at random. */
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
#endif
