#include "common/services.h"
#include "intake/tip/tip.h"
#include "triage/queue/queue_web.h"
#include "triage/words/words.h"
#include "queue_html.h"

enum { PAGE = 50, PRIORITIES = 5 };

static handler list;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/queue", QUEUE_READ, NOTHING, list },
};
/* clang-format on */
const struct routes queue_routes = { table, countof(table) };

/* "priority.day.id": the last row of the page before. */
static struct tip_place read_place(str s)
{
    struct tip_place p = { .set = true };
    int64_t priority;
    str piece;
    bool good = str_split(&s, '.', &piece) && str_to_int(piece, &priority) && str_split(&s, '.', &piece)
             && str_to_int(piece, &p.day) && str_split(&s, '.', &piece) && id_read(piece, &p.id);
    if (!good)
        return (struct tip_place){ 0 };
    p.priority = (int)priority;
    return p;
}

static str next_link(const struct request *r, const struct tip_row *last, str priority, str language)
{
    struct out o = { .arena = r->arena };
    out_str(&o, lit("/queue?p="));
    out_str(&o, priority);
    out_str(&o, lit("&l="));
    out_str(&o, language);
    out_str(&o, lit("&after="));
    out_int(&o, last->priority);
    out_char(&o, '.');
    out_int(&o, last->day);
    out_char(&o, '.');
    out_str(&o, id_text(r->arena, last->id));
    return out_view(&o);
}

static struct queue_options urgency_options(const struct request *r, int chosen)
{
    static const char *const values[PRIORITIES] = { "0", "1", "2", "3", "4" };
    struct queue_options list = { .at = arena_new(r->arena, struct queue_option, PRIORITIES + 1) };
    list.at[list.len++] = (struct queue_option){ { 0 }, tr(r->language, N_("All")), chosen < 0 };
    for (int i = 0; i < PRIORITIES; i++)
        list.at[list.len++] = (struct queue_option){ str_of(values[i]), urgency_words(r, i), chosen == i };
    return list;
}

static struct queue_options language_options(const struct request *r, str chosen)
{
    struct queue_options list = { 0 };
    ptrdiff_t n = 0;
    while (languages[n])
        n++;
    list.at = arena_new(r->arena, struct queue_option, n + 1);
    list.at[list.len++] = (struct queue_option){ { 0 }, tr(r->language, N_("Any")), !chosen.len };
    for (ptrdiff_t i = 0; i < n; i++) {
        str code = str_of(languages[i]->code);
        if (languages[i]->offered)
            list.at[list.len++] = (struct queue_option){ code, language_words(r, code), str_equal(code, chosen) };
    }
    return list;
}

static status row_of(struct request *r, const struct tip_row *t, struct queue_row *out)
{
    struct countdown c;
    status s = countdown_of(r, t->id, &c);
    *out = (struct queue_row){
        .href = str_join(r->arena, lit("/tips/"), id_text(r->arena, t->id)),
        .name = id_short(r->arena, t->id),
        .urgency_class = urgency_class(t->priority),
        .urgency = urgency_words(r, t->priority),
        .due_class = c.class,
        .due = c.words,
        .language = language_words(r, t->language),
        .channel = contact_words(r, "channel", t->channel),
        .day = day_text(r->arena, t->day),
    };
    return s;
}

static status list(struct request *r, struct response *w)
{
    str p = query_text(r, lit("p")), language = query_text(r, lit("l"));
    int64_t priority = -1;
    if (!str_to_int(p, &priority) || priority < 0 || priority >= PRIORITIES)
        priority = -1;
    struct tip_filter filter = { r->caller.office, (int)priority, language };
    struct tip_place after = read_place(query_text(r, lit("after")));
    struct tip_rows tips;
    status s = tip_list(r->db, r->arena, &filter, &after, PAGE + 1, &tips);
    struct queue_page page = { .page = staff_page(r, N_("Open tips")), .filtered = priority >= 0 || language.len,
                               .urgencies = urgency_options(r, (int)priority), .languages = language_options(r, language) };
    page.rows.at = arena_new(r->arena, struct queue_row, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < tips.len && i < PAGE; i++)
        s = row_of(r, &tips.at[i], &page.rows.at[page.rows.len++]);
    if (s != OK)
        return s;
    if (tips.len > PAGE)
        page.next = next_link(r, &tips.at[PAGE - 1], p, language);
    page.as_of = str_part(time_text(r->arena, r->now), 11, 16);
    queue_html(&w->body, r->language, &page);
    return OK;
}
