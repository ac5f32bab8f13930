/* Cases of the demonstration, as the four ways they go. */
#include "app/demo/demo_life.h"
#include "app/demo/demo_script.h"
#include "app/demo/demo_story.h"
#include "triage/act/act.h"

/* clang-format off */
static const struct beat begun[] = {
    { 1, 5,  85, false, "classification", "exploitation=%x&industry=%i&venue=%v" },
    { 1, 6,  75, false, "deconfliction", "system=Regional event system (invented)&result=clear" },
    { 2, 12, 85, false, "interview", "language=%l&interpreter=no&recorded=yes&text=A worker was met away from the place. Hours, pay and who holds the papers. (invented)" },
};
static const struct beat tried[] = {
    { 4, 15,  55, false, "surveillance", "hours=%n&text=Who comes, who drives, when the doors are locked. (invented)" },
    { 3, 10,  35, false, "financial_inquiry", "kind=bank&amount=%a&text=Wages go to one account. (invented)" },
    { 8, 30, 100, false, "search_warrant", "court=U.S. District Court (invented)&target=premises&state=issued&text=Sworn to before a magistrate judge. (invented)" },
    { 2, 8,  100, false, "search", "basis=warrant&place_kind=%v&items=%n" },
    { 0, 0,   65, false, "seizure", "kind=cash&value=%a" },
    { 0, 0,   90, false, "victim_located", "count=%n&minors=0&text=Met by a specialist before anybody asked a question. (invented)" },
    { 0, 1,   85, false, "assistance_offered", "count=%n&answer=accepted" },
    { 0, 4,   95, true,  "arrest", "subject=%s&by_office=%o&agency=HSI&statutes=%t&text=Without incident. (invented)" },
    { 1, 6,   85, false, "determination", "action=harbouring&action=obtaining&means=fraud&means=coercion&purpose=%x&result=trafficking&standard=probable_cause&decided_by=The lead and a prosecutor (invented)" },
    { 1, 5,   95, true,  "complaint", "subject=%s&statutes=%t&level=federal" },
    { 2, 4,   60, false, "detention_hearing", "subject=%s&result=detained&hearing_on=%D" },
    { 14, 40, 92, true,  "indictment", "subject=%s&statutes=%t&counts=%n&level=federal&kind=indictment" },
    { 30, 30, 70, false, "court_date", "hearing_on=%M&kind=motion&court=U.S. District Court (invented)" },
};
static const struct beat pleaded[] = {
    { 30, 90,  85, true,  "plea", "subject=%s&plea=guilty&statutes=%t" },
    { 3, 25,  100, true,  "conviction", "subject=%s&statutes=%t&by=plea&level=federal" },
    { 50, 60, 100, true,  "sentence", "subject=%s&months=%m&suspended=no&supervision_months=36&life=no" },
    { 0, 0,    75, false, "restitution_order", "subject=%s&amount=%a&victims=%n" },
    { 3, 20,   90, false, "status_change", "status=CAS_Closed&reason=case_convicted" },
};
static const struct beat acquitted[] = {
    { 80, 90, 100, true,  "trial", "subject=%s&kind=jury&days=%n" },
    { 0, 1,   100, true,  "acquittal", "subject=%s&statutes=%t" },
    { 3, 20,   90, false, "status_change", "status=CAS_Closed&reason=case_acquitted" },
};
static const struct beat at_work[] = {
    { 6, 25,  90, false, "worksite_visit", "industry=%i&workers_seen=%n&text=With the labour inspectors. (invented)" },
    { 0, 10, 100, true,  "administrative_arrest", "subject=%s&by_office=%o&agency=ERO&screened=yes&screened_by=A victim assistance specialist (invented)&screening_result=no_signs" },
    { 2, 8,   95, false, "determination", "action=obtaining&means=fraud&purpose=labour&result=not_trafficking&standard=reasonable_grounds&decided_by=The lead (invented)" },
    { 4, 30,  90, false, "status_change", "status=CAS_Closed&reason=case_other_offence" },
};
static const struct beat faded[] = {
    { 6, 30,  70, false, "subpoena", "served_on=A hotel (invented)&kind=subpoena&due_on=%M" },
    { 5, 30,  80, false, "note", "text=Nobody at the place any more; neighbours know nothing. (invented)" },
    { 10, 60, 85, false, "status_change", "status=CAS_Closed&reason=case_leads_ended" },
};
/* clang-format on */

static const char *const spoken[] = { "en", "es", "es", "zh", "tl" };

struct one_case {
    const struct demo_person *by;
    str root, title;
    int64_t day;
    const struct demo_lead *lead; /* NULL: from elsewhere */
    const char *venue, *industry;
};

static str case_path(struct arena *a, str root, const char *act)
{
    return str_join(a, str_join(a, lit("/cases/"), root), str_of(act));
}

