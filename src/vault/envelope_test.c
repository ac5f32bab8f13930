#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/crypt/crypt.h"
#include "vault/envelope.h"

static struct arena space;
static struct sealer *sealer;

struct ring {
    struct box_pair pair;
    struct ring_key key;
};
static struct ring ring_make(uint8_t number, uint32_t epoch)
{
    struct ring r;
    box_pair_make(&r.pair);
    r.key = (struct ring_key){ .ring.at = { number, 1, 2, 3 }, .epoch = epoch };
    memcpy(r.key.open, r.pair.open, KEY);
    return r;
}

/* What keeper and web do together: the keeper compares ring and epoch and opens the keybox, web opens the body. */
static bool opens(const struct ring *r, uint16_t table, id row, str sealed, struct sealed_fields *out)
{
    struct arena a = space; /* taken back when this returns, but for the fields of the last call */
    id named;
    uint32_t epoch;
    uint16_t of_table;
    uint8_t key[ROW_KEY];
    const uint8_t *keybox = (const uint8_t *)sealed.at;
    return sealed.len >= KEYBOX && keybox_names(keybox, &named, &epoch, &of_table) && id_equal(named, r->key.ring) &&
           epoch == r->key.epoch && of_table == table &&
           keybox_open(r->pair.secret, r->pair.open, keybox, row, key) && envelope_open(&a, key, table, row, sealed, out);
}

static const struct sealed_field sample[] = {
    { 1, LIT("an invented narrative") },
    { 2, LIT("") },
    { 700, LIT("en") },
};
static const id row_one = { { 1, 9, 9 } }, row_two = { { 2, 9, 9 } };

static str seal(const struct ring *r, int64_t ms, uint16_t table, id row)
{
    str s = envelope_seal(sealer, ms, &space, &r->key, table, row, sample, countof(sample));
    must(s.len > 0);
    return s;
}

static void what_is_sealed_is_opened_again(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 4);
    struct sealed_fields f;
    str s = seal(&r, 0, TABLE_TIP, row_one);
    assert_int_equal(s.len, KEYBOX + 256 + AEAD_MORE);
    assert_true(opens(&r, TABLE_TIP, row_one, s, &f));
    assert_int_equal(f.len, 3);
    assert_true(str_equal(sealed_field(&f, 1), lit("an invented narrative")));
    assert_true(str_equal(sealed_field(&f, 700), lit("en")));
    assert_int_equal(sealed_field(&f, 3).len, 0);
}

