#include "linkage/learnt.h"
#include "lib/web/json_in.h"
#include "linkage/settings.h"

struct reading {
    struct learnt *to;
    str *why;
};

static status wrong(struct reading *r, str what)
{
    *r->why = what;
    return INVALID;
}

/* A number of a member, 0 to most. */
static bool number_of(const struct json_value *v, double most, double *out)
{
    if (!v || (v->kind != JSON_IS_INT && v->kind != JSON_IS_REAL))
        return false;
    *out = v->kind == JSON_IS_INT ? (double)v->number : v->real;
    return *out >= 0 && *out <= most;
}

static const str class_names[PAIR_CLASSES] = { LIT("same_person"), LIT("same_home"), LIT("strangers") };

static status read_levels(struct reading *r, const struct json_value *comparison, int k)
{
    const struct json_value *levels = json_in_member(comparison, lit("levels"));
    if (!levels || levels->kind != JSON_IS_LIST || levels->count != r->to->plan.comparisons[k].levels)
        return wrong(r, lit("comparisons: not the levels that the settings have"));
    int l = 0;
    for (const struct json_value *v = levels->first; v; v = v->next, l++)
        for (int c = 0; c < PAIR_CLASSES; c++) {
            double *to = &r->to->model.level[c][k][l];
            if (v->kind != JSON_IS_OBJECT || !number_of(json_in_member(v, class_names[c]), 1, to) || *to <= 0)
                return wrong(r, lit("comparisons: a level lacks same_person, same_home or strangers, each above 0 and at most 1"));
        }
    return OK;
}

static status read_model(struct reading *r, const struct json_value *all)
{
    const struct json_value *shares = json_in_member(all, lit("shares")), *comparisons = json_in_member(all, lit("comparisons"));
    double records = 0;
    if (!number_of(json_in_member(all, lit("records")), UINT32_MAX, &records) || records < 2 || !number_of(json_in_member(all, lit("pairs")), 1e18, &r->to->model.pairs) || r->to->model.pairs < 1)
        return wrong(r, lit("records, pairs: how many there were"));
    r->to->records = (uint32_t)records;
    for (int c = 0; c < PAIR_CLASSES; c++)
        if (!shares || shares->kind != JSON_IS_OBJECT || !number_of(json_in_member(shares, class_names[c]), 1, &r->to->model.share[c]) || r->to->model.share[c] <= 0)
            return wrong(r, lit("shares: same_person, same_home and strangers, each above 0 and at most 1"));
    if (!comparisons || comparisons->kind != JSON_IS_LIST || comparisons->count != r->to->plan.comparison_count)
        return wrong(r, lit("comparisons: not those that the settings have"));
    status s = OK;
    int k = 0;
    for (const struct json_value *v = comparisons->first; s == OK && v; v = v->next, k++)
        s = v->kind == JSON_IS_OBJECT ? read_levels(r, v, k) : wrong(r, lit("comparisons: a list of objects"));
    return s;
}

status learnt_read(struct arena *a, str json, struct learnt *out, str *why)
{
    struct reading r = { out, why };
    const struct json_value *all;
    *out = (struct learnt){ 0 };
    if (json_in_read(a, json, (struct json_limits){ LEARNT_BYTES, 8 }, &all) != OK || all->kind != JSON_IS_OBJECT)
        return wrong(&r, lit("no JSON object"));
    const struct json_value *settings = json_in_member(all, lit("settings"));
    if (!settings || settings->kind != JSON_IS_OBJECT)
        return wrong(&r, lit("settings: not there; a file that --model wrote has them"));
    status s = settings_of(a, settings, &out->plan, why);
    return s == OK ? read_model(&r, all) : s;
}

struct model learnt_model(const struct learnt *l, uint32_t records, double pairs)
{
    struct model m = l->model;
    double fewer = m.pairs / l->records / (pairs / records), most = 0.5;
    m.pairs = pairs;
    if (!(fewer < 1) && !(fewer > 1))
        return m;
    m.share[SAME_PERSON] *= fewer;
    m.share[SAME_HOME] *= fewer;
    double both = m.share[SAME_PERSON] + m.share[SAME_HOME];
    for (int c = SAME_PERSON; both > most && c <= SAME_HOME; c++)
        m.share[c] *= most / both;
    m.share[STRANGERS] = 1 - m.share[SAME_PERSON] - m.share[SAME_HOME];
    return m;
}
