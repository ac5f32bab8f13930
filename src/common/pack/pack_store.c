#include "common/pack/pack.h"
#include "lib/crypt/crypt.h"
#include "pack_sql.h"

enum { SEPARATOR = 0x1f, TAIL = 4 }; /* TAIL: basis, source, valid_from, valid_to */

static str cells_text(struct arena *a, const struct pack_row *row, ptrdiff_t count)
{
    struct out o = { .arena = a };
    for (ptrdiff_t i = 0; i < count; i++) {
        if (i)
            out_char(&o, SEPARATOR);
        out_str(&o, row->cells[i]);
    }
    return out_view(&o);
}

/* What a confirmation is about. */
static str said_by(struct arena *a, const struct pack_row *row)
{
    return cells_text(a, row, row->cell_count - TAIL);
}

static void split_cells(struct arena *a, str text, struct pack_row *row)
{
    ptrdiff_t n = 1, i = 0;
    for (ptrdiff_t k = 0; k < text.len; k++)
        n += text.at[k] == SEPARATOR;
    str *cells = arena_new(a, str, n), piece;
    while (i < n && str_split(&text, SEPARATOR, &piece))
        cells[i++] = piece;
    row->cells = cells;
    row->cell_count = n;
}

static void bind_file(struct query *q, int at, const char *file)
{
    if (file)
        bind_str(q, at, str_of(file));
    else
        bind_null(q, at);
}

static status add_rows(struct db *db, struct arena *a, const char *file, struct pack_row **rows, ptrdiff_t *len)
{
    struct query count = db_query(db, &sql_pack_row_count);
    bind_file(&count, pack_row_count_file, file);
    ptrdiff_t n = query_next(&count) ? (ptrdiff_t)read_int(&count, pack_row_count_col_n) : 0;
    status s = query_end(&count, OK);
    struct pack_row *all = arena_new(a, struct pack_row, *len + n);
    if (*len)
        memcpy(all, *rows, (size_t)*len * sizeof *all);
    *rows = all;
    n += *len;
    struct query q = db_query(db, &sql_pack_row_list);
    bind_file(&q, pack_row_list_file, file);
    while (s == OK && *len < n && query_next(&q)) {
        struct pack_row *row = &all[(*len)++];
        *row = (struct pack_row){
            .pack = read_str(&q, pack_row_list_col_pack, a),
            .file = read_str(&q, pack_row_list_col_file, a),
            .key = read_str(&q, pack_row_list_col_row_key, a),
            .load = read_int(&q, pack_row_list_col_load),
            .position = read_int(&q, pack_row_list_col_position),
            .rank = (int)read_int(&q, pack_row_list_col_rank),
            .valid_from = read_int(&q, pack_row_list_col_valid_from),
            .valid_to = read_int(&q, pack_row_list_col_valid_to),
            .basis = (enum pack_basis)read_int(&q, pack_row_list_col_basis),
        };
        split_cells(a, read_str(&q, pack_row_list_col_cells, a), row);
    }
    status end = query_end(&q, OK);
    return s == OK ? end : s;
}

/* Rows of a pack that still say what a person confirmed. */
static status mark_confirmed(struct db *db, struct arena *a, const struct pack *p)
{
    struct query q = db_query(db, &sql_pack_confirmation_list);
    while (query_next(&q)) {
        str pack = read_str(&q, pack_confirmation_list_col_pack, a), file = read_str(&q, pack_confirmation_list_col_file, a);
        str key = read_str(&q, pack_confirmation_list_col_row_key, a), said = read_str(&q, pack_confirmation_list_col_said, a);
        for (ptrdiff_t i = 0; i < p->len; i++) {
            struct pack_row *row = &p->rows[i];
            if (str_equal(row->key, key) && str_equal(row->file, file) && str_equal(row->pack, pack)
                && str_equal(said_by(a, row), said))
                row->basis = BASIS_CONFIRMED;
        }
    }
    return query_end(&q, OK);
}

status pack_open(struct db *db, struct arena *a, const char *const *files, struct pack *out)
{
    struct pack_row *rows = NULL;
    ptrdiff_t len = 0;
    status s = OK;
    *out = (struct pack){ 0 };
    if (!files)
        s = add_rows(db, a, NULL, &rows, &len);
    for (; files && *files && s == OK; files++)
        s = add_rows(db, a, *files, &rows, &len);
    if (s != OK)
        return s;
    *out = pack_of(rows, len);
    return mark_confirmed(db, a, out);
}

