/* Between the files of the page of tips that are alike. */
#ifndef TRIAGE_MATCH_MATCH_PAGE_H
#define TRIAGE_MATCH_MATCH_PAGE_H
#include "lib/web/web.h"
#include "triage/act/act.h"
#include "triage/match/match_file.h"
#include "triage/told/told.h"

enum { MATCH_DECISIONS = 1024, MATCH_ADDITIONS = 5, MATCH_COPIES_SHOWN = MATCH_COPIES_MOST };

/* The rows of some tips that are opened by one message. */
struct match_opening {
    struct sealed_row rows[SEALED_ROWS_MOST];
    struct sealed_fields fields[SEALED_ROWS_MOST];
    ptrdiff_t len;
    id ring;
};
status match_opening_begin(struct request *r, struct match_opening *o) MUST_CHECK; /* rings of the caller's office; NOT_FOUND: it has none */
void match_opening_add(struct match_opening *o, id row, uint16_t table, str sealed, bool needed); /* at most SEALED_ROWS_MOST */

struct seen_tip {
    struct tip_row row;
    struct tip tip;
    struct match_facts facts;
    bool open;              /* the caller's keys open it */
};
struct match_decision {
    id other, author;
    str verdict;            /* same, different, later, undone */
    int64_t at, turn;       /* the highest turn counts */
    bool proposed;          /* by the engine, and then by this weight and these kinds of facts */
    int64_t weight, same;   /* as of match_found */
};
struct match_seen {
    struct seen_tip own, other;
    str told;               /* somebody else has this, in words; else empty */
    status engine;          /* OK; LOCKED: it waits for a supervisor; else it cannot now */
    struct match_answer answer;
    struct match_decision decisions[MATCH_DECISIONS]; /* the last on each other tip; undone ones are left out */
    ptrdiff_t decision_count;
    struct match_found proposed[MATCH_KIN_MOST];      /* undecided, at this office */
    ptrdiff_t proposed_count, at;                     /* at: which of them is shown; other is it */
    struct match_case why;
    struct seen_copy {
        struct seen_tip tip;
        unsigned flags;     /* enum match_flag: why a person is to read it */
    } copies[MATCH_COPIES_SHOWN];
    ptrdiff_t copy_count;
    uint32_t skipped;       /* copies on the pages before */
    struct match_named files[MATCH_NAMED_SHOWN];      /* cases of the reader's own that name the same, without those that the tip is on */
    ptrdiff_t file_count;
};
/*
 * The tip of r->id, what the engine knows of its like, and the proposal that ?at= names. NOT_FOUND: not at the caller's office, or not
 * theirs to read.
 */
status match_load(struct request *r, enum purpose why, struct match_seen *seen) MUST_CHECK;
/* The first part of it: the tip of r->id alone. */
status match_load_own(struct request *r, enum purpose why, str country, struct seen_tip *own) MUST_CHECK;
/* Tips of the caller's office, n of any number; those that are not there, or went meanwhile, have no id in their row. */
status match_load_tips(struct request *r, enum purpose why, str country, const id *tips, struct seen_tip **to, ptrdiff_t n) MUST_CHECK;
/* What an act of the kind link says. False: it did not open, or says nothing. */
bool match_decision_read(const struct tip_act *act, const struct sealed_fields *fields, struct match_decision *out);
handler match_group_show;
/* What becomes of the copies: those of this page that may be closed unread; what was wrong with the form, or NULL. */
struct match_closing {
    const struct form *form;
    str code, reason;
};
/* The turn of the next decision on the tip of r->id and that one, which the caller has the keys of. */
status match_next_turn(struct request *r, id other, int64_t *turn) MUST_CHECK;
status match_draw(struct request *r, struct response *w, const struct match_seen *seen, const struct match_closing *closing) MUST_CHECK;
/* May be closed with the others: open, readable, and without a flag. */
bool match_closable(const struct seen_copy *c);
/* Codes of case_close_reasons.csv for what repeats another tip. */
bool match_close_code(const struct request *r, str code);
/* Whether a verdict is one: same, different, later, undone. */
bool match_verdict(str verdict);
#endif
