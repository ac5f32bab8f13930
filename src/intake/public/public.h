/* The frame of every public page, and what the features that draw in it share. */
#ifndef INTAKE_PUBLIC_PUBLIC_H
#define INTAKE_PUBLIC_PUBLIC_H
#include "intake/post/post.h"
#include "lib/web/web.h"

struct page_language {
    str href, code, name;
    bool current;
};
struct page_languages {
    struct page_language *at;
    ptrdiff_t len;
};
struct public_page {
    str title;                      /* translated; neutral, since it stays in a history */
    bool problem;                   /* the title begins "Problem:" */
    str code, direction, language;  /* "en", "ltr", "English" */
    struct page_languages languages;
    str home, report, help, figures; /* with the language in it */
    str leave;                      /* the neutral site */
    str emergency, emergency_link, emergency_text; /* "911", "tel:911", "911"; empty until confirmed */
    str line, line_link;            /* our own number */
    bool calls, demo;
};
/* title: English source text, translated here. path: where the language menu leads ("/tip"). */
struct public_page public_page(struct request *r, const char *title, str path);
/* A path of ours that keeps the language: "/tip?lang=es". */
str public_path(struct arena *a, const struct language *language, str path);
/* Spaces after the page up to the next of few sizes, so that who watches the line learns no length. */
void public_pad(struct out *o);
/* The mandatory words: who runs the line, police or not, what is shared. Empty while the house has not said. */
str public_who(struct request *r);

/* A page of two sentences with a status of its own; emergency advice stands above it as on every page. */
void public_closed(struct request *r, struct response *w, int http_status, const char *heading, const char *message);
/* For struct web: what could not be served, with the look of the public side. */
void public_draw_problem(struct request *r, int http_status, struct response *w);
/* 128 random bits as 32 hex digits: the key a form carries. */
str public_fresh_key(struct request *r);
/* The office whose ring seals what the public sends. */
id public_office(const struct request *r);
/* What was typed in the field of that name, as it was: for showing it again. */
str public_typed(const struct request *r, str name);

/* --- answers that come later -------------------------------------------------------------------- */

/* What a parked request keeps for its page: language, settings, time. */
struct parked public_parked(const struct request *r);
/* A request as far as a page needs one, when the verdict is there. */
struct request public_later(const struct parked *p, struct arena *a);
/* "We cannot say whether it arrived": 503, for a verdict that is neither yes nor no. */
void public_unsure(struct request *r, struct http_response *w);
/* Type, where none was set, and the headers every response bears. */
void public_finish(const struct parked *p, struct http_response *w);
#endif
