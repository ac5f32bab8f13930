#include "staff/session/session.h"
#include "session_sql.h"

id session_id(token t)
{
    id i;
    keyed_hash(t.at, "session id", (str){ 0 }, i.at, sizeof i.at);
    return i;
}

static status insert_session(struct db *db, token t, id account, int64_t now)
{
    struct query q = db_query(db, &sql_session_insert);
    bind_id(&q, session_insert_id, session_id(t));
    bind_id(&q, session_insert_account, account);
    bind_int(&q, session_insert_now, now);
    bind_int(&q, session_insert_hard_at, now + SESSION_HARD_SECONDS);
    return query_run(&q);
}

static status delete_session(struct db *db, token t)
{
    struct query q = db_query(db, &sql_session_delete);
    bind_id(&q, session_delete_id, session_id(t));
    return query_run(&q);
}

static status delete_beyond(struct db *db, id account)
{
    struct query q = db_query(db, &sql_session_delete_beyond);
    bind_id(&q, session_delete_beyond_account, account);
    bind_int(&q, session_delete_beyond_keep, SESSIONS_A_PERSON);
    return query_run(&q);
}

static status delete_ended(struct db *db, int64_t now)
{
    struct query q = db_query(db, &sql_session_delete_ended);
    bind_int(&q, session_delete_ended_now, now);
    return query_run(&q);
}

status session_open(struct db *db, token t, token old, id account, int64_t now)
{
    status s = db_begin(db);
    if (s != OK)
        return s;
    s = delete_session(db, old);
    if (s == OK)
        s = delete_ended(db, now);
    if (s == OK)
        s = insert_session(db, t, account, now);
    if (s == OK)
        s = delete_beyond(db, account);
    return db_end(db, s);
}

status session_close(struct db *db, token t)
{
    return delete_session(db, t);
}

status session_find(struct db *db, token t, struct session_row *out)
{
    struct query q = db_query(db, &sql_session_find);
    bind_id(&q, session_find_id, session_id(t));
    bool found = query_next(&q);
    if (found)
        *out = (struct session_row){ read_id(&q, session_find_col_account), read_int(&q, session_find_col_hard_at) };
    return query_end(&q, found ? OK : NOT_FOUND);
}
