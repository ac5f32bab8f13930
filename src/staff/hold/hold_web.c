#include "common/clock/clock.h"
#include "common/services.h"
#include "staff/account/account.h"
#include "staff/hold/hold.h"
#include "staff/passphrase/passphrase.h"
#include "staff/session/session.h"
#include "hold_html.h"

/* ---- the page ---- */

static str author_name(struct request *r, id account)
{
    struct account a;
    return account_find(r->db, r->arena, account, &a) == OK ? a.name : tr(r->language, N_("somebody"));
}

static str state_of(const struct request *r, const struct hold *h)
{
    if (h->lifted_day)
        return tr_fill(r->arena, tr(r->language, N_("lifted on %1")), (const str[]){ day_text(r->arena, h->lifted_day) }, 1);
    return tr(r->language, h->until_day < day_of(r->now) ? N_("over") : N_("in force"));
}

/* What does not open was sealed by another office before the tip came here: the hold stands all the same. */
static status draw_rows(struct request *r, const struct hold_subject *s, struct hold_page *page)
{
    struct holds list;
    struct sealed_row *rows = arena_new(r->arena, struct sealed_row, HOLDS_SHOWN);
    struct sealed_fields *fields = arena_new(r->arena, struct sealed_fields, HOLDS_SHOWN);
    status st = hold_list(r->db, r->arena, s->root, HOLDS_SHOWN, &list);
    for (ptrdiff_t i = 0; st == OK && i < list.len; i++)
        rows[i] = (struct sealed_row){ .id = list.at[i].id, .table = TABLE_HOLD, .sealed = list.at[i].sealed, .to = &fields[i] };
    if (st == OK)
        st = sealed_open(r, PURPOSE_READ, s->root, rows, list.len);
    page->rows.at = arena_new(r->arena, struct hold_row, HOLDS_SHOWN);
    for (ptrdiff_t i = 0; st == OK && i < list.len; i++) {
        const struct hold *h = &list.at[i];
        bool stands = !h->lifted_day && h->until_day >= day_of(r->now);
        str text = id_text(r->arena, h->id);
        page->standing |= stands;
        page->rows.at[page->rows.len++] = (struct hold_row){
            .asked = sealed_field(&fields[i], HOLD_ASKED), .reason = sealed_field(&fields[i], HOLD_REASON), .author = author_name(r, h->author),
            .day = day_text(r->arena, h->day), .until = day_text(r->arena, h->until_day), .state = state_of(r, h), .id = text,
            .field = str_join(r->arena, lit("until-"), text), .readable = rows[i].opened, .stands = stands,
        };
    }
    return st;
}

static str done_words(const struct request *r)
{
    static const struct {
        const char *done, *words;
    } rows[] = { { "set", N_("The hold is set. Nothing of this is destroyed until its day is over.") }, { "longer", N_("The hold lasts longer now.") },
                 { "lift", N_("The hold is lifted.") } };
    str done = query_text(r, lit("done"));
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(done, str_of(rows[i].done)))
            return tr(r->language, rows[i].words);
    return (str){ 0 };
}

struct hold_typed {
    str asked, reason, until;
};

