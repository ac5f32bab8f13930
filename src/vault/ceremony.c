#include "vault/ceremony.h"
#include "vault/keeper_core.h"

/* Everything of a ceremony under way; wiped at its end. */
struct ceremony {
    struct db *db;
    const struct house_plan *plan;
    struct chance *chance;
    int64_t now;
    uint32_t today;
    uint8_t k0[KEY];
    struct house_keys house;
    struct anchor anchor;
    id root_id;
    struct identity root, certifiers[2];
    id certifier_ids[2];
    struct house_made *out;
};
enum { ENVELOPE_POWERS = POWER_CERTIFY | POWER_APPROVE };

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

static void draw(struct ceremony *c, void *to, ptrdiff_t n)
{
    c->chance->fill(c->chance, to, n);
}

static status plan_check(const struct house_plan *p)
{
    if (p->people_count < QUORUM || p->people_count > PLAN_PEOPLE || p->shares < 1 || p->shares > SHARES_MAX || p->need < 1 ||
        p->need > p->shares || (!p->demo && (p->secret != SECRET_FULL && p->secret != SECRET_SMALL)))
        return INVALID;
    for (ptrdiff_t i = 0; i < p->people_count; i++) {
        const struct plan_person *who = &p->people[i];
        if (!who->name.len || who->name.len > 64 || who->class == CLASS_ENGINE || who->class >= CLASS_ROOT || who->powers > 7 ||
            (i < QUORUM && !(who->powers & POWER_CERTIFY)))
            return INVALID;
        for (int k = TIP; k <= COMPARTMENTS; k++)
            if ((who->rings & 1u << k) && !wall_allows_ring(k == SHARED ? SCOPE_INSTALLATION : SCOPE_OFFICE, who->class, who->powers, k))
                return INVALID;
    }
    return OK;
}

static status make_secrets(struct ceremony *c)
{
    const struct house_plan *p = c->plan;
    uint8_t seed[KEY], salt[16], stretched[KEY] = { 0 };
    status s = OK;
    draw(c, c->k0, KEY);
    draw(c, seed, KEY);
    draw(c, salt, sizeof salt);
    draw(c, c->anchor.install.at, sizeof c->anchor.install.at);
    house_from(c->k0, &c->house);
    identity_from(seed, &c->root);
    shares_make(seed, p->shares, p->need, c->out->shares);
    wipe(seed, KEY);
    c->anchor.demo = p->demo;
    c->anchor.no_escrow = p->no_escrow;
    c->anchor.cost = p->cost;
    memcpy(c->anchor.root_box, c->root.box.open, KEY);
    memcpy(c->anchor.root_sign, c->root.sign.open, KEY);
    memcpy(c->anchor.house, c->house.box.open, KEY);
    if (!cost_allowed(&c->anchor, p->cost))
        return INVALID;
    anchor_write(&c->anchor, &c->root.sign, c->out->anchor);
    c->root_id = anchor_root(&c->anchor);
    c->out->install = c->anchor.install;
    enum secret_version version = p->demo ? SECRET_DEMO : p->secret;
    if (!p->demo)
        s = stretch(p->house_passphrase, salt, secret_cost(version), stretched);
    secret_write(version, salt, stretched, c->k0, c->out->secret);
    wipe(stretched, KEY);
    return s;
}

static status certify(struct ceremony *c, const struct principal *p, id signer, const struct identity *own)
{
    struct cert cert = { .signer = signer };
    uint8_t statement[CERT_STATEMENT];
    cert_statement(c->anchor.install, p, statement);
    sign_bytes(&own->sign, view(statement, CERT_STATEMENT), cert.signature);
    return cert_insert(c->db, p->id, &cert);
}

