#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/house/house.h"
#include <unistd.h>

static struct arena arena;
static struct db *db;
static char folder[] = "/tmp/house_test_XXXXXX";
static char path[64];

static struct house loaded(void)
{
    struct house h;
    assert_int_equal(house_load(db, &arena, &h), OK);
    return h;
}

static status set(const char *name, const char *value)
{
    return house_set(db, &arena, str_of(name), str_of(value), 20781);
}

static void there_is_no_form_before_the_line_has_said_who_it_is(void **state)
{
    (void)state;
    struct house h = loaded();
    assert_false(house_may_serve_form(&h));
    assert_int_equal(set("line_name", "Invented Line"), OK);
    assert_int_equal(set("line_is_police", "no"), OK);
    h = loaded();
    assert_false(house_may_serve_form(&h));
    assert_int_equal(set("line_shares_immigration", "no"), OK);
    h = loaded();
    assert_true(house_may_serve_form(&h));
    assert_false(house_yes(&h, HOUSE_LINE_IS_POLICE));
}

static void every_setting_has_name_help_and_a_default_that_passes_its_own_check(void **state)
{
    (void)state;
    for (int i = 0; i < HOUSE_SETTINGS; i++) {
        assert_true(house_rules[i].name.len > 0 && *house_rules[i].label && *house_rules[i].help);
        if (house_rules[i].otherwise.len)
            assert_null(house_fault((enum house_setting)i, house_rules[i].otherwise));
        else
            assert_int_not_equal(house_rules[i].type, HOUSE_NUMBER); /* a number always has a value */
        for (int k = 0; k < i; k++)
            assert_false(str_equal(house_rules[i].name, house_rules[k].name));
    }
}

static void values_that_do_not_fit_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } bad[] = { { "line_name", "x" },        { "line_name", "a\nb" },       { "line_is_police", "maybe" },
                { "mailbox_days", "29" },    { "mailbox_days", "ten" },     { "leave_url", "javascript:alert(1)" },
                { "leave_url", "http://a.example/" }, { "leave_url", "https://a b" }, { "languages", "en;;es" },
                { "languages", "en;xx" },    { "languages", "qps" },        { "default_language", "xx" },
                { "default_language", "qps" }, { "default_language", "en;es" },
                { "install_id", "12" },      { "country_pack", "../etc" },  { "line_name", "\xff\xfe" } };
    for (ptrdiff_t i = 0; i < countof(bad); i++)
        assert_int_equal(set(bad[i].name, bad[i].value), INVALID);
    assert_int_equal(set("no_such_setting", "yes"), NOT_FOUND);
    struct house h = loaded();
    assert_int_equal(house_number(&h, HOUSE_MAILBOX_DAYS), 180);
}

static void a_setting_changes_and_a_fixed_one_is_set_once(void **state)
{
    (void)state;
    assert_int_equal(set("mailbox_days", "90"), OK);
    assert_int_equal(set("mailbox_days", "365"), OK);
    assert_int_equal(set("install_id", "000102030405060708090a0b0c0d0e0f"), OK);
    assert_int_equal(set("install_id", "000102030405060708090a0b0c0d0e0f"), OK);
    assert_int_equal(set("install_id", "100102030405060708090a0b0c0d0e0f"), CONFLICT);
    assert_int_equal(set("country_pack", "us"), OK);
    assert_int_equal(set("country_pack", "int"), CONFLICT); /* its packs are loaded: another word would change nothing */
    struct house h = loaded();
    id i;
    assert_int_equal(house_number(&h, HOUSE_MAILBOX_DAYS), 365);
    assert_true(house_id(&h, HOUSE_INSTALL_ID, &i));
    assert_int_equal(i.at[15], 15);
}

static int open_database(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/h.db", folder);
    return db_open(path, (struct db_options){ .create = true }, &db) == OK && db_migrate(db, migrations_content) == OK ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    db_close(db);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    arena = arena_reserve(16 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_no_form_before_the_line_has_said_who_it_is),
        cmocka_unit_test(every_setting_has_name_help_and_a_default_that_passes_its_own_check),
        cmocka_unit_test(values_that_do_not_fit_are_refused_and_change_nothing),
        cmocka_unit_test(a_setting_changes_and_a_fixed_one_is_set_once),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
