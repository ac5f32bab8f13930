#include "common/reseal/reseal.h"
#include "reseal_sql.h"

/* The statements of a table. All have the same parameters and columns, in the same order: one reader for all. */
#define PAIR(t) #t, NULL, &sql_reseal_find_##t, &sql_reseal_count_##t, &sql_reseal_put_##t
#define NEVER(t, why) #t, why, NULL, NULL, NULL
#define SAME(t) \
    _Static_assert((int)reseal_find_##t##_root == (int)reseal_find_casefile_root && (int)reseal_find_##t##_ring == (int)reseal_find_casefile_ring \
                       && (int)reseal_find_##t##_epoch == (int)reseal_find_casefile_epoch \
                       && (int)reseal_find_##t##_limit == (int)reseal_find_casefile_limit \
                       && (int)reseal_find_##t##_col_keybox == (int)reseal_find_casefile_col_keybox \
                       && (int)reseal_count_##t##_root == (int)reseal_count_casefile_root \
                       && (int)reseal_count_##t##_ring == (int)reseal_count_casefile_ring \
                       && (int)reseal_count_##t##_epoch == (int)reseal_count_casefile_epoch \
                       && (int)reseal_put_##t##_keybox == (int)reseal_put_casefile_keybox && (int)reseal_put_##t##_id == (int)reseal_put_casefile_id \
                       && (int)reseal_put_##t##_root == (int)reseal_put_casefile_root \
                       && (int)reseal_put_##t##_before == (int)reseal_put_casefile_before, \
                   "one reader for all")
SAME(subject);
SAME(entry);
SAME(care_file);
SAME(care_name);
SAME(care_entry);
SAME(care_place);
SAME(share);

static const struct {
    const char *table, *never;
    const struct sql *find, *count, *put;
} tables[] = {
    { PAIR(casefile) },
    { PAIR(subject) },
    { PAIR(entry) },
    { PAIR(care_file) },
    { PAIR(care_name) },
    { PAIR(care_entry) },
    { PAIR(care_place) },
    { PAIR(share) },
    { NEVER(tip, "an office's ring: its pages are turned each month and shredded by the month") },
    { NEVER(tip_source, "an office's ring, as of the tip") },
    { NEVER(tip_addition, "an office's ring, as of the tip") },
    { NEVER(tip_entry, "an office's ring, as of the tip") },
    { NEVER(tip_act, "an office's ring, as of the tip") },
    { NEVER(care_request, "an office's ring: the in-tray of its carers") },
    { NEVER(reply, "a mailbox, which has no epochs") },
    { NEVER(packet, "a ring of its own until a day: a new packet is made, the old one ended") },
};
enum { TABLES = countof(tables) };

ptrdiff_t reseal_tables(void)
{
    return TABLES;
}

const char *reseal_table(ptrdiff_t i, const char **never)
{
    *never = tables[i].never;
    return tables[i].table;
}

static str epoch_bytes(const struct ring_key *ring, uint8_t to[4])
{
    for (int i = 0; i < 4; i++)
        to[i] = (uint8_t)(ring->epoch >> (8 * i));
    return (str){ (const char *)to, 4 };
}

static status find_in(struct db *db, ptrdiff_t table, id root, const struct ring_key *ring, struct reseal_row *out, ptrdiff_t cap, ptrdiff_t *n)
{
    uint8_t epoch[4];
    struct query q = db_query(db, tables[table].find);
    bind_id(&q, reseal_find_casefile_root, root);
    bind_id(&q, reseal_find_casefile_ring, ring->ring);
    bind_blob(&q, reseal_find_casefile_epoch, epoch_bytes(ring, epoch));
    bind_int(&q, reseal_find_casefile_limit, cap - *n);
    while (*n < cap && query_next(&q)) {
        struct reseal_row *r = &out[(*n)++];
        *r = (struct reseal_row){ .table = table, .root = read_id(&q, reseal_find_casefile_col_root), .id = read_id(&q, reseal_find_casefile_col_id) };
        read_bytes(&q, reseal_find_casefile_col_keybox, r->keybox, KEYBOX);
    }
    return query_end(&q, OK);
}

status reseal_find(struct db *db, id root, const struct ring_key *ring, struct reseal_row *out, ptrdiff_t cap, ptrdiff_t *n)
{
    status s = OK;
    *n = 0;
    for (ptrdiff_t i = 0; s == OK && i < TABLES && *n < cap; i++)
        if (tables[i].find)
            s = find_in(db, i, root, ring, out, cap, n);
    return s;
}

status reseal_count(struct db *db, id root, const struct ring_key *ring, int64_t *old)
{
    status s = OK;
    *old = 0;
    for (ptrdiff_t i = 0; s == OK && i < TABLES; i++) {
        uint8_t epoch[4];
        if (!tables[i].count)
            continue;
        struct query q = db_query(db, tables[i].count);
        bind_id(&q, reseal_count_casefile_root, root);
        bind_id(&q, reseal_count_casefile_ring, ring->ring);
        bind_blob(&q, reseal_count_casefile_epoch, epoch_bytes(ring, epoch));
        if (query_next(&q))
            *old += read_int(&q, reseal_count_casefile_col_n);
        s = query_end(&q, OK);
    }
    return s;
}

status reseal_put(struct db *db, const struct reseal_row *row, const uint8_t keybox[KEYBOX])
{
    struct query q = db_query(db, tables[row->table].put);
    bind_blob(&q, reseal_put_casefile_keybox, (str){ (const char *)keybox, KEYBOX });
    bind_id(&q, reseal_put_casefile_id, row->id);
    bind_id(&q, reseal_put_casefile_root, row->root);
    bind_blob(&q, reseal_put_casefile_before, (str){ (const char *)row->keybox, KEYBOX });
    return query_run(&q);
}

status reseal_begin(struct db *db, id root, id author, int64_t day)
{
    struct query q = db_query(db, &sql_reseal_begin);
    bind_id(&q, reseal_begin_root, root);
    bind_id(&q, reseal_begin_author, author);
    bind_int(&q, reseal_begin_day, day);
    return query_run(&q);
}

status reseal_done(struct db *db, id root, int64_t day)
{
    struct query q = db_query(db, &sql_reseal_done);
    bind_id(&q, reseal_done_root, root);
    bind_int(&q, reseal_done_day, day);
    return query_run(&q);
}

status reseal_look(struct db *db, id root, struct reseal_state *out)
{
    struct query q = db_query(db, &sql_reseal_look);
    bind_id(&q, reseal_look_root, root);
    bool found = query_next(&q);
    *out = (struct reseal_state){ 0 };
    if (found)
        *out = (struct reseal_state){ read_id(&q, reseal_look_col_author), read_int(&q, reseal_look_col_day), read_int(&q, reseal_look_col_done_day) };
    return query_end(&q, found ? OK : NOT_FOUND);
}
