#include "common/reseal/reseal.h"
#include "reseal_sql.h"

/* Tables with rows of a ring of a case or a file of care. */
#define MOVED(X) X(casefile) X(subject) X(entry) X(care_file) X(care_name) X(care_entry) X(care_place) X(share) X(hold) X(tip_told)

/* Their statements have the same parameters and columns, in the same order: one reader for all. */
#define SAME(t) \
    _Static_assert((int)reseal_find_##t##_root == (int)reseal_find_casefile_root && (int)reseal_find_##t##_ring == (int)reseal_find_casefile_ring \
                       && (int)reseal_find_##t##_epoch == (int)reseal_find_casefile_epoch \
                       && (int)reseal_find_##t##_limit == (int)reseal_find_casefile_limit \
                       && (int)reseal_find_##t##_col_keybox == (int)reseal_find_casefile_col_keybox \
                       && (int)reseal_count_##t##_root == (int)reseal_count_casefile_root \
                       && (int)reseal_count_##t##_ring == (int)reseal_count_casefile_ring \
                       && (int)reseal_count_##t##_epoch == (int)reseal_count_casefile_epoch \
                       && (int)reseal_read_##t##_root == (int)reseal_read_casefile_root && (int)reseal_read_##t##_id == (int)reseal_read_casefile_id \
                       && (int)reseal_read_##t##_ring == (int)reseal_read_casefile_ring \
                       && (int)reseal_put_##t##_sealed == (int)reseal_put_casefile_sealed && (int)reseal_put_##t##_id == (int)reseal_put_casefile_id \
                       && (int)reseal_put_##t##_root == (int)reseal_put_casefile_root \
                       && (int)reseal_put_##t##_ring == (int)reseal_put_casefile_ring, \
                   "one reader for all");
MOVED(SAME)

#define PLACE(t) PLACE_##t,
#define NAME(t) { #t, NULL },
enum { MOVED(PLACE) MOVED_TABLES };

static const struct {
    const char *table, *never;
} tables[] = {
    /* clang-format off */
    MOVED(NAME)
    { "tip", "an office's ring: its pages are turned each month and shredded by the month" },
    { "tip_source", "an office's ring, as of the tip" },
    { "tip_addition", "an office's ring, as of the tip" },
    { "tip_entry", "an office's ring, as of the tip" },
    { "tip_act", "an office's ring, as of the tip" },
    { "tip_mark", "an office's ring, as of the tip" },
    { "tip_across", "the ring of deconfliction: pointers without content, and each goes with its tip" },
    { "care_request", "an office's ring: the in-tray of its carers" },
    { "reply", "a mailbox, which has no epochs" },
    { "packet", "a ring of its own until a day: a new packet is made, the old one ended" },
    /* clang-format on */
};
enum { TABLES = countof(tables) };

#define FIND(t) case PLACE_##t: return db_query(db, &sql_reseal_find_##t);
#define COUNT(t) case PLACE_##t: return db_query(db, &sql_reseal_count_##t);
#define READ(t) case PLACE_##t: return db_query(db, &sql_reseal_read_##t);
#define PUT(t) case PLACE_##t: return db_query(db, &sql_reseal_put_##t);

static struct query find_query(struct db *db, ptrdiff_t table)
{
    switch (table) { MOVED(FIND) }
    must(!"a table whose rows are not moved");
    return (struct query){ 0 };
}

static struct query count_query(struct db *db, ptrdiff_t table)
{
    switch (table) { MOVED(COUNT) }
    must(!"a table whose rows are not moved");
    return (struct query){ 0 };
}

static struct query read_query(struct db *db, ptrdiff_t table)
{
    switch (table) { MOVED(READ) }
    must(!"a table whose rows are not moved");
    return (struct query){ 0 };
}

static struct query put_query(struct db *db, ptrdiff_t table)
{
    switch (table) { MOVED(PUT) }
    must(!"a table whose rows are not moved");
    return (struct query){ 0 };
}

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
    struct query q = find_query(db, table);
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
    for (ptrdiff_t i = 0; s == OK && i < MOVED_TABLES && *n < cap; i++)
        s = find_in(db, i, root, ring, out, cap, n);
    return s;
}

status reseal_count(struct db *db, id root, const struct ring_key *ring, int64_t *old)
{
    status s = OK;
    *old = 0;
    for (ptrdiff_t i = 0; s == OK && i < MOVED_TABLES; i++) {
        uint8_t epoch[4];
        struct query q = count_query(db, i);
        bind_id(&q, reseal_count_casefile_root, root);
        bind_id(&q, reseal_count_casefile_ring, ring->ring);
        bind_blob(&q, reseal_count_casefile_epoch, epoch_bytes(ring, epoch));
        if (query_next(&q))
            *old += read_int(&q, reseal_count_casefile_col_n);
        s = query_end(&q, OK);
    }
    return s;
}

/* The body is copied as it is; a row that was written meanwhile has another box, and stays. */
status reseal_put(struct db *db, struct arena a, const struct reseal_row *row, const uint8_t keybox[KEYBOX])
{
    id ring;
    uint32_t epoch;
    uint16_t table;
    if (!keybox_names(row->keybox, &ring, &epoch, &table))
        return INVALID;
    struct query q = read_query(db, row->table);
    bind_id(&q, reseal_read_casefile_root, row->root);
    bind_id(&q, reseal_read_casefile_id, row->id);
    bind_id(&q, reseal_read_casefile_ring, ring);
    str sealed = { 0 };
    if (query_next(&q))
        sealed = read_str(&q, reseal_read_casefile_col_sealed, &a);
    status s = query_end(&q, OK);
    if (s != OK || sealed.len < KEYBOX || memcmp(sealed.at, row->keybox, KEYBOX))
        return s;
    memcpy((char *)(uintptr_t)sealed.at, keybox, KEYBOX); /* our own copy */
    q = put_query(db, row->table);
    bind_blob(&q, reseal_put_casefile_sealed, sealed);
    bind_id(&q, reseal_put_casefile_root, row->root);
    bind_id(&q, reseal_put_casefile_id, row->id);
    bind_id(&q, reseal_put_casefile_ring, ring);
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
