#include "triage/act/act.h"
#include "common/clock/clock.h"
#include "common/effects.h"
#include "common/services.h"
#include "lib/store/outbox.h"
#include "staff/account/account.h"
#include "staff/notice/notice.h"
#include "staff/role/role.h"

static struct sealed_place office_ring(const struct request *r)
{
    return (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP };
}

status tip_act_make(struct request *r, id office, id tip, str kind, const struct sealed_field *fields, ptrdiff_t n, struct tip_act *out)
{
    struct sealed_field all[TIP_ACT_FIELDS];
    must(n < TIP_ACT_FIELDS);
    if (n)
        memcpy(all, fields, (size_t)n * sizeof *all);
    all[n] = (struct sealed_field){ TIP_ACT_AT, sealed_time(r->arena, r->now) };
    *out = (struct tip_act){ .tip = tip, .id = chance_id(r->chance, r->now * 1000, true), .author = r->caller.account, .kind = kind,
                             .day = day_of(r->now) };
    return sealed_make(r, (struct sealed_place){ SCOPE_OFFICE, office, TIP }, TABLE_TIP_ACT, out->id, all, n + 1, &out->sealed);
}

status tips_reach(struct request *r, const id *tips, ptrdiff_t n, struct tip_opened *rows)
{
    struct sealed_row asked[SEALED_ROWS_MOST];
    ptrdiff_t from[SEALED_ROWS_MOST], count = 0;
    struct sealed_fields nothing[SEALED_ROWS_MOST];
    id ring;
    must(n <= SEALED_ROWS_MOST);
    status s = sealed_ring(r, office_ring(r), &ring);
    memset(rows, 0, (size_t)n * sizeof *rows);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        s = tip_find(r->db, r->arena, r->caller.office, tips[i], &rows[i].row);
        if (s == NOT_FOUND) {
            s = OK;
            continue;
        }
        asked[count] = (struct sealed_row){ .id = tips[i], .table = TABLE_TIP, .sealed = rows[i].row.sealed, .to = &nothing[count] };
        if (s == OK)
            s = sealed_fit(r, ring, tips[i], &asked[count], 1);
        from[count++] = i;
    }
    if (s == OK)
        s = sealed_open(r, PURPOSE_EDIT, n == 1 ? tips[0] : r->caller.office, asked, count);
    for (ptrdiff_t i = 0; s == OK && i < count; i++)
        rows[from[i]].opened = asked[i].opened;
    return s;
}

bool tip_may_work(const struct account *a, id office)
{
    const struct role *role = role_find(a->role);
    return role && role_holds(role, TIP_READ) && str_equal(a->state, lit("active")) && id_equal(a->office, office);
}

status tip_colleagues(struct request *r, struct accounts *out)
{
    enum { PAGE = 50 };
    struct accounts page = { 0 };
    str after = { 0 };
    *out = (struct accounts){ .at = arena_new(r->arena, struct account, TIP_COLLEAGUES_MOST) };
    do {
        status s = account_list(r->db, r->arena, after, PAGE, &page);
        if (s != OK)
            return s;
        for (ptrdiff_t i = 0; i < page.len && out->len < TIP_COLLEAGUES_MOST; i++)
            if (tip_may_work(&page.at[i], r->caller.office))
                out->at[out->len++] = page.at[i];
        after = page.len ? page.at[page.len - 1].name : after;
    } while (page.len == PAGE && out->len < TIP_COLLEAGUES_MOST);
    return OK;
}

struct tip_reasons tip_close_reasons(const struct request *r)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("case_close_reasons"), day_of(r->now));
    struct tip_reasons list = { .at = arena_new(r->arena, struct tip_reason, rows.len + 1) };
    for (ptrdiff_t i = 0; i < rows.len; i++)
        if (str_equal(pack_cell(rows.at[i], CLOSE_AREA), lit("tip")))
            list.at[list.len++] = (struct tip_reason){ pack_cell(rows.at[i], CLOSE_CODE),
                                                       tr(r->language, str_c(r->arena, pack_cell(rows.at[i], CLOSE_LABEL))) };
    return list;
}

