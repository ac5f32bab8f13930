#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/os/cage.h"
#include "lib/os/process.h"

/* A folder with two files. Each test tries in a child of its own: a wall cannot be opened again. */
static char folder[] = "/tmp/cage-test.XXXXXX";
static char one[64], two[64], fresh[64], outside[64];
static const struct cage_file first_alone[] = { { "one", CAGE_READ }, { "not there", CAGE_WRITE }, { "", CAGE_LIST }, { NULL, 0 } };
static const struct cage_file writes_first[] = { { "one", CAGE_WRITE }, { NULL, 0 } };
static const struct cage_file house[] = { { "/", CAGE_READ | CAGE_LIST | CAGE_RUN },
                                          { "", CAGE_READ | CAGE_WRITE | CAGE_LIST | CAGE_MAKE },
                                          { NULL, 0 } };
static const struct cage opens = { "opens", CAGE_OPENS, first_alone, NULL, 0, 1 << 20 };
static const struct cage serves = { "serves", CAGE_SERVES, NULL, writes_first, 0, 0 };
static const struct cage starts = { "starts", CAGE_STARTS, house, NULL, 0, 0 };

static void touch(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, "x", 1) == 1);
    close(fd);
}

static int make_folder(void **state)
{
    (void)state;
    must(mkdtemp(folder));
    snprintf(one, sizeof one, "%s/one", folder);
    snprintf(two, sizeof two, "%s/two", folder);
    snprintf(fresh, sizeof fresh, "%s/fresh", folder);
    snprintf(outside, sizeof outside, "%s.outside", folder);
    touch(one);
    touch(two);
    touch(outside);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(one);
    unlink(two);
    unlink(fresh);
    unlink(outside);
    return rmdir(folder);
}

/* valgrind knows neither landlock nor the filter. */
static void needs_walls(void)
{
    const char *preload = getenv("LD_PRELOAD");
    if (preload && strstr(preload, "vgpreload"))
        skip();
    assert_int_equal(cage_lacks(), 0);
}

/* 0 when all was as the child expected, else the line of its first surprise; a signal is negative. */
static int in_a_child(int (*run)(const void *), const void *with)
{
    int how = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(run(with));
    assert_true(child > 0 && waitpid(child, &how, 0) == child);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}
#define expect(x) \
    do { \
        errno = 0; \
        if (!(x)) \
            return __LINE__ % 255 + 1; \
    } while (0)
#define refused(call) ((call) < 0 && (errno == EACCES || errno == EPERM))