/* A principal with fresh keys, certified by root or by the first two certifiers. */
static status make_principal(struct ceremony *c, str name, enum wall_class class, uint8_t powers, bool by_root,
                             struct principal *out, uint8_t seed[KEY])
{
    struct identity own;
    draw(c, seed, KEY);
    identity_from(seed, &own);
    *out = (struct principal){ .id = chance_id(c->chance, c->now * 1000, true), .class = (uint8_t)class, .powers = powers,
                               .serial = 1, .not_before = c->today, .not_after = c->today + CERT_DAYS, .state = PERSON_ACTIVE };
    memcpy(out->box, own.box.open, KEY);
    memcpy(out->sign, own.sign.open, KEY);
    wipe(&own, sizeof own);
    house_name(&c->house, name, out->name);
    status s = principal_insert(c->db, out);
    if (s == OK && by_root)
        return certify(c, out, c->root_id, &c->root);
    for (int i = 0; s == OK && i < QUORUM; i++)
        s = certify(c, out, c->certifier_ids[i], &c->certifiers[i]);
    return s;
}

static status make_slot(struct ceremony *c, id who, enum slot_kind kind, str secret, const uint8_t salt[16], const uint8_t seed[KEY])
{
    struct slot slot = { .kind = (uint8_t)kind, .cost = c->plan->cost };
    memcpy(slot.salt, salt, sizeof slot.salt);
    slot_seal(&c->house, who, kind, secret, seed, slot.box);
    return slot_put(c->db, who, &slot);
}

static status make_person(struct ceremony *c, ptrdiff_t i)
{
    const struct plan_person *plan = &c->plan->people[i];
    struct made_person *made = &c->out->people[i];
    struct principal p;
    uint8_t seed[KEY], salt[16], stretched[KEY], boxed[20 + AEAD_MORE];
    status s = make_principal(c, plan->name, plan->class, plan->powers, i < QUORUM, &p, seed);
    if (s != OK)
        return s;
    made->principal = p.id;
    if (i < QUORUM) {
        c->certifier_ids[i] = p.id;
        identity_from(seed, &c->certifiers[i]);
    }
    keyed_hash(c->house.fake, "salt", plan->name, salt, sizeof salt); /* as BEGIN gives before anybody is there */
    draw(c, made->otp_secret, sizeof made->otp_secret);
    draw(c, made->recovery, sizeof made->recovery);
    s = stretch(plan->passphrase, salt, c->plan->cost, stretched);
    if (s == OK)
        s = make_slot(c, p.id, SLOT_PASSPHRASE, view(stretched, KEY), salt, seed);
    if (s == OK)
        s = make_slot(c, p.id, SLOT_RECOVERY, view(made->recovery, RECOVERY_CODE), salt, seed);
    aead_seal(c->house.otp, view(made->otp_secret, sizeof made->otp_secret), view(p.id.at, 16), boxed);
    if (s == OK)
        s = factor_insert(c->db, p.id, boxed);
    wipe(seed, KEY);
    wipe(stretched, KEY);
    return s;
}

static status make_envelope(struct ceremony *c)
{
    struct principal p;
    uint8_t seed[KEY], salt[16];
    status s = make_principal(c, lit("envelope"), CLASS_NONE, ENVELOPE_POWERS, true, &p, seed);
    c->out->envelope_principal = p.id;
    draw(c, c->out->envelope, RECOVERY_CODE);
    draw(c, salt, sizeof salt);
    if (s == OK)
        s = make_slot(c, p.id, SLOT_RECOVERY, view(c->out->envelope, RECOVERY_CODE), salt, seed);
    wipe(seed, KEY);
    return s;
}

/* Root has a row for the foreign key of its memberships; what counts is the anchor. */
static status make_root(struct ceremony *c)
{
    struct principal p = { .id = c->root_id, .class = CLASS_ROOT, .powers = 7, .not_before = c->today, .not_after = UINT32_MAX,
                           .state = PERSON_ACTIVE };
    memcpy(p.box, c->root.box.open, KEY);
    memcpy(p.sign, c->root.sign.open, KEY);
    draw(c, p.name, sizeof p.name); /* nobody's hash: root cannot sign in */
    return principal_insert(c->db, &p);
}

