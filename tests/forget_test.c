/*
 * An erasure is reported when nothing of it is left in the index of look-alikes, nor in the file of that: with the jobs role, the engine of the
 * program and its file, in the house of the access matrix; and whoever dies between two steps. Everybody and everything in it is invented.
 */
#include "jobs_house.h"
#include "app/engine.h"
#include "app/jobs_keep.h"
#include "app/role.h"
#include "lib/os/os.h"
#include "triage/match/match_service.h"
#include <pthread.h>
#include <unistd.h>

enum { FAR = 20000, FILE_MOST = 8 << 20 };

static struct jobs_house h;
static struct {
    struct db *db;
    const struct engine_service *service;
    struct engine_keys keys;
    char place[64];
    int folder, fds[2];
    pthread_t thread;
    bool deaf, mute; /* gone before it heard; killed when it had done what it was told and before it said so */
} engine;

/* The engine's side of its channel to the jobs role, which waits meanwhile: the house is one thread's at a time. */
static void *serve(void *context)
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
        if (engine.deaf)
            continue;
        (void)!engine_serve(engine.service, &engine.keys, ENGINE_OF_JOBS, (str){ (char *)in, n }, out, &answered);
        if (!engine.mute)
            must(channel_send(engine.fds[1], (str){ (char *)out, answered }, 1000) == OK);
    }
}

static const struct match_service *tips(void)
{
    return engine.service->ctx;
}

/* What it says and no other tip does; and its sender, who added to it. */
static bool says_words_of(const void *bytes, size_t n, id tip)
{
    char (*planted)[40] = h.m->planted[id_equal(tip, h.m->tip[1])];
    bool says = memmem(bytes, n, planted[IN_TIP], strlen(planted[IN_TIP]));
    assert_true(says == (memmem(bytes, n, planted[IN_ADDITION], strlen(planted[IN_ADDITION])) != NULL));
    return says;
}

/* Its facts and its words: both, or neither. */
static bool knows(id tip)
{
    bool is = index_find(&tips()->index, tip) != NO_DOCUMENT;
    assert_true(is == says_words_of(tips()->words.terms.pool.at, tips()->words.terms.used, tip));
    return is;
}

/* A process of it without keys, then with them until it has read its file and walked over all tips, and has written what it found. */
static void start_engine(bool with_keys)
{
    struct world *x = h.m->app->keys;
    status s = keeper_engine_begins(x->engine);
    must(s == OK || s == LOCKED);
    engine.keys = (struct engine_keys){ .keeper = x->engine, .begun = true };
    engine.service = engine_service_open(engine.db, x->engine, engine.folder);
    must(engine.service != NULL);
    if (!with_keys)
        return;
    must(world_engine(x, h.m->supervisor.token, &engine.keys.token) == OK);
    engine.keys.open = true;
    for (int i = 0; i < 1000 && (engine.service->tick(engine.service->ctx, &engine.keys) == WAIT || !tips()->whole); i++)
        ;
    assert_true(tips()->whole && !tips()->changed);
}

static void end_engine(void)
{
    match_service_close((struct match_service *)engine.service->ctx);
}

static int open_house(void **state)
{
    jobs_house_open(&h);
    snprintf(engine.place, sizeof engine.place, "/tmp/forget-test-XXXXXX");
    must(mkdtemp(engine.place) != NULL && folder_open_for(engine.place, &engine.folder) == OK);
    must(db_open(h.m->app->path, (struct db_options){ .rights = role_rights(PROCESS_ENGINE), .busy_ms = 2000 }, &engine.db) == OK);
    engine.deaf = engine.mute = false;
    must(channel_pair(engine.fds) == OK && !pthread_create(&engine.thread, NULL, serve, NULL));
    start_engine(true);
    *state = &h;
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    close(engine.fds[0]);
    pthread_join(engine.thread, NULL);
    close(engine.fds[1]);
    end_engine();
    db_close(engine.db);
    must(engine_snapshot_remove(engine.folder) == OK && !close(engine.folder) && !rmdir(engine.place));
    jobs_house_close(&h);
    return 0;
}

/* ---- what lies where ---- */

static void change(const char *sql, id i)
{
    char text[400], hex[33] = "";
    hex_write(hex, i.at, 16);
    snprintf(text, sizeof text, sql, hex);
    app_break(h.m->app, text);
}

