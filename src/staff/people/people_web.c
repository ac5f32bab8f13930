#include "common/house/house.h"
#include "common/services.h"
#include "directory/office/office.h"
#include "staff/people/people_web.h"
#include "invited_html.h"
#include "people_html.h"
#include "person_html.h"

enum { PAGE = 50, CERTIFICATE_DAYS = 400 };

static handler list, invite, show, certify, renew, admit, depart;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/people",             PEOPLE_READ,    NOTHING, list    },
    { STAFF_SIDE, POST, "/people",             PEOPLE_INVITE,  FORM,    invite  },
    { STAFF_SIDE, GET,  "/people/:id",         PEOPLE_READ,    NOTHING, show    },
    { STAFF_SIDE, POST, "/people/:id/certify", PEOPLE_CERTIFY, FORM,    certify },
    { STAFF_SIDE, POST, "/people/:id/renew",   PEOPLE_CERTIFY, FORM,    renew   },
    { STAFF_SIDE, POST, "/people/:id/admit",   PEOPLE_ADMIT,   FORM,    admit   },
    { STAFF_SIDE, POST, "/people/:id/depart",  PEOPLE_DEPART,  FORM,    depart  },
};
/* clang-format on */
const struct routes people_routes = { table, countof(table) };

static str join_path(struct arena *a, id i, const char *act)
{
    struct out o = { .arena = a };
    out_str(&o, lit("/people/"));
    out_str(&o, id_text(a, i));
    out_str(&o, str_of(act));
    return out_view(&o);
}

static str state_words(const struct request *r, str state)
{
    static const struct {
        const char *state, *words;
    } rows[] = {
        { "invited", N_("has a code, no keys yet") },
        { "pending", N_("has keys, two people must vouch") },
        { "active", N_("active") },
        { "left", N_("left") },
    };
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(state, str_of(rows[i].state)))
            return tr(r->language, rows[i].words);
    return state;
}

static struct person_row row_of(const struct request *r, const struct account *a)
{
    const struct role *role = role_find(a->role);
    return (struct person_row){ a->name, role ? tr(r->language, role->label) : a->role, state_words(r, a->state),
                                day_text(r->arena, a->made_day), join_path(r->arena, a->id, ""), str_equal(a->state, lit("left")) };
}

static struct role_choices role_choices(const struct request *r, str chosen)
{
    struct role_choices list = { .at = arena_new(r->arena, struct role_choice, role_count) };
    for (ptrdiff_t i = 0; i < role_count; i++)
        if (roles[i].invited)
            list.at[list.len++] = (struct role_choice){ str_of(roles[i].code), tr(r->language, roles[i].label),
                                                   str_equal(chosen, str_of(roles[i].code)) };
    return list;
}

/* Where the newcomer will work; a house of one office does not ask. */
static status office_choices(struct request *r, str chosen, struct role_choices *to)
{
    struct offices list;
    status s = office_list(r->db, r->arena, (str){ 0 }, OFFICES_MOST, &list);
    *to = (struct role_choices){ .at = arena_new(r->arena, struct role_choice, list.len + 1) };
    for (ptrdiff_t i = 0; s == OK && list.len > 1 && i < list.len; i++) {
        const struct office *o = &list.at[i];
        bool mine = !chosen.len && id_equal(o->id, r->caller.office);
        to->at[to->len++] = (struct role_choice){ o->code, o->name, mine || str_equal(o->code, chosen) };
    }
    return s;
}

