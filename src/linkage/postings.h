/*
 * Which documents have a key: the online index's inner part. A key is a hash of 64 bits; what meets by chance is told apart by whoever asks.
 * A tip more or less costs microseconds, however many there are: the table stands in parts that grow one by one.
 */
#ifndef LINKAGE_POSTINGS_H
#define LINKAGE_POSTINGS_H
#include "linkage/space.h"

enum { POSTING_PARTS = 1024 };

struct postings {
    struct space part[POSTING_PARTS]; /* open addressing: 32 bits of the key, then document + 1 */
    uint32_t filled[POSTING_PARTS];
    uint8_t bits[POSTING_PARTS];      /* log2 of the slots */
    uint32_t most;                    /* documents of one key; what comes later is not taken */
};
/* A part takes memory with its first document. most: at least 1. */
void postings_open(struct postings *p, uint32_t most);
void postings_close(struct postings *p);
/* Twice the same does no harm. False: no memory. */
bool postings_put(struct postings *p, uint64_t key, uint32_t document) MUST_CHECK;
void postings_drop(struct postings *p, uint64_t key, uint32_t document); /* also one that is not there */
/* Those of a key, at most `room`; how many. As many as `most`: there may be more, which were not taken. */
int postings_get(const struct postings *p, uint64_t key, uint32_t *to, int room);
/* All of them, part by part, without the empty places. put: false ends it, and so does postings_write. Also false: no memory. */
bool postings_write(const struct postings *p, bool (*put)(void *context, const void *bytes, size_t n), void *context) MUST_CHECK;
/* Into an empty one. Each is put in its place anew, and of a document that the caller knows; else INVALID. FAULT: no memory. */
status postings_read(struct postings *p, bool (*get)(void *context, void *bytes, size_t n), bool (*known)(const void *of, uint32_t document), const void *of, void *context) MUST_CHECK;
/*
 * What was read is looked at: each that ought to be there is told, and then whether that was all. Nothing else may be asked in between. Documents are below 2^31.
 */
bool postings_tell(struct postings *p, uint64_t key, uint32_t document); /* false: not there, which may be right (most) */
bool postings_told(struct postings *p); /* all of them were told, and none stands there twice */
uint64_t postings_count(const struct postings *p);
void postings_prefetch(const struct postings *p, uint64_t key);
#endif
