/* The keys database in the keeper's words. Every call is a statement or a few; who may call is decided above. */
#ifndef VAULT_KEEPER_STORE_H
#define VAULT_KEEPER_STORE_H
#include "lib/store/db.h"
#include "vault/audit.h"
#include "vault/keys.h"

/* What the keeper may do to its tables; the log is append-only for it too. For db_options.rights. */
extern const struct db_right keeper_rights[];

status principal_find(struct db *db, id who, struct principal *out) MUST_CHECK;
status principal_by_name(struct db *db, const uint8_t name[16], struct principal *out) MUST_CHECK;
status principal_insert(struct db *db, const struct principal *p) MUST_CHECK; /* CONFLICT: the name is taken */
status principal_enrol(struct db *db, const struct principal *p) MUST_CHECK;  /* invited -> pending, with keys */
status principal_activate(struct db *db, id who) MUST_CHECK;
/* Somebody invited who has no keys yet gives the name free, and is revoked. */
status principal_free_name(struct db *db, const uint8_t name[16]) MUST_CHECK;
/* State, name, slots, factor and invitation of one person in one go. */
status principal_revoke(struct db *db, id who) MUST_CHECK;

struct cert {
    id signer;
    uint8_t signature[SIGNATURE];
};
enum { CERTS_READ = 8 };
status cert_list(struct db *db, id who, struct cert out[CERTS_READ], int *n) MUST_CHECK;
status cert_insert(struct db *db, id who, const struct cert *c) MUST_CHECK;
/* A later certificate of the same keys; its signatures are asked for by the serial of p. */
struct term {
    uint16_t serial;
    uint32_t not_before, not_after; /* days, both inclusive */
    bool whole;                     /* was signed by enough; a hint, what counts are the signatures */
};
enum { TERMS_READ = 64 }; /* a year each */
status term_list(struct db *db, id who, struct term out[TERMS_READ], int *n) MUST_CHECK; /* oldest first; FAULT: more than that */
status term_insert(struct db *db, id who, const struct term *t) MUST_CHECK;
status term_set_whole(struct db *db, id who, uint16_t serial) MUST_CHECK;
status term_cert_list(struct db *db, id who, uint16_t serial, struct cert out[CERTS_READ], int *n) MUST_CHECK;
status term_cert_insert(struct db *db, id who, uint16_t serial, const struct cert *c) MUST_CHECK; /* CONFLICT: signed before */
/* Active people whose newest whole certificate ends before a day, with the end of their first; not the node, the engine and root. */
struct ending {
    id who;
    uint32_t not_after;
};
status principal_ending(struct db *db, uint32_t before, struct ending *out, int cap, int *n) MUST_CHECK;

/* Everybody who has or had a power: who may have done something to an account. At most cap. */
status principal_powers(struct db *db, id *out, int cap, int *n) MUST_CHECK;

status invite_insert(struct db *db, id who, const uint8_t code[16], int64_t until_day) MUST_CHECK;
status invite_find(struct db *db, const uint8_t code[16], int64_t today, id *who) MUST_CHECK;
status invite_delete(struct db *db, id who) MUST_CHECK;

status slot_find(struct db *db, id who, enum slot_kind kind, struct slot *out) MUST_CHECK;
/*
 * Salt and cost of the passphrase slot whose name is this or lies nearest to it, on one side: names are hashes, so a name
 * that is nobody's takes as long as one that is somebody's. NOT_FOUND: there is none on that side.
 */
status slot_nearest(struct db *db, const uint8_t name[16], uint8_t nearest[16], struct slot *out) MUST_CHECK;
status slot_put(struct db *db, id who, const struct slot *s) MUST_CHECK;
/* The seed under a key of the API. CONFLICT: another class than that of the principal, or one that the database refuses. */
status api_slot_find(struct db *db, id who, uint8_t box[BOX]) MUST_CHECK;
status api_slot_insert(struct db *db, id who, int64_t class, const uint8_t box[BOX]) MUST_CHECK;

