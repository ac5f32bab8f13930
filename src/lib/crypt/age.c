/* age v1: https://c2sp.org/age. X25519 stanzas, HKDF-SHA-256, ChaCha20-Poly1305 in pieces. */
#include "lib/crypt/age.h"
#include <sodium.h>

enum { FILE_KEY = 16, NONCE = 12, STREAM_NONCE = 16, DATA_LETTERS = 52, CHECK_LETTERS = 6 };
_Static_assert(NONCE == crypto_aead_chacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(AEAD_TAG == crypto_aead_chacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(KEY == crypto_aead_chacha20poly1305_ietf_KEYBYTES && KEY == crypto_auth_hmacsha256_BYTES, "key");

static const uint8_t zero_nonce[NONCE];

/* ---- keys as people carry them: Bech32 (BIP 173) ---- */

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < countof(generator); i++)
        if (top >> i & 1)
            sum ^= generator[i];
    return sum;
}

/* What the sum starts from: the part before the last "1", in small letters. */
static uint32_t bech32_start(const char *name)
{
    uint32_t sum = 1;
    for (const char *c = name; *c; c++)
        sum = bech32_step(sum, (uint32_t)*c >> 5);
    sum = bech32_step(sum, 0);
    for (const char *c = name; *c; c++)
        sum = bech32_step(sum, (uint32_t)*c & 31);
    return sum;
}

static bool bech32_read(str letters, const char *alphabet, uint32_t sum, uint8_t to[KEY])
{
    uint32_t kept = 0;
    int bits = 0, n = 0;
    if (letters.len != DATA_LETTERS + CHECK_LETTERS)
        return false;
    for (ptrdiff_t i = 0; i < letters.len; i++) {
        const char *at = letters.at[i] ? strchr(alphabet, letters.at[i]) : NULL;
        if (!at)
            return false;
        uint32_t value = (uint32_t)(at - alphabet);
        sum = bech32_step(sum, value);
        if (i >= DATA_LETTERS)
            continue;
        kept = kept << 5 | value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            to[n++] = (uint8_t)(kept >> bits);
            kept &= (1u << bits) - 1;
        }
    }
    return sum == 1 && n == KEY && !kept; /* 4 bits beyond the last byte must be zero: one text a key */
}

bool age_recipient_read(str text, uint8_t to[KEY])
{
    return str_starts(text, lit("age1"))
        && bech32_read(str_part(text, 4, text.len), "qpzry9x8gf2tvdw0s3jn54khce6mua7l", bech32_start("age"), to);
}

bool age_identity_read(str text, uint8_t secret[KEY])
{
    str name = lit("AGE-SECRET-KEY-1");
    return str_starts(text, name)
        && bech32_read(str_part(text, name.len, text.len), "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", bech32_start("age-secret-key-"), secret);
}

/* ---- keys of a file ---- */

static void hmac(str key, str one, str two, uint8_t to[KEY])
{
    crypto_auth_hmacsha256_state h;
    must(!crypto_auth_hmacsha256_init(&h, (const uint8_t *)key.at, (size_t)key.len));
    crypto_auth_hmacsha256_update(&h, (const uint8_t *)one.at, (unsigned long long)one.len);
    crypto_auth_hmacsha256_update(&h, (const uint8_t *)two.at, (unsigned long long)two.len);
    crypto_auth_hmacsha256_final(&h, to);
    wipe(&h, sizeof h);
}

/* HKDF-SHA-256 (RFC 5869) to one block. */
static void derive(str from, str salt, str info, uint8_t to[KEY])
{
    uint8_t pseudo_random[KEY];
    hmac(salt, from, lit(""), pseudo_random);
    hmac((str){ (char *)pseudo_random, KEY }, info, lit("\1"), to);
    wipe(pseudo_random, KEY);
}

