/* Writing entries: of any kind, by the form that its row of the kinds makes. */
#include "casework/casefile/casefile.h"
#include "casework/timeline/timeline_web.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"
#include "timeline_entry_html.h"
#include "timeline_kinds_html.h"

static handler choose, add, show_correct, correct;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/cases/:id/add",     CASE_WRITE, NOTHING, choose        },
    { STAFF_SIDE, POST, "/cases/:id/add",     CASE_WRITE, FORM,    add           },
    { STAFF_SIDE, GET,  "/cases/:id/correct", CASE_WRITE, NOTHING, show_correct  },
    { STAFF_SIDE, POST, "/cases/:id/correct", CASE_WRITE, FORM,    correct       },
    { STAFF_SIDE, GET,  "/cases/:id/csv",     CASE_READ,  NOTHING, timeline_csv  },
    { STAFF_SIDE, GET,  "/cases/:id/json",    CASE_READ,  NOTHING, timeline_json },
};
/* clang-format on */
const struct routes timeline_routes = { table, countof(table) };

/* One entry being written. */
struct writing {
    struct opened_case c;
    const struct kind *kind;
    struct subjects subjects;
    struct entry_words words;
    struct timeline_kinds have;
    struct timeline_entry old;   /* correcting: the entry whose place is taken, opened */
    bool correcting;
    struct timeline_entry fresh;
    str day, why;                /* as typed */
};

static status open_case(struct request *r, enum purpose why, struct writing *x)
{
    status s = casefile_open(r, r->id, why, &x->c);
    if (s == OK)
        s = subject_open(r, r->id, PURPOSE_READ, &x->subjects);
    if (s == OK)
        s = timeline_words(r, r->id, &x->subjects, &x->words);
    return s == OK ? timeline_kinds(r->db, r->arena, r->id, &x->have) : s;
}

static bool may_write(const struct request *r, const struct kind *k)
{
    permission needs = timeline_permission(k);
    return needs != NOBODY && caller_may(r, needs);
}

/* A field that must be chosen, of a list that is empty here: nobody could fill the form. */
static bool can_be_filled(struct request *r, const struct entry_words *w, const struct kind *k)
{
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        const struct kind_field *f = &k->fields[i];
        bool chosen = f->type == FIELD_CHOICE || f->type == FIELD_CODE || f->type == FIELD_MULTI;
        if (f->required && chosen && !entry_choices(r->arena, w, f, (str){ 0 }).len && !str_equal(f->choices, lit("subject")))
            return false;
    }
    return true;
}

static str before_words(struct request *r, const struct kind *k)
{
    struct out o = { .arena = r->arena };
    str rest = k->predecessors;
    out_str(&o, tr(r->language, N_("This usually comes after:")));
    out_char(&o, ' ');
    bool first = true;
    for (str code; str_split(&rest, ';', &code); first = false) {
        const struct kind *before = kind_find(code);
        if (!first)
            out_str(&o, lit(", "));
        out_str(&o, before ? tr(r->language, str_c(r->arena, before->label)) : code);
    }
    out_str(&o, lit(". "));
    out_str(&o, tr(r->language, N_("You can save it all the same.")));
    return out_view(&o);
}

/* ---- pages ---- */

static status draw_choice(struct request *r, struct response *w, struct writing *x)
{
    struct kinds_page page = { .page = staff_page(r, N_("Add an entry")), .back = casefile_path(r->arena, r->id, ""),
                               .name = id_short(r->arena, r->id) };
    page.links.at = arena_new(r->arena, struct kind_link, kind_count);
    for (ptrdiff_t i = 0; i < kind_count; i++) {
        const struct kind *k = &kinds[i];
        if (may_write(r, k) && can_be_filled(r, &x->words, k))
            page.links.at[page.links.len++] = (struct kind_link){ str_join(r->arena, casefile_path(r->arena, r->id, "/add?kind="), k->code),
                                                                  tr(r->language, str_c(r->arena, k->label)), !timeline_has_before(&x->have, k) };
    }
    timeline_kinds_html(&w->body, r->language, &page);
    return OK;
}

