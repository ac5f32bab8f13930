#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/crypt/age.h"

/* Made for this test by age-keygen and age 1.1.1 of Debian 12; nobody else has ever used them. */
static const char identity[] = "AGE-SECRET-KEY-1CN4A3PYSW6PAWFVN8H4Z5J9UEAGFUKD5FYKM7YUGPC5PSN870CQQ990ZMM";
static const char recipient[] = "age10szljxvyf4htfaptzgk209ve644n8hkk3hj58peg4j5g4zsj8atqetudc9";
static const char other_identity[] = "AGE-SECRET-KEY-1XSULN484J5HQ8L0XPYA2M75DPK4ZX7E573X2UUK6AXRKHK7UWYTQNLVXXK";
/* "a small invented text\n" for both. */
static const char by_debians_age[] =
    "6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139207557457a424a6b30365534796a657a46374551536d514d3334596b54"
    "4c50736d44737053796e73636a53380a52415763333131335a473277783957733472707545424379594972747732504866372f366e4f4a345371380a"
    "2d3e20583235353139203665356d426c664d7343377a466363464f2b396c77507a3257715635636b313657796645786562756e32340a73374c456d78"
    "7632723876326e425042492b6a794a7065314c7a7a2f6262374c467773596e3359316634410a2d2d2d20532b693743592b6457693376784449513847"
    "676a4645744a36685a70754d3939502b3577417136734f676b0aa524e51d5c3bd1ef908060ecf13385504078f469d6aded81ebbccade06c9bf8faeda"
    "ef6a668566f9dd5bde8b26d25d8331b4f87b4678";

static struct arena room;

static int make_room(void **state)
{
    (void)state;
    crypt_start();
    room = arena_reserve(64 << 20);
    return 0;
}

static str vector(void)
{
    ptrdiff_t n = (ptrdiff_t)strlen(by_debians_age) / 2;
    uint8_t *to = arena_new(&room, uint8_t, n);
    assert_true(hex_read(str_of(by_debians_age), to, n));
    return (str){ (char *)to, n };
}

static void read_identity(const char *text, uint8_t secret[KEY])
{
    assert_true(age_identity_read(str_of(text), secret));
}

/* The whole small file as one last piece. */
static status open_small(str file, const char *who, str *text)
{
    uint8_t secret[KEY], *to = arena_new(&room, uint8_t, AGE_CHUNK);
    struct age_stream stream;
    ptrdiff_t head;
    read_identity(who, secret);
    status s = age_head_open(&room, file, secret, &head, &stream);
    if (s != OK)
        return s;
    str sealed = str_part(file, head, file.len);
    if (!age_open(&stream, sealed, true, to))
        return INVALID;
    *text = (str){ (char *)to, sealed.len - AEAD_TAG };
    return OK;
}

static void keys_are_read_as_age_keygen_writes_them(void **state)
{
    (void)state;
    uint8_t secret[KEY], open[KEY];
    struct box_pair pair;
    read_identity(identity, secret);
    assert_true(age_recipient_read(str_of(recipient), open));
    box_pair_from(secret, &pair);
    assert_memory_equal(pair.open, open, KEY);
}

static void a_key_with_one_letter_changed_is_no_key(void **state)
{
    (void)state;
    uint8_t key[KEY];
    char text[80];
    ptrdiff_t n = (ptrdiff_t)strlen(recipient);
    for (ptrdiff_t i = 0; i < n; i++) {
        memcpy(text, recipient, (size_t)n);
        text[i] = text[i] == 'q' ? 'p' : 'q';
        assert_false(age_recipient_read((str){ text, n }, key));
    }
    assert_false(age_recipient_read(str_part(str_of(recipient), 0, n - 1), key));
    assert_false(age_recipient_read(lit(""), key));
    assert_false(age_recipient_read(str_of(identity), key));
    assert_false(age_identity_read(str_of(recipient), key));
}

static void what_debians_age_sealed_opens(void **state)
{
    (void)state;
    str text;
    assert_int_equal(open_small(vector(), identity, &text), OK);
    assert_true(str_equal(text, lit("a small invented text\n")));
    assert_int_equal(open_small(vector(), other_identity, &text), OK);
    assert_true(str_equal(text, lit("a small invented text\n")));
}

static void every_flipped_bit_is_found(void **state)
{
    (void)state;
    str good = vector(), text;
    int opened = 0;
    for (ptrdiff_t i = 0; i < good.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct arena before = room;
            char *bad = arena_new(&room, char, good.len);
            memcpy(bad, good.at, (size_t)good.len);
            bad[i] = (char)(bad[i] ^ 1 << bit);
            opened += open_small((str){ bad, good.len }, identity, &text) == OK;
            room = before;
        }
    assert_int_equal(opened, 0);
}

