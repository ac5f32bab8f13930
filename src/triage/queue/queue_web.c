#include "common/services.h"
#include "directory/office/office.h"
#include "staff/account/account.h"
#include "triage/act/act.h"
#include "triage/queue/queue.h"
#include "triage/queue/queue_page.h"
#include "triage/queue/queue_web.h"
#include "triage/words/words.h"
#include "queue_html.h"

enum { PAGE = 50, PRIORITIES = 5 };
static const char *const levels[PRIORITIES] = { "0", "1", "2", "3", "4" };

static handler list;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/queue",                QUEUE_READ, NOTHING, list              },
    { STAFF_SIDE, POST, "/queue/chosen",         TIP_ASSIGN, FORM,    queue_chosen      },
    { STAFF_SIDE, POST, "/queue/filters",        QUEUE_READ, FORM,    queue_filter_add  },
    { STAFF_SIDE, POST, "/queue/filters/delete", QUEUE_READ, FORM,    queue_filter_drop },
};
/* clang-format on */
const struct routes queue_routes = { table, countof(table) };

/* ---- the wish ---- */

struct queue_wish queue_wish_of(str (*value)(const struct request *r, str name), const struct request *r)
{
    struct queue_wish wish = { .priority = -1 };
    str language = value(r, lit("l"));
    int64_t n;
    if (str_to_int(value(r, lit("p")), &n) && n >= 0 && n < PRIORITIES)
        wish.priority = (int)n;
    for (ptrdiff_t i = 0; languages[i]; i++)
        if (str_equal(str_of(languages[i]->code), language))
            wish.language = language;
    wish.closed = str_equal(value(r, lit("s")), lit("closed"));
    wish.mine = str_equal(value(r, lit("w")), lit("me"));
    wish.nobodys = str_equal(value(r, lit("w")), lit("none"));
    return wish;
}

static str owner_value(const struct queue_wish *wish)
{
    return wish->mine ? lit("me") : wish->nobodys ? lit("none") : (str){ 0 };
}

str queue_wish_text(struct arena *a, const struct queue_wish *wish)
{
    struct out o = { .arena = a };
    out_str(&o, lit("p="));
    if (wish->priority >= 0)
        out_int(&o, wish->priority);
    out_str(&o, lit("&l="));
    out_str(&o, wish->language);
    if (wish->closed)
        out_str(&o, lit("&s=closed"));
    if (wish->mine || wish->nobodys) {
        out_str(&o, lit("&w="));
        out_str(&o, owner_value(wish));
    }
    return out_view(&o);
}

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

static str wish_link(struct arena *a, const struct queue_wish *wish)
{
    return str_join(a, lit("/queue?"), queue_wish_text(a, wish));
}

static str next_link(const struct request *r, const struct tip_row *last, const struct queue_wish *wish)
{
    struct out o = { .arena = r->arena };
    out_str(&o, wish_link(r->arena, wish));
    out_str(&o, lit("&after="));
    out_int(&o, last->priority);
    out_char(&o, '.');
    out_int(&o, last->day);
    out_char(&o, '.');
    out_str(&o, id_text(r->arena, last->id));
    return out_view(&o);
}

/* ---- what there is to choose ---- */

static void add_option(struct queue_options *list, str value, str label, bool chosen)
{
    list->at[list->len++] = (struct queue_option){ value, label, chosen };
}

static struct queue_options urgency_options(const struct request *r, int chosen)
{
    struct queue_options list = { .at = arena_new(r->arena, struct queue_option, PRIORITIES + 1) };
    add_option(&list, (str){ 0 }, tr(r->language, N_("All")), chosen < 0);
    for (int i = 0; i < PRIORITIES; i++)
        add_option(&list, str_of(levels[i]), urgency_words(r, i), chosen == i);
    return list;
}

static struct queue_options language_options(const struct request *r, str chosen)
{
    struct queue_options list = { 0 };
    ptrdiff_t n = 0;
    while (languages[n])
        n++;
    list.at = arena_new(r->arena, struct queue_option, n + 1);
    add_option(&list, (str){ 0 }, tr(r->language, N_("Any")), !chosen.len);
    for (ptrdiff_t i = 0; i < n; i++) {
        str code = str_of(languages[i]->code);
        if (languages[i]->offered)
            add_option(&list, code, language_words(r, code), str_equal(code, chosen));
    }
    return list;
}

static struct queue_options state_options(const struct request *r, bool closed)
{
    struct queue_options list = { .at = arena_new(r->arena, struct queue_option, 2) };
    add_option(&list, (str){ 0 }, tr(r->language, N_("Open tips")), !closed);
    add_option(&list, lit("closed"), tr(r->language, N_("Closed tips")), closed);
    return list;
}

