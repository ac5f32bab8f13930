/* The keys of a document, inside the index. */
#ifndef LINKAGE_INDEX_KEYS_H
#define LINKAGE_INDEX_KEYS_H
#include "linkage/index.h"

/* The facts of one document by fields: those of field f stand from from[f] to from[f + 1]. */
struct index_side {
    int from[FIELDS_MOST + 1];
    uint32_t number[FACTS_MOST];            /* 0: a value that no document has */
    const struct value *value[FACTS_MOST];
    uint32_t written[FACTS_MOST];           /* the three bytes of index_told */
    struct heard heard[FACTS_MOST];         /* of names */
};
void index_side_of(const struct index *x, uint32_t number, struct index_side *out);

enum { KEYS_OF_A_RULE = 64, KEYS_MOST = RULES_MOST * KEYS_OF_A_RULE };
struct index_key {
    uint64_t key;
    int fact;       /* the first of the facts that make it */
    bool whole;     /* of whole facts: who has the key has these */
};
enum { CANDIDATES_MOST = 1 << 14 };
/* Too large for a stack, whose frames are written whole each time. */
struct index_room {
    struct index_key keys[KEYS_MOST];
    uint32_t met[CANDIDATES_MOST];
    struct index_side own, other;
};
static inline struct index_room *index_room(const struct index *x)
{
    return (struct index_room *)(void *)x->room.at;
}
/* All keys of a document, by rule; how many. A value that no document has makes none where it is wanted whole. */
int index_keys(const struct index *x, const struct index_side *side, struct index_key keys[KEYS_MOST]);
void index_prefetch(const struct index *x, uint32_t number); /* what it says, and how that sounds */
/* With each of them, and with those of its copies, until one says false; then false. */
bool index_each_key(struct index *x, uint32_t number, bool (*with)(void *context, struct postings *p, uint64_t key, uint32_t number), void *context) MUST_CHECK;
void index_hear(struct index *x, int field, uint32_t value); /* notes how that name sounds */
uint64_t index_band(const struct sketch *s, int band, uint32_t apart);
uint64_t index_id_key(id document);
static inline struct sketch *index_sketch(const struct index *x, uint32_t number)
{
    return (struct sketch *)(void *)x->sketches.at + number;
}
#endif
