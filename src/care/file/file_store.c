#include "care/file/file.h"
#include "file_sql.h"

#define NEVER ((int64_t)1 << 40) /* an hour after every other */

static void bind_due(struct query *q, int at, int64_t due_hour)
{
    if (due_hour == CARE_NO_DUE)
        bind_null(q, at);
    else
        bind_int(q, at, due_hour);
}

static void bind_end(struct query *q, int at, int64_t end_day)
{
    if (end_day)
        bind_int(q, at, end_day);
    else
        bind_null(q, at);
}

static int64_t read_end(struct query *q, int at)
{
    return read_null(q, at) ? 0 : read_int(q, at);
}

status care_file_add(struct db *db, const struct care_row *file)
{
    struct query q = db_query(db, &sql_care_file_insert);
    bind_id(&q, care_file_insert_id, file->id);
    bind_due(&q, care_file_insert_due_hour, file->due_hour);
    bind_blob(&q, care_file_insert_sealed, file->sealed);
    return query_run(&q);
}

status care_file_find(struct db *db, struct arena *a, id file, id holder, struct care_row *out)
{
    struct query q = db_query(db, &sql_care_file_find);
    bind_id(&q, care_file_find_id, file);
    bind_id(&q, care_file_find_holder, holder);
    bool found = query_next(&q);
    if (found) {
        bool none = read_null(&q, care_file_find_col_due_hour);
        *out = (struct care_row){ .root = file, .id = file, .sealed = read_str(&q, care_file_find_col_sealed, a),
                                  .due_hour = none ? CARE_NO_DUE : read_int(&q, care_file_find_col_due_hour),
                                  .end_day = read_end(&q, care_file_find_col_end_day) };
    }
    return query_end(&q, found ? OK : NOT_FOUND);
}

status care_file_change(struct db *db, const struct care_row *file, str before)
{
    struct query q = db_query(db, &sql_care_file_change);
    bind_due(&q, care_file_change_due_hour, file->due_hour);
    bind_end(&q, care_file_change_end_day, file->end_day);
    bind_blob(&q, care_file_change_sealed, file->sealed);
    bind_id(&q, care_file_change_id, file->id);
    bind_blob(&q, care_file_change_before, before);
    return query_change(&q, CONFLICT);
}

status care_file_end(struct db *db, const struct care_row *file, int64_t end_day)
{
    struct query q = db_query(db, &sql_care_file_end);
    bind_end(&q, care_file_end_end_day, end_day);
    bind_id(&q, care_file_end_id, file->id);
    bind_blob(&q, care_file_end_before, file->sealed);
    return query_change(&q, CONFLICT);
}

status care_file_list(struct db *db, struct arena *a, id holder, const struct care_row *after, int64_t limit, struct care_rows *out)
{
    *out = (struct care_rows){ .at = arena_new(a, struct care_row, limit) };
    struct query q = db_query(db, &sql_care_file_list);
    bind_id(&q, care_file_list_holder, holder);
    bind_int(&q, care_file_list_never, NEVER);
    bind_int(&q, care_file_list_after_hour, !after ? -1 : after->due_hour == CARE_NO_DUE ? NEVER : after->due_hour);
    bind_id(&q, care_file_list_after_id, after ? after->id : (id){ 0 });
    bind_int(&q, care_file_list_limit, limit);
    while (query_next(&q)) {
        bool none = read_null(&q, care_file_list_col_due_hour);
        struct care_row row = { .id = read_id(&q, care_file_list_col_id), .sealed = read_str(&q, care_file_list_col_sealed, a),
                                .due_hour = none ? CARE_NO_DUE : read_int(&q, care_file_list_col_due_hour),
                                .end_day = read_end(&q, care_file_list_col_end_day) };
        row.root = row.id;
        out->at[out->len++] = row;
    }
    return query_end(&q, OK);
}

status care_name_put(struct db *db, id root, str sealed)
{
    struct query q = db_query(db, &sql_care_name_put);
    bind_id(&q, care_name_put_root, root);
    bind_blob(&q, care_name_put_sealed, sealed);
    return query_run(&q);
}

status care_name_find(struct db *db, struct arena *a, id root, str *sealed)
{
    struct query q = db_query(db, &sql_care_name_find);
    bind_id(&q, care_name_find_root, root);
    bool found = query_next(&q);
    if (found)
        *sealed = read_str(&q, care_name_find_col_sealed, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status care_entry_add(struct db *db, const struct care_row *e)
{
    struct query q = db_query(db, &sql_care_entry_insert);
    bind_id(&q, care_entry_insert_root, e->root);
    bind_id(&q, care_entry_insert_id, e->id);
    bind_blob(&q, care_entry_insert_sealed, e->sealed);
    return query_run(&q);
}

status care_entry_find(struct db *db, struct arena *a, id root, id entry, str *sealed)
{
    struct query q = db_query(db, &sql_care_entry_find);
    bind_id(&q, care_entry_find_root, root);
    bind_id(&q, care_entry_find_id, entry);
    bool found = query_next(&q);
    if (found)
        *sealed = read_str(&q, care_entry_find_col_sealed, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status care_entry_list(struct db *db, struct arena *a, id root, const id *before, int64_t limit, struct care_rows *out)
{
    id last;
    memset(last.at, 0xff, sizeof last.at);
    *out = (struct care_rows){ .at = arena_new(a, struct care_row, limit) };
    struct query q = db_query(db, &sql_care_entry_list);
    bind_id(&q, care_entry_list_root, root);
    bind_id(&q, care_entry_list_before, before ? *before : last);
    bind_int(&q, care_entry_list_limit, limit);
    while (query_next(&q))
        out->at[out->len++] = (struct care_row){ .root = root, .id = read_id(&q, care_entry_list_col_id), .due_hour = CARE_NO_DUE,
                                                 .sealed = read_str(&q, care_entry_list_col_sealed, a) };
    return query_end(&q, OK);
}

status care_place_add(struct db *db, const struct care_row *e)
{
    struct query q = db_query(db, &sql_care_place_insert);
    bind_id(&q, care_place_insert_root, e->root);
    bind_id(&q, care_place_insert_id, e->id);
    bind_blob(&q, care_place_insert_sealed, e->sealed);
    return query_run(&q);
}

status care_place_find(struct db *db, struct arena *a, id root, id place, str *sealed)
{
    struct query q = db_query(db, &sql_care_place_find);
    bind_id(&q, care_place_find_root, root);
    bind_id(&q, care_place_find_id, place);
    bool found = query_next(&q);
    if (found)
        *sealed = read_str(&q, care_place_find_col_sealed, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}

status caseload_add(struct db *db, id holder, id root)
{
    struct query q = db_query(db, &sql_caseload_insert);
    bind_id(&q, caseload_insert_holder, holder);
    bind_id(&q, caseload_insert_root, root);
    return query_run(&q);
}

status caseload_end(struct db *db, id holder, id root)
{
    struct query q = db_query(db, &sql_caseload_delete);
    bind_id(&q, caseload_delete_holder, holder);
    bind_id(&q, caseload_delete_root, root);
    return query_run(&q);
}

status caseload_list(struct db *db, id root, id *holders, ptrdiff_t *n)
{
    *n = 0;
    struct query q = db_query(db, &sql_caseload_list);
    bind_id(&q, caseload_list_root, root);
    bind_int(&q, caseload_list_limit, HOLDERS_MOST);
    while (query_next(&q))
        holders[(*n)++] = read_id(&q, caseload_list_col_holder);
    return query_end(&q, OK);
}
