#include "casework/casefile/casefile.h"
#include "casework/room/room_tips.h"
#include "casework/room/room_web.h"
#include "common/clock/clock.h"
#include "common/services.h"
#include "staff/hold/hold.h"
#include "staff/account/account.h"
#include "triage/told/told.h"
#include "triage/words/words.h"
#include "case_html.h"

enum { PAGE = 50, CLOCKS = 32 };

static handler show;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/cases",             CASE_READ,  NOTHING, room_list       },
    { STAFF_SIDE, GET,  "/cases/new",         CASE_OPEN,  NOTHING, room_new        },
    { STAFF_SIDE, POST, "/cases/new",         CASE_OPEN,  FORM,    room_open       },
    { STAFF_SIDE, GET,  "/cases/:id",         CASE_READ,  NOTHING, show            },
    { STAFF_SIDE, POST, "/cases/:id/people",  CASE_GRANT, FORM,    room_add_person },
    { STAFF_SIDE, POST, "/cases/:id/offices", CASE_GRANT, FORM,    room_add_office },
    { STAFF_SIDE, POST, "/cases/:id/clock",   CASE_WRITE, FORM,    room_stop_clock },
    { STAFF_SIDE, GET,  "/people/:id/cases",  CASE_GRANT, NOTHING, room_former     },
    { STAFF_SIDE, POST, "/people/:id/cases",  CASE_GRANT, FORM,    room_former_give },
    { STAFF_SIDE, GET,  "/cases/:id/reseal",  CASE_RESEAL, NOTHING, room_reseal    },
    { STAFF_SIDE, POST, "/cases/:id/reseal",  CASE_RESEAL, FORM,   room_reseal     },
    { STAFF_SIDE, GET,  "/cases/:id/hold",    HOLD_SET,   NOTHING, room_hold       },
    { STAFF_SIDE, POST, "/cases/:id/hold",    HOLD_SET,   FORM,    room_hold       },
};
/* clang-format on */
const struct routes room_routes = { table, countof(table) };

static str name_of(struct request *r, id account)
{
    struct account a;
    return account_find(r->db, r->arena, account, &a) == OK ? a.name : tr(r->language, N_("somebody"));
}

/* ---- the timeline ---- */

/* "day.number.id": the last entry of the page before. */
static bool read_place(str s, struct timeline_entry *out)
{
    str piece;
    return str_split(&s, '.', &piece) && str_to_int(piece, &out->day) && str_split(&s, '.', &piece) && str_to_int(piece, &out->number)
        && str_split(&s, '.', &piece) && id_read(piece, &out->id);
}

static str older_link(const struct request *r, const struct timeline_entry *last, str kind)
{
    struct out o = { .arena = r->arena };
    out_str(&o, casefile_path(r->arena, r->id, "?kind="));
    out_str(&o, kind);
    out_str(&o, lit("&after="));
    out_int(&o, last->day);
    out_char(&o, '.');
    out_int(&o, last->number);
    out_char(&o, '.');
    out_str(&o, id_text(r->arena, last->id));
    return out_view(&o);
}

static struct case_entry_row entry_row(struct request *r, const struct timeline_entry *e, const struct kind *k, const struct entry_words *words)
{
    bool gone = !id_is_zero(e->later.id);
    struct case_entry_row row = {
        .anchor = str_join(r->arena, lit("e-"), id_text(r->arena, e->id)),
        .kind = tr(r->language, str_c(r->arena, k->label)),
        .when = day_text(r->arena, e->day),
        .author = name_of(r, e->author),
        .number = subject_number(r->arena, e->number),
        .reason = e->reason,
        .facts = entry_facts(r->arena, words, k, &e->values),
        .gone = gone,
        .key = e->counted && k->measures.len && !gone,
        .withdrawn = e->withdrawn,
        .uncounted = !e->counted && !e->withdrawn && !gone && k->measures.len,
    };
    if (gone)
        row.later = tr_fill(r->arena, tr(r->language, e->later.withdrawn ? N_("Withdrawn on %1 by %2") : N_("Corrected on %1 by %2")),
                            (const str[]){ day_text(r->arena, e->later.day), name_of(r, e->later.author) }, 2);
    permission needs = timeline_permission(k);
    if (!gone && needs != NOBODY && caller_may(r, needs))
        row.correct = str_join(r->arena, casefile_path(r->arena, r->id, "/correct?entry="), id_text(r->arena, e->id));
    return row;
}

