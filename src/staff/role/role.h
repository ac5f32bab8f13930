/*
 * Jobs and what each may do: the only list of permissions and of roles. A role maps to a wall class
 * and powers (docs/keys.md 1.2); the permission shuts the page, the missing key shuts the content.
 */
#ifndef STAFF_ROLE_ROLE_H
#define STAFF_ROLE_ROLE_H
#include "lib/web/web.h"
#include "vault/keeper.h"

enum {
    QUEUE_READ = FIRST_FEATURE_PERMISSION, /* the list of tips: codes, no content */
    TIP_READ,                              /* open a tip's words */
    SOURCE_READ,                           /* open who told us */
    TIP_REPLY,
    TIP_NOTE,
    TIP_ACKNOWLEDGE, /* opening an urgent tip counts as the supervisor's acknowledgement of its alert */
    PEOPLE_READ,    /* who works here, in which job */
    PEOPLE_INVITE,  /* make an account and hand over its code */
    PEOPLE_CERTIFY, /* vouch for a person after comparing the fingerprint */
    PEOPLE_ADMIT,   /* put a person on the office's rings */
    PEOPLE_DEPART,  /* end an account in one action */
    SHEET_READ,     /* the week of one's own people in counts */
    SETTING_READ,
    SETTING_WRITE,
    AUDIT_READ,     /* who did what, never content */
    HOLD_SET,       /* legal holds on tips and cases one reads */
    CARE_HOLD,      /* the same on files of care */
    CARE_RESEAL,    /* say that a file of care may be compromised: new keys for all of it */
    TIP_ROUTE,      /* send a tip to the office whose area it is */
    TIP_ASSIGN,     /* say who works on it */
    TIP_DISPOSE,    /* say what became of it */
    CASE_READ,      /* one's own cases; the key says which */
    CASE_OPEN,
    CASE_WRITE,     /* entries of casework */
    CASE_GRANT,     /* put a colleague on a case */
    CASE_RESEAL,    /* say that a case may be compromised: new keys for all of it */
    EVIDENCE_WRITE,
    PACKET_READ,    /* what a colleague of victim assistance sealed to oneself */
    VICTIM_READ,    /* one's own caseload */
    VICTIM_OPEN,
    VICTIM_WRITE,
    LOCATION_READ,  /* where a person is safe, one row at a time, with a reason */
    LOCATION_WRITE,
    RELIEF_WRITE,
    DIRECTORY_READ, /* offices and who is on duty */
    DIRECTORY_WRITE,
    ROSTER_WRITE,
    FIGURE_READ,    /* measures: counts, never persons */
    FIGURE_PUBLISH,
    DECONFLICT,     /* what tips of two walls have in common, by pointers: never a tip, never a case */
    KEY_MAKE,       /* keys of the API: make and end them */
    API_TIPS,       /* what is handed in bears the name of the key; these five are held by keys alone, never by somebody who signed in */
    API_CALLS,
    API_CASES,
    API_FIGURES,
    API_DIRECTORY,
    PERMISSION_END
};

struct role {
    const char *code, *label; /* label is translated */
    enum wall_class class;
    uint8_t powers;
    uint64_t held;            /* bit per permission */
    uint32_t rings;           /* a bit a compartment (1u << TIP): the office's rings a person of this job is put on; AUDIT and SHARED: those of the installation */
    bool invited;             /* can be given to a new account; the envelope cannot */
    bool node;                /* no person: a machine that serves the house (docs/keys.md 4.5); vouched for and ended as people are */
    const char *start;        /* first page after sign-in */
};
extern const struct role roles[];
extern const ptrdiff_t role_count;

const struct role *role_find(str code);          /* NULL when unknown */
const char *permission_name(permission p);       /* "TIP_READ"; for the list of routes and the matrix test */
bool role_holds(const struct role *r, permission p);
/* May somebody of this job be put on a case? By the permission and by the wall; a partner's system too. */
bool role_reads_cases(const struct role *r);
bool role_on_ring(const struct role *r, enum compartment c);

/* Of who asks: what the keeper wants to see, and what the page may show. */
token caller_token(const struct request *r);
bool caller_may(const struct request *r, permission p);
#endif
