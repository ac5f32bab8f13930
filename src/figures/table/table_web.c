/* Measures for staff: acts by office and year, each opening to its entries; victims as rounded national totals, for everybody. */
#include "common/entry/entry.h"
#include "common/house/house.h"
#include "common/services.h"
#include "figures/table/table_web.h"
#include "intake/public/public.h"
#include "staff/account/account.h"
#include "entries_html.h"
#include "measures_html.h"

enum { PAGE = 50 };

static handler show, show_csv, show_entries;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/measures",       FIGURE_READ, NOTHING, show },
    { STAFF_SIDE, GET, "/measures.csv",   FIGURE_READ, NOTHING, show_csv },
    { STAFF_SIDE, GET, "/measures/:word", FIGURE_READ, NOTHING, show_entries },
};
/* clang-format on */
const struct routes measure_routes = { table, countof(table) };

/* All that a page of figures needs, counted for this request. */
struct counted {
    struct measures measures;
    struct fiscal fiscal;
    struct figures g;
    struct release_office *names; /* by place in g */
    int64_t today;
    ptrdiff_t office;             /* the one asked for; -1: all */
    int last_year;
};

/* only: the one measure that is asked for; empty: all. NOT_FOUND: there is none of that name that opens. */
static status count_up(struct request *r, str only, struct counted *c)
{
    struct arena *a = r->arena;
    id office;
    c->today = day_of(r->now);
    c->measures = measures_of(r->services->pack, a, c->today);
    if (only.len) {
        const struct measure *m = measure_find(&c->measures, only);
        if (!m || !measure_opens(m))
            return NOT_FOUND;
        c->measures.at[0] = *m;
        c->measures.len = 1;
    }
    c->fiscal = fiscal_of(r->services->pack, a, c->today);
    c->last_year = fiscal_year(&c->fiscal, c->today);
    c->names = arena_new(a, struct release_office, FIGURE_OFFICES_MOST);
    status s = figures_count(r->db, a, &c->measures, &c->fiscal, c->last_year, &c->g);
    if (s != OK)
        return s;
    c->office = id_read(query_text(r, lit("office")), &office) ? figures_place(&c->g, office) : -1;
    return release_offices(r->db, a, &c->g, public_office(r), house_text(r->services->house, HOUSE_OFFICE_NAME), c->names);
}

static struct figure asked(const struct counted *c, ptrdiff_t measure, int year)
{
    return c->office < 0 ? figure_national(&c->g, measure, year) : figure_of(&c->g, measure, c->office, year);
}

static str value_text(struct arena *a, const struct measure *m, struct figure f)
{
    return figure_text(a, f.value, m->hundredths ? 100 : 1);
}

static str entries_link(struct arena *a, const struct counted *c, const struct measure *m, int year)
{
    struct out o = { .arena = a };
    out_str(&o, lit("/measures/"));
    out_str(&o, m->code);
    out_str(&o, lit("?fy="));
    out_str(&o, fiscal_label(&c->fiscal, a, year));
    if (c->office >= 0) {
        out_str(&o, lit("&office="));
        out_str(&o, id_text(a, c->g.offices[c->office]));
    }
    return out_view(&o);
}

/* False: nothing in any year, so the row is left out. */
static bool act_line(const struct request *r, const struct counted *c, ptrdiff_t i, struct measure_line *out)
{
    const struct measure *m = &c->measures.at[i];
    bool any = false;
    out->cells.at = arena_new(r->arena, struct measure_cell, FIGURE_YEARS);
    for (int year = c->g.first_year; year <= c->last_year; year++) {
        struct figure f = asked(c, i, year);
        struct measure_cell *cell = &out->cells.at[out->cells.len++];
        cell->text = value_text(r->arena, m, f);
        if (f.n && measure_opens(m))
            cell->href = entries_link(r->arena, c, m, year);
        any |= f.n > 0;
    }
    return any;
}

static bool victim_line(const struct request *r, const struct counted *c, ptrdiff_t i, struct measure_line *out)
{
    bool any = false;
    int64_t value;
    out->cells.at = arena_new(r->arena, struct measure_cell, FIGURE_YEARS);
    for (int year = c->g.first_year; year <= c->last_year; year++) {
        bool over = release_rounded(&c->g, i, year, c->today, &value);
        out->cells.at[out->cells.len++].text = !over     ? tr(r->language, N_("after the year"))
                                               : value ? figure_text(r->arena, value, 1)
                                                       : tr(r->language, N_("fewer than 11"));
        any |= over && value > 0;
    }
    return any;
}

