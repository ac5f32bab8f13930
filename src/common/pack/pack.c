#include "common/pack/pack.h"

/* The order of the array: by file and key, and what wins first. */
static int row_order(const void *left, const void *right)
{
    const struct pack_row *a = left, *b = right;
    int d = str_compare(a->file, b->file);
    if (!d)
        d = str_compare(a->key, b->key);
    if (!d)
        d = (b->rank > a->rank) - (b->rank < a->rank);
    return d ? d : (b->load > a->load) - (b->load < a->load);
}

struct pack pack_of(struct pack_row *rows, ptrdiff_t len)
{
    if (len)
        qsort(rows, (size_t)len, sizeof *rows, row_order);
    return (struct pack){ rows, len };
}

static bool valid_on(const struct pack_row *row, int64_t day)
{
    return (row->valid_from == PACK_NO_DAY || row->valid_from <= day)
        && (row->valid_to == PACK_NO_DAY || day <= row->valid_to);
}

/* Index of the first row that is not before file and key. */
static ptrdiff_t first_of(const struct pack *p, str file, str key)
{
    ptrdiff_t from = 0, to = p->len;
    while (from < to) {
        ptrdiff_t middle = from + (to - from) / 2;
        const struct pack_row *row = &p->rows[middle];
        int d = str_compare(row->file, file);
        if (!d)
            d = str_compare(row->key, key);
        if (d < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

const struct pack_row *pack_find(const struct pack *p, str file, str key, int64_t day)
{
    for (ptrdiff_t i = first_of(p, file, key); i < p->len; i++) {
        const struct pack_row *row = &p->rows[i];
        if (!str_equal(row->file, file) || !str_equal(row->key, key))
            return NULL;
        if (valid_on(row, day))
            return row;
    }
    return NULL;
}

static bool has_steps_of(const struct pack *p, str clock, str pack, int64_t day)
{
    for (ptrdiff_t i = first_of(p, lit("clock_steps"), clock); i < p->len; i++) {
        const struct pack_row *row = &p->rows[i];
        if (!str_equal(row->file, lit("clock_steps")) || !str_starts(row->key, clock))
            return false;
        if (str_equal(row->cells[STEP_CLOCK], clock) && str_equal(row->pack, pack) && valid_on(row, day))
            return true;
    }
    return false;
}

/* The one source of a clock's steps. An overlay that only changes the length of a clock leaves its steps alone. */
static bool owns_steps(const struct pack *p, const struct pack_row *step, int64_t day)
{
    str clock = pack_cell(step, STEP_CLOCK);
    for (ptrdiff_t i = first_of(p, lit("clocks"), clock); i < p->len; i++) {
        const struct pack_row *row = &p->rows[i];
        if (!str_equal(row->file, lit("clocks")) || !str_equal(row->key, clock))
            return true; /* steps of a clock that nobody defines: as they stand */
        bool overlay = str_equal(row->pack, lit("local"));
        if (valid_on(row, day) && (!overlay || has_steps_of(p, clock, row->pack, day)))
            return str_equal(row->pack, step->pack);
    }
    return true;
}

static int display_order(const void *left, const void *right)
{
    const struct pack_row *a = *(const struct pack_row *const *)left, *b = *(const struct pack_row *const *)right;
    int d = (a->rank > b->rank) - (a->rank < b->rank);
    if (!d)
        d = (a->position > b->position) - (a->position < b->position);
    return d ? d : str_compare(a->key, b->key);
}

struct pack_rows pack_list(const struct pack *p, struct arena *a, str file, int64_t day)
{
    ptrdiff_t from = first_of(p, file, (str){ 0 }), to = from;
    while (to < p->len && str_equal(p->rows[to].file, file))
        to++;
    bool steps = str_equal(file, lit("clock_steps"));
    struct pack_rows rows = { arena_new(a, const struct pack_row *, to - from), 0 };
    const struct pack_row *taken = NULL;
    for (ptrdiff_t i = from; i < to; i++) {
        const struct pack_row *row = &p->rows[i];
        if ((taken && str_equal(taken->key, row->key)) || !valid_on(row, day) || (steps && !owns_steps(p, row, day)))
            continue;
        taken = rows.at[rows.len++] = row;
    }
    if (rows.len)
        qsort(rows.at, (size_t)rows.len, sizeof(const struct pack_row *), display_order);
    return rows;
}

str pack_cell(const struct pack_row *row, ptrdiff_t column)
{
    return column < row->cell_count ? row->cells[column] : (str){ 0 };
}

int64_t pack_cell_int(const struct pack_row *row, ptrdiff_t column, int64_t otherwise)
{
    int64_t n;
    return str_to_int(pack_cell(row, column), &n) ? n : otherwise;
}

bool pack_cell_yes(const struct pack_row *row, ptrdiff_t column)
{
    return str_equal(pack_cell(row, column), lit("yes"));
}

static str of_highest(const struct pack *p, int64_t day, ptrdiff_t column)
{
    str cell = { 0 };
    int rank = -1;
    for (ptrdiff_t i = first_of(p, lit("pack"), (str){ 0 }); i < p->len && str_equal(p->rows[i].file, lit("pack")); i++) {
        const struct pack_row *row = &p->rows[i];
        if (row->rank > rank && valid_on(row, day) && pack_cell(row, column).len) {
            cell = pack_cell(row, column);
            rank = row->rank;
        }
    }
    return cell;
}

str pack_country(const struct pack *p, int64_t day)
{
    return of_highest(p, day, PACK_COUNTRY);
}

str pack_calendar(const struct pack *p, int64_t day)
{
    return of_highest(p, day, PACK_CALENDAR);
}
