/*
 * A file is read once, in pieces. Some hundred rows are cut into cells, then each field of all of them is made plain, hashed, and put among
 * its values: the slot and the value of one row are on their way from memory while others are worked on.
 */
#include "linkage/normal.h"
#include "linkage/table.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { PIECE = 1 << 18, BATCH = 256, RECORDS_MOST = 1 << 30 };

struct reading {
    struct table *t;
    const struct teller *teller;
    int64_t size, read; /* bytes of the file (0: not known), and how many were read */
    int fd;
    char *buffer;               /* PIECE + LINE_MOST bytes and some */
    size_t from, to;            /* what is read and not yet cut */
    bool ended;
    uint64_t line;
    int width;                  /* columns of the header */
    int field_of[COLUMNS_MOST]; /* -1: not compared */
    int id_column;              /* -1: the number of the record is its name */
    int rows;                   /* in the batch */
    str *cells;                 /* BATCH times (fields, then the name) */
    char *plain;                /* BATCH times VALUE_MOST bytes, of one field */
    uint64_t hash[BATCH], row_line[BATCH];
    str text[BATCH];
};

static status complain(struct reading *r, status s, const char *format, uint64_t line, str what)
{
    int n = what.len < 60 ? (int)what.len : 60;
    snprintf(r->t->complaint, COMPLAINT, format, (unsigned long long)line, n, n ? what.at : "");
    return s;
}

/* Moves what is left to the front and reads on. */
static status more(struct reading *r)
{
    memmove(r->buffer, r->buffer + r->from, r->to - r->from);
    r->to -= r->from;
    r->from = 0;
    if (r->to >= LINE_MOST)
        return complain(r, INVALID, "line %llu: longer than a mebibyte; is a quote not closed?%.*s", r->line, (str){ 0 });
    ssize_t n;
    do
        n = read(r->fd, r->buffer + r->to, PIECE);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return complain(r, FAULT, "line %llu: the file cannot be read on: %.*s", r->line, str_of(strerror(errno)));
    r->ended = n == 0;
    r->to += (size_t)n;
    r->read += n;
    if (r->teller && r->teller->tell && r->size > 0 && n)
        r->teller->tell(r->teller->context, "reading", r->read < r->size ? (double)r->read / (double)r->size : 1);
    r->buffer[r->to] = 0;
    return OK;
}

/* A cell in quotes, undone in place. *at is behind the opening quote, and then behind the closing one. NULL: it does not close. */
static const char *undo_quotes(char **at, char *end, ptrdiff_t *len, uint64_t *lines)
{
    char *from = *at, *to = from;
    for (char *p = from; p < end; p++) {
        bool quote = *p == '"', doubled = quote && p + 1 < end && p[1] == '"';
        if (quote && !doubled) {
            *at = p + 1;
            *len = to - from;
            return from;
        }
        *lines += *p == '\n';
        p += doubled;
        *to++ = *p;
    }
    return NULL;
}

/* Where the next comma, line feed or quote stands, or end. Behind end the buffer may be read. */
static char *cell_end(char *p, char *end)
{
#ifdef __SSE2__
    const __m128i comma = _mm_set1_epi8(','), feed = _mm_set1_epi8('\n'), quote = _mm_set1_epi8('"');
    for (; p < end; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        int met = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, comma), _mm_cmpeq_epi8(x, feed)), _mm_cmpeq_epi8(x, quote)));
        if (met)
            return p + __builtin_ctz((unsigned)met) < end ? p + __builtin_ctz((unsigned)met) : end;
    }
    return end;
#else
    while (p < end && *p != ',' && *p != '\n' && *p != '"')
        p++;
    return p;
#endif
}

/* One row into cells; *next is the start of the following. BUSY: it goes on beyond what is read. Quotes may have been undone only on OK. */
static status cut(struct reading *r, str *cells, int most, int *n, uint64_t *lines)
{
    char *p = r->buffer + r->from, *end = r->buffer + r->to;
    *n = 0;
    *lines = 1;
    for (;;) {
        char *from = p;
        p = cell_end(p, end);
        if (p >= end && !r->ended)
            return BUSY;
        ptrdiff_t len = p - from;
        if (p < end && *p == '"')
            return WAIT; /* the slow way */
        bool last = p >= end || *p == '\n';
        if (last && len && from[len - 1] == '\r')
            len--;
        if (*n < most)
            cells[*n] = (str){ from, len };
        ++*n;
        p += p < end;
        if (last)
            break;
    }
    r->from = (size_t)(p - r->buffer);
    return OK;
}

