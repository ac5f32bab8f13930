#include "common/keep/keep_rows.h"
#include "common/share/share.h"
#include "common/tally/tally.h"
#include "keep_sql.h"

static const id nowhere; /* the office of a tip that its office has no more */

/* ---- questions ---- */

status keep_next_disposition(struct db *db, struct arena *a, str after, str *out)
{
    struct query q = db_query(db, &sql_keep_next_disposition);
    bind_str(&q, keep_next_disposition_after, after);
    bool found = query_next(&q);
    if (found)
        *out = read_str(&q, keep_next_disposition_col_disposition, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

_Static_assert((int)keep_ended_tips_col_id == (int)keep_lost_tips_col_id && (int)keep_ended_tips_col_office == (int)keep_lost_tips_col_office
                   && (int)keep_ended_tips_col_day == (int)keep_lost_tips_col_day, "one reader for both");

static status read_rows(struct query *q, struct keep_row *out, ptrdiff_t *n)
{
    *n = 0;
    while (*n < KEEP_AT_ONCE && query_next(q))
        out[(*n)++] = (struct keep_row){ .id = read_id(q, keep_ended_tips_col_id), .office = read_id(q, keep_ended_tips_col_office),
                                         .day = read_int(q, keep_ended_tips_col_day) };
    return query_end(q, OK);
}

status keep_ended_tips(struct db *db, str disposition, int64_t before, int64_t today, struct keep_row *out, ptrdiff_t *n)
{
    struct query q = db_query(db, &sql_keep_ended_tips);
    bind_str(&q, keep_ended_tips_disposition, disposition);
    bind_int(&q, keep_ended_tips_before, before);
    bind_int(&q, keep_ended_tips_today, today);
    bind_int(&q, keep_ended_tips_limit, KEEP_AT_ONCE);
    status s = read_rows(&q, out, n);
    for (ptrdiff_t i = 0; i < *n; i++)
        out[i].reason = disposition;
    return s;
}

status keep_lost_tips(struct db *db, int64_t today, struct keep_row *out, ptrdiff_t *n)
{
    struct query q = db_query(db, &sql_keep_lost_tips);
    bind_id(&q, keep_lost_tips_nowhere, nowhere);
    bind_int(&q, keep_lost_tips_today, today);
    bind_int(&q, keep_lost_tips_limit, KEEP_AT_ONCE);
    return read_rows(&q, out, n);
}

status keep_cases_of_tip(struct db *db, id tip, id *out, ptrdiff_t *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_keep_cases_of_tip);
    bind_id(&q, keep_cases_of_tip_tip, tip);
    bind_int(&q, keep_cases_of_tip_limit, KEEP_CASES_OF_TIP);
    while (*n < KEEP_CASES_OF_TIP && query_next(&q))
        out[(*n)++] = read_id(&q, keep_cases_of_tip_col_root);
    return query_end(&q, OK);
}

/* The statements of the three classes have the same parameters and the same one column. */
#define SAME(c) \
    _Static_assert((int)keep_ended_##c##_before == (int)keep_ended_cases_before && (int)keep_ended_##c##_today == (int)keep_ended_cases_today \
                       && (int)keep_ended_##c##_col_id == (int)keep_ended_cases_col_id, "one reader for all");
SAME(files)
SAME(packets)
_Static_assert((int)keep_kept_case_before == (int)keep_kept_file_before && (int)keep_kept_case_before == (int)keep_kept_packet_before
                   && (int)keep_kept_case_col_root == (int)keep_kept_file_col_root && (int)keep_kept_case_col_root == (int)keep_kept_packet_col_root,
               "one reader for all");

static struct query ended_query(struct db *db, enum keep_class class)
{
    return db_query(db, class == KEEP_CASES ? &sql_keep_ended_cases : class == KEEP_FILES ? &sql_keep_ended_files : &sql_keep_ended_packets);
}

static struct query kept_query(struct db *db, enum keep_class class)
{
    return db_query(db, class == KEEP_CASES ? &sql_keep_kept_case : class == KEEP_FILES ? &sql_keep_kept_file : &sql_keep_kept_packet);
}

status keep_ended_root(struct db *db, enum keep_class class, int64_t before, int64_t today, id *out)
{
    struct query q = ended_query(db, class);
    bind_int(&q, keep_ended_cases_before, before);
    bind_int(&q, keep_ended_cases_today, today);
    bool found = query_next(&q);
    if (found)
        *out = read_id(&q, keep_ended_cases_col_id);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status keep_kept_root(struct db *db, enum keep_class class, int64_t before, id *out)
{
    struct query q = kept_query(db, class);
    bind_int(&q, keep_kept_case_before, before);
    bool found = query_next(&q);
    if (found)
        *out = read_id(&q, keep_kept_case_col_root);
    return query_end(&q, found ? OK : NOT_FOUND);
}

/* ---- what comes to its end ---- */

#define SAME_DUE(c) \
    _Static_assert((int)keep_due_##c##_whose == (int)keep_due_cases_whose && (int)keep_due_##c##_from == (int)keep_due_cases_from \
                       && (int)keep_due_##c##_until == (int)keep_due_cases_until && (int)keep_due_##c##_col_n == (int)keep_due_cases_col_n, \
                   "one reader for all");
SAME_DUE(files)
SAME_DUE(packets)

static struct query due_query(struct db *db, enum keep_class class)
{
    return db_query(db, class == KEEP_CASES ? &sql_keep_due_cases : class == KEEP_FILES ? &sql_keep_due_files : &sql_keep_due_packets);
}

static status due_of_tips(struct db *db, str disposition, int64_t days, const struct keep_due *due, int64_t *n)
{
    struct query q = db_query(db, &sql_keep_due_tips);
    bind_str(&q, keep_due_tips_disposition, disposition);
    bind_int(&q, keep_due_tips_from, due->from - days);
    bind_int(&q, keep_due_tips_until, due->until - days);
    bind_id(&q, keep_due_tips_whose, due->whose);
    if (query_next(&q))
        *n += read_int(&q, keep_due_tips_col_n);
    return query_end(&q, OK);
}

/* Every reason there is whose days are those of this rule and of no other. */
static status due_tips(struct db *db, struct arena *a, const struct keep_rules *all, const struct keep_rule *rule, const struct keep_due *due, int64_t *n)
{
    str reason = { 0 };
    status s;
    while ((s = keep_next_disposition(db, a, reason, &reason)) == OK) {
        const struct keep_rule *says = keep_rule_for(all, KEEP_TIPS, reason);
        if (says && str_equal(says->reasons, rule->reasons))
            s = due_of_tips(db, reason, rule->days, due, n);
        if (s != OK)
            return s;
    }
    return s == NOT_FOUND ? OK : s;
}

status keep_due_count(struct db *db, struct arena *a, const struct keep_rules *all, const struct keep_rule *rule, const struct keep_due *due, int64_t *n)
{
    *n = 0;
    if (rule->days == KEEP_EVER)
        return OK;
    if (rule->class == KEEP_TIPS)
        return due_tips(db, a, all, rule, due, n);
    if (rule->reasons.len)
        return OK; /* of these the sweep asks no reason */
    int64_t days = rule->class == KEEP_FILES ? 0 : rule->days; /* a file's end stands in clear, not the day it ended */
    struct query q = due_query(db, rule->class);
    bind_id(&q, keep_due_cases_whose, due->whose);
    bind_int(&q, keep_due_cases_from, due->from - days);
    bind_int(&q, keep_due_cases_until, due->until - days);
    if (query_next(&q))
        *n = read_int(&q, keep_due_cases_col_n);
    return query_end(&q, OK);
}

/* ---- what was told ---- */

status keep_told_put(struct db *db, enum keep_class class, id root, id ring, const struct keep_ring *told)
{
    struct query q = db_query(db, &sql_keep_told_put);
    bind_id(&q, keep_told_put_root, root);
    bind_id(&q, keep_told_put_ring, ring);
    bind_int(&q, keep_told_put_class, class);
    bind_int(&q, keep_told_put_epoch, told->epoch);
    bind_int(&q, keep_told_put_day, told->day);
    return query_run(&q);
}

status keep_told_find(struct db *db, id root, id ring, struct keep_ring *out)
{
    struct query q = db_query(db, &sql_keep_told_find);
    bind_id(&q, keep_told_find_root, root);
    bind_id(&q, keep_told_find_ring, ring);
    bool found = query_next(&q);
    if (found)
        *out = (struct keep_ring){ (uint32_t)read_int(&q, keep_told_find_col_epoch), read_int(&q, keep_told_find_col_day) };
    return query_end(&q, found ? OK : NOT_FOUND);
}

status keep_told_day(struct db *db, id root, int64_t *day)
{
    struct query q = db_query(db, &sql_keep_told_day);
    bind_id(&q, keep_told_day_root, root);
    bool found = query_next(&q) && !read_null(&q, keep_told_day_col_day);
    if (found)
        *day = read_int(&q, keep_told_day_col_day);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status keep_told_list(struct db *db, struct arena *a, enum keep_class class, int64_t limit, struct keep_tolds *out)
{
    *out = (struct keep_tolds){ arena_new(a, struct keep_told, limit), 0 };
    struct query q = db_query(db, &sql_keep_told_list);
    bind_int(&q, keep_told_list_class, class);
    bind_int(&q, keep_told_list_limit, limit);
    while (out->len < limit && query_next(&q))
        out->at[out->len++] = (struct keep_told){ read_id(&q, keep_told_list_col_root), read_int(&q, keep_told_list_col_day) };
    return query_end(&q, OK);
}

status keep_told_delete(struct db *db, id root)
{
    struct query q = db_query(db, &sql_keep_told_delete);
    bind_id(&q, keep_told_delete_root, root);
    return query_run(&q);
}

/* ---- what the index is to forget ---- */

status keep_forget_put(struct db *db, id tip, int64_t day)
{
    struct query q = db_query(db, &sql_keep_forget_put);
    bind_id(&q, keep_forget_put_tip, tip);
    bind_int(&q, keep_forget_put_day, day);
    return query_run(&q);
}

status keep_forget_list(struct db *db, uint32_t node, id *out, ptrdiff_t room, ptrdiff_t *n)
{
    struct query q = db_query(db, &sql_keep_forget_list);
    bind_int(&q, keep_forget_list_node, node);
    bind_int(&q, keep_forget_list_limit, room);
    *n = 0;
    while (*n < room && query_next(&q))
        out[(*n)++] = read_id(&q, keep_forget_list_col_tip);
    return query_end(&q, OK);
}

status keep_forget_since(struct db *db, int64_t *day)
{
    struct query q = db_query(db, &sql_keep_forget_since);
    bool found = query_next(&q) && !read_null(&q, keep_forget_since_col_day);
    if (found)
        *day = read_int(&q, keep_forget_since_col_day);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status keep_forget_drop(struct db *db, uint32_t node, id tip)
{
    struct query q = db_query(db, &sql_keep_forget_drop);
    bind_int(&q, keep_forget_drop_node, node);
    bind_id(&q, keep_forget_drop_tip, tip);
    return query_run(&q);
}

status keep_forget_names(struct db *db, struct arena *a, str *out)
{
    struct out o = { .arena = a };
    struct query q = db_query(db, &sql_keep_forget_names);
    while (query_next(&q)) {
        out_str(&o, o.len ? lit(", ") : (str){ 0 });
        out_str(&o, read_str(&q, keep_forget_names_col_name, a));
    }
    *out = out_view(&o);
    return query_end(&q, OK);
}

status keep_node_put(struct db *db, uint32_t number, str name)
{
    struct query q = db_query(db, &sql_keep_node_put);
    bind_int(&q, keep_node_put_number, number);
    bind_str(&q, keep_node_put_name, name);
    return query_run(&q);
}

static status node_gone(struct db *db, uint32_t number)
{
    struct query q = db_query(db, &sql_keep_node_forgets);
    bind_int(&q, keep_node_forgets_number, number);
    status s = query_run(&q);
    if (s != OK)
        return s;
    q = db_query(db, &sql_keep_node_drop);
    bind_int(&q, keep_node_drop_number, number);
    return query_run(&q);
}

status keep_nodes_gone(struct db *db, uint32_t admitted)
{
    enum { MOST = 16 };
    uint32_t numbers[MOST];
    int n = 0;
    struct query q = db_query(db, &sql_keep_node_list);
    bind_int(&q, keep_node_list_limit, MOST);
    while (n < MOST && query_next(&q))
        numbers[n++] = (uint32_t)read_int(&q, keep_node_list_col_number);
    status s = query_end(&q, OK);
    for (int i = 0; s == OK && i < n; i++) {
        if (admitted & 1u << numbers[i])
            continue;
        s = db_begin(db);
        if (s == OK)
            s = db_end(db, node_gone(db, numbers[i]));
    }
    return s;
}

/* ---- months of an office ---- */

status keep_cut_find(struct db *db, id ring, uint32_t *epoch)
{
    *epoch = 1;
    struct query q = db_query(db, &sql_keep_cut_find);
    bind_id(&q, keep_cut_find_ring, ring);
    if (query_next(&q))
        *epoch = (uint32_t)read_int(&q, keep_cut_find_col_epoch);
    return query_end(&q, OK);
}

status keep_cut_put(struct db *db, id ring, uint32_t epoch)
{
    struct query q = db_query(db, &sql_keep_cut_put);
    bind_id(&q, keep_cut_put_ring, ring);
    bind_int(&q, keep_cut_put_epoch, epoch);
    return query_run(&q);
}

#define SAME_AS_TIPS(c) \
    _Static_assert((int)keep_epoch_of_##c##_ring == (int)keep_epoch_of_tips_ring && (int)keep_epoch_of_##c##_epoch == (int)keep_epoch_of_tips_epoch \
                       && (int)keep_epoch_of_##c##_col_used == (int)keep_epoch_of_tips_col_used, "one reader for all");
SAME_AS_TIPS(sources)
SAME_AS_TIPS(requests)

status keep_epoch_used(struct db *db, enum compartment compartment, id ring, uint32_t epoch, bool *used)
{
    uint8_t bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(epoch >> (8 * i));
    struct query q = db_query(db, compartment == TIP ? &sql_keep_epoch_of_tips : compartment == SOURCE ? &sql_keep_epoch_of_sources
                                                                                                       : &sql_keep_epoch_of_requests);
    bind_id(&q, keep_epoch_of_tips_ring, ring);
    bind_blob(&q, keep_epoch_of_tips_epoch, (str){ (const char *)bytes, 4 });
    *used = !query_next(&q) || read_int(&q, keep_epoch_of_tips_col_used);
    return query_end(&q, OK);
}

/* ---- a tip that a case has ---- */

struct given {
    id tip, ring;
    int64_t today;
};

enum { GIVE = 16 };
struct given_row {
    id id;
    str sealed;
};

_Static_assert((int)keep_tip_additions_tip == (int)keep_tip_entries_tip && (int)keep_tip_additions_ring == (int)keep_tip_entries_ring
                   && (int)keep_tip_additions_limit == (int)keep_tip_entries_limit && (int)keep_tip_additions_tip == (int)keep_tip_row_tip
                   && (int)keep_tip_additions_ring == (int)keep_tip_row_ring && (int)keep_tip_additions_limit == (int)keep_tip_row_limit
                   && (int)keep_tip_addition_put_tip == (int)keep_tip_entry_put_tip
                   && (int)keep_tip_addition_put_sealed == (int)keep_tip_entry_put_sealed
                   && (int)keep_tip_addition_put_id == (int)keep_tip_entry_put_id
                   && (int)keep_tip_addition_drop_id == (int)keep_tip_entry_drop_id
                   && (int)keep_tip_addition_drop_tip == (int)keep_tip_entry_drop_tip, "one for both");

static status rows_to_give(struct query q, struct arena *a, const struct given *g, struct given_row *out, ptrdiff_t *n)
{
    *n = 0;
    bind_id(&q, keep_tip_additions_tip, g->tip);
    bind_id(&q, keep_tip_additions_ring, g->ring);
    bind_int(&q, keep_tip_additions_limit, GIVE);
    while (*n < GIVE && query_next(&q))
        out[(*n)++] = (struct given_row){ read_id(&q, keep_tip_additions_col_id), read_str(&q, keep_tip_additions_col_sealed, a) };
    return query_end(&q, OK);
}

/* The same body under the box of the case. NOT_FOUND: nobody boxed it for the case. */
static status box_for(struct db *db, struct arena *a, const struct given *g, struct given_row *row)
{
    const uint8_t *box;
    status s = row->sealed.len < KEYBOX ? NOT_FOUND : share_find(db, a, g->tip, row->id, g->ring, g->today, &box);
    if (s == OK)
        memcpy((char *)(uintptr_t)row->sealed.at, box, KEYBOX); /* our own copy */
    return s;
}

static status put_or_drop(struct db *db, struct arena *a, const struct given *g, bool entries, struct given_row *row)
{
    status s = box_for(db, a, g, row);
    if (s == NOT_FOUND) {
        struct query q = db_query(db, entries ? &sql_keep_tip_entry_drop : &sql_keep_tip_addition_drop);
        bind_id(&q, keep_tip_addition_drop_tip, g->tip);
        bind_id(&q, keep_tip_addition_drop_id, row->id);
        return query_run(&q);
    }
    if (s != OK)
        return s;
    struct query q = db_query(db, entries ? &sql_keep_tip_entry_put : &sql_keep_tip_addition_put);
    bind_blob(&q, keep_tip_addition_put_sealed, row->sealed);
    bind_id(&q, keep_tip_addition_put_tip, g->tip);
    bind_id(&q, keep_tip_addition_put_id, row->id);
    return query_run(&q);
}

static status give_children(struct db *db, struct arena *a, const struct given *g, bool entries, bool *more)
{
    struct given_row rows[GIVE];
    ptrdiff_t n = 0;
    status s = rows_to_give(db_query(db, entries ? &sql_keep_tip_entries : &sql_keep_tip_additions), a, g, rows, &n);
    for (ptrdiff_t i = 0; s == OK && i < n; i++)
        s = put_or_drop(db, a, g, entries, &rows[i]);
    *more |= n == GIVE;
    return s;
}

status keep_give_tip(struct db *db, struct arena a, id tip, id ring, int64_t today, bool *more)
{
    struct given g = { tip, ring, today };
    struct given_row row[GIVE];
    ptrdiff_t n = 0;
    *more = false;
    status s = give_children(db, &a, &g, false, more);
    if (s == OK)
        s = give_children(db, &a, &g, true, more);
    if (s != OK || *more)
        return s;
    s = rows_to_give(db_query(db, &sql_keep_tip_row), &a, &g, row, &n);
    if (s == OK && n)
        s = box_for(db, &a, &g, &row[0]);
    if (s != OK || !n)
        return s;
    struct query q = db_query(db, &sql_keep_tip_give);
    bind_blob(&q, keep_tip_give_sealed, row[0].sealed);
    bind_id(&q, keep_tip_give_nowhere, nowhere);
    bind_id(&q, keep_tip_give_tip, tip);
    return query_run(&q);
}

status keep_share_trim(struct db *db, id tip, const id *rings, ptrdiff_t n)
{
    enum { RINGS = 64 };
    id found[RINGS];
    ptrdiff_t len = 0;
    struct query q = db_query(db, &sql_keep_share_rings);
    bind_id(&q, keep_share_rings_tip, tip);
    bind_int(&q, keep_share_rings_limit, RINGS);
    while (len < RINGS && query_next(&q))
        found[len++] = read_id(&q, keep_share_rings_col_ring);
    status s = query_end(&q, OK);
    for (ptrdiff_t i = 0; s == OK && i < len; i++) {
        bool stays = false;
        for (ptrdiff_t k = 0; k < n; k++)
            stays |= id_equal(rings[k], found[i]);
        if (stays)
            continue;
        q = db_query(db, &sql_keep_share_drop);
        bind_id(&q, keep_share_drop_tip, tip);
        bind_id(&q, keep_share_drop_ring, found[i]);
        s = query_run(&q);
    }
    return s;
}
