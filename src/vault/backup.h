/*
 * Backups in three sets that rotate apart (docs/keys.md 8): keys, content, log, in this order; each one file in the age
 * format, to keys whose secret half is not on this machine. What is inside each is a SQLite database.
 */
#ifndef VAULT_BACKUP_H
#define VAULT_BACKUP_H
#include "lib/crypt/age.h"
#include "lib/store/copy.h"
#include "vault/audit.h"

enum backup_set_kind { SET_KEYS, SET_CONTENT, SET_LOG, SETS };
enum { SET_NAME = 64, STAMP = 16, KEYS_KEPT_DAYS = 35 };
extern const char *const set_kinds[SETS]; /* "keys", "content", "log" */
/* The tables of keys.db that are the log. */
extern const table_names backup_log_tables;
/* The tables of a migrated keys database that are not the log. */
status backup_keys_tables(struct db *db, struct arena *a, table_names *out) MUST_CHECK;

struct set {
    char name[SET_NAME]; /* "keys-20261124T091500Z.age" */
    uint8_t sha256[32];  /* of the file */
    int64_t bytes;
};
/* What is written beside the sets, in clear: docs/operations.md shows one. */
struct manifest {
    char stamp[STAMP + 1]; /* 20261124T091500Z */
    id install;
    struct set sets[SETS];
    uint64_t gen;        /* of the wall, in the keys set */
    uint64_t entries;    /* of the log set */
    uint8_t root[32];
};
void backup_stamp(int64_t now, char to[STAMP + 1]);
/* False when the name is not one of a backup: kind, "-", stamp, ending. *made: Unix seconds. */
bool backup_name_read(str name, const char *kind, const char *ending, int64_t *made);
str manifest_text(struct arena *a, const struct manifest *m);
bool manifest_read(str text, struct manifest *out) MUST_CHECK;

/* One file: what is sealed into it, from a descriptor (from its start) or from bytes. */
struct set_source {
    int fd; /* -1: bytes */
    str bytes;
};
/*
 * Seals all of the source into a new file and brings it to the disk; then reads it back, opens it with the secret of the file that
 * is still at hand, and compares. FAULT: it is not whole, and not there. The name of s stays the caller's.
 */
status set_seal(const struct set_source *from, const char *path, const uint8_t (*recipients)[KEY], ptrdiff_t n, struct set *s) MUST_CHECK;
/* Hands over what is inside. NOT_FOUND: sealed to another key, or no such file; INVALID: not such a file, changed or cut. */
status set_open(const char *path, const uint8_t identity[KEY], status (*write)(void *to, str piece), void *to, uint8_t sha[32]) MUST_CHECK;
status file_write_piece(void *fd, str piece) MUST_CHECK; /* for set_open: to a descriptor (int *) */

struct backup_job {
    const char *content, *keys; /* paths of the databases */
    const char *scratch;        /* the file that a copy lies in for a moment, on the house's own disk */
    const char *folder;         /* where the sets go */
    str anchor;
    const uint8_t (*recipients)[KEY];
    ptrdiff_t recipient_count;
    int64_t now;
    /* Has the keeper record the set (ACT_BACKUP: number of the set, SHA-256 of the file) and comes back after the commit. */
    status (*record)(void *with, uint32_t set, const uint8_t sha[32]);
    void *with;
};
/*
 * All three sets and the manifest, or none of them. *why: one sentence when it is not OK. CONFLICT: this second has a backup.
 * It begins anew when somebody lost keys while it ran, so that keys and log are of one state of the wall.
 */
status backup_make(const struct backup_job *job, struct manifest *out, const char **why) MUST_CHECK;
/* The day of the newest backup that the log in the keys database knows of. NOT_FOUND: none was ever made. FAULT: it cannot be read. */
status backup_last_day(const char *keys, int64_t *day) MUST_CHECK;
/* What the log in the keys database says of a checkpoint: it has grown no further, it has (day: of the first entry beyond), or it never was so. */
enum witness_state { WITNESS_ABREAST, WITNESS_BEHIND, WITNESS_DIFFERS, WITNESS_UNREADABLE };
enum witness_state backup_witnessed(const char *keys, const struct audit_seen *seen, int64_t *day);
/* How many entries a checkpoint covers that came home from a witness, and the day of the last of them. NOT_FOUND: none came. FAULT: unreadable. */
status backup_came_home(const char *keys, uint64_t *size, int64_t *day) MUST_CHECK;
/* Deletes keys sets in folder that are older than KEYS_KEPT_DAYS, and what broken tries left. How many keys sets went, or -1. */
int backup_expire(const char *folder, int64_t now);
#endif
