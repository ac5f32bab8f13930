/* Offices of the house, and who is on duty for what in one's own. */
#include "common/services.h"
#include "lib/web/html.h"
#include "staff/account/account.h"
#include "staff/directory/directory_web.h"
#include "directory_html.h"

enum { PAGE = 50, PEOPLE_MOST = 200, DUTY_DAYS_MOST = 400 };

static handler show, add_office, add_duty, end_duty;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/directory",       DIRECTORY_READ,  NOTHING, show       },
    { STAFF_SIDE, POST, "/directory",       DIRECTORY_WRITE, FORM,    add_office },
    { STAFF_SIDE, POST, "/roster",          ROSTER_WRITE,    FORM,    add_duty   },
    { STAFF_SIDE, POST, "/roster/:id/end",  ROSTER_WRITE,    FORM,    end_duty   },
};
/* clang-format on */
const struct routes directory_routes = { table, countof(table) };

static const struct duty_kind *duty_of(str code)
{
    for (ptrdiff_t i = 0; i < duty_kind_count; i++)
        if (str_equal(code, str_of(duty_kinds[i].code)))
            return &duty_kinds[i];
    return NULL;
}

static str words_of_duty(const struct request *r, str code)
{
    const struct duty_kind *d = duty_of(code);
    return d ? tr(r->language, d->label) : code;
}

static str words_of_language(const struct request *r, str code)
{
    const struct pack_row *row = code.len ? pack_find(r->services->pack, lit("languages"), code, day_of(r->now)) : NULL;
    return row ? tr(r->language, str_c(r->arena, pack_cell(row, LANGUAGE_LABEL))) : code;
}

/* ---- drawing ---- */

static status fill_offices(struct request *r, struct directory_page *p)
{
    struct offices list;
    status s = office_list(r->db, r->arena, query_text(r, lit("after")), PAGE + 1, &list);
    p->offices.at = arena_new(r->arena, struct directory_row, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < list.len && i < PAGE; i++) {
        const struct office *o = &list.at[i];
        p->offices.at[p->offices.len++] = (struct directory_row){ o->code, o->name, o->city, o->state, id_equal(o->id, r->caller.office) };
    }
    if (s == OK && list.len > PAGE) {
        struct out o = { .arena = r->arena };
        out_str(&o, lit("/directory?after="));
        html_url_part_str(&o, list.at[PAGE - 1].name);
        p->next = out_view(&o);
    }
    return s;
}

/* Offices that the pack knows and the house has not: one choice instead of four fields. */
static status fill_known(struct request *r, struct directory_page *p)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("offices"), day_of(r->now));
    p->known.at = arena_new(r->arena, struct directory_choice, rows.len + 1);
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        struct office there;
        status s = office_find_code(r->db, r->arena, rows.at[i]->key, &there);
        if (s == NOT_FOUND)
            p->known.at[p->known.len++] = (struct directory_choice){ rows.at[i]->key, pack_cell(rows.at[i], OFFICE_NAME),
                                                                     str_equal(rows.at[i]->key, p->code) };
        else if (s != OK)
            return s;
    }
    return OK;
}

static status fill_duties(struct request *r, struct directory_page *p)
{
    struct duties list;
    status s = duty_list(r->db, r->arena, r->caller.office, (str){ 0 }, day_of(r->now), DUTIES_MOST, &list);
    p->duties.at = arena_new(r->arena, struct roster_row, list.len + 1);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        const struct duty *d = &list.at[i];
        struct roster_row row = { d->name, words_of_duty(r, d->duty), words_of_language(r, d->language), day_text(r->arena, d->from_day),
                                  day_text(r->arena, d->to_day), { 0 }, { 0 } };
        if (p->may_set) {
            row.end_path = str_join(r->arena, str_join(r->arena, lit("/roster/"), id_text(r->arena, d->id)), lit("/end"));
            row.end_token = form_token(r, row.end_path);
        }
        p->duties.at[p->duties.len++] = row;
    }
    return s;
}

static status fill_people(struct request *r, struct directory_page *p, str chosen)
{
    struct accounts list;
    status s = account_list(r->db, r->arena, (str){ 0 }, PEOPLE_MOST, &list);
    p->people.at = arena_new(r->arena, struct directory_choice, list.len + 1);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        const struct account *a = &list.at[i];
        const struct role *role = role_find(a->role);
        if (id_equal(a->office, r->caller.office) && str_equal(a->state, lit("active")) && role && role->invited)
            p->people.at[p->people.len++] = (struct directory_choice){ a->name, a->name, str_equal(a->name, chosen) };
    }
    return s;
}

static void fill_kinds(struct request *r, struct directory_page *p, str duty, str language)
{
    p->kinds.at = arena_new(r->arena, struct directory_choice, duty_kind_count);
    for (ptrdiff_t i = 0; i < duty_kind_count; i++) {
        str code = str_of(duty_kinds[i].code);
        p->kinds.at[p->kinds.len++] = (struct directory_choice){ code, words_of_duty(r, code), str_equal(code, duty) };
    }
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("languages"), day_of(r->now));
    p->languages.at = arena_new(r->arena, struct directory_choice, rows.len + 1);
    for (ptrdiff_t i = 0; i < rows.len; i++)
        p->languages.at[p->languages.len++] = (struct directory_choice){ rows.at[i]->key, words_of_language(r, rows.at[i]->key),
                                                                         str_equal(rows.at[i]->key, language) };
}

