/* An officer asks victim assistance. The answer, if there is one, is a packet: this page never says what became of it. */
#include "care/ask/ask_web.h"
#include "common/services.h"
#include "staff/roster/roster.h"
#include "ask_html.h"

static handler show, send;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/ask-help", CASE_WRITE, NOTHING, show },
    { STAFF_SIDE, POST, "/ask-help", CASE_WRITE, FORM,    send },
};
/* clang-format on */
const struct routes ask_routes = { table, countof(table) };

static struct choices topics_of(const struct request *r, str chosen)
{
    struct choices list = { .at = arena_new(r->arena, struct choice, ask_topic_count) };
    for (ptrdiff_t i = 0; i < ask_topic_count; i++) {
        str code = str_of(ask_topics[i].code);
        list.at[list.len++] = (struct choice){ code, tr(r->language, ask_topics[i].label), str_equal(code, chosen) };
    }
    return list;
}

/* From the roster alone: nothing here is derived from what carers hold. */
static status suggest(struct request *r, struct ask *x)
{
    struct duty best;
    status s = duty_suggest(r->db, r->arena, x->office, lit("victim_assistance"), x->language, day_of(r->now), &best);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    x->suggested = best.name;
    x->why = x->language.len && str_equal(best.language, x->language) ? lit("language") : lit("duty");
    return OK;
}

static status draw(struct request *r, struct response *w, const struct ask *x, const struct form *f)
{
    status s;
    struct ask_page page = {
        .page = staff_page(r, N_("Ask victim assistance")), .token = form_token(r, lit("/ask-help")), .police_case = x->police_case,
        .words = x->words, .by = x->by, .offices = care_offices(r, x->office, &s), .topics = topics_of(r, x->about),
        .languages = care_languages(r, x->language), .suggested = x->suggested, .looked = !id_is_zero(x->office),
        .why = str_equal(x->why, lit("language")) ? tr(r->language, N_("on duty, and speaks the language")) : tr(r->language, N_("on duty")),
    };
    if (s != OK)
        return s;
    if (str_equal(query_text(r, lit("done")), lit("sent")))
        page.done = tr(r->language, N_("It is sealed to victim assistance. What they may tell you comes as a packet."));
    if (f) {
        page.problems = f->problems;
        page.office_problem = problem_of(&f->problems, lit("office"));
        page.about_problem = problem_of(&f->problems, lit("about"));
        page.words_problem = problem_of(&f->problems, lit("words"));
        page.by_problem = problem_of(&f->problems, lit("by"));
        page.case_problem = problem_of(&f->problems, lit("police_case"));
        page.page.problem = true;
    }
    ask_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    struct ask x = { .office = r->caller.office, .police_case = str_part(query_text(r, lit("case")), 0, ASK_CASE_MOST),
                     .language = query_text(r, lit("language")) };
    (void)id_read(query_text(r, lit("office")), &x.office);
    status s = suggest(r, &x);
    return s == OK ? draw(r, w, &x, NULL) : s;
}

static void read_form(struct form *f, struct ask *x)
{
    int64_t day;
    str topics[16];
    must(ask_topic_count <= countof(topics));
    for (ptrdiff_t i = 0; i < ask_topic_count; i++)
        topics[i] = str_of(ask_topics[i].code);
    if (!id_read(form_text(f, lit("office"), 0, 32), &x->office))
        form_note(f, lit("office"), tr(f->r->language, N_("Please choose one of these.")));
    x->police_case = form_text(f, lit("police_case"), 0, ASK_CASE_MOST);
    x->about = form_choice(f, lit("about"), topics, ask_topic_count);
    x->words = form_text(f, lit("words"), 1, ASK_WORDS_MOST);
    x->by = form_text(f, lit("by"), 0, 10);
    x->language = form_text(f, lit("language"), 0, 16);
    if (!x->about.len && !problem_of(&f->problems, lit("about")).len)
        form_note(f, lit("about"), tr(f->r->language, N_("Please choose one of these.")));
    if (x->by.len && !day_read(x->by, &day))
        form_note(f, lit("by"), tr(f->r->language, N_("A date looks like 2026-11-24.")));
}

static status keep(struct request *r, struct ask *x)
{
    struct sealed_field fields[ASK_FIELDS];
    x->id = chance_id(r->chance, r->now * 1000, true);
    x->from = r->caller.account;
    x->name = r->caller.name;
    x->at = r->now;
    ptrdiff_t n = ask_write(r->arena, x, fields);
    status s = sealed_make(r, (struct sealed_place){ SCOPE_OFFICE, x->office, VICTIM }, TABLE_CARE_REQUEST, x->id, fields, n, &x->sealed);
    if (s != OK)
        return s;
    s = sealed_record(r, x->id, &x->sealed, 1);
    return s == OK ? ask_add(r->db, x) : s;
}

static status send(struct request *r, struct response *w)
{
    struct ask x = { 0 };
    struct form f = form_read(r);
    read_form(&f, &x);
    status s = id_is_zero(x.office) ? OK : suggest(r, &x);
    if (s == OK && form_ok(&f)) {
        s = keep(r, &x);
        if (s == NOT_FOUND) /* no carer of that office has come yet: there is no tray */
            form_note(&f, lit("office"), tr(r->language, N_("Nobody of that office reads requests yet. Choose another, or call them.")));
        else if (s == OK)
            redirect(w, lit("/ask-help?done=sent"));
        if (s != NOT_FOUND)
            return s;
        s = OK;
    }
    return s == OK ? draw(r, w, &x, &f) : s;
}
