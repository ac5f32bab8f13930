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
