/* A departure turns the page of every ring the person was on, in the one message; and one that was killed is whole or was never begun. */
#include "keeper_world.h"
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CASES = 30, KILLS = 32 };

static int make_world(void **state)
{
    *state = world_make(true);
    return 0;
}

static int end_world(void **state)
{
    world_end(*state);
    return 0;
}

static id case_scope(int i)
{
    return (id){ { 0x0c, (uint8_t)i, 1 } };
}

/* SAM opens cases and puts IVY on them: CASE and EVIDENCE each, beside the rings of the office. */
static void open_cases(struct world *x, int cases)
{
    static const enum compartment kinds[] = { EVIDENCE, CASE };
    struct signed_in sam = world_in(x, SAM);
    id ring;
    assert_int_equal(world_ring(x, RING_ADD, sam.token, world_ring_of(x, TIP), IVY, NULL), OK);
    for (int i = 0; i < cases; i++)
        for (ptrdiff_t k = 0; k < countof(kinds); k++) {
            assert_int_equal(world_make_ring(x, sam.token, SCOPE_CASE, case_scope(i), kinds[k], &ring), OK);
            assert_int_equal(world_ring(x, RING_ADD, sam.token, ring, IVY, NULL), OK);
        }
}

static int64_t count_of(struct world *x, const char *pattern)
{
    char text[400], ivy[33] = "";
    hex_write(ivy, x->made.people[IVY].principal.at, 16);
    snprintf(text, sizeof text, pattern, ivy);
    return world_count(x, text);
}

#define ON_RINGS "SELECT count(*) FROM member WHERE member = x'%s'"
#define TURNED "SELECT count(*) FROM ring WHERE epoch > 1 AND ring.id NOT IN (SELECT ring FROM member WHERE member = x'%s')"

static void every_ring_turns_in_the_same_message(void **state)
{
    struct world *x = *state;
    open_cases(x, CASES);
    struct row words = world_seal(x, SCOPE_CASE, case_scope(7), CASE, "an invented entry"), tip = world_seal(x, SCOPE_OFFICE, x->office, TIP, "a tip");
    struct signed_in ivy = world_in(x, IVY), ada = world_in(x, ADA), sam = world_in(x, SAM);
    uint64_t gen;
    int64_t rings = count_of(x, ON_RINGS), leaves;
    assert_int_equal(rings, 2 * CASES + 1);
    assert_int_equal(world_open(x, ivy.token, &words), CODE_OK);
    assert_int_equal(count_of(x, TURNED), 0);
    leaves = world_count(x, "SELECT count(*) FROM leaf");
    assert_int_equal(keeper_revoke(x->staff, ada.token, x->made.people[IVY].principal, lit("left"), &gen), OK);
    assert_int_equal(count_of(x, TURNED), rings);
    assert_int_equal(count_of(x, ON_RINGS), 0);
    assert_int_equal(world_count(x, "SELECT count(*) FROM leaf"), leaves + 1); /* one message, one record */
    assert_int_equal(world_open(x, ivy.token, &words), CODE_LOCKED);
    struct row later = world_seal(x, SCOPE_CASE, case_scope(7), CASE, "an invented later entry");
    uint32_t epoch;
    uint16_t table;
    id ring;
    assert_true(keybox_names((const uint8_t *)later.sealed.at, &ring, &epoch, &table));
    assert_int_equal(epoch, 2);
    assert_int_equal(world_open(x, sam.token, &later), CODE_OK);
    assert_int_equal(world_open(x, sam.token, &words), CODE_OK); /* SAM closes the chain that ADA could not */
    assert_int_equal(world_open(x, sam.token, &tip), CODE_OK);
}

/* A keeper of its own on the same database, as a process has it, signs ADA in and ends IVY; the parent kills it. */
static _Noreturn void departure_process(struct world *x, int ready, int64_t now)
{
    struct db *db;
    struct keeper_core *core;
    struct ticket t;
    struct signed_in ada;
    uint8_t stretched[KEY];
    uint64_t gen;
    must(db_open(x->path, (struct db_options){ .rights = keeper_rights, .busy_ms = 5000 }, &db) == OK);
    must(core_open(db, (str){ (char *)x->made.anchor, ANCHOR }, (str){ (char *)x->made.secret, SECRET_FILE }, chance_system(), 8, &core) == OK);
    core_set_time(core, now, now);
    must(core_start(core) == OK);
    struct keeper *k = keeper_in_process(core, ROLE_STAFF);
    must(keeper_begin(k, world_people[ADA].name, x->device, &t) == OK);
    must(stretch(world_people[ADA].passphrase, t.salt, t.cost, stretched) == OK);
    must(keeper_finish(k, t.number, stretched, totp_code(x->made.people[ADA].otp_secret, now), NULL, &ada) == OK);
    must(write(ready, "", 1) == 1);
    status s = keeper_revoke(k, ada.token, x->made.people[IVY].principal, lit("left"), &gen);
    _exit(s == OK ? 0 : 1);
}

/* True: the departure had come to its end before the kill. */
static bool kill_one(struct world *x, int64_t now, long after_us)
{
    int pipes[2], ended;
    char byte;
    must(!pipe(pipes));
    pid_t child = fork();
    must(child >= 0);
    if (!child)
        departure_process(x, pipes[1], now);
    close(pipes[1]);
    must(read(pipes[0], &byte, 1) == 1);
    close(pipes[0]);
    struct timespec t = { after_us / 1000000, after_us % 1000000 * 1000 };
    nanosleep(&t, NULL);
    kill(child, SIGKILL);
    must(waitpid(child, &ended, 0) == child);
    return WIFEXITED(ended);
}

static void a_killed_departure_is_whole_or_was_never_begun(void **state)
{
    struct world *x = *state;
    open_cases(x, CASES);
    int64_t rings = count_of(x, ON_RINGS);
    struct row words = world_seal(x, SCOPE_CASE, case_scope(7), CASE, "an invented entry");
    struct signed_in in;
    int killed = 0, whole = 0;
    long after = 0;
    for (int i = 0; i < KILLS && !whole; i++) {
        /* The database is the child's alone meanwhile, as it is a keeper's. */
        db_close(x->db);
        x->now += 61;
        killed += !kill_one(x, x->now, after);
        after = after * 3 / 2 + 50;
        must(db_open(x->path, (struct db_options){ .rights = keeper_rights, .busy_ms = 2000 }, &x->db) == OK);
        world_restart(x);
        int64_t on = count_of(x, ON_RINGS), turned = count_of(x, TURNED);
        whole = !on;
        assert_int_equal(on, whole ? 0 : rings);
        assert_int_equal(turned, whole ? rings : 0);
        status s = world_sign_in(x, world_people[IVY].name, world_people[IVY].passphrase, x->made.people[IVY].otp_secret, &in);
        assert_int_equal(s, whole ? NOT_FOUND : OK);
        if (s == OK)
            assert_int_equal(world_open(x, in.token, &words), CODE_OK);
    }
    assert_true(killed > 3); /* and was killed in the middle often enough to say something */
    assert_true(whole);
    struct signed_in sam = world_in(x, SAM);
    assert_int_equal(world_open(x, sam.token, &words), CODE_OK);
}

int main(void)
{
#define HOUSE(test) cmocka_unit_test_setup_teardown(test, make_world, end_world)
    const struct CMUnitTest tests[] = {
        HOUSE(every_ring_turns_in_the_same_message),
        HOUSE(a_killed_departure_is_whole_or_was_never_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
