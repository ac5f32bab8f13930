/*
 * Records whose names stand in Chinese characters, as they are read in Japan and in Korea: further rows of the table, behind those of the records, one for
 * each kind of reading (readings.h). They are compared with records whose names stand in other letters, and with nobody else; a file without
 * such names has none, and nothing here is done for it.
 */
#ifndef LINKAGE_READ_ROWS_H
#define LINKAGE_READ_ROWS_H
#include "linkage/compare.h"

/* Notes the readings of a name of a record that is being read; text is as it was written. Short memory is told by read_rows_make. */
void read_rows_note(struct table *t, int field, uint32_t record, str text);
/* All records are read: their further rows. False: no memory. */
bool read_rows_make(struct table *t) MUST_CHECK;
void read_rows_close(struct table *t);
/*
 * The pairs that a rule yields by such a reading and none by the rows of the records themselves, each once, after all others; of blocks of at most
 * wish->block_most. left_out: whether the block of that row was too large for a rule of the records themselves, which then yielded none of it. Adds to yields.
 * One thread. False: no memory.
 */
struct walk;
typedef bool block_left_out(const struct walk *w, int rule, const uint32_t *row);
bool read_rows_walk(const struct table *t, const struct pairs_wish *wish, struct rule_yield *yields, block_left_out *left_out, const struct walk *walk) MUST_CHECK;
/* Patterns of a lot that were made by the rows of the records: of each pair the best over the readings of its one name. */
void read_rows_compare(const struct table *t, const struct patterns *s, const struct pair *lot, int n, uint32_t *patterns);
#endif
