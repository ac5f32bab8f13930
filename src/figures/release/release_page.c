/* The public page from the rows of a release: every number on it is a row's, or says why there is none. */
#include "figures/release/release_web.h"

enum { TOP = 5 };

static str filled(struct arena *a, const struct language *in, const char *message, const str *arguments, ptrdiff_t n)
{
    return tr_fill(a, tr(in, message), arguments, n);
}

static str label_of(struct arena *a, const struct language *in, const struct measure *m)
{
    return tr(in, str_c(a, m->label));
}

/* The national figure of one year: as a row says it, or why no row does. */
static struct chart_point national(struct arena *a, const struct language *in, const struct figures_source *f,
                                   const struct measure *m, int year)
{
    struct chart_point p = { .label = fiscal_label(f->fiscal, a, year), .hidden = true };
    const struct release_row *row = release_find(f->rows, m->code, (str){ 0 }, p.label);
    if (row && (m->publish != PUBLISH_ROUNDED || row->value)) {
        p.value = figure_text(a, row->value, row->scale);
        p.n = row->value;
        p.hidden = false;
    } else if (m->publish == PUBLISH_ROUNDED && !row) {
        p.value = tr(in, N_("after the year"));
    } else {
        p.value = tr(in, N_("fewer than 11"));
    }
    return p;
}

/* The first year of which our own rows speak. */
static int first_year(struct arena *a, const struct figures_source *f)
{
    for (int year = f->first_year; year < f->first_year + FIGURE_YEARS; year++)
        for (ptrdiff_t i = 0; i < f->rows->len; i++)
            if (!str_equal(f->rows->at[i].class, lit("published")) && str_equal(f->rows->at[i].year, fiscal_label(f->fiscal, a, year)))
                return year;
    return f->first_year + FIGURE_YEARS - 1;
}

static bool has_rows(const struct figures_source *f, const struct measure *m)
{
    for (ptrdiff_t i = 0; i < f->rows->len; i++)
        if (str_equal(f->rows->at[i].measure, m->code) && !str_equal(f->rows->at[i].class, lit("published")))
            return true;
    return false;
}

/* The finding in words: where it began and where it stands. */
static str finding(struct arena *a, const struct language *in, str label, const struct chart_point *points, ptrdiff_t n)
{
    ptrdiff_t first = -1, last = -1;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (points[i].hidden)
            continue;
        first = first < 0 ? i : first;
        last = i;
    }
    if (first < 0)
        return label;
    str words[] = { label, points[first].value, points[first].label, points[last].value, points[last].label };
    return first == last ? filled(a, in, N_("%1: %2 in %3"), words, 3) : filled(a, in, N_("%1: %2 in %3, %4 in %5"), words, 5);
}

/* The rows of offices of one year, the largest first, at most TOP. */
static ptrdiff_t top_of(const struct figures_source *f, const struct measure *m, str year, const struct release_row **top)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < f->rows->len; i++) {
        const struct release_row *row = &f->rows->at[i];
        if (!row->office.len || !str_equal(row->measure, m->code) || !str_equal(row->year, year) || !str_equal(row->class, lit("exact")))
            continue;
        ptrdiff_t at = n;
        while (at > 0 && top[at - 1]->value < row->value)
            at--;
        if (at == TOP)
            continue;
        n = n < TOP ? n + 1 : TOP;
        for (ptrdiff_t k = n - 1; k > at; k--)
            top[k] = top[k - 1];
        top[at] = row;
    }
    return n;
}

static str office_name(const struct figures_source *f, str code)
{
    for (ptrdiff_t i = 0; i < f->office_count; i++)
        if (str_equal(f->offices[i].code, code))
            return f->offices[i].name;
    return code;
}

/* Of the last year that is over, else of the one that runs. Acts only: neither tips nor victims stand in a ranking. */
static void add_top(struct arena *a, const struct language *in, const struct figures_source *f, const struct measure *m,
                    struct figures_section *s)
{
    const struct release_row *top[TOP] = { 0 };
    struct chart_point points[TOP];
    struct out list = { .arena = a };
    int running = f->first_year + FIGURE_YEARS - 1;
    str year = fiscal_label(f->fiscal, a, running - 1);
    ptrdiff_t n = measure_opens(m) ? top_of(f, m, year, top) : 0;
    if (!n && measure_opens(m))
        n = top_of(f, m, year = fiscal_label(f->fiscal, a, running), top);
    if (!n)
        return;
    s->top.at = arena_new(a, struct figures_line, TOP);
    for (ptrdiff_t i = 0; i < n; i++) {
        str name = office_name(f, top[i]->office), value = figure_text(a, top[i]->value, top[i]->scale);
        points[i] = (struct chart_point){ name, value, top[i]->value, false };
        s->top.at[s->top.len++] = (struct figures_line){ name, value };
        out_str(&list, i ? lit(", ") : (str){ 0 });
        out_str(&list, name);
        out_char(&list, ' ');
        out_str(&list, value);
    }
    str words[] = { s->title, year, out_view(&list) };
    s->top_name = str_join(a, s->name, lit("-top"));
    s->top_title = filled(a, in, N_("%1, the offices with most in %2"), words, 2);
    str told = filled(a, in, N_("%1 in %2: %3"), words, 3);
    s->top_chart = chart_make(a, CHART_ROWS, str_join(a, s->name, lit("-top-chart")), told, points, n);
}

