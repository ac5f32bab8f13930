/*
 * Measures: what is counted, by office and fiscal year. measures.csv says how (rows, sum, stock ...), the kinds of entries say what
 * counts where (common/kind); nothing here knows a measure by name except those of cases and tips, which are no entries.
 *
 * An entry counts when it says so and no other entry corrects it. A figure equals the sum of its entries, and a national figure the sum
 * of its offices, because there is no other place a number comes from.
 */
#ifndef FIGURES_MEASURE_MEASURE_H
#define FIGURES_MEASURE_MEASURE_H
#include "common/kind/kind.h"
#include "common/pack/pack.h"
#include "lib/store/db.h"

enum { MEASURES_MOST = 200, MEASURE_COPY_CODES = 8, MEASURE_KINDS_MOST = 4, FIGURE_YEARS = 6, FIGURE_OFFICES_MOST = 600 };
/* Columns of measures.csv and fiscal_year.csv, by position less one; a test holds them equal to schema.csv. */
enum { MEASURE_CODE, MEASURE_LABEL, MEASURE_DEFINITION, MEASURE_UNIT, MEASURE_COUNT, MEASURE_TABLES, MEASURE_SOURCE_KINDS,
       MEASURE_DIMENSIONS, MEASURE_PUBLIC, MEASURE_PUBLISH, MEASURE_CHART };
enum { FISCAL_CODE, FISCAL_LABEL, FISCAL_START_MONTH, FISCAL_START_DAY, FISCAL_NAMED_BY };

/* ---- years ---- */

struct fiscal {
    int start_month, start_day;
    bool by_end;     /* named by the year it ends in */
    bool calendar;   /* from January to December: a year is "2026", else "FY2026" */
};
/* The first calendar of the pack that holds on day; the calendar year where the pack has none. */
struct fiscal fiscal_of(const struct pack *p, struct arena *a, int64_t day);
int fiscal_year(const struct fiscal *f, int64_t day);
int64_t fiscal_first_day(const struct fiscal *f, int year);
int64_t fiscal_last_day(const struct fiscal *f, int year);
str fiscal_label(const struct fiscal *f, struct arena *a, int year);
bool fiscal_read(const struct fiscal *f, str label, int *year); /* the other way; false when it is no year of these */

/* ---- measures ---- */

enum measure_from { FROM_NOWHERE, FROM_ENTRIES, FROM_TALLIES, FROM_TIPS, FROM_COPIES, FROM_CASES_OPENED, FROM_CASES_CLOSED, FROM_CASES_OPEN };
enum measure_publish { PUBLISH_NEVER, PUBLISH_EXACT, PUBLISH_THRESHOLD, PUBLISH_ROUNDED };
struct measure {
    str code, label, definition, unit; /* label and definition are msgids */
    str chart;                /* "bars", "lines", or empty */
    enum measure_from from;
    enum measure_publish publish;
    bool sum;                 /* of a field of the entry, else each entry is one */
    bool hundredths;          /* values are hundredths: money */
    bool victims;             /* counts people who are or may be victims: shown as rounded national totals alone, never opened */
    const struct kind *kinds[MEASURE_KINDS_MOST]; /* of entries in clear that count in it */
    const struct kind_field *fields[MEASURE_KINDS_MOST]; /* what is summed; NULL without sum */
    ptrdiff_t kind_count;
};
struct measures {
    struct measure *at;
    ptrdiff_t len;
    str copies[MEASURE_COPY_CODES]; /* reasons of the pack for which a tip is closed as a copy: it counts apart from what was received */
    ptrdiff_t copy_count;
};
/* The measures that this program can count, in the order of the pack. What no table or kind feeds yet is left out. */
struct measures measures_of(const struct pack *p, struct arena *a, int64_t day);
bool measures_copy(const struct measures *m, str reason); /* is a tip that was closed for that reason a copy? */
const struct measure *measure_find(const struct measures *m, str code); /* NULL when unknown */
/* May its entries be listed one by one? Acts only. */
bool measure_opens(const struct measure *m);

/* ---- figures ---- */

struct figure {
    int64_t n, value;         /* how many entries it rests on; what it says (in hundredths where the measure does) */
};
/* A grid of measure, office, year. Years are the FIGURE_YEARS up to the last. */
struct figures {
    const struct measures *measures;
    struct fiscal fiscal;
    int first_year;
    id offices[FIGURE_OFFICES_MOST];
    ptrdiff_t office_count;
    struct figure *cells;
    struct arena *arena;
    ptrdiff_t office_room;
};
struct figures figures_empty(struct arena *a, const struct measures *m, const struct fiscal *f, int last_year);
/* Counts entries of one kind, office and day: n of them. Days outside the years are passed over. */
void figures_add_entries(struct figures *g, str kind, id office, int64_t day, int64_t n);
/* Adds to every sum over this field of this kind. */
void figures_add_sum(struct figures *g, str kind, str field, id office, int64_t day, int64_t total);
void figures_add_tally(struct figures *g, str measure, id office, int64_t month, int64_t n);
/* What was erased when its time was over (common/keep): what stands behind KEEP_TALLY, as if the rows were still there. */
void figures_add_ended(struct figures *g, str what, id office, int64_t month, int64_t n);
/* Tips and cases: n of what from says, by day. */
void figures_add_rows(struct figures *g, enum measure_from from, id office, int64_t day, int64_t n);
struct figure figure_of(const struct figures *g, ptrdiff_t measure, ptrdiff_t office, int year);
struct figure figure_national(const struct figures *g, ptrdiff_t measure, int year); /* the sum of the offices */
ptrdiff_t figures_office(const struct figures *g, id office); /* -1: it has nothing */
ptrdiff_t figures_place(struct figures *g, id office);        /* the same; one that has nothing gets a row of noughts */

/* Reads and counts what m asks for, and no more. Pure reads. */
status figures_count(struct db *db, struct arena *a, const struct measures *m, const struct fiscal *f, int last_year, struct figures *out)
    MUST_CHECK;

/* ---- the entries behind a figure ---- */

struct figure_entry {
    id root, id, office;
    str kind;
    int64_t day;
    bool mine;                /* the caller is on that case */
};
struct figure_entries {
    struct figure_entry *at;
    ptrdiff_t len;
};
struct figure_question {
    const struct measure *measure;
    int64_t from_day, to_day;
    id office;
    bool every_office;
    id caller;
    int64_t before_day;       /* of the row the page before ended with, and its id; zero: from the newest */
    id before;
};
/* Newest first, at most limit. */
status figure_entry_list(struct db *db, struct arena *a, const struct figure_question *q, int64_t limit, struct figure_entries *out)
    MUST_CHECK;
/* A value in clear of an entry: codes with ';' between them. */
struct figure_value {
    str field, value;
};
struct figure_values {
    struct figure_value *at;
    ptrdiff_t len;
};
status figure_value_list(struct db *db, struct arena *a, id root, id entry, struct figure_values *out) MUST_CHECK;
/* Entries in clear that count and were written after that day: the same ones that the figures show. */
status measure_written_since(struct db *db, int64_t day, int64_t *n) MUST_CHECK;
#endif
