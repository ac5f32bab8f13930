/* Settings: what is guessed reads back, and what is wrong is named with its mend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "lib/web/json_in.h"
#include "linkage/settings.h"

static struct arena arena;

static void assert_same_plan(const struct plan *a, const struct plan *b)
{
    struct out x = { .arena = &arena }, y = { .arena = &arena };
    settings_write(&x, a);
    settings_write(&y, b);
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.at, y.at, (size_t)x.len);
    for (int k = 0; k < a->comparison_count; k++)
        assert_int_equal(a->comparisons[k].levels, b->comparisons[k].levels);
}

static void a_header_of_people_is_understood_and_its_plan_reads_back(void **state)
{
    (void)state;
    static const str columns[] = { LIT("rec_id"), LIT("First Name"), LIT("Surname"), LIT("date_of_birth"), LIT("Phone"), LIT("E-Mail"),
                                   LIT("street"), LIT("City"), LIT("ZIP"), LIT("remarks") };
    struct plan guessed, read;
    struct out o = { .arena = &arena };
    str why;
    assert_true(plan_guess(columns, countof(columns), &guessed));
    assert_int_equal(guessed.field_count, 8);
    assert_int_equal(guessed.comparison_count, 6);
    assert_int_equal(guessed.rule_count, 13);
    assert_true(str_equal(guessed.id, lit("rec_id")));
    settings_write(&o, &guessed);
    assert_int_equal(settings_read(&arena, out_view(&o), &read, &why), OK);
    assert_same_plan(&guessed, &read);
    static const str all[] = { LIT("given"), LIT("surname"), LIT("name"), LIT("dob"), LIT("phone"), LIT("email"), LIT("street"), LIT("city"), LIT("zip"), LIT("plate"),
                               LIT("passport"), LIT("handle"), LIT("url"), LIT("country") };
    assert_true(plan_guess(all, countof(all), &guessed)); /* more facts than are compared: the address is among them */
    assert_int_equal(guessed.comparison_count, COMPARISONS_MOST);
    assert_int_equal(guessed.comparisons[COMPARISONS_MOST - 1].kind, KIND_ADDRESS);
    static const str page[] = { LIT("name"), LIT("profile_url") };
    assert_true(plan_guess(page, countof(page), &guessed));
    assert_true(guessed.comparisons[1].kind == KIND_URL && guessed.comparisons[1].levels == 3);
    o.len = 0;
    settings_write(&o, &guessed);
    assert_int_equal(settings_read(&arena, out_view(&o), &read, &why), OK);
    assert_same_plan(&guessed, &read);
    static const char *const told[] = { "the same", "the same page", "different", "missing" };
    for (int level = 0; level < countof(told); level++) {
        o.len = 0;
        level_words(&o, &guessed, &guessed.comparisons[1], level);
        assert_true(str_equal(out_view(&o), str_of(told[level])));
    }
    static const str nothing[] = { LIT("remarks"), LIT("x") };
    assert_false(plan_guess(nothing, countof(nothing), &guessed));
}

