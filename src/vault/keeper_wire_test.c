/* Messages that are not as they should be, on both sides of a channel; and the client over a real one. */
#include "keeper_world.h"
#include <sys/wait.h>
#include <unistd.h>

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int make_locked_world(void **state)
{
    *state = world_make(false);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

/* --- the keeper's side: every rule, role and length ---------------------------------------------- */

enum { ANY_CODE = 0xffff, CHANNEL = 5, ROLES = ROLE_CONTROL + 1 };

/* Messages that go in one turn, and what is to come of each. */
struct batch {
    struct core_message m[CORE_MESSAGES];
    uint8_t in[CORE_MESSAGES][KEEPER_MESSAGE_MAX];
    uint16_t expected[CORE_MESSAGES];
    ptrdiff_t n;
    int sent;
};
static struct batch batch;

static uint64_t records(struct world *x)
{
    return x->core->tree.size;
}

static void flush(struct world *x)
{
    uint64_t before = records(x), recorded = 0;
    assert_true(core_turn(x->core, batch.m, batch.n));
    bool known = true;
    for (ptrdiff_t i = 0; i < batch.n; i++) {
        struct core_message *m = &batch.m[i];
        struct message_head asked, head;
        assert_true(message_head_read((str){ (char *)m->out, m->out_len }, &head));
        bool whole = message_head_read(m->in, &asked);
        if (batch.expected[i] == ANY_CODE)
            known = false;
        else if (head.code != batch.expected[i])
            fail_msg("type %d of role %d, %d bytes: code %d instead of %d", whole ? asked.type : -1, m->role, (int)m->in.len, head.code,
                     batch.expected[i]);
        assert_int_not_equal(head.code, CODE_STORE);
        assert_true(head.code == CODE_OK || m->out_len == CHANNEL_HEADER); /* a refusal carries nothing */
        if (whole)
            assert_true(head.type == asked.type && head.serial == asked.serial);
        recorded += head.code == CODE_BAD || head.code == CODE_NONE;
    }
    if (known)
        assert_int_equal(records(x), before + recorded); /* each refusal by form or for want of the thing is on record */
    batch.sent += (int)batch.n;
    batch.n = 0;
}

/* A message of random bytes; says is the length its head claims. Returns its body. */
static uint8_t *put(struct world *x, enum keeper_role role, uint16_t type, ptrdiff_t body, ptrdiff_t says, uint16_t expected)
{
    if (batch.n == CORE_MESSAGES)
        flush(x);
    uint8_t *in = batch.in[batch.n];
    uint64_t serial;
    x->chance.fill(&x->chance, in, CHANNEL_HEADER + body);
    memcpy(&serial, in + 8, sizeof serial);
    message_head_write(in, (struct message_head){ type, 0, (uint32_t)(CHANNEL_HEADER + says), serial });
    batch.m[batch.n].role = role;
    batch.m[batch.n].channel = CHANNEL;
    batch.m[batch.n].in = (str){ (char *)in, CHANNEL_HEADER + body };
    batch.expected[batch.n++] = expected;
    return in + CHANNEL_HEADER;
}

/* What random bytes of the right length get: nobody's token, no such thing, or no such value. */
static uint16_t code_of_noise(const struct message_rule *r, bool locked)
{
    if (locked && !r->locked)
        return CODE_LOCKED;
    switch (r->type) {
    case 1:  /* a name that is no text */
    case 17: /* a ticket that is none */
    case 18: /* zeros that are none */
    case 20: /* more than 64, see sweep() */
    case 21: /* digits that are none */
    case 27: /* no checkpoint */
        return CODE_BAD;
    case 2: case 7: case 14: case 23: case 34: case 44: return CODE_NONE;
    case 37: return CODE_BAD; /* a verb that is none */
    case 43: return CODE_BAD; /* a zero that is none */
    case 26: case 35: case 48: return CODE_OK;
    case 47: return CODE_OK; /* a house of one node gives nobody anything */
    case 40: return locked ? CODE_NONE : CODE_OK; /* what is open stays open */
    default: return CODE_LOCKED;
    }
}

static void put_counted(struct world *x, const struct message_rule *r, enum keeper_role role, int count, ptrdiff_t length, bool locked)
{
    bool may = r->roles & 1u << role, fits = length == r->length + count * r->each && count >= r->least && count <= ROWS;
    uint8_t *body = put(x, role, r->type, length, length, may && fits ? code_of_noise(r, locked) : CODE_BAD);
    for (int i = 0; i < r->count_bytes && r->count_at + i < length; i++)
        body[r->count_at + i] = (uint8_t)(count >> 8 * i);
    if (r->type == 20 && length)
        body[0] |= 0x80;
}

/* Every rule, every role, every length up to one too many; then counted items around their limits. */
static void sweep(struct world *x, bool locked)
{
    static const int counts[] = { 0, 2, 63, 64, 65, 100, 255, 256 + 64 };
    ptrdiff_t n;
    const struct message_rule *rules = core_rules(&n);
    assert_true(n > 20);
    for (ptrdiff_t i = 0; i < n; i++)
        for (enum keeper_role role = 0; (int)role < ROLES; role++) {
            const struct message_rule *r = &rules[i];
            int one = r->count_bytes ? 1 : 0;
            ptrdiff_t whole = r->length + one * r->each;
            for (ptrdiff_t length = 0; length <= whole + 1; length++)
                put_counted(x, r, role, one, length, locked);
            put(x, role, r->type, whole, whole + 1, CODE_BAD); /* the head says more, or less, than came */
            put(x, role, r->type, whole, whole - 1, CODE_BAD);
            put_counted(x, r, role, one, KEEPER_MESSAGE_MAX - CHANNEL_HEADER, locked);
            for (ptrdiff_t k = 0; r->count_bytes && k < countof(counts); k++)
                for (int off = -1; off <= 1; off++) {
                    int count = r->count_bytes == 1 ? counts[k] & 255 : counts[k];
                    ptrdiff_t length = r->length + count * r->each + off;
                    if (length < KEEPER_MESSAGE_MAX - CHANNEL_HEADER)
                        put_counted(x, r, role, count, length, locked);
                }
        }
    flush(x);
}

/* The same as keys.md 4.1 in other words, so that a slip in the table of rules is one here: of all but staff, the messages each may ask. */
static void roles_without_people_may_ask_what_they_need_and_nothing_else(void **state)
{
    static const uint64_t allowed[ROLES] = {
        [ROLE_PUBLIC] = 1ull << 7 | 1ull << 20 | 1ull << 21,
        [ROLE_ACCEPTOR] = 1ull << 7 | 1ull << 18,
        [ROLE_ENGINE] = 1ull << 3 | 1ull << 5 | 1ull << 23 | 1ull << 25 | 1ull << 44 | 1ull << 47,
        [ROLE_JOBS] = 1ull << 7 | 1ull << 18 | 1ull << 26 | 1ull << 27 | 1ull << 35 | 1ull << 37 | 1ull << 43 | 1ull << 48,
        [ROLE_WATCH] = 1ull << 35,
        [ROLE_CONTROL] = 1ull << 18 | 1ull << 26 | 1ull << 27 | 1ull << 35 | 1ull << 40,
    };
    (void)state;
    ptrdiff_t n;
    const struct message_rule *rules = core_rules(&n);
    for (enum keeper_role role = 0; (int)role < ROLES; role++) {
        uint64_t may = 0;
        for (ptrdiff_t i = 0; i < n; i++)
            may |= (uint64_t)(rules[i].roles >> role & 1) << rules[i].type;
        if (role != ROLE_STAFF)
            assert_int_equal(may, allowed[role]);
    }
}

static void assert_serves(struct world *x, token t, const struct row *tip)
{
    str head;
    assert_int_equal(world_open(x, t, tip), CODE_OK);
    assert_int_equal(keeper_receipts(x->pub, 1, &(struct receipt){ { 0 } }), OK);
    assert_int_equal(keeper_head(x->jobs, &x->arena, &head), OK);
}

static void every_message_of_any_role_and_length_but_its_own_is_bad_and_on_record(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    struct signed_in lin = world_in(x, LIN);
    assert_serves(x, lin.token, &tip);
    sweep(x, false);
    assert_true(batch.sent > 10000);
    assert_serves(x, lin.token, &tip); /* the same session: nothing that came between touched it */
    world_in(x, SAM);
}

static void a_locked_house_judges_by_form_first_and_serves_what_it_may(void **state)
{
    struct world *x = *state;
    sweep(x, true);
    assert_int_equal(keeper_receipts(x->pub, 1, &(struct receipt){ { 0 } }), OK);
    assert_int_equal(world_unlock(x, WORLD_HOUSE), OK);
    world_in(x, LIN);
}

/* Role, type, length and body drawn apart from each other; often the rule's own length and a token that is somebody's. */
static void random_messages_of_strangers_and_of_people_signed_in_break_nothing(void **state)
{
    struct world *x = *state;
    struct row tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "an invented tip");
    ptrdiff_t n;
    const struct message_rule *rules = core_rules(&n);
    for (int round = 0; round < 8; round++) {
        token tokens[] = { world_in(x, SAM).token, world_in(x, CAM).token, world_in(x, AUD).token };
        for (int i = 0; i < 512; i++) {
            uint8_t dice[8];
            x->chance.fill(&x->chance, dice, sizeof dice);
            const struct message_rule *r = &rules[dice[0] % n];
            uint16_t type = dice[1] % 4 ? r->type : dice[2] % 70;
            if (type == 3)
                type = 4; /* END would leave the rest of the round to strangers */
            int count = r->count_bytes ? dice[3] % 4 : 0;
            ptrdiff_t length = dice[4] % 4 ? r->length + count * r->each : dice[4] * 2;
            enum keeper_role role = dice[5] % 2 ? ROLE_STAFF : dice[6] % ROLES;
            uint8_t *body = put(x, role, type, length, length, ANY_CODE);
            if (r->count_bytes && r->count_at < length)
                memset(body + r->count_at, 0, (size_t)r->count_bytes), body[r->count_at] = (uint8_t)count;
            if (length >= 2 * KEY && dice[7] % 4)
                memcpy(body, tokens[dice[7] % 3].at, KEY), memcpy(body + KEY, tokens[dice[6] % 3].at, dice[6] % 2 ? KEY : 0);
        }
        flush(x);
        assert_serves(x, world_in(x, LIN).token, &tip);
    }
}

