/*
 * Making a house (keys.md 1.6): K0, root and its shares, the anchor, the first certifiers, the services, the first
 * rings and record 0 of the log, in one transaction of an empty keys database. `init` prints what comes out;
 * `demo` and the tests make their people through the same function.
 */
#ifndef VAULT_CEREMONY_H
#define VAULT_CEREMONY_H
#include "lib/store/db.h"
#include "vault/keeper.h"
#include "vault/keys.h"

enum { PLAN_PEOPLE = 64, PLAN_RINGS = 10, SHARES_MAX = 16, K0_TEXT = 52 };

/*
 * A person of the plan. The passphrase is NFKC text of 15 characters or more, checked by the caller.
 * The first two are the first certifiers (an administrator: NONE with CERTIFY; a supervisor: ANALYST, powers 7)
 * and are certified by root, as is the envelope; everybody after them is certified by these two.
 */
struct plan_person {
    str name, passphrase;
    enum wall_class class;
    uint8_t powers;
    uint32_t rings; /* a bit a compartment (1u << TIP): the first office's, and AUDIT, SERVICE and SHARED of the installation */
};
struct house_plan {
    bool demo;                  /* K0 in clear beside the data, any cost; the keeper says so */
    bool no_escrow;             /* root stays out of SOURCE, VICTIM, LOCATION */
    str house_passphrase;       /* not read for a demo */
    enum secret_version secret; /* SECRET_FULL or SECRET_SMALL (machines under 1 GiB) */
    struct stretch_cost cost;   /* of everybody's passphrase */
    int shares, need;           /* of the root key: 5 and 3; 1 and 1 for the smallest group */
    id office;                  /* the first one */
    const struct plan_person *people;
    ptrdiff_t people_count;     /* at least the first two */
};
struct made_person {
    id principal;
    uint8_t otp_secret[20], recovery[RECOVERY_CODE];
};
/* Secrets to print once, then to wipe. */
struct house_made {
    id install;
    char k0[K0_TEXT];                        /* base32 */
    uint8_t shares[SHARES_MAX][SHARE];
    uint8_t envelope[RECOVERY_CODE];
    id envelope_principal, node, engine;
    struct made_person people[PLAN_PEOPLE];
    uint8_t anchor[ANCHOR], secret[SECRET_FILE];
    uint8_t node_sign[KEY];                  /* public: what `audit verify --node` takes */
};
/* INVALID: the plan breaks a rule of the wall. now is Unix seconds; the database is migrated and empty. */
status ceremony_make(struct db *db, const struct house_plan *plan, struct chance *chance, int64_t now,
                     struct house_made *out) MUST_CHECK;
/* A code for people: groups of four, "7K3M-9QXP-...". */
str ceremony_code_text(struct arena *a, const uint8_t *code, ptrdiff_t n);
#endif
