/* The engine's loop in a process of its own, with a service made up for it; its keeper is this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/engine/engine.h"
#include "lib/os/os.h"

enum { ECHO = ENGINE_SERVICE, SLOW, BREAK, LOSE, TOO_MUCH, COUNTS, SAYS, ECHO_MOST = 1000, SLOW_MS = 2600 };

/* ---- the service ---- */

struct made_up {
    int ticks, open_ticks, forgotten;
    bool works;
};

static status echo(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    (void)ctx;
    must(keys->open);
    ptrdiff_t n = in->cap - in->len;
    wire_bytes(out, wire_get_bytes(in, n), n);
    return OK;
}

static status slow(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    usleep(SLOW_MS * 1000);
    return echo(ctx, keys, in, out);
}

static status give_up(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    (void)ctx, (void)keys, (void)in;
    wire_u64(out, 1);
    return FAULT;
}

static status lose(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    (void)ctx, (void)in, (void)out;
    engine_keys_lost(keys);
    return LOCKED;
}

static status say_too_much(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    (void)ctx, (void)keys, (void)in;
    for (int i = 0; i < ENGINE_MESSAGE_MAX; i++)
        wire_u8(out, 1);
    return OK;
}

/* ticks u64, those with keys u64, the token's first byte u8; works 1: there is always more to do. */
static status counts(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    struct made_up *m = ctx;
    m->works = wire_get_u8(in);
    wire_u64(out, (uint64_t)m->ticks);
    wire_u64(out, (uint64_t)m->open_ticks);
    wire_u8(out, keys->token.at[0]);
    return OK;
}

static status say(void *ctx, struct engine_keys *keys, struct wire *in, struct wire *out)
{
    (void)ctx, (void)keys;
    wire_u64(out, 7); /* of a refusal nothing goes out */
    return (status)wire_get_u8(in);
}

static status tick(void *ctx, struct engine_keys *keys)
{
    struct made_up *m = ctx;
    m->ticks++;
    m->open_ticks += keys->open;
    return m->works ? WAIT : OK;
}

static void count(const void *ctx, uint64_t *documents, uint64_t *upto)
{
    const struct made_up *m = ctx;
    *documents = 3 + (uint64_t)m->forgotten;
    *upto = (uint64_t)m->ticks;
}

enum { UNFORGETTABLE = 0xee }; /* the first byte of a document that its disk does not let go */
static status forget(void *ctx, const id *documents, ptrdiff_t n)
{
    struct made_up *m = ctx;
    for (ptrdiff_t i = 0; i < n; i++)
        if (documents[i].at[0] == UNFORGETTABLE)
            return FAULT;
    m->forgotten += (int)n;
    return OK;
}

static const struct engine_rule rules[] = {
    { ECHO, 0, ECHO_MOST, echo }, { SLOW, 0, 8, slow },    { BREAK, 0, 0, give_up }, { LOSE, 0, 0, lose },
    { TOO_MUCH, 0, 0, say_too_much }, { COUNTS, 1, 1, counts }, { SAYS, 1, 1, say },
};
static struct made_up made_up;
static const struct engine_service service = { &made_up, rules, countof(rules), tick, count, forget };

/* ---- the house around it ---- */

struct house {
    pid_t engine;
    int keeper;              /* our end, as the keeper's */
    int asks[3];
    struct engine_client *first, *second, *jobs;
};

