#include "common/reseal/reseal.h"
#include "common/services.h"
#include "staff/account/account.h"
#include "staff/passphrase/passphrase.h"
#include "staff/reseal/reseal.h"
#include "staff/sealed/sealed.h"
#include "staff/session/session.h"
#include "reseal_html.h"

enum { AT_ONCE = SEALED_ROWS_MOST, MESSAGES = 10, REASON_MOST = 32 };

struct rings {
    struct ring_key at[RESEAL_RINGS_MOST];
    int len;
};

/* Some are there only once something was sealed to them: a case without a tip has no TIP ring. */
static status find_rings(struct request *r, const struct reseal_subject *x, struct rings *out)
{
    status s = OK;
    out->len = 0;
    for (int i = 0; s == OK && i < RESEAL_RINGS_MOST && x->rings[i]; i++) {
        s = keeper_ring_key(r->services->keeper, SCOPE_CASE, x->root, x->rings[i], &out->at[out->len]);
        out->len += s == OK;
        s = s == NOT_FOUND ? OK : s;
    }
    return s;
}

static status count_left(struct request *r, const struct reseal_subject *x, const struct rings *rings, int64_t *left)
{
    status s = OK;
    *left = 0;
    for (int i = 0; s == OK && i < rings->len; i++) {
        int64_t n = 0;
        s = reseal_count(r->db, x->root, &rings->at[i], &n);
        *left += n;
    }
    return s;
}

static str author_name(struct request *r, id account)
{
    struct account a;
    return account_find(r->db, r->arena, account, &a) == OK ? a.name : tr(r->language, N_("somebody"));
}

static status draw_state(struct request *r, const struct reseal_subject *x, struct reseal_page *page)
{
    struct reseal_state state;
    status s = reseal_look(r->db, x->root, &state);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    page->under_way = !state.done_day;
    page->since = day_text(r->arena, state.day);
    page->author = author_name(r, state.author);
    page->done = state.done_day ? day_text(r->arena, state.done_day) : (str){ 0 };
    page->stuck = page->under_way && page->left && str_equal(query_text(r, lit("done")), lit("stuck"));
    return OK;
}

static status draw(struct request *r, struct response *w, const struct reseal_subject *x, const struct form *f)
{
    struct rings rings;
    struct reseal_page page = { .page = staff_page(r, x->file ? N_("New keys for this file") : N_("New keys for this case")), .back = x->back,
                                .path = x->path, .token = form_token(r, x->path), .name = x->name, .title = x->title, .file = x->file,
                                .packets = x->packets };
    status s = find_rings(r, x, &rings);
    if (s == OK)
        s = count_left(r, x, &rings, &page.left);
    if (s == OK)
        s = draw_state(r, x, &page);
    if (s != OK)
        return s;
    if (f) {
        page.problems = f->problems;
        page.reason_problem = problem_of(&f->problems, lit("reason"));
        page.name_problem = problem_of(&f->problems, lit("name"));
        page.page.problem = true;
    }
    reseal_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

/* ---- pieces ---- */

/* What the keeper boxed anew takes the place of what was read; *moved of them. */
static status put_rows(struct request *r, const struct reseal_row *rows, const struct open_row *asked, uint8_t (*boxes)[KEYBOX], ptrdiff_t n,
                       int64_t *moved)
{
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (asked[i].code)
            continue;
        s = reseal_put(r->db, *r->arena, &rows[i], boxes[i]);
        ++*moved;
    }
    return db_end(r->db, s);
}

/* One message of the keeper; *moved 0: nothing of the ring is left, or nothing that the caller can open. */
static status move_some(struct request *r, const struct reseal_subject *x, const struct ring_key *ring, int64_t *moved)
{
    struct reseal_row *rows = arena_new(r->arena, struct reseal_row, AT_ONCE);
    struct open_row *asked = arena_new(r->arena, struct open_row, AT_ONCE);
    uint8_t (*boxes)[KEYBOX] = arena_take(r->arena, KEYBOX, 1, AT_ONCE);
    ptrdiff_t n = 0;
    *moved = 0;
    status s = reseal_find(r->db, x->root, ring, rows, AT_ONCE, &n);
    if (s != OK || !n)
        return s;
    for (ptrdiff_t i = 0; i < n; i++)
        asked[i] = (struct open_row){ .row = rows[i].id, .keybox = rows[i].keybox };
    s = keeper_share(r->services->keeper, caller_token(r), PURPOSE_EDIT, x->root, ring->ring, (id){ { 0 } }, asked, n, boxes);
    return s == OK ? put_rows(r, rows, asked, boxes, n, moved) : s;
}

