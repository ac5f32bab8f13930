/* `release suppress`: exact tables in which some cells are not shown, or all are rounded. Costs no rho; it costs every noise afterwards. */
#include "figures/privacy/suppress.h"
#include "figures/privacy/work.h"

static const char solver_unless_told[] = "/usr/bin/glpsol";

struct job {
    struct work work; /* first: the steps of a release are handed it, and find the job by it */
    struct suppress linked;
    int64_t k, base; /* base 0: cells are hidden, not rounded */
    int64_t *shown;
};

static struct job *job_of(struct work *w)
{
    return (struct job *)(void *)w;
}

static bool number_of(struct work *w, const char *name, str typed, int64_t least, int64_t most, int64_t *out)
{
    return (str_to_int(typed, out) && *out >= least && *out <= most)
           || say(&w->told->failed, "--%s takes a whole number from %lld to %lld; not \"%.*s\"", name, (long long)least, (long long)most,
                  SHOWN(typed));
}

static bool read_suppress(struct work *w)
{
    struct job *j = job_of(w);
    const struct privacy_ask *ask = w->ask;
    struct said *failed = &w->told->failed;
    char more[60];
    if (!number_of(w, "k", ask->k, SUPPRESS_K_LEAST, SUPPRESS_K_MOST, &j->k)
        || (ask->round.len && !number_of(w, "round", ask->round, j->k + 1, SUPPRESS_K_MOST + 1, &j->base)))
        return false;
    if (!work_text(w, ask->tables, TABLES_BYTES, &w->tables_text)
        || !tables_read(&w->arena, ask->tables, w->tables_text, &w->book, &w->tables, failed)
        || !suppress_plan(&w->arena, &w->book, &w->tables, j->k, &j->linked, failed))
        return false;
    for (ptrdiff_t i = 0; j->base && i < w->tables.len; i++)
        if (w->tables.at[i].columns > 2)
            return say(failed, "table %.*s has more than two columns: --round is for tables of one or two, which always have a rounding "
                       "that adds up", SHOWN(w->tables.at[i].name));
    /* They decide what comes out, so they are part of the request. */
    int n = snprintf(more, sizeof more, "\nk=%lld round=%lld", (long long)j->k, (long long)j->base);
    w->tables_text = str_join(&w->arena, w->tables_text, (str){ more, n });
    return true;
}

static str terms_of_suppress(struct work *w)
{
    struct out o = { .arena = &w->arena };
    out_str(&o, lit("k="));
    out_int(&o, job_of(w)->k);
    if (job_of(w)->base) {
        out_str(&o, lit(",round="));
        out_int(&o, job_of(w)->base);
    }
    return out_view(&o);
}

static int64_t bytes_of_suppress(struct work *w)
{
    return suppress_bytes_most(&job_of(w)->linked) + page_tables_bytes(&w->book, &w->tables);
}

static void tell(struct work *w, const struct suppress_verdict *v, const char *how)
{
    const struct job *j = job_of(w);
    struct said said = { 0 };
    ptrdiff_t cells = 0;
    for (ptrdiff_t i = 0; i < j->linked.cells; i++)
        cells += !j->linked.sets[j->linked.set_of_cell[i]].hidden;
    if (j->base)
        say(&said, "%td cells, %td of them of 1 to %lld people; all are rounded to multiples of %lld", cells, v->unsafe,
            (long long)j->k - 1, (long long)j->base);
    else
        say(&said, "of %td cells %td are not shown: %td of 1 to %lld people, and %td that would tell them (%s)", cells, v->hidden,
            v->unsafe, (long long)j->k - 1, v->hidden - v->unsafe, how);
    work_note(w->told, said.at);
}

static status not_published(struct work *w, const char *why)
{
    say(&w->told->failed, "%s. Nothing is published, and the ledger is as it was", why);
    return LIMIT;
}

