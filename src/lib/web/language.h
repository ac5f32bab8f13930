/* Languages: catalogues compiled from po/ by tools/pogen, chosen per request. English is the source text. */
#ifndef LIB_WEB_LANGUAGE_H
#define LIB_WEB_LANGUAGE_H
#include "lib/base/base.h"

struct message {
    const char *source;
    str forms[4]; /* plural forms; [0] alone when there is no plural */
};
struct language {
    const char *code;      /* "en", "es"; the pseudo-language is "qps" (right to left, for tests) */
    const char *name;      /* in itself: "Español" */
    bool right_to_left;
    bool offered;          /* shown in the menu; the pseudo-language is not */
    int (*plural)(int64_t n);
    const struct message *messages; /* sorted by source */
    ptrdiff_t message_count;
};
extern const struct language *const languages[]; /* English first; NULL ends */

const struct language *language_find(str code);                 /* NULL when unknown */
/* What a side offers: of what is compiled, the languages a house chose. The first is for who asks for none of them. */
enum { LANGUAGES_OFFERED = 32 };
struct language_offer {
    const struct language *at[LANGUAGES_OFFERED];
    int len; /* 0: all that are compiled, English first */
};
/* codes: ';' between them, those we have are offered; empty: all we have. otherwise: the first, and always offered. Unknown: English. */
struct language_offer language_offer(str codes, str otherwise);
bool language_offered(const struct language_offer *o, const struct language *l);
/* ?lang= wins, then Accept-Language (RFC 9110 12.5.4), then the first of the offer. The pseudo-language is for ?lang= alone. */
const struct language *language_choose(const struct language_offer *o, str query_code, str accept_language);
str tr(const struct language *in, const char *source); /* the source itself where there is no translation */
str tr_n(const struct language *in, int64_t n, const char *one, const char *many); /* %1 stays for the caller */
/* A translated message with %1 to %9 replaced by what stands there; a hole without a filling stays as it is. In a. */
str tr_fill(struct arena *a, str message, const str *with, ptrdiff_t n);
/* Marks a message in a table of constants, for the check of catalogues; tr() it where it is shown. */
#define N_(message) message
#endif
