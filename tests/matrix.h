/*
 * The access matrix: every route of both sides x every role x where its holder stands x whose object x how the request
 * is made. What must come out follows from the route table (permission), the role table (held bits, rings), the wall
 * and who is on which ring; never from a handler. A new route, and a new role, is in the matrix by being in its table.
 * Everybody and every word in it is invented.
 */
#ifndef TESTS_MATRIX_H
#define TESTS_MATRIX_H
#include "world.h"
#include <netinet/in.h>
#include <stdio.h>
#include "app/feature_list.h"
#include "staff/role/role.h"

enum { MATRIX_SETS = 40, MATRIX_CALLERS = 64, OFFICES = 2 };

/* Where a person of a role stands. The sealed envelope is one, and a stranger is nobody. */
enum standing {
    MEMBER,    /* of the first office, on the rings of the job */
    ELSEWHERE, /* the same of the second office */
    REMOVED,   /* of the first office, taken off its rings in a session that had read before */
    DEPARTED,  /* the account has ended; the old cookie is still sent */
    SHUT,      /* a member whose session was idle: the keys are shut */
    STANDINGS
};
/* Whose object is named: of the first office, of the second, of nobody, or not even an id. */
enum place { HERE, THERE, NOWHERE, GARBLED, PLACES };
/* How the request is made. Of a GET there is only SOUND. */
enum fault { SOUND, NO_TOKEN, FOREIGN_TOKEN, CROSS_SITE, NO_ORIGIN, OTHER_BODY, FAULTS };
enum outcome { ABSENT, KEYS_SHUT, TURNED_AWAY, SERVED };

/* Words that may only be where they belong; and the id of the tip, whose existence is content too. */
enum planted { IN_TIP, IN_SOURCE, IN_ADDITION, IN_NOTE, IN_REPLY, TIP_ID,
               IN_CASE, IN_ENTRY, IN_SUBJECT, IN_ALIAS, IN_CARE, IN_NAME, IN_PLACE, IN_REQUEST, IN_PACKET, PLANTED };
#define PLANT(p) (1u << (p))

struct matrix_caller {
    const struct role *role; /* NULL: a stranger */
    enum standing standing;
    bool signed_in;          /* as the program should see it */
    int office;
    id account;
    token token;
    uint8_t form_key[32];
    char cookie[72];
    str shut_page;           /* the first answer of keys that are shut: all are the same */
};
/* One side behind a real socket. */
struct matrix_door {
    struct matrix *matrix;
    enum side side;
    int listening;
    struct sockaddr_in address;
    struct http_server *server;
};
enum { HTTP_NEVER, HTTP_SAMPLE, HTTP_ALWAYS }; /* which cells are asked over the sockets; the sample is 5 in 100 */
struct matrix {
    struct app *app;
    struct db *staff_db, *public_db;
    struct services staff_services;
    struct web staff, public;
    struct routes table[MATRIX_SETS];  /* what is agreed: expectations are made from these */
    struct routes served[MATRIX_SETS]; /* what is asked; differs from table only in a control */
    ptrdiff_t set_count;
    struct matrix_caller callers[MATRIX_CALLERS];
    ptrdiff_t caller_count;
    struct signed_in administrator, supervisor; /* sessions of their own, for the house's errands */
    id office[OFFICES], tip[OFFICES], casefile[OFFICES];
    id victim[OFFICES]; /* a file of care */
    id duty[OFFICES];
    char receipt[OFFICES][25];
    char planted[OFFICES][PLANTED][40];
    struct arena keep, scratch;
    int errand;                        /* makes names that were never used */
    FILE *list;                        /* every cell, one a line, when asked for */
    int64_t cells, wrong, untaught;
    bool quiet;                        /* a control: its wrong cells are wanted */
    int shown;                         /* wrong cells printed */
    struct matrix_door door[2];        /* by side */
    int http;
    bool over_http;                    /* the cell at hand */
    int64_t http_cells;
    struct chance sample;              /* seeded: the same cells each time */
};

struct matrix *matrix_make(void);
void matrix_end(struct matrix *m);
/* As app_shut and app_reopen, with the databases of both sides. */
void matrix_shut(struct matrix *m);
void matrix_reopen(struct matrix *m, const char *folder, bool fresh);
const struct matrix_caller *matrix_find(const struct matrix *m, const char *role, enum standing s);
/* The same, who signs in once more and holds the keys again: somebody whose session was idle. Moves the clock. */
const struct matrix_caller *matrix_open_keys(struct matrix *m, const char *role, enum standing s);
/* Somebody invited a moment ago, in the state the act needs: an object that may be used up. */
id matrix_fresh_person(struct matrix *m, int office, const char *state);
id matrix_person(const struct matrix *m, int office);
id matrix_fresh_key(struct matrix *m, int office); /* of a partner's system, for tips */

struct matrix_request {
    enum side side;
    enum method method;
    str path, type, body;
    enum fault fault;
    const struct matrix_caller *caller;
};
/* The whole answer as bytes: status, type, headers, body. Parked ones are waited for. */
str matrix_ask(struct matrix *m, struct arena *a, const struct matrix_request *q);

/* Opens the doors; the answer to one request, in the form of matrix_ask. */
void matrix_serve(struct matrix *m);
str matrix_ask_served(struct matrix *m, struct arena *a, enum side side, const struct http_request *r);

/* Runs the cells of the routes of this path (NULL: of all). only: one caller, or NULL. */
void matrix_run(struct matrix *m, const char *path, const struct matrix_caller *only);
#endif
