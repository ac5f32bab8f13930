#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ledger_made.h"

/* The calls to the disk, counted: with die_at the process is killed before the n-th, with fail_at that call fails. */
static int calls, die_at, fail_at;
static int unflushed = -1; /* the file that was written to and not flushed since */
static bool strikes(void)
{
    calls++;
    if (calls == die_at)
        kill(getpid(), SIGKILL);
    errno = ENOSPC;
    return calls == fail_at;
}
ssize_t pwrite(int fd, const void *at, size_t n, off_t to)
{
    unflushed = fd;
    return strikes() ? -1 : syscall(SYS_pwrite64, fd, at, n, to);
}
int fsync(int fd)
{
    unflushed = fd == unflushed ? -1 : unflushed; /* a killed process loses nothing that the system has taken: the disk need not turn */
    return strikes() ? -1 : 0;
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    return strikes() ? -1 : (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

static void one_more(struct arena *a, status *s, struct said *said)
{
    struct ledger l;
    struct said note;
    struct release r;
    struct ledger_ask ask = made_ask("victims", "2024", NANO / 100, 200);
    *s = made_open(a, NULL, &l, said, &note);
    if (*s == OK)
        *s = release_begin(&l, &ask, &r, said);
}

/* What a fresh opening finds: how many spendings; it must open, whatever happened before. */
static int found(struct arena *a)
{
    struct ledger l;
    struct said said, note;
    assert_int_equal(made_open(a, NULL, &l, &said, &note), OK);
    uint64_t sum = made_spent(&l.book);
    assert_int_equal(sum % (NANO / 100), 0);
    ledger_close(&l);
    return (int)(sum / (NANO / 100));
}

/* The process dies at each byte of the line: the system delivers SIGXFSZ once the file may not grow further. */
static void killed_at_every_byte_it_opens_and_has_all_or_nothing(void **state)
{
    (void)state;
    int torn = 0, whole = 0;
    struct arena b = space;
    struct ledger l;
    made_with(&b, 2, &l);
    int64_t size = l.size;
    struct ledger_ask ask = made_ask("victims", "2024", NANO / 100, 200);
    ptrdiff_t line = ledger_line_spend(&l.book, 0, &ask).len;
    ledger_close(&l);
    for (ptrdiff_t k = 0; k <= line; k++) {
        struct arena a = b;
        calls = die_at = fail_at = 0;
        made_with(&a, 2, &l);
        ledger_close(&l);
        pid_t child = fork();
        if (!child) {
            struct rlimit most = { (rlim_t)(size + k), (rlim_t)(size + k) }, none = { 0, 0 };
            status s;
            struct said said;
            signal(SIGXFSZ, SIG_DFL);
            setrlimit(RLIMIT_CORE, &none);
            setrlimit(RLIMIT_FSIZE, &most);
            one_more(&a, &s, &said);
            _exit(s == OK ? 0 : 1);
        }
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(k == line ? how == 0 : WIFSIGNALED(how));
        int n = found(&a);
        assert_int_equal(n, k == line ? 3 : 2);
        torn += n == 2;
        whole += n == 3;
    }
    assert_true(torn == line && whole == 1);
}

/* kill -9 before each call to the disk: never a spending that is half there, never one that is lost once noise may be drawn. */
static void killed_at_every_call_what_was_granted_is_in_the_file(void **state)
{
    (void)state;
    int done = 0;
    for (int n = 1; !done; n++) {
        struct arena a = space;
        struct ledger l;
        int pipes[2], how;
        char granted = 0;
        assert_true(n < 100);
        calls = die_at = fail_at = 0;
        made_with(&a, 2, &l);
        ledger_close(&l);
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        if (!child) {
            status s;
            struct said said;
            calls = 0;
            die_at = n;
            one_more(&a, &s, &said);
            granted = s == OK; /* from here on noise may be drawn */
            _exit(write(pipes[1], &granted, 1) == 1 ? 0 : 1);
        }
        close(pipes[1]);
        ssize_t got = read(pipes[0], &granted, 1);
        close(pipes[0]);
        assert_int_equal(waitpid(child, &how, 0), child);
        done = !WIFSIGNALED(how);
        int spendings = found(&a);
        assert_in_range(spendings, 2, 3);
        if (got == 1 && granted)
            assert_int_equal(spendings, 3);
        assert_true(done ? got == 1 && granted : got != 1);
    }
}

static void what_is_granted_was_flushed_before(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    struct release r;
    struct said said = { 0 };
    made_with(&a, 2, &l);
    struct ledger_ask ask = made_ask("victims", "2024", NANO / 100, 200);
    unflushed = -2;
    assert_int_equal(release_begin(&l, &ask, &r, &said), OK);
    assert_int_equal(unflushed, -1);
    ledger_close(&l);
}

static void a_call_that_fails_spends_nothing_or_says_that_it_counts(void **state)
{
    (void)state;
    bool done = false;
    int refused = 0;
    for (int n = 1; !done; n++) {
        struct arena a = space;
        struct ledger l;
        struct said said;
        status s;
        calls = die_at = fail_at = 0;
        made_with(&a, 2, &l);
        ledger_close(&l);
        calls = 0;
        fail_at = n;
        one_more(&a, &s, &said);
        done = calls < n;
        fail_at = 0;
        /* The lock is still held by what one_more made_open; a child has no descriptor of it once it is closed. */
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        int spendings = found(&a);
        assert_int_equal(s, done ? OK : FAULT);
        if (s == OK)
            assert_int_equal(spendings, 3);
        else if (strstr(said.at, "nothing was spent"))
            assert_int_equal(spendings, 2);
        else
            assert_true(strstr(said.at, "counts") ? spendings == 3 : spendings == 2);
        assert_true(s == OK || said.at[0]);
        refused += s != OK;
        assert_true(n < 100);
    }
    assert_true(refused >= 5);
}

static void a_full_disk_spends_nothing_and_says_so(void **state)
{
    (void)state;
    struct arena a = space;
    struct ledger l;
    made_with(&a, 2, &l);
    int64_t size = l.size;
    ledger_close(&l);
    for (int k = 0; k < 300; k += 37) {
        pid_t child = fork();
        if (!child) {
            struct rlimit most = { (rlim_t)(size + k), (rlim_t)(size + k) };
            status s;
            struct said said;
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &most);
            one_more(&a, &s, &said);
            _exit(s == FAULT && strstr(said.at, "nothing was spent") && strstr(said.at, strerror(EFBIG)) ? 0 : 1);
        }
        int how;
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_int_equal(how, 0);
        assert_int_equal(made_text(&a).len, size);
        assert_int_equal(found(&a), 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_every_byte_it_opens_and_has_all_or_nothing),
        cmocka_unit_test(killed_at_every_call_what_was_granted_is_in_the_file),
        cmocka_unit_test(what_is_granted_was_flushed_before),
        cmocka_unit_test(a_call_that_fails_spends_nothing_or_says_that_it_counts),
        cmocka_unit_test(a_full_disk_spends_nothing_and_says_so),
    };
    return cmocka_run_group_tests_name("ledger_crash", tests, made_set_up, made_tear_down);
}
