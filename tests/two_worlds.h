/*
 * Houses of one seed and one clock: the same people, ids, tokens and own work to the bit. They differ in what some of them hide alone:
 * work of colleagues that nobody else was put on, and of another office, done before and after the work that all of them have. What one
 * house answers and the other does not was told by something hidden. Everybody and every word in it is invented.
 */
#ifndef TESTS_TWO_WORLDS_H
#define TESTS_TWO_WORLDS_H
#include "matrix.h"

enum hiding {
    HIDES_NOTHING,
    HIDES_CARE, /* victims and all about them, packets, requests for help */
    HIDES_ALL,  /* these; tips, notes, answers, saved filters, cases, entries and subjects too */
    HIDINGS
};
#define HIDDEN_WORD "wychavon" /* stands in every text that is hidden, and nowhere else */
/* What a page can name by an id. */
enum thing { A_TIP, A_CASE, A_FILE, AN_ADDITION, A_NOTE, AN_ENTRY, A_SUBJECT, A_CARE_ENTRY, A_PLACE, A_PACKET, A_REQUEST, THINGS };
enum { THINGS_MOST = 800 };
struct things {
    id at[THINGS][THINGS_MOST];
    ptrdiff_t len[THINGS];
};

struct matrix *world_that(enum hiding h);
/* All that is in this house. */
void world_things(struct matrix *m, struct things *out);
/* Of many what few does not have. False: few has something that many has not, so they are not of one seed. */
bool world_difference(const struct things *many, const struct things *few, struct things *out);
#endif
