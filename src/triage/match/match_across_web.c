#include "triage/match/match_across_web.h"
#include "common/house/house.h"
#include "common/keep/keep.h"
#include "common/services.h"
#include "common/share/share.h"
#include "directory/office/office.h"
#include "staff/account/account.h"
#include "triage/match/match_across_rows.h"
#include "triage/match/match_across.h"
#include "match_across_html.h"

/* Of one page: the engine is asked again while there is little to show; decided rows are opened by one message. */
enum { ASKED_MOST = 5, ENOUGH = 10, SHOWN_MOST = ENOUGH + MATCH_ACROSS_MOST, DECIDED_ROWS = 60 };

static handler show, decide;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/deconfliction", DECONFLICT, NOTHING, show   },
    { STAFF_SIDE, POST, "/deconfliction", DECONFLICT, FORM,    decide },
};
/* clang-format on */
const struct routes match_across_routes = { table, countof(table) };

static bool own_ring(const struct request *r, struct sealed_place *out)
{
    *out = (struct sealed_place){ .kind = SCOPE_INSTALLATION, .compartment = SHARED };
    return house_id(r->services->house, HOUSE_INSTALL_ID, &out->scope);
}

/* ---- pairs ---- */

/* A row of a pair, by the tip that it belongs to and the other. */
static str blinded(struct arena *a, id own, id other)
{
    char *at = arena_new(a, char, 2 * (ptrdiff_t)sizeof own);
    memcpy(at, own.at, sizeof own);
    memcpy(at + sizeof own, other.at, sizeof other);
    return (str){ at, 2 * (ptrdiff_t)sizeof own };
}

static status row_ids(struct request *r, const str *values, ptrdiff_t n, id *out)
{
    uint8_t ids[SHOWN_MOST][sizeof(id)];
    must(n <= SHOWN_MOST);
    status s = n ? keeper_blind(r->services->keeper, caller_token(r), ACROSS_FIELD, SHARED, values, n, ids) : OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        memcpy(out[i].at, ids[i], sizeof out[i].at);
    return s;
}

/* Of an answer, those that nobody decided. */
static status keep_open(struct request *r, const struct match_across_answer *answer, struct match_pair *to, ptrdiff_t *n)
{
    str values[MATCH_ACROSS_MOST], sealed;
    id rows[MATCH_ACROSS_MOST];
    for (int i = 0; i < answer->len; i++)
        values[i] = blinded(r->arena, answer->at[i].tip[0], answer->at[i].tip[1]);
    status s = row_ids(r, values, answer->len, rows);
    for (int i = 0; s == OK && i < answer->len; i++) {
        bool together = false;
        s = tip_across_find(r->db, r->arena, answer->at[i].tip[0], rows[i], &sealed);
        bool decided = s == OK;
        if (s == NOT_FOUND)
            s = across_together(r->db, &answer->at[i], &together);
        if (s == OK && !decided && !together)
            to[(*n)++] = answer->at[i];
    }
    return s;
}

/* What a page shows, and where the next one begins. */
struct seen {
    struct match_pair at[SHOWN_MOST];
    ptrdiff_t len;
    bool whole, more;
    struct match_across_question next;
    status engine;               /* OK; LOCKED: it waits for a supervisor; NOT_FOUND: not on the ring; else it cannot now */
};

static status load(struct request *r, const struct match_across_question *from, struct seen *seen)
{
    struct match_across_answer *answer = arena_new(r->arena, struct match_across_answer, 1);
    status s = OK;
    *seen = (struct seen){ .more = true, .next = *from };
    for (int asked = 0; s == OK && seen->more && seen->len < ENOUGH && asked < ASKED_MOST; asked++) {
        seen->engine = match_ask_across(r->services->engine, r->services->keeper, caller_token(r), &seen->next, answer);
        if (seen->engine != OK)
            return OK;
        seen->whole = answer->whole;
        seen->more = answer->more;
        seen->next = answer->next;
        s = keep_open(r, answer, seen->at, &seen->len);
    }
    return s;
}

/* ---- pages ---- */

