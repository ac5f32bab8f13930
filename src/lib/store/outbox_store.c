#include "lib/store/outbox.h"
#include "lib/log/log.h"
#include "outbox_sql.h"

static struct query insert(struct db *db, id row, int64_t kind, id about, int64_t due)
{
    struct query q = db_query(db, &sql_outbox_insert);
    bind_id(&q, outbox_insert_id, row);
    bind_int(&q, outbox_insert_kind, kind);
    bind_id(&q, outbox_insert_about, about);
    bind_int(&q, outbox_insert_due, due);
    return q;
}

status outbox_put(struct db *db, id row, int64_t kind, id about, int64_t due)
{
    struct query q = insert(db, row, kind, about, due);
    return query_run(&q);
}

void outbox_put_later(struct db *db, id row, int64_t kind, id about, int64_t due, int64_t *changed)
{
    struct query q = insert(db, row, kind, about, due);
    query_later(&q, changed);
}

static status park(struct db *db, const struct outbox_item *item)
{
    struct query q = db_query(db, &sql_outbox_park);
    bind_id(&q, outbox_park_id, item->id);
    bind_int(&q, outbox_park_tries, item->tries);
    status s = query_change(&q, CONFLICT);
    if (s == OK)
        log_event(LOG_OUTBOX_DEAD, item->kind, item->tries);
    return s;
}

static status claim_next(struct db *db, int64_t now, int64_t lease, int64_t but, struct outbox_item *out)
{
    struct query q = db_query(db, &sql_outbox_claim_next);
    bind_int(&q, outbox_claim_next_until, now + lease);
    bind_int(&q, outbox_claim_next_now, now);
    bind_int(&q, outbox_claim_next_but, but);
    bool found = query_next(&q);
    *out = (struct outbox_item){
        .id = read_id(&q, outbox_claim_next_col_id),
        .about = read_id(&q, outbox_claim_next_col_about),
        .kind = read_int(&q, outbox_claim_next_col_kind),
        .tries = read_int(&q, outbox_claim_next_col_tries),
    };
    return query_end(&q, found ? OK : NOT_FOUND);
}

/* Tries are counted when claimed, so an item that kills its worker each time comes to an end too. */
status outbox_claim(struct db *db, int64_t now, int64_t lease, int64_t but, struct outbox_item *out)
{
    status s = claim_next(db, now, lease, but, out);
    while (s == OK && out->tries > OUTBOX_TRIES) {
        s = park(db, out);
        if (s == OK)
            s = claim_next(db, now, lease, but, out);
    }
    return s;
}

status outbox_done(struct db *db, const struct outbox_item *item)
{
    struct query q = db_query(db, &sql_outbox_delete);
    bind_id(&q, outbox_delete_id, item->id);
    bind_int(&q, outbox_delete_tries, item->tries);
    return query_change(&q, CONFLICT);
}

static int64_t wait_after(int64_t tries)
{
    int64_t wait = OUTBOX_FIRST_WAIT;
    for (int64_t i = 1; i < tries && wait < OUTBOX_LONGEST_WAIT; i++)
        wait *= 2;
    return wait < OUTBOX_LONGEST_WAIT ? wait : OUTBOX_LONGEST_WAIT;
}

status outbox_retry(struct db *db, const struct outbox_item *item, int64_t now)
{
    if (item->tries >= OUTBOX_TRIES)
        return park(db, item);
    struct query q = db_query(db, &sql_outbox_postpone);
    bind_int(&q, outbox_postpone_due, now + wait_after(item->tries));
    bind_id(&q, outbox_postpone_id, item->id);
    bind_int(&q, outbox_postpone_tries, item->tries);
    return query_change(&q, CONFLICT);
}

status outbox_waiting(struct db *db, int64_t *count)
{
    struct query q = db_query(db, &sql_outbox_count_waiting);
    query_next(&q);
    *count = read_int(&q, outbox_count_waiting_col_waiting);
    return query_end(&q, OK);
}

status outbox_dead(struct db *db, int64_t *count)
{
    struct query q = db_query(db, &sql_outbox_count_dead);
    query_next(&q);
    *count = read_int(&q, outbox_count_dead_col_dead);
    return query_end(&q, OK);
}

static status dead_of(struct db *db, int64_t kind, int64_t *dead)
{
    struct query q = db_query(db, &sql_outbox_dead_of_kind);
    bind_int(&q, outbox_dead_of_kind_kind, kind);
    query_next(&q);
    *dead = read_int(&q, outbox_dead_of_kind_col_dead);
    return query_end(&q, OK);
}

status outbox_find(struct db *db, int64_t kind, struct outbox_item *out, int64_t *due, int64_t *dead)
{
    status s = dead_of(db, kind, dead);
    if (s != OK)
        return s;
    struct query q = db_query(db, &sql_outbox_of_kind);
    bind_int(&q, outbox_of_kind_kind, kind);
    bool found = query_next(&q);
    if (found) {
        *out = (struct outbox_item){
            .id = read_id(&q, outbox_of_kind_col_id),
            .about = read_id(&q, outbox_of_kind_col_about),
            .kind = kind,
            .tries = read_int(&q, outbox_of_kind_col_tries),
        };
        *due = read_int(&q, outbox_of_kind_col_due);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status outbox_hurry(struct db *db, int64_t kind, int64_t now)
{
    struct query q = db_query(db, &sql_outbox_now);
    bind_int(&q, outbox_now_now, now);
    bind_int(&q, outbox_now_kind, kind);
    bind_int(&q, outbox_now_until, now);
    return query_run(&q);
}

status outbox_forget_dead(struct db *db, int64_t kind)
{
    struct query q = db_query(db, &sql_outbox_drop_dead);
    bind_int(&q, outbox_drop_dead_kind, kind);
    return query_run(&q);
}
