#include "triage/match/match_across_rows.h"
#include "match_across_sql.h"

status tip_across_put(struct db *db, const struct across_row *row)
{
    struct query q = db_query(db, &sql_tip_across_put);
    bind_id(&q, tip_across_put_tip, row->tip);
    bind_id(&q, tip_across_put_id, row->id);
    bind_blob(&q, tip_across_put_sealed, row->sealed);
    return query_run(&q);
}

status tip_across_find(struct db *db, struct arena *a, id tip, id row, str *sealed)
{
    struct query q = db_query(db, &sql_tip_across_find);
    bind_id(&q, tip_across_find_tip, tip);
    bind_id(&q, tip_across_find_id, row);
    bool there = query_next(&q);
    *sealed = there ? read_str(&q, tip_across_find_col_sealed, a) : (str){ 0 };
    return query_end(&q, there ? OK : NOT_FOUND);
}

status tip_across_list(struct db *db, struct arena *a, id after, int64_t limit, struct across_rows *out)
{
    *out = (struct across_rows){ .at = arena_new(a, struct across_row, limit) };
    struct query q = db_query(db, &sql_tip_across_list);
    bind_id(&q, tip_across_list_after, after);
    bind_int(&q, tip_across_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct across_row){ read_id(&q, tip_across_list_col_tip), read_id(&q, tip_across_list_col_id),
                                                   read_str(&q, tip_across_list_col_sealed, a) };
    return query_end(&q, OK);
}

status across_office(struct db *db, id about, id *office, bool *file)
{
    status s = tip_office(db, about, office);
    *file = s == NOT_FOUND;
    if (s != NOT_FOUND)
        return s;
    struct query q = db_query(db, &sql_across_case_office);
    bind_id(&q, across_case_office_root, about);
    bool there = query_next(&q);
    if (there)
        *office = read_id(&q, across_case_office_col_office);
    return query_end(&q, there ? OK : NOT_FOUND);
}

status across_together(struct db *db, const struct match_pair *p, bool *together)
{
    struct query q;
    *together = false;
    if (!p->file[0] && !p->file[1])
        return OK;
    if (p->file[0] && p->file[1]) {
        q = db_query(db, &sql_across_on_both_cases);
        bind_id(&q, across_on_both_cases_one, p->tip[0]);
        bind_id(&q, across_on_both_cases_other, p->tip[1]);
        *together = query_next(&q) && read_int(&q, across_on_both_cases_col_both);
        return query_end(&q, OK);
    }
    q = db_query(db, &sql_across_tip_on_case);
    bind_id(&q, across_tip_on_case_root, p->tip[!p->file[0]]);
    bind_id(&q, across_tip_on_case_tip, p->tip[p->file[0]]);
    bind_id(&q, across_tip_on_case_office, p->office[p->file[0]]);
    *together = query_next(&q) && read_int(&q, across_tip_on_case_col_both);
    return query_end(&q, OK);
}
