/*
 * A file is read once, in pieces. Some hundred rows are cut into cells, then each field of all of them is hashed and looked up among its
 * values, whose slots and texts are on their way from memory while others are worked on; what is new is made plain and put there.
 */
#include "linkage/table.h"
#include "linkage/normal.h"
#include "linkage/plainly.h"
#include "linkage/read_rows.h"
#include <sys/stat.h>

enum { BATCH = READ_BATCH, RECORDS_MOST = TABLE_ROWS_MOST, PADDED = VALUE_MOST + 32 };

struct reading {
    struct table *t;
    struct rows rows;
    int width;                  /* columns of the header */
    int field_of[COLUMNS_MOST]; /* -1: not compared */
    int id_column;              /* -1: the number of the record is its name */
    int count;                  /* rows in the batch */
    str *cells;                 /* BATCH of each field, then of the names */
    char *plain;                /* PADDED bytes, of one cell */
    uint64_t row_line[BATCH];
    struct value_put puts[BATCH];
    uint64_t name_before;       /* the last name and one, of a numbered table */
    bool rising;                /* names are numbers, each larger than the one before: none is there twice */
};

/* ---- the batch ---- */

/* A name in other letters than Latin is known by how it is written, too. */
static void put_written(struct table *t, int field, int row, uint32_t written)
{
    t->scripts |= (uint32_t)1 << field;
    ((uint32_t *)(void *)t->written[field].at)[t->count + (uint32_t)row] = written;
}

/*
 * The row of the batch whose cell is not UTF-8, or -1. What is a value already is plain as it stands, since making plain what is plain changes
 * nothing (fuzz_link): only other cells are looked at.
 */
static int put_field(struct reading *r, int field)
{
    struct table *t = r->t;
    struct values *v = &t->values[field];
    enum field_kind kind = t->plan.fields[field].kind;
    uint32_t *first = (uint32_t *)(void *)t->rows.at + (size_t)t->count * (size_t)t->stride + field, *to = first;
    int n = 0;
    for (int i = 0; i < r->count; i++, to += t->stride) {
        str text = r->cells[field * BATCH + i];
        r->puts[n] = (struct value_put){ text, hash_text(text.at, text.len), to, 0, 0 };
        values_prefetch(v, r->puts[n].hash);
        n += text.len > 0;
    }
    n = values_put_known(v, r->puts, n);
    for (int i = 0; i < n; i++) {
        struct value_put p = r->puts[i];
        int row = (int)((p.to - first) / t->stride);
        if (plain_already(kind, &p.text)) {
            *p.to = values_put_unknown(v, &p);
            continue;
        }
        uint32_t written = 0;
        str plain = normal_field(&t->plan, field, p.text, r->plain, &written);
        if (plain.len < 0)
            return row;
        if (written) {
            put_written(t, field, row, written);
            read_rows_note(t, field, t->count + (uint32_t)row, p.text);
        }
        if (plain.at == p.text.at && plain.len == p.text.len)
            *p.to = values_put_unknown(v, &p);
        else if (plain.len)
            *p.to = values_put(v, plain.at, plain.len, hash_text(plain.at, plain.len));
    }
    return -1;
}

/* ---- names ---- */

/* A whole number below 2^32 without zeros in front. */
static bool is_number(str name, uint32_t *out)
{
    uint64_t n = 0;
    if (name.len > 10 || (name.len > 1 && name.at[0] == '0'))
        return false;
    for (ptrdiff_t i = 0; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(name.at[i] - '0');
    }
    *out = (uint32_t)n;
    return n <= UINT32_MAX;
}

static uint32_t keep_text(struct table *t, str name)
{
    uint32_t at = (uint32_t)t->names_used;
    t->names.at[t->names_used++] = (char)name.len;
    memcpy(t->names.at + t->names_used, name.at, (size_t)name.len);
    t->names_used += (size_t)name.len;
    return at;
}

/* The number that names a record of a numbered table. */
static uint32_t number_of(const struct table *t, uint32_t record)
{
    bool second = t->split && record >= t->split;
    return t->in_a_row ? t->first[second] + record - (second ? t->split : 0) : ((const uint32_t *)(void *)t->name_at.at)[record];
}