static void every_flipped_bit_and_every_swap_is_refused(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 4);
    struct sealed_fields f;
    int tried = 0, refused = 0;
    str s = seal(&r, 0, TABLE_TIP, row_one);
    id row = row_one;
    uint16_t table = TABLE_TIP;
    struct { void *at; ptrdiff_t n; } parts[] = {
        { (void *)s.at, s.len }, { row.at, 16 },        { &table, 2 },          { r.key.ring.at, 16 },
        { &r.key.epoch, 4 },     { r.pair.open, KEY },
    };
    for (int p = 0; p < countof(parts); p++)
        for (ptrdiff_t bit = 0; bit < 8 * parts[p].n; bit++) {
            uint8_t *at = (uint8_t *)parts[p].at + bit / 8, mask = (uint8_t)(1 << bit % 8);
            *at ^= mask;
            tried++;
            refused += !opens(&r, table, row, s, &f);
            *at ^= mask;
        }
    /* The bits that X25519 clears or sets itself (three low, two high) are no part of the secret. */
    for (int bit = 3; bit < 254; bit++) {
        r.pair.secret[bit / 8] ^= (uint8_t)(1 << bit % 8);
        tried++;
        refused += !opens(&r, table, row, s, &f);
        r.pair.secret[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(opens(&r, table, row, s, &f)); /* all was put back: the refusals were about the bits */
    /* Envelopes that differ in one thing each, the keybox of any with the body of any other. */
    struct ring rings[] = { r, r, ring_make(2, 4) };
    rings[1].key.epoch = 5; /* another epoch with the same pair: only the number differs */
    struct { int ring; uint16_t table; id row; str sealed; } all[12];
    for (int i = 0; i < 12; i++) {
        all[i].ring = i % 3;
        all[i].table = i / 3 % 2 ? TABLE_REPLY : TABLE_TIP;
        all[i].row = i / 6 ? row_two : row_one;
        all[i].sealed = seal(&rings[all[i].ring], 0, all[i].table, all[i].row);
    }
    for (int head = 0; head < 12; head++)
        for (int body = 0; body < 12; body++)
            for (int place = 0; place < 12; place++) {
                str mixed = str_join(&space, str_part(all[head].sealed, 0, KEYBOX),
                                     str_part(all[body].sealed, KEYBOX, all[body].sealed.len));
                bool open = opens(&rings[all[place].ring], all[place].table, all[place].row, mixed, &f);
                if (head == body && body == place) {
                    assert_true(open);
                    continue;
                }
                tried++;
                refused += !open;
            }
    for (ptrdiff_t n = 0; n < s.len; n++, tried++)
        refused += !opens(&r, table, row, str_part(s, 0, n), &f);
    print_message("flips, swaps and cuts refused: %d of %d\n", refused, tried);
    assert_int_equal(refused, tried);
}

static void a_keybox_alone_is_bound_to_its_head_and_its_row(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 4);
    uint8_t key[ROW_KEY] = { 9 }, back[ROW_KEY], keybox[KEYBOX];
    id row = row_one;
    assert_true(keybox_seal(key, &r.key, TABLE_REPLY, row, keybox));
    for (int bit = 0; bit < 8 * (KEYBOX + 16); bit++) {
        uint8_t *at = bit < 8 * KEYBOX ? &keybox[bit / 8] : &row.at[bit / 8 - KEYBOX];
        *at ^= (uint8_t)(1 << bit % 8);
        assert_false(keybox_open(r.pair.secret, r.pair.open, keybox, row, back));
        *at ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(keybox_open(r.pair.secret, r.pair.open, keybox, row, back));
    assert_memory_equal(back, key, ROW_KEY);
}

static void a_key_that_is_no_usable_point_seals_nothing(void **state)
{
    (void)state;
    struct ring_key zero = { .ring.at = { 1 } };
    uint8_t keybox[KEYBOX], key[ROW_KEY] = { 1 }, none[KEYBOX] = { 0 };
    assert_false(keybox_seal(key, &zero, TABLE_REPLY, row_one, keybox));
    assert_memory_equal(keybox, none, KEYBOX);
    assert_int_equal(envelope_seal(sealer, 0, &space, &zero, TABLE_TIP, row_one, sample, countof(sample)).len, 0);
    struct ring r = ring_make(1, 1);
    assert_true(keybox_seal(key, &r.key, TABLE_REPLY, row_one, keybox));
    memset(keybox + 24, 0, KEY); /* an ephemeral of small order */
    assert_false(keybox_open(r.pair.secret, r.pair.open, keybox, row_one, key));
    assert_memory_equal(key, none, ROW_KEY);
}

static void a_row_key_boxed_again_opens_the_same_body(void **state)
{
    (void)state;
    struct ring office = ring_make(1, 1), casefile = ring_make(2, 7);
    struct sealed_fields f;
    uint8_t key[ROW_KEY], again[ROW_KEY], keybox[KEYBOX];
    str s = seal(&office, 0, TABLE_TIP, row_one);
    assert_true(keybox_open(office.pair.secret, office.pair.open, (const uint8_t *)s.at, row_one, key));
    assert_true(keybox_seal(key, &casefile.key, TABLE_TIP, row_one, keybox));
    assert_true(keybox_open(casefile.pair.secret, casefile.pair.open, keybox, row_one, again));
    assert_memory_equal(key, again, ROW_KEY);
    assert_true(envelope_open(&space, again, TABLE_TIP, row_one, s, &f));
    assert_false(keybox_open(office.pair.secret, office.pair.open, keybox, row_one, again));
}

static const char *ephemeral(str sealed)
{
    return sealed.at + 24;
}

static void an_ephemeral_serves_one_ring_for_a_second(void **state)
{
    (void)state;
    struct ring a = ring_make(1, 1), b = ring_make(2, 1);
    sealer_wipe(sealer);
    str first = seal(&a, 5000, TABLE_TIP, row_one), other = seal(&b, 5000, TABLE_TIP, row_one);
    assert_memory_not_equal(ephemeral(first), ephemeral(other), KEY);
    assert_memory_equal(ephemeral(first), ephemeral(seal(&a, 5999, TABLE_TIP, row_two)), KEY);
    assert_memory_equal(ephemeral(other), ephemeral(seal(&b, 5999, TABLE_TIP, row_two)), KEY);
    assert_memory_not_equal(ephemeral(first), ephemeral(seal(&a, 6000, TABLE_TIP, row_two)), KEY);
    str later = seal(&b, 7000, TABLE_TIP, row_one);
    assert_memory_not_equal(ephemeral(later), ephemeral(seal(&b, 6999, TABLE_TIP, row_one)), KEY); /* a clock that went back */
    str before = seal(&a, 9000, TABLE_TIP, row_one);
    sealer_wipe(sealer);
    assert_memory_not_equal(ephemeral(before), ephemeral(seal(&a, 9000, TABLE_TIP, row_one)), KEY);
}

static void an_ephemeral_serves_1024_rows_at_most(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 1);
    sealer_wipe(sealer);
    str first = seal(&r, 0, TABLE_TIP, row_one);
    for (int i = 2; i <= 1024; i++)
        assert_memory_equal(ephemeral(first), ephemeral(seal(&r, 0, TABLE_TIP, row_one)), KEY);
    assert_memory_not_equal(ephemeral(first), ephemeral(seal(&r, 0, TABLE_TIP, row_one)), KEY);
}

