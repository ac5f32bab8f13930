/* Keys of partners' systems: made and ended here, shown once. */
#include "common/services.h"
#include "lib/crypt/crypt.h"
#include "staff/account/account.h"
#include "staff/key/key_web.h"
#include "staff/sealed/sealed.h"
#include "key_made_html.h"
#include "keys_html.h"

static handler list, make, renew, end;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/keys",         KEY_MAKE, NOTHING, list },
    { STAFF_SIDE, POST, "/keys",         KEY_MAKE, FORM,    make },
    { STAFF_SIDE, POST, "/keys/:id/end", KEY_MAKE, FORM,    end  },
    { STAFF_SIDE, POST, "/keys/:id/renew", KEY_MAKE, FORM,  renew },
};
/* clang-format on */
const struct routes key_routes = { table, countof(table) };

static const struct {
    const char *value, *label;
    enum key_scope scope;
} scope_rows[] = {
    { "tips", N_("Hand in tips under its name"), KEY_TIPS },
    { "calls", N_("Hand in calls it took"), KEY_CALLS },
    { "cases", N_("Read the cases it was put on"), KEY_CASES },
    { "figures", N_("Read what was published, at the staff address"), KEY_FIGURES },
    { "directory", N_("Read the list of offices"), KEY_DIRECTORY },
};

static str scope_words(const struct request *r, int64_t scopes)
{
    struct out o = { .arena = r->arena };
    for (ptrdiff_t i = 0; i < countof(scope_rows); i++)
        if (scopes & scope_rows[i].scope) {
            out_str(&o, o.len ? lit("; ") : (str){ 0 });
            out_str(&o, tr(r->language, scope_rows[i].label));
        }
    return out_view(&o);
}

static str path_of(struct arena *a, const char *before, id key, const char *after)
{
    return str_join(a, str_join(a, str_of(before), id_text(a, key)), str_of(after));
}

/* A key that reads cases waits until two people have vouched for its account. */
static status state_of(struct request *r, const struct api_key *k, str *out)
{
    struct account a = { .state = lit("active") };
    status s = k->scopes & KEY_CASES ? account_find(r->db, r->arena, k->id, &a) : OK;
    *out = tr(r->language, k->ended_day                           ? N_("ended")
                           : k->until_day < day_of(r->now)        ? N_("past its last day")
                           : !id_is_zero(k->successor)            ? N_("another follows it")
                           : str_equal(a.state, lit("pending"))   ? N_("waits: two people must vouch")
                                                                  : N_("in use"));
    return s == NOT_FOUND ? OK : s;
}

static status fill_rows(struct request *r, struct keys_page *page)
{
    struct api_keys found;
    status s = key_list(r->db, r->arena, &found);
    page->rows.at = arena_new(r->arena, struct key_row, KEYS_MOST);
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++) {
        const struct api_key *k = &found.at[i];
        struct key_row *row = &page->rows.at[page->rows.len++];
        *row = (struct key_row){ .name = k->name, .scopes = scope_words(r, k->scopes), .until = day_text(r->arena, k->until_day),
                                 .per_minute = k->per_minute };
        if (k->scopes & KEY_CASES)
            row->href = path_of(r->arena, "/people/", k->id, "");
        if (!k->ended_day) {
            row->end = path_of(r->arena, "/keys/", k->id, "/end");
            row->end_token = form_token(r, row->end);
        }
        if (!k->ended_day && id_is_zero(k->successor)) {
            row->renew = path_of(r->arena, "/keys/", k->id, "/renew");
            row->renew_token = form_token(r, row->renew);
        }
        s = state_of(r, k, &row->state);
    }
    return s;
}

static int64_t chosen_scopes(struct form *f)
{
    str chosen[countof(scope_rows)];
    ptrdiff_t n = form_all(f, lit("scope"), chosen, countof(chosen));
    int64_t scopes = 0;
    for (ptrdiff_t i = 0; i < n && i < countof(chosen); i++)
        for (ptrdiff_t k = 0; k < countof(scope_rows); k++)
            if (str_equal(chosen[i], str_of(scope_rows[k].value)))
                scopes |= scope_rows[k].scope;
    return scopes;
}

static struct scope_choices scope_choices(const struct request *r, int64_t scopes)
{
    struct scope_choices c = { .at = arena_new(r->arena, struct scope_choice, countof(scope_rows)) };
    for (ptrdiff_t i = 0; i < countof(scope_rows); i++)
        c.at[c.len++] = (struct scope_choice){ str_of(scope_rows[i].value), tr(r->language, scope_rows[i].label), scopes & scope_rows[i].scope };
    return c;
}

