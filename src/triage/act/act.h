/*
 * What staff do with a tip: assign it, close it, open it again, change its urgency, send it to another office, say that a duty on it
 * is done. Each is one row of the
 * tip's history, append-only; in clear stands what the queue needs, and the words are sealed to the office's TIP ring.
 */
#ifndef TRIAGE_ACT_ACT_H
#define TRIAGE_ACT_ACT_H
#include "intake/tip/tip.h"
#include "lib/web/web.h"
#include "staff/sealed/sealed.h"

/* Tags of the sealed fields. Never reused. All are text but TIP_ACT_AT (8 bytes). */
enum tip_act_tag {
    TIP_ACT_REASON = 1, TIP_ACT_AT, TIP_ACT_TO, TIP_ACT_FROM, /* to and from: a code, a level, the name of an account or of an office, a clock */
    TIP_ACT_SUGGESTED, TIP_ACT_BECAUSE, TIP_ACT_DISPUTED,     /* of a route: the office by place, the area's name, yes */
    TIP_ACT_OTHER, TIP_ACT_VERDICT, TIP_ACT_MODEL,            /* of a link: the other tip (16 bytes), what was decided, on what grounds (match.h) */
    TIP_ACT_TURN,                                             /* the how manieth decision on these two it is: two may fall into one second */
    TIP_ACT_WEIGHT, TIP_ACT_SAME                              /* of a link that was proposed: by which weight (1/256 bit), and what both named (bits, match.h) */
};
enum { TIP_ACT_REASON_MOST = 2000, TIP_ACT_FIELDS = TIP_ACT_SAME, TIP_CHANGES_MOST = 50 };

struct tip_act {
    id tip, id, author;
    str kind;   /* assign, dispose, reopen, urgency, route, clock, link */
    str sealed; /* table TABLE_TIP_ACT */
    int64_t day;
};
struct tip_acts {
    struct tip_act *at;
    ptrdiff_t len;
};
status tip_act_add(struct db *db, const struct tip_act *act) MUST_CHECK;
/* Newest day first, at most limit after the first skip. Inside a day only the sealed time tells the order. */
status tip_act_list(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_acts *out) MUST_CHECK;
/* Those of the kind link alone, in the same order. */
status tip_act_links(struct db *db, struct arena *a, id tip, int64_t skip, int64_t limit, struct tip_acts *out) MUST_CHECK;
/* The newest of that kind on the tips of an office, newest day first: at most limit, and none beyond the newest TIP_LINKS_AMONG of the house. kind is not set. */
enum { TIP_LINKS_AMONG = 4096 };
status tip_act_decided(struct db *db, struct arena *a, id office, int64_t limit, struct tip_acts *out) MUST_CHECK;
/* Adds the keyboxes of all of them, in no order. LIMIT: there is no room for all. */
status tip_act_list_boxes(struct db *db, id tip, struct tip_boxes *out) MUST_CHECK;
/* Seals fields, with the caller as author and the time of now, to the TIP ring of that office. */
status tip_act_make(struct request *r, id office, id tip, str kind, const struct sealed_field *fields, ptrdiff_t n, struct tip_act *out) MUST_CHECK;

/* The rows of one tip or of several, opened for the caller: the row's own key, or the one shared with the caller's office. */
struct tip_opened {
    struct tip_row row;
    bool opened;
};
/*
 * Finds and opens tips of the caller's office, at most SEALED_ROWS_MOST; rows[i].opened is false for what is not there or not
 * readable, which are one and the same. The words are let go at once: this only asks whether the caller has the key.
 */
status tips_reach(struct request *r, const id *tips, ptrdiff_t n, struct tip_opened *rows) MUST_CHECK;

enum tip_change_kind { TIP_ASSIGN_TO, TIP_CLOSE, TIP_REOPEN, TIP_JUDGE };
struct tip_change {
    enum tip_change_kind kind;
    str reason;       /* sealed */
    id assignee;      /* TIP_ASSIGN_TO: zero is nobody */
    str assignee_name;
    str code;         /* TIP_CLOSE: of case_close_reasons.csv */
    int priority;     /* TIP_JUDGE */
};
/*
 * The same change to every opened row, with its acts and clocks: one record, one transaction. A row that stands so already, or is
 * no longer at the office, is left out of *done. Closing stops what waits for action; opening again and another urgency start the
 * clocks of the level and stop those of other levels.
 */
status tips_change(struct request *r, const struct tip_change *c, const struct tip_opened *rows, ptrdiff_t n, ptrdiff_t *done) MUST_CHECK;

/*
 * Clocks of a tip that only a person's word ends, as a report to child protection: no act of these pages is the event they wait for,
 * and closing the tip leaves them running. True also for a clock the pack does not know any more: nothing else could end it.
 */
bool tip_clock_said(const struct request *r, str code);

/* May this account be given tips of that office: active, there, and in a job that reads them. */
struct account;
bool tip_may_work(const struct account *a, id office);
struct accounts;
/* Them, by name, TIP_COLLEAGUES_MOST at most. */
enum { TIP_COLLEAGUES_MOST = 200 };
status tip_colleagues(struct request *r, struct accounts *out) MUST_CHECK;
/* What may become of a tip, in the order of the pack, in the reader's language. */
struct tip_reason {
    str code, words;
};
struct tip_reasons {
    struct tip_reason *at;
    ptrdiff_t len;
};
struct tip_reasons tip_close_reasons(const struct request *r);
/* The close reason of that code if tips may have it; NULL: none. */
const struct pack_row *tip_close_reason(const struct request *r, str code);
#endif
