#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/os/channel.h"
#include "lib/os/os.h"
#include "lib/os/process.h"

static struct arena space;

static void what_is_written_is_read_back_little_endian(void **state)
{
    (void)state;
    uint8_t b[18];
    struct wire w = { .at = b, .cap = sizeof b };
    wire_u8(&w, 0x01);
    wire_u16(&w, 0x0302);
    wire_u32(&w, 0x07060504);
    wire_u64(&w, 0x0f0e0d0c0b0a0908u);
    wire_bytes(&w, "\x10\x11\x12", 3);
    assert_true(wire_done(&w));
    for (int i = 0; i < (int)sizeof b; i++)
        assert_int_equal(b[i], i + 1);
    struct wire r = { .at = b, .cap = sizeof b };
    assert_int_equal(wire_get_u8(&r), 0x01);
    assert_int_equal(wire_get_u16(&r), 0x0302);
    assert_int_equal(wire_get_u32(&r), 0x07060504);
    assert_true(wire_get_u64(&r) == 0x0f0e0d0c0b0a0908u);
    assert_false(wire_done(&r));
    assert_memory_equal(wire_get_bytes(&r, 3), "\x10\x11\x12", 3);
    assert_true(wire_done(&r));
}

static void the_first_failure_stays_and_nothing_is_touched_after_it(void **state)
{
    (void)state;
    uint8_t b[4] = { 1, 2, 3, 4 };
    struct wire r = { .at = b, .cap = 3 };
    assert_int_equal(wire_get_u32(&r), 0);
    assert_true(r.bad);
    assert_int_equal(wire_get_u8(&r), 0);
    assert_null(wire_get_bytes(&r, 1));
    assert_false(wire_done(&r));
    struct wire w = { .at = b, .cap = 3 };
    wire_u32(&w, 0xffffffff);
    wire_u8(&w, 0xff);
    assert_true(w.bad && w.len == 0);
    assert_memory_equal(b, "\1\2\3\4", 4);
    struct wire n = { .at = b, .cap = 3 };
    assert_null(wire_get_bytes(&n, -1));
    assert_true(n.bad);
}

static void a_head_must_tell_the_length_of_its_message(void **state)
{
    (void)state;
    uint8_t m[40] = { 0 };
    struct message_head h = { .type = 5, .code = CODE_NONE, .length = 40, .serial = 0x1122334455667788u }, back;
    message_head_write(m, h);
    assert_true(message_head_read((str){ (char *)m, 40 }, &back));
    assert_int_equal(back.type, 5);
    assert_int_equal(back.code, CODE_NONE);
    assert_true(back.serial == h.serial && back.length == 40);
    for (ptrdiff_t n = 0; n < 40; n++)
        assert_false(message_head_read((str){ (char *)m, n }, &back));
    h.length = 39;
    message_head_write(m, h);
    assert_false(message_head_read((str){ (char *)m, 40 }, &back));
}

static void messages_of_every_size_arrive_whole_and_in_order(void **state)
{
    (void)state;
    static uint8_t sent[ACCEPTOR_MESSAGE_MAX], got[ACCEPTOR_MESSAGE_MAX];
    static const ptrdiff_t sizes[] = { 16, 17, KEEPER_MESSAGE_MAX, 65536, ACCEPTOR_MESSAGE_MAX };
    int fds[2];
    ptrdiff_t n;
    assert_int_equal(channel_pair(fds), OK);
    for (int i = 0; i < countof(sizes); i++) {
        memset(sent, i + 1, sizeof sent);
        assert_int_equal(channel_send(fds[0], (str){ (char *)sent, sizes[i] }, 1000), OK);
        assert_int_equal(channel_receive(fds[1], got, sizeof got, 1000, &n), OK);
        assert_int_equal(n, sizes[i]);
        assert_memory_equal(got, sent, (size_t)n);
    }
    sent[0] = 1;
    assert_int_equal(channel_send(fds[0], (str){ (char *)sent, 16 }, 0), OK);
    sent[0] = 2;
    assert_int_equal(channel_send(fds[0], (str){ (char *)sent, 20 }, 0), OK);
    assert_int_equal(channel_receive(fds[1], got, sizeof got, 0, &n), OK);
    assert_true(n == 16 && got[0] == 1);
    assert_int_equal(channel_receive(fds[1], got, sizeof got, 0, &n), OK);
    assert_true(n == 20 && got[0] == 2);
    close(fds[0]);
    close(fds[1]);
}

