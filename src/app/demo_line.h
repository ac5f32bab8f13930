/*
 * The whole public side in one process: form in, receipt out, through the same dispatcher, sealing,
 * messages and commits as the served program; only sockets are missing. For the demonstration.
 */
#ifndef APP_DEMO_LINE_H
#define APP_DEMO_LINE_H
#include "app/setup.h"

struct demo_line;
/* On a folder just made. Dies when its own house does not open. */
struct demo_line *demo_line_open(struct arena *process, const struct folder *f, struct db *content, int64_t (*now)(void));
/* Posts an urlencoded form to a public page; the HTTP status. The page is in *body until the next call. */
int demo_line_post(struct demo_line *l, str path, str form, str *body);
/* The newest tips of the office get an answer and a note, sealed as staff would. */
status demo_line_answer(struct demo_line *l, id tip, id author, bool spanish);
#endif