/* Is a whole row there, by its quotes? */
static bool whole(const struct reading *r)
{
    bool inside = false;
    for (const char *p = r->buffer + r->from, *end = r->buffer + r->to; p < end; p++) {
        inside ^= *p == '"';
        if (*p == '\n' && !inside)
            return true;
    }
    return r->ended;
}

static status cut_quoted(struct reading *r, str *cells, int most, int *n, uint64_t *lines)
{
    char *p = r->buffer + r->from, *end = r->buffer + r->to;
    if (!whole(r))
        return BUSY;
    *n = 0;
    *lines = 1;
    for (bool last = false; !last;) {
        str cell = { p, 0 };
        if (p < end && *p == '"') {
            p++;
            cell.at = undo_quotes(&p, end, &cell.len, lines);
            if (!cell.at)
                return complain(r, INVALID, "line %llu: a quote is not closed%.*s", r->line, (str){ 0 });
        } else {
            while (p < end && *p != ',' && *p != '\n' && *p != '"')
                p++;
            cell.len = p - cell.at;
            if (p < end && *p == '"')
                return complain(r, INVALID, "line %llu: a quote inside a cell that does not begin with one: put the whole cell in quotes and double the quotes in it%.*s", r->line, (str){ 0 });
        }
        if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
            p++;
        last = p >= end || *p == '\n';
        if (!last && *p != ',')
            return complain(r, INVALID, "line %llu: text after a closing quote%.*s", r->line, (str){ 0 });
        if (cell.len && cell.at[cell.len - 1] == '\r' && last)
            cell.len--;
        if (*n < most)
            cells[*n] = cell;
        ++*n;
        p += p < end;
    }
    r->from = (size_t)(p - r->buffer);
    return OK;
}

/* The next row. NOT_FOUND: the file is at its end. */
static status next_row(struct reading *r, str *cells, int *n)
{
    uint64_t lines = 0;
    for (;;) {
        if (r->from == r->to && r->ended)
            return NOT_FOUND;
        status s = r->from == r->to ? BUSY : cut(r, cells, COLUMNS_MOST, n, &lines);
        if (s == WAIT)
            s = cut_quoted(r, cells, COLUMNS_MOST, n, &lines);
        if (s == OK)
            r->line += lines;
        if (s != BUSY)
            return s;
        if (r->rows)
            return BUSY; /* the cells of the batch lie in the buffer: they are worked off first */
        s = more(r);
        if (s != OK)
            return s;
    }
}

/* ---- the batch ---- */

static str *cells_of(struct reading *r, int row)
{
    return r->cells + (size_t)row * (FIELDS_MOST + 1);
}

/* A name in other letters than Latin is known by how it is written, too. */
static void put_written(struct table *t, int field, int row, uint32_t written)
{
    t->scripts |= (uint32_t)1 << field;
    ((uint32_t *)(void *)t->written[field].at)[t->count + (uint32_t)row] = written;
}

/* The row of the batch whose cell is not UTF-8, or -1. */
static int put_field(struct reading *r, int field)
{
    struct table *t = r->t;
    struct values *v = &t->values[field];
    uint32_t *to = (uint32_t *)(void *)t->rows.at + (size_t)t->count * (size_t)t->stride + field;
    for (int i = 0; i < r->rows; i++) {
        str cell = cells_of(r, i)[field];
        char *scratch = r->plain + (size_t)i * VALUE_MOST;
        uint32_t written;
        r->text[i] = normal_field(&t->plan, field, cell, scratch, &written);
        if (r->text[i].len < 0)
            return i;
        if (!r->text[i].len)
            continue;
        if (written)
            put_written(t, field, i, written);
        r->hash[i] = hash_bytes(r->text[i].at, r->text[i].len);
        values_prefetch(v, r->hash[i]);
    }
    for (int i = 0; i < r->rows; i++)
        if (r->text[i].len)
            values_prefetch_entry(v, r->hash[i]);
    for (int i = 0; i < r->rows; i++)
        if (r->text[i].len)
            to[(size_t)i * (size_t)t->stride] = values_put(v, r->text[i].at, r->text[i].len, r->hash[i]);
    return -1;
}

