#include "common/services.h"
#include "staff/hold/hold.h"
#include "staff/account/account.h"
#include "triage/words/words.h"
#include "triage/review/review_page.h"
#include "triage/review/review_web.h"
#include "review_html.h"

static struct {
    const struct tip_action *at;
    ptrdiff_t len;
} offered;

void review_offer(const struct tip_action *actions, ptrdiff_t n)
{
    offered.at = actions;
    offered.len = n;
}

static struct shown_actions actions_of(const struct request *r)
{
    struct shown_actions list = { .at = arena_new(r->arena, struct shown_action, offered.len + 1) };
    for (ptrdiff_t i = 0; i < offered.len; i++)
        if (caller_may(r, offered.at[i].needs))
            list.at[list.len++] = (struct shown_action){
                str_join(r->arena, str_join(r->arena, str_of(offered.at[i].before), id_text(r->arena, r->id)), str_of(offered.at[i].behind)),
                tr(r->language, offered.at[i].label),
            };
    return list;
}

static void add_fact(const struct request *r, struct facts_list *list, const char *label, str value)
{
    if (value.len)
        list->at[list->len++] = (struct shown_fact){ tr(r->language, label), value };
}

static str answer_words(const struct request *r, str code)
{
    static const struct {
        const char *code, *words;
    } rows[] = {
        { "yes", N_("Yes") }, { "no", N_("No") }, { "not_sure", N_("Not sure") }, { "now", N_("It goes on now") },
        { "month", N_("In the last month") }, { "before", N_("Longer ago") }, { "anonymous", N_("Consent: only what happened") },
        { "confidential", N_("Consent: confidential") }, { "share", N_("Consent: may be shared") }, { "phone", N_("Call") },
        { "text", N_("Text") }, { "mail", N_("E-mail") }, { "other", N_("Another way") },
    };
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(code, str_of(rows[i].code)))
            return tr(r->language, rows[i].words);
    return code;
}

static str number_text(struct arena *a, int64_t n)
{
    struct out o = { .arena = a };
    if (n)
        out_int(&o, n);
    return out_view(&o);
}

static struct facts_list known_facts(const struct request *r, const struct tip *t)
{
    struct facts_list list = { .at = arena_new(r->arena, struct shown_fact, 16) };
    add_fact(r, &list, N_("Received"), staff_time(r->arena, t->received));
    add_fact(r, &list, N_("Came by"), contact_words(r, "channel", t->channel));
    add_fact(r, &list, N_("Handed in by"), t->partner);
    add_fact(r, &list, N_("Language"), language_words(r, t->language));
    add_fact(r, &list, N_("In danger now"), answer_words(r, t->danger));
    add_fact(r, &list, N_("When"), answer_words(r, t->when));
    add_fact(r, &list, N_("Under 18"), answer_words(r, t->minor));
    add_fact(r, &list, N_("Place"), t->place);
    add_fact(r, &list, N_("Kind of place"), venue_words(r, t->venue));
    add_fact(r, &list, N_("Kind of work"), industry_words(r, t->industry));
    add_fact(r, &list, N_("How many people"), number_text(r->arena, t->how_many));
    add_fact(r, &list, N_("The people"), t->people);
    add_fact(r, &list, N_("Phones, plates, links"), t->identifiers);
    add_fact(r, &list, N_("How they know"), contact_words(r, "proximity", t->proximity));
    if (t->do_not_contact)
        add_fact(r, &list, N_("Contact"), tr(r->language, N_("Do not contact them, except in the mailbox")));
    return list;
}

static struct facts_list source_facts(const struct request *r, const struct source *s)
{
    struct facts_list list = { .at = arena_new(r->arena, struct shown_fact, SOURCE_FIELDS) };
    add_fact(r, &list, N_("Way to reach them"), answer_words(r, s->method));
    add_fact(r, &list, N_("Number or address"), s->address);
    add_fact(r, &list, N_("When it is safe"), s->safe_when);
    add_fact(r, &list, N_("Code word"), s->code_word);
    add_fact(r, &list, N_("A message may be left"), answer_words(r, s->message));
    return list;
}

static struct str_list lines_of(struct arena *a, str s)
{
    struct str_list list = { .at = arena_new(a, str, TIP_SIGNS_MOST) };
    for (str line; list.len < TIP_SIGNS_MOST && str_split(&s, '\n', &line);)
        if ((line = str_trim(line)).len)
            list.at[list.len++] = line;
    return list;
}

static struct str_list sign_words(const struct request *r, str codes)
{
    struct str_list list = lines_of(r->arena, codes);
    for (ptrdiff_t i = 0; i < list.len; i++) {
        const struct pack_row *row = pack_find(r->services->pack, lit("indicators"), list.at[i], day_of(r->now));
        if (row)
            list.at[i] = tr(r->language, str_c(r->arena, pack_cell(row, INDICATOR_STAFF)));
    }
    return list;
}

