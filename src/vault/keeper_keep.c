/*
 * What ends and what may not end (docs/keys.md 8): rings that are destroyed because the time they are kept is over, without a person, and
 * holds that stop it. The one who asks for the first is a process without keys that reads the content database; so nothing is destroyed
 * before it has stood in the log for NOTICE_DAYS, in which anybody may look, and a person may hold it.
 */
#include "vault/keeper_core.h"

enum { CLOCK_TRUST = 86400, HOLD_RINGS = 16 };

static str text_of(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

static status answer(struct asked *q, const struct ring *r, enum keep_state state, int64_t day)
{
    wire_u32(&q->out, state);
    wire_u32(&q->out, (uint32_t)day);
    wire_bytes(&q->out, r->id.at, 16);
    return OK;
}

/* Of an office epochs that are over, of a case, a file of care or a packet the whole; the house's own rings never. */
static bool may_end(const struct ring *r, uint32_t epoch)
{
    if (r->scope_kind == SCOPE_OFFICE)
        return epoch && epoch < r->epoch;
    return (r->scope_kind == SCOPE_CASE || r->scope_kind == SCOPE_RELEASE) && !epoch;
}

static status end_ring(struct keeper_core *c, const struct ring *r, uint32_t epoch)
{
    status s = epoch ? ring_shred_until(c->db, r->id, epoch) : ring_shred(c->db, r->id);
    if (s == OK)
        s = epoch ? expiry_delete(c->db, r->id, epoch) : keep_forget(c->db, r->id);
    return s == OK ? core_wall_moved(c) : s;
}

static status note_end(struct keeper_core *c, struct asked *q, const struct ring *r, enum audit_action action, uint16_t result, str reason)
{
    return log_asked(c, q, (struct entry){ .action = action, .actor = c->node_id, .object = r->id, .object_kind = "ring", .ring = r->id,
                                           .about = r->scope, .result = result, .reason = reason, .compartment = r->compartment });
}

static status withdraw(struct keeper_core *c, struct asked *q, const struct ring *r, uint32_t epoch)
{
    int64_t day;
    status s = expiry_find(c->db, r->id, epoch, &day);
    q->recorded = true;
    if (s == OK)
        s = expiry_delete(c->db, r->id, epoch);
    if (s == OK)
        s = note_end(c, q, r, ACT_TELL, KEEP_NOT, lit("is kept after all"));
    return s == OK || s == NOT_FOUND ? answer(q, r, KEEP_NOT, 0) : s;
}

static status end_or_tell(struct keeper_core *c, struct asked *q, const struct ring *r, uint32_t epoch)
{
    int64_t day = 0, today = core_today(c);
    status s = hold_until(c->db, r, epoch, today, &day);
    q->recorded = true; /* asked each hour; the log has what changes */
    if (s == OK)
        return answer(q, r, KEEP_HELD, day);
    if (s == NOT_FOUND)
        s = expiry_find(c->db, r->id, epoch, &day);
    if (s == NOT_FOUND) {
        day = today + NOTICE_DAYS;
        s = expiry_insert(c->db, r->id, epoch, day);
        if (s == OK)
            s = note_end(c, q, r, ACT_TELL, KEEP_TOLD, lit("its time is over"));
        return s == OK ? answer(q, r, KEEP_TOLD, day) : s;
    }
    if (s != OK || day > today)
        return s == OK ? answer(q, r, KEEP_TOLD, day) : s;
    s = end_ring(c, r, epoch);
    if (s == OK)
        s = note_end(c, q, r, ACT_SHRED, 0, lit("its time was over"));
    return s == OK ? answer(q, r, KEEP_GONE, today) : s;
}

status judge_expire(struct keeper_core *c, struct asked *q)
{
    struct ring r = { 0 };
    id scope;
    uint8_t kind = wire_get_u8(&q->in), compartment = wire_get_u8(&q->in);
    uint16_t verb = wire_get_u16(&q->in);
    uint32_t epoch = wire_get_u32(&q->in);
    memcpy(scope.at, wire_get_bytes(&q->in, 16), 16);
    if (verb > EXPIRE_NOT)
        return INVALID;
    status s = ring_by_scope(c->db, kind, scope, compartment, &r);
    if (s == NOT_FOUND) {
        q->recorded = true;
        return answer(q, &r, KEEP_GONE, 0);
    }
    if (s != OK)
        return s;
    if (!may_end(&r, epoch))
        return core_refuse(q, CODE_WALL);
    if (core_clock_jumped(c))
        return BUSY;
    return verb == EXPIRE_NOT ? withdraw(c, q, &r, epoch) : end_or_tell(c, q, &r, epoch);
}

/* The index of this node knows some records no more, and has no file that does: the key of what lies on the disk goes with the record that says so. */
status judge_forgotten(struct keeper_core *c, struct asked *q)
{
    uint32_t count = wire_get_u32(&q->in), zero = wire_get_u32(&q->in);
    const uint8_t *digest = wire_get_bytes(&q->in, 32);
    if (!count || zero)
        return INVALID;
    status s = snapshot_delete(c->db, c->node_id);
    if (s != OK)
        return s;
    wire_u64(&q->out, c->tree.size);
    return log_asked(c, q, (struct entry){ .action = ACT_FORGET, .actor = c->node_id, .object_kind = "object", .digest = digest,
                                           .count = (uint16_t)(count > UINT16_MAX ? UINT16_MAX : count) });
}

/* ---- holds ---- */

status judge_hold(struct keeper_core *c, struct asked *q)
{
    struct ring_hold_row h;
    struct ring r;
    struct held *held;
    const uint8_t *cookie = wire_get_bytes(&q->in, KEY);
    memcpy(h.ring.at, wire_get_bytes(&q->in, 16), 16);
    memcpy(h.hold.at, wire_get_bytes(&q->in, 16), 16);
    memcpy(h.about.at, wire_get_bytes(&q->in, 16), 16);
    h.epoch = wire_get_u32(&q->in);
    h.until_day = wire_get_u32(&q->in);
    str reason = str_trim(text_of(wire_get_bytes(&q->in, 32), 32));
    status s = session_need(c, q, cookie, POWER_GRANT);
    if (s == OK)
        s = ring_find(c->db, h.ring, &r);
    if (s == OK)
        s = ring_hold(c, q, h.ring, &held);
    if (s != OK)
        return s;
    if (r.compartment == AUDIT || r.compartment == SERVICE)
        return core_refuse(q, CODE_WALL);
    if (id_is_zero(h.hold) || h.until_day <= core_today(c) || h.until_day > core_today(c) + HOLD_DAYS_MOST || h.epoch > r.epoch)
        return INVALID;
    s = hold_put(c->db, &h);
    if (s != OK)
        return s == CONFLICT ? INVALID : s; /* it is about another thing, or ends later already */
    wire_u32(&q->out, h.until_day);
    uint32_t days = h.until_day - core_today(c);
    return log_asked(c, q, (struct entry){ .action = ACT_HOLD, .object = r.id, .object_kind = "ring", .ring = r.id, .about = h.about,
                                           .count = (uint16_t)days, .reason = reason, .compartment = r.compartment });
}

/* May the asker lift it: a member of one of the rings at least. *at is that one. */
static status reach_one(struct keeper_core *c, struct asked *q, const struct ring_hold_row *rows, int n, id about, int *at)
{
    struct held *held;
    status s = NOT_FOUND;
    for (*at = 0; s == NOT_FOUND && *at < n; ++*at)
        s = id_equal(rows[*at].about, about) ? ring_hold(c, q, rows[*at].ring, &held) : NOT_FOUND;
    --*at;
    return s;
}

status judge_lift(struct keeper_core *c, struct asked *q)
{
    struct ring_hold_row rows[HOLD_RINGS];
    id hold, about, second;
    int n = 0, at = 0;
    const uint8_t *cookie = wire_get_bytes(&q->in, KEY), *other = wire_get_bytes(&q->in, KEY);
    memcpy(hold.at, wire_get_bytes(&q->in, 16), 16);
    memcpy(about.at, wire_get_bytes(&q->in, 16), 16);
    str reason = str_trim(text_of(wire_get_bytes(&q->in, 32), 32));
    status s = session_need(c, q, cookie, POWER_GRANT);
    if (s != OK)
        return s;
    s = session_second(c, q, other, POWER_APPROVE, &second);
    if (s != OK)
        return s == LOCKED ? NOT_FOUND : s;
    s = hold_rings(c->db, hold, rows, HOLD_RINGS, &n);
    if (s == OK)
        s = reach_one(c, q, rows, n, about, &at);
    if (s == OK)
        s = hold_delete(c->db, hold);
    if (s != OK)
        return s;
    wire_u32(&q->out, (uint32_t)n);
    return log_asked(c, q, (struct entry){ .action = ACT_LIFT, .object = rows[at].ring, .object_kind = "ring", .ring = rows[at].ring,
                                           .about = about, .count = (uint16_t)n, .reason = reason });
}

bool core_clock_jumped(const struct keeper_core *c)
{
    int64_t off = c->now - c->mono - c->wall_off;
    return off < -CLOCK_TRUST || off > CLOCK_TRUST;
}