static status draw(struct request *r, struct response *w, const struct form *f)
{
    struct directory_page p = { .page = staff_page(r, N_("Directory")), .may_add = caller_may(r, DIRECTORY_WRITE),
                                .may_set = caller_may(r, ROSTER_WRITE), .from = day_text(r->arena, day_of(r->now)),
                                .token = form_token(r, lit("/directory")), .roster_token = form_token(r, lit("/roster")) };
    str account = { 0 }, duty = { 0 }, language = { 0 };
    if (f) {
        struct form again = form_read(r); /* what was typed stands in the fields again */
        p.problems = f->problems;
        p.page.problem = true;
        p.code = form_text(&again, lit("code"), 0, 32);
        p.name = form_text(&again, lit("name"), 0, 120);
        p.city = form_text(&again, lit("city"), 0, 120);
        p.state = form_text(&again, lit("state"), 0, 32);
        account = form_text(&again, lit("account"), 0, 64);
        duty = form_text(&again, lit("duty"), 0, 32);
        language = form_text(&again, lit("language"), 0, 16);
        p.from = form_text(&again, lit("from"), 0, 16);
        p.to = form_text(&again, lit("to"), 0, 16);
        p.code_problem = problem_of(&f->problems, lit("code"));
        p.name_problem = problem_of(&f->problems, lit("name"));
        p.account_problem = problem_of(&f->problems, lit("account"));
        p.duty_problem = problem_of(&f->problems, lit("duty"));
        p.from_problem = problem_of(&f->problems, lit("from"));
        p.to_problem = problem_of(&f->problems, lit("to"));
    }
    status s = fill_offices(r, &p);
    if (s == OK)
        s = fill_duties(r, &p);
    if (s == OK && p.may_add)
        s = fill_known(r, &p);
    if (s == OK && p.may_set)
        s = fill_people(r, &p, account);
    if (s != OK)
        return s;
    if (p.may_set)
        fill_kinds(r, &p, duty, language);
    directory_html(&w->body, r->language, &p);
    return f ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    return draw(r, w, NULL);
}

/* ---- acts ---- */

static status add_office(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct office o = { .id = chance_id(r->chance, r->now * 1000, true), .code = form_text(&f, lit("code"), 0, 32),
                        .name = form_text(&f, lit("name"), 0, 120), .city = form_text(&f, lit("city"), 0, 120),
                        .state = form_text(&f, lit("state"), 0, 32), .kind = lit("field"), .made_day = day_of(r->now) };
    str known = form_text(&f, lit("known"), 0, 32);
    const struct pack_row *row = known.len ? pack_find(r->services->pack, lit("offices"), known, day_of(r->now)) : NULL;
    if (row) {
        o.code = row->key;
        o.name = pack_cell(row, OFFICE_NAME);
        o.city = pack_cell(row, OFFICE_CITY);
        o.state = pack_cell(row, OFFICE_STATE);
        o.kind = pack_cell(row, OFFICE_KIND);
    }
    if (!office_code_fits(o.code))
        form_note(&f, lit("code"), tr(r->language, N_("A code has 2 to 32 capital letters, digits or dashes.")));
    if (o.name.len < 2)
        form_note(&f, lit("name"), tr(r->language, N_("Please name the office.")));
    if (!form_ok(&f))
        return draw(r, w, &f);
    status s = office_add(r->db, &o);
    if (s == CONFLICT) {
        form_note(&f, lit("code"), tr(r->language, N_("There is an office of this code already.")));
        return draw(r, w, &f);
    }
    if (s == OK)
        redirect(w, lit("/directory"));
    return s;
}

/* The person of that name, if they are active here. */
static status person_here(struct request *r, str name, struct account *out)
{
    status s = account_find_name(r->db, r->arena, name, out);
    bool here = s == OK && id_equal(out->office, r->caller.office) && str_equal(out->state, lit("active"));
    return s == OK && !here ? NOT_FOUND : s;
}

static status add_duty(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct account who;
    struct duty d = { .office = r->caller.office, .id = chance_id(r->chance, r->now * 1000, true),
                      .duty = form_text(&f, lit("duty"), 0, 32), .language = form_text(&f, lit("language"), 0, 16) };
    status s = person_here(r, form_text(&f, lit("account"), 0, 64), &who);
    if (s != OK && s != NOT_FOUND)
        return s;
    if (s == NOT_FOUND)
        form_note(&f, lit("account"), tr(r->language, N_("Choose somebody of this office.")));
    if (!duty_of(d.duty))
        form_note(&f, lit("duty"), tr(r->language, N_("Choose a duty.")));
    if (d.language.len && !pack_find(r->services->pack, lit("languages"), d.language, day_of(r->now)))
        d.language = (str){ 0 };
    if (!day_read(form_text(&f, lit("from"), 0, 16), &d.from_day))
        form_note(&f, lit("from"), tr(r->language, N_("A date looks like 2026-11-24.")));
    if (!day_read(form_text(&f, lit("to"), 0, 16), &d.to_day))
        form_note(&f, lit("to"), tr(r->language, N_("A date looks like 2026-11-24.")));
    else if (d.to_day < d.from_day || d.to_day - d.from_day > DUTY_DAYS_MOST)
        form_note(&f, lit("to"), tr(r->language, N_("The last day is not before the first, and at most 400 days later.")));
    if (!form_ok(&f))
        return draw(r, w, &f);
    d.account = who.id;
    s = duty_add(r->db, &d);
    if (s == OK)
        redirect(w, lit("/directory"));
    return s;
}

static status end_duty(struct request *r, struct response *w)
{
    status s = duty_end(r->db, r->caller.office, r->id, day_of(r->now) - 1);
    if (s == OK)
        redirect(w, lit("/directory"));
    return s;
}
