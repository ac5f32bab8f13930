#include "vault/audit.h"
#include "lib/os/channel.h"

bool audit_record_read(const uint8_t from[AUDIT_RECORD], struct audit_record *out)
{
    struct wire w = { .at = (uint8_t *)from, .cap = AUDIT_RECORD };
    out->version = wire_get_u8(&w);
    out->action = wire_get_u8(&w);
    out->purpose = wire_get_u16(&w);
    out->day = wire_get_u32(&w);
    out->seq = wire_get_u64(&w);
    memcpy(out->actor, wire_get_bytes(&w, 16), 16);
    memcpy(out->object, wire_get_bytes(&w, 16), 16);
    out->result = wire_get_u16(&w);
    out->count = wire_get_u16(&w);
    out->gen = wire_get_u32(&w);
    memcpy(out->session, wire_get_bytes(&w, 8), 8);
    memcpy(out->detail, wire_get_bytes(&w, 32), 32);
    memcpy(out->digest, wire_get_bytes(&w, 32), 32);
    must(wire_done(&w));
    return out->version == 1;
}

static void node_hash(const uint8_t left[32], const uint8_t right[32], uint8_t to[32])
{
    uint8_t text[65] = { 1 };
    memcpy(text + 1, left, 32);
    memcpy(text + 33, right, 32);
    sha256((str){ (char *)text, sizeof text }, to);
}

void audit_tree_add(struct audit_tree *t, str leaf)
{
    uint8_t hash[32];
    struct sha256_state s;
    sha256_start(&s);
    sha256_more(&s, (str){ "\0", 1 });
    sha256_more(&s, leaf);
    sha256_end(&s, hash);
    int level = 0;
    for (; t->size >> level & 1; level++)
        node_hash(t->frontier[level], hash, hash);
    memcpy(t->frontier[level], hash, 32);
    t->size++;
}

void audit_tree_root(const struct audit_tree *t, uint8_t to[32])
{
    if (!t->size) {
        sha256(lit(""), to);
        return;
    }
    int level = __builtin_ctzll(t->size);
    memcpy(to, t->frontier[level], 32);
    while (++level < 64)
        if (t->size >> level & 1)
            node_hash(t->frontier[level], to, to);
}

static void origin_write(struct out *o, id install, uint32_t log)
{
    out_str(o, lit("plainsight/"));
    out_hex(o, install.at, 16);
    out_char(o, '/');
    out_int(o, log);
}

str audit_checkpoint(struct arena *a, id install, uint32_t log, uint64_t size, const uint8_t root[32])
{
    must(size <= INT64_MAX);
    struct out o = { .arena = a };
    origin_write(&o, install, log);
    out_char(&o, '\n');
    out_int(&o, (int64_t)size);
    out_char(&o, '\n');
    out_str(&o, base64_text(a, root, 32));
    out_char(&o, '\n');
    return out_view(&o);
}
