/* Rows that go: children first, in parts, the root last and with what it counted. */
#include "common/keep/keep_rows.h"
#include "common/tally/tally.h"
#include "keep_drop_sql.h"

/* ---- the list of tables ---- */

#define GONE(t) { #t, NULL },
static const struct {
    const char *table, *why;
} tables[] = {
    /* clang-format off */
    GONE(tip) GONE(tip_source) GONE(tip_addition) GONE(tip_entry) GONE(tip_act) GONE(tip_mark) GONE(tip_across) GONE(tip_told) GONE(share) GONE(clock) GONE(notice) GONE(hold) GONE(expiry)
    GONE(casefile) GONE(case_person) GONE(case_office) GONE(case_tip) GONE(subject) GONE(entry) GONE(entry_value) GONE(reseal)
    GONE(care_file) GONE(care_name) GONE(care_entry) GONE(care_place) GONE(caseload) GONE(packet)
    { "mailbox", "the acceptor's sweep: it ends after the days of the house without a visit, and a tip is not erased while it lives" },
    { "reply", "the acceptor's sweep: with its mailbox, or 30 days after it was read" },
    { "idem", "the acceptor's sweep: after 3 days" },
    { "care_request", "the in-tray of carers: a request ends when one of them takes it" },
    { "outbox", "work to be done; it goes when it is done" }, { "forget", "what the index is to forget; it goes when the index has" },
    { "index_node", "no person in it" }, { "lease", "no person in it" },
    { "session", "it ends after twelve hours, with the next sign-in" }, { "sheet_read", "who looked at the week in counts: no person looked at" },
    { "queue_filter", "a person's own; it names no tip" },
    { "account", "who worked here: what they wrote bears their id" },
    { "api_key", "who asked: the log bears its id" },
    { "office", "no person in it" }, { "roster", "no content; who was on duty" }, { "setting", "no person in it" }, { "sweep_look", "no person in it" },
    { "tally", "counts without an id: what was published stays true" }, { "ring_cut", "no person in it" },
    { "figure_release", "published" }, { "figure_published", "published" }, { "figure_page", "published" },
    { "pack_version", "no person in it" }, { "pack_row", "no person in it" }, { "pack_confirmation", "no person in it but who confirmed" },
    { "schema_migration", "no person in it" },
    /* clang-format on */
};

ptrdiff_t keep_tables(void)
{
    return countof(tables);
}

const char *keep_table(ptrdiff_t i, const char **why)
{
    *why = tables[i].why;
    return tables[i].table;
}

/* ---- parts ---- */

/* Their first parameter is the root, their second, where there is one, how many rows at most. */
enum { ROOT = 1, LIMIT_AT = 2 };
#define FIRST(t) _Static_assert((int)keep_drop_##t##_root == (int)ROOT, "the root first");
#define SECOND(t) FIRST(t) _Static_assert((int)keep_drop_##t##_limit == (int)LIMIT_AT, "the number second");
SECOND(tip_addition) SECOND(tip_entry) SECOND(tip_act) SECOND(tip_mark) SECOND(tip_across) SECOND(tip_told) SECOND(share) SECOND(subject) SECOND(care_entry) SECOND(care_place) SECOND(case_share)
FIRST(tip_source) FIRST(case_person) FIRST(case_office) FIRST(case_tip) FIRST(reseal) FIRST(care_name) FIRST(caseload) FIRST(clock) FIRST(notice)
FIRST(hold) FIRST(expiry) FIRST(tip_link) FIRST(tip) FIRST(casefile) FIRST(care_file) FIRST(packet)

#define DROP(t) case DROP_##t: return db_query(db, &sql_keep_drop_##t);
#define NAMED(t) DROP_##t,
#define MANY(X) X(tip_addition) X(tip_entry) X(tip_act) X(tip_mark) X(tip_across) X(tip_told) X(share) X(subject) X(care_entry) X(care_place) X(case_share)
#define FEW(X) X(tip_source) X(case_person) X(case_office) X(case_tip) X(reseal) X(care_name) X(caseload) X(clock) X(notice) X(hold) X(expiry) \
    X(tip_link) X(tip) X(casefile) X(care_file) X(packet)
enum drop { MANY(NAMED) DROPS_MANY, DROP_none = DROPS_MANY, FEW(NAMED) };

static struct query drop_query(struct db *db, enum drop which)
{
    switch (which) { MANY(DROP) FEW(DROP) case DROP_none: break; }
    must(!"a table that is not dropped from");
    return (struct query){ 0 };
}

static status drop(struct db *db, enum drop which, id root, int64_t *left)
{
    struct query q = drop_query(db, which);
    bind_id(&q, ROOT, root);
    if (which < DROPS_MANY)
        bind_int(&q, LIMIT_AT, *left);
    status s = query_run(&q);
    *left -= db_changed(db);
    return s;
}

