#include "vault/log_export.h"
#include "vault/keeper_core.h"

enum { PIECE = 65536 };

struct export_way {
    struct out piece;
    status (*write)(void *to, str piece);
    void *to;
};

static status hand_over(struct export_way *w)
{
    status s = w->write(w->to, out_view(&w->piece));
    w->piece.len = 0; /* its room is used again */
    return s;
}

static status add(void *to, const struct leaf *l)
{
    struct export_way *w = to;
    audit_export_entry(&w->piece, l->record, l->root, l->signature);
    return w->piece.len < PIECE ? OK : hand_over(w);
}

status log_export(struct db *keys, str anchor, uint32_t log, struct arena *a, status (*write)(void *to, str piece), void *to, uint64_t *entries)
{
    struct export_way w = { { .arena = a }, write, to };
    struct audit_tree tree;
    struct anchor house;
    uint8_t node[KEY];
    id who;
    if (!anchor_read(anchor, &house))
        return FAULT;
    /* One transaction: the head and the entries are of one moment. */
    status s = db_begin(keys);
    if (s != OK)
        return s;
    s = node_sign_find(keys, log, node, &who);
    if (s == OK)
        s = loghead_find(keys, log, &tree);
    if (s == OK) {
        *entries = tree.size;
        audit_export_head(&w.piece, house.install, log, node, tree.size);
        s = leaf_export(keys, log, add, &w);
    }
    if (s == OK) {
        audit_export_end(&w.piece);
        s = hand_over(&w);
    }
    return db_end(keys, s);
}
