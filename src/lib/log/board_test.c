#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "lib/log/board.h"
#include <sys/wait.h>
#include <unistd.h>

static void counts_of_all_processes_are_one_count(void **state)
{
    (void)state;
    int fd = board_make();
    assert_true(fd >= 0);
    board_open(fd);
    board_add(BOARD_TIPS, 1);
    for (int i = 0; i < 4; i++)
        if (!fork()) {
            board_open(fd); /* as a role does after its re-execution */
            for (int k = 0; k < 1000; k++)
                board_add(BOARD_TIPS, 2);
            _exit(0);
        }
    for (int i = 0, how; i < 4; i++)
        assert_true(wait(&how) > 0 && how == 0);
    assert_int_equal(board_read(BOARD_TIPS), 8001);
    assert_int_equal(board_read(BOARD_PARKED), 0);
    board_set(BOARD_PARKED, 7);
    assert_int_equal(board_read(BOARD_PARKED), 7);
}

static void a_key_may_so_often_in_a_minute_and_again_in_the_next(void **state)
{
    (void)state;
    for (int i = 0; i < 30; i++)
        assert_true(board_take(77, 1000, 30));
    assert_false(board_take(77, 1000, 30));
    assert_false(board_take(77, 1000, 30));
    assert_true(board_take(77 + 512, 1000, 30)); /* another key that begins at the same place */
    assert_true(board_take(77, 1001, 30));
}

static void one_limit_holds_for_workers_together(void **state)
{
    (void)state;
    int taken[2], sum = 0, how;
    assert_int_equal(pipe(taken), 0);
    for (int i = 0; i < 4; i++)
        if (!fork()) {
            int n = 0;
            for (int k = 0; k < 500; k++)
                n += board_take(99, 2000, 700);
            assert_int_equal(write(taken[1], &n, sizeof n), sizeof n);
            _exit(0);
        }
    for (int i = 0, n; i < 4; i++) {
        assert_true(wait(&how) > 0);
        assert_int_equal(read(taken[0], &n, sizeof n), sizeof n);
        sum += n;
    }
    assert_int_equal(sum, 700);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_all_processes_are_one_count),
        cmocka_unit_test(a_key_may_so_often_in_a_minute_and_again_in_the_next),
        cmocka_unit_test(one_limit_holds_for_workers_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
