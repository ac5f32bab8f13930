/* The acceptor as a process of its own behind a real channel: what it answers, and what it does when the disk fails. */
#include "engine.h"
#include "lib/store/faulty_disk.h"
#include "world.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

enum { PATIENCE_MS = 20000 };

static struct app *world;
static int channel[2]; /* ours, the acceptor's: both stay open, as with the supervisor */
static pid_t child;

/* How far the clocks of the house were moved, shared with the child. */
static struct moved {
    int64_t wall, ms; /* seconds, milliseconds */
} *moved;

static int64_t house_time(void)
{
    return world->keys->now + moved->wall;
}

static int64_t real_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + moved->ms;
}

/* With the rights of its role, on a disk that has its orders; of PostgreSQL it is the server that meets them, at the commit. */
static void start_acceptor(struct faulty_disk orders)
{
    if (engine_is_postgres() && (orders.sync_fails || orders.write_fails || orders.write_full))
        engine_fail_a_commit(world->path, orders.write_full ? "53100" /* disk_full */ : "58030" /* io_error */);
    child = fork();
    must(child >= 0);
    if (child)
        return;
    struct db *db;
    close(channel[0]);
    faulty_disk_use();
    must(db_open(world->path, (struct db_options){ .rights = app_acceptor_rights(), .busy_ms = 2000 }, &db) == OK);
    faulty_disk = orders;
    struct acceptor_place p = { .db = db, .channels = &channel[1], .channel_count = 1, .now = house_time, .monotonic_ms = real_ms };
    _exit(acceptor_main(&p));
}

