#include "vault/recovery_list.h"

struct recovery {
    struct db *db;
    struct keeper_core *core;
    struct identity root;
    struct arena a;          /* the list grows at its end; nothing else is taken from here */
    struct out list;
    struct recovery_doer doer;
    struct recovery_brought done;
};
enum { LIST_BYTES = 1 << 30, RINGS_AT_ONCE = 1024 };

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

status recovery_open(struct db *db, str anchor, str secret, const uint8_t stretched[KEY], struct chance chance, int64_t now,
                     struct recovery **out)
{
    struct keeper_core *core;
    status s = core_open(db, anchor, secret, chance, 1, &core);
    if (s != OK)
        return s;
    core_set_time(core, now, 0);
    s = wall_read(db, &core->gen);
    if (s == OK)
        s = log_start(core);
    if (s == OK)
        s = core_unlock(core, stretched);
    if (s == OK)
        s = db_begin(db);
    if (s != OK) {
        core_close(core);
        return s == FAULT ? INVALID : s;
    }
    struct arena own = arena_reserve(sizeof(struct recovery) + 64);
    struct recovery *r = arena_new(&own, struct recovery, 1);
    char install[32];
    r->db = db;
    r->core = core;
    r->a = arena_reserve(LIST_BYTES);
    r->list = (struct out){ .arena = &r->a };
    r->doer = (struct recovery_doer){ .db = db, .root = core->root, .out = &r->done };
    hex_write(install, core->anchor.install.at, sizeof core->anchor.install.at);
    out_str(&r->list, RECOVERY_HEAD);
    out_str(&r->list, view(install, sizeof install));
    out_char(&r->list, '\n');
    *out = r;
    return OK;
}

status recovery_root(struct recovery *r, const uint8_t (*shares)[SHARE], int n)
{
    uint8_t seed[KEY];
    bool good = shares_join(shares, n, seed);
    identity_from(seed, &r->root);
    wipe(seed, KEY);
    good = good && same_bytes(r->root.sign.open, r->core->anchor.root_sign, KEY) && same_bytes(r->root.box.open, r->core->anchor.root_box, KEY);
    if (!good)
        wipe(&r->root, sizeof r->root);
    return good ? OK : NOT_FOUND;
}

/* Done to the copy, and written down. */
static status act(struct recovery *r, char letter, const struct wire *w)
{
    char hex[2 * ACT_BYTES];
    must(!w->bad);
    hex_write(hex, w->at, w->len);
    out_char(&r->list, letter);
    out_char(&r->list, ' ');
    out_str(&r->list, view(hex, 2 * w->len));
    out_char(&r->list, '\n');
    wipe(hex, sizeof hex);
    struct wire again = { w->at, 0, w->len, false };
    return recovery_do(&r->doer, letter, &again);
}

void recovery_note(struct recovery *r, str line)
{
    out_str(&r->list, line);
    out_char(&r->list, '\n');
}

/* --- certificates ------------------------------------------------------------------------------ */

static status sign_first(struct recovery *r, const struct principal *p)
{
    uint8_t statement[CERT_STATEMENT], signature[SIGNATURE], bytes[ACT_BYTES];
    struct wire w = { bytes, 0, ACT_BYTES, false };
    cert_statement(r->core->anchor.install, p, statement);
    sign_bytes(&r->root.sign, view(statement, CERT_STATEMENT), signature);
    wire_bytes(&w, p->id.at, 16);
    wire_bytes(&w, signature, SIGNATURE);
    return act(r, ACT_CERT, &w);
}

static status sign_term(struct recovery *r, struct principal *p)
{
    struct term terms[TERMS_READ];
    uint8_t statement[CERT_STATEMENT], signature[SIGNATURE], bytes[ACT_BYTES];
    struct wire w = { bytes, 0, ACT_BYTES, false };
    int n = 0;
    status s = term_list(r->db, p->id, terms, &n);
    if (s != OK)
        return s;
    p->serial = (uint16_t)((n ? terms[n - 1].serial : p->serial) + 1);
    p->not_before = core_today(r->core);
    p->not_after = p->not_before + CERT_DAYS;
    cert_statement(r->core->anchor.install, p, statement);
    sign_bytes(&r->root.sign, view(statement, CERT_STATEMENT), signature);
    wire_bytes(&w, p->id.at, 16);
    wire_u16(&w, p->serial);
    wire_u32(&w, p->not_before);
    wire_u32(&w, p->not_after);
    wire_bytes(&w, signature, SIGNATURE);
    return act(r, ACT_TERM, &w);
}

status recovery_certify(struct recovery *r, id who, uint32_t *until_day)
{
    struct principal p;
    status s = principal_find(r->db, who, &p);
    if (s != OK)
        return s;
    if (trust_revoked(r->core, who) || id_equal(who, r->core->node_id) || p.class == CLASS_ROOT)
        return NOT_FOUND;
    if (p.state == PERSON_PENDING)
        s = sign_first(r, &p);
    else
        s = p.state == PERSON_ACTIVE ? sign_term(r, &p) : NOT_FOUND;
    *until_day = p.not_after;
    return s;
}