static void show(struct job *j, const bool *open)
{
    for (ptrdiff_t i = 0; i < j->linked.cells; i++)
        j->shown[i] = open[i] ? -1 : j->linked.count[i];
}

static struct suppress_verdict audit(struct job *j, const bool *open)
{
    struct arena scratch = j->work.arena;
    struct suppress_box box = suppress_box_of(&scratch, &j->linked, open);
    return suppress_audit(&scratch, &j->linked, &box);
}

/* The heuristic's choice, and the solver's when it is there, fits and is cheaper. Only what passes the audit is shown. */
static status hide(struct work *w)
{
    struct job *j = job_of(w);
    const struct suppress *s = &j->linked;
    bool *open = arena_new(&w->arena, bool, s->cells), *exact = arena_new(&w->arena, bool, s->cells);
    struct suppress_verdict v = { .failed = 0 }, best = { .failed = 0 };
    ptrdiff_t failed = -1;
    const char *how = "by the heuristic";
    bool good = suppress_choose(&w->arena, s, open, &failed) && (v = audit(j, open)).failed < 0;
    enum suppress_answer answer = suppress_exact(&w->arena, s, w->ask->solver ? w->ask->solver : solver_unless_told, exact);
    int64_t cheapest = suppress_costs(s, exact);
    if (answer != SUPPRESS_NONE && suppress_complete(&w->arena, s, exact, &failed)
        && (!good || suppress_costs(s, exact) < suppress_costs(s, open)) && (best = audit(j, exact)).failed < 0) {
        v = best;
        open = exact;
        good = true;
        how = answer == SUPPRESS_BEST && suppress_costs(s, exact) == cheapest ? "by glpsol, the cheapest there is" : "by glpsol";
    } else if (good && answer == SUPPRESS_BEST && cheapest == suppress_costs(s, open))
        how = "by the heuristic, and glpsol finds none cheaper";
    if (!good)
        return not_published(w, "the audit found a cell of few people that could be worked out, or none would hide it");
    show(j, open);
    tell(w, &v, how);
    return OK;
}

static status round_off(struct work *w)
{
    struct job *j = job_of(w);
    if (!suppress_round(&w->arena, &j->linked, j->base, j->shown))
        return not_published(w, "no rounding was found that adds up in all tables: declare fewer of them");
    struct suppress_box box = suppress_box_rounded(&w->arena, &j->linked, j->base, j->shown);
    struct suppress_verdict v = suppress_audit(&w->arena, &j->linked, &box);
    if (v.failed >= 0)
        return not_published(w, "the audit found a cell of few people that the rounded numbers would tell: choose a larger base");
    tell(w, &v, "");
    return OK;
}

static status prepare_suppress(struct work *w)
{
    struct job *j = job_of(w);
    if (!suppress_count(&w->arena, &j->linked, &w->rows, &w->told->failed))
        return INVALID;
    rows_end(&w->rows);
    /* From here on there are no records: the mapping is gone. */
    j->shown = arena_new(&w->arena, int64_t, j->linked.cells);
    return j->base ? round_off(w) : hide(w);
}

static void make_suppress(struct work *w, struct release *r, struct release_files *files)
{
    release_end(r);
    const struct job *j = job_of(w);
    struct page_terms terms = work_terms(w, r);
    suppress_files(&w->arena, &j->linked, j->shown, j->base, files);
    files->at[files->len++] = (struct release_file){ lit(PAGE_NAME), page_of_exact(&w->arena, &terms, &w->tables, j->k, j->base) };
}

status privacy_suppress(const struct privacy_ask *ask, struct privacy_told *told)
{
    static const struct work_kind kind = { "suppress", read_suppress, terms_of_suppress, bytes_of_suppress, make_suppress, "exact tables",
                                           prepare_suppress };
    struct job j = { .work = { .ask = ask, .told = told, .class = LEDGER_SUPPRESSION, .arena = arena_reserve(work_memory) } };
    return work_run(&j.work, &kind, ask->out);
}
