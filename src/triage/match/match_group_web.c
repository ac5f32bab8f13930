#include "triage/match/match_group_web.h"
#include "triage/match/match_group_page.h"
#include "triage/words/words.h"
#include "match_group_html.h"

static str path_of(const struct request *r, id tip, const char *end)
{
    return str_join(r->arena, str_join(r->arena, lit("/tips/"), id_text(r->arena, tip)), str_of(end));
}

static bool names(const struct match_facts *list, int field, str text)
{
    for (int i = 0; i < list->len; i++)
        if (list->at[i].field == field && str_equal(list->at[i].text, text))
            return true;
    return false;
}

/* "Telephone +12025550143": what both name in that field, as far as the caller's keys open both. */
static str fact_words(const struct request *r, const struct group_seen *seen, uint16_t fact, uint16_t one, uint16_t other)
{
    int field = seen->cluster.field[fact];
    const struct seen_tip *a = seen->open[one], *b = seen->open[other];
    struct out o = { .arena = r->arena };
    out_str(&o, tr(r->language, match_field_words((enum match_field)field)));
    for (int i = 0; a && b && i < a->facts.len; i++)
        if (a->facts.at[i].field == field && names(&b->facts, field, a->facts.at[i].text)) {
            out_char(&o, ' ');
            out_str(&o, a->facts.at[i].text);
            break;
        }
    return out_view(&o);
}

/* The tips of a group, with those that stand in the row of another; *folded: how many these are. */
static int64_t tips_of(const struct group_seen *seen, uint16_t group, int64_t *folded)
{
    int64_t n = 0;
    *folded = 0;
    for (int i = 0; i < seen->cluster.members; i++)
        if (seen->parts.of[i] == group) {
            n++;
            *folded += seen->copies[i].folded;
        }
    return n + *folded;
}

static str tips_words(const struct request *r, int64_t n)
{
    return count_words(r, tr_n(r->language, n, "%1 tip", "%1 tips"), n);
}

static void draw_copies(const struct request *r, const struct group_seen *seen, uint16_t member, struct group_row *row)
{
    const struct group_copies *c = &seen->copies[member];
    const str with[] = { count_words(r, tr_n(r->language, c->all, "%1 near copy", "%1 near copies"), c->all), row->day, day_text(r->arena, c->last) };
    if (!c->all)
        return;
    row->copies = tr_fill(r->arena, tr(r->language, c->last == seen->clear[member].day ? N_("%1, all of %2") : N_("%1, from %2 to %3")), with, countof(with));
    row->copies_href = str_join(r->arena, row->href, lit("/alike#copies"));
}

static struct group_row row_of(const struct request *r, const struct group_seen *seen, const struct group_step *step)
{
    const struct group_clear *t = &seen->clear[step->member];
    id tip = seen->cluster.member[step->member], from = seen->cluster.member[step->from];
    struct group_row row = {
        .href = path_of(r, tip, ""), .name = id_short(r->arena, tip), .day = day_text(r->arena, t->day),
        .state = tr(r->language, t->closed ? N_("Closed") : N_("Open")),
        .urgency_class = urgency_class(t->priority), .urgency = urgency_words(r, t->priority), .why = tr(r->language, N_("This tip")),
    };
    draw_copies(r, seen, step->member, &row);
    if (step->member == step->from) {
        if (!id_equal(tip, r->id))
            row.why = tr(r->language, N_("This tip is one of its copies"));
        return row;
    }
    row.from = path_of(r, from, "");
    row.from_name = fill_words(r, N_("as tip %1"), id_short(r->arena, from), (str){ 0 });
    if (step->fact == GROUP_NOBODY) {
        row.why = tr(r->language, N_("A person decided: the same situation"));
        return row;
    }
    row.why = fact_words(r, seen, step->fact, step->member, step->from);
    enum match_band band = match_band((double)step->weight / BIT);
    row.likely = tr(r->language, match_band_words(band));
    row.likely_class = band > MATCH_POSSIBLE ? lit("tag info") : lit("tag");
    return row;
}

static void draw_rows(const struct request *r, const struct group_seen *seen, struct match_group_page *page)
{
    int64_t first = seen->clear[seen->own].day, last = first, folded, tips = tips_of(seen, seen->parts.of[seen->own], &folded);
    int end = seen->first + GROUP_SHOWN < seen->size ? seen->first + GROUP_SHOWN : seen->size;
    for (int i = 0; i < seen->size; i++) {
        int64_t day = seen->clear[seen->walk[i].member].day;
        first = day < first ? day : first;
        day = seen->copies[seen->walk[i].member].all ? seen->copies[seen->walk[i].member].last : day;
        last = day > last ? day : last;
    }
    const str with[] = { tips_words(r, tips), day_text(r->arena, first), day_text(r->arena, last) };
    page->several = tips > 1;
    page->summary = !page->several ? tr(r->language, N_("No other tip hangs together with this one"))
                    : tr_fill(r->arena, tr(r->language, first == last ? N_("%1 hang together, all of %2") : N_("%1 hang together, from %2 to %3")), with, countof(with));
    if (folded)
        page->folded = count_words(r, tr_n(r->language, folded, "%1 of them says nearly the same as another and names nothing new: it stands in the row of that one.",
                                           "%1 of them say nearly the same as another and name nothing new: they stand in the row of that one."), folded);
    if (seen->size > MATCH_LARGE)
        page->large = tr(r->language, N_("This is a large group. It is shown whole, because no fact alone holds parts of it together."));
    page->rows.at = arena_new(r->arena, struct group_row, GROUP_SHOWN);
    for (int i = seen->first; i < end; i++)
        page->rows.at[page->rows.len++] = row_of(r, seen, &seen->walk[i]);
}

