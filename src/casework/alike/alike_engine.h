/* What the engine reads of cases, for what names the same: the words of their people that stand, opened as the engine's own principal. Never evidence. */
#ifndef CASEWORK_ALIKE_ALIKE_ENGINE_H
#define CASEWORK_ALIKE_ALIKE_ENGINE_H
#include "triage/match/match_service.h"

enum { ALIKE_ENTRIES_MOST = 512 }; /* the newest; what is older names nothing */
extern const struct match_feed alike_feed;

/* At most limit of those behind that id, by id. */
status alike_cases(struct db *db, id after, int64_t limit, struct match_tip *to, ptrdiff_t *n) MUST_CHECK;
#endif