static void fill_lines(const struct request *r, const struct counted *c, struct measures_page *page)
{
    page->acts.at = arena_new(r->arena, struct measure_line, c->measures.len + 1);
    page->victims.at = arena_new(r->arena, struct measure_line, c->measures.len + 1);
    for (ptrdiff_t i = 0; i < c->measures.len; i++) {
        const struct measure *m = &c->measures.at[i];
        struct measure_line line = { .label = tr(r->language, str_c(r->arena, m->label)),
                                     .definition = tr(r->language, str_c(r->arena, m->definition)) };
        if (!m->victims && act_line(r, c, i, &line))
            page->acts.at[page->acts.len++] = line;
        if (m->victims && c->office < 0 && victim_line(r, c, i, &line))
            page->victims.at[page->victims.len++] = line;
    }
}

/* The offices that have figures, by name, after the whole country; none while no office has any. */
static struct measure_options office_options(const struct request *r, const struct counted *c)
{
    struct measure_options list = { .at = arena_new(r->arena, struct measure_option, c->g.office_count + 1) };
    if (!c->g.office_count)
        return list;
    list.at[list.len++] = (struct measure_option){ { 0 }, tr(r->language, N_("Whole country")), c->office < 0 };
    for (ptrdiff_t i = 0; i < c->g.office_count; i++) {
        ptrdiff_t at = list.len++;
        for (; at > 1 && str_compare(list.at[at - 1].label, c->names[i].name) > 0; at--)
            list.at[at] = list.at[at - 1];
        list.at[at] = (struct measure_option){ id_text(r->arena, c->g.offices[i]), c->names[i].name, i == c->office };
    }
    return list;
}

static status last_release(struct request *r, struct measures_page *page)
{
    struct release release;
    struct account author;
    status s = release_newest(r->db, &release);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    page->released_day = day_text(r->arena, release.day);
    s = account_find(r->db, r->arena, release.author, &author);
    page->released_by = s == OK ? author.name : id_short(r->arena, release.author);
    return s == NOT_FOUND ? OK : s;
}

static status show(struct request *r, struct response *w)
{
    struct counted c;
    status s = count_up(r, (str){ 0 }, &c);
    if (s != OK)
        return s;
    struct measures_page page = { .page = staff_page(r, N_("Measures")), .offices = office_options(r, &c), .one_office = c.office >= 0,
                                  .csv = lit("/measures.csv"), .may_publish = caller_may(r, FIGURE_PUBLISH) };
    page.years.at = arena_new(r->arena, struct measure_cell, FIGURE_YEARS);
    for (int year = c.g.first_year; year <= c.last_year; year++)
        page.years.at[page.years.len++].text = fiscal_label(&c.fiscal, r->arena, year);
    fill_lines(r, &c, &page);
    if (page.may_publish) {
        page.token = form_token(r, lit("/measures/publish"));
        s = last_release(r, &page);
    }
    if (s != OK)
        return s;
    if (page.may_publish && str_equal(query_text(r, lit("done")), lit("published")))
        page.done = tr(r->language, N_("Published. The public page shows these figures now."));
    measures_html(&w->body, r->language, &page);
    return OK;
}

/* ---- CSV: what the page shows, of every office ---- */

static void add_acts(struct arena *a, const struct counted *c, ptrdiff_t i, struct release_rows *rows)
{
    const struct measure *m = &c->measures.at[i];
    for (int year = c->g.first_year; year <= c->last_year; year++)
        for (ptrdiff_t office = -1; office < c->g.office_count; office++) {
            struct figure f = office < 0 ? figure_national(&c->g, i, year) : figure_of(&c->g, i, office, year);
            str code = office < 0 ? (str){ 0 } : c->names[office].code, label = fiscal_label(&c->fiscal, a, year);
            if (f.n)
                rows->at[rows->len++] = (struct release_row){ lit("exact"), m->code, label, code, f.value, m->hundredths ? 100 : 1 };
        }
}

static void add_victims(struct arena *a, const struct counted *c, ptrdiff_t i, struct release_rows *rows)
{
    int64_t value;
    for (int year = c->g.first_year; year <= c->last_year; year++)
        if (release_rounded(&c->g, i, year, c->today, &value))
            rows->at[rows->len++] = (struct release_row){ lit("rounded"), c->measures.at[i].code, fiscal_label(&c->fiscal, a, year),
                                                          { 0 }, value, 1 };
}

static status show_csv(struct request *r, struct response *w)
{
    struct counted c;
    status s = count_up(r, (str){ 0 }, &c);
    if (s != OK)
        return s;
    ptrdiff_t most = c.measures.len * (c.g.office_count + 1) * FIGURE_YEARS;
    struct release_rows rows = { .at = arena_new(r->arena, struct release_row, most + 1) };
    for (ptrdiff_t i = 0; i < c.measures.len; i++)
        if (c.measures.at[i].victims)
            add_victims(r->arena, &c, i, &rows);
        else
            add_acts(r->arena, &c, i, &rows);
    release_csv(&w->body, &rows);
    w->type = lit("text/csv; charset=utf-8");
    set_header(w, lit("Content-Disposition"), lit("attachment; filename=\"measures.csv\""));
    return OK;
}

