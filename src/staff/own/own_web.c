#include "common/services.h"
#include "staff/key/key.h"
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
static str next_link(struct request *r, const char *path, uint64_t skipped, ptrdiff_t n)
{
    struct out o = { .arena = r->arena };
    if (n < LOG_LINES)
        return (str){ 0 };
    out_str(&o, str_of(path));
    out_int(&o, (int64_t)skipped + n);
    return out_view(&o);
}

static status add_own(struct request *r, struct own_page *page)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    uint64_t skipped = log_from(r, lit("skip"));
    token t = caller_token(r);
    status s = keeper_log(r->services->keeper, t, true, skipped, lines, &n);
    wipe(&t, sizeof t);
    page->rows = log_words(r, lines, n);
    page->next = next_link(r, "/own?skip=", skipped, n);
    return s;
}

static status add_others(struct request *r, struct own_page *page)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    uint64_t skipped = log_from(r, lit("others"));
    token t = caller_token(r);
    status s = keeper_on_me(r->services->keeper, t, skipped, lines, &n);
    wipe(&t, sizeof t);
    page->others = log_words(r, lines, n);
    for (ptrdiff_t i = 0; i < n; i++)
        if (lines[i].action == ACT_OPEN && lines[i].compartment == AUDIT)
            page->others.at[i].what = tr(r->language, N_("counted my week"));
    page->others_next = next_link(r, "/own?others=", skipped, n);
    return s;
}

/* What a system does stands under its own name in the log; who made its key answers for it, and may look. */
static status add_system(struct request *r, const struct api_key *k, struct own_page *page)
{
    struct log_line lines[LOG_LINES];
    ptrdiff_t n;
    uint64_t skipped = log_from(r, lit("done_before"));
    token t = caller_token(r);
    status s = keeper_of_key(r->services->keeper, t, k->id, skipped, lines, &n);
    wipe(&t, sizeof t);
    str path = str_join(r->arena, str_join(r->arena, lit("/own?key="), id_text(r->arena, k->id)), lit("&done_before="));
    page->partner_name = k->name;
    page->partner = log_words(r, lines, n);
    page->partner_next = next_link(r, str_c(r->arena, path), skipped, n);
    return s == NOT_FOUND ? OK : s;
}

static status add_keys(struct request *r, struct own_page *page)
{
    struct api_keys found;
    id chosen;
    bool any = id_read(query_text(r, lit("key")), &chosen);
    status s = caller_may(r, KEY_MAKE) ? key_list(r->db, r->arena, &found) : NOT_FOUND;
    page->keys.at = arena_new(r->arena, struct own_key, KEYS_MOST);
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++) {
        const struct api_key *k = &found.at[i];
        if (!id_equal(k->maker, r->caller.account) || !(k->scopes & KEY_CASES))
            continue;
        str href = str_join(r->arena, str_join(r->arena, lit("/own?key="), id_text(r->arena, k->id)), lit("#system"));
        page->keys.at[page->keys.len++] = (struct own_key){ k->name, href };
        if (any && id_equal(k->id, chosen))
            s = add_system(r, k, page);
    }
    return s == NOT_FOUND ? OK : s;
}

static status draw(struct request *r, struct response *w, const struct form *f, const char *done)
{
    struct own_page page = { .page = staff_page(r, N_("My account")), .token = form_token(r, lit("/own/passphrase")),
                             .done = *done ? tr(r->language, done) : (str){ 0 } };
    status s = add_own(r, &page);
    if (s == OK)
        s = add_others(r, &page);
    if (s == OK)
        s = add_keys(r, &page);
    if (s != OK)
        return s;
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
