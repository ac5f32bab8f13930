#include "intake/tip/tip.h"
#include "tip_sql.h"

/* Both lists name the same columns in the same order. */
_Static_assert((int)tip_list_level_col_assignee == (int)tip_list_assigned_col_assignee, "one reader for both lists");

static status read_list(struct query *q, struct arena *a, const struct tip_filter *filter, int priority, struct tip_rows *out)
{
    while (query_next(q))
        out->at[out->len++] = (struct tip_row){
            .office = filter->office,
            .priority = priority,
            .closed = filter->closed,
            .id = read_id(q, tip_list_level_col_id),
            .day = read_int(q, tip_list_level_col_day),
            .language = read_str(q, tip_list_level_col_language, a),
            .channel = read_str(q, tip_list_level_col_channel, a),
            .assignee = read_null(q, tip_list_level_col_assignee) ? (id){ { 0 } } : read_id(q, tip_list_level_col_assignee),
        };
    return query_end(q, OK);
}

static status list_assigned(struct db *db, struct arena *a, const struct tip_filter *filter, const struct tip_place *after, int64_t limit,
                            struct tip_rows *out)
{
    struct query q = db_query(db, &sql_tip_list_assigned);
    bind_id(&q, tip_list_assigned_office, filter->office);
    bind_id(&q, tip_list_assigned_assignee, filter->assignee);
    bind_str(&q, tip_list_assigned_state, filter->closed ? lit("closed") : lit("open"));
    bind_int(&q, tip_list_assigned_priority, after->priority);
    bind_int(&q, tip_list_assigned_day, after->day);
    bind_id(&q, tip_list_assigned_id, after->id);
    bind_str(&q, tip_list_assigned_language, filter->language);
    bind_int(&q, tip_list_assigned_limit, limit);
    return read_list(&q, a, filter, after->priority, out);
}

/* One level, so that each is a range of the index, however deep the page lies. */
static status list_level(struct db *db, struct arena *a, const struct tip_filter *filter, const struct tip_place *after, int64_t limit,
                         struct tip_rows *out)
{
    if (!id_is_zero(filter->assignee))
        return list_assigned(db, a, filter, after, limit, out);
    struct query q = db_query(db, &sql_tip_list_level);
    bind_id(&q, tip_list_level_office, filter->office);
    bind_str(&q, tip_list_level_state, filter->closed ? lit("closed") : lit("open"));
    bind_int(&q, tip_list_level_priority, after->priority);
    bind_int(&q, tip_list_level_day, after->day);
    bind_id(&q, tip_list_level_id, after->id);
    bind_str(&q, tip_list_level_language, filter->language);
    bind_int(&q, tip_list_level_nobodys, filter->nobodys);
    bind_int(&q, tip_list_level_limit, limit);
    return read_list(&q, a, filter, after->priority, out);
}

status tip_list(struct db *db, struct arena *a, const struct tip_filter *filter, const struct tip_place *after, int64_t limit,
                struct tip_rows *out)
{
    enum { LOWEST = 4 };
    int from = filter->priority < 0 ? 0 : filter->priority, to = filter->priority < 0 ? LOWEST : filter->priority;
    status s = OK;
    *out = (struct tip_rows){ .at = arena_new(a, struct tip_row, limit) };
    if (after->set && after->priority > from)
        from = after->priority;
    for (int level = from; s == OK && level <= to && out->len < limit; level++) {
        struct tip_place start = { .priority = level, .day = INT32_MAX };
        s = list_level(db, a, filter, after->set && after->priority == level ? after : &start, limit - out->len, out);
    }
    return s;
}