static int start(void **state)
{
    static struct house h;
    int keeper[2], one[2], two[2], jobs[2];
    crypt_start();
    must(channel_pair(keeper) == OK && channel_pair(one) == OK && channel_pair(two) == OK && channel_pair(jobs) == OK);
    h.engine = fork();
    must(h.engine >= 0);
    if (!h.engine) {
        int channels[] = { one[1], two[1], jobs[1] }, askers[] = { ENGINE_OF_STAFF, ENGINE_OF_STAFF, ENGINE_OF_JOBS };
        close(keeper[0]), close(one[0]), close(two[0]), close(jobs[0]);
        struct engine_place p = { keeper_on_channel(keeper[1], 300), channels, askers, countof(channels), &service, NULL };
        _exit(engine_main(&p));
    }
    close(keeper[1]), close(one[1]), close(two[1]), close(jobs[1]);
    h.keeper = keeper[0], h.asks[0] = one[0], h.asks[1] = two[0], h.asks[2] = jobs[0];
    h.first = engine_on_channel(one[0]), h.second = engine_on_channel(two[0]), h.jobs = engine_on_channel(jobs[0]);
    *state = &h;
    return 0;
}

/* Its exit code; -1: it was still there after a second and a half, and was killed. */
static int end_of(struct house *h)
{
    int how;
    for (int i = 0; i < 150; i++, usleep(10000))
        if (waitpid(h->engine, &how, WNOHANG) == h->engine) {
            h->engine = 0;
            return WIFEXITED(how) ? WEXITSTATUS(how) : -2;
        }
    return -1;
}

static int stop(void **state)
{
    struct house *h = *state;
    close(h->asks[0]), close(h->asks[1]), close(h->asks[2]);
    int code = h->engine ? end_of(h) : 0;
    if (h->engine)
        kill(h->engine, SIGKILL), waitpid(h->engine, NULL, 0);
    close(h->keeper);
    return code; /* 0: it ended because nobody was left */
}

static void greet(struct house *h, uint8_t first)
{
    uint8_t out[CHANNEL_HEADER + 56] = { 0 };
    struct wire w = { out, CHANNEL_HEADER, sizeof out, false };
    token t = { { first } };
    wire_bytes(&w, "a boot of a test", 16);
    wire_u64(&w, 4);
    wire_bytes(&w, t.at, sizeof t.at);
    message_head_write(out, (struct message_head){ 0, 0, sizeof out, 0 });
    assert_int_equal(channel_send(h->keeper, (str){ (char *)out, sizeof out }, 1000), OK);
}

/* Waits until the engine has heard of it. */
static void await(struct house *h, bool open)
{
    struct engine_standing s;
    for (int i = 0; i < 200; i++, usleep(10000)) {
        status said = engine_standing(h->first, &s);
        assert_true(said == OK || said == BUSY);
        if (said == OK && s.open == open)
            return;
    }
    fail_msg("the engine did not hear");
}

static void open_engine(struct house *h)
{
    greet(h, 9);
    await(h, true);
}

static uint8_t answer[ENGINE_MESSAGE_MAX];
static ptrdiff_t answered;

static status ask(struct engine_client *c, uint16_t type, ptrdiff_t n)
{
    static uint8_t body[ENGINE_MESSAGE_MAX];
    memset(body, 'b', sizeof body);
    return engine_ask(c, type, (str){ (char *)body, n }, answer, sizeof answer, &answered);
}


/* ---- what is said of it ---- */

static void it_waits_for_a_supervisor_and_says_so(void **state)
{
    struct house *h = *state;
    struct engine_standing s;
    assert_int_equal(engine_standing(h->first, &s), BUSY); /* not before it heard of its keeper */
    assert_int_equal(ask(h->first, ECHO, 5), LOCKED);
    greet(h, 0);
    await(h, false);
    assert_int_equal(engine_standing(h->first, &s), OK);
    assert_true(!s.open && s.documents == 3);
    open_engine(h);
    assert_int_equal(ask(h->second, ECHO, 5), OK);
    assert_true(answered == 5 && !memcmp(answer, "bbbbb", 5));
    greet(h, 0); /* a keeper that was started again */
    await(h, false);
    assert_int_equal(ask(h->second, ECHO, 5), LOCKED);
    open_engine(h);
    assert_int_equal(ask(h->second, ECHO, 0), OK);
    assert_int_equal(ask(h->second, LOSE, 0), LOCKED); /* its service heard from the keeper that they are gone */
    assert_int_equal(engine_standing(h->first, &s), OK);
    assert_false(s.open);
}

