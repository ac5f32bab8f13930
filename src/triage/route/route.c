#include "triage/route/route.h"
#include "common/clock/clock.h"
#include "common/effects.h"
#include "common/services.h"
#include "common/share/share.h"
#include "intake/mailbox/mailbox.h"
#include "lib/store/outbox.h"
#include "staff/notice/notice.h"
#include "staff/role/role.h"
#include "triage/act/act.h"
#include "triage/mark/mark.h"
#include "triage/review/review.h"
#include "triage/told/told.h"

/* ---- advice ---- */

status route_advise(struct request *r, const struct route_place *place, struct route_advice *out)
{
    struct area_answer answer;
    int64_t today = day_of(r->now);
    struct place p = { .state = office_state(r->services->pack, r->arena, place->state, today), .postal = place->postal };
    p.county = office_county(r->services->pack, r->arena, p.state, place->county, today);
    *out = (struct route_advice){ .found = office_of_place(r->services->pack, r->arena, &p, today, &answer) };
    if (!out->found)
        return OK;
    out->code = answer.office;
    out->area = answer.reason;
    out->disputed = answer.disputed;
    status s = office_find_code(r->db, r->arena, answer.office, &out->office);
    return s == NOT_FOUND ? OK : s;
}

/* ---- the keys ---- */

/* The rings of both sides, and everything that hangs on the tip. */
struct move {
    id tip, from, to;
    id mine[2], theirs[2]; /* TIP, SOURCE */
    struct tip_boxes boxes;
    struct share *shares;
    ptrdiff_t share_count;
};

static bool is_source(const struct tip_box *box)
{
    return box->table == TABLE_TIP_SOURCE;
}

static status list_boxes(struct request *r, id tip, struct tip_boxes *out)
{
    out->len = 0;
    status s = tip_list_boxes(r->db, tip, out);
    if (s == OK)
        s = tip_entry_list_boxes(r->db, tip, out);
    if (s == OK)
        s = tip_mark_list_boxes(r->db, tip, out);
    if (s == OK)
        s = tip_told_list_boxes(r->db, tip, out);
    return s == OK ? tip_act_list_boxes(r->db, tip, out) : s;
}

static status ring_of(struct request *r, id office, enum compartment c, id *out)
{
    return sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, office, c }, out);
}

static status find_rings(struct request *r, struct move *m)
{
    bool source = false;
    for (ptrdiff_t i = 0; i < m->boxes.len; i++)
        source = source || is_source(&m->boxes.at[i]);
    for (int k = 0; k < 1 + source; k++) {
        enum compartment c = k ? SOURCE : TIP;
        status s = ring_of(r, m->from, c, &m->mine[k]);
        if (s != OK)
            return s;
        s = ring_of(r, m->to, c, &m->theirs[k]);
        if (s != OK)
            return s == NOT_FOUND ? INVALID : s;
    }
    return OK;
}

/* The box that opens for this office: the row's own, or a further one. False: the other office has the row already. */
static status own_box(struct request *r, const struct move *m, const struct tip_box *box, struct open_row *to, bool *needed)
{
    id named;
    uint32_t epoch;
    uint16_t table;
    int k = is_source(box);
    *to = (struct open_row){ .row = box->row, .keybox = box->keybox };
    bool known = keybox_names(box->keybox, &named, &epoch, &table);
    *needed = !known || !id_equal(named, m->theirs[k]);
    if (!known || id_equal(named, m->mine[k]))
        return OK;
    status s = share_find(r->db, r->arena, m->tip, box->row, m->mine[k], day_of(r->now), &to->keybox);
    return s == NOT_FOUND ? OK : s;
}

static void keep_share(struct move *m, int k, const struct open_row *row, const uint8_t keybox[KEYBOX])
{
    struct share *s = &m->shares[m->share_count++];
    *s = (struct share){ .root = m->tip, .row = row->row, .ring = m->theirs[k], .until_day = SHARE_FOR_EVER };
    memcpy(s->keybox, keybox, KEYBOX);
}

/* Without the tip itself, and who told us, it is not sent. What else does not open here would not open there: both pages say so. */
static status share_some(struct request *r, struct move *m, int k, struct open_row *rows, ptrdiff_t n)
{
    uint8_t boxes[SEALED_ROWS_MOST][KEYBOX];
    if (!n)
        return OK;
    status s = keeper_share(r->services->keeper, caller_token(r), PURPOSE_EDIT, m->tip, m->theirs[k], (id){ { 0 } }, rows, n, boxes);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (!rows[i].code)
            keep_share(m, k, &rows[i], boxes[i]);
        else if (id_equal(rows[i].row, m->tip))
            s = NOT_FOUND;
    }
    return s;
}

