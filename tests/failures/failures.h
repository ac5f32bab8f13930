/*
 * Every operation of the product, with its n-th allocation or its n-th call to the disk failing, n = 1, 2, ... until nothing failed any more.
 * Each try is made in a child process, on a copy of one house; what is left is then looked at by another, as a new start of the program would.
 * Everybody and every word in the house is invented.
 */
#ifndef TESTS_FAILURES_FAILURES_H
#define TESTS_FAILURES_FAILURES_H
#include "fault.h"
#include "matrix.h"

/* A house whose databases are shut, for children to open copies of; and what its operations need. */
struct tried {
    struct matrix *m;
    char base[64], at[128]; /* the folder; the copy at hand */
    struct arena a;
    const char *sets;        /* stamp of the backup that lies in base */
    uint8_t offline[2][KEY]; /* a recipient of backups: open, secret */
    str list;                /* of a root ceremony, to be brought */
    int attempt;             /* the first run of an act in a copy is 1: names, numbers and files that only it uses */
    int drawn;
    bool done_again;         /* the second run of the act was done */
    bool no_way_back;        /* every call failed to the end: what was half made could not be taken away either */
};

/* What an operation said: done is its word that it is done. An answer of HTTP has its status and the hash of its body. */
struct said {
    bool done;
    int code;
    uint64_t body;
};
struct act {
    const char *name;
    /* By HTTP. {tip}, {case}, {file}, {receipt} and the like in path and body stand for what the house has. role NULL: a stranger. */
    enum side side;
    enum method method;
    const char *path, *body, *role;
    /* Else: by a function of the product, on files. */
    bool (*run)(struct tried *s);
    /* What is on the disk is whole: what was said to be done is there, and nothing that is there is half. */
    bool (*whole)(struct tried *s, bool done);
    bool loose; /* by HTTP: several transactions in a row, so a try that was not answered may have done a part */
};
extern const struct act acts[];
extern const int act_count;
extern const struct act planted_acts[]; /* which lie: the control */
extern const int planted_count;

enum { ROLE_ENDED = 77 }; /* exit of a child: a role of the program would have ended with 1 here, and be started again */
/* Makes the house, once. */
void tried_make(struct tried *s);
/* In a child: opens the house in s->at. fresh: after a new start, everybody signs in anew. */
void tried_open(struct tried *s, bool fresh);
void tried_sign_in(struct tried *s, const struct act *act);
/* Whether one of its databases or its keeper would have to begin anew now: the process that holds it would have ended. */
bool tried_ended(const struct tried *s);
/* What is asked for, made before anything fails. */
struct matrix_request tried_request(struct tried *s, const struct act *act);
struct said tried_do(struct tried *s, const struct act *act, const struct matrix_request *q);

/* The rows of both databases, counted and summed by column. */
enum { MARKS_MOST = 1200 };
struct marks {
    int64_t at[MARKS_MOST]; /* content's first, then those of the keys; a table's count stands before its columns */
    bool counts[MARKS_MOST];
    int content, all;
};
bool marks_take(const char *folder, struct marks *out);
/* The databases hold together by SQLite's own reading, and their schema is ours. */
bool stores_whole(struct tried *s);
#endif