/* What was typed comes back with its problems; typed NULL: the page is fresh. */
struct typed {
    str name, days, per_minute;
    int64_t scopes;
};

static status draw(struct request *r, struct response *w, const struct typed *typed, const struct form *f)
{
    struct typed fresh = { .days = lit("90"), .per_minute = lit("60") };
    const struct typed *t = typed ? typed : &fresh;
    struct keys_page page = { .page = staff_page(r, N_("Keys of partners’ systems")), .scopes = scope_choices(r, t->scopes), .name = t->name,
                              .days = t->days, .per_minute = t->per_minute, .token = form_token(r, lit("/keys")) };
    if (str_equal(query_text(r, lit("done")), lit("ended")))
        page.done = tr(r->language, N_("The key has ended. Whoever shows it from now on is refused."));
    if (f) {
        page.problems = f->problems;
        page.name_problem = problem_of(&f->problems, lit("name"));
        page.scope_problem = problem_of(&f->problems, lit("scope"));
        page.days_problem = problem_of(&f->problems, lit("days"));
        page.per_minute_problem = problem_of(&f->problems, lit("per_minute"));
        page.page.problem = true;
    }
    status s = fill_rows(r, &page);
    if (s == OK)
        keys_html(&w->body, r->language, &page);
    return s == OK && f ? INVALID : s;
}

static status list(struct request *r, struct response *w)
{
    return draw(r, w, NULL, NULL);
}

/* The principal of a key that reads cases; its id names the key too. Powers: none, and no ring of an office: only cases it is put on. */
static status make_principal(struct request *r, struct api_key *k, uint8_t secret[KEY_SECRET], char fingerprint[24])
{
    const struct role *role = role_find(lit("system"));
    struct enrolled e;
    uint8_t code[20];
    must(role != NULL && wall_lets_key(role->class));
    status s = keeper_principal(r->services->keeper, caller_token(r), k->name, role->class, role->powers, (uint32_t)k->until_day, &k->id, code);
    if (s == OK)
        s = keeper_enrol_key(r->services->keeper, code, &e);
    if (s == OK) {
        memcpy(secret, e.recovery, KEY_SECRET);
        memcpy(fingerprint, e.fingerprint, 24);
        k->class = role->class;
    }
    wipe(&e, sizeof e);
    wipe(code, sizeof code);
    return s;
}

/* The earlier key goes on for a while, and no longer than it would have. */
static int64_t overlap_end(const struct request *r, const struct api_key *before)
{
    int64_t end = day_of(r->now) + KEY_OVERLAP_DAYS;
    return end < before->until_day ? end : before->until_day;
}

/* before: the key that this one follows, or NULL. */
static status write(struct request *r, const struct api_key *k, const struct api_key *before)
{
    struct account a = { .id = k->id, .name = k->name, .role = lit("system"), .state = lit("pending"), .office = k->office, .made_day = k->made_day };
    status s = sealed_record(r, k->id, &k->name, 1);
    if (s == OK && before)
        s = sealed_record(r, before->id, &k->name, 1);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    if (k->scopes & KEY_CASES)
        s = account_add(r->db, &a);
    if (s == OK)
        s = key_add(r->db, k);
    if (s == OK && before)
        s = key_succeed(r->db, before->id, k->id, overlap_end(r, before));
    return db_end(r->db, s);
}

static str digit_groups(struct arena *a, const char digits[24])
{
    struct out o = { .arena = a };
    for (int i = 0; i < 24; i++) {
        if (i && i % 4 == 0)
            out_char(&o, ' ');
        out_char(&o, digits[i]);
    }
    return out_view(&o);
}

static status make_key(struct request *r, struct response *w, struct api_key *k, const struct api_key *before)
{
    uint8_t secret[KEY_SECRET];
    char fingerprint[24];
    bool reads = k->scopes & KEY_CASES;
    struct account taken;
    status s = account_find_name(r->db, r->arena, k->name, &taken);
    if (s != NOT_FOUND)
        return s == OK ? CONFLICT : s;
    k->id = chance_id(r->chance, r->now * 1000, true);
    r->chance->fill(r->chance, secret, sizeof secret);
    s = reads ? make_principal(r, k, secret, fingerprint) : OK;
    key_verifier(k->id, secret, k->verifier);
    if (s == OK)
        s = write(r, k, before);
    if (s == OK) {
        struct key_made_page page = { .page = staff_page(r, N_("Hand over this key")), .name = k->name, .key = key_text(r->arena, k->id, secret) };
        if (before) {
            page.before = before->name;
            page.before_until = day_text(r->arena, overlap_end(r, before));
        }
        if (reads) {
            page.fingerprint = digit_groups(r->arena, fingerprint);
            page.href = path_of(r->arena, "/people/", k->id, "");
        }
        key_made_html(&w->body, r->language, &page);
    }
    wipe(secret, sizeof secret);
    return s;
}

