/* Opening a case: its rings, its row, the tip's rows boxed again for it, its first entry. Pressed twice, it is opened once. */
#include "casework/casefile/casefile.h"
#include "casework/room/room_web.h"
#include "common/clock/clock.h"
#include "common/services.h"
#include "common/share/share.h"
#include "intake/tip/tip.h"
#include "staff/sealed/sealed.h"
#include "triage/review/review.h"
#include "triage/words/words.h"
#include "case_new_html.h"

enum { SHARED_MOST = 1024 }; /* rows of one tip that go with a case */

struct opening {
    id root;
    bool from_tip;
    struct tip_row tip;
    str title, summary;
    id ring;             /* CASE */
    struct share *shares;
    ptrdiff_t share_count;
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

/* The ring by which this office reads its tips: one that was sent on opens by it too. */
static status office_ring(struct request *r, id *ring)
{
    return sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, ring);
}

/* Where it is, else how it begins: something to start from, so that one press is enough. */
static status suggest_title(struct request *r, const struct opening *o, str *title)
{
    struct sealed_fields fields;
    struct sealed_row row = { .id = o->tip.id, .table = TABLE_TIP, .sealed = o->tip.sealed, .needed = true, .to = &fields };
    struct tip tip;
    id ring = { { 0 } };
    status s = office_ring(r, &ring);
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

static status draw(struct request *r, struct response *w, const struct opening *o, const struct form *f)
{
    str root = id_text(r->arena, o->root);
    struct case_new_page page = {
        .page = staff_page(r, N_("Open a case")), .root = root, .made = proof_of(r, root), .title = o->title, .summary = o->summary,
        .token = form_token(r, lit("/cases/new")),
    };
    if (o->from_tip) {
        page.tip = id_text(r->arena, o->tip.id);
        page.tip_name = id_short(r->arena, o->tip.id);
    }
    if (f) {
        page.problems = f->problems;
        page.title_problem = problem_of(&f->problems, lit("title"));
        page.summary_problem = problem_of(&f->problems, lit("summary"));
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
    struct ring_done done = { 0 };
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < countof(made); i++) {
        struct ring_act act = { .token = caller_token(r), .kind = SCOPE_CASE, .scope = o->root, .compartment = made[i], .reason = "case opened" };
        s = keeper_ring(r->services->keeper, RING_CREATE, &act, &done);
        wipe(&act, sizeof act);
    }
    o->ring = done.ring;
    return s;
}

struct boxes {
    id tip, ring;
    struct open_row *at;
    ptrdiff_t len;
};

static status add_box(struct request *r, struct boxes *b, id row, str sealed)
{
    struct sealed_row fitted = { .id = row, .sealed = sealed };
    if (b->len == SHARED_MOST || sealed.len < KEYBOX)
        return OK;
    status s = sealed_fit(r, b->ring, b->tip, &fitted, 1);
    b->at[b->len++] = (struct open_row){ .row = row, .keybox = fitted.keybox ? fitted.keybox : (const uint8_t *)sealed.at };
    return s;
}

/* The tip itself, what was added to it, and what staff wrote on it. Not who told us: that stays with the line. */
static status rows_of_tip(struct request *r, id tip, str sealed, struct boxes *b)
{
    enum { AT_ONCE = 64 };
    struct tip_additions additions = { .len = AT_ONCE };
    struct tip_entries entries = { .len = AT_ONCE };
    status s = office_ring(r, &b->ring);
    b->tip = tip;
    if (s == OK)
        s = add_box(r, b, tip, sealed);
    for (int64_t skip = 0; s == OK && additions.len == AT_ONCE && b->len < SHARED_MOST; skip += AT_ONCE) {
        s = tip_list_additions(r->db, r->arena, tip, skip, AT_ONCE, &additions);
        for (ptrdiff_t i = 0; s == OK && i < additions.len; i++)
            s = add_box(r, b, additions.at[i].id, additions.at[i].sealed);
    }
    for (int64_t skip = 0; s == OK && entries.len == AT_ONCE && b->len < SHARED_MOST; skip += AT_ONCE) {
        s = tip_entry_list(r->db, r->arena, tip, skip, AT_ONCE, &entries);
        for (ptrdiff_t i = 0; s == OK && i < entries.len; i++)
            s = add_box(r, b, entries.at[i].id, entries.at[i].sealed);
    }
    return s;
}

/* A row that the caller cannot open is left behind; without the tip itself there is no case from it. */
static status share_tip(struct request *r, struct opening *o)
{
    struct boxes b = { .at = arena_new(r->arena, struct open_row, SHARED_MOST) };
    uint8_t(*keyboxes)[KEYBOX] = (uint8_t(*)[KEYBOX])arena_new(r->arena, uint8_t, (ptrdiff_t)SEALED_ROWS_MOST * KEYBOX);
    status s = rows_of_tip(r, o->tip.id, o->tip.sealed, &b);
    o->shares = arena_new(r->arena, struct share, b.len + 1);
    for (ptrdiff_t at = 0; s == OK && at < b.len; at += SEALED_ROWS_MOST) {
        static const uint8_t none[KEYBOX] = { 0 };
        ptrdiff_t n = b.len - at < SEALED_ROWS_MOST ? b.len - at : SEALED_ROWS_MOST;
        token t = caller_token(r);
        s = keeper_share(r->services->keeper, t, PURPOSE_LINK, o->root, o->ring, (id){ 0 }, b.at + at, n, keyboxes);
        wipe(&t, sizeof t);
        for (ptrdiff_t i = 0; s == OK && i < n; i++) {
            if (!memcmp(keyboxes[i], none, KEYBOX))
                continue;
            struct share *to = &o->shares[o->share_count++];
            *to = (struct share){ .root = o->tip.id, .row = b.at[at + i].row, .ring = o->ring, .until_day = SHARE_FOR_EVER };
            memcpy(to->keybox, keyboxes[i], KEYBOX);
        }
    }
    return s == OK && (!o->share_count || !id_equal(o->shares[0].row, o->tip.id)) ? NOT_FOUND : s;
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

static status store_tip(struct request *r, const struct opening *o)
{
    int64_t today = day_of(r->now);
    status s = casefile_tip_add(r->db, o->root, o->tip.id, r->caller.account, today);
    for (ptrdiff_t i = 0; s == OK && i < o->share_count; i++)
        s = share_put(r->db, &o->shares[i]);
    return s == OK ? clock_event(r->db, r->services->clocks, o->tip.id, lit("tip.acted"), today) : s;
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
        s = store_tip(r, o);
    return db_end(r->db, s);
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
        s = share_tip(r, o);
    if (s == OK)
        s = seal_all(r, o);
    if (s == OK)
        s = store(r, o);
    return s == CONFLICT ? casefile_open(r, o->root, PURPOSE_READ, &there) : s; /* twice at the same moment */
}

status room_open(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct opening o = { .root = chance_id(r->chance, r->now * 1000, true) };
    id chosen;
    str root = form_text(&f, lit("case"), 0, 32), made = form_text(&f, lit("made"), 0, 128);
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
