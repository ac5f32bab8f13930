#include "triage/act/act.h"
#include "act_sql.h"

status tip_act_add(struct db *db, const struct tip_act *act)
{
    struct query q = db_query(db, &sql_tip_act_insert);
    bind_id(&q, tip_act_insert_tip, act->tip);
    bind_id(&q, tip_act_insert_id, act->id);
    bind_str(&q, tip_act_insert_kind, act->kind);
    bind_id(&q, tip_act_insert_author, act->author);
    bind_int(&q, tip_act_insert_day, act->day);
    bind_blob(&q, tip_act_insert_sealed, act->sealed);
    return query_run(&q);
}

/* Both lists name the same columns in the same order. */
_Static_assert((int)tip_act_list_col_sealed == (int)tip_act_links_col_sealed, "one reader for both lists");

static status read_acts(struct query *q, struct arena *a, id tip, struct tip_acts *out)
{
    while (query_next(q))
        out->at[out->len++] = (struct tip_act){
            .tip = tip,
            .id = read_id(q, tip_act_list_col_id),
            .kind = read_str(q, tip_act_list_col_kind, a),
            .author = read_id(q, tip_act_list_col_author),
            .day = read_int(q, tip_act_list_col_day),
            .sealed = read_str(q, tip_act_list_col_sealed, a),
        };
    return query_end(q, OK);
}

status tip_act_list(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_acts *out)
{
    *out = (struct tip_acts){ .at = arena_new(a, struct tip_act, limit) };
    struct query q = db_query(db, &sql_tip_act_list);
    bind_id(&q, tip_act_list_tip, tip);
    bind_int(&q, tip_act_list_limit, limit);
    bind_int(&q, tip_act_list_skip, skip);
    return read_acts(&q, a, tip, out);
}

status tip_act_links(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_acts *out)
{
    *out = (struct tip_acts){ .at = arena_new(a, struct tip_act, limit) };
    struct query q = db_query(db, &sql_tip_act_links);
    bind_id(&q, tip_act_links_tip, tip);
    bind_int(&q, tip_act_links_limit, limit);
    bind_int(&q, tip_act_links_skip, skip);
    return read_acts(&q, a, tip, out);
}

status tip_act_decided(struct db *db, struct arena *a, id office, int64_t limit, struct tip_acts *out)
{
    *out = (struct tip_acts){ .at = arena_new(a, struct tip_act, limit) };
    struct query q = db_query(db, &sql_tip_act_decided);
    bind_int(&q, tip_act_decided_among, TIP_LINKS_AMONG);
    bind_id(&q, tip_act_decided_office, office);
    bind_int(&q, tip_act_decided_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct tip_act){
            .tip = read_id(&q, tip_act_decided_col_tip),
            .id = read_id(&q, tip_act_decided_col_id),
            .author = read_id(&q, tip_act_decided_col_author),
            .day = read_int(&q, tip_act_decided_col_day),
            .sealed = read_str(&q, tip_act_decided_col_sealed, a),
        };
    return query_end(&q, OK);
}

status tip_act_list_boxes(struct db *db, id tip, struct tip_boxes *out)
{
    struct query q = db_query(db, &sql_tip_act_boxes);
    bind_id(&q, tip_act_boxes_tip, tip);
    while (out->len < out->most && query_next(&q)) {
        struct tip_box *box = &out->at[out->len++];
        box->table = TABLE_TIP_ACT;
        box->row = read_id(&q, tip_act_boxes_col_id);
        read_bytes(&q, tip_act_boxes_col_keybox, box->keybox, KEYBOX);
    }
    bool more = out->len == out->most && query_next(&q);
    return query_end(&q, more ? LIMIT : OK);
}