static int end_of_acceptor(void)
{
    int how;
    must(waitpid(child, &how, 0) == child);
    child = 0;
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static void kill_acceptor(void)
{
    kill(child, SIGKILL);
    assert_int_equal(end_of_acceptor(), -1);
}

static int make_world(void **state)
{
    *state = world = app_make(true);
    must(channel_pair(channel) == OK);
    moved = mmap(NULL, sizeof *moved, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(moved != MAP_FAILED);
    return 0;
}

static int end_world(void **state)
{
    if (child)
        kill_acceptor();
    close(channel[0]);
    if (channel[1] >= 0)
        close(channel[1]);
    app_end(*state);
    munmap(moved, sizeof *moved);
    return 0;
}

/* What a worker would send, taken off the channel of the world's own worker. */
static str caught(const char *body)
{
    uint8_t *to = arena_new(&world->process, uint8_t, 65536);
    ptrdiff_t n;
    app_post(world, "/tip", body);
    assert_int_equal(channel_receive(world->channel[1], to, 65536, 0, &n), OK);
    return (str){ (const char *)to, n };
}

static struct verdict heard(void)
{
    static uint8_t at[CHANNEL_HEADER + 4 + ANSWER_BOX_MOST];
    struct verdict v;
    ptrdiff_t n;
    assert_int_equal(channel_receive(channel[0], at, sizeof at, PATIENCE_MS, &n), OK);
    assert_true(verdict_read((str){ (const char *)at, n }, &v));
    return v;
}

static void say(str message)
{
    assert_int_equal(channel_send(channel[0], message, PATIENCE_MS), OK);
}

static int64_t tips(void)
{
    return app_count(world, "SELECT COUNT(*) FROM tip");
}

static void it_says_hello_stores_and_answers_with_the_serial(void **state)
{
    (void)state;
    str m = caught("narrative=x");
    struct submission s;
    struct message_head head;
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    struct verdict v = heard();
    assert_true(message_head_read(m, &head));
    assert_int_equal(v.type, SUBMIT_TIP);
    assert_int_equal(v.code, CODE_OK);
    assert_true(v.serial == head.serial);
    assert_false(v.already);
    assert_int_equal(tips(), 1);
    say(m);
    v = heard();
    assert_true(submission_read(m, &s));
    assert_true(v.already && str_equal(v.answer, s.answer));
    assert_int_equal(tips(), 1);
}

static void it_ends_when_every_channel_is_closed(void **state)
{
    (void)state;
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    close(channel[1]);
    close(channel[0]);
    assert_int_equal(end_of_acceptor(), 0);
    must(channel_pair(channel) == OK); /* for end_world */
}

static void what_breaks_a_rule_is_answered_and_the_next_tip_is_taken(void **state)
{
    (void)state;
    str m = caught("narrative=x");
    uint8_t bad[CHANNEL_HEADER + 3] = { 0 };
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    message_head_write(bad, (struct message_head){ .type = SUBMIT_TIP, .length = sizeof bad, .serial = 77 });
    say((str){ (const char *)bad, sizeof bad });
    struct verdict v = heard();
    assert_int_equal(v.code, CODE_BAD);
    assert_int_equal(v.serial, 77);
    say(m);
    assert_int_equal(heard().code, CODE_OK);
    assert_int_equal(tips(), 1);
}

/* The old commit stands, its answer was never read: the successor gives the same. */
static void a_tip_sent_again_to_a_successor_is_one_tip_with_one_receipt(void **state)
{
    (void)state;
    str m = caught("narrative=x&consent=share&contact=555-0101");
    struct submission s;
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    assert_int_equal(heard().code, CODE_OK);
    kill_acceptor();
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    struct verdict v = heard();
    assert_true(submission_read(m, &s));
    assert_true(v.code == CODE_OK && v.already && str_equal(v.answer, s.answer));
    assert_int_equal(tips(), 1);
    assert_int_equal(app_count(world, "SELECT COUNT(*) FROM tip_source"), 1);
}

/* So that the sweep at the start has nothing to write, and the disk's orders meet the tip. */
static void know_the_day(void)
{
    char text[96];
    snprintf(text, sizeof text, "INSERT INTO sweep_look (one, day, odd_day, odd_seconds) VALUES (1, %lld, 0, 0)", (long long)day_of(house_time()));
    app_break(world, text);
}

/* No acknowledgement, and no second try on the same disk handle: only a new process may say what stands. */
static void assert_ends_unheard(struct faulty_disk orders)
{
    str m = caught("narrative=x");
    uint8_t at[64];
    ptrdiff_t n;
    know_the_day();
    start_acceptor(orders);
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    assert_int_equal(end_of_acceptor(), 1);
    assert_int_equal(channel_receive(channel[0], at, sizeof at, 0, &n), BUSY);
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    assert_int_equal(heard().code, CODE_OK);
    assert_int_equal(tips(), 1);
}

static void a_disk_that_does_not_sync_ends_it_unheard(void **state)
{
    (void)state;
    assert_ends_unheard((struct faulty_disk){ .sync_fails = 1 });
}

static void a_disk_that_does_not_write_ends_it_unheard(void **state)
{
    (void)state;
    assert_ends_unheard((struct faulty_disk){ .write_fails = 1 });
}

/* Full is no fault of the disk: everybody is told no at once, and the next one is served when there is room. */
static void a_full_disk_refuses_politely_and_recovers_without_a_restart(void **state)
{
    (void)state;
    str m = caught("narrative=x");
    struct message_head head;
    know_the_day();
    start_acceptor((struct faulty_disk){ .write_full = 1 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    struct verdict v = heard();
    assert_true(message_head_read(m, &head));
    assert_int_equal(v.code, CODE_STORE);
    assert_true(v.serial == head.serial && v.type == SUBMIT_TIP && !v.already);
    assert_int_equal(tips(), 0);
    say(m);
    v = heard();
    assert_int_equal(v.code, CODE_OK);
    assert_false(v.already);
    assert_int_equal(tips(), 1);
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0); /* the same process */
}

/* The sweep of a full disk waits for room as well. */
static void a_sweep_that_finds_no_room_ends_nothing(void **state)
{
    (void)state;
    str m = caught("narrative=x");
    app_break(world, "INSERT INTO idem (idem, tip, answer, day) VALUES (zeroblob(16), zeroblob(16), x'00', 1)");
    start_acceptor((struct faulty_disk){ .write_full = 1 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    usleep(300000); /* nothing waits: it sweeps */
    say(m);
    assert_int_equal(heard().code, CODE_OK);
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
}

/* Waits for the child's own word that it looked: SQL that counts to n. */
static void assert_comes(const char *sql, int64_t n)
{
    for (int i = 0; i < PATIENCE_MS / 20 && app_count(world, sql) != n; i++)
        usleep(20000);
    assert_int_equal(app_count(world, sql), n);
}

static int64_t mailboxes(void)
{
    return app_count(world, "SELECT COUNT(*) FROM mailbox");
}

static void start_with_a_mailbox(void)
{
    str m = caught("narrative=x");
    start_acceptor((struct faulty_disk){ 0 });
    assert_int_equal(heard().type, SUBMIT_HELLO);
    say(m);
    assert_int_equal(heard().code, CODE_OK);
    assert_comes("SELECT COUNT(*) FROM sweep_look WHERE odd_day = 0", 1);
    assert_int_equal(mailboxes(), 1);
}

/* The wall clock alone goes a year ahead: the next sweep deletes nothing. Both go: it does what it is for. */
static void a_clock_that_jumps_makes_it_forget_nothing(void **state)
{
    (void)state;
    start_with_a_mailbox();
    moved->wall = 365 * (int64_t)86400;
    moved->ms = 2 * 3600 * 1000;
    assert_comes("SELECT COUNT(*) FROM sweep_look WHERE odd_day > 0", 1);
    assert_int_equal(mailboxes(), 1);
    moved->ms += 365 * (int64_t)86400 * 1000;
    assert_comes("SELECT COUNT(*) FROM sweep_look WHERE odd_day = 0", 1);
    assert_comes("SELECT COUNT(*) FROM mailbox", 0);
}

static void nor_does_it_when_it_starts_again_at_another_day(void **state)
{
    (void)state;
    start_with_a_mailbox();
    kill_acceptor();
    moved->wall = 365 * (int64_t)86400;
    start_acceptor((struct faulty_disk){ 0 });
    assert_comes("SELECT COUNT(*) FROM sweep_look WHERE odd_day > 0", 1);
    assert_int_equal(mailboxes(), 1);
    for (int hour = 6; hour <= 24; hour += 6) { /* a day that goes evenly */
        char sql[96];
        moved->wall += 6 * 3600;
        moved->ms += 6 * 3600 * 1000;
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM sweep_look WHERE odd_seconds >= %d OR odd_day = 0", hour * 3600);
        assert_comes(sql, 1);
        assert_int_equal(mailboxes(), hour < 24);
    }
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)
    const struct CMUnitTest tests[] = {
        test(it_says_hello_stores_and_answers_with_the_serial),
        test(it_ends_when_every_channel_is_closed),
        test(what_breaks_a_rule_is_answered_and_the_next_tip_is_taken),
        test(a_tip_sent_again_to_a_successor_is_one_tip_with_one_receipt),
        test(a_disk_that_does_not_sync_ends_it_unheard),
        test(a_disk_that_does_not_write_ends_it_unheard),
        test(a_full_disk_refuses_politely_and_recovers_without_a_restart),
        test(a_sweep_that_finds_no_room_ends_nothing),
        test(a_clock_that_jumps_makes_it_forget_nothing),
        test(nor_does_it_when_it_starts_again_at_another_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
