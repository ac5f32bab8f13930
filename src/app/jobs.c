#include "app/jobs.h"
#include "common/effects.h"
#include "intake/tip/tip.h"
#include "lib/log/log.h"
#include "lib/os/os.h"
#include "lib/store/outbox.h"
#include "staff/notice/notice.h"
#include <signal.h>
#include <unistd.h>

enum { LEASE_SECONDS = 60, TURN_SECONDS = 2, CHECKPOINT_SECONDS = 300, JOB_BYTES = 4 << 20 };

static status tell_of_urgent_tip(struct db *db, struct arena *a, const struct outbox_item *item, int64_t now)
{
    id office;
    status s = tip_office_waiting(db, item->about, &office);
    if (s == NOT_FOUND)
        return OK; /* judged or erased meanwhile: nothing to tell */
    return s == OK ? notice_urgent_tip(db, a, item->id, office, item->about, day_of(now)) : s;
}

static status do_effect(struct db *db, struct arena *a, const struct outbox_item *item, int64_t now)
{
    switch (item->kind) {
    case EFFECT_URGENT_TIP: return tell_of_urgent_tip(db, a, item, now);
    default:                return INVALID;
    }
}

/* OK: one was done. NOT_FOUND: nothing is due. */
static status do_next(struct db *db, struct arena a, int64_t now)
{
    struct outbox_item item;
    status s = outbox_claim(db, now, LEASE_SECONDS, &item);
    if (s != OK)
        return s;
    s = do_effect(db, &a, &item, now);
    s = s == OK ? outbox_done(db, &item) : outbox_retry(db, &item, now);
    return s == CONFLICT ? OK : s;
}

int jobs_run(struct db *db, struct keeper *keeper)
{
    (void)keeper; /* for witnesses, which come with the ground. The end of the house ends this process: process_start sees to it */
    struct arena a = arena_reserve(JOB_BYTES);
    int64_t checkpoint = os_now();
    for (;;) {
        int64_t now = os_now();
        status s;
        while ((s = do_next(db, a, now)) == OK)
            ;
        if (now - checkpoint >= CHECKPOINT_SECONDS) {
            checkpoint = now;
            s = db_checkpoint(db);
        }
        if (s == FAULT || db_broken(db))
            return 1;
        sleep(TURN_SECONDS);
    }
}
