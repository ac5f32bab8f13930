/* The log: RFC 6962 tree over 128-byte records, every record with root and node signature (keys.md 5). */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H
#include "lib/base/base.h"
#include "lib/crypt/crypt.h"

enum { AUDIT_RECORD = 128 };
struct audit_record {
    uint8_t version, action;
    uint16_t purpose, result, count;
    uint32_t day, gen;
    uint64_t seq;
    uint8_t actor[16], object[16], session[8], detail[32], digest[32];
};
void audit_record_write(const struct audit_record *r, uint8_t to[AUDIT_RECORD]);
bool audit_record_read(const uint8_t from[AUDIT_RECORD], struct audit_record *out);

/* The right frontier: all that appending needs. */
struct audit_tree { uint64_t size; uint8_t frontier[64][32]; };
void audit_tree_add(struct audit_tree *t, const uint8_t record[AUDIT_RECORD]);
void audit_tree_root(const struct audit_tree *t, uint8_t to[32]);
/* C2SP checkpoint body: origin, size, root in base64, a line each. */
str audit_checkpoint(struct arena *a, id install, uint32_t log, uint64_t size, const uint8_t root[32]);

/* Reads a log file written by `audit DIR export` (format in docs/audit-format.md) and says the first bad entry. */
struct audit_seen { uint64_t size; uint8_t root[32]; };       /* a checkpoint somebody outside kept */
struct audit_verdict { bool good; uint64_t size, bad_at; uint64_t unsigned_stretches; const char *why; };
struct audit_verdict audit_verify(str file, const uint8_t *node_key, const struct audit_seen *seen, ptrdiff_t n);
#endif
