#include "staff/account/account.h"
#include "staff/notice/notice.h"
#include "staff/role/role.h"
#include "notice_sql.h"

enum { PAGE = 50 };

static status tell(struct db *db, id account, id cause, id tip, int64_t day)
{
    struct query q = db_query(db, &sql_notice_insert);
    bind_id(&q, notice_insert_account, account);
    bind_id(&q, notice_insert_id, cause);
    bind_str(&q, notice_insert_kind, lit("urgent_tip"));
    bind_id(&q, notice_insert_about, tip);
    bind_int(&q, notice_insert_day, day);
    return query_run(&q);
}

static bool wants(const struct account *a, id office)
{
    const struct role *role = role_find(a->role);
    return role && role_holds(role, TIP_READ) && str_equal(a->state, lit("active")) && id_equal(a->office, office);
}

status notice_urgent_tip(struct db *db, struct arena *a, id cause, id office, id tip, int64_t day)
{
    struct accounts page;
    str after = { 0 };
    do {
        status s = account_list(db, a, after, PAGE, &page);
        for (ptrdiff_t i = 0; s == OK && i < page.len; i++)
            if (wants(&page.at[i], office))
                s = tell(db, page.at[i].id, cause, tip, day);
        if (s != OK)
            return s;
        if (page.len)
            after = page.at[page.len - 1].name;
    } while (page.len == PAGE);
    return OK;
}

status notice_count(struct db *db, id account, int64_t *unseen)
{
    struct query q = db_query(db, &sql_notice_count);
    bind_id(&q, notice_count_account, account);
    *unseen = query_next(&q) ? read_int(&q, notice_count_col_unseen) : 0;
    return query_end(&q, OK);
}

status notice_seen(struct db *db, id account, id about)
{
    struct query q = db_query(db, &sql_notice_seen);
    bind_id(&q, notice_seen_account, account);
    bind_id(&q, notice_seen_about, about);
    return query_run(&q);
}

status notice_seen_by_all(struct db *db, id about)
{
    struct query q = db_query(db, &sql_notice_seen_by_all);
    bind_id(&q, notice_seen_by_all_about, about);
    return query_run(&q);
}
