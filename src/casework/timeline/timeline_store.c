#include "casework/timeline/timeline.h"
#include "timeline_sql.h"

static status add_value(struct db *db, const struct timeline_entry *e, const struct kind_field *f, int64_t pos, str code)
{
    int64_t number;
    struct query q = db_query(db, &sql_timeline_value_insert);
    bind_id(&q, timeline_value_insert_root, e->root);
    bind_id(&q, timeline_value_insert_entry, e->id);
    bind_str(&q, timeline_value_insert_field, f->name);
    bind_int(&q, timeline_value_insert_pos, pos);
    bind_str(&q, timeline_value_insert_code, code);
    if (entry_number(f, code, &number))
        bind_int(&q, timeline_value_insert_number, number);
    else
        bind_null(&q, timeline_value_insert_number);
    return query_run(&q);
}

static status add_values(struct db *db, const struct timeline_entry *e)
{
    const struct kind *k = kind_find(e->kind);
    status s = k ? OK : INVALID;
    for (ptrdiff_t i = 0; s == OK && i < k->field_count; i++) {
        const struct kind_field *f = &k->fields[i];
        str rest = e->values.at[i], code;
        if (!rest.len || !kind_field_is_clear(k, f))
            continue;
        if (f->type != FIELD_MULTI) {
            s = add_value(db, e, f, 0, rest);
            continue;
        }
        for (int64_t pos = 0; s == OK && str_split(&rest, ';', &code); pos++)
            s = add_value(db, e, f, pos, code);
    }
    return s;
}

static status give_number(struct db *db, struct timeline_entry *e)
{
    struct query q = db_query(db, &sql_timeline_last_number);
    bind_id(&q, timeline_last_number_root, e->root);
    e->number = query_next(&q) ? read_int(&q, timeline_last_number_col_number) + 1 : 1;
    return query_end(&q, OK);
}

status timeline_add(struct db *db, struct timeline_entry *e)
{
    status s = give_number(db, e);
    if (s != OK)
        return s;
    struct query q = db_query(db, &sql_timeline_insert);
    bind_id(&q, timeline_insert_root, e->root);
    bind_id(&q, timeline_insert_id, e->id);
    bind_str(&q, timeline_insert_kind, e->kind);
    bind_int(&q, timeline_insert_compartment, e->compartment);
    bind_id(&q, timeline_insert_office, e->office);
    bind_id(&q, timeline_insert_author, e->author);
    bind_int(&q, timeline_insert_day, e->day);
    bind_int(&q, timeline_insert_written_day, e->written_day);
    bind_int(&q, timeline_insert_number, e->number);
    if (id_is_zero(e->corrects))
        bind_null(&q, timeline_insert_corrects);
    else
        bind_id(&q, timeline_insert_corrects, e->corrects);
    bind_int(&q, timeline_insert_withdrawn, e->withdrawn);
    bind_int(&q, timeline_insert_counted, e->counted);
    bind_blob(&q, timeline_insert_sealed, e->sealed);
    s = query_run(&q);
    return s == OK ? add_values(db, e) : s;
}

/* ---- reading ---- */

/* The selects name these columns in the same order. */
#define SAME(column) _Static_assert((int)timeline_list_col_##column == (int)timeline_find_col_##column, "one reader")
SAME(sealed);
SAME(later_withdrawn);
_Static_assert((int)timeline_list_col_sealed == (int)timeline_standing_col_sealed, "one reader");

static struct timeline_entry read_entry(struct query *q, struct arena *a, id root)
{
    return (struct timeline_entry){
        .root = root,
        .id = read_id(q, timeline_list_col_id),
        .kind = read_str(q, timeline_list_col_kind, a),
        .compartment = read_int(q, timeline_list_col_compartment) == EVIDENCE ? EVIDENCE : CASE,
        .office = read_id(q, timeline_list_col_office),
        .author = read_id(q, timeline_list_col_author),
        .day = read_int(q, timeline_list_col_day),
        .written_day = read_int(q, timeline_list_col_written_day),
        .number = read_int(q, timeline_list_col_number),
        .corrects = read_id(q, timeline_list_col_corrects),
        .withdrawn = read_int(q, timeline_list_col_withdrawn),
        .counted = read_int(q, timeline_list_col_counted),
        .sealed = read_str(q, timeline_list_col_sealed, a),
    };
}

static void read_later(struct query *q, struct timeline_entry *e)
{
    e->later.id = read_id(q, timeline_list_col_later_id);
    e->later.author = read_id(q, timeline_list_col_later_author);
    e->later.day = read_int(q, timeline_list_col_later_day);
    e->later.withdrawn = read_int(q, timeline_list_col_later_withdrawn);
}