static void many_rings_share_the_table_and_still_open(void **state)
{
    (void)state;
    struct ring rings[40];
    struct sealed_fields f;
    for (int i = 0; i < 40; i++)
        rings[i] = ring_make((uint8_t)(i + 1), 1);
    for (int turn = 0; turn < 3; turn++)
        for (int i = 0; i < 40; i++)
            assert_true(opens(&rings[i], TABLE_TIP, row_one, seal(&rings[i], turn * 10 + i, TABLE_TIP, row_one), &f));
}

static void a_tick_after_a_second_leaves_nothing_of_the_key(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 1);
    sealer_wipe(sealer);
    str s = seal(&r, 1000, TABLE_TIP, row_one);
    const char *at = (const char *)sealer;
    must(at); /* said for the compiler: the sanitised build warns of a null haystack */
    /* Control: the ephemeral stands in the sealer while it is in use; 16 slots of 32 + 32 + 32 + 16 bytes. */
    assert_non_null(memmem(at, 16 * 112, ephemeral(s), KEY));
    sealer_tick(sealer, 1999);
    assert_non_null(memmem(at, 16 * 112, ephemeral(s), KEY));
    sealer_tick(sealer, 2000);
    for (int i = 0; i < 16 * 112; i++)
        assert_int_equal(at[i], 0);
}

