#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "folder.h"
#include "figures/privacy/noise_seeded.h"
#include "figures/privacy/privacy.h"
#include "ledger_made.h"
#include "lib/os/os.h"

/* The command, end to end: what stands on the disk, what the ledger refuses, and what two releases would tell. */
static char base[64];
static const char codebook[] = "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"ignored\": [\"case\"], \"columns\": "
    "[{\"name\": \"sex\", \"codes\": [\"\", \"Woman\", \"Man\"]}, {\"name\": \"age\", \"codes\": [\"1\", \"2\", \"3\"]}, {\"name\": "
    "\"help\", \"codes\": [\"\", \"1\"]}]}";
static const char tables[] = "{\"tables\": [{\"name\": \"sexes\", \"columns\": [\"sex\", \"age\"]}, {\"name\": \"helped\", \"columns\": "
    "[\"age\", \"help\"]}]}";
/* How many people of each sex and age; a quarter of them is helped. */
static const int people[3][3] = { { 12, 30, 9 }, { 60, 4, 40 }, { 25, 33, 20 } };

/* Calls to the disk, counted: the process dies before the n-th. */
static int calls, die_at;
static void strikes(void)
{
    if (++calls == die_at)
        kill(getpid(), SIGKILL);
}
ssize_t pwrite(int fd, const void *at, size_t n, off_t to)
{
    strikes();
    return syscall(SYS_pwrite64, fd, at, n, to);
}
int fsync(int fd)
{
    (void)fd;
    strikes();
    return 0;
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    strikes();
    return (int)syscall(SYS_renameat2, a, from, b, to, flags);
}
int mkdir(const char *path, mode_t mode)
{
    strikes();
    return (int)syscall(SYS_mkdir, path, mode);
}

static const char *at(const char *name)
{
    return path_in(base, name);
}

static void put(const char *name, const char *text)
{
    must(file_replace(at(name), str_of(text)) == OK);
}

static str text_of(struct arena *a, const char *name)
{
    str text;
    if (file_read(a, at(name), 1 << 20, &text) != OK)
        fail_msg("cannot read %s", name);
    return text;
}

static bool is_there(const char *name)
{
    return !access(at(name), F_OK);
}

/* more: so many more women of age 2. */
static void put_data(int more)
{
    static const char *const sexes[] = { "", "Woman", "Man" };
    struct arena a = space;
    struct out o = { .arena = &a };
    int n = 0;
    out_str(&o, lit("help,sex,age,case\n"));
    for (int s = 0; s < 3; s++)
        for (int g = 0; g < 3; g++)
            for (int i = 0; i < people[s][g] + (s == 1 && g == 1 ? more : 0); i++) {
                char line[60];
                snprintf(line, sizeof line, "%s,%s,%d,%d\n", n % 4 ? "" : "1", sexes[s], g + 1, n);
                out_str(&o, str_of(line));
                n++;
            }
    must(file_replace(at("d.csv"), out_view(&o)) == OK);
}

static void fresh(void)
{
    calls = die_at = 0;
    folder_clear(base);
    put("C.json", codebook);
    put("T.json", tables);
    put_data(0);
    noise_seed(3);
}

static struct privacy_ask ask_for(const char *out)
{
    return (struct privacy_ask){ .data = at("d.csv"), .codebook = at("C.json"), .tables = at("T.json"), .ledger = at("ledger"),
                                 .out = at(out), .k = lit("10"), .year = lit("2025") };
}

static status run(const struct privacy_ask *ask, struct privacy_told *told)
{
    *told = (struct privacy_told){ 0 };
    return privacy_suppress(ask, told);
}

/* The count that a table shows for a row, or -1. */
static int shown(str table, const char *row)
{
    str line;
    int64_t n = -2;
    while (str_split(&table, '\n', &line))
        if (str_starts(line, str_of(row))) {
            str cell = str_trim(str_part(line, str_of(row).len, line.len));
            n = str_to_int(cell, &n) ? n : -1;
        }
    assert_true(n > -2);
    return (int)n;
}

