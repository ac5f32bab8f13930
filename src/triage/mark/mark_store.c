#include "triage/mark/mark.h"
#include "mark_sql.h"

status tip_mark_add(struct db *db, const struct tip_mark *m)
{
    struct query q = db_query(db, &sql_tip_mark_insert);
    bind_id(&q, tip_mark_insert_tip, m->tip);
    bind_int(&q, tip_mark_insert_turn, m->turn);
    bind_id(&q, tip_mark_insert_id, m->id);
    bind_id(&q, tip_mark_insert_author, m->author);
    bind_int(&q, tip_mark_insert_day, m->day);
    bind_blob(&q, tip_mark_insert_sealed, m->sealed);
    return query_run(&q);
}

status tip_mark_newest(struct db *db, struct arena *a, id tip, struct tip_mark *out)
{
    struct query q = db_query(db, &sql_tip_mark_newest);
    bind_id(&q, tip_mark_newest_tip, tip);
    bool there = query_next(&q);
    if (there)
        *out = (struct tip_mark){
            .tip = tip,
            .turn = read_int(&q, tip_mark_newest_col_turn),
            .id = read_id(&q, tip_mark_newest_col_id),
            .author = read_id(&q, tip_mark_newest_col_author),
            .day = read_int(&q, tip_mark_newest_col_day),
            .sealed = read_str(&q, tip_mark_newest_col_sealed, a),
        };
    return query_end(&q, there ? OK : NOT_FOUND);
}

status tip_mark_list_boxes(struct db *db, id tip, struct tip_boxes *out)
{
    struct query q = db_query(db, &sql_tip_mark_boxes);
    bind_id(&q, tip_mark_boxes_tip, tip);
    while (out->len < out->most && query_next(&q)) {
        struct tip_box *box = &out->at[out->len++];
        box->table = TABLE_TIP_MARK;
        box->row = read_id(&q, tip_mark_boxes_col_id);
        read_bytes(&q, tip_mark_boxes_col_keybox, box->keybox, KEYBOX);
    }
    bool more = out->len == out->most && query_next(&q);
    return query_end(&q, more ? LIMIT : OK);
}
