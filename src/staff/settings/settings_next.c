/* What waits for who keeps the house: a backup, and telephone lines that nobody has called. */
#include "common/pack/pack.h"
#include "common/services.h"
#include "staff/settings/settings_web.h"

/* Each night one is made: two days are late. */
status settings_next_backup(struct request *r, struct next_items *to)
{
    enum { LATE = 2 };
    struct who who;
    token t = caller_token(r);
    status s = keeper_who(r->services->keeper, t, &who);
    wipe(&t, sizeof t);
    if (s != OK || day_of(r->now) - who.backup_day < LATE)
        return OK; /* unknown, or made */
    struct next_item item = { .what = tr(r->language, who.backup_day ? N_("The last backup is old") : N_("No backup was ever made")),
                              .why = tr(r->language, N_("At the machine: plainsight backup, each night. Without one a broken disk takes every tip.")),
                              .href = lit("/settings") };
    if (who.backup_day)
        next_due_day(r, &item, (int64_t)who.backup_day + 1);
    next_add(to, &item);
    return OK;
}

/* What is not confirmed stands on no public page: people look for a number and find none. */
status settings_next_lines(struct request *r, struct next_items *to)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("hotlines"), day_of(r->now));
    int64_t n = 0;
    for (ptrdiff_t i = 0; i < rows.len; i++)
        n += pack_cell_yes(rows.at[i], HOTLINE_PUBLISH) && rows.at[i]->basis != BASIS_CONFIRMED;
    if (!n)
        return OK;
    struct out o = { .arena = r->arena };
    out_int(&o, n);
    struct next_item item = { .what = next_words(r, N_("Telephone lines of the pack that nobody has confirmed: %1"), out_view(&o)),
                              .why = tr(r->language, N_("They stand on no public page. Call each, then at the machine: plainsight pack confirm.")),
                              .href = lit("/settings") };
    next_add(to, &item);
    return OK;
}
