/* The log of a house brought back: is it whole, is it this house's, and how much of what is known elsewhere does it lack? */
#include "vault/keeper_core.h"
#include "vault/log_export.h"
#include "vault/restore.h"
#include <stdarg.h>

enum { ENTRY_TEXT = 2 * (AUDIT_RECORD + 32 + AUDIT_SIGNATURE) + 1, HEAD_TEXT = 4096 };

/* ---- one walk over the records ---- */

struct look {
    const uint8_t (*sha)[32];
    uint8_t anchor[32];
    uint64_t gen, last_gen;
    bool known[SETS], anchored, first; /* first: the log of the first node is read */
    int departures, removals, destroyed; /* with a generation that the keys do not know */
};

static void look_at(void *to, const struct leaf *l)
{
    struct look *look = to;
    struct audit_record r;
    if (!audit_record_read(l->record, &r))
        return; /* the verifier names it */
    if (!l->seq && look->first)
        look->anchored = r.action == ACT_START && same_bytes(r.digest, look->anchor, sizeof look->anchor);
    for (int i = SET_KEYS; r.action == ACT_BACKUP && i <= SET_CONTENT; i++)
        look->known[i] |= r.count == i && same_bytes(r.digest, look->sha[i], sizeof r.digest);
    look->last_gen = r.gen > look->last_gen ? r.gen : look->last_gen;
    if (r.gen <= look->gen)
        return;
    look->departures += r.action == ACT_REVOKE;
    look->removals += r.action == ACT_REMOVE;
    look->destroyed += r.action == ACT_SHRED;
}

/* ---- the node's key, by root's hand ---- */

static status find_node(struct db *keys, const struct anchor *house, uint8_t key[KEY])
{
    struct principal node;
    struct cert certs[CERTS_READ];
    uint8_t statement[CERT_STATEMENT];
    id who;
    int n = 0;
    status s = node_sign_find(keys, LOG_NUMBER, key, &who);
    if (s == OK)
        s = principal_find(keys, who, &node);
    if (s == OK)
        s = cert_list(keys, who, certs, &n);
    if (s != OK)
        return s;
    cert_statement(house->install, &node, statement);
    for (int i = 0; i < n; i++)
        if (id_equal(certs[i].signer, anchor_root(house))
            && sign_check(house->root_sign, (str){ (char *)statement, CERT_STATEMENT }, certs[i].signature))
            return OK;
    return NOT_FOUND;
}

/* ---- the proof ---- */

static status add_piece(void *to, str piece)
{
    out_str(to, piece);
    return OK;
}

static status refuse_log(struct restored *out, const struct audit_verdict *v)
{
    snprintf(out->why, sizeof out->why, "the log is not whole: entry %llu: %s", (unsigned long long)v->bad_at, v->why);
    return FAULT;
}

/* Checkpoints that the log reaches must agree with it; those it does not reach are told of later (check_age). */
static status verify(const struct restore_job *job, struct db *keys, uint32_t log, const uint8_t node[KEY], struct restored *out)
{
    struct audit_tree head;
    uint64_t size = 0, entries;
    uint8_t root[32], last[32] = { 0 };
    if (loghead_find(keys, log, &head) != OK || leaf_last_root(keys, log, &size, last) != OK)
        return restore_refuse(out, "the log set holds no log");
    audit_tree_root(&head, root);
    if (head.size != size || !same_bytes(root, last, sizeof root))
        return restore_refuse(out, "the log is not whole: its head is of other entries");
    struct arena a = arena_reserve((ptrdiff_t)size * ENTRY_TEXT + (2 << 20));
    struct audit_seen *seen = arena_new(&a, struct audit_seen, job->seen_count);
    ptrdiff_t reached = 0;
    for (ptrdiff_t i = 0; log == LOG_NUMBER && i < job->seen_count; i++)
        if (job->seen[i].size <= size)
            seen[reached++] = job->seen[i];
    audit_seen_sort(seen, reached);
    ptrdiff_t cap = (ptrdiff_t)size * ENTRY_TEXT + HEAD_TEXT;
    struct out text = { .at = arena_new(&a, char, cap), .cap = cap, .arena = &a };
    if (log_export(keys, (str){ (char *)out->anchor, ANCHOR }, log, &a, add_piece, &text, &entries) != OK)
        return restore_refuse(out, "the log cannot be read");
    struct audit_verdict v = audit_verify(out_view(&text), node, seen, reached);
    if (!v.good && !v.locked_end)
        return refuse_log(out, &v);
    if (log != LOG_NUMBER)
        return OK;
    out->entries = size;
    out->unsigned_from = v.locked_end ? v.bad_at : size;
    return OK;
}

