#include "casefile_sql.h"
#include "casework/casefile/casefile.h"

_Static_assert((int)casefile_find_col_sealed == (int)casefile_list_mine_col_sealed
                   && (int)casefile_find_col_sealed == (int)casefile_find_mine_col_sealed
                   && (int)casefile_find_col_sealed == (int)casefile_list_shared_col_sealed,
               "one reader for all");

static struct casefile read_case(struct query *q, struct arena *a)
{
    return (struct casefile){
        .id = read_id(q, casefile_find_col_id),
        .office = read_id(q, casefile_find_col_office),
        .status = read_str(q, casefile_find_col_status, a),
        .opened_day = read_int(q, casefile_find_col_opened_day),
        .closed_day = read_int(q, casefile_find_col_closed_day),
        .sealed = read_str(q, casefile_find_col_sealed, a),
    };
}

status casefile_add(struct db *db, const struct casefile *c)
{
    struct query q = db_query(db, &sql_casefile_insert);
    bind_id(&q, casefile_insert_id, c->id);
    bind_id(&q, casefile_insert_office, c->office);
    bind_int(&q, casefile_insert_opened_day, c->opened_day);
    bind_blob(&q, casefile_insert_sealed, c->sealed);
    return query_run(&q);
}

status casefile_find(struct db *db, struct arena *a, id root, struct casefile *out)
{
    struct query q = db_query(db, &sql_casefile_find);
    bind_id(&q, casefile_find_id, root);
    bool found = query_next(&q);
    if (found)
        *out = read_case(&q, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status casefile_find_mine(struct db *db, struct arena *a, id root, id account, struct casefile *out)
{
    struct query q = db_query(db, &sql_casefile_find_mine);
    bind_id(&q, casefile_find_mine_root, root);
    bind_id(&q, casefile_find_mine_account, account);
    bool found = query_next(&q);
    if (found)
        *out = read_case(&q, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status casefile_list_mine(struct db *db, struct arena *a, id account, str wanted, const struct casefile *after, int64_t limit,
                          struct casefiles *out)
{
    static const struct casefile start = { .due = INT64_MIN };
    const struct casefile *from = after ? after : &start;
    *out = (struct casefiles){ .at = arena_new(a, struct casefile, limit) };
    struct query q = db_query(db, &sql_casefile_list_mine);
    bind_id(&q, casefile_list_mine_account, account);
    bind_str(&q, casefile_list_mine_status, wanted);
    bind_int(&q, casefile_list_mine_after_due, from->due);
    bind_int(&q, casefile_list_mine_after_day, from->opened_day);
    bind_id(&q, casefile_list_mine_after_id, from->id);
    bind_int(&q, casefile_list_mine_limit, limit);
    while (out->len < limit && query_next(&q)) {
        struct casefile *c = &out->at[out->len++];
        *c = read_case(&q, a);
        c->due = read_int(&q, casefile_list_mine_col_due);
    }
    return query_end(&q, OK);
}

status casefile_list_shared(struct db *db, struct arena *a, id account, id former, id newcomer, int64_t limit, struct casefiles *out)
{
    *out = (struct casefiles){ .at = arena_new(a, struct casefile, limit) };
    struct query q = db_query(db, &sql_casefile_list_shared);
    bind_id(&q, casefile_list_shared_account, account);
    bind_id(&q, casefile_list_shared_former, former);
    bind_id(&q, casefile_list_shared_newcomer, newcomer);
    bind_int(&q, casefile_list_shared_limit, limit);
    while (out->len < limit && query_next(&q))
        out->at[out->len++] = read_case(&q, a);
    return query_end(&q, OK);
}

static status set_status(struct db *db, id root, str wanted, int64_t closed_day)
{
    struct query q = db_query(db, &sql_casefile_set_status);
    bind_id(&q, casefile_set_status_id, root);
    bind_str(&q, casefile_set_status_status, wanted);
    if (closed_day)
        bind_int(&q, casefile_set_status_closed_day, closed_day);
    else
        bind_null(&q, casefile_set_status_closed_day);
    return query_change(&q, NOT_FOUND);
}

status casefile_close(struct db *db, id root, int64_t day)
{
    return set_status(db, root, lit("closed"), day);
}

status casefile_reopen(struct db *db, id root)
{
    return set_status(db, root, lit("open"), 0);
}

/* ---- people, offices, tips ---- */

status casefile_person_add(struct db *db, id root, id account, str part, int64_t day)
{
    struct query q = db_query(db, &sql_casefile_person_put);
    bind_id(&q, casefile_person_put_root, root);
    bind_id(&q, casefile_person_put_account, account);
    bind_str(&q, casefile_person_put_part, part);
    bind_int(&q, casefile_person_put_since_day, day);
    return query_run(&q);
}

status casefile_person_end(struct db *db, id root, id account, int64_t day)
{
    struct query q = db_query(db, &sql_casefile_person_end);
    bind_id(&q, casefile_person_end_root, root);
    bind_id(&q, casefile_person_end_account, account);
    bind_int(&q, casefile_person_end_until_day, day);
    return query_change(&q, NOT_FOUND);
}

status casefile_people(struct db *db, struct arena *a, id root, struct case_people *out)
{
    *out = (struct case_people){ .at = arena_new(a, struct case_person, CASE_PEOPLE_MOST) };
    struct query q = db_query(db, &sql_casefile_people);
    bind_id(&q, casefile_people_root, root);
    bind_int(&q, casefile_people_limit, CASE_PEOPLE_MOST);
    while (out->len < CASE_PEOPLE_MOST && query_next(&q))
        out->at[out->len++] = (struct case_person){
            .account = read_id(&q, casefile_people_col_account),
            .part = read_str(&q, casefile_people_col_part, a),
            .since_day = read_int(&q, casefile_people_col_since_day),
            .name = read_str(&q, casefile_people_col_name, a),
            .role = read_str(&q, casefile_people_col_role, a),
            .state = read_str(&q, casefile_people_col_state, a),
        };
    return query_end(&q, OK);
}

status casefile_office_add(struct db *db, id root, id office, int64_t day)
{
    struct query q = db_query(db, &sql_casefile_office_put);
    bind_id(&q, casefile_office_put_root, root);
    bind_id(&q, casefile_office_put_office, office);
    bind_int(&q, casefile_office_put_since_day, day);
    return query_run(&q);
}

status casefile_offices(struct db *db, struct arena *a, id root, struct case_offices *out)
{
    *out = (struct case_offices){ .at = arena_new(a, struct case_office, CASE_OFFICES_MOST) };
    struct query q = db_query(db, &sql_casefile_offices);
    bind_id(&q, casefile_offices_root, root);
    bind_int(&q, casefile_offices_limit, CASE_OFFICES_MOST);
    while (out->len < CASE_OFFICES_MOST && query_next(&q))
        out->at[out->len++] =
            (struct case_office){ read_id(&q, casefile_offices_col_office), read_int(&q, casefile_offices_col_since_day) };
    return query_end(&q, OK);
}

status casefile_tip_add(struct db *db, id root, id tip, id author, int64_t day)
{
    struct query q = db_query(db, &sql_casefile_tip_put);
    bind_id(&q, casefile_tip_put_root, root);
    bind_id(&q, casefile_tip_put_tip, tip);
    bind_id(&q, casefile_tip_put_author, author);
    bind_int(&q, casefile_tip_put_day, day);
    return query_run(&q);
}

status casefile_tips(struct db *db, struct arena *a, id root, struct case_tips *out)
{
    *out = (struct case_tips){ .at = arena_new(a, struct case_tip, CASE_TIPS_MOST) };
    struct query q = db_query(db, &sql_casefile_tips);
    bind_id(&q, casefile_tips_root, root);
    bind_int(&q, casefile_tips_limit, CASE_TIPS_MOST);
    while (out->len < CASE_TIPS_MOST && query_next(&q))
        out->at[out->len++] = (struct case_tip){
            .tip = read_id(&q, casefile_tips_col_tip),
            .office = read_id(&q, casefile_tips_col_office),
            .day = read_int(&q, casefile_tips_col_day),
            .sealed = read_str(&q, casefile_tips_col_sealed, a),
        };
    return query_end(&q, OK);
}
