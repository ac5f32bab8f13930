#include "intake/tip/tip.h"
#include "tip_sql.h"

status tip_list(struct db *db, struct arena *a, const struct tip_filter *filter, const struct tip_place *after, int64_t limit,
                struct tip_rows *out)
{
    *out = (struct tip_rows){ .at = arena_new(a, struct tip_row, limit) };
    struct query q = db_query(db, &sql_tip_list);
    bind_id(&q, tip_list_office, filter->office);
    bind_int(&q, tip_list_priority, filter->priority);
    bind_str(&q, tip_list_language, filter->language);
    bind_int(&q, tip_list_after_priority, after->set ? after->priority : -1);
    bind_int(&q, tip_list_after_day, after->day);
    bind_id(&q, tip_list_after_id, after->id);
    bind_int(&q, tip_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct tip_row){
            .office = filter->office,
            .id = read_id(&q, tip_list_col_id),
            .priority = (int)read_int(&q, tip_list_col_priority),
            .day = read_int(&q, tip_list_col_day),
            .language = read_str(&q, tip_list_col_language, a),
            .channel = read_str(&q, tip_list_col_channel, a),
        };
    return query_end(&q, OK);
}

status tip_find(struct db *db, struct arena *a, id office, id tip, struct tip_row *out)
{
    struct query q = db_query(db, &sql_tip_find);
    bind_id(&q, tip_find_id, tip);
    bind_id(&q, tip_find_office, office);
    bool found = query_next(&q);
    if (found)
        *out = (struct tip_row){
            .id = tip,
            .office = office,
            .priority = (int)read_int(&q, tip_find_col_priority),
            .day = read_int(&q, tip_find_col_day),
            .language = read_str(&q, tip_find_col_language, a),
            .channel = read_str(&q, tip_find_col_channel, a),
            .sealed = read_str(&q, tip_find_col_sealed, a),
            .has_source = read_int(&q, tip_find_col_sources) > 0,
        };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status tip_find_source(struct db *db, struct arena *a, id tip, str *sealed)
{
    struct query q = db_query(db, &sql_tip_find_source);
    bind_id(&q, tip_find_source_tip, tip);
    bool found = query_next(&q);
    if (found)
        *sealed = read_str(&q, tip_find_source_col_sealed, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status tip_list_additions(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_additions *out)
{
    *out = (struct tip_additions){ .at = arena_new(a, struct tip_addition, limit) };
    struct query q = db_query(db, &sql_tip_list_additions);
    bind_id(&q, tip_list_additions_tip, tip);
    bind_int(&q, tip_list_additions_limit, limit);
    bind_int(&q, tip_list_additions_skip, skip);
    while (query_next(&q))
        out->at[out->len++] = (struct tip_addition){
            .id = read_id(&q, tip_list_additions_col_id),
            .kind = read_str(&q, tip_list_additions_col_kind, a),
            .day = read_int(&q, tip_list_additions_col_day),
            .sealed = read_str(&q, tip_list_additions_col_sealed, a),
        };
    return query_end(&q, OK);
}

status tip_office(struct db *db, id tip, id *office)
{
    struct query q = db_query(db, &sql_tip_office_of);
    bind_id(&q, tip_office_of_id, tip);
    bool found = query_next(&q);
    if (found)
        *office = read_id(&q, tip_office_of_col_office);
    return query_end(&q, found ? OK : NOT_FOUND);
}
