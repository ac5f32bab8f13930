#include "intake/acceptor/acceptor.h"
#include "intake/acceptor/acceptor_store.h"
#include "common/clock/clock.h"
#include "common/effects.h"
#include "lib/crypt/crypt.h"
#include "lib/log/log.h"
#include "lib/store/outbox.h"

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

static status start_clocks(struct batch *b, const struct submission *s)
{
    status done = OK;
    for (ptrdiff_t i = 0; done == OK && i < s->clock_count; i++)
        done = clock_start(b->db, s->tip, s->clocks[i], s->day);
    return done;
}

/* Danger now: whoever reads tips is told. The tip has one such row at most, so its name serves. */
static status tell_when_urgent(struct batch *b, const struct submission *s)
{
    return s->priority ? OK : outbox_put(b->db, s->tip, EFFECT_URGENT_TIP, s->tip, b->today * 86400);
}

static status take_tip(struct batch *b, const struct submission *s, struct verdict *v)
{
    status done = idem_claim(b->db, b->arena, s, &v->answer);
    if (done == CONFLICT) {
        v->already = true;
        return OK;
    }
    if (done == OK)
        done = tip_put(b->db, s);
    if (done == CONFLICT) {
        v->code = CODE_BAD;
        return idem_release(b->db, s);
    }
    if (done == OK)
        done = start_clocks(b, s);
    if (done == OK)
        done = tell_when_urgent(b, s);
    if (done != OK)
        return done;
    b->tip = s->tip;
    note_row(b, s->sealed);
    if (s->source.len)
        note_row(b, s->source);
    return OK;
}

static status take_addition(struct batch *b, const struct submission *s, struct verdict *v)
{
    status done = addition_put(b->db, s);
    if (done == NOT_FOUND) {
        v->code = CODE_NONE;
        return OK;
    }
    if (done == CONFLICT)
        return OK; /* the same words once more: they are kept */
    if (done == OK)
        done = start_clocks(b, s);
    if (done == OK)
        note_row(b, s->sealed);
    return done;
}

static status take_less(struct batch *b, const struct submission *s, struct verdict *v)
{
    status done = take_addition(b, s, v);
    if (done == OK && v->code == CODE_OK)
        done = source_forget(b->db, s->tip);
    return done;
}

static status take_visit(struct batch *b, const struct submission *s, struct verdict *v)
{
    (void)v;
    return visit_put(b->db, s);
}

typedef status taker(struct batch *b, const struct submission *s, struct verdict *v);
static taker *const takers[] = {
    [SUBMIT_TIP] = take_tip,
    [SUBMIT_ADDITION] = take_addition,
    [SUBMIT_LESS] = take_less,
    [SUBMIT_VISIT] = take_visit,
};

/* A worker may be a minute beside midnight, not more: days decide what is kept how long. */
static bool day_is_near(const struct batch *b, int64_t day)
{
    return day >= b->today - 1 && day <= b->today + 1;
}

static status take_one(struct batch *b, str message, struct verdict *v)
{
    struct message_head head = { 0 };
    struct submission s;
    bool whole = message_head_read(message, &head);
    *v = (struct verdict){ .type = head.type, .code = CODE_OK, .serial = head.serial };
    if (!whole || !submission_read(message, &s) || !day_is_near(b, s.day)) {
        v->type = v->type < countof(takers) ? v->type : (uint16_t)SUBMIT_HELLO;
        v->code = CODE_BAD;
        return OK;
    }
    return takers[s.type](b, &s, v);
}

/* A full disk is no damaged one: what was asked for can be refused, and the next may be taken. */
static status end_batch(struct db *db, status so_far)
{
    status s = db_end(db, so_far);
    return s != OK && s != BUSY && db_full(db) ? LIMIT : s;
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
        s = take_one(&b, messages[taken], &verdicts[taken]);
        taken++;
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
    status s = db_begin(db);
    if (s != OK)
        return s;
    return end_batch(db, intake_sweep(db, today));
}

/* The look is stored with what it allowed, or alone. A look that could not be stored never was. */
status acceptor_sweep_by(struct db *db, struct sweep_clock *c, int64_t now, int64_t monotonic_ms)
{
    struct sweep_clock looked = *c;
    struct sweep_kept was, kept;
    status s = db_begin(db);
    if (s != OK)
        return s;
    s = sweep_kept_find(db, &was);
    kept = was;
    bool believed = s == OK && sweep_look(&looked, &kept, now, monotonic_ms);
    if (s == OK && (kept.day != was.day || kept.odd_day != was.odd_day || kept.odd_seconds != was.odd_seconds))
        s = sweep_kept_put(db, &kept);
    if (s == OK && believed)
        s = intake_sweep(db, day_of(now));
    s = end_batch(db, s);
    if (s == OK && !believed)
        log_event(LOG_CLOCK_JUMPED, sweep_days_off(&looked, now, monotonic_ms), kept.odd_seconds / 3600);
    if (s == OK)
        *c = looked;
    return s;
}