status factor_find(struct db *db, id who, uint8_t otp[20 + AEAD_MORE]) MUST_CHECK;
status factor_insert(struct db *db, id who, const uint8_t otp[20 + AEAD_MORE]) MUST_CHECK;
status factor_step(struct db *db, id who, int64_t step) MUST_CHECK; /* NOT_FOUND: this step was used */

status service_insert(struct db *db, id who, const uint8_t keybox[KEYBOX]) MUST_CHECK;
status service_find(struct db *db, id who, uint8_t keybox[KEYBOX]) MUST_CHECK;
/* Active people whose row says that they certify and whose class may hold SERVICE, and who are not on that ring; at most cap. */
status service_lacking(struct db *db, id ring, id *out, int cap, int *n) MUST_CHECK;
/* The key of a node's snapshot, boxed by the engine. */
status snapshot_find(struct db *db, id node, uint8_t box[BOX]) MUST_CHECK;
status snapshot_put(struct db *db, id node, const uint8_t box[BOX]) MUST_CHECK;
status snapshot_delete(struct db *db, id node) MUST_CHECK; /* OK also: there was none */

/* Failed sign-ins of a pair, zero when there were none. Times are seconds. */
struct failure {
    int64_t tries, since, strikes, wait_until;
};
status failure_find(struct db *db, const uint8_t name[16], const uint8_t device[16], struct failure *out) MUST_CHECK;
status failure_put(struct db *db, const uint8_t name[16], const uint8_t device[16], const struct failure *f) MUST_CHECK;
status failure_delete(struct db *db, const uint8_t name[16], const uint8_t device[16]) MUST_CHECK;
status failure_prune(struct db *db, int64_t before) MUST_CHECK;

status ring_find(struct db *db, id ring, struct ring *out) MUST_CHECK;
status ring_by_scope(struct db *db, enum scope_kind kind, id scope, enum compartment c, struct ring *out) MUST_CHECK;
/* By id, those after one: at most cap. */
status ring_list(struct db *db, id after, struct ring *out, int cap, int *n) MUST_CHECK;
/* What root signed and the log does not know of, by person. ring the same as who: a certificate. */
struct root_act {
    id who, ring;
    uint8_t signature[SIGNATURE];
};
status root_act_new(struct db *db, id root, struct root_act *out, int cap, int *n) MUST_CHECK;
status root_act_insert(struct db *db, const struct root_act *a) MUST_CHECK;
status root_act_fill(struct db *db, id root) MUST_CHECK; /* of a new house: all there is is known */
status ring_insert(struct db *db, const struct ring *r) MUST_CHECK;
/* Office rings whose newest epoch is older than a day. */
status ring_aged(struct db *db, int64_t before_day, id *out, int cap, int *n) MUST_CHECK;
status epoch_find(struct db *db, id ring, uint32_t epoch, struct ring_epoch *out) MUST_CHECK;
/* The new epoch becomes the ring's own. */
status epoch_insert(struct db *db, id ring, const struct ring_epoch *e) MUST_CHECK;
status epoch_set_back(struct db *db, id ring, uint32_t epoch, const uint8_t back[BOX]) MUST_CHECK;

