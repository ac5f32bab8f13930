#include "casework/casefile/casefile.h"
#include "casework/subject/subject_web.h"
#include "staff/sealed/sealed.h"
#include "subject_html.h"

static handler show, save;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/cases/:id/subject", CASE_WRITE, NOTHING, show },
    { STAFF_SIDE, POST, "/cases/:id/subject", CASE_WRITE, FORM,    save },
};
/* clang-format on */
const struct routes subject_routes = { table, countof(table) };

static status draw(struct request *r, struct response *w, const struct subject *s, const struct form *f)
{
    struct subject_page page = {
        .page = staff_page(r, s->number ? N_("Subject") : N_("Add a subject")), .back = casefile_path(r->arena, r->id, ""),
        .case_name = id_short(r->arena, r->id), .action = casefile_path(r->arena, r->id, "/subject"), .subject_id = id_text(r->arena, s->id),
        .name = s->name, .about = s->about,
    };
    page.token = form_token(r, page.action);
    if (s->number) {
        page.number = subject_number(r->arena, s->number);
        page.version = subject_number(r->arena, s->version);
    }
    if (f) {
        page.problems = f->problems;
        page.name_problem = problem_of(&f->problems, lit("name"));
        page.about_problem = problem_of(&f->problems, lit("about"));
        page.page.problem = true;
    }
    subject_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

/* The subject of that number as it stands. NOT_FOUND: none, or not readable. */
static status find(struct request *r, int64_t number, struct subject *out)
{
    struct subjects list;
    status s = subject_open(r, r->id, PURPOSE_EDIT, &list);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++)
        if (list.at[i].number == number) {
            *out = list.at[i];
            return OK;
        }
    return s == OK ? NOT_FOUND : s;
}

static status show(struct request *r, struct response *w)
{
    struct opened_case c;
    struct subject one = { 0 };
    str number = query_text(r, lit("number"));
    int64_t n = 0;
    status s = casefile_open(r, r->id, PURPOSE_READ, &c);
    if (s == OK && number.len)
        s = str_to_int(number, &n) ? find(r, n, &one) : NOT_FOUND;
    if (s != OK)
        return s;
    one.id = chance_id(r->chance, r->now * 1000, true); /* of the row that will be written */
    return draw(r, w, &one, NULL);
}

static status store(struct request *r, struct subject *one)
{
    const struct sealed_field fields[] = { { SUBJECT_NAME, one->name }, { SUBJECT_ABOUT, one->about }, { SUBJECT_AT, sealed_time(r->arena, r->now) } };
    status s = sealed_make(r, (struct sealed_place){ SCOPE_CASE, r->id, CASE }, TABLE_SUBJECT, one->id, fields, countof(fields), &one->sealed);
    if (s == OK)
        s = sealed_record(r, r->id, &one->sealed, 1);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    return db_end(r->db, one->number ? subject_change(r->db, one) : subject_add(r->db, one));
}

/* The row's id comes with the page: sent twice, it is one subject. */
static bool is_there(struct request *r, id row)
{
    struct subjects list;
    if (subject_list(r->db, r->arena, r->id, &list) != OK)
        return false;
    for (ptrdiff_t i = 0; i < list.len; i++)
        if (id_equal(list.at[i].id, row) && id_equal(list.at[i].author, r->caller.account))
            return true;
    return false;
}

static status save(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct opened_case c;
    struct subject one = { .root = r->id, .author = r->caller.account, .day = day_of(r->now) };
    str number = form_text(&f, lit("number"), 0, 16), version = form_text(&f, lit("version"), 0, 16);
    one.name = form_text(&f, lit("name"), 1, SUBJECT_NAME_MOST);
    one.about = form_text(&f, lit("about"), 0, SUBJECT_ABOUT_MOST);
    if (!id_read(form_text(&f, lit("subject"), 0, 32), &one.id))
        one.id = chance_id(r->chance, r->now * 1000, true);
    status s = casefile_open(r, r->id, PURPOSE_EDIT, &c);
    if (s == OK && number.len) {
        struct subject there;
        s = str_to_int(number, &one.number) && str_to_int(version, &one.version) ? find(r, one.number, &there) : NOT_FOUND;
    }
    if (s != OK)
        return s;
    if (!form_ok(&f))
        return draw(r, w, &one, &f);
    s = is_there(r, one.id) ? OK : store(r, &one);
    if (s == LIMIT) {
        form_note(&f, lit("name"), tr(r->language, N_("This case has as many subjects as a case can have.")));
        return draw(r, w, &one, &f);
    }
    if (s == OK)
        redirect(w, casefile_path(r->arena, r->id, "?done=subject"));
    return s;
}
