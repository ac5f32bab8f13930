#include "thief.h"

static str bytes(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

struct db *thief_in(struct world *x)
{
    struct db *db;
    must(db_open(x->path, (struct db_options){ .busy_ms = 2000 }, &db) == OK);
    return db;
}

static void house_of(struct world *x, struct house_keys *out)
{
    uint8_t k0[KEY];
    must(base32_read(bytes(x->made.k0, K0_TEXT), k0, KEY));
    house_from(k0, out);
}

struct hand hand_of(struct world *x, enum someone who)
{
    struct house_keys house;
    struct slot slot;
    struct hand h = { .named = x->made.people[who].principal };
    uint8_t stretched[KEY], seed[KEY];
    struct db *db = thief_in(x);
    house_of(x, &house);
    must(slot_find(db, h.named, SLOT_PASSPHRASE, &slot) == OK);
    must(stretch(x->people[who].passphrase, slot.salt, slot.cost, stretched) == OK);
    must(slot_open(&house, h.named, SLOT_PASSPHRASE, bytes(stretched, KEY), slot.box, seed));
    identity_from(seed, &h.own);
    db_close(db);
    return h;
}

static void identity_made(struct world *x, struct identity *out)
{
    uint8_t seed[KEY];
    x->chance.fill(&x->chance, seed, KEY);
    identity_from(seed, out);
}

struct hand forged(struct world *x, id named)
{
    struct hand h = { .named = named };
    identity_made(x, &h.own);
    return h;
}

struct principal put_person(struct world *x, str name, enum wall_class class, uint8_t powers, struct false_person *out)
{
    struct house_keys house;
    struct slot slot = { .kind = SLOT_PASSPHRASE, .cost = { 1, 8 } };
    uint8_t seed[KEY], stretched[KEY], otp[20 + AEAD_MORE];
    *out = (struct false_person){ .name = name, .id = chance_id(&x->chance, x->now * 1000, true) };
    x->chance.fill(&x->chance, seed, KEY);
    x->chance.fill(&x->chance, out->otp_secret, sizeof out->otp_secret);
    identity_from(seed, &out->own);
    house_of(x, &house);
    struct principal p = { .id = out->id, .class = class, .powers = powers, .state = PERSON_ACTIVE, .serial = 1,
                           .not_before = (uint32_t)day_of(x->now), .not_after = (uint32_t)day_of(x->now) + 100 };
    house_name(&house, name, p.name);
    memcpy(p.box, out->own.box.open, KEY);
    memcpy(p.sign, out->own.sign.open, KEY);
    keyed_hash(house.fake, "salt", name, slot.salt, sizeof slot.salt);
    must(stretch(lit("an invented passphrase"), slot.salt, slot.cost, stretched) == OK);
    slot_seal(&house, p.id, SLOT_PASSPHRASE, bytes(stretched, KEY), seed, slot.box);
    aead_seal(house.otp, bytes(out->otp_secret, 20), bytes(p.id.at, 16), otp);
    struct db *db = thief_in(x);
    must(principal_insert(db, &p) == OK && slot_put(db, p.id, &slot) == OK && factor_insert(db, p.id, otp) == OK);
    db_close(db);
    return p;
}

void put_cert(struct world *x, const struct principal *p, const struct hand *by)
{
    struct cert c = { .signer = by->named };
    uint8_t statement[CERT_STATEMENT];
    cert_statement(x->made.install, p, statement);
    sign_bytes(&by->own.sign, bytes(statement, CERT_STATEMENT), c.signature);
    struct db *db = thief_in(x);
    must(cert_insert(db, p->id, &c) == OK);
    db_close(db);
}

struct ring ring_row(struct world *x, enum compartment c)
{
    struct ring r;
    struct db *db = thief_in(x);
    must(ring_by_scope(db, SCOPE_OFFICE, x->office, c, &r) == OK);
    db_close(db);
    return r;
}

void secret_of(struct world *x, const struct ring *r, const struct hand *member, uint8_t secret[KEY])
{
    uint8_t wrap[WRAP];
    struct db *db = thief_in(x);
    must(wrap_find(db, r->id, member->named, r->epoch, wrap) == OK);
    must(wrap_open(wrap, r->id, r->epoch, member->named, &member->own.box, secret));
    db_close(db);
}

void put_wrap(struct world *x, const struct ring *r, id who, const uint8_t open[KEY], const uint8_t secret[KEY])
{
    uint8_t wrap[WRAP];
    wrap_seal(secret, r->id, r->epoch, who, open, wrap);
    struct db *db = thief_in(x);
    must(wrap_insert(db, r->id, who, r->epoch, wrap) == OK);
    db_close(db);
}

void put_member(struct world *x, const struct ring *r, const struct principal *who, const struct hand *granter)
{
    struct member m = { .ring = r->id, .member = who->id, .granter = granter->named, .compartment = r->compartment,
                        .class = who->class, .since = r->epoch, .day = (uint32_t)day_of(x->now) };
    uint8_t statement[JOIN_STATEMENT];
    join_statement(x->made.install, &m, statement);
    sign_bytes(&granter->own.sign, bytes(statement, JOIN_STATEMENT), m.signature);
    struct db *db = thief_in(x);
    must(member_insert(db, &m) == OK);
    db_close(db);
}

void put_epoch(struct world *x, struct ring *r, const struct hand *by, const struct box_pair *pair)
{
    struct ring_epoch e = { .epoch = ++r->epoch, .day = (uint32_t)day_of(x->now), .signer = by->named };
    uint8_t statement[RING_STATEMENT];
    memcpy(e.open, pair->open, KEY);
    ring_statement(x->made.install, r, &e, statement);
    sign_bytes(&by->own.sign, bytes(statement, RING_STATEMENT), e.signature);
    struct db *db = thief_in(x);
    must(epoch_insert(db, r->id, &e) == OK);
    db_close(db);
}

status false_sign_in(struct world *x, const struct false_person *who, struct signed_in *out)
{
    return world_sign_in(x, who->name, lit("an invented passphrase"), who->otp_secret, out);
}

void assert_nobody(struct world *x, const struct false_person *who)
{
    struct signed_in in;
    if (false_sign_in(x, who, &in) != NOT_FOUND)
        fail_msg("%.*s came in", (int)who->name.len, who->name.at);
}
