#include "triage/queue/queue.h"
#include "queue_sql.h"

status queue_filter_put(struct db *db, id account, const struct queue_filter *f)
{
    struct query q = db_query(db, &sql_queue_filter_put);
    bind_id(&q, queue_filter_put_account, account);
    bind_str(&q, queue_filter_put_name, f->name);
    bind_str(&q, queue_filter_put_query, f->query);
    return query_run(&q);
}

status queue_filter_delete(struct db *db, id account, str name)
{
    struct query q = db_query(db, &sql_queue_filter_delete);
    bind_id(&q, queue_filter_delete_account, account);
    bind_str(&q, queue_filter_delete_name, name);
    return query_run(&q);
}

status queue_filter_list(struct db *db, struct arena *a, id account, struct queue_filters *out)
{
    *out = (struct queue_filters){ .at = arena_new(a, struct queue_filter, QUEUE_FILTERS_MOST) };
    struct query q = db_query(db, &sql_queue_filter_list);
    bind_id(&q, queue_filter_list_account, account);
    bind_int(&q, queue_filter_list_limit, QUEUE_FILTERS_MOST);
    while (query_next(&q))
        out->at[out->len++] = (struct queue_filter){
            .name = read_str(&q, queue_filter_list_col_name, a),
            .query = read_str(&q, queue_filter_list_col_query, a),
        };
    return query_end(&q, OK);
}

status queue_first_unowned(struct db *db, id office, int priority, struct queue_due *out)
{
    struct query q = db_query(db, &sql_queue_first_unowned);
    bind_id(&q, queue_first_unowned_office, office);
    bind_int(&q, queue_first_unowned_priority, priority);
    bool found = query_next(&q);
    if (found)
        *out = (struct queue_due){ read_id(&q, queue_first_unowned_col_id), (int)read_int(&q, queue_first_unowned_col_priority),
                                   read_int(&q, queue_first_unowned_col_due) };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status queue_first_of_clock(struct db *db, id office, id assignee, str code, struct queue_due *out)
{
    struct query q = db_query(db, &sql_queue_first_of_clock);
    bind_id(&q, queue_first_of_clock_office, office);
    bind_id(&q, queue_first_of_clock_assignee, assignee);
    bind_str(&q, queue_first_of_clock_code, code);
    bool found = query_next(&q);
    if (found)
        *out = (struct queue_due){ read_id(&q, queue_first_of_clock_col_id), (int)read_int(&q, queue_first_of_clock_col_priority),
                                   read_int(&q, queue_first_of_clock_col_due) };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status queue_first_late(struct db *db, id office, int64_t minute, struct queue_due *out)
{
    struct query q = db_query(db, &sql_queue_first_late);
    bind_id(&q, queue_first_late_office, office);
    bind_int(&q, queue_first_late_minute, minute);
    bool found = query_next(&q);
    if (found)
        *out = (struct queue_due){ read_id(&q, queue_first_late_col_id), (int)read_int(&q, queue_first_late_col_priority),
                                   read_int(&q, queue_first_late_col_due) };
    return query_end(&q, found ? OK : NOT_FOUND);
}
