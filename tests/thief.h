/*
 * Who has the keys database, K0 and tools of their own, but no secret of a person: rows as the house would write them, under real signatures and
 * under invented ones. (hand_of reads somebody's own keys with their passphrase: what no thief has, and the controls need.)
 */
#ifndef TESTS_THIEF_H
#define TESTS_THIEF_H
#include "keeper_world.h"

struct hand { /* who signs, and in whose name */
    id named;
    struct identity own;
};
struct false_person {
    str name;
    id id;
    struct identity own;
    uint8_t otp_secret[20];
};

/* With no rights taken away: SQL of the thief's own connection. The caller closes. */
struct db *thief_in(struct world *x);
/* Somebody's own keys, by K0 and their passphrase. */
struct hand hand_of(struct world *x, enum someone who);
/* A thief's hand in somebody's name. */
struct hand forged(struct world *x, id named);
/* The row, the slot and the factor of a person who signs in with an invented passphrase; certificates come apart. */
struct principal put_person(struct world *x, str name, enum wall_class class, uint8_t powers, struct false_person *out);
void put_cert(struct world *x, const struct principal *p, const struct hand *by); /* of what p says */
struct ring ring_row(struct world *x, enum compartment c); /* of the office */
/* The secret of a ring, out of somebody's own wrap. */
void secret_of(struct world *x, const struct ring *r, const struct hand *member, uint8_t secret[KEY]);
void put_wrap(struct world *x, const struct ring *r, id who, const uint8_t open[KEY], const uint8_t secret[KEY]);
/* A grant of today, without a wrap. */
void put_member(struct world *x, const struct ring *r, const struct principal *who, const struct hand *granter);
/* The next epoch of a ring, its secret the writer's own. */
void put_epoch(struct world *x, struct ring *r, const struct hand *by, const struct box_pair *pair);
status false_sign_in(struct world *x, const struct false_person *who, struct signed_in *out);
/* They do not come in. */
void assert_nobody(struct world *x, const struct false_person *who);
#endif
