#ifndef STAFF_PEOPLE_PEOPLE_WEB_H
#define STAFF_PEOPLE_PEOPLE_WEB_H
#include "staff/account/account.h"
#include "staff/page/page.h"

struct person_row {
    str name, role, state, since, href;
    bool left;
};
struct person_rows {
    struct person_row *at;
    ptrdiff_t len;
};
struct role_choice {
    str value, label;
    bool chosen;
};
struct role_choices {
    struct role_choice *at;
    ptrdiff_t len;
};
struct people_page {
    struct staff_page page;
    struct person_rows rows;
    bool may_invite;
    str next;              /* link to the next page, empty on the last */
    struct role_choices roles;  /* for the form of a new account */
    struct problems problems;
    struct role_choices offices; /* to choose from when the house has several */
    str name, name_problem, role_problem, office_problem, token;
};
struct invited_page {
    struct staff_page page;
    str name, role, code, href;
};
struct person_page {
    struct staff_page page;
    struct person_row person;
    bool pending, active, myself, node;
    bool may_certify, may_admit, may_depart;
    str certify, certify_token, admit, admit_token, depart, depart_token; /* action and token of each form */
    str fingerprint_problem, done;                                        /* done: what was just done, in words */
    str ends;             /* the last day of the certificate; empty: not for the caller to know */
    bool may_renew, renewed_by_me, second; /* second: somebody has renewed it, and one more must */
    str cases;            /* where they get the keys of cases that a former account was on; empty: not by the caller */
    bool keys_gone;       /* the keeper has ended it already: the departure was not finished here */
    str renew, renew_token, renew_problem;
};
/* For the first page of an administrator and of a supervisor. */
next_finder people_next_invited, people_next_pending, people_next_ending, people_next_alone;
extern const struct routes people_routes;
#endif
