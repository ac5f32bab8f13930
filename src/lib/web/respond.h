/* Between the files of lib/web: how an answer is put together. */
#ifndef LIB_WEB_RESPOND_H
#define LIB_WEB_RESPOND_H
#include "lib/web/html.h"
#include "lib/web/web.h"

void respond_header(struct http_response *out, str name, str value); /* replaces one of that name */
void respond_finish(const struct response *w, struct http_response *out);
/* Replaces whatever w held by the page (or, under /api/, the problem details of RFC 9457) for that status. */
void respond_problem(const struct web *web, struct request *r, int http_status, struct response *w);
void respond_plain(int http_status, struct response *w);
/* Where the request may come from: on the staff side only from its own pages. */
bool origin_fits(const struct web *web, const struct request *r);
bool token_fits(const struct request *r, str token);
#endif
