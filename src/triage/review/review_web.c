#include "common/clock/clock.h"
#include "common/services.h"
#include "intake/mailbox/mailbox.h"
#include "intake/tip/tip.h"
#include "staff/account/account.h"
#include "staff/notice/notice.h"
#include "staff/sealed/sealed.h"
#include "triage/words/words.h"
#include "triage/review/review.h"
#include "triage/review/review_web.h"
#include "review_html.h"

enum { ADDITIONS = 24, ENTRIES = 38, PAGES_MOST = 100000 }; /* with the tip: one opening of at most 64 rows */

static handler show, show_source, answer, note;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/tips/:id",        TIP_READ,    NOTHING, show        },
    { STAFF_SIDE, POST, "/tips/:id/source", SOURCE_READ, FORM,    show_source },
    { STAFF_SIDE, POST, "/tips/:id/answer", TIP_REPLY,   FORM,    answer      },
    { STAFF_SIDE, POST, "/tips/:id/note",   TIP_NOTE,    FORM,    note        },
};
/* clang-format on */
const struct routes review_routes = { table, countof(table) };

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
            list.at[list.len++] = (struct shown_action){ str_join(r->arena, str_of(offered.at[i].path), id_text(r->arena, r->id)),
                                                         tr(r->language, offered.at[i].label) };
    return list;
}

/* Everything of one tip, opened: what the page is drawn from. */
struct opened_tip {
    struct tip_row row;
    struct tip tip;
    struct source source;
    bool source_open;
    struct mailbox mailbox;
    bool mailbox_there, mailbox_good;
    struct tip_additions additions;
    struct tip_entries entries;
    struct sealed_fields *addition_fields, *entry_fields;
    int64_t page; /* of the history: 0 is the newest */
};

static status find_mailbox(struct request *r, struct opened_tip *o)
{
    status s = mailbox_of_tip(r->db, o->row.id, day_of(r->now), &o->mailbox);
    o->mailbox_there = s == OK;
    o->mailbox_good = s == OK && same_bytes(o->mailbox.open, o->tip.mailbox, KEY);
    return s == NOT_FOUND ? OK : s;
}

/* A message of its own, so that the log says that who told us was opened, and not only the tip. */
static status open_source(struct request *r, enum purpose why, struct opened_tip *o)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = r->id, .table = TABLE_TIP_SOURCE, .needed = true, .to = &fields };
    status s = tip_find_source(r->db, r->arena, r->id, &row.sealed);
    if (s != OK)
        return s == NOT_FOUND ? OK : s; /* taken back a moment ago */
    s = sealed_open(r, why, r->id, &row, 1);
    o->source_open = s == OK;
    if (s == OK)
        source_read(&fields, &o->source);
    return s;
}

static status load(struct request *r, enum purpose why, bool with_source, struct opened_tip *o)
{
    struct sealed_row rows[2 + ADDITIONS + ENTRIES];
    struct sealed_fields tip_fields;
    ptrdiff_t n = 0;
    if (!str_to_int(query_text(r, lit("older")), &o->page) || o->page < 0 || o->page > PAGES_MOST)
        o->page = 0;
    status s = tip_find(r->db, r->arena, r->caller.office, r->id, &o->row);
    if (s == OK)
        s = tip_list_additions(r->db, r->arena, r->id, o->page * ADDITIONS, ADDITIONS, &o->additions);
    if (s == OK)
        s = tip_entry_list(r->db, r->arena, r->id, o->page * ENTRIES, ENTRIES, &o->entries);
    if (s != OK)
        return s;
    rows[n++] = (struct sealed_row){ .id = r->id, .table = TABLE_TIP, .sealed = o->row.sealed, .needed = true, .to = &tip_fields };
    o->addition_fields = arena_new(r->arena, struct sealed_fields, o->additions.len + 1);
    o->entry_fields = arena_new(r->arena, struct sealed_fields, o->entries.len + 1);
    for (ptrdiff_t i = 0; i < o->additions.len; i++)
        rows[n++] = (struct sealed_row){ .id = o->additions.at[i].id, .table = TABLE_TIP_ADDITION, .sealed = o->additions.at[i].sealed,
                                         .to = &o->addition_fields[i] };
    for (ptrdiff_t i = 0; i < o->entries.len; i++)
        rows[n++] = (struct sealed_row){ .id = o->entries.at[i].id, .table = TABLE_TIP_NOTE, .sealed = o->entries.at[i].sealed,
                                         .to = &o->entry_fields[i] };
    s = sealed_open(r, why, r->id, rows, n);
    if (s != OK)
        return s;
    tip_read(&tip_fields, &o->tip);
    if (with_source && o->row.has_source)
        s = open_source(r, why, o);
    return s == OK ? find_mailbox(r, o) : s;
}

