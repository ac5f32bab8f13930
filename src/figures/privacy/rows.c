#include "figures/privacy/rows.h"
#include "lib/os/os.h"
#include <sys/mman.h>
#include <sys/stat.h>

enum { PIECE = 256 << 10, BESIDE = 64 << 20, A_BYTE = 40 };

struct reading {
    const struct codebook *book;
    const char *path;
    struct said *said;
    struct rows *rows;
    struct arena arena;
    ptrdiff_t width;
    ptrdiff_t *column; /* of each cell of the header: which column of the codebook, or -1 */
    ptrdiff_t person;  /* which cell, or -1 */
    ptrdiff_t year;    /* the code that each row must have in the codebook's column of years, or -1 */
    str *people;       /* of a row: who */
};

static bool is_ignored(const struct codebook *c, str name)
{
    for (ptrdiff_t i = 0; i < c->ignored_count; i++)
        if (str_equal(c->ignored[i], name))
            return true;
    return false;
}

bool rows_one_cell(const struct csv_row *head)
{
    return head->len == 1 && (str_find(head->cells[0], ';') >= 0 || str_find(head->cells[0], '\t') >= 0);
}

static bool read_header(struct reading *r, const struct csv_row *head, str person)
{
    const struct codebook *book = r->book;
    bool *met = arena_new(&r->arena, bool, book->column_count);
    r->width = head->len;
    r->column = arena_new(&r->arena, ptrdiff_t, head->len);
    r->person = -1;
    for (ptrdiff_t i = 0; i < head->len; i++) {
        ptrdiff_t c = r->column[i] = codebook_column(book, head->cells[i]);
        if (person.len && str_equal(head->cells[i], person))
            r->person = i;
        else if (c < 0 && !is_ignored(book, head->cells[i]))
            return say(r->said, rows_one_cell(head) ? "%s:1: the header is one cell, \"%.*s\"; part cells by commas, not by semicolons or tabs"
                       : "%s:1: the codebook has no column \"%.*s\"; add it there, to its columns or to \"ignored\"", r->path,
                       SHOWN(head->cells[i]));
        if (c >= 0 && met[c])
            return say(r->said, "%s:1: the column \"%.*s\" stands twice; take one out", r->path, SHOWN(head->cells[i]));
        if (c >= 0)
            met[c] = true;
    }
    for (ptrdiff_t c = 0; c < book->column_count; c++)
        if (!met[c])
            return say(r->said, "%s:1: the column \"%.*s\" of the codebook is missing; add it to the data, or take it out there", r->path,
                       SHOWN(book->columns[c].name));
    return !person.len || r->person >= 0 || say(r->said, "%s:1: there is no column \"%.*s\" to tell people apart; add it to the data, or mend "
                                                "\"person\" in the list of tables", r->path, SHOWN(person));
}

static void make_room(struct reading *r, ptrdiff_t lines)
{
    struct rows *rows = r->rows;
    ptrdiff_t n = r->book->column_count;
    rows->codes = arena_new(&r->arena, uint16_t *, n);
    rows->numbers = arena_new(&r->arena, uint32_t *, n);
    for (ptrdiff_t c = 0; c < n; c++)
        if (r->book->columns[c].number)
            rows->numbers[c] = arena_new(&r->arena, uint32_t, lines);
        else
            rows->codes[c] = arena_new(&r->arena, uint16_t, lines);
    rows->order = arena_new(&r->arena, uint32_t, lines);
    rows->person = arena_new(&r->arena, uint32_t, lines);
    if (r->person >= 0)
        r->people = arena_new(&r->arena, str, lines);
}