status tip_find(struct db *db, struct arena *a, id office, id tip, struct tip_row *out)
{
    struct query q = db_query(db, &sql_tip_find);
    bind_id(&q, tip_find_id, tip);
    bind_id(&q, tip_find_office, office);
    bool found = query_next(&q);
    if (found)
        *out = (struct tip_row){
            .id = tip,
            .office = office,
            .priority = (int)read_int(&q, tip_find_col_priority),
            .day = read_int(&q, tip_find_col_day),
            .language = read_str(&q, tip_find_col_language, a),
            .channel = read_str(&q, tip_find_col_channel, a),
            .closed = str_equal(read_str(&q, tip_find_col_state, a), lit("closed")),
            .disposition = read_str(&q, tip_find_col_disposition, a),
            .assignee = read_null(&q, tip_find_col_assignee) ? (id){ { 0 } } : read_id(&q, tip_find_col_assignee),
            .sealed = read_str(&q, tip_find_col_sealed, a),
            .has_source = read_int(&q, tip_find_col_sources) > 0,
        };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status tip_find_source(struct db *db, struct arena *a, id tip, str *sealed)
{
    struct query q = db_query(db, &sql_tip_find_source);
    bind_id(&q, tip_find_source_tip, tip);
    bool found = query_next(&q);
    if (found)
        *sealed = read_str(&q, tip_find_source_col_sealed, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status tip_set_priority(struct db *db, id office, id tip, int priority)
{
    struct query q = db_query(db, &sql_tip_set_priority);
    bind_int(&q, tip_set_priority_priority, priority);
    bind_id(&q, tip_set_priority_id, tip);
    bind_id(&q, tip_set_priority_office, office);
    return query_change(&q, NOT_FOUND);
}

status tip_set_closed(struct db *db, id office, id tip, str disposition, int64_t day)
{
    id has;
    status s = tip_office(db, tip, &has);
    if (s != OK || !id_equal(has, office))
        return s == OK ? NOT_FOUND : s;
    struct query q = db_query(db, &sql_tip_set_state);
    bind_str(&q, tip_set_state_state, disposition.len ? lit("closed") : lit("open"));
    bind_str(&q, tip_set_state_disposition, disposition);
    if (disposition.len)
        bind_int(&q, tip_set_state_closed_day, day);
    else
        bind_null(&q, tip_set_state_closed_day);
    bind_id(&q, tip_set_state_id, tip);
    bind_id(&q, tip_set_state_office, office);
    return query_change(&q, CONFLICT);
}

status tip_set_assignee(struct db *db, id office, id tip, id account)
{
    struct query q = db_query(db, &sql_tip_set_assignee);
    if (id_is_zero(account))
        bind_null(&q, tip_set_assignee_assignee);
    else
        bind_id(&q, tip_set_assignee_assignee, account);
    bind_id(&q, tip_set_assignee_id, tip);
    bind_id(&q, tip_set_assignee_office, office);
    return query_change(&q, NOT_FOUND);
}

status tip_move(struct db *db, id office, id tip, id target)
{
    struct query q = db_query(db, &sql_tip_move);
    bind_id(&q, tip_move_target, target);
    bind_id(&q, tip_move_id, tip);
    bind_id(&q, tip_move_office, office);
    return query_change(&q, NOT_FOUND);
}

status tip_list_additions(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_additions *out)
{
    *out = (struct tip_additions){ .at = arena_new(a, struct tip_addition, limit) };
    struct query q = db_query(db, &sql_tip_list_additions);
    bind_id(&q, tip_list_additions_tip, tip);
    bind_int(&q, tip_list_additions_limit, limit);
    bind_int(&q, tip_list_additions_skip, skip);
    while (query_next(&q))
        out->at[out->len++] = (struct tip_addition){
            .id = read_id(&q, tip_list_additions_col_id),
            .kind = read_str(&q, tip_list_additions_col_kind, a),
            .day = read_int(&q, tip_list_additions_col_day),
            .sealed = read_str(&q, tip_list_additions_col_sealed, a),
        };
    return query_end(&q, OK);
}

static status office_of(struct db *db, id tip, bool closed_too, id *office)
{
    struct query q = db_query(db, &sql_tip_office_of);
    bind_id(&q, tip_office_of_id, tip);
    bool found = query_next(&q) && (closed_too || read_int(&q, tip_office_of_col_waits));
    if (found)
        *office = read_id(&q, tip_office_of_col_office);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status tip_office(struct db *db, id tip, id *office)
{
    return office_of(db, tip, true, office);
}

status tip_office_waiting(struct db *db, id tip, id *office)
{
    return office_of(db, tip, false, office);
}

status tip_list_boxes(struct db *db, id tip, struct tip_boxes *out)
{
    _Static_assert(TABLE_TIP == 1 && TABLE_TIP_SOURCE == 2 && TABLE_TIP_ADDITION == 3, "as the statement says");
    struct query q = db_query(db, &sql_tip_boxes);
    bind_id(&q, tip_boxes_tip, tip);
    while (out->len < out->most && query_next(&q)) {
        struct tip_box *box = &out->at[out->len++];
        box->table = (uint16_t)read_int(&q, tip_boxes_col_sealed_table);
        box->row = read_id(&q, tip_boxes_col_id);
        read_bytes(&q, tip_boxes_col_keybox, box->keybox, KEYBOX);
    }
    bool more = out->len == out->most && query_next(&q);
    return query_end(&q, more ? LIMIT : OK);
}
