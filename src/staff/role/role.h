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
    SETTING_READ,
    SETTING_WRITE,
    AUDIT_READ,     /* who did what, never content */
    PERMISSION_END
};

struct role {
    const char *code, *label; /* label is translated */
    enum wall_class class;
    uint8_t powers;
    uint64_t held;            /* bit per permission */
    bool ring_tip, ring_source, ring_audit; /* the office rings a person of this job is put on */
    bool invited;             /* can be given to a new account; the envelope cannot */
    const char *start;        /* first page after sign-in */
};
extern const struct role roles[];
extern const ptrdiff_t role_count;

const struct role *role_find(str code);          /* NULL when unknown */
const char *permission_name(permission p);       /* "TIP_READ"; for the list of routes and the matrix test */
bool role_holds(const struct role *r, permission p);

/* Of who asks: what the keeper wants to see, and what the page may show. */
token caller_token(const struct request *r);
bool caller_may(const struct request *r, permission p);
#endif
