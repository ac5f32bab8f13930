#include "common/services.h"
#include "lib/web/qr.h"
#include "staff/passphrase/passphrase.h"
#include "staff/session/session_web.h"
#include "enrol_html.h"
#include "enrolled_html.h"
#include "handed_back_html.h"
#include "recover_html.h"
#include "recovered_html.h"
#include "sign_in_html.h"

static handler start, show_sign_in, sign_in, sign_out, show_enrol, enrol, show_recover, recover;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/",         ANYONE,    NOTHING, start        },
    { STAFF_SIDE, GET,  "/sign-in",  ANYONE,    NOTHING, show_sign_in },
    { STAFF_SIDE, POST, "/sign-in",  ANYONE,    FORM,    sign_in      },
    { STAFF_SIDE, POST, "/sign-out", SIGNED_IN, FORM,    sign_out     },
    { STAFF_SIDE, GET,  "/enrol",    ANYONE,    NOTHING, show_enrol   },
    { STAFF_SIDE, POST, "/enrol",    ANYONE,    FORM,    enrol        },
    { STAFF_SIDE, GET,  "/recover",  ANYONE,    NOTHING, show_recover },
    { STAFF_SIDE, POST, "/recover",  ANYONE,    FORM,    recover      },
};
/* clang-format on */
const struct routes session_routes = { table, countof(table) };

static status start(struct request *r, struct response *w)
{
    const struct role *role = r->caller.signed_in && !r->caller.locked ? role_find(r->caller.role) : NULL;
    redirect(w, role ? str_of(role->start) : lit("/sign-in"));
    return OK;
}

/* These pages serve strangers, and also somebody whose keys are shut: then the form needs its token. */
static str own_token(const struct request *r, const char *action)
{
    return r->caller.signed_in ? form_token(r, str_of(action)) : (str){ 0 };
}

static void draw_sign_in(struct request *r, struct response *w, str name, const char *failure, const struct kept *kept)
{
    struct sign_in_page page = { staff_page(r, r->caller.locked ? N_("Open my keys") : N_("Sign in")), r->caller.locked, name,
                                 *failure ? tr(r->language, failure) : (str){ 0 } };
    page.page.problem = *failure;
    page.token = own_token(r, "/sign-in");
    page.kept = *kept;
    sign_in_html(&w->body, r->language, &page);
}

static status show_sign_in(struct request *r, struct response *w)
{
    draw_sign_in(r, w, r->caller.name, "", &(struct kept){ 0 });
    return OK;
}

/* The envelope has no passphrase: its printed code stands in the place of a stretched one. */
static status stretch_for(struct request *r, str name, const uint8_t device[32], str typed, struct stretched *out)
{
    str pass;
    if (!str_equal(name, lit("envelope"))) {
        if (passphrase_read(r->arena, typed, &pass) == PASSPHRASE_LONG)
            return NOT_FOUND;
        return passphrase_stretch(r->services->keeper, name, device, pass, out);
    }
    struct ticket t;
    status s = keeper_begin(r->services->keeper, name, device, &t);
    memset(out->at, 0, sizeof out->at);
    out->ticket = t.number;
    if (s == OK && !base32_read(typed, out->at, 20))
        memset(out->at, 0, sizeof out->at);
    return s;
}

/* Where a sign-in leads: to the start of the job, or to the words that were on their way when this person's keys shut. */
static status lead_on(struct request *r, struct response *w, const struct account *a, token fresh, const struct kept *kept)
{
    if (!kept->fields.len || !id_equal(r->caller.account, a->id)) {
        const struct role *role = role_find(a->role);
        redirect(w, str_of(role ? role->start : "/"));
        return OK;
    }
    status s = session_become(r, fresh);
    if (s != OK)
        return s;
    struct handed_back_page page = { staff_page(r, N_("Your keys are open")), *kept, form_token(r, kept->path) };
    handed_back_html(&w->body, r->language, &page);
    return OK;
}

static status finish_sign_in(struct request *r, struct response *w, str name, str typed, uint32_t code, const struct kept *kept)
{
    uint8_t device[32];
    struct stretched st;
    struct signed_in in;
    token old = caller_token(r);
    session_device(r, device);
    status s = stretch_for(r, name, device, typed, &st);
    if (s == OK)
        s = keeper_finish(r->services->keeper, st.ticket, st.at, code, &old, &in);
    wipe(&st, sizeof st);
    struct account a;
    if (s == OK)
        s = account_find(r->db, r->arena, in.principal, &a);
    if (s == OK && !str_equal(a.state, lit("active")))
        s = NOT_FOUND;
    if (s == OK)
        s = session_open(r->db, in.token, old, a.id, r->now);
    if (s == OK) {
        session_set_cookie(r, w, in.token);
        session_set_device(r, w, in.device);
        session_open_engine(r, &in);
        s = lead_on(r, w, &a, in.token, kept);
    }
    wipe(&in, sizeof in);
    wipe(&old, sizeof old);
    return s;
}

