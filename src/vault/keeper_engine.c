#include "vault/keeper_core.h"

/*
 * The engine: a service that is a member of every TIP and CASE ring. Its seed lies under the SERVICE ring until a certifier signs in; then it
 * stands here as a person's does, boxed under a token that only the engine's process has. Searches come to it with a ticket of whoever asks,
 * and it is told which rings that person opens now.
 */

enum { TICKET_SECONDS = 60, TICKET_MARK = 24, TICKET_LENGTH = 16 + 8 + TICKET_MARK, TAKEN_IN = 16 };
_Static_assert((int)TICKET_LENGTH == (int)SEARCH_TICKET, "as the client has it");
_Static_assert(CHANNEL_HEADER + 8 + 2 + RINGS_A_PAGE * 16 <= KEEPER_MESSAGE_MAX, "a page of rings fits an answer");
static const uint8_t nothing[KEY];

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

status engine_principal(struct keeper_core *c, struct principal *out)
{
    uint8_t name[16];
    house_name(&c->house, lit("engine"), name);
    return principal_by_name(c->db, name, out);
}

struct session *engine_session(struct keeper_core *c)
{
    for (int k = 0; k < SESSIONS; k++)
        if (!id_is_zero(c->sessions[k].id) && c->sessions[k].kind == SESSION_SERVICE)
            return &c->sessions[k];
    return NULL;
}

bool core_engine_open(const struct keeper_core *c)
{
    return engine_session((struct keeper_core *)(uintptr_t)c) != NULL;
}

ptrdiff_t core_engine_hello(struct keeper_core *c, uint8_t to[KEEPER_MESSAGE_MAX])
{
    if (same_bytes(c->engine_token, nothing, KEY))
        return 0;
    struct wire w = { to, CHANNEL_HEADER, KEEPER_MESSAGE_MAX, false };
    wire_bytes(&w, c->boot, sizeof c->boot);
    wire_u64(&w, c->gen);
    wire_bytes(&w, c->engine_token, KEY);
    wipe(c->engine_token, KEY);
    message_head_write(to, (struct message_head){ 0, CODE_OK, (uint32_t)w.len, 0 });
    return w.len;
}

void core_engine_unheard(struct keeper_core *c)
{
    struct session *s = engine_session(c);
    if (s)
        session_end(s);
}

/* --- ENGINE: a certifier opens the seed ---------------------------------------------------------- */

static status service_ring(struct keeper_core *c, struct asked *q, struct ring *r, struct held **held)
{
    status s = ring_by_scope(c->db, SCOPE_INSTALLATION, c->anchor.install, SERVICE, r);
    return s == OK ? ring_hold(c, q, r->id, held) : s;
}

static status take_in_one(struct keeper_core *c, struct asked *q, const struct ring *r, const uint8_t secret[KEY], const struct identity *own,
                          const struct principal *who)
{
    uint8_t wrap[WRAP];
    status s = ring_join(c, r, q->who, &own->sign, who, 0);
    wrap_seal(secret, r->id, r->epoch, who->id, who->box, wrap);
    if (s == OK)
        s = wrap_insert(c->db, r->id, who->id, r->epoch, wrap);
    return s == OK ? log_asked(c, q, (struct entry){ .action = ACT_ADD, .object = r->id, .object_kind = "ring", .ring = r->id,
                                                     .about = who->id, .compartment = SERVICE })
                   : s;
}

/*
 * Whoever certifies holds SERVICE (keys.md 1.2): those who came after the house was made are put on its ring by the next who is on it. Else
 * the engine would wait for ever once the first certifiers have left.
 */