static struct queue_options owner_options(const struct request *r, const struct queue_wish *wish)
{
    struct queue_options list = { .at = arena_new(r->arena, struct queue_option, 3) };
    add_option(&list, (str){ 0 }, tr(r->language, N_("Anybody")), !wish->mine && !wish->nobodys);
    add_option(&list, lit("me"), tr(r->language, N_("Me")), wish->mine);
    add_option(&list, lit("none"), tr(r->language, N_("Nobody yet")), wish->nobodys);
    return list;
}

static struct queue_options code_options(const struct request *r, str chosen)
{
    struct tip_reasons reasons = tip_close_reasons(r);
    struct queue_options list = { .at = arena_new(r->arena, struct queue_option, reasons.len + 1) };
    add_option(&list, (str){ 0 }, tr(r->language, N_("Choose one")), !chosen.len);
    for (ptrdiff_t i = 0; i < reasons.len; i++)
        add_option(&list, reasons.at[i].code, reasons.at[i].words, str_equal(chosen, reasons.at[i].code));
    return list;
}

static void add_link(struct request *r, struct queue_links *list, str query, str label, str name, const struct queue_wish *wish)
{
    str now = queue_wish_text(r->arena, wish);
    list->at[list->len++] = (struct queue_link){
        .href = str_join(r->arena, lit("/queue?"), query), .label = label, .name = name, .current = str_equal(query, now),
        .delete_label = name.len ? fill_words(r, N_("Delete the filter %1"), name, (str){ 0 }) : (str){ 0 } };
}

static struct queue_links views_of(struct request *r, const struct queue_wish *wish)
{
    static const struct {
        const char *words;
        struct queue_wish wish;
    } views[] = {
        { N_("All open tips"), { .priority = -1 } },
        { N_("Mine"), { .priority = -1, .mine = true } },
        { N_("Nobody works on these"), { .priority = -1, .nobodys = true } },
        { N_("Closed tips"), { .priority = -1, .closed = true } },
    };
    struct queue_links list = { .at = arena_new(r->arena, struct queue_link, countof(views)) };
    for (ptrdiff_t i = 0; i < countof(views); i++)
        add_link(r, &list, queue_wish_text(r->arena, &views[i].wish), tr(r->language, views[i].words), (str){ 0 }, wish);
    return list;
}

static status saved_of(struct request *r, const struct queue_wish *wish, struct queue_links *out)
{
    struct queue_filters kept;
    status s = queue_filter_list(r->db, r->arena, r->caller.account, &kept);
    *out = (struct queue_links){ .at = arena_new(r->arena, struct queue_link, kept.len + 1) };
    for (ptrdiff_t i = 0; s == OK && i < kept.len; i++)
        add_link(r, out, kept.at[i].query, kept.at[i].name, kept.at[i].name, wish);
    return s;
}

/* ---- the rows ---- */

/* Names of who works on the tips of one page, each looked up once. */
struct owners {
    id ids[PAGE];
    str names[PAGE];
    ptrdiff_t len;
};

static status owner_of(struct request *r, struct owners *known, id account, str *out)
{
    struct account a;
    *out = (str){ 0 };
    if (id_is_zero(account))
        return OK;
    for (ptrdiff_t i = 0; i < known->len; i++)
        if (id_equal(known->ids[i], account)) {
            *out = known->names[i];
            return OK;
        }
    status s = account_find(r->db, r->arena, account, &a);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    *out = known->names[known->len] = a.name;
    known->ids[known->len++] = account;
    return OK;
}

static bool was_chosen(const struct queue_typed *typed, id tip)
{
    for (ptrdiff_t i = 0; typed && i < typed->chosen_count; i++)
        if (id_equal(typed->chosen[i], tip))
            return true;
    return false;
}

static status row_of(struct request *r, const struct tip_row *t, struct owners *known, struct queue_row *out)
{
    struct countdown c;
    str owner, text = id_text(r->arena, t->id), href = str_join(r->arena, lit("/tips/"), text);
    status s = countdown_of(r, t->id, &c);
    if (s == OK)
        s = owner_of(r, known, t->assignee, &owner);
    if (s != OK)
        return s;
    *out = (struct queue_row){
        .href = href,
        .urgency_href = str_join(r->arena, href, lit("#level")),
        .id = text,
        .name = id_short(r->arena, t->id),
        .choose = fill_words(r, N_("Choose %1"), id_short(r->arena, t->id), (str){ 0 }),
        .urgency_class = urgency_class(t->priority),
        .urgency = urgency_words(r, t->priority),
        .due_class = c.class,
        .due = c.words,
        .language = language_words(r, t->language),
        .channel = contact_words(r, "channel", t->channel),
        .day = day_text(r->arena, t->day),
        .owner = owner,
    };
    return OK;
}

