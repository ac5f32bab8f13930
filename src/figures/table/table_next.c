/* What waits for who publishes: the next release, and how much was entered since the last. */
#include "figures/measure/measure.h"
#include "figures/release/release.h"
#include "figures/table/table_web.h"

/* On fixed days, not after news: a month after the last. */
status table_next_release(struct request *r, struct next_items *to)
{
    enum { EVERY_DAYS = 31 };
    struct release last;
    int64_t since = 0;
    status s = release_newest(r->db, &last);
    bool none = s == NOT_FOUND;
    if (s != OK && !none)
        return s;
    s = measure_written_since(r->db, none ? 0 : last.day, &since);
    if (s != OK)
        return s;
    struct out o = { .arena = r->arena };
    out_int(&o, since);
    struct next_item item = { .what = tr(r->language, none ? N_("Publish the first figures") : N_("Publish the figures again")),
                              .why = next_words(r, N_("Entries that count and are in no release: %1. Look at them before you publish."), out_view(&o)),
                              .href = lit("#publish") };
    if (!none)
        next_due_day(r, &item, last.day + EVERY_DAYS);
    next_add(to, &item);
    return OK;
}