/* k 0: what is sealed to the TIP ring; 1: who told us. Both bear the id of the tip or are no more than words about it. */
static status share_ring(struct request *r, struct move *m, int k)
{
    struct open_row rows[SEALED_ROWS_MOST];
    ptrdiff_t n = 0;
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < m->boxes.len; i++) {
        bool needed;
        if (is_source(&m->boxes.at[i]) != (k == 1))
            continue;
        s = own_box(r, m, &m->boxes.at[i], &rows[n], &needed);
        n += needed;
        if (s == OK && n == countof(rows)) {
            s = share_some(r, m, k, rows, n);
            n = 0;
        }
    }
    return s == OK ? share_some(r, m, k, rows, n) : s;
}

static status share_all(struct request *r, struct move *m)
{
    m->share_count = 0;
    status s = list_boxes(r, m->tip, &m->boxes);
    if (s == OK)
        s = find_rings(r, m);
    if (s == OK)
        s = share_ring(r, m, 0);
    return s == OK ? share_ring(r, m, 1) : s;
}

/* ---- the move ---- */

static status start_clocks(struct request *r, id tip)
{
    struct facts f = { .arena = r->arena };
    struct clock_starts starts = { .len = 0 };
    clocks_started(r->services->clocks, lit("lead.sent"), &f, r->now, &starts);
    status s = clock_event(r->db, r->services->clocks, tip, lit("lead.accepted"), day_of(r->now));
    for (ptrdiff_t i = 0; s == OK && i < starts.len; i++)
        s = clock_start(r->db, tip, starts.at[i], day_of(r->now));
    return s;
}

/* Who was told here need not look any more; who reads tips there is told, when it is urgent. */
static status tell(struct request *r, const struct tip_row *row)
{
    status s = notice_seen_by_all(r->db, row->id);
    return s == OK && !row->priority && !row->closed
         ? outbox_put(r->db, chance_id(r->chance, r->now * 1000, true), EFFECT_URGENT_TIP, row->id, r->now)
         : s;
}

/* Something was written to it since its keys were boxed: CONFLICT, and all begins again. */
static status unchanged(struct request *r, const struct move *m)
{
    struct tip_boxes now = { .at = arena_new(r->arena, struct tip_box, ROUTE_ROWS_MOST), .most = ROUTE_ROWS_MOST };
    status s = list_boxes(r, m->tip, &now);
    return s == OK && now.len != m->boxes.len ? CONFLICT : s;
}

static status write_move(struct request *r, const struct move *m, const struct tip_row *row, const struct tip_act *act)
{
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    s = unchanged(r, m);
    if (s == OK)
        s = tip_move(r->db, m->from, m->tip, m->to);
    for (ptrdiff_t i = 0; s == OK && i < m->share_count; i++)
        s = share_put(r->db, &m->shares[i]);
    if (s == OK)
        s = tip_act_add(r->db, act);
    if (s == OK)
        s = mailbox_move(r->db, m->tip, m->to);
    if (s == OK)
        s = start_clocks(r, m->tip);
    if (s == OK)
        s = tell(r, row);
    return db_end(r->db, s);
}

/* Sealed to the other office: it is the one that reads it from now on. */
static status make_act(struct request *r, const struct route_order *order, struct tip_act *out)
{
    struct office mine;
    struct sealed_field fields[TIP_ACT_FIELDS];
    ptrdiff_t n = 0;
    status s = office_find(r->db, r->arena, r->caller.office, &mine);
    if (s != OK && s != NOT_FOUND)
        return s;
    fields[n++] = (struct sealed_field){ TIP_ACT_FROM, s == OK ? mine.name : id_short(r->arena, r->caller.office) };
    fields[n++] = (struct sealed_field){ TIP_ACT_TO, order->to->name };
    if (order->reason.len)
        fields[n++] = (struct sealed_field){ TIP_ACT_REASON, order->reason };
    if (order->advice->found) {
        fields[n++] = (struct sealed_field){ TIP_ACT_BECAUSE, order->advice->area };
        fields[n++] = (struct sealed_field){ TIP_ACT_SUGGESTED, order->advice->code };
        if (order->advice->disputed)
            fields[n++] = (struct sealed_field){ TIP_ACT_DISPUTED, lit("yes") };
    }
    return tip_act_make(r, order->to->id, r->id, lit("route"), fields, n, out);
}

status route_tip(struct request *r, const struct route_order *order)
{
    enum { TRIES = 3 };
    struct tip_row row;
    struct tip_act act;
    struct move m = { .tip = r->id, .from = r->caller.office, .to = order->to->id,
                      .boxes = { .at = arena_new(r->arena, struct tip_box, ROUTE_ROWS_MOST), .most = ROUTE_ROWS_MOST },
                      .shares = arena_new(r->arena, struct share, ROUTE_ROWS_MOST) };
    status s = tip_find(r->db, r->arena, m.from, m.tip, &row);
    if (s != OK)
        return s;
    s = make_act(r, order, &act);
    if (s != OK)
        return s == NOT_FOUND ? INVALID : s;
    for (int i = 0; i < TRIES; i++) {
        s = share_all(r, &m);
        if (s == OK && !i)
            s = sealed_record(r, m.tip, &act.sealed, 1);
        if (s == OK)
            s = write_move(r, &m, &row, &act);
        if (s != CONFLICT)
            return s;
    }
    return s;
}
