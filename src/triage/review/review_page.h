/* Between the files of the tip's page. */
#ifndef TRIAGE_REVIEW_REVIEW_PAGE_H
#define TRIAGE_REVIEW_REVIEW_PAGE_H
#include "intake/mailbox/mailbox.h"
#include "intake/tip/tip.h"
#include "lib/web/web.h"
#include "triage/act/act.h"
#include "triage/mark/mark.h"
#include "triage/review/review.h"
#include "triage/review/review_web.h"
#include "triage/told/told.h"
#include "vault/keeper.h"

enum { ADDITIONS = 20, ENTRIES = 24, ACTS = 18 }; /* with the tip and what was decided of its names: one opening of at most 64 rows */

/* Everything of one tip, opened: what the page is drawn from. */
struct opened_tip {
    struct tip_row row;
    struct tip tip;
    struct source source;
    bool source_open;
    struct mailbox mailbox;
    bool mailbox_there, mailbox_good;
    struct tip_additions additions;
    struct tip_entries entries;
    struct tip_acts acts;
    struct tip_mark mark; /* the newest; turn 0: nobody decided anything yet */
    struct sealed_fields mark_fields;
    struct sealed_fields *addition_fields, *entry_fields, *act_fields;
    str told;  /* somebody else has this, in words; else empty */
    int64_t page; /* of the history: 0 is the newest */
};
/*
 * The tip of r->id, if it is at the caller's office and the caller has its key, with a page of its history. with_source: who told
 * us too, by a message of its own. NOT_FOUND: none of that.
 */
status review_load(struct request *r, enum purpose why, bool with_source, struct opened_tip *o) MUST_CHECK;

/* A form that was not right: what was typed comes back. */
struct review_typed {
    const struct form *form;
    str answer, note, code, close_reason, urgency_reason, reopen_reason;
    str clock, reference; /* what was said to be done, and to whom it was reported */
    int64_t priority; /* the level that was chosen; -1: none */
    const struct marks *marks; /* what was said of the names; NULL: nothing */
    int64_t turn;              /* of the decisions that were looked at */
};
/* typed NULL: nothing was. Otherwise INVALID comes back when the page is drawn. */
status review_draw(struct request *r, struct response *w, const struct opened_tip *o, const struct review_typed *typed) MUST_CHECK;
/* The whole page again with what was typed, to be mended: INVALID when it is drawn. */
status review_again(struct request *r, struct response *w, const struct review_typed *typed) MUST_CHECK;
/* The panel of what is due on the tip of r->id, and its forms. */
status review_add_due(struct request *r, const struct review_typed *typed, struct review_page *p) MUST_CHECK;
/* Inside a transaction. NOT_FOUND: the tip went to another office meanwhile, where nobody could read what is sealed to this one. */
status review_still_here(struct request *r) MUST_CHECK;
/* What the tip names, with what people decided. */
struct marks review_marks(const struct request *r, const struct opened_tip *o);
void review_add_marks(const struct request *r, const struct opened_tip *o, const struct review_typed *typed, struct review_page *p);
str review_mark_heading(const struct request *r, const struct opened_tip *o); /* of the history */
handler review_mark; /* POST /tips/:id/names */
handler review_say_done; /* POST /tips/:id/clock */
handler review_hold; /* /tips/:id/hold */
str review_path(const struct request *r, const char *act); /* /tips/ID and act behind it */
#endif