/* --- somebody new ------------------------------------------------------------------------------ */

static status give_slot(struct recovery *r, id who, enum slot_kind kind, str secret, const uint8_t salt[16], const uint8_t seed[KEY])
{
    uint8_t box[BOX], bytes[ACT_BYTES];
    struct wire w = { bytes, 0, ACT_BYTES, false };
    slot_seal(&r->core->house, who, kind, secret, seed, box);
    wire_bytes(&w, who.at, 16);
    wire_u8(&w, (uint8_t)kind);
    wire_bytes(&w, salt, 16);
    wire_u32(&w, r->core->anchor.cost.ops);
    wire_u32(&w, r->core->anchor.cost.mem_kib);
    wire_bytes(&w, box, BOX);
    return act(r, ACT_SLOT_OF, &w);
}

static status give_ways_in(struct recovery *r, const struct plan_person *plan, id who, const uint8_t seed[KEY], struct made_person *out)
{
    uint8_t salt[16], stretched[KEY], boxed[20 + AEAD_MORE], bytes[ACT_BYTES];
    struct wire w = { bytes, 0, ACT_BYTES, false };
    struct chance *chance = &r->core->chance;
    keyed_hash(r->core->house.fake, "salt", plan->name, salt, sizeof salt);
    chance->fill(chance, out->otp_secret, sizeof out->otp_secret);
    chance->fill(chance, out->recovery, sizeof out->recovery);
    status s = stretch(plan->passphrase, salt, r->core->anchor.cost, stretched);
    if (s == OK)
        s = give_slot(r, who, SLOT_PASSPHRASE, view(stretched, KEY), salt, seed);
    if (s == OK)
        s = give_slot(r, who, SLOT_RECOVERY, view(out->recovery, RECOVERY_CODE), salt, seed);
    aead_seal(r->core->house.otp, view(out->otp_secret, sizeof out->otp_secret), view(who.at, 16), boxed);
    wire_bytes(&w, who.at, 16);
    wire_bytes(&w, boxed, sizeof boxed);
    wipe(stretched, KEY);
    return s == OK ? act(r, ACT_FACTOR, &w) : s;
}

status recovery_person(struct recovery *r, const struct plan_person *plan, struct made_person *out)
{
    struct keeper_core *c = r->core;
    struct principal p = { .id = chance_id(&c->chance, c->now * 1000, true), .class = (uint8_t)plan->class, .powers = plan->powers,
                           .serial = 1, .not_before = core_today(c), .not_after = core_today(c) + CERT_DAYS, .state = PERSON_ACTIVE };
    struct principal there;
    struct identity own;
    uint8_t seed[KEY], bytes[ACT_BYTES];
    struct wire w = { bytes, 0, ACT_BYTES, false };
    house_name(&c->house, plan->name, p.name);
    status s = principal_by_name(r->db, p.name, &there);
    if (s != NOT_FOUND)
        return s == OK ? CONFLICT : s;
    c->chance.fill(&c->chance, seed, KEY);
    identity_from(seed, &own);
    memcpy(p.box, own.box.open, KEY);
    memcpy(p.sign, own.sign.open, KEY);
    wipe(&own, sizeof own);
    out->principal = p.id;
    wire_bytes(&w, p.id.at, 16);
    wire_bytes(&w, p.name, sizeof p.name);
    wire_u8(&w, p.class);
    wire_u8(&w, p.powers);
    wire_u32(&w, p.not_before);
    wire_u32(&w, p.not_after);
    wire_bytes(&w, p.box, KEY);
    wire_bytes(&w, p.sign, KEY);
    s = act(r, ACT_PERSON, &w);
    if (s == OK)
        s = sign_first(r, &p);
    if (s == OK)
        s = give_ways_in(r, plan, p.id, seed, out);
    wipe(seed, KEY);
    return s;
}

/* --- keys -------------------------------------------------------------------------------------- */

static bool opens(struct recovery *r, const struct ring *ring, uint32_t epoch, uint8_t secret[KEY])
{
    uint8_t wrap[WRAP];
    struct ring_key key;
    struct box_pair pair;
    if (wrap_find(r->db, ring->id, r->core->root, epoch, wrap) != OK
        || !wrap_open(wrap, ring->id, epoch, r->core->root, &r->root.box, secret)
        || trust_epoch_key(r->core, ring, epoch, &key) != OK)
        return false;
    box_pair_from(secret, &pair);
    bool fits = same_bytes(pair.open, key.open, KEY);
    wipe(&pair, sizeof pair);
    return fits;
}

/* Where somebody who was no member turned the page, the link to the epoch before is missing: root may hold both. */
static status mend_chain(struct recovery *r, const struct ring *ring, const uint8_t newest[KEY])
{
    uint8_t secret[KEY], before[KEY], back[BOX], bytes[ACT_BYTES];
    status s = OK;
    memcpy(secret, newest, KEY);
    for (uint32_t epoch = ring->epoch; s == OK && epoch > 1; epoch--) {
        struct ring_epoch e;
        if (epoch_find(r->db, ring->id, epoch, &e) != OK)
            break;
        if (!(e.has_back ? back_open(secret, e.back, epoch, before) : opens(r, ring, epoch - 1, before)))
            break; /* shredded below here */
        if (!e.has_back) {
            struct wire w = { bytes, 0, ACT_BYTES, false };
            back_seal(secret, before, epoch, back);
            wire_bytes(&w, ring->id.at, 16);
            wire_u32(&w, epoch);
            wire_bytes(&w, back, BOX);
            s = act(r, ACT_BACK, &w);
        }
        memcpy(secret, before, KEY);
    }
    wipe(secret, KEY);
    wipe(before, KEY);
    return s;
}