status session_of_second(struct request *r, str name, str typed, uint32_t code, token *out)
{
    uint8_t device[32];
    struct stretched st;
    struct signed_in in;
    session_device(r, device);
    *out = (token){ { 0 } };
    status s = stretch_for(r, name, device, typed, &st);
    if (s == OK)
        s = keeper_finish_once(r->services->keeper, st.ticket, st.at, code, &in);
    wipe(&st, sizeof st);
    if (s != OK)
        return s;
    *out = in.token;
    wipe(&in, sizeof in);
    return OK;
}

static status sign_in(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str name = form_text(&f, lit("name"), 0, 64), typed = form_text(&f, lit("pass"), 0, PASSPHRASE_MOST + 1);
    uint32_t code = sign_in_code(form_text(&f, lit("code"), 0, 32));
    struct kept kept = kept_read(r);
    if (kept.fields.len && !form_all(&f, lit("pass"), &(str){ 0 }, 1)) { /* from the page that said that the keys are shut */
        draw_sign_in(r, w, r->caller.name, "", &kept);
        return OK;
    }
    status s = finish_sign_in(r, w, name, typed, code, &kept);
    if (s == OK)
        return OK;
    draw_sign_in(r, w, name, sign_in_words(s, N_("Name, passphrase and code do not match. Each code works once: wait for the next one.")), &kept);
    w->status = s == BUSY || s == LOCKED || s == FAULT ? 503 : s == LIMIT ? 429 : 422;
    return INVALID;
}

static status sign_out(struct request *r, struct response *w)
{
    token t = caller_token(r);
    status s = keeper_end(r->services->keeper, t);
    if (s == OK || s == NOT_FOUND || s == LOCKED)
        s = session_close(r->db, t);
    wipe(&t, sizeof t);
    session_clear_cookie(r, w);
    set_header(w, lit("Clear-Site-Data"), lit("\"cache\", \"storage\""));
    redirect(w, lit("/sign-in"));
    return s;
}

/* ---- a newcomer makes keys ---- */

static void draw_enrol(struct request *r, struct response *w, const struct form *f, str name, str code)
{
    struct enrol_page page = { .page = staff_page(r, N_("Make my keys")), .name = name, .code = code, .token = own_token(r, "/enrol") };
    if (f) {
        page.problems = f->problems;
        page.name_problem = problem_of(&f->problems, lit("name"));
        page.code_problem = problem_of(&f->problems, lit("code"));
        page.pass_problem = problem_of(&f->problems, lit("pass"));
        page.page.problem = f->problems.len > 0;
    }
    enrol_html(&w->body, r->language, &page);
}

static status show_enrol(struct request *r, struct response *w)
{
    draw_enrol(r, w, NULL, (str){ 0 }, (str){ 0 });
    return OK;
}

static str grouped(struct arena *a, str s, ptrdiff_t every)
{
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < s.len; i++) {
        if (i && i % every == 0)
            out_char(&o, ' ');
        out_char(&o, s.at[i]);
    }
    return out_view(&o);
}

static str otpauth_link(struct arena *a, str name, str secret)
{
    struct out o = { .arena = a };
    out_str(&o, lit("otpauth://totp/Plainsight:"));
    out_str(&o, name);
    out_str(&o, lit("?secret="));
    out_str(&o, secret);
    out_str(&o, lit("&issuer=Plainsight"));
    return out_view(&o);
}

static void draw_enrolled(struct request *r, struct response *w, str name, const struct enrolled *e)
{
    str secret = base32_rfc_text(r->arena, e->otp_secret, sizeof e->otp_secret);
    struct enrolled_page page = { .page = staff_page(r, N_("Your keys are made")), .name = name };
    page.secret = grouped(r->arena, secret, 4);
    page.link = otpauth_link(r->arena, name, secret);
    page.recovery = grouped(r->arena, base32_text(r->arena, e->recovery, sizeof e->recovery), 4);
    page.fingerprint = grouped(r->arena, (str){ e->fingerprint, sizeof e->fingerprint }, 4);
    page.qr = qr_path(r->arena, page.link, &page.qr_size);
    enrolled_html(&w->body, r->language, &page);
}

