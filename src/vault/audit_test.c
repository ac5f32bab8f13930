#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "vault/audit.h"
#include "vault/keeper.h"

static struct arena space;
static struct sign_pair node;
static const id install = { { 0xaa, 1, 2, 3 } };

static void expect_hex(const void *got, const char *hex, ptrdiff_t n)
{
    uint8_t want[64];
    must(hex_read(str_of(hex), want, n));
    assert_memory_equal(got, want, (size_t)n);
}

/* RFC 6962, 2.1, word by word: the reference the frontier is held against. */
static void naive_root(const str *leaves, ptrdiff_t n, uint8_t to[32])
{
    if (n == 0) {
        sha256(lit(""), to);
    } else if (n == 1) {
        struct arena a = space;
        sha256(str_join(&a, (str){ "\0", 1 }, leaves[0]), to);
    } else {
        uint8_t text[65] = { 1 };
        ptrdiff_t k = 1;
        while (k * 2 < n)
            k *= 2;
        naive_root(leaves, k, text + 1);
        naive_root(leaves + k, n - k, text + 33);
        sha256((str){ (char *)text, 65 }, to);
    }
}

static void the_tree_gives_the_roots_of_the_certificate_transparency_tests(void **state)
{
    (void)state;
    static const str leaves[] = {
        LIT(""), { "\0", 1 }, LIT("\x10"), LIT("\x20\x21"), LIT("\x30\x31"), LIT("@ABC"), LIT("PQRSTUVW"),
        LIT("`abcdefghijklmno"),
    };
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct audit_tree t = { 0 };
    uint8_t root[32];
    for (int n = 0; n <= 8; n++) {
        audit_tree_root(&t, root);
        expect_hex(root, roots[n], 32);
        if (n < 8)
            audit_tree_add(&t, leaves[n]);
    }
}

static void the_frontier_gives_the_same_root_as_the_whole_tree_for_300_sizes(void **state)
{
    (void)state;
    struct chance c = chance_seeded(6962);
    struct audit_tree t = { 0 };
    str leaves[300];
    uint8_t root[32], naive[32];
    for (int n = 0; n < 300; n++) {
        char *p = arena_new(&space, char, AUDIT_RECORD);
        c.fill(&c, p, AUDIT_RECORD);
        leaves[n] = (str){ p, AUDIT_RECORD };
        audit_tree_add(&t, leaves[n]);
        audit_tree_root(&t, root);
        naive_root(leaves, n + 1, naive);
        assert_memory_equal(root, naive, 32);
    }
}

static void a_record_has_128_bytes_in_the_order_of_the_specification(void **state)
{
    (void)state;
    struct audit_record r = { .version = 1, .action = 2, .purpose = 0x0403, .day = 0x08070605, .seq = 0x100f0e0d0c0b0a09u,
                              .result = 0x3231, .count = 0x3433, .gen = 0x38373635 }, back;
    for (int i = 0; i < 16; i++) {
        r.actor[i] = (uint8_t)(0x11 + i);
        r.object[i] = (uint8_t)(0x21 + i);
    }
    for (int i = 0; i < 8; i++)
        r.session[i] = (uint8_t)(0x39 + i);
    for (int i = 0; i < 32; i++) {
        r.detail[i] = (uint8_t)(0x41 + i);
        r.digest[i] = (uint8_t)(0x61 + i);
    }
    uint8_t b[AUDIT_RECORD], again[AUDIT_RECORD];
    audit_record_write(&r, b);
    for (int i = 0; i < AUDIT_RECORD; i++)
        assert_int_equal(b[i], i + 1); /* version 1, action 2 ... every byte in its place, none left over */
    assert_true(audit_record_read(b, &back));
    audit_record_write(&back, again);
    assert_memory_equal(again, b, AUDIT_RECORD);
    b[0] = 2;
    assert_false(audit_record_read(b, &back));
}

