#include "vault/keeper_core.h"

/* Fields of a sealed detail. */
enum { DETAIL_TIME = 1, DETAIL_PRINCIPAL, DETAIL_ABOUT, DETAIL_RING, DETAIL_REASON, DETAIL_ROWS, DETAIL_COMPARTMENT };
enum { OWN_TEXT = 9, LOG_ITEM = 8 + AUDIT_RECORD + 1 + LOG_SHOWN };
_Static_assert(CHANNEL_HEADER + 4 + LOG_LINES * LOG_ITEM <= KEEPER_MESSAGE_MAX, "a page of the log fits a message");

/* A detail is a row of the log: its id is its place. */
static id detail_row(const struct keeper_core *c, uint64_t seq)
{
    id row = { 0 };
    struct wire w = { row.at, 0, sizeof row.at, false };
    wire_u64(&w, c->log);
    wire_u64(&w, seq);
    return row;
}

static status audit_ring(struct keeper_core *c, struct ring *out)
{
    return ring_by_scope(c->db, SCOPE_INSTALLATION, c->anchor.install, AUDIT, out);
}

static str id_bytes(const id *i)
{
    return (str){ (const char *)i->at, sizeof i->at };
}

static status seal_detail(struct keeper_core *c, const struct entry *e, uint64_t seq, str *sealed)
{
    struct ring ring;
    struct ring_key key;
    status s = audit_ring(c, &ring);
    if (s == OK)
        s = trust_ring_key(c, &ring, &key);
    if (s != OK)
        return FAULT; /* what cannot be told to the auditor does not happen */
    uint8_t time[8], rows[8 * ROWS];
    struct wire w = { time, 0, sizeof time, false };
    wire_u64(&w, (uint64_t)c->now);
    for (int i = 0; i < e->row_count; i++)
        memcpy(rows + 8 * i, e->rows + i * OPEN_ROW + 8, 8);
    struct sealed_field fields[] = {
        { DETAIL_TIME, { (char *)time, sizeof time } }, { DETAIL_PRINCIPAL, id_bytes(&e->actor) },
        { DETAIL_ABOUT, id_bytes(&e->about) },          { DETAIL_RING, id_bytes(&e->ring) },
        { DETAIL_REASON, e->reason },                   { DETAIL_ROWS, { (char *)rows, 8 * e->row_count } },
        { DETAIL_COMPARTMENT, { (const char *)&e->compartment, 1 } },
    };
    *sealed = envelope_seal(c->sealer, c->mono * 1000, &c->arena, &key, TABLE_AUDIT_DETAIL, detail_row(c, seq), fields,
                            countof(fields));
    return sealed->len ? OK : FAULT;
}

/* Time and compartment for the actor's own list, under a key that only an unlocked house has. */
static str seal_own(struct keeper_core *c, const struct entry *e)
{
    if (!c->house.open)
        return lit("");
    uint8_t key[KEY], text[OWN_TEXT];
    struct wire w = { text, 0, sizeof text, false };
    wire_u64(&w, (uint64_t)c->now);
    wire_u8(&w, e->compartment);
    keyed_hash(c->house.actor, "own", lit(""), key, KEY);
    uint8_t *sealed = arena_new(&c->arena, uint8_t, OWN_TEXT + AEAD_MORE);
    aead_seal(key, (str){ (char *)text, OWN_TEXT }, id_bytes(&e->actor), sealed);
    wipe(key, KEY);
    return (str){ (char *)sealed, OWN_TEXT + AEAD_MORE };
}

/* The root is signed by the node; while locked the signature is zero and the next signed record covers it. */
static void sign_root(struct keeper_core *c, struct leaf *l)
{
    audit_tree_root(&c->tree, l->root);
    if (!c->house.open)
        return;
    sign_bytes(&c->node.sign, audit_checkpoint(&c->arena, c->anchor.install, c->log, c->tree.size, l->root), l->signature);
}

