#include "casework/alike/alike_engine.h"
#include "alike_sql.h"

status alike_cases(struct db *db, id after, int64_t limit, struct match_tip *to, ptrdiff_t *n)
{
    struct query q = db_query(db, &sql_alike_cases);
    bind_id(&q, alike_cases_after, after);
    bind_int(&q, alike_cases_limit, limit);
    *n = 0;
    while (query_next(&q))
        to[(*n)++] = (struct match_tip){ read_id(&q, alike_cases_col_id), read_id(&q, alike_cases_col_office), (uint32_t)read_int(&q, alike_cases_col_further) };
    return query_end(&q, OK);
}