struct members {
    struct member *at;
    ptrdiff_t len;
};
struct ids {
    id *at;
    ptrdiff_t len;
};
status member_find(struct db *db, id ring, id who, struct member *out) MUST_CHECK;
status member_list(struct db *db, struct arena *a, id ring, struct members *out) MUST_CHECK;
status member_insert(struct db *db, const struct member *m) MUST_CHECK;
status member_delete(struct db *db, id ring, id who) MUST_CHECK; /* with wraps */
/* All rings of a person; compartment 0: of every kind. */
status member_rings(struct db *db, struct arena *a, id who, int compartment, struct ids *out) MUST_CHECK;
/* Grants of one kind that a person has a wrap of the newest epoch for, by ring, those after one; at most cap. Nothing of them is believed yet. */
struct reach {
    struct member member;
    struct ring ring;
};
status reach_list(struct db *db, id who, enum compartment compartment, id after, struct reach *out, int cap, int *n) MUST_CHECK;
status wrap_find(struct db *db, id ring, id who, uint32_t epoch, uint8_t wrap[WRAP]) MUST_CHECK;
status wrap_insert(struct db *db, id ring, id who, uint32_t epoch, const uint8_t wrap[WRAP]) MUST_CHECK;
status wrap_delete_old(struct db *db, id ring, uint32_t before) MUST_CHECK;
status ring_shred(struct db *db, id ring) MUST_CHECK;                         /* nothing of it stays */
status ring_shred_until(struct db *db, id ring, uint32_t epoch) MUST_CHECK;   /* epochs <= epoch become noise */

/* What is to be destroyed, and what may not be (keeper_keep.c). day NOT_FOUND: nothing was said. */
status expiry_find(struct db *db, id ring, uint32_t epoch, int64_t *day) MUST_CHECK;
status expiry_insert(struct db *db, id ring, uint32_t epoch, int64_t day) MUST_CHECK;
status expiry_delete(struct db *db, id ring, uint32_t epoch) MUST_CHECK;
status keep_forget(struct db *db, id ring) MUST_CHECK; /* the ring is gone: all that was said of it, and its holds */
struct ring_hold_row {
    id ring, hold, about;
    uint32_t epoch, until_day;
};
status hold_put(struct db *db, const struct ring_hold_row *h) MUST_CHECK; /* CONFLICT: it has a later day, or is about another thing */
/*
 * The last day of the longest hold that stops the destruction of these epochs, or (epoch 0) of the whole ring: one on any ring of the same
 * scope, for a case is held or it is not. NOT_FOUND: none does.
 */
status hold_until(struct db *db, const struct ring *r, uint32_t epoch, int64_t today, int64_t *day) MUST_CHECK;
status hold_rings(struct db *db, id hold, struct ring_hold_row *out, int cap, int *n) MUST_CHECK;
status hold_delete(struct db *db, id hold) MUST_CHECK;

status wall_read(struct db *db, uint64_t *gen) MUST_CHECK;
status wall_move(struct db *db) MUST_CHECK;

struct pepper_row {
    uint32_t id;
    int64_t day;
    uint8_t box[PEPPER_BOX];
};
status pepper_list(struct db *db, struct pepper_row *out, int cap, int *n) MUST_CHECK; /* newest first */
status pepper_insert(struct db *db, const struct pepper_row *p) MUST_CHECK;

struct opened { /* zero when nothing was */
    int64_t day_rows, hour, hour_rows;
};
status opened_find(struct db *db, id who, int64_t day, enum compartment c, struct opened *out) MUST_CHECK;
/* What was opened from that day on, a row a day and compartment; at most cap. */
struct opened_day {
    int64_t day, compartment, rows;
};
status opened_since(struct db *db, id who, int64_t day, struct opened_day *out, int cap, int *n) MUST_CHECK;
status opened_put(struct db *db, id who, int64_t day, enum compartment c, const struct opened *o) MUST_CHECK;
struct budget {
    int64_t hour_rows, day_rows;
};
status budget_find(struct db *db, enum compartment c, struct budget *out) MUST_CHECK;
status budget_put(struct db *db, enum compartment c, const struct budget *b) MUST_CHECK;

