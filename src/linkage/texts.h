/*
 * Texts that are one text: four hundred copies of a rumour, each edited a little. A text is sketched by 128 bytes (one-permutation MinHash of
 * its 5-letter pieces: Li, Owen, Zhang 2012, with the rotation of Shrivastava and Li 2014), and only texts whose sketches agree in a
 * whole band of four are looked at (Broder 1997; Indyk and Motwani 1998).
 */
#ifndef LINKAGE_TEXTS_H
#define LINKAGE_TEXTS_H
#include "linkage/space.h"

enum { SKETCH = 128, BAND = 4 };

struct sketch {
    uint8_t at[SKETCH];
};
/* Case, blanks and signs do not count. False: too little text to tell (fewer letters than one piece). */
bool sketch_make(str text, struct sketch *out);
/* The share of pieces that two texts have in common, as the sketches tell it: 0 to 1000. */
int sketch_alike(const struct sketch *a, const struct sketch *b);

struct texts {
    struct space sketches, clusters;
    uint32_t count;
    uint32_t *cluster;      /* of each text, once joined: the first text of its cluster */
    uint32_t empty;         /* too short to tell: each alone */
    uint32_t many, largest; /* clusters of two or more; texts in the largest */
};
bool texts_open(struct texts *t) MUST_CHECK; /* false: no memory */
void texts_close(struct texts *t);
bool texts_add(struct texts *t, str text) MUST_CHECK; /* false: more than 2^30 */
/* Joins texts that are alike from that on (0 to 1000). Linear in texts, also when all are one. False: no memory. */
bool texts_join(struct texts *t, int alike) MUST_CHECK;
#endif
