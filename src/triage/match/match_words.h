/* Between the service of the index and search: what a tip says, as terms (linkage/terms.h, linkage/words.h). */
#ifndef TRIAGE_MATCH_MATCH_WORDS_H
#define TRIAGE_MATCH_MATCH_WORDS_H
#include "linkage/words.h"
#include "triage/match/match.h"

enum { MATCH_ADDITIONS_READ = 20, MATCH_TEXTS = 4, TERM_FACT = 'f' }; /* further additions are not found */

/* The texts of a tip: its own, the narrative first, then what its sender added. */
struct match_said {
    str at[MATCH_TEXTS + MATCH_ADDITIONS_READ];
    int len;
};
void match_said_of(const struct tip *t, struct match_said *out);
/* Says all of it: what stands in the texts, and each fact as it is compared. False: no memory, and nothing is said. */
bool match_say(struct words *w, const struct match_said *said, const struct match_facts *facts) MUST_CHECK;
/* The term of a fact, `normal` as the extractor brings it; to takes VALUE_MOST bytes. No length: nothing that could be compared. */
str match_fact_term(enum match_field field, str normal, char *to);
#endif
