#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>
#include "folder.h"
#include "figures/privacy/noise_seeded.h"
#include "figures/privacy/privacy.h"
#include "ledger_made.h"
#include "lib/crypt/crypt.h"
#include "lib/os/os.h"

/* The command, end to end: what stands on the disk, what was paid, and what verify finds. */
static char base[64];
static const char data[] = "help,sex,age,case\n1,Woman,1,7\n,Woman,2,8\n1,Man,1,9\n,,2,7\n1,Woman,1,1\n,Man,2,2\n";
static const char codebook[] = "{\"codebook\": \"t\", \"version\": \"1\", \"confirmed\": \"me\", \"ignored\": [\"case\"], \"columns\": "
    "[{\"name\": \"sex\", \"codes\": [\"\", \"Woman\", \"Man\"]}, {\"name\": \"age\", \"codes\": [\"1\", \"2\", \"3\"]}, {\"name\": "
    "\"help\", \"codes\": [\"\", \"1\"]}]}";

static const char *at(const char *name)
{
    return path_in(base, name);
}

static str text_of(struct arena *a, const char *name)
{
    str text;
    if (file_read(a, at(name), 1 << 20, &text) != OK)
        fail_msg("cannot read %s", name);
    return text;
}

static struct privacy_ask ask_for(const char *out)
{
    return (struct privacy_ask){ .data = at("d.csv"), .codebook = at("C.json"), .ledger = at("ledger"), .out = at(out), .rho = lit("0.3"),
                                 .cap = lit("1") };
}

static void fresh(void)
{
    folder_clear(base);
    must(file_replace(at("d.csv"), lit(data)) == OK && file_replace(at("C.json"), lit(codebook)) == OK);
    noise_seed(3);
}

static status run(const struct privacy_ask *ask, struct privacy_told *told)
{
    *told = (struct privacy_told){ 0 };
    return privacy_micro(ask, told);
}

static void rows_come_with_the_columns_of_the_data(void **state)
{
    (void)state;
    struct arena a = arena_reserve(16 << 20);
    struct privacy_told told;
    struct privacy_ask ask = ask_for("o.csv");
    fresh();
    if (run(&ask, &told) != OK)
        fail_msg("%s", told.failed.at);
    str rows = text_of(&a, "o.csv");
    assert_true(str_starts(rows, lit("help,sex,age\r\n"))); /* in the order of the data; what is ignored is not released */
    assert_true(str_equal(rows, text_of(&a, "o.csv.release/microdata.csv")));
    assert_true(str_starts(text_of(&a, "o.csv.release/pairs.csv"), lit("column_1,column_2,code_1,code_2,noisy,estimate\r\n")));
    assert_true(str_starts(text_of(&a, "o.csv.release/ones.csv"), lit("column,code,noisy,")));
    assert_true(str_starts(text_of(&a, "o.csv.release/measured.csv"), lit("column_1,column_2,column_3,cells,nano_rho,")));
}

static void the_same_request_spends_nothing(void **state)
{
    (void)state;
    struct arena a = arena_reserve(16 << 20);
    struct privacy_told told;
    struct privacy_ask first = ask_for("o.csv"), again = ask_for("p.csv"), other = ask_for("q.csv");
    fresh();
    assert_int_equal(run(&first, &told), OK);
    str ledger = text_of(&a, "ledger");
    noise_seed(4); /* new noise, if any were drawn */
    assert_int_equal(run(&again, &told), OK);
    assert_non_null(strstr(told.done.at, "nothing was spent"));
    assert_true(str_equal(ledger, text_of(&a, "ledger")) && str_equal(text_of(&a, "o.csv"), text_of(&a, "p.csv")));
    assert_true(str_equal(text_of(&a, "o.csv.release/manifest.json"), text_of(&a, "p.csv.release/manifest.json")));
    /* Another dial is another request: it is paid, and comes out of other noise. */
    other.dial = lit("1");
    assert_int_equal(run(&other, &told), OK);
    assert_false(str_equal(text_of(&a, "o.csv.release/ones.csv"), text_of(&a, "q.csv.release/ones.csv")));
    assert_false(str_equal(ledger, text_of(&a, "ledger")));
    other.out = at("r.csv");
    other.dial = lit("2");
    assert_int_equal(run(&other, &told), OK);
    other.dial = lit("3");
    other.out = at("s.csv");
    assert_int_equal(run(&other, &told), LIMIT);
    assert_non_null(strstr(told.failed.at, "asked: rho 0.3"));
    assert_int_equal(access(at("s.csv"), F_OK), -1);
    assert_int_equal(access(at("s.csv.release"), F_OK), -1);
}

