#include "triage/match/match_web.h"
#include "common/services.h"
#include "staff/role/role.h"
#include "triage/match/match_page.h"

static handler show, decide, close_copies;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/tips/:id/alike",  TIP_READ,    NOTHING, show         },
    { STAFF_SIDE, POST, "/tips/:id/alike",  TIP_NOTE,    FORM,    decide       },
    { STAFF_SIDE, POST, "/tips/:id/copies", TIP_DISPOSE, FORM,    close_copies },
    { STAFF_SIDE, GET,  "/tips/:id/group",  TIP_READ,    NOTHING, match_group_show },
};
/* clang-format on */
const struct routes match_routes = { table, countof(table) };

static status show(struct request *r, struct response *w)
{
    struct match_seen *seen = arena_new(r->arena, struct match_seen, 1);
    status s = match_load(r, PURPOSE_LINK, seen);
    return s == OK ? match_draw(r, w, seen, NULL) : s;
}

/* Why the engine would propose the other now: what people decide teaches how good its proposals are (match_report_web.h). NULL: it would not, or cannot be asked. */
static const struct match_found *grounds(struct request *r, id other)
{
    struct match_answer *answer = arena_new(r->arena, struct match_answer, 1);
    const struct match_question q = { r->caller.office, r->id, 0 };
    if (match_ask_kin(r->services->engine, r->services->keeper, caller_token(r), &q, answer) == OK)
        for (int i = 0; i < answer->kin_count; i++)
            if (id_equal(answer->kin[i].tip, other))
                return &answer->kin[i];
    return NULL;
}

struct decision {
    str verdict;
    int64_t turn;
    const struct match_found *grounds;
};
static status make(struct request *r, id tip, id other, const struct decision *d, struct tip_act *out)
{
    struct sealed_field fields[TIP_ACT_FIELDS] = {
        { TIP_ACT_OTHER, { (const char *)other.at, sizeof other } }, { TIP_ACT_VERDICT, d->verdict }, { TIP_ACT_MODEL, int_text(r->arena, MATCH_VERSION) },
        { TIP_ACT_TURN, int_text(r->arena, d->turn) },
    };
    ptrdiff_t n = 4;
    if (d->grounds) {
        fields[n++] = (struct sealed_field){ TIP_ACT_WEIGHT, int_text(r->arena, d->grounds->weight) };
        fields[n++] = (struct sealed_field){ TIP_ACT_SAME, int_text(r->arena, d->grounds->same) };
    }
    return tip_act_make(r, r->caller.office, tip, lit("link"), fields, n, out);
}

/* Both tips keep it, so that it is found from either; and both are still here. */
static status write_both(struct request *r, const struct tip_act acts[2])
{
    id office;
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    for (int i = 0; s == OK && i < 2; i++) {
        s = tip_office(r->db, acts[i].tip, &office);
        if (s == OK && !id_equal(office, r->caller.office))
            s = NOT_FOUND;
        if (s == OK)
            s = tip_act_add(r->db, &acts[i]);
    }
    return db_end(r->db, s);
}

static str done_path(const struct request *r, const char *done)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/tips/"));
    out_str(&o, id_text(r->arena, r->id));
    out_str(&o, lit("/alike?done="));
    out_str(&o, str_of(done));
    return out_view(&o);
}

/* What is decided of a tip that is not there, or not the caller's, is decided of nothing. */
static status decide(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct tip_opened rows[2];
    struct tip_act acts[2];
    id tips[2] = { r->id };
    struct decision d = { .verdict = form_text(&f, lit("verdict"), 0, 16) };
    if (!id_read(form_text(&f, lit("other"), 0, 32), &tips[1]) || id_equal(tips[0], tips[1]) || !match_verdict(d.verdict))
        return sealed_refuse(r, PURPOSE_LINK, r->id);
    status s = tips_reach(r, tips, 2, rows);
    if (s == OK && (!rows[0].opened || !rows[1].opened))
        s = NOT_FOUND;
    if (s == OK)
        s = match_next_turn(r, tips[1], &d.turn);
    if (s == OK)
        d.grounds = grounds(r, tips[1]);
    if (s == OK)
        s = make(r, tips[0], tips[1], &d, &acts[0]);
    if (s == OK)
        s = make(r, tips[1], tips[0], &d, &acts[1]);
    const str written[] = { acts[0].sealed, acts[1].sealed };
    if (s == OK)
        s = sealed_record(r, r->id, written, 2);
    if (s == OK)
        s = write_both(r, acts);
    if (s == OK)
        redirect(w, done_path(r, str_equal(d.verdict, lit("undone")) ? "undone" : "kept"));
    return s;
}

/* ---- copies ---- */

static bool among(id tip, const str *typed, ptrdiff_t n)
{
    id one;
    for (ptrdiff_t i = 0; i < n; i++)
        if (id_read(typed[i], &one) && id_equal(one, tip))
            return true;
    return false;
}

/* Of those that stood on the page, the ones that may be closed unread now: what came to light meanwhile counts. */
static ptrdiff_t chosen(struct form *f, const struct match_seen *seen, id tips[MATCH_COPIES_SHOWN])
{
    str typed[MATCH_COPIES_SHOWN];
    ptrdiff_t n = form_all(f, lit("tip"), typed, countof(typed)), count = 0;
    for (ptrdiff_t i = 0; i < seen->copy_count; i++)
        if (match_closable(&seen->copies[i]) && among(seen->copies[i].tip.row.id, typed, n))
            tips[count++] = seen->copies[i].tip.row.id;
    return count;
}

static status close_copies(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct match_seen *seen = arena_new(r->arena, struct match_seen, 1);
    struct match_closing closing = { .form = &f, .code = form_text(&f, lit("code"), 0, 64), .reason = form_text(&f, lit("reason"), 0, TIP_ACT_REASON_MOST) };
    id tips[MATCH_COPIES_SHOWN];
    ptrdiff_t done = 0;
    status s = match_load(r, PURPOSE_LINK, seen);
    if (s != OK)
        return s;
    if (!match_close_code(r, closing.code))
        form_note(&f, lit("code"), tr(r->language, N_("Choose what became of it.")));
    if (!form_ok(&f))
        return match_draw(r, w, seen, &closing);
    ptrdiff_t n = chosen(&f, seen, tips);
    struct tip_opened *rows = arena_new(r->arena, struct tip_opened, MATCH_COPIES_SHOWN);
    struct tip_change c = { .kind = TIP_CLOSE, .code = closing.code, .reason = closing.reason };
    s = n ? tips_reach(r, tips, n, rows) : OK;
    if (s == OK && n)
        s = tips_change(r, &c, rows, n, &done);
    if (s == OK)
        redirect(w, done_path(r, done ? "closed" : "none"));
    return s;
}
