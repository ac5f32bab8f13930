/* Opening a file: by oneself, or from a request of the in-tray. */
#include "care/ask/ask.h"
#include "care/victims/victims_web.h"
#include "common/services.h"
#include "new_victim_html.h"

enum { LINE = 120, ABOUT = 2000 };

static const struct {
    const char *code, *label;
} foreign_answers[] = { { "yes", N_("Yes") }, { "likely", N_("Likely") }, { "no", N_("No") }, { "not_sure", N_("Not sure") } };

static struct choices foreign_choices(const struct request *r, str chosen)
{
    struct choices list = { .at = arena_new(r->arena, struct choice, countof(foreign_answers)) };
    for (ptrdiff_t i = 0; i < countof(foreign_answers); i++) {
        str code = str_of(foreign_answers[i].code);
        list.at[list.len++] = (struct choice){ code, tr(r->language, foreign_answers[i].label), str_equal(code, chosen) };
    }
    return list;
}

static struct choices country_choices(const struct request *r, str chosen)
{
    struct pack_rows rows = pack_list(r->services->pack, r->arena, lit("countries"), day_of(r->now));
    struct choices list = { .at = arena_new(r->arena, struct choice, rows.len + 1) };
    for (ptrdiff_t i = 0; i < rows.len; i++)
        list.at[list.len++] = (struct choice){ rows.at[i]->key, tr(r->language, str_c(r->arena, pack_cell(rows.at[i], COUNTRY_LABEL))),
                                               str_equal(rows.at[i]->key, chosen) };
    return list;
}

/* The request a file is opened from; NOT_FOUND when the caller cannot read it. */
static status load_request(struct request *r, str text, struct ask *out)
{
    struct sealed_fields fields;
    id which;
    *out = (struct ask){ 0 };
    if (!text.len)
        return OK;
    if (!id_read(text, &which))
        return NOT_FOUND;
    status s = ask_find(r->db, r->arena, r->caller.office, which, out);
    if (s != OK)
        return s;
    struct sealed_row row = { .id = which, .table = TABLE_CARE_REQUEST, .sealed = out->sealed, .needed = true, .to = &fields };
    s = sealed_open(r, PURPOSE_READ, which, &row, 1);
    if (s == OK)
        ask_read(&fields, out);
    return s;
}

struct new_victim {
    struct care_head head;
    str name, born, country, status, a_number, foreign, colleague;
};

