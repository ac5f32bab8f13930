#include "vault/keys.h"

#define BYTES(a) ((str){ (const char *)(a), sizeof(a) })

static str bytes(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

void identity_from(const uint8_t seed[KEY], struct identity *out)
{
    uint8_t k[KEY];
    keyed_hash(seed, "wrap", lit(""), k, KEY);
    box_pair_from(k, &out->box);
    keyed_hash(seed, "sign", lit(""), k, KEY);
    sign_pair_from(k, &out->sign);
    wipe(k, KEY);
}

/* The anchor: "PSA1" | flags u32 | install 16 | root box, root sign, house 32 each | ops u32 | memory u32 | signature. */
void anchor_write(const struct anchor *a, const struct sign_pair *root, uint8_t to[ANCHOR])
{
    struct wire w = { to, 0, ANCHOR, false };
    wire_bytes(&w, "PSA1", 4);
    wire_u32(&w, (a->demo ? 1u : 0u) | (a->no_escrow ? 2u : 0u));
    wire_bytes(&w, a->install.at, 16);
    wire_bytes(&w, a->root_box, KEY);
    wire_bytes(&w, a->root_sign, KEY);
    wire_bytes(&w, a->house, KEY);
    wire_u32(&w, a->cost.ops);
    wire_u32(&w, a->cost.mem_kib);
    uint8_t signature[SIGNATURE];
    sign_bytes(root, bytes(to, w.len), signature);
    wire_bytes(&w, signature, SIGNATURE);
    must(!w.bad && w.len == ANCHOR);
}

bool anchor_read(str file, struct anchor *out)
{
    if (file.len != ANCHOR || memcmp(file.at, "PSA1", 4))
        return false;
    struct wire w = { (uint8_t *)file.at, 4, ANCHOR, false };
    uint32_t flags = wire_get_u32(&w);
    *out = (struct anchor){ .demo = flags & 1, .no_escrow = flags & 2 };
    memcpy(out->install.at, wire_get_bytes(&w, 16), 16);
    memcpy(out->root_box, wire_get_bytes(&w, KEY), KEY);
    memcpy(out->root_sign, wire_get_bytes(&w, KEY), KEY);
    memcpy(out->house, wire_get_bytes(&w, KEY), KEY);
    out->cost.ops = wire_get_u32(&w);
    out->cost.mem_kib = wire_get_u32(&w);
    const uint8_t *signature = wire_get_bytes(&w, SIGNATURE);
    return flags <= 3 && wire_done(&w) && sign_check(out->root_sign, bytes(file.at, ANCHOR - SIGNATURE), signature) &&
           cost_allowed(out, out->cost);
}

id anchor_root(const struct anchor *a)
{
    id root;
    plain_hash(BYTES(a->root_sign), root.at, sizeof root.at);
    return root;
}

bool cost_allowed(const struct anchor *a, struct stretch_cost cost)
{
    return a->demo || (cost.ops >= 3 && cost.mem_kib >= 64 * 1024);
}

struct stretch_cost secret_cost(enum secret_version v)
{
    return (struct stretch_cost){ 3, v == SECRET_FULL ? 256 * 1024 : 64 * 1024 };
}

enum { SECRET_HEAD = 24 }; /* "PSK1" | version | 0 0 0 | salt; authenticated with the box */

void secret_write(enum secret_version v, const uint8_t salt[16], const uint8_t stretched[KEY], const uint8_t k0[KEY],
                  uint8_t to[SECRET_FILE])
{
    memset(to, 0, SECRET_FILE);
    memcpy(to, "PSK1", 4);
    to[4] = (uint8_t)v;
    memcpy(to + 8, salt, 16);
    if (v == SECRET_DEMO)
        memcpy(to + SECRET_HEAD, k0, KEY);
    else
        aead_seal(stretched, bytes(k0, KEY), bytes(to, SECRET_HEAD), to + SECRET_HEAD);
}

bool secret_head_read(str file, struct secret_head *out)
{
    const uint8_t *b = (const uint8_t *)file.at;
    if (file.len != SECRET_FILE || memcmp(b, "PSK1", 4) || b[4] < SECRET_FULL || b[4] > SECRET_DEMO || b[5] || b[6] || b[7])
        return false;
    out->version = b[4];
    out->cost = secret_cost(out->version);
    memcpy(out->salt, b + 8, 16);
    return true;
}

bool secret_open(str file, const uint8_t stretched[KEY], uint8_t k0[KEY])
{
    struct secret_head head;
    if (!secret_head_read(file, &head))
        return false;
    if (head.version == SECRET_DEMO) {
        memcpy(k0, file.at + SECRET_HEAD, KEY);
        return true;
    }
    return aead_open(stretched, bytes(file.at + SECRET_HEAD, BOX), bytes(file.at, SECRET_HEAD), k0);
}

void house_from(const uint8_t k0[KEY], struct house_keys *out)
{
    const struct {
        const char *name;
        uint8_t *to;
    } derived[] = { { "K_kek", out->kek },     { "K_name", out->name },   { "K_fake", out->fake }, { "K_blind", out->blind },
                    { "K_actor", out->actor }, { "K_otp", out->otp },     { "K_ticket", out->ticket },
                    { "K_node", out->node } };
    for (ptrdiff_t i = 0; i < countof(derived); i++)
        keyed_hash(k0, derived[i].name, lit(""), derived[i].to, KEY);
    uint8_t secret[KEY];
    keyed_hash(k0, "house", lit(""), secret, KEY);
    box_pair_from(secret, &out->box);
    wipe(secret, KEY);
    out->open = true;
}

void house_name(const struct house_keys *h, str name, uint8_t to[16])
{
    keyed_hash(h->name, "name", name, to, 16);
}

void house_pseudonym(const struct house_keys *h, const char *kind, id who, uint8_t to[16])
{
    memset(to, 0, 16); /* a locked house cannot make pseudonyms: docs/keys.md 5 */
    if (h->open && !id_is_zero(who))
        keyed_hash(h->actor, kind, BYTES(who.at), to, 16);
}

static void slot_key(const struct house_keys *h, id who, enum slot_kind kind, str secret, uint8_t key[KEY], uint8_t with[17])
{
    uint8_t text[KEY + 16];
    must(secret.len <= KEY);
    memcpy(text, secret.at, (size_t)secret.len);
    memcpy(text + secret.len, who.at, 16);
    keyed_hash(kind == SLOT_NODE ? h->node : h->kek, kind == SLOT_RECOVERY ? "recovery" : kind == SLOT_API ? "api" : "kek",
               bytes(text, secret.len + 16), key, KEY);
    wipe(text, sizeof text);
    memcpy(with, who.at, 16);
    with[16] = (uint8_t)kind;
}

void slot_seal(const struct house_keys *h, id who, enum slot_kind kind, str secret, const uint8_t seed[KEY], uint8_t to[BOX])
{
    uint8_t key[KEY], with[17];
    slot_key(h, who, kind, secret, key, with);
    aead_seal(key, bytes(seed, KEY), BYTES(with), to);
    wipe(key, KEY);
}

bool slot_open(const struct house_keys *h, id who, enum slot_kind kind, str secret, const uint8_t box[BOX], uint8_t seed[KEY])
{
    uint8_t key[KEY], with[17];
    slot_key(h, who, kind, secret, key, with);
    bool good = aead_open(key, bytes(box, BOX), BYTES(with), seed);
    wipe(key, KEY);
    return good;
}

void cert_statement(id install, const struct principal *p, uint8_t to[CERT_STATEMENT])
{
    struct wire w = { to, 0, CERT_STATEMENT, false };
    wire_bytes(&w, "plainsight cert", 16); /* with its NUL */
    wire_bytes(&w, install.at, 16);
    wire_bytes(&w, p->id.at, 16);
    wire_bytes(&w, p->box, KEY);
    wire_bytes(&w, p->sign, KEY);
    wire_u8(&w, p->class);
    wire_u8(&w, p->powers);
    wire_u16(&w, p->serial);
    wire_u32(&w, p->not_before);
    wire_u32(&w, p->not_after);
    must(!w.bad && w.len == CERT_STATEMENT);
}

void cert_fingerprint(id install, const struct principal *p, char to[24])
{
    static const uint8_t nobody[KEY] = { 0 };
    uint8_t statement[CERT_STATEMENT], h[24];
    cert_statement(install, p, statement);
    keyed_hash(nobody, "fp", BYTES(statement), h, sizeof h);
    struct wire w = { h, 0, sizeof h, false };
    for (int part = 0; part < 3; part++) {
        uint64_t n = wire_get_u64(&w);
        for (int i = 7; i >= 0; i--, n /= 10)
            to[8 * part + i] = (char)('0' + n % 10);
    }
}

void ring_statement(id install, const struct ring *r, const struct ring_epoch *e, uint8_t to[RING_STATEMENT])
{
    struct wire w = { to, 0, RING_STATEMENT, false };
    wire_bytes(&w, "plainsight ring", 16);
    wire_bytes(&w, install.at, 16);
    wire_bytes(&w, r->id.at, 16);
    wire_u8(&w, r->scope_kind);
    wire_bytes(&w, r->scope.at, 16);
    wire_u8(&w, r->compartment);
    wire_u32(&w, e->epoch);
    wire_u32(&w, e->day);
    wire_bytes(&w, e->open, KEY);
    must(!w.bad && w.len == RING_STATEMENT);
}

void join_statement(id install, const struct member *m, uint8_t to[JOIN_STATEMENT])
{
    struct wire w = { to, 0, JOIN_STATEMENT, false };
    wire_bytes(&w, "plainsight join", 16);
    wire_bytes(&w, install.at, 16);
    wire_bytes(&w, m->ring.at, 16);
    wire_bytes(&w, m->member.at, 16);
    wire_u8(&w, m->compartment);
    wire_u8(&w, m->class);
    wire_bytes(&w, m->granter.at, 16);
    wire_u32(&w, m->since);
    wire_u32(&w, m->day);
    wire_u32(&w, m->until);
    wire_u32(&w, m->flags);
    must(!w.bad && w.len == JOIN_STATEMENT);
}

/* Writes eph | nonce | ct | tag after the head, which is authenticated together with eph. */
static void box_to(uint8_t *at, ptrdiff_t head, const uint8_t secret[KEY], const uint8_t open[KEY])
{
    struct box_pair eph;
    uint8_t key[KEY];
    do
        box_pair_make(&eph);
    while (!box_key(eph.secret, open, eph.open, open, key));
    memcpy(at + head, eph.open, KEY);
    aead_seal(key, bytes(secret, KEY), bytes(at, head + KEY), at + head + KEY);
    wipe(key, KEY);
    wipe(&eph, sizeof eph);
}

static bool box_from(const uint8_t *at, ptrdiff_t head, const struct box_pair *own, uint8_t secret[KEY])
{
    uint8_t key[KEY];
    if (!box_key(own->secret, at + head, at + head, own->open, key))
        return false;
    bool good = aead_open(key, bytes(at + head + KEY, BOX), bytes(at, head + KEY), secret);
    wipe(key, KEY);
    return good;
}

enum { WRAP_HEAD = WRAP - KEY - BOX };

static void wrap_head(id ring, uint32_t epoch, id member, uint8_t to[WRAP_HEAD])
{
    struct wire w = { to, 0, WRAP_HEAD, false };
    wire_u8(&w, 1);
    wire_u8(&w, 2);
    wire_u16(&w, 0);
    wire_u32(&w, epoch);
    wire_bytes(&w, ring.at, 16);
    wire_bytes(&w, member.at, 16);
    must(!w.bad && w.len == WRAP_HEAD);
}

void wrap_seal(const uint8_t secret[KEY], id ring, uint32_t epoch, id member, const uint8_t member_box[KEY], uint8_t to[WRAP])
{
    wrap_head(ring, epoch, member, to);
    box_to(to, WRAP_HEAD, secret, member_box);
}

bool wrap_open(const uint8_t wrap[WRAP], id ring, uint32_t epoch, id member, const struct box_pair *own, uint8_t secret[KEY])
{
    uint8_t head[WRAP_HEAD];
    wrap_head(ring, epoch, member, head);
    return !memcmp(head, wrap, WRAP_HEAD) && box_from(wrap, WRAP_HEAD, own, secret);
}

static void back_key(const uint8_t secret[KEY], uint32_t epoch, uint8_t key[KEY], uint8_t with[4])
{
    struct wire w = { with, 0, 4, false };
    wire_u32(&w, epoch);
    keyed_hash(secret, "back", lit(""), key, KEY);
}

void back_seal(const uint8_t secret[KEY], const uint8_t before[KEY], uint32_t epoch, uint8_t to[BOX])
{
    uint8_t key[KEY], with[4];
    back_key(secret, epoch, key, with);
    aead_seal(key, bytes(before, KEY), BYTES(with), to);
    wipe(key, KEY);
}

bool back_open(const uint8_t secret[KEY], const uint8_t back[BOX], uint32_t epoch, uint8_t before[KEY])
{
    uint8_t key[KEY], with[4];
    back_key(secret, epoch, key, with);
    bool good = aead_open(key, bytes(back, BOX), BYTES(with), before);
    wipe(key, KEY);
    return good;
}

void pepper_seal(const uint8_t pepper[KEY], const uint8_t house[KEY], uint8_t to[PEPPER_BOX])
{
    box_to(to, 0, pepper, house);
}

bool pepper_open(const uint8_t box[PEPPER_BOX], const struct box_pair *house, uint8_t pepper[KEY])
{
    return box_from(box, 0, house, pepper);
}
