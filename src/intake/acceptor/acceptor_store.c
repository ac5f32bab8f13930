#include "intake/acceptor/acceptor.h"
#include "intake/acceptor/acceptor_store.h"
#include "acceptor_sql.h"

enum { SWEEP_PART = 500 }; /* rows of each table that one transaction takes */

static str bytes(const uint8_t *at, ptrdiff_t n)
{
    return (str){ (const char *)at, n };
}

status idem_answer(struct db *db, struct arena *a, const struct submission *s, str *answer)
{
    struct query q = db_query(db, &sql_idem_find);
    bind_blob(&q, idem_find_idem, bytes(s->idem, 16));
    bool found = query_next(&q);
    if (found)
        *answer = read_str(&q, idem_find_col_answer, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

void idem_claim(struct db *db, const struct submission *s, int64_t *changed)
{
    struct query q = db_query(db, &sql_idem_insert);
    bind_blob(&q, idem_insert_idem, bytes(s->idem, 16));
    bind_id(&q, idem_insert_tip, s->tip);
    bind_blob(&q, idem_insert_answer, s->answer);
    bind_int(&q, idem_insert_day, s->day);
    query_later(&q, changed);
}

void tip_put(struct db *db, const struct submission *s, int64_t *changed)
{
    struct query q = db_query(db, &sql_tip_insert);
    bind_id(&q, tip_insert_id, s->tip);
    bind_id(&q, tip_insert_office, s->office);
    bind_int(&q, tip_insert_priority, s->priority);
    bind_int(&q, tip_insert_day, s->day);
    bind_str(&q, tip_insert_language, s->language);
    bind_str(&q, tip_insert_channel, s->channel);
    bind_blob(&q, tip_insert_sealed, s->sealed);
    query_later(&q, changed);
}

void mailbox_put(struct db *db, const struct submission *s, int64_t *changed)
{
    struct query q = db_query(db, &sql_mailbox_insert);
    bind_blob(&q, mailbox_insert_locator, bytes(s->locator, 16));
    bind_int(&q, mailbox_insert_pepper, s->pepper);
    bind_id(&q, mailbox_insert_tip, s->tip);
    bind_blob(&q, mailbox_insert_open, bytes(s->open, KEY));
    bind_int(&q, mailbox_insert_expires_day, s->day + s->keep_days);
    bind_id(&q, mailbox_insert_office, s->office);
    query_later(&q, changed);
}

void source_put(struct db *db, const struct submission *s, int64_t *changed)
{
    struct query q = db_query(db, &sql_tip_source_insert);
    bind_id(&q, tip_source_insert_tip, s->tip);
    bind_blob(&q, tip_source_insert_sealed, s->source);
    query_later(&q, changed);
}

status tip_take_back(struct db *db, const struct submission *s, bool stands)
{
    if (stands) {
        struct query q = db_query(db, &sql_tip_delete);
        bind_id(&q, tip_delete_id, s->tip);
        status done = query_run(&q);
        if (done != OK)
            return done;
    }
    struct query q = db_query(db, &sql_idem_delete);
    bind_blob(&q, idem_delete_idem, bytes(s->idem, 16));
    bind_id(&q, idem_delete_tip, s->tip);
    return query_run(&q);
}

static status check_mailbox(struct db *db, const struct submission *s)
{
    struct query q = db_query(db, &sql_mailbox_is_of);
    bind_blob(&q, mailbox_is_of_locator, bytes(s->locator, 16));
    bind_id(&q, mailbox_is_of_tip, s->tip);
    bind_int(&q, mailbox_is_of_day, s->day);
    bind_id(&q, mailbox_is_of_office, s->office);
    bool found = query_next(&q);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status addition_put(struct db *db, const struct submission *s)
{
    status found = check_mailbox(db, s);
    if (found != OK)
        return found;
    struct query q = db_query(db, &sql_addition_insert);
    bind_id(&q, addition_insert_tip, s->tip);
    bind_id(&q, addition_insert_id, s->addition);
    bind_str(&q, addition_insert_kind, s->type == SUBMIT_LESS ? lit("share_less") : lit("words"));
    bind_int(&q, addition_insert_day, s->day);
    bind_blob(&q, addition_insert_sealed, s->sealed);
    return query_change(&q, CONFLICT); /* its like stands already */
}

status source_forget(struct db *db, id tip)
{
    struct query q = db_query(db, &sql_tip_source_delete);
    bind_id(&q, tip_source_delete_tip, tip);
    return query_run(&q);
}

static status mark_read(struct db *db, const struct submission *s, id reply)
{
    struct query q = db_query(db, &sql_reply_mark_read);
    bind_int(&q, reply_mark_read_day, s->day);
    bind_blob(&q, reply_mark_read_locator, bytes(s->locator, 16));
    bind_id(&q, reply_mark_read_id, reply);
    return query_run(&q);
}

status visit_put(struct db *db, const struct submission *s)
{
    struct query q = db_query(db, &sql_mailbox_visit);
    bind_int(&q, mailbox_visit_expires_day, s->day + s->keep_days);
    bind_int(&q, mailbox_visit_pepper, s->pepper);
    bind_blob(&q, mailbox_visit_locator, bytes(s->locator, 16));
    bind_int(&q, mailbox_visit_day, s->day);
    status done = query_run(&q);
    for (ptrdiff_t i = 0; done == OK && i < s->seen_count; i++)
        done = mark_read(db, s, s->seen[i]);
    return done;
}

/* Up to SWEEP_PART rows of one table; *more: so many went that others may be left. */
static status run_part(struct query *q, bool *more)
{
    struct db *db = q->db;
    status s = query_run(q);
    *more |= s == OK && db_changed(db) >= SWEEP_PART;
    return s;
}

static status sweep_idem(struct db *db, int64_t oldest, bool *more)
{
    struct query q = db_query(db, &sql_idem_sweep);
    bind_int(&q, idem_sweep_oldest, oldest);
    bind_int(&q, idem_sweep_limit, SWEEP_PART);
    return run_part(&q, more);
}

static status sweep_replies(struct db *db, int64_t oldest, bool *more)
{
    struct query q = db_query(db, &sql_reply_sweep);
    bind_int(&q, reply_sweep_oldest, oldest);
    bind_int(&q, reply_sweep_limit, SWEEP_PART);
    return run_part(&q, more);
}

static status sweep_replies_of_expired(struct db *db, int64_t today)
{
    struct query q = db_query(db, &sql_reply_sweep_with_mailbox);
    bind_int(&q, reply_sweep_with_mailbox_today, today);
    bind_int(&q, reply_sweep_with_mailbox_limit, SWEEP_PART);
    return query_run(&q);
}

static status sweep_mailboxes(struct db *db, int64_t today, bool *more)
{
    struct query q = db_query(db, &sql_mailbox_sweep);
    bind_int(&q, mailbox_sweep_today, today);
    bind_int(&q, mailbox_sweep_limit, SWEEP_PART);
    return run_part(&q, more);
}

status intake_sweep(struct db *db, int64_t today, bool *more)
{
    *more = false;
    status s = sweep_idem(db, today - IDEM_DAYS, more);
    if (s == OK)
        s = sweep_replies(db, today - REPLY_DAYS, more);
    if (s == OK)
        s = sweep_replies_of_expired(db, today);
    if (s == OK)
        s = sweep_mailboxes(db, today, more);
    return s;
}

status sweep_kept_find(struct db *db, struct sweep_kept *out)
{
    *out = (struct sweep_kept){ 0 };
    struct query q = db_query(db, &sql_sweep_kept_find);
    if (query_next(&q))
        *out = (struct sweep_kept){ read_int(&q, sweep_kept_find_col_day), read_int(&q, sweep_kept_find_col_odd_day),
                                    read_int(&q, sweep_kept_find_col_odd_seconds) };
    return query_end(&q, OK);
}

status sweep_kept_put(struct db *db, const struct sweep_kept *kept)
{
    struct query q = db_query(db, &sql_sweep_kept_put);
    bind_int(&q, sweep_kept_put_day, kept->day);
    bind_int(&q, sweep_kept_put_odd_day, kept->odd_day);
    bind_int(&q, sweep_kept_put_odd_seconds, kept->odd_seconds);
    return query_run(&q);
}