static str seal_all(str text, uint8_t (*to)[KEY], ptrdiff_t n)
{
    struct age_stream stream;
    struct out o = { .arena = &room };
    uint8_t *piece = arena_new(&room, uint8_t, AGE_SEALED);
    str head = age_head_make(&room, (const uint8_t(*)[KEY])to, n, &stream);
    assert_true(head.len > 0);
    out_str(&o, head);
    for (bool last = false; !last; text = str_part(text, AGE_CHUNK, text.len)) {
        last = text.len <= AGE_CHUNK;
        str part = str_part(text, 0, AGE_CHUNK);
        age_seal(&stream, part, last, piece);
        out_str(&o, (str){ (char *)piece, part.len + AEAD_TAG });
    }
    return out_view(&o);
}

static status open_all(str file, const char *who, str *text)
{
    uint8_t secret[KEY], *piece = arena_new(&room, uint8_t, AGE_CHUNK);
    struct age_stream stream;
    struct out o = { .arena = &room };
    ptrdiff_t head;
    read_identity(who, secret);
    status s = age_head_open(&room, file, secret, &head, &stream);
    if (s != OK)
        return s;
    file = str_part(file, head, file.len);
    for (bool last = false; !last; file = str_part(file, AGE_SEALED, file.len)) {
        last = file.len <= AGE_SEALED;
        str part = str_part(file, 0, AGE_SEALED);
        if (!age_open(&stream, part, last, piece))
            return INVALID;
        out_str(&o, (str){ (char *)piece, part.len - AEAD_TAG });
    }
    *text = out_view(&o);
    return OK;
}

static void files_of_every_length_come_back(void **state)
{
    (void)state;
    static const ptrdiff_t lengths[] = { 0, 1, AGE_CHUNK - 1, AGE_CHUNK, AGE_CHUNK + 1, 3 * AGE_CHUNK, 3 * AGE_CHUNK + 7 };
    uint8_t to[1][KEY];
    assert_true(age_recipient_read(str_of(recipient), to[0]));
    for (ptrdiff_t i = 0; i < countof(lengths); i++) {
        char *text = arena_new(&room, char, lengths[i] + 1);
        crypt_random(text, lengths[i]);
        str file = seal_all((str){ text, lengths[i] }, to, 1), back;
        assert_int_equal(open_all(file, identity, &back), OK);
        assert_true(str_equal(back, (str){ text, lengths[i] }));
        assert_int_equal(open_all(file, other_identity, &back), NOT_FOUND);
    }
}

static void a_file_cut_or_out_of_order_does_not_open(void **state)
{
    (void)state;
    uint8_t to[1][KEY];
    assert_true(age_recipient_read(str_of(recipient), to[0]));
    char *text = arena_new(&room, char, 3 * AGE_CHUNK);
    str file = seal_all((str){ text, 3 * AGE_CHUNK }, to, 1), back;
    ptrdiff_t head = file.len - 3 * AGE_SEALED;
    assert_int_equal(open_all(str_part(file, 0, head + 2 * AGE_SEALED), identity, &back), INVALID);
    assert_int_equal(open_all(str_part(file, 0, head), identity, &back), INVALID);
    char *swapped = arena_new(&room, char, file.len);
    memcpy(swapped, file.at, (size_t)file.len);
    memcpy(swapped + head, file.at + head + AGE_SEALED, AGE_SEALED);
    memcpy(swapped + head + AGE_SEALED, file.at + head, AGE_SEALED);
    assert_int_equal(open_all((str){ swapped, file.len }, identity, &back), INVALID);
    assert_int_equal(open_all(file, identity, &back), OK);
}

static void a_point_of_small_order_is_no_recipient(void **state)
{
    (void)state;
    static const uint8_t zero[1][KEY];
    struct age_stream stream;
    assert_int_equal(age_head_make(&room, zero, 1, &stream).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read_as_age_keygen_writes_them),
        cmocka_unit_test(a_key_with_one_letter_changed_is_no_key),
        cmocka_unit_test(what_debians_age_sealed_opens),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(files_of_every_length_come_back),
        cmocka_unit_test(a_file_cut_or_out_of_order_does_not_open),
        cmocka_unit_test(a_point_of_small_order_is_no_recipient),
    };
    return cmocka_run_group_tests(tests, make_room, NULL);
}
