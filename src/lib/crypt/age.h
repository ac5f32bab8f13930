/*
 * Files in the age v1 format (C2SP age) with X25519 recipients, as Debian's `age` writes and reads them: sealed to
 * keys whose secret half lies elsewhere. One head, then pieces of AGE_CHUNK bytes, the last one shorter or as long.
 */
#ifndef LIB_CRYPT_AGE_H
#define LIB_CRYPT_AGE_H
#include "lib/crypt/crypt.h"

enum { AGE_CHUNK = 65536, AGE_SEALED = AGE_CHUNK + AEAD_TAG, AGE_RECIPIENTS = 16, AGE_HEAD_MOST = 16384 };

/* The secret of one file; wiped by the caller. A copy reads again from the first piece what was sealed. */
struct age_stream {
    uint8_t key[KEY];
    uint64_t chunk;
};

/* "age1..." and "AGE-SECRET-KEY-1...": strict, no space around. */
bool age_recipient_read(str text, uint8_t to[KEY]) MUST_CHECK;
bool age_identity_read(str text, uint8_t secret[KEY]) MUST_CHECK;

/* The head of a new file, into a. Empty when a recipient is a point of small order: that key seals to nobody. */
str age_head_make(struct arena *a, const uint8_t (*recipients)[KEY], ptrdiff_t n, struct age_stream *out);
/*
 * start: the first AGE_HEAD_MOST bytes of a file, or all of it. OK: *length bytes of it are the head. NOT_FOUND: sealed to
 * other keys. INVALID: no such head, or one that was changed.
 */
status age_head_open(struct arena *a, str start, const uint8_t secret[KEY], ptrdiff_t *length, struct age_stream *out) MUST_CHECK;

/* The next piece: AGE_CHUNK bytes, or the last. to takes text.len + AEAD_TAG bytes. Only an empty file has an empty piece. */
void age_seal(struct age_stream *s, str text, bool last, uint8_t *to);
/* to takes sealed.len - AEAD_TAG bytes. False: changed, out of order, or the file was cut. */
bool age_open(struct age_stream *s, str sealed, bool last, uint8_t *to) MUST_CHECK;
#endif
