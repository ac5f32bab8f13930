/* Between recovery.c and recovery_list.c: one act as bytes, and how it is done to a keys database. */
#ifndef VAULT_RECOVERY_LIST_H
#define VAULT_RECOVERY_LIST_H
#include "vault/keeper_core.h"
#include "vault/recovery.h"

/* A letter each; the bytes are those of the row, in the order of its columns. */
enum recovery_act { ACT_PERSON = 'p', ACT_SLOT_OF = 's', ACT_FACTOR = 'f', ACT_CERT = 'c', ACT_TERM = 't', ACT_GRANT = 'm', ACT_BACK = 'b' };
enum { ACT_BYTES = 300, LIST_SUM = 32 };

/* What a list may go on to: slots only of whom it made itself. */
struct recovery_doer {
    struct db *db;
    id root, made;
    struct recovery_brought *out;
};
status recovery_do(struct recovery_doer *d, char act, struct wire *bytes) MUST_CHECK;
/* What root signs under a list. */
str recovery_sum(str list, uint8_t to[64]);
#define RECOVERY_HEAD lit("plainsight recovery 1\ninstall ")
#define RECOVERY_SIGNED lit("root ")
#endif
