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

/* What a newcomer is shown once. */
struct newcomer {
    uint8_t seed[KEY], otp[20], recovery[RECOVERY_CODE];
};

static status first_keys(struct keeper_core *c, const struct ticket_out *t, const uint8_t stretched[KEY], struct principal *p,
                         struct newcomer *made)
{
    struct identity own;
    uint8_t boxed[20 + AEAD_MORE];
    c->chance.fill(&c->chance, made->seed, KEY);
    c->chance.fill(&c->chance, made->otp, sizeof made->otp);
    identity_from(made->seed, &own);
    memcpy(p->box, own.box.open, KEY);
    memcpy(p->sign, own.sign.open, KEY);
    wipe(&own, sizeof own);
    p->not_before = core_today(c);
    aead_seal(c->house.otp, (str){ (char *)made->otp, sizeof made->otp }, (str){ (char *)p->id.at, 16 }, boxed);
    status s = principal_enrol(c->db, p);
    if (s == OK)
        s = put_slot(c, p->id, SLOT_PASSPHRASE, (str){ (const char *)stretched, KEY }, t, made->seed);
    return s == OK ? factor_insert(c->db, p->id, boxed) : s;
}

/*
 * The keys that were made with this code before, for whoever types the same passphrase: the answer was lost on its way, or
 * the account could not be written. The code alone opens nothing, and wrong passphrases count as at sign-in.
 */
static status same_keys(struct keeper_core *c, struct asked *q, const struct ticket_out *t, const uint8_t stretched[KEY],
                        struct newcomer *made)
{
    struct principal p;
    struct failure f;
    uint8_t boxed[20 + AEAD_MORE];
    status s = failure_find(c->db, t->name, t->device, &f);
    if (s != OK)
        return s;
    if (f.wait_until > c->now)
        return session_must_wait(q);
    s = session_open_seed(c, t, SLOT_PASSPHRASE, stretched, &p, made->seed);
    if (s == NOT_FOUND)
        return session_login_failed(c, q, t);
    if (s == OK)
        s = factor_find(c->db, p.id, boxed);
    if (s == OK && !aead_open(c->house.otp, (str){ (char *)boxed, sizeof boxed }, (str){ (char *)p.id.at, 16 }, made->otp))
        s = NOT_FOUND;
    return s;
}

static status enrol(struct keeper_core *c, struct asked *q, const struct ticket_out *t, const uint8_t stretched[KEY],
                    struct principal *p)
{
    struct newcomer made;
    char fingerprint[24];
    status s = p->state == PERSON_INVITED ? first_keys(c, t, stretched, p, &made) : same_keys(c, q, t, stretched, &made);
    c->chance.fill(&c->chance, made.recovery, sizeof made.recovery);
    if (s == OK)
        s = put_slot(c, p->id, SLOT_RECOVERY, (str){ (char *)made.recovery, sizeof made.recovery }, t, made.seed);
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_SLOT, .actor = p->id, .object = p->id, .object_kind = "principal" });
    cert_fingerprint(c->anchor.install, p, fingerprint);
    if (s == OK) {
        wire_bytes(&q->out, p->id.at, 16);
        wire_bytes(&q->out, made.otp, sizeof made.otp);
        wire_bytes(&q->out, made.recovery, sizeof made.recovery);
        wire_bytes(&q->out, fingerprint, sizeof fingerprint);
    }
    wipe(&made, sizeof made);
    return s;
}

status judge_enrol(struct keeper_core *c, struct asked *q)
{
    struct ticket_out t;
    uint8_t hash[16];
    keyed_hash(c->house.kek, "invite", (str){ (const char *)wire_get_bytes(&q->in, INVITE_CODE), INVITE_CODE }, hash, sizeof hash);
    bool of_key = wire_get_u32(&q->in) & ENROL_KEY;
    bool good = ticket_take(c, q, wire_get_u64(&q->in), &t);
    const uint8_t *stretched = wire_get_bytes(&q->in, KEY);
    id who;
    struct principal p;
    status s = invite_find(c->db, hash, core_today(c), &who);
    if (s == OK)
        s = principal_find(c->db, who, &p);
    if (s != OK)
        return s;
    if (of_key)
        return key_enrol(c, q, &p);
    if (!good || (p.state != PERSON_INVITED && p.state != PERSON_PENDING) || !same_bytes(t.name, p.name, sizeof p.name))
        return NOT_FOUND;
    return enrol(c, q, &t, stretched, &p);
}
