#include "staff/sheet/sheet.h"
#include "sheet_sql.h"

status sheet_reading_add(struct db *db, id office, id reading, const struct sheet_reading *r)
{
    struct query q = db_query(db, &sql_sheet_read_insert);
    bind_id(&q, sheet_read_insert_office, office);
    bind_id(&q, sheet_read_insert_id, reading);
    bind_id(&q, sheet_read_insert_account, r->account);
    bind_int(&q, sheet_read_insert_day, r->day);
    return query_run(&q);
}

status sheet_reading_last(struct db *db, id office, struct sheet_reading *out)
{
    struct query q = db_query(db, &sql_sheet_read_last);
    bind_id(&q, sheet_read_last_office, office);
    bool found = query_next(&q);
    if (found)
        *out = (struct sheet_reading){ read_id(&q, sheet_read_last_col_account), read_int(&q, sheet_read_last_col_day) };
    return query_end(&q, found ? OK : NOT_FOUND);
}
