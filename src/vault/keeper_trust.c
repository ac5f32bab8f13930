#include "vault/keeper_core.h"

/*
 * A good signature is good for ever, so it is checked once a process: the memo is of a pure function
 * and holds nothing that an act of the wall could make stale.
 */
bool trust_signature(struct keeper_core *c, const uint8_t open[KEY], str text, const uint8_t signature[SIGNATURE])
{
    uint8_t all[256], h[24];
    must(text.len + KEY + SIGNATURE <= (ptrdiff_t)sizeof all);
    memcpy(all, open, KEY);
    memcpy(all + KEY, signature, SIGNATURE);
    memcpy(all + KEY + SIGNATURE, text.at, (size_t)text.len);
    keyed_hash_bare(c->memo_key, (str){ (char *)all, KEY + SIGNATURE + text.len }, h, sizeof h);
    uint8_t *place = c->memo[(h[16] | h[17] << 8) % MEMO];
    if (!memcmp(place, h, 16))
        return true;
    if (!sign_check(open, text, signature))
        return false;
    memcpy(place, h, 16);
    return true;
}

status trust_find(struct keeper_core *c, id who, struct principal *out)
{
    if (!id_equal(who, c->root))
        return principal_find(c->db, who, out);
    *out = (struct principal){ .id = c->root, .class = CLASS_ROOT, .powers = POWER_GRANT | POWER_CERTIFY | POWER_APPROVE,
                               .state = PERSON_ACTIVE, .not_after = UINT32_MAX };
    memcpy(out->box, c->anchor.root_box, KEY);
    memcpy(out->sign, c->anchor.root_sign, KEY);
    return OK;
}

static bool lives_overlap(const struct principal *a, const struct principal *b)
{
    return a->not_before <= b->not_after && b->not_before <= a->not_after;
}

/* Does this signature count: root's, or that of a certified CERTIFY holder other than the person? */
static status signer_counts(struct keeper_core *c, const struct principal *p, const struct cert *cert, int depth, bool *counts)
{
    *counts = false;
    struct principal signer;
    status s = trust_find(c, cert->signer, &signer);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    uint8_t statement[CERT_STATEMENT];
    cert_statement(c->anchor.install, p, statement);
    if (id_equal(signer.id, p->id) || !(signer.powers & POWER_CERTIFY) || !lives_overlap(&signer, p) ||
        !trust_signature(c, signer.sign, (str){ (char *)statement, CERT_STATEMENT }, cert->signature))
        return OK;
    if (id_equal(signer.id, c->root)) {
        *counts = true;
        return OK;
    }
    int signers = 0;
    s = trust_signers(c, &signer, depth + 1, &signers);
    *counts = signers >= QUORUM;
    return s;
}

status trust_signers(struct keeper_core *c, const struct principal *p, int depth, int *count)
{
    *count = 0;
    if (depth > CHAIN || p->state == PERSON_INVITED || p->class == CLASS_ROOT)
        return OK;
    struct cert certs[CERTS_READ];
    int n = 0;
    status s = cert_list(c->db, p->id, certs, &n);
    for (int i = 0; s == OK && i < n && *count < QUORUM; i++) {
        bool counts = false;
        if (i && id_equal(certs[i].signer, certs[i - 1].signer))
            continue; /* in order of the signer: one hand is one, whatever the table holds */
        s = signer_counts(c, p, &certs[i], depth, &counts);
        if (counts)
            *count += id_equal(certs[i].signer, c->root) ? QUORUM : 1;
    }
    return s;
}

status trust_certified(struct keeper_core *c, const struct principal *p, uint32_t day, bool *good)
{
    *good = id_equal(p->id, c->root);
    if (*good || day < p->not_before || day > p->not_after)
        return OK;
    int count = 0;
    status s = trust_signers(c, p, 1, &count);
    *good = s == OK && count >= QUORUM;
    return s;
}

static bool is_revoked(const struct keeper_core *c, const uint8_t pseudonym[16])
{
    for (int i = 0; i < c->revoked_count; i++)
        if (!memcmp(c->revoked[i], pseudonym, 16))
            return true;
    return false;
}

bool trust_revoked(const struct keeper_core *c, id who)
{
    uint8_t pseudonym[16];
    house_pseudonym(&c->house, "principal", who, pseudonym);
    return is_revoked(c, pseudonym);
}

/* Once, however often the departure was repeated. */
void trust_add_revoked(struct keeper_core *c, const uint8_t pseudonym[16])
{
    if (is_revoked(c, pseudonym))
        return;
    must(c->revoked_count < REVOKED);
    memcpy(c->revoked[c->revoked_count++], pseudonym, 16);
}

status trust_person(struct keeper_core *c, id who, struct principal *out)
{
    status s = trust_find(c, who, out);
    if (s != OK)
        return s;
    bool good = false;
    if (out->state == PERSON_ACTIVE && !trust_revoked(c, who))
        s = trust_certified(c, out, core_today(c), &good);
    return s == OK && !good ? NOT_FOUND : s;
}

/* Was the granter allowed to on that day? A later departure voids nothing. */
static status had_power(struct keeper_core *c, id who, uint8_t powers, uint32_t day, struct principal *p, bool *had)
{
    *had = false;
    status s = trust_find(c, who, p);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    if (!(p->powers & powers))
        return OK;
    return trust_certified(c, p, day, had);
}

status trust_member(struct keeper_core *c, const struct ring *r, const struct member *m, struct principal *who)
{
    if (m->compartment != r->compartment || !id_equal(m->ring, r->id) || (m->until && m->until < core_today(c)))
        return NOT_FOUND;
    status s = trust_person(c, m->member, who);
    if (s != OK)
        return s;
    if (who->class != m->class || !wall_allows(who->class, who->powers, m->compartment))
        return NOT_FOUND;
    struct principal granter;
    bool had = false;
    s = had_power(c, m->granter, POWER_GRANT, m->day, &granter, &had);
    if (s != OK)
        return s;
    uint8_t statement[JOIN_STATEMENT];
    join_statement(c->anchor.install, m, statement);
    return had && trust_signature(c, granter.sign, (str){ (char *)statement, JOIN_STATEMENT }, m->signature) ? OK : NOT_FOUND;
}

status trust_epoch_key(struct keeper_core *c, const struct ring *r, uint32_t epoch, struct ring_key *out)
{
    struct ring_epoch e;
    status s = epoch_find(c->db, r->id, epoch, &e);
    if (s != OK)
        return s;
    struct principal signer;
    bool had = false;
    s = had_power(c, e.signer, POWER_GRANT | POWER_CERTIFY, e.day, &signer, &had);
    if (s != OK)
        return s;
    uint8_t statement[RING_STATEMENT];
    ring_statement(c->anchor.install, r, &e, statement);
    if (!had || !trust_signature(c, signer.sign, (str){ (char *)statement, RING_STATEMENT }, e.signature))
        return NOT_FOUND;
    *out = (struct ring_key){ .ring = r->id, .epoch = e.epoch, .gen = c->gen };
    memcpy(out->open, e.open, KEY);
    return OK;
}

status trust_ring_key(struct keeper_core *c, const struct ring *r, struct ring_key *out)
{
    return trust_epoch_key(c, r, r->epoch, out);
}