static struct figures_section section_of(struct arena *a, const struct language *in, const struct figures_source *f,
                                         const struct measure *m)
{
    struct figures_section s = { .name = m->code, .title = label_of(a, in, m) };
    struct chart_point points[FIGURE_YEARS];
    ptrdiff_t n = 0;
    s.years.at = arena_new(a, struct figures_line, FIGURE_YEARS);
    for (int year = first_year(a, f); year < f->first_year + FIGURE_YEARS; year++) {
        points[n] = national(a, in, f, m, year);
        s.years.at[s.years.len++] = (struct figures_line){ points[n].label, points[n].value };
        if (points[n].hidden)
            points[n].value = lit("-"); /* the table beside it has the words */
        n++;
    }
    enum chart_kind kind = str_equal(m->chart, lit("lines")) ? CHART_LINES : CHART_COLUMNS;
    s.chart = chart_make(a, kind, str_join(a, s.name, lit("-chart")), finding(a, in, s.title, points, n), points, n);
    add_top(a, in, f, m, &s);
    return s;
}

static struct figures_wide wide_of(struct arena *a, const struct language *in, const struct figures_source *f, const struct measure *m)
{
    struct figures_wide w = { .label = label_of(a, in, m) };
    w.cells.at = arena_new(a, struct figures_cell, FIGURE_YEARS);
    for (int year = first_year(a, f); year < f->first_year + FIGURE_YEARS; year++)
        w.cells.at[w.cells.len++].text = national(a, in, f, m, year).value;
    return w;
}

/* The qualifier belongs to the number. */
static str qualified(struct arena *a, const struct language *in, const struct pack_row *row)
{
    str value = pack_cell(row, SERIES_VALUE), qualifier = pack_cell(row, SERIES_QUALIFIER);
    if (str_equal(qualifier, lit("more than")))
        return filled(a, in, N_("more than %1"), &value, 1);
    return str_equal(qualifier, lit("nearly")) ? filled(a, in, N_("nearly %1"), &value, 1) : value;
}

static struct series_lines series_of(struct arena *a, const struct language *in, const struct figures_source *f)
{
    struct pack_rows rows = pack_list(f->pack, a, lit("published_figures"), f->today);
    struct series_lines list = { .at = arena_new(a, struct series_line, rows.len + 1) };
    for (ptrdiff_t i = 0; i < rows.len; i++) {
        const struct pack_row *p = rows.at[i];
        str place = pack_cell(p, SERIES_OFFICE);
        list.at[list.len++] = (struct series_line){ pack_cell(p, SERIES_SERIES), tr(in, str_c(a, pack_cell(p, SERIES_LABEL))),
                                                    place.len ? place : tr(in, N_("Whole country")), pack_cell(p, SERIES_PERIOD),
                                                    qualified(a, in, p), pack_cell(p, SERIES_SOURCE) };
    }
    return list;
}

struct figures_page figures_page_of(struct arena *a, const struct language *in, const struct figures_source *f)
{
    ptrdiff_t most = f->measures->len + 1;
    int last = f->first_year + FIGURE_YEARS - 1;
    struct figures_page p = { .day = day_text(a, f->today), .year = fiscal_label(f->fiscal, a, last),
                              .year_from = day_text(a, fiscal_first_day(f->fiscal, last)),
                              .year_to = day_text(a, fiscal_last_day(f->fiscal, last)), .house = f->house, .series = series_of(a, in, f) };
    p.sections.at = arena_new(a, struct figures_section, most);
    p.others.at = arena_new(a, struct figures_wide, most);
    p.definitions.at = arena_new(a, struct figures_line, most);
    p.years.at = arena_new(a, struct figures_cell, FIGURE_YEARS);
    for (int year = first_year(a, f); year <= last; year++)
        p.years.at[p.years.len++].text = fiscal_label(f->fiscal, a, year);
    for (ptrdiff_t i = 0; i < f->measures->len; i++) {
        const struct measure *m = &f->measures->at[i];
        if (!has_rows(f, m))
            continue;
        if (m->chart.len)
            p.sections.at[p.sections.len++] = section_of(a, in, f, m);
        else
            p.others.at[p.others.len++] = wide_of(a, in, f, m);
        p.definitions.at[p.definitions.len++] = (struct figures_line){ label_of(a, in, m), tr(in, str_c(a, m->definition)) };
        p.administrative |= str_equal(m->code, lit("arrests_administrative"));
    }
    p.none = !p.definitions.len;
    return p;
}
