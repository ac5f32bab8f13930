#include "vault/envelope.h"
#include "lib/os/channel.h"

/*
 * keybox  suite u8 | kind u8 | table u16 | epoch u32 | ring[16] | eph[32] | nonce[24] | ct[32] | tag[16]
 * body    nonce[24] | ct[n] | tag[16]
 * plain   u32 length | fields (tag u16 | len u32 | bytes)* | zeros
 */
enum { SUITE = 1, KIND_KEYBOX = 1, KEYBOX_HEAD = 56, FIELD_HEAD = 6, SEALER_RINGS = 16, REUSE_MS = 1000, REUSE_ROWS = 1024 };
_Static_assert(KEYBOX == KEYBOX_HEAD + ROW_KEY + AEAD_MORE, "keybox");

struct sealer {
    struct shared_key at[SEALER_RINGS];
};

struct sealer *sealer_new(void)
{
    struct arena a = arena_reserve(sizeof(struct sealer));
    struct sealer *s = arena_new(&a, struct sealer, 1);
    (void)!crypt_lock_memory(s, sizeof *s); /* where the limit forbids it, os_lock_memory has warned */
    return s;
}

void sealer_wipe(struct sealer *s)
{
    wipe(s, sizeof *s);
}

void sealer_tick(struct sealer *s, int64_t monotonic_ms)
{
    for (int i = 0; i < SEALER_RINGS; i++) {
        int64_t age = monotonic_ms - s->at[i].born_ms;
        if (s->at[i].rows && (age < 0 || age >= REUSE_MS || s->at[i].rows >= REUSE_ROWS))
            wipe(&s->at[i], sizeof s->at[i]);
    }
}

bool box_key(const uint8_t secret[KEY], const uint8_t other[KEY], const uint8_t ephemeral[KEY], const uint8_t open[KEY],
             uint8_t to[KEY])
{
    uint8_t shared[KEY], text[16 + 2 * KEY];
    if (!box_shared(secret, other, shared)) {
        wipe(to, KEY);
        return false;
    }
    memcpy(text, "plainsight box 1", 16);
    memcpy(text + 16, ephemeral, KEY);
    memcpy(text + 16 + KEY, open, KEY);
    keyed_hash_bare(shared, (str){ (char *)text, sizeof text }, to, KEY);
    wipe(shared, sizeof shared);
    return true;
}

bool shared_key_make(const uint8_t open[KEY], struct shared_key *out)
{
    struct box_pair own;
    box_pair_make(&own);
    memcpy(out->ring, open, KEY);
    memcpy(out->ephemeral, own.open, KEY);
    bool good = box_key(own.secret, open, own.open, open, out->key);
    wipe(&own, sizeof own);
    return good;
}

/* The slot for this ring, fresh if need be; the oldest gives way when all are taken. NULL: no usable point. */
static const struct shared_key *sealer_key(struct sealer *s, int64_t monotonic_ms, const uint8_t open[KEY])
{
    sealer_tick(s, monotonic_ms);
    struct shared_key *slot = &s->at[0];
    for (int i = 0; i < SEALER_RINGS; i++) {
        struct shared_key *k = &s->at[i];
        if (k->rows && !memcmp(k->ring, open, KEY)) {
            k->rows++;
            return k;
        }
        if (slot->rows && (!k->rows || k->born_ms < slot->born_ms))
            slot = k;
    }
    wipe(slot, sizeof *slot);
    if (!shared_key_make(open, slot)) {
        wipe(slot, sizeof *slot);
        return NULL;
    }
    slot->born_ms = monotonic_ms;
    slot->rows = 1;
    return slot;
}

/* First KEYBOX_HEAD bytes and the row: what a keybox is bound to. */
static str keybox_place(const uint8_t *keybox, id row, uint8_t to[KEYBOX_HEAD + 16])
{
    memcpy(to, keybox, KEYBOX_HEAD);
    memcpy(to + KEYBOX_HEAD, row.at, 16);
    return (str){ (char *)to, KEYBOX_HEAD + 16 };
}

