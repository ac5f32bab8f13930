/* The weekly sheet: counted anew for whoever reads it, and nothing of it is kept but that it was read. */
#include "common/services.h"
#include "lib/base/csv.h"
#include "lib/crypt/crypt.h"
#include "staff/account/account.h"
#include "staff/sealed/sealed.h"
#include "staff/sheet/sheet_web.h"
#include "sheet_html.h"

enum { PAGE = 20, PEOPLE_MOST = 1000, AT_ONCE = 100 };

static handler show, show_csv, was_read;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/sheet",      SHEET_READ, NOTHING, show     },
    { STAFF_SIDE, GET,  "/sheet.csv",  SHEET_READ, NOTHING, show_csv },
    { STAFF_SIDE, POST, "/sheet/read", SHEET_READ, FORM,    was_read },
};
/* clang-format on */
const struct routes sheet_routes = { table, countof(table) };

/* Whom the caller leads: those who hold the same office's keys. Carers lead carers, and nobody sees across the wall. */
static enum compartment ring_of_caller(const struct request *r)
{
    const struct role *role = role_find(r->caller.role);
    return role && role_on_ring(role, VICTIM) ? VICTIM : TIP;
}

static status count(struct request *r, id who, struct sheet *out)
{
    token t = caller_token(r);
    status s = keeper_sheet(r->services->keeper, t, r->caller.office, ring_of_caller(r), who, out);
    wipe(&t, sizeof t);
    return s;
}

/* Of a week that reaches back this far somebody may have been here and be gone today. */
static bool belongs(const struct request *r, const struct account *a)
{
    const struct role *role = role_find(a->role);
    bool here = str_equal(a->state, lit("active")) || (a->left_day && a->left_day > day_of(r->now) - SHEET_WEEK_DAYS);
    return here && role && role_on_ring(role, ring_of_caller(r));
}

struct counted {
    struct account account;
    const struct role *role;
    struct sheet sheet;
};
struct counted_list {
    struct counted *at;
    ptrdiff_t len;
};

/* The first most of the office by name, after the given one. NOT_FOUND: the caller is not on the ring, and is told of nobody. */
static status count_people(struct request *r, str after, ptrdiff_t most, struct counted_list *out)
{
    struct accounts found = { .len = AT_ONCE };
    struct sheet own;
    *out = (struct counted_list){ .at = arena_new(r->arena, struct counted, most) };
    status s = count(r, r->caller.account, &own);
    while (s == OK && found.len == AT_ONCE && out->len < most) {
        s = account_list_office(r->db, r->arena, r->caller.office, after, AT_ONCE, &found);
        for (ptrdiff_t i = 0; s == OK && i < found.len && out->len < most; i++) {
            struct counted *c = &out->at[out->len];
            after = found.at[i].name;
            if (!belongs(r, &found.at[i]))
                continue;
            c->account = found.at[i];
            c->role = role_find(c->account.role);
            bool self = id_equal(c->account.id, r->caller.account);
            c->sheet = own;
            s = self ? OK : count(r, c->account.id, &c->sheet);
            out->len += s == OK;
            s = s == NOT_FOUND ? OK : s; /* has an account and no keys yet, or none any more */
        }
    }
    return s;
}

static struct sheet_cells cells_of(const struct request *r, const struct sheet *x)
{
    struct sheet_cells list = { .at = arena_new(r->arena, struct sheet_cell, SHEET_RULES), .len = SHEET_RULES };
    for (int i = 0; i < SHEET_RULES; i++) {
        const struct sheet_rule *rule = &sheet_rules[i];
        int64_t usual = sheet_usual(x, rule->measure);
        list.at[i] = (struct sheet_cell){ .label = tr(r->language, rule->label), .value = x->at[0][rule->measure], .usual = usual,
                                          .has_usual = usual >= 0 && rule->measure != SHEET_HOURS, .marked = sheet_marked(x, rule) };
    }
    return list;
}

static struct sheet_row row_of(const struct request *r, const struct counted *c)
{
    return (struct sheet_row){ .name = c->account.name, .role = tr(r->language, c->role->label), .left = c->account.left_day != 0,
                               .href = caller_may(r, PEOPLE_READ) ? str_join(r->arena, lit("/people/"), id_text(r->arena, c->account.id)) : (str){ 0 },
                               .new_here = sheet_usual(&c->sheet, SHEET_ENTRIES) < 0, .cells = cells_of(r, &c->sheet) };
}

static struct sheet_heads heads_of(const struct request *r)
{
    struct sheet_heads list = { .at = arena_new(r->arena, struct sheet_head, SHEET_RULES), .len = SHEET_RULES };
    for (int i = 0; i < SHEET_RULES; i++)
        list.at[i] = (struct sheet_head){ tr(r->language, sheet_rules[i].label), tr(r->language, sheet_rules[i].meaning) };
    return list;
}

static status say_who_read(struct request *r, struct sheet_page *page)
{
    struct sheet_reading last;
    struct account a;
    status s = sheet_reading_last(r->db, r->caller.office, &last);
    if (s == OK) {
        page->read_day = day_text(r->arena, last.day);
        s = account_find(r->db, r->arena, last.account, &a);
        page->read_by = s == OK ? a.name : (str){ 0 };
    }
    return s == NOT_FOUND ? OK : s;
}

