#include "vault/keeper_core.h"

/*
 * A system of a partner that reads cases is a principal like a person: its own seed, vouched for by two, put on each case by somebody
 * who is on it. Its seed is opened by 160 random bits that stand nowhere, so there is no slow hash, no TOTP and nothing to guess.
 */

/* The token follows from the key, so that any worker that is shown it finds the session another one opened. */
static void key_token(const uint8_t code[RECOVERY_CODE], id who, uint8_t cookie[KEY])
{
    uint8_t key[KEY] = { 0 };
    memcpy(key, code, RECOVERY_CODE);
    keyed_hash(key, "api token", (str){ (const char *)who.at, sizeof who.at }, cookie, KEY);
    wipe(key, sizeof key);
}

/* The table refuses those classes too; that a key without powers can neither vouch nor let anybody in is said here alone. */
static bool may_have_key(const struct principal *p)
{
    return wall_lets_key((enum wall_class)p->class) && !p->powers;
}

status key_enrol(struct keeper_core *c, struct asked *q, struct principal *p)
{
    uint8_t seed[KEY], code[RECOVERY_CODE], box[BOX];
    static const uint8_t no_otp[20];
    char fingerprint[24];
    struct identity own;
    if (p->state != PERSON_INVITED || !may_have_key(p))
        return core_refuse(q, CODE_WALL);
    c->chance.fill(&c->chance, seed, sizeof seed);
    c->chance.fill(&c->chance, code, sizeof code);
    identity_from(seed, &own);
    memcpy(p->box, own.box.open, KEY);
    memcpy(p->sign, own.sign.open, KEY);
    wipe(&own, sizeof own);
    p->not_before = core_today(c);
    slot_seal(&c->house, p->id, SLOT_API, (str){ (char *)code, sizeof code }, seed, box);
    wipe(seed, sizeof seed);
    status s = principal_enrol(c->db, p);
    if (s == OK)
        s = api_slot_insert(c->db, p->id, p->class, box);
    if (s == OK)
        s = log_asked(c, q, (struct entry){ .action = ACT_SLOT, .purpose = SLOT_API, .actor = p->id, .object = p->id, .object_kind = "principal" });
    cert_fingerprint(c->anchor.install, p, fingerprint);
    wire_bytes(&q->out, p->id.at, 16);
    wire_bytes(&q->out, no_otp, sizeof no_otp);
    wire_bytes(&q->out, code, sizeof code);
    wire_bytes(&q->out, fingerprint, sizeof fingerprint);
    wipe(code, sizeof code);
    return s;
}

/* The seed, when key and principal belong together and the principal is one that two vouched for and that may have a key. */
static status open_seed(struct keeper_core *c, id who, const uint8_t code[RECOVERY_CODE], struct principal *p, uint8_t seed[KEY])
{
    uint8_t box[BOX];
    struct identity own;
    status s = api_slot_find(c->db, who, box);
    if (s == OK)
        s = trust_person(c, who, p);
    if (s != OK)
        return s;
    if (!may_have_key(p) || !slot_open(&c->house, who, SLOT_API, (str){ (const char *)code, RECOVERY_CODE }, box, seed))
        return NOT_FOUND;
    identity_from(seed, &own);
    bool good = same_bytes(own.box.open, p->box, KEY);
    wipe(&own, sizeof own);
    return good ? OK : NOT_FOUND;
}

static void answer(struct asked *q, const uint8_t cookie[KEY], const struct session *s)
{
    wire_bytes(&q->out, cookie, KEY);
    wire_bytes(&q->out, s->who.at, 16);
    wire_u8(&q->out, s->class);
    wire_u8(&q->out, s->powers);
    wire_u16(&q->out, SIGNED_IN_KEY);
}

/* One LOGIN in the log for as long as the session lasts, not one a request: what it opens is recorded each time anyway. */
status judge_key(struct keeper_core *c, struct asked *q)
{
    id who;
    uint8_t cookie[KEY], seed[KEY];
    struct session *live;
    struct principal p;
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    const uint8_t *code = wire_get_bytes(&q->in, RECOVERY_CODE);
    wire_get_u32(&q->in);
    key_token(code, who, cookie);
    status s = session_live(c, cookie, &live);
    if (s == OK || s != LOCKED) {
        if (s == OK)
            answer(q, cookie, live);
        wipe(cookie, sizeof cookie);
        return s;
    }
    if (live)
        session_end(live);
    s = open_seed(c, who, code, &p, seed);
    if (s == OK) {
        q->session = session_make(c, &p, seed, cookie, SESSION_PERSON, q->key);
        q->session_id = q->session->id;
        q->who = p.id;
        s = log_asked(c, q, (struct entry){ .action = ACT_LOGIN, .result = SIGNED_IN_KEY });
        answer(q, cookie, q->session);
    }
    wipe(seed, sizeof seed);
    wipe(cookie, sizeof cookie);
    return s;
}