static int64_t records(int action)
{
    char text[96];
    snprintf(text, sizeof text, "SELECT count(*) FROM leaf WHERE substr(record, 2, 1) = x'%02x'", action);
    return world_count(h.m->app->keys, text);
}

static int64_t waiting(void)
{
    return app_count(h.m->app, "SELECT count(*) FROM forget");
}

static bool page_says(const char *words)
{
    struct matrix_request q = { .side = STAFF_SIDE, .method = GET, .path = lit("/retention"), .caller = matrix_open_keys(h.m, "auditor", MEMBER) };
    str page = matrix_ask(h.m, &h.a, &q);
    assert_true(str_starts(page, lit("200\n")));
    return memmem(page.at, (size_t)page.len, words, strlen(words)) != NULL;
}

struct content {
    uint8_t *at;
    ptrdiff_t len;
};

static status take(void *ctx, str bytes)
{
    struct content *c = ctx;
    must(c->len + bytes.len <= FILE_MOST);
    memcpy(c->at + c->len, bytes.at, (size_t)bytes.len);
    c->len += bytes.len;
    return OK;
}

/* With the key that the keeper gives the engine, if it gives one; at most FILE_MOST. */
static bool open_disk(uint8_t key[KEY], struct content *c)
{
    uint64_t upto;
    c->len = 0;
    return keeper_snapshot_key(h.m->app->keys->engine, engine.keys.token, false, key) == OK && engine_snapshot_read(engine.folder, key, &upto, take, c) == OK;
}

/* Is that tip in what lies on the disk? */
static bool opens_on_disk(id tip)
{
    struct arena a = h.a;
    struct content c = { arena_new(&a, uint8_t, FILE_MOST), 0 };
    uint8_t key[KEY];
    if (!open_disk(key, &c))
        return false;
    bool is = memmem(c.at, (size_t)c.len, tip.at, sizeof tip.at) != NULL;
    assert_true(is == says_words_of(c.at, (size_t)c.len, tip));
    return is;
}

/* What somebody kept of the disk, and lays there again. */
static str file_of_disk(void)
{
    str bytes = { 0 };
    int fd;
    must(file_open_in(engine.folder, ENGINE_SNAPSHOT, &fd) == OK);
    char *to = arena_new(&h.a, char, FILE_MOST);
    for (ptrdiff_t n = 1; n > 0; bytes.len += n)
        must(file_read_some(fd, to + bytes.len, FILE_MOST - bytes.len, &n) == OK);
    must(!close(fd) && bytes.len > 0 && bytes.len < FILE_MOST);
    bytes.at = to;
    return bytes;
}

static void lay_again(str bytes)
{
    struct fresh_file f;
    must(file_fresh(engine.folder, ENGINE_SNAPSHOT ".new", ENGINE_SNAPSHOT, &f) == OK && file_fresh_add(&f, bytes) == OK && file_fresh_done(&f) == OK);
}

/* ---- what is done ---- */

/* The rows of the first office's tip go, as the sweep does it; of no case, that nothing is given. */
static id erase(void)
{
    id tip = h.m->tip[0];
    char sql[200];
    change("DELETE FROM case_tip WHERE tip = x'%s'", tip);
    change("DELETE FROM mailbox WHERE tip = x'%s'", tip);
    snprintf(sql, sizeof sql, "UPDATE tip SET state = 'closed', disposition = 'tip_thin', closed_day = %lld WHERE id = x'%%s'", (long long)jobs_house_today(&h) - FAR);
    change(sql, tip);
    assert_true(knows(tip) && opens_on_disk(tip)); /* the control of all that follows */
    jobs_house_sweep(&h);
    assert_int_equal(waiting(), 1);
    assert_int_equal(records(ACT_ERASE), 1);
    return tip;
}

/* A jobs role that was started anew asks once. */
static status forget_by(struct db *db, struct keeper *keeper)
{
    return keep_end_in_index(&(struct keep_forgetting){ db, keeper, engine_on_channel(engine.fds[0]) });
}

static status forget(void)
{
    return forget_by(h.db, h.m->app->keys->jobs);
}

