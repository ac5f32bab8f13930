/* A desk of the line, for tests of triage: the house of the access matrix, its first tip, and who is asked as a browser asks. All invented. */
#ifndef TESTS_DESK_H
#define TESTS_DESK_H
#include "matrix.h"

struct desk {
    struct matrix *m;
    const struct matrix_caller *taker, *elsewhere, *removed; /* call takers: of this office, of the other, taken off the rings */
    const struct matrix_caller *here, *there;                /* supervisors of both offices */
    struct arena a;
    char page[80];                                           /* "/tips/ID" of the first tip of this office */
};
static struct desk desk;

static inline int open_desk(void **state)
{
    desk.m = matrix_make();
    desk.taker = matrix_find(desk.m, "call_taker", MEMBER);
    desk.elsewhere = matrix_find(desk.m, "call_taker", ELSEWHERE);
    desk.removed = matrix_find(desk.m, "call_taker", REMOVED);
    desk.here = matrix_find(desk.m, "supervisor", MEMBER);
    desk.there = matrix_find(desk.m, "supervisor", ELSEWHERE);
    desk.a = arena_reserve(64 << 20);
    str tip = id_text(&desk.a, desk.m->tip[0]);
    snprintf(desk.page, sizeof desk.page, "/tips/%.*s", (int)tip.len, tip.at);
    *state = &desk;
    return 0;
}

static inline int close_desk(void **state)
{
    (void)state;
    matrix_end(desk.m);
    return 0;
}

static inline str ask(const struct matrix_caller *who, enum method method, const char *path, const char *body)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = method, .path = str_of(path),
                                .type = lit("application/x-www-form-urlencoded"), .body = str_of(body), .caller = who };
    return matrix_ask(desk.m, &desk.a, &q);
}

/* A path under the page of the tip. */
static inline const char *under(const char *end)
{
    return str_c(&desk.a, str_join(&desk.a, str_of(desk.page), str_of(end)));
}

static inline str act(const struct matrix_caller *who, const char *end, const char *body)
{
    return ask(who, POST, under(end), body);
}

static inline bool says(str page, const char *words)
{
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

static inline int64_t count(const char *sql)
{
    return app_count(desk.m->app, sql);
}
#endif
