/*
 * "This may be compromised": a case or a file of care gets new keys, what it holds is boxed to them piece by piece, then two people destroy
 * the old keys (ADR 22, 29). What is where stands in common/reseal; the work is that of a person who holds the keys, in pieces that are
 * whole, so that it may be interrupted anywhere and gone on with.
 *
 * The pages belong to the record: each feature lends its entrance (who may open it) and says what its keys are; here is the rest.
 */
#ifndef STAFF_RESEAL_RESEAL_H
#define STAFF_RESEAL_RESEAL_H
#include "staff/page/page.h"
#include "vault/keeper.h"

enum { RESEAL_RINGS_MOST = 4 };
/* What gets new keys, as who lends the page knows it. */
struct reseal_subject {
    id root;                  /* a scope of kind SCOPE_CASE */
    bool file;                /* of care; otherwise a case: the words differ */
    enum compartment rings[RESEAL_RINGS_MOST]; /* of its scope, those that may be there; zero: no more */
    str back, path;           /* of the record's page; of this one */
    str name, title;          /* short id, or empty; as the reader knows it */
    int64_t packets;          /* that officers can read: their keys are their own, and stay */
};

struct reseal_page {
    struct staff_page page;
    str back, path, token, name, title;
    bool file, under_way, stuck; /* stuck: the caller can open nothing of what is left */
    int64_t left, packets;    /* left: rows boxed to old keys */
    str since, author, done;  /* done: the day the old keys were destroyed, or empty */
    struct problems problems;
    str reason_problem, name_problem;
};
/* The page, and what its forms do (POST). Called after the record was opened for the caller. */
status reseal_serve(struct request *r, struct response *w, const struct reseal_subject *s) MUST_CHECK;
#endif
