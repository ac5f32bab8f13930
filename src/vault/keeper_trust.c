#include "vault/keeper_core.h"

/* Where the memo has its place for these bytes; h: what stands there when they were found good. */
static uint8_t *memo_place(struct keeper_core *c, str bytes, uint8_t h[24])
{
    keyed_hash_bare(c->memo_key, bytes, h, 24);
    return c->memo[(h[16] | h[17] << 8) % MEMO];
}

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
    uint8_t *place = memo_place(c, (str){ (char *)all, KEY + SIGNATURE + text.len }, h);
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

static void take_term(struct principal *p, const struct term *t)
{
    p->serial = t->serial;
    p->not_before = t->not_before;
    p->not_after = t->not_after;
}

/* The first certificate, as the row of the principal has it, then the later ones. *n at least 1. */
static status all_terms(struct keeper_core *c, const struct principal *p, struct term out[TERMS_READ + 1], int *n)
{
    out[0] = (struct term){ p->serial, p->not_before, p->not_after, true };
    *n = 0;
    status s = id_equal(p->id, c->root) ? OK : term_list(c->db, p->id, out + 1, n);
    ++*n;
    return s;
}

static status signers_of(struct keeper_core *c, const struct principal *p, int depth, int *steps, int *count);

/*
 * Does this signature count: root's, or that of somebody other than the person who was certified with CERTIFY in the life of the
 * certificate? A renewal is of keys that the house knows, so it makes no chain longer.
 */
static status signer_counts(struct keeper_core *c, const struct principal *p, const struct cert *cert, int depth, int *steps, bool *counts)
{
    *counts = false;
    struct principal signer;
    struct term terms[TERMS_READ + 1];
    uint8_t statement[CERT_STATEMENT];
    int n = 0;
    status s = trust_find(c, cert->signer, &signer);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    cert_statement(c->anchor.install, p, statement);
    if (id_equal(signer.id, p->id) || !(signer.powers & POWER_CERTIFY) ||
        !trust_signature(c, signer.sign, (str){ (char *)statement, CERT_STATEMENT }, cert->signature))
        return OK;
    *counts = id_equal(signer.id, c->root);
    s = all_terms(c, &signer, terms, &n);
    for (int i = 0; s == OK && !*counts && i < n; i++) {
        int signers = 0;
        take_term(&signer, &terms[i]);
        if (!lives_overlap(&signer, p))
            continue;
        s = signers_of(c, &signer, p->serial > 1 ? depth : depth + 1, steps, &signers);
        *counts = signers >= QUORUM;
    }
    return s;
}

/* Found good before: like a signature it stays so, and the years of a house are not gone through again at each look. */
static uint8_t *renewal_memo(struct keeper_core *c, const struct principal *p, int depth, uint8_t h[24])
{
    uint8_t text[CERT_STATEMENT + 1];
    cert_statement(c->anchor.install, p, text);
    text[CERT_STATEMENT] = (uint8_t)depth;
    return memo_place(c, (str){ (char *)text, sizeof text }, h);
}

static status count_signers(struct keeper_core *c, const struct principal *p, int depth, int *steps, int *count)
{
    struct cert certs[CERTS_READ];
    int n = 0;
    status s = p->serial > 1 ? term_cert_list(c->db, p->id, p->serial, certs, &n) : cert_list(c->db, p->id, certs, &n);
    for (int i = 0; s == OK && i < n && *count < QUORUM; i++) {
        bool counts = false;
        if (i && id_equal(certs[i].signer, certs[i - 1].signer))
            continue; /* in order of the signer: one hand is one, whatever the table holds */
        s = signer_counts(c, p, &certs[i], depth, steps, &counts);
        if (counts)
            *count += id_equal(certs[i].signer, c->root) ? QUORUM : 1;
    }
    return s;
}

