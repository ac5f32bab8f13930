#include "casework/alike/alike_web.h"
#include "casework/casefile/casefile.h"
#include "common/services.h"
#include "staff/sealed/sealed.h"
#include "triage/match/match_file.h"
#include "alike_html.h"

static handler show;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/cases/:id/alike", CASE_READ, NOTHING, show },
};
/* clang-format on */
const struct routes alike_routes = { table, countof(table) };

static struct alike_row row_of(const struct request *r, const struct match_named *n)
{
    return (struct alike_row){
        .name = id_short(r->arena, n->id), .band = tr(r->language, match_band_words(n->bits.band)),
        .band_class = n->bits.band > MATCH_POSSIBLE ? lit("tag info") : lit("tag"), .same = match_bits_words(r, &n->bits),
    };
}

/* What is on the case already says nothing new; what went meanwhile, or is not at this office, is absent. */
static status add_tip(struct request *r, const struct match_named *n, struct alike_rows *to)
{
    struct tip_row tip;
    bool on = false;
    if (to->len == MATCH_NAMED_SHOWN)
        return OK;
    status s = match_on_case(r->db, r->id, n->id, &on);
    if (s == OK && !on)
        s = tip_find(r->db, r->arena, r->caller.office, n->id, &tip);
    if (s != OK || on)
        return s == NOT_FOUND ? OK : s;
    struct alike_row *row = &to->at[to->len++];
    *row = row_of(r, n);
    row->href = str_join(r->arena, lit("/tips/"), id_text(r->arena, n->id));
    row->day = day_text(r->arena, tip.day);
    row->state = tip.closed ? tr(r->language, N_("Closed")) : (str){ 0 };
    row->id = caller_may(r, CASE_OPEN) ? id_text(r->arena, n->id) : (str){ 0 };
    return OK;
}

/* Titles of the other cases, by one message; a case whose title does not open is not one's own any more. */
static status add_cases(struct request *r, const struct match_named_answer *found, struct alike_rows *to)
{
    struct sealed_fields fields[MATCH_NAMED_SHOWN];
    struct sealed_row rows[MATCH_NAMED_SHOWN];
    struct casefile cases[MATCH_NAMED_SHOWN];
    const struct match_named *of[MATCH_NAMED_SHOWN];
    ptrdiff_t n = 0;
    status s = OK;
    for (int i = 0; s == OK && i < found->len && n < MATCH_NAMED_SHOWN; i++) {
        s = found->at[i].file ? casefile_find_mine(r->db, r->arena, found->at[i].id, r->caller.account, &cases[n]) : NOT_FOUND;
        if (s == OK) {
            rows[n] = (struct sealed_row){ .id = cases[n].id, .table = TABLE_CASE, .sealed = cases[n].sealed, .to = &fields[n] };
            of[n++] = &found->at[i];
        }
        s = s == NOT_FOUND ? OK : s;
    }
    if (s == OK && n)
        s = sealed_open(r, PURPOSE_LINK, r->id, rows, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (!rows[i].opened)
            continue;
        struct alike_row *row = &to->at[to->len++];
        *row = row_of(r, of[i]);
        row->href = casefile_path(r->arena, cases[i].id, "");
        row->title = sealed_field(&fields[i], CASE_TITLE);
        row->day = day_text(r->arena, cases[i].opened_day);
        row->state = str_equal(cases[i].status, lit("closed")) ? tr(r->language, N_("Closed")) : (str){ 0 };
    }
    return s;
}

static status show(struct request *r, struct response *w)
{
    struct match_named_answer *found = arena_new(r->arena, struct match_named_answer, 1);
    struct opened_case c;
    status s = casefile_open(r, r->id, PURPOSE_LINK, &c);
    if (s != OK)
        return s;
    struct alike_page page = {
        .page = staff_page(r, N_("What names the same")), .path = casefile_path(r->arena, r->id, ""), .name = c.title, .root = id_text(r->arena, r->id),
        .token = form_token(r, lit("/cases/new")), .tips.at = arena_new(r->arena, struct alike_row, MATCH_NAMED_SHOWN),
        .cases.at = arena_new(r->arena, struct alike_row, MATCH_NAMED_SHOWN),
    };
    status engine = match_ask_file(r->services->engine, r->services->keeper, caller_token(r), r->caller.office, r->id, found);
    page.waits = match_waits_words(r, engine, found->known);
    page.partial = engine == OK && !found->whole;
    for (int i = 0; s == OK && i < found->len; i++)
        if (!found->at[i].file)
            s = add_tip(r, &found->at[i], &page.tips);
    if (s == OK)
        s = add_cases(r, found, &page.cases);
    page.more = found->len == MATCH_NAMED_MOST || page.tips.len == MATCH_NAMED_SHOWN || page.cases.len == MATCH_NAMED_SHOWN;
    if (s == OK)
        alike_html(&w->body, r->language, &page);
    return s;
}
