#include "casework/subject/subject.h"
#include "subject_sql.h"

static status insert(struct db *db, const struct subject *s)
{
    struct query q = db_query(db, &sql_subject_insert);
    bind_id(&q, subject_insert_root, s->root);
    bind_id(&q, subject_insert_id, s->id);
    bind_int(&q, subject_insert_number, s->number);
    bind_int(&q, subject_insert_version, s->version);
    bind_id(&q, subject_insert_author, s->author);
    bind_int(&q, subject_insert_day, s->day);
    bind_blob(&q, subject_insert_sealed, s->sealed);
    return query_run(&q);
}

status subject_add(struct db *db, struct subject *s)
{
    struct query q = db_query(db, &sql_subject_last_number);
    bind_id(&q, subject_last_number_root, s->root);
    int64_t last = query_next(&q) ? read_int(&q, subject_last_number_col_number) : 0;
    status found = query_end(&q, last < SUBJECTS_MOST ? OK : LIMIT);
    s->number = last + 1;
    s->version = 1;
    return found == OK ? insert(db, s) : found;
}

status subject_change(struct db *db, struct subject *s)
{
    s->version++;
    return insert(db, s);
}

status subject_list(struct db *db, struct arena *a, id root, struct subjects *out)
{
    *out = (struct subjects){ .at = arena_new(a, struct subject, SUBJECTS_MOST) };
    struct query q = db_query(db, &sql_subject_list);
    bind_id(&q, subject_list_root, root);
    bind_int(&q, subject_list_limit, SUBJECTS_MOST);
    while (out->len < SUBJECTS_MOST && query_next(&q))
        out->at[out->len++] = (struct subject){
            .root = root,
            .id = read_id(&q, subject_list_col_id),
            .author = read_id(&q, subject_list_col_author),
            .number = read_int(&q, subject_list_col_number),
            .version = read_int(&q, subject_list_col_version),
            .day = read_int(&q, subject_list_col_day),
            .sealed = read_str(&q, subject_list_col_sealed, a),
        };
    return query_end(&q, OK);
}
