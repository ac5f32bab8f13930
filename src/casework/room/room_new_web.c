/* Opening a case: its rings, its row, the tip's rows boxed again for it, its first entry. Pressed twice, it is opened once. */
#include "casework/casefile/casefile.h"
#include "casework/room/room_tips.h"
#include "casework/room/room_web.h"
#include "common/clock/clock.h"
#include "common/services.h"
#include "intake/tip/tip.h"
#include "staff/sealed/sealed.h"
#include "triage/act/act.h"
#include "triage/words/words.h"
#include "case_new_html.h"

struct opening {
    id root;
    bool from_tip;
    struct tip_row tip;
    str title, summary;
    id ring;             /* TIP, of the case */
    struct shares shares;
    struct casefile row;
    struct timeline_entry first;
};

static status find_tip(struct request *r, str text, struct opening *o)
{
    id tip;
    o->from_tip = text.len > 0;
    if (!text.len)
        return OK;
    if (!caller_may(r, TIP_READ) || !id_read(text, &tip))
        return NOT_FOUND;
    return tip_find(r->db, r->arena, r->caller.office, tip, &o->tip);
}

/* ---- the form ---- */

/* The page chooses the id, so that a form sent twice opens one case; the proof shows that it was a page of this session. */
static str proof_of(const struct request *r, str root)
{
    return form_token(r, str_join(r->arena, lit("/cases/new/"), root));
}

static str first_words(str s)
{
    enum { WORDS = 80 };
    if (s.len <= WORDS)
        return s;
    ptrdiff_t n = WORDS;
    while (n > 0 && s.at[n] != ' ')
        n--;
    if (!n) /* one long word: cut, but not inside a letter */
        for (n = WORDS; n > 0 && ((unsigned char)s.at[n] & 0xc0) == 0x80;)
            n--;
    return str_part(s, 0, n);
}

/* Where it is, else how it begins: something to start from, so that one press is enough. */
static status suggest_title(struct request *r, const struct opening *o, str *title)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = o->tip.id, .table = TABLE_TIP, .sealed = o->tip.sealed, .needed = true, .to = &fields };
    struct tip tip;
    id ring = { { 0 } };
    status s = sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &ring);
    if (s == OK)
        s = sealed_fit(r, ring, o->tip.id, &row, 1);
    if (s == OK)
        s = sealed_open(r, PURPOSE_READ, o->tip.id, &row, 1);
    if (s != OK)
        return s;
    tip_read(&fields, &tip);
    str kind = venue_words(r, tip.venue), place = first_words(tip.place);
    if (kind.len && place.len)
        kind = str_join(r->arena, kind, lit(", "));
    *title = kind.len || place.len ? str_join(r->arena, kind, place) : first_words(tip.narrative);
    return OK;
}

/* Open cases of one's own that a tip may be put on instead. */
static status own_cases(struct request *r, struct choices *out)
{
    enum { OFFERED = 50 };
    struct casefiles found;
    struct sealed_fields fields[OFFERED];
    struct sealed_row rows[OFFERED];
    status s = casefile_list_mine(r->db, r->arena, r->caller.account, lit("open"), NULL, OFFERED, &found);
    *out = (struct choices){ .at = arena_new(r->arena, struct choice, OFFERED) };
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++)
        rows[i] = (struct sealed_row){ .id = found.at[i].id, .table = TABLE_CASE, .sealed = found.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, (id){ { 0 } }, rows, found.len);
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++)
        if (rows[i].opened)
            out->at[out->len++] = (struct choice){ id_text(r->arena, found.at[i].id),
                str_join(r->arena, id_short(r->arena, found.at[i].id), str_join(r->arena, lit(" "), sealed_field(&fields[i], CASE_TITLE))), false };
    return s;
}

static status draw(struct request *r, struct response *w, const struct opening *o, const struct form *f)
{
    str root = id_text(r->arena, o->root);
    struct choices own = { 0 };
    status s = o->from_tip ? own_cases(r, &own) : OK;
    if (s != OK)
        return s;
    struct case_new_page page = {
        .page = staff_page(r, N_("Open a case")), .root = root, .made = proof_of(r, root), .title = o->title, .summary = o->summary,
        .token = form_token(r, lit("/cases/new")), .own = own,
    };
    if (o->from_tip) {
        page.tip = id_text(r->arena, o->tip.id);
        page.tip_name = id_short(r->arena, o->tip.id);
        page.closes = caller_may(r, TIP_DISPOSE);
    }
    if (f) {
        page.problems = f->problems;
        page.title_problem = problem_of(&f->problems, lit("title"));
        page.summary_problem = problem_of(&f->problems, lit("summary"));
        page.into_problem = problem_of(&f->problems, lit("into"));
        page.page.problem = true;
    }
    case_new_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

status room_new(struct request *r, struct response *w)
{
    struct opening o = { .root = chance_id(r->chance, r->now * 1000, true) };
    status s = find_tip(r, query_text(r, lit("tip")), &o);
    if (s == OK && o.from_tip)
        s = suggest_title(r, &o, &o.title);
    return s == OK ? draw(r, w, &o, NULL) : s;
}

/* ---- opening it ---- */

static status make_rings(struct request *r, struct opening *o)
{
    static const enum compartment made[] = { EVIDENCE, CASE };
    struct ring_done done;
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < countof(made); i++) {
        struct ring_act act = { .token = caller_token(r), .kind = SCOPE_CASE, .scope = o->root, .compartment = made[i], .reason = "case opened" };
        s = keeper_ring(r->services->keeper, RING_CREATE, &act, &done);
        wipe(&act, sizeof act);
    }
    return s == OK && o->from_tip ? room_tip_ring(r, o->root, &o->ring) : s;
}