static str page_link(const struct request *r, int from)
{
    struct out o = { .arena = r->arena };
    out_str(&o, path_of(r, r->id, "/group?from="));
    out_int(&o, from);
    return out_view(&o);
}

static void draw_place(const struct request *r, const struct group_seen *seen, struct match_group_page *page)
{
    int64_t numbers[] = { seen->first + 1, seen->first + page->rows.len, seen->size };
    str with[countof(numbers)];
    if (seen->size <= GROUP_SHOWN)
        return;
    for (ptrdiff_t i = 0; i < countof(numbers); i++) {
        struct out o = { .arena = r->arena };
        out_int(&o, numbers[i]);
        with[i] = out_view(&o);
    }
    page->shown = tr_fill(r->arena, tr(r->language, N_("%1 to %2 of %3")), with, countof(with));
    if (seen->first)
        page->before = path_of(r, r->id, "/group");
    if (numbers[1] < numbers[2])
        page->next = page_link(r, (int)numbers[1]);
}

static void draw_near(const struct request *r, const struct group_seen *seen, struct match_group_page *page)
{
    page->near.at = arena_new(r->arena, struct group_told, GROUP_NEAR_MOST);
    for (int i = 0; i < seen->near_count; i++) {
        const struct group_neighbour *n = &seen->near[i];
        const char *words = n->decided ? N_("Another group has something in common with this one: %3. They are shown apart (%1 here, %2 there), because somebody decided that two of their tips are not the same situation.")
                                       : N_("Two groups of %1 and %2 hang together by one fact alone: %3. They are shown apart.");
        int64_t folded;
        const str with[] = { tips_words(r, tips_of(seen, seen->parts.of[seen->own], &folded)), tips_words(r, tips_of(seen, n->group, &folded)), fact_words(r, seen, n->fact, n->own, n->other) };
        id other = seen->cluster.member[n->other];
        page->near.at[page->near.len++] = (struct group_told){ tr_fill(r->arena, tr(r->language, words), with, countof(with)), path_of(r, other, "/group"),
                                                               fill_words(r, N_("The group of tip %1"), id_short(r->arena, other), (str){ 0 }) };
    }
}

/* Decisions that cannot all hold. */
static void draw_torn(const struct request *r, const struct group_seen *seen, struct match_group_page *page)
{
    page->torn.at = arena_new(r->arena, struct group_told, seen->graph.decision_count + 1);
    for (uint32_t i = 0; i < seen->graph.decision_count; i++) {
        const struct group_decision *d = &seen->decisions[i];
        uint16_t of = seen->parts.of[seen->own];
        if (!seen->parts.refused[i] || (seen->parts.of[d->a] != of && seen->parts.of[d->b] != of))
            continue;
        id one = seen->cluster.member[d->a], other = seen->cluster.member[d->b];
        page->torn.at[page->torn.len++] = (struct group_told){
            fill_words(r, N_("Tips %1 and %2 were called the same, and by other decisions they are not. They are shown apart until one of these is taken back."),
                       id_short(r->arena, one), id_short(r->arena, other)),
            path_of(r, one, "/alike"), tr(r->language, N_("Look at the decisions")) };
    }
}

status match_group_show(struct request *r, struct response *w)
{
    struct group_seen *seen = arena_new(r->arena, struct group_seen, 1);
    status s = match_group_load(r, seen);
    if (s != OK)
        return s;
    struct match_group_page page = {
        .page = staff_page(r, N_("Tips that hang together")), .tip = path_of(r, r->id, ""), .name = id_short(r->arena, r->id), .alike = path_of(r, r->id, "/alike"),
        .waits = match_waits_words(r, seen->engine, seen->cluster.known), .partial = seen->engine == OK && !seen->cluster.whole, .more = seen->cluster.more, .unread = seen->unread,
    };
    if (seen->size) {
        draw_rows(r, seen, &page);
        draw_place(r, seen, &page);
        draw_near(r, seen, &page);
        draw_torn(r, seen, &page);
    }
    match_group_html(&w->body, r->language, &page);
    return OK;
}
