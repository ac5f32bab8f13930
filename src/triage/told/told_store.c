#include "triage/told/told.h"
#include "told_sql.h"

status tip_told_put(struct db *db, const struct across_row *row)
{
    struct query q = db_query(db, &sql_tip_told_put);
    bind_id(&q, tip_told_put_tip, row->tip);
    bind_id(&q, tip_told_put_id, row->id);
    bind_blob(&q, tip_told_put_sealed, row->sealed);
    return query_run(&q);
}

status tip_across_tip(struct db *db, id row, id *tip)
{
    struct query q = db_query(db, &sql_tip_across_tip);
    bind_id(&q, tip_across_tip_id, row);
    bool there = query_next(&q);
    if (there)
        *tip = read_id(&q, tip_across_tip_col_tip);
    return query_end(&q, there ? OK : NOT_FOUND);
}

status tip_told_list(struct db *db, struct arena *a, id tip, int64_t limit, struct across_rows *out)
{
    *out = (struct across_rows){ .at = arena_new(a, struct across_row, limit) };
    struct query q = db_query(db, &sql_tip_told_list);
    bind_id(&q, tip_told_list_tip, tip);
    bind_int(&q, tip_told_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct across_row){ tip, read_id(&q, tip_told_list_col_id), read_str(&q, tip_told_list_col_sealed, a) };
    return query_end(&q, OK);
}

status tip_told_list_boxes(struct db *db, id tip, struct tip_boxes *out)
{
    struct query q = db_query(db, &sql_tip_told_boxes);
    bind_id(&q, tip_told_boxes_tip, tip);
    while (out->len < out->most && query_next(&q)) {
        struct tip_box *box = &out->at[out->len++];
        box->table = TABLE_TIP_TOLD;
        box->row = read_id(&q, tip_told_boxes_col_id);
        read_bytes(&q, tip_told_boxes_col_keybox, box->keybox, KEYBOX);
    }
    bool more = out->len == out->most && query_next(&q);
    return query_end(&q, more ? LIMIT : OK);
}