static status put_names(struct reading *r)
{
    struct table *t = r->t;
    uint32_t *at = (uint32_t *)(void *)t->name_at.at + t->count;
    for (int i = 0; i < r->rows; i++) {
        str name = str_trim(cells_of(r, i)[FIELDS_MOST]);
        if (name.len > VALUE_MOST || !name.len)
            return complain(r, INVALID, name.len ? "line %llu: an identifier longer than 250 bytes: %.*s" : "before line %llu: a record without an identifier%.*s", r->line, name);
        at[i] = (uint32_t)t->names_used;
        t->names.at[t->names_used++] = (char)name.len;
        memcpy(t->names.at + t->names_used, name.at, (size_t)name.len);
        t->names_used += (size_t)name.len;
    }
    return t->names_used < UINT32_MAX - (size_t)BATCH * VALUE_MOST ? OK : complain(r, INVALID, "line %llu: identifiers of more than 4 GiB%.*s", r->line, (str){ 0 });
}

static status work_off(struct reading *r)
{
    struct table *t = r->t;
    status s = r->id_column >= 0 ? put_names(r) : OK;
    for (int i = 0; s == OK && i < t->plan.field_count; i++) {
        int bad = -1;
        if (!values_room(&t->values[i], BATCH))
            s = complain(r, FAULT, "line %llu: not enough memory for the values of %.*s", r->line, t->plan.fields[i].column);
        else if ((bad = put_field(r, i)) >= 0)
            s = complain(r, INVALID, "line %llu, column %.*s: not UTF-8; if the file is of an older encoding, iconv -f WINDOWS-1252 -t UTF-8 mends it", r->row_line[bad], t->plan.fields[i].column);
    }
    t->count += (uint32_t)r->rows;
    r->rows = 0;
    return s == OK && t->count > RECORDS_MOST - BATCH ? complain(r, INVALID, "line %llu: more records than a run takes (2^30)%.*s", r->line, (str){ 0 }) : s;
}

static status take(struct reading *r, const str *cells, int n)
{
    if (n == 1 && r->width > 1 && !cells[0].len)
        return OK; /* an empty line */
    if (n != r->width)
        return complain(r, INVALID, n < r->width ? "line %llu: fewer cells than the header has columns%.*s"
                                                 : "line %llu: more cells than the header has columns (a comma in a cell needs quotes around it)%.*s", r->line - 1, (str){ 0 });
    r->row_line[r->rows] = r->line - 1;
    str *to = cells_of(r, r->rows++);
    for (int i = 0; i < n; i++)
        if (r->field_of[i] >= 0)
            to[r->field_of[i]] = cells[i];
    if (r->id_column >= 0)
        to[FIELDS_MOST] = cells[r->id_column];
    return r->rows == BATCH ? work_off(r) : OK;
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
            return complain(r, INVALID, "line %llu: the header has no column %.*s, which the settings name", 1, p->fields[f].column);
        r->field_of[found] = f;
    }
    if (p->id.len && r->id_column < 0)
        return complain(r, INVALID, "line %llu: the header has no column %.*s to name the records by", 1, p->id);
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
    status s = next_row(r, columns, &r->width);
    if (s != OK)
        return s == NOT_FOUND ? complain(r, INVALID, "line %llu: the file is empty%.*s", 1, (str){ 0 }) : s;
    if (r->width > COLUMNS_MOST)
        return complain(r, INVALID, "line %llu: more than 256 columns%.*s", 1, (str){ 0 });
    if (str_starts(columns[0], lit("\xef\xbb\xbf")))
        columns[0] = str_part(columns[0], 3, columns[0].len);
    for (int i = 0; i < r->width; i++)
        columns[i] = str_trim(columns[i]);
    if (first && !keep_header(t, columns, r->width))
        return complain(r, FAULT, "line %llu: not enough memory%.*s", 1, (str){ 0 });
    if (first && plan && plan->field_count)
        t->plan = *plan;
    else if (first && !plan_guess(columns, r->width, &t->plan))
        return complain(r, INVALID, "line %llu: no column that could be compared: name them with --settings%.*s", 1, (str){ 0 });
    t->plan.country = plan ? plan->country : 0;
    if (first && plan && plan->id.len)
        t->plan.id = plan->id;
    s = use_columns(r, columns);
    t->stride = t->plan.field_count <= 8 ? 8 : 16;
    for (int i = 0; first && s == OK && i < t->plan.field_count; i++)
        if (!values_open(&t->values[i]) || (t->plan.fields[i].kind == KIND_NAME && !space_take(&t->written[i], (size_t)RECORDS_MOST * sizeof(uint32_t))))
            s = complain(r, FAULT, "line %llu: not enough memory for the values of %.*s", 1, t->plan.fields[i].column);
    return s;
}