static status draw(struct request *r, struct response *w, const struct new_victim *v, const struct ask *asked, const struct form *f)
{
    str language = v->head.language.len ? v->head.language : asked->language;
    struct new_victim_page page = {
        .page = staff_page(r, N_("Open a file")), .token = form_token(r, lit("/victims/new")), .alias = v->head.alias, .say = v->head.say,
        .age = v->head.age, .about = v->head.about, .name = v->name, .born = v->born, .status = v->status, .a_number = v->a_number,
        .police_case = v->head.police_case.len ? v->head.police_case : asked->police_case, .asked = asked->words,
        .request = asked->sealed.len ? id_text(r->arena, asked->id) : (str){ 0 },
        .foreign = foreign_choices(r, v->foreign), .languages = care_languages(r, language),
        .countries = country_choices(r, v->country),
    };
    status s = victim_colleagues(r, v->colleague, language, &page.who);
    if (s != OK)
        return s;
    if (f) {
        page.problems = f->problems;
        page.alias_problem = problem_of(&f->problems, lit("alias"));
        page.born_problem = problem_of(&f->problems, lit("born"));
        page.page.problem = true;
    }
    new_victim_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

status victims_new(struct request *r, struct response *w)
{
    struct ask asked;
    struct new_victim v = { 0 };
    status s = load_request(r, query_text(r, lit("request")), &asked);
    return s == OK ? draw(r, w, &v, &asked, NULL) : s;
}

static void read_form(struct form *f, struct new_victim *v)
{
    int64_t day;
    v->head.alias = form_text(f, lit("alias"), 1, LINE);
    v->head.say = form_text(f, lit("say"), 0, LINE);
    v->head.age = form_text(f, lit("age"), 0, LINE);
    v->head.language = form_text(f, lit("language"), 0, 16);
    v->head.about = form_text(f, lit("about"), 0, ABOUT);
    v->head.police_case = form_text(f, lit("police_case"), 0, ASK_CASE_MOST);
    v->name = form_text(f, lit("name"), 0, LINE);
    v->born = form_text(f, lit("born"), 0, 10);
    v->country = form_text(f, lit("country"), 0, 8);
    v->status = form_text(f, lit("status"), 0, LINE);
    v->a_number = form_text(f, lit("a_number"), 0, 40);
    v->foreign = form_text(f, lit("foreign"), 0, 16);
    v->colleague = form_text(f, lit("colleague"), 0, 32);
    if (v->born.len && !day_read(v->born, &day))
        form_note(f, lit("born"), tr(f->r->language, N_("A date looks like 2026-11-24.")));
}

static status seal_name(struct request *r, id file, const struct new_victim *v, str *out)
{
    const str texts[] = { v->name, v->born, v->country, v->status, v->a_number };
    struct sealed_field fields[countof(texts)];
    ptrdiff_t n = 0;
    *out = (str){ 0 };
    for (ptrdiff_t i = 0; i < countof(texts); i++)
        if (texts[i].len)
            fields[n++] = (struct sealed_field){ (uint16_t)(NAME_FULL + i), texts[i] };
    return n ? sealed_make(r, care_ring(file, VICTIM), TABLE_CARE_NAME, file, fields, n, out) : OK;
}

static status store(struct request *r, const struct care_row *file, str name, id colleague, const struct ask *asked)
{
    status s = care_file_add(r->db, file);
    if (s == OK && name.len)
        s = care_name_put(r->db, file->id, name);
    if (s == OK)
        s = caseload_add(r->db, r->caller.account, file->id);
    if (s == OK && !id_is_zero(colleague))
        s = caseload_add(r->db, colleague, file->id);
    if (s == OK && asked->sealed.len)
        s = ask_remove(r->db, r->caller.office, asked->id);
    return s;
}

/* The rings are made first: if the rows then fail, an empty pair of rings is left, which opens nothing. */
static status keep(struct request *r, struct new_victim *v, const struct ask *asked, id colleague, id *file)
{
    struct facts facts = { .arena = r->arena };
    struct care_rules rules = care_rules_of(r);
    struct care_row row = { .id = *file = chance_id(r->chance, r->now * 1000, true) };
    str name;
    facts_set(&facts, lit("foreign_national"), v->foreign);
    v->head.office = r->caller.office;
    v->head.opened = r->now;
    v->head.asked = asked->words;
    care_event(&rules, lit("victim.added"), &facts, row.id, r->now, &v->head);
    row.root = row.id;
    row.due_hour = care_due_hour(&v->head);
    status s = victim_ring(r, row.id, VICTIM, colleague);
    if (s == OK)
        s = victim_ring(r, row.id, LOCATION, colleague);
    if (s == OK)
        s = seal_name(r, row.id, v, &name);
    if (s != OK)
        return s;
    ptrdiff_t n;
    struct sealed_field *f = care_head_write(r->arena, &v->head, &n);
    s = sealed_make(r, care_ring(row.id, VICTIM), TABLE_CARE_FILE, row.id, f, n, &row.sealed);
    const str written[] = { row.sealed, name };
    if (s == OK)
        s = sealed_record(r, row.id, written, name.len ? 2 : 1);
    if (s == OK)
        s = db_begin(r->db);
    return s == OK ? db_end(r->db, store(r, &row, name, colleague, asked)) : s;
}

status victims_open(struct request *r, struct response *w)
{
    struct ask asked;
    struct new_victim v = { 0 };
    id file, colleague;
    struct form f = form_read(r);
    read_form(&f, &v);
    status s = load_request(r, form_text(&f, lit("request"), 0, 32), &asked);
    if (s != OK)
        return s;
    s = victim_colleague_of(r, v.colleague, &colleague);
    if (s == NOT_FOUND)
        form_note(&f, lit("colleague"), tr(r->language, N_("Please choose one of these.")));
    else if (s != OK)
        return s;
    if (!form_ok(&f))
        return draw(r, w, &v, &asked, &f);
    s = keep(r, &v, &asked, colleague, &file);
    if (s == OK)
        redirect(w, care_path(r, file, "?done=opened"));
    return s;
}