static void a_checkpoint_is_three_lines_and_its_note_bears_the_signature(void **state)
{
    (void)state;
    uint8_t root[32], signature[64];
    sha256(lit(""), root);
    str body = audit_checkpoint(&space, install, 7, 42, root);
    assert_true(str_equal(body, lit("plainsight/aa010203000000000000000000000000/7\n42\n"
                                    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")));
    sign_bytes(&node, body, signature);
    str note = audit_note(&space, body, node.open, signature), line, bytes;
    assert_true(str_starts(note, body));
    line = str_trim(str_part(note, body.len, note.len));
    assert_true(str_starts(line, lit("\xe2\x80\x94 plainsight/aa010203000000000000000000000000/7 ")));
    assert_true(base64_read(&space, str_part(line, line.len - 92, line.len), &bytes) && bytes.len == 68);
    assert_memory_equal(bytes.at + 4, signature, 64);
    struct audit_seen seen;
    assert_true(audit_seen_read(&space, note, &seen) && seen.size == 42);
    assert_memory_equal(seen.root, root, 32);
    assert_true(audit_seen_read(&space, body, &seen));
    assert_false(audit_seen_read(&space, str_part(body, 0, body.len - 1), &seen));
}

enum { ENTRIES = 120, ENTRY = AUDIT_RECORD + 32 + AUDIT_SIGNATURE };
struct log {
    uint64_t n;
    uint8_t at[ENTRIES + 8][ENTRY];
};

/* Roots and signatures as a keeper makes them; from `from` on. signer NULL: zero signatures. */
static void log_finish(struct log *l, uint64_t from, const struct sign_pair *signer, bool stretches)
{
    struct audit_tree t = { 0 };
    for (uint64_t i = 0; i < l->n; i++) {
        struct arena a = space;
        uint8_t *root = l->at[i] + AUDIT_RECORD, now[32];
        audit_tree_add(&t, (str){ (char *)l->at[i], AUDIT_RECORD });
        audit_tree_root(&t, now);
        if (i < from)
            continue;
        memcpy(root, now, 32);
        memset(root + 32, 0, 64);
        bool locked = stretches && ((i >= 20 && i < 24) || i == 70);
        if (signer && !locked)
            sign_bytes(signer, audit_checkpoint(&a, install, 1, i + 1, now), root + 32);
    }
}

static void log_make(struct log *l)
{
    l->n = ENTRIES;
    for (uint64_t i = 0; i < l->n; i++) {
        struct audit_record r = { .version = 1, .action = i == 0 || i == 20 || i == 70 ? ACT_START : ACT_OPEN, .day = 20000,
                                  .seq = i, .count = (uint16_t)i };
        audit_record_write(&r, l->at[i]);
    }
    log_finish(l, 0, &node, true);
}

static str log_file(struct arena *a, const struct log *l)
{
    struct out o = { .arena = a };
    audit_export_head(&o, install, 1, node.open, l->n);
    for (uint64_t i = 0; i < l->n; i++)
        audit_export_entry(&o, l->at[i], l->at[i] + AUDIT_RECORD, l->at[i] + AUDIT_RECORD + 32);
    audit_export_end(&o);
    return out_view(&o);
}

static struct audit_verdict verify(const struct log *l, const struct audit_seen *seen, ptrdiff_t n)
{
    struct arena a = space;
    return audit_verify(log_file(&a, l), node.open, seen, n);
}

static struct audit_seen seen_at(const struct log *l, uint64_t size)
{
    struct audit_seen s = { .size = size };
    memcpy(s.root, l->at[size - 1] + AUDIT_RECORD, 32);
    return s;
}

static struct log whole;

static void a_clean_log_passes_with_its_locked_stretches_named(void **state)
{
    (void)state;
    struct audit_seen seen[] = { { 0 }, seen_at(&whole, 1), seen_at(&whole, 22), seen_at(&whole, ENTRIES) };
    sha256(lit(""), seen[0].root);
    struct audit_verdict v = verify(&whole, seen, countof(seen));
    assert_true(v.good);
    assert_string_equal(v.why, "");
    assert_int_equal(v.size, ENTRIES);
    assert_int_equal(v.unsigned_stretches, 2);
    struct log none = { 0 };
    assert_true(verify(&none, NULL, 0).good);
    for (uint64_t n = 1; n <= ENTRIES; n++) { /* every beginning that ends in a signature is a log of its own */
        struct log l = whole;
        l.n = n;
        v = verify(&l, NULL, 0);
        bool open_end = (n > 20 && n <= 24) || n == 71;
        assert_int_equal(v.good, !open_end);
        assert_int_equal(v.locked_end, open_end);
        if (open_end)
            assert_int_equal(v.bad_at, n == 71 ? 70 : 20);
    }
    /* A log that begins locked, as after the first start. */
    struct log l = whole;
    memset(l.at[0] + AUDIT_RECORD + 32, 0, 64);
    v = verify(&l, NULL, 0);
    assert_true(v.good && v.unsigned_stretches == 3);
}

enum tampering { EDIT, EDIT_ROOT, EDIT_SIGNATURE, STRIP, ERASE, SWAP, REPEAT, FORGED_TAIL, UNSIGNED_TAIL, CUT, REWRITE, KINDS };

/* One random tampering of l; *at is the entry a verifier must name. */
static void tamper(struct log *l, enum tampering kind, const uint8_t dice[8], uint64_t *at)
{
    uint64_t i = dice[0] % (ENTRIES - 1), j = dice[1] % ENTRIES;
    struct sign_pair thief;
    sign_pair_from((const uint8_t *)"an invented thief's invented key", &thief);
    *at = i;
    switch (kind) {
    case EDIT: l->at[i][dice[2] % AUDIT_RECORD] ^= (uint8_t)(1 << dice[3] % 8); break;
    case EDIT_ROOT: l->at[i][AUDIT_RECORD + dice[2] % 32] ^= (uint8_t)(1 << dice[3] % 8); break;
    case STRIP:
    case EDIT_SIGNATURE:
        while ((i >= 20 && i < 25) || i == 0 || i == 70)
            i = (i + 1) % ENTRIES;
        *at = i;
        if (kind == STRIP)
            memset(l->at[i] + AUDIT_RECORD + 32, 0, 64);
        else
            l->at[i][AUDIT_RECORD + 32 + dice[2] % 64] ^= (uint8_t)(1 << dice[3] % 8);
        break;
    case ERASE:
        memmove(l->at[i], l->at[i + 1], (size_t)(l->n - i - 1) * ENTRY);
        l->n--;
        break;
    case SWAP: {
        j = j == i ? (i + 1) % ENTRIES : j;
        uint8_t keep[ENTRY];
        memcpy(keep, l->at[i], ENTRY);
        memcpy(l->at[i], l->at[j], ENTRY);
        memcpy(l->at[j], keep, ENTRY);
        *at = i < j ? i : j;
        break;
    }
    case REPEAT:
        memmove(l->at[i + 1], l->at[i], (size_t)(l->n - i) * ENTRY);
        l->n++;
        *at = i + 1;
        break;
    case FORGED_TAIL: /* everything from i on rewritten, with good roots and another key */
        while (i == 20 || (i > 20 && i < 24) || i == 70)
            i = (i + 1) % ENTRIES;
        l->at[i][100] ^= 1;
        log_finish(l, i, &thief, false);
        *at = i;
        break;
    case UNSIGNED_TAIL: /* a start of a locked house, invented, and what follows */
        i = ENTRIES;
        for (l->n = ENTRIES + 4; i < l->n; i++) {
            struct audit_record r = { .version = 1, .action = i == ENTRIES ? ACT_START : ACT_OPEN, .seq = i };
            audit_record_write(&r, l->at[i]);
        }
        log_finish(l, ENTRIES, NULL, false);
        *at = ENTRIES;
        break;
    case CUT: /* behind the checkpoint seen outside */
        while ((i > 20 && i <= 24) || i == 71)
            i++;
        l->n = *at = i;
        break;
    case REWRITE: /* a thief of the node key itself: found by what was seen outside, at its size */
        l->at[i][100] ^= 1;
        log_finish(l, i, &node, true);
        *at = ENTRIES - 1;
        break;
    case KINDS: break;
    }
}

/* The file of a witness: a note each minute, a piece that a full disk cut, lines of a mail program. */
static str witness_file(struct arena *a, const struct log *l, uint64_t last)
{
    struct out o = { .arena = a };
    out_str(&o, lit("Received: from nowhere\r\n\r\n"));
    for (uint64_t size = 1; size <= last; size += 3) {
        str body = audit_checkpoint(a, install, 1, size, l->at[size - 1] + AUDIT_RECORD);
        out_str(&o, audit_note(a, body, node.open, l->at[size - 1] + AUDIT_RECORD + 32));
        out_char(&o, '\n');
        if (size == 4)
            out_str(&o, str_part(body, 0, body.len - 20));
        out_char(&o, '\n');
    }
    return out_view(&o);
}

static void the_file_of_a_witness_finds_what_its_owner_of_the_key_rewrote_or_cut(void **state)
{
    (void)state;
    struct arena a = space;
    struct audit_seen *found, seen[ENTRIES];
    struct log l = whole;
    ptrdiff_t n = audit_seen_all(&a, witness_file(&a, &whole, ENTRIES), &found);
    assert_int_equal(n, (ENTRIES + 2) / 3);
    memcpy(seen, found, (size_t)n * sizeof *seen);
    seen[0] = seen[n - 1]; /* two files, in any order */
    seen[n - 1] = seen_at(&whole, 1);
    audit_seen_sort(seen, n);
    assert_true(verify(&whole, seen, n).good);
    l.at[40][100] ^= 1;
    log_finish(&l, 40, &node, true);
    assert_true(verify(&l, NULL, 0).good); /* the key itself rewrote it: nothing in the file says so */
    struct audit_verdict v = verify(&l, seen, n);
    assert_false(v.good);
    assert_int_equal(v.bad_at, 42); /* the first size seen outside that covers entry 40 is 43 */
    l = whole;
    l.n = ENTRIES - 5;
    assert_true(verify(&l, NULL, 0).good);
    v = verify(&l, seen, n);
    assert_false(v.good);
    assert_int_equal(v.bad_at, ENTRIES - 5);
    assert_int_equal(audit_seen_all(&a, lit("plainsight/1/1\n12\n"), &found), 0);
    assert_int_equal(audit_seen_all(&a, lit(""), &found), 0);
}

static void every_tampering_is_found_at_its_exact_entry(void **state)
{
    (void)state;
    struct chance c = chance_seeded(500);
    struct audit_seen seen = seen_at(&whole, ENTRIES);
    int found = 0, tried = 0;
    for (int kind = 0; kind < KINDS; kind++)
        for (int round = 0; round < 60; round++, tried++) {
            struct log l = whole;
            uint8_t dice[8];
            uint64_t at = 0;
            c.fill(&c, dice, sizeof dice);
            tamper(&l, kind, dice, &at);
            struct audit_verdict v = verify(&l, &seen, 1);
            if (v.good || v.bad_at != at || !*v.why)
                print_message("kind %d: named %llu instead of %llu: %s\n", kind, (unsigned long long)v.bad_at,
                              (unsigned long long)at, v.why);
            else
                found++;
        }
    print_message("tamperings found at their entry: %d of %d\n", found, tried);
    assert_int_equal(found, tried);
}

static void every_changed_byte_of_the_file_is_found(void **state)
{
    (void)state;
    struct arena a = space;
    struct log l = whole;
    l.n = 3;
    str file = log_file(&a, &l);
    char *at = (char *)file.at;
    assert_true(audit_verify(file, node.open, NULL, 0).good);
    for (ptrdiff_t i = 0; i < file.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            at[i] ^= (char)(1 << bit);
            assert_false(audit_verify(file, node.open, NULL, 0).good);
            at[i] ^= (char)(1 << bit);
        }
    for (ptrdiff_t n = 0; n < file.len; n++)
        assert_false(audit_verify(str_part(file, 0, n), node.open, NULL, 0).good);
    assert_false(audit_verify(str_join(&a, file, lit("\n")), node.open, NULL, 0).good);
    assert_true(audit_verify(file, NULL, NULL, 0).good);
    struct sign_pair other;
    sign_pair_from((const uint8_t *)"an invented thief's invented key", &other);
    assert_false(audit_verify(file, other.open, NULL, 0).good);
}

static void a_note_is_signed_by_a_whole_line_of_that_name_and_key_and_by_no_other(void **state)
{
    (void)state;
    struct arena a = space;
    uint8_t root[32], signature[64];
    struct sign_pair other;
    sign_pair_from((const uint8_t *)"an invented witness, an invented", &other);
    sha256(lit(""), root);
    str body = audit_checkpoint(&a, install, 7, 42, root), name = lit("witness.example");
    sign_bytes(&node, body, signature);
    struct out good = { .arena = &a }, wrong_key = { .arena = &a }, wrong_words = { .arena = &a }, all = { .arena = &a };
    audit_note_line(&good, name, node.open, signature);
    audit_note_line(&wrong_key, name, other.open, signature);
    sign_bytes(&node, lit("other words"), signature);
    audit_note_line(&wrong_words, name, node.open, signature);
    const str lines[] = { lit("\n"), lit("witness.example AAAA\n"), lit("\xe2\x80\x94 other.example AAAA\n"),
                          lit("\xe2\x80\x94 witness.example !\n"), lit("\xe2\x80\x94 witness.example AAAA\n"), out_view(&wrong_key),
                          out_view(&wrong_words) };
    for (ptrdiff_t i = 0; i < countof(lines); i++) {
        assert_false(audit_note_signed(&a, body, lines[i], name, node.open));
        out_str(&all, lines[i]);
    }
    assert_false(audit_note_signed(&a, body, out_view(&all), name, node.open));
    out_str(&all, out_view(&good));
    assert_true(audit_note_signed(&a, body, out_view(&all), name, node.open)); /* behind all the others */
    assert_false(audit_note_signed(&a, body, out_view(&all), lit("witness"), node.open));
}

static void a_number_in_the_head_is_written_in_one_way_and_fits(void **state)
{
    (void)state;
    static const struct {
        const char *log, *size;
        bool good;
    } table[] = {
        { "1", "0", true },   { "0", "0", true },  { "4294967295", "0", true }, { "4294967296", "0", false }, { "01", "0", false },
        { "", "0", false },   { "-1", "0", false }, { "+1", "0", false },        { "1x", "0", false },         { ":", "0", false },
        { "1", "00", false }, { "1", "", false },  { "1", "9223372036854775808", false },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        struct arena a = space;
        struct out o = { .arena = &a };
        out_str(&o, lit("plainsight audit log 1\ninstall "));
        out_hex(&o, install.at, 16);
        out_str(&o, str_join(&a, lit("\nlog "), str_of(table[i].log)));
        out_str(&o, lit("\nnode "));
        out_hex(&o, node.open, KEY);
        out_str(&o, str_join(&a, lit("\nsize "), str_of(table[i].size)));
        out_str(&o, lit("\nend\n"));
        if (audit_verify(out_view(&o), node.open, NULL, 0).good != table[i].good)
            fail_msg("log %s, size %s", table[i].log, table[i].size);
    }
}

static void an_empty_log_has_one_root_alone(void **state)
{
    (void)state;
    struct log none = { 0 };
    struct audit_seen seen = { .size = 0 };
    struct audit_verdict v = verify(&none, &seen, 1);
    assert_false(v.good);
    assert_int_equal(v.bad_at, 0);
    sha256(lit(""), seen.root);
    struct audit_seen later[] = { seen, seen_at(&whole, 1) };
    assert_false(verify(&none, later, 2).good);
    audit_seen_sort(later, 1); /* one is sorted */
    assert_true(verify(&none, later, 1).good);
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
static void a_kept_checkpoint_has_three_lines_of_their_kind(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } table[] = {
        { "plainsight/1/1\n42\n" ROOT "\n", true },        { "plainsight/1/1\r\n42\r\n" ROOT "\r\n\nrest", true },
        { "plainsight/1/1\n42\n" ROOT "\n\nrest", true },  { "plainsight/1/1\n42\n" ROOT "\nrest", false },
        { "plainsight/1/1\n42\n" ROOT, false },            { "plainsight/1/1\n42\n!\n", false },
        { "plainsight/1/1\n42\nAAAA\n", false },           { "plainsight/1/1\n42\n", false },
        { "plainsight/1/1\n042\n" ROOT "\n", false },      { "plainsight/1/1\n", false },
        { "other/1/1\n42\n" ROOT "\n", false },            { "plainsight/1/1", false },
        { "", false },
    };
    for (ptrdiff_t i = 0; i < countof(table); i++) {
        struct arena a = space;
        struct audit_seen seen;
        if (audit_seen_read(&a, str_of(table[i].text), &seen) != table[i].good)
            fail_msg("%s", table[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_gives_the_roots_of_the_certificate_transparency_tests),
        cmocka_unit_test(the_frontier_gives_the_same_root_as_the_whole_tree_for_300_sizes),
        cmocka_unit_test(a_record_has_128_bytes_in_the_order_of_the_specification),
        cmocka_unit_test(a_checkpoint_is_three_lines_and_its_note_bears_the_signature),
        cmocka_unit_test(a_clean_log_passes_with_its_locked_stretches_named),
        cmocka_unit_test(the_file_of_a_witness_finds_what_its_owner_of_the_key_rewrote_or_cut),
        cmocka_unit_test(every_tampering_is_found_at_its_exact_entry),
        cmocka_unit_test(every_changed_byte_of_the_file_is_found),
        cmocka_unit_test(a_note_is_signed_by_a_whole_line_of_that_name_and_key_and_by_no_other),
        cmocka_unit_test(a_number_in_the_head_is_written_in_one_way_and_fits),
        cmocka_unit_test(an_empty_log_has_one_root_alone),
        cmocka_unit_test(a_kept_checkpoint_has_three_lines_of_their_kind),
    };
    crypt_start();
    sign_pair_from((const uint8_t *)"an invented node, invented, inve", &node);
    space = arena_reserve(64 << 20);
    log_make(&whole);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
