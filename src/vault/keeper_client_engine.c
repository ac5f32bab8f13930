#include "vault/keeper_client.h"

/* The engine: what staff ask for it, and what it asks itself. */

status keeper_engine(struct keeper *k, token t)
{
    wire_bytes(keeper_ask(k), t.at, KEY);
    return keeper_done(k, keeper_send(k, 24));
}

status keeper_search_ticket(struct keeper *k, token t, struct search_ticket *out)
{
    wire_bytes(keeper_ask(k), t.at, KEY);
    status s = keeper_send(k, 22);
    if (s == OK)
        wire_take(&k->in, out->at, SEARCH_TICKET);
    return keeper_done(k, s);
}

status keeper_rings(struct keeper *k, const struct search_ticket *ticket, uint32_t page, uint64_t *gen, id out[RINGS_A_PAGE], ptrdiff_t *n)
{
    struct wire *w = keeper_ask(k);
    wire_bytes(w, ticket->at, SEARCH_TICKET);
    wire_u32(w, page);
    *n = 0;
    status s = keeper_send(k, 23);
    if (s == OK) {
        *gen = wire_get_u64(&k->in);
        *n = wire_get_u16(&k->in);
        if (*n > RINGS_A_PAGE)
            s = FAULT;
        for (ptrdiff_t i = 0; s == OK && i < *n; i++)
            wire_take(&k->in, out[i].at, 16);
    }
    s = keeper_done(k, s);
    if (s != OK)
        *n = 0;
    return s;
}

status keeper_deconfliction(struct keeper *k, const struct search_ticket *ticket)
{
    wire_bytes(keeper_ask(k), ticket->at, SEARCH_TICKET);
    return keeper_done(k, keeper_send(k, 44));
}

status keeper_snapshot_key(struct keeper *k, token t, bool fresh, uint8_t key[32])
{
    static const uint8_t zeros[7];
    struct wire *w = keeper_ask(k);
    wire_bytes(w, t.at, KEY);
    wire_u8(w, fresh);
    wire_bytes(w, zeros, sizeof zeros);
    status s = keeper_send(k, 25);
    if (s == OK)
        wire_take(&k->in, key, KEY);
    return keeper_done(k, s);
}

status keeper_engine_seed(struct keeper *k, token t, bool *others)
{
    wire_bytes(keeper_ask(k), t.at, KEY);
    status s = keeper_send(k, 47);
    *others = s == OK && wire_get_u32(&k->in) != 0;
    return keeper_done(k, s);
}

status keeper_engine_begins(struct keeper *k)
{
    static const token none;
    wire_bytes(keeper_ask(k), none.at, KEY);
    return keeper_done(k, keeper_send(k, 3));
}
