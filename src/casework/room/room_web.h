/* Views of the pages of cases, for their templates. */
#ifndef CASEWORK_ROOM_ROOM_WEB_H
#define CASEWORK_ROOM_ROOM_WEB_H
#include "lib/web/api.h"
#include "casework/timeline/timeline.h"
#include "common/entry/entry.h"
#include "staff/page/page.h"

struct case_row {
    str href, name, title;
    str status_class, status;
    str next, due_class, due;    /* the next thing to do and until when; empty without a clock */
    str day;
};
struct case_rows {
    struct case_row *at;
    ptrdiff_t len;
};
struct cases_page {
    struct staff_page page;
    struct case_rows rows;
    struct choices states;
    str older;
    bool filtered, may_open;
    bool may_filter;             /* there is something to filter, or a filter that hides it */
};

struct case_new_page {
    struct staff_page page;
    str root, made, tip, tip_name; /* the case's id, chosen with the page; its proof; the tip, or empty */
    bool closes; /* the tip, with the opening */
    str title, title_problem, summary, summary_problem, into_problem, token;
    struct choices own;            /* open cases of one's own that the tip may go to instead */
    struct problems problems;
};

struct case_entry_row {
    str anchor, kind, when, author, number;
    str later, reason, correct;  /* who took its place and when; why it takes another's; link */
    struct entry_facts facts;
    bool gone, key, withdrawn, uncounted;
};
struct case_entry_rows {
    struct case_entry_row *at;
    ptrdiff_t len;
};
struct case_subject_row {
    str number, name, about, href;
};
struct case_subject_rows {
    struct case_subject_row *at;
    ptrdiff_t len;
};
struct case_person_row {
    str account, name, role, since;
    bool lead, removable;
};
struct case_person_rows {
    struct case_person_row *at;
    ptrdiff_t len;
};
struct case_tip_word {
    str heading, text;
};
struct case_tip_words {
    struct case_tip_word *at;
    ptrdiff_t len;
};
struct case_tip_row {
    str href, name, text, day;   /* href empty: not a tip the caller may read by itself */
    str tip;                     /* its id */
    struct case_tip_words words; /* what was added, and what staff wrote */
    str told;                    /* somebody else has this, or empty */
    bool cut, newer;             /* not all is shown; something came since it was put on the case */
};
struct case_tip_rows {
    struct case_tip_row *at;
    ptrdiff_t len;
};
struct case_clock_row {
    str code, label, due_class, due;
};
struct case_clock_rows {
    struct case_clock_row *at;
    ptrdiff_t len;
};
struct case_count_row {
    str label;
    int64_t n;
};
struct case_count_rows {
    struct case_count_row *at;
    ptrdiff_t len;
};
struct case_page {
    struct staff_page page;
    str name, title, summary, status, status_class, meta, done;
    struct problems problems;
    struct choices kinds;
    struct case_entry_rows rows;
    str older;
    bool limited, may_write, may_grant, may_open;
    struct case_subject_rows subjects;
    struct case_person_rows people;
    struct choices colleagues, offices, joint;
    struct case_tip_rows tips;
    struct case_clock_rows clocks;
    struct case_count_rows counts;
    str person_problem, office_problem;
    str path, path_add, path_subject, path_csv, path_json, path_alike;
    str path_reseal, path_hold; /* empty: not for the caller */
    str told;                   /* somebody else has this, or empty */
    bool tip_told;              /* the same stands beside one of the tips */
    str hold;                   /* words about holds and the end, or empty */
    str path_people, token_people, path_offices, token_offices, path_clock, token_clock, root, token_new;
};
struct person_cases_page {
    struct staff_page page;
    str name, former, action, token, person, problem;
    bool can, chosen, done;               /* can: the job may read cases; chosen: former is an account that has ended */
    struct choices formers, cases;
};
extern const struct routes room_routes;

handler room_list, room_new, room_open, room_add_person, room_add_office, room_stop_clock, room_reseal, room_hold, room_former, room_former_give;
/* On every ring of the case that the wall lets the person hold, and on the list. NOT_FOUND: the keeper refused. */
struct account;
status room_put_on(struct request *r, id root, const struct account *who);
/* The case's page. f: what was refused, or NULL. The case opens for why, or NOT_FOUND. */
status room_draw(struct request *r, struct response *w, enum purpose why, const struct form *f);
/*
 * Cases for a partner's system, by its key: those it was put on, as anybody who is put on one, and no other. What it reads is opened by
 * the keeper for its own principal, stands in the log, and counts against its own budget.
 */
extern const struct routes case_api_routes;
extern const struct api_operations case_operations;
#endif
