/* The log: RFC 6962 tree over 128-byte records, every record with root and node signature (docs/keys.md 5). */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H
#include "lib/base/base.h"
#include "lib/crypt/crypt.h"

enum { AUDIT_RECORD = 128, AUDIT_SIGNATURE = 64 };
struct audit_record {
    uint8_t version, action;
    uint16_t purpose, result, count;
    uint32_t day, gen;
    uint64_t seq;
    uint8_t actor[16], object[16], session[8], detail[32], digest[32];
};
void audit_record_write(const struct audit_record *r, uint8_t to[AUDIT_RECORD]);
bool audit_record_read(const uint8_t from[AUDIT_RECORD], struct audit_record *out) MUST_CHECK; /* false: another version */

/* The right frontier: all that appending needs. frontier[i] counts where bit i of size is set. */
struct audit_tree { uint64_t size; uint8_t frontier[64][32]; };
void audit_tree_add(struct audit_tree *t, str leaf); /* a record of AUDIT_RECORD bytes */
void audit_tree_root(const struct audit_tree *t, uint8_t to[32]);
/* C2SP checkpoint body: origin, size, root in base64, a line each. This text is what the node signs. */
str audit_checkpoint(struct arena *a, id install, uint32_t log, uint64_t size, const uint8_t root[32]);
/* "— name base64", the line of a signature under a note (C2SP). */
void audit_note_line(struct out *o, str name, const uint8_t key[KEY], const uint8_t signature[AUDIT_SIGNATURE]);
/* Is there, under that body, a line of that name whose signature is this key's? lines: what follows the empty line. */
bool audit_note_signed(struct arena *a, str body, str lines, str name, const uint8_t key[KEY]) MUST_CHECK;
/* The body as a signed note (C2SP): an empty line and the line of the signature follow it. */
str audit_note(struct arena *a, str checkpoint, const uint8_t node_key[KEY], const uint8_t signature[AUDIT_SIGNATURE]);

/* The file of `audit DIR export` (docs/audit-format.md): head, one line an entry, end. */
void audit_export_head(struct out *o, id install, uint32_t log, const uint8_t node_key[KEY], uint64_t size);
void audit_export_entry(struct out *o, const uint8_t record[AUDIT_RECORD], const uint8_t root[32],
                        const uint8_t signature[AUDIT_SIGNATURE]);
void audit_export_end(struct out *o);

struct audit_seen { uint64_t size; uint8_t root[32]; }; /* a checkpoint somebody outside kept */
struct audit_verdict {
    bool good;
    uint64_t size;                /* entries found good, from the first on */
    uint64_t bad_at;              /* the first bad or missing entry, when not good */
    uint64_t unsigned_stretches;  /* made by a locked house, covered by a later signature */
    bool locked_end;              /* not good, but only because a locked house wrote the entries from bad_at on */
    const char *why;              /* a sentence; "" when good */
};
/*
 * Reads a whole exported log and says the first bad entry. node_key NULL: the key in the file is
 * believed, so only a change after signing is found. Without seen checkpoints a shortened log is good.
 * The seen ones stand smallest first (audit_seen_sort).
 */
struct audit_verdict audit_verify(str file, const uint8_t *node_key, const struct audit_seen *seen, ptrdiff_t n);
/* A kept checkpoint: body or signed note, of this installation's log or of any (origin is not compared). */
bool audit_seen_read(struct arena *a, str checkpoint, struct audit_seen *out) MUST_CHECK;
/*
 * Every checkpoint in a text: the file of a witness, or a mail that was saved. What stands between them and what was cut
 * in the writing is passed over. seen lives in a, in the order of the text; how many, 0 when there is none.
 */
ptrdiff_t audit_seen_all(struct arena *a, str text, struct audit_seen **seen) MUST_CHECK;
void audit_seen_sort(struct audit_seen *seen, ptrdiff_t n); /* smallest first */
#endif