/* ---- loading */

static status insert_row(struct db *db, struct arena *a, const struct pack_row *row)
{
    struct query q = db_query(db, &sql_pack_row_insert);
    bind_str(&q, pack_row_insert_pack, row->pack);
    bind_str(&q, pack_row_insert_file, row->file);
    bind_str(&q, pack_row_insert_row_key, row->key);
    bind_int(&q, pack_row_insert_load, row->load);
    bind_int(&q, pack_row_insert_position, row->position);
    bind_int(&q, pack_row_insert_rank, row->rank);
    bind_int(&q, pack_row_insert_valid_from, row->valid_from);
    bind_int(&q, pack_row_insert_valid_to, row->valid_to);
    bind_int(&q, pack_row_insert_basis, row->basis);
    bind_str(&q, pack_row_insert_cells, cells_text(a, row, row->cell_count));
    return query_run(&q);
}

/* Ends a kept row on that day, unless it ended before. */
static status end_row(struct db *db, const struct pack_row *row, int64_t day, bool *changed)
{
    if (row->valid_to != PACK_NO_DAY && row->valid_to <= day)
        return OK;
    *changed = true;
    struct query q = db_query(db, &sql_pack_row_end);
    bind_int(&q, pack_row_end_valid_to, day);
    bind_str(&q, pack_row_end_pack, row->pack);
    bind_str(&q, pack_row_end_file, row->file);
    bind_str(&q, pack_row_end_row_key, row->key);
    bind_int(&q, pack_row_end_load, row->load);
    return query_run(&q);
}

static status move_row(struct db *db, const struct pack_row *kept, const struct pack_row *now)
{
    if (kept->position == now->position && kept->rank == now->rank)
        return OK;
    struct query q = db_query(db, &sql_pack_row_move);
    bind_int(&q, pack_row_move_position, now->position);
    bind_int(&q, pack_row_move_rank, now->rank);
    bind_str(&q, pack_row_move_pack, kept->pack);
    bind_str(&q, pack_row_move_file, kept->file);
    bind_str(&q, pack_row_move_row_key, kept->key);
    bind_int(&q, pack_row_move_load, kept->load);
    return query_run(&q);
}

/* The newest row of that pack, file and key, whatever its days; NULL: none. */
static const struct pack_row *newest_of(const struct pack *p, str pack, str file, str key)
{
    ptrdiff_t from = 0, to = p->len;
    while (from < to) {
        ptrdiff_t middle = from + (to - from) / 2;
        int d = str_compare(p->rows[middle].file, file);
        if (!d)
            d = str_compare(p->rows[middle].key, key);
        if (d < 0)
            from = middle + 1;
        else
            to = middle;
    }
    const struct pack_row *newest = NULL;
    for (; from < p->len && str_equal(p->rows[from].file, file) && str_equal(p->rows[from].key, key); from++)
        if (str_equal(p->rows[from].pack, pack) && (!newest || p->rows[from].load > newest->load))
            newest = &p->rows[from];
    return newest;
}

static bool same_row(struct arena *a, const struct pack_row *kept, const struct pack_row *now)
{
    return kept->valid_to == now->valid_to
        && str_equal(cells_text(a, kept, kept->cell_count), cells_text(a, now, now->cell_count));
}

static status keep_row(struct db *db, struct arena *a, const struct pack *known, struct pack_row row, int64_t today, bool *changed)
{
    const struct pack_row *kept = newest_of(known, row.pack, row.file, row.key);
    if (kept && same_row(a, kept, &row))
        return move_row(db, kept, &row);
    *changed = true;
    status s = OK;
    if (kept) {
        int64_t start = row.valid_from > today ? row.valid_from : today;
        bool ended;
        s = end_row(db, kept, start - 1, &ended);
        if (row.valid_from == PACK_NO_DAY)
            row.valid_from = today; /* what was true until yesterday is not rewritten */
    }
    return s == OK ? insert_row(db, a, &row) : s;
}