/* Of a house in which that tip was in memory and on the disk before. */
static void assert_done(id tip, str before)
{
    assert_int_equal(waiting(), 0);
    assert_false(knows(tip) || opens_on_disk(tip));
    lay_again(before);
    assert_false(opens_on_disk(tip));
    assert_true(page_says("Nothing waits for it now."));
    end_engine();
    start_engine(true); /* its successor reads what lies there, and the rows */
    assert_false(knows(tip) || opens_on_disk(tip));
    assert_true(knows(h.m->tip[1]) && opens_on_disk(h.m->tip[1]));
}

static void assert_not_reported(int64_t reports)
{
    assert_int_equal(waiting(), 1);
    assert_int_equal(records(ACT_FORGET), reports);
    assert_true(page_says("is not done yet"));
}

/* ---- what is said of it ---- */

static void an_erasure_is_reported_when_index_and_file_have_it_no_more(void **state)
{
    (void)state;
    struct jobs_keep job = { .engine = engine_on_channel(engine.fds[0]) };
    str before = file_of_disk();
    assert_true(page_says("Nothing waits for it now."));
    assert_int_equal(forget(), NOT_FOUND);
    id tip = erase();
    assert_true(knows(tip));
    assert_not_reported(0);
    assert_int_equal(jobs_forget(&job, h.db, h.m->app->keys->jobs, 1000), OK);
    assert_int_equal(records(ACT_FORGET), 1);
    assert_done(tip, before);
    assert_int_equal(jobs_forget(&job, h.db, h.m->app->keys->jobs, 3000), OK);
    assert_int_equal(records(ACT_FORGET), 1); /* once */
}

/* Before it heard; and when it had forgotten, and before it said so: its successor has read the file of before, which the disk gave back. */
static void an_engine_that_is_killed_is_told_again(void **state)
{
    (void)state;
    str before = file_of_disk();
    id tip = erase();
    engine.deaf = true;
    assert_int_equal(forget(), BUSY);
    assert_true(knows(tip) && opens_on_disk(tip));
    assert_not_reported(0);
    engine.deaf = false, engine.mute = true;
    assert_int_equal(forget(), BUSY);
    assert_false(knows(tip));
    assert_not_reported(0);
    lay_again(before);
    assert_true(opens_on_disk(tip));
    engine.mute = false;
    end_engine();
    start_engine(false);
    assert_not_reported(0);
    assert_int_equal(forget(), OK); /* without keys: nobody need sign in for it */
    assert_int_equal(records(ACT_FORGET), 1);
    assert_done(tip, before);
}

/* The keeper began anew: what is in memory stays, answers nobody, and is forgotten all the same. */
static void an_engine_whose_keys_are_gone_forgets_what_it_knew(void **state)
{
    (void)state;
    str before = file_of_disk();
    id tip = erase();
    token was = engine.keys.token;
    engine_keys_lost(&engine.keys);
    assert_true(knows(tip));
    assert_int_equal(forget(), OK);
    assert_int_equal(records(ACT_FORGET), 1);
    engine.keys.token = was; /* to look with */
    assert_done(tip, before);
}

/* Killed before the keeper destroyed the key, or when it did and before the row went: the next begins again. */
static void a_jobs_role_that_is_killed_begins_again(void **state)
{
    (void)state;
    struct world *x = h.m->app->keys;
    str before = file_of_disk();
    id tip = erase();
    assert_int_equal(forget_by(h.db, x->staff), INVALID); /* no keeper's word of it: this channel may not say so */
    assert_not_reported(0);
    x->core->house.open = false;
    assert_int_equal(forget(), LOCKED); /* nor while the house is locked */
    x->core->house.open = true;
    assert_not_reported(0);
    lay_again(before);
    assert_true(opens_on_disk(tip)); /* the key is there still */
    struct db *other;
    must(db_open(h.m->app->path, (struct db_options){ .rights = role_rights(PROCESS_WEB_STAFF), .busy_ms = 2000 }, &other) == OK);
    assert_int_equal(forget_by(other, x->jobs), FAULT); /* a database in which the row does not go */
    db_close(other);
    assert_not_reported(1);
    lay_again(before);
    assert_false(opens_on_disk(tip)); /* what was reported is true */
    assert_int_equal(forget(), OK);
    assert_int_equal(records(ACT_FORGET), 2);
    assert_done(tip, before);
}