status log_append(struct keeper_core *c, const struct entry *e)
{
    struct audit_record r = { .version = 1, .action = (uint8_t)e->action, .purpose = e->purpose, .result = e->result,
                              .count = e->count, .day = core_today(c), .gen = (uint32_t)c->gen, .seq = c->tree.size };
    house_pseudonym(&c->house, "principal", e->actor, r.actor);
    house_pseudonym(&c->house, e->object_kind ? e->object_kind : "object", e->object, r.object);
    memcpy(r.session, e->session.at, sizeof r.session);
    if (e->digest)
        memcpy(r.digest, e->digest, sizeof r.digest);
    str sealed;
    status s = seal_detail(c, e, r.seq, &sealed);
    if (s != OK)
        return s;
    sha256(sealed, r.detail);
    struct leaf l = { .seq = r.seq };
    audit_record_write(&r, l.record);
    audit_tree_add(&c->tree, (str){ (char *)l.record, AUDIT_RECORD });
    c->tree_moved = true;
    sign_root(c, &l);
    return leaf_insert(c->db, c->log, &l, sealed, seal_own(c, e));
}

status log_asked(struct keeper_core *c, struct asked *q, struct entry e)
{
    if (q->session) {
        e.actor = q->who;
        e.session = q->session_id;
    }
    q->recorded = true;
    return log_append(c, &e);
}

status log_refusal(struct keeper_core *c, struct asked *q, uint16_t code)
{
    return log_asked(c, q, (struct entry){ .action = ACT_REFUSED, .purpose = q->head.type, .result = code, .about = q->about });
}

bool log_of_writing(uint8_t action)
{
    return action >= ACT_WRITE && action <= ACT_SETTING && action != ACT_BREAK_GLASS;
}

static bool is_grant(const struct root_act *a)
{
    return !id_equal(a->ring, a->who);
}

/* Whether root's hand is really under it: what anybody can write to the table tells the log nothing. */
static bool root_signed(struct keeper_core *c, const struct root_act *a)
{
    struct principal p;
    struct member m;
    struct term terms[TERMS_READ];
    uint8_t statement[CERT_STATEMENT], join[JOIN_STATEMENT];
    int n = 0;
    if (is_grant(a)) {
        if (member_find(c->db, a->ring, a->who, &m) != OK)
            return false;
        join_statement(c->anchor.install, &m, join);
        return sign_check(c->anchor.root_sign, (str){ (char *)join, JOIN_STATEMENT }, a->signature);
    }
    if (principal_find(c->db, a->who, &p) != OK || term_list(c->db, a->who, terms, &n) != OK)
        return false;
    for (int i = -1; i < n; i++) {
        if (i >= 0) {
            p.serial = terms[i].serial;
            p.not_before = terms[i].not_before;
            p.not_after = terms[i].not_after;
        }
        cert_statement(c->anchor.install, &p, statement);
        if (sign_check(c->anchor.root_sign, (str){ (char *)statement, CERT_STATEMENT }, a->signature))
            return true;
    }
    return false;
}

/* One record: a certificate of one person, or up to ROWS rings whose keys one person was given. The last 8 bytes of each are in the detail. */
static status log_root_act(struct keeper_core *c, const struct root_act *at, int n)
{
    uint8_t rows[ROWS * OPEN_ROW] = { 0 };
    bool keys = is_grant(at);
    for (int i = 0; i < n; i++)
        memcpy(rows + i * OPEN_ROW, at[i].ring.at, sizeof at[i].ring.at);
    struct entry e = { .action = ACT_CEREMONY, .actor = c->root, .object = at->who, .object_kind = "principal", .about = at->who,
                       .count = (uint16_t)n, .reason = keys ? lit("keys given by root") : lit("certified by root") };
    if (keys) {
        e.ring = at->ring;
        e.rows = rows;
        e.row_count = (uint16_t)n;
    }
    c->ceremony_day = core_today(c);
    return log_append(c, &e);
}

status log_root_acts(struct keeper_core *c)
{
    enum { AT_ONCE = 4096 };
    struct arena mark = c->arena;
    struct root_act *all = arena_new(&c->arena, struct root_act, AT_ONCE);
    int n = AT_ONCE;
    status s = OK;
    while (s == OK && n == AT_ONCE) {
        s = root_act_new(c->db, c->root, all, AT_ONCE, &n);
        int kept = 0;
        for (int i = 0; s == OK && i < n; i++) {
            s = root_act_insert(c->db, &all[i]); /* a forged one too: it is nothing, and is not looked at again */
            if (root_signed(c, &all[i]))
                all[kept++] = all[i];
        }
        for (int from = 0, to; s == OK && from < kept; from = to) {
            for (to = from + 1; to < kept && to - from < ROWS && id_equal(all[to].who, all[from].who) &&
                 is_grant(&all[to]) == is_grant(&all[from]);)
                to++;
            s = log_root_act(c, &all[from], to - from);
        }
    }
    c->arena = mark;
    return s;
}