static status seal_all(struct request *r, struct opening *o)
{
    int64_t today = day_of(r->now);
    const struct sealed_field fields[] = { { CASE_TITLE, o->title }, { CASE_SUMMARY, o->summary }, { CASE_AT, sealed_time(r->arena, r->now) } };
    const struct kind *k = kind_find(lit("status_change"));
    must(k);
    const struct kind_field *field = kind_field_find(k, lit("status")), *text = kind_field_find(k, lit("text"));
    must(field && text);
    o->row = (struct casefile){ .id = o->root, .office = r->caller.office, .opened_day = today };
    o->first = (struct timeline_entry){ .root = o->root, .id = chance_id(r->chance, r->now * 1000, true), .kind = k->code,
                                        .office = r->caller.office, .author = r->caller.account, .day = today, .written_day = today,
                                        .counted = true };
    o->first.values.at[field - k->fields] = lit("CAS_Active");
    o->first.values.at[text - k->fields] = tr(r->language, N_("Investigation opened"));
    status s = sealed_make(r, (struct sealed_place){ SCOPE_CASE, o->root, CASE }, TABLE_CASE, o->root, fields, countof(fields), &o->row.sealed);
    if (s == OK)
        s = timeline_seal(r, &o->first);
    const str written[] = { o->row.sealed, o->first.sealed };
    return s == OK ? sealed_record(r, o->root, written, countof(written)) : s;
}

static status store(struct request *r, struct opening *o)
{
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    s = casefile_add(r->db, &o->row);
    if (s == OK)
        s = casefile_person_add(r->db, o->root, r->caller.account, lit("lead"), o->row.opened_day);
    if (s == OK)
        s = timeline_add(r->db, &o->first);
    if (s == OK)
        s = timeline_follow(r, kind_find(o->first.kind), o->root, true);
    if (s == OK && o->from_tip)
        s = room_store_tip(r, o->root, o->tip.id, &o->shares);
    return db_end(r->db, s);
}

/*
 * What became of the tip, in its history, by who opened the case: an act of its own, which can be undone like any other. Not by an
 * investigator, whose job has no closing: the line then says itself what became of it. A tip put on a case that stands stays as it is.
 */
static status close_tip(struct request *r, const struct opening *o)
{
    struct tip_change change = { .kind = TIP_CLOSE, .code = lit("tip_to_case") };
    struct tip_opened reached;
    ptrdiff_t done;
    if (!o->from_tip || !caller_may(r, TIP_DISPOSE) || !tip_close_reason(r, change.code))
        return OK;
    status s = tips_reach(r, &o->tip.id, 1, &reached);
    return s == OK ? tips_change(r, &change, &reached, 1, &done) : s;
}

static status make(struct request *r, struct opening *o)
{
    struct opened_case there;
    struct casefile row;
    status s = casefile_find(r->db, r->arena, o->root, &row);
    if (s != NOT_FOUND)
        return s == OK ? casefile_open(r, o->root, PURPOSE_READ, &there) : s; /* pressed twice */
    s = make_rings(r, o);
    if (s == OK && o->from_tip)
        s = room_share_tip(r, o->root, o->ring, &o->tip, &o->shares);
    if (s == OK)
        s = seal_all(r, o);
    if (s == OK)
        s = store(r, o);
    if (s == OK)
        s = close_tip(r, o);
    return s == CONFLICT ? casefile_open(r, o->root, PURPOSE_READ, &there) : s; /* twice at the same moment */
}

/* A tip put on a case that stands; also again, when something was added to it since. */
static status link_tip(struct request *r, struct response *w, str into, struct opening *o)
{
    struct opened_case c;
    if (!id_read(into, &o->root) || !o->from_tip)
        return NOT_FOUND;
    status s = casefile_open(r, o->root, PURPOSE_EDIT, &c);
    if (s == OK)
        s = room_tip_ring(r, o->root, &o->ring);
    if (s == OK)
        s = room_share_tip(r, o->root, o->ring, &o->tip, &o->shares);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    s = db_end(r->db, room_store_tip(r, o->root, o->tip.id, &o->shares));
    if (s == OK)
        redirect(w, casefile_path(r->arena, o->root, "?done=tip"));
    return s;
}

/* The second form of the page: the tip goes to a case that stands. */
static status open_into(struct request *r, struct response *w, struct form *f, str into, struct opening *o)
{
    status s = find_tip(r, form_text(f, lit("tip"), 0, 64), o);
    if (s != OK || into.len)
        return s == OK ? link_tip(r, w, into, o) : s;
    form_note(f, lit("into"), tr(r->language, N_("Choose one of your cases.")));
    return draw(r, w, o, f);
}

status room_open(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct opening o = { .root = chance_id(r->chance, r->now * 1000, true) };
    id chosen;
    str root = form_text(&f, lit("case"), 0, 32), made = form_text(&f, lit("made"), 0, 128);
    if (form_has(&f, lit("do"), lit("link")))
        return open_into(r, w, &f, form_text(&f, lit("into"), 0, 64), &o);
    o.title = form_text(&f, lit("title"), 1, CASE_TITLE_MOST);
    o.summary = form_text(&f, lit("summary"), 0, CASE_SUMMARY_MOST);
    status s = find_tip(r, form_text(&f, lit("tip"), 0, 64), &o);
    if (s != OK)
        return s;
    if (id_read(root, &chosen) && str_equal(made, proof_of(r, root)))
        o.root = chosen;
    else
        form_note(&f, lit("title"), tr(r->language, N_("This form is from an earlier sign-in. Nothing is lost: please send it again.")));
    if (!form_ok(&f))
        return draw(r, w, &o, &f);
    s = make(r, &o);
    if (s == OK)
        redirect(w, casefile_path(r->arena, o.root, "?done=open"));
    return s;
}
