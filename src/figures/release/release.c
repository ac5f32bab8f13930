#include "figures/release/release.h"
#include "lib/base/csv.h"
#include <stdio.h>

bool release_shows(const struct measure *m, struct figure f)
{
    return m->publish == PUBLISH_EXACT || f.n == 0 || f.n >= RELEASE_UNDER;
}

bool release_rounded(const struct figures *g, ptrdiff_t measure, int year, int64_t today, int64_t *out)
{
    *out = figure_national(g, measure, year).value / RELEASE_UNDER * RELEASE_UNDER;
    return fiscal_last_day(&g->fiscal, year) < today;
}

/* The smallest cell that still stands; -1: none does. */
static ptrdiff_t smallest(const struct figures *g, ptrdiff_t measure, int year, const bool *shown)
{
    ptrdiff_t least = -1;
    for (ptrdiff_t i = 0; i < g->office_count; i++) {
        int64_t n = figure_of(g, measure, i, year).n;
        if (shown[i] && n && (least < 0 || n < figure_of(g, measure, least, year).n))
            least = i;
    }
    return least;
}

/*
 * A hidden cell must not follow from the rest: beside it at least one more is hidden, and together they rest on enough entries to be
 * a published number themselves.
 */
void release_cells(const struct figures *g, ptrdiff_t measure, int year, bool *shown)
{
    const struct measure *m = &g->measures->at[measure];
    ptrdiff_t hidden = 0;
    int64_t behind = 0;
    for (ptrdiff_t i = 0; i < g->office_count; i++) {
        struct figure f = figure_of(g, measure, i, year);
        shown[i] = release_shows(m, f);
        hidden += !shown[i];
        behind += shown[i] ? 0 : f.n;
    }
    while (hidden && (hidden < 2 || behind < RELEASE_UNDER)) {
        ptrdiff_t more = smallest(g, measure, year, shown);
        if (more < 0)
            return;
        shown[more] = false;
        hidden++;
        behind += figure_of(g, measure, more, year).n;
    }
}

static void add_row(struct release_rows *rows, struct release_row row)
{
    rows->at[rows->len++] = row;
}

static void add_act(struct release_rows *rows, struct arena *a, const struct figures *g, const struct release_office *offices,
                    ptrdiff_t measure, int year)
{
    const struct measure *m = &g->measures->at[measure];
    struct figure all = figure_national(g, measure, year);
    struct release_row row = { lit("exact"), m->code, fiscal_label(&g->fiscal, a, year), { 0 }, all.value, m->hundredths ? 100 : 1 };
    if (!release_shows(m, all))
        return; /* and no office has more */
    add_row(rows, row);
    bool *shown = arena_new(a, bool, g->office_count + 1);
    release_cells(g, measure, year, shown);
    for (ptrdiff_t i = 0; i < g->office_count; i++) {
        struct figure f = figure_of(g, measure, i, year);
        if (!shown[i] || !f.n)
            continue;
        row.office = offices[i].code;
        row.value = f.value;
        add_row(rows, row);
    }
}

static bool ever_shown(const struct figures *g, ptrdiff_t measure, int64_t today)
{
    bool victims = g->measures->at[measure].victims;
    int64_t value;
    for (int year = g->first_year; year < g->first_year + FIGURE_YEARS; year++)
        if (victims ? release_rounded(g, measure, year, today, &value) && value : figure_national(g, measure, year).n > 0)
            return true;
    return false;
}

/* The first year in which this house did anything that is no secret: before it, a nought would be a statement nobody made. */
static int first_active(const struct figures *g)
{
    int last = g->first_year + FIGURE_YEARS - 1;
    for (int year = g->first_year; year < last; year++)
        for (ptrdiff_t i = 0; i < g->measures->len; i++)
            if (!g->measures->at[i].victims && figure_national(g, i, year).n)
                return year;
    return last;
}

