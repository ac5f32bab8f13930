#include "casework/casefile/casefile.h"
#include "casework/room/room_web.h"
#include "common/clock/clock.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"
#include "triage/words/words.h"
#include "cases_html.h"

enum { PAGE = 50, CLOCKS = 32 };

/* "due.day.id": the last row of the page before. */
static bool read_place(str s, struct casefile *out)
{
    str piece;
    return str_split(&s, '.', &piece) && str_to_int(piece, &out->due) && str_split(&s, '.', &piece) && str_to_int(piece, &out->opened_day)
        && str_split(&s, '.', &piece) && id_read(piece, &out->id);
}

static str next_link(const struct request *r, const struct casefile *last, str wanted)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/cases?s="));
    out_str(&o, wanted);
    out_str(&o, lit("&after="));
    out_int(&o, last->due);
    out_char(&o, '.');
    out_int(&o, last->opened_day);
    out_char(&o, '.');
    out_str(&o, id_text(r->arena, last->id));
    return out_view(&o);
}

/* The clock that runs out first says what is to be done next. */
static status next_step(struct request *r, id root, struct case_row *row)
{
    struct clocks list;
    const struct clock *first = NULL;
    status s = clock_list_of(r->db, r->arena, root, CLOCKS, &list);
    for (ptrdiff_t i = 0; s == OK && i < list.len; i++) {
        const struct clock *c = &list.at[i];
        if (c->due_minute != CLOCK_NEVER && (!first || c->due_minute < first->due_minute))
            first = c;
    }
    if (s != OK || !first)
        return s;
    const struct clock_rule *rule = clock_find(r->services->clocks, first->code);
    struct countdown c = countdown_to(r, first->due_minute * 60);
    row->next = rule ? tr(r->language, str_c(r->arena, rule->label)) : first->code;
    row->due_class = c.class;
    row->due = c.words;
    return OK;
}

static status row_of(struct request *r, const struct casefile *c, str title, struct case_row *row)
{
    bool open = str_equal(c->status, lit("open"));
    *row = (struct case_row){
        .href = casefile_path(r->arena, c->id, ""),
        .name = id_short(r->arena, c->id),
        .title = title,
        .status_class = open ? lit("tag info") : lit("tag"),
        .status = tr(r->language, open ? N_("Open") : N_("Closed")),
        .day = day_text(r->arena, c->opened_day),
    };
    return next_step(r, c->id, row);
}

/* One opening for all titles. A case whose title does not open is not one's own any more: it is absent. */
static status rows_of(struct request *r, const struct casefiles *found, struct case_rows *out)
{
    struct sealed_fields fields[PAGE];
    struct sealed_row rows[PAGE];
    *out = (struct case_rows){ .at = arena_new(r->arena, struct case_row, PAGE) };
    ptrdiff_t n = found->len < PAGE ? found->len : PAGE;
    for (ptrdiff_t i = 0; i < n; i++)
        rows[i] = (struct sealed_row){ .id = found->at[i].id, .table = TABLE_CASE, .sealed = found->at[i].sealed, .to = &fields[i] };
    status s = sealed_open(r, PURPOSE_LIST, (id){ 0 }, rows, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (rows[i].opened)
            s = row_of(r, &found->at[i], sealed_field(&fields[i], CASE_TITLE), &out->at[out->len++]);
    return s;
}

static struct choices state_choices(const struct request *r, str wanted)
{
    static const struct {
        const char *value, *label;
    } all[] = { { "", N_("All") }, { "open", N_("Open") }, { "closed", N_("Closed") } };
    struct choices list = { .at = arena_new(r->arena, struct choice, countof(all)) };
    for (ptrdiff_t i = 0; i < countof(all); i++)
        list.at[list.len++] = (struct choice){ str_of(all[i].value), tr(r->language, all[i].label), str_equal(wanted, str_of(all[i].value)) };
    return list;
}

status room_list(struct request *r, struct response *w)
{
    str wanted = query_text(r, lit("s"));
    if (!str_equal(wanted, lit("open")) && !str_equal(wanted, lit("closed")))
        wanted = (str){ 0 };
    struct casefile after = { 0 };
    bool later = read_place(query_text(r, lit("after")), &after);
    struct casefiles found;
    struct cases_page page = { .page = staff_page(r, N_("My cases")), .states = state_choices(r, wanted), .filtered = wanted.len,
                               .may_open = caller_may(r, CASE_OPEN) };
    status s = casefile_list_mine(r->db, r->arena, r->caller.account, wanted, later ? &after : NULL, PAGE + 1, &found);
    if (s == OK)
        s = rows_of(r, &found, &page.rows);
    if (s != OK)
        return s;
    if (!later && page.rows.len && page.rows.at[0].next.len) {
        const struct case_row *first = &page.rows.at[0];
        struct next_item item = { .what = first->next, .why = first->title, .due_class = first->due_class, .due = first->due, .href = first->href };
        next_add(&page.page.next.items, &item);
    }
    page.may_filter = page.filtered || page.rows.len;
    if (found.len > PAGE)
        page.older = next_link(r, &found.at[PAGE - 1], wanted);
    cases_html(&w->body, r->language, &page);
    return OK;
}
