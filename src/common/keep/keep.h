/*
 * What ends, and when: the retention table of the packs (retention.csv), and the sweep that acts by it (ADR 26). Keys first: the keeper is
 * told that the time of a ring is over, says so in the log, and destroys it after NOTICE_DAYS unless somebody holds it; then the rows go, in
 * parts that keep no lock for long. What they added to the figures stays, as tallies without an id. The keeper takes no word of ours for a
 * person's: docs/keys.md 8.
 *
 * A tip has no ring of its own: it is erased when its time is over, and its office's ring by the month, when no row needs that month any
 * more. A tip that a case has stays on the case, under the case's key alone.
 */
#ifndef COMMON_KEEP_KEEP_H
#define COMMON_KEEP_KEEP_H
#include "common/engine/engine.h"
#include "common/pack/pack.h"
#include "lib/store/db.h"
#include "vault/keeper.h"

enum keep_class { KEEP_TIPS, KEEP_CASES, KEEP_FILES, KEEP_PACKETS, KEEP_MONTHS };
enum { RETENTION_CODE, RETENTION_LABEL, RETENTION_CLASS, RETENTION_REASONS, RETENTION_DAYS, RETENTION_STARTS, RETENTION_FIXED,
       RETENTION_ORIGIN, RETENTION_RULE };
enum { KEEP_EVER = -1, KEEP_RULES_MOST = 64 };

struct keep_rule {
    enum keep_class class;
    str reasons;               /* ';' between close reasons; empty: all others */
    int64_t days;              /* KEEP_EVER: not ended */
};
struct keep_rules {
    struct keep_rule at[KEEP_RULES_MOST];
    ptrdiff_t len;
};
/* Text points into the pack. Rows that the program holds itself are left out. */
struct keep_rules keep_rules_of(const struct pack *p, struct arena *a, int64_t day);
bool keep_rule_of(const struct pack_row *row, struct keep_rule *out); /* false: the program holds it itself */
/* The row that says, for something closed for that reason (an empty one where there are none); NULL: none does. */
const struct keep_rule *keep_rule_for(const struct keep_rules *rules, enum keep_class class, str reason);
/* Kept so many days after it was closed for that reason (an empty one where there are none); KEEP_EVER: no row says. */
int64_t keep_days(const struct keep_rules *rules, enum keep_class class, str reason);
/* The first of a month on or after that day: what stands in clear of the end of a file of care. */
int64_t keep_month_after(int64_t day);

/*
 * How many come to the end of their time on a day from one on and before another, of what somebody has anyhow: tips of an office, cases and
 * files that a person is on, packets sealed to them. whose: that office, or that person. Rows in clear alone are asked; nothing is opened.
 */
struct keep_due {
    id whose;
    int64_t from, until;
};
status keep_due_count(struct db *db, struct arena *a, const struct keep_rules *all, const struct keep_rule *rule, const struct keep_due *due,
                      int64_t *n) MUST_CHECK;

struct keep {
    struct db *db;
    struct keeper *keeper;     /* on a channel of ROLE_JOBS */
    const struct keep_rules *rules;
    int64_t today;             /* of a clock that is believed (sweep_believed) */
};
/*
 * One step: some tips, or what is next for one case, file or packet. OK: something was done, there may be more. NOT_FOUND: nothing is to be
 * done now. LOCKED, BUSY: the keeper cannot now.
 */
status keep_step(const struct keep *k, struct arena a) MUST_CHECK;
/* The months of one office that nobody needs any more: told, and destroyed when their day has come. */
status keep_months(const struct keep *k, id office) MUST_CHECK;

/*
 * An erasure is done when nothing of it is left in the index of look-alikes of any node either, nor in the file of that. Of up to ENGINE_FORGET_MOST tips whose
 * rows are gone: the engine forgets them; then the keeper destroys the key of every file that it wrote, with the record that says it is done; then
 * they wait no more. Each step may be done twice, so whoever is killed between two begins again. NOT_FOUND: none waits. Else what the engine, the
 * keeper or the database said, and they wait on.
 */
struct keep_forgetting {
    struct db *db;
    struct keeper *keeper;       /* on a channel of ROLE_JOBS */
    struct engine_client *engine; /* on one of ENGINE_OF_JOBS */
};
status keep_end_in_index(const struct keep_forgetting *f) MUST_CHECK;
/* Before the engine of a node starts for the first time; OK also: it is there already. */
status keep_node_put(struct db *db, uint32_t number, str name) MUST_CHECK;
status keep_forget_names(struct db *db, struct arena *a, str *out) MUST_CHECK; /* of the nodes that have something to forget, with commas */
status keep_forget_since(struct db *db, int64_t *day) MUST_CHECK; /* the day on which the rows went of what waits longest. NOT_FOUND: none waits */

/* What was told to end. */
struct keep_told {
    id root;                   /* of KEEP_MONTHS the ring */
    int64_t day;               /* destroyed from that day on */
};
struct keep_tolds {
    struct keep_told *at;
    ptrdiff_t len;
};
status keep_told_list(struct db *db, struct arena *a, enum keep_class class, int64_t limit, struct keep_tolds *out) MUST_CHECK; /* the next first */
status keep_told_day(struct db *db, id root, int64_t *day) MUST_CHECK; /* NOT_FOUND: it was not told to end */

/* The cases that a tip is on now; out has room for KEEP_CASES_OF_TIP. */
enum { KEEP_CASES_OF_TIP = 16 };
status keep_cases_of_tip(struct db *db, id tip, id *out, ptrdiff_t *n) MUST_CHECK;

/* Every table of the content database. *why: NULL where the sweep erases its rows, or why it leaves them. */
ptrdiff_t keep_tables(void);
const char *keep_table(ptrdiff_t i, const char **why);

/* Counts of what is gone, as measures of the tally: "ended.tips.REASON" (of an older version "ended.tips"), "ended.opened", "ended.closed",
 * "ended.entry.KIND", "ended.sum.KIND.FIELD". */
#define KEEP_TALLY "ended."
#endif
