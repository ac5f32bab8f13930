#include "triage/match/match_report_web.h"
#include "match_report_html.h"
#include "triage/match/match_page.h"
#include <math.h>

enum { READ_MOST = 512, SHARE_FROM = 10, NOT_PROPOSED = MATCH_VERY_LIKELY + 1, BANDS };

static handler show;

/* clang-format off */
static const struct route table[] = {
    { STAFF_SIDE, GET, "/look-alikes", TIP_READ, NOTHING, show },
};
/* clang-format on */
const struct routes match_report_routes = { table, countof(table) };

/* ---- counted ---- */

struct counts {
    int64_t same, different, later;
};
struct decided_pair {
    id low, high;
    struct match_decision d;
};
struct report {
    struct decided_pair *at;        /* the last on each pair, undone ones too */
    ptrdiff_t len;
    bool shut;
    struct counts bands[BANDS], kinds[MATCH_FIELDS], all;
};

/* Both tips keep a decision: it is one. */
static void take(struct report *p, id tip, const struct match_decision *d)
{
    bool first = memcmp(tip.at, d->other.at, sizeof(id)) < 0;
    id low = first ? tip : d->other, high = first ? d->other : tip;
    for (ptrdiff_t i = 0; i < p->len; i++)
        if (id_equal(p->at[i].low, low) && id_equal(p->at[i].high, high)) {
            if (d->turn > p->at[i].d.turn)
                p->at[i].d = *d;
            return;
        }
    p->at[p->len++] = (struct decided_pair){ low, high, *d };
}

static void count_one(struct counts *to, str verdict)
{
    to->same += str_equal(verdict, lit("same"));
    to->different += str_equal(verdict, lit("different"));
    to->later += str_equal(verdict, lit("later"));
}

static void count(struct report *p)
{
    for (ptrdiff_t i = 0; i < p->len; i++) {
        const struct match_decision *d = &p->at[i].d;
        count_one(&p->all, d->verdict);
        count_one(&p->bands[d->proposed ? (int)match_band(d->weight / 256.0) : NOT_PROPOSED], d->verdict);
        for (int f = 0; f < MATCH_FIELDS; f++)
            if (d->same >> f & 1)
                count_one(&p->kinds[f], d->verdict);
    }
}

static status open_some(struct request *r, id ring, const struct tip_act *acts, ptrdiff_t n, struct report *p)
{
    struct sealed_row rows[SEALED_ROWS_MOST];
    struct sealed_fields fields[SEALED_ROWS_MOST];
    struct match_decision d;
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        rows[i] = (struct sealed_row){ .id = acts[i].id, .table = TABLE_TIP_ACT, .sealed = acts[i].sealed, .to = &fields[i] };
        s = sealed_fit(r, ring, acts[i].tip, &rows[i], 1);
    }
    if (s == OK)
        s = sealed_open(r, PURPOSE_LIST, (id){ { 0 } }, rows, n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        if (match_decision_read(&acts[i], &fields[i], &d))
            take(p, acts[i].tip, &d);
        else
            p->shut = true;
    return s;
}

/* ---- shown ---- */

void match_share(int64_t n, int64_t of, int *percent, int *least, int *most)
{
    const double z = 1.96, share = (double)n / (double)of, spread = z * z / (double)of;
    const double middle = (share + spread / 2) / (1 + spread), half = sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread);
    *percent = (int)lround(100 * share);
    *least = (int)lround(100 * (middle - half));
    *most = (int)lround(100 * (middle + half));
}

static str share_words(const struct request *r, const struct counts *c)
{
    int percent, least, most;
    if (c->same + c->different < SHARE_FROM)
        return tr(r->language, N_("too few to say"));
    match_share(c->same, c->same + c->different, &percent, &least, &most);
    const str with[] = { int_text(r->arena, percent), int_text(r->arena, least), int_text(r->arena, most) };
    return tr_fill(r->arena, tr(r->language, N_("%1 % (%2 to %3 %)")), with, countof(with));
}

static void add_row(const struct request *r, struct match_report_rows *to, str words, str promise, const struct counts *c)
{
    if (c->same + c->different + c->later)
        to->at[to->len++] = (struct match_report_row){ words, promise, share_words(r, c), c->same, c->different, c->later };
}

static void draw(const struct request *r, const struct report *p, struct match_report_page *page)
{
    static const char *const promises[BANDS] = { N_("over 50 %"), N_("over 99 %"), N_("over 99.9 %"), N_("nothing") }; /* match_band: 0, 7 and 13 bits */
    page->bands.at = arena_new(r->arena, struct match_report_row, BANDS);
    page->kinds.at = arena_new(r->arena, struct match_report_row, MATCH_FIELDS);
    for (int b = MATCH_VERY_LIKELY; b >= 0; b--)
        add_row(r, &page->bands, tr(r->language, match_band_words((enum match_band)b)), tr(r->language, promises[b]), &p->bands[b]);
    add_row(r, &page->bands, tr(r->language, N_("not proposed")), tr(r->language, promises[NOT_PROPOSED]), &p->bands[NOT_PROPOSED]);
    for (int f = 0; f < MATCH_FIELDS; f++)
        add_row(r, &page->kinds, tr(r->language, match_field_words((enum match_field)f)), (str){ 0 }, &p->kinds[f]);
    const str with[] = { int_text(r->arena, p->all.same + p->all.different + p->all.later), int_text(r->arena, p->all.same), int_text(r->arena, p->all.different) };
    page->summary = tr_fill(r->arena, tr(r->language, N_("Decided pairs: %1. The same situation: %2. Not the same: %3. Each pair counts once, as it stands now.")), with, countof(with));
}

static status show(struct request *r, struct response *w)
{
    struct match_report_page page = { .page = staff_page(r, N_("How good the proposals are")) };
    struct report p = { .at = arena_new(r->arena, struct decided_pair, READ_MOST) };
    struct tip_acts acts;
    id ring;
    status s = sealed_ring(r, (struct sealed_place){ SCOPE_OFFICE, r->caller.office, TIP }, &ring);
    if (s == OK)
        s = tip_act_decided(r->db, r->arena, r->caller.office, READ_MOST, &acts);
    for (ptrdiff_t at = 0; s == OK && at < acts.len; at += SEALED_ROWS_MOST)
        s = open_some(r, ring, acts.at + at, acts.len - at < SEALED_ROWS_MOST ? acts.len - at : SEALED_ROWS_MOST, &p);
    if (s != OK)
        return s;
    count(&p);
    page.shut = p.shut;
    page.cut = acts.len == READ_MOST;
    draw(r, &p, &page);
    match_report_html(&w->body, r->language, &page);
    return OK;
}