static void random_fields_come_back_as_they_were(void **state)
{
    (void)state;
    struct chance c = chance_seeded(20261124);
    struct ring r = ring_make(3, 2);
    for (int round = 0; round < 400; round++) {
        struct arena here = space;
        struct sealed_field fields[12];
        uint8_t dice[16];
        c.fill(&c, dice, sizeof dice);
        ptrdiff_t n = dice[0] % 13, length = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            c.fill(&c, dice, sizeof dice);
            ptrdiff_t len = dice[0] % 4 ? dice[1] : (dice[1] << 8 | dice[2]);
            char *p = arena_new(&here, char, len + 1);
            c.fill(&c, p, len);
            fields[i] = (struct sealed_field){ (uint16_t)(dice[3] << 8 | dice[4]), { p, len } };
            length += 6 + len;
        }
        id row = chance_id(&c, 0, true);
        str s = envelope_seal(sealer, round, &here, &r.key, TABLE_TIP_SOURCE, row, fields, n);
        assert_int_equal(s.len, KEYBOX + AEAD_MORE + padded_length(length + 4));
        uint8_t key[ROW_KEY];
        struct sealed_fields back;
        assert_true(keybox_open(r.pair.secret, r.pair.open, (const uint8_t *)s.at, row, key));
        assert_true(envelope_open(&here, key, TABLE_TIP_SOURCE, row, s, &back));
        assert_int_equal(back.len, n);
        for (ptrdiff_t i = 0; i < n; i++)
            assert_true(back.at[i].tag == fields[i].tag && str_equal(back.at[i].bytes, fields[i].bytes));
    }
}

/* A body with the true key around any plain text: what only a hostile or broken writer could make. */
static bool shape_opens(const void *plain, ptrdiff_t n)
{
    uint8_t row_key[ROW_KEY] = { 3 }, body_key[KEY], place[20] = { TABLE_TIP };
    memcpy(place + 4, row_one.at, 16);
    keyed_hash(row_key, "body", lit(""), body_key, KEY);
    uint8_t *to = arena_new(&space, uint8_t, KEYBOX + n + AEAD_MORE);
    memcpy(to, (uint8_t[]){ 1, 1, TABLE_TIP, 0 }, 4);
    aead_seal(body_key, (str){ plain, n }, (str){ (char *)place, 20 }, to + KEYBOX);
    struct sealed_fields f;
    return envelope_open(&space, row_key, TABLE_TIP, row_one, (str){ (char *)to, KEYBOX + n + AEAD_MORE }, &f);
}

static void a_body_of_another_shape_is_refused_even_with_the_right_key(void **state)
{
    (void)state;
    uint8_t plain[272] = { 8, 0, 0, 0, /* field */ 1, 0, 2, 0, 0, 0, 'h', 'i' };
    assert_true(shape_opens(plain, 256));
    assert_false(shape_opens(plain, 272)); /* padded to another class */
    assert_false(shape_opens(plain, 12));
    assert_false(shape_opens(plain, 0));
    plain[255] = 1; /* something in the padding */
    assert_false(shape_opens(plain, 256));
    plain[255] = 0;
    for (int len = 0; len < 256; len++) { /* any other length of the field than the one that fits */
        plain[6] = (uint8_t)len;
        assert_true(shape_opens(plain, 256) == (len == 2));
    }
    plain[6] = 2;
    memset(plain + 7, 0xff, 3);
    assert_false(shape_opens(plain, 256));
    memset(plain + 7, 0, 3);
    memset(plain, 0xff, 4); /* length beyond everything */
    assert_false(shape_opens(plain, 256));
    memcpy(plain, (uint8_t[]){ 7, 0, 0, 0 }, 4); /* cut inside the field */
    assert_false(shape_opens(plain, 256));
    memcpy(plain, (uint8_t[]){ 44, 1, 0, 0 }, 4); /* length beyond this text */
    assert_false(shape_opens(plain, 256));
    memset(plain, 0, sizeof plain); /* no field at all is a row too */
    assert_true(shape_opens(plain, 256));
}

static void a_body_of_more_fields_than_are_ever_sealed_is_refused(void **state)
{
    (void)state;
    enum { FIELD = 6 };
    for (ptrdiff_t n = FIELDS_MAX; n <= FIELDS_MAX + 1; n++) { /* empty ones, of tag 0: zeros */
        ptrdiff_t length = n * FIELD, padded = padded_length(length + 4);
        uint8_t *plain = arena_new(&space, uint8_t, padded);
        memcpy(plain, (uint8_t[]){ (uint8_t)length, (uint8_t)(length >> 8), (uint8_t)(length >> 16), 0 }, 4);
        assert_int_equal(shape_opens(plain, padded), n == FIELDS_MAX);
    }
}