static status draw_form(struct request *r, struct response *w, struct writing *x, const struct form *f)
{
    const struct entry_values *values = &x->fresh.values;
    struct timeline_page page = {
        .page = staff_page(r, x->correcting ? N_("Correct") : N_("Add")), .back = casefile_path(r->arena, r->id, ""),
        .name = id_short(r->arena, r->id), .action = casefile_path(r->arena, r->id, x->correcting ? "/correct" : "/add"),
        .kind = x->kind->code, .kind_label = tr(r->language, str_c(r->arena, x->kind->label)), .entry = id_text(r->arena, x->fresh.id),
        .day = x->day, .why = x->why, .correcting = x->correcting,
        .fields = { entry_inputs(r->arena, &x->words, x->kind, values, f ? &f->problems : NULL) },
    };
    page.token = form_token(r, page.action);
    if (x->correcting)
        page.corrects = id_text(r->arena, x->old.id);
    else if (!timeline_has_before(&x->have, x->kind))
        page.warning = before_words(r, x->kind);
    if (f) {
        page.problems = f->problems;
        page.day_problem = problem_of(&f->problems, lit("_day"));
        page.why_problem = problem_of(&f->problems, lit("_why"));
        page.page.problem = true;
    }
    timeline_entry_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

static status choose(struct request *r, struct response *w)
{
    struct writing x = { .fresh.id = chance_id(r->chance, r->now * 1000, true), .day = day_text(r->arena, day_of(r->now)) };
    str code = query_text(r, lit("kind"));
    status s = open_case(r, PURPOSE_READ, &x);
    if (s != OK)
        return s;
    if (!code.len)
        return draw_choice(r, w, &x);
    x.kind = kind_find(code);
    return x.kind && may_write(r, x.kind) ? draw_form(r, w, &x, NULL) : NOT_FOUND;
}

/* The entry to be corrected, of this case and readable: all else is not there. CONFLICT: somebody took its place already. */
static status open_old(struct request *r, str text, struct writing *x)
{
    id old;
    bool limited;
    if (!id_read(text, &old))
        return NOT_FOUND;
    status s = timeline_find(r->db, r->arena, r->id, old, &x->old);
    if (s != OK)
        return s;
    struct timeline_entries one = { &x->old, 1 };
    s = timeline_open(r, r->id, PURPOSE_EDIT, &one, &limited);
    if (s != OK)
        return s;
    x->kind = kind_find(x->old.kind);
    x->correcting = true;
    if (!x->old.opened || !x->kind || !may_write(r, x->kind))
        return limited ? LIMIT : NOT_FOUND;
    return id_is_zero(x->old.later.id) ? OK : CONFLICT;
}

static status show_correct(struct request *r, struct response *w)
{
    struct writing x = { .fresh.id = chance_id(r->chance, r->now * 1000, true) };
    status s = open_case(r, PURPOSE_READ, &x);
    if (s == OK)
        s = open_old(r, query_text(r, lit("entry")), &x);
    if (s != OK)
        return s;
    x.fresh.values = x.old.values;
    x.day = day_text(r->arena, x.old.day);
    return draw_form(r, w, &x, NULL);
}

/* ---- saving ---- */

/* What the form itself asks begins with '_': a field of some kind may be called "kind" or "day". */

/* Whose act it is: the office the entry names, else that of the case. */
static id acting_office(const struct writing *x)
{
    const struct kind_field *f = kind_field_find(x->kind, lit("by_office"));
    id office;
    return f && id_read(x->fresh.values.at[f - x->kind->fields], &office) ? office : x->c.row.office;
}

static void read_day(struct form *f, struct writing *x)
{
    x->day = form_text(f, lit("_day"), 1, 32);
    if (x->day.len && !day_read(x->day, &x->fresh.day))
        form_note(f, lit("_day"), tr(f->r->language, N_("A date looks like 2026-11-24.")));
    else if (x->day.len && x->fresh.day > day_of(f->r->now))
        form_note(f, lit("_day"), tr(f->r->language, N_("This day is still to come. Write what has happened; a date ahead has a field of its own.")));
}

/* Of a kind that counts persons: the others that stand are opened, because who they are about is sealed. */
static status count(struct request *r, struct writing *x, const struct timeline_entry **begins)
{
    const struct kind_field *subject;
    struct timeline_entries standing;
    bool limited;
    *begins = NULL;
    x->fresh.counted = !x->fresh.withdrawn;
    if (!timeline_counts_once(r->services->pack, x->kind, day_of(r->now), &subject))
        return OK;
    status s = timeline_standing(r->db, r->arena, r->id, x->kind->code, &standing);
    if (s == OK)
        s = timeline_open(r, r->id, PURPOSE_EDIT, &standing, &limited);
    if (s == OK && limited)
        return LIMIT;
    if (s == OK)
        *begins = timeline_recount(&standing, x->correcting ? &x->old : NULL, &x->fresh, subject - x->kind->fields);
    return s;
}

static status store(struct request *r, struct writing *x, const struct timeline_entry *begins)
{
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    s = timeline_add(r->db, &x->fresh);
    if (s == OK && begins)
        s = timeline_set_counted(r->db, r->id, begins->id, true);
    if (s == OK)
        s = timeline_follow(r, x->kind, r->id, !x->correcting);
    return db_end(r->db, s);
}

/* The same form sent twice: the entry stands, and that is what was wanted. */
static bool is_there(struct request *r, const struct writing *x)
{
    struct timeline_entry e;
    return timeline_find(r->db, r->arena, r->id, x->fresh.id, &e) == OK && id_equal(e.author, r->caller.account);
}

static status save(struct request *r, struct response *w, struct writing *x, const char *done)
{
    const struct timeline_entry *begins;
    struct timeline_entry *e = &x->fresh;
    status s = OK;
    e->root = r->id;
    e->kind = x->kind->code;
    e->author = r->caller.account;
    e->written_day = day_of(r->now);
    e->office = acting_office(x);
    if (!is_there(r, x)) {
        s = count(r, x, &begins);
        if (s == OK)
            s = timeline_seal(r, e);
        if (s == OK)
            s = sealed_record(r, r->id, &e->sealed, 1);
        if (s == OK)
            s = store(r, x, begins);
    }
    if (s == OK)
        redirect(w, casefile_path(r->arena, r->id, done));
    return s;
}

static void read_id_of(struct form *f, struct writing *x)
{
    if (!id_read(form_text(f, lit("_entry"), 0, 32), &x->fresh.id))
        x->fresh.id = chance_id(f->r->chance, f->r->now * 1000, true);
}

static status add(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct writing x = { 0 };
    x.kind = kind_find(form_text(&f, lit("_kind"), 0, 64));
    status s = open_case(r, PURPOSE_EDIT, &x);
    if (s != OK)
        return s;
    if (!x.kind || !may_write(r, x.kind))
        return NOT_FOUND;
    read_id_of(&f, &x);
    read_day(&f, &x);
    entry_read_form(&f, &x.words, x.kind, &x.fresh.values);
    return form_ok(&f) ? save(r, w, &x, "?done=entry") : draw_form(r, w, &x, &f);
}

static status correct(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct writing x = { 0 };
    status s = open_case(r, PURPOSE_EDIT, &x);
    read_id_of(&f, &x);
    if (s == OK)
        s = open_old(r, form_text(&f, lit("_corrects"), 0, 32), &x);
    if (s == CONFLICT && is_there(r, &x)) {
        redirect(w, casefile_path(r->arena, r->id, "?done=correct"));
        return OK;
    }
    if (s != OK)
        return s;
    x.why = x.fresh.reason = form_text(&f, lit("_why"), 1, TIMELINE_REASON_MOST);
    x.fresh.corrects = x.old.id;
    x.fresh.withdrawn = form_has(&f, lit("_do"), lit("withdraw"));
    if (x.fresh.withdrawn) {
        x.fresh.day = x.old.day;
        x.day = day_text(r->arena, x.old.day);
        if (!form_ok(&f))
            x.fresh.values = x.old.values; /* the form again, whole */
    } else {
        read_day(&f, &x);
        entry_read_form(&f, &x.words, x.kind, &x.fresh.values);
    }
    return form_ok(&f) ? save(r, w, &x, x.fresh.withdrawn ? "?done=withdraw" : "?done=correct") : draw_form(r, w, &x, &f);
}
