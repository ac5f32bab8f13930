#include "staff/key/key.h"
#include "key_sql.h"

status key_add(struct db *db, const struct api_key *k)
{
    struct query q = db_query(db, &sql_api_key_insert);
    bind_id(&q, api_key_insert_id, k->id);
    bind_str(&q, api_key_insert_name, k->name);
    bind_blob(&q, api_key_insert_verifier, (str){ (const char *)k->verifier, sizeof k->verifier });
    bind_int(&q, api_key_insert_scopes, k->scopes);
    bind_int(&q, api_key_insert_class, k->class);
    bind_id(&q, api_key_insert_office, k->office);
    bind_int(&q, api_key_insert_per_minute, k->per_minute);
    bind_id(&q, api_key_insert_maker, k->maker);
    bind_int(&q, api_key_insert_made_day, k->made_day);
    bind_int(&q, api_key_insert_until_day, k->until_day);
    return query_run(&q);
}

/* Both statements name their columns alike and in one order. */
static struct api_key read_key(struct query *q, struct arena *a)
{
    struct api_key k = {
        .id = read_id(q, api_key_list_col_id),
        .name = read_str(q, api_key_list_col_name, a),
        .scopes = read_int(q, api_key_list_col_scopes),
        .class = read_int(q, api_key_list_col_class),
        .office = read_id(q, api_key_list_col_office),
        .per_minute = read_int(q, api_key_list_col_per_minute),
        .maker = read_id(q, api_key_list_col_maker),
        .made_day = read_int(q, api_key_list_col_made_day),
        .until_day = read_int(q, api_key_list_col_until_day),
        .ended_day = read_int(q, api_key_list_col_ended_day),
        .successor = read_null(q, api_key_list_col_successor) ? (id){ { 0 } } : read_id(q, api_key_list_col_successor),
    };
    read_bytes(q, api_key_list_col_verifier, k.verifier, sizeof k.verifier);
    return k;
}

status key_find(struct db *db, struct arena *a, id key, struct api_key *out)
{
    struct query q = db_query(db, &sql_api_key_find);
    bind_id(&q, api_key_find_id, key);
    bool found = query_next(&q);
    if (found)
        *out = read_key(&q, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status key_list(struct db *db, struct arena *a, struct api_keys *out)
{
    *out = (struct api_keys){ .at = arena_new(a, struct api_key, KEYS_MOST) };
    struct query q = db_query(db, &sql_api_key_list);
    bind_int(&q, api_key_list_limit, KEYS_MOST);
    while (query_next(&q))
        out->at[out->len++] = read_key(&q, a);
    return query_end(&q, OK);
}

status key_end(struct db *db, id key, int64_t day)
{
    struct query q = db_query(db, &sql_api_key_end);
    bind_id(&q, api_key_end_id, key);
    bind_int(&q, api_key_end_day, day);
    return query_change(&q, NOT_FOUND);
}

status key_succeed(struct db *db, id key, id successor, int64_t until_day)
{
    struct query q = db_query(db, &sql_api_key_succeed);
    bind_id(&q, api_key_succeed_id, key);
    bind_id(&q, api_key_succeed_successor, successor);
    bind_int(&q, api_key_succeed_until_day, until_day);
    return query_change(&q, NOT_FOUND);
}