const struct pack_row *tip_close_reason(const struct request *r, str code)
{
    const struct pack_row *row = code.len ? pack_find(r->services->pack, lit("case_close_reasons"), code, day_of(r->now)) : NULL;
    return row && str_equal(pack_cell(row, CLOSE_AREA), lit("tip")) ? row : NULL;
}

/* ---- clocks ---- */

static status start_all(struct request *r, id tip, const struct clock_starts *starts)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < starts->len; i++)
        s = clock_start(r->db, tip, starts->at[i], day_of(r->now));
    return s;
}

/* Those of other levels were for another urgency: nobody owes them now. */
static status stop_other_levels(struct request *r, id tip, const struct clock_starts *kept)
{
    status s = OK;
    const struct pack_clocks *clocks = r->services->clocks;
    for (ptrdiff_t i = 0; s == OK && i < clocks->clock_count; i++) {
        bool stays = !str_equal(clocks->clocks[i].trigger, lit("tip.priority_set"));
        for (ptrdiff_t k = 0; k < kept->len; k++)
            stays = stays || str_equal(kept->at[k].code, clocks->clocks[i].code);
        if (stays)
            continue;
        s = clock_stop(r->db, tip, clocks->clocks[i].code, day_of(r->now));
        s = s == NOT_FOUND ? OK : s;
    }
    return s;
}

static struct facts level_facts(const struct request *r, int priority)
{
    static const char *const levels[] = { "P0", "P1", "P2", "P3", "P4" };
    struct facts f = { .arena = r->arena };
    facts_set(&f, lit("priority"), str_of(levels[priority]));
    return f;
}

static status start_level(struct request *r, id tip, int priority)
{
    struct clock_starts starts = { .len = 0 };
    struct facts f = level_facts(r, priority);
    clocks_started(r->services->clocks, lit("tip.priority_set"), &f, r->now, &starts);
    status s = stop_other_levels(r, tip, &starts);
    return s == OK ? start_all(r, tip, &starts) : s;
}

/* Danger now, said by a person: whoever reads tips here is told, as if it had come in so. */
static status alert(struct request *r, id tip)
{
    struct clock_starts starts = { .len = 0 };
    struct facts f = level_facts(r, 0);
    clocks_started(r->services->clocks, lit("alert.sent"), &f, r->now, &starts);
    status s = start_all(r, tip, &starts);
    return s == OK ? outbox_put(r->db, chance_id(r->chance, r->now * 1000, true), EFFECT_URGENT_TIP, tip, r->now) : s;
}

bool tip_clock_said(const struct request *r, str code)
{
    static const str acts[] = { LIT("tip.acted"), LIT("tip.closed"), LIT("lead.accepted"), LIT("mailbox.reply_out"), LIT("alert.acknowledged") };
    const struct clock_rule *rule = clock_find(r->services->clocks, code);
    for (ptrdiff_t i = 0; rule && i < countof(acts); i++)
        if (str_equal(rule->stop_event, acts[i]))
            return false;
    return true;
}

static status happened(struct request *r, id tip, str event)
{
    return clock_event(r->db, r->services->clocks, tip, event, day_of(r->now));
}

/* ---- changes ---- */

static status assign(struct request *r, const struct tip_change *c, const struct tip_row *t)
{
    status s = tip_set_assignee(r->db, r->caller.office, t->id, c->assignee);
    return s == OK && !id_is_zero(c->assignee) ? happened(r, t->id, lit("lead.accepted")) : s;
}

static status dispose(struct request *r, const struct tip_change *c, const struct tip_row *t)
{
    static const str events[] = { LIT("tip.acted"), LIT("tip.closed"), LIT("lead.accepted") };
    status s = tip_set_closed(r->db, r->caller.office, t->id, c->code, day_of(r->now));
    for (ptrdiff_t i = 0; s == OK && i < countof(events); i++)
        s = happened(r, t->id, events[i]);
    return s == OK ? notice_seen_by_all(r->db, t->id) : s;
}

static status reopen(struct request *r, const struct tip_change *c, const struct tip_row *t)
{
    (void)c;
    status s = tip_set_closed(r->db, r->caller.office, t->id, (str){ 0 }, 0);
    return s == OK ? start_level(r, t->id, t->priority) : s;
}

