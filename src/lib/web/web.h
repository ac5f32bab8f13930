/*
 * What a page needs: the route table, the dispatcher that checks before any handler runs, forms,
 * responses. Knows no permission by name beyond the first three; features declare theirs.
 */
#ifndef LIB_WEB_WEB_H
#define LIB_WEB_WEB_H
#include "lib/base/base.h"
#include "lib/http/http.h"
#include "lib/store/db.h"
#include "lib/web/language.h"

/* What a caller must hold. Zero is nobody, so a route that forgets to say is shut. */
typedef uint8_t permission;
enum { NOBODY = 0, ANYONE = 1, SIGNED_IN = 2, FIRST_FEATURE_PERMISSION = 3 };
enum { PERMISSIONS = 64 };

enum accepts { NOTHING, FORM, JSON };
enum side { PUBLIC_SIDE, STAFF_SIDE }; /* which address serves the route; on the other it does not exist */

struct caller {              /* who asks; all zero for a stranger */
    bool signed_in;
    bool locked;             /* still signed in, but the keys are shut until the passphrase comes again */
    uint8_t token[32];       /* opens the session in the keeper; never written anywhere */
    id account, office;
    str name, role;          /* shown on the page */
    uint64_t held;           /* bit per permission */
    uint8_t form_key[32];    /* form tokens are made from it */
    bool by_key;             /* a system, by the key it showed: what it asks is under /api/, and it bears no form token */
    bool refused;            /* a key was shown and it is none, or none any more */
    int64_t wait_seconds;    /* with LIMIT: when to come again */
    int64_t alarm_day, root_day; /* when the envelope and when the root key were last used, which every colleague should know of; 0: never */
};

enum { KEPT_FIELDS = 16, KEPT_BYTES = 65536 };

struct services;             /* what features lend each other: keeper, acceptor, settings (app/services.h side) */

struct request {
    const struct http_request *http;
    enum side side;
    enum method method;
    str path;
    id id;                   /* what :id in the route's path stood for */
    str word;                /* what :word stood for: [a-z0-9_.-]{1,64} */
    struct fields query, form;
    struct fields kept;      /* for the page of a 423: the form that came while the keys were shut; mostly empty */
    const struct language *language; /* never NULL */
    struct caller caller;
    struct db *db;           /* content database, with the rights of this role */
    struct services *services;
    struct arena *arena;
    struct chance *chance;
    int64_t now;             /* Unix seconds */
    struct http_place place; /* for handlers that park */
    bool secure;             /* behind TLS: cookies are host-bound and Secure */
};
struct response {
    int status;              /* 0: follows from the handler's status */
    str location;            /* a redirect (303) */
    str type;                /* default text/html; charset=utf-8 */
    struct header headers[16];
    ptrdiff_t header_count;
    struct out body;
    const char *fixed;       /* pre-rendered bytes instead of body */
    ptrdiff_t fixed_len;
};

typedef status handler(struct request *r, struct response *w);
struct route {
    enum side side;
    enum method method;
    const char *path;
    permission needs;
    enum accepts accepts;
    handler *run;
};
struct routes {
    const struct route *at;
    ptrdiff_t len;
};

/* The application as the dispatcher sees it. */
struct web {
    const struct routes *sets; /* every feature's table */
    ptrdiff_t set_count;
    enum side side;
    struct db *db;
    struct services *services;
    struct chance *chance;
    int64_t (*now)(void);
    bool secure;             /* behind TLS: cookies get __Host- and Secure */
    struct language_offer offer; /* all zero: every language there is */
    /* Finds who asks, from the cookie or under /api/ from a key; leaves caller zero for strangers. Set by staff/key. NULL: all are strangers. */
    status (*find_caller)(struct request *r);
    /* Draws the pages for what could not be served, with the look of that side. */
    void (*draw_problem)(struct request *r, int http_status, struct response *w);
};

/*
 * The whole way of one request: caller, method, path, side, permission, body kind, origin and form token,
 * then the handler. What a caller may not see answers exactly like what is not there: 404, also for a method
 * that the path does not have. While the caller's keys are shut, every page that needs a feature's permission
 * is the same 423, whether what it names is there or not. A form of a feature's page that meets shut keys is
 * not lost: if it came from our page with its token, has at most KEPT_FIELDS fields and KEPT_BYTES, draw_problem finds
 * it in r->kept. WAIT when the handler parked; else out is filled and OK comes back.
 *
 * A POST on the staff side must come from our own pages (Sec-Fetch-Site, Origin) and, once signed in, bear the
 * token of its action: the field _token of a form, the header Form-Token beside JSON; else 403. The public side
 * knows no visitor and asks for neither. Refused bodies are 400 (malformed) and 415 (another kind).
 *
 * Under /api/ nobody has a cookie: who shows no key, or one that is none, hears 401 of whatever needs one (on the staff side: of everything,
 * there or not); a method that is not one of the path's own hears 405 with those that are. A key bears no token and comes from no page.
 *
 * A handler's status becomes 200, 404, 409 CONFLICT, 422 INVALID, 429 LIMIT, 503 BUSY, 500 FAULT; LOCKED is 423
 * on the staff side (its page leads to the passphrase) and 503 on the public one. Its own page goes out with OK
 * and, if it drew one, with INVALID, CONFLICT, LOCKED and LIMIT; all else is drawn by draw_problem, or under /api/
 * as problem details (RFC 9457). An arena that runs empty is a 503, with the transaction rolled back.
 */
status web_dispatch(struct web *web, struct http_place place, const struct http_request *in, struct http_response *out);
/* Problem details of an own answer under /api/. field: the member or parameter at fault, or empty. Always OK, for a handler's return. */
status web_problem(struct response *w, int http_status, str detail, str field);
/* The same for an answer that comes later, in an arena of its own. */
void web_problem_json(struct out *o, int http_status, str detail, str field);
/* Security headers every response bears (CSP, nosniff, no-referrer, no-store ...). */
void web_headers(enum side side, bool secure, struct http_response *out);
/* method TAB side TAB path TAB permission number TAB body, sorted: the golden list. */
void web_print_routes(const struct routes *sets, ptrdiff_t n, const char *(*permission_name)(permission), struct out *o);

void redirect(struct response *w, str to);
void set_header(struct response *w, str name, str value);
/* The per-form token of a signed-in caller, bound to session and action (a path; its query does not count). */
str form_token(const struct request *r, str action);

/* The last parameter of that name behind the '?', or empty. */
str query_text(const struct request *r, str name);

/* Each form_ call hands back a clean value or notes a problem; ask form_ok once at the end. */
struct problem {
    str field, message;      /* message translated already */
};
struct problems {
    struct problem *at;
    ptrdiff_t len;
};
struct form {
    const struct request *r;
    struct problems problems;
};
struct form form_read(const struct request *r);
str form_text(struct form *f, str name, ptrdiff_t least, ptrdiff_t most);   /* trimmed; lengths in bytes */
bool form_has(const struct form *f, str name, str value);                   /* a box or radio with that value */
str form_choice(struct form *f, str name, const str *choices, ptrdiff_t n); /* one of them, or empty */
ptrdiff_t form_all(struct form *f, str name, str *to, ptrdiff_t most);      /* every value of that name */
void form_note(struct form *f, str field, str message);
bool form_ok(const struct form *f);
str problem_of(const struct problems *p, str field);                        /* message, or empty */
#endif
