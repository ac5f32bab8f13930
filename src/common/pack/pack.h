/*
 * Packs: what changes by country, as data (packs/README.md). A pack is a folder of CSV files; it is checked whole before it is kept,
 * earlier versions stay, and a question is answered by the row valid on the day of the event.
 *
 * Three sources answer, the higher first: the overlay of the house (pack "local"), the country pack, the base ("int"). An overlay is a
 * folder like any other pack: a pack.csv of code "local" and the files it changes, with the columns of the pack it requires.
 */
#ifndef COMMON_PACK_PACK_H
#define COMMON_PACK_PACK_H
#include "lib/base/base.h"
#include "lib/store/db.h"

enum { PACK_NO_DAY = INT32_MIN }; /* an open end of valid_from or valid_to */

/* How far a row was checked. What the pack says, and whether a person of the house has confirmed it since. */
enum pack_basis { BASIS_UNCONFIRMED, BASIS_EXCERPT, BASIS_VERIFIED, BASIS_CONFIRMED };

struct pack_row {
    str pack, file, key;      /* key: the key cells, '|' between them */
    const str *cells;         /* by position in schema.csv, from 0 */
    ptrdiff_t cell_count;
    int64_t position;         /* line in its file: the order of display */
    int64_t valid_from, valid_to; /* days, or PACK_NO_DAY */
    int64_t load;             /* which loading of its pack brought it; the newest of a pack wins */
    int rank;                 /* of its pack: the base 0, a pack one above the highest it requires */
    enum pack_basis basis;
};
struct pack_rows {
    const struct pack_row **at;
    ptrdiff_t len;
};
struct pack {
    struct pack_row *rows; /* by file, key, rank, load: within a key the one that wins comes first */
    ptrdiff_t len;
};

/* Sorts rows into a pack. rows are used in place. */
struct pack pack_of(struct pack_row *rows, ptrdiff_t len);
/* The row of that key valid on day, of the highest source; NULL when none is. */
const struct pack_row *pack_find(const struct pack *p, str file, str key, int64_t day);
/* Every key of the file valid on day, in the order of the files, lower sources first. Steps of a clock come from
 * one source only: the highest that has the clock and steps for it, for a country pack even when it has none. */
struct pack_rows pack_list(const struct pack *p, struct arena *a, str file, int64_t day);
str pack_cell(const struct pack_row *row, ptrdiff_t column); /* empty beyond the end */
int64_t pack_cell_int(const struct pack_row *row, ptrdiff_t column, int64_t otherwise);
bool pack_cell_yes(const struct pack_row *row, ptrdiff_t column);
/* The country of the highest pack that names one (ISO 3166, two capitals), or empty. */
str pack_country(const struct pack *p, int64_t day);
/* The holiday calendar of the highest pack that names one, or empty. */
str pack_calendar(const struct pack *p, int64_t day);

/* Columns that the program reads, by position in schema.csv less one; a test holds them equal. */
enum { PACK_CODE, PACK_LABEL, PACK_VERSION, PACK_COUNTRY, PACK_REQUIRES, PACK_LANGUAGE, PACK_CURRENCY, PACK_CALENDAR };
enum { CLOCK_CODE, CLOCK_LABEL, CLOCK_AREA, CLOCK_TRIGGER, CLOCK_CONDITION, CLOCK_DURATION, CLOCK_UNIT, CLOCK_BUSINESS_DAYS,
       CLOCK_STOP_EVENT, CLOCK_ORIGIN, CLOCK_RULE };
enum { STEP_CLOCK, STEP_SEQ, STEP_AT_AMOUNT, STEP_AT_UNIT, STEP_TO_ROLE, STEP_ACTION };
enum { INDICATOR_CODE, INDICATOR_POS, INDICATOR_DIMENSION, INDICATOR_STRENGTH, INDICATOR_AGE, INDICATOR_FORM, INDICATOR_SCORED,
       INDICATOR_PUBLIC, INDICATOR_ASK_SELF, INDICATOR_ASK_OTHER, INDICATOR_STAFF, INDICATOR_TRAUMA_NOTE };
enum { INDICATOR_RULE_CODE, INDICATOR_RULE_LABEL, INDICATOR_RULE_LEVEL, INDICATOR_RULE_AGE, INDICATOR_RULE_CONDITION,
       INDICATOR_RULE_RESULT };
