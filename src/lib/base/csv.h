/* Comma-separated values, strictly after RFC 4180, in UTF-8. Reads whole texts, writes one cell after another. */
#ifndef LIB_BASE_CSV_H
#define LIB_BASE_CSV_H
#include "lib/base/base.h"

struct csv_row {
    const str *cells;
    ptrdiff_t len;
    int64_t line; /* where the row begins, from 1; a quoted cell may span lines */
};
struct csv {
    struct csv_row *at; /* the first is the header */
    ptrdiff_t len;
    int64_t fault_line; /* when not OK: the line, and what is wrong with it */
    const char *fault;
};

/*
 * Reads all rows of text; cells are views into text, or copies in a where quotes had to be undone.
 * INVALID (fault_line and fault say why): not UTF-8, byte order mark, NUL, a row as wide as no header,
 * a quote inside a bare cell, text after a closing quote, an unclosed quote, a lone carriage return,
 * or an empty text. Line ends are CRLF or LF; the last may be missing.
 */
status csv_read(struct arena *a, str text, struct csv *out) MUST_CHECK;
/* Index of the header's column of that name, or -1. */
ptrdiff_t csv_column(const struct csv *c, str name);

/*
 * Appends one cell and its comma or, with last, its CRLF. A cell that a spreadsheet would take for a
 * formula (first character = + - @, tab, carriage return or line feed, also their full-width forms) gets an
 * apostrophe before it, unless it is a plain number: OWASP, CSV injection.
 */
void csv_cell(struct out *o, str cell, bool last);
#endif