/* Sets of three columns are published beside the rows, stand in the ledger, and make another request. */
static void a_workload_is_measured_and_named(void **state)
{
    (void)state;
    struct arena a = arena_reserve(16 << 20);
    struct privacy_told told;
    struct privacy_ask plain = ask_for("o.csv"), ask = ask_for("p.csv");
    fresh();
    assert_int_equal(run(&plain, &told), OK);
    assert_int_equal(access(at("o.csv.release/sets.csv"), F_OK), -1);
    ask.workload = at("W.json");
    assert_int_equal(run(&ask, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "W.json"));
    must(file_replace(at("W.json"), lit("{\"sets\": [[\"help\", \"age\", \"sex\"]]}")) == OK);
    assert_int_equal(run(&ask, &told), OK);
    assert_null(strstr(told.done.at, "nothing was spent"));
    assert_non_null(strstr(str_c(&a, text_of(&a, "ledger")), ",sets=sex:age:help "));
    assert_true(str_starts(text_of(&a, "p.csv.release/sets.csv"), lit("column_1,column_2,column_3,code_1,code_2,code_3,noisy,estimate\r\n"
                                                                     "sex,age,help,,1,,")));
    assert_non_null(strstr(str_c(&a, text_of(&a, "p.csv.release/measured.csv")), "\nsex,age,help,18,"));
    told = (struct privacy_told){ 0 };
    assert_int_equal(privacy_verify(at("p.csv.release"), at("ledger"), &told), OK);
    ask.out = at("q.csv");
    assert_int_equal(run(&ask, &told), OK);
    assert_non_null(strstr(told.done.at, "nothing was spent"));
}

static void faults_spend_nothing(void **state)
{
    (void)state;
    struct privacy_told told;
    struct privacy_ask ask = ask_for("o.csv");
    fresh();
    ask.dial = lit("much");
    assert_int_equal(run(&ask, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "--dial"));
    ask = ask_for("d.csv");
    assert_int_equal(run(&ask, &told), INVALID);
    ask = ask_for("o.csv");
    ask.rho = lit("0");
    assert_int_equal(run(&ask, &told), INVALID);
    ask = ask_for("o.csv");
    ask.signs = 1;
    ask.sign[0] = at("nokey");
    assert_int_equal(run(&ask, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "no key to sign with"));
    must(file_replace(at("d.csv"), lit("help,sex,age,case\n1,Robot,1,7\n")) == OK);
    ask = ask_for("o.csv");
    assert_int_equal(run(&ask, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "Robot"));
    assert_int_equal(access(at("ledger"), F_OK), -1);
}

static status check(const char *folder, const char *ledger, struct privacy_told *told)
{
    *told = (struct privacy_told){ 0 };
    return privacy_verify(at(folder), ledger ? at(ledger) : NULL, told);
}

static void put(const char *name, str text)
{
    must(file_replace(at(name), text) == OK);
}

/* Every file is changed by one byte, and put back. */
static void verify_finds_every_change(void **state)
{
    (void)state;
    static const char *const files[] = { "codebook.json", "manifest.json", "manifest.sig", "measured.csv", "microdata.csv", "ones.csv",
                                         "pairs.csv", "privacy.html" };
    struct arena a = arena_reserve(16 << 20);
    struct privacy_told told = { 0 };
    struct privacy_ask ask = ask_for("o.csv");
    fresh();
    assert_int_equal(privacy_key(at("one.key"), &told), OK);
    told = (struct privacy_told){ 0 };
    assert_int_equal(privacy_key(at("two.key"), &told), OK);
    ask.sign[0] = ask.sign[1] = at("one.key");
    ask.signs = 2;
    assert_int_equal(run(&ask, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "one key twice"));
    ask.sign[1] = at("two.key");
    assert_int_equal(run(&ask, &told), OK);
    assert_int_equal(check("o.csv.release", "ledger", &told), OK);
    assert_non_null(strstr(told.done.at, "the ledger has its line, signed by "));
    for (ptrdiff_t i = 0; i < countof(files); i++) {
        char name[80];
        snprintf(name, sizeof name, "o.csv.release/%s", files[i]);
        str was = text_of(&a, name), now = str_copy(&a, was);
        ((char *)(uintptr_t)now.at)[now.len / 2] ^= 1;
        put(name, now);
        assert_int_equal(check("o.csv.release", "ledger", &told), INVALID);
        put(name, was);
    }
    put("o.csv.release/more.csv", lit("x"));
    assert_int_equal(check("o.csv.release", NULL, &told), INVALID);
    assert_non_null(strstr(told.failed.at, "not in the manifest"));
    unlink(at("o.csv.release/more.csv"));
    assert_int_equal(check("o.csv.release", NULL, &told), OK);
}

static void verify_says_unsigned_and_asks_the_ledger(void **state)
{
    (void)state;
    struct privacy_told told;
    struct privacy_ask ask = ask_for("o.csv");
    fresh();
    assert_int_equal(run(&ask, &told), OK);
    assert_int_equal(check("o.csv.release", "ledger", &told), OK);
    assert_non_null(strstr(told.done.at, ", unsigned"));
    /* Another ledger never paid for it. */
    ask = ask_for("p.csv");
    ask.ledger = at("ledger2");
    assert_int_equal(run(&ask, &told), OK);
    assert_int_equal(check("p.csv.release", "ledger2", &told), OK);
    assert_int_equal(check("o.csv.release", "ledger2", &told), INVALID);
}

static int set_up(void **state)
{
    (void)state;
    crypt_start();
    snprintf(base, sizeof base, "/tmp/privacy_micro_test.XXXXXX");
    return !mkdtemp(base);
}

static int tear_down(void **state)
{
    (void)state;
    folder_clear(base);
    return rmdir(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_with_the_columns_of_the_data),
        cmocka_unit_test(the_same_request_spends_nothing),
        cmocka_unit_test(a_workload_is_measured_and_named),
        cmocka_unit_test(faults_spend_nothing),
        cmocka_unit_test(verify_finds_every_change),
        cmocka_unit_test(verify_says_unsigned_and_asks_the_ledger),
    };
    return cmocka_run_group_tests_name("privacy_micro", tests, set_up, tear_down);
}
