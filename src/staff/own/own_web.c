#include "common/services.h"
#include "staff/own/own_web.h"
#include "staff/passphrase/passphrase.h"
#include "staff/session/session.h"
#include "own_html.h"

static handler show, change;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/own",            SIGNED_IN, NOTHING, show   },
    { STAFF_SIDE, POST, "/own/passphrase", SIGNED_IN, FORM,    change },
};
/* clang-format on */
const struct routes own_routes = { table, countof(table) };

/* By how many were shown: the numbers of the log are everybody's, and would tell how much the others did. */
static str next_link(struct request *r, uint64_t skipped, ptrdiff_t n)
{
    struct out o = { .arena = r->arena };
    if (n < LOG_LINES)
        return (str){ 0 };
    out_str(&o, lit("/own?skip="));
    out_int(&o, (int64_t)skipped + n);
    return out_view(&o);
}

static status draw(struct request *r, struct response *w, const struct form *f, const char *done)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    uint64_t skipped = log_from(r, lit("skip"));
    token t = caller_token(r);
    status s = keeper_log(r->services->keeper, t, true, skipped, lines, &n);
    wipe(&t, sizeof t);
    if (s != OK)
        return s;
    struct own_page page = { .page = staff_page(r, N_("My account")), .rows = log_words(r, lines, n),
                             .next = next_link(r, skipped, n), .token = form_token(r, lit("/own/passphrase")),
                             .done = *done ? tr(r->language, done) : (str){ 0 } };
    if (f) {
        page.problems = f->problems;
        page.old_problem = problem_of(&f->problems, lit("old"));
        page.pass_problem = problem_of(&f->problems, lit("pass"));
        page.page.problem = true;
    }
    own_html(&w->body, r->language, &page);
    return f ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    return draw(r, w, NULL, query_text(r, lit("done")).len ? N_("Your passphrase is changed.") : "");
}

/* Both passphrases are stretched under the salt of the same ticket: one turn at the slow hash. */
static status replace(struct request *r, str old, str fresh, uint32_t otp)
{
    struct slot_change c = { .principal = r->caller.account, .kind = 1, .otp = otp, .token = caller_token(r) };
    struct ticket t;
    uint8_t device[32], none[20];
    session_device(r, device);
    status s = keeper_begin(r->services->keeper, r->caller.name, device, &t);
    if (s == OK)
        s = stretch(old, t.salt, t.cost, c.old);
    if (s == OK)
        s = stretch(fresh, t.salt, t.cost, c.fresh);
    c.ticket = t.number;
    if (s == OK)
        s = keeper_slot(r->services->keeper, &c, none);
    wipe(&c, sizeof c);
    return s;
}

static status change(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str typed = form_text(&f, lit("old"), 0, PASSPHRASE_MOST), old = { 0 };
    uint32_t otp = sign_in_code(form_text(&f, lit("otp"), 0, 32));
    str fresh = form_passphrase(&f, r->arena);
    if (!utf8_nfkc(r->arena, typed, &old))
        old = (str){ 0 };
    if (form_ok(&f)) {
        status s = replace(r, old, fresh, otp);
        if (s == OK) {
            redirect(w, lit("/own?done=passphrase"));
            return OK;
        }
        if (s == FAULT || s == LOCKED)
            return s;
        form_note(&f, lit("old"), tr(r->language, sign_in_words(s, N_("Passphrase and six digits do not match. Nothing was changed. Wait for the next code."))));
    }
    return draw(r, w, &f, "");
}
