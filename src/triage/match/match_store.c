#include "triage/match/match_service.h"
#include "match_sql.h"

status match_tips(struct db *db, id after, int64_t limit, struct match_tip *to, ptrdiff_t *n)
{
    struct query q = db_query(db, &sql_match_tips);
    bind_id(&q, match_tips_after, after);
    bind_int(&q, match_tips_limit, limit);
    *n = 0;
    while (query_next(&q))
        to[(*n)++] = (struct match_tip){ read_id(&q, match_tips_col_id), read_id(&q, match_tips_col_office), (uint32_t)read_int(&q, match_tips_col_further) };
    return query_end(&q, OK);
}

status match_tip_sealed(struct db *db, struct arena *a, id tip, str *sealed)
{
    struct query q = db_query(db, &sql_match_tip);
    bind_id(&q, match_tip_id, tip);
    *sealed = query_next(&q) ? read_str(&q, match_tip_col_sealed, a) : (str){ 0 };
    return query_end(&q, OK);
}

status match_tip_rings(struct db *db, id tip, id *to, ptrdiff_t room, ptrdiff_t *n)
{
    struct query q = db_query(db, &sql_match_tip_rings);
    bind_id(&q, match_tip_rings_tip, tip);
    bind_int(&q, match_tip_rings_limit, room);
    *n = 0;
    while (query_next(&q))
        to[(*n)++] = read_id(&q, match_tip_rings_col_ring);
    return query_end(&q, OK);
}

status match_on_case(struct db *db, id root, id tip, bool *on)
{
    struct query q = db_query(db, &sql_match_on_case);
    bind_id(&q, match_on_case_root, root);
    bind_id(&q, match_on_case_tip, tip);
    *on = query_next(&q);
    return query_end(&q, OK);
}
