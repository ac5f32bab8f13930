/* A house for tests: made by the ceremony, cheap keys, a clock that stands still. Everybody in it is invented. */
#ifndef TESTS_KEEPER_WORLD_H
#define TESTS_KEEPER_WORLD_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "vault/ceremony.h"
#include "vault/keeper_core.h"
#include "vault/node.h"

/* Administrator, supervisor, call taker, carer, auditor, immigration officer, investigator, partner. */
enum someone { ADA, SAM, LIN, CAM, AUD, OFFICER, IVY, PAT, PEOPLE };
struct world {
    char folder[64], path[96];
    struct db *db;
    struct keeper_core *core;
    struct keeper *staff, *pub, *acceptor, *jobs, *control, *engine;
    struct house_made made;
    struct arena arena;
    struct chance chance;
    int64_t now;
    id office;
    uint8_t device[32];
    const struct plan_person *people;
    struct node_made node; /* number 0: the first */
    char node_name[NODE_NAME + 1];
};
extern const char *world_parent; /* where folders of worlds are made: /tmp */
extern uint64_t world_seed;      /* the next world is made of this seed, every id and token of it; 0: by the chance of the system */
extern const struct plan_person world_people[PEOPLE];
enum { WORLD_NOW = 1790000000 }; /* 2026-09-21 */

struct world *world_make(bool demo);       /* demo: opens by itself; else locked, passphrase WORLD_HOUSE */
/* The same of other people; they are looked up by their place in people, which stays the caller's. */
struct world *world_make_of(bool demo, const struct plan_person *people, ptrdiff_t n);
#define WORLD_HOUSE lit("the house by the river")
void world_end(struct world *x);
/* A further node of the same house: made, not admitted yet (its keys need ada and sam, who sign in for it); its keeper, with the clock of x. */
struct node_made world_node(struct world *x, const char *name);
void world_admit(struct world *x, const struct node_made *node);
struct world *world_beside(struct world *x, const struct node_made *node, const char *name);
void world_part(struct world *x);          /* the end of a world that was beside another */
void world_restart(struct world *x);       /* a new keeper on the same database */
/* For a world that many child processes try: closes its database; opens it again where it, or a copy of it, lies now. fresh: with a new
 * keeper, which knows no session; else with the one whose memory came along. */
void world_shut(struct world *x);
void world_reopen(struct world *x, const char *folder, bool fresh);
void world_pass(struct world *x, int64_t seconds);
status world_unlock(struct world *x, str passphrase);
/* Signs in by name; the clock moves a TOTP step so that codes are fresh. */
status world_sign_in(struct world *x, str name, str passphrase, const uint8_t *otp_secret, struct signed_in *out);
struct signed_in world_in(struct world *x, enum someone who);
void world_sql(struct world *x, const char *text); /* behind the keeper's back, constraints off; must succeed */
bool world_sql_tries(struct world *x, const char *text); /* with constraints on */
int64_t world_count(struct world *x, const char *text);

/* ENGINE by whoever has that token, and what the engine is then told; zeros when it is told nothing. */
status world_engine(struct world *x, token by, token *out);

/* RING_* by somebody; *out may be NULL. */
status world_ring(struct world *x, enum ring_verb verb, token t, id ring, enum someone member, struct ring_done *out);
status world_make_ring(struct world *x, token t, enum scope_kind kind, id scope, enum compartment c, id *ring);
id world_ring_of(struct world *x, enum compartment c); /* the office's */

/* A sealed row for a ring of the office, and its opening by somebody. */
struct row {
    id id;
    str sealed;
};
struct row world_seal(struct world *x, enum scope_kind kind, id scope, enum compartment c, const char *text);
uint8_t world_open(struct world *x, token t, const struct row *r); /* the row's code; CODE_OK only when the text came out */
#endif
