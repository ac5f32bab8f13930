#include "vault/keeper_store.h"
#include "expiry_sql.h"

status expiry_find(struct db *db, id ring, uint32_t epoch, int64_t *day)
{
    struct query q = db_query(db, &sql_expiry_find);
    bind_id(&q, expiry_find_ring, ring);
    bind_int(&q, expiry_find_epoch, epoch);
    bool found = query_next(&q);
    if (found)
        *day = read_int(&q, expiry_find_col_day);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status expiry_insert(struct db *db, id ring, uint32_t epoch, int64_t day)
{
    struct query q = db_query(db, &sql_expiry_insert);
    bind_id(&q, expiry_insert_ring, ring);
    bind_int(&q, expiry_insert_epoch, epoch);
    bind_int(&q, expiry_insert_day, day);
    return query_run(&q);
}

status expiry_delete(struct db *db, id ring, uint32_t epoch)
{
    struct query q = db_query(db, &sql_expiry_delete);
    bind_id(&q, expiry_delete_ring, ring);
    bind_int(&q, expiry_delete_epoch, epoch);
    return query_run(&q);
}

status keep_forget(struct db *db, id ring)
{
    struct query q = db_query(db, &sql_expiry_delete_all);
    bind_id(&q, expiry_delete_all_ring, ring);
    status s = query_run(&q);
    if (s != OK)
        return s;
    q = db_query(db, &sql_hold_delete_all);
    bind_id(&q, hold_delete_all_ring, ring);
    return query_run(&q);
}

status hold_put(struct db *db, const struct ring_hold_row *h)
{
    struct query q = db_query(db, &sql_hold_put);
    bind_id(&q, hold_put_ring, h->ring);
    bind_id(&q, hold_put_id, h->hold);
    bind_id(&q, hold_put_about, h->about);
    bind_int(&q, hold_put_epoch, h->epoch);
    bind_int(&q, hold_put_until_day, h->until_day);
    return query_change(&q, CONFLICT);
}

_Static_assert((int)hold_until_col_until_day == (int)hold_until_scope_col_until_day, "one reader for both");

static struct query until_query(struct db *db, const struct ring *r, uint32_t epoch, int64_t today)
{
    if (!epoch) {
        struct query q = db_query(db, &sql_hold_until_scope);
        bind_int(&q, hold_until_scope_scope_kind, r->scope_kind);
        bind_id(&q, hold_until_scope_scope_id, r->scope);
        bind_int(&q, hold_until_scope_today, today);
        return q;
    }
    struct query q = db_query(db, &sql_hold_until);
    bind_id(&q, hold_until_ring, r->id);
    bind_int(&q, hold_until_today, today);
    bind_int(&q, hold_until_epoch, epoch);
    return q;
}

status hold_until(struct db *db, const struct ring *r, uint32_t epoch, int64_t today, int64_t *day)
{
    struct query q = until_query(db, r, epoch, today);
    bool found = query_next(&q) && !read_null(&q, hold_until_col_until_day);
    if (found)
        *day = read_int(&q, hold_until_col_until_day);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status hold_rings(struct db *db, id hold, struct ring_hold_row *out, int cap, int *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_hold_rings);
    bind_id(&q, hold_rings_id, hold);
    bind_int(&q, hold_rings_count, cap);
    while (*n < cap && query_next(&q))
        out[(*n)++] = (struct ring_hold_row){ .ring = read_id(&q, hold_rings_col_ring), .hold = hold, .about = read_id(&q, hold_rings_col_about) };
    return query_end(&q, OK);
}

status hold_delete(struct db *db, id hold)
{
    struct query q = db_query(db, &sql_hold_delete);
    bind_id(&q, hold_delete_id, hold);
    return query_run(&q);
}
