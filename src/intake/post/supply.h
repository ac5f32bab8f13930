/*
 * What a public worker keeps at hand so that a tip needs no call to the keeper: receipts and the
 * public halves of rings. With both, sealing goes on while the keeper restarts.
 */
#ifndef INTAKE_POST_SUPPLY_H
#define INTAKE_POST_SUPPLY_H
#include "vault/keeper.h"

enum { SUPPLY_RECEIPTS = 64, SUPPLY_LOW = 16, SUPPLY_RINGS = 32, SUPPLY_RING_MS = 60000, SUPPLY_PAUSE_MS = 1000 };

/* A receipt as the worker needs it: the mailbox secret is turned into its public half at once, and wiped. */
struct supplied {
    char digits[24];
    uint32_t pepper;
    uint8_t locator[16], open[KEY];
};
struct supply {
    struct supplied receipts[SUPPLY_RECEIPTS];
    ptrdiff_t receipt_count;
    int64_t receipts_again_ms; /* after a refusal: not before */
    struct {
        id scope;
        enum compartment compartment;
        struct ring_key key;
        int64_t fetched_ms, again_ms, used_ms;
        bool known;
    } rings[SUPPLY_RINGS];
    ptrdiff_t ring_count;
};

/* BUSY or what the keeper said: none is at hand and none was given. */
status supply_receipt(struct supply *s, struct keeper *k, int64_t monotonic_ms, struct supplied *out) MUST_CHECK;
/* Asks for more when the stock is low; for after an answer, so that nobody waits for it. */
void supply_refill(struct supply *s, struct keeper *k, int64_t monotonic_ms);
/*
 * The ring's public half, verified by the keeper at most a minute ago, or longer when it cannot be
 * asked. NOT_FOUND: the keeper refuses it, and then no older copy is used either. Beyond SUPPLY_RINGS the one not
 * used for longest is forgotten.
 */
status supply_ring(struct supply *s, struct keeper *k, int64_t monotonic_ms, enum scope_kind kind, id scope,
                   enum compartment c, struct ring_key *out) MUST_CHECK;
#endif
