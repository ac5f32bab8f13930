#include "node_sql.h"
#include "vault/keeper_store.h"

status node_insert(struct db *db, const struct node *n)
{
    struct query q = db_query(db, &sql_node_insert);
    bind_int(&q, node_insert_number, n->number);
    bind_id(&q, node_insert_principal, n->principal);
    bind_str(&q, node_insert_name, n->name);
    return query_run(&q);
}

status node_list(struct db *db, struct arena *a, struct node out[NODES], int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_node_list);
    bind_int(&q, node_list_count, NODES);
    while (*n < NODES && query_next(&q)) {
        int64_t number = read_int(&q, node_list_col_number);
        out[*n] = (struct node){ (uint32_t)number, read_id(&q, node_list_col_principal), read_str(&q, node_list_col_name, a) };
        if (number < 1 || number > NODES)
            return query_end(&q, FAULT);
        ++*n;
    }
    return query_end(&q, OK);
}

status node_sign_find(struct db *db, uint32_t number, uint8_t key[KEY], id *who)
{
    struct query q = db_query(db, &sql_node_sign);
    bind_int(&q, node_sign_number, number);
    bool found = query_next(&q);
    if (found) {
        read_bytes(&q, node_sign_col_epub, key, KEY);
        *who = read_id(&q, node_sign_col_id);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status log_orphans(struct db *db, int64_t *logs)
{
    struct query q = db_query(db, &sql_log_orphans);
    *logs = query_next(&q) ? read_int(&q, log_orphans_col_logs) : 0;
    return query_end(&q, OK);
}
