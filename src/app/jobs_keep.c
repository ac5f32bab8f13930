/* Each hour: what has been kept its time ends (common/keep), by a clock that the acceptor believes. */
#include "app/jobs_keep.h"
#include "common/house/house.h"
#include "directory/office/office.h"
#include "intake/acceptor/acceptor.h"
#include "lib/log/log.h"
#include "lib/store/lease.h"

enum { LEASE_SECONDS = 600 }; /* longer than a part of the sweep, and than two machines' clocks may differ */
enum { HOUR_MS = 3600 * 1000, SOON_MS = 60 * 1000, FORGET_AGAIN_MS = 5000, STEPS = 20 };

static status load_rules(struct db *db, struct arena *a, int64_t today, struct keep_rules *out)
{
    static const char *const files[] = { "retention", NULL };
    struct pack pack;
    status s = pack_open(db, a, files, &pack);
    if (s == OK)
        *out = keep_rules_of(&pack, a, today);
    return s;
}

/* The house's own office need not stand among the offices. */
static status all_months(const struct keep *k, struct arena a)
{
    struct offices offices;
    struct house house;
    id own;
    status s = house_load(k->db, &a, &house);
    if (s == OK && house_id(&house, HOUSE_OFFICE_ID, &own))
        s = keep_months(k, own);
    if (s == OK)
        s = office_list(k->db, &a, (str){ 0 }, OFFICES_MOST, &offices);
    for (ptrdiff_t i = 0; s == OK && i < offices.len; i++)
        s = keep_months(k, offices.at[i].id);
    return s;
}

/* Of a house with several nodes one sweeps at a time. BUSY: another does. */
static status take_lease(struct db *db, struct keeper *keeper, int64_t now)
{
    struct keeper_nodes nodes;
    status s = keeper_nodes(keeper, &nodes);
    return s == OK ? lease_take(db, lit("keep"), nodes.own, now, LEASE_SECONDS) : s;
}

/* OK: there is more to do at once. NOT_FOUND: all is done. */
static status some_steps(struct jobs_keep *state, const struct keep *k, struct arena a)
{
    status s = OK;
    for (int i = 0; s == OK && i < STEPS; i++)
        s = keep_step(k, a);
    if (s != NOT_FOUND || state->months_day == k->today)
        return s;
    s = all_months(k, a);
    if (s == OK)
        state->months_day = k->today;
    return s == OK ? NOT_FOUND : s;
}

status jobs_keep(struct jobs_keep *state, struct db *db, struct keeper *keeper, struct arena a, int64_t now, int64_t ms)
{
    struct keep_rules rules;
    struct keep k = { .db = db, .keeper = keeper, .rules = &rules, .today = day_of(now) };
    bool believed = false;
    if (ms < state->next_ms)
        return OK;
    status s = acceptor_believes(db, k.today, &believed);
    if (s == OK && believed)
        s = take_lease(db, keeper, now);
    if (s == OK && believed)
        s = load_rules(db, &a, k.today, &rules);
    if (s == OK)
        s = believed ? some_steps(state, &k, a) : BUSY; /* the acceptor says so in the journal */
    state->next_ms = ms + (s == OK ? 0 : s == NOT_FOUND ? HOUR_MS : SOON_MS);
    if (s == OK || s == NOT_FOUND || s == BUSY || s == LOCKED)
        return OK;
    log_event(LOG_KEEP_FAILED, s, 0);
    return db_broken(db) ? FAULT : OK;
}

/* An engine that was started anew a moment ago, or is at its file, and a keeper that is locked are waited for in silence; the page says what waits. */
status jobs_forget(struct jobs_keep *state, struct db *db, struct keeper *keeper, int64_t ms)
{
    const struct keep_forgetting f = { db, keeper, state->engine };
    if (ms < state->forget_ms)
        return OK;
    status s = keep_end_in_index(&f);
    if (s == OK || s == NOT_FOUND)
        return OK;
    state->forget_ms = ms + FORGET_AGAIN_MS;
    if (s != BUSY && s != LOCKED && ms >= state->forget_told_ms) {
        log_event(LOG_FORGET_FAILED, s, 0);
        state->forget_told_ms = ms + SOON_MS;
    }
    return db_broken(db) ? FAULT : OK;
}
