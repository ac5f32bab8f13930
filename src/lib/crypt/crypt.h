/*
 * libsodium's (and liboath's) only caller. Names and layouts follow the specification in
 * docs/keys.md; nothing is invented below the level of "which bytes go in".
 */
#ifndef LIB_CRYPT_CRYPT_H
#define LIB_CRYPT_CRYPT_H
#include "lib/base/base.h"

enum { KEY = 32, AEAD_NONCE = 24, AEAD_TAG = 16, AEAD_MORE = AEAD_NONCE + AEAD_TAG };

void crypt_start(void);                              /* once a process, before anything else here */
void crypt_random(void *at, ptrdiff_t n);            /* the system's generator */
struct chance chance_system(void);
void wipe(void *at, ptrdiff_t n);
void wipe_stack(ptrdiff_t n);                        /* sodium_stackzero */
bool same_bytes(const void *a, const void *b, ptrdiff_t n); /* constant time */
/* Fails when the limit forbids; the caller decides whether that is a warning. */
bool crypt_lock_memory(void *at, ptrdiff_t n);

/*
 * BLAKE2b-256 (RFC 7693); of a shorter result, n < 32, its first n bytes.
 * keyed_hash is H(k, label, x) of keys.md: keyed with k over u8 length of label || label || x.
 */
void keyed_hash(const uint8_t k[KEY], const char *label, str x, uint8_t *to, ptrdiff_t n);
void keyed_hash_bare(const uint8_t k[KEY], str x, uint8_t *to, ptrdiff_t n); /* over x alone, without a label */
void plain_hash(str x, uint8_t *to, ptrdiff_t n);    /* without key */
void sha256(str x, uint8_t to[32]);
struct sha256_state { uint64_t at[16]; };            /* opaque; streaming for the log and files */
void sha256_start(struct sha256_state *s);
void sha256_more(struct sha256_state *s, str x);
void sha256_end(struct sha256_state *s, uint8_t to[32]);

/* XChaCha20-Poly1305 (IETF). to takes nonce | ct | tag: text.len + AEAD_MORE bytes. */
void aead_seal(const uint8_t key[KEY], str text, str with, uint8_t *to);
/* False when key, bytes or with differ. to takes sealed.len - AEAD_MORE bytes. */
bool aead_open(const uint8_t key[KEY], str sealed, str with, uint8_t *to) MUST_CHECK;

/*
 * A long text in chunks, in order, the last one marked: cut, moved or repeated chunks do not open. to takes text.len + STREAM_MORE bytes, or
 * sealed.len - STREAM_MORE. with is authenticated beside each chunk. The caller wipes the state.
 */
enum { STREAM_HEADER = 24, STREAM_MORE = 17 };
struct stream { uint8_t at[52]; };
void stream_seal_start(struct stream *s, const uint8_t key[KEY], uint8_t header[STREAM_HEADER]);
void stream_seal(struct stream *s, str text, str with, bool last, uint8_t *to);
bool stream_open_start(struct stream *s, const uint8_t key[KEY], const uint8_t header[STREAM_HEADER]) MUST_CHECK;
bool stream_open(struct stream *s, str sealed, str with, bool *last, uint8_t *to) MUST_CHECK;

struct box_pair { uint8_t secret[KEY], open[KEY]; }; /* X25519 */
void box_pair_make(struct box_pair *out);
void box_pair_from(const uint8_t secret[KEY], struct box_pair *out);
/* X25519 (RFC 7748). False, and nothing usable in to, when the result is all zero: a point of small order. */
bool box_shared(const uint8_t secret[KEY], const uint8_t open[KEY], uint8_t to[KEY]) MUST_CHECK;

struct sign_pair { uint8_t secret[64], open[KEY]; }; /* Ed25519 */
void sign_pair_from(const uint8_t seed[KEY], struct sign_pair *out);
void sign_bytes(const struct sign_pair *p, str text, uint8_t to[64]);
bool sign_check(const uint8_t open[KEY], str text, const uint8_t signature[64]) MUST_CHECK;

struct stretch_cost { uint32_t ops, mem_kib; };
/* argon2id (RFC 9106), one lane; OK, or FAULT when memory is short. Passphrase length is checked by the caller before. */
status stretch(str passphrase, const uint8_t salt[16], struct stretch_cost cost, uint8_t to[KEY]) MUST_CHECK;

/* RFC 6238, 30 s steps, six digits, SHA-1, one step either side. *step is the step that fitted, the later of two. */
bool totp_check(const uint8_t secret[20], int64_t now, uint32_t code, int64_t *step) MUST_CHECK;
uint32_t totp_code(const uint8_t secret[20], int64_t now); /* what an authenticator shows; for tests and the demo */

/*
 * Shamir over GF(256) with the polynomial of AES (0x11b): any need of the shares give the secret,
 * fewer give nothing. A share is x | 32 bytes, x from 1. shares_join cannot know how many are
 * needed: with too few, or a mistyped one, it gives other bytes; the caller compares the public
 * key. It is false only when no share is given, one is numbered 0 or two bear the same number.
 */
enum { SHARE = 1 + KEY };
void shares_make(const uint8_t secret[KEY], int shares, int need, uint8_t (*to)[SHARE]);
bool shares_join(const uint8_t (*shares)[SHARE], int n, uint8_t to[KEY]) MUST_CHECK;

/* Length to which n > 0 bytes are padded: padme (PURBs, Nikitin et al. 2019), at least 256. */
ptrdiff_t padded_length(ptrdiff_t n);
#endif