/* --- the client's side, over a channel ----------------------------------------------------------- */

/* What the other end says to a request: the request's serial and this much more, and so many bytes of an answer. */
struct saying {
    uint16_t type;
    int serial;
    ptrdiff_t body;
    int32_t claims; /* added to the length in the head */
    int after_ms;
};
enum { RECEIPT = 24 + 4 + 16 + 32, RECEIPTS_TYPE = 20, WAIT_MS = 600, PATIENCE_MS = 5000, OVER = KEEPER_MESSAGE_MAX + 1 - CHANNEL_HEADER };

static void say(int fd, struct saying what, uint64_t serial)
{
    static uint8_t m[KEEPER_MESSAGE_MAX + 64];
    memset(m, what.serial ? 'x' : '7', sizeof m); /* digits of another answer can be told from ours */
    ptrdiff_t length = CHANNEL_HEADER + what.body;
    serial += (uint64_t)(int64_t)what.serial;
    message_head_write(m, (struct message_head){ what.type, CODE_OK, (uint32_t)(length + what.claims), serial });
    if (what.after_ms)
        usleep((useconds_t)what.after_ms * 1000);
    must(channel_send(fd, (str){ (char *)m, length }, 1000) == OK);
}

/* A keeper that answers the first request with what it is told and all later ones well, in a process of its own. */
static pid_t false_keeper(int fds[2], const struct saying *says, ptrdiff_t n)
{
    must(channel_pair(fds) == OK);
    pid_t child = fork();
    must(child >= 0);
    if (child)
        return close(fds[1]), child;
    close(fds[0]);
    uint8_t in[KEEPER_MESSAGE_MAX];
    ptrdiff_t got;
    for (int asked = 0; channel_receive(fds[1], in, sizeof in, 5000, &got) == OK; asked++) {
        struct message_head head;
        must(message_head_read((str){ (char *)in, got }, &head) && head.type == RECEIPTS_TYPE);
        for (ptrdiff_t i = 0; !asked && i < n; i++)
            say(fds[1], says[i], head.serial);
        if (asked)
            say(fds[1], (struct saying){ .type = RECEIPTS_TYPE, .body = RECEIPT }, head.serial);
    }
    _exit(0);
}

