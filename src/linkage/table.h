/* The records of a file: for each one a row of value numbers, and the name that the file gives it. */
#ifndef LINKAGE_TABLE_H
#define LINKAGE_TABLE_H
#include "linkage/plan.h"
#include "linkage/heard.h"
#include "linkage/rows.h"
#include "linkage/values.h"

/* Of names in Chinese characters (read_rows.h): further rows, behind those of the records. */
struct read_rows {
    struct space noted, of, has; /* while a file is read: readings; then the record of each row, rising; a bit a record that has such a name */
    size_t noted_count;
    uint32_t count;
    bool short_of_memory;
};

struct table {
    struct plan plan;
    struct values values[FIELDS_MOST];
    struct space header;  /* the names of the columns, which the plan speaks of */
    struct space rows;    /* stride numbers a record; 0: missing */
    struct space names;   /* of the records, one after another: a byte of length, then text; none as long as all names are numbers */
    struct space name_at; /* u32 a record: its name, as long as all names are numbers; else where its name begins; none while in_a_row */
    bool numbered;        /* all names are whole numbers as this program writes them, below 2^32 */
    struct space heard[FIELDS_MOST];   /* of the values of names (heard.h) */
    struct space written[FIELDS_MOST]; /* u32 a record, of names in other letters than Latin (bits of fields in scripts): normal_written */
    uint32_t scripts;
    struct read_rows read;
    bool in_a_row;        /* and each is one more than the one before, of each file from first on */
    uint32_t first[2];
    int stride;           /* 8 or 16 */
    uint32_t count, split; /* records; and of the first file, when there are two */
    int file;             /* which was read last, from 0 */
    size_t names_used;
    char complaint[COMPLAINT]; /* of what failed, for a person: line, column, and the mend */
};

enum { TABLE_ROWS_MOST = 1 << 30, READ_BATCH = 256 }; /* READ_BATCH: rows that are worked off at once */
/*
 * Reads whole CSV files (RFC 4180, UTF-8, a header, LF or CRLF), one or two. plan NULL or without fields: guessed from the first header, but
 * for the id that it may name; else its columns must be there. INVALID: a file is not as it should be; FAULT: it cannot be read, or memory is
 * short; complaint says what, of t->file. Close it in any case.
 */
status table_read(struct table *t, const int *fds, int files, const struct plan *plan, const struct teller *teller) MUST_CHECK;
void table_close(struct table *t);

static inline const uint32_t *table_row(const struct table *t, uint32_t record)
{
    return (const uint32_t *)(void *)t->rows.at + (size_t)record * (size_t)t->stride;
}
/* The name that the file gives a record, or its number from 1 within its file. It lies in the table or in scratch. */
enum { NAME_SCRATCH = 12 };
str table_name(const struct table *t, uint32_t record, char scratch[NAME_SCRATCH]);
#endif
