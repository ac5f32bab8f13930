#include "directory/office/office.h"
#include "office_sql.h"

/* The three selects name the same columns in the same order. */
static struct office read_office(struct query *q, struct arena *a)
{
    return (struct office){
        .id = read_id(q, office_find_col_id),
        .code = read_str(q, office_find_col_code, a),
        .name = read_str(q, office_find_col_name, a),
        .city = read_str(q, office_find_col_city, a),
        .state = read_str(q, office_find_col_state, a),
        .kind = read_str(q, office_find_col_kind, a),
        .made_day = read_int(q, office_find_col_made_day),
    };
}

status office_add(struct db *db, const struct office *o)
{
    struct query q = db_query(db, &sql_office_insert);
    bind_id(&q, office_insert_id, o->id);
    bind_str(&q, office_insert_code, o->code);
    bind_str(&q, office_insert_name, o->name);
    bind_str(&q, office_insert_city, o->city);
    bind_str(&q, office_insert_state, o->state);
    bind_str(&q, office_insert_kind, o->kind);
    bind_int(&q, office_insert_made_day, o->made_day);
    return query_run(&q);
}

static status find_one(struct query *q, struct arena *a, struct office *out)
{
    bool found = query_next(q);
    if (found)
        *out = read_office(q, a);
    return query_end(q, found ? OK : NOT_FOUND);
}

status office_find(struct db *db, struct arena *a, id office, struct office *out)
{
    struct query q = db_query(db, &sql_office_find);
    bind_id(&q, office_find_id, office);
    return find_one(&q, a, out);
}

status office_find_code(struct db *db, struct arena *a, str code, struct office *out)
{
    struct query q = db_query(db, &sql_office_find_code);
    bind_str(&q, office_find_code_code, code);
    return find_one(&q, a, out);
}

status office_list(struct db *db, struct arena *a, str after, int64_t limit, struct offices *out)
{
    must(limit > 0 && limit <= OFFICES_MOST);
    *out = (struct offices){ .at = arena_new(a, struct office, limit) };
    struct query q = db_query(db, &sql_office_list);
    bind_str(&q, office_list_after, after);
    bind_int(&q, office_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = read_office(&q, a);
    return query_end(&q, OK);
}
