/* Between the files of the queue. */
#ifndef TRIAGE_QUEUE_QUEUE_PAGE_H
#define TRIAGE_QUEUE_QUEUE_PAGE_H
#include "lib/web/web.h"

/* Which tips a person wants to see; what the address says, cleaned. */
struct queue_wish {
    int priority;       /* -1: all */
    str language;       /* empty: any */
    bool closed, mine, nobodys;
};
/* name gives a value by the name of its field: of the address, or of a form. */
struct queue_wish queue_wish_of(str (*value)(const struct request *r, str name), const struct request *r);
/* "p=0&l=es&s=closed&w=me": the same wish is always the same text. */
str queue_wish_text(struct arena *a, const struct queue_wish *wish);

/* A form that was not right: what was typed comes back. */
struct queue_typed {
    const struct form *form;
    str name, code, reason;
    id *chosen;
    ptrdiff_t chosen_count;
};
/* typed NULL: nothing was. Otherwise INVALID comes back when the page is drawn. */
status queue_draw(struct request *r, struct response *w, const struct queue_wish *wish, const struct queue_typed *typed) MUST_CHECK;
handler queue_chosen, queue_filter_add, queue_filter_drop;
#endif
