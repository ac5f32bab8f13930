/* Entries of any kind of care: added, corrected, withdrawn. */
#include "care/victims/victims_web.h"
#include "common/services.h"
#include "victim_entry_html.h"

enum { REASON = 500 };

/* What stands before an entry is written. */
struct before {
    struct care_opened file;
    struct victim_order order;
    struct care_entry old; /* kind NULL: nothing is corrected */
};

/* A place of its own message and its own count: one safe address at a time. */
static status load_old(struct request *r, id which, struct before *b)
{
    struct sealed_fields fields;
    bool place = care_look(&b->file.head.places, which) != NULL;
    struct sealed_row row = { .id = which, .table = place ? TABLE_CARE_PLACE : TABLE_CARE_ENTRY, .needed = true, .to = &fields };
    status s = place ? care_place_find(r->db, r->arena, r->id, which, &row.sealed)
                     : care_entry_find(r->db, r->arena, r->id, which, &row.sealed);
    if (s == OK)
        s = sealed_open(r, PURPOSE_EDIT, r->id, &row, 1);
    if (s == OK && !care_entry_read(&fields, which, &b->old))
        return NOT_FOUND;
    if (s == OK && (b->old.withdrawn || !caller_may(r, care_permission(b->old.kind))))
        return NOT_FOUND;
    return s == OK && care_look(&b->file.head.superseded, which) ? INVALID : s;
}

/* old zero: a new entry. INVALID: what would be corrected was corrected already. */
static status load(struct request *r, id old, struct before *b)
{
    *b = (struct before){ 0 };
    status s = care_open(r, PURPOSE_EDIT, r->id, &b->file);
    return s == OK && !id_is_zero(old) ? load_old(r, old, b) : s;
}

static status write_entry(struct request *r, struct before *b, struct care_entry *e)
{
    struct care_rules rules = care_rules_of(r);
    struct care_changes changes = { 0 };
    struct care_row row = { .root = r->id };
    care_apply(&rules, e, b->old.kind ? &b->old : NULL, &b->file.head, &changes);
    status s = care_seal_entry(r, e, &row);
    if (s == OK)
        s = care_change_begin(r, &b->file, &row.sealed, 1);
    if (s != OK)
        return s;
    s = care_entry_store(r->db, e, &row);
    if (s == OK)
        s = care_tally(r->db, &changes);
    return db_end(r->db, s);
}

static struct care_entry entry_by(struct request *r, const struct kind *k, const struct before *b)
{
    struct care_entry e = { .author = r->caller.account, .office = r->caller.office, .kind = k, .written = r->now };
    e.id = chance_id(r->chance, r->now * 1000, true);
    if (b->old.kind)
        e.corrects = b->old.id;
    return e;
}

/* ---- the form ---- */

static const char *warning_of(const struct before *b, const struct kind *k, const struct entry_values *v)
{
    const struct care_rule *rule = &b->file.head.rule;
    const struct kind_field *left = kind_field_find(k, lit("message_left"));
    if (!str_equal(k->code, lit("contact_attempt")))
        return "";
    if (id_is_zero(rule->place))
        return N_("No safe way of contact is known. Ask a colleague before you reach out.");
    if (left && str_equal(v->at[left - k->fields], lit("yes")) && !str_equal(rule->voicemail, lit("yes")))
        return N_("The person does not want messages left. Write down what happened, and tell them.");
    return "";
}

