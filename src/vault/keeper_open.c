#include "vault/keeper_core.h"

struct counts {
    int64_t rows[COMPARTMENTS + 1];
};

/* The engine reads everything once after a start: its own bucket stops one that goes round and round, and leaves people's settings alone. */
static const struct budget engine_budget = { ENGINE_HOUR_ROWS, ENGINE_DAY_ROWS };

static status budget_look(struct keeper_core *c, id who, bool service, enum compartment compartment, int64_t rows, struct opened *out)
{
    struct budget b = engine_budget;
    status s = service ? OK : budget_find(c->db, compartment, &b);
    if (s == OK)
        s = opened_find(c->db, who, core_today(c), compartment, out);
    if (s != OK)
        return s;
    if (out->hour != c->now / 3600)
        out->hour_rows = 0;
    out->hour = c->now / 3600;
    out->hour_rows += rows;
    out->day_rows += rows;
    return out->hour_rows > b.hour_rows || out->day_rows > b.day_rows ? LIMIT : OK;
}

/* All kinds of a message or none. */
static status budget_take_all(struct keeper_core *c, id who, bool service, const struct counts *n)
{
    struct opened o[COMPARTMENTS + 1];
    status s = OK;
    for (int k = TIP; s == OK && k <= COMPARTMENTS; k++)
        if (n->rows[k])
            s = budget_look(c, who, service, k, n->rows[k], &o[k]);
    for (int k = TIP; s == OK && k <= COMPARTMENTS; k++)
        if (n->rows[k])
            s = opened_put(c->db, who, core_today(c), k, &o[k]);
    return s;
}

status budget_take(struct keeper_core *c, id who, enum compartment compartment, int64_t rows)
{
    struct counts n = { 0 };
    n.rows[compartment] = rows;
    return budget_take_all(c, who, false, &n);
}

/* --- before the commit: who may, how many, on record ------------------------------------------- */

static void read_rows(struct asked *q)
{
    q->rows = q->in.at + q->in.len;
    wire_get_bytes(&q->in, q->n * OPEN_ROW);
}

static id row_id(const struct asked *q, int i)
{
    id row;
    memcpy(row.at, q->rows + i * OPEN_ROW, sizeof row.at);
    return row;
}

static const uint8_t *row_box(const struct asked *q, int i)
{
    return q->rows + i * OPEN_ROW + 16;
}

/* A row nobody may open here is NONE for that row alone. *ring: of the first row that counts. */
static status judge_rows(struct keeper_core *c, struct asked *q, enum compartment target, struct counts *counts, id *ring)
{
    for (int i = 0; i < q->n; i++) {
        id named;
        uint32_t epoch;
        uint16_t table;
        struct held *held = NULL;
        q->row_code[i] = CODE_NONE;
        if (!keybox_names(row_box(q, i), &named, &epoch, &table))
            continue;
        status s = ring_hold(c, q, named, &held);
        if (s != OK && s != NOT_FOUND)
            return s;
        if (s == NOT_FOUND)
            continue;
        if (target && !wall_lets_share(held->compartment, target)) {
            q->row_code[i] = CODE_WALL;
            continue;
        }
        if (target && id_equal(named, q->target.ring)) {
            q->row_code[i] = CODE_OK; /* boxed anew for those who can open it anyway: nothing is read, and no budget is for it */
            if (id_is_zero(*ring))
                *ring = named;
            continue;
        }
        if (held->compartment == LOCATION && (q->n > 1 || q->why == PURPOSE_NONE || id_is_zero(q->about)))
            return LIMIT; /* one safe address at a time, and for something */
        q->row_code[i] = CODE_OK;
        counts->rows[held->compartment]++;
        if (id_is_zero(*ring))
            *ring = named;
    }
    return OK;
}

static uint8_t compartment_of(const struct counts *n)
{
    uint8_t found = 0;
    for (int k = TIP; k <= COMPARTMENTS; k++)
        if (n->rows[k] > n->rows[found])
            found = (uint8_t)k;
    return found;
}

static status record_rows(struct keeper_core *c, struct asked *q, enum audit_action action, enum compartment target)
{
    struct counts counts = { 0 };
    id ring = { 0 };
    status s = judge_rows(c, q, target, &counts, &ring);
    if (s == OK)
        s = budget_take_all(c, q->session->who, q->session->kind == SESSION_SERVICE, &counts);
    if (s != OK)
        return s;
    uint16_t refused = 0;
    for (int i = 0; i < q->n; i++)
        refused += q->row_code[i] != CODE_OK;
    if (refused == q->n)
        action = ACT_REFUSED;
    return log_asked(c, q, (struct entry){ .action = action, .purpose = (uint16_t)q->why, .result = refused,
                                           .count = (uint16_t)(q->n - refused), .object = q->about, .about = q->about,
                                           .ring = ring, .compartment = compartment_of(&counts), .rows = q->rows,
                                           .row_count = q->n });
}

static status read_open(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), 0);
    q->why = wire_get_u16(&q->in);
    q->n = wire_get_u16(&q->in);
    memcpy(q->about.at, wire_get_bytes(&q->in, 16), 16);
    return s;
}

status judge_open(struct keeper_core *c, struct asked *q)
{
    status s = read_open(c, q);
    if (s != OK)
        return s;
    if (q->role == ROLE_ENGINE && q->why != PURPOSE_INDEX)
        return INVALID; /* it opens for its index and for nothing else */
    read_rows(q);
    return record_rows(c, q, ACT_OPEN, 0);
}