static bool read_cell(struct reading *r, str cell, ptrdiff_t c, int64_t line)
{
    const struct codebook_column *column = &r->book->columns[c];
    int64_t n;
    if (column->number) {
        if (!str_to_int(cell, &n) || n < 0 || n > UINT32_MAX)
            return say(r->said, "%s:%lld: column %.*s: \"%.*s\" is no whole number from 0; mend the row", r->path, (long long)line,
                       SHOWN(column->name),
                       SHOWN(cell));
        r->rows->numbers[c][r->rows->len] = (uint32_t)n;
        return true;
    }
    ptrdiff_t code = codebook_code(column, cell);
    if (code < 0)
        code = column->other;
    if (code < 0)
        return say(r->said, "%s:%lld: column %.*s: the code \"%.*s\" is not in the codebook; mend the row, add the code, or give the "
                   "column an \"other\"",
                   r->path, (long long)line, SHOWN(column->name), SHOWN(cell));
    r->rows->codes[c][r->rows->len] = (uint16_t)code;
    return true;
}

static bool keeps_rules(struct reading *r, int64_t line)
{
    uint16_t codes[COLUMNS_MOST];
    const struct rows *rows = r->rows;
    if (r->year >= 0 && rows->codes[r->book->year][rows->len] != r->year)
        return say(r->said, "%s:%lld: this row is of another year than --year; release each year from a file of its own", r->path,
                   (long long)line);
    if (!r->book->rule_count)
        return true;
    for (ptrdiff_t c = 0; c < r->book->column_count; c++)
        codes[c] = rows->codes[c] ? rows->codes[c][rows->len] : 0;
    ptrdiff_t broken = codebook_breaks(r->book, codes);
    return broken < 0 || say(r->said, "%s:%lld: the codebook calls this combination impossible (number %lld of the list); mend the row or "
                             "the list", r->path,
                             (long long)line, (long long)broken + 1);
}

static bool read_row(struct reading *r, const struct csv_row *row, int64_t line)
{
    for (ptrdiff_t i = 0; i < row->len; i++)
        if (r->column[i] >= 0 && !read_cell(r, row->cells[i], r->column[i], line))
            return false;
    if (!keeps_rules(r, line))
        return false;
    if (r->person >= 0 && !str_trim(row->cells[r->person]).len)
        return say(r->said, "%s:%lld: nobody is named in the column that tells people apart; mend the row", r->path, (long long)line);
    /* A quoted name is a copy in the piece's arena, which goes: the bytes of the file stay. */
    if (r->person >= 0)
        r->people[r->rows->len] = str_copy(&r->arena, row->cells[r->person]);
    r->rows->len++;
    return true;
}

/* Where a piece of about PIECE bytes ends: after a line, and not inside quotes. */
static ptrdiff_t piece_of(str rest, int64_t *lines)
{
    bool quoted = false;
    for (ptrdiff_t i = 0; i < rest.len; i++) {
        quoted ^= rest.at[i] == '"';
        *lines += rest.at[i] == '\n';
        if (i >= PIECE && rest.at[i] == '\n' && !quoted)
            return i + 1;
    }
    return rest.len;
}

static bool read_piece(struct reading *r, struct arena beside, str piece, int64_t first, str person)
{
    struct csv csv;
    status s = csv_read(&beside, piece, &csv);
    bool head = !r->column;
    if (!head && csv.at && csv.at[0].len != r->width)
        return say(r->said, "%s:%lld: %s cells than the header; mend the row", r->path, (long long)first,
                   csv.at[0].len < r->width ? "fewer" : "more");
    if (s != OK && head && !r->rows->text.len)
        return say(r->said, "%s:1: the file is empty; it wants a header, and a row for each person", r->path);
    if (s != OK)
        return say(r->said, "%s:%lld: %s; mend the row", r->path, (long long)(first + csv.fault_line - 1), csv.fault);
    if (head) {
        int64_t lines = 1;
        for (ptrdiff_t i = 0; i < r->rows->text.len; i++)
            lines += r->rows->text.at[i] == '\n';
        if (!read_header(r, &csv.at[0], person))
            return false;
        make_room(r, lines);
    }
    for (ptrdiff_t i = head; i < csv.len; i++)
        if (!read_row(r, &csv.at[i], first + csv.at[i].line - 1))
            return false;
    return true;
}

str rows_unmarked(str file)
{
    const str mark = lit("\xef\xbb\xbf");
    return str_starts(file, mark) ? str_part(file, mark.len, file.len) : file;
}