static void a_question_of_another_form_is_invalid_and_the_next_is_answered(void **state)
{
    struct house *h = *state;
    open_engine(h);
    assert_int_equal(ask(h->first, ECHO, ECHO_MOST), OK);
    assert_int_equal(ask(h->first, ECHO, ECHO_MOST + 1), INVALID);
    assert_int_equal(ask(h->first, ENGINE_STATE, 1), INVALID);
    assert_int_equal(ask(h->first, 0, 0), INVALID);
    assert_int_equal(ask(h->first, 9999, 0), INVALID);
    assert_int_equal(ask(h->first, ECHO, ENGINE_MESSAGE_MAX - CHANNEL_HEADER), INVALID);
    uint8_t raw[ENGINE_MESSAGE_MAX + 64] = { 0 };
    static const ptrdiff_t lengths[] = { CHANNEL_HEADER, CHANNEL_HEADER + 8, ENGINE_MESSAGE_MAX + 1 };
    for (ptrdiff_t i = 0; i < countof(lengths); i++)
        for (int claims = -1; claims <= 1; claims++) {
            message_head_write(raw, (struct message_head){ ECHO, 0, (uint32_t)(lengths[i] + claims), 1 });
            assert_int_equal(channel_send(h->asks[1], (str){ (char *)raw, lengths[i] }, 1000), OK);
        }
    assert_int_equal(ask(h->second, ECHO, 3), OK); /* and not one of those answers */
    assert_int_equal(answered, 3);
}

static void what_its_service_says_is_told_and_nothing_with_a_refusal(void **state)
{
    struct house *h = *state;
    static const status says[] = { LOCKED, NOT_FOUND, INVALID, LIMIT, BUSY };
    open_engine(h);
    for (ptrdiff_t i = 0; i < countof(says); i++) {
        uint8_t body = (uint8_t)says[i];
        assert_int_equal(engine_ask(h->first, SAYS, (str){ (char *)&body, 1 }, answer, sizeof answer, &answered), says[i]);
        assert_int_equal(answered, 0);
    }
    assert_int_equal(engine_ask(h->first, ECHO, lit("four"), answer, 3, &answered), FAULT); /* more than there is room for */
    assert_int_equal(engine_ask(h->first, ECHO, lit("four"), answer, 4, &answered), OK);
}

static int64_t took(status *s, struct engine_client *c, uint16_t type)
{
    int64_t from = os_monotonic_ms();
    *s = ask(c, type, 1);
    return os_monotonic_ms() - from;
}

static void no_page_waits_longer_than_two_seconds_and_not_twice(void **state)
{
    struct house *h = *state;
    status s;
    open_engine(h);
    int64_t ms = took(&s, h->first, SLOW);
    assert_true(s == BUSY && ms >= ENGINE_WAIT_MS && ms < SLOW_MS);
    ms = took(&s, h->first, ECHO); /* it is still at it */
    assert_true(s == BUSY && ms < 300);
    usleep((SLOW_MS - ENGINE_WAIT_MS + 1000) * 1000); /* it may have waited a while for its keeper, which is silent here */
    assert_int_equal(ask(h->first, ECHO, 4), OK); /* its late answer says that it answers again, and is not taken for this one */
    assert_int_equal(answered, 4);
    kill(h->engine, SIGSTOP);
    ms = took(&s, h->second, ECHO);
    assert_true(s == BUSY && ms >= ENGINE_WAIT_MS && ms < ENGINE_WAIT_MS + 1000);
    kill(h->engine, SIGCONT);
}

