#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/crypt/crypt.h"

static void expect_hex(const void *got, const char *hex, ptrdiff_t n)
{
    uint8_t want[256];
    must(n <= (ptrdiff_t)sizeof want && hex_read(str_of(hex), want, n));
    assert_memory_equal(got, want, (size_t)n);
}

static void bytes_of(const char *hex, uint8_t *to, ptrdiff_t n)
{
    must(hex_read(str_of(hex), to, n));
}

static void count_up(uint8_t *to, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        to[i] = (uint8_t)i;
}

static void blake2b_gives_the_known_answers(void **state)
{
    (void)state;
    uint8_t k[KEY], got[KEY];
    plain_hash(lit(""), got, 32);
    expect_hex(got, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8", 32);
    plain_hash(lit("abc"), got, 32);
    expect_hex(got, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319", 32);
    /* Computed with another implementation: Python's hashlib. */
    count_up(k, KEY);
    keyed_hash(k, "body", lit(""), got, 32);
    expect_hex(got, "1015f849e591027e6590c66d26aa03cf6981b85d1cc58d0da545d73ba7e93ac3", 32);
    keyed_hash(k, "", lit("invented text"), got, 32);
    expect_hex(got, "55f77a66de0ee39eb776bc3dca9ef5974f8c8522b5819e883a5ac53ce90d3979", 32);
    keyed_hash_bare(k, lit("plainsight box 1"), got, 32);
    expect_hex(got, "9d94523331fcb5a3754f2d78ffbfc8b7356b8673010a2ccfe6c4a90ba5472cde", 32);
}

static void a_shorter_hash_is_the_beginning_of_the_whole_one(void **state)
{
    (void)state;
    uint8_t k[KEY], whole[KEY], part[KEY];
    count_up(k, KEY);
    keyed_hash(k, "locator", lit("x"), whole, 32);
    for (ptrdiff_t n = 1; n < KEY; n++) {
        memset(part, 0xee, sizeof part);
        keyed_hash(k, "locator", lit("x"), part, n);
        assert_memory_equal(part, whole, (size_t)n);
        assert_int_equal(part[n], 0xee);
    }
}

static void label_and_text_do_not_run_together(void **state)
{
    (void)state;
    uint8_t k[KEY] = { 1 }, a[KEY], b[KEY];
    keyed_hash(k, "ab", lit("c"), a, 32);
    keyed_hash(k, "a", lit("bc"), b, 32);
    assert_memory_not_equal(a, b, KEY);
}

static void sha256_gives_the_known_answer_whole_and_in_pieces(void **state)
{
    (void)state;
    uint8_t got[32];
    const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    sha256(lit("abc"), got);
    expect_hex(got, abc, 32);
    struct sha256_state s;
    sha256_start(&s);
    sha256_more(&s, lit("a"));
    sha256_more(&s, lit(""));
    sha256_more(&s, lit("bc"));
    sha256_end(&s, got);
    expect_hex(got, abc, 32);
}

static const char sunscreen[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
                                "future, sunscreen would be it.";

static void xchacha20_poly1305_opens_the_vector_of_the_draft(void **state)
{
    (void)state;
    /* draft-irtf-cfrg-xchacha-03, A.3.1: nonce | ciphertext | tag */
    uint8_t key[KEY], sealed[24 + 114 + 16], with[12], text[114];
    bytes_of("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", key, KEY);
    bytes_of("50515253c0c1c2c3c4c5c6c7", with, 12);
    bytes_of("404142434445464748494a4b4c4d4e4f5051525354555657"
             "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c670"
             "8c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9"
             "768812f615c68b13b52e"
             "c0875924c1c7987947deafd8780acf49",
             sealed, sizeof sealed);
    str s = { (const char *)sealed, sizeof sealed }, aad = { (const char *)with, sizeof with };
    assert_true(aead_open(key, s, aad, text));
    assert_memory_equal(text, sunscreen, 114);
}

static void every_flipped_bit_of_a_sealed_text_its_key_or_its_place_is_refused(void **state)
{
    (void)state;
    uint8_t key[KEY], sealed[AEAD_MORE + 20], back[20], with[9] = "in place";
    crypt_random(key, KEY);
    str text = lit("an invented sentence"), s = { (const char *)sealed, sizeof sealed };
    str place = { (const char *)with, sizeof with };
    aead_seal(key, text, place, sealed);
    assert_true(aead_open(key, s, place, back));
    assert_memory_equal(back, text.at, 20);
    struct { uint8_t *at; ptrdiff_t n; } parts[] = { { key, KEY }, { sealed, sizeof sealed }, { with, sizeof with } };
    for (int p = 0; p < countof(parts); p++)
        for (ptrdiff_t bit = 0; bit < 8 * parts[p].n; bit++) {
            parts[p].at[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(aead_open(key, s, place, back));
            parts[p].at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    for (ptrdiff_t n = 0; n < s.len; n++)
        assert_false(aead_open(key, str_part(s, 0, n), place, back));
    assert_true(aead_open(key, s, place, back));
}

static void sealing_twice_gives_different_bytes(void **state)
{
    (void)state;
    uint8_t key[KEY] = { 7 }, a[AEAD_MORE + 3], b[AEAD_MORE + 3];
    aead_seal(key, lit("abc"), lit(""), a);
    aead_seal(key, lit("abc"), lit(""), b);
    assert_memory_not_equal(a, b, AEAD_NONCE);
    assert_memory_not_equal(a + AEAD_NONCE, b + AEAD_NONCE, 3 + AEAD_TAG);
}

static void x25519_agrees_as_in_rfc_7748(void **state)
{
    (void)state;
    uint8_t secret[KEY], alice[KEY], shared[KEY];
    bytes_of("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", secret, KEY);
    bytes_of("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", alice, KEY);
    struct box_pair bob;
    box_pair_from(secret, &bob);
    expect_hex(bob.open, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", 32);
    assert_true(box_shared(bob.secret, alice, shared));
    expect_hex(shared, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", 32);
}

static void two_fresh_pairs_agree(void **state)
{
    (void)state;
    struct box_pair a, b;
    uint8_t one[KEY], two[KEY];
    box_pair_make(&a);
    box_pair_make(&b);
    assert_memory_not_equal(a.secret, b.secret, KEY);
    assert_true(box_shared(a.secret, b.open, one) && box_shared(b.secret, a.open, two));
    assert_memory_equal(one, two, KEY);
}

static void points_of_small_order_are_refused(void **state)
{
    (void)state;
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct box_pair p;
    box_pair_make(&p);
    for (int i = 0; i < countof(points); i++) {
        uint8_t point[KEY], shared[KEY];
        bytes_of(points[i], point, KEY);
        assert_false(box_shared(p.secret, point, shared));
    }
}

static void ed25519_signs_as_in_rfc_8032(void **state)
{
    (void)state;
    static const struct { const char *seed, *open, *text, *signature; } vectors[] = {
        { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
          "d25bf5f0595bbe24655141438e7a100b" },
        { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "r",
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
          "387b2eaeb4302aeeb00d291612bb0c00" },
    };
    for (int i = 0; i < countof(vectors); i++) {
        uint8_t seed[KEY], signature[64];
        struct sign_pair p;
        bytes_of(vectors[i].seed, seed, KEY);
        sign_pair_from(seed, &p);
        expect_hex(p.open, vectors[i].open, KEY);
        str text = str_of(vectors[i].text);
        sign_bytes(&p, text, signature);
        expect_hex(signature, vectors[i].signature, 64);
        assert_true(sign_check(p.open, text, signature));
        assert_false(sign_check(p.open, lit("another text"), signature));
        for (int bit = 0; bit < 512; bit++) {
            signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(sign_check(p.open, text, signature));
            signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
}

static void argon2id_gives_the_known_answers(void **state)
{
    (void)state;
    uint8_t got[KEY];
    /* Computed with the reference implementation, argon2 20171227: -id -p 1 -l 32 -r. */
    assert_int_equal(stretch(lit("invented passphrase"), (const uint8_t *)"0123456789abcdef",
                             (struct stretch_cost){ 3, 1024 }, got), OK);
    expect_hex(got, "790a36b1d3eebe6cc9f9e4a4f933584c61183f31e288539ad5d067f811310920", 32);
    assert_int_equal(stretch(lit("correct horse battery staple"), (const uint8_t *)"sixteen.byte.slt",
                             (struct stretch_cost){ 1, 64 }, got), OK);
    expect_hex(got, "eba6aaa55a2fd8958bd3049cda99c0d8c16771752b09e20bc51c48ac0c9956d6", 32);
}

static void a_stretch_that_cannot_be_made_is_a_fault_and_leaves_zeros(void **state)
{
    (void)state;
    uint8_t got[KEY], none[KEY] = { 0 };
    memset(got, 0xee, sizeof got);
    assert_int_equal(stretch(lit("x"), (const uint8_t *)"0123456789abcdef", (struct stretch_cost){ 0, 64 }, got), FAULT);
    assert_memory_equal(got, none, KEY);
}

static void codes_of_the_hour_are_those_of_rfc_6238(void **state)
{
    (void)state;
    static const struct { int64_t now; uint32_t code; } vectors[] = {
        { 59, 287082 },        { 1111111109, 81804 },  { 1111111111, 50471 },
        { 1234567890, 5924 },  { 2000000000, 279037 }, { 20000000000, 353130 },
    };
    const uint8_t *secret = (const uint8_t *)"12345678901234567890";
    for (int i = 0; i < countof(vectors); i++) {
        int64_t now = vectors[i].now, step = 0, own = now / 30;
        for (int64_t late = -1; late <= 1; late++) {
            if (now + 30 * late < 30)
                continue;
            assert_true(totp_check(secret, now + 30 * late, vectors[i].code, &step));
            assert_int_equal(step, own);
        }
        assert_false(totp_check(secret, now + 60, vectors[i].code, &step));
        assert_false(totp_check(secret, now, vectors[i].code + 1000000, &step));
        assert_false(totp_check(secret, now, (vectors[i].code + 1) % 1000000, &step));
    }
    int64_t step;
    assert_false(totp_check(secret, -1, 287082, &step));
}

static void any_three_of_five_shares_give_the_secret(void **state)
{
    (void)state;
    uint8_t secret[KEY], shares[5][SHARE], back[KEY];
    int subsets = 0;
    crypt_random(secret, KEY);
    shares_make(secret, 5, 3, shares);
    for (int bits = 1; bits < 32; bits++) {
        uint8_t chosen[5][SHARE];
        int n = 0;
        for (int s = 4; s >= 0; s--) /* backwards: their order does not matter */
            if (bits >> s & 1)
                memcpy(chosen[n++], shares[s], SHARE);
        assert_true(shares_join((const uint8_t(*)[SHARE])chosen, n, back));
        if (n >= 3) {
            assert_memory_equal(back, secret, KEY);
            subsets += n == 3;
        } else {
            assert_memory_not_equal(back, secret, KEY);
        }
    }
    assert_int_equal(subsets, 10);
}

static void two_of_three_shares_leave_every_secret_possible(void **state)
{
    (void)state;
    uint8_t secret[KEY], shares[5][SHARE], chosen[3][SHARE], back[KEY];
    crypt_random(secret, KEY);
    shares_make(secret, 5, 3, shares);
    memcpy(chosen, shares, sizeof chosen);
    /* Whatever the third share might say of a byte, each value leads to another secret: all 256. */
    for (int k = 0; k < KEY; k++) {
        bool possible[256] = { false };
        for (int guess = 0; guess < 256; guess++) {
            chosen[2][1 + k] = (uint8_t)guess;
            assert_true(shares_join((const uint8_t(*)[SHARE])chosen, 3, back));
            assert_false(possible[back[k]]);
            possible[back[k]] = true;
        }
    }
}

static void shares_are_points_of_the_field_of_aes(void **state)
{
    (void)state;
    /* f(x) = 0x53 + 0xca x at x = 1, 2 (0xca * 2 = 0x8f): 0x99 and 0xdc. */
    uint8_t shares[2][SHARE] = { { 1 }, { 2 } }, back[KEY];
    memset(shares[0] + 1, 0x99, KEY);
    memset(shares[1] + 1, 0xdc, KEY);
    assert_true(shares_join((const uint8_t(*)[SHARE])shares, 2, back));
    for (int i = 0; i < KEY; i++)
        assert_int_equal(back[i], 0x53);
}

static void one_share_of_one_is_the_secret_itself(void **state)
{
    (void)state;
    uint8_t secret[KEY], share[1][SHARE], back[KEY];
    crypt_random(secret, KEY);
    shares_make(secret, 1, 1, share);
    assert_true(shares_join((const uint8_t(*)[SHARE])share, 1, back));
    assert_memory_equal(back, secret, KEY);
}

static void shares_without_number_or_doubled_are_refused(void **state)
{
    (void)state;
    uint8_t secret[KEY] = { 5 }, shares[3][SHARE], back[KEY];
    shares_make(secret, 3, 2, shares);
    assert_false(shares_join((const uint8_t(*)[SHARE])shares, 0, back));
    memcpy(shares[1], shares[0], SHARE);
    assert_false(shares_join((const uint8_t(*)[SHARE])shares, 3, back));
    shares[1][0] = 0;
    assert_false(shares_join((const uint8_t(*)[SHARE])shares, 3, back));
}

static void padding_grows_in_classes_and_never_by_more_than_an_eighth(void **state)
{
    (void)state;
    static const struct { ptrdiff_t n, padded; } classes[] = {
        { 1, 256 }, { 255, 256 }, { 256, 256 }, { 257, 272 }, { 272, 272 }, { 273, 288 },
        { 512, 512 }, { 513, 544 }, { 1404, 1408 }, { 1409, 1472 }, { 65536, 65536 }, { 65537, 67584 },
    };
    for (int i = 0; i < countof(classes); i++)
        assert_int_equal(padded_length(classes[i].n), classes[i].padded);
    for (ptrdiff_t n = 256; n < 300000; n++) {
        ptrdiff_t p = padded_length(n);
        assert_true(p >= n && (p - n) * 8 <= n);
        assert_true(p >= padded_length(n - 1));
        assert_int_equal(padded_length(p), p);
    }
}

static void wiping_leaves_zeros_and_comparison_sees_every_byte(void **state)
{
    (void)state;
    uint8_t a[40], b[40];
    crypt_random(a, sizeof a);
    memcpy(b, a, sizeof b);
    assert_true(same_bytes(a, b, sizeof a));
    for (size_t i = 0; i < sizeof a; i++) {
        b[i] ^= 1;
        assert_false(same_bytes(a, b, sizeof a));
        b[i] ^= 1;
    }
    wipe(a, sizeof a);
    memset(b, 0, sizeof b);
    assert_memory_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blake2b_gives_the_known_answers),
        cmocka_unit_test(a_shorter_hash_is_the_beginning_of_the_whole_one),
        cmocka_unit_test(label_and_text_do_not_run_together),
        cmocka_unit_test(sha256_gives_the_known_answer_whole_and_in_pieces),
        cmocka_unit_test(xchacha20_poly1305_opens_the_vector_of_the_draft),
        cmocka_unit_test(every_flipped_bit_of_a_sealed_text_its_key_or_its_place_is_refused),
        cmocka_unit_test(sealing_twice_gives_different_bytes),
        cmocka_unit_test(x25519_agrees_as_in_rfc_7748),
        cmocka_unit_test(two_fresh_pairs_agree),
        cmocka_unit_test(points_of_small_order_are_refused),
        cmocka_unit_test(ed25519_signs_as_in_rfc_8032),
        cmocka_unit_test(argon2id_gives_the_known_answers),
        cmocka_unit_test(a_stretch_that_cannot_be_made_is_a_fault_and_leaves_zeros),
        cmocka_unit_test(codes_of_the_hour_are_those_of_rfc_6238),
        cmocka_unit_test(any_three_of_five_shares_give_the_secret),
        cmocka_unit_test(two_of_three_shares_leave_every_secret_possible),
        cmocka_unit_test(shares_are_points_of_the_field_of_aes),
        cmocka_unit_test(one_share_of_one_is_the_secret_itself),
        cmocka_unit_test(shares_without_number_or_doubled_are_refused),
        cmocka_unit_test(padding_grows_in_classes_and_never_by_more_than_an_eighth),
        cmocka_unit_test(wiping_leaves_zeros_and_comparison_sees_every_byte),
    };
    crypt_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
