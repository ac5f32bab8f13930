#include "common/tally/tally.h"
#include "tally_sql.h"

int64_t tally_month(int64_t day)
{
    struct civil c = civil_from(day * 86400);
    return 12 * (int64_t)c.year + c.month - 1;
}

status tally_add(struct db *db, str measure, id office, int64_t day, int64_t more)
{
    struct query q = db_query(db, &sql_tally_change);
    bind_id(&q, tally_change_office, office);
    bind_str(&q, tally_change_measure, measure);
    bind_int(&q, tally_change_month, tally_month(day));
    bind_int(&q, tally_change_more, more);
    status s = query_run(&q);
    if (s != OK || db_changed(db))
        return s;
    if (more < 0)
        return CONFLICT;
    q = db_query(db, &sql_tally_insert);
    bind_str(&q, tally_insert_measure, measure);
    bind_id(&q, tally_insert_office, office);
    bind_int(&q, tally_insert_month, tally_month(day));
    bind_int(&q, tally_insert_n, more);
    return query_run(&q);
}

status tally_list(struct db *db, struct arena *a, int64_t from_month, int64_t to_month, struct tallies *out)
{
    enum { FIRST = 256 };
    ptrdiff_t room = FIRST;
    *out = (struct tallies){ .at = arena_new(a, struct tally, room) };
    struct query q = db_query(db, &sql_tally_list);
    bind_int(&q, tally_list_from_month, from_month);
    bind_int(&q, tally_list_to_month, to_month);
    bind_int(&q, tally_list_limit, TALLIES_MOST);
    while (query_next(&q)) {
        if (out->len == room) {
            struct tally *more = arena_new(a, struct tally, 2 * room);
            memcpy(more, out->at, (size_t)room * sizeof *more);
            out->at = more;
            room *= 2;
        }
        out->at[out->len++] = (struct tally){ read_str(&q, tally_list_col_measure, a), read_id(&q, tally_list_col_office),
                                              read_int(&q, tally_list_col_month), read_int(&q, tally_list_col_n) };
    }
    return query_end(&q, OK);
}
