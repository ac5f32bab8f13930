#include "vault/keeper_core.h"

static status put_slot(struct keeper_core *c, id who, enum slot_kind kind, str secret, const struct ticket_out *t,
                       const uint8_t seed[KEY])
{
    struct slot slot = { .kind = (uint8_t)kind, .cost = t->cost };
    memcpy(slot.salt, t->salt, sizeof slot.salt);
    slot_seal(&c->house, who, kind, secret, seed, slot.box);
    return slot_put(c->db, who, &slot);
}

/* A new passphrase: by the old one, signed in; or by the recovery code and TOTP, which makes a new code too. */
status judge_slot(struct keeper_core *c, struct asked *q)
{
    struct ticket_out t;
    struct failure f;
    const uint8_t *cookie = wire_get_bytes(&q->in, KEY);
    id who;
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    uint8_t kind = wire_get_u8(&q->in);
    wire_get_bytes(&q->in, 3);
    uint32_t otp = wire_get_u32(&q->in);
    const uint8_t *old = wire_get_bytes(&q->in, KEY);
    bool good = ticket_take(c, q, wire_get_u64(&q->in), &t);
    const uint8_t *fresh = wire_get_bytes(&q->in, KEY);
    if (!good || t.envelope || (kind != SLOT_PASSPHRASE && kind != SLOT_RECOVERY))
        return INVALID;
    status s = kind == SLOT_PASSPHRASE ? session_need(c, q, cookie, 0) : OK;
    if (s == OK)
        s = failure_find(c->db, t.name, t.device, &f);
    if (s != OK)
        return s;
    if (f.wait_until > c->now)
        return session_must_wait(q);
    struct principal p, person;
    uint8_t seed[KEY], code[RECOVERY_CODE] = { 0 };
    s = session_open_seed(c, &t, kind, old, &p, seed);
    if (s == OK)
        s = trust_person(c, p.id, &person);
    if (s == OK && (kind == SLOT_PASSPHRASE ? !id_equal(p.id, q->session->who) || !id_equal(p.id, who)
                                            : !id_is_zero(who) && !id_equal(p.id, who)))
        s = NOT_FOUND;
    if (s == OK && kind == SLOT_RECOVERY)
        s = session_check_otp(c, p.id, otp);
    if (s == NOT_FOUND)
        return session_login_failed(c, q, &t);
    if (s == OK)
        s = put_slot(c, p.id, SLOT_PASSPHRASE, (str){ (const char *)fresh, KEY }, &t, seed);
    if (s == OK && kind == SLOT_RECOVERY) {
        c->chance.fill(&c->chance, code, sizeof code);
        s = put_slot(c, p.id, SLOT_RECOVERY, (str){ (char *)code, sizeof code }, &t, seed);
    }
    session_end_all(c, p.id, q->session);
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_SLOT, .purpose = kind, .actor = p.id, .object = p.id, .object_kind = "principal" });
    wire_bytes(&q->out, code, sizeof code);
    wipe(seed, KEY);
    wipe(code, sizeof code);
    return s;
}

status judge_enrol(struct keeper_core *c, struct asked *q)
{
    struct ticket_out t;
    uint8_t hash[16], seed[KEY], otp[20], recovery[RECOVERY_CODE], boxed[20 + AEAD_MORE];
    char fingerprint[24];
    keyed_hash(c->house.kek, "invite", (str){ (const char *)wire_get_bytes(&q->in, INVITE_CODE), INVITE_CODE }, hash, sizeof hash);
    wire_get_u32(&q->in);
    bool good = ticket_take(c, q, wire_get_u64(&q->in), &t);
    const uint8_t *stretched = wire_get_bytes(&q->in, KEY);
    id who;
    struct principal p;
    status s = invite_find(c->db, hash, core_today(c), &who);
    if (s == OK)
        s = principal_find(c->db, who, &p);
    if (s != OK)
        return s;
    if (!good || p.state != PERSON_INVITED || !same_bytes(t.name, p.name, sizeof p.name))
        return NOT_FOUND;
    struct identity own;
    c->chance.fill(&c->chance, seed, KEY);
    c->chance.fill(&c->chance, otp, sizeof otp);
    c->chance.fill(&c->chance, recovery, sizeof recovery);
    identity_from(seed, &own);
    memcpy(p.box, own.box.open, KEY);
    memcpy(p.sign, own.sign.open, KEY);
    wipe(&own, sizeof own);
    p.not_before = core_today(c);
    cert_fingerprint(c->anchor.install, &p, fingerprint);
    aead_seal(c->house.otp, (str){ (char *)otp, sizeof otp }, (str){ (char *)p.id.at, 16 }, boxed);
    s = principal_enrol(c->db, &p);
    if (s == OK)
        s = put_slot(c, p.id, SLOT_PASSPHRASE, (str){ (const char *)stretched, KEY }, &t, seed);
    if (s == OK)
        s = put_slot(c, p.id, SLOT_RECOVERY, (str){ (char *)recovery, sizeof recovery }, &t, seed);
    if (s == OK)
        s = factor_insert(c->db, p.id, boxed);
    if (s == OK)
        s = invite_delete(c->db, p.id);
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_SLOT, .actor = p.id, .object = p.id, .object_kind = "principal" });
    wire_bytes(&q->out, p.id.at, 16);
    wire_bytes(&q->out, otp, sizeof otp);
    wire_bytes(&q->out, recovery, sizeof recovery);
    wire_bytes(&q->out, fingerprint, sizeof fingerprint);
    wipe(seed, KEY);
    wipe(otp, sizeof otp);
    wipe(recovery, sizeof recovery);
    return s;
}
