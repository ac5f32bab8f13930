#include "lib/store/lease.h"
#include "lease_sql.h"

status lease_take(struct db *db, str name, int64_t holder, int64_t now, int64_t seconds)
{
    struct query q = db_query(db, &sql_lease_take);
    bind_str(&q, lease_take_name, name);
    bind_int(&q, lease_take_holder, holder);
    bind_int(&q, lease_take_until, now + seconds);
    bind_int(&q, lease_take_now, now);
    return query_change(&q, BUSY);
}