static status draw_list(struct request *r, struct response *w, const struct form *f, str name, str role)
{
    struct accounts found;
    status s = account_list(r->db, r->arena, query_text(r, lit("after")), PAGE + 1, &found);
    if (s != OK)
        return s;
    struct people_page page = { .page = staff_page(r, N_("People")), .may_invite = caller_may(r, PEOPLE_INVITE), .name = name,
                                .roles = role_choices(r, role), .token = form_token(r, lit("/people")) };
    page.rows.at = arena_new(r->arena, struct person_row, PAGE);
    for (ptrdiff_t i = 0; i < found.len && i < PAGE; i++)
        page.rows.at[page.rows.len++] = row_of(r, &found.at[i]);
    if (found.len > PAGE)
        page.next = str_join(r->arena, lit("/people?after="), found.at[PAGE - 1].name);
    struct form again = form_read(r);
    s = office_choices(r, f ? form_text(&again, lit("office"), 0, 32) : (str){ 0 }, &page.offices);
    if (s != OK)
        return s;
    if (f) {
        page.problems = f->problems;
        page.name_problem = problem_of(&f->problems, lit("name"));
        page.role_problem = problem_of(&f->problems, lit("role"));
        page.office_problem = problem_of(&f->problems, lit("office"));
        page.page.problem = true;
    }
    people_html(&w->body, r->language, &page);
    return OK;
}

static status list(struct request *r, struct response *w)
{
    return draw_list(r, w, NULL, (str){ 0 }, (str){ 0 });
}

static str code_groups(struct arena *a, const uint8_t code[20])
{
    str s = base32_text(a, code, 20);
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < s.len; i += 4) {
        if (i)
            out_char(&o, '-');
        out_str(&o, str_part(s, i, i + 4));
    }
    return out_view(&o);
}

static status make_account(struct request *r, str name, const struct role *role, id office, struct invited_page *page)
{
    uint8_t code[20];
    struct account a = { .name = name, .role = str_of(role->code), .state = lit("invited"), .office = office,
                         .made_day = day_of(r->now) };
    struct account taken;
    status s = account_find_name(r->db, r->arena, name, &taken);
    if (s == OK)
        return CONFLICT;
    if (s != NOT_FOUND)
        return s;
    uint32_t until = (uint32_t)(day_of(r->now) + CERTIFICATE_DAYS);
    s = keeper_principal(r->services->keeper, caller_token(r), name, role->class, role->powers, until, &a.id, code);
    if (s == OK)
        s = account_add(r->db, &a);
    if (s == OK) {
        page->code = code_groups(r->arena, code);
        page->href = join_path(r->arena, a.id, "");
    }
    wipe(code, sizeof code);
    return s;
}

static status invite(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str name = form_text(&f, lit("name"), 1, 64), chosen = form_text(&f, lit("role"), 0, 32);
    const struct role *role = role_find(chosen);
    if (name.len && !account_name_fits(name))
        form_note(&f, lit("name"), tr(r->language, N_("Use 2 to 64 lowercase letters, digits, dots, dashes or underscores, with a letter first.")));
    if (!role || !role->invited)
        form_note(&f, lit("role"), tr(r->language, N_("Choose one of the jobs.")));
    struct office office = { .id = r->caller.office };
    str where = form_text(&f, lit("office"), 0, 32);
    status found = where.len ? office_find_code(r->db, r->arena, where, &office) : OK;
    if (found == NOT_FOUND)
        form_note(&f, lit("office"), tr(r->language, N_("Choose one of the offices.")));
    else if (found != OK)
        return found;
    if (form_ok(&f)) {
        struct invited_page page = { .page = staff_page(r, N_("Hand over this code")), .name = name };
        status s = make_account(r, name, role, office.id, &page);
        if (s == OK) {
            invited_html(&w->body, r->language, &page);
            return OK;
        }
        if (s != CONFLICT)
            return s;
        form_note(&f, lit("name"), tr(r->language, N_("This name is taken, or was used before. Choose another.")));
    }
    status s = draw_list(r, w, &f, name, chosen);
    return s == OK ? INVALID : s;
}

/* The rings of the office that a colleague of that job is on and the caller's own job too. AUDIT belongs to the installation. */
static bool gives(const struct request *r, const struct role *to, enum compartment c)
{
    const struct role *mine = role_find(r->caller.role);
    return c != AUDIT && c != SERVICE && mine && role_on_ring(mine, c) && role_on_ring(to, c);
}

static bool gives_any(const struct request *r, const struct role *to)
{
    for (int c = TIP; c <= COMPARTMENTS; c++)
        if (gives(r, to, (enum compartment)c))
            return true;
    return false;
}