static int open_in_its_cage(const void *version)
{
    int held = open(two, O_RDWR | O_CLOEXEC);
    char byte;
    expect(held >= 0);
    expect(cage_shut_as(&opens, folder, *(const int *)version) == 0);
    expect(open(one, O_RDONLY | O_CLOEXEC) >= 0);
    expect(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0);
    expect(refused(open(one, O_RDWR | O_CLOEXEC)));
    expect(refused(open(one, O_RDONLY | O_TRUNC | O_CLOEXEC)));
    expect(refused(open(two, O_RDONLY | O_CLOEXEC)));
    expect(refused(open(outside, O_RDONLY | O_CLOEXEC)));
    expect(refused(open(fresh, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
    expect(pread(held, &byte, 1, 0) == 1 && pwrite(held, &byte, 1, 0) == 1); /* what was open stays so */
    return 0;
}

static void by_every_version_of_landlock_the_files_of_the_table_open_and_no_others(void **state)
{
    (void)state;
    needs_walls();
    int newest = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    assert_true(newest >= 1);
    for (int version = 1; version <= newest; version++)
        assert_int_equal(in_a_child(open_in_its_cage, &version), 0);
    int none = 0;
    assert_int_not_equal(in_a_child(open_in_its_cage, &none), 0);
}

static int write_nothing_and_then_open_nothing(const void *with)
{
    (void)with;
    expect(cage_keep_from_writing(&serves, folder));
    expect(refused(open(two, O_RDWR | O_CLOEXEC)));
    expect(refused(open(fresh, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)));
    expect(open(two, O_RDONLY | O_CLOEXEC) >= 0);
    expect(open(one, O_WRONLY | O_CLOEXEC) >= 0);
    expect(cage_shut(&serves, folder) == 0);
    expect(refused(open(one, O_WRONLY | O_CLOEXEC)));
    expect(refused(open(two, O_RDONLY | O_CLOEXEC)));
    return 0;
}

static void who_reads_can_be_kept_from_writing_before_it_opens_its_files(void **state)
{
    (void)state;
    needs_walls();
    assert_int_equal(in_a_child(write_nothing_and_then_open_nothing, NULL), 0);
}

static int ask_for_what_is_on_no_list(const void *with)
{
    (void)with;
    struct rlimit l;
    expect(cage_shut(&opens, folder) == 0);
    expect(refused(syscall(SYS_umask, 0)));
    expect(refused(getrlimit(RLIMIT_CORE, &l)));
    expect(refused(socket(AF_UNIX, SOCK_STREAM, 0)));
    expect(refused(kill(getppid(), 0)));
    expect(!syscall(SYS_tgkill, getpid(), gettid(), 0));
    return 0;
}

static int trace_caged(const void *cage)
{
    expect(cage_shut(cage, folder) == 0);
    expect(refused((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL)));
    return 0;
}

static void a_call_on_no_list_is_refused_and_one_that_nobody_makes_ends_the_role(void **state)
{
    (void)state;
    needs_walls();
    assert_int_equal(in_a_child(ask_for_what_is_on_no_list, NULL), 0);
    assert_int_equal(in_a_child(trace_caged, &opens), -SIGSYS);
    assert_int_equal(in_a_child(trace_caged, &starts), 0);
}

static int start_and_write(const void *with)
{
    (void)with;
    int how = 0;
    expect(cage_shut(&starts, folder) == 0);
    expect(open(fresh, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
    expect(refused(open(outside, O_WRONLY | O_CLOEXEC)));
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(1);
    }
    expect(child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && !WEXITSTATUS(how));
    return 0;
}

static void the_one_who_starts_writes_in_its_folder_alone(void **state)
{
    (void)state;
    needs_walls();
    assert_int_equal(in_a_child(start_and_write, NULL), 0);
}

/* ---- sockets that were handed over ---- */

struct handed {
    const char *names;
    int wrong_process;
    status first, second;
};

static int take_sockets(const void *with)
{
    const struct handed *h = with;
    int fds[2], ports[2], fd, port;
    char host[64], text[32];
    expect(socket_listen(lit("127.0.0.1:0"), &fds[0], &ports[0]) == OK && socket_listen(lit("127.0.0.1:0"), &fds[1], &ports[1]) == OK);
    expect((fds[0] = fcntl(fds[0], F_DUPFD, 10)) >= 10 && (fds[1] = fcntl(fds[1], F_DUPFD, 10)) >= 10);
    expect(dup2(fds[0], 3) == 3 && dup2(fds[1], 4) == 4);
    snprintf(text, sizeof text, "%d", getpid() + h->wrong_process);
    setenv("LISTEN_PID", text, 1);
    setenv("LISTEN_FDS", "2", 1);
    setenv("LISTEN_FDNAMES", h->names, 1);
    expect(socket_given_count() == (h->wrong_process ? 0 : 2));
    expect(socket_given("public", &fd, host, &port) == h->first);
    expect(h->first != OK || (fd == 3 && port == ports[0] && !strcmp(host, "127.0.0.1")));
    expect(socket_given("staff", &fd, host, &port) == h->second);
    expect(h->second != OK || (fd == 4 && port == ports[1] && (fcntl(fd, F_GETFD) & FD_CLOEXEC) && (fcntl(fd, F_GETFL) & O_NONBLOCK)));
    return 0;
}

static int take_what_does_not_listen(const void *with)
{
    (void)with;
    int fd, port, one_of = socket(AF_INET, SOCK_STREAM, 0);
    char host[64], text[32];
    expect(one_of >= 0 && dup2(one_of, 3) == 3);
    snprintf(text, sizeof text, "%d", getpid());
    setenv("LISTEN_PID", text, 1);
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_FDNAMES", "public", 1);
    expect(socket_given("public", &fd, host, &port) == INVALID);
    return 0;
}

static void sockets_are_taken_by_their_name_and_only_from_who_started_this_process(void **state)
{
    (void)state;
    static const struct handed cases[] = { { "public:staff", 0, OK, OK },
                                           { "public:other", 0, OK, NOT_FOUND },
                                           { "", 0, NOT_FOUND, NOT_FOUND },
                                           { "publi:staff", 0, NOT_FOUND, OK },
                                           { "public:staff", 1, NOT_FOUND, NOT_FOUND } };
    for (ptrdiff_t i = 0; i < countof(cases); i++)
        assert_int_equal(in_a_child(take_sockets, &cases[i]), 0);
    assert_int_equal(in_a_child(take_what_does_not_listen, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_every_version_of_landlock_the_files_of_the_table_open_and_no_others),
        cmocka_unit_test(who_reads_can_be_kept_from_writing_before_it_opens_its_files),
        cmocka_unit_test(a_call_on_no_list_is_refused_and_one_that_nobody_makes_ends_the_role),
        cmocka_unit_test(the_one_who_starts_writes_in_its_folder_alone),
        cmocka_unit_test(sockets_are_taken_by_their_name_and_only_from_who_started_this_process),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
