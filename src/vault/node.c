#include "vault/node.h"
#include "vault/keeper_core.h"

static status open_house(str anchor_file, str secret, const uint8_t stretched[KEY], struct anchor *anchor, struct house_keys *house)
{
    struct secret_head head;
    uint8_t k0[KEY];
    if (!anchor_read(anchor_file, anchor) || !secret_head_read(secret, &head) || (head.version == SECRET_DEMO && !anchor->demo))
        return INVALID;
    if (!secret_open(secret, stretched, k0))
        return NOT_FOUND;
    house_from(k0, house);
    wipe(k0, KEY);
    return same_bytes(house->box.open, anchor->house, KEY) ? OK : NOT_FOUND;
}

/* Numbers are not given twice: whose log it was must stay plain. */
static status next_number(struct db *db, str name, uint32_t *number)
{
    struct arena a = arena_reserve(1 << 16);
    struct node nodes[NODES];
    int n = 0;
    status s = node_list(db, &a, nodes, &n);
    for (int i = 0; s == OK && i < n; i++)
        if (str_equal(nodes[i].name, name))
            s = CONFLICT;
    if (s != OK)
        return s;
    *number = n ? nodes[n - 1].number + 1 : 1;
    return *number <= NODES ? OK : LIMIT;
}

static status put(struct db *db, const struct house_keys *house, struct chance *chance, int64_t now, str name, struct principal *p)
{
    struct slot slot = { .kind = SLOT_NODE };
    struct identity own;
    uint8_t seed[KEY];
    uint32_t number;
    status s = next_number(db, name, &number);
    if (s != OK)
        return s;
    struct arena a = arena_reserve(4096);
    chance->fill(chance, seed, KEY);
    identity_from(seed, &own);
    *p = (struct principal){ .id = chance_id(chance, now * 1000, true), .class = CLASS_NONE, .serial = 1, .state = PERSON_PENDING,
                             .not_before = (uint32_t)day_of(now), .not_after = (uint32_t)day_of(now) + CERT_DAYS };
    memcpy(p->box, own.box.open, KEY);
    memcpy(p->sign, own.sign.open, KEY);
    wipe(&own, sizeof own);
    house_name(house, node_principal_name(&a, number, name), p->name);
    slot_seal(house, p->id, SLOT_NODE, lit(""), seed, slot.box);
    wipe(seed, KEY);
    s = principal_insert(db, p);
    if (s == OK)
        s = slot_put(db, p->id, &slot);
    return s == OK ? node_insert(db, &(struct node){ number, p->id, name }) : s;
}

status node_make(struct db *db, str anchor_file, str secret, const uint8_t stretched[KEY], struct chance chance, int64_t now, str name,
                 struct node_made *out)
{
    struct anchor anchor;
    struct house_keys house = { 0 };
    struct principal p = { 0 };
    struct node_standing made = { 0 };
    status s = open_house(anchor_file, secret, stretched, &anchor, &house);
    if (s == OK)
        s = db_begin(db);
    if (s == OK) {
        s = put(db, &house, &chance, now, name, &p);
        if (s == OK)
            s = node_standing(db, name, &made);
        s = db_end(db, s);
    }
    wipe(&house, sizeof house);
    if (s != OK)
        return s;
    *out = (struct node_made){ p.id, made.number, { 0 } };
    cert_fingerprint(anchor.install, &p, out->fingerprint);
    return OK;
}

status node_standing(struct db *db, str name, struct node_standing *out)
{
    struct arena a = arena_reserve(1 << 16);
    struct node nodes[NODES];
    struct audit_tree tree;
    struct principal p;
    int n = 0, i = 0;
    status s = node_list(db, &a, nodes, &n);
    while (s == OK && i < n && !str_equal(nodes[i].name, name))
        i++;
    if (s != OK || i == n)
        return s == OK ? NOT_FOUND : s;
    s = principal_find(db, nodes[i].principal, &p);
    if (s != OK)
        return FAULT;
    s = loghead_find(db, nodes[i].number, &tree);
    *out = (struct node_standing){ nodes[i].number, p.id, (enum person_state)p.state, s == OK ? tree.size : 0 };
    return s == NOT_FOUND ? OK : s;
}
