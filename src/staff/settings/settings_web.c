#include "common/house/house.h"
#include "common/services.h"
#include "lib/crypt/crypt.h"
#include "staff/settings/settings_web.h"
#include "settings_html.h"

static handler show, change;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/settings",       SETTING_READ,  NOTHING, show   },
    { STAFF_SIDE, POST, "/settings/:word", SETTING_WRITE, FORM,    change },
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

/* Settings are read afresh here: this worker's own copy may be a minute old. */
static status draw(struct request *r, struct response *w, str changed, str typed, const char *problem, const char *done)
{
    struct house h;
    status s = house_load(r->db, r->arena, &h);
    if (s != OK)
        return s;
    struct settings_page page = { .page = staff_page(r, N_("Settings")), .form_shut = !house_may_serve_form(&h),
                                  .done = *done ? tr(r->language, done) : (str){ 0 } };
    page.rows.at = arena_new(r->arena, struct setting_row, HOUSE_SETTINGS);
    for (int i = 0; i < HOUSE_SETTINGS; i++) {
        struct setting_row *row = &page.rows.at[page.rows.len++];
        *row = row_of(r, &h, (enum house_setting)i);
        if (*problem && str_equal(row->name, changed)) {
            row->problem = tr(r->language, problem);
            row->value = typed;
        }
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
