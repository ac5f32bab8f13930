/* What the tip names: its words with every finding marked, and the form by which a person says which are right. */
#include "common/pack/pack.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"
#include "triage/review/review_page.h"
#include "triage/review/review_web.h"
#include "triage/words/words.h"

enum { FIELD_NAME = 24, TURN_MOST = 20 };
static const str answers[] = { LIT(""), LIT("right"), LIT("wrong") }; /* by enum mark_state */

static const struct {
    const char *words, *class; /* the class draws the line under it: alike for what is alike */
} kinds[FOUND_KINDS] = {
    [FOUND_PHONE] = { N_("Telephone"), "found f-reach" }, [FOUND_EMAIL] = { N_("E-mail"), "found f-reach" },
    [FOUND_URL] = { N_("Link"), "found f-reach" },        [FOUND_HANDLE] = { N_("Name at a service"), "found f-reach" },
    [FOUND_PLATE] = { N_("Plate"), "found f-vehicle" },   [FOUND_MONEY] = { N_("Money"), "found f-money" },
    [FOUND_DATE] = { N_("Date"), "found f-time" },        [FOUND_AGE] = { N_("Age"), "found f-time" },
    [FOUND_ADDRESS] = { N_("Address"), "found f-place" }, [FOUND_AD] = { N_("Advertisement"), "found f-ad" },
};

struct marks review_marks(const struct request *r, const struct opened_tip *o)
{
    return marks_of(r->arena, o->tip.narrative, pack_country(r->services->pack, day_of(r->now)), sealed_field(&o->mark_fields, MARK_LIST));
}

/* By the place in the text, so that a form that was drawn before means the same finding still. */
static str field_of(struct arena *a, const struct mark *m)
{
    struct out o = { .arena = a };
    out_char(&o, 'n');
    out_int(&o, m->begin);
    return out_view(&o);
}

static str class_of(struct arena *a, const struct mark *m)
{
    static const str states[] = { LIT(""), LIT(" confirmed"), LIT(" struck") };
    return str_join(a, str_of(kinds[m->kind].class), states[m->state]);
}

static str state_words(const struct request *r, enum mark_state state)
{
    static const char *const words[] = { N_("Not decided"), N_("It is right"), N_("It is wrong") };
    return tr(r->language, words[state]);
}

static void add_piece(struct review_page *p, str text)
{
    if (text.len)
        p->said.at[p->said.len++] = (struct said_piece){ .text = text };
}

void review_add_marks(const struct request *r, const struct opened_tip *o, const struct review_typed *typed, struct review_page *p)
{
    struct marks marks = typed->marks ? *typed->marks : review_marks(r, o);
    str narrative = o->tip.narrative;
    ptrdiff_t end = 0;
    p->said.at = arena_new(r->arena, struct said_piece, 2 * marks.len + 1);
    p->names.at = arena_new(r->arena, struct named_row, marks.len + 1);
    for (ptrdiff_t i = 0; i < marks.len; i++) {
        const struct mark *m = &marks.at[i];
        str text = str_part(narrative, m->begin, m->end), field = field_of(r->arena, m), class = class_of(r->arena, m), kind = tr(r->language, kinds[m->kind].words);
        add_piece(p, str_part(narrative, end, m->begin));
        end = m->end;
        p->said.at[p->said.len++] = (struct said_piece){ .number = i + 1, .text = text, .class = class, .kind = kind, .href = str_join(r->arena, lit("#"), field) };
        p->names.at[p->names.len++] = (struct named_row){
            .number = i + 1, .first = i == 0, .kind = kind, .class = str_of(kinds[m->kind].class), .text = text, .field = field, .state = state_words(r, m->state),
            .normal = str_equal(text, m->normal) ? (str){ 0 } : m->normal, .right = m->state == MARK_CONFIRMED, .wrong = m->state == MARK_STRUCK };
    }
    add_piece(p, str_part(narrative, end, narrative.len));
    p->names_full = marks.full;
    p->turn = typed->marks ? typed->turn : o->mark.turn;
    p->path_names = review_path(r, "/names");
    p->token_names = form_token(r, p->path_names);
}

/* Of the newest saving: how many were right and how many wrong. */
str review_mark_heading(const struct request *r, const struct opened_tip *o)
{
    struct marks marks = review_marks(r, o);
    int64_t n[3] = { 0 };
    struct out right = { .arena = r->arena }, wrong = { .arena = r->arena };
    for (ptrdiff_t i = 0; i < marks.len; i++)
        n[marks.at[i].state]++;
    out_int(&right, n[MARK_CONFIRMED]);
    out_int(&wrong, n[MARK_STRUCK]);
    return fill_words(r, N_("Looked at what it names: %1 right, %2 wrong"), out_view(&right), out_view(&wrong));
}

/* ---- saving ---- */

/* What the form says of each; true: something is said otherwise than before. */
static bool read_answers(struct form *f, struct arena *a, struct marks *m)
{
    bool changed = false;
    for (ptrdiff_t i = 0; i < m->len; i++) {
        str answer = form_choice(f, field_of(a, &m->at[i]), answers, countof(answers));
        enum mark_state state = MARK_OPEN;
        for (int k = MARK_CONFIRMED; k <= MARK_STRUCK; k++)
            state = str_equal(answer, answers[k]) ? (enum mark_state)k : state;
        changed = changed || state != m->at[i].state;
        m->at[i].state = state;
    }
    return changed;
}

static status keep_marks(struct request *r, int64_t turn, const struct marks *m)
{
    struct tip_mark row;
    status s = tip_mark_make(r, r->id, turn, m, &row);
    if (s == OK)
        s = sealed_record(r, r->id, &row.sealed, 1);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    s = review_still_here(r);
    if (s == OK)
        s = tip_mark_add(r->db, &row);
    return db_end(r->db, s);
}

status review_mark(struct request *r, struct response *w)
{
    struct opened_tip o = { 0 };
    struct form f = form_read(r);
    struct review_typed typed = { .form = &f, .priority = -1 };
    status s = review_load(r, PURPOSE_EDIT, false, &o);
    if (s != OK)
        return s;
    struct marks marks = review_marks(r, &o);
    bool changed = read_answers(&f, r->arena, &marks);
    typed.marks = &marks;
    typed.turn = o.mark.turn;
    int64_t turn = -1;
    if (!str_to_int(form_text(&f, lit("turn"), 0, TURN_MOST), &turn) || turn != o.mark.turn)
        form_note(&f, lit("names"), tr(r->language, N_("Somebody else decided meanwhile. What you chose is below: look at it, and save again.")));
    if (!form_ok(&f))
        return review_draw(r, w, &o, &typed);
    if (changed)
        s = keep_marks(r, o.mark.turn + 1, &marks);
    if (s == CONFLICT) {
        form_note(&f, lit("names"), tr(r->language, N_("Somebody else decided meanwhile. What you chose is below: look at it, and save again.")));
        return review_again(r, w, &typed);
    }
    if (s == OK)
        redirect(w, review_path(r, changed ? "?done=names" : "?done=same"));
    return s;
}