static str bytes(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

static bool wrap_key(const uint8_t secret[KEY], const uint8_t other[KEY], const uint8_t share[KEY], const uint8_t recipient[KEY],
                     uint8_t to[KEY])
{
    uint8_t shared[KEY], salt[2 * KEY];
    if (!box_shared(secret, other, shared))
        return false;
    memcpy(salt, share, KEY);
    memcpy(salt + KEY, recipient, KEY);
    derive(bytes(shared, KEY), bytes(salt, sizeof salt), lit("age-encryption.org/v1/X25519"), to);
    wipe(shared, KEY);
    return true;
}

static void head_mac(const uint8_t file_key[FILE_KEY], str head, uint8_t to[KEY])
{
    uint8_t key[KEY];
    derive(bytes(file_key, FILE_KEY), lit(""), lit("header"), key);
    hmac(bytes(key, KEY), head, lit(""), to);
    wipe(key, KEY);
}

static void stream_key(const uint8_t file_key[FILE_KEY], const uint8_t nonce[STREAM_NONCE], struct age_stream *out)
{
    out->chunk = 0;
    derive(bytes(file_key, FILE_KEY), bytes(nonce, STREAM_NONCE), lit("payload"), out->key);
}

/* ---- the head ---- */

static const str magic = LIT("age-encryption.org/v1\n"), x25519 = LIT("-> X25519 ");

/* Base64 without padding, as the head has it. */
static void put_base64(struct out *o, const uint8_t *at, ptrdiff_t n)
{
    str text = base64_text(o->arena, at, n);
    while (text.len && text.at[text.len - 1] == '=')
        text.len--;
    out_str(o, text);
}

static bool take_base64(struct arena *a, str text, uint8_t *to, ptrdiff_t n)
{
    str whole = text, read;
    while (whole.len % 4)
        whole = str_join(a, whole, lit("="));
    if ((text.len && text.at[text.len - 1] == '=') || !base64_read(a, whole, &read) || read.len != n)
        return false;
    memcpy(to, read.at, (size_t)n);
    return true;
}

static bool put_stanza(struct out *o, const uint8_t file_key[FILE_KEY], const uint8_t recipient[KEY])
{
    struct box_pair fresh;
    uint8_t key[KEY], body[FILE_KEY + AEAD_TAG];
    box_pair_make(&fresh);
    bool good = wrap_key(fresh.secret, recipient, fresh.open, recipient, key);
    if (good) {
        crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, file_key, FILE_KEY, NULL, 0, NULL, zero_nonce, key);
        out_str(o, x25519);
        put_base64(o, fresh.open, KEY);
        out_char(o, '\n');
        put_base64(o, body, sizeof body);
        out_char(o, '\n');
    }
    wipe(&fresh, sizeof fresh);
    wipe(key, KEY);
    return good;
}

str age_head_make(struct arena *a, const uint8_t (*recipients)[KEY], ptrdiff_t n, struct age_stream *out)
{
    uint8_t file_key[FILE_KEY], mac[KEY], nonce[STREAM_NONCE];
    struct out o = { .arena = a };
    bool good = n > 0 && n <= AGE_RECIPIENTS;
    crypt_random(file_key, sizeof file_key);
    crypt_random(nonce, sizeof nonce);
    out_str(&o, magic);
    for (ptrdiff_t i = 0; good && i < n; i++)
        good = put_stanza(&o, file_key, recipients[i]);
    out_str(&o, lit("---"));
    head_mac(file_key, out_view(&o), mac);
    out_char(&o, ' ');
    put_base64(&o, mac, KEY);
    out_char(&o, '\n');
    out_str(&o, bytes(nonce, sizeof nonce));
    stream_key(file_key, nonce, out);
    wipe(file_key, sizeof file_key);
    return good ? out_view(&o) : (str){ 0 };
}

static bool take_line(str *rest, str *line)
{
    ptrdiff_t n = rest->len ? str_find(*rest, '\n') : -1;
    if (n < 0)
        return false;
    *line = str_part(*rest, 0, n);
    *rest = str_part(*rest, n + 1, rest->len);
    return true;
}

