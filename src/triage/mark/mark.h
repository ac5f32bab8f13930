/*
 * What a tip names (telephones, plates, handles, ...): proposals of linkage/extract that a person confirms or strikes. The decisions are
 * sealed to the office's TIP ring; each saving is a further row that holds all of them, so the newest is what stands.
 */
#ifndef TRIAGE_MARK_MARK_H
#define TRIAGE_MARK_MARK_H
#include "intake/tip/tip.h"
#include "lib/web/web.h"
#include "linkage/extract.h"

enum { MARK_LIST = 1, MARK_AT = 2 }; /* tags of the sealed fields: marks_write(), exact time (8 bytes) */
enum mark_state { MARK_OPEN, MARK_CONFIRMED, MARK_STRUCK };

struct mark {
    enum finding_kind kind;
    enum mark_state state;
    ptrdiff_t begin, end; /* bytes of the narrative */
    str normal;           /* empty: it has none that could be compared */
};
struct marks {
    struct mark *at;
    ptrdiff_t len;
    bool full; /* the narrative names more than is found at once */
};
/*
 * All that the narrative names, in its order: what people decided (the list of the newest row, or empty), and what the machine finds beside
 * it. A decision stays as it was made, also where a later version of the machine would not propose it. country: see extract().
 */
struct marks marks_of(struct arena *a, str narrative, str country, str decided);
/* The decided ones as text, a line each: "confirmed phone 12 24 +17025550123". What it reads again is the same; a spoilt line is left out. */
str marks_write(struct arena *a, const struct marks *m);

struct tip_mark {
    id tip, id, author;
    int64_t turn, day;
    str sealed; /* table TABLE_TIP_MARK */
};
status tip_mark_newest(struct db *db, struct arena *a, id tip, struct tip_mark *out) MUST_CHECK; /* NOT_FOUND: nobody decided anything yet */
/* CONFLICT: somebody saved that turn meanwhile. */
status tip_mark_add(struct db *db, const struct tip_mark *m) MUST_CHECK;
/* Adds the keyboxes of all of them, in no order. LIMIT: there is no room for all. */
status tip_mark_list_boxes(struct db *db, id tip, struct tip_boxes *out) MUST_CHECK;
/* Seals the decisions, with the caller as author and the time of now, to the TIP ring of the caller's office: the row of that turn. */
status tip_mark_make(struct request *r, id tip, int64_t turn, const struct marks *m, struct tip_mark *out) MUST_CHECK;
#endif
