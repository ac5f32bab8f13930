/*
 * How long it takes to open a case from a tip, to draw a case of 500 entries, and to serve the published figures: through the dispatcher
 * and the handler, with session, rights and keeper as in the program, in one process. The house of the tests; everything is invented.
 *
 * usage: casework    in the build folder. The goals: a case opened p99 under 20 ms, its page under 100 ms; the figures, which are bytes
 * made at publication, cost no more than three times the page of help. About 30 s.
 */
#include "../tests/matrix.h"
#include "served.h"

enum { OPENED = 200, ENTRIES = 500, PAGES = 200 };
static const double open_goal = 0.020, page_goal = 0.100, figures_goal = 3;

static double ask(struct matrix *m, const struct matrix_request *q, const char *expect)
{
    struct arena a = m->scratch;
    double start = bench_seconds();
    str answer = matrix_ask(m, &a, q);
    double end = bench_seconds();
    must(str_starts(answer, str_of(expect)));
    return end - start;
}

static double post(struct matrix *m, const struct matrix_caller *who, str path, str form)
{
    return ask(m, &(struct matrix_request){ STAFF_SIDE, POST, path, lit("application/x-www-form-urlencoded"), form, SOUND, who }, "303");
}

static double get(struct matrix *m, enum side side, str path, const struct matrix_caller *who)
{
    return ask(m, &(struct matrix_request){ .side = side, .method = GET, .path = path, .caller = who }, "200");
}

static const struct matrix_caller *stranger(const struct matrix *m)
{
    for (ptrdiff_t i = 0; i < m->caller_count; i++)
        if (!m->callers[i].role)
            return &m->callers[i];
    must(!"the house has no stranger");
    return NULL;
}

/* As the page does that a person presses: with the id that it chose, and its proof. */
static double open_case(struct matrix *m, const struct matrix_caller *who, id root)
{
    struct arena a = m->keep;
    struct request r = { .arena = &a };
    struct out form = { .arena = &a };
    str text = id_text(&a, root);
    memcpy(r.caller.form_key, who->form_key, sizeof r.caller.form_key);
    out_str(&form, lit("title=An+invented+case&case="));
    out_str(&form, text);
    out_str(&form, lit("&made="));
    out_str(&form, form_token(&r, str_join(&a, lit("/cases/new/"), text)));
    out_str(&form, lit("&tip="));
    out_str(&form, id_text(&a, m->tip[0]));
    return post(m, who, lit("/cases/new"), out_view(&form));
}

int main(void)
{
    static double opened[OPENED], pages[PAGES], figures[PAGES], help[PAGES];
    struct matrix *m = matrix_make();
    const struct matrix_caller *who = matrix_find(m, "investigator", MEMBER);
    struct arena a = m->keep;
    static const enum compartment asked[] = { TIP, CASE }; /* more than a person opens in an hour: two people allow it */
    for (ptrdiff_t i = 0; i < countof(asked); i++)
        must(keeper_budget(m->app->keys->staff, m->administrator.token, m->supervisor.token, asked[i], INT32_MAX, INT32_MAX) == OK);
    for (int i = 0; i < OPENED; i++)
        opened[i] = open_case(m, who, (id){ { 0x0d, (uint8_t)(i >> 8), (uint8_t)i, 1 } });
    str page = str_join(&a, lit("/cases/"), id_text(&a, (id){ { 0x0d, 0, 0, 1 } }));
    for (int i = 1; i < ENTRIES; i++)
        post(m, who, str_join(&a, page, lit("/add")), lit("_kind=note&_day=2026-09-20&text=Nobody+at+the+place+at+six."));
    post(m, matrix_find(m, "statistician", MEMBER), lit("/measures/publish"), lit("x=1"));
    for (int i = 0; i < PAGES; i++) {
        pages[i] = get(m, STAFF_SIDE, page, who);
        figures[i] = get(m, PUBLIC_SIDE, lit("/figures"), stranger(m));
        help[i] = get(m, PUBLIC_SIDE, lit("/help"), stranger(m));
    }
    double open99 = bench_part(opened, OPENED, 0.99), page99 = bench_part(pages, PAGES, 0.99);
    double more = bench_part(figures, PAGES, 0.5) / bench_part(help, PAGES, 0.5);
    printf("| what | p50 ms | p99 ms | p99 over its goal |\n|---|---|---|---|\n");
    printf("| a case opened from a tip, of %d | %.2f | %.2f | %.3f |\n", OPENED, bench_part(opened, OPENED, 0.5) * 1e3, open99 * 1e3, open99 / open_goal);
    printf("| the page of a case of %d entries | %.2f | %.2f | %.3f |\n", ENTRIES, bench_part(pages, PAGES, 0.5) * 1e3, page99 * 1e3, page99 / page_goal);
    printf("\n`/figures` over `/help`, medians of %d: %.2f\n", PAGES, more);
    matrix_end(m);
    return open99 < open_goal && page99 < page_goal && more < figures_goal ? 0 : 1;
}