/* ---- how old ---- */

static void say(struct restored *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct restored *out, const char *format, ...)
{
    va_list list;
    size_t n = strlen(out->why);
    va_start(list, format);
    vsnprintf(out->why + n, sizeof out->why - n, format, list);
    va_end(list);
}

static status check_age(const struct restore_job *job, const struct look *look, struct restored *out)
{
    uint64_t seen = 0, known = job->gen > look->last_gen ? job->gen : look->last_gen;
    for (ptrdiff_t i = 0; i < job->seen_count; i++)
        if (job->seen[i].size > seen)
            seen = job->seen[i].size;
    if (seen > out->entries)
        say(out, "Rolled back: the log ends at entry %llu, and %llu were recorded elsewhere. ", (unsigned long long)out->entries,
            (unsigned long long)seen);
    for (int i = SET_KEYS; i <= SET_CONTENT; i++)
        if (!look->known[i])
            say(out, "The log has no record of this %s set: it is newer than the log, or not this house's. ", set_kinds[i]);
    if (known > out->gen) {
        say(out, "Rolled back: the keys are of wall %llu, and wall %llu is known. ", (unsigned long long)out->gen,
            (unsigned long long)known);
        say(out, "The log tells of %d departures, %d removals and %d destroyed key rings that these keys do not know of. ",
            look->departures, look->removals, look->destroyed);
    }
    out->older = out->why[0] != 0;
    return out->older && !job->accept_older ? CONFLICT : OK;
}

/*
 * Those of further nodes: whole under the keys that the keys set has for them. Whether those are of nodes that the house admitted is asked by the
 * keeper at every opening.
 */
static status verify_others(const struct restore_job *job, struct db *keys, struct look *look, struct restored *out)
{
    struct arena a = arena_reserve(1 << 16);
    struct node nodes[NODES];
    struct audit_tree head;
    uint8_t key[KEY];
    int n = 0;
    id who;
    if (node_list(keys, &a, nodes, &n) != OK)
        return restore_refuse(out, "the keys set does not say which nodes there are");
    for (int i = 0; i < n; i++) {
        status s = loghead_find(keys, nodes[i].number, &head);
        if (nodes[i].number == LOG_NUMBER || s == NOT_FOUND)
            continue; /* it never served */
        if (s == OK)
            s = node_sign_find(keys, nodes[i].number, key, &who);
        if (s != OK)
            return restore_refuse(out, "a log of a further node cannot be read");
        s = verify(job, keys, nodes[i].number, key, out);
        if (s != OK)
            return s;
        if (leaf_scan(keys, nodes[i].number, 0, look_at, look) != OK)
            return restore_refuse(out, "a log of a further node cannot be read");
    }
    return OK;
}

status restore_check_log(const struct restore_job *job, struct db *keys, const uint8_t (*sha)[32], struct restored *out)
{
    struct look look = { .sha = sha, .gen = out->gen, .first = true };
    uint8_t node[KEY];
    sha256((str){ (char *)out->anchor, ANCHOR }, look.anchor);
    if (find_node(keys, &out->house, node) != OK)
        return restore_refuse(out, "the node's key in the keys set was not certified by the root key of the anchor");
    status s = verify(job, keys, LOG_NUMBER, node, out);
    if (s != OK)
        return s;
    if (leaf_scan(keys, LOG_NUMBER, 0, look_at, &look) != OK)
        return restore_refuse(out, "the log cannot be read");
    look.first = false;
    s = verify_others(job, keys, &look, out);
    if (s != OK)
        return s;
    if (!look.anchored)
        return restore_refuse(out, "the anchor is not the one that the first entry of the log names");
    return check_age(job, &look, out);
}
