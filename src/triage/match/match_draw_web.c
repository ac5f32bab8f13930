#include "common/services.h"
#include "staff/account/account.h"
#include "staff/role/role.h"
#include "triage/match/match_page.h"
#include "triage/match/match_web.h"
#include "triage/words/words.h"
#include "match_html.h"
#include <math.h>

/* Of the chart: a column of labels, then the plot; one row a bar. */
enum { PLOT_LEFT = 182, PLOT_RIGHT = 582, FIRST_ROW = 31, ROW = 26, BAR = 18, GRID_STEP = 5, GRID_MOST = 24 };

/* One decimal, with a sign that is not a hyphen. */
static str bits_text(struct arena *a, double bits)
{
    struct out o = { .arena = a };
    int64_t tenths = llround(fabs(bits) * 10);
    out_str(&o, !tenths ? lit("") : bits < 0 ? lit("\xe2\x88\x92") : lit("+"));
    out_int(&o, tenths / 10);
    out_char(&o, '.');
    out_int(&o, tenths % 10);
    return out_view(&o);
}

static str number(struct arena *a, double x)
{
    struct out o = { .arena = a };
    int64_t tenths = llround(x * 10);
    out_int(&o, tenths / 10);
    out_char(&o, '.');
    out_int(&o, llabs(tenths) % 10);
    return out_view(&o);
}

static str tip_path(struct arena *a, id tip)
{
    return str_join(a, lit("/tips/"), id_text(a, tip));
}

/* ---- the chart ---- */

struct plot {
    int low, high;      /* bits at its edges, multiples of GRID_STEP */
};

static double place(const struct plot *p, double bits)
{
    return PLOT_LEFT + (bits - p->low) * (PLOT_RIGHT - PLOT_LEFT) / (p->high - p->low);
}

static void add_bar(struct arena *a, const struct plot *p, struct match_bars *list, str label, double from, double to, bool last)
{
    double left = place(p, from < to ? from : to), right = place(p, from < to ? to : from);
    int y = FIRST_ROW + ROW * (int)list->len;
    bool up = to >= from;
    list->at[list->len++] = (struct match_bar){
        .label = label, .bits = bits_text(a, to - from), .color = last ? lit("var(--ink)") : up ? lit("var(--c1)") : lit("var(--c2)"),
        .x = number(a, left), .y = number(a, y), .width = number(a, right - left), .label_y = number(a, y + 12),
        .bits_x = number(a, up ? right + 6 : left - 6), .anchor = up ? lit("start") : lit("end"), .strong = last,
        .link_x = last ? (str){ 0 } : number(a, place(p, to)), .link_from = number(a, y + BAR), .link_to = number(a, y + ROW),
    };
}

static void draw_chart(struct request *r, const struct match_case *why, struct match_page *page)
{
    struct arena *a = r->arena;
    double sum = why->prior, low = fmin(0, sum), high = 0;
    for (int i = 0; i < why->len; i++) {
        sum += why->at[i].bits;
        low = fmin(low, sum);
        high = fmax(high, sum);
    }
    struct plot plot = { (int)floor(low / GRID_STEP - 0.5) * GRID_STEP, (int)ceil(high / GRID_STEP + 0.5) * GRID_STEP };
    page->bars.at = arena_new(a, struct match_bar, why->len + 2);
    add_bar(a, &plot, &page->bars, tr(r->language, N_("Starting point")), 0, why->prior, false);
    sum = why->prior;
    for (int i = 0; i < why->len; i++) {
        add_bar(a, &plot, &page->bars, tr(r->language, match_field_words(why->at[i].field)), sum, sum + why->at[i].bits, false);
        sum += why->at[i].bits;
    }
    add_bar(a, &plot, &page->bars, tr(r->language, N_("Sum")), 0, sum, true);
    page->grid.at = arena_new(a, struct match_line, GRID_MOST);
    for (int bits = plot.low; bits <= plot.high && page->grid.len < GRID_MOST; bits += GRID_STEP) {
        struct out words = { .arena = a };
        out_str(&words, bits < 0 ? lit("\xe2\x88\x92") : bits > 0 ? lit("+") : lit(""));
        out_int(&words, bits < 0 ? -bits : bits);
        page->grid.at[page->grid.len++] = (struct match_line){ number(a, place(&plot, bits)), out_view(&words), bits == 0 };
    }
    int bottom = FIRST_ROW + ROW * (int)page->bars.len;
    page->chart_bottom = number(a, bottom);
    page->chart_height = number(a, bottom + 8);
    page->chart_title = fill_words(r, N_("Weight of each reason in bits, from a starting point of %1 to a sum of %2"), bits_text(a, why->prior), bits_text(a, sum));
}

