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

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

status boot_put(struct db *db, const struct boot *b)
{
    struct query q = db_query(db, &sql_boot_put);
    bind_int(&q, boot_put_number, b->number);
    bind_blob(&q, boot_put_pub, view(b->open, KEY));
    bind_blob(&q, boot_put_sig, view(b->signature, SIGNATURE));
    return query_run(&q);
}

status boot_find(struct db *db, uint32_t number, struct boot *out)
{
    struct query q = db_query(db, &sql_boot_find);
    bind_int(&q, boot_find_number, number);
    bool found = query_next(&q);
    *out = (struct boot){ .number = number };
    if (found) {
        read_bytes(&q, boot_find_col_pub, out->open, KEY);
        read_bytes(&q, boot_find_col_sig, out->signature, SIGNATURE);
        out->given = !read_null(&q, boot_find_col_box);
        if (out->given)
            read_bytes(&q, boot_find_col_box, out->box, KEYBOX);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status boot_waiting(struct db *db, uint32_t but, struct boot out[NODES], int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_boot_waiting);
    bind_int(&q, boot_waiting_but, but);
    bind_int(&q, boot_waiting_count, NODES);
    while (*n < NODES && query_next(&q)) {
        struct boot *b = &out[(*n)++];
        *b = (struct boot){ .number = (uint32_t)read_int(&q, boot_waiting_col_number) };
        read_bytes(&q, boot_waiting_col_pub, b->open, KEY);
        read_bytes(&q, boot_waiting_col_sig, b->signature, SIGNATURE);
    }
    return query_end(&q, OK);
}

status boot_give(struct db *db, const struct boot *b)
{
    struct query q = db_query(db, &sql_boot_give);
    bind_int(&q, boot_give_number, b->number);
    bind_blob(&q, boot_give_pub, view(b->open, KEY));
    bind_blob(&q, boot_give_box, view(b->box, KEYBOX));
    return query_change(&q, CONFLICT);
}

status boot_delete(struct db *db, uint32_t number)
{
    struct query q = db_query(db, &sql_boot_delete);
    bind_int(&q, boot_delete_number, number);
    return query_run(&q);
}
