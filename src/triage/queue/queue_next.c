/* What waits in the queue of one's own office: all of it stands in the list below, and nothing is opened. */
#include "common/clock/clock.h"
#include "common/services.h"
#include "triage/queue/queue.h"
#include "triage/queue/queue_web.h"
#include "triage/words/words.h"

static void add(struct request *r, const struct queue_due *d, const char *what, const char *why, struct next_items *to)
{
    struct countdown c = { { 0 }, { 0 } };
    if (d->due_minute != CLOCK_NEVER && d->due_minute != INT64_MAX)
        c = countdown_to(r, d->due_minute * 60);
    str name = str_join(r->arena, urgency_words(r, d->priority), str_join(r->arena, lit(" · "), id_short(r->arena, d->tip)));
    struct next_item item = { .what = next_words(r, what, name), .why = tr(r->language, why), .due_class = c.class, .due = c.words,
                              .href = str_join(r->arena, lit("/tips/"), id_text(r->arena, d->tip)) };
    next_add(to, &item);
}

status queue_next_unowned(struct request *r, struct next_items *to)
{
    struct queue_due d;
    status s = queue_first_unowned(r->db, r->caller.office, 1, &d);
    if (s == OK)
        add(r, &d, N_("Take %1, or give it to somebody"), N_("Danger or a serious matter, and nobody works on it."), to);
    return s == NOT_FOUND ? OK : s;
}

status queue_next_returned(struct request *r, struct next_items *to)
{
    const struct pack_clocks *clocks = r->services->clocks;
    for (ptrdiff_t i = 0; i < clocks->clock_count; i++) {
        struct queue_due d;
        if (!str_equal(clocks->clocks[i].trigger, lit("mailbox.message_in")))
            continue;
        status s = queue_first_of_clock(r->db, r->caller.office, r->caller.account, clocks->clocks[i].code, &d);
        if (s == OK)
            add(r, &d, N_("Answer who wrote %1"), N_("They came back to a tip of yours and wait for an answer."), to);
        return s == NOT_FOUND ? OK : s;
    }
    return OK;
}

status queue_next_late(struct request *r, struct next_items *to)
{
    struct queue_due d;
    status s = queue_first_late(r->db, r->caller.office, r->now / 60, &d);
    if (s == OK)
        add(r, &d, N_("Look at %1"), N_("Its time is over: ask who works on it, or take it."), to);
    return s == NOT_FOUND ? OK : s;
}