static status end_vanished(struct db *db, const struct pack *known, const struct pack *draft, str pack, int64_t today, bool *changed)
{
    status s = OK;
    for (ptrdiff_t i = 0; s == OK && i < known->len; i++) {
        const struct pack_row *row = &known->rows[i];
        if (str_equal(row->pack, pack) && !newest_of(draft, pack, row->file, row->key))
            s = end_row(db, row, today - 1, changed);
    }
    return s;
}

static status newest_load(struct db *db, struct arena *a, str pack, int64_t *load, str *version)
{
    struct query q = db_query(db, &sql_pack_version_newest);
    bind_str(&q, pack_version_newest_pack, pack);
    if (query_next(&q)) {
        *load = read_int(&q, pack_version_newest_col_load);
        *version = read_str(&q, pack_version_newest_col_version, a);
    }
    return query_end(&q, OK);
}

static status insert_version(struct db *db, const struct pack_draft *draft, int64_t load, int64_t today)
{
    struct query q = db_query(db, &sql_pack_version_insert);
    bind_str(&q, pack_version_insert_pack, draft->code);
    bind_int(&q, pack_version_insert_load, load);
    bind_str(&q, pack_version_insert_version, draft->version);
    bind_int(&q, pack_version_insert_loaded_day, today);
    return query_run(&q);
}

static status keep_draft(struct db *db, struct arena *a, const struct pack *known, struct pack_draft *draft, int64_t today)
{
    int64_t load = 0;
    str version = { 0 };
    bool changed = false;
    status s = newest_load(db, a, draft->code, &load, &version);
    for (ptrdiff_t i = 0; s == OK && i < draft->len; i++) {
        draft->rows[i].load = load + 1;
        s = keep_row(db, a, known, draft->rows[i], today, &changed);
    }
    struct pack now = pack_of(draft->rows, draft->len);
    if (s == OK)
        s = end_vanished(db, known, &now, draft->code, today, &changed);
    if (s == OK && (changed || !str_equal(version, draft->version)))
        s = insert_version(db, draft, load + 1, today);
    return s;
}

status pack_load(struct db *db, struct arena *a, str folder, int64_t today, struct pack_problems *problems)
{
    struct pack known;
    struct pack_draft draft;
    *problems = (struct pack_problems){ 0 };
    status s = db_begin(db); /* first: what is checked is what is written against */
    if (s != OK)
        return s;
    s = pack_open(db, a, NULL, &known);
    if (s == OK)
        s = pack_read(a, folder, &known, &draft, problems);
    if (s == OK)
        s = keep_draft(db, a, &known, &draft, today);
    return db_end(db, s);
}

static void stamp_text(struct out *o, str text)
{
    out_int(o, text.len); /* so that no two lists read alike */
    out_char(o, ':');
    out_str(o, text);
}

status pack_stamp(struct db *db, struct arena *a, uint8_t out[32])
{
    struct out o = { .arena = a };
    struct query versions = db_query(db, &sql_pack_version_list);
    while (query_next(&versions)) {
        stamp_text(&o, read_str(&versions, pack_version_list_col_pack, a));
        stamp_text(&o, read_str(&versions, pack_version_list_col_version, a));
    }
    status s = query_end(&versions, OK);
    if (s != OK)
        return s;
    struct query q = db_query(db, &sql_pack_confirmation_list);
    while (query_next(&q)) {
        stamp_text(&o, read_str(&q, pack_confirmation_list_col_pack, a));
        stamp_text(&o, read_str(&q, pack_confirmation_list_col_file, a));
        stamp_text(&o, read_str(&q, pack_confirmation_list_col_row_key, a));
        stamp_text(&o, read_str(&q, pack_confirmation_list_col_said, a));
    }
    sha256(out_view(&o), out);
    return query_end(&q, OK);
}

status pack_confirm(struct db *db, struct arena *a, const struct pack_row *row, id who, str source, int64_t today)
{
    struct query q = db_query(db, &sql_pack_confirmation_insert);
    bind_str(&q, pack_confirmation_insert_pack, row->pack);
    bind_str(&q, pack_confirmation_insert_file, row->file);
    bind_str(&q, pack_confirmation_insert_row_key, row->key);
    bind_int(&q, pack_confirmation_insert_confirmed_day, today);
    bind_id(&q, pack_confirmation_insert_who, who);
    bind_str(&q, pack_confirmation_insert_said, said_by(a, row));
    bind_str(&q, pack_confirmation_insert_source, source);
    return query_run(&q);
}
