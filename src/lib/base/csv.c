#include "lib/base/csv.h"

struct reader {
    struct arena *arena;
    str text;
    ptrdiff_t i;
    int64_t line;
    const char *fault;
};

static bool at_end(const struct reader *r)
{
    return r->i >= r->text.len;
}

static char here(const struct reader *r)
{
    return at_end(r) ? 0 : r->text.at[r->i];
}

/* A cell in quotes; doubled quotes stand for one. r is at the opening quote. */
static str quoted_cell(struct reader *r)
{
    ptrdiff_t from = ++r->i, doubled = 0;
    for (; !at_end(r); r->i++) {
        r->line += here(r) == '\n';
        if (here(r) != '"')
            continue;
        if (r->i + 1 >= r->text.len || r->text.at[r->i + 1] != '"')
            break;
        r->i++;
        doubled++;
    }
    if (at_end(r)) {
        r->fault = "a quote is not closed";
        return (str){ 0 };
    }
    str cell = str_part(r->text, from, r->i++);
    if (!doubled)
        return cell;
    char *p = arena_new(r->arena, char, cell.len - doubled + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < cell.len; i++) {
        p[n++] = cell.at[i];
        i += cell.at[i] == '"';
    }
    return (str){ p, n };
}

static str bare_cell(struct reader *r)
{
    ptrdiff_t from = r->i;
    for (; !at_end(r); r->i++) {
        char c = here(r);
        if (c == ',' || c == '\n' || c == '\r')
            break;
        if (c == '"') {
            r->fault = "a quote inside a cell that does not begin with one";
            break;
        }
    }
    return str_part(r->text, from, r->i);
}

/* Takes what follows a cell; true when it was the last of its row. */
static bool row_ends(struct reader *r)
{
    char c = here(r);
    if (!at_end(r) && c == ',') {
        r->i++;
        return false;
    }
    if (!at_end(r) && c == '\r') {
        r->i++;
        if (at_end(r) || here(r) != '\n')
            r->fault = "a carriage return without its line feed";
    } else if (!at_end(r) && c != '\n') {
        r->fault = "text after a closing quote";
    }
    if (!r->fault && !at_end(r)) {
        r->i++;
        r->line++;
    }
    return true;
}

/* The width of the first row is the width of all: cells are counted before they are kept. */
static ptrdiff_t width_of(struct reader r)
{
    ptrdiff_t n = 0;
    do {
        if (here(&r) == '"')
            quoted_cell(&r);
        else
            bare_cell(&r);
        n++;
    } while (!r.fault && !row_ends(&r));
    return n;
}

static struct csv_row read_row(struct reader *r, ptrdiff_t width)
{
    str *cells = arena_new(r->arena, str, width);
    struct csv_row row = { cells, 0, r->line };
    for (bool last = false; !last && !r->fault;) {
        str cell = here(r) == '"' ? quoted_cell(r) : bare_cell(r);
        if (row.len < width)
            cells[row.len] = cell;
        row.len++;
        if (!r->fault)
            last = row_ends(r);
    }
    if (!r->fault && row.len != width)
        r->fault = row.len < width ? "fewer cells than the header" : "more cells than the header";
    return row;
}

static const char *refused_bytes(str text)
{
    if (!text.len)
        return "the file is empty";
    if (str_starts(text, lit("\xef\xbb\xbf")))
        return "starts with a byte order mark";
    if (str_find(text, 0) >= 0)
        return "has a NUL byte";
    return utf8_valid(text) ? NULL : "is not UTF-8";
}

status csv_read(struct arena *a, str text, struct csv *out)
{
    *out = (struct csv){ .fault_line = 1, .fault = refused_bytes(text) };
    if (out->fault)
        return INVALID;
    ptrdiff_t lines = 1;
    for (ptrdiff_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    struct reader r = { a, text, 0, 1, NULL };
    ptrdiff_t width = width_of(r);
    out->at = arena_new(a, struct csv_row, lines);
    while (!at_end(&r) && !r.fault) {
        struct csv_row row = read_row(&r, width);
        out->fault_line = row.line;
        out->at[out->len++] = row;
    }
    out->fault = r.fault;
    return r.fault ? INVALID : OK;
}

ptrdiff_t csv_column(const struct csv *c, str name)
{
    for (ptrdiff_t i = 0; c->len && i < c->at[0].len; i++)
        if (str_equal(c->at[0].cells[i], name))
            return i;
    return -1;
}

static bool is_number(str s)
{
    ptrdiff_t digits = 0, points = 0;
    for (ptrdiff_t i = s.len && (s.at[0] == '-' || s.at[0] == '+'); i < s.len; i++) {
        digits += s.at[i] >= '0' && s.at[i] <= '9';
        points += s.at[i] == '.';
    }
    bool sign = s.len && (s.at[0] == '-' || s.at[0] == '+');
    return digits && points <= 1 && digits + points + sign == s.len;
}

static bool is_formula(str s)
{
    static const str starts[] = { LIT("="), LIT("+"), LIT("-"), LIT("@"), LIT("\t"), LIT("\r"), LIT("\n"),
                                  LIT("\xef\xbc\x9d"), LIT("\xef\xbc\x8b"), LIT("\xef\xbc\x8d"), LIT("\xef\xbc\xa0") };
    for (ptrdiff_t i = 0; i < countof(starts); i++)
        if (str_starts(s, starts[i]))
            return !is_number(s);
    return false;
}

static bool needs_quotes(str s)
{
    for (ptrdiff_t i = 0; i < s.len; i++)
        if (s.at[i] == ',' || s.at[i] == '"' || s.at[i] == '\n' || s.at[i] == '\r')
            return true;
    /* Spaces at the ends are kept by RFC 4180 and lost by some readers. */
    return s.len && (s.at[0] == ' ' || s.at[s.len - 1] == ' ');
}

void csv_cell(struct out *o, str cell, bool last)
{
    bool quotes = needs_quotes(cell);
    if (quotes)
        out_char(o, '"');
    if (is_formula(cell))
        out_char(o, '\'');
    for (ptrdiff_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"')
            out_char(o, '"');
        out_char(o, cell.at[i]);
    }
    if (quotes)
        out_char(o, '"');
    out_str(o, last ? lit("\r\n") : lit(","));
}
