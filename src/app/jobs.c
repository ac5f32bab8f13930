#include "app/jobs.h"
#include "intake/tip/tip.h"
#include "lib/log/log.h"
#include "lib/os/os.h"
#include "lib/os/process.h"
#include "staff/notice/notice.h"
#include <errno.h>
#include <unistd.h>

enum { LEASE_SECONDS = 60, TURN_SECONDS = 2, CHECKPOINT_SECONDS = 300, JOB_BYTES = 16 << 20, WITNESS_SECONDS = 60,
       DAY = 86400 };

struct checkpoint_seen {
    char text[512];
    ptrdiff_t len;
};

static status tell_of_urgent_tip(struct db *db, struct arena *a, const struct outbox_item *item, int64_t now)
{
    id office;
    status s = tip_office_waiting(db, item->about, &office);
    if (s == NOT_FOUND)
        return OK; /* judged or erased meanwhile: nothing to tell */
    return s == OK ? notice_urgent_tip(db, a, item->id, office, item->about, day_of(now)) : s;
}

static status put_mail(struct jobs *j, int64_t now, int64_t due)
{
    return outbox_put(j->db, chance_id(&j->chance, now * 1000, true), EFFECT_WITNESS_MAIL, (id){ 0 }, due);
}

/* The next one is due a day after this one left, whatever hour that was. */
static status mail_left(struct jobs *j, const struct outbox_item *item, int64_t now)
{
    status s = db_begin(j->db);
    if (s != OK)
        return s;
    s = outbox_done(j->db, item);
    if (s == OK)
        s = outbox_forget_dead(j->db, EFFECT_WITNESS_MAIL);
    if (s == OK && j->witnesses.to_count)
        s = put_mail(j, now, now + DAY);
    return db_end(j->db, s);
}

static status send_checkpoint(struct jobs *j, struct arena *a, const struct outbox_item *item, int64_t now)
{
    str checkpoint;
    if (!j->witnesses.to_count)
        return OK; /* nobody is to be told any more */
    j->asked = false;
    status s = j->relay < 0 ? NOT_FOUND : BUSY;
    for (int i = 0; s == BUSY && i < 5; i++) /* it may have just started, as we have */
        s = keeper_head(j->keeper, a, &checkpoint);
    if (s == OK)
        s = mail_send(j->relay, &j->witnesses, mail_text(a, &j->witnesses, checkpoint, now));
    else if (j->relay >= 0)
        close(j->relay);
    j->relay = -1;
    if (s != OK)
        log_event(LOG_WITNESS_MAIL, s, item->tries);
    return s;
}

static status do_effect(struct jobs *j, struct arena *a, const struct outbox_item *item, int64_t now)
{
    switch (item->kind) {
    case EFFECT_URGENT_TIP:   return tell_of_urgent_tip(j->db, a, item, now);
    case EFFECT_WITNESS_MAIL: return send_checkpoint(j, a, item, now);
    default:                  return INVALID;
    }
}

/* OK: one was done. NOT_FOUND: nothing is due. */
static status do_next(struct jobs *j, struct arena a, int64_t now)
{
    struct outbox_item item;
    status s = outbox_claim(j->db, now, LEASE_SECONDS, j->first ? 0 : EFFECT_WITNESS_MAIL, &item);
    if (s != OK)
        return s;
    s = do_effect(j, &a, &item, now);
    if (s != OK)
        s = outbox_retry(j->db, &item, now);
    else
        s = item.kind == EFFECT_WITNESS_MAIL ? mail_left(j, &item, now) : outbox_done(j->db, &item);
    return s == CONFLICT ? OK : s;
}

/* A log that did not move is not witnessed again. seen: what was written last. */
static void witness_log(struct jobs *j, struct arena a, struct checkpoint_seen *seen)
{
    str checkpoint;
    if (j->witness < 0 || keeper_head(j->keeper, &a, &checkpoint) != OK || checkpoint.len > (ptrdiff_t)sizeof seen->text
        || str_equal(checkpoint, (str){ seen->text, seen->len }))
        return;
    if (witness_append(j->witness, checkpoint) != OK) {
        log_event(LOG_WITNESS_FILE, errno, 0);
        return; /* again in a minute */
    }
    memcpy(seen->text, checkpoint.at, (size_t)checkpoint.len);
    seen->len = checkpoint.len;
}

/* A mail that this process cannot send: its successor connects first. */
static bool must_go(struct jobs *j, int64_t now)
{
    struct outbox_item item;
    int64_t due, dead;
    return j->witnesses.to_count && !j->asked && outbox_find(j->db, EFFECT_WITNESS_MAIL, &item, &due, &dead) == OK && due <= now;
}

status jobs_prepare(struct jobs *j)
{
    enum { PATIENCE_MS = 5000 };
    struct outbox_item item;
    int64_t due, dead, now = os_now();
    j->relay = -1;
    if (!j->witnesses.to_count)
        return OK;
    status s = outbox_find(j->db, EFFECT_WITNESS_MAIL, &item, &due, &dead);
    if (s == NOT_FOUND)
        s = put_mail(j, now, due = dead ? now + DAY : now); /* after one that was given up, the next is tomorrow's */
    j->asked = s == OK && due <= now;
    if (j->asked && socket_connect(str_of(j->witnesses.relay), PATIENCE_MS, &j->relay) != OK)
        j->relay = -1; /* tried again later, as any work that did not succeed */
    return s;
}

int jobs_run(struct jobs *j)
{
    /* The end of the house ends this process: process_start sees to it. */
    struct arena a = arena_reserve(JOB_BYTES);
    struct checkpoint_seen seen = { 0 };
    int64_t checkpoint = os_now(), witnessed = 0;
    for (;;) {
        int64_t now = os_now();
        status s;
        if (must_go(j, now))
            return 0;
        while ((s = do_next(j, a, now)) == OK && !must_go(j, now))
            ;
        if (now - checkpoint >= CHECKPOINT_SECONDS) {
            checkpoint = now;
            s = db_checkpoint(j->db);
        }
        if (jobs_keep(&j->keep, j->db, j->keeper, a, now, os_monotonic_ms()) != OK || jobs_forget(&j->keep, j->db, j->keeper, os_monotonic_ms()) != OK)
            return 1;
        if (now - witnessed >= WITNESS_SECONDS) {
            witnessed = now;
            witness_log(j, a, &seen);
        }
        if ((s == FAULT && !db_full(j->db)) || db_broken(j->db))
            return 1; /* a full disk is waited for */
        sleep(TURN_SECONDS);
    }
}
