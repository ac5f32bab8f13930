#include "intake/acceptor/acceptor.h"
#include "intake/acceptor/acceptor_store.h"
#include "common/clock/clock.h"
#include "common/effects.h"
#include "lib/crypt/crypt.h"
#include "lib/log/log.h"
#include "lib/store/outbox.h"

/*
 * Messages go through the steps of a tip side by side, a lot at a time: on PostgreSQL one step of many is one journey. Between two lots
 * the time is looked at. This is one message on its way; the numbers are rows that a step wrote, 0 or 1.
 */
struct taking {
    struct submission s;
    bool good, stored; /* it reads; rows of it stand */
    int64_t claimed, tip, mailbox, source, urgent, clocks[SUBMISSION_CLOCKS];
};

/* What one batch carries from message to message. */
struct batch {
    struct db *db;
    struct arena *arena;
    int64_t today;
    struct sha256_state digest;
    uint32_t rows;
    id tip;
};

static void note_row(struct batch *b, str sealed)
{
    uint8_t digest[32];
    sha256(sealed, digest);
    sha256_more(&b->digest, (str){ (const char *)digest, sizeof digest });
    b->rows++;
}

static bool is_tip(const struct taking *t)
{
    return t->good && t->s.type == SUBMIT_TIP;
}

/* ---- tips, step by step ---- */

static status claim_all(struct batch *b, struct taking *t, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (is_tip(&t[i]))
            idem_claim(b->db, &t[i].s, &t[i].claimed);
    return db_settle(b->db);
}

static status put_all(struct batch *b, struct taking *t, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (t[i].claimed)
            tip_put(b->db, &t[i].s, &t[i].tip);
    status s = db_settle(b->db);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (t[i].tip) /* else the mailbox would be another tip's */
            mailbox_put(b->db, &t[i].s, &t[i].mailbox);
    return s == OK ? db_settle(b->db) : s;
}

/* Danger now: whoever reads tips is told. The tip has one such row at most, so its name serves. */
static status furnish_all(struct batch *b, struct taking *t, ptrdiff_t n)
{
    for (; n > 0; n--, t++) {
        if (!t->mailbox)
            continue;
        t->stored = true;
        b->tip = t->s.tip;
        if (t->s.source.len)
            source_put(b->db, &t->s, &t->source);
        for (ptrdiff_t k = 0; k < t->s.clock_count; k++)
            clock_start_first(b->db, t->s.tip, t->s.clocks[k], t->s.day, &t->clocks[k]);
        if (!t->s.priority)
            outbox_put_later(b->db, t->s.tip, EFFECT_URGENT_TIP, t->s.tip, b->today * 86400, &t->urgent);
    }
    return db_settle(b->db);
}

/* What was claimed and did not become a tip is taken back first: so an answer that is found is the answer of a tip that stands. */
static status answer_all(struct batch *b, const struct taking *t, ptrdiff_t n, struct verdict *v)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (t[i].claimed && !t[i].stored) {
            v[i].code = CODE_BAD;
            s = tip_take_back(b->db, &t[i].s, t[i].tip);
        }
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (is_tip(&t[i]) && !t[i].claimed) {
            s = idem_answer(b->db, b->arena, &t[i].s, &v[i].answer);
            v[i].already = s == OK;
            if (s == NOT_FOUND) {
                v[i].code = CODE_BAD;
                s = OK;
            }
        }
    return s;
}

/* ---- everything else, one by one ---- */

static status start_clocks(struct batch *b, const struct submission *s)
{
    status done = OK;
    for (ptrdiff_t i = 0; done == OK && i < s->clock_count; i++)
        done = clock_start(b->db, s->tip, s->clocks[i], s->day);
    return done;
}

static status take_addition(struct batch *b, struct taking *t, struct verdict *v)
{
    const struct submission *s = &t->s;
    status done = addition_put(b->db, s);
    if (done == NOT_FOUND) {
        v->code = CODE_NONE;
        return OK;
    }
    if (done == CONFLICT)
        return OK; /* the same words once more: they are kept */
    if (done == OK)
        done = start_clocks(b, s);
    t->stored = done == OK;
    return done;
}

static status take_less(struct batch *b, struct taking *t, struct verdict *v)
{
    status done = take_addition(b, t, v);
    if (done == OK && v->code == CODE_OK)
        done = source_forget(b->db, t->s.tip);
    return done;
}

static status take_visit(struct batch *b, struct taking *t, struct verdict *v)
{
    (void)v;
    return visit_put(b->db, &t->s);
}

typedef status taker(struct batch *b, struct taking *t, struct verdict *v);
static taker *const takers[] = {
    [SUBMIT_TIP] = NULL, /* above */
    [SUBMIT_ADDITION] = take_addition,
    [SUBMIT_LESS] = take_less,
    [SUBMIT_VISIT] = take_visit,
};

