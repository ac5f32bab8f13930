#include "vault/keeper_store.h"
#include "leaf_sql.h"

static str view(const void *at, ptrdiff_t n)
{
    return (str){ at, n };
}

status leaf_insert(struct db *db, uint32_t log, const struct leaf *l, str sealed, str own)
{
    struct audit_record r;
    must(audit_record_read(l->record, &r));
    struct query q = db_query(db, &sql_leaf_insert);
    bind_int(&q, leaf_insert_log, log);
    bind_int(&q, leaf_insert_seq, (int64_t)l->seq);
    bind_blob(&q, leaf_insert_actor, view(r.actor, sizeof r.actor));
    bind_blob(&q, leaf_insert_record, view(l->record, AUDIT_RECORD));
    bind_blob(&q, leaf_insert_root, view(l->root, sizeof l->root));
    bind_blob(&q, leaf_insert_sig, view(l->signature, SIGNATURE));
    status s = query_run(&q);
    if (s != OK)
        return s;
    q = db_query(db, &sql_detail_insert);
    bind_int(&q, detail_insert_log, log);
    bind_int(&q, detail_insert_seq, (int64_t)l->seq);
    bind_blob(&q, detail_insert_sealed, sealed);
    bind_blob(&q, detail_insert_own, own);
    return query_run(&q);
}

status leaf_scan(struct db *db, uint32_t log, uint64_t first, void (*each)(void *to, const struct leaf *l), void *to)
{
    struct query q = db_query(db, &sql_leaf_scan);
    bind_int(&q, leaf_scan_log, log);
    bind_int(&q, leaf_scan_first, (int64_t)first);
    while (query_next(&q)) {
        struct leaf l = { .seq = (uint64_t)read_int(&q, leaf_scan_col_seq) };
        read_bytes(&q, leaf_scan_col_record, l.record, AUDIT_RECORD);
        read_bytes(&q, leaf_scan_col_root, l.root, sizeof l.root);
        read_bytes(&q, leaf_scan_col_sig, l.signature, SIGNATURE);
        each(to, &l);
    }
    return query_end(&q, OK);
}

