#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/rules/rules.h"
#include "packs.h"

static struct arena arena;
static struct pack_rules rules;
static const int64_t day = 20781; /* 2026-11-24 */

static void assert_text(str is, const char *want)
{
    if (is.len != (ptrdiff_t)strlen(want) || memcmp(is.len ? is.at : "", want, (size_t)is.len))
        print_message("is %.*s, wanted %s\n", (int)is.len, is.len ? is.at : "", want);
    assert_int_equal(is.len, strlen(want));
    assert_memory_equal(is.len ? is.at : "", want, (size_t)is.len);
}

/* "name=value name=value" */
static struct facts facts_from(const char *text)
{
    struct facts f = { .arena = &arena };
    str rest = str_of(text), pair;
    while (rest.len && str_split(&rest, ' ', &pair)) {
        ptrdiff_t i = str_find(pair, '=');
        facts_set(&f, str_part(pair, 0, i), str_part(pair, i + 1, pair.len));
    }
    return f;
}

static struct urgency judge(const char *text)
{
    struct facts f = facts_from(text);
    return urgency_of(&rules, &f);
}

static const struct {
    const char *rule, *facts, *priority;
} reach[] = {
    { "U_VIRAL", "topic.viral=yes text.first_hand=no reporter.proximity=rumour", "P4" },
    { "U_DANGER", "answer.in_danger=yes", "P0" },
    { "U_LOCKED", "indicator.CD_LOCKED=yes answer.happening_now=yes", "P0" },
    { "U_CHILD_NOW", "answer.minor=likely answer.happening_now=yes", "P0" },
    { "U_ABDUCT", "indicator.CR_ABDUCT=yes answer.happening_now=yes", "P0" },
    { "U_INJURY", "answer.injured=yes", "P0" },
    { "U_MOVE_SOON", "answer.moving_within_hours=24", "P0" },
    { "U_WEAPON", "answer.weapons=yes answer.happening_now=yes", "P0" },
    { "U_MINOR_FOREIGN", "answer.minor=yes answer.foreign_national=unknown", "P1" },
    { "U_MINOR", "answer.minor=yes", "P1" },
    { "U_VICTIM_CONTACT", "reporter.kind=victim", "P1" },
    { "U_ASKS_HELP", "answer.needs=food;shelter", "P1" },
    { "U_VIOLENCE", "indicator.CD_VIOLENCE=yes", "P1" },
    { "U_CHILD_SIGN", "indicator.CH_WORK=yes", "P1" },
    { "U_IMAGES", "indicator.EX_IMAGES=yes", "P1" },
    { "U_ORGAN", "indicator.EX_ORGAN=yes", "P1" },
    { "U_THREAT_REPORTER", "answer.reporter_threatened=yes", "P1" },
    { "U_STRONG2", "indicator.CD_DOCS=yes indicator.DR_JOB=yes answer.place_known=yes", "P2" },
    { "U_FULL",
      "indicator.DR_JOB=yes indicator.DR_COND=yes indicator.EX_HOURS=yes indicator.EX_PAY=yes indicator.EX_DANGER=yes "
      "indicator.EX_HOUSING=yes indicator.CD_DOCS=yes indicator.CD_DEBT=yes indicator.CD_LIE=yes indicator.CD_THREAT=yes",
      "P2" },
    { "U_SPECIFIC", "answer.place_known=yes answer.people_known=yes", "P2" },
    { "U_CLUSTER", "situation.tips=3 situation.first_hand=1", "P2" },
    { "U_SUBJECT_KNOWN", "match.subject_open_case=yes", "P2" },
    { "U_EXPL",
      "indicator.EX_HOURS=yes indicator.EX_PAY=yes indicator.EX_DANGER=yes indicator.EX_HOUSING=yes indicator.EX_BEG=yes", "P2" },
    { "U_INFO", "contact.kind=training", "P4" },
    { "U_PAST", "answer.happening_now=no indicator.CD_DOCS=yes", "P3" },
    { "U_GENERAL", "answer.place_known=no", "P3" },
    { "U_HIGHRISK", "contact.kind=high_risk", "P3" },
    { "U_SIGNS", "indicator.SG_FEAR=yes", "P3" },
    { "U_VIRAL_NEW", "topic.viral=yes text.first_hand=yes", "P3" },
    { "U_DEFAULT", "", "P3" },
};

static void every_urgency_rule_of_the_pack_can_be_the_first_that_holds(void **state)
{
    (void)state;
    assert_int_equal(rules.urgency_count, countof(reach));
    for (ptrdiff_t i = 0; i < countof(reach); i++) {
        struct urgency u = judge(reach[i].facts);
        assert_text(u.rule, reach[i].rule);
        assert_text(u.priority, reach[i].priority);
        assert_true(u.reason.len > 0);
        assert_true(u.clock.len > 0);
        for (ptrdiff_t k = 0; k < i; k++)
            assert_string_not_equal(reach[i].rule, reach[k].rule);
    }
}

static void rules_stand_in_the_order_of_pos(void **state)
{
    (void)state;
    for (ptrdiff_t i = 1; i < rules.urgency_count; i++)
        assert_true(rules.urgency[i - 1].pos < rules.urgency[i].pos);
}