void keybox_write(const struct shared_key *k, const uint8_t row_key[ROW_KEY], const struct ring_key *ring, uint16_t table, id row,
                  uint8_t to[KEYBOX])
{
    struct wire w = { .at = to, .cap = KEYBOX_HEAD };
    wire_u8(&w, SUITE);
    wire_u8(&w, KIND_KEYBOX);
    wire_u16(&w, table);
    wire_u32(&w, ring->epoch);
    wire_bytes(&w, ring->ring.at, 16);
    wire_bytes(&w, k->ephemeral, KEY);
    must(wire_done(&w));
    uint8_t place[KEYBOX_HEAD + 16];
    aead_seal(k->key, (str){ (const char *)row_key, ROW_KEY }, keybox_place(to, row, place), to + KEYBOX_HEAD);
}

bool keybox_seal(const uint8_t row_key[ROW_KEY], const struct ring_key *ring, uint16_t table, id row, uint8_t to[KEYBOX])
{
    struct shared_key once;
    bool good = shared_key_make(ring->open, &once);
    if (good)
        keybox_write(&once, row_key, ring, table, row, to);
    else
        memset(to, 0, KEYBOX);
    wipe(&once, sizeof once);
    return good;
}

bool keybox_names(const uint8_t keybox[KEYBOX], id *ring, uint32_t *epoch, uint16_t *table)
{
    struct wire w = { .at = (uint8_t *)keybox, .cap = KEYBOX };
    uint8_t suite = wire_get_u8(&w), kind = wire_get_u8(&w);
    *table = wire_get_u16(&w);
    *epoch = wire_get_u32(&w);
    memcpy(ring->at, wire_get_bytes(&w, 16), 16);
    return suite == SUITE && kind == KIND_KEYBOX;
}

bool keybox_open(const uint8_t secret[KEY], const uint8_t open[KEY], const uint8_t keybox[KEYBOX], id row,
                 uint8_t row_key[ROW_KEY])
{
    id ring;
    uint32_t epoch;
    uint16_t table;
    uint8_t key[KEY], place[KEYBOX_HEAD + 16];
    const uint8_t *ephemeral = keybox + KEYBOX_HEAD - KEY;
    bool good = keybox_names(keybox, &ring, &epoch, &table) && box_key(secret, ephemeral, ephemeral, open, key) &&
                aead_open(key, (str){ (const char *)keybox + KEYBOX_HEAD, KEYBOX - KEYBOX_HEAD },
                          keybox_place(keybox, row, place), row_key);
    wipe(key, sizeof key);
    if (!good)
        wipe(row_key, ROW_KEY);
    return good;
}

/* table u16 | column u16 = 0 | row id: what a body is bound to. */
static str body_place(uint16_t table, id row, uint8_t to[20])
{
    struct wire w = { .at = to, .cap = 20 };
    wire_u16(&w, table);
    wire_u16(&w, 0);
    wire_bytes(&w, row.at, 16);
    return (str){ (char *)to, 20 };
}

static bool fields_length(const struct sealed_field *fields, ptrdiff_t n, ptrdiff_t *length)
{
    *length = 0;
    if (n < 0 || n > FIELDS_MAX)
        return false;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (fields[i].bytes.len < 0 || fields[i].bytes.len > SEALED_TEXT_MAX)
            return false;
        *length += FIELD_HEAD + fields[i].bytes.len;
    }
    return *length <= SEALED_TEXT_MAX;
}

static str fields_write(struct arena *a, const struct sealed_field *fields, ptrdiff_t n, ptrdiff_t length)
{
    ptrdiff_t padded = padded_length(length + 4);
    struct wire w = { .at = arena_new(a, uint8_t, padded), .cap = length + 4 }; /* the arena gives zeros */
    wire_u32(&w, (uint32_t)length);
    for (ptrdiff_t i = 0; i < n; i++) {
        wire_u16(&w, fields[i].tag);
        wire_u32(&w, (uint32_t)fields[i].bytes.len);
        wire_bytes(&w, fields[i].bytes.at, fields[i].bytes.len);
    }
    must(wire_done(&w));
    return (str){ (char *)w.at, padded };
}

