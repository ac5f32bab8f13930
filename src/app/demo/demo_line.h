/*
 * Both sides of the line in one process: forms in, pages out, through the same dispatcher, sealing, messages and commits as the served
 * program; only sockets are missing. For the demonstration. The pages live in an invented past (demo_line_at); the keeper lives two
 * days ago, so that whoever signs in next finds no code used up and no budget spent.
 */
#ifndef APP_DEMO_DEMO_LINE_H
#define APP_DEMO_DEMO_LINE_H
#include "app/setup.h"

enum { DEMO_EARLIER = 2 * 86400 }; /* seconds: what is opened on the way counts in the budgets of that day, not of today */
struct services;
struct demo_line {
    struct db *content;
    struct services *services;    /* of the staff side */
    struct chance *stories;       /* seeded: what is told */
    id office;                    /* the house's own */
    int64_t from, to;             /* days: the invented past; to is today */
    id last_tip;                  /* that came by the last demo_line_post */
};
/* On a folder just made. Dies when its own house does not open. from: the first day of the past. */
struct demo_line *demo_line_open(struct arena *process, const struct folder *f, struct chance *stories, int64_t today);
/* Lets go of both databases and sees them on the disk. Until it says true the folder is worthless after a crash: nothing was waited for. */
bool demo_line_close(struct demo_line *l, const struct folder *f) MUST_CHECK;
/* What time it is for the pages, Unix seconds; never later than it is. */
void demo_line_at(int64_t unix_seconds);
int64_t demo_line_now(void);

/* A field of an urlencoded form, behind those that o has; nothing when value is empty. */
void demo_field(struct out *o, const char *name, str value);

/* Posts a form to a public page; the HTTP status. */
int demo_line_post(struct demo_line *l, str path, str form);

struct demo_person {
    id account, office;
    str name, role;
    token token;
    uint8_t form_key[32];
    str cookie;
};
/* Signs a person of the house in, whose passphrase and authenticator the caller knows. */
status demo_sign_in(struct demo_line *l, struct arena *a, str name, str passphrase, const uint8_t otp_secret[20], struct demo_person *out)
    MUST_CHECK;
/*
 * Posts a form as that person does, with the token of the page. False, with a line on stderr: it did not end in a redirect. *to, if
 * asked for, is where it led, until the next call.
 */
bool demo_post(struct demo_line *l, const struct demo_person *who, str path, str form, str *to);
/* The token that a page of that person would bear for this action. In a. */
str demo_token(struct arena *a, const struct demo_person *who, str action);
/* An id of the time that the pages have. */
id demo_id(struct demo_line *l);
#endif