struct leaf {
    uint64_t seq;
    uint8_t record[AUDIT_RECORD], root[32], signature[SIGNATURE];
};
status leaf_insert(struct db *db, uint32_t log, const struct leaf *l, str sealed, str own) MUST_CHECK;
/* Each leaf from seq first on, in order: what a start checks. */
status leaf_scan(struct db *db, uint32_t log, uint64_t first, void (*each)(void *to, const struct leaf *l), void *to) MUST_CHECK;
/* The newest record of that action; reads the log from its end. NOT_FOUND: there is none. */
status leaf_last_of(struct db *db, uint32_t log, uint8_t action, struct audit_record *out) MUST_CHECK;
status leaf_at(struct db *db, uint32_t log, uint64_t seq, struct leaf *out) MUST_CHECK; /* NOT_FOUND: the log is shorter */
status leaf_last_root(struct db *db, uint32_t log, uint64_t *size, uint8_t root[32]) MUST_CHECK; /* NOT_FOUND: empty */
struct leaf_row {
    uint64_t seq;
    uint8_t record[AUDIT_RECORD];
    str sealed, own; /* empty once deleted */
};
/* Newest first. actor NULL: everybody's, below from; else the actor's, but for the newest from of them. */
status leaf_page(struct db *db, struct arena *a, uint32_t log, const uint8_t *actor, uint64_t from, int cap,
                 struct leaf_row *out, int *n) MUST_CHECK;
/* Records of one actor, the newest first, at most cap, until each says false. own as in leaf_row, valid until each returns. */
status leaf_acts(struct db *db, struct arena *a, uint32_t log, const uint8_t actor[16], int cap,
                 bool (*each)(void *to, const uint8_t record[AUDIT_RECORD], str own), void *to) MUST_CHECK;
/* Records about one of two objects, by pseudonym, and of any actor but one (zeros: those of nobody are left out); newest first, but for the newest skip of them. */
struct leaf_objects {
    uint8_t object[16], other[16], but[16];
};
status leaf_about(struct db *db, struct arena *a, uint32_t log, const struct leaf_objects *which, uint64_t skip, int cap,
                  struct leaf_row *out, int *n) MUST_CHECK;
/* Whole entries from the first on, until each says something else than OK. */
status leaf_export(struct db *db, uint32_t log, status (*each)(void *to, const struct leaf *l), void *to) MUST_CHECK;
/* The nodes of the house, by number; each writes the log of its number. name valid as long as a. */
enum { LOG_NUMBER = 1 /* the first node's, which every house has */, NODES = 16, NODE_NAME = 32 };
struct node {
    uint32_t number;
    id principal;
    str name;
};
status node_list(struct db *db, struct arena *a, struct node out[NODES], int *n) MUST_CHECK;
status node_insert(struct db *db, const struct node *n) MUST_CHECK; /* CONFLICT: number or name is taken */
status node_sign_find(struct db *db, uint32_t number, uint8_t key[KEY], id *who) MUST_CHECK; /* a node's public signing key, and its id */
/* A node that asks for the engine's seed: the public half of a pair it has in memory, and its hand under that. */
struct boot {
    uint32_t number;
    uint8_t open[KEY], signature[SIGNATURE], box[KEYBOX];
    bool given; /* box is there */
};
status boot_put(struct db *db, const struct boot *b) MUST_CHECK;  /* in the place of an earlier one, and nothing given */
status boot_find(struct db *db, uint32_t number, struct boot *out) MUST_CHECK;
status boot_waiting(struct db *db, uint32_t but, struct boot out[NODES], int *n) MUST_CHECK; /* of other nodes, to whom nothing was given */
status boot_give(struct db *db, const struct boot *b) MUST_CHECK; /* CONFLICT: it asks with another pair now */
status boot_delete(struct db *db, uint32_t number) MUST_CHECK;
status log_orphans(struct db *db, int64_t *logs) MUST_CHECK; /* logs that no node writes */
status loghead_find(struct db *db, uint32_t log, struct audit_tree *out) MUST_CHECK;
status loghead_put(struct db *db, uint32_t log, const struct audit_tree *t) MUST_CHECK;
/* How many entries a witness's checkpoint that came home covers; it only grows. 0: none came. */
status loghead_witness(struct db *db, uint32_t log, uint64_t size) MUST_CHECK;
status loghead_witnessed(struct db *db, uint32_t log, uint64_t *size) MUST_CHECK;
#endif