static status take_others(struct batch *b, struct taking *t, ptrdiff_t n, struct verdict *v)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (t[i].good && takers[t[i].s.type])
            s = takers[t[i].s.type](b, &t[i], &v[i]);
    return s;
}

/* ---- a lot ---- */

/* A worker may be a minute beside midnight, not more: days decide what is kept how long. */
static bool day_is_near(const struct batch *b, int64_t day)
{
    return day >= b->today - 1 && day <= b->today + 1;
}

static void read_one(const struct batch *b, str message, struct taking *t, struct verdict *v)
{
    struct message_head head = { 0 };
    bool whole = message_head_read(message, &head);
    *v = (struct verdict){ .type = head.type, .code = CODE_OK, .serial = head.serial };
    t->good = whole && submission_read(message, &t->s) && day_is_near(b, t->s.day);
    if (t->good)
        return;
    v->type = v->type < countof(takers) ? v->type : (uint16_t)SUBMIT_HELLO;
    v->code = CODE_BAD;
}

static status take_lot(struct batch *b, const str *messages, ptrdiff_t n, struct verdict *v)
{
    struct taking *t = arena_new(b->arena, struct taking, n);
    for (ptrdiff_t i = 0; i < n; i++)
        read_one(b, messages[i], &t[i], &v[i]);
    status s = claim_all(b, t, n);
    if (s == OK)
        s = put_all(b, t, n);
    if (s == OK)
        s = furnish_all(b, t, n);
    if (s == OK)
        s = answer_all(b, t, n, v);
    if (s == OK)
        s = take_others(b, t, n, v);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (t[i].stored) {
            note_row(b, t[i].s.sealed);
            if (is_tip(&t[i]) && t[i].s.source.len)
                note_row(b, t[i].s.source);
        }
    return s;
}

/* A full disk is no damaged one: what was asked for can be refused, and the next may be taken. */
static status end_batch(struct db *db, status so_far)
{
    status s = db_end(db, so_far);
    return s != OK && db_full(db) ? LIMIT : s;
}

status acceptor_take(struct db *db, struct arena *a, struct acceptor_limits limits, const str *messages, ptrdiff_t n,
                     struct verdict *verdicts, struct accepted *out)
{
    struct batch b = { .db = db, .arena = a, .today = day_of(limits.now) };
    sha256_start(&b.digest);
    status s = db_begin(db);
    if (s != OK)
        return s;
    int64_t end = limits.monotonic_ms() + limits.hold_ms;
    ptrdiff_t taken = 0;
    while (s == OK && taken < n && (taken == 0 || limits.monotonic_ms() < end)) {
        ptrdiff_t lot = n - taken < ACCEPTOR_LOT ? n - taken : ACCEPTOR_LOT;
        s = take_lot(&b, messages + taken, lot, verdicts + taken);
        taken += lot;
    }
    /* A statement that met no foreseen end leaves nobody knowing what stands: nothing of the batch is kept. */
    s = end_batch(db, s == OK ? OK : FAULT);
    if (s != OK)
        return s;
    *out = (struct accepted){ .taken = taken, .rows = b.rows, .tip = b.tip };
    sha256_end(&b.digest, out->digest);
    return OK;
}

status acceptor_sweep(struct db *db, int64_t today)
{
    bool more = true;
    status s = OK;
    while (s == OK && more) {
        s = db_begin(db);
        if (s == OK)
            s = end_batch(db, intake_sweep(db, today, &more));
    }
    return s;
}

status acceptor_believes(struct db *db, int64_t today, bool *believed)
{
    struct sweep_kept kept;
    status s = sweep_kept_find(db, &kept);
    *believed = s == OK && sweep_believed(&kept, today);
    return s;
}

/* The look is stored with what it allowed, or alone. A look that could not be stored never was. */
status acceptor_sweep_by(struct db *db, struct sweep_clock *c, int64_t now, int64_t monotonic_ms, bool *more)
{
    struct sweep_clock looked = *c;
    struct sweep_kept was, kept;
    *more = false;
    status s = db_begin(db);
    if (s != OK)
        return s;
    s = sweep_kept_find(db, &was);
    kept = was;
    bool believed = s == OK && sweep_look(&looked, &kept, now, monotonic_ms);
    if (s == OK && (kept.day != was.day || kept.odd_day != was.odd_day || kept.odd_seconds != was.odd_seconds))
        s = sweep_kept_put(db, &kept);
    if (s == OK && believed)
        s = intake_sweep(db, day_of(now), more);
    s = end_batch(db, s);
    if (s == OK && !believed)
        log_event(LOG_CLOCK_JUMPED, sweep_days_off(&looked, now, monotonic_ms), kept.odd_seconds / 3600);
    if (s == OK)
        *c = looked;
    return s;
}
