#include "figures/measure/measure.h"

/* ---- years ---- */

struct fiscal fiscal_of(const struct pack *p, struct arena *a, int64_t day)
{
    struct fiscal f = { 1, 1, false, true };
    struct pack_rows rows = pack_list(p, a, lit("fiscal_year"), day);
    if (!rows.len)
        return f;
    int64_t month = pack_cell_int(rows.at[0], FISCAL_START_MONTH, 1), first = pack_cell_int(rows.at[0], FISCAL_START_DAY, 1);
    if (month < 1 || month > 12 || first < 1 || first > 28)
        return f;
    f = (struct fiscal){ (int)month, (int)first, str_equal(pack_cell(rows.at[0], FISCAL_NAMED_BY), lit("end_year")), false };
    f.calendar = f.start_month == 1 && f.start_day == 1;
    return f;
}

static int starts_in(const struct fiscal *f, int year)
{
    return year - (f->by_end && !f->calendar);
}

int fiscal_year(const struct fiscal *f, int64_t day)
{
    struct civil c = civil_from(day * 86400);
    bool begun = c.month > f->start_month || (c.month == f->start_month && c.day >= f->start_day);
    return c.year - !begun + (f->by_end && !f->calendar);
}

int64_t fiscal_first_day(const struct fiscal *f, int year)
{
    return day_of(civil_to((struct civil){ starts_in(f, year), f->start_month, f->start_day, 0, 0, 0 }));
}

int64_t fiscal_last_day(const struct fiscal *f, int year)
{
    return fiscal_first_day(f, year + 1) - 1;
}

str fiscal_label(const struct fiscal *f, struct arena *a, int year)
{
    struct out o = { .arena = a };
    if (!f->calendar)
        out_str(&o, lit("FY"));
    out_int(&o, year);
    return out_view(&o);
}

bool fiscal_read(const struct fiscal *f, str label, int *year)
{
    int64_t n;
    if (!f->calendar && !str_starts(label, lit("FY")))
        return false;
    if (!str_to_int(str_part(label, f->calendar ? 0 : 2, label.len), &n) || n < 1900 || n > 9999)
        return false;
    *year = (int)n;
    return true;
}

/* ---- measures ---- */

static bool in_clear(const struct kind *k)
{
    return k->compartment == CASE || k->compartment == EVIDENCE;
}

/* What a sum adds: the first field of money, else the first number. */
static const struct kind_field *summed_field(const struct kind *k)
{
    const struct kind_field *number = NULL;
    for (ptrdiff_t i = 0; i < k->field_count; i++) {
        const struct kind_field *f = &k->fields[i];
        if (!kind_field_is_clear(k, f))
            continue;
        if (f->type == FIELD_MONEY)
            return f;
        if (!number && (f->type == FIELD_INT || f->type == FIELD_DECIMAL))
            number = f;
    }
    return number;
}

/* What is no entry: counted from its own table. */
static enum measure_from table_of(str code)
{
    static const struct {
        str code;
        enum measure_from from;
    } rows[] = { { LIT("tips_received"), FROM_TIPS },
                 { LIT("tips_repeated"), FROM_COPIES },
                 { LIT("cases_opened"), FROM_CASES_OPENED },
                 { LIT("cases_closed"), FROM_CASES_CLOSED },
                 { LIT("cases_open"), FROM_CASES_OPEN } };
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(rows[i].code, code))
            return rows[i].from;
    return FROM_NOWHERE;
}

/* Collects the kinds in clear; says whether sealed ones count too. */
static bool collect_kinds(struct measure *m, str source_kinds)
{
    bool sealed = false, any = false;
    for (ptrdiff_t i = 0; i < kind_count; i++) {
        const struct kind *k = &kinds[i];
        if (!kind_counts_in(k, m->code))
            continue;
        any = true;
        sealed |= !in_clear(k);
        if (!in_clear(k) || m->kind_count == MEASURE_KINDS_MOST)
            continue;
        const struct kind_field *f = m->sum ? summed_field(k) : NULL;
        if (m->sum && !f)
            continue;
        m->hundredths |= f && (f->type == FIELD_MONEY || f->type == FIELD_DECIMAL);
        m->fields[m->kind_count] = f;
        m->kinds[m->kind_count++] = k;
    }
    if (any)
        return sealed;
    for (str code; str_split(&source_kinds, ';', &code);) { /* a tally may bear a name that no kind gives it */
        const struct kind *k = kind_find(code);
        sealed |= k && !in_clear(k);
    }
    return sealed;
}

