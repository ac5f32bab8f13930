#include "vault/keeper_core.h"

/*
 * Checkpoints that come from outside. One of our own log, which a witness kept, must be what the log was then. One of another house's log is
 * recorded in ours and signed by our node, so that whoever rewrites theirs would have to rewrite ours too.
 */
struct foreign {
    id install;
    int64_t log;
    struct audit_seen seen;
};

/* One text a checkpoint, to the byte: what is signed is never anything but the three lines that the house writes of itself. */
static bool read_checkpoint(struct arena *a, str text, struct foreign *out)
{
    str rest = text, origin, word;
    if (!audit_seen_read(a, text, &out->seen) || out->seen.size > INT64_MAX || !str_split(&rest, '\n', &origin))
        return false;
    if (!str_split(&origin, '/', &word) || !str_equal(word, lit("plainsight")) || !str_split(&origin, '/', &word) || !id_read(word, &out->install) ||
        !str_to_int(origin, &out->log) || out->log < 0 || out->log > UINT32_MAX)
        return false;
    return str_equal(text, audit_checkpoint(a, out->install, (uint32_t)out->log, out->seen.size, out->seen.root));
}

/* *same: the log once was this long, and had this root. */
static status compare(struct keeper_core *c, const struct audit_seen *seen, bool *same)
{
    struct leaf l;
    *same = false;
    if (!seen->size || seen->size > c->tree.size)
        return OK;
    status s = leaf_at(c->db, c->log, seen->size - 1, &l);
    *same = s == OK && same_bytes(l.root, seen->root, sizeof l.root);
    return s == NOT_FOUND ? OK : s;
}

static str origin_of(struct keeper_core *c)
{
    static const uint8_t root[32];
    str text = audit_checkpoint(&c->arena, c->anchor.install, c->log, 0, root), origin;
    must(str_split(&text, '\n', &origin));
    return origin;
}

static void sign_foreign(struct keeper_core *c, struct asked *q, str text)
{
    uint8_t signature[SIGNATURE];
    struct out line = { .arena = &c->arena };
    sign_bytes(&c->node.sign, text, signature);
    audit_note_line(&line, origin_of(c), c->node.sign.open, signature);
    str s = out_view(&line);
    wire_bytes(&q->out, s.at, s.len);
}

status judge_witness(struct keeper_core *c, struct asked *q)
{
    const char *at = (const char *)wire_get_bytes(&q->in, CHECKPOINT_MOST);
    ptrdiff_t n = CHECKPOINT_MOST;
    struct foreign f = { .log = -1 };
    uint8_t digest[32];
    bool same = true;
    status s = OK;
    while (n && !at[n - 1])
        n--;
    str text = { at, n };
    if (!read_checkpoint(&c->arena, text, &f))
        return INVALID;
    bool own = id_equal(f.install, c->anchor.install);
    if (own && f.log != c->log)
        return INVALID; /* there is no such log here, and none of ours is signed as another's */
    if (own)
        s = compare(c, &f.seen, &same);
    if (s == OK && own && same)
        s = loghead_witness(c->db, c->log, f.seen.size);
    if (s != OK)
        return s;
    sha256(text, digest);
    wire_u64(&q->out, c->tree.size);
    if (!own)
        sign_foreign(c, q, text);
    s = log_asked(c, q, (struct entry){ .action = ACT_WITNESS, .actor = c->node_id, .object = f.install, .object_kind = "log", .about = f.install,
                                        .digest = digest, .result = same ? 0 : CODE_NONE });
    return s == OK && !same ? core_refuse(q, CODE_NONE) : s;
}
