/*
 * Releases: what becomes public, by rules that no handler decides (docs/publishing.md). An act of enforcement is published exactly, by
 * office and year; another act without cells that rest on fewer than RELEASE_UNDER entries, nor what would give one away by
 * subtraction; what counts victims as a national total rounded down to a multiple of RELEASE_UNDER, once its year is over.
 *
 * A release is rows and the bytes of its pages, made once in one transaction. The public process reads the newest and nothing else.
 */
#ifndef FIGURES_RELEASE_RELEASE_H
#define FIGURES_RELEASE_RELEASE_H
#include "figures/measure/measure.h"

enum { RELEASE_UNDER = 11, RELEASE_PAGE_MOST = 60 * 1024 };
/* Columns of published_figures.csv, by position less one. */
enum { SERIES_CODE, SERIES_SERIES, SERIES_MEASURE, SERIES_LABEL, SERIES_SCOPE, SERIES_OFFICE, SERIES_PERIOD, SERIES_VALUE,
       SERIES_QUALIFIER, SERIES_BASIS, SERIES_SOURCE };

struct release_row {
    str class;              /* "exact", "rounded", "published" */
    str measure, year;      /* codes and labels */
    str office;             /* code of the office; empty: national */
    int64_t value, scale;   /* scale 100: hundredths */
};
struct release_rows {
    struct release_row *at;
    ptrdiff_t len;
};
/* The names of the offices of a grid, by their place in it. */
struct release_office {
    str code, name;
};

/* What may be shown of a cell of an act: it rests on nothing, or on enough, or the measure needs no threshold. */
bool release_shows(const struct measure *m, struct figure f);
/* The national total of what counts victims as it may be shown; false while the year runs. */
bool release_rounded(const struct figures *g, ptrdiff_t measure, int year, int64_t today, int64_t *out);
/* Which offices' cells of an act may stand beside the national total: true at the place of each. shown has room for office_count. */
void release_cells(const struct figures *g, ptrdiff_t measure, int year, bool *shown);
/* All rows of a release, in the order of the pack: ours, then those of others that bear an exact number for one of these years. */
struct release_rows release_make(struct arena *a, const struct figures *g, const struct release_office *offices, const struct pack *p,
                                 int64_t today);
/* measure,office,fiscal_year,value,class */
void release_csv(struct out *o, const struct release_rows *rows);
/* "184", or "18400.00". */
str figure_text(struct arena *a, int64_t value, int64_t scale);
const struct release_row *release_find(const struct release_rows *rows, str measure, str office, str year); /* of our own; or NULL */

/* ---- kept ---- */

struct release {
    id id, author;
    int64_t day;
};
/* The names of those offices. One without a row is called by its short id, the house's own by own_name. */
status release_offices(struct db *db, struct arena *a, const struct figures *g, id own, str own_name, struct release_office *out)
    MUST_CHECK;
struct release_part {
    str part, bytes;        /* a language or "csv" */
};
/* Keeps a release whole. Inside the caller's transaction. */
status release_add(struct db *db, const struct release *r, const struct release_rows *rows, const struct release_part *parts, ptrdiff_t n)
    MUST_CHECK;
status release_newest(struct db *db, struct release *out) MUST_CHECK; /* NOT_FOUND: nothing was published yet */
/* The bytes of the newest release. NOT_FOUND: none, or not in that language. */
status release_bytes(struct db *db, struct arena *a, str part, str *out) MUST_CHECK;
status release_row_list(struct db *db, struct arena *a, id release, struct release_rows *out) MUST_CHECK;
#endif
