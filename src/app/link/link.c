/* `link`: records that are one person, for any data person: no house is needed. */
#include "app/command.h"
#include "app/link/link.h"
#include "lib/os/os.h"
#include "lib/web/json_in.h"
#include "linkage/dedupe.h"
#include "linkage/phone.h"
#include "linkage/settings.h"
#include <fcntl.h>
#include <unistd.h>

enum { MEMORY = 64 << 20, BLOCK = 5000, CLUSTER = 100 };

static struct option options[] = {
    { "id", true, NULL },      { "settings", true, NULL }, { "out", true, NULL },   { "clusters", true, NULL }, { "model", true, NULL },
    { "threads", true, NULL }, { "block", true, NULL },    { "keep", true, NULL },  { "join", true, NULL },     { "text", true, NULL },
    { "alike", true, NULL },   { "report", true, NULL },   { "country", true, NULL }, { "labels", true, NULL },  { "decisions", true, NULL },
    { "learnt", true, NULL },  { NULL, false, NULL },
};

const char *link_option(const char *name)
{
    return option_value(options, name);
}

bool link_number(const char *name, int64_t least, int64_t most, int64_t *out)
{
    const char *given = link_option(name);
    if (!given || (str_to_int(str_of(given), out) && *out >= least && *out <= most))
        return true;
    complain("link: --%s is a whole number from %lld to %lld", name, (long long)least, (long long)most);
    return false;
}

bool link_share(const char *name, double *out)
{
    const char *given = link_option(name);
    char *end;
    double share = given ? strtod(given, &end) : *out;
    if (given && (end == given || *end || !(share > 0 && share < 1))) {
        complain("link: --%s is a number between 0 and 1", name);
        return false;
    }
    *out = share;
    return true;
}

/* ---- a run ---- */

static bool read_wish(struct dedupe_wish *w)
{
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN), block = BLOCK, cluster = CLUSTER;
    *w = (struct dedupe_wish){ .keep = 0.01, .join = 0.95, .teller = { progress_tell, NULL } };
    threads = threads < 1 ? 1 : threads > THREADS_MOST ? THREADS_MOST : threads;
    if (!link_number("threads", 1, THREADS_MOST, &threads) || !link_number("block", 2, 1 << 20, &block) || !link_share("keep", &w->keep)
        || !link_share("join", &w->join))
        return false;
    w->threads = (int)threads;
    w->block_most = (uint32_t)block;
    w->cluster_most = (uint32_t)cluster;
    return true;
}

/* A whole file of at most so many bytes. */
static bool read_text(struct arena *a, const char *path, ptrdiff_t most, str *out)
{
    status s = file_read(a, path, most, out);
    if (s != OK)
        complain("%s: %s", path, s == NOT_FOUND ? "no such file" : s == LIMIT ? "too long to be what is asked for" : "cannot be read");
    return s == OK;
}

/* Of --settings or --learnt, or empty: then the header lets guess. --id wins over all. */
static bool read_plan(struct arena *a, struct plan *plan, struct learnt *learnt, const struct learnt **uses)
{
    const char *path = link_option("settings"), *model = link_option("learnt"), *letters = link_option("country");
    int country = letters ? phone_country(str_of(letters)) : 0;
    str text, why;
    if (letters && !country) {
        complain("link: --country takes two letters of ISO 3166, as GB");
        return false;
    }
    if (path && model) {
        complain("link: --learnt has settings of its own: give it or --settings");
        return false;
    }
    if (path || model) {
        json_start();
        if (!read_text(a, path ? path : model, path ? SETTINGS_BYTES : LEARNT_BYTES, &text))
            return false;
        if ((path ? settings_read(a, text, plan, &why) : learnt_read(a, text, learnt, &why)) != OK) {
            complain("%s: %.*s", path ? path : model, (int)why.len, why.at);
            return false;
        }
    }
    if (model) {
        *plan = learnt->plan;
        *uses = learnt;
    }
    plan->id = link_option("id") ? str_of(link_option("id")) : plan->id;
    plan->country = country ? country : plan->country;
    return true;
}

static void show_plan(const struct plan *p)
{
    struct arena a = arena_reserve(1 << 20);
    struct out o = { .arena = &a };
    settings_write(&o, p);
    fprintf(stderr, "settings, as guessed from the header (save and change them for --settings):\n%.*s\n", (int)o.len, o.at);
}

