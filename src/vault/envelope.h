/* Envelopes: one sealed column a row, exactly as docs/keys.md section 3 lays the bytes. */
#ifndef VAULT_ENVELOPE_H
#define VAULT_ENVELOPE_H
#include "lib/base/base.h"
#include "lib/crypt/crypt.h"

enum compartment {
    TIP = 1, SOURCE, CASE, VICTIM, LOCATION, EVIDENCE, FUND, SHARED, AUDIT, SERVICE,
    COMPARTMENTS = SERVICE
};
enum scope_kind { SCOPE_OFFICE = 1, SCOPE_CASE, SCOPE_RELEASE, SCOPE_INSTALLATION };
enum { KEYBOX = 128, ROW_KEY = 32 };

/* Numbers of the sealed tables, for the associated data. Never reused. */
enum sealed_table {
    TABLE_TIP = 1, TABLE_TIP_SOURCE = 2, TABLE_TIP_ADDITION = 3, TABLE_TIP_NOTE = 4, TABLE_REPLY = 5,
    TABLE_AUDIT_DETAIL = 6, TABLE_REPLY_COPY = 7, TABLE_ENGINE_SEED = 8, /* a keybox alone: the seed is its row key */
    TABLE_CASE = 9, TABLE_SUBJECT = 10, TABLE_ENTRY = 11, TABLE_TIP_ACT = 12, TABLE_CARE_FILE = 13, TABLE_CARE_ENTRY = 14,
    TABLE_CARE_REQUEST = 15, TABLE_PACKET = 16, TABLE_CARE_NAME = 17, TABLE_CARE_PLACE = 18, TABLE_HOLD = 19, TABLE_TIP_MARK = 20, TABLE_TIP_ACROSS = 21,
    TABLE_TIP_TOLD = 22
};

/* A ring's public half, verified by the keeper; never taken from the content database. */
struct ring_key {
    id ring;
    uint32_t epoch;
    uint8_t open[KEY];
    uint64_t gen;
};
struct sealed_field {
    uint16_t tag;
    str bytes;
};
struct sealed_fields {
    struct sealed_field *at;
    ptrdiff_t len;
};
enum { FIELDS_MAX = 4096, SEALED_TEXT_MAX = 1 << 20 }; /* of one row, before padding */
str sealed_field(const struct sealed_fields *f, uint16_t tag); /* the first of that tag; empty when absent */

/*
 * One ephemeral pair and box key per ring for at most 1 s or 1,024 rows (the price is in ADR 13).
 * One sealer a worker; monotonic_ms decides when to wipe. Holds several rings at once.
 */
struct sealer;
struct sealer *sealer_new(void);                              /* process lifetime */
void sealer_tick(struct sealer *s, int64_t monotonic_ms);     /* wipes what is over; an idle worker calls it each second */
void sealer_wipe(struct sealer *s);
/*
 * keybox | body in arena memory: the value of the sealed column. Empty when the ring's key is no
 * usable point, or the fields are more than FIELDS_MAX or longer than SEALED_TEXT_MAX: store nothing then.
 */
str envelope_seal(struct sealer *s, int64_t monotonic_ms, struct arena *a, const struct ring_key *ring, uint16_t table,
                  id row, const struct sealed_field *fields, ptrdiff_t n) MUST_CHECK;
/* The same, and a keybox of the row for each ring of also: one row that several rings open. Empty too when the key of one of them is no usable point. */
str envelope_seal_also(struct sealer *s, int64_t monotonic_ms, struct arena *a, const struct ring_key *ring, uint16_t table, id row,
                       const struct sealed_field *fields, ptrdiff_t n, const struct ring_key *also, ptrdiff_t count, uint8_t (*boxes)[KEYBOX]) MUST_CHECK;
/* False: wrong key, bytes or place. Fields live in a. */
bool envelope_open(struct arena *a, const uint8_t row_key[ROW_KEY], uint16_t table, id row, str sealed,
                   struct sealed_fields *out) MUST_CHECK;
/* The keybox alone: boxes a row key to a ring (or a mailbox: ring = locator, epoch 0), and opens it. */
/* False: the key is no usable point (X25519 gave zero), and to is zero. */
bool keybox_seal(const uint8_t row_key[ROW_KEY], const struct ring_key *ring, uint16_t table, id row,
                 uint8_t to[KEYBOX]) MUST_CHECK;
/*
 * The same for several rows of one moment: one ephemeral pair and box key for all of them, wiped by who made it. False: no usable point.
 * X25519 is nearly the whole cost of a box; the price of sharing it is in ADR 13.
 */
struct shared_key {
    uint8_t ring[KEY]; /* the public key it was made for */
    uint8_t ephemeral[KEY], key[KEY];
    int64_t born_ms;   /* of a sealer's */
    int rows;          /* of a sealer's; 0: free */
};
bool shared_key_make(const uint8_t open[KEY], struct shared_key *out) MUST_CHECK;
void keybox_write(const struct shared_key *k, const uint8_t row_key[ROW_KEY], const struct ring_key *ring, uint16_t table, id row,
                  uint8_t to[KEYBOX]);
/* secret and open are the ring's. The caller has compared keybox_names with what was asked. */
bool keybox_open(const uint8_t secret[KEY], const uint8_t open[KEY], const uint8_t keybox[KEYBOX], id row,
                 uint8_t row_key[ROW_KEY]) MUST_CHECK;
bool keybox_names(const uint8_t keybox[KEYBOX], id *ring, uint32_t *epoch, uint16_t *table); /* false: unknown suite */

/*
 * The key of every box (keybox, wrap): BLAKE2b-256(key = X25519(secret, other), "plainsight box 1" |
 * ephemeral | open), where open is the receiver's public key. Sealing: secret is the ephemeral's, other
 * is open; opening: secret is the receiver's, other is ephemeral. False: X25519 gave zero.
 */
bool box_key(const uint8_t secret[KEY], const uint8_t other[KEY], const uint8_t ephemeral[KEY], const uint8_t open[KEY],
             uint8_t to[KEY]) MUST_CHECK;
#endif
