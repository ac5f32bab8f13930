/* What usually comes first: of a kind its predecessors (entry_kinds.csv), of a relief's step those that lead to it (relief_steps.csv). */
#include "care/victims/victims_web.h"
#include "common/services.h"

enum { RELIEF_OF, STEP_LABEL = 3, STEP_STATE = 5, STEP_LEADS_TO = 7 }; /* columns of relief_steps.csv */
enum { LOOKED_AT = SEALED_ROWS_MOST }; /* the newest entries: of a longer file nothing is claimed */

struct standing {
    const struct kind *kinds[LOOKED_AT];
    str steps[LOOKED_AT]; /* "CP|requested"; of other kinds empty */
    ptrdiff_t len;
    bool all;             /* there is no older entry */
};

static str value_of(const struct kind *k, const struct entry_values *v, str name)
{
    const struct kind_field *f = kind_field_find(k, name);
    return f ? v->at[f - k->fields] : (str){ 0 };
}

static status load_standing(struct request *r, const struct care_head *h, struct standing *out)
{
    struct care_rows found;
    struct sealed_row rows[LOOKED_AT];
    struct sealed_fields fields[LOOKED_AT];
    status s = care_entry_list(r->db, r->arena, r->id, NULL, LOOKED_AT + 1, &found);
    ptrdiff_t n = found.len < LOOKED_AT ? found.len : LOOKED_AT;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        rows[i] = (struct sealed_row){ .id = found.at[i].id, .table = TABLE_CARE_ENTRY, .sealed = found.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, PURPOSE_EDIT, r->id, rows, n);
    *out = (struct standing){ .all = found.len <= LOOKED_AT };
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        struct care_entry e;
        if (!rows[i].opened || !care_entry_read(&fields[i], found.at[i].id, &e) || e.withdrawn || care_look(&h->superseded, e.id))
            continue;
        out->kinds[out->len] = e.kind;
        out->steps[out->len++] = value_of(e.kind, &e.values, lit("step"));
    }
    return s;
}

static bool kind_stands(const struct standing *have, str predecessors)
{
    for (ptrdiff_t i = 0; i < have->len; i++)
        if (list_has(predecessors, have->kinds[i]->code))
            return true;
    return false;
}

static str step_code(const struct pack_row *step)
{
    return str_part(step->key, str_find(step->key, '|') + 1, step->key.len);
}

/* A step that leads to it stands, or one that leads there over one more: papers come in late. */
static bool step_stands(const struct standing *have, const struct pack_rows *steps, str relief, str code, int over)
{
    for (ptrdiff_t i = 0; i < steps->len; i++) {
        const struct pack_row *before = steps->at[i];
        if (!str_equal(pack_cell(before, RELIEF_OF), relief) || !list_has(pack_cell(before, STEP_LEADS_TO), code))
            continue;
        for (ptrdiff_t k = 0; k < have->len; k++)
            if (str_equal(have->steps[k], before->key))
                return true;
        if (over && step_stands(have, steps, relief, step_code(before), over - 1))
            return true;
    }
    return false;
}

static void add_label(struct request *r, struct out *o, str label)
{
    if (o->len)
        out_str(o, lit(", "));
    out_str(o, tr(r->language, str_c(r->arena, label)));
}

static str kinds_before(struct request *r, const struct kind *k)
{
    struct out o = { .arena = r->arena };
    str rest = k->predecessors;
    for (str code; str_split(&rest, ';', &code);) {
        const struct kind *before = kind_find(code);
        add_label(r, &o, before ? before->label : code);
    }
    return out_view(&o);
}

static str steps_before(struct request *r, const struct pack_rows *steps, const struct pack_row *step)
{
    struct out o = { .arena = r->arena };
    for (ptrdiff_t i = 0; i < steps->len; i++)
        if (str_equal(pack_cell(steps->at[i], RELIEF_OF), pack_cell(step, RELIEF_OF)) && list_has(pack_cell(steps->at[i], STEP_LEADS_TO), step_code(step)))
            add_label(r, &o, pack_cell(steps->at[i], STEP_LABEL));
    return out_view(&o);
}

static str warning(struct request *r, str before)
{
    struct out o = { .arena = r->arena };
    out_str(&o, tr(r->language, N_("This usually comes after:")));
    out_char(&o, ' ');
    out_str(&o, before);
    out_str(&o, lit(". "));
    out_str(&o, tr(r->language, N_("It does not stand in this file. Was it so? Then save the entry all the same.")));
    return out_view(&o);
}

/* A relief may begin where it is somebody's turn here; that an authority decides or has an answer due has something before it. */
status victim_order(struct request *r, const struct care_head *h, const struct kind *k, const struct entry_values *v, struct victim_order *out)
{
    struct standing have;
    str chosen = str_equal(k->code, lit("relief_step")) ? value_of(k, v, lit("step")) : (str){ 0 };
    const struct pack_row *step = chosen.len ? pack_find(r->services->pack, lit("relief_steps"), chosen, day_of(r->now)) : NULL;
    bool asks = step && !str_equal(pack_cell(step, STEP_STATE), lit("open"));
    *out = (struct victim_order){ 0 };
    if (!k->predecessors.len && !asks)
        return OK;
    status s = load_standing(r, h, &have);
    if (s != OK || !have.all)
        return s;
    if (k->predecessors.len && !kind_stands(&have, k->predecessors))
        *out = (struct victim_order){ k->code, warning(r, kinds_before(r, k)) };
    if (!asks)
        return OK;
    struct pack_rows steps = pack_list(r->services->pack, r->arena, lit("relief_steps"), day_of(r->now));
    str before = steps_before(r, &steps, step);
    if (before.len && !step_stands(&have, &steps, pack_cell(step, RELIEF_OF), step_code(step), 1))
        *out = (struct victim_order){ chosen, warning(r, before) };
    return OK;
}
