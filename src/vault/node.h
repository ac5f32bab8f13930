/*
 * A further machine for a house (docs/keys.md 4.5): its principal, whose seed is boxed under the house's own key, and the number of its log. It
 * may serve when two who certify have signed for it, as for a person.
 */
#ifndef VAULT_NODE_H
#define VAULT_NODE_H
#include "lib/store/db.h"
#include "vault/keys.h"

struct node_made {
    id principal;
    uint32_t number;
    char fingerprint[24]; /* of its keys: what those who certify compare */
};
/*
 * In one transaction of a migrated keys database, which may be served meanwhile. stretched: the house passphrase, not read for a demo.
 * NOT_FOUND: it is wrong. CONFLICT: a node has, or had, that name. LIMIT: no number is left. INVALID: anchor and secret are not good.
 */
status node_make(struct db *db, str anchor, str secret, const uint8_t stretched[KEY], struct chance chance, int64_t now, str name,
                 struct node_made *out) MUST_CHECK;
/* What the node of that name is, as the rows say it; NOT_FOUND: there is none. */
struct node_standing {
    uint32_t number;
    id principal;
    enum person_state state;
    uint64_t entries; /* of its log */
};
status node_standing(struct db *db, str name, struct node_standing *out) MUST_CHECK;
#endif