/*
 * The pack says how a measure is published. One thing it cannot say: that something sealed counts, or may be shown, like an act.
 */
static struct measure measure_of(const struct pack_row *row)
{
    str count = pack_cell(row, MEASURE_COUNT), publish = pack_cell(row, MEASURE_PUBLISH);
    struct measure m = { .code = pack_cell(row, MEASURE_CODE), .label = pack_cell(row, MEASURE_LABEL),
                         .definition = pack_cell(row, MEASURE_DEFINITION), .unit = pack_cell(row, MEASURE_UNIT),
                         .chart = pack_cell(row, MEASURE_CHART), .sum = str_equal(count, lit("sum")) };
    bool counted = str_equal(count, lit("rows")) || str_equal(count, lit("distinct"));
    m.from = table_of(m.code);
    if (m.from == FROM_NOWHERE) {
        bool sealed = collect_kinds(&m, pack_cell(row, MEASURE_SOURCE_KINDS));
        m.victims = sealed;
        if (sealed)
            m.kind_count = 0;
        m.from = sealed ? (counted ? FROM_TALLIES : FROM_NOWHERE) : m.kind_count && (counted || m.sum) ? FROM_ENTRIES : FROM_NOWHERE;
    }
    m.victims |= !str_equal(publish, lit("exact")) && !str_equal(publish, lit("threshold"));
    if (pack_cell_yes(row, MEASURE_PUBLIC))
        m.publish = m.victims ? PUBLISH_ROUNDED : str_equal(publish, lit("exact")) ? PUBLISH_EXACT : PUBLISH_THRESHOLD;
    return m;
}

struct measures measures_of(const struct pack *p, struct arena *a, int64_t day)
{
    struct pack_rows rows = pack_list(p, a, lit("measures"), day);
    struct measures list = { .at = arena_new(a, struct measure, rows.len + 1) };
    for (ptrdiff_t i = 0; i < rows.len && list.len < MEASURES_MOST; i++) {
        struct measure m = measure_of(rows.at[i]);
        if (m.from != FROM_NOWHERE)
            list.at[list.len++] = m;
    }
    rows = pack_list(p, a, lit("case_close_reasons"), day);
    for (ptrdiff_t i = 0; i < rows.len && list.copy_count < MEASURE_COPY_CODES; i++)
        if (str_equal(pack_cell(rows.at[i], CLOSE_AREA), lit("tip")) && str_equal(pack_cell(rows.at[i], CLOSE_COUNTS_AS), lit("duplicate")))
            list.copies[list.copy_count++] = pack_cell(rows.at[i], CLOSE_CODE);
    return list;
}

bool measures_copy(const struct measures *m, str reason)
{
    for (ptrdiff_t i = 0; i < m->copy_count; i++)
        if (str_equal(m->copies[i], reason))
            return true;
    return false;
}

const struct measure *measure_find(const struct measures *m, str code)
{
    for (ptrdiff_t i = 0; i < m->len; i++)
        if (str_equal(m->at[i].code, code))
            return &m->at[i];
    return NULL;
}

bool measure_opens(const struct measure *m)
{
    return m->from == FROM_ENTRIES && !m->victims;
}

/* ---- figures ---- */

struct figures figures_empty(struct arena *a, const struct measures *m, const struct fiscal *f, int last_year)
{
    enum { FIRST_ROOM = 16 };
    return (struct figures){ .measures = m, .fiscal = *f, .first_year = last_year - FIGURE_YEARS + 1, .arena = a,
                             .office_room = FIRST_ROOM,
                             .cells = arena_new(a, struct figure, FIRST_ROOM * (m->len + 1) * FIGURE_YEARS) };
}

static ptrdiff_t row_size(const struct figures *g)
{
    return g->measures->len * FIGURE_YEARS;
}

ptrdiff_t figures_office(const struct figures *g, id office)
{
    for (ptrdiff_t i = 0; i < g->office_count; i++)
        if (id_equal(g->offices[i], office))
            return i;
    return -1;
}

ptrdiff_t figures_place(struct figures *g, id office)
{
    ptrdiff_t i = figures_office(g, office);
    if (i >= 0)
        return i;
    must(g->office_count < FIGURE_OFFICES_MOST);
    if (g->office_count == g->office_room) {
        struct figure *more = arena_new(g->arena, struct figure, 2 * g->office_room * (g->measures->len + 1) * FIGURE_YEARS);
        memcpy(more, g->cells, (size_t)(g->office_count * row_size(g)) * sizeof *more);
        g->cells = more;
        g->office_room *= 2;
    }
    g->offices[g->office_count] = office;
    return g->office_count++;
}