/* ---- the entries behind a figure ---- */

/* Codes of lists, days, numbers. What a field names by a word of its own (a subject, a colleague) is somebody, and is left out. */
static bool is_code(const struct kind *k, const struct kind_field *f)
{
    bool list = f->type == FIELD_CHOICE || f->type == FIELD_CODE || f->type == FIELD_MULTI;
    if (!kind_field_is_clear(k, f))
        return false;
    return !list || str_find(f->choices, '/') >= 0 || str_find(f->choices, ';') >= 0;
}

static status codes_of(struct request *r, const struct figure_entry *e, const struct kind *k, str *out)
{
    struct entry_words words = { .in = r->language, .pack = r->services->pack, .day = e->day };
    struct figure_values values;
    struct out o = { .arena = r->arena };
    status s = figure_value_list(r->db, r->arena, e->root, e->id, &values);
    for (ptrdiff_t i = 0; s == OK && i < values.len; i++) {
        const struct kind_field *f = kind_field_find(k, values.at[i].field);
        if (!f || !is_code(k, f))
            continue;
        out_str(&o, o.len ? lit("; ") : (str){ 0 });
        out_str(&o, tr(r->language, str_c(r->arena, f->label)));
        out_str(&o, lit(": "));
        out_str(&o, entry_show(r->arena, &words, f, values.at[i].value));
    }
    *out = out_view(&o);
    return s;
}

static status line_of(struct request *r, const struct counted *c, const struct figure_entry *e, struct entry_line *out)
{
    const struct kind *k = kind_find(e->kind);
    ptrdiff_t office = figures_office(&c->g, e->office);
    if (!k)
        return FAULT;
    *out = (struct entry_line){
        .day = day_text(r->arena, e->day),
        .kind = tr(r->language, str_c(r->arena, k->label)),
        .office = office < 0 ? id_short(r->arena, e->office) : c->names[office].name,
        .name = id_short(r->arena, e->root),
    };
    if (e->mine && caller_may(r, CASE_READ))
        out->href = str_join(r->arena, lit("/cases/"), id_text(r->arena, e->root));
    return codes_of(r, e, k, &out->what);
}

/* "day.id": the last row of the page before. */
static void read_place(str s, struct figure_question *q)
{
    str piece;
    int64_t day;
    id before;
    if (str_split(&s, '.', &piece) && str_to_int(piece, &day) && id_read(s, &before) && day >= q->from_day && day <= q->to_day) {
        q->before_day = day;
        q->before = before;
    }
}

static str next_link(const struct request *r, str here, const struct figure_entry *last)
{
    struct out o = { .arena = r->arena };
    out_str(&o, here);
    out_str(&o, lit("&after="));
    out_int(&o, last->day);
    out_char(&o, '.');
    out_str(&o, id_text(r->arena, last->id));
    return out_view(&o);
}

static status show_entries(struct request *r, struct response *w)
{
    struct counted c;
    status s = count_up(r, r->word, &c);
    if (s != OK)
        return s;
    const struct measure *m = c.measures.at;
    int year = c.last_year;
    str fy = query_text(r, lit("fy"));
    if ((fy.len && !fiscal_read(&c.fiscal, fy, &year)) || year < c.g.first_year || year > c.last_year)
        return NOT_FOUND;
    struct figure f = asked(&c, 0, year);
    struct figure_question q = { .measure = m, .from_day = fiscal_first_day(&c.fiscal, year), .to_day = fiscal_last_day(&c.fiscal, year),
                                 .every_office = c.office < 0, .caller = r->caller.account };
    if (c.office >= 0)
        q.office = c.g.offices[c.office];
    read_place(query_text(r, lit("after")), &q);
    struct figure_entries list;
    s = figure_entry_list(r->db, r->arena, &q, PAGE + 1, &list);
    struct entries_page page = { .page = staff_page(r, N_("Measures")), .label = tr(r->language, str_c(r->arena, m->label)),
                                 .definition = tr(r->language, str_c(r->arena, m->definition)),
                                 .year = fiscal_label(&c.fiscal, r->arena, year),
                                 .office = c.office < 0 ? (str){ 0 } : c.names[c.office].name, .n = f.n };
    if (m->sum)
        page.value = value_text(r->arena, m, f);
    page.rows.at = arena_new(r->arena, struct entry_line, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < list.len && i < PAGE; i++)
        s = line_of(r, &c, &list.at[i], &page.rows.at[page.rows.len++]);
    if (s != OK)
        return s;
    if (list.len > PAGE)
        page.next = next_link(r, entries_link(r->arena, &c, m, year), &list.at[PAGE - 1]);
    entries_html(&w->body, r->language, &page);
    return OK;
}