/* Also while it waits for its keys: what it knows from before, and its file, do not wait for them. */
static void it_forgets_when_the_jobs_role_says_so_and_nobody_else(void **state)
{
    struct house *h = *state;
    struct engine_standing s;
    id documents[ENGINE_FORGET_MOST] = { { { 1 } } };
    greet(h, 0);
    await(h, false);
    assert_int_equal(engine_forget(h->jobs, documents, 2), OK);
    open_engine(h);
    assert_int_equal(engine_forget(h->jobs, documents, ENGINE_FORGET_MOST), OK);
    assert_int_equal(engine_standing(h->jobs, &s), OK);
    assert_int_equal(s.documents, 3 + 2 + ENGINE_FORGET_MOST);
    assert_int_equal(engine_forget(h->first, documents, 1), INVALID);
    assert_int_equal(ask(h->jobs, ECHO, 5), INVALID); /* and it asks nothing of what is in the index */
    static const ptrdiff_t lengths[] = { 0, 1, 15, 17, 16 * (ENGINE_FORGET_MOST + 1) };
    for (ptrdiff_t i = 0; i < countof(lengths); i++)
        assert_int_equal(ask(h->jobs, ENGINE_FORGET, lengths[i]), INVALID);
    assert_int_equal(engine_standing(h->first, &s), OK);
    assert_int_equal(s.documents, 3 + 2 + ENGINE_FORGET_MOST);
    documents[1].at[0] = UNFORGETTABLE;
    assert_int_equal(engine_forget(h->jobs, documents, 2), FAULT);
    assert_int_equal(end_of(h), 1); /* its successor is told again */
}

static void a_fault_ends_it_and_the_asker_is_told(void **state)
{
    struct house *h = *state;
    open_engine(h);
    assert_int_equal(ask(h->first, BREAK, 0), FAULT);
    assert_int_equal(end_of(h), 1);
    assert_int_equal(ask(h->first, ECHO, 1), FAULT); /* closed: in the house the supervisor keeps this end open, and it is BUSY */
    assert_int_equal(ask(NULL, ECHO, 1), BUSY);
}

static void an_answer_longer_than_a_message_ends_it(void **state)
{
    struct house *h = *state;
    open_engine(h);
    assert_int_equal(ask(h->first, TOO_MUCH, 0), FAULT);
    assert_int_equal(end_of(h), 1);
}

static uint64_t ticks(struct house *h, uint8_t works, uint64_t *open_ticks)
{
    assert_int_equal(engine_ask(h->first, COUNTS, (str){ (char *)&works, 1 }, answer, sizeof answer, &answered), OK);
    struct wire w = { answer, 0, answered, false };
    uint64_t n = wire_get_u64(&w);
    *open_ticks = wire_get_u64(&w);
    assert_int_equal(wire_get_u8(&w), 9); /* the token that the keeper said */
    return n;
}

static void work_is_done_each_second_and_all_the_time_while_there_is_more(void **state)
{
    struct house *h = *state;
    uint64_t open_ticks;
    open_engine(h);
    uint64_t before = ticks(h, 0, &open_ticks);
    assert_true(open_ticks >= 1); /* at once when the keys came */
    usleep(2500 * 1000);
    uint64_t idle = ticks(h, 1, &open_ticks) - before;
    assert_true(idle >= 1 && idle <= 4);
    usleep(1300 * 1000); /* the next second finds that there is */
    status s;
    assert_true(took(&s, h->second, ECHO) < 300 && s == OK); /* questions come between */
    uint64_t busy = ticks(h, 0, &open_ticks) - before - idle;
    assert_true(busy > 100);
}

/* What further nodes may need, or have (docs/keys.md 4.5), it asks by itself; a keeper that is silent not again at once. */
static void assert_asks_for_seed_alone(struct house *h)
{
    uint8_t in[KEEPER_MESSAGE_MAX];
    struct message_head head;
    ptrdiff_t n;
    assert_int_equal(channel_receive(h->keeper, in, sizeof in, 3000, &n), OK);
    assert_true(message_head_read((str){ (char *)in, n }, &head));
    assert_int_equal(head.type, 47);
    assert_int_equal(channel_receive(h->keeper, in, sizeof in, 2500, &n), BUSY);
}