/* ---- the reasons in words ---- */

static str reason_words(const struct request *r, const struct match_reason *m)
{
    str field = tr(r->language, match_field_words(m->field));
    if (m->level == 0)
        return fill_words(r, N_("%1 %2 in both"), field, m->own);
    if (m->level == m->levels - 1)
        return fill_words(r, N_("%1: both name one, and not the same"), field, (str){ 0 });
    const str with[] = { field, m->own, m->other };
    return tr_fill(r->arena, tr(r->language, N_("%1: %2 and %3 are nearly the same")), with, countof(with));
}

/* "odds of about 220 to 1", of a number with two digits that say something; beyond a million nobody reads more. */
static str odds_words(const struct request *r, double bits)
{
    enum { MILLION_BITS = 20 };
    double odds = exp2(fabs(bits)), unit = pow(10, fmax(0, floor(log10(odds)) - 1));
    struct out o = { .arena = r->arena };
    if (fabs(bits) >= MILLION_BITS)
        return tr(r->language, bits > 0 ? N_("Sum: odds of more than a million to 1") : N_("Sum: odds of less than 1 to a million"));
    out_int(&o, llround(odds / unit) * (int64_t)unit);
    return fill_words(r, bits >= 0 ? N_("Sum: odds of about %1 to 1") : N_("Sum: odds of about 1 to %1"), out_view(&o), (str){ 0 });
}

/* What both name, for the first look. */
static str summary_of(const struct request *r, const struct match_case *why)
{
    struct out o = { .arena = r->arena };
    for (int i = 0; i < why->len; i++)
        if (why->at[i].level < why->at[i].levels - 1) {
            if (o.len)
                out_str(&o, lit("; "));
            out_str(&o, reason_words(r, &why->at[i]));
        }
    return out_view(&o);
}

static void draw_reasons(const struct request *r, const struct match_case *why, struct match_page *page)
{
    page->reasons.at = arena_new(r->arena, struct match_why, why->len + 1);
    page->reasons.at[page->reasons.len++] = (struct match_why){ tr(r->language, N_("Before any reason: how rare it is that two tips are one")), bits_text(r->arena, why->prior) };
    for (int i = 0; i < why->len; i++)
        page->reasons.at[page->reasons.len++] = (struct match_why){ reason_words(r, &why->at[i]), bits_text(r->arena, why->at[i].bits) };
    page->sum_words = odds_words(r, why->bits);
    page->sum_bits = bits_text(r->arena, why->bits);
    page->likely = tr(r->language, match_band_words(match_band(why->bits)));
    page->likely_class = match_band(why->bits) > MATCH_POSSIBLE ? lit("tag info") : lit("tag");
    page->summary = summary_of(r, why);
}

/* ---- the rest of the page ---- */

static str place_words(const struct request *r, const struct match_seen *seen)
{
    struct out at = { .arena = r->arena }, all = { .arena = r->arena };
    out_int(&at, seen->at + 1);
    out_int(&all, seen->proposed_count);
    return fill_words(r, N_("%1 of %2"), out_view(&at), out_view(&all));
}

static void draw_proposal(struct request *r, const struct match_seen *seen, struct match_page *page)
{
    struct arena *a = r->arena;
    id other = seen->proposed[seen->at].tip;
    page->proposed = true;
    page->other = tip_path(a, other);
    page->other_id = id_text(a, other);
    page->other_name = id_short(a, other);
    page->other_day = day_text(a, seen->other.row.day);
    page->other_shut = !seen->other.open;
    page->other_words = seen->other.tip.narrative;
    page->other_language = seen->other.row.language;
    page->own_words = seen->own.tip.narrative;
    page->own_language = seen->own.row.language;
    page->place = place_words(r, seen);
    if (seen->at + 1 < seen->proposed_count) {
        struct out next = { .arena = a };
        out_str(&next, page->path);
        out_str(&next, lit("?at="));
        out_int(&next, seen->at + 1);
        page->next = out_view(&next);
    }
    draw_reasons(r, &seen->why, page);
    draw_chart(r, &seen->why, page);
}

