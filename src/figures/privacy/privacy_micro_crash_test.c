#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "figures/privacy/noise_seeded.h"
#include "figures/privacy/privacy.h"
#include "failing_calls.h"
#include "folder.h"
#include "ledger_made.h"
#include "lib/os/os.h"

/* `release microdata` that ends in the middle: a folder and a file beside it make one release, and asking again mends what is missing. */
static const uint64_t price = 100000000;
static const char data[] = "sex,age\nWoman,1\nWoman,2\nMan,1\n,2\nMan,3\n";
static const char codebook[] = "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"columns\": [{\"name\": \"sex\", "
    "\"codes\": [\"\", \"Woman\", \"Man\"]}, {\"name\": \"age\", \"codes\": [\"1\", \"2\", \"3\"]}]}";
static const char *const files[] = { "codebook.json", "manifest.json", "measured.csv", "microdata.csv", "ones.csv", "pairs.csv",
                                     "privacy.html" };

static const char *at(const char *name)
{
    return path_in(made_folder, name);
}

static void fresh(void)
{
    calls = (struct calls){ 0 };
    folder_clear(made_folder);
    must(file_replace(at("d.csv"), lit(data)) == OK && file_replace(at("C.json"), lit(codebook)) == OK);
    calls.made = 0;
    noise_seed(1);
}

static status run(const char *rho, const char *out, struct privacy_told *told)
{
    struct privacy_ask ask = { .data = at("d.csv"), .codebook = at("C.json"), .ledger = at("ledger"), .out = at(out), .rho = str_of(rho) };
    *told = (struct privacy_told){ 0 };
    return privacy_micro(&ask, told);
}

static bool is_there(const char *name)
{
    return !access(at(name), F_OK);
}

static str text_of(struct arena *a, const char *name)
{
    str text;
    if (file_read(a, at(name), 1 << 20, &text) != OK)
        fail_msg("cannot read %s", name);
    return text;
}

/* The folder has every file, and OUT.csv is its rows. */
static void is_whole(const char *out)
{
    struct arena a = space;
    struct privacy_told told = { 0 };
    char name[200];
    for (ptrdiff_t i = 0; i < countof(files); i++) {
        snprintf(name, sizeof name, "%s.release/%s", out, files[i]);
        assert_true(text_of(&a, name).len > 0);
    }
    snprintf(name, sizeof name, "%s.release", out);
    if (privacy_verify(at(name), at("ledger"), &told) != OK)
        fail_msg("%s", told.failed.at);
    if (!is_there(out))
        return;
    snprintf(name, sizeof name, "%s.release/microdata.csv", out);
    assert_true(str_equal(text_of(&a, out), text_of(&a, name)));
}

static uint64_t spent(int *lines)
{
    struct arena a = space;
    struct ledger_book b;
    struct said said = { 0 };
    str text;
    ptrdiff_t torn;
    *lines = 0;
    if (!is_there("ledger"))
        return 0;
    if (ledger_look(&a, at("ledger"), lit(""), &text, &torn, &b, &said) != OK)
        fail_msg("%s", said.at);
    *lines = (int)b.lines;
    return made_spent(&b);
}

/* Killed before its n-th call to the disk. True: it came to its end. */
static bool killed_at(int n)
{
    struct privacy_told told;
    int how;
    pid_t child = fork();
    if (!child) {
        calls.made = 0;
        calls.die_at = n;
        _exit(run("0.1", "o.csv", &told) == OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) || how == 0);
    return !WIFSIGNALED(how);
}