/* A bounded piece of the work, however much there is: each press of the button does one and says how much is left. */
static status move_piece(struct request *r, const struct reseal_subject *x, int64_t *moved)
{
    struct rings rings;
    status s = find_rings(r, x, &rings);
    *moved = 0;
    int at = 0;
    for (int i = 0; s == OK && i < MESSAGES && at < rings.len; i++) {
        int64_t n = 0;
        s = move_some(r, x, &rings.at[at], &n);
        *moved += n;
        if (!n)
            at++;
    }
    return s;
}

static status go_on(struct request *r, struct response *w, const struct reseal_subject *x)
{
    int64_t moved = 0, left = 0;
    struct rings rings;
    status s = move_piece(r, x, &moved);
    if (s == OK)
        s = find_rings(r, x, &rings);
    if (s == OK)
        s = count_left(r, x, &rings, &left);
    if (s == OK)
        redirect(w, left && !moved ? str_join(r->arena, x->path, lit("?done=stuck")) : x->path);
    return s;
}

/* ---- begin and end ---- */

/* The keys first: a row that says it was begun while the old keys still stood would let them be taken for the new ones. */
static status begin(struct request *r, struct response *w, const struct reseal_subject *x, struct form *f)
{
    struct rings rings;
    struct ring_done done;
    str reason = form_text(f, lit("reason"), 1, REASON_MOST);
    if (!form_ok(f))
        return draw(r, w, x, f);
    status s = find_rings(r, x, &rings);
    for (int i = 0; s == OK && i < rings.len; i++) {
        struct ring_act act = { .token = caller_token(r), .ring = rings.at[i].ring };
        memcpy(act.reason, reason.at, (size_t)reason.len);
        s = keeper_ring(r->services->keeper, RING_ROTATE, &act, &done);
        wipe(&act, sizeof act);
    }
    if (s == OK)
        s = db_begin(r->db);
    if (s == OK)
        s = db_end(r->db, reseal_begin(r->db, x->root, r->caller.account, day_of(r->now)));
    return s == OK ? go_on(r, w, x) : s;
}

static status destroy_old(struct request *r, const struct reseal_subject *x, const struct rings *rings, token second)
{
    const char *reason = x->file ? "new keys of a file" : "new keys of a case";
    status s = OK;
    for (int i = 0; s == OK && i < rings->len; i++) {
        struct ring_act act = { .token = caller_token(r), .second = second, .ring = rings->at[i].ring, .epoch = rings->at[i].epoch - 1 };
        struct ring_done done;
        memcpy(act.reason, reason, strlen(reason));
        if (act.epoch)
            s = keeper_ring(r->services->keeper, RING_SHRED, &act, &done);
        wipe(&act, sizeof act);
    }
    return s;
}

/* Nobody writes meanwhile: what is counted as moved stays moved until the old keys are gone. */
static status end_with(struct request *r, const struct reseal_subject *x, token second, int64_t *left)
{
    struct rings rings;
    status s = db_begin(r->db);
    if (s != OK)
        return s;
    s = find_rings(r, x, &rings);
    if (s == OK)
        s = count_left(r, x, &rings, left);
    if (s == OK && !*left)
        s = destroy_old(r, x, &rings, second);
    if (s == OK && !*left)
        s = reseal_done(r->db, x->root, day_of(r->now));
    return db_end(r->db, s);
}

static status end(struct request *r, struct response *w, const struct reseal_subject *x, struct form *f)
{
    str name = form_text(f, lit("name"), 0, 64), pass = form_text(f, lit("pass"), 0, PASSPHRASE_MOST + 1), otp = form_text(f, lit("otp"), 0, 32);
    struct reseal_state state;
    token second;
    int64_t left = 0;
    status s = reseal_look(r->db, x->root, &state);
    if (s != OK || state.done_day)
        return s == OK ? NOT_FOUND : s;
    s = session_of_second(r, name, pass, sign_in_code(otp), &second);
    if (s == OK) {
        s = end_with(r, x, second, &left);
        status ended = keeper_end(r->services->keeper, second);
        s = s == OK && ended == FAULT ? FAULT : s;
    }
    wipe(&second, sizeof second);
    if (s == OK) {
        redirect(w, x->path);
        return OK;
    }
    if (s != NOT_FOUND && s != INVALID)
        return s;
    form_note(f, lit("name"), tr(r->language, N_("Name, passphrase and code do not match, or this person may not approve, or it is you. Nothing was changed.")));
    return draw(r, w, x, f);
}

status reseal_serve(struct request *r, struct response *w, const struct reseal_subject *x)
{
    if (r->method != POST)
        return draw(r, w, x, NULL);
    struct form f = form_read(r);
    if (form_has(&f, lit("do"), lit("go")))
        return go_on(r, w, x);
    return form_has(&f, lit("do"), lit("end")) ? end(r, w, x, &f) : begin(r, w, x, &f);
}