status judge_share(struct keeper_core *c, struct asked *q)
{
    status s = read_open(c, q);
    if (s != OK)
        return s;
    id target;
    struct ring r;
    memcpy(target.at, wire_get_bytes(&q->in, 16), 16);
    wire_get_bytes(&q->in, 16); /* the release: none stands yet, so nothing goes to SHARED */
    read_rows(q);
    s = ring_find(c->db, target, &r);
    if (s == OK)
        s = trust_ring_key(c, &r, &q->target);
    if (s != OK)
        return s;
    if (r.compartment == SHARED)
        return core_refuse(q, CODE_WALL);
    return record_rows(c, q, ACT_SHARE, r.compartment);
}

/* --- after the commit: the keys ---------------------------------------------------------------- */

/* The ring secret of the row before, most often that of this row too. */
struct opener {
    id ring;
    uint32_t epoch;
    status found;
    uint8_t secret[KEY], open[KEY];
};

static status opener_turn(struct keeper_core *c, struct asked *q, struct opener *o, id ring, uint32_t epoch)
{
    if (o->epoch == epoch && id_equal(o->ring, ring) && epoch)
        return o->found;
    o->ring = ring;
    o->epoch = epoch;
    struct held *held;
    o->found = id_equal(q->session->id, q->session_id) ? ring_hold(c, q, ring, &held) : NOT_FOUND;
    if (o->found == OK)
        o->found = ring_secret(c, q, held, epoch, o->secret, o->open);
    return o->found;
}

/* OK also when it is not for them: then its code says so. A store that failed is no such answer. */
static status open_row(struct keeper_core *c, struct asked *q, struct opener *o, int i, uint8_t key[ROW_KEY])
{
    id ring;
    uint32_t epoch;
    uint16_t table;
    if (q->row_code[i] != CODE_OK)
        return OK;
    must(keybox_names(row_box(q, i), &ring, &epoch, &table)); /* so it was judged */
    status s = opener_turn(c, q, o, ring, epoch);
    if (s == OK && !keybox_open(o->secret, o->open, row_box(q, i), row_id(q, i), key))
        s = NOT_FOUND;
    if (s != OK) {
        q->row_code[i] = CODE_NONE;
        q->failed++;
    }
    return s == FAULT || s == BUSY ? FAULT : OK;
}

status answer_open(struct keeper_core *c, struct asked *q)
{
    struct opener o = { 0 };
    status s = OK;
    wire_u64(&q->out, c->gen);
    wire_u16(&q->out, q->n);
    for (int i = 0; s == OK && i < q->n; i++) {
        uint8_t key[ROW_KEY] = { 0 };
        s = open_row(c, q, &o, i, key);
        if (q->row_code[i] != CODE_OK)
            wipe(key, ROW_KEY);
        wire_u8(&q->out, q->row_code[i]);
        wire_bytes(&q->out, key, ROW_KEY);
        wipe(key, ROW_KEY);
    }
    wipe(&o, sizeof o);
    return s;
}

/* A row that could not be shared answers a keybox of zeros. One ephemeral key for the message: it is gone before the next. */
status answer_share(struct keeper_core *c, struct asked *q)
{
    struct opener o = { 0 };
    struct shared_key once = { 0 };
    bool usable = shared_key_make(q->target.open, &once);
    status s = OK;
    for (int i = 0; s == OK && i < q->n; i++) {
        uint8_t key[ROW_KEY], box[KEYBOX] = { 0 };
        id ring;
        uint32_t epoch;
        uint16_t table = 0;
        s = open_row(c, q, &o, i, key);
        if (q->row_code[i] == CODE_OK && usable) {
            must(keybox_names(row_box(q, i), &ring, &epoch, &table));
            keybox_write(&once, key, &q->target, table, row_id(q, i), box);
        } else if (q->row_code[i] == CODE_OK) {
            q->failed++;
        }
        wipe(key, ROW_KEY);
        wire_bytes(&q->out, box, KEYBOX);
    }
    wipe(&once, sizeof once);
    wipe(&o, sizeof o);
    return s;
}

/* What the budgets are now, to whoever may change one. No opening, so no record. */
status judge_budgets(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    for (int k = TIP; s == OK && k <= COMPARTMENTS; k++) {
        struct budget b = { 0 };
        s = budget_find(c->db, k, &b);
        wire_u32(&q->out, (uint32_t)b.hour_rows);
        wire_u32(&q->out, (uint32_t)b.day_rows);
    }
    return s;
}

/* Two persons change a budget; benches raise it by this setting, never by a way around. */
status judge_budget(struct keeper_core *c, struct asked *q)
{
    status s = session_need(c, q, wire_get_bytes(&q->in, KEY), POWER_CERTIFY);
    const uint8_t *second_token = wire_get_bytes(&q->in, KEY);
    uint8_t compartment = wire_get_u8(&q->in);
    wire_get_bytes(&q->in, 3);
    struct budget b = { wire_get_u32(&q->in), 0 };
    b.day_rows = wire_get_u32(&q->in);
    if (s != OK)
        return s;
    if (compartment < TIP || compartment > COMPARTMENTS)
        return INVALID;
    id second;
    s = session_second(c, q, second_token, POWER_APPROVE, &second);
    if (s != OK)
        return s == LOCKED ? NOT_FOUND : s;
    s = budget_put(c->db, compartment, &b);
    return s == OK ? log_asked(c, q, (struct entry){ .action = ACT_SETTING, .about = second, .compartment = compartment,
                                                     .reason = lit("opening budget") })
                   : s;
}