static status add_rows(struct request *r, const struct queue_wish *wish, const struct queue_typed *typed, struct queue_page *page)
{
    struct tip_filter filter = { .office = r->caller.office, .priority = wish->priority, .language = wish->language, .closed = wish->closed,
                                 .nobodys = wish->nobodys };
    struct tip_place after = read_place(query_text(r, lit("after")));
    struct owners known = { .len = 0 };
    struct tip_rows tips;
    if (wish->mine)
        filter.assignee = r->caller.account;
    status s = tip_list(r->db, r->arena, &filter, &after, PAGE + 1, &tips);
    page->rows.at = arena_new(r->arena, struct queue_row, PAGE);
    for (ptrdiff_t i = 0; s == OK && i < tips.len && i < PAGE; i++) {
        s = row_of(r, &tips.at[i], &known, &page->rows.at[page->rows.len]);
        page->rows.at[page->rows.len++].chosen = was_chosen(typed, tips.at[i].id);
    }
    if (s == OK && tips.len > PAGE)
        page->next = next_link(r, &tips.at[PAGE - 1], wish);
    return s;
}

/* ---- the page ---- */

/* A tip was sent on: its page is no longer there to say so. */
static status add_sent(struct request *r, struct queue_page *page)
{
    struct office to;
    str code = query_text(r, lit("sent"));
    status s = office_code_fits(code) ? office_find_code(r->db, r->arena, code, &to) : NOT_FOUND;
    if (s == OK)
        page->done = fill_words(r, N_("The tip is at %1 now. This office does not see it any more."), to.name, (str){ 0 });
    return s == NOT_FOUND ? OK : s;
}

static void add_done(const struct request *r, struct queue_page *page)
{
    int64_t done, left;
    if (!str_to_int(query_text(r, lit("done")), &done) || !str_to_int(query_text(r, lit("left")), &left) || done < 0 || left < 0
        || done + left > PAGE)
        return;
    page->done = count_words(r, tr_n(r->language, done, "%1 tip is changed.", "%1 tips are changed."), done);
    if (left)
        page->left = count_words(r, tr_n(r->language, left, "%1 stood so already, or is no longer here.",
                                         "%1 stood so already, or are no longer here."), left);
}

static void add_wish(struct request *r, const struct queue_wish *wish, str code, struct queue_page *page)
{
    page->filtered = wish->priority >= 0 || wish->language.len || wish->closed || wish->mine || wish->nobodys;
    page->closed = wish->closed;
    page->urgencies = urgency_options(r, wish->priority);
    page->languages = language_options(r, wish->language);
    page->states = state_options(r, wish->closed);
    page->owners = owner_options(r, wish);
    page->codes = code_options(r, code);
    page->views = views_of(r, wish);
    page->p = wish->priority >= 0 ? str_of(levels[wish->priority]) : (str){ 0 };
    page->l = wish->language;
    page->s = wish->closed ? lit("closed") : (str){ 0 };
    page->w = owner_value(wish);
}

static void add_typed(const struct queue_typed *typed, struct queue_page *page)
{
    const struct problems *all = &typed->form->problems;
    page->problems = *all;
    page->chosen_problem = problem_of(all, lit("chosen"));
    page->code_problem = problem_of(all, lit("code"));
    page->reason_problem = problem_of(all, lit("reason"));
    page->name_problem = problem_of(all, lit("name"));
    page->name = typed->name;
    page->reason = typed->reason;
    page->page.problem = true;
}

status queue_draw(struct request *r, struct response *w, const struct queue_wish *wish, const struct queue_typed *typed)
{
    struct queue_page page = {
        .page = staff_page(r, wish->closed ? N_("Closed tips") : N_("Open tips")),
        .may_assign = caller_may(r, TIP_ASSIGN), .may_close = caller_may(r, TIP_DISPOSE) && !wish->closed,
        .token_chosen = form_token(r, lit("/queue/chosen")), .token_filter = form_token(r, lit("/queue/filters")),
        .token_delete = form_token(r, lit("/queue/filters/delete")),
        .as_of = str_part(time_text(r->arena, r->now), 11, 16),
    };
    add_wish(r, wish, typed ? typed->code : (str){ 0 }, &page);
    status s = saved_of(r, wish, &page.kept);
    if (s == OK)
        s = add_rows(r, wish, typed, &page);
    if (s != OK)
        return s;
    if (typed)
        add_typed(typed, &page);
    else
        add_done(r, &page);
    s = add_sent(r, &page);
    if (s != OK)
        return s;
    queue_html(&w->body, r->language, &page);
    return typed ? INVALID : OK;
}

static status list(struct request *r, struct response *w)
{
    struct queue_wish wish = queue_wish_of(query_text, r);
    return queue_draw(r, w, &wish, NULL);
}