/* Kinds of facts by their bits, as they are kept for the owners. */
static str kinds_kept(const struct request *r, unsigned kinds)
{
    struct out o = { .arena = r->arena };
    for (int f = 0; f < MATCH_FIELDS; f++) {
        if (!(kinds >> f & 1))
            continue;
        if (out_view(&o).len)
            out_char(&o, '\n');
        out_str(&o, str_of(match_field_words((enum match_field)f)));
    }
    return out_view(&o);
}

static str office_words(struct request *r, id office)
{
    struct office o;
    return office_find(r->db, r->arena, office, &o) == OK ? o.name : id_short(r->arena, office);
}

static struct match_across_row row_of(struct request *r, const struct match_pair *p)
{
    return (struct match_across_row){
        .own = id_text(r->arena, p->tip[0]), .other = id_text(r->arena, p->tip[1]),
        .own_name = id_short(r->arena, p->tip[0]), .other_name = id_short(r->arena, p->tip[1]),
        .own_file = p->file[0], .other_file = p->file[1],
        .own_office = office_words(r, p->office[0]), .other_office = office_words(r, p->office[1]),
        .same = match_kinds_words(r, p->bits.same), .near = match_kinds_words(r, p->bits.near),
        .band = tr(r->language, match_band_words(p->bits.band)), .band_class = p->bits.band > MATCH_POSSIBLE ? lit("tag info") : lit("tag"),
        .may_tell = true,
    };
}

static str place_link(const struct request *r, const struct match_across_question *q)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/deconfliction?from="));
    out_str(&o, id_text(r->arena, q->from));
    out_str(&o, lit("&skip="));
    out_int(&o, q->skip);
    return out_view(&o);
}

/* Where a page begins: what an earlier one said. Anything else is the newest. */
static struct match_across_question place_of(str from, str skip)
{
    struct match_across_question q = { .skip = 0 };
    int64_t n;
    if (!id_read(from, &q.from))
        return (struct match_across_question){ .skip = 0 };
    if (str_to_int(skip, &n) && n > 0 && n <= MATCH_ACROSS_ALL)
        q.skip = (uint32_t)n;
    return q;
}

static str waits_words(const struct request *r, status engine)
{
    if (engine == OK || engine == NOT_FOUND)
        return (str){ 0 };
    if (engine == LOCKED)
        return tr(r->language, N_("Deconfliction waits for a supervisor: after a start, the first one who signs in opens the index of tips."));
    return tr(r->language, N_("The index of tips cannot be asked just now. Try again in a moment."));
}

static str done_words(const struct request *r)
{
    static const struct {
        const char *code, *words;
    } rows[] = {
        { "told", N_("Both owners are told.") }, { "nothing", N_("Put aside.") }, { "already", N_("This was decided before.") },
        { "begin", N_("The keys of deconfliction are made.") }, { "waits", N_("Nothing was decided: the index of tips cannot be asked just now.") },
    };
    str done = query_text(r, lit("done"));
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(done, str_of(rows[i].code)))
            return tr(r->language, rows[i].words);
    return (str){ 0 };
}

static struct match_across_page page_of(struct request *r)
{
    return (struct match_across_page){ .page = staff_page(r, N_("Deconfliction")), .path = lit("/deconfliction"), .done = done_words(r),
                                     .token = form_token(r, lit("/deconfliction")) };
}

/* ---- what was decided ---- */

