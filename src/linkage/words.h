/*
 * Which documents say which words: the inner part of search. A list stands for each word and group of readers, so who asks looks at the lists of
 * their own groups alone: what they may not see is neither read nor counted, and takes no time. Ranked as BM25 (Robertson, Walker 1994;
 * k1 1.25, b 0.75) in whole numbers: the same documents give the same order on each machine, in whichever order they came.
 *
 * It lives in memory alone. What leaves it is what words_write hands out, which the caller seals. One thread.
 */
#ifndef LINKAGE_WORDS_H
#define LINKAGE_WORDS_H
#include "linkage/values.h"

enum {
    WORDS_SAID_MOST = 1 << 16,  /* terms of one document; what comes later is not found */
    WORDS_ITEMS_MOST = 24, WORDS_WAYS_MOST = 4, WORDS_PAGE = 10,
    WORDS_REACH = 1000,         /* hits of one question that can be turned to */
    WORDS_FULL = 4,             /* weight of a way that is the word itself */
    WORD_PARTS = 256, WORD_CLASSES = 96
};

struct words_entry {            /* a document */
    uint32_t at, bytes;         /* its terms, by rising number, in the pool; 0 bytes: it is not there */
    uint32_t group, length;     /* length: terms that were said */
};
struct words_group {
    uint64_t length;            /* of all its documents */
    uint32_t documents;
};
struct words_part {             /* lists by a hash of term and group: open addressing, grown by itself so that no document waits for all */
    struct space at;
    uint32_t filled;
    int bits;                   /* log2 of the slots */
};
struct words {
    struct values terms;
    struct space entries, groups, pool, said, scores, touched;
    struct words_part part[WORD_PARTS];
    uint32_t free[WORD_CLASSES];/* pieces of the pool that were given back, wiped */
    uint32_t used;              /* of the pool, in units of four bytes */
    uint32_t group_most, last;  /* last: the highest number that was put */
    uint32_t said_count;
    uint32_t documents;         /* that stand */
    char term[VALUE_MOST + 40]; /* the one that is said: values read a little beyond it */
};

/* groups: how many there may be. False: no memory. */
bool words_open(struct words *w, uint32_t groups) MUST_CHECK;
void words_close(struct words *w);

/*
 * A document is said term by term (at most VALUE_MOST bytes each, whatever they mean), then put under a number, which rises from one to the
 * next, in place of nothing. False: no memory, and nothing of it is there.
 */
bool words_say(struct words *w, str term) MUST_CHECK;
bool words_put(struct words *w, uint32_t number, uint32_t group) MUST_CHECK;
void words_unsay(struct words *w); /* what was said since the last put is wiped */
/* Leaves nothing of it: what it alone said is wiped, here and now. Also one that is not there. */
void words_drop(struct words *w, uint32_t number);

/* One word of a question: the terms that count as it, by falling weight; a document that has several has the first one that it has. */
struct words_way {
    str term;
    int32_t weight;             /* WORDS_FULL, or less */
};
struct words_item {
    struct words_way ways[WORDS_WAYS_MOST];
    int way_count;
};
struct words_question {
    const struct words_item *items;
    int item_count;             /* at most WORDS_ITEMS_MOST */
    const uint32_t *groups;     /* those that the asker may see */
    uint32_t group_count;
    bool (*before)(const void *context, uint32_t a, uint32_t b); /* of two equal ones */
    const void *context;
    uint32_t skip;              /* hits of the pages before; from WORDS_REACH on there are none */
};
struct words_hit {
    uint32_t number, items, score; /* items: a bit for each that it has */
};
struct words_answer {
    struct words_hit at[WORDS_PAGE]; /* with more of the items first, then by score, then as `before` says */
    int len;
    uint32_t total, whole;      /* documents that have one of the items; that have all */
};
void words_seek(struct words *w, const struct words_question *q, struct words_answer *out);

static inline const struct words_entry *words_entry(const struct words *w, uint32_t number) /* up to last */
{
    return (const struct words_entry *)(const void *)w->entries.at + number;
}
/* Everything, in pieces. put: false ends it, and so does words_write. */
bool words_write(const struct words *w, bool (*put)(void *context, const void *bytes, size_t n), void *context) MUST_CHECK;
/* Into one just opened. get: false when there are not so many bytes. INVALID: of another version, or not what words_write writes; FAULT: no memory. Close it then. */
status words_read(struct words *w, bool (*get)(void *context, void *bytes, size_t n), void *context) MUST_CHECK;
size_t words_bytes(const struct words *w); /* of memory that it takes, about */
#endif
