#include "directory/office/office.h"
#include "figures/release/release.h"
#include "release_sql.h"

status release_offices(struct db *db, struct arena *a, const struct figures *g, id own, str own_name, struct release_office *out)
{
    struct office o;
    for (ptrdiff_t i = 0; i < g->office_count; i++) {
        status s = office_find(db, a, g->offices[i], &o);
        if (s != OK && s != NOT_FOUND)
            return s;
        str name = id_short(a, g->offices[i]);
        bool is_own = own_name.len && id_equal(g->offices[i], own);
        out[i] = s == OK ? (struct release_office){ o.code, o.name } : (struct release_office){ name, is_own ? own_name : name };
    }
    return OK;
}

static status add_row(struct db *db, id release, const struct release_row *r)
{
    struct query q = db_query(db, &sql_figure_published_insert);
    bind_id(&q, figure_published_insert_release, release);
    bind_str(&q, figure_published_insert_class, r->class);
    bind_str(&q, figure_published_insert_measure, r->measure);
    bind_str(&q, figure_published_insert_office, r->office);
    bind_str(&q, figure_published_insert_fiscal_year, r->year);
    bind_int(&q, figure_published_insert_value, r->value);
    bind_int(&q, figure_published_insert_scale, r->scale);
    return query_run(&q);
}

static status add_part(struct db *db, id release, const struct release_part *p)
{
    struct query q = db_query(db, &sql_figure_page_insert);
    bind_id(&q, figure_page_insert_release, release);
    bind_str(&q, figure_page_insert_part, p->part);
    bind_blob(&q, figure_page_insert_bytes, p->bytes);
    return query_run(&q);
}

status release_add(struct db *db, const struct release *r, const struct release_rows *rows, const struct release_part *parts, ptrdiff_t n)
{
    struct query q = db_query(db, &sql_figure_release_insert);
    bind_id(&q, figure_release_insert_id, r->id);
    bind_int(&q, figure_release_insert_day, r->day);
    bind_id(&q, figure_release_insert_author, r->author);
    status s = query_run(&q);
    for (ptrdiff_t i = 0; s == OK && i < rows->len; i++)
        s = add_row(db, r->id, &rows->at[i]);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = add_part(db, r->id, &parts[i]);
    return s;
}

status release_newest(struct db *db, struct release *out)
{
    struct query q = db_query(db, &sql_figure_release_newest);
    bool found = query_next(&q);
    if (found)
        *out = (struct release){ .id = read_id(&q, figure_release_newest_col_id),
                                 .author = read_id(&q, figure_release_newest_col_author),
                                 .day = read_int(&q, figure_release_newest_col_day) };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status release_bytes(struct db *db, struct arena *a, str part, str *out)
{
    struct query q = db_query(db, &sql_figure_page_newest);
    bind_str(&q, figure_page_newest_part, part);
    bool found = query_next(&q);
    *out = found ? read_str(&q, figure_page_newest_col_bytes, a) : (str){ 0 };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status release_row_list(struct db *db, struct arena *a, id release, struct release_rows *out)
{
    enum { MOST = 20000 };
    *out = (struct release_rows){ .at = arena_new(a, struct release_row, MOST) };
    struct query q = db_query(db, &sql_figure_published_list);
    bind_id(&q, figure_published_list_release, release);
    bind_int(&q, figure_published_list_limit, MOST);
    while (query_next(&q))
        out->at[out->len++] = (struct release_row){
            .class = read_str(&q, figure_published_list_col_class, a),
            .measure = read_str(&q, figure_published_list_col_measure, a),
            .office = read_str(&q, figure_published_list_col_office, a),
            .year = read_str(&q, figure_published_list_col_fiscal_year, a),
            .value = read_int(&q, figure_published_list_col_value),
            .scale = read_int(&q, figure_published_list_col_scale),
        };
    return query_end(&q, OK);
}