status keep_drop_part(struct db *db, enum keep_class class, id root, bool given, bool *more)
{
    static const enum drop of_tips[] = { DROP_tip_addition, DROP_tip_entry, DROP_share, DROP_tip_act, DROP_tip_mark, DROP_tip_across, DROP_tip_told, DROP_tip_source, DROP_tip_link, DROP_clock,
                                         DROP_notice, DROP_hold, DROP_none };
    static const enum drop of_given[] = { DROP_tip_act, DROP_tip_mark, DROP_tip_across, DROP_tip_told, DROP_tip_source, DROP_clock, DROP_notice, DROP_none };
    static const enum drop of_cases[] = { DROP_tip_across, DROP_tip_told, DROP_case_share, DROP_subject, DROP_case_tip, DROP_case_person, DROP_case_office, DROP_reseal,
                                          DROP_clock, DROP_notice, DROP_hold, DROP_none };
    static const enum drop of_files[] = { DROP_care_entry, DROP_care_place, DROP_care_name, DROP_caseload, DROP_reseal, DROP_clock, DROP_hold,
                                          DROP_none };
    static const enum drop of_packets[] = { DROP_none };
    static const enum drop *const lists[] = { [KEEP_TIPS] = of_tips, [KEEP_CASES] = of_cases, [KEEP_FILES] = of_files,
                                              [KEEP_PACKETS] = of_packets };
    const enum drop *list = given ? of_given : lists[class];
    int64_t left = KEEP_PART;
    status s = OK;
    for (; s == OK && left > 0 && *list != DROP_none; list++)
        s = drop(db, *list, root, &left);
    *more = left <= 0; /* perhaps: the next part finds nothing then */
    return s;
}

status keep_drop_root(struct db *db, enum keep_class class, id root)
{
    static const enum drop roots[] = { [KEEP_TIPS] = DROP_tip, [KEEP_CASES] = DROP_casefile, [KEEP_FILES] = DROP_care_file,
                                       [KEEP_PACKETS] = DROP_packet };
    int64_t left = KEEP_PART;
    status s = drop(db, DROP_expiry, root, &left);
    int64_t before = left;
    if (s == OK)
        s = drop(db, roots[class], root, &left);
    return s == OK && left == before ? CONFLICT : s;
}

/* ---- what they counted ---- */

static str measure(struct arena *a, const char *what, str kind, str field)
{
    struct out o = { .arena = a };
    out_str(&o, lit(KEEP_TALLY));
    out_str(&o, str_of(what));
    out_str(&o, kind);
    if (field.len)
        out_char(&o, '.');
    out_str(&o, field);
    return out_view(&o);
}

status keep_count_tip(struct db *db, struct arena a, const struct keep_row *tip)
{
    return tally_add(db, measure(&a, "tips", (str){ 0 }, tip->reason), tip->office, tip->day, 1);
}

status keep_count_case(struct db *db, id root)
{
    struct query q = db_query(db, &sql_keep_case_days);
    bind_id(&q, keep_case_days_root, root);
    bool found = query_next(&q);
    id office = found ? read_id(&q, keep_case_days_col_office) : (id){ { 0 } };
    int64_t opened = found ? read_int(&q, keep_case_days_col_opened_day) : 0, closed = found ? read_int(&q, keep_case_days_col_closed_day) : 0;
    status s = query_end(&q, found ? OK : NOT_FOUND);
    if (s == OK)
        s = tally_add(db, lit(KEEP_TALLY "opened"), office, opened, 1);
    return s == OK ? tally_add(db, lit(KEEP_TALLY "closed"), office, closed, 1) : s;
}

enum { ENTRIES = 32, SUMS = 32 };
struct ended_entry {
    id id, office;
    str kind;
    int64_t day;
    bool counts;
};

static status count_sums(struct db *db, struct arena *a, id root, const struct ended_entry *e)
{
    struct {
        str field;
        int64_t total;
    } sums[SUMS];
    ptrdiff_t n = 0;
    struct query q = db_query(db, &sql_keep_entry_sums);
    bind_id(&q, keep_entry_sums_root, root);
    bind_id(&q, keep_entry_sums_entry, e->id);
    bind_int(&q, keep_entry_sums_limit, SUMS);
    while (n < SUMS && query_next(&q)) {
        sums[n].field = read_str(&q, keep_entry_sums_col_field, a);
        sums[n++].total = read_int(&q, keep_entry_sums_col_total);
    }
    status s = query_end(&q, OK);
    for (ptrdiff_t i = 0; s == OK && i < n; i++) {
        if (sums[i].total > 0)
            s = tally_add(db, measure(a, "sum.", e->kind, sums[i].field), e->office, e->day, sums[i].total);
    }
    return s;
}

static status drop_entry(struct db *db, struct arena *a, id root, const struct ended_entry *e)
{
    status s = e->counts ? tally_add(db, measure(a, "entry.", e->kind, (str){ 0 }), e->office, e->day, 1) : OK;
    if (s == OK && e->counts)
        s = count_sums(db, a, root, e);
    if (s != OK)
        return s;
    struct query q = db_query(db, &sql_keep_entry_values_drop);
    bind_id(&q, keep_entry_values_drop_root, root);
    bind_id(&q, keep_entry_values_drop_entry, e->id);
    s = query_run(&q);
    if (s != OK)
        return s;
    q = db_query(db, &sql_keep_entry_drop);
    bind_id(&q, keep_entry_drop_root, root);
    bind_id(&q, keep_entry_drop_entry, e->id);
    return query_run(&q);
}

status keep_drop_entries(struct db *db, struct arena a, id root, bool *more)
{
    struct ended_entry entries[ENTRIES];
    ptrdiff_t n = 0;
    struct query q = db_query(db, &sql_keep_case_entries);
    bind_id(&q, keep_case_entries_root, root);
    bind_int(&q, keep_case_entries_limit, ENTRIES);
    while (n < ENTRIES && query_next(&q)) {
        entries[n].id = read_id(&q, keep_case_entries_col_id);
        entries[n].office = read_id(&q, keep_case_entries_col_office);
        entries[n].kind = read_str(&q, keep_case_entries_col_kind, &a);
        entries[n].day = read_int(&q, keep_case_entries_col_day);
        entries[n++].counts = read_int(&q, keep_case_entries_col_counts) != 0;
    }
    status s = query_end(&q, OK);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = drop_entry(db, &a, root, &entries[i]);
    *more = n > 0; /* those that took the place of these come next */
    return s;
}
