#include "vault/keeper_core.h"

/*
 * Acts that concern somebody and are not theirs: by others on their account, and by a system whose key they made. Told is what the actor
 * may see of it, time and compartment; of an act on an account also who did it, for a hand in one's own keys is no secret from oneself.
 */
enum { POWERS_MOST = 4096, KEY_RECORDS = 256 };

/* Ids behind pseudonyms: only who has or had a power can have done something to another's account. */
struct actors {
    id *at;
    uint8_t (*pseudonym)[16];
    int n;
};

static status know_actors(struct keeper_core *c, struct actors *out)
{
    *out = (struct actors){ .at = arena_new(&c->arena, id, POWERS_MOST + 2), .pseudonym = arena_take(&c->arena, 16, 1, POWERS_MOST + 2) };
    status s = principal_powers(c->db, out->at, POWERS_MOST, &out->n);
    out->at[out->n++] = c->root;
    out->at[out->n++] = (id){ { 0 } }; /* nobody who signed in: a failed sign-in */
    for (int i = 0; i < out->n; i++)
        house_pseudonym(&c->house, "principal", out->at[i], out->pseudonym[i]);
    return s;
}

static id actor_of(const struct actors *all, const uint8_t record[AUDIT_RECORD])
{
    struct audit_record r;
    for (int i = 0; audit_record_read(record, &r) && i < all->n; i++)
        if (!memcmp(all->pseudonym[i], r.actor, 16))
            return all->at[i];
    return (id){ { 0 } };
}

static void write_act(struct keeper_core *c, struct asked *q, const struct leaf_row *l, id actor)
{
    uint8_t shown[LOG_SHOWN] = { 0 }, compartment = 0;
    int64_t time = 0;
    bool opened = log_own(c, actor, l->own, &time, &compartment);
    struct wire w = { shown, 0, sizeof shown, false };
    wire_u64(&w, (uint64_t)time);
    wire_u8(&w, compartment);
    wire_bytes(&w, actor.at, 16);
    log_write_line(&q->out, l, opened, shown);
}

static status acts_on_me(struct keeper_core *c, struct asked *q, uint64_t skip, struct leaf_row *rows, int *n)
{
    struct leaf_objects which;
    struct principal p;
    struct actors actors;
    id name;
    status s = principal_find(c->db, q->session->who, &p);
    if (s != OK)
        return s;
    memcpy(name.at, p.name, sizeof name.at);
    house_pseudonym(&c->house, "principal", p.id, which.object);
    house_pseudonym(&c->house, "name", name, which.other);
    house_pseudonym(&c->house, "principal", p.id, which.but);
    s = leaf_about(c->db, &c->arena, c->log, &which, skip, LOG_LINES, rows, n);
    if (s == OK)
        s = know_actors(c, &actors);
    if (s != OK)
        return s;
    log_write_head(&q->out, *n);
    for (int i = 0; i < *n; i++)
        write_act(c, q, &rows[i], actor_of(&actors, rows[i].record));
    return OK;
}

/* The log itself says who made a key: an account made by the asker, whose keys were then made as those of a system. */
static status made_by_asker(struct keeper_core *c, const struct asked *q, id key, bool *is)
{
    struct leaf_row *rows = arena_new(&c->arena, struct leaf_row, KEY_RECORDS);
    struct leaf_objects which = { 0 };
    uint8_t asker[16];
    bool made = false, of_a_system = false;
    status s = OK;
    house_pseudonym(&c->house, "principal", q->session->who, asker);
    house_pseudonym(&c->house, "principal", key, which.object);
    memcpy(which.other, which.object, sizeof which.other);
    for (uint32_t log = 1; s == OK && log <= NODES; log++) {
        int n = 0;
        if (node_has_log(c, log))
            s = leaf_about(c->db, &c->arena, log, &which, 0, KEY_RECORDS, rows, &n);
        for (int i = 0; s == OK && i < n; i++) {
            struct audit_record r;
            if (!audit_record_read(rows[i].record, &r))
                continue;
            made |= r.action == ACT_PRINCIPAL && !memcmp(r.actor, asker, sizeof asker);
            of_a_system |= r.action == ACT_SLOT && r.purpose == SLOT_API;
        }
    }
    *is = made && of_a_system;
    return s;
}

static status acts_of_key(struct keeper_core *c, struct asked *q, id key, uint64_t skip, struct leaf_row *rows, int *n)
{
    uint8_t actor[16];
    bool mine;
    status s = made_by_asker(c, q, key, &mine);
    if (s != OK || !mine)
        return s == OK ? NOT_FOUND : s;
    house_pseudonym(&c->house, "principal", key, actor);
    s = leaf_page(c->db, &c->arena, c->log, actor, skip, LOG_LINES, rows, n);
    if (s != OK)
        return s;
    log_write_head(&q->out, *n);
    for (int i = 0; i < *n; i++)
        write_act(c, q, &rows[i], key);
    return OK;
}

/* Like one's own list: no opening, so no record. */
status judge_acts(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    uint8_t which = wire_get_u8(&q->in);
    wire_get_bytes(&q->in, 7);
    uint64_t skip = wire_get_u64(&q->in);
    struct leaf_row *rows = arena_new(&c->arena, struct leaf_row, LOG_LINES);
    id key;
    int n = 0;
    memcpy(key.at, wire_get_bytes(&q->in, 16), 16);
    if (s != OK)
        return s;
    if ((which != ACTS_ON_ME && which != ACTS_OF_KEY) || skip > INT64_MAX)
        return INVALID;
    return which == ACTS_ON_ME ? acts_on_me(c, q, skip, rows, &n) : acts_of_key(c, q, key, skip, rows, &n);
}
