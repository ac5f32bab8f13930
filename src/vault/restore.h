/* The three sets of a backup (vault/backup.h) made a house again, and held to what is known of it from elsewhere. */
#ifndef VAULT_RESTORE_H
#define VAULT_RESTORE_H
#include "vault/backup.h"
#include "vault/keys.h"

enum { RESTORE_WHY = 400 };
struct restore_job {
    const char *sets[SETS];       /* paths */
    const char *content, *keys;   /* the databases to make; neither is there yet */
    const char *scratch;          /* the file that a set lies in for a moment; the keys set never does */
    const uint8_t *identity;      /* KEY bytes: the secret half of a recipient */
    const struct audit_seen *seen; /* checkpoints kept elsewhere, those of manifests among them */
    ptrdiff_t seen_count;
    uint64_t gen;                 /* of the wall, as recorded last; 0: not known */
    bool accept_older;            /* go on although something newer is known */
};
struct restored {
    uint8_t anchor[ANCHOR];
    struct anchor house;
    char made[SETS][STAMP + 1];   /* when each set was made */
    uint64_t entries, gen;        /* of the log and of the wall */
    uint64_t unsigned_from;       /* entries at the end that a locked house wrote; == entries: none */
    bool older;                   /* accepted: `why` says what was rolled back */
    char why[RESTORE_WHY];        /* when not OK, or older: sentences for the person at the terminal */
};
/*
 * Makes both databases out of the sets. OK only when: each set is what it says, of one house, whole, and of this key; the log
 * verifies to its last entry with the node's key that root certified, reaches every checkpoint and differs from none; keys and
 * content are sets that it has recorded; the anchor is the one of its first entry; the wall is not older than known.
 * CONFLICT: something is older (see older). Else FAULT. What was made so far stays, for the caller to remove.
 */
status restore_databases(const struct restore_job *job, struct restored *out) MUST_CHECK;
/*
 * The printed house key of 52 letters, and a passphrase (NFKC) to box it under. NOT_FOUND: not this house's key. INVALID: no
 * such key can be read. FAULT: memory is short.
 */
status restore_secret(const struct anchor *house, str k0, str passphrase, enum secret_version version, uint8_t to[SECRET_FILE]) MUST_CHECK;

/* Between restore.c and restore_log.c: the log in `keys`, all of the above that concerns it. */
status restore_check_log(const struct restore_job *job, struct db *keys, const uint8_t (*sha)[32], struct restored *out) MUST_CHECK;
status restore_refuse(struct restored *out, const char *why);
#endif
