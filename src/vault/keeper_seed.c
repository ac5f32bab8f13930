/*
 * The engine's seed from node to node (docs/keys.md 7), without a person: a keeper whose engine waits puts the public half of a pair that only its
 * memory has, signed with the node's key; a keeper whose engine is open boxes the seed to it, for nodes that may serve. Both when their engine asks,
 * for only its token opens the seed here.
 */
#include "vault/keeper_core.h"

enum { BOOT_STATEMENT = 16 + 16 + 16 + KEY };
static const uint8_t nothing[KEY];

static void boot_statement(const struct keeper_core *c, id node, const uint8_t open[KEY], uint8_t to[BOOT_STATEMENT])
{
    struct wire w = { to, 0, BOOT_STATEMENT, false };
    wire_bytes(&w, "plainsight boot", 16);
    wire_bytes(&w, c->anchor.install.at, 16);
    wire_bytes(&w, node.at, 16);
    wire_bytes(&w, open, KEY);
}

/* ---- who has it gives ---- */

static status give_one(struct keeper_core *c, struct asked *q, struct boot *b, const uint8_t seed[KEY])
{
    uint8_t statement[BOOT_STATEMENT];
    struct principal node;
    id who = c->logs[b->number - 1].node;
    struct ring_key to = { .ring = who, .epoch = b->number };
    status s = node_find_admitted(c, who, &node);
    if (s != OK)
        return s;
    boot_statement(c, who, b->open, statement);
    memcpy(to.open, b->open, KEY);
    if (!sign_check(node.sign, (str){ (char *)statement, BOOT_STATEMENT }, b->signature) || !keybox_seal(seed, &to, TABLE_ENGINE_SEED, q->session->who, b->box))
        return NOT_FOUND; /* whoever wrote that row, it was not the node */
    s = boot_give(c->db, b);
    return s == OK ? log_asked(c, q, (struct entry){ .action = ACT_ENGINE, .result = ENGINE_SEED_GIVEN, .object = who, .object_kind = "principal",
                                                     .about = who, .compartment = SERVICE, .count = 1 })
                   : s;
}

static status give(struct keeper_core *c, struct asked *q, const uint8_t cookie[KEY])
{
    struct boot waiting[NODES];
    uint8_t seed[KEY];
    int n = 0;
    status s = session_need(c, q, cookie, 0);
    if (s == OK)
        s = boot_waiting(c->db, c->log, waiting, &n);
    if (s != OK || !n)
        return s;
    if (!session_seed(q->session, q->key, seed))
        return LOCKED;
    for (int i = 0; s == OK && i < n; i++) {
        s = give_one(c, q, &waiting[i], seed);
        s = s == NOT_FOUND || s == CONFLICT ? OK : s;
    }
    wipe(seed, KEY);
    return s;
}

/* ---- who has it not asks, and takes ---- */

static status ask(struct keeper_core *c)
{
    struct boot b = { .number = c->log };
    uint8_t statement[BOOT_STATEMENT];
    box_pair_make(&c->boot_pair);
    memcpy(b.open, c->boot_pair.open, KEY);
    boot_statement(c, c->node_id, b.open, statement);
    sign_bytes(&c->node.sign, (str){ (char *)statement, BOOT_STATEMENT }, b.signature);
    return boot_put(c->db, &b);
}

static status ask_or_take(struct keeper_core *c, struct asked *q)
{
    struct principal engine;
    struct boot b;
    bool open = false;
    status s = engine_is_open(c, &open);
    if (s != OK || open)
        return s; /* it was opened meanwhile, and its token is on its way */
    s = boot_find(c->db, c->log, &b);
    if (s == NOT_FOUND || (s == OK && !same_bytes(b.open, c->boot_pair.open, KEY)))
        return ask(c);
    if (s != OK || !b.given)
        return s;
    s = engine_principal(c, &engine);
    if (s == OK)
        s = trust_person(c, engine.id, &engine);
    if (s == OK)
        s = boot_delete(c->db, c->log); /* one box, one try: what does not open is asked for anew */
    if (s != OK)
        return s;
    q->about = engine.id;
    q->n = 1;
    memcpy(c->boot_box, b.box, KEYBOX);
    return log_asked(c, q, (struct entry){ .action = ACT_ENGINE, .result = ENGINE_SEED_TAKEN, .actor = c->node_id, .object = engine.id,
                                           .object_kind = "principal", .about = engine.id, .compartment = SERVICE, .count = 1 });
}

status judge_seed(struct keeper_core *c, struct asked *q)
{
    const uint8_t *cookie = wire_get_bytes(&q->in, KEY);
    bool others = node_has_others(c);
    status s = OK;
    if (others)
        s = same_bytes(cookie, nothing, KEY) ? ask_or_take(c, q) : give(c, q, cookie);
    q->recorded = true; /* asked every other second; the log has what was given and taken */
    wire_u32(&q->out, others);
    return s;
}

status answer_seed(struct keeper_core *c, struct asked *q)
{
    struct principal p;
    uint8_t seed[KEY], key[KEY];
    if (!q->n)
        return OK;
    status s = trust_person(c, q->about, &p);
    bool good = s == OK && keybox_open(c->boot_pair.secret, c->boot_pair.open, c->boot_box, q->about, seed) && engine_seed_is(seed, &p);
    if (good) {
        c->chance.fill(&c->chance, c->engine_token, KEY);
        session_make(c, &p, seed, c->engine_token, SESSION_SERVICE, key);
    }
    wipe(&c->boot_pair, sizeof c->boot_pair);
    wipe(c->boot_box, KEYBOX);
    wipe(seed, KEY);
    wipe(key, KEY);
    return engine_fail_after(q, s == OK && !good ? NOT_FOUND : s);
}