/* A name came that is no longer the next number, or no number: those before it are written down. */
static void write_numbers(struct table *t, uint32_t count, bool as_text)
{
    uint32_t *at = (uint32_t *)(void *)t->name_at.at;
    char number[NAME_SCRATCH];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t name = number_of(t, i);
        at[i] = as_text ? keep_text(t, (str){ number, snprintf(number, sizeof number, "%u", name) }) : name;
    }
    t->in_a_row = false;
    t->numbered = !as_text;
}

static void put_name(struct reading *r, uint32_t record, str name)
{
    struct table *t = r->t;
    uint32_t *at = (uint32_t *)(void *)t->name_at.at + record, number = 0;
    bool is = t->numbered && is_number(name, &number), begins = record == t->split;
    r->rising &= is && number >= r->name_before;
    if (t->numbered && !is)
        write_numbers(t, record, true);
    else if (t->in_a_row && !begins && number != r->name_before)
        write_numbers(t, record, false);
    if (begins)
        t->first[t->file] = number;
    if (!t->in_a_row)
        *at = t->numbered ? number : keep_text(t, name);
    r->name_before = (uint64_t)number + 1;
}

static status put_names(struct reading *r)
{
    struct table *t = r->t;
    for (int i = 0; i < r->count; i++) {
        str name = str_trim(r->cells[FIELDS_MOST * BATCH + i]);
        if (name.len > VALUE_MOST || !name.len)
            return rows_complain(&r->rows, INVALID, name.len ? "line %llu: an identifier longer than 250 bytes: %.*s" : "before line %llu: a record without an identifier%.*s", r->rows.line, name);
        put_name(r, t->count + (uint32_t)i, name);
    }
    return t->names_used < UINT32_MAX - (size_t)BATCH * VALUE_MOST ? OK : rows_complain(&r->rows, INVALID, "line %llu: identifiers of more than 4 GiB%.*s", r->rows.line, (str){ 0 });
}

/* ---- rows ---- */

static status work_off(struct reading *r)
{
    struct table *t = r->t;
    status s = r->id_column >= 0 ? put_names(r) : OK;
    for (int i = 0; s == OK && i < t->plan.field_count; i++) {
        int bad = -1;
        if (!values_room(&t->values[i], BATCH))
            s = rows_complain(&r->rows, FAULT, "line %llu: not enough memory for the values of %.*s", r->rows.line, t->plan.fields[i].column);
        else if ((bad = put_field(r, i)) >= 0)
            s = rows_complain(&r->rows, INVALID, "line %llu, column %.*s: not UTF-8; if the file is of an older encoding, iconv -f WINDOWS-1252 -t UTF-8 mends it", r->row_line[bad], t->plan.fields[i].column);
    }
    t->count += (uint32_t)r->count;
    r->count = 0;
    return s == OK && t->count > RECORDS_MOST - BATCH ? rows_complain(&r->rows, INVALID, "line %llu: more records than a run takes (2^30)%.*s", r->rows.line, (str){ 0 }) : s;
}

static status take(struct reading *r, const str *cells, int n)
{
    if (n == 1 && r->width > 1 && !cells[0].len)
        return OK; /* an empty line */
    if (n != r->width)
        return rows_complain(&r->rows, INVALID, n < r->width ? "line %llu: fewer cells than the header has columns%.*s"
                                                             : "line %llu: more cells than the header has columns (a comma in a cell needs quotes around it)%.*s", r->rows.line - 1, (str){ 0 });
    r->row_line[r->count] = r->rows.line - 1;
    for (int i = 0; i < n; i++)
        if (r->field_of[i] >= 0)
            r->cells[r->field_of[i] * BATCH + r->count] = cells[i];
    if (r->id_column >= 0)
        r->cells[FIELDS_MOST * BATCH + r->count] = cells[r->id_column];
    return ++r->count == BATCH ? work_off(r) : OK;
}

/* ---- the header ---- */

static status use_columns(struct reading *r, const str *columns)
{
    const struct plan *p = &r->t->plan;
    r->id_column = -1;
    for (int i = 0; i < r->width; i++) {
        r->field_of[i] = -1;
        if (p->id.len && str_equal(columns[i], p->id))
            r->id_column = i;
    }
    for (int f = 0; f < p->field_count; f++) {
        int found = -1;
        for (int i = 0; i < r->width; i++)
            if (str_equal(columns[i], p->fields[f].column))
                found = i;
        if (found < 0)
            return rows_complain(&r->rows, INVALID, "line %llu: the header has no column %.*s, which the settings name", 1, p->fields[f].column);
        r->field_of[found] = f;
    }
    if (p->id.len && r->id_column < 0)
        return rows_complain(&r->rows, INVALID, "line %llu: the header has no column %.*s to name the records by", 1, p->id);
    return OK;
}