static void small_cells_and_what_would_tell_them_are_not_shown(void **state)
{
    (void)state;
    struct arena a = space;
    struct privacy_told told;
    struct privacy_ask ask = ask_for("o");
    fresh();
    if (run(&ask, &told) != OK)
        fail_msg("%s", told.failed.at);
    str t = text_of(&a, "o/sexes.csv");
    assert_true(str_starts(t, lit("of,sex,age,count\r\n")));
    assert_int_equal(shown(t, ",,,"), 233); /* all people */
    assert_int_equal(shown(t, "sex;age,Woman,2,"), -1);
    assert_int_equal(shown(t, "sex;age,,3,"), -1);
    /* The margins stand, so each hidden cell has another one in its row and its column. */
    assert_int_equal(shown(t, "sex,Woman,,"), 104);
    assert_int_equal(shown(t, "age,,2,"), 67);
    assert_true((shown(t, "sex;age,Woman,1,") < 0) + (shown(t, "sex;age,Woman,3,") < 0) >= 1);
    assert_true((shown(t, "sex;age,,2,") < 0) + (shown(t, "sex;age,Man,2,") < 0) >= 1);
    assert_true(str_starts(text_of(&a, "o/tables.csv"), lit("table,columns,cells,shown,k,round\r\nsexes,sex;age,16,")));
    assert_true(str_starts(text_of(&a, "o/protection.txt"), lit("These tables are protected by suppression only.\n")));
    assert_non_null(strstr(told.note[told.notes - 1].at, "2 of 1 to 9 people"));
    static const char line[] = "class=suppression scope=people year=2025 rho=0 name=release mechanism=suppress terms=k=10 ";
    assert_non_null(strstr(str_c(&a, text_of(&a, "ledger")), line));
    assert_int_equal(privacy_verify(at("o"), at("ledger"), &told), OK);
    put("o/sexes.csv", "of,sex,age,count\r\n");
    assert_int_equal(privacy_verify(at("o"), at("ledger"), &told), INVALID);
}

static void the_same_request_brings_the_same_bytes(void **state)
{
    (void)state;
    struct arena a = space;
    struct privacy_told told;
    struct privacy_ask first = ask_for("o"), again = ask_for("p");
    fresh();
    first.round = again.round = lit("13"); /* drawn by chance, so that a second draw would show */
    assert_int_equal(run(&first, &told), OK);
    str ledger = text_of(&a, "ledger");
    again.year = lit("2025");
    assert_int_equal(run(&again, &told), OK);
    assert_non_null(strstr(told.done.at, "nothing was spent"));
    assert_true(str_equal(ledger, text_of(&a, "ledger")) && str_equal(text_of(&a, "o/sexes.csv"), text_of(&a, "p/sexes.csv")));
    assert_true(str_equal(text_of(&a, "o/manifest.json"), text_of(&a, "p/manifest.json")));
    assert_int_equal(shown(text_of(&a, "o/sexes.csv"), ",,,") % 13, 0);
    assert_true(str_starts(text_of(&a, "o/protection.txt"), lit("These tables are protected by rounding only.\n")));
}

static status noise(const char *year, const char *out, struct privacy_told *told)
{
    struct privacy_ask ask = ask_for(out);
    ask.year = str_of(year);
    ask.k = (str){ 0 };
    ask.rho = lit("0.1");
    *told = (struct privacy_told){ 0 };
    return privacy_tables(&ask, told);
}

static void noise_and_suppression_are_never_about_the_same_people(void **state)
{
    (void)state;
    struct privacy_told told;
    struct privacy_ask ask = ask_for("o"), all = ask_for("all"), other = ask_for("other");
    all.year = lit("all");
    other.scope = lit("other");
    fresh();
    assert_int_equal(run(&ask, &told), OK);
    assert_int_equal(noise("2025", "n", &told), LIMIT);
    assert_non_null(strstr(told.failed.at, "protected by suppression was released"));
    assert_int_equal(noise("all", "n", &told), LIMIT);
    assert_false(is_there("n"));
    assert_int_equal(noise("2024", "n", &told), OK); /* the control: other people */
    assert_int_equal(run(&all, &told), LIMIT);
    assert_non_null(strstr(told.failed.at, "protected by noise was released"));
    assert_int_equal(run(&other, &told), OK);
    fresh();
    assert_int_equal(noise("2025", "n", &told), OK);
    assert_int_equal(run(&ask, &told), LIMIT);
    assert_non_null(strstr(told.failed.at, "protected by noise was released"));
    assert_false(is_there("o"));
}

