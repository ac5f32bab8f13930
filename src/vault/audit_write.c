/* What only the house writes of its log: records, notes, the exported file. A verifier reads none of this. */
#include "vault/audit.h"
#include "lib/os/channel.h"

void audit_record_write(const struct audit_record *r, uint8_t to[AUDIT_RECORD])
{
    struct wire w = { .at = to, .cap = AUDIT_RECORD };
    wire_u8(&w, r->version);
    wire_u8(&w, r->action);
    wire_u16(&w, r->purpose);
    wire_u32(&w, r->day);
    wire_u64(&w, r->seq);
    wire_bytes(&w, r->actor, 16);
    wire_bytes(&w, r->object, 16);
    wire_u16(&w, r->result);
    wire_u16(&w, r->count);
    wire_u32(&w, r->gen);
    wire_bytes(&w, r->session, 8);
    wire_bytes(&w, r->detail, 32);
    wire_bytes(&w, r->digest, 32);
    must(wire_done(&w));
}

/* C2SP signed-note: the key's hash is over name | newline | algorithm 1 (Ed25519) | key. */
static void key_hash(str name, const uint8_t key[KEY], uint8_t to[4])
{
    struct sha256_state s;
    uint8_t hash[32];
    sha256_start(&s);
    sha256_more(&s, name);
    sha256_more(&s, lit("\n\x01"));
    sha256_more(&s, (str){ (const char *)key, KEY });
    sha256_end(&s, hash);
    memcpy(to, hash, 4);
}

void audit_note_line(struct out *o, str name, const uint8_t key[KEY], const uint8_t signature[AUDIT_SIGNATURE])
{
    uint8_t line[4 + AUDIT_SIGNATURE];
    key_hash(name, key, line);
    memcpy(line + 4, signature, AUDIT_SIGNATURE);
    out_str(o, lit("\xe2\x80\x94 "));
    out_str(o, name);
    out_char(o, ' ');
    out_str(o, base64_text(o->arena, line, sizeof line));
    out_char(o, '\n');
}

bool audit_note_signed(struct arena *a, str body, str lines, str name, const uint8_t key[KEY])
{
    uint8_t hash[4];
    str head = str_join(a, str_join(a, lit("\xe2\x80\x94 "), name), lit(" "));
    key_hash(name, key, hash);
    for (str line, bytes; str_split(&lines, '\n', &line);)
        if (str_starts(line, head) && base64_read(a, str_trim(str_part(line, head.len, line.len)), &bytes) && bytes.len == 4 + AUDIT_SIGNATURE
            && !memcmp(bytes.at, hash, 4) && sign_check(key, body, (const uint8_t *)bytes.at + 4))
            return true;
    return false;
}

str audit_note(struct arena *a, str checkpoint, const uint8_t node_key[KEY], const uint8_t signature[AUDIT_SIGNATURE])
{
    str rest = checkpoint, name;
    must(str_split(&rest, '\n', &name));
    struct out o = { .arena = a };
    out_str(&o, checkpoint);
    out_char(&o, '\n');
    audit_note_line(&o, name, node_key, signature);
    return out_view(&o);
}

void audit_export_head(struct out *o, id install, uint32_t log, const uint8_t node_key[KEY], uint64_t size)
{
    must(size <= INT64_MAX);
    out_str(o, lit("plainsight audit log 1\ninstall "));
    out_hex(o, install.at, 16);
    out_str(o, lit("\nlog "));
    out_int(o, log);
    out_str(o, lit("\nnode "));
    out_hex(o, node_key, KEY);
    out_str(o, lit("\nsize "));
    out_int(o, (int64_t)size);
    out_char(o, '\n');
}

void audit_export_entry(struct out *o, const uint8_t record[AUDIT_RECORD], const uint8_t root[32],
                        const uint8_t signature[AUDIT_SIGNATURE])
{
    out_hex(o, record, AUDIT_RECORD);
    out_hex(o, root, 32);
    out_hex(o, signature, AUDIT_SIGNATURE);
    out_char(o, '\n');
}

void audit_export_end(struct out *o)
{
    out_str(o, lit("end\n"));
}
