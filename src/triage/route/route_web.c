#include "triage/route/route_web.h"
#include "triage/act/act.h"
#include "triage/route/route.h"
#include "triage/words/words.h"
#include "route_html.h"

static handler show, send;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/tips/:id/route", TIP_ROUTE, NOTHING, show },
    { STAFF_SIDE, POST, "/tips/:id/route", TIP_ROUTE, FORM,    send },
};
/* clang-format on */
const struct routes route_routes = { table, countof(table) };

enum { PLACE_MOST = 100, CODE_MOST = 32 };

struct typed {
    struct form form;
    struct route_place place;
    struct route_advice advice;
    struct office office;   /* the chosen one; its id is zero: none */
    str code, reason;
    bool looked, confirmed;
};

static str route_path(const struct request *r)
{
    return str_join(r->arena, str_join(r->arena, lit("/tips/"), id_text(r->arena, r->id)), lit("/route"));
}

/* Their words for the place, for whoever must find the area. */
static status place_words(struct request *r, str *out)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = r->id, .table = TABLE_TIP, .needed = true, .to = &fields };
    struct tip_row found;
    id ring = { { 0 } };
    struct tip tip;
    status s = tip_find(r->db, r->arena, r->caller.office, r->id, &found);
    if (s == OK)
        s = sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &ring);
    row.sealed = found.sealed;
    if (s == OK)
        s = sealed_fit(r, ring, r->id, &row, 1);
    if (s == OK)
        s = sealed_open(r, PURPOSE_EDIT, r->id, &row, 1);
    if (s != OK)
        return s;
    tip_read(&fields, &tip);
    *out = tip.place;
    return OK;
}

static status office_choices(struct request *r, const struct typed *t, struct route_choices *out)
{
    struct offices all;
    str chosen = t->code.len ? t->code : t->advice.code;
    status s = office_list(r->db, r->arena, (str){ 0 }, OFFICES_MOST, &all);
    *out = (struct route_choices){ .at = arena_new(r->arena, struct route_choice, OFFICES_MOST + 1) };
    out->at[out->len++] = (struct route_choice){ { 0 }, tr(r->language, N_("Choose one")), false };
    for (ptrdiff_t i = 0; s == OK && i < all.len; i++)
        if (!id_equal(all.at[i].id, r->caller.office))
            out->at[out->len++] = (struct route_choice){ all.at[i].code, all.at[i].name, str_equal(all.at[i].code, chosen) };
    return s;
}

/* What the place says, in words. */
static void add_advice(const struct request *r, const struct typed *t, struct route_page *p)
{
    const struct route_advice *a = &t->advice;
    p->looked = t->looked;
    p->disputed = a->found && a->disputed;
    if (!t->looked)
        return;
    if (!a->found)
        p->advice = tr(r->language, N_("No area fits this place. Choose an office and say why."));
    else if (id_is_zero(a->office.id))
        p->advice = fill_words(r, N_("%1 is the area of %2, but this house does not have that office. Choose another and say why."), a->area, a->code);
    else if (id_equal(a->office.id, r->caller.office))
        p->advice = fill_words(r, N_("%1 is the area of this office. To send it elsewhere, say why."), a->area, (str){ 0 });
    else
        p->advice = fill_words(r, N_("%1 is the area of %2."), a->area, a->office.name);
}

static status draw(struct request *r, struct response *w, const struct typed *t)
{
    struct route_page page = {
        .page = staff_page(r, N_("Send to another office")), .name = id_short(r->arena, r->id),
        .tip = str_join(r->arena, lit("/tips/"), id_text(r->arena, r->id)), .path = route_path(r),
        .state = t->place.state, .county = t->place.county, .postal = t->place.postal, .reason = t->reason, .confirmed = t->confirmed,
        .problems = t->form.problems,
        .office_problem = problem_of(&t->form.problems, lit("office")), .reason_problem = problem_of(&t->form.problems, lit("reason")),
        .confirmed_problem = problem_of(&t->form.problems, lit("confirmed")),
    };
    status s = place_words(r, &page.place);
    if (s == OK)
        s = office_choices(r, t, &page.offices);
    if (s != OK)
        return s;
    add_advice(r, t, &page);
    page.token = form_token(r, page.path);
    page.page.problem = page.problems.len > 0;
    route_html(&w->body, r->language, &page);
    return page.problems.len ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    return draw(r, w, &(struct typed){ .looked = false });
}

static status read_typed(struct request *r, struct typed *t)
{
    t->form = form_read(r);
    t->place.state = form_text(&t->form, lit("state"), 0, PLACE_MOST);
    t->place.county = form_text(&t->form, lit("county"), 0, PLACE_MOST);
    t->place.postal = form_text(&t->form, lit("postal"), 0, PLACE_MOST);
    t->code = form_text(&t->form, lit("office"), 0, CODE_MOST);
    t->reason = form_text(&t->form, lit("reason"), 0, TIP_ACT_REASON_MOST);
    t->confirmed = form_has(&t->form, lit("confirmed"), lit("yes"));
    t->looked = t->place.state.len || t->place.county.len || t->place.postal.len;
    status s = route_advise(r, &t->place, &t->advice);
    if (s != OK || !t->code.len)
        return s;
    s = office_find_code(r->db, r->arena, t->code, &t->office);
    return s == NOT_FOUND ? OK : s;
}

/* Against the map, or where it says nothing, a reason; where it is in dispute, a person who has asked. */
static void check(struct request *r, struct typed *t)
{
    bool advised = t->advice.found && !id_is_zero(t->advice.office.id) && id_equal(t->advice.office.id, t->office.id);
    if (id_is_zero(t->office.id) || id_equal(t->office.id, r->caller.office))
        form_note(&t->form, lit("office"), tr(r->language, N_("Choose the other office.")));
    if (!advised && !t->reason.len)
        form_note(&t->form, lit("reason"), tr(r->language, N_("The place does not say this office. Please say why it is the right one.")));
    if (t->advice.found && t->advice.disputed && !t->confirmed)
        form_note(&t->form, lit("confirmed"), tr(r->language, N_("Two offices may claim this place. Ask, and confirm that you did.")));
}

static status send(struct request *r, struct response *w)
{
    struct typed t = { .looked = false };
    status s = read_typed(r, &t);
    if (s != OK)
        return s;
    if (!form_has(&t.form, lit("do"), lit("send")))
        return draw(r, w, &t);
    check(r, &t);
    if (!form_ok(&t.form))
        return draw(r, w, &t);
    s = route_tip(r, &(struct route_order){ &t.office, t.reason, &t.advice });
    if (s == INVALID) {
        form_note(&t.form, lit("office"), tr(r->language, N_("That office has no keys for tips yet, so nobody there could read it. Its supervisor must make them first.")));
        return draw(r, w, &t);
    }
    if (s == OK)
        redirect(w, str_join(r->arena, lit("/queue?sent="), t.office.code));
    return s;
}