/* Two releases, one more person in the second: where a cell came to be shown, the first one's hidden number is that less one. */
static void a_second_release_of_the_same_people_is_refused_because_the_difference_tells(void **state)
{
    (void)state;
    struct arena a = space;
    struct privacy_told told;
    struct privacy_ask first = ask_for("o"), second = ask_for("p"), all = ask_for("q"), other_k = ask_for("r"), apart = ask_for("s");
    all.year = lit("all");
    other_k.k = lit("5");
    apart.ledger = at("another");
    fresh();
    put_data(5); /* nine women of age 2 */
    assert_int_equal(run(&first, &told), OK);
    assert_int_equal(shown(text_of(&a, "o/sexes.csv"), "sex;age,Woman,2,"), -1);
    put_data(6);
    struct privacy_ask *refused[] = { &second, &all, &other_k };
    str ledger = text_of(&a, "ledger");
    for (ptrdiff_t i = 0; i < countof(refused); i++) {
        assert_int_equal(run(refused[i], &told), LIMIT);
        assert_non_null(strstr(told.failed.at, "tells by the difference"));
        assert_false(is_there("p") || is_there("q") || is_there("r"));
    }
    assert_true(str_equal(ledger, text_of(&a, "ledger")));
    /* The control: with a ledger that does not know of the first, the attacker has it. All people became one more; so did what is shown. */
    assert_int_equal(run(&apart, &told), OK);
    str one = text_of(&a, "o/sexes.csv"), two = text_of(&a, "s/sexes.csv");
    assert_int_equal(shown(two, ",,,") - shown(one, ",,,"), 1);
    assert_int_equal(shown(two, "sex,Woman,,") - shown(one, "sex,Woman,,"), 1);
    assert_int_equal(shown(two, "age,,2,") - shown(one, "age,,2,"), 1);
    if (shown(two, "sex;age,Woman,2,") > 0)
        assert_int_equal(shown(two, "sex;age,Woman,2,") - 1, 9);
}

static void what_is_wrong_is_said_and_leaves_nothing_behind(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *k, *round, *says;
    } bad[] = {
        { "d.csv", "help,sex,age,case\n,Woman\n", "10", "", "d.csv:2: fewer cells" },
        { "d.csv", "help,sex,age,case\n,Robot,1,1\n", "10", "", "the code \"Robot\"" },
        { "C.json", "{", "10", "", "C.json:1:1: not JSON" },
        { "T.json", "{\"tables\": 1}", "10", "", "T.json: \"tables\"" },
        { "T.json", "{\"tables\": [{\"name\": \"tables\", \"columns\": [\"sex\"]}]}", "10", "", "cannot have the name" },
        { "T.json", "{\"person\": \"case\", \"tables\": [{\"name\": \"t\", \"columns\": [\"sex\"], \"most\": 2}]}", "10", "",
          "each person once" },
        { "T.json", "{\"tables\": [{\"name\": \"t\", \"columns\": [\"sex\", \"age\", \"help\"]}]}", "10", "13",
          "more than two columns" },
        { "T.json", tables, "1", "", "--k takes a whole number from 2 to 1000" },
        { "T.json", tables, "ten", "", "--k takes" },
        { "T.json", tables, "10", "10", "--round takes a whole number from 11" },
    };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct privacy_told told;
        struct privacy_ask ask = ask_for("o");
        ask.k = str_of(bad[i].k);
        ask.round = str_of(bad[i].round);
        fresh();
        put(bad[i].file, bad[i].text);
        assert_int_equal(run(&ask, &told), INVALID);
        if (!strstr(told.failed.at, bad[i].says))
            fail_msg("said %s", told.failed.at);
        assert_false(is_there("ledger") || is_there("ledger.head") || is_there("o"));
    }
}

static void a_person_with_two_rows_is_refused(void **state)
{
    (void)state;
    struct arena a = space;
    struct privacy_told told;
    struct privacy_ask ask = ask_for("o");
    fresh();
    put("T.json", "{\"person\": \"case\", \"tables\": [{\"name\": \"t\", \"columns\": [\"sex\"]}]}");
    str text = text_of(&a, "d.csv");
    put("d.csv", str_c(&a, str_join(&a, text, lit(",Man,1,7\n"))));
    assert_int_equal(run(&ask, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "more than one row"));
    assert_null(strstr(str_c(&a, text_of(&a, "ledger")), "spend")); /* the ledger was made, and nothing stands in it */
    must(file_replace(at("d.csv"), text) == OK);
    assert_int_equal(run(&ask, &told), OK);
}