static status grant(struct recovery *r, const struct ring *ring, const struct principal *who, const uint8_t secret[KEY])
{
    struct member m = { .ring = ring->id, .member = who->id, .granter = r->core->root, .compartment = ring->compartment,
                        .class = who->class, .since = ring->epoch, .day = core_today(r->core) };
    uint8_t statement[JOIN_STATEMENT], wrap[WRAP], bytes[ACT_BYTES];
    struct wire w = { bytes, 0, ACT_BYTES, false };
    join_statement(r->core->anchor.install, &m, statement);
    sign_bytes(&r->root.sign, view(statement, JOIN_STATEMENT), m.signature);
    wrap_seal(secret, ring->id, ring->epoch, who->id, who->box, wrap);
    wire_bytes(&w, m.ring.at, 16);
    wire_bytes(&w, m.member.at, 16);
    wire_u8(&w, m.compartment);
    wire_u8(&w, m.class);
    wire_u32(&w, m.since);
    wire_u32(&w, m.day);
    wire_bytes(&w, m.signature, SIGNATURE);
    wire_bytes(&w, wrap, WRAP);
    return act(r, ACT_GRANT, &w);
}

/* Reads already: a grant that is believed, and a wrap of the newest epoch. */
static bool has_it(struct recovery *r, const struct ring *ring, id who)
{
    struct member m;
    struct principal p;
    uint8_t wrap[WRAP];
    return member_find(r->db, ring->id, who, &m) == OK && trust_member(r->core, ring, &m, &p) == OK && !m.until
        && wrap_find(r->db, ring->id, who, ring->epoch, wrap) == OK;
}

static status give_ring(struct recovery *r, id ring_id, const struct principal *who, recovery_each *each, void *with, struct recovery_given *out)
{
    struct ring ring;
    uint8_t secret[KEY];
    status s = ring_find(r->db, ring_id, &ring);
    if (s != OK)
        return s;
    if (has_it(r, &ring, who->id)) {
        out->had++;
        return OK;
    }
    if (!opens(r, &ring, ring.epoch, secret)) {
        out->closed++;
        return OK;
    }
    s = mend_chain(r, &ring, secret);
    if (s == OK)
        s = grant(r, &ring, who, secret);
    wipe(secret, KEY);
    out->given += s == OK;
    if (s == OK && each)
        each(with, &ring);
    return s;
}

static bool wanted(const struct recovery_rings *which, const struct ring *ring, const struct principal *who)
{
    if (ring->scope_kind == SCOPE_RELEASE || !wall_allows_ring(ring->scope_kind, who->class, who->powers, ring->compartment))
        return false; /* a packet is for whom it was made out, until its day */
    if (which->only && ring->compartment != which->only)
        return false;
    return !which->kind || (ring->scope_kind == which->kind && id_equal(ring->scope, which->scope));
}

status recovery_give(struct recovery *r, id who, const struct recovery_rings *which, recovery_each *each, void *with, struct recovery_given *out)
{
    struct principal p;
    struct ring *page = arena_new(&r->core->arena, struct ring, RINGS_AT_ONCE);
    id after = { 0 };
    int n = RINGS_AT_ONCE;
    *out = (struct recovery_given){ 0 };
    if (id_equal(who, r->core->root))
        return NOT_FOUND;
    status s = trust_person(r->core, who, &p);
    while (s == OK && n == RINGS_AT_ONCE) {
        s = ring_list(r->db, after, page, RINGS_AT_ONCE, &n);
        for (int i = 0; s == OK && i < n; i++)
            if (wanted(which, &page[i], &p))
                s = give_ring(r, page[i].id, &p, each, with, out);
        if (n)
            after = page[n - 1].id;
    }
    return s == OK && !out->given && !out->had && !out->closed ? INVALID : s;
}

status recovery_end(struct recovery *r, status so_far, struct arena *a, str *list)
{
    uint8_t signature[SIGNATURE], sum[64];
    char hex[2 * SIGNATURE];
    *list = (str){ 0 };
    status s = db_end(r->db, so_far);
    if (s == OK) {
        sign_bytes(&r->root.sign, recovery_sum(out_view(&r->list), sum), signature);
        hex_write(hex, signature, SIGNATURE);
        struct out o = { .arena = a };
        out_str(&o, out_view(&r->list));
        out_str(&o, RECOVERY_SIGNED);
        out_str(&o, view(hex, sizeof hex));
        out_char(&o, '\n');
        *list = out_view(&o);
    }
    wipe(&r->root, sizeof r->root);
    core_close(r->core);
    return s;
}
