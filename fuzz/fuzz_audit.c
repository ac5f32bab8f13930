/*
 * Exported logs. As a file: whatever the bytes, a verdict, and a file called good is the one text of its
 * entries. As records that the node signs: good, until the bit that the input points at is turned.
 */
#include "fuzz.h"
#include "vault/audit.h"

enum { RECORDS_MAX = 6 };

static void check_file(str file)
{
    struct audit_seen ahead = { .size = UINT64_MAX };
    struct audit_verdict v = audit_verify(file, NULL, NULL, 0);
    must(v.good == !*v.why && v.size <= (uint64_t)file.len / 448);
    must(v.good || v.bad_at >= v.size || v.why[0] == 'n'); /* "nothing is signed from here on" points back */
    must(!audit_verify(file, NULL, &ahead, 1).good);
}

/* Records of 128 bytes from the input; version and number are ours, so that the log is a good one. */
static str log_write(struct arena *a, const struct sign_pair *node, str input)
{
    struct out o = { .arena = a };
    struct audit_tree t = { 0 };
    uint64_t n = (uint64_t)input.len / AUDIT_RECORD < RECORDS_MAX ? (uint64_t)input.len / AUDIT_RECORD : RECORDS_MAX;
    id install = { { 7 } };
    audit_export_head(&o, install, 1, node->open, n);
    for (uint64_t i = 0; i < n; i++) {
        uint8_t record[AUDIT_RECORD], root[32], signature[AUDIT_SIGNATURE];
        struct audit_record r;
        memcpy(record, input.at + i * AUDIT_RECORD, AUDIT_RECORD);
        record[0] = 1;
        must(audit_record_read(record, &r));
        r.seq = i;
        audit_record_write(&r, record);
        audit_tree_add(&t, (str){ (char *)record, AUDIT_RECORD });
        audit_tree_root(&t, root);
        sign_bytes(node, audit_checkpoint(a, install, 1, i + 1, root), signature);
        audit_export_entry(&o, record, root, signature);
    }
    audit_export_end(&o);
    return out_view(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena whole;
    struct arena a = fuzz_arena(&whole);
    struct audit_seen seen, *all;
    struct sign_pair node;
    str input = { (const char *)data, (ptrdiff_t)size };
    if (size > 1 << 20)
        return 0;
    crypt_start();
    check_file(input);
    bool one = audit_seen_read(&a, input, &seen);
    ptrdiff_t n = audit_seen_all(&a, input, &all);
    must(!one || n > 0); /* who reads one finds it among many */
    if (size < 4 + AUDIT_RECORD) /* a log without entries says nothing that could be changed */
        return 0;
    sign_pair_from((const uint8_t *)"an invented node, invented, inve", &node);
    str file = log_write(&a, &node, str_part(input, 4, input.len));
    must(audit_verify(file, node.open, NULL, 0).good);
    ptrdiff_t at = ((ptrdiff_t)data[0] << 8 | data[1]) % file.len;
    ((char *)file.at)[at] ^= (char)(1 << data[2] % 8);
    must(!audit_verify(file, node.open, NULL, 0).good);
    return 0;
}
