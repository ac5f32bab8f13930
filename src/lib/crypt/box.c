/* Sealing, agreeing and signing: XChaCha20-Poly1305, X25519, Ed25519. */
#include "lib/crypt/crypt.h"
#include <sodium.h>

_Static_assert(AEAD_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(AEAD_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(KEY == crypto_scalarmult_BYTES && KEY == crypto_scalarmult_SCALARBYTES, "X25519");
_Static_assert(KEY == crypto_sign_SEEDBYTES && KEY == crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert(sizeof(((struct sign_pair *)0)->secret) == crypto_sign_SECRETKEYBYTES, "Ed25519 secret");

void aead_seal(const uint8_t key[KEY], str text, str with, uint8_t *to)
{
    crypt_random(to, AEAD_NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(to + AEAD_NONCE, NULL, (const uint8_t *)text.at, (unsigned long long)text.len,
                                               (const uint8_t *)with.at, (unsigned long long)with.len, NULL, to, key);
}

bool aead_open(const uint8_t key[KEY], str sealed, str with, uint8_t *to)
{
    if (sealed.len < AEAD_MORE)
        return false;
    const uint8_t *from = (const uint8_t *)sealed.at;
    return !crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, from + AEAD_NONCE,
                                                       (unsigned long long)(sealed.len - AEAD_NONCE),
                                                       (const uint8_t *)with.at, (unsigned long long)with.len, from, key);
}

void box_pair_make(struct box_pair *out)
{
    uint8_t secret[KEY];
    crypt_random(secret, sizeof secret);
    box_pair_from(secret, out);
    wipe(secret, sizeof secret);
}

void box_pair_from(const uint8_t secret[KEY], struct box_pair *out)
{
    memcpy(out->secret, secret, KEY);
    must(!crypto_scalarmult_base(out->open, out->secret));
}

bool box_shared(const uint8_t secret[KEY], const uint8_t open[KEY], uint8_t to[KEY])
{
    /* The library refuses points of small order; the comparison keeps that promise ours. */
    if (!crypto_scalarmult(to, secret, open) && !sodium_is_zero(to, KEY))
        return true;
    wipe(to, KEY);
    return false;
}

void sign_pair_from(const uint8_t seed[KEY], struct sign_pair *out)
{
    must(!crypto_sign_seed_keypair(out->open, out->secret, seed));
}

void sign_bytes(const struct sign_pair *p, str text, uint8_t to[64])
{
    must(!crypto_sign_detached(to, NULL, (const uint8_t *)text.at, (unsigned long long)text.len, p->secret));
}

bool sign_check(const uint8_t open[KEY], str text, const uint8_t signature[64])
{
    return !crypto_sign_verify_detached(signature, (const uint8_t *)text.at, (unsigned long long)text.len, open);
}