str envelope_seal_also(struct sealer *s, int64_t monotonic_ms, struct arena *a, const struct ring_key *ring, uint16_t table, id row,
                       const struct sealed_field *fields, ptrdiff_t n, const struct ring_key *also, ptrdiff_t count, uint8_t (*boxes)[KEYBOX])
{
    ptrdiff_t length;
    const struct shared_key *k = fields_length(fields, n, &length) ? sealer_key(s, monotonic_ms, ring->open) : NULL;
    if (!k)
        return lit("");
    /* Both pieces of memory first: an empty arena must not jump away from secrets on the stack. */
    ptrdiff_t whole = KEYBOX + padded_length(length + 4) + AEAD_MORE;
    uint8_t *to = arena_new(a, uint8_t, whole);
    str plain = fields_write(a, fields, n, length);
    uint8_t row_key[ROW_KEY], body_key[KEY], place[20];
    crypt_random(row_key, sizeof row_key);
    keyed_hash(row_key, "body", lit(""), body_key, KEY);
    keybox_write(k, row_key, ring, table, row, to);
    bool usable = true;
    for (ptrdiff_t i = 0; i < count; i++)
        usable = keybox_seal(row_key, &also[i], table, row, boxes[i]) && usable;
    aead_seal(body_key, plain, body_place(table, row, place), to + KEYBOX);
    wipe(row_key, sizeof row_key);
    wipe(body_key, sizeof body_key);
    wipe((void *)plain.at, plain.len);
    return usable ? (str){ (char *)to, whole } : lit("");
}

str envelope_seal(struct sealer *s, int64_t monotonic_ms, struct arena *a, const struct ring_key *ring, uint16_t table, id row,
                  const struct sealed_field *fields, ptrdiff_t n)
{
    return envelope_seal_also(s, monotonic_ms, a, ring, table, row, fields, n, NULL, 0, NULL);
}

/* Two passes over the fields: count, then fill. A plain text of another shape than ours is refused. */
static bool fields_read(struct arena *a, str plain, struct sealed_fields *out)
{
    struct wire head = { .at = (uint8_t *)plain.at, .cap = plain.len };
    ptrdiff_t length = (ptrdiff_t)wire_get_u32(&head), count = 0;
    if (head.bad || length > SEALED_TEXT_MAX || length + 4 > plain.len || padded_length(length + 4) != plain.len)
        return false;
    uint8_t rest = 0;
    for (ptrdiff_t i = length + 4; i < plain.len; i++)
        rest |= (uint8_t)plain.at[i];
    struct wire w = { .at = head.at + 4, .cap = length };
    for (; !w.bad && w.len < w.cap; count++) {
        (void)wire_get_u16(&w);
        (void)wire_get_bytes(&w, (ptrdiff_t)wire_get_u32(&w));
    }
    if (w.bad || rest || count > FIELDS_MAX)
        return false;
    out->at = arena_new(a, struct sealed_field, count);
    out->len = count;
    w.len = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        out->at[i].tag = wire_get_u16(&w);
        ptrdiff_t n = (ptrdiff_t)wire_get_u32(&w);
        out->at[i].bytes = (str){ (const char *)wire_get_bytes(&w, n), n };
    }
    return true;
}

bool envelope_open(struct arena *a, const uint8_t row_key[ROW_KEY], uint16_t table, id row, str sealed,
                   struct sealed_fields *out)
{
    id ring;
    uint32_t epoch;
    uint16_t named;
    *out = (struct sealed_fields){ 0 };
    if (sealed.len < KEYBOX + AEAD_MORE || sealed.len > KEYBOX + AEAD_MORE + padded_length(SEALED_TEXT_MAX + 4) ||
        !keybox_names((const uint8_t *)sealed.at, &ring, &epoch, &named) || named != table)
        return false;
    str body = str_part(sealed, KEYBOX, sealed.len);
    uint8_t *plain = arena_new(a, uint8_t, body.len), body_key[KEY], place[20];
    keyed_hash(row_key, "body", lit(""), body_key, KEY);
    str text = { (char *)plain, body.len - AEAD_MORE };
    bool good = aead_open(body_key, body, body_place(table, row, place), plain);
    wipe(body_key, sizeof body_key);
    if (good && fields_read(a, text, out))
        return true;
    wipe(plain, body.len);
    return false;
}

str sealed_field(const struct sealed_fields *f, uint16_t tag)
{
    for (ptrdiff_t i = 0; i < f->len; i++)
        if (f->at[i].tag == tag)
            return f->at[i].bytes;
    return lit("");
}
