#include "staff/retention/retention_web.h"
#include "common/house/house.h"
#include "common/keep/keep.h"
#include "common/services.h"
#include "retention_html.h"

enum { PAGE = 20, DAYS_OF_YEAR = 365 };

static handler show;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/retention", SIGNED_IN, NOTHING, show },
};
/* clang-format on */
const struct routes retention_routes = { table, countof(table) };

/* ---- words ---- */

static str starts_words(const struct request *r, str class, str code)
{
    static const struct {
        const char *code, *words;
    } rows[] = { { "closed", N_("its closing") }, { "end_day", N_("the last day it may be read") },
                 { "last_visit", N_("the last visit") },                     { "read", N_("the day it was read") },
                 { "sent", N_("the day it was sent") } };
    if (str_equal(class, lit("care")) && str_equal(code, lit("closed")))
        return tr(r->language, N_("the end of care"));
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(code, str_of(rows[i].code)))
            return tr(r->language, rows[i].words);
    return (str){ 0 };
}

/* As somebody asks: tips first, what the program holds itself last. */
static int class_order(str class)
{
    static const char *const order[] = { "tip", "case", "care", "packet", "mailbox", "reply", "answer", "attachment", "call", "audit" };
    int at = 0;
    while (at < countof(order) && !str_equal(class, str_of(order[at])))
        at++;
    return at;
}

static int row_order(const void *left, const void *right)
{
    const struct pack_row *a = *(const struct pack_row *const *)left, *b = *(const struct pack_row *const *)right;
    int classes = class_order(pack_cell(a, RETENTION_CLASS)) - class_order(pack_cell(b, RETENTION_CLASS));
    int reasons = (pack_cell(a, RETENTION_REASONS).len > 0) - (pack_cell(b, RETENTION_REASONS).len > 0);
    return classes ? classes : reasons ? reasons : str_compare(a->key, b->key);
}

static str basis_words(const struct request *r, enum pack_basis basis)
{
    static const char *const words[] = {
        [BASIS_UNCONFIRMED] = N_("A proposal: nobody has compared it with its source."),
        [BASIS_EXCERPT] = N_("Read in an excerpt of its source; nobody of this house has confirmed it."),
        [BASIS_VERIFIED] = N_("Read in its source by whoever wrote the table; nobody of this house has confirmed it."),
        [BASIS_CONFIRMED] = N_("Confirmed by this house."),
    };
    return tr(r->language, words[basis]);
}

static str reason_words(struct request *r, str reasons)
{
    struct out o = { .arena = r->arena };
    for (str one; str_split(&reasons, ';', &one);) {
        const struct pack_row *row = pack_find(r->services->pack, lit("case_close_reasons"), one, day_of(r->now));
        if (o.len)
            out_str(&o, lit("; "));
        out_str(&o, row ? tr(r->language, str_c(r->arena, pack_cell(row, CLOSE_LABEL))) : one);
    }
    return out_view(&o);
}

/* ---- numbers ---- */

/* Mailboxes end after the days of the house, whatever the pack says. */
static int64_t days_of(const struct request *r, const struct pack_row *row)
{
    if (str_equal(pack_cell(row, RETENTION_CLASS), lit("mailbox")))
        return house_number(r->services->house, HOUSE_MAILBOX_DAYS);
    return pack_cell_int(row, RETENTION_DAYS, KEEP_EVER);
}

/* Whose records of that class are the reader's anyhow; false: none, and nothing is counted. A count is behind the wall that the record is. */
static bool whose(const struct request *r, enum keep_class class, id *out)
{
    static const permission needs[] = { [KEEP_TIPS] = QUEUE_READ, [KEEP_CASES] = CASE_READ, [KEEP_FILES] = VICTIM_READ, [KEEP_PACKETS] = PACKET_READ };
    *out = class == KEEP_TIPS ? r->caller.office : r->caller.account;
    return caller_may(r, needs[class]);
}

static status count(struct request *r, const struct keep_rules *rules, const struct pack_row *row, struct keep_due *month, struct retention_row *to)
{
    struct keep_rule rule;
    to->counted = keep_rule_of(row, &rule) && rule.days != KEEP_EVER && whose(r, rule.class, &month->whose);
    return to->counted ? keep_due_count(r->db, r->arena, rules, &rule, month, &to->ending) : OK;
}

static struct retention_row row_of(struct request *r, const struct pack_row *row)
{
    int64_t days = days_of(r, row);
    str starts = pack_cell(row, RETENTION_STARTS);
    bool years = days >= DAYS_OF_YEAR && days % DAYS_OF_YEAR == 0;
    return (struct retention_row){
        .label = tr(r->language, str_c(r->arena, pack_cell(row, RETENTION_LABEL))),
        .reasons = reason_words(r, pack_cell(row, RETENTION_REASONS)),
        .starts = days > 0 ? starts_words(r, pack_cell(row, RETENTION_CLASS), starts) : (str){ 0 },
        .years = years ? days / DAYS_OF_YEAR : 0,
        .days = days > 0 && !years ? days : 0,
        .with_owner = str_equal(starts, lit("with_owner")),
        .law = str_equal(pack_cell(row, RETENTION_ORIGIN), lit("law")),
        .fixed = pack_cell_yes(row, RETENTION_FIXED),
        .confirmed = row->basis == BASIS_CONFIRMED,
        .rule = pack_cell(row, RETENTION_RULE),
        .basis = basis_words(r, row->basis),
    };
}

static status show(struct request *r, struct response *w)
{
    struct pack_rows all = pack_list(r->services->pack, r->arena, lit("retention"), day_of(r->now));
    struct keep_rules rules = keep_rules_of(r->services->pack, r->arena, day_of(r->now));
    struct keep_due month = { .from = keep_month_after(day_of(r->now) + 1) };
    struct retention_page page = { .page = staff_page(r, N_("What is kept, and how long")), .rows.at = arena_new(r->arena, struct retention_row, PAGE) };
    int64_t from = 0, since = 0;
    status s = keep_forget_since(r->db, &since);
    if (s == OK)
        page.waits = day_text(r->arena, since);
    s = s == OK ? keep_forget_names(r->db, r->arena, &page.nodes) : s == NOT_FOUND ? OK : s;
    if (str_equal(page.nodes, lit("first")))
        page.nodes = (str){ 0 }; /* the one that every house has */
    if (!str_to_int(query_text(r, lit("from")), &from) || from < 0 || from > all.len)
        from = 0;
    if (all.len)
        qsort(all.at, (size_t)all.len, sizeof *all.at, row_order);
    month.until = keep_month_after(month.from + 1);
    for (ptrdiff_t i = from; s == OK && i < all.len && page.rows.len < PAGE; i++) {
        struct retention_row *to = &page.rows.at[page.rows.len++];
        *to = row_of(r, all.at[i]);
        s = count(r, &rules, all.at[i], &month, to);
        page.counted |= to->counted;
    }
    if (s != OK)
        return s;
    page.from = day_text(r->arena, month.from);
    page.until = day_text(r->arena, month.until - 1);
    if (from + page.rows.len < all.len) {
        struct out o = { .arena = r->arena };
        out_str(&o, lit("/retention?from="));
        out_int(&o, from + page.rows.len);
        page.next = out_view(&o);
    }
    retention_html(&w->body, r->language, &page);
    return OK;
}
