#include "triage/search/search_web.h"
#include "common/pack/pack.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"
#include "triage/match/match_words.h"
#include "triage/search/search_engine.h"
#include "triage/words/words.h"
#include "search_html.h"

static handler show, find;

/* What is typed goes by POST and comes back on the page: it stands in no address, and so in no log and no history. */
/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET,  "/search", TIP_READ, NOTHING, show },
    { STAFF_SIDE, POST, "/search", TIP_READ, FORM,    find },
};
/* clang-format on */
const struct routes search_routes = { table, countof(table) };

/* ---- the words around what was found ---- */

enum { LINES_MOST = 3, PLACES_MOST = 256, BEFORE = 60, BEHIND = 140 };

static bool within_letter(str text, ptrdiff_t at)
{
    return at > 0 && at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80;
}

/* Where a line begins: behind a blank, if there is one before what was found. */
static ptrdiff_t line_begin(str text, ptrdiff_t least, ptrdiff_t found)
{
    ptrdiff_t at = found - BEFORE > least ? found - BEFORE : least;
    if (at == least)
        return at;
    for (ptrdiff_t i = at; i < found; i++)
        if (text.at[i] == ' ' || text.at[i] == '\n')
            return i + 1;
    while (within_letter(text, at))
        at++;
    return at;
}

static ptrdiff_t line_end(str text, ptrdiff_t found)
{
    ptrdiff_t end = found + BEHIND < text.len ? found + BEHIND : text.len;
    for (ptrdiff_t i = end; end < text.len && i > found; i--)
        if (text.at[i] == ' ' || text.at[i] == '\n')
            return i;
    while (within_letter(text, end))
        end--;
    return end > found ? end : found;
}

static void add_piece(struct search_line *line, str text, bool hit)
{
    if (text.len)
        line->at[line->len++] = (struct search_piece){ text, hit };
}

/* From that place on. Returns how many places stand in the line; *end: where it ends. */
static ptrdiff_t add_line(struct arena *a, str text, const struct search_place *places, ptrdiff_t n, ptrdiff_t *end, uint32_t *covered, struct search_lines *out)
{
    ptrdiff_t begin = line_begin(text, *end, places[0].begin), at = begin, count = 0;
    struct search_line *line = &out->at[out->len++];
    *end = line_end(text, places[0].end);
    *line = (struct search_line){ .at = arena_new(a, struct search_piece, 2 * n + 3) };
    add_piece(line, begin ? lit("… ") : (str){ 0 }, false);
    for (; count < n && places[count].begin < *end; count++) {
        add_piece(line, str_part(text, at, places[count].begin), false);
        add_piece(line, str_part(text, places[count].begin, places[count].end), true);
        at = places[count].end;
        *covered |= (uint32_t)1 << places[count].item;
    }
    *end = at > *end ? at : *end;
    add_piece(line, str_part(text, at, *end), false);
    add_piece(line, *end < text.len ? lit(" …") : (str){ 0 }, false);
    return count;
}

/* A few lines, of which each says something that those before do not. */
static void add_lines(struct request *r, const struct search_query *q, const struct tip *tip, struct search_lines *out)
{
    str country = pack_country(r->services->pack, day_of(r->now));
    struct match_said said;
    uint32_t covered = 0;
    match_said_of(tip, &said);
    out->at = arena_new(r->arena, struct search_line, LINES_MOST);
    for (int t = 0; t < said.len; t++) {
        struct search_place *places = arena_new(r->arena, struct search_place, PLACES_MOST);
        ptrdiff_t n = search_places(r->arena, q, said.at[t], country, places, PLACES_MOST), end = 0;
        for (ptrdiff_t i = 0; i < n && out->len < LINES_MOST;)
            if (covered >> places[i].item & 1 || places[i].begin < end)
                i++;
            else
                i += add_line(r->arena, said.at[t], places + i, n - i, &end, &covered, out);
    }
}

/* ---- the rows ---- */

static void add_row(struct request *r, const struct search_query *q, const struct search_hit *hit, const struct tip_row *row, const struct sealed_fields *fields, struct search_rows *out)
{
    struct search_row *to = &out->at[out->len++];
    struct tip tip;
    int items = __builtin_popcount(hit->items);
    tip_read(fields, &tip);
    *to = (struct search_row){
        .href = str_join(r->arena, lit("/tips/"), id_text(r->arena, hit->tip)), .name = id_short(r->arena, hit->tip),
        .urgency_class = urgency_class(row->priority), .urgency = urgency_words(r, row->priority), .day = day_text(r->arena, row->day), .language = row->language,
        .state_class = row->closed ? lit("tag") : lit("tag info"), .state = row->closed ? close_words(r, row->disposition) : tr(r->language, N_("Open")),
    };
    struct out have = { .arena = r->arena }, of = { .arena = r->arena };
    out_int(&have, items);
    out_int(&of, q->len);
    if (items < q->len)
        to->part = fill_words(r, N_("%1 of %2 words"), out_view(&have), out_view(&of));
    add_lines(r, q, &tip, &to->lines);
}

