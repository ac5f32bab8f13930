#include "app/demo/demo_tips.h"
#include "app/demo/demo_story.h"
#include "lib/os/os.h"
#include "triage/act/act.h"

enum { FRESH = 60, FRESH_SECONDS = 40 * 60, ANSWERED_EVERY = 7, ONE_TIP_BYTES = 1 << 20, JUDGED_AFTER = 2 * 3600, REPORTED_AFTER = 3600, TWO_ALIKE = 10 };

/* What became of a hundred. */
static const struct {
    const char *code, *reason;
    int of_hundred;
} became[] = {
    { "tip_acted", "Passed to people nearby, who went to see. (invented)", 32 },
    { "tip_referred", "Sent to the labour inspectors, who know the place. (invented)", 18 },
    { "tip_no_merit", "Two calls and the public records say otherwise. (invented)", 14 },
    { "tip_thin", "No place, no time, no way to ask. (invented)", 13 },
    { "tip_duplicate", "The same van and plate as the day before. (invented)", 8 },
    { "tip_info_given", "Asked where to find help; told. (invented)", 6 },
    { "tip_unrelated", "Noise at night, nothing else. (invented)", 4 },
    { "tip_smuggling", "Paid to be brought here and free since. (invented)", 3 },
    { "tip_out_of_scope", "A matter for the police of the town. (invented)", 2 },
};

/* ---- the form as a browser would send it ---- */

static str form_of(struct arena *a, const struct story *s)
{
    struct out o = { .arena = a }, people_text = { .arena = a };
    out_int(&people_text, s->people);
    demo_field(&o, "narrative", s->narrative);
    demo_field(&o, "danger", str_of(s->danger));
    demo_field(&o, "place", s->place);
    demo_field(&o, "venue", str_of(s->venue));
    demo_field(&o, "industry", str_of(s->industry));
    demo_field(&o, "when", str_of(s->when));
    demo_field(&o, "minor", str_of(s->minor));
    demo_field(&o, "how_many", out_view(&people_text));
    demo_field(&o, "identifiers", s->identifiers);
    for (int i = 0; i < STORY_SIGNS; i++)
        demo_field(&o, "sign", str_of(s->signs[i]));
    demo_field(&o, "consent", str_of(s->consent));
    if (s->contact.len) {
        demo_field(&o, "method", lit("text"));
        demo_field(&o, "contact", s->contact);
        demo_field(&o, "safe_when", s->spanish ? lit("por la mañana") : lit("in the morning"));
    }
    return out_view(&o);
}

static bool send_tip(struct demo_line *l, struct arena *a, const struct story *s)
{
    int code = demo_line_post(l, s->spanish ? lit("/tip?lang=es") : lit("/tip?lang=en"), form_of(a, s));
    if (code != 200 && code != 201)
        complain("demo: a tip was answered with %d", code);
    return code == 200 || code == 201;
}

/* ---- judging ---- */

bool demo_dispose(struct demo_line *l, struct arena *a, const struct demo_person *by, const char *code, const char *reason, const id *tips,
                  ptrdiff_t n)
{
    struct out form = { .arena = a };
    demo_field(&form, "do", lit("dispose"));
    demo_field(&form, "code", str_of(code));
    demo_field(&form, "reason", str_of(reason));
    for (ptrdiff_t i = 0; i < n; i++)
        demo_field(&form, "id", id_text(a, tips[i]));
    return !n || demo_post(l, by, lit("/queue/chosen"), out_view(&form), NULL);
}

/* Tips that became the same are closed together, as people do at the end of a week. */
struct bins {
    id tips[countof(became)][TIP_CHANGES_MOST];
    ptrdiff_t len[countof(became)];
};

static bool empty_bin(struct demo_line *l, struct arena *a, const struct demo_house *h, struct bins *b, int k)
{
    struct arena one = *a;
    const struct demo_person *by = &h->people[demo_pick(l->stories, 2) ? DEMO_TAKER : DEMO_SECOND_TAKER];
    bool good = demo_dispose(l, &one, by, became[k].code, became[k].reason, b->tips[k], b->len[k]);
    b->len[k] = 0;
    return good;
}

static bool judge(struct demo_line *l, struct arena *a, const struct demo_house *h, struct bins *b)
{
    int of_hundred = demo_pick(l->stories, 100), k = 0;
    while (k < (int)countof(became) - 1 && of_hundred >= became[k].of_hundred)
        of_hundred -= became[k++].of_hundred;
    b->tips[k][b->len[k]++] = l->last_tip;
    demo_line_at(demo_line_now() + JUDGED_AFTER);
    return b->len[k] < TIP_CHANGES_MOST || empty_bin(l, a, h, b, k);
}