static void add(struct figures *g, ptrdiff_t measure, id office, int year, int64_t n, int64_t value)
{
    if (year < g->first_year || year >= g->first_year + FIGURE_YEARS)
        return;
    struct figure *c = &g->cells[figures_place(g, office) * row_size(g) + measure * FIGURE_YEARS + (year - g->first_year)];
    c->n += n;
    c->value += value;
}

void figures_add_entries(struct figures *g, str kind, id office, int64_t day, int64_t n)
{
    for (ptrdiff_t i = 0; i < g->measures->len; i++) {
        const struct measure *m = &g->measures->at[i];
        for (ptrdiff_t k = 0; m->from == FROM_ENTRIES && k < m->kind_count; k++)
            if (str_equal(m->kinds[k]->code, kind))
                add(g, i, office, fiscal_year(&g->fiscal, day), n, m->sum ? 0 : n);
    }
}

void figures_add_sum(struct figures *g, str kind, str field, id office, int64_t day, int64_t total)
{
    for (ptrdiff_t i = 0; i < g->measures->len; i++) {
        const struct measure *m = &g->measures->at[i];
        for (ptrdiff_t k = 0; m->from == FROM_ENTRIES && m->sum && k < m->kind_count; k++)
            if (str_equal(m->kinds[k]->code, kind) && str_equal(m->fields[k]->name, field))
                add(g, i, office, fiscal_year(&g->fiscal, day), 0, total);
    }
}

static int64_t first_of_month(int64_t month)
{
    return day_of(civil_to((struct civil){ (int)(month / 12), (int)(month % 12) + 1, 1, 0, 0, 0 }));
}

void figures_add_ended(struct figures *g, str what, id office, int64_t month, int64_t n)
{
    int64_t day = first_of_month(month);
    str entry = lit("entry."), sum = lit("sum."), tips = lit("tips.");
    if (str_equal(what, lit("tips"))) /* of a version that did not say why it was closed */
        figures_add_rows(g, FROM_TIPS, office, day, n);
    else if (str_starts(what, tips))
        figures_add_rows(g, measures_copy(g->measures, str_part(what, tips.len, what.len)) ? FROM_COPIES : FROM_TIPS, office, day, n);
    else if (str_equal(what, lit("opened")))
        figures_add_rows(g, FROM_CASES_OPENED, office, day, n);
    else if (str_equal(what, lit("closed")))
        figures_add_rows(g, FROM_CASES_CLOSED, office, day, n);
    else if (str_starts(what, entry))
        figures_add_entries(g, str_part(what, entry.len, what.len), office, day, n);
    else if (str_starts(what, sum)) {
        str kind, field = str_part(what, sum.len, what.len);
        if (str_split(&field, '.', &kind))
            figures_add_sum(g, kind, field, office, day, n);
    }
}

void figures_add_tally(struct figures *g, str measure, id office, int64_t month, int64_t n)
{
    int64_t day = first_of_month(month);
    for (ptrdiff_t i = 0; i < g->measures->len; i++)
        if (g->measures->at[i].from == FROM_TALLIES && str_equal(g->measures->at[i].code, measure))
            add(g, i, office, fiscal_year(&g->fiscal, day), n, n);
}

void figures_add_rows(struct figures *g, enum measure_from from, id office, int64_t day, int64_t n)
{
    for (ptrdiff_t i = 0; i < g->measures->len; i++)
        if (g->measures->at[i].from == from)
            add(g, i, office, fiscal_year(&g->fiscal, day), n, n);
}

struct figure figure_of(const struct figures *g, ptrdiff_t measure, ptrdiff_t office, int year)
{
    if (office < 0 || office >= g->office_count || year < g->first_year || year >= g->first_year + FIGURE_YEARS)
        return (struct figure){ 0 };
    return g->cells[office * row_size(g) + measure * FIGURE_YEARS + (year - g->first_year)];
}

struct figure figure_national(const struct figures *g, ptrdiff_t measure, int year)
{
    struct figure sum = { 0 };
    for (ptrdiff_t i = 0; i < g->office_count; i++) {
        struct figure one = figure_of(g, measure, i, year);
        sum.n += one.n;
        sum.value += one.value;
    }
    return sum;
}