static status judge(struct request *r, const struct tip_change *c, const struct tip_row *t)
{
    if (c->priority == t->priority)
        return CONFLICT;
    status s = tip_set_priority(r->db, r->caller.office, t->id, c->priority);
    if (s == OK && !t->closed)
        s = start_level(r, t->id, c->priority);
    return s == OK && !c->priority && !t->closed ? alert(r, t->id) : s;
}

static const struct {
    str act;
    status (*run)(struct request *r, const struct tip_change *c, const struct tip_row *t);
} changes[] = {
    [TIP_ASSIGN_TO] = { LIT("assign"), assign },
    [TIP_CLOSE] = { LIT("dispose"), dispose },
    [TIP_REOPEN] = { LIT("reopen"), reopen },
    [TIP_JUDGE] = { LIT("urgency"), judge },
};

static bool stands(const struct tip_change *c, const struct tip_opened *o)
{
    if (!o->opened)
        return true;
    switch (c->kind) {
    case TIP_ASSIGN_TO: return id_equal(o->row.assignee, c->assignee);
    case TIP_CLOSE:     return o->row.closed;
    case TIP_REOPEN:    return !o->row.closed;
    case TIP_JUDGE:     return o->row.priority == c->priority;
    }
    return true;
}

static str level_text(struct arena *a, int priority)
{
    struct out o = { .arena = a };
    out_char(&o, 'P');
    out_int(&o, priority);
    return out_view(&o);
}

static status make_act(struct request *r, const struct tip_change *c, const struct tip_row *t, struct tip_act *out)
{
    struct sealed_field fields[TIP_ACT_FIELDS];
    ptrdiff_t n = 0;
    if (c->reason.len)
        fields[n++] = (struct sealed_field){ TIP_ACT_REASON, c->reason };
    if (c->kind == TIP_ASSIGN_TO && c->assignee_name.len)
        fields[n++] = (struct sealed_field){ TIP_ACT_TO, c->assignee_name };
    if (c->kind == TIP_CLOSE)
        fields[n++] = (struct sealed_field){ TIP_ACT_TO, c->code };
    if (c->kind == TIP_REOPEN)
        fields[n++] = (struct sealed_field){ TIP_ACT_FROM, t->disposition };
    if (c->kind == TIP_JUDGE) {
        fields[n++] = (struct sealed_field){ TIP_ACT_TO, level_text(r->arena, c->priority) };
        fields[n++] = (struct sealed_field){ TIP_ACT_FROM, level_text(r->arena, t->priority) };
    }
    return tip_act_make(r, r->caller.office, t->id, changes[c->kind].act, fields, n, out);
}

/* Meanwhile at another office, or changed by a colleague: left out, and nothing of it is written. */
static status write_one(struct request *r, const struct tip_change *c, const struct tip_row *t, const struct tip_act *act, ptrdiff_t *done)
{
    status s = changes[c->kind].run(r, c, t);
    if (s == NOT_FOUND || s == CONFLICT)
        return OK;
    if (s == OK)
        s = tip_act_add(r->db, act);
    *done += s == OK;
    return s;
}

status tips_change(struct request *r, const struct tip_change *c, const struct tip_opened *rows, ptrdiff_t n, ptrdiff_t *done)
{
    struct tip_act acts[TIP_CHANGES_MOST];
    str sealed[TIP_CHANGES_MOST];
    const struct tip_row *of[TIP_CHANGES_MOST];
    ptrdiff_t count = 0;
    status s = OK;
    must(n <= TIP_CHANGES_MOST);
    *done = 0;
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (stands(c, &rows[i]))
            continue;
        of[count] = &rows[i].row;
        s = make_act(r, c, of[count], &acts[count]);
        sealed[count] = acts[count].sealed;
        count++;
    }
    if (s == OK && count)
        s = sealed_record(r, n == 1 ? of[0]->id : r->caller.office, sealed, count);
    if (s != OK || !count)
        return s;
    s = db_begin(r->db);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; s == OK && i < count; i++)
        s = write_one(r, c, of[i], &acts[i], done);
    return db_end(r->db, s);
}
