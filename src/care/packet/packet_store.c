#include "care/packet/packet.h"
#include "packet_sql.h"

status packet_add(struct db *db, const struct packet *p)
{
    struct query q = db_query(db, &sql_packet_insert);
    bind_id(&q, packet_insert_id, p->id);
    bind_id(&q, packet_insert_holder, p->holder);
    bind_int(&q, packet_insert_until_day, p->until_day);
    bind_blob(&q, packet_insert_sealed, p->sealed);
    return query_run(&q);
}

status packet_list(struct db *db, struct arena *a, id holder, int64_t today, const id *before, int64_t limit, struct packets *out)
{
    id last;
    memset(last.at, 0xff, sizeof last.at);
    *out = (struct packets){ .at = arena_new(a, struct packet, limit) };
    struct query q = db_query(db, &sql_packet_list);
    bind_id(&q, packet_list_holder, holder);
    bind_int(&q, packet_list_today, today);
    bind_id(&q, packet_list_before, before ? *before : last);
    bind_int(&q, packet_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct packet){ .id = read_id(&q, packet_list_col_id), .holder = holder,
                                               .until_day = read_int(&q, packet_list_col_until_day),
                                               .sealed = read_str(&q, packet_list_col_sealed, a) };
    return query_end(&q, OK);
}

status packet_end(struct db *db, id packet)
{
    struct query q = db_query(db, &sql_packet_delete);
    bind_id(&q, packet_delete_id, packet);
    return query_change(&q, NOT_FOUND);
}