static str facts_words(const struct request *r, const struct index_fact *facts, int n)
{
    struct out o = { .arena = r->arena };
    for (int i = 0; i < n; i++) {
        if (i)
            out_str(&o, lit("; "));
        out_str(&o, tr(r->language, match_field_words((enum match_field)facts[i].field)));
        out_char(&o, ' ');
        out_str(&o, facts[i].text);
    }
    return out_view(&o);
}

static str flag_list(const struct request *r, unsigned flags)
{
    struct out o = { .arena = r->arena };
    for (unsigned flag = 1; flag < 1u << MATCH_FLAGS; flag *= 2)
        if (flags & flag) {
            if (o.len)
                out_str(&o, lit("; "));
            out_str(&o, tr(r->language, match_flag_words((enum match_flag)flag)));
        }
    return out_view(&o);
}

static struct match_copy shown_copy(const struct request *r, const struct match_seen *seen, const struct seen_copy *c)
{
    enum { ADDED_MOST = 12 };
    struct index_fact added[ADDED_MOST];
    id tip = c->tip.row.id;
    int n = match_new_facts(&seen->own.facts, &c->tip.facts, added, ADDED_MOST);
    return (struct match_copy){
        .href = tip_path(r->arena, tip), .name = id_short(r->arena, tip), .day = day_text(r->arena, c->tip.row.day), .adds = facts_words(r, added, n),
        .read_first = c->tip.row.closed ? (str){ 0 } : flag_list(r, c->flags), .closed = c->tip.row.closed,
        .closable = match_closable(c) ? id_text(r->arena, tip) : (str){ 0 },
    };
}

static str copies_link(const struct request *r, const struct match_page *page, int64_t skip)
{
    struct out o = { .arena = r->arena };
    out_str(&o, page->path);
    out_str(&o, lit("?copies="));
    out_int(&o, skip);
    return out_view(&o);
}

static void draw_copies(const struct request *r, const struct match_seen *seen, struct match_page *page)
{
    if (seen->answer.copies < 2)
        return;
    int64_t first = seen->own.row.day, last = first;
    page->copy_list.at = arena_new(r->arena, struct match_copy, seen->copy_count + 1);
    for (ptrdiff_t i = 0; i < seen->copy_count; i++) {
        int64_t day = seen->copies[i].tip.row.day;
        first = day < first ? day : first;
        last = day > last ? day : last;
        page->copy_list.at[page->copy_list.len++] = shown_copy(r, seen, &seen->copies[i]);
    }
    str count = count_words(r, tr_n(r->language, seen->answer.copies, "%1 tip says nearly the same", "%1 tips say nearly the same, this one among them"), seen->answer.copies);
    const str with[] = { count, day_text(r->arena, first), day_text(r->arena, last) };
    page->copies = tr_fill(r->arena, tr(r->language, N_("%1; those shown here are from %2 to %3.")), with, countof(with));
    if (seen->skipped)
        page->fewer_copies = copies_link(r, page, 0);
    if (seen->skipped + (uint32_t)seen->answer.copy_count + 1 < seen->answer.copies)
        page->more_copies = copies_link(r, page, (int64_t)seen->skipped + seen->answer.copy_count);
}

/* The form that closes those of them that need no reading. */
static void draw_closing(struct request *r, const struct match_seen *seen, const struct match_closing *closing, struct match_page *page)
{
    struct tip_reasons codes = tip_close_reasons(r);
    int64_t n = 0;
    for (ptrdiff_t i = 0; i < seen->copy_count; i++)
        n += match_closable(&seen->copies[i]);
    page->may_close = n && caller_may(r, TIP_DISPOSE);
    page->close_button = count_words(r, tr_n(r->language, n, "Close %1 copy", "Close %1 copies"), n);
    page->path_copies = str_join(r->arena, page->tip, lit("/copies"));
    page->token_copies = form_token(r, page->path_copies);
    page->codes.at = arena_new(r->arena, struct match_code, codes.len + 1);
    page->codes.at[page->codes.len++] = (struct match_code){ { 0 }, tr(r->language, N_("Choose one")), false };
    for (ptrdiff_t i = 0; i < codes.len; i++)
        if (match_close_code(r, codes.at[i].code))
            page->codes.at[page->codes.len++] = (struct match_code){ codes.at[i].code, codes.at[i].words, closing && str_equal(closing->code, codes.at[i].code) };
    if (!closing)
        return;
    page->problems = closing->form->problems;
    page->reason = closing->reason;
    page->code_problem = problem_of(&page->problems, lit("code"));
    page->reason_problem = problem_of(&page->problems, lit("reason"));
}