static void a_process_that_began_without_a_token_ends_what_was_open(void **state)
{
    struct house *h = *state;
    uint8_t in[KEEPER_MESSAGE_MAX];
    static const uint8_t none[KEY];
    ptrdiff_t n;
    struct message_head head;
    assert_int_equal(channel_receive(h->keeper, in, sizeof in, 3000, &n), OK);
    assert_true(message_head_read((str){ (char *)in, n }, &head));
    assert_true(head.type == 3 && n == CHANNEL_HEADER + KEY && same_bytes(in + CHANNEL_HEADER, none, KEY));
    message_head_write(in, (struct message_head){ 3, CODE_LOCKED, CHANNEL_HEADER, head.serial });
    assert_int_equal(channel_send(h->keeper, (str){ (char *)in, CHANNEL_HEADER }, 1000), OK);
    assert_asks_for_seed_alone(h); /* once */
    open_engine(h);
}

static void a_process_that_was_greeted_asks_for_no_end(void **state)
{
    struct house *h = *state;
    greet(h, 0);
    assert_asks_for_seed_alone(h);
}

/* ---- any bytes at all ---- */

static int head_type(const uint8_t *in)
{
    return in[0] | in[1] << 8;
}

static void any_bytes_are_answered_in_form(void **state)
{
    (void)state;
    crypt_start();
    static uint8_t in[CHANNEL_HEADER + 64], out[ENGINE_MESSAGE_MAX];
    struct chance chance = chance_seeded(11);
    struct engine_keys keys = { .begun = true, .open = true };
    int good = 0;
    for (int i = 0; i < 100000; i++) {
        uint8_t dice[4];
        struct message_head head;
        ptrdiff_t n;
        chance.fill(&chance, dice, sizeof dice);
        ptrdiff_t length = dice[0] % 8 ? CHANNEL_HEADER + dice[0] % 65 : dice[1] % CHANNEL_HEADER;
        chance.fill(&chance, in, sizeof in);
        if (dice[2] % 4 && length >= CHANNEL_HEADER)
            message_head_write(in, (struct message_head){ dice[3] % 12, 0, (uint32_t)length + (dice[2] % 32 == 1), 5 });
        if (head_type(in) == SLOW || head_type(in) == SAYS)
            continue;
        if (head_type(in) == ENGINE_FORGET && i % 5 && length >= CHANNEL_HEADER + 16)
            in[CHANNEL_HEADER] = 1; /* most of them are forgotten */
        status s = engine_serve(&service, &keys, dice[1] % 4 ? ENGINE_OF_STAFF : ENGINE_OF_JOBS, (str){ (char *)in, length }, out, &n);
        assert_true(message_head_read((str){ (char *)out, n }, &head));
        assert_true((s == OK) == (head.code == CODE_OK) && (s == OK || n == CHANNEL_HEADER));
        good += s == OK;
        keys.open = i % 3;
    }
    assert_true(good > 1000);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        HOUSE(it_waits_for_a_supervisor_and_says_so),
        HOUSE(a_question_of_another_form_is_invalid_and_the_next_is_answered),
        HOUSE(what_its_service_says_is_told_and_nothing_with_a_refusal),
        HOUSE(no_page_waits_longer_than_two_seconds_and_not_twice),
        HOUSE(it_forgets_when_the_jobs_role_says_so_and_nobody_else),
        HOUSE(a_fault_ends_it_and_the_asker_is_told),
        HOUSE(an_answer_longer_than_a_message_ends_it),
        HOUSE(work_is_done_each_second_and_all_the_time_while_there_is_more),
        HOUSE(a_process_that_began_without_a_token_ends_what_was_open),
        HOUSE(a_process_that_was_greeted_asks_for_no_end),
        cmocka_unit_test(any_bytes_are_answered_in_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
