/* Words of the queue: urgency, countdown, codes of the pack in the reader's language. */
#ifndef TRIAGE_WORDS_WORDS_H
#define TRIAGE_WORDS_WORDS_H
#include "common/pack/pack.h"
#include "lib/web/web.h"

str urgency_class(int priority);                        /* "u p0" */
str urgency_words(const struct request *r, int priority); /* "P0 Danger now" */
/* "12 min over", "3 h left"; a fact, no alarm. Class "late", "soon" (under three hours) or empty. */
struct countdown {
    str class, words;
};
/* To that second (Unix time); CLOCK_NEVER: there is no deadline. */
struct countdown countdown_to(const struct request *r, int64_t due);
/* The next deadline of a tip. */
status countdown_of(struct request *r, id tip, struct countdown *out) MUST_CHECK;
/* The label of a code, translated; the code itself when the pack lacks it. */
str venue_words(const struct request *r, str code);
str industry_words(const struct request *r, str code);
str language_words(const struct request *r, str code);
str clock_words(const struct request *r, str code);
str close_words(const struct request *r, str code); /* of case_close_reasons.csv */
str contact_words(const struct request *r, const char *list, str code); /* list: "channel", "proximity", ... */
/* "%1" of a text that is translated already (tr_n) replaced by a number. */
str count_words(const struct request *r, str pattern, int64_t n);
/* The translated pattern with %1 and %2 replaced. */
str fill_words(const struct request *r, const char *pattern, str one, str two);
#endif
