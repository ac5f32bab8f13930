/*
 * What the root key does when people's keys are lost (keys.md 1.5): on a copy of the house, on a machine without a network, with the
 * shares of a majority of its holders. It gives keys to people who are certified, certifies somebody, and makes somebody new. Each act
 * is done to the copy and written down; the list, signed by root, is what the serving house is given. The keeper believes none of it
 * by its coming: it believes root's signatures, and records each that it has not recorded yet when the house is opened (ACT_CEREMONY).
 */
#ifndef VAULT_RECOVERY_H
#define VAULT_RECOVERY_H
#include "lib/store/db.h"
#include "vault/ceremony.h"

struct recovery; /* one ceremony under way: one transaction of the keys database */
/*
 * On a migrated keys database of a stopped house. stretched: the house passphrase, not read for a demo. NOT_FOUND: it is wrong.
 * INVALID: the log is not this house's, or anchor and secret are not good. BUSY: another process has the database.
 */
status recovery_open(struct db *db, str anchor, str secret, const uint8_t stretched[KEY], struct chance chance, int64_t now,
                     struct recovery **out) MUST_CHECK;
/* NOT_FOUND: these shares are too few, one is wrong, or they are of another house. Before anything else. */
status recovery_root(struct recovery *r, const uint8_t (*shares)[SHARE], int n) MUST_CHECK;

struct recovery_rings {
    enum scope_kind kind;       /* SCOPE_OFFICE, SCOPE_CASE with a scope; 0: of every scope but packets */
    id scope;
    enum compartment only;      /* 0: every kind the wall lets the person hold */
};
struct recovery_given {
    int64_t given, had, closed; /* rings; closed: root is not on them, or cannot open them */
};
typedef void recovery_each(void *with, const struct ring *ring); /* of which keys were given */
/* NOT_FOUND: nobody certified and here. INVALID: the wall lets that person hold nothing of it. */
status recovery_give(struct recovery *r, id who, const struct recovery_rings *which, recovery_each *each, void *with,
                     struct recovery_given *out) MUST_CHECK;
/* Somebody new, certified by root: keys, passphrase, recovery code, authenticator. CONFLICT: the name is taken. */
status recovery_person(struct recovery *r, const struct plan_person *p, struct made_person *out) MUST_CHECK;
/* Root signs for somebody who waits to be vouched for, or whose certificate ends or has ended. NOT_FOUND: gone, or has no keys yet. */
status recovery_certify(struct recovery *r, id who, uint32_t *until_day) MUST_CHECK;
/* A line for the list that is not about keys ("account ...", "case ..."): whoever applies it gets it back. No line end in it. */
void recovery_note(struct recovery *r, str line);
/* Commits when so_far is OK, and gives the signed list into a; else undoes all. Wipes the root key and what the house knew. */
status recovery_end(struct recovery *r, status so_far, struct arena *a, str *list) MUST_CHECK;

struct recovery_brought {
    int64_t acts, stale; /* stale: grants of a ring that has turned since the copy: they read from its next turn on */
};
/*
 * The list to the keys database of the house itself, which must not be served; inside the caller's transaction. note: once for each
 * line of recovery_note, may refuse. INVALID: not a list of this house, or changed on its way. CONFLICT: brought before, or the
 * house has changed since the copy in what the list is about.
 */
status recovery_bring(struct db *db, str anchor, str list, status (*note)(void *with, str line), void *with,
                      struct recovery_brought *out) MUST_CHECK;
#endif