static struct str_list reason_words(const struct request *r, str reasons)
{
    struct str_list list = lines_of(r->arena, reasons);
    for (ptrdiff_t i = 0; i < list.len; i++)
        list.at[i] = tr(r->language, str_c(r->arena, list.at[i]));
    return list;
}

static str author_name(struct request *r, id author)
{
    struct account a;
    return account_find(r->db, r->arena, author, &a) == OK ? a.name : (str){ 0 };
}

/* A decision on another tip, which is named by its short name. */
static str link_heading(const struct request *r, const struct sealed_fields *f)
{
    str verdict = sealed_field(f, TIP_ACT_VERDICT), bytes = sealed_field(f, TIP_ACT_OTHER);
    id other = { { 0 } };
    if (bytes.len == sizeof other)
        memcpy(other.at, bytes.at, sizeof other);
    const char *words = str_equal(verdict, lit("same"))        ? N_("Same situation as tip %1")
                        : str_equal(verdict, lit("different")) ? N_("Not the same as tip %1")
                        : str_equal(verdict, lit("later"))     ? N_("Not sure whether it is the same as tip %1")
                                                               : N_("Taken back: what was said of tip %1");
    return fill_words(r, words, id_short(r->arena, other), (str){ 0 });
}

static str act_heading(const struct request *r, str kind, const struct sealed_fields *f)
{
    str to = sealed_field(f, TIP_ACT_TO), from = sealed_field(f, TIP_ACT_FROM);
    if (str_equal(kind, lit("assign")))
        return to.len ? fill_words(r, N_("Given to %1"), to, (str){ 0 }) : tr(r->language, N_("Given back: nobody works on it"));
    if (str_equal(kind, lit("dispose")))
        return fill_words(r, N_("Closed: %1"), close_words(r, to), (str){ 0 });
    if (str_equal(kind, lit("urgency")))
        return fill_words(r, N_("Urgency %1 to %2"), from, to);
    if (str_equal(kind, lit("route")))
        return fill_words(r, N_("Sent from %1 to %2"), from, to);
    if (str_equal(kind, lit("link")))
        return link_heading(r, f);
    if (str_equal(kind, lit("clock")))
        return fill_words(r, N_("Done: %1"), clock_words(r, to), (str){ 0 });
    return tr(r->language, N_("Opened again"));
}

static str act_text(const struct request *r, const struct sealed_fields *f)
{
    str because = sealed_field(f, TIP_ACT_BECAUSE), reason = sealed_field(f, TIP_ACT_REASON);
    if (!because.len)
        return reason;
    str place = fill_words(r, N_("By place: %1 is the area of %2."), because, sealed_field(f, TIP_ACT_SUGGESTED));
    return reason.len ? str_join(r->arena, str_join(r->arena, place, lit("\n")), reason) : place;
}

static str entry_heading(const struct request *r, str kind)
{
    return tr(r->language, str_equal(kind, lit("words"))        ? N_("They added")
                           : str_equal(kind, lit("share_less")) ? N_("They chose to share less")
                           : str_equal(kind, lit("answer"))     ? N_("Our answer")
                                                                : N_("Note"));
}

/* One list, oldest first: the sealed times say the order. */
struct dated {
    struct history_rows rows;
    int64_t *times;
};

static void put_dated(const struct request *r, struct dated *list, const struct sealed_fields *f, int64_t at, struct history_row row)
{
    ptrdiff_t to = list->rows.len++;
    row.when = staff_time(r->arena, at);
    if (!f->len)
        row.text = tr(r->language, N_("This cannot be opened: it was changed, or its key is gone. Tell your administrator."));
    for (; to > 0 && list->times[to - 1] > at; to--) {
        list->times[to] = list->times[to - 1];
        list->rows.at[to] = list->rows.at[to - 1];
    }
    list->times[to] = at;
    list->rows.at[to] = row;
}