static status take_in(struct keeper_core *c, struct asked *q, const struct ring *r, const struct held *held)
{
    id lacking[TAKEN_IN];
    uint8_t secret[KEY], open[KEY];
    struct identity own;
    int n = 0;
    status s = q->session->powers & POWER_GRANT ? service_lacking(c->db, r->id, lacking, TAKEN_IN, &n) : OK;
    if (s != OK || !n)
        return s;
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    s = ring_secret(c, q, held, r->epoch, secret, open);
    for (int i = 0; s == OK && i < n; i++) {
        struct principal who;
        s = trust_person(c, lacking[i], &who);
        if (s == OK && wall_allows(who.class, who.powers, SERVICE))
            s = take_in_one(c, q, r, secret, &own, &who);
        if (s == NOT_FOUND)
            s = OK; /* a row that is not believed */
    }
    wipe(secret, KEY);
    wipe(&own, sizeof own);
    return s;
}

/* It has a session, and its principal is trusted as it was then. */
status engine_is_open(struct keeper_core *c, bool *open)
{
    struct session *s = engine_session(c);
    status st = s ? session_by_name(c, s->id, &s) : LOCKED;
    *open = st == OK;
    return st == LOCKED ? OK : st;
}

/* The first certifier who comes opens it; who comes later finds it open, signs what is due, and leaves no record. */
status judge_engine(struct keeper_core *c, struct asked *q)
{
    bool open = false;
    struct ring r;
    struct held *held;
    struct principal p;
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    if (s == OK)
        s = engine_principal(c, &p);
    if (s == OK)
        s = term_renew_service(c, q, p.id);
    if (s == OK && !wall_allows((enum wall_class)q->session->class, q->session->powers, SERVICE)) {
        q->recorded = true; /* an administrator, or the envelope: they sign what is due, and reach for nothing */
        return NOT_FOUND;
    }
    if (s == OK)
        s = service_ring(c, q, &r, &held);
    if (s == OK)
        s = take_in(c, q, &r, held);
    if (s == OK)
        s = engine_is_open(c, &open);
    if (s == OK && open)
        return OK;
    if (s == OK)
        s = budget_take(c, q->who, SERVICE, 1);
    if (s == OK)
        s = trust_person(c, p.id, &p); /* NOT_FOUND: its certificate is over, and two are needed for the next */
    if (s != OK)
        return s;
    q->about = p.id;
    q->n = 1;
    return log_asked(c, q, (struct entry){ .action = ACT_ENGINE, .result = ENGINE_UNLOCKED, .object = p.id, .object_kind = "principal",
                                           .about = p.id, .ring = r.id, .compartment = SERVICE, .count = 1 });
}

/* Anybody can seal something to a ring, or to a public key: what counts is the seed of the certified keys. */
bool engine_seed_is(const uint8_t seed[KEY], const struct principal *p)
{
    struct identity own;
    identity_from(seed, &own);
    bool good = same_bytes(own.box.open, p->box, KEY) && same_bytes(own.sign.open, p->sign, KEY);
    wipe(&own, sizeof own);
    return good;
}

static status open_seed(struct keeper_core *c, struct asked *q, const struct principal *p, uint8_t seed[KEY])
{
    struct ring r;
    struct held *held;
    uint8_t box[KEYBOX], secret[KEY], open[KEY];
    id named;
    uint32_t epoch;
    uint16_t table;
    status s = service_ring(c, q, &r, &held);
    if (s == OK)
        s = service_find(c->db, p->id, box);
    if (s == OK)
        s = keybox_names(box, &named, &epoch, &table) && id_equal(named, r.id) && table == TABLE_ENGINE_SEED ? OK : NOT_FOUND;
    if (s == OK)
        s = ring_secret(c, q, held, epoch, secret, open);
    if (s != OK)
        return s;
    bool good = keybox_open(secret, open, box, p->id, seed);
    wipe(secret, KEY);
    if (!good)
        return NOT_FOUND;
    return engine_seed_is(seed, p) ? OK : NOT_FOUND;
}

/* A refusal after the commit: one more record, and the code. A store that failed is no such answer. */
status engine_fail_after(struct asked *q, status s)
{
    if (s == OK || s == FAULT || s == BUSY)
        return s == BUSY ? FAULT : s;
    q->code = CODE_NONE;
    q->failed++;
    return OK;
}

