/*
 * The codebook: what a column may hold. It is public and made without looking at who is in the data, so that a code that occurs once
 * is not told by being there. docs/release.md describes the file.
 */
#ifndef FIGURES_PRIVACY_CODEBOOK_H
#define FIGURES_PRIVACY_CODEBOOK_H
#include "figures/privacy/said.h"
#include "lib/base/csv.h"

enum { CODEBOOK_BYTES = 8 << 20, COLUMNS_MOST = 200, CODES_MOST = 65535, RULE_PARTS_MOST = 16, CODEBOOK_HASH = 32 };

struct codebook_column {
    str name;
    bool number;          /* whole numbers from 0, to be summed under a bound; it has no codes */
    const str *codes;     /* in the order they are shown; empty is a code like any other */
    const uint16_t *sorted; /* their positions, by their bytes */
    ptrdiff_t len, other; /* where unknown codes go, or -1: they are refused */
};
/* Codes that never stand together in one row. */
struct codebook_rule {
    struct {
        ptrdiff_t column;
        uint16_t code;
    } part[RULE_PARTS_MOST];
    ptrdiff_t len;
};
struct codebook {
    str name, version, confirmed;
    const struct codebook_column *columns;
    ptrdiff_t column_count;
    const str *ignored; /* columns of the data that no release reads */
    ptrdiff_t ignored_count;
    ptrdiff_t year;     /* the column of the fiscal year, or -1 */
    const struct codebook_rule *rules;
    ptrdiff_t rule_count;
    uint8_t hash[CODEBOOK_HASH]; /* of the file's bytes */
};
/* False: said names what to mend in path. What is read lives in a. A draft that nobody confirmed is refused. */
bool codebook_read(struct arena *a, const char *path, str text, struct codebook *out, struct said *said);
ptrdiff_t codebook_column(const struct codebook *c, str name); /* or -1 */
ptrdiff_t codebook_code(const struct codebook_column *c, str code); /* or -1: unknown */
/* Do the codes of a row, one a column, break a rule? Its number, or -1. */
ptrdiff_t codebook_breaks(const struct codebook *c, const uint16_t *codes);

/*
 * A draft out of the data, for a person to confirm: every column with at most DRAFT_CODES_MOST values, the others as ignored. False: the
 * data do not read. Such a draft is not private: it shows what occurs in the data.
 */
enum { DRAFT_CODES_MOST = 400 };
bool codebook_draft(struct arena *a, const char *path, str data, str *out, struct said *said);
#endif