/* The solver may lie, die or fill the answer: what is published comes through the audit, or from the heuristic. */
static void a_solver_that_lies_hides_nothing_less(void **state)
{
    (void)state;
    static const char *const lies[] = {
        /* Nothing more is hidden, at no cost, and that is the best there is. */
        "#!/bin/sh\n( echo 's mip 1 1 o 0'; i=1; while [ $i -lt 40 ]; do echo \"j $i 0\"; i=$((i+1)); done ) >/proc/self/fd/4\n",
        "#!/bin/sh\nkill -9 $$\n",
        "#!/bin/sh\nhead -c 100000 /dev/zero >/proc/self/fd/4\n",
        "#!/bin/sh\nexit 0\n",
    };
    for (ptrdiff_t i = 0; i < countof(lies); i++) {
        struct arena a = space;
        struct privacy_told told;
        struct privacy_ask ask = ask_for("o");
        fresh();
        put("solver", lies[i]);
        chmod(at("solver"), 0700);
        ask.solver = at("solver");
        if (run(&ask, &told) != OK)
            fail_msg("%s", told.failed.at);
        assert_non_null(strstr(told.note[told.notes - 1].at, "by the heuristic"));
        str t = text_of(&a, "o/sexes.csv");
        assert_true((shown(t, "sex;age,Woman,1,") < 0) + (shown(t, "sex;age,Woman,3,") < 0) >= 1);
    }
}

static void a_full_disk_publishes_nothing(void **state)
{
    (void)state;
    struct arena a = space;
    int how;
    fresh();
    for (rlim_t k = 600; k < 3000; k += 400) {
        pid_t child = fork();
        if (!child) {
            struct privacy_told told;
            struct privacy_ask ask = ask_for("o");
            struct rlimit most = { k, k };
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &most);
            _exit(run(&ask, &told) == FAULT && strstr(told.failed.at, "Nothing was spent") ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_int_equal(how, 0);
        assert_null(strstr(str_c(&a, text_of(&a, "ledger")), "spend"));
        assert_false(is_there("o"));
    }
}

static void killed_at_any_call_the_same_request_goes_on(void **state)
{
    (void)state;
    int whole = 0, n = 1;
    for (bool done = false; !done; n++) {
        struct privacy_told told;
        int how;
        fresh();
        pid_t child = fork();
        if (!child) {
            struct privacy_ask ask = ask_for("o");
            ask.solver = "/nonexistent/glpsol";
            calls = 0;
            die_at = n;
            _exit(run(&ask, &told) == OK ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &how, 0), child);
        done = !WIFSIGNALED(how);
        if (is_there("o")) {
            assert_int_equal(privacy_verify(at("o"), at("ledger"), &told), OK);
            whole++;
        }
        struct privacy_ask after = ask_for("after");
        calls = 0;
        if (run(&after, &told) != OK)
            fail_msg("after %d: %s", n, told.failed.at);
        assert_int_equal(privacy_verify(at("after"), at("ledger"), &told), OK);
        assert_true(n < 300);
    }
    assert_true(whole >= 1 && n > 15);
}

static int set_up(void **state)
{
    if (made_set_up(state))
        return 1;
    snprintf(base, sizeof base, "/tmp/suppress_XXXXXX");
    return mkdtemp(base) ? 0 : 1;
}

static int tear_down(void **state)
{
    calls = die_at = 0;
    folder_clear(base);
    rmdir(base);
    return made_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_cells_and_what_would_tell_them_are_not_shown),
        cmocka_unit_test(the_same_request_brings_the_same_bytes),
        cmocka_unit_test(noise_and_suppression_are_never_about_the_same_people),
        cmocka_unit_test(a_second_release_of_the_same_people_is_refused_because_the_difference_tells),
        cmocka_unit_test(what_is_wrong_is_said_and_leaves_nothing_behind),
        cmocka_unit_test(a_person_with_two_rows_is_refused),
        cmocka_unit_test(a_solver_that_lies_hides_nothing_less),
        cmocka_unit_test(a_full_disk_publishes_nothing),
        cmocka_unit_test(killed_at_any_call_the_same_request_goes_on),
    };
    return cmocka_run_group_tests_name("privacy_suppress", tests, set_up, tear_down);
}
