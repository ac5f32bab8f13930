#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/store/faulty_disk.h"
#include "lib/store/outbox.h"

enum { NOW = 1000000, LEASE = 60 };

struct world {
    char *path;
    struct db *db;
    struct chance chance;
};

static int start(void **state)
{
    struct world *x = calloc(1, sizeof *x);
    faulty_disk_use();
    x->path = scratch_database();
    x->chance = chance_seeded(1);
    assert_int_equal(db_open(x->path, (struct db_options){ .create = true, .busy_ms = 5000 }, &x->db), OK);
    assert_int_equal(db_migrate(x->db, migrations_content), OK);
    *state = x;
    return 0;
}

static int stop(void **state)
{
    struct world *x = *state;
    db_close(x->db);
    scratch_remove(x->path);
    free(x);
    return 0;
}

/* Puts an item whose about carries n, so that it can be told from others. */
static void put(struct world *x, uint8_t n, int64_t due)
{
    id about = { { n } };
    assert_int_equal(db_begin(x->db), OK);
    status s = outbox_put(x->db, chance_id(&x->chance, NOW, true), 3, about, due);
    assert_int_equal(db_end(x->db, s), OK);
}

static void what_is_put_is_claimed_when_due_and_gone_when_done(void **state)
{
    struct world *x = *state;
    struct outbox_item item;
    put(x, 7, NOW + 10);
    assert_int_equal(outbox_claim(x->db, NOW + 9, LEASE, 0, &item), NOT_FOUND);
    assert_int_equal(outbox_claim(x->db, NOW + 10, LEASE, 0, &item), OK);
    assert_int_equal(item.about.at[0], 7);
    assert_int_equal(item.kind, 3);
    assert_int_equal(item.tries, 1);
    assert_int_equal(outbox_done(x->db, &item), OK);
    assert_int_equal(outbox_done(x->db, &item), CONFLICT);
    assert_int_equal(outbox_claim(x->db, NOW + 9999, LEASE, 0, &item), NOT_FOUND);
}

static void an_item_whose_cause_was_rolled_back_never_was(void **state)
{
    struct world *x = *state;
    struct outbox_item item;
    assert_int_equal(db_begin(x->db), OK);
    assert_int_equal(outbox_put(x->db, chance_id(&x->chance, NOW, true), 1, (id){ { 1 } }, NOW), OK);
    assert_int_equal(db_end(x->db, CONFLICT), CONFLICT);
    assert_int_equal(outbox_claim(x->db, NOW, LEASE, 0, &item), NOT_FOUND);
}

static void the_longest_due_comes_first(void **state)
{
    struct world *x = *state;
    struct outbox_item item;
    put(x, 2, NOW - 5);
    put(x, 1, NOW - 10);
    assert_int_equal(outbox_claim(x->db, NOW, LEASE, 0, &item), OK);
    assert_int_equal(item.about.at[0], 1);
    assert_int_equal(outbox_claim(x->db, NOW, LEASE, 0, &item), OK);
    assert_int_equal(item.about.at[0], 2);
}

static void an_expired_lease_is_claimed_anew_and_the_first_holder_learns_it(void **state)
{
    struct world *x = *state;
    struct outbox_item one, two;
    put(x, 1, NOW);
    assert_int_equal(outbox_claim(x->db, NOW, LEASE, 0, &one), OK);
    assert_int_equal(outbox_claim(x->db, NOW + LEASE - 1, LEASE, 0, &two), NOT_FOUND);
    assert_int_equal(outbox_claim(x->db, NOW + LEASE, LEASE, 0, &two), OK);
    assert_true(id_equal(one.id, two.id));
    assert_int_equal(outbox_done(x->db, &one), CONFLICT);
    assert_int_equal(outbox_retry(x->db, &one, NOW + LEASE), CONFLICT);
    assert_int_equal(outbox_done(x->db, &two), OK);
}

static void tries_back_off_and_end_parked(void **state)
{
    struct world *x = *state;
    struct outbox_item item;
    int64_t now = NOW, wait = OUTBOX_FIRST_WAIT, dead = -1;
    put(x, 1, NOW);
    for (int i = 1; i <= OUTBOX_TRIES; i++) {
        assert_int_equal(outbox_claim(x->db, now - 1, LEASE, 0, &item), NOT_FOUND);
        assert_int_equal(outbox_claim(x->db, now, LEASE, 0, &item), OK);
        assert_int_equal(item.tries, i);
        assert_int_equal(outbox_retry(x->db, &item, now), OK);
        now += wait;
        wait = wait * 2 < OUTBOX_LONGEST_WAIT ? wait * 2 : OUTBOX_LONGEST_WAIT;
    }
    assert_int_equal(outbox_claim(x->db, now + 10 * OUTBOX_LONGEST_WAIT, LEASE, 0, &item), NOT_FOUND);
    assert_int_equal(outbox_dead(x->db, &dead), OK);
    assert_int_equal(dead, 1);
}

static void an_item_that_kills_its_worker_each_time_is_parked_too(void **state)
{
    struct world *x = *state;
    struct outbox_item item;
    int64_t dead = -1;
    put(x, 1, NOW);
    for (int i = 0; i < OUTBOX_TRIES; i++)
        assert_int_equal(outbox_claim(x->db, NOW + i * LEASE, LEASE, 0, &item), OK);
    put(x, 2, NOW + OUTBOX_TRIES * LEASE);
    assert_int_equal(outbox_claim(x->db, NOW + OUTBOX_TRIES * LEASE, LEASE, 0, &item), OK);
    assert_int_equal(item.about.at[0], 2);
    assert_int_equal(outbox_dead(x->db, &dead), OK);
    assert_int_equal(dead, 1);
}

/* Claims until nothing is left and writes the number each item carries to the pipe. */
static void claim_all(const char *path, int to)
{
    struct db *db = NULL;
    struct outbox_item item;
    if (db_open(path, (struct db_options){ .busy_ms = 10000 }, &db) != OK)
        _exit(1);
    status s;
    while ((s = outbox_claim(db, NOW, LEASE, 0, &item)) == OK)
        if (write(to, item.about.at, 1) != 1)
            _exit(2);
    _exit(s == NOT_FOUND ? 0 : 3);
}

static void two_claimers_never_get_the_same(void **state)
{
    struct world *x = *state;
    enum { ITEMS = 100 };
    int ends[2], seen[ITEMS] = { 0 };
    pid_t children[2];
    for (int i = 0; i < ITEMS; i++)
        put(x, (uint8_t)i, NOW);
    db_close(x->db); /* children must not inherit its locks */
    x->db = NULL;
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (!children[i])
            claim_all(x->path, ends[1]);
    }
    close(ends[1]);
    uint8_t n;
    int total = 0;
    for (; read(ends[0], &n, 1) == 1; total++) {
        assert_true(n < ITEMS);
        seen[n]++;
    }
    close(ends[0]);
    for (int i = 0; i < 2; i++) {
        int how = -1;
        assert_int_equal(waitpid(children[i], &how, 0), children[i]);
        assert_int_equal(how, 0);
    }
    assert_int_equal(total, ITEMS);
    for (int i = 0; i < ITEMS; i++)
        assert_int_equal(seen[i], 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_claimed_when_due_and_gone_when_done),
        TEST(an_item_whose_cause_was_rolled_back_never_was),
        TEST(the_longest_due_comes_first),
        TEST(an_expired_lease_is_claimed_anew_and_the_first_holder_learns_it),
        TEST(tries_back_off_and_end_parked),
        TEST(an_item_that_kills_its_worker_each_time_is_parked_too),
        TEST(two_claimers_never_get_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
