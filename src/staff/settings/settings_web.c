#include "common/engine/engine.h"
#include "common/house/house.h"
#include "common/services.h"
#include "lib/crypt/crypt.h"
#include "staff/passphrase/passphrase.h"
#include "staff/session/session.h"
#include "staff/settings/settings_web.h"
#include "settings_html.h"

static handler show, change, change_budget;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/settings",       SETTING_READ,  NOTHING, show          },
    { STAFF_SIDE, POST, "/settings/:word", SETTING_WRITE, FORM,    change        },
    { STAFF_SIDE, POST, "/budgets",        SETTING_WRITE, FORM,    change_budget },
};
/* clang-format on */
const struct routes settings_routes = { table, countof(table) };

static struct setting_row row_of(const struct request *r, const struct house *h, enum house_setting i)
{
    const struct house_rule *rule = &house_rules[i];
    str value = house_text(h, i);
    struct setting_row row = { .name = rule->name, .label = tr(r->language, rule->label), .help = tr(r->language, rule->help),
                               .value = value,
                               .fixed = rule->fixed, .yes_no = rule->type == HOUSE_YES_NO, .yes = str_equal(value, lit("yes")),
                               .no = str_equal(value, lit("no")) };
    row.action = str_join(r->arena, lit("/settings/"), rule->name);
    row.token = form_token(r, row.action);
    return row;
}

/* ---- how much one person may open ---- */

static const struct {
    const char *code, *label;
} kinds[COMPARTMENTS + 1] = {
    [TIP] = { "tip", N_("tip") },
    [SOURCE] = { "source", N_("who told us") },
    [CASE] = { "case", N_("case") },
    [VICTIM] = { "victim", N_("victim") },
    [LOCATION] = { "location", N_("safe place") },
    [EVIDENCE] = { "evidence", N_("evidence") },
    [FUND] = { "fund", N_("fund") },
    [SHARED] = { "shared", N_("shared packet") },
    [AUDIT] = { "audit", N_("log") },
    [SERVICE] = { "service", N_("service") },
};

static int kind_of(str code)
{
    for (int k = TIP; k <= COMPARTMENTS; k++)
        if (str_equal(code, str_of(kinds[k].code)))
            return k;
    return 0;
}

static status fill_budgets(struct request *r, str chosen, struct budget_form *to)
{
    struct opening_budget now[COMPARTMENTS + 1];
    token t = caller_token(r);
    status s = keeper_budgets(r->services->keeper, t, now);
    wipe(&t, sizeof t);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    to->token = form_token(r, lit("/budgets"));
    to->rows.at = arena_new(r->arena, struct budget_row, COMPARTMENTS);
    for (int k = TIP; k <= COMPARTMENTS; k++) {
        str code = str_of(kinds[k].code);
        to->rows.at[to->rows.len++] = (struct budget_row){ code, tr(r->language, kinds[k].label), int_text(r->arena, now[k].hour_rows),
                                                           int_text(r->arena, now[k].day_rows), str_equal(code, chosen) };
    }
    return OK;
}

/* ---- the page ---- */

static str engine_words(const struct request *r)
{
    struct engine_standing now;
    status s = engine_standing(r->services->engine, &now);
    return tr(r->language, s != OK ? N_("Search and look-alikes do not answer") : now.open ? N_("Search and look-alikes: ready")
                                                                                       : N_("Search and look-alikes: waiting for a supervisor"));
}

static void fill_settings(struct request *r, const struct house *h, struct settings_page *page)
{
    page->page = staff_page(r, N_("Settings"));
    page->form_shut = !house_may_serve_form(h);
    page->engine = engine_words(r);
    page->rows.at = arena_new(r->arena, struct setting_row, HOUSE_SETTINGS);
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        page->rows.at[page->rows.len++] = row_of(r, h, (enum house_setting)i);
}

/* Settings are read afresh here: this worker's own copy may be a minute old. */
static status draw(struct request *r, struct response *w, str changed, str typed, const char *problem, const char *done)
{
    struct house h;
    status s = house_load(r->db, r->arena, &h);
    if (s != OK)
        return s;
    struct settings_page page = { .done = *done ? tr(r->language, done) : (str){ 0 } };
    fill_settings(r, &h, &page);
    s = fill_budgets(r, (str){ 0 }, &page.budget);
    if (s != OK)
        return s;
    for (ptrdiff_t i = 0; *problem && i < page.rows.len; i++)
        if (str_equal(page.rows.at[i].name, changed)) {
            page.rows.at[i].problem = tr(r->language, problem);
            page.rows.at[i].value = typed;
        }
    page.page.problem = *problem;
    settings_html(&w->body, r->language, &page);
    return *problem ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    return draw(r, w, (str){ 0 }, (str){ 0 }, "", query_text(r, lit("done")).len ? N_("The setting is saved.") : "");
}