static void add_measure(struct release_rows *rows, struct arena *a, const struct figures *g, const struct release_office *offices,
                        ptrdiff_t measure, int64_t today)
{
    const struct measure *m = &g->measures->at[measure];
    int64_t value;
    if (m->publish == PUBLISH_NEVER || !ever_shown(g, measure, today))
        return;
    for (int year = first_active(g); year < g->first_year + FIGURE_YEARS; year++) {
        if (m->publish != PUBLISH_ROUNDED)
            add_act(rows, a, g, offices, measure, year);
        else if (release_rounded(g, measure, year, today, &value))
            add_row(rows, (struct release_row){ lit("rounded"), m->code, fiscal_label(&g->fiscal, a, year), { 0 }, value, 1 });
    }
}

static bool stands(const struct release_rows *rows, ptrdiff_t from, const struct release_row *row)
{
    for (ptrdiff_t i = from; i < rows->len; i++) {
        const struct release_row *r = &rows->at[i];
        if (str_equal(r->measure, row->measure) && str_equal(r->office, row->office) && str_equal(r->year, row->year))
            return true;
    }
    return false;
}

/* Of others: only what is one number for one fiscal year. "More than 400" is not 400, and stands on the page in its own words. */
static void add_published(struct release_rows *rows, const struct fiscal *f, const struct pack_rows *series)
{
    ptrdiff_t from = rows->len;
    for (ptrdiff_t i = 0; i < series->len; i++) {
        const struct pack_row *p = series->at[i];
        struct release_row row = { lit("published"), pack_cell(p, SERIES_MEASURE), pack_cell(p, SERIES_PERIOD), pack_cell(p, SERIES_OFFICE),
                                   pack_cell_int(p, SERIES_VALUE, -1), 1 };
        int year;
        bool one = str_equal(pack_cell(p, SERIES_QUALIFIER), lit("exact")) && !str_equal(pack_cell(p, SERIES_SCOPE), lit("operation"));
        if (one && row.value >= 0 && fiscal_read(f, row.year, &year) && !stands(rows, from, &row))
            add_row(rows, row);
    }
}

struct release_rows release_make(struct arena *a, const struct figures *g, const struct release_office *offices, const struct pack *p,
                                 int64_t today)
{
    struct pack_rows series = pack_list(p, a, lit("published_figures"), today);
    ptrdiff_t most = g->measures->len * (g->office_count + 1) * FIGURE_YEARS + series.len;
    struct release_rows rows = { .at = arena_new(a, struct release_row, most + 1) };
    for (ptrdiff_t i = 0; i < g->measures->len; i++)
        add_measure(&rows, a, g, offices, i, today);
    add_published(&rows, &g->fiscal, &series);
    return rows;
}

str figure_text(struct arena *a, int64_t value, int64_t scale)
{
    char b[32];
    int n = scale == 100 ? snprintf(b, sizeof b, "%lld.%02d", (long long)(value / 100), (int)(value % 100))
                         : snprintf(b, sizeof b, "%lld", (long long)value);
    return str_copy(a, (str){ b, n });
}

void release_csv(struct out *o, const struct release_rows *rows)
{
    out_str(o, lit("measure,office,fiscal_year,value,class\r\n"));
    for (ptrdiff_t i = 0; i < rows->len; i++) {
        const struct release_row *r = &rows->at[i];
        csv_cell(o, r->measure, false);
        csv_cell(o, r->office, false);
        csv_cell(o, r->year, false);
        csv_cell(o, figure_text(o->arena, r->value, r->scale), false);
        csv_cell(o, r->class, true);
    }
}

const struct release_row *release_find(const struct release_rows *rows, str measure, str office, str year)
{
    for (ptrdiff_t i = 0; i < rows->len; i++) {
        const struct release_row *r = &rows->at[i];
        if (str_equal(r->measure, measure) && str_equal(r->office, office) && str_equal(r->year, year)
            && !str_equal(r->class, lit("published")))
            return r;
    }
    return NULL;
}