static void draw_crowded(const struct request *r, const struct match_seen *seen, struct match_page *page)
{
    page->crowded.at = arena_new(r->arena, str, CROWDED_MOST);
    for (int i = 0; i < seen->answer.crowd_count; i++) {
        struct out tips = { .arena = r->arena };
        out_int(&tips, seen->answer.crowd[i].tips);
        page->crowded.at[page->crowded.len++] =
            fill_words(r, N_("%1: one of them stands in %2 other tips"), tr(r->language, match_field_words((enum match_field)seen->answer.crowd[i].field)), out_view(&tips));
    }
}

static void draw_decided(struct request *r, const struct match_seen *seen, struct match_page *page)
{
    static const struct {
        const char *verdict, *words;
    } rows[] = {
        { "same", N_("Same situation as") }, { "different", N_("Not the same as") }, { "later", N_("Not sure about") },
    };
    page->decided.at = arena_new(r->arena, struct match_decided, seen->decision_count + 1);
    for (ptrdiff_t i = 0; i < seen->decision_count; i++) {
        const struct match_decision *d = &seen->decisions[i];
        struct account who = { .name = { 0 } };
        struct match_decided *to = &page->decided.at[page->decided.len++];
        *to = (struct match_decided){ tip_path(r->arena, d->other), id_short(r->arena, d->other), { 0 }, staff_time(r->arena, d->at), { 0 }, id_text(r->arena, d->other) };
        for (ptrdiff_t k = 0; k < countof(rows); k++)
            if (str_equal(d->verdict, str_of(rows[k].verdict)))
                to->words = tr(r->language, rows[k].words);
        if (account_find(r->db, r->arena, d->author, &who) == OK)
            to->author = who.name;
    }
}

static str done_words(const struct request *r)
{
    static const struct {
        const char *code, *words;
    } rows[] = {
        { "kept", N_("Kept with both tips.") }, { "undone", N_("Taken back.") }, { "closed", N_("The copies are closed.") },
        { "none", N_("Nothing was closed: what stood here is closed already, or is to be read first.") },
    };
    str done = query_text(r, lit("done"));
    for (ptrdiff_t i = 0; i < countof(rows); i++)
        if (str_equal(done, str_of(rows[i].code)))
            return tr(r->language, rows[i].words);
    return (str){ 0 };
}

static void draw_files(const struct request *r, const struct match_seen *seen, struct match_page *page)
{
    page->files.at = arena_new(r->arena, struct match_file_row, seen->file_count + 1);
    for (ptrdiff_t i = 0; i < seen->file_count; i++) {
        const struct match_named *n = &seen->files[i];
        page->files.at[page->files.len++] =
            (struct match_file_row){ str_join(r->arena, lit("/cases/"), id_text(r->arena, n->id)), id_short(r->arena, n->id), match_bits_words(r, &n->bits) };
    }
}

status match_draw(struct request *r, struct response *w, const struct match_seen *seen, const struct match_closing *closing)
{
    struct match_page page = {
        .page = staff_page(r, N_("Tips that may be the same")), .name = id_short(r->arena, r->id), .tip = tip_path(r->arena, r->id),
        .may_decide = caller_may(r, TIP_NOTE), .done = done_words(r), .waits = match_waits_words(r, seen->engine, seen->answer.known), .told = seen->told,
        .partial = seen->engine == OK && !seen->answer.whole,
    };
    page.path = str_join(r->arena, page.tip, lit("/alike"));
    page.group = str_join(r->arena, page.tip, lit("/group"));
    page.token = form_token(r, page.path);
    if (seen->proposed_count)
        draw_proposal(r, seen, &page);
    draw_copies(r, seen, &page);
    draw_closing(r, seen, closing, &page);
    draw_crowded(r, seen, &page);
    draw_decided(r, seen, &page);
    draw_files(r, seen, &page);
    page.page.problem = page.problems.len > 0;
    match_html(&w->body, r->language, &page);
    return page.problems.len ? INVALID : OK;
}
