#include "common/keep/keep.h"
#include "common/tally/tally.h"
#include "figures/measure/measure.h"
#include "measure_sql.h"

/* A million tips are not counted for a page that asks for arrests. */
static bool wants(const struct figures *g, enum measure_from from)
{
    for (ptrdiff_t i = 0; i < g->measures->len; i++)
        if (g->measures->at[i].from == from)
            return true;
    return false;
}

struct span {
    int64_t from, to; /* days, both included */
};

static status count_entries(struct db *db, struct arena scratch, struct span s, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_entry_days);
    bind_int(&q, figure_entry_days_from_day, s.from);
    bind_int(&q, figure_entry_days_to_day, s.to);
    while (query_next(&q)) {
        struct arena row = scratch; /* a kind's name is read once a row and kept by nobody */
        figures_add_entries(g, read_str(&q, figure_entry_days_col_kind, &row), read_id(&q, figure_entry_days_col_office),
                            read_int(&q, figure_entry_days_col_day), read_int(&q, figure_entry_days_col_n));
    }
    return query_end(&q, OK);
}

static status count_sums(struct db *db, struct arena scratch, struct span s, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_entry_sums);
    bind_int(&q, figure_entry_sums_from_day, s.from);
    bind_int(&q, figure_entry_sums_to_day, s.to);
    while (query_next(&q)) {
        struct arena row = scratch;
        str kind = read_str(&q, figure_entry_sums_col_kind, &row), field = read_str(&q, figure_entry_sums_col_field, &row);
        figures_add_sum(g, kind, field, read_id(&q, figure_entry_sums_col_office), read_int(&q, figure_entry_sums_col_day),
                        read_int(&q, figure_entry_sums_col_total));
    }
    return query_end(&q, OK);
}

static status count_tallies(struct db *db, struct arena scratch, struct span s, struct figures *g) /* of one year */
{
    struct tallies list;
    status done = tally_list(db, &scratch, tally_month(s.from), tally_month(s.to), &list);
    for (ptrdiff_t i = 0; done == OK && i < list.len; i++) {
        const struct tally *t = &list.at[i];
        if (str_starts(t->measure, lit(KEEP_TALLY)))
            figures_add_ended(g, str_part(t->measure, sizeof KEEP_TALLY - 1, t->measure.len), t->office, t->month, t->n);
        else
            figures_add_tally(g, t->measure, t->office, t->month, t->n);
    }
    return done;
}

static status count_tips(struct db *db, struct span s, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_tip_days);
    bind_int(&q, figure_tip_days_from_day, s.from);
    bind_int(&q, figure_tip_days_to_day, s.to);
    bind_id(&q, figure_tip_days_nowhere, (id){ { 0 } }); /* counted when its office gave it to a case alone */
    while (query_next(&q))
        figures_add_rows(g, FROM_TIPS, read_id(&q, figure_tip_days_col_office), read_int(&q, figure_tip_days_col_day),
                         read_int(&q, figure_tip_days_col_n));
    return query_end(&q, OK);
}

/* Those that were closed for one reason, as copies of others: taken from what was received and counted apart. */
static status count_copies(struct db *db, struct span s, str reason, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_copy_days);
    bind_str(&q, figure_copy_days_reason, reason);
    bind_int(&q, figure_copy_days_from_day, s.from);
    bind_int(&q, figure_copy_days_to_day, s.to);
    bind_id(&q, figure_copy_days_nowhere, (id){ { 0 } });
    while (query_next(&q)) {
        id office = read_id(&q, figure_copy_days_col_office);
        int64_t day = read_int(&q, figure_copy_days_col_day), n = read_int(&q, figure_copy_days_col_n);
        figures_add_rows(g, FROM_TIPS, office, day, -n);
        figures_add_rows(g, FROM_COPIES, office, day, n);
    }
    return query_end(&q, OK);
}

static status count_cases_opened(struct db *db, struct span s, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_case_opened_days);
    bind_int(&q, figure_case_opened_days_from_day, s.from);
    bind_int(&q, figure_case_opened_days_to_day, s.to);
    while (query_next(&q))
        figures_add_rows(g, FROM_CASES_OPENED, read_id(&q, figure_case_opened_days_col_office),
                         read_int(&q, figure_case_opened_days_col_day), read_int(&q, figure_case_opened_days_col_n));
    return query_end(&q, OK);
}

static status count_cases_closed(struct db *db, struct span s, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_case_closed_days);
    bind_int(&q, figure_case_closed_days_from_day, s.from);
    bind_int(&q, figure_case_closed_days_to_day, s.to);
    while (query_next(&q))
        figures_add_rows(g, FROM_CASES_CLOSED, read_id(&q, figure_case_closed_days_col_office),
                         read_int(&q, figure_case_closed_days_col_day), read_int(&q, figure_case_closed_days_col_n));
    return query_end(&q, OK);
}

/* A stock: what is open on the last day of a year. Of a year that still runs, what is open now. */
static status count_cases_open(struct db *db, int64_t day, struct figures *g)
{
    struct query q = db_query(db, &sql_figure_case_open_count);
    bind_int(&q, figure_case_open_count_day, day);
    while (query_next(&q))
        figures_add_rows(g, FROM_CASES_OPEN, read_id(&q, figure_case_open_count_col_office), day,
                         read_int(&q, figure_case_open_count_col_n));
    return query_end(&q, OK);
}