static status show(struct request *r, struct response *w)
{
    struct counted_list found;
    status s = count_people(r, query_text(r, lit("after")), PAGE + 1, &found);
    struct sheet_page page = { .page = staff_page(r, N_("The week in counts")), .heads = heads_of(r), .closed = s == NOT_FOUND,
                               .from = day_text(r->arena, day_of(r->now) - SHEET_WEEK_DAYS + 1), .to = day_text(r->arena, day_of(r->now)),
                               .token = form_token(r, lit("/sheet/read")) };
    if (s != OK && s != NOT_FOUND)
        return s;
    page.rows.at = arena_new(r->arena, struct sheet_row, PAGE);
    for (ptrdiff_t i = 0; i < found.len && i < PAGE; i++)
        page.rows.at[page.rows.len++] = row_of(r, &found.at[i]);
    if (found.len > PAGE)
        page.next = str_join(r->arena, lit("/sheet?after="), found.at[PAGE - 1].account.name);
    if (query_text(r, lit("done")).len)
        page.done = tr(r->language, N_("That you read it is in the log."));
    s = say_who_read(r, &page);
    if (s == OK)
        sheet_html(&w->body, r->language, &page);
    return s;
}

static void csv_number(struct request *r, struct out *o, int64_t n)
{
    struct out text = { .arena = r->arena };
    out_int(&text, n);
    csv_cell(o, out_view(&text), false);
}

/* One line a person and measure, the weeks side by side; empty: a week that was not read whole. */
static void csv_person(struct request *r, struct out *o, const struct counted *c)
{
    for (int i = 0; i < SHEET_RULES; i++) {
        const struct sheet_rule *rule = &sheet_rules[i];
        csv_cell(o, c->account.name, false);
        csv_cell(o, c->account.role, false);
        csv_cell(o, str_of(rule->code), false);
        for (int week = 0; week < SHEET_WEEKS; week++)
            if (week && (week >= (int)c->sheet.whole || rule->measure == SHEET_HOURS))
                csv_cell(o, (str){ 0 }, false);
            else
                csv_number(r, o, c->sheet.at[week][rule->measure]);
        csv_cell(o, sheet_marked(&c->sheet, rule) ? lit("yes") : lit("no"), true);
    }
}

static status show_csv(struct request *r, struct response *w)
{
    static const char *const head[] = { "name", "job", "measure", "this_week", "week_before_1", "week_before_2", "week_before_3", "week_before_4", "marked" };
    struct counted_list found;
    struct sha256_state h;
    uint8_t digest[32];
    uint64_t seq;
    status s = count_people(r, (str){ 0 }, PEOPLE_MOST, &found);
    for (ptrdiff_t i = 0; i < countof(head); i++)
        csv_cell(&w->body, str_of(head[i]), i == countof(head) - 1);
    for (ptrdiff_t i = 0; s == OK && i < found.len; i++)
        csv_person(r, &w->body, &found.at[i]);
    if (s != OK && s != NOT_FOUND)
        return s; /* who is told of nobody gets the head of the file */
    sha256_start(&h);
    sha256_more(&h, out_view(&w->body));
    sha256_end(&h, digest);
    token t = caller_token(r);
    s = keeper_note(r->services->keeper, &t, ACT_EXPORT, (uint32_t)found.len, r->caller.office, digest, &seq);
    wipe(&t, sizeof t);
    w->type = lit("text/csv; charset=utf-8");
    set_header(w, lit("Content-Disposition"), lit("attachment; filename=\"week.csv\""));
    return s;
}

/* That it was read is itself on record, before it is written down. Who is told of nobody has read nothing. */
static status was_read(struct request *r, struct response *w)
{
    struct sheet_reading reading = { .account = r->caller.account, .day = day_of(r->now) };
    str words = str_join(r->arena, lit("sheet read "), day_text(r->arena, reading.day));
    struct sheet own;
    status s = count(r, r->caller.account, &own);
    if (s == NOT_FOUND) {
        redirect(w, lit("/sheet"));
        return OK;
    }
    if (s == OK)
        s = sealed_record(r, r->caller.office, &words, 1);
    if (s == OK)
        s = sheet_reading_add(r->db, r->caller.office, chance_id(r->chance, r->now * 1000, true), &reading);
    if (s == OK)
        redirect(w, lit("/sheet?done=read"));
    return s;
}

/* Once a week for the whole office: whoever of those who lead it reads it, has read it for all. */
status sheet_next(struct request *r, struct next_items *to)
{
    struct sheet_reading last = { .day = 0 };
    status s = sheet_reading_last(r->db, r->caller.office, &last);
    if ((s != OK && s != NOT_FOUND) || day_of(r->now) - last.day < SHEET_WEEK_DAYS)
        return s;
    struct next_item item = { .what = tr(r->language, N_("Read the week in counts")), .href = lit("/sheet"),
                              .why = tr(r->language, N_("What each person here opened, beside their own weeks before. Nobody else looks at it.")) };
    if (s == OK)
        next_due_day(r, &item, last.day + SHEET_WEEK_DAYS);
    next_add(to, &item);
    return OK;
}
