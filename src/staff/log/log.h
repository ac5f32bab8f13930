/* The log in words: one table a page can draw, for a person's own accesses and for the auditor. */
#ifndef STAFF_LOG_LOG_H
#define STAFF_LOG_LOG_H
#include "staff/page/page.h"

struct log_row {
    int64_t seq;
    str when, who, what, why, about, result;
};
struct log_rows {
    struct log_row *at;
    ptrdiff_t len;
};
/* At most LOG_LINES lines; names of people are looked up among the accounts. */
struct log_rows log_words(struct request *r, const struct log_line *lines, ptrdiff_t n);
uint64_t log_from(const struct request *r, str name); /* where a page of it begins, by that name in the query; 0: at the newest */
extern const struct routes log_routes;

struct log_page {
    struct staff_page page;
    struct log_rows rows;
    str next, command; /* command: how to prove the log */
};
#endif