static status draw_timeline(struct request *r, const struct subjects *subjects, str kind, struct case_page *page)
{
    struct timeline_entries list;
    struct timeline_entry after = { 0 };
    struct entry_words words;
    bool later = read_place(query_text(r, lit("after")), &after);
    status s = timeline_list(r->db, r->arena, r->id, kind, later ? &after : NULL, PAGE + 1, &list);
    bool more = s == OK && list.len > PAGE;
    list.len -= more;
    if (s == OK)
        s = timeline_words(r, r->id, subjects, &words);
    if (s == OK)
        s = timeline_open(r, r->id, PURPOSE_READ, &list, &page->limited);
    if (s != OK)
        return s;
    page->rows.at = arena_new(r->arena, struct case_entry_row, PAGE);
    for (ptrdiff_t i = 0; i < list.len; i++) {
        const struct kind *k = kind_find(list.at[i].kind);
        if (k && list.at[i].opened)
            page->rows.at[page->rows.len++] = entry_row(r, &list.at[i], k, &words);
    }
    if (more)
        page->older = older_link(r, &list.at[PAGE - 1], kind);
    return OK;
}

/* The kinds to choose from, and how many entries of each count. */
static status draw_kinds(struct request *r, str chosen, struct case_page *page)
{
    struct timeline_kinds have;
    status s = timeline_kinds(r->db, r->arena, r->id, &have);
    if (s != OK)
        return s;
    page->kinds.at = arena_new(r->arena, struct choice, have.len + 1);
    page->counts.at = arena_new(r->arena, struct case_count_row, have.len + 1);
    page->kinds.at[page->kinds.len++] = (struct choice){ { 0 }, tr(r->language, N_("All")), !chosen.len };
    for (ptrdiff_t i = 0; i < have.len; i++) {
        const struct kind *k = have.at[i].kind;
        str label = tr(r->language, str_c(r->arena, k->label));
        page->kinds.at[page->kinds.len++] = (struct choice){ k->code, label, str_equal(k->code, chosen) };
        if (k->measures.len && have.at[i].counted)
            page->counts.at[page->counts.len++] = (struct case_count_row){ label, have.at[i].counted };
    }
    return OK;
}

/* ---- beside it ---- */

static void draw_subjects(struct request *r, const struct subjects *list, struct case_page *page)
{
    page->subjects.at = arena_new(r->arena, struct case_subject_row, list->len + 1);
    for (ptrdiff_t i = 0; i < list->len; i++) {
        str number = subject_number(r->arena, list->at[i].number);
        page->subjects.at[page->subjects.len++] = (struct case_subject_row){
            number, list->at[i].name, list->at[i].about, str_join(r->arena, casefile_path(r->arena, r->id, "/subject?number="), number)
        };
    }
}

static status draw_clocks(struct request *r, struct case_page *page)
{
    struct clocks list;
    status s = clock_list_of(r->db, r->arena, r->id, CLOCKS, &list);
    page->clocks.at = arena_new(r->arena, struct case_clock_row, CLOCKS);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        const struct clock *c = &list.at[i];
        if (c->due_minute == CLOCK_NEVER)
            continue;
        struct countdown due = countdown_to(r, c->due_minute * 60);
        page->clocks.at[page->clocks.len++] = (struct case_clock_row){
            c->code, clock_words(r, c->code), due.class, due.words
        };
    }
    return s;
}

static bool is_on(const struct case_people *people, id account)
{
    for (ptrdiff_t i = 0; i < people->len; i++)
        if (id_equal(people->at[i].account, account))
            return true;
    return false;
}

