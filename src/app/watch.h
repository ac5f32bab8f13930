/* The role that answers whoever watches the machine: /healthz and /metrics, on an address of this machine alone. */
#ifndef APP_WATCH_H
#define APP_WATCH_H
#include "lib/http/http.h"
#include "lib/store/db.h"
#include "vault/keeper.h"

struct watch {
    struct db *db;
    struct keeper *keeper; /* on a channel of ROLE_WATCH */
    int64_t (*now)(void), (*monotonic_ms)(void);
};
/* Answers one request. Anything that says it was sent on (Forwarded, X-Forwarded-For, Via) gets 404, as every other path. */
http_handler watch_answer;
/* A server to run, of this process alone. */
struct http_server *watch_open(struct db *db, struct keeper *keeper, int listening);
#endif
