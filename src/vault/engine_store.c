#include "vault/keeper_store.h"
#include "engine_sql.h"

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

status service_find(struct db *db, id who, uint8_t keybox[KEYBOX])
{
    struct query q = db_query(db, &sql_service_find);
    bind_id(&q, service_find_principal, who);
    bool found = query_next(&q);
    if (found)
        read_bytes(&q, service_find_col_keybox, keybox, KEYBOX);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status service_lacking(struct db *db, id ring, id *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_service_lacking);
    bind_id(&q, service_lacking_ring, ring);
    bind_int(&q, service_lacking_count, cap);
    while (*n < cap && query_next(&q))
        out[(*n)++] = read_id(&q, service_lacking_col_id);
    return query_end(&q, OK);
}

status snapshot_find(struct db *db, id node, uint8_t box[BOX])
{
    struct query q = db_query(db, &sql_snapshot_find);
    bind_id(&q, snapshot_find_node, node);
    bool found = query_next(&q);
    if (found)
        read_bytes(&q, snapshot_find_col_box, box, BOX);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status snapshot_put(struct db *db, id node, const uint8_t box[BOX])
{
    struct query q = db_query(db, &sql_snapshot_put);
    bind_id(&q, snapshot_put_node, node);
    bind_blob(&q, snapshot_put_box, view(box, BOX));
    return query_run(&q);
}

status snapshot_delete(struct db *db, id node)
{
    struct query q = db_query(db, &sql_snapshot_delete);
    bind_id(&q, snapshot_delete_node, node);
    return query_run(&q);
}

static void read_reach(struct query *q, struct reach *out)
{
    struct member *m = &out->member;
    *m = (struct member){ .ring = read_id(q, reach_list_col_ring), .member = read_id(q, reach_list_col_member),
                          .granter = read_id(q, reach_list_col_granter) };
    m->compartment = (uint8_t)read_int(q, reach_list_col_compartment);
    m->class = (uint8_t)read_int(q, reach_list_col_class);
    m->since = (uint32_t)read_int(q, reach_list_col_since_epoch);
    m->day = (uint32_t)read_int(q, reach_list_col_day);
    m->until = (uint32_t)read_int(q, reach_list_col_until_day);
    m->flags = (uint32_t)read_int(q, reach_list_col_flags);
    read_bytes(q, reach_list_col_sig, m->signature, SIGNATURE);
    out->ring = (struct ring){ .id = m->ring, .scope = read_id(q, reach_list_col_scope_id), .compartment = m->compartment,
                               .scope_kind = (uint8_t)read_int(q, reach_list_col_scope_kind), .epoch = (uint32_t)read_int(q, reach_list_col_epoch) };
}

status reach_list(struct db *db, id who, enum compartment compartment, id after, struct reach *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_reach_list);
    bind_id(&q, reach_list_member, who);
    bind_int(&q, reach_list_compartment, compartment);
    bind_id(&q, reach_list_after, after);
    bind_int(&q, reach_list_count, cap);
    while (*n < cap && query_next(&q))
        read_reach(&q, &out[(*n)++]);
    return query_end(&q, OK);
}
