#include "vault/keeper_core.h"

enum { INVITE_DAYS = 7 };

/* By these names the keeper finds its own; they stay taken when the envelope or the engine was revoked. */
static bool is_own_name(str name)
{
    static const str own[] = { LIT("node"), LIT("engine"), LIT("envelope") };
    for (ptrdiff_t i = 0; i < countof(own); i++)
        if (str_equal(name, own[i]))
            return true;
    return str_starts(name, lit(NODE_PREFIX));
}

/*
 * Whoever was invited and has not come gives the name free: an invitation whose account was never written, or whose code
 * is lost, is made again, and the earlier code opens nothing more. That an account bears the name is for the caller to know.
 */
status judge_principal(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    const char *name = (const char *)wire_get_bytes(&q->in, 64);
    struct principal p = { .serial = 1, .state = PERSON_INVITED, .class = wire_get_u8(&q->in) };
    p.powers = wire_get_u8(&q->in);
    wire_get_u16(&q->in);
    p.not_after = wire_get_u32(&q->in);
    p.not_before = core_today(c);
    if (s != OK)
        return s;
    ptrdiff_t length = 64;
    while (length && !name[length - 1])
        length--;
    if (!length || !utf8_valid((str){ name, length }) || p.powers > 7 || p.class == CLASS_ENGINE || p.class >= CLASS_ROOT ||
        p.not_after < p.not_before || p.not_after > p.not_before + CERT_DAYS)
        return INVALID;
    if (is_own_name((str){ name, length }))
        return CONFLICT;
    house_name(&c->house, (str){ name, length }, p.name);
    struct principal there;
    s = principal_free_name(c->db, p.name);
    if (s != OK)
        return s;
    s = principal_by_name(c->db, p.name, &there);
    if (s == OK)
        return CONFLICT;
    if (s != NOT_FOUND)
        return s;
    uint8_t code[INVITE_CODE], hash[16];
    p.id = chance_id(&c->chance, c->now * 1000, true);
    c->chance.fill(&c->chance, code, sizeof code);
    keyed_hash(c->house.kek, "invite", (str){ (char *)code, sizeof code }, hash, sizeof hash);
    s = principal_insert(c->db, &p);
    if (s == OK)
        s = invite_insert(c->db, p.id, hash, core_today(c) + INVITE_DAYS);
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_PRINCIPAL, .object = p.id, .object_kind = "principal", .about = p.id,
                                            .purpose = (uint16_t)(p.class << 8 | p.powers) });
    wire_bytes(&q->out, p.id.at, 16);
    wire_bytes(&q->out, code, sizeof code);
    wipe(code, sizeof code);
    return s;
}

/* From now on a person can sign in; the code that made the keys has done its work. */
static status let_in(struct keeper_core *c, id who)
{
    status s = principal_activate(c->db, who);
    if (s == OK)
        s = invite_delete(c->db, who);
    return s == OK ? core_wall_moved(c) : s;
}

/*
 * The certifier has compared the fingerprint with the newcomer in person; nobody signs for themselves. Of somebody who has
 * all signatures already it says so and adds none: the act may be repeated when the content database failed after it.
 */
status judge_certify(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    id who;
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    const uint8_t *shown = wire_get_bytes(&q->in, 24);
    struct principal p;
    if (s == OK)
        s = principal_find(c->db, who, &p);
    if (s != OK)
        return s;
    char fingerprint[24];
    cert_fingerprint(c->anchor.install, &p, fingerprint);
    bool again = p.state == PERSON_ACTIVE;
    if ((p.state != PERSON_PENDING && !again) || id_equal(who, q->session->who) || !same_bytes(shown, fingerprint, 24) || p.class == CLASS_ROOT)
        return NOT_FOUND;
    uint8_t statement[CERT_STATEMENT];
    struct identity own;
    struct cert cert = { .signer = q->session->who };
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    cert_statement(c->anchor.install, &p, statement);
    sign_bytes(&own.sign, (str){ (char *)statement, CERT_STATEMENT }, cert.signature);
    wipe(&own, sizeof own);
    int signers = 0;
    s = again ? OK : cert_insert(c->db, who, &cert);
    if (s == CONFLICT)
        s = OK; /* signed before: say what is missing */
    if (s == OK)
        s = trust_signers(c, &p, 1, &signers);
    if (s == OK && signers >= QUORUM && !again)
        s = let_in(c, who);
    wire_u32(&q->out, (uint32_t)(signers >= QUORUM ? 0 : QUORUM - signers));
    wire_u64(&q->out, c->gen);
    return s == OK ? log_asked(c, q, (struct entry){ .action = ACT_CERTIFY, .object = who, .object_kind = "principal", .about = who,
                                                     .result = (uint16_t)signers })
                   : s;
}

/* Takes a person out of one ring and turns its page. Who is a member writes the link back; else a member does, later. */
static status leave_ring(struct keeper_core *c, struct asked *q, id ring, id who, const struct identity *own)
{
    struct ring r;
    bool member = false;
    uint8_t secret[KEY];
    status s = ring_find(c->db, ring, &r);
    if (s == OK)
        s = ring_reach(c, q, &r, secret, &member);
    if (s == OK)
        s = member_delete(c->db, ring, who);
    if (s == OK)
        s = ring_rotate(c, &r, q->session->who, &own->sign, member ? secret : NULL);
    wipe(secret, KEY);
    return s;
}

/*
 * Departure, in one transaction and by one certifier: closing must be easy, and may be repeated. The log remembers it for
 * every start.
 */
status judge_revoke(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    id who;
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    str reason = str_trim((str){ (const char *)wire_get_bytes(&q->in, 32), 32 });
    struct principal p;
    struct ids rings;
    struct identity own;
    uint8_t pseudonym[16];
    if (s == OK)
        s = principal_find(c->db, who, &p);
    if (s != OK)
        return s;
    if (id_equal(who, q->session->who) || id_equal(who, c->root) || id_equal(who, c->node_id))
        return NOT_FOUND;
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    house_pseudonym(&c->house, "principal", who, pseudonym);
    trust_add_revoked(c, pseudonym);
    s = principal_revoke(c->db, who);
    if (s == OK)
        s = snapshot_delete(c->db, who); /* of a node: what its engine left on its disk is noise */
    if (s == OK)
        s = member_rings(c->db, &c->arena, who, 0, &rings);
    for (ptrdiff_t i = 0; s == OK && i < rings.len; i++)
        s = leave_ring(c, q, rings.at[i], who, &own);
    wipe(&own, sizeof own);
    session_end_all(c, who, NULL);
    if (s == OK)
        s = core_wall_moved(c);
    wire_u32(&q->out, 0);
    wire_u64(&q->out, c->gen);
    return s == OK ? log_asked(c, q, (struct entry){ .action = ACT_REVOKE, .object = who, .object_kind = "principal", .about = who,
                                                     .count = (uint16_t)(rings.len > UINT16_MAX ? UINT16_MAX : rings.len),
                                                     .reason = reason })
                   : s;
}
