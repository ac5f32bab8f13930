/*
 * Records that come one by one, each compared with all that came before. A document is a list of facts, of which a field may have several: three
 * telephones, two names; beside them its text, of which only a sketch is kept. What is alike is weighed by the same plan and model as a
 * file is (dedupe.h), and the prior follows the number of documents.
 *
 * It lives in memory alone. What leaves it is what index_write hands out, which the caller seals. One thread.
 */
#ifndef LINKAGE_INDEX_H
#define LINKAGE_INDEX_H
#include "linkage/edges.h"
#include "linkage/postings.h"
#include "linkage/texts.h"

enum { FACTS_MOST = 256, NO_DOCUMENT = 0 };

struct index_fact {
    int field;      /* of the plan */
    str text;       /* as it was written */
};
struct index_document {
    id id;
    uint32_t group; /* who may see it: the caller's own number */
    uint32_t apart; /* near copies are looked for among those of the same number alone: what others may not see joins no copies of theirs */
    const struct index_fact *facts;
    int fact_count; /* what is beyond FACTS_MOST, or says nothing, is left out */
    str text;       /* for copies; may be empty */
};

/* A document as it stands. Numbers begin at 1 and are not given again. */
struct index_entry {
    id id;
    uint32_t group, apart;
    uint64_t facts_at;
    uint32_t lead, next, copies; /* of near copies: the first one by id; the next in their ring; how many, told by the lead */
    uint16_t facts;
    bool live, sketched;
};
struct index_told {
    uint8_t field;
    uint8_t written[3]; /* of a name in other letters than Latin: a part of normal_written */
    uint32_t value; /* its number */
};

struct index {
    struct table table;           /* the plan and the values; it has no rows */
    struct patterns patterns;
    struct model model;
    struct weights weights;
    int32_t by_chance[COMPARISONS_MOST]; /* log2 of how often strangers agree: of comparisons by frequency */
    uint32_t learnt_of;           /* how many records the model was made for */
    struct space entries, facts, sketches;
    struct space room;            /* where one question works (index_keys.h): no part of what the index is */
    uint32_t count, live;         /* numbers given; documents that stand */
    uint64_t facts_used;
    struct postings keys, bands, ids;
};

/*
 * The text of the plan must outlive the index. most: documents that a key keeps; later ones are not found by it.
 * False: no memory, or a plan of too many patterns.
 */
bool index_open(struct index *x, const struct plan *plan, const struct model *model, uint32_t learnt_of, uint32_t most) MUST_CHECK;
void index_close(struct index *x);
/* Adds it, in place of the one of that id. number: of the new one. False: no memory, or 2^24 numbers given; the old one is gone then. */
bool index_put(struct index *x, const struct index_document *d, uint32_t *number) MUST_CHECK;
/* Leaves nothing of it: what it alone had is wiped, here and now. False: it is not there. */
bool index_drop(struct index *x, id document);
uint32_t index_find(const struct index *x, id document); /* NO_DOCUMENT: not there */

static inline const struct index_entry *index_entry(const struct index *x, uint32_t number)
{
    return (const struct index_entry *)(const void *)x->entries.at + number;
}
static inline const struct index_told *index_facts(const struct index *x, uint32_t number)
{
    return (const struct index_told *)(const void *)x->facts.at + index_entry(x, number)->facts_at;
}

struct index_wish {
    /* Which groups the asker may see: the others are left out before anything is compared or counted. NULL: all. */
    bool (*may)(void *context, uint32_t group);
    /* Which documents stand for themselves: another one is left out as if it were hidden, but when it is the one asked about. NULL: all. */
    bool (*stands)(void *context, uint32_t number);
    void *context;
    int32_t least;      /* in 1/256 bit: what weighs less is left out */
    uint32_t among;     /* how many documents the asker may see, for the prior; 0: all */
    int crowd;          /* a key that so many have that the asker may see links nobody by itself; 0: as many as a key keeps */
};
struct kin {
    uint32_t number;
    int32_t weight;     /* log2 of the odds that both speak of one person, car or account, in 1/256 bit */
    uint32_t pattern;
};
enum { CROWDED_MOST = 16 };
struct kin_answer {
    struct kin *at;     /* the heaviest first; of equal ones the lower id */
    int len, room;
    int looked_at;      /* documents that share a key */
    struct {
        struct index_told fact;
        int documents;  /* that have it, as far as a key keeps them */
    } crowded[CROWDED_MOST]; /* what too many have, whole: no link was looked for by these alone */
    int crowded_count;
};
/* Who is kin to a document that stands. */
void index_kin(const struct index *x, uint32_t number, const struct index_wish *wish, struct kin_answer *out);
/* And to one that is only asked about. */
void index_kin_of(const struct index *x, const struct index_document *d, const struct index_wish *wish, struct kin_answer *out);

/*
 * The near copies of a document among those that the asker may see (wish->may alone counts), itself among them, by id: what hangs together by a hidden one
 * alone does not. Of more than room copies some are left out, so room is what their lead counts (copies).
 */
int index_copies(const struct index *x, uint32_t number, const struct index_wish *wish, uint32_t *to, int room);

/* Everything, in pieces. put: false ends it, and so does index_write. */
bool index_write(const struct index *x, bool (*put)(void *context, const void *bytes, size_t n), void *context) MUST_CHECK;
/*
 * Into an index just opened by the same plan and model, empty. get: false when there are not so many bytes. INVALID: of another version,
 * plan or shape; FAULT: no memory. Close it then.
 */
status index_read(struct index *x, bool (*get)(void *context, void *bytes, size_t n), void *context) MUST_CHECK;
#endif