/* *steps: how many certificates may still be looked at. Two that vouch for each other lead round and round, and end there. */
static status signers_of(struct keeper_core *c, const struct principal *p, int depth, int *steps, int *count)
{
    uint8_t h[24], *memo = NULL;
    *count = 0;
    if (depth > CHAIN || p->state == PERSON_INVITED || p->class == CLASS_ROOT || --*steps < 0)
        return OK;
    if (p->serial > 1) {
        if (p->not_after > p->not_before + CERT_DAYS)
            return OK;
        memo = renewal_memo(c, p, depth, h);
        if (!memcmp(memo, h, 16)) {
            *count = QUORUM;
            return OK;
        }
    }
    status s = count_signers(c, p, depth, steps, count);
    if (s == OK && memo && *count >= QUORUM)
        memcpy(memo, h, 16);
    return s;
}

status trust_signers(struct keeper_core *c, const struct principal *p, int depth, int *count)
{
    enum { STEPS = 2000 };
    int steps = STEPS;
    return signers_of(c, p, depth, &steps, count);
}

/* The certificate that held on that day, put into p; NOT_FOUND: none did. */
static status certified_on(struct keeper_core *c, struct principal *p, uint32_t day)
{
    struct term terms[TERMS_READ + 1];
    int n = 0;
    status s = all_terms(c, p, terms, &n);
    for (int i = n - 1; s == OK && i >= 0; i--) {
        int count = 0;
        struct principal then = *p;
        take_term(&then, &terms[i]);
        if (day < then.not_before || day > then.not_after)
            continue;
        s = trust_signers(c, &then, 1, &count);
        if (s == OK && count >= QUORUM) {
            *p = then;
            return OK;
        }
    }
    return s == OK ? NOT_FOUND : s;
}

status trust_certified(struct keeper_core *c, const struct principal *p, uint32_t day, bool *good)
{
    struct principal then = *p;
    *good = id_equal(p->id, c->root);
    if (*good)
        return OK;
    status s = certified_on(c, &then, day);
    *good = s == OK;
    return s == NOT_FOUND ? OK : s;
}

status trust_end(struct keeper_core *c, const struct principal *p, uint32_t *end)
{
    struct term terms[TERMS_READ + 1];
    int n = 0, count = 0;
    *end = p->not_after;
    status s = all_terms(c, p, terms, &n);
    for (int i = n - 1; s == OK && i > 0; i--) {
        struct principal then = *p;
        take_term(&then, &terms[i]);
        if (then.not_after <= *end)
            continue;
        s = trust_signers(c, &then, 1, &count);
        if (count >= QUORUM)
            *end = then.not_after;
    }
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
    if (id_equal(who, c->root))
        return OK;
    return out->state == PERSON_ACTIVE && !trust_revoked(c, who) ? certified_on(c, out, core_today(c)) : NOT_FOUND;
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
    status s = trust_person(c, m->member, who);
    return s == OK ? trust_grant(c, r, m, who, NULL) : s;
}

/* Hundreds of grants are most often of a few hands. */
static status find_granter(struct keeper_core *c, const struct member *m, struct granter *granters, struct granter *out)
{
    struct granter *place = granters ? &granters[(m->granter.at[15] * 31u + m->day) % GRANTERS] : out;
    if (place == out || place->day != m->day || !id_equal(place->p.id, m->granter)) {
        *place = (struct granter){ .day = m->day };
        status s = had_power(c, m->granter, POWER_GRANT, m->day, &place->p, &place->had);
        place->p.id = m->granter; /* also of somebody there is no row of */
        if (s != OK) {
            place->day = 0;
            return s;
        }
    }
    *out = *place;
    return OK;
}

status trust_grant(struct keeper_core *c, const struct ring *r, const struct member *m, const struct principal *who, struct granter *granters)
{
    if (m->compartment != r->compartment || !id_equal(m->ring, r->id) || (m->until && m->until < core_today(c)) || !id_equal(m->member, who->id))
        return NOT_FOUND;
    if (who->class != m->class || !wall_allows_ring(r->scope_kind, who->class, who->powers, m->compartment))
        return NOT_FOUND;
    struct granter g;
    status s = find_granter(c, m, granters, &g);
    if (s != OK)
        return s;
    uint8_t statement[JOIN_STATEMENT];
    join_statement(c->anchor.install, m, statement);
    return g.had && trust_signature(c, g.p.sign, (str){ (char *)statement, JOIN_STATEMENT }, m->signature) ? OK : NOT_FOUND;
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
