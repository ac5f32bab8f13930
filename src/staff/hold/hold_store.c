#include "staff/hold/hold.h"
#include "hold_sql.h"

status hold_add(struct db *db, const struct hold *h)
{
    struct query q = db_query(db, &sql_hold_insert);
    bind_id(&q, hold_insert_root, h->root);
    bind_id(&q, hold_insert_id, h->id);
    bind_str(&q, hold_insert_kind, h->kind);
    bind_id(&q, hold_insert_author, h->author);
    bind_int(&q, hold_insert_day, h->day);
    bind_int(&q, hold_insert_until_day, h->until_day);
    bind_blob(&q, hold_insert_sealed, h->sealed);
    return query_run(&q);
}

status hold_list(struct db *db, struct arena *a, id root, int64_t limit, struct holds *out)
{
    *out = (struct holds){ arena_new(a, struct hold, limit), 0 };
    struct query q = db_query(db, &sql_hold_list);
    bind_id(&q, hold_list_root, root);
    bind_int(&q, hold_list_limit, limit);
    while (out->len < limit && query_next(&q))
        out->at[out->len++] = (struct hold){
            .root = root, .id = read_id(&q, hold_list_col_id), .author = read_id(&q, hold_list_col_author),
            .kind = read_str(&q, hold_list_col_kind, a), .day = read_int(&q, hold_list_col_day),
            .until_day = read_int(&q, hold_list_col_until_day),
            .lifted_day = read_null(&q, hold_list_col_lifted_day) ? 0 : read_int(&q, hold_list_col_lifted_day),
            .sealed = read_str(&q, hold_list_col_sealed, a),
        };
    return query_end(&q, OK);
}

status hold_prolong(struct db *db, id root, id hold, int64_t today, int64_t until)
{
    struct query q = db_query(db, &sql_hold_prolong);
    bind_int(&q, hold_prolong_until_day, until);
    bind_id(&q, hold_prolong_root, root);
    bind_id(&q, hold_prolong_id, hold);
    bind_int(&q, hold_prolong_today, today);
    return query_change(&q, NOT_FOUND);
}

status hold_lift(struct db *db, id root, id hold, int64_t today)
{
    struct query q = db_query(db, &sql_hold_lift);
    bind_int(&q, hold_lift_today, today);
    bind_id(&q, hold_lift_root, root);
    bind_id(&q, hold_lift_id, hold);
    return query_change(&q, NOT_FOUND);
}

status hold_last_day(struct db *db, id root, int64_t today, int64_t *day)
{
    struct query q = db_query(db, &sql_hold_last_day);
    bind_id(&q, hold_last_day_root, root);
    bind_int(&q, hold_last_day_today, today);
    bool found = query_next(&q) && !read_null(&q, hold_last_day_col_until_day);
    if (found)
        *day = read_int(&q, hold_last_day_col_until_day);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status hold_list_ending(struct db *db, struct arena *a, id author, int64_t today, int64_t until, int64_t limit, struct holds *out)
{
    *out = (struct holds){ arena_new(a, struct hold, limit), 0 };
    struct query q = db_query(db, &sql_hold_list_ending);
    bind_id(&q, hold_list_ending_author, author);
    bind_int(&q, hold_list_ending_today, today);
    bind_int(&q, hold_list_ending_until_day, until);
    bind_int(&q, hold_list_ending_limit, limit);
    while (out->len < limit && query_next(&q))
        out->at[out->len++] = (struct hold){ .root = read_id(&q, hold_list_ending_col_root), .id = read_id(&q, hold_list_ending_col_id),
                                             .author = author, .kind = read_str(&q, hold_list_ending_col_kind, a),
                                             .until_day = read_int(&q, hold_list_ending_col_until_day) };
    return query_end(&q, OK);
}
