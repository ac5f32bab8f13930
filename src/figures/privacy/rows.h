/*
 * The records of people, as numbers of codes. They lie in a mapping of their own: after rows_end they are nowhere, and whoever still
 * asked for one would be stopped by the system. Read by what holds a struct release, and by nobody else.
 */
#ifndef FIGURES_PRIVACY_ROWS_H
#define FIGURES_PRIVACY_ROWS_H
#include "figures/privacy/codebook.h"

enum { ROWS_BYTES_MOST = 1 << 30 };

struct rows {
    void *map;
    ptrdiff_t mapped;
    ptrdiff_t len;
    uint16_t **codes;   /* [column][row]; NULL for a column of numbers */
    uint32_t **numbers; /* [column][row]; NULL for a column of codes */
    uint32_t *order;    /* all rows, those of one person side by side */
    uint32_t *person;   /* of a row: which person, from 0 */
    str text;           /* the file, without a byte order mark */
};
/*
 * Reads path by the codebook. person: the column that tells people apart, or empty: a row is a person. year: not "all", each row must be
 * of it when the codebook has a column of years. False: said names line and column, and the mend; nothing is mapped.
 */
bool rows_read(const struct codebook *book, const char *path, str person, str year, struct rows *out, struct said *said);
bool rows_one_cell(const struct csv_row *head); /* of semicolons or tabs: the fault of many first files, so it is named */
str rows_unmarked(str file); /* without the byte order mark that spreadsheets put in front of UTF-8 */
void rows_end(struct rows *r);
#endif