/* ---- drawing ---- */

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

static struct facts_list tip_facts(const struct request *r, const struct tip *t)
{
    struct facts_list list = { .at = arena_new(r->arena, struct shown_fact, 16) };
    add_fact(r, &list, N_("Received"), staff_time(r->arena, t->received));
    add_fact(r, &list, N_("Came by"), contact_words(r, "channel", t->channel));
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

/* Additions and entries in one list, oldest first: their times say the order. */
static struct history_rows history_of(struct request *r, const struct opened_tip *o)
{
    ptrdiff_t n = o->additions.len + o->entries.len;
    struct history_rows list = { .at = arena_new(r->arena, struct history_row, n + 1) };
    int64_t *times = arena_new(r->arena, int64_t, n + 1);
    for (ptrdiff_t i = 0; i < n; i++) {
        bool outside = i < o->additions.len;
        ptrdiff_t k = outside ? i : i - o->additions.len;
        const struct sealed_fields *f = outside ? &o->addition_fields[k] : &o->entry_fields[k];
        str kind = outside ? o->additions.at[k].kind : o->entries.at[k].kind;
        int64_t at = sealed_time_read(sealed_field(f, outside ? ADDITION_AT : ENTRY_AT));
        struct history_row row = {
            .heading = tr(r->language, str_equal(kind, lit("words"))        ? N_("They added")
                                       : str_equal(kind, lit("share_less")) ? N_("They chose to share less")
                                       : str_equal(kind, lit("answer"))     ? N_("Our answer")
                                                                            : N_("Note")),
            .when = staff_time(r->arena, at),
            .author = outside ? (str){ 0 } : author_name(r, o->entries.at[k].author),
            .text = f->len ? sealed_field(f, outside ? ADDITION_TEXT : ENTRY_TEXT)
                           : tr(r->language, N_("This cannot be opened: it was changed, or its key is gone. Tell your administrator.")),
            .from_outside = outside,
        };
        ptrdiff_t to = list.len++;
        for (; to > 0 && times[to - 1] > at; to--) {
            times[to] = times[to - 1];
            list.at[to] = list.at[to - 1];
        }
        times[to] = at;
        list.at[to] = row;
    }
    return list;
}

static str tip_path(const struct request *r, const char *act)
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
    out_str(&o, tip_path(r, "?older="));
    out_int(&o, page);
    return out_view(&o);
}

