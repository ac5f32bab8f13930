/*
 * Between tips and cases: the cases of somebody's own that name what a tip names, and of a case the tips and the other cases that they may read. Told by
 * ids and kinds of facts. Whoever is on a case holds its ring, whatever their office; to all others its words are as if they were not there.
 */
#ifndef TRIAGE_MATCH_MATCH_FILE_H
#define TRIAGE_MATCH_MATCH_FILE_H
#include "lib/web/web.h"
#include "triage/match/match_engine.h"

/* What two have in common. Never which value. */
struct match_bits {
    uint8_t same, near; /* a bit a field (enum match_field): the same value, or a like one */
    uint8_t band;       /* enum match_band */
};
void match_bits_of(const struct match_service *m, const struct kin *k, struct match_bits *out);
/* Enough for whoever did not ask about these two: they weigh MATCH_LIKELY, or have the same telephone, e-mail, account, web address, plate or advertisement. */
bool match_bits_tell(const struct match_bits *b);
void match_bits_write(const struct match_bits *b, struct wire *to);
bool match_bits_read(struct wire *from, struct match_bits *out); /* false: they are none */
/* Kinds of facts by their bits, as words of the reader: "Telephone, E-mail"; or empty. */
str match_kinds_words(const struct request *r, unsigned kinds);
/* "the same: Telephone, E-mail; alike: Number plate", in the reader's language. */
str match_bits_words(const struct request *r, const struct match_bits *b);

/* Why the engine says nothing of a tip or a case, or empty. known: it is in the index. */
str match_waits_words(const struct request *r, status engine, bool known);

enum { MATCH_FILE = ENGINE_SERVICE + 32, MATCH_FILE_BODY = SEARCH_TICKET + 2 * (int)sizeof(id), MATCH_NAMED_MOST = 200, MATCH_NAMED_SHOWN = 50 };
struct match_named {
    id id;
    bool file;                              /* a case; else a tip */
    struct match_bits bits;
};
struct match_named_answer {
    bool known, whole;                      /* what was asked about is in the index, for this asker; all tips and cases are */
    int32_t len;
    struct match_named at[MATCH_NAMED_MOST]; /* the likeliest first; of a flood who stands for it. More than a page shows: it leaves out what is on the case already */
};
/* own: a tip, of which cases are told, or a case, of which tips and other cases are. asker->rings ascend (match_ring_order). */
void match_service_file(const struct match_service *m, const struct match_asker *asker, id own, struct match_named_answer *out);
int match_ring_order(const void *a, const void *b); /* for qsort: by their bytes */
engine_answer match_answer_file; /* of the rule */
void match_named_write(const struct match_named_answer *a, struct wire *to);
bool match_named_read(struct wire *from, struct match_named_answer *out); /* false: it is not one */
/* office: the asker's own. As match_ask_kin. */
status match_ask_file(struct engine_client *engine, struct keeper *keeper, token t, id office, id own, struct match_named_answer *out) MUST_CHECK;
#endif