status answer_engine(struct keeper_core *c, struct asked *q)
{
    struct principal p;
    uint8_t seed[KEY], key[KEY];
    if (!q->n)
        return OK; /* it was open */
    status s = id_equal(q->session->id, q->session_id) ? trust_person(c, q->about, &p) : NOT_FOUND;
    if (s == OK)
        s = open_seed(c, q, &p, seed);
    if (s == OK) {
        c->chance.fill(&c->chance, c->engine_token, KEY);
        session_make(c, &p, seed, c->engine_token, SESSION_SERVICE, key);
    }
    wipe(seed, KEY);
    wipe(key, KEY);
    return engine_fail_after(q, s);
}

/* --- TICKET, RINGS: who searches, and what that person opens ------------------------------------- */

static void ticket_mark(const struct keeper_core *c, const uint8_t ticket[TICKET_LENGTH], uint8_t mark[TICKET_MARK])
{
    keyed_hash(c->house.ticket, "search", view(ticket, TICKET_LENGTH - TICKET_MARK), mark, TICKET_MARK);
}

/* Bears no token: the engine learns whose rings to ask for, and can open nothing in that person's name. */
status judge_ticket(struct keeper_core *c, struct asked *q)
{
    uint8_t ticket[TICKET_LENGTH];
    struct wire w = { ticket, 0, sizeof ticket, false };
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    if (s != OK)
        return s;
    wire_bytes(&w, q->session->id.at, 16);
    wire_u64(&w, (uint64_t)(c->mono + TICKET_SECONDS));
    ticket_mark(c, ticket, ticket + w.len);
    wire_bytes(&q->out, ticket, sizeof ticket);
    return OK;
}

static status ticket_session(struct keeper_core *c, struct wire *in, struct session **out)
{
    const uint8_t *ticket = wire_get_bytes(in, TICKET_LENGTH);
    struct wire w = { (uint8_t *)(uintptr_t)ticket, 0, TICKET_LENGTH, false };
    uint8_t mark[TICKET_MARK];
    id session;
    ticket_mark(c, ticket, mark);
    if (!same_bytes(mark, ticket + TICKET_LENGTH - TICKET_MARK, TICKET_MARK))
        return NOT_FOUND;
    memcpy(session.at, wire_get_bytes(&w, 16), 16);
    if (wire_get_u64(&w) < (uint64_t)c->mono)
        return LOCKED;
    return session_by_name(c, session, out);
}

/* One answer under way: what is passed over for earlier pages, and what stands in it. */
struct page {
    uint64_t skip;
    uint16_t n;
    struct reach *rows;        /* room for REACH */
    struct granter *granters;
};

static status add_rings(struct keeper_core *c, struct asked *q, const struct principal *who, enum compartment compartment, struct page *page)
{
    enum { REACH = 256 };
    id after = { { 0 } };
    status s = OK;
    int count = REACH;
    page->rows = page->rows ? page->rows : arena_new(&c->arena, struct reach, REACH);
    while (s == OK && count == REACH && page->n < RINGS_A_PAGE) {
        s = reach_list(c->db, who->id, compartment, after, page->rows, REACH, &count);
        for (int i = 0; s == OK && i < count && page->n < RINGS_A_PAGE; i++) {
            const struct reach *r = &page->rows[i];
            after = r->ring.id;
            s = trust_grant(c, &r->ring, &r->member, who, page->granters);
            if (s == OK && page->skip)
                page->skip--;
            else if (s == OK)
                wire_bytes(&q->out, r->ring.id.at, 16), page->n++;
            else if (s == NOT_FOUND)
                s = OK; /* not believed: no ring of theirs */
        }
    }
    return s;
}

/*
 * Every ring of TIP and CASE whose grant is believed today, of which there is a wrap of the newest epoch. The wall is read in this very
 * transaction: who was removed is not on them.
 */