static int find_rule(str name)
{
    for (int i = 0; i < HOUSE_SETTINGS; i++)
        if (str_equal(house_rules[i].name, name))
            return i;
    return -1;
}

static status record(struct request *r, str name, str value)
{
    uint8_t digest[32];
    uint64_t seq;
    sha256(str_join(r->arena, str_join(r->arena, name, lit("=")), value), digest);
    token t = caller_token(r);
    status s = keeper_note(r->services->keeper, &t, ACT_SETTING, 1, (id){ 0 }, digest, &seq);
    wipe(&t, sizeof t);
    return s;
}

static status change(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    str value = form_text(&f, lit("value"), 0, 4096);
    int i = find_rule(r->word);
    if (i < 0 || house_rules[i].fixed)
        return NOT_FOUND;
    const char *fault = house_fault((enum house_setting)i, value);
    if (fault)
        return draw(r, w, r->word, value, fault, "");
    status s = record(r, r->word, value);
    if (s == OK)
        s = house_set(r->db, r->arena, r->word, value, day_of(r->now));
    if (s == OK)
        redirect(w, lit("/settings?done=1"));
    return s;
}

/* ---- two persons change a budget ---- */

enum { BUDGET_MOST = 10000000 };

struct budget_wish {
    int kind;
    str code, hour_text, day_text, name, pass, otp;
    int64_t hour, day;
};

static void read_rows(struct form *f, const char *field, str typed, int64_t *rows)
{
    if (!str_to_int(typed, rows) || *rows < 1 || *rows > BUDGET_MOST)
        form_note(f, str_of(field), tr(f->r->language, N_("A whole number from 1 to 10000000.")));
}

static struct budget_wish read_wish(struct form *f)
{
    struct budget_wish v = { .code = form_text(f, lit("kind"), 0, 16), .hour_text = form_text(f, lit("hour"), 0, 16),
                             .day_text = form_text(f, lit("day"), 0, 16), .name = form_text(f, lit("name"), 0, 64),
                             .pass = form_text(f, lit("pass"), 0, PASSPHRASE_MOST + 1), .otp = form_text(f, lit("otp"), 0, 32) };
    v.kind = kind_of(v.code);
    if (!v.kind)
        form_note(f, lit("kind"), tr(f->r->language, N_("Choose one of these.")));
    read_rows(f, "hour", v.hour_text, &v.hour);
    read_rows(f, "day", v.day_text, &v.day);
    if (form_ok(f) && v.hour > v.day)
        form_note(f, lit("day"), tr(f->r->language, N_("A day cannot allow less than an hour.")));
    if (!v.name.len)
        form_note(f, lit("name"), tr(f->r->language, N_("A second person must agree.")));
    return v;
}

/* The second person is here for this one act. Who may not approve, and the caller again, count as nobody. */
static status agree_and_change(struct request *r, const struct budget_wish *v)
{
    token own = caller_token(r), second;
    status s = session_of_second(r, v->name, v->pass, sign_in_code(v->otp), &second);
    if (s == OK) {
        s = keeper_budget(r->services->keeper, own, second, (enum compartment)v->kind, (uint32_t)v->hour, (uint32_t)v->day);
        status ended = keeper_end(r->services->keeper, second);
        s = s == OK && ended == FAULT ? FAULT : s;
    }
    wipe(&own, sizeof own);
    wipe(&second, sizeof second);
    return s;
}

static status draw_wish(struct request *r, struct response *w, const struct form *f, const struct budget_wish *v)
{
    struct house h;
    struct settings_page page = { 0 };
    status s = house_load(r->db, r->arena, &h);
    if (s != OK)
        return s;
    fill_settings(r, &h, &page);
    s = fill_budgets(r, v->code, &page.budget);
    if (s != OK)
        return s;
    page.budget.problems = f->problems;
    page.budget.hour = v->hour_text;
    page.budget.day = v->day_text;
    page.budget.name = v->name;
    page.budget.kind_problem = problem_of(&f->problems, lit("kind"));
    page.budget.hour_problem = problem_of(&f->problems, lit("hour"));
    page.budget.day_problem = problem_of(&f->problems, lit("day"));
    page.budget.name_problem = problem_of(&f->problems, lit("name"));
    page.page.problem = true;
    settings_html(&w->body, r->language, &page);
    return INVALID;
}

static status change_budget(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct budget_wish v = read_wish(&f);
    status s = form_ok(&f) ? agree_and_change(r, &v) : INVALID;
    if (s == OK) {
        redirect(w, lit("/settings?done=1"));
        return OK;
    }
    if (s == FAULT)
        return s;
    if (form_ok(&f))
        form_note(&f, lit("name"), tr(r->language, sign_in_words(s, N_("Name, passphrase and code do not match, or this person may not approve, or it is you. Nothing was changed."))));
    return draw_wish(r, w, &f, &v);
}