static bool open_one(struct demo_line *l, struct arena *a, struct one_case *c)
{
    struct out form = { .arena = a };
    demo_line_at(c->day * 86400 + 14 * 3600);
    c->root = id_text(a, demo_id(l));
    demo_field(&form, "case", c->root);
    demo_field(&form, "made", demo_token(a, c->by, str_join(a, lit("/cases/new/"), c->root)));
    demo_field(&form, "title", c->title);
    if (c->lead)
        demo_field(&form, "tip", id_text(a, c->lead->tip));
    return demo_post(l, c->by, lit("/cases/new"), out_view(&form), NULL);
}

static bool add_subject(struct demo_line *l, struct arena *a, const struct one_case *c)
{
    struct out form = { .arena = a };
    demo_field(&form, "name", demo_nickname(l->stories));
    demo_field(&form, "about", lit("Known by this name alone. (invented)"));
    return demo_post(l, c->by, case_path(a, c->root, "/subject"), out_view(&form), NULL);
}

/* A second pair of eyes on some, a second office on others. */
static bool join(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct one_case *c)
{
    struct out person = { .arena = a }, office = { .arena = a };
    demo_field(&person, "do", lit("add"));
    demo_field(&person, "person", id_text(a, h->people[DEMO_ANALYST].account));
    demo_field(&office, "office", id_text(a, h->offices[1 + demo_pick(l->stories, DEMO_OFFICES - 1)]));
    if (demo_of_hundred(l->stories, 20) && !demo_post(l, c->by, case_path(a, c->root, "/people"), out_view(&person), NULL))
        return false;
    return !demo_of_hundred(l->stories, 25) || demo_post(l, c->by, case_path(a, c->root, "/offices"), out_view(&office), NULL);
}

static bool is_sexual(const char *industry)
{
    return !strcmp(industry, "NIEM-13") || !strcmp(industry, "NIEM-15") || !strcmp(industry, "NIEM-25");
}

static bool live(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct one_case *c)
{
    bool sexual = is_sexual(c->industry);
    struct script s = { .by = c->by, .path = case_path(a, c->root, "/add"), .clock_path = case_path(a, c->root, "/clock"),
                        .day_field = "_day", .day = c->day };
    s.part = (struct script_part){ .subject = lit("1"), .office = id_text(a, h->offices[demo_pick(l->stories, DEMO_OFFICES)]),
                                   .exploitation = sexual ? lit("sex_prostitution") : lit("labour"),
                                   .statute = sexual ? lit("US-18-1591") : lit("US-18-1589"), .venue = str_of(c->venue),
                                   .industry = str_of(c->industry),
                                   .language = str_of(spoken[demo_pick(l->stories, countof(spoken))]) };
    int way = demo_pick(l->stories, 100);
    if (!script_play(l, a, &s, begun, countof(begun)))
        return false;
    if (way >= 85)
        return script_play(l, a, &s, faded, countof(faded));
    if (way >= 70)
        return script_play(l, a, &s, at_work, countof(at_work));
    if (!script_play(l, a, &s, tried, countof(tried)))
        return false;
    return way < 8 ? script_play(l, a, &s, acquitted, countof(acquitted))
                   : script_play(l, a, &s, pleaded, countof(pleaded));
}

/* An investigator opens cases and does not close tips: the line says itself what became of them, some at a time. */
static bool close_leads(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct demo_leads *leads)
{
    for (ptrdiff_t i = 0; i < leads->len; i += TIP_CHANGES_MOST) {
        struct arena one = *a;
        id tips[TIP_CHANGES_MOST];
        ptrdiff_t n = 0;
        for (; n < TIP_CHANGES_MOST && i + n < leads->len; n++)
            tips[n] = leads->at[i + n].tip;
        demo_line_at(leads->at[i + n - 1].day * 86400 + 20 * 3600);
        if (!demo_dispose(l, &one, &h->people[DEMO_TAKER], "tip_to_case", "", tips, n))
            return false;
    }
    return true;
}

bool demo_cases(struct demo_line *l, struct arena *a, const struct demo_house *h, const struct demo_leads *leads, int64_t cases)
{
    for (int64_t i = 0, used = 0; i < cases; i++) {
        struct arena one = *a;
        /* The field office has no tips of its own: every fourth case comes from elsewhere. */
        const struct demo_lead *lead = i % 4 && used < leads->len ? &leads->at[used++] : NULL;
        struct one_case c = { .by = &h->people[lead || i % 4 ? DEMO_INVESTIGATOR : DEMO_FIELD_INVESTIGATOR], .lead = lead,
                              .day = lead ? lead->day + 1 + demo_pick(l->stories, 3) : l->from + (l->to - l->from) * i / cases,
                              .title = lead ? lead->title : lit("Referred by a county sheriff (invented)"),
                              .venue = lead ? lead->venue : "farm_ranch", .industry = lead ? lead->industry : "NIEM-01" };
        if (c.day > l->to)
            c.day = l->to;
        if (!open_one(l, &one, &c) || !add_subject(l, &one, &c) || !join(l, &one, h, &c) || !live(l, &one, h, &c))
            return false;
    }
    return close_leads(l, a, h, leads);
}