static void killed_at_any_call_asking_again_brings_folder_and_rows(void **state)
{
    (void)state;
    int between = 0, free_of_charge = 0, paid_twice = 0, n = 1;
    for (bool done = false; !done; n++) {
        struct privacy_told told;
        int lines, after;
        fresh();
        done = killed_at(n);
        uint64_t was = spent(&lines);
        assert_true(was == 0 || was == price);
        bool folder = is_there("o.csv.release"), rows = is_there("o.csv"), stored = lines == 3;
        assert_true(stored || !folder); /* nothing is published that the ledger does not know to be whole */
        assert_true(folder || !rows);
        if (folder)
            is_whole("o.csv");
        between += folder && !rows;
        calls.made = 0;
        status s = run("0.1", "o.csv", &told);
        assert_int_equal(s, rows ? INVALID : OK);
        assert_true(is_there("o.csv"));
        is_whole("o.csv");
        /* What was stored is brought for nothing, what was not is paid again. */
        assert_int_equal(spent(&after), stored || !was ? price : 2 * price);
        free_of_charge += stored && !rows;
        paid_twice += !stored && was;
        assert_true(n < 300);
    }
    assert_true(between >= 1 && free_of_charge > between && paid_twice > 10 && n > 40);
}

static void a_folder_that_was_changed_is_no_release_of_ours(void **state)
{
    (void)state;
    struct privacy_told told;
    int lines;
    fresh();
    assert_int_equal(run("0.1", "o.csv", &told), OK);
    must(!unlink(at("o.csv")) && file_replace(at("o.csv.release/ones.csv"), lit("other\r\n")) == OK);
    assert_int_not_equal(run("0.1", "o.csv", &told), OK);
    assert_non_null(strstr(told.failed.at, "is there already"));
    assert_false(is_there("o.csv"));
    assert_int_equal(spent(&lines), price);
    /* One file more is as bad. */
    folder_clear(at("o.csv.release"));
    must(!rmdir(at("o.csv.release")));
    assert_int_equal(run("0.1", "o.csv", &told), OK);
    must(!unlink(at("o.csv")) && file_replace(at("o.csv.release/more.csv"), lit("x")) == OK);
    assert_int_not_equal(run("0.1", "o.csv", &told), OK);
}

static void any_call_that_fails_is_said_and_mended_by_asking_again(void **state)
{
    (void)state;
    int told_of = 0, unspent = 0, copied = 0;
    for (int n = 1, last = 0; !last; n++) {
        struct privacy_told told;
        int lines;
        fresh();
        calls.fail_at = n;
        status s = run("0.1", "o.csv", &told);
        last = calls.made < n;
        /* The link alone may fail: then the rows are copied. */
        copied += s == OK && calls.linked_at == n;
        calls.fail_at = 0;
        assert_true(s == OK || told.failed.at[0]);
        told_of += s != OK;
        if (strstr(told.failed.at, "othing was spent")) {
            assert_int_equal(spent(&lines), 0);
            unspent++;
        }
        assert_true(s != OK || is_there("o.csv"));
        if (is_there("o.csv.release"))
            is_whole("o.csv");
        if (!is_there("o.csv"))
            assert_int_equal(run("0.1", "o.csv", &told), OK);
        is_whole("o.csv");
        assert_true(n < 300);
    }
    assert_true(told_of > 30 && unspent > 3 && copied == 1);
}

static void a_full_disk_spends_nothing(void **state)
{
    (void)state;
    struct privacy_told told;
    int lines, how;
    fresh();
    assert_int_equal(run("0.1", "o.csv", &told), OK);
    for (rlim_t k = 600; k < 40000; k += 9000) {
        pid_t child = fork();
        if (!child) {
            struct rlimit most = { k, k };
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &most);
            _exit(run("0.2", "p.csv", &told) == FAULT && strstr(told.failed.at, "Nothing was spent") ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_int_equal(how, 0);
        assert_int_equal(spent(&lines), price);
        assert_false(is_there("p.csv") || is_there("p.csv.release"));
    }
}

static int tear_down(void **state)
{
    calls = (struct calls){ 0 };
    folder_clear(made_folder);
    return made_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_at_any_call_asking_again_brings_folder_and_rows),
        cmocka_unit_test(a_folder_that_was_changed_is_no_release_of_ours),
        cmocka_unit_test(any_call_that_fails_is_said_and_mended_by_asking_again),
        cmocka_unit_test(a_full_disk_spends_nothing),
    };
    return cmocka_run_group_tests_name("privacy_micro_crash", tests, made_set_up, tear_down);
}
