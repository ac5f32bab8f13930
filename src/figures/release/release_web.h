#ifndef FIGURES_RELEASE_RELEASE_WEB_H
#define FIGURES_RELEASE_RELEASE_WEB_H
#include "lib/web/api.h"
#include "figures/chart/chart.h"
#include "figures/release/release.h"
#include "intake/public/public.h"

struct figures_cell {
    str text;
};
struct figures_cells {
    struct figures_cell *at;
    ptrdiff_t len;
};
struct figures_line {        /* one row of a table of two columns */
    str label, value;
};
struct figures_lines {
    struct figures_line *at;
    ptrdiff_t len;
};
struct figures_section {     /* a measure with a chart, and the offices that did most */
    str name, title;         /* name: "arrests"; also of its anchors */
    struct chart chart;
    struct figures_lines years;
    str top_name, top_title; /* empty: no office stands out, or none may be shown */
    struct chart top_chart;
    struct figures_lines top;
};
struct figures_sections {
    struct figures_section *at;
    ptrdiff_t len;
};
struct figures_wide {        /* a measure as a row of years */
    str label;
    struct figures_cells cells;
};
struct figures_wides {
    struct figures_wide *at;
    ptrdiff_t len;
};
struct series_line {
    str series, label, place, period, value, source;
};
struct series_lines {
    struct series_line *at;
    ptrdiff_t len;
};
struct figures_page {        /* what is drawn once, at publication; the frame around it is drawn when it is asked for */
    str day, year, year_from, year_to, house;
    struct figures_sections sections;
    struct figures_cells years;
    struct figures_wides others;
    struct series_lines series;
    struct figures_lines definitions;
    bool none, administrative; /* administrative: a house has chosen to publish those arrests */
};
struct figures_none_page {
    struct public_page page;
};
/* What a page is drawn from: rows, and the words for them. */
struct figures_source {
    const struct release_rows *rows;
    const struct measures *measures;
    const struct fiscal *fiscal;
    const struct pack *pack;
    const struct release_office *offices;
    ptrdiff_t office_count;
    str house;               /* who publishes */
    int first_year;          /* of FIGURE_YEARS */
    int64_t today;
};
struct figures_page figures_page_of(struct arena *a, const struct language *in, const struct figures_source *f);
void figures_draw(struct out *o, const struct language *in, const struct figures_page *p);
/* A release as it would be made today, not yet kept: its rows, and every page drawn of them. Pure reads. */
enum { RELEASE_PARTS_MOST = 16 };
struct release_made {
    struct release_rows rows;
    struct release_part parts[RELEASE_PARTS_MOST];
    ptrdiff_t len;
};
status release_prepare(struct db *db, struct arena *a, const struct services *services, int64_t today, struct release_made *out) MUST_CHECK;
extern const struct routes release_routes;
/* GET /api/v1/figures: what was published and nothing else, on both addresses; on that of the staff for a key. */
extern const struct routes figure_api_routes;
extern const struct api_operations figure_operations;
#endif