/* The line of the first byte that no CSV of ours holds. */
static bool all_text(struct reading *r)
{
    str rest = r->rows->text, line;
    if (utf8_valid(rest) && str_find(rest, 0) < 0)
        return true;
    for (int64_t n = 1; str_split(&rest, '\n', &line); n++)
        if (!utf8_valid(line) || str_find(line, 0) >= 0)
            return say(r->said, "%s:%lld: bytes that are not UTF-8 text; save the file as UTF-8, or mend the row", r->path, (long long)n);
    return say(r->said, "%s: bytes that are not UTF-8 text", r->path);
}

static const str *sorting;
static int by_person(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    int order = str_compare(sorting[a], sorting[b]);
    return order ? order : a < b ? -1 : a > b;
}

static void find_people(struct reading *r)
{
    struct rows *rows = r->rows;
    for (ptrdiff_t i = 0; i < rows->len; i++)
        rows->order[i] = rows->person[i] = (uint32_t)i;
    if (!r->people)
        return;
    sorting = r->people;
    qsort(rows->order, (size_t)rows->len, sizeof *rows->order, by_person);
    sorting = NULL;
    uint32_t who = 0;
    for (ptrdiff_t i = 0; i < rows->len; i++) {
        who += i && !str_equal(r->people[rows->order[i]], r->people[rows->order[i - 1]]);
        rows->person[rows->order[i]] = who;
    }
}

static bool map_file(struct reading *r)
{
    struct stat about;
    if (stat(r->path, &about) || !S_ISREG(about.st_mode))
        return say(r->said, "there is no file %s", r->path);
    if (about.st_size > ROWS_BYTES_MOST)
        return say(r->said, "%s is longer than a gibibyte", r->path);
    struct rows *rows = r->rows;
    rows->mapped = (ptrdiff_t)about.st_size * A_BYTE + 2 * (ptrdiff_t)BESIDE;
    rows->map = mmap(NULL, (size_t)rows->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (rows->map == MAP_FAILED) {
        rows->map = NULL;
        return say(r->said, "no memory for %s", r->path);
    }
    madvise(rows->map, (size_t)rows->mapped, MADV_DONTDUMP);
    r->arena = (struct arena){ rows->map, (char *)rows->map + rows->mapped, NULL };
    if (file_read(&r->arena, r->path, ROWS_BYTES_MOST, &rows->text) != OK)
        return say(r->said, "cannot read %s", r->path);
    rows->text = rows_unmarked(rows->text);
    return true;
}

static bool find_year(struct reading *r, str year)
{
    r->year = -1;
    if (r->book->year < 0 || str_equal(year, lit("all")))
        return true;
    r->year = codebook_code(&r->book->columns[r->book->year], year);
    return r->year >= 0 || say(r->said, "the codebook has no year %.*s", SHOWN(year));
}

bool rows_read(const struct codebook *book, const char *path, str person, str year, struct rows *out, struct said *said)
{
    struct reading r = { .book = book, .path = path, .said = said, .rows = out };
    *out = (struct rows){ 0 };
    bool good = find_year(&r, year) && map_file(&r) && all_text(&r);
    struct arena beside = { 0 };
    if (good) {
        /* Pieces are read at the far end, again and again in the same place. */
        beside = (struct arena){ r.arena.end - BESIDE, r.arena.end, NULL };
        r.arena.end -= BESIDE;
    }
    str rest = out->text;
    int64_t first = 1;
    while (good && (rest.len || !r.column)) {
        int64_t lines = 0;
        ptrdiff_t n = piece_of(rest, &lines);
        good = read_piece(&r, beside, str_part(rest, 0, n), first, person);
        rest = str_part(rest, n, rest.len);
        first += lines;
    }
    if (good)
        find_people(&r);
    else
        rows_end(out);
    return good;
}

void rows_end(struct rows *r)
{
    if (r->map)
        munmap(r->map, (size_t)r->mapped);
    *r = (struct rows){ 0 };
}