static status make_keys(struct request *r, str name, str code, str pass, struct enrolled *out)
{
    uint8_t device[32] = { 0 }, bytes[20];
    struct stretched st = { 0 };
    struct account a;
    status s = base32_read(code, bytes, sizeof bytes) ? OK : NOT_FOUND;
    if (s == OK)
        s = passphrase_stretch(r->services->keeper, name, device, pass, &st);
    if (s == OK)
        s = keeper_enrol(r->services->keeper, bytes, st.ticket, st.at, out);
    if (s == OK)
        s = account_find(r->db, r->arena, out->principal, &a);
    if (s == OK)
        s = account_set_state(r->db, a.id, lit("pending"));
    wipe(&st, sizeof st);
    wipe(bytes, sizeof bytes);
    return s;
}

static status enrol(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str name = form_text(&f, lit("name"), 1, 64), code = form_text(&f, lit("code"), 1, 128);
    str pass = form_passphrase(&f, r->arena);
    struct enrolled e = { 0 };
    if (form_ok(&f)) {
        status s = make_keys(r, name, code, pass, &e);
        if (s == OK) {
            draw_enrolled(r, w, name, &e);
            wipe(&e, sizeof e);
            return OK;
        }
        if (s == BUSY)
            w->status = 503;
        else if (s != NOT_FOUND && s != INVALID && s != LIMIT)
            return s;
        form_note(&f, lit("code"), tr(r->language, sign_in_words(s, N_("This code does not fit the name, was used, or is older than seven days. Ask for a new one."))));
    }
    draw_enrol(r, w, &f, name, code);
    return INVALID;
}

/* ---- a forgotten passphrase ---- */

static void draw_recover(struct request *r, struct response *w, const struct form *f, str name)
{
    struct enrol_page page = { .page = staff_page(r, N_("Use my recovery code")), .name = name, .token = own_token(r, "/recover") };
    if (f) {
        page.problems = f->problems;
        page.code_problem = problem_of(&f->problems, lit("code"));
        page.pass_problem = problem_of(&f->problems, lit("pass"));
        page.page.problem = true;
    }
    recover_html(&w->body, r->language, &page);
}

static status show_recover(struct request *r, struct response *w)
{
    draw_recover(r, w, NULL, (str){ 0 });
    return OK;
}

static status replace_passphrase(struct request *r, str name, str code, uint32_t otp, str pass, uint8_t recovery[20])
{
    struct slot_change change = { .kind = 2, .otp = otp };
    uint8_t device[32];
    struct stretched st = { 0 };
    struct account a = { 0 };
    session_device(r, device);
    status s = account_find_name(r->db, r->arena, name, &a);
    if (s != OK && s != NOT_FOUND)
        return s;
    /* An unknown name walks the same way with an id nobody has. */
    change.principal = a.id;
    if (!base32_read(code, change.old, 20))
        memset(change.old, 0, sizeof change.old);
    s = passphrase_stretch(r->services->keeper, name, device, pass, &st);
    change.ticket = st.ticket;
    memcpy(change.fresh, st.at, sizeof change.fresh);
    if (s == OK)
        s = keeper_slot(r->services->keeper, &change, recovery);
    wipe(&st, sizeof st);
    wipe(&change, sizeof change);
    return s;
}

static status recover(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str name = form_text(&f, lit("name"), 1, 64), code = form_text(&f, lit("code"), 1, 128);
    uint32_t otp = sign_in_code(form_text(&f, lit("otp"), 0, 32));
    str pass = form_passphrase(&f, r->arena);
    struct enrolled e = { 0 };
    if (form_ok(&f)) {
        status s = replace_passphrase(r, name, code, otp, pass, e.recovery);
        if (s == OK) {
            struct enrolled_page page = { .page = staff_page(r, N_("Your passphrase is changed")), .name = name };
            page.recovery = grouped(r->arena, base32_text(r->arena, e.recovery, sizeof e.recovery), 4);
            recovered_html(&w->body, r->language, &page);
            wipe(&e, sizeof e);
            return OK;
        }
        if (s == FAULT || s == LOCKED)
            return s;
        if (s == BUSY)
            w->status = 503;
        form_note(&f, lit("code"), tr(r->language, sign_in_words(s, N_("Name, recovery code and six digits do not match. Nothing was changed. Each code works once."))));
    }
    draw_recover(r, w, &f, name);
    return INVALID;
}
