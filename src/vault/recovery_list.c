/* The list of a root ceremony: lines of a letter and hexadecimal, under root's signature. */
#include "vault/recovery_list.h"

static id take_id(struct wire *w)
{
    id i = { 0 };
    const uint8_t *at = wire_get_bytes(w, sizeof i.at);
    if (at)
        memcpy(i.at, at, sizeof i.at);
    return i;
}

static void take(struct wire *w, void *to, ptrdiff_t n)
{
    const uint8_t *at = wire_get_bytes(w, n);
    if (at)
        memcpy(to, at, (size_t)n);
}

static status do_person(struct recovery_doer *d, struct wire *w)
{
    struct principal p = { .id = take_id(w), .serial = 1, .state = PERSON_ACTIVE };
    take(w, p.name, sizeof p.name);
    p.class = wire_get_u8(w);
    p.powers = wire_get_u8(w);
    p.not_before = wire_get_u32(w);
    p.not_after = wire_get_u32(w);
    take(w, p.box, KEY);
    take(w, p.sign, KEY);
    if (!wire_done(w))
        return INVALID;
    d->made = p.id;
    return principal_insert(d->db, &p);
}

static status do_slot(struct recovery_doer *d, struct wire *w)
{
    id who = take_id(w);
    struct slot slot = { .kind = wire_get_u8(w) };
    take(w, slot.salt, sizeof slot.salt);
    slot.cost.ops = wire_get_u32(w);
    slot.cost.mem_kib = wire_get_u32(w);
    take(w, slot.box, BOX);
    return wire_done(w) && id_equal(who, d->made) ? slot_put(d->db, who, &slot) : INVALID;
}

static status do_factor(struct recovery_doer *d, struct wire *w)
{
    uint8_t boxed[20 + AEAD_MORE] = { 0 };
    id who = take_id(w);
    take(w, boxed, sizeof boxed);
    return wire_done(w) && id_equal(who, d->made) ? factor_insert(d->db, who, boxed) : INVALID;
}

static status do_cert(struct recovery_doer *d, struct wire *w)
{
    id who = take_id(w);
    struct cert cert = { .signer = d->root };
    take(w, cert.signature, SIGNATURE);
    if (!wire_done(w))
        return INVALID;
    status s = cert_insert(d->db, who, &cert);
    if (s == OK)
        s = principal_activate(d->db, who);
    return s == OK ? invite_delete(d->db, who) : s;
}

static status do_term(struct recovery_doer *d, struct wire *w)
{
    id who = take_id(w);
    struct cert cert = { .signer = d->root };
    struct term t = { .serial = wire_get_u16(w) };
    t.not_before = wire_get_u32(w);
    t.not_after = wire_get_u32(w);
    take(w, cert.signature, SIGNATURE);
    if (!wire_done(w))
        return INVALID;
    status s = term_insert(d->db, who, &t);
    if (s == OK)
        s = term_cert_insert(d->db, who, t.serial, &cert);
    return s == OK ? term_set_whole(d->db, who, t.serial) : s;
}

static status do_grant(struct recovery_doer *d, struct wire *w)
{
    struct member m = { .ring = take_id(w), .member = take_id(w), .granter = d->root, .compartment = wire_get_u8(w) };
    struct ring r;
    uint8_t wrap[WRAP] = { 0 };
    m.class = wire_get_u8(w);
    m.since = wire_get_u32(w);
    m.day = wire_get_u32(w);
    take(w, m.signature, SIGNATURE);
    take(w, wrap, WRAP);
    if (!wire_done(w))
        return INVALID;
    status s = ring_find(d->db, m.ring, &r);
    if (s != OK)
        return s == NOT_FOUND ? CONFLICT : s; /* destroyed since */
    if (r.epoch < m.since)
        return CONFLICT; /* older than the copy */
    d->out->stale += r.epoch != m.since;
    s = member_delete(d->db, m.ring, m.member);
    if (s == OK)
        s = member_insert(d->db, &m);
    return s == OK ? wrap_insert(d->db, m.ring, m.member, m.since, wrap) : s;
}

/* The link to the epoch before, where it is missing. */
static status do_back(struct recovery_doer *d, struct wire *w)
{
    id ring = take_id(w);
    uint32_t epoch = wire_get_u32(w);
    uint8_t back[BOX] = { 0 };
    struct ring_epoch e;
    take(w, back, BOX);
    if (!wire_done(w))
        return INVALID;
    status s = epoch_find(d->db, ring, epoch, &e);
    if (s != OK || e.has_back)
        return s == NOT_FOUND ? CONFLICT : s;
    return epoch_set_back(d->db, ring, epoch, back);
}

status recovery_do(struct recovery_doer *d, char act, struct wire *bytes)
{
    d->out->acts++;
    switch (act) {
    case ACT_PERSON:  return do_person(d, bytes);
    case ACT_SLOT_OF: return do_slot(d, bytes);
    case ACT_FACTOR:  return do_factor(d, bytes);
    case ACT_CERT:    return do_cert(d, bytes);
    case ACT_TERM:    return do_term(d, bytes);
    case ACT_GRANT:   return do_grant(d, bytes);
    case ACT_BACK:    return do_back(d, bytes);
    default:          return INVALID;
    }
}

str recovery_sum(str list, uint8_t to[64])
{
    static const char label[32] = "plainsight recovery list";
    memcpy(to, label, sizeof label);
    sha256(list, to + sizeof label);
    return (str){ (const char *)to, 64 };
}

/* The list without its last line, when that is root's signature over it. */
static bool signed_by_root(const struct anchor *house, str list, str *body)
{
    uint8_t signature[SIGNATURE], sum[64];
    enum { LAST = 5 + 2 * SIGNATURE + 1 };
    if (list.len < LAST)
        return false;
    *body = str_part(list, 0, list.len - LAST);
    str last = str_part(list, body->len, list.len - 1);
    return list.at[list.len - 1] == '\n' && str_starts(last, RECOVERY_SIGNED)
        && hex_read(str_part(last, RECOVERY_SIGNED.len, last.len), signature, SIGNATURE)
        && sign_check(house->root_sign, recovery_sum(*body, sum), signature);
}

static status bring_line(struct recovery_doer *d, str line)
{
    uint8_t bytes[ACT_BYTES];
    ptrdiff_t n = (line.len - 2) / 2;
    if (line.len < 2 || line.at[1] != ' ' || n > ACT_BYTES || !hex_read(str_part(line, 2, line.len), bytes, n))
        return INVALID;
    struct wire w = { bytes, 0, n, false };
    return recovery_do(d, line.at[0], &w);
}

status recovery_bring(struct db *db, str anchor, str list, status (*note)(void *with, str line), void *with, struct recovery_brought *out)
{
    struct anchor house;
    str body, line;
    char head[64 + 1];
    *out = (struct recovery_brought){ 0 };
    if (!anchor_read(anchor, &house) || !signed_by_root(&house, list, &body))
        return INVALID;
    struct recovery_doer d = { .db = db, .root = anchor_root(&house), .out = out };
    memcpy(head, RECOVERY_HEAD.at, (size_t)RECOVERY_HEAD.len);
    hex_write(head + RECOVERY_HEAD.len, house.install.at, sizeof house.install.at);
    str wanted = { head, RECOVERY_HEAD.len + 32 };
    if (!str_starts(body, wanted))
        return INVALID;
    body = str_part(body, wanted.len + 1, body.len);
    status s = OK;
    while (s == OK && str_split(&body, '\n', &line))
        if (line.len)
            s = line.len > 1 && line.at[1] != ' ' ? note(with, line) : bring_line(&d, line);
    return s;
}
