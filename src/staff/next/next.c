#include "staff/next/next.h"
#include "staff/role/role.h"

static struct {
    const struct next_row *at;
    ptrdiff_t len;
} offered;

void next_offer(const struct next_row *rows, ptrdiff_t n)
{
    offered.at = rows;
    offered.len = n;
}

/* A language and the word for what was just done are no filter. */
static bool plain(const struct request *r)
{
    for (ptrdiff_t i = 0; i < r->query.len; i++)
        if (!str_equal(r->query.at[i].name, lit("lang")) && !str_equal(r->query.at[i].name, lit("done")))
            return false;
    return r->method == GET;
}

struct next_items next_of(struct request *r)
{
    struct next_items list = { .at = arena_new(r->arena, struct next_item, NEXT_MOST) };
    const struct role *role = r->caller.signed_in && !r->caller.locked ? role_find(r->caller.role) : NULL;
    if (!role || !str_equal(r->path, str_of(role->start)) || !plain(r))
        return list;
    for (ptrdiff_t i = 0; i < offered.len; i++)
        if (!strcmp(offered.at[i].role, role->code) && offered.at[i].find(r, &list) != OK)
            break; /* a hint is not worth a failed page, unless the store failed: then no page goes out (lib/web) */
    return list;
}

void next_add(struct next_items *to, const struct next_item *item)
{
    if (to->at && to->len < NEXT_MOST)
        to->at[to->len++] = *item;
}

str next_words(const struct request *r, const char *pattern, str one)
{
    return tr_fill(r->arena, tr(r->language, pattern), &one, 1);
}

void next_due_day(const struct request *r, struct next_item *item, int64_t day)
{
    int64_t today = day_of(r->now);
    item->due_class = day < today ? lit("late") : day == today ? lit("soon") : (str){ 0 };
    item->due = next_words(r, N_("by %1"), day_text(r->arena, day));
}
