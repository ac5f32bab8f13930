#include "staff/account/account.h"
#include "account_sql.h"

/* The selects of an account name the same columns in the same order. */
static struct account read_account(struct query *q, struct arena *a)
{
    return (struct account){
        .id = read_id(q, account_find_col_id),
        .office = read_id(q, account_find_col_office),
        .name = read_str(q, account_find_col_name, a),
        .role = read_str(q, account_find_col_role, a),
        .state = read_str(q, account_find_col_state, a),
        .made_day = read_int(q, account_find_col_made_day),
        .left_day = read_null(q, account_find_col_left_day) ? 0 : read_int(q, account_find_col_left_day),
    };
}

status account_add(struct db *db, const struct account *a)
{
    struct query q = db_query(db, &sql_account_insert);
    bind_id(&q, account_insert_id, a->id);
    bind_str(&q, account_insert_name, a->name);
    bind_str(&q, account_insert_role, a->role);
    bind_str(&q, account_insert_state, a->state);
    bind_id(&q, account_insert_office, a->office);
    bind_int(&q, account_insert_made_day, a->made_day);
    return query_run(&q);
}

static status find_one(struct query *q, struct arena *a, struct account *out)
{
    bool found = query_next(q);
    if (found)
        *out = read_account(q, a);
    return query_end(q, found ? OK : NOT_FOUND);
}

status account_find(struct db *db, struct arena *a, id account, struct account *out)
{
    struct query q = db_query(db, &sql_account_find);
    bind_id(&q, account_find_id, account);
    return find_one(&q, a, out);
}

status account_find_name(struct db *db, struct arena *a, str name, struct account *out)
{
    struct query q = db_query(db, &sql_account_find_name);
    bind_str(&q, account_find_name_name, name);
    return find_one(&q, a, out);
}

status account_list(struct db *db, struct arena *a, str after, int64_t limit, struct accounts *out)
{
    *out = (struct accounts){ .at = arena_new(a, struct account, limit) };
    struct query q = db_query(db, &sql_account_list);
    bind_str(&q, account_list_after, after);
    bind_int(&q, account_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = read_account(&q, a);
    return query_end(&q, OK);
}

status account_list_office(struct db *db, struct arena *a, id office, str after, int64_t limit, struct accounts *out)
{
    *out = (struct accounts){ .at = arena_new(a, struct account, limit) };
    struct query q = db_query(db, &sql_account_list_office);
    bind_id(&q, account_list_office_office, office);
    bind_str(&q, account_list_office_after, after);
    bind_int(&q, account_list_office_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = read_account(&q, a);
    return query_end(&q, OK);
}

status account_oldest(struct db *db, struct arena *a, str state, struct account *out)
{
    struct query q = db_query(db, &sql_account_oldest);
    bind_str(&q, account_oldest_state, state);
    return find_one(&q, a, out);
}

status account_active_roles(struct db *db, struct arena *a, struct role_counts *out)
{
    *out = (struct role_counts){ .at = arena_new(a, struct role_count, ROLE_COUNTS_MOST) };
    struct query q = db_query(db, &sql_account_active_roles);
    bind_int(&q, account_active_roles_limit, ROLE_COUNTS_MOST);
    while (query_next(&q))
        out->at[out->len++] = (struct role_count){ read_id(&q, account_active_roles_col_office), read_str(&q, account_active_roles_col_role, a),
                                                   read_int(&q, account_active_roles_col_people) };
    return query_end(&q, OK);
}

status account_set_state(struct db *db, id account, str state)
{
    struct query q = db_query(db, &sql_account_set_state);
    bind_str(&q, account_set_state_state, state);
    bind_id(&q, account_set_state_id, account);
    return query_change(&q, NOT_FOUND);
}

static status leave(struct db *db, id account, int64_t today)
{
    struct query q = db_query(db, &sql_account_leave);
    bind_int(&q, account_leave_day, today);
    bind_id(&q, account_leave_id, account);
    return query_change(&q, NOT_FOUND);
}

static status end_sessions(struct db *db, id account)
{
    struct query q = db_query(db, &sql_account_end_sessions);
    bind_id(&q, account_end_sessions_id, account);
    return query_run(&q);
}

status account_depart(struct db *db, id account, int64_t today)
{
    status s = db_begin(db);
    if (s != OK)
        return s;
    s = leave(db, account, today);
    if (s == OK)
        s = end_sessions(db, account);
    return db_end(db, s);
}
