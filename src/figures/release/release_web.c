#include "common/house/house.h"
#include "common/services.h"
#include "figures/release/release_web.h"
#include "staff/role/role.h"
#include "staff/sealed/sealed.h"
#include "figures_html.h"
#include "figures_none_html.h"
#include "public_layout_html.h"

static handler show, show_csv, publish;

/* clang-format off */
static const struct route table[] = {
    { PUBLIC_SIDE, GET,  "/figures",          ANYONE,         NOTHING, show },
    { PUBLIC_SIDE, GET,  "/figures.csv",      ANYONE,         NOTHING, show_csv },
    { STAFF_SIDE,  POST, "/measures/publish", FIGURE_PUBLISH, FORM,    publish },
};
/* clang-format on */
const struct routes release_routes = { table, countof(table) };

void figures_draw(struct out *o, const struct language *in, const struct figures_page *p)
{
    figures_html(o, in, p);
}

/* ---- what the public sees: bytes made at publication, in the frame of today ---- */

static status show(struct request *r, struct response *w)
{
    struct figures_none_page page = { public_page(r, N_("Figures"), lit("/figures")) };
    str bytes;
    bool other = false;
    status s = release_bytes(r->db, r->arena, str_of(r->language->code), &bytes);
    if (s == NOT_FOUND) { /* a language that came after the release */
        s = release_bytes(r->db, r->arena, lit("en"), &bytes);
        other = true;
    }
    if (s == NOT_FOUND) {
        figures_none_html(&w->body, r->language, &page);
        return OK;
    }
    if (s != OK)
        return s;
    public_layout_html_head(&w->body, r->language, &page.page);
    out_str(&w->body, other ? lit("<div lang=\"en\" dir=\"ltr\">\n") : (str){ 0 });
    out_str(&w->body, bytes);
    out_str(&w->body, other ? lit("</div>\n") : (str){ 0 });
    public_layout_html_foot(&w->body, r->language, &page.page);
    return OK;
}

static status show_csv(struct request *r, struct response *w)
{
    str bytes;
    struct release_rows none = { 0 };
    status s = release_bytes(r->db, r->arena, lit("csv"), &bytes);
    if (s == NOT_FOUND)
        release_csv(&w->body, &none); /* the head alone */
    else if (s != OK)
        return s;
    else
        out_str(&w->body, bytes);
    w->type = lit("text/csv; charset=utf-8");
    set_header(w, lit("Content-Disposition"), lit("attachment; filename=\"figures.csv\""));
    return OK;
}

/* ---- publishing ---- */

static str page_bytes(struct arena *a, const struct language *in, const struct figures_source *f)
{
    struct figures_page p = figures_page_of(a, in, f);
    struct out o = { .arena = a };
    figures_html(&o, in, &p);
    return out_view(&o);
}

/* The page in every language there is, then the CSV: all of the same rows. */
static ptrdiff_t make_parts(struct arena *a, const struct figures_source *f, struct release_part *parts)
{
    ptrdiff_t n = 0;
    struct out csv = { .arena = a };
    release_csv(&csv, f->rows);
    parts[n++] = (struct release_part){ lit("csv"), out_view(&csv) };
    for (ptrdiff_t i = 0; languages[i] && n < RELEASE_PARTS_MOST; i++)
        if (languages[i]->offered)
            parts[n++] = (struct release_part){ str_of(languages[i]->code), page_bytes(a, languages[i], f) };
    return n;
}

status release_prepare(struct db *db, struct arena *a, const struct services *services, int64_t today, struct release_made *out)
{
    struct measures m = measures_of(services->pack, a, today);
    struct fiscal f = fiscal_of(services->pack, a, today);
    struct figures g;
    id own = { 0 };
    struct release_office *offices = arena_new(a, struct release_office, FIGURE_OFFICES_MOST);
    status s = figures_count(db, a, &m, &f, fiscal_year(&f, today), &g);
    (void)house_id(services->house, HOUSE_OFFICE_ID, &own); /* a house without one has no office of its own */
    if (s == OK)
        s = release_offices(db, a, &g, own, house_text(services->house, HOUSE_OFFICE_NAME), offices);
    if (s != OK)
        return s;
    out->rows = release_make(a, &g, offices, services->pack, today);
    struct figures_source source = { .rows = &out->rows, .measures = &m, .fiscal = &f, .pack = services->pack, .offices = offices,
                                     .office_count = g.office_count, .house = house_text(services->house, HOUSE_LINE_NAME),
                                     .first_year = g.first_year, .today = today };
    out->len = make_parts(a, &source, out->parts);
    return OK;
}

static status publish(struct request *r, struct response *w)
{
    struct release_made made;
    struct release release = { .id = chance_id(r->chance, r->now * 1000, false), .day = day_of(r->now), .author = r->caller.account };
    str bytes[RELEASE_PARTS_MOST];
    status s = release_prepare(r->db, r->arena, r->services, release.day, &made);
    for (ptrdiff_t i = 0; s == OK && i < made.len; i++)
        bytes[i] = made.parts[i].bytes;
    if (s == OK)
        s = sealed_record(r, release.id, bytes, made.len);
    if (s == OK)
        s = db_begin(r->db);
    if (s != OK)
        return s;
    s = db_end(r->db, release_add(r->db, &release, &made.rows, made.parts, made.len));
    if (s == OK)
        redirect(w, lit("/measures?done=published"));
    return s;
}