static status decided_row(struct request *r, const struct across_row *row, const struct sealed_fields *fields, struct match_across_page *page)
{
    struct match_pair p = { .tip = { row->tip } };
    struct account who = { .name = { 0 } };
    id other, by = { { 0 } };
    int64_t same, near, band;
    str at = sealed_field(fields, ACROSS_OTHER), officer = sealed_field(fields, ACROSS_BY), verdict = sealed_field(fields, ACROSS_VERDICT);
    if (at.len != sizeof other.at || !str_to_int(sealed_field(fields, ACROSS_SAME), &same) || !str_to_int(sealed_field(fields, ACROSS_NEAR), &near) ||
        !str_to_int(sealed_field(fields, ACROSS_BAND), &band))
        return OK; /* it did not open */
    memcpy(other.at, at.at, sizeof other.at);
    if (memcmp(row->id.at, other.at, sizeof other.at) > 0)
        return OK; /* a pair is shown once, by the lower of its rows */
    status s = tip_across_tip(r->db, other, &p.tip[1]);
    for (int k = 0; s == OK && k < 2; k++)
        s = across_office(r->db, p.tip[k], &p.office[k], &p.file[k]);
    if (s != OK)
        return s == NOT_FOUND ? OK : s; /* one of them has gone */
    p.bits.same = (uint8_t)same;
    p.bits.near = (uint8_t)near;
    p.bits.band = (uint8_t)(band > MATCH_VERY_LIKELY ? MATCH_VERY_LIKELY : band);
    if (officer.len == sizeof by.at)
        memcpy(by.at, officer.at, sizeof by.at);
    struct match_across_row *to = &page->rows.at[page->rows.len++];
    *to = row_of(r, &p);
    to->may_tell = !str_equal(verdict, lit("told"));
    to->verdict = to->may_tell ? tr(r->language, N_("nothing in common")) : tr(r->language, N_("both owners were told"));
    to->when = staff_time(r->arena, sealed_time_read(sealed_field(fields, ACROSS_AT)));
    if (account_find(r->db, r->arena, by, &who) == OK)
        to->who = who.name;
    return OK;
}

static status draw_decided(struct request *r, struct response *w, struct sealed_place ring)
{
    struct match_across_page page = page_of(r);
    struct across_rows list;
    struct sealed_row rows[DECIDED_ROWS];
    struct sealed_fields fields[DECIDED_ROWS];
    id after, key;
    if (!id_read(query_text(r, lit("after")), &after))
        after = (id){ { 0 } };
    page.decided = true;
    page.rows.at = arena_new(r->arena, struct match_across_row, DECIDED_ROWS);
    status s = sealed_ring(r, ring, &key);
    page.no_ring = s == NOT_FOUND;
    s = s == NOT_FOUND ? OK : s;
    if (s == OK)
        s = tip_across_list(r->db, r->arena, after, DECIDED_ROWS, &list);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++)
        rows[i] = (struct sealed_row){ .id = list.at[i].id, .table = TABLE_TIP_ACROSS, .sealed = list.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, key, rows, list.len);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        page.no_keys |= !rows[i].opened;
        s = decided_row(r, &list.at[i], &fields[i], &page);
    }
    if (s != OK)
        return s;
    if (list.len == DECIDED_ROWS)
        page.more = str_join(r->arena, lit("/deconfliction?list=decided&after="), id_text(r->arena, list.at[list.len - 1].id));
    if (!id_is_zero(after))
        page.first = lit("/deconfliction?list=decided");
    match_across_html(&w->body, r->language, &page);
    return OK;
}

static status show(struct request *r, struct response *w)
{
    struct sealed_place ring;
    id key;
    struct match_across_question from = place_of(query_text(r, lit("from")), query_text(r, lit("skip")));
    struct seen *seen = arena_new(r->arena, struct seen, 1);
    if (r->caller.locked)
        return LOCKED;
    if (!own_ring(r, &ring))
        return NOT_FOUND;
    if (str_equal(query_text(r, lit("list")), lit("decided")))
        return draw_decided(r, w, ring);
    struct match_across_page page = page_of(r);
    status s = sealed_ring(r, ring, &key);
    page.no_ring = s == NOT_FOUND;
    if (s == OK)
        s = load(r, &from, seen);
    if (s != OK && s != NOT_FOUND)
        return s;
    page.no_keys = seen->engine == NOT_FOUND;
    page.waits = waits_words(r, seen->engine);
    page.partial = seen->engine == OK && !seen->whole;
    page.rows.at = arena_new(r->arena, struct match_across_row, SHOWN_MOST);
    for (ptrdiff_t i = 0; i < seen->len; i++)
        page.rows.at[page.rows.len++] = row_of(r, &seen->at[i]);
    if (seen->engine == OK && seen->more)
        page.more = place_link(r, &seen->next);
    if (!id_is_zero(from.from)) {
        struct out skip = { .arena = r->arena };
        out_int(&skip, from.skip);
        page.from = id_text(r->arena, from.from);
        page.skip = out_view(&skip);
        page.first = page.path;
    }
    match_across_html(&w->body, r->language, &page);
    return OK;
}