static status make_node(struct ceremony *c, struct identity *node)
{
    struct principal p;
    uint8_t seed[KEY], salt[16] = { 0 };
    status s = make_principal(c, lit("node"), CLASS_NONE, 0, true, &p, seed);
    if (s == OK)
        s = make_slot(c, p.id, SLOT_NODE, lit(""), salt, seed);
    if (s == OK)
        s = node_insert(c->db, &(struct node){ LOG_NUMBER, p.id, lit(FIRST_NODE) });
    identity_from(seed, node);
    c->out->node = p.id;
    memcpy(c->out->node_sign, node->sign.open, KEY);
    wipe(seed, KEY);
    return s;
}

static status join(struct ceremony *c, const struct ring *r, const uint8_t secret[KEY], id who, uint8_t class, const uint8_t box[KEY])
{
    struct member m = { .ring = r->id, .member = who, .granter = c->root_id, .compartment = r->compartment, .class = class,
                        .since = 1, .day = c->today };
    uint8_t statement[JOIN_STATEMENT], wrap[WRAP];
    join_statement(c->anchor.install, &m, statement);
    sign_bytes(&c->root.sign, view(statement, JOIN_STATEMENT), m.signature);
    wrap_seal(secret, r->id, 1, who, box, wrap);
    status s = member_insert(c->db, &m);
    return s == OK ? wrap_insert(c->db, r->id, who, 1, wrap) : s;
}

static status join_people(struct ceremony *c, const struct ring *r, const uint8_t secret[KEY])
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < c->plan->people_count; i++) {
        struct principal p;
        if (!(c->plan->people[i].rings & 1u << r->compartment))
            continue;
        s = principal_find(c->db, c->out->people[i].principal, &p);
        if (s == OK)
            s = join(c, r, secret, p.id, p.class, p.box);
    }
    return s;
}

/* A ring of epoch 1 by root's hand: root, the people of the plan, the engine where it belongs. */
static status make_ring(struct ceremony *c, enum scope_kind kind, id scope, enum compartment compartment, struct ring_key *key)
{
    struct ring r = { .id = chance_id(c->chance, c->now * 1000, true), .scope = scope, .scope_kind = (uint8_t)kind,
                      .compartment = (uint8_t)compartment };
    struct ring_epoch e = { .epoch = 1, .day = c->today, .signer = c->root_id };
    struct box_pair pair;
    struct principal engine;
    uint8_t statement[RING_STATEMENT];
    box_pair_make(&pair);
    memcpy(e.open, pair.open, KEY);
    ring_statement(c->anchor.install, &r, &e, statement);
    sign_bytes(&c->root.sign, view(statement, RING_STATEMENT), e.signature);
    status s = ring_insert(c->db, &r);
    if (s == OK)
        s = epoch_insert(c->db, r.id, &e);
    bool escrow = !c->plan->no_escrow || (compartment != SOURCE && compartment != VICTIM && compartment != LOCATION);
    if (s == OK && escrow)
        s = join(c, &r, pair.secret, c->root_id, CLASS_ROOT, c->root.box.open);
    if (s == OK && wall_allows(CLASS_ENGINE, 0, compartment)) {
        s = principal_find(c->db, c->out->engine, &engine);
        if (s == OK)
            s = join(c, &r, pair.secret, engine.id, CLASS_ENGINE, engine.box);
    }
    if (s == OK)
        s = join_people(c, &r, pair.secret);
    *key = (struct ring_key){ .ring = r.id, .epoch = 1 };
    memcpy(key->open, pair.open, KEY);
    wipe(&pair, sizeof pair);
    return s;
}

/* The engine's seed waits in the SERVICE ring for the first certifier who signs in. */
static status make_engine(struct ceremony *c, uint8_t seed[KEY])
{
    struct principal p;
    status s = make_principal(c, lit("engine"), CLASS_ENGINE, 0, true, &p, seed);
    c->out->engine = p.id;
    return s;
}

/* Root alone on a ring could let nobody in: a ring that no person of the plan is on is made by the first who comes. */
static bool plan_has(const struct house_plan *p, enum compartment compartment)
{
    for (ptrdiff_t i = 0; i < p->people_count; i++)
        if (p->people[i].rings & 1u << compartment)
            return true;
    return false;
}