status judge_rings(struct keeper_core *c, struct asked *q)
{
    struct session *person;
    struct principal who;
    status s = ticket_session(c, &q->in, &person);
    struct page page = { .skip = (uint64_t)wire_get_u32(&q->in) * RINGS_A_PAGE, .granters = arena_new(&c->arena, struct granter, GRANTERS) };
    if (s == OK)
        s = trust_person(c, person->who, &who);
    if (s != OK)
        return s;
    wire_u64(&q->out, c->gen);
    struct wire count = { q->out.at, q->out.len, q->out.cap, false };
    wire_u16(&q->out, 0);
    s = add_rings(c, q, &who, TIP, &page);
    if (s == OK)
        s = add_rings(c, q, &who, CASE, &page);
    wire_u16(&count, page.n);
    q->recorded = true;
    return s;
}

/*
 * Who may be told of tips that no reader of either may see together: by a grant that is believed today and a wrap of the newest epoch, as
 * RINGS has it. Refusals of a session that lives are on record.
 */
status judge_deconfliction(struct keeper_core *c, struct asked *q)
{
    struct session *person;
    struct principal who;
    struct ring r;
    struct member m;
    uint8_t wrap[WRAP];
    status s = ticket_session(c, &q->in, &person);
    if (s == OK)
        s = ring_by_scope(c->db, SCOPE_INSTALLATION, c->anchor.install, SHARED, &r);
    if (s == OK)
        s = member_find(c->db, r.id, person->who, &m);
    if (s == OK)
        s = trust_member(c, &r, &m, &who);
    if (s == OK)
        s = wrap_find(c->db, r.id, who.id, r.epoch, wrap);
    return s;
}

/* --- SNAP: the key of what the engine keeps on disk ----------------------------------------------- */

/* Not sealed to the public half, which anybody could do with a key of their own: who has not the seed makes no such box. */
static void snapshot_key(const uint8_t seed[KEY], uint8_t key[KEY])
{
    keyed_hash(seed, "snapshot", lit(""), key, KEY);
}

static status put_snapshot(struct keeper_core *c, struct asked *q)
{
    uint8_t seed[KEY], key[KEY], box[BOX];
    if (!session_seed(q->session, q->key, seed))
        return LOCKED;
    snapshot_key(seed, key);
    wipe(seed, KEY);
    c->chance.fill(&c->chance, q->snapshot, KEY);
    aead_seal(key, view(q->snapshot, KEY), view(c->node_id.at, 16), box);
    wipe(key, KEY);
    return snapshot_put(c->db, c->node_id, box);
}

status judge_snapshot(struct keeper_core *c, struct asked *q)
{
    uint8_t box[BOX];
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    uint8_t fresh = wire_get_u8(&q->in);
    wire_get_bytes(&q->in, 7);
    if (s != OK)
        return s;
    if (fresh > 1)
        return INVALID;
    q->n = fresh;
    s = fresh ? put_snapshot(c, q) : snapshot_find(c->db, c->node_id, box);
    if (s == NOT_FOUND)
        q->recorded = true; /* a first start: nothing was kept, and nothing is refused */
    if (s != OK)
        return s;
    return log_asked(c, q, (struct entry){ .action = ACT_ENGINE, .result = fresh ? ENGINE_SNAPSHOT_NEW : ENGINE_SNAPSHOT_READ,
                                           .object = c->node_id, .object_kind = "principal" });
}

status answer_snapshot(struct keeper_core *c, struct asked *q)
{
    uint8_t seed[KEY], key[KEY], box[BOX];
    status s = OK;
    if (!q->n) {
        bool good = id_equal(q->session->id, q->session_id) && session_seed(q->session, q->key, seed);
        s = good ? snapshot_find(c->db, c->node_id, box) : NOT_FOUND;
        if (good)
            snapshot_key(seed, key);
        wipe(seed, KEY);
        if (s == OK && !aead_open(key, view(box, BOX), view(c->node_id.at, 16), q->snapshot))
            s = NOT_FOUND; /* a row that the engine did not make */
        wipe(key, KEY);
    }
    if (s == OK)
        wire_bytes(&q->out, q->snapshot, KEY);
    return engine_fail_after(q, s);
}