/* ---- the act ---- */

struct act {
    struct match_pair pair;
    id row[2];                   /* of tip_across, and of tip_told */
    bool tell;
    struct across_row across[2], told[2];
    struct shares shares;        /* of told: for those who are on a case that the tip is on, who may be of no office that reads it */
};

static status seal_told(struct request *r, struct act *act, int k, const struct sealed_field *fields, ptrdiff_t n)
{
    const struct match_pair *p = &act->pair;
    const struct sealed_place owner = p->file[k] ? (struct sealed_place){ SCOPE_CASE, p->tip[k], CASE } : (struct sealed_place){ SCOPE_OFFICE, p->office[k], TIP };
    struct sealed_place also[KEEP_CASES_OF_TIP];
    id cases[KEEP_CASES_OF_TIP];
    ptrdiff_t count = 0;
    status s = p->file[k] ? OK : keep_cases_of_tip(r->db, p->tip[k], cases, &count);
    for (ptrdiff_t i = 0; i < count; i++)
        also[i] = (struct sealed_place){ SCOPE_CASE, cases[i], TIP };
    return s == OK ? sealed_make_also(r, owner, p->tip[k], TABLE_TIP_TOLD, act->row[k], fields, n, also, count, &act->told[k].sealed, &act->shares) : s;
}

static status seal(struct request *r, struct sealed_place ring, struct act *act)
{
    const struct match_pair *p = &act->pair;
    const str at = sealed_time(r->arena, r->now), by = { (const char *)r->caller.account.at, sizeof(id) };
    status s = OK;
    act->shares = (struct shares){ .at = arena_new(r->arena, struct share, 2 * KEEP_CASES_OF_TIP) };
    for (int k = 0; s == OK && k < 2; k++) {
        const str other = { (const char *)act->row[1 - k].at, sizeof(id) };
        const struct sealed_field across[] = {
            { ACROSS_OTHER, other }, { ACROSS_VERDICT, act->tell ? lit("told") : lit("nothing") }, { ACROSS_SAME, int_text(r->arena, p->bits.same) },
            { ACROSS_NEAR, int_text(r->arena, p->bits.near) }, { ACROSS_BAND, int_text(r->arena, p->bits.band) }, { ACROSS_AT, at }, { ACROSS_BY, by },
        };
        const struct sealed_field told[] = { { TOLD_OTHER, other }, { TOLD_KINDS, kinds_kept(r, (unsigned)p->bits.same | p->bits.near) }, { TOLD_AT, at }, { TOLD_BY, by } };
        act->across[k] = act->told[k] = (struct across_row){ .tip = p->tip[k], .id = act->row[k] };
        s = sealed_make(r, ring, TABLE_TIP_ACROSS, act->row[k], across, countof(across), &act->across[k].sealed);
        if (s == OK && act->tell)
            s = seal_told(r, act, k, told, countof(told));
    }
    return s;
}

/* One of each tip, before anything is written. Count: the rows that its tip gets, so a telling has two. */
static status record(struct request *r, const struct act *act)
{
    token t = caller_token(r);
    status s = OK;
    for (int k = 0; s == OK && k < 2; k++) {
        uint8_t digest[32];
        uint64_t seq;
        struct sha256_state h;
        sha256_start(&h);
        sha256_more(&h, act->across[k].sealed);
        sha256_more(&h, act->told[k].sealed);
        sha256_end(&h, digest);
        s = keeper_note(r->services->keeper, &t, ACT_DECONFLICT, 1 + act->tell, act->pair.tip[k], digest, &seq);
    }
    wipe(&t, sizeof t);
    return s;
}

