#include "staff/roster/roster_store.h"
#include "roster_sql.h"

static struct duty read_duty(struct query *q, struct arena *a)
{
    return (struct duty){
        .office = read_id(q, duty_list_col_office),
        .id = read_id(q, duty_list_col_id),
        .account = read_id(q, duty_list_col_account),
        .duty = read_str(q, duty_list_col_duty, a),
        .language = read_str(q, duty_list_col_language, a),
        .from_day = read_int(q, duty_list_col_from_day),
        .to_day = read_int(q, duty_list_col_to_day),
    };
}

status duty_add(struct db *db, const struct duty *d)
{
    struct query q = db_query(db, &sql_duty_insert);
    bind_id(&q, duty_insert_office, d->office);
    bind_id(&q, duty_insert_id, d->id);
    bind_id(&q, duty_insert_account, d->account);
    bind_str(&q, duty_insert_duty, d->duty);
    bind_str(&q, duty_insert_language, d->language);
    bind_int(&q, duty_insert_from_day, d->from_day);
    bind_int(&q, duty_insert_to_day, d->to_day);
    return query_run(&q);
}

status duty_end(struct db *db, id office, id duty, int64_t last_day)
{
    struct query q = db_query(db, &sql_duty_end);
    bind_id(&q, duty_end_office, office);
    bind_id(&q, duty_end_id, duty);
    bind_int(&q, duty_end_last_day, last_day);
    return query_change(&q, NOT_FOUND);
}

status duty_rows(struct db *db, struct arena *a, id office, str duty, int64_t day, int64_t limit, struct duties *out)
{
    must(limit > 0 && limit <= DUTIES_MOST);
    *out = (struct duties){ .at = arena_new(a, struct duty, limit) };
    struct query q = db_query(db, &sql_duty_list);
    bind_id(&q, duty_list_office, office);
    bind_str(&q, duty_list_duty, duty);
    bind_int(&q, duty_list_day, day);
    bind_int(&q, duty_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = read_duty(&q, a);
    return query_end(&q, OK);
}