#define FIELDS "\"fields\": [{\"column\": \"n\", \"kind\": \"name\"}, {\"column\": \"d\", \"kind\": \"date\"}, {\"column\": \"s\", \"kind\": \"address\"}]"
#define COMPARED "\"comparisons\": [{\"name\": \"n\", \"fields\": [\"n\"]}]"

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *json, *named;
    } wrong[] = {
        { "", "JSON" }, { "[]", "JSON" }, { "{\"colour\": 1}", "colour" }, { "{" COMPARED "}", "fields" },
        { "{\"fields\": []}", "fields" }, { "{\"fields\": [{\"column\": \"n\", \"kind\": \"nam\"}]}", "kind" },
        { "{\"fields\": [{\"column\": \"n\", \"kind\": \"name\"}, {\"column\": \"n\", \"kind\": \"name\"}]}", "twice" },
        { "{" FIELDS "}", "comparisons" }, { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"y\"]}]}", "x" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"n\", \"d\"]}]}", "address" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"n\"], \"levels\": [0.8, 0.9]}]}", "fall" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"d\"], \"levels\": [2, 1]}]}", "rise" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"s\"], \"levels\": [1]}]}", "levels" },
        { "{\"fields\": [{\"column\": \"u\", \"kind\": \"url\"}], \"comparisons\": [{\"name\": \"x\", \"fields\": [\"u\"], \"levels\": [2, 1]}]}", "the same page" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"n\"], \"shared\": 1}]}", "shared" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"s\"], \"frequent\": true}]}", "frequency" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"n\"], \"swapped\": \"d\"}]}", "swapped" },
        { "{" FIELDS ", \"comparisons\": [{\"name\": \"x\", \"fields\": [\"n\"], \"swapped\": \"n\"}]}", "swapped" },
        { "{" FIELDS "," COMPARED ", \"rules\": [[\"d~\"]]}", "sound" },
        { "{" FIELDS "," COMPARED "}", "rules" }, { "{" FIELDS "," COMPARED ", \"rules\": [[\"x\"]]}", "x" },
        { "{" FIELDS "," COMPARED ", \"rules\": [[]]}", "rules" }, { "{" FIELDS "," COMPARED ", \"rules\": [[\"n\", \"d\", \"s\", \"n\"]]}", "3" },
    };
    struct plan plan;
    for (ptrdiff_t i = 0; i < countof(wrong); i++) {
        str why = { 0 };
        assert_int_equal(settings_read(&arena, str_of(wrong[i].json), &plan, &why), INVALID);
        assert_non_null(memmem(why.at, (size_t)why.len, wrong[i].named, strlen(wrong[i].named)));
    }
    str why;
    assert_int_equal(settings_read(&arena, lit("{" FIELDS "," COMPARED ", \"rules\": [[\"n:3\", \"d\"]]}"), &plan, &why), OK);
    assert_int_equal(plan.rules[0].parts[0].first, 3);
    assert_int_equal(plan.rules[0].parts[1].first, 0);
    assert_int_equal(settings_read(&arena, lit("{\"fields\": [{\"column\": \"g\", \"kind\": \"name\"}, {\"column\": \"s\", \"kind\": \"name\"}], \"comparisons\": "
                                               "[{\"name\": \"s\", \"fields\": [\"s\"]}, {\"name\": \"g\", \"fields\": [\"g\"], \"swapped\": \"s\"}], \"rules\": [[\"g~\", \"s~\"]]}"),
                                   &plan, &why), OK);
    assert_true(plan.rules[0].parts[0].sound && plan.comparisons[1].swapped && plan.comparisons[1].with == 2);
    assert_true(plan.comparisons[0].with == 1 && !plan.comparisons[0].swapped && plan.comparisons[1].levels == plan.comparisons[0].levels + 1);
}

static void each_level_has_its_words(void **state)
{
    (void)state;
    static const str columns[] = { LIT("name"), LIT("dob"), LIT("street"), LIT("city") };
    static const char *const words[][7] = { { "the same", "the same words", "alike to 0.92", "by ear, short form or initial", "alike to 0.80", "different", "missing" },
                                            { "the same", "slips: 1", "slips: 2", "different", "missing" },
                                            { "street and city the same", "street the same", "street nearly and city the same", "city the same", "different", "missing" } };
    struct plan p;
    assert_true(plan_guess(columns, countof(columns), &p));
    for (int k = 0; k < p.comparison_count; k++)
        for (int l = 0; l <= p.comparisons[k].levels; l++) {
            struct out o = { .arena = &arena };
            level_words(&o, &p, &p.comparisons[k], l);
            assert_true(str_equal(out_view(&o), str_of(words[k][l])));
        }
}

int main(void)
{
    arena = arena_reserve(64 << 20);
    json_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_of_people_is_understood_and_its_plan_reads_back),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(each_level_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
