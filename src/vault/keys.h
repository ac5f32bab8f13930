/*
 * The bytes of the keys: what is signed, what is boxed, how a ring's secret goes to a member.
 * Pure functions over docs/keys.md 1 to 3; no database, no session. keeper_* decides, this lays out.
 */
#ifndef VAULT_KEYS_H
#define VAULT_KEYS_H
#include "vault/keeper.h"

enum {
    BOX = KEY + AEAD_MORE, /* a 32-byte secret under a 32-byte key */
    WRAP = 144,
    PEPPER_BOX = 104,
    SIGNATURE = 64,
    ANCHOR = 192,
    SECRET_FILE = 96,
    RECOVERY_CODE = 20,
    INVITE_CODE = 20,
    CERT_DAYS = 400,
    QUORUM = 2,
    CHAIN = 4 /* certificates between a person and root, at most */
};

/* A principal as the keys database has it; nothing of it counts until its certificate is checked. */
enum person_state { PERSON_INVITED, PERSON_PENDING, PERSON_ACTIVE, PERSON_REVOKED };
struct principal {
    id id;
    uint8_t name[16]; /* keyed hash */
    uint8_t class, powers, state;
    uint16_t serial;
    uint32_t not_before, not_after; /* days, both inclusive */
    uint8_t box[KEY], sign[KEY];    /* public halves */
};
struct identity {
    struct box_pair box;
    struct sign_pair sign;
};
void identity_from(const uint8_t seed[KEY], struct identity *out);

/* What every start relies on: signed by root at init, never changed afterwards. */
struct anchor {
    bool demo;      /* cheap stretch and a clear key file are allowed */
    bool no_escrow; /* root is left out of SOURCE, VICTIM and LOCATION */
    id install;
    uint8_t root_box[KEY], root_sign[KEY], house[KEY];
    struct stretch_cost cost; /* of new passphrases */
};
void anchor_write(const struct anchor *a, const struct sign_pair *root, uint8_t to[ANCHOR]);
bool anchor_read(str bytes, struct anchor *out) MUST_CHECK;
id anchor_root(const struct anchor *a); /* root's principal id */
/* The least a passphrase may cost here. */
bool cost_allowed(const struct anchor *a, struct stretch_cost cost);

/* keeper.secret: K0 boxed under the house passphrase; in the demo alone it lies there in clear. */
enum secret_version { SECRET_FULL = 1, SECRET_SMALL = 2, SECRET_DEMO = 3 };
struct stretch_cost secret_cost(enum secret_version v);
void secret_write(enum secret_version v, const uint8_t salt[16], const uint8_t stretched[KEY], const uint8_t k0[KEY],
                  uint8_t to[SECRET_FILE]);
struct secret_head { enum secret_version version; uint8_t salt[16]; struct stretch_cost cost; };
bool secret_head_read(str file, struct secret_head *out) MUST_CHECK; /* what `unlock` needs before it can stretch */
bool secret_open(str file, const uint8_t stretched[KEY], uint8_t k0[KEY]) MUST_CHECK; /* stretched is not read in a demo file */

/* All that follows from K0. K0 itself is not kept. */
struct house_keys {
    bool open;
    uint8_t kek[KEY], name[KEY], fake[KEY], blind[KEY], actor[KEY], otp[KEY], ticket[KEY], node[KEY];
    struct box_pair box; /* the house key: opens receipt peppers */
};
void house_from(const uint8_t k0[KEY], struct house_keys *out);
void house_name(const struct house_keys *h, str name, uint8_t to[16]);
void house_pseudonym(const struct house_keys *h, const char *kind, id who, uint8_t to[16]);

/* kek = H(K_kek, "kek", stretch | id), or "recovery" or "api" with the code in place of the stretch. */
enum slot_kind { SLOT_PASSPHRASE = 1, SLOT_RECOVERY, SLOT_NODE, SLOT_API };
struct slot {
    uint8_t kind;
    uint8_t salt[16];
    struct stretch_cost cost;
    uint8_t box[BOX];
};
void slot_seal(const struct house_keys *h, id who, enum slot_kind kind, str secret, const uint8_t seed[KEY], uint8_t to[BOX]);
bool slot_open(const struct house_keys *h, id who, enum slot_kind kind, str secret, const uint8_t box[BOX],
               uint8_t seed[KEY]) MUST_CHECK;

enum { CERT_STATEMENT = 124 };
void cert_statement(id install, const struct principal *p, uint8_t to[CERT_STATEMENT]);
void cert_fingerprint(id install, const struct principal *p, char to[24]); /* 24 decimal digits */

struct ring {
    id id, scope;
    uint8_t scope_kind, compartment;
    uint32_t epoch;
};
struct ring_epoch {
    uint32_t epoch, day;
    uint8_t open[KEY], back[BOX], signature[SIGNATURE];
    bool has_back;
    id signer;
};
enum { RING_STATEMENT = 106 };
void ring_statement(id install, const struct ring *r, const struct ring_epoch *e, uint8_t to[RING_STATEMENT]);

struct member {
    id ring, member, granter;
    uint8_t compartment, class;
    uint32_t since, day, until, flags; /* until 0: no end */
    uint8_t signature[SIGNATURE];
};
enum { JOIN_STATEMENT = 98 };
void join_statement(id install, const struct member *m, uint8_t to[JOIN_STATEMENT]);

void wrap_seal(const uint8_t secret[KEY], id ring, uint32_t epoch, id member, const uint8_t member_box[KEY], uint8_t to[WRAP]);
bool wrap_open(const uint8_t wrap[WRAP], id ring, uint32_t epoch, id member, const struct box_pair *own,
               uint8_t secret[KEY]) MUST_CHECK;
/* The secret of epoch - 1, readable with the secret of epoch. */
void back_seal(const uint8_t secret[KEY], const uint8_t before[KEY], uint32_t epoch, uint8_t to[BOX]);
bool back_open(const uint8_t secret[KEY], const uint8_t back[BOX], uint32_t epoch, uint8_t before[KEY]) MUST_CHECK;

void pepper_seal(const uint8_t pepper[KEY], const uint8_t house[KEY], uint8_t to[PEPPER_BOX]);
bool pepper_open(const uint8_t box[PEPPER_BOX], const struct box_pair *house, uint8_t pepper[KEY]) MUST_CHECK;
#endif