static status draw(struct request *r, struct response *w, const struct before *b, const struct kind *k, const struct entry_values *v,
                   str happened, const struct form *f)
{
    struct entry_words words;
    status s = care_words(r, &words);
    if (s != OK)
        return s;
    const char *warning = warning_of(b, k, v);
    str order = b->order.words;
    struct victim_entry_page page = {
        .page = staff_page(r, N_("Entry")), .alias = b->file.head.alias, .back = care_path(r, r->id, ""), .path = care_path(r, r->id, "/entry"),
        .kind = k->code, .kind_label = tr(r->language, str_c(r->arena, k->label)), .happened = happened, .correcting = b->old.kind != NULL,
        .corrects = b->old.kind ? id_text(r->arena, b->old.id) : (str){ 0 }, .rule = rule_box_of(r, &b->file.head.rule),
        .contact = str_equal(k->code, lit("contact_attempt")) || str_equal(k->code, lit("right_notice")),
        .warning = *warning ? tr(r->language, warning) : order,
        .sure = b->order.of,
        .form.inputs = entry_inputs(r->arena, &words, k, v, f ? &f->problems : NULL),
    };
    page.token = form_token(r, page.path);
    if (f) {
        page.problems = f->problems;
        page.happened_problem = problem_of(&f->problems, lit("happened"));
        page.page.problem = true;
    }
    victim_entry_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

/* A kind of care the caller may write, without a code the first; NULL: absent like every other that is not theirs. */
static const struct kind *kind_asked(const struct request *r, str code)
{
    for (ptrdiff_t i = 0; !code.len && i < kind_count; i++)
        if (caller_may(r, care_permission(&kinds[i])))
            return &kinds[i];
    const struct kind *k = kind_find(code);
    return k && caller_may(r, care_permission(k)) ? k : NULL;
}

status victim_entry_form(struct request *r, struct response *w)
{
    struct before b;
    id old = { 0 };
    str corrects = query_text(r, lit("corrects"));
    const struct kind *k = kind_asked(r, query_text(r, lit("kind")));
    if (!k || (corrects.len && (!id_read(corrects, &old) || k->compartment == LOCATION)))
        return NOT_FOUND;
    status s = load(r, old, &b);
    if (s != OK)
        return s == INVALID ? NOT_FOUND : s;
    if (b.old.kind && b.old.kind != k)
        return NOT_FOUND;
    s = b.old.kind ? OK : victim_order(r, &b.file.head, k, &b.old.values, &b.order);
    return s != OK ? s : draw(r, w, &b, k, &b.old.values, day_text(r->arena, b.old.kind ? b.old.day : day_of(r->now)), NULL);
}

/* A step belongs to one relief: the two are chosen apart and must fit. */
static void check_relief(struct form *f, const struct kind *k, const struct entry_values *v)
{
    const struct kind_field *relief = kind_field_find(k, lit("relief")), *step = kind_field_find(k, lit("step"));
    if (!relief || !step || !v->at[relief - k->fields].len || !v->at[step - k->fields].len)
        return;
    str of = v->at[step - k->fields];
    if (!str_equal(str_part(of, 0, str_find(of, '|')), v->at[relief - k->fields]))
        form_note(f, step->name, tr(f->r->language, N_("This step belongs to another relief.")));
}

static int64_t read_happened(struct form *f, str *text)
{
    int64_t day = 0;
    *text = form_text(f, lit("happened"), 1, 10);
    if (text->len && !day_read(*text, &day))
        form_note(f, lit("happened"), tr(f->r->language, N_("A date looks like 2026-11-24.")));
    else if (text->len && day > day_of(f->r->now))
        form_note(f, lit("happened"), tr(f->r->language, N_("This day is still to come.")));
    return day;
}

/* An entry out of its order is saved by who has seen the warning. A correction takes the place that is there. */
static status check_order(struct request *r, struct form *f, const struct kind *k, const struct entry_values *v, struct before *b)
{
    status s = b->old.kind ? OK : victim_order(r, &b->file.head, k, v, &b->order);
    if (s == OK && b->order.words.len && form_ok(f) && !form_has(f, lit("_sure"), b->order.of))
        form_note(f, lit("order"), b->order.words);
    return s;
}

status victim_entry_add(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct entry_words words;
    struct entry_values v;
    str happened, corrects = form_text(&f, lit("_corrects"), 0, 32);
    id old = { 0 };
    const struct kind *k = kind_asked(r, form_text(&f, lit("_kind"), 1, 64));
    if (!k || (corrects.len && (!id_read(corrects, &old) || k->compartment == LOCATION)))
        return NOT_FOUND;
    status s = care_words(r, &words);
    if (s != OK)
        return s;
    int64_t day = read_happened(&f, &happened);
    entry_read_form(&f, &words, k, &v);
    check_relief(&f, k, &v);
    s = CONFLICT;
    for (int i = 0; s == CONFLICT && i < CARE_TRIES; i++) {
        struct before b;
        s = load(r, old, &b);
        if (s != OK)
            return s == INVALID ? CONFLICT : s;
        if (b.old.kind && b.old.kind != k)
            return NOT_FOUND;
        s = check_order(r, &f, k, &v, &b);
        if (s != OK)
            return s;
        if (!form_ok(&f))
            return draw(r, w, &b, k, &v, happened, &f);
        struct care_entry e = entry_by(r, k, &b);
        e.day = day;
        e.values = v;
        s = write_entry(r, &b, &e);
    }
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=saved"));
    return s;
}

/* Nothing is deleted: a further entry says that the first did not happen, and why. */
status victim_withdraw(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str reason = form_text(&f, lit("reason"), 1, REASON);
    id old;
    if (!id_read(form_text(&f, lit("entry"), 0, 32), &old) || id_is_zero(old))
        return NOT_FOUND;
    status s = CONFLICT;
    for (int i = 0; s == CONFLICT && i < CARE_TRIES; i++) {
        struct before b;
        s = load(r, old, &b);
        if (s != OK)
            return s == INVALID ? CONFLICT : s;
        if (!form_ok(&f)) {
            redirect(w, care_path(r, r->id, "?done=reason"));
            return OK;
        }
        struct care_entry e = entry_by(r, b.old.kind, &b);
        e.day = b.old.day;
        e.withdrawn = true;
        e.reason = reason;
        s = write_entry(r, &b, &e);
    }
    if (s == OK)
        redirect(w, care_path(r, r->id, "?done=withdrawn"));
    return s;
}
