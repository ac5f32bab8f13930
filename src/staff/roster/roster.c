#include "staff/roster/roster_store.h"
#include "lib/web/language.h"
#include "staff/account/account.h"

const struct duty_kind duty_kinds[] = {
    { "supervisor", N_("Supervision") },
    { "intake", N_("Taking tips") },
    { "investigation", N_("Investigation") },
    { "victim_assistance", N_("Victim assistance") },
};
const ptrdiff_t duty_kind_count = countof(duty_kinds);

status duty_list(struct db *db, struct arena *a, id office, str duty, int64_t day, int64_t limit, struct duties *out)
{
    struct duties all;
    status s = duty_rows(db, a, office, duty, day, limit, &all);
    *out = (struct duties){ .at = arena_new(a, struct duty, limit) };
    for (ptrdiff_t i = 0; s == OK && i < all.len; i++) {
        struct account who;
        s = account_find(db, a, all.at[i].account, &who);
        if (s != OK || !str_equal(who.state, lit("active")))
            continue;
        out->at[out->len] = all.at[i];
        out->at[out->len].name = who.name;
        out->at[out->len++].role = who.role;
    }
    return s;
}

status duty_suggest(struct db *db, struct arena *a, id office, str duty, str language, int64_t day, struct duty *out)
{
    struct duties on_duty;
    const struct duty *best = NULL;
    status s = duty_list(db, a, office, duty, day, DUTIES_MOST, &on_duty);
    for (ptrdiff_t i = 0; s == OK && i < on_duty.len; i++) {
        const struct duty *d = &on_duty.at[i];
        bool speaks = language.len && str_equal(d->language, language);
        if (d->from_day <= day && (!best || (speaks && !str_equal(best->language, language))))
            best = d;
    }
    if (s == OK && best)
        *out = *best;
    return s == OK && !best ? NOT_FOUND : s;
}
