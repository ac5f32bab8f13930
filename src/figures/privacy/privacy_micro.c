/* `release microdata`: from a file of people to rows of nobody. */
#include "figures/privacy/work.h"
#include "lib/os/os.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const double dial_unless_told = 1.5, dial_most = 6;

static bool read_dial(struct work *w, double *dial)
{
    str typed = w->ask->dial;
    char *end, text[24];
    *dial = dial_unless_told;
    if (typed.len) {
        const char *start = str_c(&w->arena, typed);
        *dial = strtod(start, &end);
        if (end == start || *end || !(*dial >= 0 && *dial <= dial_most))
            return say(&w->told->failed, "--dial takes a number from 0 to %g, like 1.5; not \"%.*s\"", dial_most, SHOWN(typed));
    }
    /* It decides what comes out, so it is part of the request. */
    int n = snprintf(text, sizeof text, "%.3f", *dial);
    *dial = strtod(text, NULL);
    w->tables_text = str_copy(&w->arena, (str){ text, n });
    return true;
}

/* As it was written, it is part of the request too. */
static bool read_workload(struct work *w, struct micro_workload *to)
{
    const char *path = w->ask->workload;
    str text;
    *to = (struct micro_workload){ .sets = 0 };
    if (!path)
        return true;
    if (!work_text(w, path, MICRO_WORKLOAD_BYTES, &text) || !micro_workload(&w->arena, path, text, &w->book, to, &w->told->failed))
        return false;
    w->tables_text = str_join(&w->arena, w->tables_text, str_join(&w->arena, lit("\n"), text));
    return true;
}

static bool read_micro(struct work *w)
{
    double dial;
    struct micro_workload workload;
    return read_dial(w, &dial) && read_workload(w, &workload)
           && micro_plan(&w->arena, &w->book, &workload, w->rho, dial, &w->micro, &w->told->failed);
}

static str terms_of_micro(struct work *w)
{
    return micro_terms(&w->arena, &w->micro);
}

static int64_t bytes_of_micro(struct work *w)
{
    return micro_bytes_most(&w->micro, w->rows.len + (w->rows.len >> 3) + 100000) + page_micro_bytes(&w->micro);
}

/* The columns in the order of the data's header, which is no secret; those that no release reads are left out. */
static void read_order(struct work *w)
{
    struct arena scratch = w->arena;
    struct csv csv;
    int *order = arena_new(&w->arena, int, w->micro.columns);
    ptrdiff_t end = str_find(w->rows.text, '\n');
    scratch = w->arena;
    w->header = order;
    /* A header over several lines is rare enough to come out in the codebook's order. */
    if (csv_read(&scratch, str_part(w->rows.text, 0, end < 0 ? w->rows.text.len : end), &csv) == OK)
        for (ptrdiff_t i = 0; i < csv.at[0].len; i++) {
            ptrdiff_t c = codebook_column(&w->book, csv.at[0].cells[i]);
            if (c >= 0 && w->header_columns < w->micro.columns)
                order[w->header_columns++] = (int)c;
        }
    if (w->header_columns == w->micro.columns)
        return;
    for (w->header_columns = 0; w->header_columns < w->micro.columns; w->header_columns++)
        order[w->header_columns] = w->header_columns;
}

static void make_micro(struct work *w, struct release *r, struct release_files *files)
{
    struct micro_rows rows;
    struct micro_tell tell = { w->ask->tell, NULL };
    struct release_file *f = arena_new(&w->arena, struct release_file, 6 + MANIFEST_FILES);
    struct page_terms terms = work_terms(w, r);
    read_order(w);
    micro_measure(r, &w->rows, &w->micro, &w->arena);
    release_end(r);
    rows_end(&w->rows);
    /* From here on there are no records: the mapping is gone. */
    micro_fit(&w->micro, &w->arena);
    micro_make(&w->micro, &w->arena, &tell, &rows);
    f[0] = (struct release_file){ lit("measured.csv"), micro_tables_csv(&w->arena, &w->micro) };
    f[1] = (struct release_file){ lit("microdata.csv"), micro_csv(&w->arena, &w->book, &rows, w->header, w->header_columns) };
    f[2] = (struct release_file){ lit("ones.csv"), micro_ones_csv(&w->arena, &w->micro) };
    f[3] = (struct release_file){ lit("pairs.csv"), micro_pairs_csv(&w->arena, &w->micro) };
    f[4] = (struct release_file){ lit(PAGE_NAME), page_of_micro(&w->arena, &terms, &w->micro, rows.len) };
    f[5] = (struct release_file){ lit("sets.csv"), micro_sets_csv(&w->arena, &w->micro) };
    *files = (struct release_files){ f, f[5].content.len ? 6 : 5 };
}

/* The rows once more, where they were asked for: one file under two names, or a copy where the disk knows no such thing. */
static status bring_rows(struct work *w, const char *folder)
{
    str text;
    const char *rows = str_c(&w->arena, str_join(&w->arena, str_of(folder), lit("/microdata.csv")));
    if (!link(rows, w->ask->out))
        return OK;
    status s = errno == EEXIST ? CONFLICT : file_read(&w->arena, rows, ROWS_BYTES_MOST, &text);
    if (s == OK)
        s = file_create(w->ask->out, text);
    if (s != OK)
        say(&w->told->failed, s == CONFLICT ? "%s is there already; the rows are in %s" : "cannot write %s; the rows are in %s", w->ask->out,
            rows);
    return s;
}

status privacy_micro(const struct privacy_ask *ask, struct privacy_told *told)
{
    static const struct work_kind kind = { "microdata", read_micro, terms_of_micro, bytes_of_micro, make_micro, "microdata" };
    struct work w = { .ask = ask, .told = told, .arena = arena_reserve(work_memory) };
    if (!access(ask->out, F_OK)) {
        say(&told->failed, "%s is there already: --out takes the name of a new file. Nothing was spent", ask->out);
        return INVALID;
    }
    const char *folder = str_c(&w.arena, str_join(&w.arena, str_of(ask->out), lit(".release")));
    status s = work_run(&w, &kind, folder);
    if (s == OK)
        s = bring_rows(&w, folder);
    return s;
}