/* A code that a kind no longer has a field for is left out: it is still in the row. */
static void put_value(struct arena *a, const struct kind *k, str field, str code, struct entry_values *v)
{
    for (ptrdiff_t i = 0; k && i < k->field_count; i++) {
        str *to = &v->at[i];
        if (str_equal(k->fields[i].name, field))
            *to = to->len ? str_join(a, str_join(a, *to, lit(";")), code) : code;
    }
}

static status read_values(struct db *db, struct arena *a, struct timeline_entry *e)
{
    const struct kind *k = kind_find(e->kind);
    struct query q = db_query(db, &sql_timeline_values);
    bind_id(&q, timeline_values_root, e->root);
    bind_id(&q, timeline_values_entry, e->id);
    while (query_next(&q)) {
        str field = read_str(&q, timeline_values_col_field, a);
        put_value(a, k, field, read_str(&q, timeline_values_col_code, a), &e->values);
    }
    return query_end(&q, OK);
}

static status read_all_values(struct db *db, struct arena *a, struct timeline_entries *list, status s)
{
    for (ptrdiff_t i = 0; s == OK && i < list->len; i++)
        s = read_values(db, a, &list->at[i]);
    return s;
}

status timeline_list(struct db *db, struct arena *a, id root, str kind, const struct timeline_entry *after, int64_t limit,
                     struct timeline_entries *out)
{
    static const struct timeline_entry start = { .day = INT64_MAX };
    const struct timeline_entry *from = after ? after : &start;
    *out = (struct timeline_entries){ .at = arena_new(a, struct timeline_entry, limit) };
    struct query q = db_query(db, &sql_timeline_list);
    bind_id(&q, timeline_list_root, root);
    bind_str(&q, timeline_list_kind, kind);
    bind_int(&q, timeline_list_after_day, from->day);
    bind_int(&q, timeline_list_after_number, from->number);
    bind_id(&q, timeline_list_after_id, from->id);
    bind_int(&q, timeline_list_limit, limit);
    while (out->len < limit && query_next(&q)) {
        struct timeline_entry *e = &out->at[out->len++];
        *e = read_entry(&q, a, root);
        read_later(&q, e);
    }
    return read_all_values(db, a, out, query_end(&q, OK));
}

status timeline_find(struct db *db, struct arena *a, id root, id entry, struct timeline_entry *out)
{
    struct query q = db_query(db, &sql_timeline_find);
    bind_id(&q, timeline_find_root, root);
    bind_id(&q, timeline_find_id, entry);
    bool found = query_next(&q);
    if (found) {
        *out = read_entry(&q, a, root);
        read_later(&q, out);
    }
    status s = query_end(&q, found ? OK : NOT_FOUND);
    return s == OK ? read_values(db, a, out) : s;
}

status timeline_standing(struct db *db, struct arena *a, id root, str kind, struct timeline_entries *out)
{
    *out = (struct timeline_entries){ .at = arena_new(a, struct timeline_entry, TIMELINE_STANDING_MOST) };
    struct query q = db_query(db, &sql_timeline_standing);
    bind_id(&q, timeline_standing_root, root);
    bind_str(&q, timeline_standing_kind, kind);
    bind_int(&q, timeline_standing_limit, TIMELINE_STANDING_MOST);
    while (out->len < TIMELINE_STANDING_MOST && query_next(&q))
        out->at[out->len++] = read_entry(&q, a, root);
    return read_all_values(db, a, out, query_end(&q, OK));
}

status timeline_kinds(struct db *db, struct arena *a, id root, struct timeline_kinds *out)
{
    *out = (struct timeline_kinds){ .at = arena_new(a, struct timeline_kind, TIMELINE_KINDS_MOST) };
    struct query q = db_query(db, &sql_timeline_kinds);
    bind_id(&q, timeline_kinds_root, root);
    while (out->len < TIMELINE_KINDS_MOST && query_next(&q)) {
        const struct kind *k = kind_find(read_str(&q, timeline_kinds_col_kind, a));
        if (k)
            out->at[out->len++] =
                (struct timeline_kind){ k, read_int(&q, timeline_kinds_col_n), read_int(&q, timeline_kinds_col_counted) };
    }
    return query_end(&q, OK);
}

status timeline_set_counted(struct db *db, id root, id entry, bool counted)
{
    struct query q = db_query(db, &sql_timeline_set_counted);
    bind_id(&q, timeline_set_counted_root, root);
    bind_id(&q, timeline_set_counted_id, entry);
    bind_int(&q, timeline_set_counted_counted, counted);
    return query_run(&q);
}

status timeline_last_status(struct db *db, struct arena *a, id root, int64_t *day, str *code)
{
    struct query q = db_query(db, &sql_timeline_last_status);
    bind_id(&q, timeline_last_status_root, root);
    bool found = query_next(&q);
    *day = read_int(&q, timeline_last_status_col_day);
    *code = read_str(&q, timeline_last_status_col_code, a);
    return query_end(&q, found ? OK : NOT_FOUND);
}
