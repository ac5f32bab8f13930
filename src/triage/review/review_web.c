#include "common/clock/clock.h"
#include "common/services.h"
#include "staff/account/account.h"
#include "staff/notice/notice.h"
#include "staff/sealed/sealed.h"
#include "triage/review/review_page.h"
#include "triage/review/review_web.h"

static handler show, show_source, answer, note, assign, urgency, dispose, reopen;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/tips/:id",         TIP_READ,    NOTHING, show            },
    { STAFF_SIDE, POST, "/tips/:id/source",  SOURCE_READ, FORM,    show_source     },
    { STAFF_SIDE, POST, "/tips/:id/answer",  TIP_REPLY,   FORM,    answer          },
    { STAFF_SIDE, POST, "/tips/:id/note",    TIP_NOTE,    FORM,    note            },
    { STAFF_SIDE, POST, "/tips/:id/assign",  TIP_ASSIGN,  FORM,    assign          },
    { STAFF_SIDE, POST, "/tips/:id/urgency", TIP_DISPOSE, FORM,    urgency         },
    { STAFF_SIDE, POST, "/tips/:id/dispose", TIP_DISPOSE, FORM,    dispose         },
    { STAFF_SIDE, POST, "/tips/:id/reopen",  TIP_DISPOSE, FORM,    reopen          },
    { STAFF_SIDE, POST, "/tips/:id/clock",   TIP_NOTE,    FORM,    review_say_done },
    { STAFF_SIDE, POST, "/tips/:id/names",   TIP_NOTE,    FORM,    review_mark     },
    { STAFF_SIDE, GET,  "/tips/:id/hold",    HOLD_SET,    NOTHING, review_hold     },
    { STAFF_SIDE, POST, "/tips/:id/hold",    HOLD_SET,    FORM,    review_hold     },
};
/* clang-format on */
const struct routes review_routes = { table, countof(table) };

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
    status s = review_load(r, PURPOSE_READ, false, &o);
    if (s == OK)
        s = was_opened(r);
    return s == OK ? review_draw(r, w, &o, NULL) : s;
}

static status show_source(struct request *r, struct response *w)
{
    struct opened_tip o = { 0 };
    status s = review_load(r, PURPOSE_READ, true, &o);
    return s == OK ? review_draw(r, w, &o, NULL) : s;
}

/* ---- words ---- */

status review_still_here(struct request *r)
{
    id office;
    status s = tip_office(r->db, r->id, &office);
    return s == OK && !id_equal(office, r->caller.office) ? NOT_FOUND : s;
}

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
    s = review_still_here(r);
    if (s == OK)
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
    struct review_typed typed = { .form = &f, .priority = -1 };
    str words = form_text(&f, field, 1, ENTRY_TEXT_MOST);
    *(is_note ? &typed.note : &typed.answer) = words;
    status s = review_load(r, PURPOSE_EDIT, false, &o);
    if (s != OK)
        return s;
    if (!form_ok(&f))
        return review_draw(r, w, &o, &typed);
    if (!is_note && !o.mailbox_good)
        return NOT_FOUND; /* the box is gone, or not the one the tip was sealed with */
    s = keep(r, &o, words, is_note);
    if (s == OK)
        redirect(w, review_path(r, is_note ? "?done=note" : "?done=answer"));
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

/* ---- acts ---- */

status review_again(struct request *r, struct response *w, const struct review_typed *typed)
{
    struct opened_tip o = { 0 };
    status s = review_load(r, PURPOSE_EDIT, false, &o);
    return s == OK ? review_draw(r, w, &o, typed) : s;
}

static status change(struct request *r, struct response *w, const struct tip_change *c, const char *done_path)
{
    struct tip_opened row;
    ptrdiff_t done;
    status s = tips_reach(r, &r->id, 1, &row);
    if (s == OK && !row.opened)
        s = NOT_FOUND;
    if (s == OK)
        s = tips_change(r, c, &row, 1, &done);
    if (s == OK)
        redirect(w, review_path(r, done ? done_path : "?done=same"));
    return s;
}

static status assign(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct tip_change c = { .kind = TIP_ASSIGN_TO };
    struct account who;
    str typed = form_text(&f, lit("who"), 0, 32);
    status s = OK;
    if (str_equal(typed, lit("me")))
        c.assignee = r->caller.account;
    else if (typed.len && !id_read(typed, &c.assignee))
        s = NOT_FOUND;
    if (s == OK && !id_is_zero(c.assignee)) {
        s = account_find(r->db, r->arena, c.assignee, &who);
        if (s == OK && !tip_may_work(&who, r->caller.office))
            s = NOT_FOUND;
        c.assignee_name = s == OK ? who.name : (str){ 0 };
    }
    if (s == NOT_FOUND)
        form_note(&f, lit("who"), tr(r->language, N_("Choose somebody of this office who works on tips.")));
    else if (s != OK)
        return s;
    return form_ok(&f) ? change(r, w, &c, "?done=assign") : review_again(r, w, &(struct review_typed){ .form = &f, .priority = -1 });
}

static status urgency(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct review_typed typed = { .form = &f };
    str level = form_text(&f, lit("level"), 0, 1);
    if (!str_to_int(level, &typed.priority) || typed.priority < 0 || typed.priority > 4) {
        typed.priority = -1;
        form_note(&f, lit("level"), tr(r->language, N_("Choose a level.")));
    }
    typed.urgency_reason = form_text(&f, lit("urgency_reason"), 1, TIP_ACT_REASON_MOST);
    if (!form_ok(&f))
        return review_again(r, w, &typed);
    struct tip_change c = { .kind = TIP_JUDGE, .priority = (int)typed.priority, .reason = typed.urgency_reason };
    return change(r, w, &c, "?done=urgency");
}

static status dispose(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct review_typed typed = { .form = &f, .priority = -1 };
    typed.code = form_text(&f, lit("code"), 0, 64);
    typed.close_reason = form_text(&f, lit("close_reason"), 0, TIP_ACT_REASON_MOST);
    if (!tip_close_reason(r, typed.code))
        form_note(&f, lit("code"), tr(r->language, N_("Choose what became of it.")));
    if (!form_ok(&f))
        return review_again(r, w, &typed);
    struct tip_change c = { .kind = TIP_CLOSE, .code = typed.code, .reason = typed.close_reason };
    return change(r, w, &c, "?done=dispose");
}

static status reopen(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct review_typed typed = { .form = &f, .priority = -1 };
    typed.reopen_reason = form_text(&f, lit("reopen_reason"), 1, TIP_ACT_REASON_MOST);
    if (!form_ok(&f))
        return review_again(r, w, &typed);
    struct tip_change c = { .kind = TIP_REOPEN, .reason = typed.reopen_reason };
    return change(r, w, &c, "?done=reopen");
}
