/* Who helps beside the caller: the roster suggests, a person decides, two rings say it. */
#include "care/victims/victims_web.h"
#include "common/services.h"
#include "staff/roster/roster.h"

static bool is_carer(const struct duty *d)
{
    const struct role *role = role_find(d->role);
    return role && role->class == CLASS_CARE;
}

status victim_colleagues(struct request *r, str chosen, str language, struct colleague_box *out)
{
    struct duties on;
    struct duty best;
    int64_t today = day_of(r->now);
    status s = duty_list(r->db, r->arena, r->caller.office, lit("victim_assistance"), today, DUTIES_MOST, &on);
    *out = (struct colleague_box){ .choices.at = arena_new(r->arena, struct choice, DUTIES_MOST + 1) };
    for (ptrdiff_t i = 0; s == OK && i < on.len; i++) {
        str code = id_text(r->arena, on.at[i].account);
        if (on.at[i].from_day <= today && is_carer(&on.at[i]) && !id_equal(on.at[i].account, r->caller.account))
            out->choices.at[out->choices.len++] = (struct choice){ code, on.at[i].name, str_equal(code, chosen) };
    }
    if (s == OK)
        s = duty_suggest(r->db, r->arena, r->caller.office, lit("victim_assistance"), language, today, &best);
    if (s == OK && is_carer(&best)) {
        out->suggested = best.name;
        out->why = language.len && str_equal(best.language, language) ? tr(r->language, N_("on duty, and speaks the language"))
                                                                      : tr(r->language, N_("on duty"));
    }
    return s == NOT_FOUND ? OK : s;
}

status victim_colleague_of(struct request *r, str chosen, id *out)
{
    struct colleague_box box;
    *out = (id){ 0 };
    if (!chosen.len)
        return OK;
    status s = victim_colleagues(r, chosen, (str){ 0 }, &box);
    for (ptrdiff_t i = 0; s == OK && i < box.choices.len; i++)
        if (box.choices.at[i].chosen && id_read(chosen, out))
            return OK;
    return s == OK ? NOT_FOUND : s;
}

status victim_ring(struct request *r, id file, enum compartment c, id colleague)
{
    struct ring_done made;
    struct ring_act act = { .token = caller_token(r), .scope = file, .kind = SCOPE_CASE, .compartment = c };
    status s = keeper_ring(r->services->keeper, RING_CREATE, &act, &made);
    if (s != OK || id_is_zero(colleague))
        return s;
    struct ring_act join = { .token = act.token, .ring = made.ring, .member = colleague };
    s = keeper_ring(r->services->keeper, RING_ADD, &join, &made);
    return s == CONFLICT ? OK : s;
}

status victim_ring_leave(struct request *r, id file, enum compartment c, id colleague)
{
    struct ring_key key;
    struct ring_done done;
    status s = keeper_ring_key(r->services->keeper, SCOPE_CASE, file, c, &key);
    if (s != OK)
        return s;
    struct ring_act act = { .token = caller_token(r), .ring = key.ring, .member = colleague, .reason = "need to know" };
    s = keeper_ring(r->services->keeper, RING_REMOVE, &act, &done);
    wipe(&act, sizeof act);
    return s == NOT_FOUND ? OK : s; /* asked again after a crash, or the account has ended and its keys with it */
}