/* Somebody under 18: reported within the hour, and said so. */
static bool report(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct story *s)
{
    struct out path = { .arena = a }, form = { .arena = a };
    if (strcmp(s->minor, "yes"))
        return true;
    out_str(&path, lit("/tips/"));
    out_str(&path, id_text(a, l->last_tip));
    out_str(&path, lit("/clock"));
    demo_field(&form, "clock", lit("MINOR_REPORT"));
    demo_field(&form, "reference", lit("Child protection of the county, by telephone. (invented)"));
    demo_line_at(demo_line_now() + REPORTED_AFTER);
    return demo_post(l, &h->people[DEMO_TAKER], out_view(&path), out_view(&form), NULL);
}

/* ---- two years, and today ---- */

static struct demo_lead lead_of(struct demo_line *l, struct arena *a, const struct story *s)
{
    return (struct demo_lead){ l->last_tip, day_of(demo_line_now()), str_copy(a, s->place), s->venue, s->industry };
}

static bool years_before(struct demo_line *l, struct arena *a, const struct demo_house *h, int64_t tips, int64_t wanted, struct demo_leads *out)
{
    struct arena one = arena_reserve(ONE_TIP_BYTES);
    struct bins *bins = arena_new(a, struct bins, 1);
    bool good = true;
    for (int64_t i = 0; good && i < tips; i++) {
        struct arena scratch = one;
        demo_line_at(l->from * 86400 + (l->to - l->from) * 86400 * i / tips);
        struct story s = demo_story(&scratch, l->stories);
        good = send_tip(l, &scratch, &s);
        bool lead = good && i * wanted / tips != (i + 1) * wanted / tips;
        if (lead)
            out->at[out->len++] = lead_of(l, a, &s);
        good = good && report(l, &scratch, h, &s) && (lead || judge(l, &scratch, h, bins));
    }
    for (int k = 0; good && k < (int)countof(became); k++)
        good = empty_bin(l, a, h, bins, k);
    return good;
}

static bool answer(struct demo_line *l, struct arena *a, const struct demo_house *h, bool spanish)
{
    struct out path = { .arena = a }, form = { .arena = a };
    out_str(&path, lit("/tips/"));
    out_str(&path, id_text(a, l->last_tip));
    out_str(&path, lit("/answer"));
    demo_field(&form, "answer", demo_answer(l->stories, spanish));
    return demo_post(l, &h->people[spanish ? DEMO_SECOND_TAKER : DEMO_TAKER], out_view(&path), out_view(&form), NULL);
}

/* One of two that name the same goes to another office: what the officer of deconfliction is there for. */
static bool send_on(struct demo_line *l, struct arena *a, const struct demo_house *h)
{
    struct out path = { .arena = a }, form = { .arena = a };
    out_str(&path, lit("/tips/"));
    out_str(&path, id_text(a, l->last_tip));
    out_str(&path, lit("/route"));
    demo_field(&form, "do", lit("send"));
    demo_field(&form, "state", lit("Georgia"));
    demo_field(&form, "office", lit("HSI-ATL"));
    return demo_post(l, &h->people[DEMO_SUPERVISOR], out_view(&path), out_view(&form), NULL);
}

/* The most urgent wait on purpose: somebody should try. */
static bool today(struct demo_line *l, const struct demo_house *h, int64_t tips)
{
    struct arena one = arena_reserve(ONE_TIP_BYTES);
    int64_t now = os_now();
    bool good = true;
    for (int64_t i = 0; good && i < tips; i++) {
        struct arena scratch = one;
        struct tip_row row;
        demo_line_at(now - FRESH_SECONDS * (tips - i) / FRESH);
        struct story s = demo_story(&scratch, l->stories);
        bool first = tips >= TWO_ALIKE && i == tips / 2, second = tips >= TWO_ALIKE && i == tips / 2 + 1;
        if (first || second)
            s.identifiers = str_join(&scratch, s.identifiers, lit("206-555-0168\n"));
        if (second)
            s.contact = (str){ 0 }; /* the other office has no ring for who told us yet */
        good = send_tip(l, &scratch, &s);
        if (good && second)
            good = send_on(l, &scratch, h);
        if (good && i % ANSWERED_EVERY == ANSWERED_EVERY - 1 && tip_find(l->content, &scratch, l->office, l->last_tip, &row) == OK
            && row.priority > 0)
            good = answer(l, &scratch, h, s.spanish);
    }
    return good;
}

bool demo_tips(struct demo_line *l, struct arena *a, const struct demo_house *h, int64_t tips, int64_t wanted, struct demo_leads *out)
{
    int64_t fresh = tips < FRESH ? tips : FRESH, before = tips - fresh;
    wanted = wanted < before ? wanted : before;
    *out = (struct demo_leads){ .at = arena_new(a, struct demo_lead, wanted + 1) };
    return years_before(l, a, h, before, wanted, out) && today(l, h, fresh);
}