/* Cases that were erased since: each was opened in one month and closed in another. Months end with the year. */
static status count_ended_open(struct db *db, struct arena scratch, int64_t day, struct figures *g)
{
    struct tallies list;
    status s = tally_list(db, &scratch, 0, tally_month(day), &list);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        bool opened = str_equal(list.at[i].measure, lit(KEEP_TALLY "opened")), closed = str_equal(list.at[i].measure, lit(KEEP_TALLY "closed"));
        if (opened || closed)
            figures_add_rows(g, FROM_CASES_OPEN, list.at[i].office, day, opened ? list.at[i].n : -list.at[i].n);
    }
    return s;
}

static status count_year(struct db *db, struct arena scratch, struct span year, struct figures *g)
{
    status s = count_tallies(db, scratch, year, g);
    if (s == OK && wants(g, FROM_CASES_OPEN))
        s = count_cases_open(db, year.to, g);
    return s == OK && wants(g, FROM_CASES_OPEN) ? count_ended_open(db, scratch, year.to, g) : s;
}

status figures_count(struct db *db, struct arena *a, const struct measures *m, const struct fiscal *f, int last_year, struct figures *out)
{
    enum { SCRATCH = 4 << 20 };
    struct figures g = figures_empty(a, m, f, last_year);
    struct span s = { fiscal_first_day(f, g.first_year), fiscal_last_day(f, last_year) };
    char *room = arena_new(a, char, SCRATCH);
    struct arena scratch = { room, room + SCRATCH, a->on_empty };
    status done = wants(&g, FROM_ENTRIES) ? count_entries(db, scratch, s, &g) : OK;
    if (done == OK && wants(&g, FROM_ENTRIES))
        done = count_sums(db, scratch, s, &g);
    if (done == OK && wants(&g, FROM_TIPS))
        done = count_tips(db, s, &g);
    for (ptrdiff_t i = 0; done == OK && i < m->copy_count && (wants(&g, FROM_TIPS) || wants(&g, FROM_COPIES)); i++)
        done = count_copies(db, s, m->copies[i], &g);
    if (done == OK && wants(&g, FROM_CASES_OPENED))
        done = count_cases_opened(db, s, &g);
    if (done == OK && wants(&g, FROM_CASES_CLOSED))
        done = count_cases_closed(db, s, &g);
    for (int year = g.first_year; done == OK && year <= last_year; year++)
        done = count_year(db, scratch, (struct span){ fiscal_first_day(f, year), fiscal_last_day(f, year) }, &g);
    *out = g;
    return done;
}

/* ---- the entries behind a figure ---- */

static void bind_kinds(struct query *q, const struct measure *m)
{
    static const int at[MEASURE_KINDS_MOST] = { figure_entry_list_kind_1, figure_entry_list_kind_2, figure_entry_list_kind_3,
                                                figure_entry_list_kind_4 };
    for (ptrdiff_t i = 0; i < MEASURE_KINDS_MOST; i++)
        bind_str(q, at[i], i < m->kind_count ? m->kinds[i]->code : (str){ 0 });
}

status figure_entry_list(struct db *db, struct arena *a, const struct figure_question *w, int64_t limit, struct figure_entries *out)
{
    *out = (struct figure_entries){ .at = arena_new(a, struct figure_entry, limit) };
    must(measure_opens(w->measure));
    struct query q = db_query(db, &sql_figure_entry_list);
    bind_kinds(&q, w->measure);
    bind_id(&q, figure_entry_list_account, w->caller);
    bind_int(&q, figure_entry_list_from_day, w->from_day);
    bind_int(&q, figure_entry_list_to_day, w->to_day);
    bind_int(&q, figure_entry_list_every, w->every_office);
    bind_id(&q, figure_entry_list_office, w->office);
    bind_int(&q, figure_entry_list_before_day, w->before_day ? w->before_day : w->to_day + 1);
    bind_id(&q, figure_entry_list_before, w->before);
    bind_int(&q, figure_entry_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct figure_entry){
            .root = read_id(&q, figure_entry_list_col_root),
            .id = read_id(&q, figure_entry_list_col_id),
            .office = read_id(&q, figure_entry_list_col_office),
            .kind = read_str(&q, figure_entry_list_col_kind, a),
            .day = read_int(&q, figure_entry_list_col_day),
            .mine = read_int(&q, figure_entry_list_col_mine) > 0,
        };
    return query_end(&q, OK);
}

status figure_value_list(struct db *db, struct arena *a, id root, id entry, struct figure_values *out)
{
    enum { MOST = 256 };
    *out = (struct figure_values){ .at = arena_new(a, struct figure_value, MOST) };
    struct query q = db_query(db, &sql_figure_value_list);
    bind_id(&q, figure_value_list_root, root);
    bind_id(&q, figure_value_list_entry, entry);
    bind_int(&q, figure_value_list_limit, MOST);
    while (query_next(&q)) {
        str field = read_str(&q, figure_value_list_col_field, a), code = read_str(&q, figure_value_list_col_code, a);
        struct figure_value *last = out->len ? &out->at[out->len - 1] : NULL;
        if (last && str_equal(last->field, field))
            last->value = str_join(a, str_join(a, last->value, lit(";")), code);
        else
            out->at[out->len++] = (struct figure_value){ field, code };
    }
    return query_end(&q, OK);
}

status measure_written_since(struct db *db, int64_t day, int64_t *n)
{
    struct query q = db_query(db, &sql_figure_written_since);
    bind_int(&q, figure_written_since_day, day);
    *n = query_next(&q) ? read_int(&q, figure_written_since_col_n) : 0;
    return query_end(&q, OK);
}
