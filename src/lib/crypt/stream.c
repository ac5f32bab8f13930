/* Long texts in chunks: libsodium's secretstream (XChaCha20-Poly1305), whose last chunk says that it is the last. */
#include "lib/crypt/crypt.h"
#include <sodium.h>

_Static_assert(sizeof(struct stream) == sizeof(crypto_secretstream_xchacha20poly1305_state), "stream");
_Static_assert(STREAM_HEADER == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "stream header");
_Static_assert(STREAM_MORE == crypto_secretstream_xchacha20poly1305_ABYTES, "stream chunk");
_Static_assert(KEY == crypto_secretstream_xchacha20poly1305_KEYBYTES, "stream key");

static crypto_secretstream_xchacha20poly1305_state *state_of(struct stream *s)
{
    return (crypto_secretstream_xchacha20poly1305_state *)s;
}

void stream_seal_start(struct stream *s, const uint8_t key[KEY], uint8_t header[STREAM_HEADER])
{
    must(!crypto_secretstream_xchacha20poly1305_init_push(state_of(s), header, key));
}

void stream_seal(struct stream *s, str text, str with, bool last, uint8_t *to)
{
    must(!crypto_secretstream_xchacha20poly1305_push(state_of(s), to, NULL, (const uint8_t *)text.at, (unsigned long long)text.len,
                                                     (const uint8_t *)with.at, (unsigned long long)with.len,
                                                     last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0));
}

bool stream_open_start(struct stream *s, const uint8_t key[KEY], const uint8_t header[STREAM_HEADER])
{
    return !crypto_secretstream_xchacha20poly1305_init_pull(state_of(s), header, key);
}

bool stream_open(struct stream *s, str sealed, str with, bool *last, uint8_t *to)
{
    unsigned char tag = 0;
    if (sealed.len < STREAM_MORE
        || crypto_secretstream_xchacha20poly1305_pull(state_of(s), to, NULL, &tag, (const uint8_t *)sealed.at, (unsigned long long)sealed.len,
                                                      (const uint8_t *)with.at, (unsigned long long)with.len))
        return false;
    *last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return *last || tag == 0;
}
