/*
 * Sessions: the cookie holds the keeper's token; the row here holds its hash, the account and the
 * end. Idle for 30 minutes, a restarted keeper and another node all give one state, locked: still
 * signed in, but reading asks for the passphrase (docs/keys.md 4.2).
 */
#ifndef STAFF_SESSION_SESSION_H
#define STAFF_SESSION_SESSION_H
#include "staff/account/account.h"
#include "staff/role/role.h"

enum { SESSION_HARD_SECONDS = 12 * 3600 };

/* The row's id: H(token, "session id", "")[0:16]. */
id session_id(token t);

/* Fills r->caller from the cookie; a stranger stays all zero. For struct web. */
status session_find_caller(struct request *r);
/* Fills r->caller from a session opened a moment ago, so that a page can be drawn for it before its cookie comes back. */
status session_become(struct request *r, token fresh) MUST_CHECK;

/* Records a fresh session, ends the one it replaces and the oldest beyond three of the person. */
status session_open(struct db *db, token t, token old, id account, int64_t now) MUST_CHECK;
status session_close(struct db *db, token t) MUST_CHECK;
struct session_row {
    id account;
    int64_t hard_at;
};
status session_find(struct db *db, token t, struct session_row *out) MUST_CHECK;

/* Cookies of the staff side: HttpOnly, SameSite=Strict, host-bound and Secure behind TLS. */
void session_set_cookie(struct request *r, struct response *w, token t);
void session_clear_cookie(struct request *r, struct response *w);
/* The device cookie pairs a browser with a name, so that strangers' failures do not lock it out. */
void session_set_device(struct request *r, struct response *w, const uint8_t device[32]);
void session_device(const struct request *r, uint8_t device[32]); /* zero when there is none */

/*
 * A second person, who sits beside the caller and agrees to one act: signed in by name, passphrase (or the envelope's code)
 * and six digits, without a cookie. The token is the caller's to use once, to give to keeper_end and to wipe.
 */
status session_of_second(struct request *r, str name, str typed, uint32_t code, token *out) MUST_CHECK;

extern const struct routes session_routes;
#endif
