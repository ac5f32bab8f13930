/*
 * A whole application in one process, for tests: content database, a keeper in process (keeper_world.h), the packs of the
 * tree, the acceptor called by hand, requests through the dispatcher. No socket, no sleep, a clock that stands still.
 * Everybody and everything in it is invented.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H
#include "keeper_world.h"
#include <unistd.h>
#include "common/clock/clock.h"
#include "common/house/house.h"
#include "common/pack/pack.h"
#include "common/rules/rules.h"
#include "common/services.h"
#include "intake/acceptor/acceptor.h"
#include "intake/post/post.h"
#include "lib/web/html.h"
#include "lib/web/web.h"

struct app {
    struct world *keys;
    struct db *content;             /* every right: a test looks and writes as it likes */
    struct db *reader, *acceptor;   /* with the rights of web-public and of the acceptor, and no others */
    char path[128];
    struct arena process, request, later; /* later: of the verdict's answer */
    struct arena request_whole, later_whole;
    struct house house;
    struct pack pack;
    struct pack_rules rules;
    struct pack_clocks clocks;
    struct services services;
    struct chance chance;
    struct web web;
    int channel[2];                       /* the worker's end, the acceptor's end */
    struct http_response w;               /* the last answer, whenever it came */
    bool parked, paused;
    int commits, taken;                   /* of the acceptor */
    void (*settle)(struct app *x);        /* what app_settle does instead; NULL: one acceptor_take, which must succeed */
};
/* demo: the house opens by itself; else locked. Routes: the public ones. */
struct app *app_make(bool demo);
struct app *app_make_of(bool demo, const struct plan_person *people, ptrdiff_t n);
void app_end(struct app *x);
/* As world_shut and world_reopen, with the content database and the channel to the acceptor; what was parked is forgotten. */
void app_shut(struct app *x);
void app_reopen(struct app *x, const char *folder, bool fresh);
void app_new_channel(struct app *x); /* and a new worker's end of it */

/* One request. It may be parked (x->parked); app_settle lets the acceptor take all that waits and answers. */
void app_get(struct app *x, const char *path);
void app_post(struct app *x, const char *path, const char *body);
void app_post_str(struct app *x, const char *path, str body);
void app_post_json(struct app *x, const char *path, const char *key, const char *body);
void app_settle(struct app *x);
/* Any request, of any dispatcher of this application: what the calls above are made of. Path may bear a query. */
void app_request(struct app *x, struct web *web, struct http_request *r);
/* The acceptor takes and commits, but its answers are lost: a crash between commit and answer, and a new acceptor. */
void app_crash_acceptor(struct app *x);
str app_body(const struct app *x);
const struct db_right *app_acceptor_rights(void);
/* What this process has done so far: messages to the keeper on the public channel, SQL statements on all its databases. */
struct app_work {
    int64_t asked, statements;
};
struct app_work app_work(const struct app *x);
bool app_says(const struct app *x, const char *text);
int64_t app_count(struct app *x, const char *sql);
/* The first column of the rows, ids all of them; at most that many. Returns how many there are. */
ptrdiff_t app_ids(struct app *x, const char *sql, id *out, ptrdiff_t most);
/* How the engine will find the rows of a statement of the program, by its name: its plan, one step a line, in process. */
str app_plan(struct app *x, const char *statement);
void app_break(struct app *x, const char *sql); /* behind the program's back */
/* The receipt the last page or JSON shows. */
void app_receipt(const struct app *x, char digits[25]);
/* The tip stored last, opened by the call taker. False: nobody could. */
bool app_open_tip(struct app *x, id tip, struct sealed_fields *out);
id app_last_tip(struct app *x);
#define assert_http(x, n) assert_int_equal((x)->w.status, (n))
#define assert_says(x, text) assert_true(app_says((x), (text)))
#define assert_silent(x, text) assert_false(app_says((x), (text)))
#endif