static status make_rings(struct ceremony *c, const uint8_t engine_seed[KEY])
{
    static const enum compartment of_office[] = { TIP, SOURCE, VICTIM };
    struct ring_key key;
    uint8_t box[KEYBOX];
    status s = make_ring(c, SCOPE_INSTALLATION, c->anchor.install, AUDIT, &key);
    for (ptrdiff_t i = 0; s == OK && i < countof(of_office); i++)
        if (of_office[i] != VICTIM || plan_has(c->plan, VICTIM))
            s = make_ring(c, SCOPE_OFFICE, c->plan->office, of_office[i], &key);
    if (s == OK && plan_has(c->plan, SHARED))
        s = make_ring(c, SCOPE_INSTALLATION, c->anchor.install, SHARED, &key);
    if (s == OK)
        s = make_ring(c, SCOPE_INSTALLATION, c->anchor.install, SERVICE, &key);
    if (s == OK && !keybox_seal(engine_seed, &key, TABLE_ENGINE_SEED, c->out->engine, box))
        s = FAULT;
    return s == OK ? service_insert(c->db, c->out->engine, box) : s;
}

/* Record 0 by the house's own hand: the same writer as every later record. */
static status make_first_record(struct ceremony *c, const struct identity *node)
{
    struct keeper_core *core;
    status s = core_open(c->db, view(c->out->anchor, ANCHOR), view(c->out->secret, SECRET_FILE), *c->chance, 1, &core);
    if (s != OK)
        return s;
    core_set_time(core, c->now, 0);
    core->house = c->house;
    core->node = *node;
    core->node_id = c->out->node;
    s = wall_read(c->db, &core->gen);
    if (s == OK)
        s = log_append(core, &(struct entry){ .action = ACT_START, .actor = c->out->node, .digest = core->anchor_hash });
    if (s == OK)
        s = loghead_put(c->db, LOG_NUMBER, &core->tree);
    core_close(core);
    return s;
}

static void write_k0(const uint8_t k0[KEY], char to[K0_TEXT])
{
    char memory[256];
    struct arena a = { memory, memory + sizeof memory, NULL };
    str text = base32_text(&a, k0, KEY);
    must(text.len == K0_TEXT);
    memcpy(to, text.at, K0_TEXT);
    wipe(memory, sizeof memory);
}

static status make_all(struct ceremony *c)
{
    struct identity node;
    uint8_t engine_seed[KEY];
    status s = make_secrets(c);
    if (s == OK)
        s = make_root(c);
    if (s == OK)
        s = make_node(c, &node);
    if (s == OK)
        s = make_engine(c, engine_seed);
    if (s == OK)
        s = make_envelope(c);
    for (ptrdiff_t i = 0; s == OK && i < c->plan->people_count; i++)
        s = make_person(c, i);
    if (s == OK)
        s = make_rings(c, engine_seed);
    if (s == OK)
        s = root_act_fill(c->db, c->root_id); /* record 0 stands for all of it */
    if (s == OK)
        s = make_first_record(c, &node);
    wipe(engine_seed, KEY);
    wipe(&node, sizeof node);
    return s;
}

status ceremony_make(struct db *db, const struct house_plan *plan, struct chance *chance, int64_t now, struct house_made *out)
{
    struct ceremony c = { .db = db, .plan = plan, .chance = chance, .now = now, .today = (uint32_t)day_of(now), .out = out };
    *out = (struct house_made){ 0 };
    status s = plan_check(plan);
    if (s == OK)
        s = db_begin(db);
    if (s != OK)
        return s;
    s = db_end(db, make_all(&c));
    if (s == OK)
        write_k0(c.k0, out->k0);
    else
        wipe(out, sizeof *out);
    wipe(&c, sizeof c);
    return s;
}

str ceremony_code_text(struct arena *a, const uint8_t *code, ptrdiff_t n)
{
    str digits = base32_text(a, code, n);
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < digits.len; i++) {
        if (i && i % 4 == 0)
            out_char(&o, '-');
        char d = digits.at[i];
        out_char(&o, d >= 'a' && d <= 'z' ? (char)(d - ('a' - 'A')) : d);
    }
    return out_view(&o);
}
