/* What a staff worker asks the engine about tips, and how question and answer are written (common/engine/engine.h). */
#ifndef TRIAGE_MATCH_MATCH_ENGINE_H
#define TRIAGE_MATCH_MATCH_ENGINE_H
#include "common/engine/engine.h"
#include "triage/match/match_service.h"

enum { MATCH_KIN = ENGINE_SERVICE, MATCH_KIN_BODY = SEARCH_TICKET + 2 * (int)sizeof(id) + 4 }; /* type and length of the question */

/* The rules of a service whose ctx begins with a struct match_service. */
extern const struct engine_rule match_rules[];
extern const ptrdiff_t match_rule_count;

/*
 * How each question of the service begins: the ticket and the asker's office. What is asked is left behind them; rings takes MATCH_RINGS_MOST:
 * all that the person of the ticket opens now. Not OK: what the keeper said.
 */
enum { MATCH_RINGS_MOST = 4096 };
status match_asker_read(struct engine_keys *keys, struct wire *in, id *rings, struct match_asker *out) MUST_CHECK;
id match_get_id(struct wire *from); /* zero when there are not so many bytes */

/* Who asks, and by which channels. */
struct match_way {
    struct engine_client *engine;
    struct keeper *keeper;
    token who;
};
/*
 * engine_ask with a ticket of that person before the rest, which is at most MATCH_REST_MOST bytes; said keeps the answer, which is to be read from
 * *answer. LOCKED also: the session is over.
 */
enum { MATCH_REST_MOST = 2048 };
status match_ask(const struct match_way *way, uint16_t type, str rest, uint8_t said[ENGINE_MESSAGE_MAX], struct wire *answer) MUST_CHECK;

void match_answer_write(const struct match_answer *a, struct wire *to);
bool match_answer_read(struct wire *from, struct match_answer *out); /* false: it is not one */
/* office: the asker's own. As engine_ask; LOCKED: the engine waits for a supervisor. */
struct match_question {
    id office, tip;
    uint32_t skip; /* copies of pages before */
};
status match_ask_kin(struct engine_client *engine, struct keeper *keeper, token t, const struct match_question *q, struct match_answer *out) MUST_CHECK;
#endif
