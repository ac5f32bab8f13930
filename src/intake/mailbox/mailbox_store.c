#include "intake/acceptor/acceptor.h"
#include "intake/mailbox/mailbox.h"
#include "lib/crypt/crypt.h"
#include "mailbox_sql.h"

static str locator_view(const uint8_t locator[16])
{
    return (str){ (const char *)locator, 16 };
}

/* mailbox_before names the same parameter and columns in the same order. */
_Static_assert((int)mailbox_after_col_office == (int)mailbox_before_col_office, "one reader for both");

/* The nearest one is read, whether or not it is the one: what is not there takes the time of what is (tests/timing_test.c). */
status mailbox_find(struct db *db, const struct locator *at, int64_t today, struct mailbox *out)
{
    struct mailbox nearest = { .expires_day = -1, .pepper = at->pepper };
    struct query q = db_query(db, at->at[0] < 128 ? &sql_mailbox_after : &sql_mailbox_before);
    bind_int(&q, mailbox_after_pepper, at->pepper);
    bind_blob(&q, mailbox_after_locator, locator_view(at->at));
    if (query_next(&q)) {
        read_bytes(&q, mailbox_after_col_locator, nearest.locator, sizeof nearest.locator);
        nearest.tip = read_id(&q, mailbox_after_col_tip);
        read_bytes(&q, mailbox_after_col_open, nearest.open, sizeof nearest.open);
        nearest.expires_day = read_int(&q, mailbox_after_col_expires_day);
        nearest.office = read_null(&q, mailbox_after_col_office) ? (id){ { 0 } } : read_id(&q, mailbox_after_col_office);
    }
    bool found = same_bytes(nearest.locator, at->at, sizeof nearest.locator) && nearest.expires_day >= today;
    if (found)
        *out = nearest;
    return query_end(&q, found ? OK : NOT_FOUND);
}

status mailbox_of_tip(struct db *db, id tip, int64_t today, struct mailbox *out)
{
    struct query q = db_query(db, &sql_mailbox_of_tip);
    bind_id(&q, mailbox_of_tip_tip, tip);
    bind_int(&q, mailbox_of_tip_today, today);
    bool found = query_next(&q);
    if (found) {
        out->tip = tip;
        read_bytes(&q, mailbox_of_tip_col_locator, out->locator, sizeof out->locator);
        read_bytes(&q, mailbox_of_tip_col_open, out->open, sizeof out->open);
        out->expires_day = read_int(&q, mailbox_of_tip_col_expires_day);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status mailbox_move(struct db *db, id tip, id office)
{
    struct query q = db_query(db, &sql_mailbox_move);
    bind_id(&q, mailbox_move_office, office);
    bind_id(&q, mailbox_move_tip, tip);
    return query_run(&q);
}

status reply_list(struct db *db, struct arena *a, const uint8_t locator[16], int64_t today, struct replies *out)
{
    *out = (struct replies){ .at = arena_new(a, struct reply, REPLIES_SHOWN + 1) };
    struct query q = db_query(db, &sql_reply_list);
    bind_blob(&q, reply_list_locator, locator_view(locator));
    bind_int(&q, reply_list_oldest, today - REPLY_DAYS);
    bind_int(&q, reply_list_limit, REPLIES_SHOWN + 1);
    while (query_next(&q))
        out->at[out->len++] = (struct reply){
            .id = read_id(&q, reply_list_col_id),
            .day = read_int(&q, reply_list_col_day),
            .read_day = read_int(&q, reply_list_col_read_day),
            .sealed = read_str(&q, reply_list_col_sealed, a),
        };
    out->older = out->len > REPLIES_SHOWN;
    out->len -= out->older;
    for (ptrdiff_t i = 0, j = out->len - 1; i < j; i++, j--) { /* they came newest first */
        struct reply newer = out->at[i];
        out->at[i] = out->at[j];
        out->at[j] = newer;
    }
    return query_end(&q, OK);
}

status reply_add(struct db *db, const struct mailbox *to, id reply, int64_t day, str sealed)
{
    struct query q = db_query(db, &sql_reply_insert);
    bind_blob(&q, reply_insert_locator, locator_view(to->locator));
    bind_id(&q, reply_insert_id, reply);
    bind_int(&q, reply_insert_day, day);
    bind_blob(&q, reply_insert_sealed, sealed);
    return query_run(&q);
}