/* One receipt is asked for twice; the second time must go well, whatever came the first time. */
static void assert_first(const struct saying *says, ptrdiff_t n, status expected)
{
    int fds[2], ended;
    struct receipt r = { { 0 } };
    pid_t child = false_keeper(fds, says, n);
    struct keeper *k = keeper_on_channel(fds[0], expected == BUSY ? WAIT_MS : PATIENCE_MS); /* a busy machine may be slow, but no answer stays none */
    assert_int_equal(keeper_receipts(k, 1, &r), expected);
    if (expected == OK)
        assert_memory_equal(r.digits, "777777777777777777777777", sizeof r.digits);
    usleep(expected == BUSY ? 2 * WAIT_MS * 1000 : 0); /* what comes too late lies in the channel by then */
    r = (struct receipt){ { 0 } };
    assert_int_equal(keeper_receipts(k, 1, &r), OK);
    assert_memory_equal(r.digits, "777777777777777777777777", sizeof r.digits);
    close(fds[0]);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

#define SAYS(expected, ...) \
    do { \
        static const struct saying says[] = { __VA_ARGS__ }; \
        assert_first(says, countof(says), expected); \
    } while (0)
#define ANSWER .type = RECEIPTS_TYPE, .body = RECEIPT

static void answers_to_other_requests_are_dropped(void **state)
{
    (void)state;
    SAYS(OK, { ANSWER }); /* the control */
    SAYS(OK, { ANSWER, .serial = -1 }, { ANSWER });
    SAYS(OK, { ANSWER, .serial = 1 }, { ANSWER, .serial = -1 }, { ANSWER, .serial = 1 << 30 }, { ANSWER });
    SAYS(BUSY, { ANSWER, .serial = -1 });                  /* nothing else came: silence */
    SAYS(BUSY, { ANSWER, .after_ms = WAIT_MS + 100 });     /* late: the next request does not take it for its own */
    SAYS(BUSY, { ANSWER, .serial = 1, .after_ms = WAIT_MS + 100 }); /* not even with the very serial of the next one */
}

static void a_new_keepers_hello_ends_the_wait(void **state)
{
    (void)state;
    enum { HELLO = 16 + 8 + 32 };
    SAYS(BUSY, { .type = 0, .body = HELLO });
    SAYS(BUSY, { .type = 0, .body = HELLO }, { ANSWER }); /* what follows it is drained before the next request */
    SAYS(BUSY, { ANSWER, .serial = -1 }, { .type = 0, .body = HELLO });
    SAYS(OK, { ANSWER }, { .type = 0, .body = HELLO }); /* after the answer: of no meaning for it */
}

static void answers_of_another_length_are_faults_and_the_next_one_is_taken(void **state)
{
    (void)state;
    SAYS(FAULT, { .type = RECEIPTS_TYPE, .body = RECEIPT + 1 });
    SAYS(FAULT, { .type = RECEIPTS_TYPE, .body = RECEIPT - 1 });
    SAYS(FAULT, { .type = RECEIPTS_TYPE });
    SAYS(FAULT, { ANSWER, .claims = 1 });
    SAYS(FAULT, { ANSWER, .claims = -1 });
    SAYS(FAULT, { .type = RECEIPTS_TYPE, .body = OVER - 1 });
    SAYS(FAULT, { .type = RECEIPTS_TYPE, .body = OVER }); /* longer than any message */
}

static void a_closed_channel_is_a_fault_and_what_lay_in_it_is_not_taken(void **state)
{
    (void)state;
    int fds[2];
    struct receipt r;
    assert_int_equal(channel_pair(fds), OK);
    say(fds[1], (struct saying){ ANSWER }, 1);
    struct keeper *k = keeper_on_channel(fds[0], WAIT_MS);
    say(fds[1], (struct saying){ ANSWER }, 1);
    assert_int_equal(keeper_receipts(k, 1, &r), BUSY); /* said before we asked */
    close(fds[1]);
    assert_int_equal(keeper_receipts(k, 1, &r), FAULT);
    close(fds[0]);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
#define LOCKED_HOUSE(test) cmocka_unit_test_setup_teardown(test, make_locked_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(every_message_of_any_role_and_length_but_its_own_is_bad_and_on_record),
        LOCKED_HOUSE(a_locked_house_judges_by_form_first_and_serves_what_it_may),
        HOUSE(random_messages_of_strangers_and_of_people_signed_in_break_nothing),
        cmocka_unit_test(roles_without_people_may_ask_what_they_need_and_nothing_else),
        cmocka_unit_test(answers_to_other_requests_are_dropped),
        cmocka_unit_test(a_new_keepers_hello_ends_the_wait),
        cmocka_unit_test(answers_of_another_length_are_faults_and_the_next_one_is_taken),
        cmocka_unit_test(a_closed_channel_is_a_fault_and_what_lay_in_it_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