static void too_many_or_too_long_fields_are_not_sealed(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 1);
    struct sealed_fields f;
    struct sealed_field *fields = arena_new(&space, struct sealed_field, FIELDS_MAX + 1);
    assert_true(opens(&r, TABLE_TIP, row_one,
                      envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, FIELDS_MAX), &f));
    assert_int_equal(envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, FIELDS_MAX + 1).len, 0);
    fields[0].bytes = (str){ arena_new(&space, char, SEALED_TEXT_MAX), SEALED_TEXT_MAX - 6 };
    assert_true(opens(&r, TABLE_TIP, row_one,
                      envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, 1), &f));
    fields[0].bytes.len++;
    assert_int_equal(envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, 1).len, 0);
    assert_int_equal(envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, -1).len, 0);
    fields[0].bytes.len = -1;
    assert_int_equal(envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, 1).len, 0);
    fields[0].bytes.len = SEALED_TEXT_MAX + 1;
    assert_int_equal(envelope_seal(sealer, 0, &space, &r.key, TABLE_TIP, row_one, fields, 1).len, 0);
}

/* Before any key is tried: too short, too long, of another table, or no keybox of ours. */
static void what_is_no_envelope_of_this_table_is_not_opened(void **state)
{
    (void)state;
    struct ring r = ring_make(1, 1);
    uint8_t key[ROW_KEY];
    struct sealed_fields f;
    str s = seal(&r, 0, TABLE_TIP, row_one);
    struct arena a = space;
    assert_true(keybox_open(r.pair.secret, r.pair.open, (const uint8_t *)s.at, row_one, key));
    assert_true(envelope_open(&a, key, TABLE_TIP, row_one, s, &f));
    assert_false(envelope_open(&a, key, TABLE_TIP + 1, row_one, s, &f));
    assert_false(envelope_open(&a, key, TABLE_TIP, row_one, str_part(s, 0, KEYBOX + AEAD_MORE - 1), &f));
    assert_false(envelope_open(&a, key, TABLE_TIP, row_one, (str){ s.at, (ptrdiff_t)1 << 30 }, &f));
    char *other = (char *)(uintptr_t)str_copy(&a, s).at;
    other[0] ^= 0x40; /* the version */
    assert_false(envelope_open(&a, key, TABLE_TIP, row_one, (str){ other, s.len }, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_is_opened_again),
        cmocka_unit_test(every_flipped_bit_and_every_swap_is_refused),
        cmocka_unit_test(a_keybox_alone_is_bound_to_its_head_and_its_row),
        cmocka_unit_test(a_key_that_is_no_usable_point_seals_nothing),
        cmocka_unit_test(a_row_key_boxed_again_opens_the_same_body),
        cmocka_unit_test(an_ephemeral_serves_one_ring_for_a_second),
        cmocka_unit_test(an_ephemeral_serves_1024_rows_at_most),
        cmocka_unit_test(many_rings_share_the_table_and_still_open),
        cmocka_unit_test(a_tick_after_a_second_leaves_nothing_of_the_key),
        cmocka_unit_test(random_fields_come_back_as_they_were),
        cmocka_unit_test(a_body_of_another_shape_is_refused_even_with_the_right_key),
        cmocka_unit_test(a_body_of_more_fields_than_are_ever_sealed_is_refused),
        cmocka_unit_test(too_many_or_too_long_fields_are_not_sealed),
        cmocka_unit_test(what_is_no_envelope_of_this_table_is_not_opened),
    };
    crypt_start();
    space = arena_reserve(64 << 20);
    sealer = sealer_new();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