static void silence_fullness_length_and_the_end_are_told_apart(void **state)
{
    (void)state;
    uint8_t b[64] = { 0 };
    int fds[2];
    ptrdiff_t n;
    assert_int_equal(channel_pair(fds), OK);
    int64_t before = os_monotonic_ms();
    assert_int_equal(channel_receive(fds[1], b, sizeof b, 30, &n), BUSY);
    assert_true(os_monotonic_ms() - before >= 30);
    assert_int_equal(channel_send(fds[0], (str){ (char *)b, 64 }, 0), OK);
    assert_int_equal(channel_receive(fds[1], b, 63, 0, &n), INVALID);
    assert_int_equal(channel_receive(fds[1], b, sizeof b, 0, &n), BUSY); /* the long one is gone, not waiting in part */
    status s = OK;
    for (int i = 0; s == OK && i < 1000000; i++)
        s = channel_send(fds[0], (str){ (char *)b, 64 }, 0);
    assert_int_equal(s, BUSY);
    close(fds[1]);
    assert_int_equal(channel_send(fds[0], (str){ (char *)b, 64 }, 1000), NOT_FOUND);
    close(fds[0]);
    assert_int_equal(channel_pair(fds), OK);
    close(fds[0]);
    assert_int_equal(channel_receive(fds[1], b, sizeof b, 1000, &n), NOT_FOUND);
    close(fds[1]);
}