/* By one message of the keeper and one record, as a list: a unit of the budget for each tip whose words are shown. What went meanwhile, or opens no more, is not there. */
static status add_rows(struct request *r, const struct search_query *q, const struct search_answer *answer, struct search_rows *out)
{
    struct tip_row tips[SEARCH_PAGE];
    struct sealed_row rows[SEARCH_PAGE];
    struct sealed_fields fields[SEARCH_PAGE];
    const struct search_hit *hits[SEARCH_PAGE];
    ptrdiff_t n = 0;
    id ring;
    *out = (struct search_rows){ .at = arena_new(r->arena, struct search_row, SEARCH_PAGE) };
    status s = answer->len ? sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &ring) : OK;
    for (int i = 0; s == OK && i < answer->len; i++) {
        s = tip_find(r->db, r->arena, r->caller.office, answer->at[i].tip, &tips[n]);
        if (s == OK)
            hits[n] = &answer->at[i], rows[n] = (struct sealed_row){ .id = answer->at[i].tip, .table = TABLE_TIP, .sealed = tips[n].sealed, .to = &fields[n] };
        if (s == OK)
            s = sealed_fit(r, ring, answer->at[i].tip, &rows[n], 1);
        n += s == OK;
        s = s == NOT_FOUND ? OK : s;
    }
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, (id){ { 0 } }, rows, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (rows[i].opened)
            add_row(r, q, hits[i], &tips[i], &fields[i], out);
    return s;
}

/* ---- the page ---- */

static str waits_words(const struct request *r, status engine)
{
    if (engine == LOCKED)
        return tr(r->language, N_("Search waits for a supervisor: after a start, the first one who signs in opens it."));
    return engine == OK ? (str){ 0 } : tr(r->language, N_("Search cannot be asked just now. Everything else works; try again in a moment."));
}

static void add_counts(const struct request *r, const struct search_query *q, const struct search_answer *answer, int64_t skip, struct search_page *page)
{
    uint32_t some = answer->total - answer->all;
    page->partial = !answer->whole;
    page->cut = q->more;
    page->found = count_words(r, tr_n(r->language, answer->all, "%1 tip says all of it.", "%1 tips say all of it."), answer->all);
    if (some)
        page->some = count_words(r, tr_n(r->language, some, "%1 more says a part.", "%1 more say a part."), some);
    if (answer->total > SEARCH_PAGE && answer->len)
        page->place = fill_words(r, N_("%1 to %2"), int_text(r->arena, skip + 1), int_text(r->arena, skip + answer->len));
    if (skip + SEARCH_PAGE < answer->total && skip + SEARCH_PAGE < SEARCH_REACH)
        page->more = int_text(r->arena, skip + SEARCH_PAGE);
    if (skip)
        page->fewer = int_text(r->arena, skip > SEARCH_PAGE ? skip - SEARCH_PAGE : 0);
}

static status draw(struct request *r, struct response *w, struct search_page *page)
{
    page->page = staff_page(r, N_("Search"));
    page->page.searching = true;
    page->page.problem = page->problems.len > 0;
    page->token = form_token(r, lit("/search"));
    search_html(&w->body, r->language, page);
    return page->problems.len ? INVALID : OK;
}

static status show(struct request *r, struct response *w)
{
    struct search_page page = { .asked = false };
    struct engine_standing standing;
    status s = engine_standing(r->services->engine, &standing);
    page.waits = waits_words(r, s == OK && !standing.open ? LOCKED : s);
    return draw(r, w, &page);
}

/* Of whole pages; anything else is the first one. */
static int64_t skip_of(struct form *f)
{
    int64_t skip;
    bool good = str_to_int(form_text(f, lit("skip"), 0, 8), &skip) && skip > 0 && skip < SEARCH_REACH && skip % SEARCH_PAGE == 0;
    return good ? skip : 0;
}

static status find(struct request *r, struct response *w)
{
    struct form f = form_read(r);
    struct search_query *query = arena_new(r->arena, struct search_query, 1);
    struct search_answer answer;
    struct search_ticket ticket;
    struct search_page page = { .typed = form_text(&f, lit("words"), 0, SEARCH_MOST) };
    struct search_question q = { r->caller.office, page.typed, (uint32_t)skip_of(&f) };
    search_read(r->arena, page.typed, pack_country(r->services->pack, day_of(r->now)), query);
    if (form_ok(&f) && !query->len)
        form_note(&f, lit("words"), tr(r->language, N_("Write at least one word, number or name.")));
    page.problems = f.problems;
    page.problem = problem_of(&f.problems, lit("words"));
    if (!form_ok(&f))
        return draw(r, w, &page);
    status s = keeper_search_ticket(r->services->keeper, caller_token(r), &ticket);
    if (s != OK)
        return s;
    s = search_engine_ask(r->services->engine, &ticket, &q, &answer);
    page.waits = waits_words(r, s);
    page.asked = s == OK;
    s = s == OK ? add_rows(r, query, &answer, &page.rows) : OK;
    if (s != OK)
        return s;
    if (page.asked)
        add_counts(r, query, &answer, q.skip, &page);
    return draw(r, w, &page);
}