static status read_rows(struct reading *r, const struct plan *plan)
{
    static str cells[COLUMNS_MOST];
    int n = 0;
    status s = open_columns(r, plan);
    while (s == OK || s == BUSY) {
        s = next_row(r, cells, &n);
        if (s == OK)
            s = take(r, cells, n);
        else if (s == BUSY)
            s = work_off(r);
    }
    return s == NOT_FOUND ? work_off(r) : s;
}

/* ---- the names ---- */

/* Records of one hash, few unless they are all the same. */
static status names_of_run(struct table *t, const uint64_t *words, uint32_t n)
{
    struct reading r = { .t = t };
    for (uint32_t x = 0; x < n; x++)
        for (uint32_t y = x + 1; y < n; y++) {
            uint32_t a = (uint32_t)(words[x] & INT32_MAX), b = (uint32_t)(words[y] & INT32_MAX);
            if ((a < t->split) != (b < t->split) || !str_equal(table_name(t, a), table_name(t, b)))
                continue;
            t->file = t->split && a < t->split ? 0 : t->file;
            return complain(&r, INVALID, "record %llu: another record is called %.*s, too: give the column whose values differ with --id", b + 1 - (t->split && b >= t->split ? t->split : 0), table_name(t, b));
        }
    return OK;
}

/* A name that two records of one file have would make pairs and clusters that say nothing. Hashes are sorted, then equal ones looked at. */
static status names_differ(struct table *t)
{
    struct space work;
    struct reading r = { .t = t };
    if (!space_take(&work, ((size_t)t->count + 1) * 2 * sizeof(uint64_t)))
        return complain(&r, FAULT, "line %llu: not enough memory%.*s", 1, (str){ 0 });
    uint64_t *words = (uint64_t *)(void *)work.at;
    for (uint32_t i = 0; i < t->count; i++) {
        str name = table_name(t, i);
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

static status read_file(struct table *t, struct space *work, int fd, const struct plan *plan, const struct teller *teller)
{
    struct stat st;
    size_t cells = BATCH * (FIELDS_MOST + 1) * sizeof(str), plain = BATCH * VALUE_MOST;
    struct reading r = { .t = t, .teller = teller, .fd = fd, .line = 1 };
    r.size = !fstat(fd, &st) && S_ISREG(st.st_mode) ? st.st_size : 0;
    if (!work->at)
        return complain(&r, FAULT, "line %llu: not enough memory%.*s", 1, (str){ 0 });
    r.cells = (str *)(void *)work->at;
    r.plain = work->at + cells;
    r.buffer = work->at + cells + plain;
    return read_rows(&r, plan);
}

status table_read(struct table *t, const int *fds, int files, const struct plan *plan, const struct teller *teller)
{
    struct space work = { 0 };
    size_t size = BATCH * (FIELDS_MOST + 1) * sizeof(str) + BATCH * VALUE_MOST + PIECE + LINE_MOST + 64;
    status s = OK;
    *t = (struct table){ 0 };
    if (!space_take_large(&t->rows, (size_t)RECORDS_MOST * FIELDS_MOST * sizeof(uint32_t)) || !space_take(&t->names, UINT32_MAX)
        || !space_take(&t->name_at, (size_t)RECORDS_MOST * sizeof(uint32_t)) || !space_take(&work, size))
        space_give(&work);
    for (t->file = 0; s == OK; t->file++) {
        s = read_file(t, &work, fds[t->file], plan, teller);
        if (s != OK || t->file + 1 == files)
            break;
        t->split = t->count;
    }
    for (int i = 0; i < t->plan.field_count; i++) {
        values_done(&t->values[i]);
        if (s == OK && t->plan.fields[i].kind == KIND_NAME && !heard_make(&t->heard[i], &t->values[i]))
            s = complain(&(struct reading){ .t = t }, FAULT, "line %llu: not enough memory%.*s", 1, (str){ 0 });
    }
    space_give(&work);
    return s == OK && t->plan.id.len ? names_differ(t) : s;
}

void table_close(struct table *t)
{
    for (int i = 0; i < FIELDS_MOST; i++) {
        values_close(&t->values[i]);
        space_give(&t->heard[i]);
        space_give(&t->written[i]);
    }
    space_give(&t->header);
    space_give(&t->rows);
    space_give(&t->names);
    space_give(&t->name_at);
}

str table_name(const struct table *t, uint32_t record)
{
    const char *at = t->names.at + ((const uint32_t *)(void *)t->name_at.at)[record];
    return (str){ at + 1, (uint8_t)*at };
}
