#ifndef STAFF_SESSION_SESSION_WEB_H
#define STAFF_SESSION_SESSION_WEB_H
#include "staff/page/page.h"
#include "staff/session/session.h"

struct sign_in_page {
    struct staff_page page;
    bool again;      /* signed in, keys shut */
    str name;
    str failure;     /* translated; empty on the first showing */
    str token;       /* empty for a stranger, who needs none */
    struct kept kept;
};
/* The keys are open again: what was on its way, with a fresh token of its path. */
struct handed_back_page {
    struct staff_page page;
    struct kept kept;
    str token;
};
struct enrol_page {
    struct staff_page page;
    struct problems problems;
    str name, code, token;
    str name_problem, code_problem, pass_problem;
};
struct enrolled_page {
    struct staff_page page;
    str name, secret, link, recovery, fingerprint;
    str qr;          /* path data of the QR picture of link */
    int64_t qr_size; /* modules a side, quiet zone included */
};
/* After the sign-in of whoever certifies: search and look-alikes open, or the engine's certificate is signed anew. False: they go on waiting. */
bool session_open_engine(struct request *r, const struct signed_in *in);
next_finder session_next_engine; /* that they wait, for whoever searches */
#endif
