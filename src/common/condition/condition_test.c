#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/condition/condition.h"

static struct arena arena;

static bool holds(const char *text, const struct facts *f)
{
    struct condition c;
    struct condition_fault fault;
    status s = condition_read(&arena, str_of(text), &c, &fault);
    if (s != OK)
        print_message("%s: at %d: %s\n", text, (int)fault.at, fault.what);
    assert_int_equal(s, OK);
    return condition_holds(&c, f);
}

static void each_kind_of_test_is_true_and_false_where_it_should_be(void **state)
{
    (void)state;
    struct facts f = { .arena = &arena };
    facts_set(&f, lit("answer.minor"), lit("likely"));
    facts_set(&f, lit("answer.needs"), lit("food;doctor"));
    facts_set(&f, lit("exploitation"), lit("yes"));
    facts_set_int(&f, lit("count(strong)"), 2);
    facts_set_int(&f, lit("medium"), 1);
    facts_set_int(&f, lit("weak"), 0);
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        { "always", true },
        { "answer.minor = likely", true },
        { "answer.minor = like", false },
        { "answer.minor in yes,likely", true },
        { "answer.minor in yes , no", false },
        { "answer.needs in shelter,doctor", true },
        { "answer.needs = food", true },
        { "minor=likely", true },
        { "count(strong) >= 2", true },
        { "count(strong) >= 3", false },
        { "count(strong) <= 2", true },
        { "medium + weak >= 1", true },
        { "medium + weak >= 2", false },
        { "medium + missing >= 1", false },
        { "exploitation", true },
        { "missing", false },
        { "exploitation and missing", false },
        { "missing or exploitation", true },
        { "always or missing and missing", true },
        { "(always or missing) and missing", false },
        { "missing and always or always", true },
        { "missing and (always or always)", false },
    };
    for (ptrdiff_t i = 0; i < countof(cases); i++)
        assert_int_equal(holds(cases[i].text, &f), cases[i].want);
}

static void what_was_not_answered_makes_every_test_false(void **state)
{
    (void)state;
    struct facts none = { .arena = &arena };
    static const char *const tests[] = { "a = yes", "a in yes,no", "a <= 24", "a >= 0", "count(strong) >= 0", "a" };
    for (ptrdiff_t i = 0; i < countof(tests); i++)
        assert_false(holds(tests[i], &none));
    facts_set(&none, lit("a"), lit(""));
    for (ptrdiff_t i = 0; i < countof(tests); i++)
        assert_false(holds(tests[i], &none));
    facts_set(&none, lit("a"), lit("soon"));
    assert_false(holds("a <= 24", &none));
}

static void a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ptrdiff_t at;
    } bad[] = { { "", 0 },           { "a =", 3 },          { "a = yes and", 11 }, { "and", 0 },
                { "a in yes,", 9 },  { "a >= many", 5 },    { "a + b", 5 },        { "(a", 2 },
                { "a)", 1 },         { "count(strong", 12 }, { "a = yes b", 8 },   { "a == yes", 3 },
                { "a = 'x'", 4 },    { "a <= 99999999999999999999", 5 }, { "a or or b", 5 } };
    for (ptrdiff_t i = 0; i < countof(bad); i++) {
        struct condition c;
        struct condition_fault fault;
        assert_int_equal(condition_read(&arena, str_of(bad[i].text), &c, &fault), INVALID);
        assert_non_null(fault.what);
        assert_int_equal(fault.at, bad[i].at);
    }
}

static void endless_text_is_refused_not_followed(void **state)
{
    (void)state;
    struct out deep = { .arena = &arena }, wide = { .arena = &arena };
    struct condition c;
    struct condition_fault fault;
    for (int i = 0; i < 1000; i++) {
        out_str(&deep, lit("("));
        out_str(&wide, lit("a or "));
    }
    out_str(&wide, lit("a"));
    assert_int_equal(condition_read(&arena, out_view(&deep), &c, &fault), INVALID);
    assert_int_equal(condition_read(&arena, out_view(&wide), &c, &fault), INVALID);
}

static void a_thousand_facts_are_kept_and_the_last_word_counts(void **state)
{
    (void)state;
    struct facts f = { .arena = &arena };
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++) {
            struct out name = { .arena = &arena };
            out_str(&name, lit("answer."));
            out_int(&name, i);
            facts_set_int(&f, out_view(&name), i + round);
        }
    assert_int_equal(f.len, 1000);
    assert_true(facts_has(&f, lit("answer.999"), lit("1000")));
    assert_true(facts_has(&f, lit("7"), lit("8")));
    assert_false(facts_has(&f, lit("answer.1000"), lit("1001")));
}

int main(void)
{
    arena = arena_reserve(16 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_test_is_true_and_false_where_it_should_be),
        cmocka_unit_test(what_was_not_answered_makes_every_test_false),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(endless_text_is_refused_not_followed),
        cmocka_unit_test(a_thousand_facts_are_kept_and_the_last_word_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