/* How long the keeper's certificate lasts, and whether the caller may sign its renewal. For who vouches. */
static status draw_term(struct request *r, const struct account *a, struct person_page *page)
{
    struct person_term term;
    if (!page->active || page->node || !caller_may(r, PEOPLE_CERTIFY))
        return OK;
    status s = keeper_term(r->services->keeper, caller_token(r), a->id, &term);
    page->keys_gone = s == NOT_FOUND;
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    page->ends = day_text(r->arena, term.until_day);
    page->may_renew = term.missing > 0;
    page->renewed_by_me = term.signed_by_asker;
    page->second = term.missing == 1;
    page->renew = join_path(r->arena, a->id, "/renew");
    page->renew_token = form_token(r, page->renew);
    return OK;
}

static status draw_person(struct request *r, struct response *w, const struct account *a, const char *problem, const char *done)
{
    bool myself = id_equal(a->id, r->caller.account), left = str_equal(a->state, lit("left"));
    const struct role *role = role_find(a->role);
    struct person_page page = { .page = staff_page(r, N_("Person")), .person = row_of(r, a), .myself = myself };
    page.pending = str_equal(a->state, lit("pending"));
    page.node = role && role->node;
    page.active = str_equal(a->state, lit("active"));
    page.may_certify = caller_may(r, PEOPLE_CERTIFY) && !myself;
    page.may_admit = caller_may(r, PEOPLE_ADMIT) && role && gives_any(r, role);
    page.may_depart = caller_may(r, PEOPLE_DEPART) && !myself && !left && role && (role->invited || role->node);
    if (page.active && !myself && caller_may(r, CASE_GRANT) && role && role_holds(role, CASE_READ))
        page.cases = join_path(r->arena, a->id, "/cases");
    page.certify = join_path(r->arena, a->id, "/certify");
    page.admit = join_path(r->arena, a->id, "/admit");
    page.depart = join_path(r->arena, a->id, "/depart");
    page.certify_token = form_token(r, page.certify);
    page.admit_token = form_token(r, page.admit);
    page.depart_token = form_token(r, page.depart);
    page.fingerprint_problem = *problem ? tr(r->language, problem) : (str){ 0 };
    page.renew_problem = page.active ? page.fingerprint_problem : (str){ 0 };
    status s = draw_term(r, a, &page);
    if (s != OK)
        return s;
    page.done = *done ? tr(r->language, done) : (str){ 0 };
    page.page.problem = *problem;
    person_html(&w->body, r->language, &page);
    return *problem ? INVALID : OK;
}

/* What was just done, told on the page the browser is sent back to. */
static const struct {
    const char *code, *words;
} done_words[] = {
    { "vouched", N_("You vouched for this person. One more person must.") },
    { "active", N_("Two people have vouched: this person can sign in from now on. If the job opens anything sealed, a colleague who holds those keys gives them next.") },
    { "renewed-once", N_("You renewed this account. One more person must, before it ends.") },
    { "renewed", N_("Two people have renewed this account.") },
    { "admitted", N_("The keys of this job are given.") },
    { "left", N_("The account has ended. Every key is taken back.") },
};

static status show(struct request *r, struct response *w)
{
    struct account a;
    const char *done = "";
    status s = account_find(r->db, r->arena, r->id, &a);
    for (ptrdiff_t i = 0; i < countof(done_words); i++)
        if (str_equal(query_text(r, lit("done")), str_of(done_words[i].code)))
            done = done_words[i].words;
    return s == OK ? draw_person(r, w, &a, "", done) : s;
}

static status done(struct request *r, struct response *w, id account, const char *what)
{
    redirect(w, join_path(r->arena, account, str_c(r->arena, str_join(r->arena, lit("?done="), str_of(what)))));
    return OK;
}