/* The header outlives the buffer: the plan speaks of its columns. */
static bool keep_header(struct table *t, str *columns, int n)
{
    size_t size = 1, used = 0;
    for (int i = 0; i < n; i++)
        size += (size_t)columns[i].len;
    if (!space_take(&t->header, size))
        return false;
    for (int i = 0; i < n; i++) {
        char *to = t->header.at + used;
        if (columns[i].len)
            memcpy(to, columns[i].at, (size_t)columns[i].len);
        columns[i].at = to;
        used += (size_t)columns[i].len;
    }
    return true;
}

/* Of the first file the plan is given or guessed; a second one is read by the same. */
static status open_columns(struct reading *r, const struct plan *plan)
{
    static str columns[COLUMNS_MOST];
    struct table *t = r->t;
    bool first = !t->header.at;
    status s = rows_next(&r->rows, columns, &r->width, false);
    if (s != OK)
        return s == NOT_FOUND ? rows_complain(&r->rows, INVALID, "line %llu: the file is empty%.*s", 1, (str){ 0 }) : s;
    if (r->width > COLUMNS_MOST)
        return rows_complain(&r->rows, INVALID, "line %llu: more than 256 columns%.*s", 1, (str){ 0 });
    if (str_starts(columns[0], lit("\xef\xbb\xbf")))
        columns[0] = str_part(columns[0], 3, columns[0].len);
    for (int i = 0; i < r->width; i++)
        columns[i] = str_trim(columns[i]);
    if (first && !keep_header(t, columns, r->width))
        return rows_complain(&r->rows, FAULT, "line %llu: not enough memory%.*s", 1, (str){ 0 });
    if (first && plan && plan->field_count)
        t->plan = *plan;
    else if (first && !plan_guess(columns, r->width, &t->plan))
        return rows_complain(&r->rows, INVALID, "line %llu: no column that could be compared: name them with --settings%.*s", 1, (str){ 0 });
    t->plan.country = plan ? plan->country : 0;
    if (first && plan && plan->id.len)
        t->plan.id = plan->id;
    s = use_columns(r, columns);
    t->stride = t->plan.field_count <= 8 ? 8 : 16;
    for (int i = 0; first && s == OK && i < t->plan.field_count; i++) {
        if (!values_open(&t->values[i]) || (t->plan.fields[i].kind == KIND_NAME && !space_take(&t->written[i], (size_t)RECORDS_MOST * sizeof(uint32_t))))
            s = rows_complain(&r->rows, FAULT, "line %llu: not enough memory for the values of %.*s", 1, t->plan.fields[i].column);
        t->values[i].alike = t->plan.fields[i].kind != KIND_ADDRESS;
    }
    return s;
}

static status read_rows(struct reading *r, const struct plan *plan)
{
    static str cells[COLUMNS_MOST];
    int n = 0;
    status s = open_columns(r, plan);
    while (s == OK || s == BUSY) {
        s = rows_next(&r->rows, cells, &n, r->count > 0);
        if (s == OK)
            s = take(r, cells, n);
        else if (s == BUSY)
            s = work_off(r);
    }
    return s == NOT_FOUND ? work_off(r) : s;
}

/* ---- names that are there twice ---- */

static status without_memory(struct table *t)
{
    snprintf(t->complaint, sizeof t->complaint, "not enough memory");
    return FAULT;
}

/* Records of one hash, few unless they are all the same. */
static status names_of_run(struct table *t, const uint64_t *words, uint32_t n)
{
    char one[NAME_SCRATCH], other[NAME_SCRATCH];
    for (uint32_t x = 0; x < n; x++)
        for (uint32_t y = x + 1; y < n; y++) {
            uint32_t a = (uint32_t)(words[x] & INT32_MAX), b = (uint32_t)(words[y] & INT32_MAX);
            str name = table_name(t, b, other);
            if ((a < t->split) != (b < t->split) || !str_equal(table_name(t, a, one), name))
                continue;
            t->file = t->split && a < t->split ? 0 : t->file;
            snprintf(t->complaint, sizeof t->complaint, "record %u: another record is called %.*s, too: give the column whose values differ with --id",
                     b + 1 - (t->split && b >= t->split ? t->split : 0), name.len < 60 ? (int)name.len : 60, name.at);
            return INVALID;
        }
    return OK;
}

