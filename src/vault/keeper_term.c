#include "vault/keeper_core.h"

/* A renewal that one person signed waits this long for the other; then the next begins it anew. */
enum { OPEN_DAYS = 30 };

/* Whose certificate it is about, when somebody else may renew it: not of root, a node, oneself, or who is gone. */
static status find_other(struct keeper_core *c, const struct asked *q, id who, struct principal *p)
{
    status s = principal_find(c->db, who, p);
    if (s != OK)
        return s;
    bool fits = p->state == PERSON_ACTIVE && p->class != CLASS_ROOT && !node_is_one(c, who) && !trust_revoked(c, who);
    return fits && !id_equal(who, q->session->who) ? OK : NOT_FOUND;
}

/* The renewal under way in p, signed by *count; NOT_FOUND: there is none, or it lay too long. */
static status open_renewal(struct keeper_core *c, struct principal *p, uint16_t *newest, int *count)
{
    struct term terms[TERMS_READ];
    int n = 0;
    *count = 0;
    status s = term_list(c->db, p->id, terms, &n);
    *newest = n ? terms[n - 1].serial : p->serial;
    if (s != OK || !n)
        return s == OK ? NOT_FOUND : s;
    const struct term *t = &terms[n - 1];
    if (t->whole || t->not_before > core_today(c) || t->not_before + OPEN_DAYS < core_today(c))
        return NOT_FOUND;
    p->serial = t->serial;
    p->not_before = t->not_before;
    p->not_after = t->not_after;
    return trust_signers(c, p, 1, count);
}

static status signed_by(struct keeper_core *c, const struct principal *p, id who, bool *is)
{
    struct cert certs[CERTS_READ];
    int n = 0;
    status s = term_cert_list(c->db, p->id, p->serial, certs, &n);
    *is = false;
    for (int i = 0; i < n; i++)
        *is |= id_equal(certs[i].signer, who);
    return s;
}

static void answer_term(struct asked *q, uint32_t until, int missing, bool signed_by_asker)
{
    wire_u32(&q->out, until);
    wire_u8(&q->out, (uint8_t)missing);
    wire_u8(&q->out, signed_by_asker);
}

static bool is_due(const struct keeper_core *c, uint32_t until)
{
    return until <= core_today(c) + RENEW_DAYS;
}

/* Of oneself too, with nothing to sign. No opening, so no record. */
status judge_term(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    id who;
    struct principal p;
    uint32_t until = 0;
    uint16_t newest;
    int count = 0;
    bool own = false;
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    if (s == OK)
        s = principal_find(c->db, who, &p);
    if (s == OK && (p.state != PERSON_ACTIVE || trust_revoked(c, who)))
        s = NOT_FOUND;
    if (s == OK)
        s = trust_end(c, &p, &until);
    if (s != OK)
        return s;
    s = is_due(c, until) ? find_other(c, q, who, &p) : NOT_FOUND;
    if (s == NOT_FOUND) {
        answer_term(q, until, 0, false);
        return OK;
    }
    if (s == OK)
        s = open_renewal(c, &p, &newest, &count);
    if (s == OK)
        s = signed_by(c, &p, q->session->who, &own);
    answer_term(q, until, QUORUM - count, own);
    return s == NOT_FOUND ? OK : s;
}

static status sign_renewal(struct keeper_core *c, struct asked *q, const struct principal *p)
{
    uint8_t statement[CERT_STATEMENT];
    struct identity own;
    struct cert cert = { .signer = q->session->who };
    if (!session_identity(q->session, q->key, &own))
        return LOCKED;
    cert_statement(c->anchor.install, p, statement);
    sign_bytes(&own.sign, (str){ (char *)statement, CERT_STATEMENT }, cert.signature);
    wipe(&own, sizeof own);
    status s = term_cert_insert(c->db, p->id, p->serial, &cert);
    return s == CONFLICT ? OK : s; /* signed before: say what is missing */
}

/* The same keys, class and powers for another CERT_DAYS from the day the first of the two signs. */
static status begin_renewal(struct keeper_core *c, struct principal *p, uint16_t newest)
{
    struct term t = { .serial = (uint16_t)(newest + 1), .not_before = core_today(c), .not_after = core_today(c) + CERT_DAYS };
    if (newest == UINT16_MAX)
        return INVALID;
    p->serial = t.serial;
    p->not_before = t.not_before;
    p->not_after = t.not_after;
    return term_insert(c->db, p->id, &t);
}

/* One signature under the renewal, which the first of the two begins. due false: it is not time. */
struct renewed {
    uint32_t until;
    int count;
    bool due;
};

static status renew_one(struct keeper_core *c, struct asked *q, id who, struct renewed *out)
{
    struct principal p;
    uint16_t newest = 0;
    *out = (struct renewed){ 0 };
    status s = find_other(c, q, who, &p);
    if (s == OK)
        s = trust_end(c, &p, &out->until);
    out->due = s == OK && is_due(c, out->until);
    if (!out->due)
        return s;
    s = open_renewal(c, &p, &newest, &out->count);
    if (s == NOT_FOUND)
        s = begin_renewal(c, &p, newest);
    if (s == OK)
        s = sign_renewal(c, q, &p);
    if (s == OK)
        s = trust_signers(c, &p, 1, &out->count);
    bool whole = s == OK && out->count >= QUORUM;
    if (whole) {
        out->until = p.not_after;
        s = term_set_whole(c->db, who, p.serial);
    }
    if (whole && s == OK)
        s = core_wall_moved(c);
    return s == OK ? log_asked(c, q, (struct entry){ .action = ACT_CERTIFY, .object = who, .object_kind = "principal", .about = who,
                                                     .purpose = p.serial, .result = (uint16_t)out->count })
                   : s;
}

status judge_renew(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    id who;
    struct renewed done = { 0 };
    memcpy(who.at, wire_get_bytes(&q->in, 16), 16);
    if (s == OK)
        s = renew_one(c, q, who, &done);
    if (s == OK)
        answer_term(q, done.until, done.due ? QUORUM - done.count : 0, done.due);
    return s;
}

status term_renew_service(struct keeper_core *c, struct asked *q, id who)
{
    struct principal p;
    struct renewed done;
    uint32_t until = 0;
    uint16_t newest;
    int count = 0;
    bool own = false;
    status s = find_other(c, q, who, &p);
    if (s == OK)
        s = trust_end(c, &p, &until);
    if (s != OK || !is_due(c, until))
        return s;
    s = open_renewal(c, &p, &newest, &count);
    if (s == OK)
        s = signed_by(c, &p, q->session->who, &own);
    if (s == NOT_FOUND || (s == OK && !own))
        s = renew_one(c, q, who, &done);
    return s;
}

status judge_ending(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    uint32_t before = wire_get_u32(&q->in);
    struct ending found[ENDING_PEOPLE];
    int n = 0;
    if (s == OK)
        s = principal_ending(c->db, before, found, ENDING_PEOPLE, &n);
    wire_u16(&q->out, (uint16_t)n);
    for (int i = 0; s == OK && i < n; i++) {
        struct principal p;
        uint32_t until = 0;
        s = principal_find(c->db, found[i].who, &p);
        if (s == OK)
            s = trust_end(c, &p, &until);
        wire_bytes(&q->out, found[i].who.at, 16);
        wire_u32(&q->out, until);
    }
    return s;
}
