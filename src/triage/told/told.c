/* What the owner of a tip, or of a case, is told: that somebody else has this, and whom to ask. */
#include "triage/told/told.h"
#include "common/house/house.h"
#include "common/services.h"
#include "staff/account/account.h"

enum { TOLD_MOST = SEALED_ROWS_MOST, KINDS_MOST = 16 };

/* All pairs of the tip together: of what kind the facts are, each once, and the officer who told it last. */
struct telling {
    str kinds[KINDS_MOST];
    int kind_count;
    int64_t at;
    id by;
};

/* With the other tip its row went, and nobody else has this any more. */
static status still_stands(struct request *r, const struct sealed_fields *fields, bool *stands)
{
    str other = sealed_field(fields, TOLD_OTHER);
    id row, tip;
    *stands = false;
    if (other.len != sizeof row.at)
        return OK; /* it did not open */
    memcpy(row.at, other.at, sizeof row.at);
    status s = tip_across_tip(r->db, row, &tip);
    *stands = s == OK;
    return s == NOT_FOUND ? OK : s;
}

static void add_kind(struct telling *all, str kind)
{
    for (int i = 0; i < all->kind_count; i++)
        if (str_equal(all->kinds[i], kind))
            return;
    if (kind.len && all->kind_count < KINDS_MOST)
        all->kinds[all->kind_count++] = kind;
}

static void add(const struct sealed_fields *fields, struct telling *all)
{
    str by = sealed_field(fields, TOLD_BY);
    int64_t at = sealed_time_read(sealed_field(fields, TOLD_AT));
    for (str lines = sealed_field(fields, TOLD_KINDS), kind; str_split(&lines, '\n', &kind);)
        add_kind(all, kind);
    if (at >= all->at && by.len == sizeof all->by.at) {
        all->at = at;
        memcpy(all->by.at, by.at, sizeof all->by.at);
    }
}

static str officer_of(struct request *r, id account)
{
    struct account a;
    str phone = house_text(r->services->house, HOUSE_DECONFLICTION_PHONE);
    bool there = account_find(r->db, r->arena, account, &a) == OK && str_equal(a.state, lit("active"));
    if (there && phone.len)
        return str_join(r->arena, str_join(r->arena, a.name, lit(", ")), phone);
    if (there || phone.len)
        return there ? a.name : phone;
    return tr(r->language, N_("ask your supervisor who that is now"));
}

static str kinds_words(const struct request *r, const struct telling *all)
{
    struct out o = { .arena = r->arena };
    for (int i = 0; i < all->kind_count; i++) {
        if (i)
            out_str(&o, lit(", "));
        out_str(&o, tr(r->language, str_c(r->arena, all->kinds[i])));
    }
    return out_view(&o);
}

static str line(struct request *r, const struct telling *all)
{
    const str with[] = { kinds_words(r, all), officer_of(r, all->by), day_text(r->arena, day_of(all->at)) };
    return tr_fill(r->arena, tr(r->language, N_("Someone else has this: %1. Before you act on it, speak with the deconfliction officer: %2. Told on %3.")), with,
                   countof(with));
}

status told_words(struct request *r, struct sealed_place owner, id tip, str *words)
{
    struct across_rows told;
    struct sealed_row rows[TOLD_MOST];
    struct sealed_fields fields[TOLD_MOST];
    struct telling all = { 0 };
    id ring;
    *words = (str){ 0 };
    status s = tip_told_list(r->db, r->arena, tip, TOLD_MOST, &told);
    if (s != OK || !told.len)
        return s;
    s = sealed_ring(r, owner, &ring);
    for (ptrdiff_t i = 0; i < told.len; i++)
        rows[i] = (struct sealed_row){ .id = told.at[i].id, .table = TABLE_TIP_TOLD, .sealed = told.at[i].sealed, .to = &fields[i] };
    if (s == OK)
        s = sealed_fit(r, ring, tip, rows, told.len);
    if (s == OK)
        s = sealed_open(r, PURPOSE_READ, tip, rows, told.len);
    for (ptrdiff_t i = 0; s == OK && i < told.len; i++) {
        bool stands = false;
        s = still_stands(r, &fields[i], &stands);
        if (stands)
            add(&fields[i], &all);
    }
    if (s == OK && all.at)
        *words = line(r, &all);
    return s;
}