static status draw(struct request *r, struct response *w, const struct hold_subject *s, const struct hold_typed *t, const struct form *f)
{
    int64_t day;
    struct hold_page page = { .page = staff_page(r, N_("Legal hold")), .back = s->back, .path = s->path, .name = s->name,
                              .token = form_token(r, s->path), .done = f ? (str){ 0 } : done_words(r),
                              .until_least = day_text(r->arena, day_of(r->now) + 1),
                              .until_most = day_text(r->arena, day_of(r->now) + HOLD_DAYS_MOST) };
    status st = draw_rows(r, s, &page);
    if (st == OK)
        st = keep_told_day(r->db, s->root, &day);
    if (st == OK)
        page.ends = day_text(r->arena, day);
    if (st != OK && st != NOT_FOUND)
        return st;
    if (t) {
        page.asked = t->asked;
        page.reason = t->reason;
        page.until = t->until;
    }
    if (f) {
        page.problems = f->problems;
        page.page.problem = true;
        page.asked_problem = problem_of(&f->problems, lit("asked"));
        page.reason_problem = problem_of(&f->problems, lit("reason"));
        page.until_problem = problem_of(&f->problems, lit("until"));
        page.name_problem = problem_of(&f->problems, lit("name"));
    }
    hold_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

/* ---- what is held ---- */

status hold_add_rings(struct request *r, struct hold_subject *s, const enum compartment *compartments, ptrdiff_t n)
{
    struct ring_key key;
    status st = OK;
    for (ptrdiff_t i = 0; st == OK && i < n && s->ring_count < HOLD_RINGS_MOST; i++) {
        st = keeper_ring_key(r->services->keeper, s->place.kind, s->place.scope, compartments[i], &key);
        if (st == OK)
            s->rings[s->ring_count++].ring = key.ring;
        st = st == NOT_FOUND ? OK : st;
    }
    return st;
}

/* On every ring that the caller holds; one at least, or nothing is held. */
static status tell_keeper(struct request *r, const struct hold_subject *s, id hold, int64_t until)
{
    ptrdiff_t held = 0;
    status st = OK;
    for (ptrdiff_t i = 0; st == OK && i < s->ring_count; i++) {
        struct hold_act act = { .token = caller_token(r), .ring = s->rings[i].ring, .epoch = s->rings[i].epoch, .hold = hold, .about = s->root,
                                .until_day = (uint32_t)until, .reason = "legal hold" };
        st = keeper_hold(r->services->keeper, &act);
        wipe(&act, sizeof act);
        held += st == OK;
        st = st == NOT_FOUND ? OK : st;
    }
    return st == OK && !held ? NOT_FOUND : st;
}

/* The review of a hold is a deadline like others; of what says nothing in clear there is none. */
static status clocks(struct request *r, const struct hold_subject *s, bool set)
{
    struct clock_starts starts = { .len = 0 };
    struct facts none = { .arena = r->arena };
    if (!s->clocked)
        return OK;
    status st = clock_event(r->db, r->services->clocks, s->root, lit("hold.reviewed"), day_of(r->now));
    if (set)
        clocks_started(r->services->clocks, lit("hold.set"), &none, r->now, &starts);
    for (ptrdiff_t i = 0; st == OK && i < starts.len; i++)
        st = clock_start(r->db, s->root, starts.at[i], day_of(r->now));
    return st;
}

static status go_back(struct request *r, struct response *w, const struct hold_subject *s, const char *done)
{
    redirect(w, str_join(r->arena, s->path, str_of(done)));
    return OK;
}

static int64_t read_until(struct request *r, struct form *f, str typed)
{
    int64_t day = 0, today = day_of(r->now);
    if (!day_read(typed, &day))
        form_note(f, lit("until"), tr(r->language, N_("A date looks like 2026-11-24.")));
    else if (day <= today || day > today + HOLD_DAYS_MOST)
        form_note(f, lit("until"), tr(r->language, N_("The last day of a hold lies after today and within ten years.")));
    return day;
}

/* The row stands only together with the hold of the keeper. */
static status set(struct request *r, struct response *w, const struct hold_subject *s, struct form *f)
{
    struct hold_typed t = { .asked = form_text(f, lit("asked"), 1, HOLD_ASKED_MOST), .reason = form_text(f, lit("reason"), 1, HOLD_REASON_MOST),
                            .until = form_text(f, lit("until"), 1, 10) };
    struct hold h = { .root = s->root, .id = chance_id(r->chance, r->now * 1000, true), .kind = str_of(s->kind), .author = r->caller.account,
                      .day = day_of(r->now), .until_day = read_until(r, f, t.until) };
    if (!form_ok(f))
        return draw(r, w, s, &t, f);
    const struct sealed_field fields[] = { { HOLD_ASKED, t.asked }, { HOLD_REASON, t.reason }, { HOLD_AT, sealed_time(r->arena, r->now) } };
    status st = sealed_make(r, s->place, TABLE_HOLD, h.id, fields, countof(fields), &h.sealed);
    if (st == OK)
        st = sealed_record(r, s->root, &h.sealed, 1);
    if (st == OK)
        st = db_begin(r->db);
    if (st != OK)
        return st;
    st = hold_add(r->db, &h);
    if (st == OK)
        st = clocks(r, s, true);
    if (st == OK)
        st = tell_keeper(r, s, h.id, h.until_day);
    st = db_end(r->db, st);
    return st == OK ? go_back(r, w, s, "?done=set") : st;
}

static status prolong(struct request *r, struct response *w, const struct hold_subject *s, struct form *f, id hold)
{
    int64_t until = read_until(r, f, form_text(f, lit("until"), 1, 10));
    if (!form_ok(f))
        return draw(r, w, s, NULL, f);
    status st = db_begin(r->db);
    if (st != OK)
        return st;
    st = hold_prolong(r->db, s->root, hold, day_of(r->now), until);
    if (st == OK)
        st = clocks(r, s, true);
    if (st == OK)
        st = tell_keeper(r, s, hold, until);
    st = db_end(r->db, st);
    if (st == NOT_FOUND || st == INVALID) {
        form_note(f, lit("until"), tr(r->language, N_("A hold is prolonged to a later day than it has. To end it earlier, lift it.")));
        return draw(r, w, s, NULL, f);
    }
    return st == OK ? go_back(r, w, s, "?done=longer") : st;
}

static status lift_with(struct request *r, const struct hold_subject *s, id hold, token second)
{
    struct hold_act act = { .token = caller_token(r), .second = second, .hold = hold, .about = s->root, .reason = "hold lifted" };
    status st = db_begin(r->db);
    if (st == OK) {
        st = hold_lift(r->db, s->root, hold, day_of(r->now));
        if (st == OK)
            st = clocks(r, s, false);
        if (st == OK)
            st = keeper_lift(r->services->keeper, &act);
        st = db_end(r->db, st);
    }
    wipe(&act, sizeof act);
    return st;
}

static status lift(struct request *r, struct response *w, const struct hold_subject *s, struct form *f, id hold)
{
    str name = form_text(f, lit("name"), 0, 64), pass = form_text(f, lit("pass"), 0, PASSPHRASE_MOST + 1), otp = form_text(f, lit("otp"), 0, 32);
    token second;
    status st = session_of_second(r, name, pass, sign_in_code(otp), &second);
    if (st == OK) {
        st = lift_with(r, s, hold, second);
        status ended = keeper_end(r->services->keeper, second);
        st = st == OK && ended == FAULT ? FAULT : st;
    }
    wipe(&second, sizeof second);
    if (st == OK)
        return go_back(r, w, s, "?done=lift");
    if (st != NOT_FOUND && st != INVALID)
        return st;
    form_note(f, lit("name"), tr(r->language, N_("Name, passphrase and code do not match, or this person may not approve, or it is you. Nothing was changed.")));
    return draw(r, w, s, NULL, f);
}

status hold_serve(struct request *r, struct response *w, const struct hold_subject *s)
{
    id hold;
    if (r->method != POST)
        return draw(r, w, s, NULL, NULL);
    struct form f = form_read(r);
    if (form_has(&f, lit("do"), lit("set")))
        return set(r, w, s, &f);
    if (!id_read(form_text(&f, lit("hold"), 0, 32), &hold))
        return NOT_FOUND;
    if (form_has(&f, lit("do"), lit("longer")))
        return prolong(r, w, s, &f, hold);
    return form_has(&f, lit("do"), lit("lift")) ? lift(r, w, s, &f, hold) : NOT_FOUND;
}

/* ---- elsewhere ---- */

status hold_words(struct request *r, id root, str *out)
{
    int64_t day;
    status s = hold_last_day(r->db, root, day_of(r->now), &day);
    const char *words = N_("Under a legal hold until %1: nothing of it is destroyed before that day is over.");
    *out = (str){ 0 };
    if (s == NOT_FOUND) {
        s = keep_told_day(r->db, root, &day);
        words = N_("The time it is kept is over: from %1 on its keys are destroyed. Open it again or put a hold on it if it is needed.");
    }
    if (s == OK)
        *out = tr_fill(r->arena, tr(r->language, words), (const str[]){ day_text(r->arena, day) }, 1);
    return s == NOT_FOUND ? OK : s;
}

status hold_next_ending(struct request *r, struct next_items *to)
{
    static const struct {
        const char *kind, *area;
    } areas[] = { { "tip", "/tips/" }, { "case", "/cases/" }, { "file", "/victims/" } };
    struct holds list;
    status s = hold_list_ending(r->db, r->arena, r->caller.account, day_of(r->now), day_of(r->now) + HOLD_WARN_DAYS, NEXT_MOST, &list);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        struct next_item item = { .what = tr(r->language, N_("A legal hold of yours ends")),
                                  .why = tr(r->language, N_("After that day what it keeps may be destroyed. Prolong it if it is still needed.")) };
        for (ptrdiff_t k = 0; k < countof(areas); k++)
            if (str_equal(list.at[i].kind, str_of(areas[k].kind)))
                item.href = str_join(r->arena, str_join(r->arena, str_of(areas[k].area), id_text(r->arena, list.at[i].root)), lit("/hold"));
        next_due_day(r, &item, list.at[i].until_day);
        next_add(to, &item);
    }
    return s;
}