static struct history_rows history_of(struct request *r, const struct opened_tip *o)
{
    ptrdiff_t n = o->additions.len + o->entries.len + o->acts.len + 1;
    struct dated list = { { arena_new(r->arena, struct history_row, n + 1), 0 }, arena_new(r->arena, int64_t, n + 1) };
    for (ptrdiff_t i = 0; i < o->additions.len; i++) {
        const struct sealed_fields *f = &o->addition_fields[i];
        put_dated(r, &list, f, sealed_time_read(sealed_field(f, ADDITION_AT)),
                  (struct history_row){ .heading = entry_heading(r, o->additions.at[i].kind), .text = sealed_field(f, ADDITION_TEXT),
                                        .from_outside = true });
    }
    for (ptrdiff_t i = 0; i < o->entries.len; i++) {
        const struct sealed_fields *f = &o->entry_fields[i];
        put_dated(r, &list, f, sealed_time_read(sealed_field(f, ENTRY_AT)),
                  (struct history_row){ .heading = entry_heading(r, o->entries.at[i].kind), .text = sealed_field(f, ENTRY_TEXT),
                                        .author = author_name(r, o->entries.at[i].author) });
    }
    for (ptrdiff_t i = 0; i < o->acts.len; i++) {
        const struct sealed_fields *f = &o->act_fields[i];
        put_dated(r, &list, f, sealed_time_read(sealed_field(f, TIP_ACT_AT)),
                  (struct history_row){ .heading = act_heading(r, o->acts.at[i].kind, f), .text = act_text(r, f),
                                        .author = author_name(r, o->acts.at[i].author) });
    }
    if (o->mark.turn && !o->page)
        put_dated(r, &list, &o->mark_fields, sealed_time_read(sealed_field(&o->mark_fields, MARK_AT)),
                  (struct history_row){ .heading = review_mark_heading(r, o), .author = author_name(r, o->mark.author) });
    return list.rows;
}

str review_path(const struct request *r, const char *act)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/tips/"));
    out_str(&o, id_text(r->arena, r->id));
    out_str(&o, str_of(act));
    return out_view(&o);
}

static str older_link(const struct request *r, int64_t page)
{
    struct out o = { .arena = r->arena };
    out_str(&o, review_path(r, "?older="));
    out_int(&o, page);
    return out_view(&o);
}

/* What was just done, told on the page the browser is sent back to. */
static str done_words(const struct request *r)
{
    static const struct {
        const char *code, *words;
    } rows[] = {
        { "answer", N_("The answer is in their mailbox.") }, { "note", N_("The note is saved.") },
        { "assign", N_("Saved: who works on it.") }, { "dispose", N_("The tip is closed.") }, { "reopen", N_("The tip is open again.") },
        { "urgency", N_("The urgency is changed.") }, { "clock", N_("Saved: it is done.") },
        { "names", N_("Saved: what is right and what is wrong.") },
        { "same", N_("It stood so already: nothing was changed.") },
    };
    str done = query_text(r, lit("done"));
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(done, str_of(rows[i].code)))
            return tr(r->language, rows[i].words);
    return (str){ 0 };
}

/* The sealed words hold the first choice; sharing less is an addition and takes the source away. Without a source there is nobody to share. */
static str consent_words(const struct request *r, const struct opened_tip *o)
{
    for (ptrdiff_t i = 0; i < o->additions.len; i++)
        if (str_equal(o->additions.at[i].kind, lit("share_less")))
            return answer_words(r, lit("anonymous"));
    return o->row.has_source || str_equal(o->tip.consent, lit("anonymous")) ? answer_words(r, o->tip.consent)
                                                                             : answer_words(r, lit("anonymous"));
}

/* ---- the forms ---- */

static struct review_choices colleague_choices(struct request *r, id chosen, status *s)
{
    struct accounts all;
    struct review_choices list = { 0 };
    *s = tip_colleagues(r, &all);
    if (*s != OK)
        return list;
    list.at = arena_new(r->arena, struct review_choice, all.len + 1);
    list.at[list.len++] = (struct review_choice){ { 0 }, tr(r->language, N_("Nobody")), id_is_zero(chosen) };
    for (ptrdiff_t i = 0; i < all.len; i++)
        list.at[list.len++] = (struct review_choice){ id_text(r->arena, all.at[i].id), all.at[i].name, id_equal(all.at[i].id, chosen) };
    return list;
}

static struct review_choices level_choices(const struct request *r, int64_t chosen)
{
    enum { LEVELS = 5 };
    static const char *const values[LEVELS] = { "0", "1", "2", "3", "4" };
    struct review_choices list = { .at = arena_new(r->arena, struct review_choice, LEVELS) };
    for (int i = 0; i < LEVELS; i++)
        list.at[list.len++] = (struct review_choice){ str_of(values[i]), urgency_words(r, i), i == chosen };
    return list;
}

static struct review_choices reason_choices(const struct request *r, str chosen)
{
    struct tip_reasons reasons = tip_close_reasons(r);
    struct review_choices list = { .at = arena_new(r->arena, struct review_choice, reasons.len + 1) };
    list.at[list.len++] = (struct review_choice){ { 0 }, tr(r->language, N_("Choose one")), !chosen.len };
    for (ptrdiff_t i = 0; i < reasons.len; i++)
        list.at[list.len++] = (struct review_choice){ reasons.at[i].code, reasons.at[i].words, str_equal(reasons.at[i].code, chosen) };
    return list;
}

