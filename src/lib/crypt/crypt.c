#include "lib/crypt/crypt.h"
#include <liboath/oath.h>
#include <sodium.h>

/* Lengths of the specification are those of the library: a change of either stops the build. */
_Static_assert(KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(KEY == crypto_generichash_BYTES && KEY == crypto_generichash_KEYBYTES, "hash");
_Static_assert(sizeof(struct sha256_state) >= sizeof(crypto_hash_sha256_state), "sha256 state");
_Static_assert(_Alignof(struct sha256_state) >= _Alignof(crypto_hash_sha256_state), "sha256 alignment");

void crypt_start(void)
{
    must(sodium_init() >= 0);
    must(oath_init() == OATH_OK);
}

void crypt_random(void *at, ptrdiff_t n)
{
    randombytes_buf(at, (size_t)n);
}

static void fill_from_system(struct chance *self, void *at, ptrdiff_t n)
{
    (void)self;
    crypt_random(at, n);
}

struct chance chance_system(void)
{
    return (struct chance){ .fill = fill_from_system };
}

void wipe(void *at, ptrdiff_t n)
{
    sodium_memzero(at, (size_t)n);
}

void wipe_stack(ptrdiff_t n)
{
    sodium_stackzero((size_t)n);
}

bool same_bytes(const void *a, const void *b, ptrdiff_t n)
{
    return !sodium_memcmp(a, b, (size_t)n);
}

bool crypt_lock_memory(void *at, ptrdiff_t n)
{
    return !sodium_mlock(at, (size_t)n);
}

static void hash_end(crypto_generichash_state *h, uint8_t *to, ptrdiff_t n)
{
    uint8_t whole[KEY];
    must(n > 0 && n <= KEY);
    must(!crypto_generichash_final(h, whole, sizeof whole));
    memcpy(to, whole, (size_t)n);
    wipe(whole, sizeof whole);
    wipe(h, sizeof *h); /* its buffer holds the key and the end of the text */
}

static void hash_more(crypto_generichash_state *h, const void *at, ptrdiff_t n)
{
    must(!crypto_generichash_update(h, at, (unsigned long long)n));
}

void keyed_hash(const uint8_t k[KEY], const char *label, str x, uint8_t *to, ptrdiff_t n)
{
    str name = str_of(label);
    must(name.len <= 255);
    uint8_t length = (uint8_t)name.len;
    crypto_generichash_state h;
    must(!crypto_generichash_init(&h, k, KEY, KEY));
    hash_more(&h, &length, 1);
    hash_more(&h, name.at, name.len);
    hash_more(&h, x.at, x.len);
    hash_end(&h, to, n);
}

void keyed_hash_bare(const uint8_t k[KEY], str x, uint8_t *to, ptrdiff_t n)
{
    crypto_generichash_state h;
    must(!crypto_generichash_init(&h, k, KEY, KEY));
    hash_more(&h, x.at, x.len);
    hash_end(&h, to, n);
}

void plain_hash(str x, uint8_t *to, ptrdiff_t n)
{
    crypto_generichash_state h;
    must(!crypto_generichash_init(&h, NULL, 0, KEY));
    hash_more(&h, x.at, x.len);
    hash_end(&h, to, n);
}

void sha256(str x, uint8_t to[32])
{
    crypto_hash_sha256(to, (const uint8_t *)x.at, (unsigned long long)x.len);
}

void sha256_start(struct sha256_state *s)
{
    crypto_hash_sha256_init((crypto_hash_sha256_state *)s->at);
}

void sha256_more(struct sha256_state *s, str x)
{
    crypto_hash_sha256_update((crypto_hash_sha256_state *)s->at, (const uint8_t *)x.at, (unsigned long long)x.len);
}

void sha256_end(struct sha256_state *s, uint8_t to[32])
{
    crypto_hash_sha256_final((crypto_hash_sha256_state *)s->at, to);
}

ptrdiff_t padded_length(ptrdiff_t n)
{
    must(n > 0);
    int exponent = 63 - __builtin_clzll((unsigned long long)n); /* floor(log2 n) */
    int kept = exponent ? 64 - __builtin_clzll((unsigned long long)exponent) : 0;
    ptrdiff_t mask = ((ptrdiff_t)1 << (exponent - kept)) - 1;
    ptrdiff_t padded = (n + mask) & ~mask;
    return padded < 256 ? 256 : padded;
}
