#include "common/share/share.h"
#include "share_sql.h"

status share_put(struct db *db, const struct share *s)
{
    struct query q = db_query(db, &sql_share_put);
    bind_id(&q, share_put_root, s->root);
    bind_id(&q, share_put_row_id, s->row);
    bind_id(&q, share_put_ring, s->ring);
    if (s->until_day == SHARE_FOR_EVER)
        bind_null(&q, share_put_until_day);
    else
        bind_int(&q, share_put_until_day, s->until_day);
    bind_blob(&q, share_put_keybox, (str){ (const char *)s->keybox, KEYBOX });
    return query_run(&q);
}

status share_find(struct db *db, struct arena *a, id root, id row, id ring, int64_t day, const uint8_t **keybox)
{
    struct query q = db_query(db, &sql_share_find);
    bind_id(&q, share_find_root, root);
    bind_id(&q, share_find_row_id, row);
    bind_id(&q, share_find_ring, ring);
    bind_int(&q, share_find_day, day);
    bool found = query_next(&q);
    if (found)
        *keybox = (const uint8_t *)read_str(&q, share_find_col_keybox, a).at;
    return query_end(&q, found ? OK : NOT_FOUND);
}