static status add_forms(struct request *r, const struct opened_tip *o, const struct review_typed *typed, struct review_page *p)
{
    status s = OK;
    p->may_assign = caller_may(r, TIP_ASSIGN);
    p->may_judge = caller_may(r, TIP_DISPOSE);
    p->path_route = caller_may(r, TIP_ROUTE) ? review_path(r, "/route") : (str){ 0 };
    p->closed = o->row.closed;
    p->disposition = o->row.closed ? close_words(r, o->row.disposition) : (str){ 0 };
    p->assignee = id_is_zero(o->row.assignee) ? (str){ 0 } : author_name(r, o->row.assignee);
    p->is_mine = id_equal(o->row.assignee, r->caller.account);
    if (p->may_assign)
        p->colleagues = colleague_choices(r, o->row.assignee, &s);
    p->levels = level_choices(r, typed->priority >= 0 ? typed->priority : o->row.priority);
    p->close_codes = reason_choices(r, typed->code);
    p->path_assign = review_path(r, "/assign");
    p->path_urgency = review_path(r, "/urgency");
    p->path_dispose = review_path(r, "/dispose");
    p->path_reopen = review_path(r, "/reopen");
    p->token_assign = form_token(r, p->path_assign);
    p->token_urgency = form_token(r, p->path_urgency);
    p->token_dispose = form_token(r, p->path_dispose);
    p->token_reopen = form_token(r, p->path_reopen);
    return s;
}

static void add_typed(const struct review_typed *typed, struct review_page *p)
{
    const struct problems *all = &typed->form->problems;
    p->problems = *all;
    p->answer_problem = problem_of(all, lit("answer"));
    p->note_problem = problem_of(all, lit("note"));
    p->code_problem = problem_of(all, lit("code"));
    p->close_reason_problem = problem_of(all, lit("close_reason"));
    p->who_problem = problem_of(all, lit("who"));
    p->level_problem = problem_of(all, lit("level"));
    p->urgency_reason_problem = problem_of(all, lit("urgency_reason"));
    p->reopen_reason_problem = problem_of(all, lit("reopen_reason"));
    p->answer = typed->answer;
    p->note = typed->note;
    p->close_reason = typed->close_reason;
    p->urgency_reason = typed->urgency_reason;
    p->reopen_reason = typed->reopen_reason;
    p->page.problem = true;
}

status review_draw(struct request *r, struct response *w, const struct opened_tip *o, const struct review_typed *typed)
{
    static const struct review_typed nothing = { .priority = -1 };
    struct countdown c;
    status s = countdown_of(r, r->id, &c);
    if (s != OK)
        return s;
    struct review_page page = {
        .page = staff_page(r, N_("Tip")), .name = id_short(r->arena, r->id),
        .urgency_class = urgency_class(o->row.priority), .urgency = urgency_words(r, o->row.priority),
        .due_class = c.class, .due = c.words, .consent = consent_words(r, o), .facts = known_facts(r, &o->tip),
        .reasons = reason_words(r, o->tip.reasons), .signs = sign_words(r, o->tip.signs),
        .language = o->tip.language, .has_source = o->row.has_source && caller_may(r, SOURCE_READ), .source_shown = o->source_open,
        .alarm = o->mailbox_there && !o->mailbox_good, .can_answer = o->mailbox_good && caller_may(r, TIP_REPLY),
        .judged = o->row.priority != o->tip.priority, .history = history_of(r, o), .path_source = review_path(r, "/source"),
        .path_answer = review_path(r, "/answer"), .path_note = review_path(r, "/note"),
        .done = typed ? (str){ 0 } : done_words(r), .told = o->told, .actions = actions_of(r),
        .may_note = caller_may(r, TIP_NOTE),
    };
    if (o->additions.len == ADDITIONS || o->entries.len == ENTRIES || o->acts.len == ACTS)
        page.older = older_link(r, o->page + 1);
    if (o->source_open)
        page.source = source_facts(r, &o->source);
    page.token_source = form_token(r, page.path_source);
    page.token_answer = form_token(r, page.path_answer);
    page.token_note = form_token(r, page.path_note);
    page.path_hold = caller_may(r, HOLD_SET) ? review_path(r, "/hold") : (str){ 0 };
    review_add_marks(r, o, typed ? typed : &nothing, &page);
    s = hold_words(r, r->id, &page.hold);
    if (s == OK)
        s = add_forms(r, o, typed ? typed : &nothing, &page);
    if (s == OK)
        s = review_add_due(r, typed ? typed : &nothing, &page);
    if (s != OK)
        return s;
    if (typed)
        add_typed(typed, &page);
    review_html(&w->body, r->language, &page);
    return typed ? INVALID : OK;
}
