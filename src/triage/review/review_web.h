#ifndef TRIAGE_REVIEW_REVIEW_WEB_H
#define TRIAGE_REVIEW_REVIEW_WEB_H
#include "staff/page/page.h"

struct shown_fact {
    str label, value;
};
struct facts_list {
    struct shown_fact *at;
    ptrdiff_t len;
};
struct history_row { /* an answer, a note, or an addition of the person who wrote */
    str heading, when, author, text;
    bool from_outside;
};
struct history_rows {
    struct history_row *at;
    ptrdiff_t len;
};
struct str_list {
    str *at;
    ptrdiff_t len;
};
struct review_choice {
    str value, label;
    bool chosen;
};
struct review_choices {
    struct review_choice *at;
    ptrdiff_t len;
};
/* What other features offer for a tip: a link, shown to who holds the permission. The tip's id stands between before and behind. */
struct tip_action {
    permission needs;
    const char *label, *before, *behind; /* label is translated */
};
/* Once, at the start of the process; the list stays the caller's. */
void review_offer(const struct tip_action *actions, ptrdiff_t n);

struct due_row { /* a clock that runs */
    str code, label, due_class, due;
    bool said;                    /* only a person can say that it is done */
    str field, reference, problem; /* the line of its form: its id, what was typed, what is wrong */
};
struct due_rows {
    struct due_row *at;
    ptrdiff_t len;
};
struct shown_action {
    str href, label;
};
struct shown_actions {
    struct shown_action *at;
    ptrdiff_t len;
};
struct said_piece { /* of their words */
    str text, class, kind, href; /* href: to its line in the list below */
    int64_t number;              /* from 1; 0: nothing is named here */
};
struct said_pieces {
    struct said_piece *at;
    ptrdiff_t len;
};
struct named_row {
    str kind, class, text, normal, field, state; /* normal: empty where it is what stands there */
    int64_t number;
    bool first, right, wrong;
};
struct named_rows {
    struct named_row *at;
    ptrdiff_t len;
};
struct review_page {
    struct staff_page page;
    str name, urgency_class, urgency, due_class, due, consent;
    struct facts_list facts;
    struct str_list reasons;   /* why this urgency, in words */
    bool judged;               /* a person has changed the urgency since */
    struct str_list signs;     /* indicators the person ticked */
    str language;
    struct said_pieces said;   /* the narrative */
    struct named_rows names;   /* what it names */
    bool names_full;
    int64_t turn;
    str path_names, token_names;
    bool has_source, source_shown, can_answer, alarm; /* alarm: the mailbox key differs from the sealed one */
    struct facts_list source;
    struct history_rows history;
    str older;                 /* link to what came before, empty at the beginning */
    struct problems problems;
    str answer, note, answer_problem, note_problem;
    str path_source, path_answer, path_note, token_source, token_answer, token_note;
    str done;
    str told;           /* somebody else has this, or empty */
    bool closed, is_mine, may_assign, may_judge;
    str disposition, assignee; /* what became of it; who works on it, empty: nobody */
    struct review_choices colleagues, levels, close_codes;
    str close_reason, urgency_reason, reopen_reason;
    str who_problem, level_problem, urgency_reason_problem, code_problem, close_reason_problem, reopen_reason_problem;
    str path_assign, path_urgency, path_dispose, path_reopen, token_assign, token_urgency, token_dispose, token_reopen;
    str hold, path_hold;       /* words about holds and the end, or empty; empty: not this person's to do */
    str path_route;            /* empty: not this person's to do */
    struct shown_actions actions;
    bool may_note;
    struct due_rows due_list;
    struct str_list duties;    /* labels of those that only a person can end: closing the tip does not */
    str path_clock, token_clock;
};
extern const struct routes review_routes;
#endif
