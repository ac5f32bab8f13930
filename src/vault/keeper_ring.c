#include "vault/keeper_core.h"

enum { MONTH_RINGS = 64 }; /* pages turned at one sign-in */

static str text_of(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

/* --- holding: what a session's person can open ------------------------------------------------- */

static struct held *held_find(struct session *s, id ring)
{
    for (int i = 0; i < HELD; i++)
        if (s->held[i].epoch && id_equal(s->held[i].ring, ring))
            return &s->held[i];
    return NULL;
}

/*
 * A wrap is sealed to a public key, so whoever writes to the database can make one. What is in it counts only when it
 * is the secret of a key that is believed: else we would seal secrets of the house under one of theirs.
 */
static status secret_fits(struct keeper_core *c, const struct ring *r, uint32_t epoch, const uint8_t secret[KEY])
{
    struct ring_key key;
    struct box_pair pair;
    status s = trust_epoch_key(c, r, epoch, &key);
    if (s != OK)
        return s;
    box_pair_from(secret, &pair);
    bool fits = same_bytes(pair.open, key.open, KEY);
    wipe(&pair, sizeof pair);
    return fits ? OK : NOT_FOUND;
}

/*
 * The link from an epoch, whose secret we have, to the one before, of which this member still has a wrap. NOT_FOUND:
 * they have none. INVALID: one of the two epochs is not to be believed.
 */
static status fill_back(struct keeper_core *c, const struct ring *r, uint32_t epoch, id who, const struct identity *own,
                        const uint8_t secret[KEY], uint8_t before[KEY])
{
    uint8_t wrap[WRAP], back[BOX];
    status s = wrap_find(c->db, r->id, who, epoch - 1, wrap);
    if (s != OK)
        return s;
    if (!wrap_open(wrap, r->id, epoch - 1, who, &own->box, before))
        return INVALID;
    s = secret_fits(c, r, epoch, secret);
    if (s == OK)
        s = secret_fits(c, r, epoch - 1, before);
    if (s != OK)
        return s == NOT_FOUND ? INVALID : s;
    back_seal(secret, before, epoch, back);
    return epoch_set_back(c->db, r->id, epoch, back);
}

/*
 * Somebody who rotated without being a member could not write the link to the epoch before. A member who still
 * has a wrap of that epoch writes it now; then all older wraps are superfluous and go.
 */
static status fill_backs(struct keeper_core *c, const struct ring *r, id who, const struct identity *own, const uint8_t newest[KEY])
{
    uint8_t secret[KEY], before[KEY];
    memcpy(secret, newest, KEY);
    bool filled = false;
    status s = OK;
    for (uint32_t epoch = r->epoch; s == OK && epoch > 1; epoch--) {
        struct ring_epoch e;
        s = epoch_find(c->db, r->id, epoch, &e);
        if (s == OK && e.has_back) {
            s = back_open(secret, e.back, epoch, before) ? OK : INVALID;
        } else if (s == OK) {
            s = fill_back(c, r, epoch, who, own, secret, before);
            filled |= s == OK;
        }
        memcpy(secret, before, KEY);
    }
    wipe(secret, KEY);
    wipe(before, KEY);
    if (s == INVALID)
        return OK; /* the chain ends at what is not believed; the wraps below it are all that is left of it, and stay */
    if (s == NOT_FOUND)
        s = OK; /* shredded below here */
    return s == OK && filled ? wrap_delete_old(c->db, r->id, r->epoch) : s;
}

static status open_wrap(struct keeper_core *c, struct asked *q, const struct ring *r, uint8_t secret[KEY])
{
    uint8_t wrap[WRAP];
    struct identity own;
    status s = wrap_find(c->db, r->id, q->session->who, r->epoch, wrap);
    if (s != OK)
        return s;
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    s = wrap_open(wrap, r->id, r->epoch, q->session->who, &own.box, secret) ? secret_fits(c, r, r->epoch, secret) : NOT_FOUND;
    if (s == OK)
        s = fill_backs(c, r, q->session->who, &own, secret);
    wipe(&own, sizeof own);
    return s;
}

status ring_hold(struct keeper_core *c, struct asked *q, id ring, struct held **out)
{
    struct session *session = q->session;
    *out = held_find(session, ring);
    if (*out && (!(*out)->until || (*out)->until >= core_today(c)))
        return OK;
    struct ring r;
    struct member m;
    struct principal who;
    struct ring_key key;
    uint8_t secret[KEY];
    status s = ring_find(c->db, ring, &r);
    if (s == OK)
        s = member_find(c->db, ring, session->who, &m);
    if (s == OK)
        s = trust_member(c, &r, &m, &who);
    if (s == OK)
        s = trust_ring_key(c, &r, &key);
    if (s == OK)
        s = open_wrap(c, q, &r, secret);
    if (s != OK)
        return s;
    struct held *h = &session->held[session->next_held];
    session->next_held = (session->next_held + 1) % HELD;
    *h = (struct held){ .ring = ring, .epoch = r.epoch, .until = m.until, .compartment = r.compartment };
    memcpy(h->open, key.open, KEY);
    aead_seal(q->key, text_of(secret, KEY), text_of(ring.at, 16), h->secret);
    wipe(secret, KEY);
    *out = h;
    return OK;
}

status ring_secret(struct keeper_core *c, const struct asked *q, const struct held *h, uint32_t epoch, uint8_t secret[KEY],
                 uint8_t open[KEY])
{
    if (epoch > h->epoch || !aead_open(q->key, text_of(h->secret, BOX), text_of(h->ring.at, 16), secret))
        return NOT_FOUND;
    memcpy(open, h->open, KEY);
    for (uint32_t at = h->epoch; at > epoch; at--) {
        struct ring_epoch e;
        uint8_t before[KEY];
        status s = epoch_find(c->db, h->ring, at, &e);
        if (s == OK && (!e.has_back || !back_open(secret, e.back, at, before)))
            s = NOT_FOUND;
        if (s != OK) {
            wipe(secret, KEY);
            return s;
        }
        memcpy(secret, before, KEY);
        wipe(before, KEY);
    }
    if (epoch == h->epoch)
        return OK;
    struct box_pair pair;
    box_pair_from(secret, &pair);
    memcpy(open, pair.open, KEY);
    wipe(&pair, sizeof pair);
    return OK;
}

status ring_reach(struct keeper_core *c, struct asked *q, const struct ring *r, uint8_t secret[KEY], bool *member)
{
    struct held *held;
    uint8_t open[KEY];
    status s = ring_hold(c, q, r->id, &held);
    if (s == OK)
        s = ring_secret(c, q, held, r->epoch, secret, open);
    *member = s == OK;
    return s == FAULT || s == BUSY ? s : OK;
}

/* --- making: epochs, members, wraps ------------------------------------------------------------ */

static status wrap_for_accepted(struct keeper_core *c, const struct ring *r, const uint8_t secret[KEY])
{
    struct members members;
    struct arena mark = c->arena; /* a departure does this for hundreds of rings */
    status s = member_list(c->db, &c->arena, r->id, &members);
    for (ptrdiff_t i = 0; s == OK && i < members.len; i++) {
        struct principal who;
        s = trust_member(c, r, &members.at[i], &who);
        if (s == NOT_FOUND) {
            s = OK; /* not believed: no wrap in the next epoch */
            continue;
        }
        uint8_t wrap[WRAP];
        if (s == OK) {
            wrap_seal(secret, r->id, r->epoch, who.id, who.box, wrap);
            s = wrap_insert(c->db, r->id, who.id, r->epoch, wrap);
        }
    }
    c->arena = mark;
    return s;
}

status ring_rotate(struct keeper_core *c, struct ring *r, id signer, const struct sign_pair *sign, const uint8_t *before)
{
    struct box_pair pair;
    struct ring_epoch e = { .epoch = r->epoch + 1, .day = core_today(c), .signer = signer };
    uint8_t statement[RING_STATEMENT], back[BOX];
    box_pair_make(&pair);
    memcpy(e.open, pair.open, KEY);
    ring_statement(c->anchor.install, r, &e, statement);
    sign_bytes(sign, text_of(statement, RING_STATEMENT), e.signature);
    status s = epoch_insert(c->db, r->id, &e);
    if (s == OK && before) {
        back_seal(pair.secret, before, e.epoch, back);
        s = epoch_set_back(c->db, r->id, e.epoch, back);
    }
    r->epoch = e.epoch;
    if (s == OK)
        s = wrap_for_accepted(c, r, pair.secret);
    if (s == OK && before)
        s = wrap_delete_old(c->db, r->id, r->epoch);
    wipe(&pair, sizeof pair);
    return s;
}

status ring_join(struct keeper_core *c, const struct ring *r, id granter, const struct sign_pair *sign, const struct principal *who,
                 uint32_t until)
{
    struct member m = { .ring = r->id, .member = who->id, .granter = granter, .compartment = r->compartment,
                        .class = who->class, .since = r->epoch ? r->epoch : 1, .day = core_today(c), .until = until };
    uint8_t statement[JOIN_STATEMENT];
    join_statement(c->anchor.install, &m, statement);
    sign_bytes(sign, text_of(statement, JOIN_STATEMENT), m.signature);
    return member_insert(c->db, &m);
}

static bool root_belongs(const struct keeper_core *c, enum compartment compartment)
{
    return !c->anchor.no_escrow || (compartment != SOURCE && compartment != VICTIM && compartment != LOCATION);
}

/* The engine's principal, if there is one that is trusted; it belongs to TIP and CASE. */
static status find_engine(struct keeper_core *c, struct principal *out)
{
    status s = engine_principal(c, out);
    return s == OK ? trust_person(c, out->id, out) : s;
}

struct ring_ask {
    const uint8_t *token, *second;
    id ring, member, scope;
    uint8_t scope_kind, compartment;
    uint32_t epoch, until, flags;
    str reason;
};

static status create(struct keeper_core *c, struct asked *q, const struct ring_ask *ask, struct ring *r, const struct identity *own)
{
    struct session *me = q->session;
    if (!(me->powers & POWER_GRANT))
        return NOT_FOUND;
    bool across = ask->scope_kind == SCOPE_INSTALLATION && ask->compartment == SHARED && id_equal(ask->scope, c->anchor.install);
    if (!across && (ask->scope_kind < SCOPE_OFFICE || ask->scope_kind > SCOPE_RELEASE || ask->compartment < TIP || ask->compartment > SHARED))
        return INVALID;
    if (!wall_allows_ring(ask->scope_kind, me->class, me->powers, ask->compartment))
        return core_refuse(q, CODE_WALL);
    struct held *held;
    status s = ring_by_scope(c->db, ask->scope_kind, ask->scope, ask->compartment, r);
    if (s == OK)
        return ring_hold(c, q, r->id, &held); /* asked again after a crash: the same ring, for a member */
    if (s != NOT_FOUND)
        return s;
    *r = (struct ring){ .scope = ask->scope, .scope_kind = ask->scope_kind, .compartment = ask->compartment };
    r->id = chance_id(&c->chance, c->now * 1000, true);
    struct principal self, root, engine;
    s = ring_insert(c->db, r);
    if (s == OK)
        s = trust_person(c, me->who, &self);
    if (s == OK)
        s = ring_join(c, r, me->who, &own->sign, &self, 0);
    if (s == OK && root_belongs(c, r->compartment)) {
        s = trust_find(c, c->root, &root);
        if (s == OK)
            s = ring_join(c, r, me->who, &own->sign, &root, 0);
    }
    if (s == OK && wall_allows(CLASS_ENGINE, 0, r->compartment)) {
        s = find_engine(c, &engine);
        if (s == OK)
            s = ring_join(c, r, me->who, &own->sign, &engine, 0);
        if (s == NOT_FOUND)
            s = OK;
    }
    return s == OK ? ring_rotate(c, r, me->who, &own->sign, NULL) : s;
}

static status add(struct keeper_core *c, struct asked *q, const struct ring_ask *ask, struct ring *r, const struct identity *own)
{
    struct session *me = q->session;
    struct held *held;
    struct principal target;
    struct member there;
    if (!(me->powers & POWER_GRANT))
        return NOT_FOUND;
    if (ask->flags)
        return INVALID; /* RESERVE and GLASS come with the duty roster */
    status s = ring_hold(c, q, r->id, &held);
    if (s == OK)
        s = trust_person(c, ask->member, &target);
    if (s != OK)
        return s;
    if (!wall_allows_ring(r->scope_kind, target.class, target.powers, r->compartment))
        return core_refuse(q, CODE_WALL);
    s = member_find(c->db, r->id, target.id, &there);
    if (s == OK) {
        s = trust_member(c, r, &there, &target);
        if (s == OK && there.until == ask->until)
            return OK; /* repeated by the page */
        if (s == OK || s == NOT_FOUND)
            s = member_delete(c->db, r->id, target.id); /* of another length, or a grant that was not believed */
    }
    if (s != OK && s != NOT_FOUND)
        return s;
    uint8_t secret[KEY], open[KEY], wrap[WRAP];
    s = ring_secret(c, q, held, r->epoch, secret, open);
    if (s != OK)
        return s;
    s = ring_join(c, r, me->who, &own->sign, &target, ask->until);
    wrap_seal(secret, r->id, r->epoch, target.id, target.box, wrap);
    wipe(secret, KEY);
    return s == OK ? wrap_insert(c->db, r->id, target.id, r->epoch, wrap) : s;
}

/* Remove and rotate: by CERTIFY, or by GRANT and a member. Only a member can write the link back. */
static status renew(struct keeper_core *c, struct asked *q, const struct ring_ask *ask, struct ring *r, const struct identity *own)
{
    struct session *me = q->session;
    uint8_t secret[KEY];
    bool member;
    status s = ring_reach(c, q, r, secret, &member);
    if (s != OK)
        return s;
    if (!(me->powers & POWER_CERTIFY) && !((me->powers & POWER_GRANT) && member))
        return NOT_FOUND;
    s = OK;
    if (!id_is_zero(ask->member)) {
        struct member there;
        s = member_find(c->db, r->id, ask->member, &there);
        if (s == NOT_FOUND) {
            wipe(secret, KEY);
            return OK; /* repeated by the page: what came after it failed the first time */
        }
        if (s == OK)
            s = member_delete(c->db, r->id, ask->member);
    }
    if (s == OK)
        s = ring_rotate(c, r, me->who, &own->sign, member ? secret : NULL);
    wipe(secret, KEY);
    return s == OK ? core_wall_moved(c) : s;
}

/*
 * The first of the two. No carer holds APPROVE: what the rings of a file of care have left behind, and never the newest epoch, ends whoever
 * may let others in and is on them.
 */
static status may_shred(struct keeper_core *c, struct asked *q, const struct ring_ask *ask, const struct ring *r)
{
    struct held *held;
    if (q->session->powers & POWER_APPROVE)
        return OK;
    bool of_file = r->scope_kind == SCOPE_CASE && (r->compartment == VICTIM || r->compartment == LOCATION);
    bool behind = ask->epoch && ask->epoch < r->epoch;
    return (q->session->powers & POWER_GRANT) && of_file && behind ? ring_hold(c, q, r->id, &held) : NOT_FOUND;
}

static status shred(struct keeper_core *c, struct asked *q, const struct ring_ask *ask, struct ring *r)
{
    id second;
    status s = may_shred(c, q, ask, r);
    if (s == OK)
        s = session_second(c, q, ask->second, POWER_APPROVE, &second);
    if (s != OK)
        return s == LOCKED ? NOT_FOUND : s;
    if (r->compartment == AUDIT || r->compartment == SERVICE)
        return core_refuse(q, CODE_WALL); /* the house cannot stand without them */
    bool whole = !ask->epoch || ask->epoch >= r->epoch;
    int64_t held;
    s = hold_until(c->db, r, whole ? 0 : ask->epoch, core_today(c), &held);
    if (s == OK)
        return core_refuse(q, CODE_WALL); /* under a legal hold: not two persons either */
    if (s == NOT_FOUND)
        s = whole ? ring_shred(c->db, r->id) : ring_shred_until(c->db, r->id, ask->epoch);
    if (s == OK && whole)
        s = keep_forget(c->db, r->id);
    return s == OK ? core_wall_moved(c) : s;
}

static struct ring_ask read_ask(struct wire *in)
{
    struct ring_ask ask = { .token = wire_get_bytes(in, KEY), .second = wire_get_bytes(in, KEY) };
    memcpy(ask.ring.at, wire_get_bytes(in, 16), 16);
    memcpy(ask.member.at, wire_get_bytes(in, 16), 16);
    memcpy(ask.scope.at, wire_get_bytes(in, 16), 16);
    ask.scope_kind = wire_get_u8(in);
    ask.compartment = wire_get_u8(in);
    wire_get_u16(in);
    ask.epoch = wire_get_u32(in);
    ask.until = wire_get_u32(in);
    ask.flags = wire_get_u32(in);
    ask.reason = str_trim(text_of(wire_get_bytes(in, 32), 32));
    return ask;
}

status judge_ring(struct keeper_core *c, struct asked *q)
{
    static const enum audit_action acts[] = { ACT_RING, ACT_ADD, ACT_REMOVE, ACT_ROTATE, ACT_SHRED };
    struct ring_ask ask = read_ask(&q->in);
    enum ring_verb verb = q->head.type;
    struct ring r = { 0 };
    struct identity own;
    status s = session_need(c, q, ask.token, 0);
    if (s == OK && verb != RING_CREATE)
        s = ring_find(c->db, ask.ring, &r);
    if (s != OK)
        return s;
    if ((verb == RING_ROTATE) != id_is_zero(ask.member) && (verb == RING_ROTATE || verb == RING_REMOVE))
        return INVALID;
    /* Root belongs to a ring from its making or never: one person who took it off could then take off everybody. */
    if ((verb == RING_ADD || verb == RING_REMOVE) && id_equal(ask.member, c->root))
        return core_refuse(q, CODE_WALL);
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    switch (verb) {
    case RING_CREATE: s = create(c, q, &ask, &r, &own); break;
    case RING_ADD: s = add(c, q, &ask, &r, &own); break;
    case RING_REMOVE:
    case RING_ROTATE: s = renew(c, q, &ask, &r, &own); break;
    case RING_SHRED: s = shred(c, q, &ask, &r); break;
    }
    wipe(&own, sizeof own);
    if (s != OK)
        return s;
    wire_bytes(&q->out, r.id.at, 16);
    wire_u32(&q->out, r.epoch);
    wire_u32(&q->out, 0);
    wire_u64(&q->out, c->gen);
    return log_asked(c, q, (struct entry){ .action = acts[verb - RING_CREATE], .object = r.id, .object_kind = "ring", .ring = r.id,
                                           .about = ask.member, .reason = ask.reason, .compartment = r.compartment });
}

status judge_pub(struct keeper_core *c, struct asked *q)
{
    uint8_t kind = wire_get_u8(&q->in), compartment = wire_get_u8(&q->in);
    wire_get_u16(&q->in);
    id scope, ring;
    memcpy(scope.at, wire_get_bytes(&q->in, 16), 16);
    memcpy(ring.at, wire_get_bytes(&q->in, 16), 16);
    struct ring r;
    struct ring_key key;
    status s = id_is_zero(ring) ? ring_by_scope(c->db, kind, scope, compartment, &r) : ring_find(c->db, ring, &r);
    if (s == OK)
        s = trust_ring_key(c, &r, &key);
    if (s != OK)
        return s;
    wire_bytes(&q->out, key.ring.at, 16);
    wire_u32(&q->out, key.epoch);
    wire_bytes(&q->out, key.open, KEY);
    wire_u64(&q->out, key.gen);
    q->recorded = true;
    return OK;
}

/* The month is the unit of shredding for tips: the first certifier who signs in turns the page. */
status ring_turn_month(struct keeper_core *c, struct asked *q, int *turned)
{
    struct civil today = civil_from(c->now);
    id rings[MONTH_RINGS];
    struct identity own;
    *turned = 0;
    int n = 0;
    if (core_clock_jumped(c))
        return OK; /* a page turned on a false day would name the wrong month */
    status s = ring_aged(c->db, core_today(c) - today.day + 1, rings, MONTH_RINGS, &n);
    if (s != OK || !n)
        return s;
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    for (int i = 0; s == OK && i < n; i++) {
        struct ring r;
        uint8_t secret[KEY];
        bool member = false;
        s = ring_find(c->db, rings[i], &r);
        if (s == OK)
            s = ring_reach(c, q, &r, secret, &member);
        if (s == OK)
            s = ring_rotate(c, &r, q->session->who, &own.sign, member ? secret : NULL);
        wipe(secret, KEY);
        ++*turned;
    }
    wipe(&own, sizeof own);
    wipe(q->session->held, sizeof q->session->held);
    return s == OK ? core_wall_moved(c) : s;
}
