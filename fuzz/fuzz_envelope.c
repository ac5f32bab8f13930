/*
 * Sealed columns. As they are, no bytes open without their key; as the plain text of a body whose
 * key we hold, they open only in the one shape that we write, and are sealed back to the same fields.
 */
#include "fuzz.h"
#include "lib/crypt/crypt.h"
#include "vault/envelope.h"

static const id row = { { 0x0e, 1 } };
static const uint8_t row_key[ROW_KEY] = { 3 };

static bool plain_opens(struct arena *a, str plain, struct sealed_fields *out)
{
    uint8_t body_key[KEY], place[20] = { TABLE_TIP };
    memcpy(place + 4, row.at, 16);
    keyed_hash(row_key, "body", lit(""), body_key, KEY);
    str sealed = { arena_new(a, char, KEYBOX + plain.len + AEAD_MORE), KEYBOX + plain.len + AEAD_MORE };
    memcpy((char *)sealed.at, (uint8_t[]){ 1, 1, TABLE_TIP, 0 }, 4);
    aead_seal(body_key, plain, (str){ (char *)place, 20 }, (uint8_t *)sealed.at + KEYBOX);
    return envelope_open(a, row_key, TABLE_TIP, row, sealed, out);
}

static void check_round_trip(struct arena *a, const struct sealed_fields *f)
{
    static struct box_pair pair;
    static struct sealer *sealer;
    if (!sealer) {
        box_pair_make(&pair);
        sealer = sealer_new();
    }
    struct ring_key ring = { .epoch = 1 };
    struct sealed_fields back;
    uint8_t key[ROW_KEY];
    memcpy(ring.open, pair.open, KEY);
    str sealed = envelope_seal(sealer, 0, a, &ring, TABLE_TIP, row, f->at, f->len);
    must(sealed.len && keybox_open(pair.secret, pair.open, (const uint8_t *)sealed.at, row, key));
    must(envelope_open(a, key, TABLE_TIP, row, sealed, &back) && back.len == f->len);
    for (ptrdiff_t i = 0; i < back.len; i++)
        must(back.at[i].tag == f->at[i].tag && str_equal(back.at[i].bytes, f->at[i].bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena whole;
    struct arena a = fuzz_arena(&whole);
    struct sealed_fields f;
    uint8_t key[ROW_KEY], zero[ROW_KEY] = { 0 };
    str input = { (const char *)data, (ptrdiff_t)size };
    crypt_start();
    must(!envelope_open(&a, row_key, TABLE_TIP, row, input, &f) && !f.len);
    if (size >= KEYBOX) {
        must(!keybox_open(row_key, row_key, data, row, key));
        must(same_bytes(key, zero, ROW_KEY));
    }
    ptrdiff_t used = 0;
    if (size > 1 << 20 || !plain_opens(&a, input, &f))
        return 0;
    for (ptrdiff_t i = 0; i < f.len; i++)
        used += 6 + f.at[i].bytes.len;
    must(padded_length(used + 4) == input.len);
    check_round_trip(&a, &f);
    return 0;
}