status leaf_at(struct db *db, uint32_t log, uint64_t seq, struct leaf *out)
{
    struct query q = db_query(db, &sql_leaf_at);
    bind_int(&q, leaf_at_log, log);
    bind_int(&q, leaf_at_seq, (int64_t)seq);
    bool found = query_next(&q);
    if (found) {
        out->seq = seq;
        read_bytes(&q, leaf_at_col_record, out->record, sizeof out->record);
        read_bytes(&q, leaf_at_col_root, out->root, sizeof out->root);
        read_bytes(&q, leaf_at_col_sig, out->signature, sizeof out->signature);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status leaf_last_root(struct db *db, uint32_t log, uint64_t *size, uint8_t root[32])
{
    struct query q = db_query(db, &sql_leaf_last);
    bind_int(&q, leaf_last_log, log);
    bool found = query_next(&q);
    if (found) {
        *size = (uint64_t)read_int(&q, leaf_last_col_seq) + 1;
        read_bytes(&q, leaf_last_col_root, root, 32);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status leaf_last_of(struct db *db, uint32_t log, uint8_t action, struct audit_record *out)
{
    uint8_t record[AUDIT_RECORD];
    struct query q = db_query(db, &sql_leaf_last_of);
    bind_int(&q, leaf_last_of_log, log);
    bind_blob(&q, leaf_last_of_action, view(&action, 1));
    bool found = query_next(&q);
    if (found)
        read_bytes(&q, leaf_last_of_col_record, record, sizeof record);
    status s = query_end(&q, found ? OK : NOT_FOUND);
    return s == OK && !audit_record_read(record, out) ? FAULT : s;
}

status leaf_acts(struct db *db, struct arena *a, uint32_t log, const uint8_t actor[16], int cap,
                 bool (*each)(void *to, const uint8_t record[AUDIT_RECORD], str own), void *to)
{
    uint8_t record[AUDIT_RECORD];
    bool more = true;
    struct query q = db_query(db, &sql_leaf_acts);
    bind_int(&q, leaf_acts_log, log);
    bind_blob(&q, leaf_acts_actor, view(actor, 16));
    bind_int(&q, leaf_acts_count, cap);
    while (more && query_next(&q)) {
        struct arena mark = *a;
        read_bytes(&q, leaf_acts_col_record, record, sizeof record);
        more = each(to, record, read_null(&q, leaf_acts_col_own) ? (str){ 0 } : read_str(&q, leaf_acts_col_own, a));
        *a = mark;
    }
    return query_end(&q, OK);
}

static struct query ask_about(struct db *db, uint32_t log, const struct leaf_objects *which, uint64_t skip, int cap)
{
    struct query q = db_query(db, &sql_leaf_about);
    bind_int(&q, leaf_about_log, log);
    bind_blob(&q, leaf_about_object, view(which->object, 16));
    bind_blob(&q, leaf_about_other, view(which->other, 16));
    bind_blob(&q, leaf_about_but, view(which->but, 16));
    bind_int(&q, leaf_about_skip, (int64_t)skip);
    bind_int(&q, leaf_about_count, cap);
    return q;
}

static struct query ask_page(struct db *db, uint32_t log, uint64_t before, int cap)
{
    struct query q = db_query(db, &sql_leaf_page);
    bind_int(&q, leaf_page_log, log);
    bind_int(&q, leaf_page_before, (int64_t)before);
    bind_int(&q, leaf_page_count, cap);
    return q;
}

static struct query ask_page_own(struct db *db, uint32_t log, const uint8_t *actor, uint64_t skip, int cap)
{
    struct query q = db_query(db, &sql_leaf_page_own);
    bind_int(&q, leaf_page_own_log, log);
    bind_blob(&q, leaf_page_own_actor, view(actor, 16));
    bind_int(&q, leaf_page_own_skip, (int64_t)skip);
    bind_int(&q, leaf_page_own_count, cap);
    return q;
}

/* The three name the same columns in the same order. */
_Static_assert((int)leaf_page_col_own == (int)leaf_page_own_col_own && (int)leaf_page_col_own == (int)leaf_about_col_own, "one reader for all");

static status read_rows(struct query *q, struct arena *a, int cap, struct leaf_row *out, int *n)
{
    *n = 0;
    while (*n < cap && query_next(q)) {
        struct leaf_row *l = &out[(*n)++];
        *l = (struct leaf_row){ .seq = (uint64_t)read_int(q, leaf_page_col_seq) };
        read_bytes(q, leaf_page_col_record, l->record, AUDIT_RECORD);
        if (!read_null(q, leaf_page_col_sealed)) {
            l->sealed = read_str(q, leaf_page_col_sealed, a);
            l->own = read_str(q, leaf_page_col_own, a);
        }
    }
    return query_end(q, OK);
}

status leaf_about(struct db *db, struct arena *a, uint32_t log, const struct leaf_objects *which, uint64_t skip, int cap,
                  struct leaf_row *out, int *n)
{
    struct query q = ask_about(db, log, which, skip, cap);
    return read_rows(&q, a, cap, out, n);
}

status leaf_page(struct db *db, struct arena *a, uint32_t log, const uint8_t *actor, uint64_t from, int cap,
                 struct leaf_row *out, int *n)
{
    struct query q = actor ? ask_page_own(db, log, actor, from, cap) : ask_page(db, log, from, cap);
    return read_rows(&q, a, cap, out, n);
}

status loghead_find(struct db *db, uint32_t log, struct audit_tree *out)
{
    memset(out, 0, sizeof *out);
    struct query q = db_query(db, &sql_loghead_find);
    bind_int(&q, loghead_find_log, log);
    bool found = query_next(&q);
    if (found) {
        out->size = (uint64_t)read_int(&q, loghead_find_col_size);
        read_bytes(&q, loghead_find_col_frontier, out->frontier, sizeof out->frontier);
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status loghead_put(struct db *db, uint32_t log, const struct audit_tree *t)
{
    struct query q = db_query(db, &sql_loghead_put);
    bind_int(&q, loghead_put_log, log);
    bind_int(&q, loghead_put_size, (int64_t)t->size);
    bind_blob(&q, loghead_put_frontier, view(t->frontier, sizeof t->frontier));
    return query_run(&q);
}

status loghead_witness(struct db *db, uint32_t log, uint64_t size)
{
    struct query q = db_query(db, &sql_loghead_witness);
    bind_int(&q, loghead_witness_log, log);
    bind_int(&q, loghead_witness_size, (int64_t)size);
    return query_run(&q);
}

status loghead_witnessed(struct db *db, uint32_t log, uint64_t *size)
{
    struct query q = db_query(db, &sql_loghead_witnessed);
    bind_int(&q, loghead_witnessed_log, log);
    *size = query_next(&q) ? (uint64_t)read_int(&q, loghead_witnessed_col_witnessed_size) : 0;
    return query_end(&q, OK);
}

status leaf_export(struct db *db, uint32_t log, status (*each)(void *to, const struct leaf *l), void *to)
{
    struct query q = db_query(db, &sql_leaf_export);
    bind_int(&q, leaf_export_log, log);
    struct leaf l = { 0 };
    status s = OK;
    for (; s == OK && query_next(&q); l.seq++) {
        read_bytes(&q, leaf_export_col_record, l.record, sizeof l.record);
        read_bytes(&q, leaf_export_col_root, l.root, sizeof l.root);
        read_bytes(&q, leaf_export_col_sig, l.signature, sizeof l.signature);
        s = each(to, &l);
    }
    return query_end(&q, s);
}