/* Both are still there, at the offices that they were sealed for. */
static status write(struct request *r, const struct act *act)
{
    id office;
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    for (int k = 0; s == OK && k < 2; k++) {
        bool file;
        s = across_office(r->db, act->pair.tip[k], &office, &file);
        if (s == OK && (!id_equal(office, act->pair.office[k]) || file != act->pair.file[k]))
            s = NOT_FOUND;
        if (s == OK)
            s = tip_across_put(r->db, &act->across[k]);
        if (s == OK && act->tell)
            s = tip_told_put(r->db, &act->told[k]);
    }
    for (ptrdiff_t i = 0; s == OK && i < act->shares.len; i++)
        s = share_put(r->db, &act->shares.at[i]);
    return db_end(r->db, s);
}

static str back_to(struct request *r, struct form *f, const char *done)
{
    struct match_across_question q = place_of(form_text(f, lit("from"), 0, 32), form_text(f, lit("skip"), 0, 16));
    str path = id_is_zero(q.from) ? lit("/deconfliction?done=") : str_join(r->arena, place_link(r, &q), lit("&done="));
    return str_join(r->arena, path, str_of(done));
}

/* The first of all officers makes the ring. Whoever is on it finds it made. */
static status begin(struct request *r, struct response *w, struct sealed_place ring)
{
    struct ring_done made;
    struct ring_act act = { .token = caller_token(r), .scope = ring.scope, .kind = ring.kind, .compartment = ring.compartment };
    status s = keeper_ring(r->services->keeper, RING_CREATE, &act, &made);
    wipe(&act, sizeof act);
    if (s == OK)
        redirect(w, lit("/deconfliction?done=begin"));
    return s;
}

/* A pair is told for one by the engine and never by a form; put aside twice, or after a telling, is nothing new. */
static status prepare(struct request *r, struct sealed_place ring, const struct match_across_question *q, struct act *act, const char **done)
{
    struct match_across_answer *answer = arena_new(r->arena, struct match_across_answer, 1);
    str sealed;
    status s = match_ask_across(r->services->engine, r->services->keeper, caller_token(r), q, answer);
    *done = s == LOCKED || s == BUSY ? "waits" : NULL;
    if (*done)
        return OK;
    if (s == OK && answer->len != 1)
        s = NOT_FOUND;
    if (s != OK)
        return s;
    bool together;
    act->pair = answer->at[0];
    s = across_together(r->db, &act->pair, &together);
    if (s == OK && together)
        s = NOT_FOUND;
    if (s != OK)
        return s;
    const str values[] = { blinded(r->arena, q->from, q->other), blinded(r->arena, q->other, q->from) };
    s = row_ids(r, values, 2, act->row);
    if (s == OK && !act->tell) {
        s = tip_across_find(r->db, r->arena, q->from, act->row[0], &sealed);
        *done = s == OK ? "already" : NULL;
        s = s == NOT_FOUND ? OK : s;
    }
    return s == OK && !*done ? seal(r, ring, act) : s;
}

static status decide(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct sealed_place ring;
    struct match_across_question q = { .skip = 0 };
    str verdict = form_text(&f, lit("verdict"), 0, 16);
    struct act act = { .tell = str_equal(verdict, lit("told")) };
    const char *done = NULL;
    if (r->caller.locked)
        return LOCKED;
    if (!own_ring(r, &ring))
        return NOT_FOUND;
    if (str_equal(verdict, lit("begin")))
        return begin(r, w, ring);
    if ((!act.tell && !str_equal(verdict, lit("nothing"))) || !id_read(form_text(&f, lit("own"), 0, 32), &q.from) ||
        !id_read(form_text(&f, lit("other"), 0, 32), &q.other) || id_is_zero(q.other))
        return NOT_FOUND;
    status s = prepare(r, ring, &q, &act, &done);
    if (s == OK && !done)
        s = record(r, &act);
    if (s == OK && !done)
        s = write(r, &act);
    if (s == OK)
        redirect(w, back_to(r, &f, done ? done : act.tell ? "told" : "nothing"));
    return s;
}