/* Only those whom the wall lets read a case, in a job that has its pages. */
static status colleagues(struct request *r, const struct case_people *people, struct choices *out)
{
    enum { OFFERED = 300 };
    struct accounts all;
    status s = account_list(r->db, r->arena, (str){ 0 }, OFFERED, &all);
    *out = (struct choices){ .at = arena_new(r->arena, struct choice, all.len + 1) };
    for (ptrdiff_t i = 0; s == OK && i < all.len; i++) {
        const struct account *a = &all.at[i];
        const struct role *role = role_find(a->role);
        if (!role || !role_reads_cases(role) || !str_equal(a->state, lit("active"))
            || is_on(people, a->id))
            continue;
        str label = str_join(r->arena, a->name, str_join(r->arena, lit(", "), tr(r->language, role->label)));
        out->at[out->len++] = (struct choice){ id_text(r->arena, a->id), label, false };
    }
    return s;
}

static status draw_people(struct request *r, struct case_page *page)
{
    struct case_people people;
    status s = casefile_people(r->db, r->arena, r->id, &people);
    page->people.at = arena_new(r->arena, struct case_person_row, CASE_PEOPLE_MOST);
    for (ptrdiff_t i = 0; s == OK && i < people.len; i++) {
        const struct case_person *p = &people.at[i];
        const struct role *role = role_find(p->role);
        page->people.at[page->people.len++] = (struct case_person_row){
            id_text(r->arena, p->account), p->name, role ? tr(r->language, role->label) : p->role, day_text(r->arena, p->since_day),
            str_equal(p->part, lit("lead")), page->may_grant && !id_equal(p->account, r->caller.account)
        };
    }
    return s == OK && page->may_grant ? colleagues(r, &people, &page->colleagues) : s;
}

/* Offices that work on it, and those that could be asked to. */
static status draw_offices(struct request *r, const struct entry_words *words, id own, struct case_page *page)
{
    struct case_offices joint;
    status s = casefile_offices(r->db, r->arena, r->id, &joint);
    for (ptrdiff_t i = 0; s == OK && i < words->source_count; i++) {
        const struct choices *all = &words->sources[i].list;
        if (strcmp(words->sources[i].name, "office"))
            continue;
        page->joint.at = arena_new(r->arena, struct choice, all->len + 1);
        page->offices.at = arena_new(r->arena, struct choice, all->len + 1);
        for (ptrdiff_t k = 0; k < all->len; k++) {
            bool there = str_equal(all->at[k].value, id_text(r->arena, own));
            for (ptrdiff_t j = 0; j < joint.len; j++)
                there = there || str_equal(all->at[k].value, id_text(r->arena, joint.at[j].office));
            struct choices *to = there ? &page->joint : &page->offices;
            to->at[to->len++] = all->at[k];
        }
    }
    return s;
}

/* ---- the page ---- */

static const char *done_words(const struct request *r)
{
    static const struct {
        const char *done, *words;
    } rows[] = {
        { "open", N_("The case is open.") }, { "entry", N_("The entry is saved.") }, { "correct", N_("The correction is saved.") },
        { "withdraw", N_("The entry is withdrawn.") }, { "subject", N_("The subject is saved.") }, { "person", N_("The person is on the case.") },
        { "left", N_("The person is off the case. What is written from now on they cannot read.") }, { "office", N_("The office is on the case.") },
        { "clock", N_("Marked as done.") }, { "tip", N_("The tip is on the case, as it stands now.") },
    };
    str done = query_text(r, lit("done"));
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(done, str_of(rows[i].done)))
            return rows[i].words;
    return NULL;
}