static void an_answer_of_no_or_not_sure_never_makes_a_tip_more_urgent_than_silence(void **state)
{
    (void)state;
    for (ptrdiff_t i = 0; i < rules.sign_count; i++)
        for (int k = 0; k < 2; k++) {
            struct facts f = { .arena = &arena };
            facts_set(&f, rules.signs[i].fact, k ? lit("no") : lit("not_sure"));
            assert_text(urgency_of(&rules, &f).rule, "U_DEFAULT");
        }
}

static void one_more_sign_never_makes_a_tip_less_urgent(void **state)
{
    (void)state;
    struct chance chance = chance_seeded(11);
    for (int round = 0; round < 400; round++) {
        struct arena before = arena;
        struct facts f = { .arena = &arena };
        str last = lit("P9");
        for (int i = 0; i < 12; i++) {
            uint8_t random[2];
            chance.fill(&chance, random, sizeof random);
            facts_set(&f, rules.signs[(random[0] * 256 + random[1]) % rules.sign_count].fact, lit("yes"));
            str now = urgency_of(&rules, &f).priority;
            assert_true(str_compare(now, last) <= 0);
            last = now;
        }
        arena = before;
    }
}

static void signs_combine_by_dimension_then_by_person(void **state)
{
    (void)state;
    assert_text(judge("").result, "");
    assert_text(judge("indicator.SG_FEAR=yes").result, "signs_only");
    assert_text(judge("indicator.EX_PAY=yes").result, "");
    assert_text(judge(reach[18].facts).result, "strong_indication");
    assert_text(judge(reach[22].facts).result, "exploitation_indication");
    assert_text(judge("answer.minor=yes indicator.CH_SEX=yes indicator.CH_WORK=yes").result, "strong_indication_child");
    assert_text(judge("indicator.CH_SEX=yes indicator.CH_WORK=yes").result, "");
}

/* DESIGN 4: urgency must not change with nationality, race, language or neighbourhood. */
static void who_and_where_somebody_is_said_to_be_changes_nothing(void **state)
{
    (void)state;
    static const char *const words[] = { "Nigerian", "Roma", "white", "Black", "speaks Spanish", "Chinatown", "illegal", "Muslim",
                                         "in danger right now = yes", "P0" };
    static const char *const fields[] = { "narrative", "nationality", "race", "language", "neighbourhood", "place", "people", "name",
                                          "answer.first_seen", "answer.nationality" };
    for (ptrdiff_t i = 0; i < countof(reach); i++)
        for (ptrdiff_t w = 0; w < countof(words); w++) {
            struct facts f = facts_from(reach[i].facts);
            for (ptrdiff_t k = 0; k < countof(fields); k++)
                facts_set(&f, str_of(fields[k]), str_of(words[w]));
            struct urgency u = urgency_of(&rules, &f);
            assert_text(u.rule, reach[i].rule);
            assert_text(u.result, str_c(&arena, judge(reach[i].facts).result));
        }
}

/* The stronger half of the same promise: no rule so much as names such a field. foreign_national stands in one rule, which can only add
 * the protection owed to children (22 U.S.C. 7105); its priority is that of any child. */
static void no_rule_names_a_field_that_could_discriminate(void **state)
{
    (void)state;
    static const str banned[] = { LIT("narrative"), LIT("nation"), LIT("race"), LIT("language"), LIT("neighbo"), LIT("ethnic"),
                                  LIT("religion"), LIT("citizen"), LIT("status") };
    for (ptrdiff_t i = 0; i < rules.urgency_count; i++)
        for (ptrdiff_t k = 0; k < rules.urgency[i].condition.len; k++) {
            str name = rules.urgency[i].condition.at[k].left;
            bool allowed = str_equal(rules.urgency[i].code, lit("U_MINOR_FOREIGN")) && str_equal(name, lit("answer.foreign_national"));
            for (ptrdiff_t b = 0; !allowed && b < countof(banned); b++)
                assert_null(name.len ? memmem(name.at, (size_t)name.len, banned[b].at, (size_t)banned[b].len) : NULL);
        }
    assert_text(judge("answer.minor=yes answer.foreign_national=yes").priority, "P1");
    assert_text(judge("answer.minor=yes answer.foreign_national=no").priority, "P1");
    assert_text(judge("answer.foreign_national=yes").rule, "U_DEFAULT");
}

int main(void)
{
    arena = arena_reserve(1 << 30);
    struct pack p = packs_of_the_tree(&arena, true);
    must(rules_compile(&arena, &p, day, &rules) == OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_urgency_rule_of_the_pack_can_be_the_first_that_holds),
        cmocka_unit_test(rules_stand_in_the_order_of_pos),
        cmocka_unit_test(an_answer_of_no_or_not_sure_never_makes_a_tip_more_urgent_than_silence),
        cmocka_unit_test(one_more_sign_never_makes_a_tip_less_urgent),
        cmocka_unit_test(signs_combine_by_dimension_then_by_person),
        cmocka_unit_test(who_and_where_somebody_is_said_to_be_changes_nothing),
        cmocka_unit_test(no_rule_names_a_field_that_could_discriminate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