status judge_note(struct keeper_core *c, struct asked *q)
{
    static const uint8_t nobody[KEY] = { 0 };
    const uint8_t *cookie = wire_get_bytes(&q->in, KEY);
    uint8_t action = wire_get_u8(&q->in);
    const uint8_t *zero = wire_get_bytes(&q->in, 3);
    uint32_t count = wire_get_u32(&q->in);
    struct entry e = { .action = action, .object_kind = "object" };
    memcpy(e.object.at, wire_get_bytes(&q->in, 16), 16);
    e.digest = wire_get_bytes(&q->in, 32);
    bool broken = action == ACT_REFUSED && q->role == ROLE_STAFF; /* a row whose key opened and whose body did not */
    bool verdict = action == ACT_DECONFLICT && q->role == ROLE_STAFF;
    bool fits = q->role == ROLE_CONTROL ? action == ACT_BACKUP : q->role == ROLE_JOBS ? action == ACT_ERASE : log_of_writing(action) || broken || verdict;
    if (zero[0] || zero[1] || zero[2] || !fits)
        return INVALID;
    if (broken)
        e.result = CODE_NONE;
    if (q->role == ROLE_STAFF) {
        status s = session_need(c, q, cookie, 0);
        if (s != OK)
            return s;
        if (verdict && q->session->class != CLASS_PARTNER)
            return core_refuse(q, CODE_WALL);
    } else if (!same_bytes(cookie, nobody, KEY)) {
        return INVALID;
    } else {
        e.actor = c->node_id;
    }
    e.count = (uint16_t)(count > UINT16_MAX ? UINT16_MAX : count);
    e.about = e.object;
    wire_u64(&q->out, c->tree.size);
    status s = log_asked(c, q, e);
    if (s == OK && action == ACT_BACKUP)
        c->backup_day = core_today(c);
    return s;
}

status judge_head(struct keeper_core *c, struct asked *q)
{
    uint8_t root[32], signature[SIGNATURE];
    audit_tree_root(&c->tree, root);
    str body = audit_checkpoint(&c->arena, c->anchor.install, c->log, c->tree.size, root);
    sign_bytes(&c->node.sign, body, signature);
    str note = audit_note(&c->arena, body, c->node.sign.open, signature);
    wire_bytes(&q->out, note.at, note.len);
    return OK;
}

/* What whoever watches the machine may know: is the house open, and when was the last backup recorded. */
status judge_state(struct keeper_core *c, struct asked *q)
{
    wire_u32(&q->out, c->house.open);
    wire_u32(&q->out, c->backup_day);
    wire_u32(&q->out, core_engine_open(c));
    return OK;
}

static void copy_field(const struct sealed_fields *f, uint16_t tag, uint8_t *to, ptrdiff_t n)
{
    str bytes = sealed_field(f, tag);
    memset(to, 0, (size_t)n);
    if (bytes.len && bytes.len <= n)
        memcpy(to, bytes.at, (size_t)bytes.len);
}

/* What stands behind a record, for whoever holds the AUDIT ring. NOT_FOUND: it does not open. */
static status open_detail(struct keeper_core *c, struct asked *q, const struct held *held, const struct leaf_row *l,
                        struct sealed_fields *out)
{
    id ring;
    uint32_t epoch;
    uint16_t table;
    uint8_t secret[KEY], open[KEY], row_key[ROW_KEY];
    id row = detail_row(c, l->seq);
    if (l->sealed.len < KEYBOX || !keybox_names((const uint8_t *)l->sealed.at, &ring, &epoch, &table) ||
        !id_equal(ring, held->ring))
        return NOT_FOUND;
    status s = ring_secret(c, q, held, epoch, secret, open);
    if (s != OK)
        return s;
    bool good = keybox_open(secret, open, (const uint8_t *)l->sealed.at, row, row_key) &&
                envelope_open(&c->arena, row_key, TABLE_AUDIT_DETAIL, row, l->sealed, out);
    wipe(secret, KEY);
    wipe(row_key, ROW_KEY);
    return good ? OK : NOT_FOUND;
}

