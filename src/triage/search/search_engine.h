/* What a staff worker asks the engine when somebody searches, and how question and answer are written (common/engine/engine.h). */
#ifndef TRIAGE_SEARCH_SEARCH_ENGINE_H
#define TRIAGE_SEARCH_SEARCH_ENGINE_H
#include "common/engine/engine.h"
#include "triage/match/match_service.h"
#include "triage/search/search.h"

struct search_hit {
    id tip;
    uint32_t items;     /* a bit for each item that it has */
};
struct search_answer {
    bool whole;         /* all tips are in the index */
    uint32_t total, all;/* tips that have one of the items; that have all */
    int len;
    struct search_hit at[SEARCH_PAGE];
};
/* In the engine. Tips that the asker may not see are neither looked at nor counted. skip: hits of the pages before. */
void search_ask(struct match_service *m, const struct match_asker *asker, const struct search_query *q, uint32_t skip, struct search_answer *out);

enum { SEARCH_WORDS = ENGINE_SERVICE + 8, SEARCH_HEAD = SEARCH_TICKET + (int)sizeof(id) + 4 }; /* type; of the question, what stands before the words */

/* The rules of a service whose ctx begins with a struct match_service. */
extern const struct engine_rule search_rules[];
extern const ptrdiff_t search_rule_count;

void search_answer_write(const struct search_answer *a, struct wire *to);
bool search_answer_read(struct wire *from, struct search_answer *out); /* false: it is not one */

struct search_question {
    id office;      /* the asker's own */
    str typed;      /* at most SEARCH_MOST bytes */
    uint32_t skip;  /* hits of the pages before */
};
/* As engine_ask; LOCKED: the engine waits for a supervisor. */
status search_engine_ask(struct engine_client *engine, const struct search_ticket *ticket, const struct search_question *q, struct search_answer *out) MUST_CHECK;
#endif
