#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "intake/acceptor/reserve.h"
#include "lib/store/faulty_disk.h"
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

static char *path;

static int make(void **state)
{
    (void)state;
    path = scratch_database();
    signal(SIGXFSZ, SIG_IGN);
    return 0;
}

static int remove_all(void **state)
{
    (void)state;
    must(!setrlimit(RLIMIT_FSIZE, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }));
    scratch_remove(path);
    return 0;
}

static struct stat about(void)
{
    struct stat s;
    must(!stat(path, &s));
    return s;
}

static void fill_whole(struct reserve *r)
{
    while (reserve_fill(r, 0))
        continue;
    assert_int_equal(r->have, r->whole);
}

static void it_takes_blocks_and_is_of_no_use_to_others(void **state)
{
    (void)state;
    struct reserve r;
    reserve_open(&r, path);
    fill_whole(&r);
    assert_int_equal(r.whole, RESERVE_BYTES);
    assert_int_equal(about().st_size, RESERVE_BYTES);
    assert_true((int64_t)about().st_blocks * 512 >= RESERVE_BYTES);
    assert_int_equal(about().st_mode & 0777, 0600);
    close(r.fd);
}

static void a_piece_that_is_released_is_taken_back_later(void **state)
{
    (void)state;
    struct reserve r;
    reserve_open(&r, path);
    fill_whole(&r);
    assert_true(reserve_release(&r) && reserve_release(&r));
    assert_int_equal(about().st_size, RESERVE_BYTES - 2 * RESERVE_PIECE);
    close(r.fd);
    reserve_open(&r, path); /* another process goes on from what is there */
    assert_int_equal(r.have, RESERVE_BYTES - 2 * RESERVE_PIECE);
    fill_whole(&r);
    assert_int_equal(about().st_size, RESERVE_BYTES);
    close(r.fd);
}

static void released_to_its_end_it_says_so(void **state)
{
    (void)state;
    struct reserve r;
    reserve_open(&r, path);
    fill_whole(&r);
    int pieces = 0;
    while (reserve_release(&r))
        pieces++;
    assert_int_equal(pieces, RESERVE_BYTES / RESERVE_PIECE);
    assert_int_equal(about().st_size, 0);
    close(r.fd);
}

/* A limit on the size of files stands in for a disk that is full in the middle of a piece. */
static void what_is_no_whole_piece_is_left_to_others_and_tried_again_later(void **state)
{
    (void)state;
    struct reserve r;
    reserve_open(&r, path);
    must(!setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 5 * RESERVE_PIECE / 2, RLIM_INFINITY }));
    while (reserve_fill(&r, 1000))
        continue;
    assert_int_equal(r.have, 2 * RESERVE_PIECE);
    assert_int_equal(about().st_size, 2 * RESERVE_PIECE);
    must(!setrlimit(RLIMIT_FSIZE, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }));
    assert_false(reserve_fill(&r, 1000 + RESERVE_PAUSE_MS - 1));
    assert_int_equal(r.have, 2 * RESERVE_PIECE);
    assert_true(reserve_fill(&r, 1000 + RESERVE_PAUSE_MS));
    assert_int_equal(r.have, 3 * RESERVE_PIECE);
    close(r.fd);
}

static void where_none_can_be_made_nothing_is_released(void **state)
{
    (void)state;
    struct reserve r;
    reserve_open(&r, "/proc/no-such-folder/reserve");
    assert_false(reserve_fill(&r, 0));
    assert_false(reserve_release(&r));
}

#define test(f) cmocka_unit_test_setup_teardown(f, make, remove_all)
int main(void)
{
    const struct CMUnitTest tests[] = {
        test(it_takes_blocks_and_is_of_no_use_to_others),
        test(a_piece_that_is_released_is_taken_back_later),
        test(released_to_its_end_it_says_so),
        test(what_is_no_whole_piece_is_left_to_others_and_tried_again_later),
        test(where_none_can_be_made_nothing_is_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
