/*
 * Forbidden acts: what a taken-over role would try. Each is tried in a process of its own, twice: in the cage, where it must be
 * refused, and without it, where it must succeed; an act that fails by itself would prove nothing.
 */
#ifndef TESTS_CAGE_ACTS_H
#define TESTS_CAGE_ACTS_H
#include "lib/base/base.h"
#include <sys/types.h>

/* The small world around a role: made anew for every role. */
struct place {
    char house[256];   /* its data folder */
    char outside[256]; /* a folder beside it */
    char other[300];   /* the database of another role */
    pid_t sibling;     /* a process of the same account, which sleeps; its memory is laid out as ours */
    int tcp_port, udp_port;
    int wal;           /* our own descriptor of the write-ahead log */
};

enum {
    ACT_ROOT = 1,      /* only root could do it without the cage */
    ACT_EVERYBODY = 2, /* the supervisor may not either */
    ACT_READER = 4,    /* forbidden to those alone who read the content database: web-public, engine */
};
struct act {
    const char *name;
    int (*try)(const struct place *);      /* 0: done; else errno */
    void (*prepare)(const struct place *); /* before the cage is shut; NULL: nothing. Ends by `ready` when something is not there */
    unsigned flags;
};
extern const struct act acts_on_files[], acts_on_processes[], acts_on_network[], acts_on_kernel[];

/* What prepare left for try. */
extern int kept_fd, kept_pair[2];
extern char kept_page[4096];

/* Ends this process as "could not be prepared", saying where, unless good. */
void ready_or_end(bool good, const char *what);
#define ready(x) ready_or_end((x), #x)
/* 0 when good, else errno. */
int told(bool good);
/* folder/name in a buffer that the next call but three overwrites. */
const char *in(const char *folder, const char *name);
#endif
