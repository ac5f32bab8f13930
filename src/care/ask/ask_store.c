#include "care/ask/ask.h"
#include "ask_sql.h"

status ask_add(struct db *db, const struct ask *x)
{
    struct query q = db_query(db, &sql_ask_insert);
    bind_id(&q, ask_insert_office, x->office);
    bind_id(&q, ask_insert_id, x->id);
    bind_blob(&q, ask_insert_sealed, x->sealed);
    return query_run(&q);
}

status ask_list(struct db *db, struct arena *a, id office, const id *before, int64_t limit, struct asks *out)
{
    id last;
    memset(last.at, 0xff, sizeof last.at);
    *out = (struct asks){ .at = arena_new(a, struct ask, limit) };
    struct query q = db_query(db, &sql_ask_list);
    bind_id(&q, ask_list_office, office);
    bind_id(&q, ask_list_before, before ? *before : last);
    bind_int(&q, ask_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct ask){ .office = office, .id = read_id(&q, ask_list_col_id), .sealed = read_str(&q, ask_list_col_sealed, a) };
    return query_end(&q, OK);
}

status ask_find(struct db *db, struct arena *a, id office, id request, struct ask *out)
{
    struct query q = db_query(db, &sql_ask_find);
    bind_id(&q, ask_find_office, office);
    bind_id(&q, ask_find_id, request);
    bool found = query_next(&q);
    if (found)
        *out = (struct ask){ .office = office, .id = request, .sealed = read_str(&q, ask_find_col_sealed, a) };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status ask_remove(struct db *db, id office, id request)
{
    struct query q = db_query(db, &sql_ask_delete);
    bind_id(&q, ask_delete_office, office);
    bind_id(&q, ask_delete_id, request);
    return query_change(&q, NOT_FOUND);
}