void log_write_head(struct wire *w, int n)
{
    wire_u16(w, (uint16_t)n);
    wire_u16(w, 0);
}

void log_write_line(struct wire *w, const struct leaf_row *l, bool opened, const uint8_t shown[LOG_SHOWN])
{
    wire_u64(w, l->seq);
    wire_bytes(w, l->record, AUDIT_RECORD);
    wire_u8(w, opened);
    wire_bytes(w, shown, LOG_SHOWN);
}

static status show_detail(struct keeper_core *c, struct asked *q, const struct held *held, const struct leaf_row *l, uint8_t *shown)
{
    struct sealed_fields f;
    status s = open_detail(c, q, held, l, &f);
    if (s != OK)
        return s;
    copy_field(&f, DETAIL_TIME, shown, 8);
    copy_field(&f, DETAIL_COMPARTMENT, shown + 8, 1);
    copy_field(&f, DETAIL_PRINCIPAL, shown + 9, 16);
    copy_field(&f, DETAIL_ABOUT, shown + 25, 16);
    copy_field(&f, DETAIL_RING, shown + 41, 16);
    copy_field(&f, DETAIL_REASON, shown + 57, 32);
    return OK;
}

bool log_own(struct keeper_core *c, id actor, str own, int64_t *time, uint8_t *compartment)
{
    uint8_t key[KEY], text[OWN_TEXT];
    if (own.len != OWN_TEXT + AEAD_MORE)
        return false;
    keyed_hash(c->house.actor, "own", lit(""), key, KEY);
    bool good = aead_open(key, own, id_bytes(&actor), text);
    wipe(key, KEY);
    if (!good)
        return false;
    struct wire w = { text, 0, sizeof text, false };
    *time = (int64_t)wire_get_u64(&w);
    *compartment = wire_get_u8(&w);
    return true;
}

static status show_own(struct keeper_core *c, id actor, const struct leaf_row *l, uint8_t *shown)
{
    int64_t time;
    struct wire w = { shown, 0, OWN_TEXT, false };
    if (!log_own(c, actor, l->own, &time, &shown[8]))
        return NOT_FOUND;
    wire_u64(&w, (uint64_t)time);
    return OK;
}

/* One's own records need no ring; everybody's need a place in the AUDIT ring, and the reading is a record itself. */
status judge_log(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    if (s != OK)
        return s;
    bool own = wire_get_u8(&q->in);
    wire_get_bytes(&q->in, 7);
    uint64_t from = wire_get_u64(&q->in);
    struct held *held = NULL;
    struct ring ring;
    uint8_t actor[16];
    house_pseudonym(&c->house, "principal", q->session->who, actor);
    if (!own) {
        s = audit_ring(c, &ring);
        if (s == OK)
            s = ring_hold(c, q, ring.id, &held);
        if (s != OK)
            return s;
    }
    struct leaf_row *rows = arena_new(&c->arena, struct leaf_row, LOG_LINES);
    int n = 0;
    if (from > INT64_MAX || (!own && !from))
        from = INT64_MAX;
    s = leaf_page(c->db, &c->arena, c->log, own ? actor : NULL, from, LOG_LINES, rows, &n);
    if (s == OK && !own)
        s = budget_take(c, q->session->who, AUDIT, n);
    if (s != OK)
        return s;
    log_write_head(&q->out, n);
    for (int i = 0; i < n; i++) {
        uint8_t shown[LOG_SHOWN] = { 0 };
        s = own ? show_own(c, q->session->who, &rows[i], shown) : show_detail(c, q, held, &rows[i], shown);
        if (s != OK && s != NOT_FOUND)
            return s;
        log_write_line(&q->out, &rows[i], s == OK, shown);
    }
    if (own)
        return OK;
    return log_asked(c, q, (struct entry){ .action = ACT_OPEN, .purpose = PURPOSE_READ, .count = (uint16_t)n,
                                           .object = held->ring, .object_kind = "ring", .ring = held->ring, .compartment = AUDIT });
}
