#include "clock_sql.h"
#include "common/clock/clock.h"

static struct query insert(struct db *db, id root, struct clock_start start, int64_t run, int64_t started_day)
{
    struct query q = db_query(db, &sql_clock_insert);
    bind_id(&q, clock_insert_root, root);
    bind_str(&q, clock_insert_code, start.code);
    bind_int(&q, clock_insert_run, run);
    bind_int(&q, clock_insert_started_day, started_day);
    bind_int(&q, clock_insert_due_minute, start.due_minute);
    return q;
}

status clock_start(struct db *db, id root, struct clock_start start, int64_t started_day)
{
    struct query last = db_query(db, &sql_clock_last_run);
    bind_id(&last, clock_last_run_root, root);
    bind_str(&last, clock_last_run_code, start.code);
    bool any = query_next(&last);
    int64_t run = any ? read_int(&last, clock_last_run_col_run) : 0;
    bool runs = any && !read_null(&last, clock_last_run_col_due_minute);
    status s = query_end(&last, OK);
    if (s != OK || runs)
        return s;
    struct query q = insert(db, root, start, run + 1, started_day);
    return query_run(&q);
}

void clock_start_first(struct db *db, id root, struct clock_start start, int64_t started_day, int64_t *changed)
{
    struct query q = insert(db, root, start, 1, started_day);
    query_later(&q, changed);
}

status clock_stop(struct db *db, id root, str code, int64_t day)
{
    struct query q = db_query(db, &sql_clock_stop);
    bind_int(&q, clock_stop_day, day);
    bind_id(&q, clock_stop_root, root);
    bind_str(&q, clock_stop_code, code);
    return query_change(&q, NOT_FOUND);
}

status clock_event(struct db *db, const struct pack_clocks *c, id root, str event, int64_t day)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < c->clock_count; i++) {
        if (!str_equal(c->clocks[i].stop_event, event))
            continue;
        s = clock_stop(db, root, c->clocks[i].code, day);
        if (s == NOT_FOUND)
            s = OK;
    }
    return s;
}

static status read_clocks(struct query *q, struct arena *a, int64_t limit, struct clocks *out)
{
    *out = (struct clocks){ arena_new(a, struct clock, limit), 0 };
    while (out->len < limit && query_next(q)) {
        bool runs = !read_null(q, clock_list_of_col_due_minute);
        out->at[out->len++] = (struct clock){
            .root = read_id(q, clock_list_of_col_root),
            .code = read_str(q, clock_list_of_col_code, a),
            .run = read_int(q, clock_list_of_col_run),
            .started_day = read_int(q, clock_list_of_col_started_day),
            .due_minute = runs ? read_int(q, clock_list_of_col_due_minute) : CLOCK_NEVER,
            .stopped_day = runs ? PACK_NO_DAY : read_int(q, clock_list_of_col_stopped_day),
        };
    }
    return query_end(q, OK);
}

_Static_assert((int)clock_list_of_col_stopped_day == (int)clock_list_due_col_stopped_day, "one reader for both lists");

status clock_list_of(struct db *db, struct arena *a, id root, int64_t limit, struct clocks *out)
{
    struct query q = db_query(db, &sql_clock_list_of);
    bind_id(&q, clock_list_of_root, root);
    bind_int(&q, clock_list_of_limit, limit);
    return read_clocks(&q, a, limit, out);
}

status clock_list_due(struct db *db, struct arena *a, int64_t until_minute, const struct clock *after, int64_t limit, struct clocks *out)
{
    static const struct clock start = { .due_minute = INT64_MIN };
    const struct clock *from = after ? after : &start;
    struct query q = db_query(db, &sql_clock_list_due);
    bind_int(&q, clock_list_due_until_minute, until_minute);
    bind_int(&q, clock_list_due_after_minute, from->due_minute);
    bind_id(&q, clock_list_due_after_root, from->root);
    bind_str(&q, clock_list_due_after_code, from->code);
    bind_int(&q, clock_list_due_after_run, from->run);
    bind_int(&q, clock_list_due_limit, limit);
    return read_clocks(&q, a, limit, out);
}

status clock_count_due(struct db *db, int64_t until_minute, int64_t *count)
{
    struct query q = db_query(db, &sql_clock_count_due);
    bind_int(&q, clock_count_due_until_minute, until_minute);
    query_next(&q);
    *count = read_int(&q, clock_count_due_col_due);
    return query_end(&q, OK);
}
