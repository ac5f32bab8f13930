#include "triage/review/review.h"
#include "review_sql.h"

status tip_entry_add(struct db *db, const struct tip_entry *e)
{
    struct query q = db_query(db, &sql_tip_entry_insert);
    bind_id(&q, tip_entry_insert_tip, e->tip);
    bind_id(&q, tip_entry_insert_id, e->id);
    bind_str(&q, tip_entry_insert_kind, e->kind);
    bind_id(&q, tip_entry_insert_author, e->author);
    bind_int(&q, tip_entry_insert_day, e->day);
    bind_blob(&q, tip_entry_insert_sealed, e->sealed);
    return query_run(&q);
}

status tip_entry_list(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_entries *out)
{
    *out = (struct tip_entries){ .at = arena_new(a, struct tip_entry, limit) };
    struct query q = db_query(db, &sql_tip_entry_list);
    bind_id(&q, tip_entry_list_tip, tip);
    bind_int(&q, tip_entry_list_limit, limit);
    bind_int(&q, tip_entry_list_skip, skip);
    while (query_next(&q))
        out->at[out->len++] = (struct tip_entry){
            .tip = tip,
            .id = read_id(&q, tip_entry_list_col_id),
            .kind = read_str(&q, tip_entry_list_col_kind, a),
            .author = read_id(&q, tip_entry_list_col_author),
            .day = read_int(&q, tip_entry_list_col_day),
            .sealed = read_str(&q, tip_entry_list_col_sealed, a),
        };
    return query_end(&q, OK);
}

status tip_entry_list_boxes(struct db *db, id tip, struct tip_boxes *out)
{
    struct query q = db_query(db, &sql_tip_entry_boxes);
    bind_id(&q, tip_entry_boxes_tip, tip);
    while (out->len < out->most && query_next(&q)) {
        struct tip_box *box = &out->at[out->len++];
        box->table = TABLE_TIP_NOTE;
        box->row = read_id(&q, tip_entry_boxes_col_id);
        read_bytes(&q, tip_entry_boxes_col_keybox, box->keybox, KEYBOX);
    }
    bool more = out->len == out->most && query_next(&q);
    return query_end(&q, more ? LIMIT : OK);
}