static int64_t number_of(struct request *r, struct form *f, str field, str typed, int64_t most, const char *message)
{
    int64_t n = 0;
    if (!str_to_int(typed, &n) || n < 1 || n > most)
        form_note(f, field, tr(r->language, message));
    return n;
}

static status make(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct typed t = { form_text(&f, lit("name"), 0, 64), form_text(&f, lit("days"), 0, 8), form_text(&f, lit("per_minute"), 0, 8), 0 };
    t.scopes = chosen_scopes(&f);
    if (!account_name_fits(t.name))
        form_note(&f, lit("name"), tr(r->language, N_("Use 2 to 64 lowercase letters, digits, dots, dashes or underscores, with a letter first.")));
    if (!t.scopes)
        form_note(&f, lit("scope"), tr(r->language, N_("Choose what the key is for.")));
    int64_t days = number_of(r, &f, lit("days"), t.days, KEY_DAYS_MOST, N_("A key lasts 1 to 400 days."));
    struct api_key k = { .name = t.name, .scopes = t.scopes, .office = r->caller.office, .maker = r->caller.account,
                         .made_day = day_of(r->now), .until_day = day_of(r->now) + days };
    k.per_minute = number_of(r, &f, lit("per_minute"), t.per_minute, KEY_PER_MINUTE_MOST, N_("Between 1 and 6000 a minute."));
    if (!form_ok(&f))
        return draw(r, w, &t, &f);
    status s = make_key(r, w, &k, NULL);
    if (s != CONFLICT)
        return s;
    form_note(&f, lit("name"), tr(r->language, N_("This name is taken, or was used before. Choose another.")));
    return draw(r, w, &t, &f);
}

/* The first name after the key's that neither a key nor an account bears. */
static status free_name(struct request *r, str name, str *out)
{
    struct api_keys all;
    struct account a;
    status s = key_list(r->db, r->arena, &all);
    for (bool taken = true; s == OK && taken; name = *out) {
        *out = key_name_after(r->arena, name);
        s = account_find_name(r->db, r->arena, *out, &a);
        taken = s == OK;
        for (ptrdiff_t i = 0; i < all.len; i++)
            taken |= str_equal(all.at[i].name, *out);
        s = s == NOT_FOUND ? OK : s;
    }
    return s;
}

/* Another key for the same and for as long, shown once; the earlier one goes on beside it for KEY_OVERLAP_DAYS, so that nothing stands still. */
static status renew(struct request *r, struct response *w)
{
    struct api_key before, k;
    status s = key_find(r->db, r->arena, r->id, &before);
    if (s != OK || before.ended_day || !id_is_zero(before.successor))
        return s == OK ? NOT_FOUND : s;
    int64_t today = day_of(r->now), term = before.until_day - before.made_day;
    k = (struct api_key){ .scopes = before.scopes, .office = before.office, .maker = r->caller.account, .per_minute = before.per_minute,
                          .made_day = today, .until_day = today + (term < 1 ? 1 : term > KEY_DAYS_MOST ? KEY_DAYS_MOST : term) };
    s = free_name(r, before.name, &k.name);
    return s == OK ? make_key(r, w, &k, &before) : s;
}

/* The keeper first: when the rest fails, what was open is shut all the same, and the act may be repeated. */
static status end(struct request *r, struct response *w)
{
    struct api_key k;
    uint64_t gen;
    status s = key_find(r->db, r->arena, r->id, &k);
    if (s != OK || k.ended_day)
        return s == OK ? NOT_FOUND : s;
    if (k.scopes & KEY_CASES)
        s = keeper_revoke(r->services->keeper, caller_token(r), k.id, lit("key ended"), &gen);
    if (s == OK)
        s = sealed_record(r, k.id, &k.name, 1);
    if (s == OK && (k.scopes & KEY_CASES))
        s = account_depart(r->db, k.id, day_of(r->now));
    if (s == NOT_FOUND)
        s = OK; /* the account ended in an earlier try */
    if (s == OK)
        s = key_end(r->db, k.id, day_of(r->now));
    if (s == OK)
        redirect(w, lit("/keys?done=ended"));
    return s;
}