static status draw_head(struct request *r, const struct opened_case *c, struct case_page *page)
{
    bool open = str_equal(c->row.status, lit("open"));
    int64_t day;
    str code;
    page->name = id_short(r->arena, r->id);
    page->title = c->title;
    page->summary = c->summary;
    page->status_class = open ? lit("tag info") : lit("tag");
    page->status = tr(r->language, open ? N_("Open") : N_("Closed"));
    page->meta = tr_fill(r->arena, tr(r->language, N_("opened %1")), (const str[]){ day_text(r->arena, c->row.opened_day) }, 1);
    status s = timeline_last_status(r->db, r->arena, r->id, &day, &code);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    const struct pack_row *row = pack_find(r->services->pack, lit("htcds_lists"), code, day_of(r->now));
    enum { LABEL = 3 };
    if (row)
        page->status = tr(r->language, str_c(r->arena, pack_cell(row, LABEL)));
    return OK;
}

static void draw_paths(const struct request *r, struct case_page *page)
{
    page->path = casefile_path(r->arena, r->id, "");
    page->path_add = casefile_path(r->arena, r->id, "/add");
    page->path_subject = casefile_path(r->arena, r->id, "/subject");
    page->path_alike = casefile_path(r->arena, r->id, "/alike");
    page->path_csv = casefile_path(r->arena, r->id, "/csv");
    page->path_json = casefile_path(r->arena, r->id, "/json");
    page->path_people = casefile_path(r->arena, r->id, "/people");
    page->path_offices = casefile_path(r->arena, r->id, "/offices");
    page->path_clock = casefile_path(r->arena, r->id, "/clock");
    page->path_hold = caller_may(r, HOLD_SET) ? casefile_path(r->arena, r->id, "/hold") : (str){ 0 };
    page->path_reseal = caller_may(r, CASE_RESEAL) ? casefile_path(r->arena, r->id, "/reseal") : (str){ 0 };
    page->root = id_text(r->arena, r->id);
    page->token_new = form_token(r, lit("/cases/new"));
    page->token_people = form_token(r, page->path_people);
    page->token_offices = form_token(r, page->path_offices);
    page->token_clock = form_token(r, page->path_clock);
}

/* Everything beside the timeline. */
static status draw_sides(struct request *r, const struct opened_case *c, const struct subjects *subjects, struct case_page *page)
{
    struct entry_words words;
    draw_subjects(r, subjects, page);
    status s = room_draw_tips(r, page);
    if (s == OK)
        s = draw_clocks(r, page);
    if (s == OK)
        s = draw_people(r, page);
    if (s == OK)
        s = timeline_words(r, r->id, subjects, &words);
    return s == OK ? draw_offices(r, &words, c->row.office, page) : s;
}

status room_draw(struct request *r, struct response *w, enum purpose why, const struct form *f)
{
    struct opened_case c;
    struct subjects subjects;
    str kind = query_text(r, lit("kind"));
    const char *done = f ? NULL : done_words(r);
    struct case_page page = { .page = staff_page(r, N_("Case")), .may_write = caller_may(r, CASE_WRITE), .may_grant = caller_may(r, CASE_GRANT),
                              .may_open = caller_may(r, CASE_OPEN),
                              .done = done ? tr(r->language, done) : (str){ 0 } };
    status s = casefile_open(r, r->id, why, &c);
    if (s == OK)
        s = subject_open(r, r->id, PURPOSE_READ, &subjects);
    if (s == OK)
        s = draw_head(r, &c, &page);
    if (s == OK)
        s = draw_timeline(r, &subjects, kind, &page);
    if (s == OK)
        s = draw_kinds(r, kind, &page);
    if (s == OK)
        s = draw_sides(r, &c, &subjects, &page);
    if (s == OK)
        s = hold_words(r, r->id, &page.hold);
    if (s == OK)
        s = told_words(r, (struct sealed_place){ SCOPE_CASE, r->id, CASE }, r->id, &page.told);
    if (s != OK)
        return s;
    draw_paths(r, &page);
    if (f) {
        page.problems = f->problems;
        page.person_problem = problem_of(&f->problems, lit("person"));
        page.office_problem = problem_of(&f->problems, lit("office"));
        page.page.problem = true;
    }
    case_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    return room_draw(r, w, PURPOSE_READ, NULL);
}