enum { ANSWER_CODE, ANSWER_LABEL, ANSWER_CHOICES, ANSWER_PUBLIC, ANSWER_ASK_SELF, ANSWER_ASK_OTHER, ANSWER_NOTE };
enum { URGENCY_CODE, URGENCY_POS, URGENCY_PRIORITY, URGENCY_CONDITION, URGENCY_REASON, URGENCY_CLOCK, URGENCY_ALERT, URGENCY_OVERRIDE };
enum { VENUE_CODE, VENUE_LABEL };
enum { INDUSTRY_CODE, INDUSTRY_LABEL, INDUSTRY_SCHEME, INDUSTRY_PICK = 9 };
enum { CONTACT_CODE, CONTACT_LIST, CONTACT_POS, CONTACT_LABEL, CONTACT_MEANING, CONTACT_PRIORITY };
enum { CLOSE_CODE, CLOSE_LABEL, CLOSE_AREA, CLOSE_COUNTS_AS };
enum { HOTLINE_CODE, HOTLINE_LABEL, HOTLINE_NUMBER, HOTLINE_CHANNEL, HOTLINE_PURPOSE, HOTLINE_AUDIENCE, HOTLINE_LANGUAGES,
       HOTLINE_HOURS, HOTLINE_PUBLISH, HOTLINE_CONFLICT_GROUP };
enum { HOLIDAY_DATE, HOLIDAY_CODE, HOLIDAY_LABEL, HOLIDAY_ACTUAL, HOLIDAY_OBSERVED, HOLIDAY_KIND, HOLIDAY_CALENDAR };
enum { OFFICE_CODE, OFFICE_NAME, OFFICE_CITY, OFFICE_STATE, OFFICE_PARENT, OFFICE_KIND, OFFICE_TIMEZONE };
enum { LANGUAGE_CODE, LANGUAGE_ISO3, LANGUAGE_LABEL, LANGUAGE_ENDONYM };
enum { COUNTRY_ALPHA2, COUNTRY_ALPHA3, COUNTRY_NUMERIC, COUNTRY_LABEL };

/* What is wrong with a pack, and how to mend it. */
struct pack_problem {
    str file;      /* "clocks.csv" */
    int64_t line;  /* 0: the file as a whole */
    str column;    /* or empty */
    str message;   /* what is wrong, and the mend */
};
struct pack_problems {
    struct pack_problem *at;
    ptrdiff_t len; /* at most PACK_MOST_PROBLEMS are told */
};
enum { PACK_MOST_PROBLEMS = 100 };

/* A pack as read from its folder: checked, not yet kept. */
struct pack_draft {
    str code, version;
    str requires;               /* ';' between codes */
    struct pack_row *rows;
    ptrdiff_t len;
};
/*
 * Reads the files of folder and checks them all against schema.csv (in the folder, else beside it): types, choices,
 * required cells, keys, references, conditions. known: the rows kept of other packs, for references; NULL: none.
 * INVALID: problems say file, line and column. NOT_FOUND: no such folder. FAULT: a file cannot be read.
 */
status pack_read(struct arena *a, str folder, const struct pack *known, struct pack_draft *out,
                 struct pack_problems *problems) MUST_CHECK;

/*
 * pack_read, then keeps it in one transaction: new and changed rows are added, a changed or vanished row ends on the
 * day before today. Loading the same pack twice changes nothing. INVALID: problems say why and nothing was written.
 */
status pack_load(struct db *db, struct arena *a, str folder, int64_t today, struct pack_problems *problems) MUST_CHECK;
/* All rows of all packs (files NULL), or of the named files only (a NULL name ends the list). Pure reads. */
status pack_open(struct db *db, struct arena *a, const char *const *files, struct pack *out) MUST_CHECK;
/* A digest of which packs were loaded and what was confirmed: differs when either did. Pure read. */
status pack_stamp(struct db *db, struct arena *a, uint8_t out[32]) MUST_CHECK;
/*
 * A person confirms the row: who (all zero: at the machine, by command), on which day, after which source. Stands beside the pack and
 * survives an upgrade for as long as the row says the same (a changed number is not a confirmed number). A second time on the same day
 * corrects the first.
 */
status pack_confirm(struct db *db, struct arena *a, const struct pack_row *row, id who, str source, int64_t today) MUST_CHECK;
#endif