static status certify(struct request *r, struct response *w)
{
    struct account a;
    uint32_t missing = 0;
    char digits[24];
    status s = account_find(r->db, r->arena, r->id, &a);
    if (s != OK || !str_equal(a.state, lit("pending")))
        return s == OK ? NOT_FOUND : s;
    struct form f = form_read(r);
    str typed = form_text(&f, lit("fingerprint"), 0, 64);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < typed.len; i++)
        if (typed.at[i] >= '0' && typed.at[i] <= '9' && n++ < 24)
            digits[n - 1] = typed.at[i];
    if (n != 24)
        return draw_person(r, w, &a, N_("A fingerprint has 24 digits. Please look again."), "");
    s = keeper_certify(r->services->keeper, caller_token(r), a.id, digits, &missing);
    if (s == INVALID || s == NOT_FOUND)
        return draw_person(r, w, &a, N_("These digits are not this person’s, or you vouched already. Do not go on before you know why."), "");
    if (s == OK && !missing)
        s = account_set_state(r->db, a.id, lit("active"));
    return s == OK ? done(r, w, a.id, missing ? "vouched" : "active") : s;
}

static status renew(struct request *r, struct response *w)
{
    struct account a;
    struct person_term before, now;
    status s = account_find(r->db, r->arena, r->id, &a);
    if (s != OK || !str_equal(a.state, lit("active")) || id_equal(a.id, r->caller.account))
        return s == OK ? NOT_FOUND : s;
    s = keeper_term(r->services->keeper, caller_token(r), a.id, &before);
    if (s == OK && !before.missing)
        return draw_person(r, w, &a, N_("It is not yet time to renew this account, or two people have done so already."), "");
    if (s == OK)
        s = keeper_renew(r->services->keeper, caller_token(r), a.id, &now);
    return s == OK ? done(r, w, a.id, now.missing ? "renewed-once" : "renewed") : s;
}

/* Of the caller's own office a ring that is not there yet is made, and the caller is its first member. SHARED is the house's own (ADR 44). */
static status ring_to_give(struct request *r, id office, enum compartment c, id *ring)
{
    struct ring_key key = { 0 };
    struct ring_done made;
    struct ring_act act = { .token = caller_token(r), .scope = office, .kind = SCOPE_OFFICE, .compartment = c };
    bool of_house = c == SHARED && house_id(r->services->house, HOUSE_INSTALL_ID, &act.scope);
    if (of_house)
        act.kind = SCOPE_INSTALLATION;
    status s = keeper_ring_key(r->services->keeper, act.kind, act.scope, c, &key);
    *ring = key.ring;
    if (s != NOT_FOUND || (!of_house && !id_equal(office, r->caller.office)))
        return s;
    s = keeper_ring(r->services->keeper, RING_CREATE, &act, &made);
    *ring = made.ring;
    return s;
}

static status add_to_ring(struct request *r, id member, id office, enum compartment c)
{
    struct ring_act act = { .token = caller_token(r), .member = member };
    struct ring_done result;
    status s = ring_to_give(r, office, c, &act.ring);
    if (s == OK)
        s = keeper_ring(r->services->keeper, RING_ADD, &act, &result);
    return s == CONFLICT ? OK : s; /* a member already: the act may be repeated */
}

static status admit(struct request *r, struct response *w)
{
    struct account a;
    status s = account_find(r->db, r->arena, r->id, &a);
    if (s != OK)
        return s;
    const struct role *role = role_find(a.role);
    if (!role || !gives_any(r, role) || !str_equal(a.state, lit("active")))
        return NOT_FOUND;
    for (int c = TIP; s == OK && c <= COMPARTMENTS; c++)
        if (gives(r, role, (enum compartment)c))
            s = add_to_ring(r, a.id, a.office, (enum compartment)c);
    return s == OK ? done(r, w, a.id, "admitted") : s;
}

static status depart(struct request *r, struct response *w)
{
    struct account a;
    uint64_t gen;
    struct form f = form_read(r);
    str reason = form_text(&f, lit("reason"), 0, 32);
    status s = account_find(r->db, r->arena, r->id, &a);
    const struct role *role = s == OK ? role_find(a.role) : NULL;
    if (s != OK || id_equal(a.id, r->caller.account) || !role || !(role->invited || role->node) || str_equal(a.state, lit("left")))
        return s == OK ? NOT_FOUND : s;
    s = keeper_revoke(r->services->keeper, caller_token(r), a.id, reason, &gen);
    if (s == OK)
        s = account_depart(r->db, a.id, day_of(r->now));
    return s == OK ? done(r, w, a.id, "left") : s;
}