static void summary(const struct dedupe *d, bool guessed)
{
    uint64_t pairs = 0;
    progress_end();
    if (guessed)
        show_plan(&d->table.plan);
    for (int i = 0; i < d->table.plan.rule_count; i++)
        pairs += d->yields[i].pairs;
    for (int i = 0; i < d->table.plan.rule_count; i++)
        if (d->yields[i].dropped_blocks)
            fprintf(stderr, "left out by rule %d: %llu blocks of more records than --block, %llu pairs\n", i + 1,
                    (unsigned long long)d->yields[i].dropped_blocks, (unsigned long long)d->yields[i].dropped_pairs);
    if (d->clusters.cut)
        fprintf(stderr, "refused: %llu links that would have made a cluster of more than %d records; they stand among the pairs\n",
                (unsigned long long)d->clusters.cut, CLUSTER);
    if (d->decisions.count)
        fprintf(stderr, "decided: %u pairs the same (%llu joins), %u different (%llu links refused)\n", d->decisions.same, (unsigned long long)d->clusters.together,
                d->decisions.count - d->decisions.same, (unsigned long long)d->clusters.apart);
    if (d->labels.count)
        fprintf(stderr, "labels: %u pairs the same, %u different; best F1 %.4f (precision %.4f, recall %.4f) at probability %.4f. They were not learnt from\n",
                d->curve.same, d->curve.different, curve_f1(&d->curve.best), curve_precision(&d->curve.best), curve_recall(&d->curve.best),
                probability_of(d->curve.best.weight));
    printf("%u records, %llu pairs compared, %zu kept, %u clusters, the largest of %u\n", d->table.count, (unsigned long long)pairs, d->edges.count,
           d->clusters.count, d->clusters.largest);
}

static int write_results(struct dedupe *d, double join)
{
    const char *report = link_option("report");
    const char *pairs = link_option("out"), *clusters = link_option("clusters"), *model = link_option("model");
    if ((clusters && !link_write_clusters(d, clusters)) || (model && !link_write_model(d, model)) || (pairs && !link_write_pairs(d, pairs))
        || (report && !link_write_report(d, report, join)))
        return EXIT_FAILED;
    return EXIT_DONE;
}

/* Opens for reading; -1, and a line on stderr, where that is not to be. */
static int opened(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        complain("%s: cannot be read", path);
    return fd;
}

/* The file of that option, if it is given: *to points to fd then. */
static bool open_verdicts(const char *option, int *fd, const int **to)
{
    const char *path = link_option(option);
    if (!path)
        return true;
    *fd = opened(path);
    *to = fd;
    return *fd >= 0;
}

static const char *path_at_fault(const struct dedupe *d, char **paths, int files)
{
    if (d->wrong != WRONG_FILE)
        return link_option(d->wrong == WRONG_LABELS ? "labels" : "decisions");
    return paths[d->table.file < files ? d->table.file : 0];
}

static int run_files(char **paths, int files)
{
    static struct dedupe d;
    static struct plan plan;
    static struct learnt learnt;
    struct arena a = arena_reserve(MEMORY);
    struct dedupe_wish wish;
    int fds[2] = { -1, -1 }, labels, decisions, code = EXIT_FAILED;
    if (!read_wish(&wish) || !read_plan(&a, &plan, &learnt, &wish.learnt))
        return EXIT_FAILED;
    for (int i = 0; i < files; i++)
        if ((fds[i] = opened(paths[i])) < 0)
            return EXIT_FAILED;
    if (!open_verdicts("labels", &labels, &wish.labels) || !open_verdicts("decisions", &decisions, &wish.decisions))
        return EXIT_FAILED;
    status s = dedupe_files(&d, fds, files, &plan, &wish);
    if (s != OK) {
        progress_end();
        complain("%s: %s", path_at_fault(&d, paths, files), d.complaint);
    } else {
        summary(&d, !plan.field_count);
        code = write_results(&d, wish.join);
    }
    dedupe_close(&d);
    return code;
}

int command_link(int argc, char **argv)
{
    int rest;
    if (!options_read(argc, argv, options, &rest) || rest < 2)
        return EXIT_USAGE;
    str what = str_of(argv[1]);
    if (str_equal(what, lit("dedupe")) && rest == 2)
        return run_files(argv + 2, 1);
    if (str_equal(what, lit("match")) && rest == 3)
        return run_files(argv + 2, 2);
    if (str_equal(what, lit("texts")) && rest == 2)
        return link_texts(argv[2]);
    if (str_equal(what, lit("extract")) && rest == 2)
        return link_extract(argv[2]);
    return EXIT_USAGE;
}