static void only_the_jobs_role_says_that_it_is_done(void **state)
{
    (void)state;
    struct world *x = h.m->app->keys;
    uint8_t digest[32] = { 1 }, key[KEY];
    uint64_t seq;
    struct keeper *const others[] = { x->staff, x->pub, x->acceptor, x->control, x->engine };
    for (ptrdiff_t i = 0; i < countof(others); i++)
        assert_int_equal(keeper_forgotten(others[i], 1, digest, &seq), INVALID);
    assert_int_equal(keeper_forgotten(x->jobs, 0, digest, &seq), INVALID);
    assert_int_equal(keeper_snapshot_key(x->engine, engine.keys.token, false, key), OK);
    assert_int_equal(keeper_forgotten(x->jobs, 1, digest, &seq), OK);
    assert_int_equal(keeper_snapshot_key(x->engine, engine.keys.token, false, key), NOT_FOUND);
    assert_int_equal(keeper_forgotten(x->jobs, 1, digest, &seq), OK); /* there is none */
    assert_int_equal(records(ACT_FORGET), 2);
}

static status produce(void *ctx, uint8_t *to, ptrdiff_t room, ptrdiff_t *n)
{
    struct content *c = ctx;
    *n = c->len < room ? c->len : room;
    memcpy(to, c->at, (size_t)*n);
    c->at += *n;
    c->len -= *n;
    return OK;
}

/* The file of now, under the key of now, but for what `spoil` did to it. Does the next engine take it? Else it has made its index anew, and a file of that. */
static bool takes_spoilt(void (*spoil)(struct content *c, uint32_t round), uint32_t round)
{
    struct arena a = h.a;
    struct content c = { arena_new(&a, uint8_t, FILE_MOST + 1), 0 };
    uint8_t key[KEY];
    assert_true(open_disk(key, &c));
    spoil(&c, round);
    end_engine();
    assert_int_equal(engine_snapshot_write(engine.folder, key, 1, produce, &c), OK);
    struct arena kept = h.a;
    str laid = file_of_disk();
    start_engine(true);
    bool taken = str_equal(laid, file_of_disk());
    h.a = kept;
    assert_true(knows(h.m->tip[0]) && knows(h.m->tip[1]) && opens_on_disk(h.m->tip[0]));
    return taken;
}

static void leave_it(struct content *c, uint32_t round)
{
    (void)c, (void)round;
}

static void lengthen(struct content *c, uint32_t round)
{
    c->at[c->len] = (uint8_t)round;
    c->len++;
}

static void cut(struct content *c, uint32_t round)
{
    c->len -= 1 + round * c->len / 8;
}

/* One record less for each value that anybody names: the first erasure would find nobody left of it. */
static void count_less(struct content *c, uint32_t round)
{
    const struct values *v = &tips()->words.terms;
    (void)round;
    uint8_t *pool = memmem(c->at, (size_t)c->len, v->pool.at, v->used);
    must(pool);
    ((struct value *)(void *)(pool + (size_t)values_first() * 4))->seen--;
    uint64_t filled = v->filled - 1;
    memcpy(pool - 16, &filled, sizeof filled); /* the sum that stands before them (struct values_told) */
}

static void a_file_that_no_engine_wrote_is_made_anew(void **state)
{
    (void)state;
    assert_true(takes_spoilt(leave_it, 0)); /* the control */
    for (uint32_t i = 0; i < 2; i++) /* the keeper gives one seed so many sessions */
        assert_false(takes_spoilt(lengthen, i) || takes_spoilt(cut, i));
    assert_false(takes_spoilt(count_less, 0));
    assert_true(takes_spoilt(leave_it, 0));
    id tip = erase();
    assert_int_equal(forget(), OK);
    assert_false(knows(tip));
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        HOUSE(an_erasure_is_reported_when_index_and_file_have_it_no_more),
        HOUSE(an_engine_that_is_killed_is_told_again),
        HOUSE(an_engine_whose_keys_are_gone_forgets_what_it_knew),
        HOUSE(a_jobs_role_that_is_killed_begins_again),
        HOUSE(only_the_jobs_role_says_that_it_is_done),
        HOUSE(a_file_that_no_engine_wrote_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