static const char *done_words(const struct request *r)
{
    str done = query_text(r, lit("done"));
    return str_equal(done, lit("answer")) ? N_("The answer is in their mailbox.")
         : str_equal(done, lit("note"))   ? N_("The note is saved.")
                                          : NULL;
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

static status draw(struct request *r, struct response *w, const struct opened_tip *o, const struct form *f, str words, bool is_note)
{
    struct countdown c;
    status s = countdown_of(r, r->id, &c);
    if (s != OK)
        return s;
    const char *done = f ? NULL : done_words(r);
    struct review_page page = {
        .page = staff_page(r, N_("Tip")), .name = id_short(r->arena, r->id),
        .urgency_class = urgency_class(o->row.priority), .urgency = urgency_words(r, o->row.priority),
        .due_class = c.class, .due = c.words, .consent = consent_words(r, o), .facts = tip_facts(r, &o->tip),
        .reasons = reason_words(r, o->tip.reasons), .signs = sign_words(r, o->tip.signs), .narrative = o->tip.narrative,
        .language = o->tip.language, .has_source = o->row.has_source && caller_may(r, SOURCE_READ), .source_shown = o->source_open,
        .alarm = o->mailbox_there && !o->mailbox_good, .can_answer = o->mailbox_good && caller_may(r, TIP_REPLY),
        .history = history_of(r, o), .path_source = tip_path(r, "/source"), .path_answer = tip_path(r, "/answer"),
        .path_note = tip_path(r, "/note"), .done = done ? tr(r->language, done) : (str){ 0 },
        .actions = actions_of(r),
    };
    if (o->additions.len == ADDITIONS || o->entries.len == ENTRIES)
        page.older = older_link(r, o->page + 1);
    if (o->source_open)
        page.source = source_facts(r, &o->source);
    page.token_source = form_token(r, page.path_source);
    page.token_answer = form_token(r, page.path_answer);
    page.token_note = form_token(r, page.path_note);
    if (f) {
        page.problems = f->problems;
        page.answer_problem = problem_of(&f->problems, lit("answer"));
        page.note_problem = problem_of(&f->problems, lit("note"));
        *(is_note ? &page.note : &page.answer) = words;
        page.page.problem = true;
    }
    review_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

/* The badge goes; and a supervisor who has opened it has acknowledged the alert. */
static status was_opened(struct request *r)
{
    status s = notice_seen(r->db, r->caller.account, r->id);
    if (s != OK || !caller_may(r, TIP_ACKNOWLEDGE))
        return s;
    return clock_event(r->db, r->services->clocks, r->id, lit("alert.acknowledged"), day_of(r->now));
}

static status show(struct request *r, struct response *w)
{
    struct opened_tip o = { 0 };
    status s = load(r, PURPOSE_READ, false, &o);
    if (s == OK)
        s = was_opened(r);
    return s == OK ? draw(r, w, &o, NULL, (str){ 0 }, false) : s;
}

static status show_source(struct request *r, struct response *w)
{
    struct opened_tip o = { 0 };
    status s = load(r, PURPOSE_READ, true, &o);
    return s == OK ? draw(r, w, &o, NULL, (str){ 0 }, false) : s;
}

/* ---- writing ---- */

static status keep(struct request *r, const struct opened_tip *o, str words, bool is_note)
{
    int64_t today = day_of(r->now), ms = r->now * 1000;
    struct tip_entry e = { .tip = r->id, .id = chance_id(r->chance, ms, true), .author = r->caller.account,
                           .kind = is_note ? lit("note") : lit("answer"), .day = today };
    id reply = chance_id(r->chance, ms, true);
    const struct sealed_field fields[] = { { ENTRY_TEXT, words }, { ENTRY_AT, sealed_time(r->arena, r->now) } };
    status s = sealed_make(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, TABLE_TIP_NOTE, e.id, fields, countof(fields),
                           &e.sealed);
    if (s != OK)
        return s;
    str sealed = is_note ? (str){ 0 }
                         : reply_seal(r->services->sealer, r->services->monotonic_ms(), r->arena, &o->mailbox, reply, words, r->now);
    const str written[] = { e.sealed, sealed };
    s = sealed_record(r, r->id, written, is_note ? 1 : 2);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    s = tip_entry_add(r->db, &e);
    if (s == OK && !is_note)
        s = reply_add(r->db, &o->mailbox, reply, today, sealed);
    if (s == OK && !is_note)
        s = clock_event(r->db, r->services->clocks, r->id, lit("tip.acted"), today);
    if (s == OK && !is_note)
        s = clock_event(r->db, r->services->clocks, r->id, lit("mailbox.reply_out"), today);
    return db_end(r->db, s);
}

static status write_words(struct request *r, struct response *w, str field, bool is_note)
{
    struct opened_tip o = { 0 };
    struct form f = form_read(r);
    str words = form_text(&f, field, 1, ENTRY_TEXT_MOST);
    status s = load(r, PURPOSE_EDIT, false, &o);
    if (s != OK)
        return s;
    if (!form_ok(&f))
        return draw(r, w, &o, &f, words, is_note);
    if (!is_note && !o.mailbox_good)
        return NOT_FOUND; /* the box is gone, or not the one the tip was sealed with */
    s = keep(r, &o, words, is_note);
    if (s == OK)
        redirect(w, tip_path(r, is_note ? "?done=note" : "?done=answer"));
    return s;
}

static status answer(struct request *r, struct response *w)
{
    return write_words(r, w, lit("answer"), false);
}

static status note(struct request *r, struct response *w)
{
    return write_words(r, w, lit("note"), true);
}