/* A name that two records of one file have would make pairs and clusters that say nothing. Hashes are sorted, then equal ones looked at. */
static status names_differ(struct table *t)
{
    struct space work;
    char scratch[NAME_SCRATCH];
    if (!space_take(&work, ((size_t)t->count + 1) * 2 * sizeof(uint64_t)))
        return without_memory(t);
    uint64_t *words = (uint64_t *)(void *)work.at;
    for (uint32_t i = 0; i < t->count; i++) {
        str name = table_name(t, i, scratch);
        words[i] = (hash_bytes(name.at, name.len) & ~(uint64_t)INT32_MAX) | i;
    }
    words = sort_words(words, words + t->count, t->count);
    status s = OK;
    for (uint32_t i = 0, end; s == OK && i < t->count; i = end) {
        for (end = i + 1; end < t->count && words[end] >> 31 == words[i] >> 31;)
            end++;
        if (end - i > 1)
            s = names_of_run(t, words + i, end - i);
    }
    space_give(&work);
    return s;
}

str table_name(const struct table *t, uint32_t record, char scratch[NAME_SCRATCH])
{
    uint32_t at = t->plan.id.len && !t->numbered ? ((const uint32_t *)(void *)t->name_at.at)[record] : number_of(t, record);
    if (t->plan.id.len && !t->numbered)
        return (str){ t->names.at + at + 1, (uint8_t)t->names.at[at] };
    char *p = scratch + NAME_SCRATCH;
    do
        *--p = (char)('0' + at % 10);
    while (at /= 10);
    return (str){ p, scratch + NAME_SCRATCH - p };
}

/* ---- whole files ---- */

/* *rising: see struct reading. */
static status read_file(struct table *t, struct space *work, int fd, const struct plan *plan, const struct teller *teller, bool *rising)
{
    struct stat st;
    size_t cells = BATCH * (FIELDS_MOST + 1) * sizeof(str), plain = PADDED;
    struct reading r = { .t = t, .rows = { .fd = fd, .teller = teller, .complaint = t->complaint, .line = 1 }, .rising = true };
    r.rows.size = !fstat(fd, &st) && S_ISREG(st.st_mode) ? st.st_size : 0;
    r.cells = (str *)(void *)work->at;
    r.plain = work->at + cells;
    r.rows.buffer = work->at + cells + plain;
    status s = read_rows(&r, plan);
    *rising &= r.rising;
    return s;
}

status table_read(struct table *t, const int *fds, int files, const struct plan *plan, const struct teller *teller)
{
    struct space work = { 0 };
    size_t size = BATCH * (FIELDS_MOST + 1) * sizeof(str) + PADDED + ROWS_BUFFER;
    bool rising = true;
    *t = (struct table){ .numbered = true, .in_a_row = true, .first = { 1, 1 } };
    if (!space_take_large(&t->rows, (size_t)RECORDS_MOST * FIELDS_MOST * sizeof(uint32_t)) || !space_take(&t->names, UINT32_MAX)
        || !space_take(&t->name_at, (size_t)RECORDS_MOST * sizeof(uint32_t)) || !space_take(&work, size))
        return without_memory(t);
    status s = OK;
    for (t->file = 0; s == OK; t->file++) {
        s = read_file(t, &work, fds[t->file], plan, teller, &rising);
        if (s != OK || t->file + 1 == files)
            break;
        t->split = t->count;
    }
    if (s == OK && !read_rows_make(t))
        s = FAULT;
    for (int i = 0; i < t->plan.field_count; i++) {
        values_done(&t->values[i]);
        if (s == OK && t->plan.fields[i].kind == KIND_NAME && !heard_make(&t->heard[i], &t->values[i]))
            s = FAULT;
    }
    if (s == FAULT && !t->complaint[0])
        (void)without_memory(t);
    space_give(&work);
    return s == OK && t->plan.id.len && !(rising && t->numbered) ? names_differ(t) : s;
}

void table_close(struct table *t)
{
    for (int i = 0; i < FIELDS_MOST; i++) {
        values_close(&t->values[i]);
        space_give(&t->heard[i]);
        space_give(&t->written[i]);
    }
    read_rows_close(t);
    space_give(&t->header);
    space_give(&t->rows);
    space_give(&t->names);
    space_give(&t->name_at);
}