static bool open_stanza(struct arena *a, str share_text, str body_text, const struct box_pair *own, uint8_t file_key[FILE_KEY])
{
    uint8_t share[KEY], body[FILE_KEY + AEAD_TAG], key[KEY];
    if (!take_base64(a, share_text, share, KEY) || !take_base64(a, body_text, body, sizeof body)
        || !wrap_key(own->secret, share, share, own->open, key))
        return false;
    bool good = !crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL, body, sizeof body, NULL, 0, zero_nonce, key);
    wipe(key, KEY);
    return good;
}

/* Up to the line that ends the head, which goes to *last. Stanzas of other kinds are passed over, as the format asks. */
static bool read_stanzas(struct arena *a, str *rest, const struct box_pair *own, uint8_t file_key[FILE_KEY], bool *found, str *last)
{
    str line, body;
    if (!str_starts(*rest, magic))
        return false;
    *rest = str_part(*rest, magic.len, rest->len);
    while (take_line(rest, &line)) {
        if (str_starts(line, lit("--- "))) {
            *last = line;
            return true;
        }
        if (!*found && str_starts(line, x25519)) {
            str peek = *rest;
            if (!take_line(&peek, &body))
                return false;
            *found = open_stanza(a, str_part(line, x25519.len, line.len), body, own, file_key);
        }
    }
    return false;
}

status age_head_open(struct arena *a, str start, const uint8_t secret[KEY], ptrdiff_t *length, struct age_stream *out)
{
    struct box_pair own;
    uint8_t file_key[FILE_KEY], mac[KEY], written[KEY];
    str rest = start, last;
    bool found = false;
    box_pair_from(secret, &own);
    bool read = read_stanzas(a, &rest, &own, file_key, &found, &last);
    wipe(&own, sizeof own);
    if (!read || rest.len < STREAM_NONCE)
        return INVALID;
    if (!found)
        return NOT_FOUND;
    head_mac(file_key, str_part(start, 0, last.at + 3 - start.at), mac);
    bool good = take_base64(a, str_part(last, 4, last.len), written, KEY) && same_bytes(mac, written, KEY);
    if (good)
        stream_key(file_key, (const uint8_t *)rest.at, out);
    wipe(file_key, sizeof file_key);
    *length = rest.at + STREAM_NONCE - start.at;
    return good ? OK : INVALID;
}

/* ---- the pieces ---- */

/* 11 bytes of number, big-endian, and whether it is the last. */
static void next_nonce(struct age_stream *s, bool last, uint8_t to[NONCE])
{
    memset(to, 0, NONCE);
    for (int i = 0; i < 8; i++)
        to[10 - i] = (uint8_t)(s->chunk >> 8 * i);
    to[11] = last;
    s->chunk++;
}

void age_seal(struct age_stream *s, str text, bool last, uint8_t *to)
{
    uint8_t nonce[NONCE];
    must(last ? text.len <= AGE_CHUNK && (text.len || !s->chunk) : text.len == AGE_CHUNK);
    next_nonce(s, last, nonce);
    crypto_aead_chacha20poly1305_ietf_encrypt(to, NULL, (const uint8_t *)text.at, (unsigned long long)text.len, NULL, 0, NULL, nonce,
                                              s->key);
}

bool age_open(struct age_stream *s, str sealed, bool last, uint8_t *to)
{
    uint8_t nonce[NONCE];
    if (sealed.len < AEAD_TAG || sealed.len > AGE_SEALED || (!last && sealed.len != AGE_SEALED)
        || (sealed.len == AEAD_TAG && s->chunk))
        return false;
    next_nonce(s, last, nonce);
    return !crypto_aead_chacha20poly1305_ietf_decrypt(to, NULL, NULL, (const uint8_t *)sealed.at, (unsigned long long)sealed.len, NULL, 0,
                                                      nonce, s->key);
}
