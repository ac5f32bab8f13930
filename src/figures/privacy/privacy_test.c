#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
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

static const char data[] = "sex,age\nWoman,1\nWoman,2\nMan,1\n,2\n";
static const char codebook[] = "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"columns\": [{\"name\": \"sex\", "
    "\"codes\": [\"\", \"Woman\", \"Man\"]}, "
                               "{\"name\": \"age\", \"codes\": [\"1\", \"2\", \"3\"]}]}";
static const char tables[] = "{\"tables\": [{\"name\": \"sexes\", \"columns\": [\"sex\", \"age\"]}, {\"name\": \"ages\", \"columns\": "
    "[\"age\"]}]}";

static const char *at(const char *name)
{
    return path_in(made_folder, name);
}

static void put(const char *name, const char *text)
{
    must(file_replace(at(name), str_of(text)) == OK);
}

static void fresh(void)
{
    calls = (struct calls){ 0 };
    folder_clear(made_folder);
    put("d.csv", data);
    put("C.json", codebook);
    put("T.json", tables);
}

static char of_data[600], of_codebook[600], of_tables[600], of_ledger[600], of_out[600];
static struct privacy_ask ask_for(const char *rho, const char *out)
{
    snprintf(of_data, sizeof of_data, "%s", at("d.csv"));
    snprintf(of_codebook, sizeof of_codebook, "%s", at("C.json"));
    snprintf(of_tables, sizeof of_tables, "%s", at("T.json"));
    snprintf(of_ledger, sizeof of_ledger, "%s", at("ledger"));
    snprintf(of_out, sizeof of_out, "%s", at(out));
    return (struct privacy_ask){ of_data, of_codebook, of_tables, of_ledger, of_out, str_of(rho), { 0 }, { 0 }, { 0 }, { 0 }, { 0 } };
}

static status run(const char *rho, const char *out, struct privacy_told *told)
{
    struct privacy_ask ask = ask_for(rho, out);
    *told = (struct privacy_told){ 0 };
    return privacy_tables(&ask, told);
}

static bool is_there(const char *name)
{
    return !access(at(name), F_OK);
}

/* All bytes of a release, in the order of its names. */
static str bytes_of(struct arena *a, const char *folder)
{
    static const char *const names[] = { "ages.plusminus.csv", "ages.raw.csv", "ages.tidy.csv", "privacy.html", "sexes.plusminus.csv",
                                         "sexes.raw.csv", "sexes.tidy.csv", "tables.csv" };
    str all = { 0 }, text;
    for (ptrdiff_t i = 0; i < countof(names); i++) {
        char name[100];
        snprintf(name, sizeof name, "%s/%s", folder, names[i]);
        assert_int_equal(file_read(a, at(name), 1 << 20, &text), OK);
        all = str_join(a, all, text);
    }
    return all;
}

static uint64_t spent_in(const char *name, int *lines)
{
    struct arena a = space;
    struct ledger_book b;
    struct said said = { 0 };
    str text;
    ptrdiff_t torn;
    if (!is_there(name))
        return 0;
    if (ledger_look(&a, at(name), lit(""), &text, &torn, &b, &said) != OK)
        fail_msg("%s", said.at);
    *lines = (int)b.lines;
    return made_spent(&b);
}

static void a_wrong_input_leaves_nothing_behind(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *rho, *says;
    } bad[] = {
        { "d.csv", "sex,age\nWoman,1\nWoman\n", "0.1", "d.csv:3: fewer cells" },
        { "d.csv", "sex,age\nRobot,1\n", "0.1", "d.csv:2: column sex: the code \"Robot\"" },
        { "C.json", "{", "0.1", "C.json:1:1: not JSON" },
        { "T.json", "{\"tables\": 1}", "0.1", "T.json: \"tables\"" },
        { "d.csv", data, "0", "budget of zero" },
        { "d.csv", data, "0.0000000001", "--rho takes a number" },
        { "d.csv", data, "-1", "--rho takes a number" },
        { "d.csv", data, "0.000000001", "so little of the budget" },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct privacy_told told;
        fresh();
        put(bad[i].file, bad[i].text);
        assert_int_equal(run(bad[i].rho, "out", &told), INVALID);
        if (!strstr(told.failed.at, bad[i].says))
            fail_msg("said %s", told.failed.at);
        assert_false(is_there("ledger") || is_there("ledger.head") || is_there("out"));
    }
}

static void the_same_request_brings_the_same_bytes_and_spends_nothing(void **state)
{
    (void)state;
    struct privacy_told told;
    struct arena a = space;
    int lines, again;
    fresh();
    noise_seed(1);
    assert_int_equal(run("0.1", "one", &told), OK);
    assert_non_null(strstr(told.note[0].at, "made the ledger"));
    assert_non_null(strstr(told.note[0].at, "rho 2.0"));
    assert_int_equal(spent_in("ledger", &lines), 100000000);
    noise_seed(2);
    assert_int_equal(run("0.1", "two", &told), OK);
    assert_non_null(strstr(told.done.at, "nothing was spent"));
    assert_int_equal(spent_in("ledger", &again), 100000000);
    assert_int_equal(lines, again);
    assert_true(str_equal(bytes_of(&a, "one"), bytes_of(&a, "two")));
    /* Another budget, or other data, is another request. */
    assert_int_equal(run("0.2", "three", &told), OK);
    put("d.csv", "sex,age\nWoman,1\nWoman,2\nMan,1\n");
    assert_int_equal(run("0.1", "four", &told), OK);
    assert_int_equal(spent_in("ledger", &lines), 400000000);
    assert_false(str_equal(bytes_of(&a, "one"), bytes_of(&a, "four")));
}

