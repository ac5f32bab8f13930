/*
 * Search by words among tips: what a person types, as a question to the index of the engine (linkage/words.h), and where in a text stands what
 * was asked for. A telephone, mailbox, account or number plate is found however it is written; a name also by its sound.
 */
#ifndef TRIAGE_SEARCH_SEARCH_H
#define TRIAGE_SEARCH_SEARCH_H
#include "linkage/words.h"

enum { SEARCH_MOST = 200, SEARCH_PAGE = WORDS_PAGE, SEARCH_REACH = WORDS_REACH }; /* bytes that are typed; hits of a page; of all pages */

struct search_query {
    struct words_item items[WORDS_ITEMS_MOST];
    int len;            /* 0: nothing that could be looked for */
    bool more;          /* there were more words than are looked for */
};
/* country as extract() takes it. The terms live in a. */
void search_read(struct arena *a, str typed, str country, struct search_query *out);

/* A place in a text that is what an item asks for. */
struct search_place {
    ptrdiff_t begin, end;
    int item;
};
/* In the order of the text, those that overlap as one; at most room. */
ptrdiff_t search_places(struct arena *a, const struct search_query *q, str text, str country, struct search_place *to, ptrdiff_t room);
#endif
