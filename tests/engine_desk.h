/* A desk (desk.h) whose house has an engine of its own, on a channel, with what it knows of tips. All invented. */
#ifndef TESTS_ENGINE_DESK_H
#define TESTS_ENGINE_DESK_H
#include "desk.h"
#include "casework/alike/alike_engine.h"
#include "triage/match/match_engine.h"
#include "triage/search/search_engine.h"
#include <pthread.h>
#include <unistd.h>

static struct {
    struct match_service tips;
    struct engine_service service;
    struct engine_rule rules[8];
    struct engine_keys keys;
    struct arena steps;
    int fds[2];
    pthread_t thread;
} engine;

/* The engine's side of the channel. The page that asks waits meanwhile, so the house is one thread's at a time. */
static inline void *serve(void *context)
{
    static uint8_t in[ENGINE_MESSAGE_MAX], out[ENGINE_MESSAGE_MAX];
    ptrdiff_t n, answered;
    (void)context;
    for (;;) {
        status got = channel_receive(engine.fds[1], in, sizeof in, 60000, &n);
        if (got == BUSY)
            continue;
        if (got != OK)
            return NULL;
        (void)!engine_serve(&engine.service, &engine.keys, ENGINE_OF_STAFF, (str){ (char *)in, n }, out, &answered);
        must(channel_send(engine.fds[1], (str){ (char *)out, answered }, 1000) == OK);
    }
}

static inline void walk(void)
{
    status s;
    match_service_walk(&engine.tips, (id){ { 0 } });
    while ((s = match_service_step(&engine.tips, engine.keys.token, engine.steps)) == OK)
        ;
    assert_int_equal(s, NOT_FOUND);
}

static inline int open_house(void **state)
{
    open_desk(state);
    struct world *x = desk.m->app->keys;
    engine.steps = arena_reserve(32 << 20);
    engine.keys = (struct engine_keys){ .keeper = x->engine, .open = true };
    must(world_engine(x, desk.m->supervisor.token, &engine.keys.token) == OK);
    must(match_service_open(&engine.tips, desk.m->staff_db, x->engine, lit("US")));
    engine.tips.feed = &alike_feed;
    memcpy(engine.rules, match_rules, (size_t)match_rule_count * sizeof *match_rules);
    memcpy(engine.rules + match_rule_count, search_rules, (size_t)search_rule_count * sizeof *search_rules);
    engine.service = (struct engine_service){ .ctx = &engine.tips, .rules = engine.rules, .rule_count = match_rule_count + search_rule_count };
    must(channel_pair(engine.fds) == OK);
    desk.m->staff_services.engine = engine_on_channel(engine.fds[0]);
    must(!pthread_create(&engine.thread, NULL, serve, NULL));
    walk();
    return 0;
}

static inline int close_house(void **state)
{
    close(engine.fds[0]);
    pthread_join(engine.thread, NULL);
    close(engine.fds[1]);
    match_service_close(&engine.tips);
    return close_desk(state);
}

/* A tip of the first office, by the public form; its path. */
static inline const char *tip(const char *fields)
{
    enum { MOST = 64 };
    id before[MOST], after[MOST];
    struct header type = { LIT("Content-Type"), LIT("application/x-www-form-urlencoded") };
    struct http_request r = { .method = POST, .path = lit("/tip"), .headers = &type, .header_count = 1, .body = str_of(fields) };
    ptrdiff_t n = app_ids(desk.m->app, "SELECT id FROM tip", before, MOST);
    app_request(desk.m->app, &desk.m->public, &r);
    app_settle(desk.m->app);
    assert_int_equal(desk.m->app->w.status, 201);
    assert_int_equal(app_ids(desk.m->app, "SELECT id FROM tip", after, MOST), n + 1);
    for (ptrdiff_t i = 0; i <= n; i++) {
        bool old = false;
        for (ptrdiff_t k = 0; k < n; k++)
            old = old || id_equal(before[k], after[i]);
        if (!old)
            return str_c(&desk.a, str_join(&desk.a, lit("/tips/"), id_text(&desk.a, after[i])));
    }
    fail();
    return NULL;
}

static inline const char *page_of(const char *tip_path, const char *end)
{
    return str_c(&desk.a, str_join(&desk.a, str_of(tip_path), str_of(end)));
}
#endif
