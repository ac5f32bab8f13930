/* Clients over HTTP on loopback: one thread, epoll, keep-alive, one request under way on each connection. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H
#include "lib/base/base.h"

struct load {
    int port, clients;
    double seconds;
    int expect;           /* the HTTP status that counts */
    str request;          /* head and body, complete */
    ptrdiff_t key_at;     /* where each request gets 32 hex digits of its own; -1: nowhere */
    bool key_is_uuid;     /* 36 characters with dashes instead */
};
struct load_result {
    int64_t answered;     /* whole answers of the expected status inside the time */
    int64_t refused;      /* others, and connections that broke: must be 0 */
    double a_second, p50_ms, p99_ms;
    double own_cpu;       /* processor seconds of this generator: it shares the machine with what it measures */
};
struct load_result load_run(const struct load *l);
/* One GET on a connection of its own: the status, or 0 when nobody listens. */
int load_get(int port, const char *path);
#endif
