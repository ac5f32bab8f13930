/*
 * Floods, as one asker may see them: a rumour in four hundred words that differ a little. The first copy by id stands for all of them, and beside it those
 * that name what it does not, since these link to others; the rest are folded. Copies that are hidden from the asker are not there: they count for
 * nothing, stand for nobody, and hold nobody together.
 */
#ifndef TRIAGE_MATCH_MATCH_FLOOD_H
#define TRIAGE_MATCH_MATCH_FLOOD_H
#include "triage/match/match_service.h"

/* What a question knows of a document. */
struct match_fold {
    uint32_t question;      /* that read it; else nothing else of it holds */
    uint32_t lead;          /* who stands for it; itself when it is in no flood */
    uint32_t copies, folded, last; /* told by the lead: how many there are, itself among them; how many of these do not stand; the last by id */
    bool stands;
};
/* One question. held is first: match_may_see takes the whole of it for its context. */
struct match_flooding {
    struct match_held held;
    const struct match_service *m;
    const id *alone;        /* copies that stand whatever they name, since a person decided something of them */
    int alone_count;
    uint32_t question;
};
/* Returns how many tips the asker may see, as match_note_held. alone must outlive it. One question at a time. */
uint32_t match_flood_begin(const struct match_service *m, const struct match_asker *asker, const id *alone, int alone_count, struct match_flooding *out);
bool match_flood_stands(void *flooding, uint32_t number); /* for struct index_wish */
/* Of its flood, as the lead tells it; copies is 0: it is in none. */
const struct match_fold *match_flood_of(const struct match_flooding *f, uint32_t number);
/* The near copies that the asker may see, itself among them, by id; good until the next call of any of these. Returns how many. */
int match_flood_copies(const struct match_flooding *f, uint32_t number, const uint32_t **out);
/* It names what the other does not. */
bool match_adds_a_fact(const struct match_service *m, uint32_t copy, uint32_t other);
#endif