static void a_process_that_shuts_its_memory_leaves_no_core(void **state)
{
    (void)state;
    pid_t child = fork();
    if (!child) {
        os_no_dump();
        struct rlimit limit;
        _exit(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) || getrlimit(RLIMIT_CORE, &limit) || limit.rlim_max);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

static ptrdiff_t locked_kib(void)
{
    char line[128];
    long long n = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmLck: %lld", &n) == 1)
            break;
    if (f)
        fclose(f);
    return (ptrdiff_t)n;
}

static void locked_memory_is_locked_or_it_says_that_it_is_not(void **state)
{
    (void)state;
    pid_t child = fork();
    if (!child) {
        bool said = os_lock_memory();
        struct arena later = arena_reserve(1 << 20);
        memset(arena_new(&later, char, 1000), 1, 1000);
        ptrdiff_t kib = locked_kib();
        _exit(said ? kib < 1024 : kib != 0);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

/* 256 MiB look like plenty and are refused by both: doctor asks the question that the locking itself does. */
static void any_limit_of_locked_memory_is_too_small(void **state)
{
    (void)state;
    pid_t child = fork();
    if (!child) {
        struct rlimit was, soft = { 256 << 20, RLIM_INFINITY }, hard = { 256 << 20, 256 << 20 };
        if (getrlimit(RLIMIT_MEMLOCK, &was))
            _exit(2);
        bool unlimited = !setrlimit(RLIMIT_MEMLOCK, &soft); /* as root, or where it stood so */
        if (!getuid() && setuid(65534))
            _exit(2);
        if (unlimited && !os_may_lock_memory()) /* the control: it may be raised */
            _exit(3);
        if (setrlimit(RLIMIT_MEMLOCK, &hard) && was.rlim_max > hard.rlim_max)
            _exit(2);
        _exit(os_may_lock_memory() ? 4 : os_lock_memory() ? 5 : 0);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
}

static void as_many_files_as_are_allowed_and_no_more(void **state)
{
    (void)state;
    static const rlim_t most[][2] = { { 512, 512 }, { 16384, 8192 } }; /* allowed, and had then */
    for (ptrdiff_t i = 0; i < countof(most); i++) {
        pid_t child = fork();
        if (!child) {
            struct rlimit l = { 128, most[i][0] };
            if (setrlimit(RLIMIT_NOFILE, &l))
                _exit(2);
            os_many_files();
            _exit(getrlimit(RLIMIT_NOFILE, &l) || l.rlim_cur != most[i][1] || l.rlim_max != most[i][0]);
        }
        int ended;
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_true(WIFEXITED(ended));
        assert_int_equal(WEXITSTATUS(ended), 0);
    }
}

static int entries_in(const char *folder)
{
    int n = 0;
    DIR *d = opendir(folder);
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n - 2;
}

static void files_are_replaced_whole_read_whole_and_nobody_elses(void **state)
{
    (void)state;
    char folder[] = "/tmp/plainsight-os-test-XXXXXX", path[80];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/secret", folder);
    str got;
    struct stat about;
    assert_int_equal(file_read(&space, path, 100, &got), NOT_FOUND);
    umask(0);
    assert_int_equal(file_create(path, lit("one")), OK);
    assert_int_equal(file_create(path, lit("two")), CONFLICT);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(file_read(&space, path, 3, &got), OK);
    assert_true(str_equal(got, lit("one")));
    assert_int_equal(file_read(&space, path, 2, &got), LIMIT);
    assert_int_equal(file_replace(path, lit("")), OK);
    assert_int_equal(file_read(&space, path, 0, &got), OK);
    assert_int_equal(got.len, 0);
    char *much = arena_new(&space, char, 1 << 20);
    memset(much, 'x', 1 << 20);
    assert_int_equal(file_replace(path, (str){ much, 1 << 20 }), OK);
    assert_int_equal(file_read(&space, path, 1 << 20, &got), OK);
    assert_true(str_equal(got, (str){ much, 1 << 20 }));
    assert_int_equal(entries_in(folder), 1); /* no file beside it is left */
    assert_int_equal(file_read(&space, folder, 100, &got), FAULT);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(file_replace(path, lit("x")), FAULT);
    assert_int_equal(entries_in(folder), 1);
    rmdir(path);
    rmdir(folder);
    assert_int_equal(file_replace(path, lit("x")), FAULT);
}

/* What is told of a process that did not start must not be -1: kill(-1) means everybody. */
static void a_process_that_cannot_start_has_no_number(void **state)
{
    (void)state;
    pid_t child = fork();
    if (!child) {
        const char *nothing[] = { "plainsight", NULL };
        struct rlimit none = { 0, 0 };
        pid_t started = 77;
        if ((!getuid() && setuid(65534)) || setrlimit(RLIMIT_NPROC, &none))
            _exit(2);
        status s = process_start(nothing, NULL, 0, &started);
        _exit(s == FAULT && started == 0 ? 0 : 1);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
}

static void clocks_run(void **state)
{
    (void)state;
    assert_true(os_now() > 1700000000);
    int64_t a = os_monotonic_ms(), b = os_monotonic_ms();
    assert_true(b >= a && a > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back_little_endian),
        cmocka_unit_test(the_first_failure_stays_and_nothing_is_touched_after_it),
        cmocka_unit_test(a_head_must_tell_the_length_of_its_message),
        cmocka_unit_test(messages_of_every_size_arrive_whole_and_in_order),
        cmocka_unit_test(silence_fullness_length_and_the_end_are_told_apart),
        cmocka_unit_test(a_process_that_shuts_its_memory_leaves_no_core),
        cmocka_unit_test(locked_memory_is_locked_or_it_says_that_it_is_not),
        cmocka_unit_test(any_limit_of_locked_memory_is_too_small),
        cmocka_unit_test(as_many_files_as_are_allowed_and_no_more),
        cmocka_unit_test(files_are_replaced_whole_read_whole_and_nobody_elses),
        cmocka_unit_test(a_process_that_cannot_start_has_no_number),
        cmocka_unit_test(clocks_run),
    };
    space = arena_reserve(16 << 20);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