static void a_budget_that_is_used_up_refuses_and_leaves_nothing(void **state)
{
    (void)state;
    struct privacy_told told;
    int lines;
    fresh();
    assert_int_equal(run("1.9", "one", &told), OK);
    assert_int_equal(run("0.2", "two", &told), LIMIT);
    assert_string_equal(told.failed.at, "asked: rho 0.2; left for people, year all: rho 0.1. Nothing was spent");
    assert_false(is_there("two"));
    assert_int_equal(run("0.1", "one", &told), FAULT);
    assert_non_null(strstr(told.failed.at, "is there already"));
    assert_int_equal(spent_in("ledger", &lines), 1900000000);
}

static void a_stored_release_that_was_changed_is_not_handed_out(void **state)
{
    (void)state;
    struct privacy_told told;
    struct dirent *e;
    char name[400];
    fresh();
    assert_int_equal(run("0.1", "one", &told), OK);
    DIR *d = opendir(at("ledger.releases"));
    while ((e = readdir(d)) && e->d_name[0] == '.')
        continue;
    snprintf(name, sizeof name, "ledger.releases/%s/tables.csv", e->d_name);
    closedir(d);
    put(name, "other\r\n");
    assert_int_equal(run("0.1", "two", &told), INVALID);
    assert_non_null(strstr(told.failed.at, "is not what it was"));
    assert_false(is_there("two"));
}

/* kill -9 before each call to the disk of a whole release: what is published is whole and paid, and the ledger goes on. */
static void killed_at_any_call_nothing_is_half_there(void **state)
{
    (void)state;
    int whole = 0, paid = 0, n = 1;
    for (bool done = false; !done; n++) {
        struct privacy_told told;
        struct arena a = space;
        int lines = 0, how;
        fresh();
        pid_t child = fork();
        if (!child) {
            calls.made = 0;
            calls.die_at = n;
            _exit(run("0.1", "out", &told) == OK ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &how, 0), child);
        done = !WIFSIGNALED(how);
        uint64_t spent = spent_in("ledger", &lines);
        assert_true(spent == 0 || spent == 100000000);
        paid += spent > 0;
        if (is_there("out")) {
            bytes_of(&a, "out");
            assert_int_equal(spent, 100000000);
            assert_int_equal(lines, 3);
            whole++;
        }
        /* It goes on: what was stored is found again, what was not is paid again. */
        calls.made = 0;
        if (run("0.1", "after", &told) != OK)
            fail_msg("after %d: %s", n, told.failed.at);
        assert_int_equal(spent_in("ledger", &how), lines == 3 || !spent ? 100000000 : 200000000);
        assert_true(n < 300);
    }
    assert_true(whole >= 1 && paid > whole && n > 40);
}

static void any_call_that_fails_is_said_and_nothing_is_half_there(void **state)
{
    (void)state;
    int told_of = 0, unspent = 0;
    for (int n = 1, last = 0; !last; n++) {
        struct privacy_told told;
        struct arena a = space;
        int lines = 0;
        fresh();
        calls.made = 0;
        calls.fail_at = n;
        status s = run("0.1", "out", &told);
        last = calls.made < n;
        calls.fail_at = 0;
        uint64_t spent = spent_in("ledger", &lines);
        if (s != OK) {
            assert_true(told.failed.at[0]);
            told_of++;
        }
        if (strstr(told.failed.at, "nothing was spent") || strstr(told.failed.at, "Nothing was spent")) {
            assert_int_equal(spent, 0);
            unspent++;
        }
        if (is_there("out"))
            bytes_of(&a, "out");
        else
            assert_true(s != OK);
        assert_true(n < 300);
    }
    assert_true(told_of > 30 && unspent > 3);
}

static void a_full_disk_spends_nothing(void **state)
{
    (void)state;
    struct privacy_told told;
    int lines, how;
    fresh();
    assert_int_equal(run("0.1", "one", &told), OK);
    for (rlim_t k = 600; k < 3000; k += 400) {
        pid_t child = fork();
        if (!child) {
            struct rlimit most = { k, k };
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &most);
            _exit(run("0.2", "two", &told) == FAULT && strstr(told.failed.at, "Nothing was spent") ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_int_equal(how, 0);
        assert_int_equal(spent_in("ledger", &lines), 100000000);
        assert_false(is_there("two"));
    }
}

static void the_draft_is_written_once(void **state)
{
    (void)state;
    struct privacy_told told = { 0 };
    struct stat about;
    fresh();
    assert_int_equal(privacy_draft(at("d.csv"), &told), OK);
    assert_non_null(strstr(told.done.at, "not private"));
    assert_int_equal(stat(at("d.csv.codebook.json"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    told = (struct privacy_told){ 0 };
    assert_int_equal(privacy_draft(at("d.csv"), &told), INVALID);
    assert_non_null(strstr(told.failed.at, "is there already"));
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
        cmocka_unit_test(a_wrong_input_leaves_nothing_behind),
        cmocka_unit_test(the_same_request_brings_the_same_bytes_and_spends_nothing),
        cmocka_unit_test(a_budget_that_is_used_up_refuses_and_leaves_nothing),
        cmocka_unit_test(a_stored_release_that_was_changed_is_not_handed_out),
        cmocka_unit_test(killed_at_any_call_nothing_is_half_there),
        cmocka_unit_test(any_call_that_fails_is_said_and_nothing_is_half_there),
        cmocka_unit_test(a_full_disk_spends_nothing),
        cmocka_unit_test(the_draft_is_written_once),
    };
    return cmocka_run_group_tests_name("privacy", tests, made_set_up, tear_down);
}
