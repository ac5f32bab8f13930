/* A CSV file (RFC 4180) read in pieces and cut into the cells of its rows. */
#ifndef LINKAGE_ROWS_H
#define LINKAGE_ROWS_H
#include "lib/base/base.h"

enum { LINE_MOST = 1 << 20, COLUMNS_MOST = 256, COMPLAINT = 240, ROWS_BUFFER = (1 << 18) + LINE_MOST + 256 };

/* Who is told how far a run is: the stage in words, and how much of it is done, 0 to 1. tell may be NULL. */
struct teller {
    void (*tell)(void *context, const char *stage, double done);
    void *context;
};

struct rows {
    int fd;
    char *buffer;               /* ROWS_BUFFER bytes; what is not yet cut lies from `from` to `to`, and 64 bytes behind it may be read */
    const struct teller *teller;
    char *complaint;            /* COMPLAINT bytes */
    uint64_t line;              /* of the next row, from 1 */
    int64_t size, read;         /* bytes of the file (0: not known), and how many were read */
    size_t from, to;
    bool ended;
    char *block;                /* 64 bytes whose separators from `from` on are the bits of met; NULL: not looked at */
    uint64_t met;
};

/* Writes the complaint; format takes the line and what. Returns s. */
status rows_complain(struct rows *r, status s, const char *format, uint64_t line, str what);
/*
 * The next row: *n cells, of which the first COLUMNS_MOST are given; they lie in the buffer, quotes undone. NOT_FOUND: the file is at its end.
 * BUSY: the row goes on beyond what is read, and `held` says that cells of earlier rows are in use: it is asked again once they are not.
 */
status rows_next(struct rows *r, str *cells, int *n, bool held) MUST_CHECK;
#endif
